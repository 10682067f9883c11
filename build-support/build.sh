# shellcheck shell=sh
# Builds the distribution, cli/target/dist, when it is missing or older than the sources. Sourced by ./fleetwright and ./verify,
# which set `home` to the checkout.

: "${home:?}"
. "$home/build-support/lock.sh"
dist=$home/cli/target/dist
jar=$dist/lib/fleetwright.jar
# Its time is when the last good build began; what is newer than that has not been built. What stands in it names the build.
built=$dist/built
build_lock=$home/target/build.lock

is_stale() {
  [ -f "$built" ] && [ -f "$jar" ] || return 0
  # Folders count too: their time is all that tells of a deleted file.
  [ -n "$(find "$home/pom.xml" "$home"/*/pom.xml "$home/.mvn" "$home"/*/src/main -newer "$built" 2>/dev/null | head -n 1)" ]
}

build_if_stale() {
  is_stale || return 0
  if ! mkdir -p "$home/target" "$dist" 2>/dev/null || [ ! -w "$home/target" ] || [ ! -w "$dist" ]; then
    if [ -f "$jar" ]; then
      echo "fleetwright: the sources are newer than the build in $dist, which you may not change; running it as it is" >&2
      return 0
    fi
    echo "fleetwright: nothing is built yet, and you may not write to $home: run it once as the owner, or from a copy of your own" >&2
    return 1
  fi
  find_maven || return 1
  (
    take_lock try || {
      echo "fleetwright: waiting for a build that is under way" >&2
      take_lock wait
    }
    ! is_stale || build
  ) 9>>"$build_lock"
}

build() {
  build_log=$home/target/build.log
  before_maven
  began=$(date +%s)
  run_maven "$build_log" -Dmaven.test.skip=true -pl cli -am package | build_progress || {
    echo "fleetwright: the build failed. All of it is in $build_log, and this is what matters:" >&2
    print_maven_errors "$build_log"
    return 1
  }
  after_maven
  echo "fleetwright: built in $(($(date +%s) - began)) s" >&2
}

# Maven writes into the jars that are there, and a server may be running from them: it keeps the ones it has open when they lose
# their names, but would break on a jar that changes under it. So they go first, if Maven is going to replace them.
before_maven() {
  mkdir -p "$dist"
  : >"$dist/building"
  rm -rf "$built" "${dist:?}/lib" "$dist/aot"
}

after_maven() {
  echo "$(date -u +%Y%m%dT%H%M%SZ)-$$" >"$dist/building.id"
  touch -r "$dist/building" "$dist/building.id"
  mv "$dist/building.id" "$built"
  rm -f "$dist/building"
}

# run_maven LOG ARGUMENT...: runs Maven on the JDK that was found, from any folder. Everything goes to the log and to stdout; the last
# line is `maven ended with STATUS`, since a pipe would lose it.
run_maven() {
  run_maven_log=$1
  shift
  {
    # Maven itself still uses sun.misc.Unsafe, and its JDK complains of that. An older JDK would not know this option, so it is not
    # in .mvn/jvm.config.
    JAVA_HOME=$jdk MAVEN_OPTS="${MAVEN_OPTS-} --sun-misc-unsafe-memory-access=allow" \
      "$maven" -B -Dstyle.color=never -f "$home/pom.xml" "$@" 2>&1 </dev/null && run_maven_status=0 || run_maven_status=$?
    echo "maven ended with $run_maven_status"
  } | tee "$run_maven_log"
}

# Turns what Maven prints into one line that moves, or without a terminal into one line.
build_progress() {
  progress=
  if [ -t 2 ] && [ "${TERM-dumb}" != dumb ]; then progress=yes; fi
  [ -n "$progress" ] || echo "fleetwright: building (the first time takes a minute or two) ..." >&2
  module=
  while IFS= read -r line; do
    case $line in
      *"maven ended with 0")
        [ -z "$progress" ] || printf '\r\033[K' >&2
        return 0 ;;
      *"maven ended with "*)
        [ -z "$progress" ] || printf '\r\033[K' >&2
        return 1 ;;
      "[INFO] Building Fleetwright"*"["*"]")
        module=${line#*Building Fleetwright}
        module="${module%% [0-9]*} [${line##*[}"
        [ -z "$progress" ] || printf '\r\033[Kfleetwright: building%s' "$module" >&2 ;;
      *"Downloading from "*)
        [ -z "$progress" ] || printf '\r\033[Kfleetwright: building%s: fetching %.60s' "$module" "${line##*/}" >&2 ;;
    esac
  done
  return 1 # Maven was killed
}

# print_maven_errors LOG: without stack traces, and without the advice on reading errors that Maven always ends with. What tests report
# in their summary spans lines that are not marked as errors.
print_maven_errors() {
  {
    sed -n -e '/^\[ERROR\] Failures: *$/,/^\[INFO\]/p' -e '/^\[ERROR\] Errors: *$/,/^\[INFO\]/p' "$1"
    sed -n -e '/^\[ERROR\] .*Tests run/d' -e '/^\[ERROR\].*[[:space:]]at [a-z]/d' -e '/^\[ERROR\] ./p' -e '/-> \[Help 1\]$/q' "$1"
  } | grep -v '^\[INFO\]' | head -n 40 >&2
}
