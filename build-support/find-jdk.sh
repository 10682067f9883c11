# shellcheck shell=sh
# Finds the JDK and the Maven that Fleetwright is built and run with. Sourced by ./fleetwright and ./verify.
#
# A JDK is known by its file `release`. Reading that costs nothing; starting each `java` of a machine to ask for its version
# costs 50 ms and more apiece, and this runs before every command.

oldest_jdk=25

# Java names files in the locale's encoding. In the plain C locale, which services and containers often have, a name such as `Übersicht`
# could not be said at all.
case ${LC_ALL:-${LC_CTYPE:-${LANG-}}} in
  *[Uu][Tt][Ff]8* | *[Uu][Tt][Ff]-8*) ;;
  *) export LC_ALL=C.UTF-8 ;;
esac

# find_jdk: sets `jdk` to the folder of a JDK that is new enough; otherwise says what was looked at, and returns 1.
# What a person chose (JAVA_HOME, then PATH) goes first. Of what merely lies on the machine the oldest that will do is taken:
# it is nearest to what the tests ran on.
find_jdk() {
  jdk=
  jdk_seen=
  if [ -n "${JAVA_HOME-}" ]; then
    if jdk_will_do "$JAVA_HOME" "JAVA_HOME=$JAVA_HOME"; then
      jdk=$JAVA_HOME
      return 0
    fi
  else
    jdk_note "JAVA_HOME: not set"
  fi
  if find_jdk_on_path; then return 0; fi

  jdk_best=
  for jdk_folder in \
    /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/openjdk-* /usr/local/java/* /usr/local/jdk* \
    /opt/java /opt/java/* /opt/*jdk* /opt/jvm/* \
    "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* "${HOME-}"/.gradle/jdks/* "${HOME-}"/.jenv/versions/* \
    "${HOME-}"/.asdf/installs/java/* "${HOME-}"/.local/share/mise/installs/java/* "${HOME-}"/.jbang/cache/jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec; do
    # Most of what lies in such folders is no JDK at all, and not worth a line.
    [ -x "$jdk_folder/bin/java" ] || continue
    if jdk_will_do "$jdk_folder" "$jdk_folder"; then
      if [ -z "$jdk_best" ] || [ "$jdk_version" -lt "$jdk_best" ]; then
        jdk_best=$jdk_version
        jdk=$jdk_folder
      fi
    fi
  done
  if [ -n "$jdk" ]; then return 0; fi

  cat >&2 <<WHY
Fleetwright needs JDK $oldest_jdk or newer, and none was found. Install one, or set JAVA_HOME to where it is. Looked at:$jdk_seen
  and the folders where Linux, macOS, Homebrew, SDKMAN, asdf, mise, jEnv, Gradle, JBang and IntelliJ keep JDKs
WHY
  return 1
}

# Every `java` on PATH, not only the first: the first is often the system's older one.
find_jdk_on_path() {
  jdk_rest=${PATH-}:
  while [ -n "$jdk_rest" ]; do
    jdk_folder=${jdk_rest%%:*}
    jdk_rest=${jdk_rest#*:}
    if [ -z "$jdk_folder" ] || [ ! -x "$jdk_folder/java" ]; then continue; fi
    jdk_real=$(readlink -f "$jdk_folder/java" 2>/dev/null) || continue
    # macOS has a /usr/bin/java that only offers a download, and asdf and jEnv have scripts: no JDK is around those.
    case $jdk_real in */bin/java) jdk_real=${jdk_real%/bin/java} ;; *) continue ;; esac
    if [ -r "$jdk_real/release" ] && jdk_will_do "$jdk_real" "$jdk_folder/java on PATH"; then
      jdk=$jdk_real
      return 0
    fi
  done
  return 1
}

# jdk_will_do FOLDER LABEL: true for a JDK that is new enough, with `jdk_version` set; otherwise notes why it will not do.
jdk_will_do() {
  jdk_release "$1" JAVA_VERSION
  jdk_version=${jdk_value%%[!0-9]*} # 25 of 25.0.3; 1 of 1.8.0_402, as it was called up to Java 8
  if [ -z "$jdk_version" ]; then
    jdk_note "$2: not a JDK (no file \`release\` with a version in it)"
  elif [ "$jdk_version" -lt "$oldest_jdk" ]; then
    jdk_note "$2: Java $jdk_version"
  elif [ ! -x "$1/bin/javac" ]; then
    jdk_note "$2: Java $jdk_version without a compiler"
  else
    return 0
  fi
  return 1
}

# jdk_release FOLDER KEY: sets `jdk_value` to what the file `release` says, or to nothing.
jdk_release() {
  jdk_value=
  [ -r "$1/release" ] || return 0
  while IFS='=' read -r jdk_key jdk_text || [ -n "$jdk_key" ]; do
    if [ "$jdk_key" = "$2" ]; then
      jdk_text=${jdk_text#\"}
      jdk_value=${jdk_text%\"*}
      return 0
    fi
  done <"$1/release"
}

jdk_note() {
  jdk_seen="$jdk_seen
  $1"
}

# find_maven: sets `maven` to the program; otherwise says so, and returns 1.
find_maven() {
  if maven=$(command -v mvn); then return 0; fi
  for maven in "${MAVEN_HOME-}/bin/mvn" "${M2_HOME-}/bin/mvn" /usr/share/maven/bin/mvn /opt/maven/bin/mvn /opt/apache-maven*/bin/mvn \
    "${HOME-}/.sdkman/candidates/maven/current/bin/mvn" /opt/homebrew/bin/mvn /usr/local/bin/mvn; do
    if [ -x "$maven" ]; then return 0; fi
  done
  echo "Building Fleetwright needs Maven 3.8 or newer, and none was found: put \`mvn\` on PATH or set MAVEN_HOME." >&2
  return 1
}
