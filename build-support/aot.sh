# shellcheck shell=sh
# Start-up: the JVM's options, and the ahead-of-time cache (JEP 483, 514, 515) that halves the time until the first answer. Sourced by
# ./fleetwright.
#
# There are two caches, made by training runs: one of a server, one of a short command. They belong to one build and one JDK, and
# say so in their names; the JVM itself checks that again and goes on without a cache that does not fit. A missing one is made beside
# the command that missed it, which never waits for that or fails by it.


# jvm_options server|command: sets `jvm_options`. The cache is only good with the options it was made with, as to the collector and the
# headers.
jvm_options() {
  jvm_options="-XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Xlog:aot*=off -Xlog:cds*=off --sun-misc-unsafe-memory-access=allow"
  case $1 in
    # A server that lacks memory may have lost a thread that others wait for: it ends, and whoever starts it anew finds all it had stored.
    server) jvm_options="$jvm_options -Xms24m -XX:MaxRAMPercentage=25 -XX:+ExitOnOutOfMemoryError" ;;
    # A command lives for a tenth of a second; the optimising compiler would only cost it time.
    command) jvm_options="$jvm_options -Xms16m -Xmx256m -XX:TieredStopAtLevel=1" ;;
  esac
}

# find_aot_cache server|command: sets `aot_cache` to the cache, or to nothing.
find_aot_cache() {
  aot_cache=
  [ "${FLEETWRIGHT_AOT-}" != off ] || return 0
  read -r build_id <"$built" || return 0
  jdk_release "$jdk" JAVA_RUNTIME_VERSION
  aot_folder=$dist/aot
  aot_name=$1-$build_id-$jdk_value.aot
  if [ -f "$aot_folder/$aot_name" ]; then
    aot_cache=$aot_folder/$aot_name
    return 0
  fi
  if [ ! -w "$dist" ]; then
    # Someone else's checkout. A cache is code: it must lie where only we can write, never in /tmp.
    [ -n "${HOME-}" ] || return 0
    aot_folder=${XDG_CACHE_HOME:-$HOME/.cache}/fleetwright/aot-$(printf %s "$home" | cksum | tr -d ' ')
    # shellcheck disable=SC3067 # not in POSIX, but in every shell that is /bin/sh somewhere
    if [ -f "$aot_folder/$aot_name" ] && [ -O "$aot_folder/$aot_name" ]; then
      aot_cache=$aot_folder/$aot_name
      return 0
    fi
  fi
  [ ! -f "$aot_folder/$build_id-$jdk_value.failed" ] || return 0
  if [ "${FLEETWRIGHT_AOT-}" = wait ]; then
    train_aot_caches wait
    [ ! -f "$aot_folder/$aot_name" ] || aot_cache=$aot_folder/$aot_name
  else
    # The shell between ends at once, so that nobody waits for the training run. That run must hold neither our output, or
    # `$(fleetwright ...)` would wait all the same, nor hear of the terminal's Ctrl-C.
    (
      trap '' INT HUP
      train_aot_caches try &
    )
  fi
}

train_aot_caches() { # wait|try: what to do while another training run is at it
  mkdir -p "$aot_folder" 2>/dev/null || return 0
  nice -n 19 sh "$home/build-support/train-aot" "$1" "$home" "$jdk" "$jar" "$aot_folder" "$build_id-$jdk_value" \
    </dev/null >"$aot_folder/training.log" 2>&1 || true
}
