#!/bin/sh
# What Fleetwright does on a host. The server puts this file there under its own digest and calls it with words it has
# quoted; everything else comes on standard input or from files below the place's folder. Needs a POSIX shell, coreutils,
# find, grep, sed, tar and util-linux's setsid (its flock is used where it is there); busybox has them all.
#
# usage: sh agent VERB BASE PLACE [WORD...]
#
# Answers are lines of words on standard output, the last one `end`, so that a cut answer is seen to be cut. What went
# wrong is told on standard error with exit code 70.
#
#   BASE/.fleetwright/agent-DIGEST     this file
#   BASE/.fleetwright/PLACE.fence      whose place it is, the highest fencing token seen, the last orders done
#   BASE/PLACE/blobs/DIGEST[x]         content, read-only; x: executable
#   BASE/PLACE/trees/DIGEST/           one component: files/ (hard links to blobs), launch, about
#   BASE/PLACE/releases/DIGEST/        NAME -> the files of a tree, .components, .revision
#   BASE/PLACE/current                 -> releases/DIGEST
#   BASE/PLACE/switching               a switch that is not settled: FROM TO ORDER
#   BASE/PLACE/run/NAME/               tree, want, pid, keeper, restarts, port, log
#
# `A && B || fail` also fails when B does, on purpose:
# shellcheck disable=SC2015
set -u
umask 022
LC_ALL=C
export LC_ALL

fail() {
  echo "$*" >&2
  exit 70
}

# Every call of main reads the whole file first, so one that arrived cut off does nothing.
main() {
  [ $# -ge 3 ] || fail "usage: agent VERB BASE PLACE [WORD...]"
  verb=$1 base=$2 place=$3
  shift 3
  case $base in
  /*) ;;
  *) base=${HOME:?this login has no HOME}/$base ;;
  esac
  case $base in
  *[!A-Za-z0-9._/@+-]*) fail "the folder $base has characters other than letters, digits and ._/@+-" ;;
  esac
  case $place in
  '' | .* | *[!A-Za-z0-9._-]*) fail "not the name of a place: $place" ;;
  esac
  here=$base/$place
  store=$base/.fleetwright
  fence=$store/$place.fence
  case $verb in
  keep | child | unit) ;;
  # A login may print what it likes before this line.
  *) echo 'fleetwright 1' ;;
  esac
  case $verb in
  look) look "$@" </dev/null ;;
  revision) revision "$@" </dev/null ;;
  logs) logs "$@" </dev/null ;;
  ask) ask "$@" </dev/null ;;
  unit) unit "$@" </dev/null ;;
  probe) probe "$@" </dev/null ;;
  # What changes something goes on to its end when the connection is cut. The signals are caught, not ignored: components
  # would inherit that.
  open) trap : HUP PIPE && open_place "$@" </dev/null ;;
  receive) receive "$@" ;;
  switch) trap : HUP PIPE && switch "$@" </dev/null ;;
  settle) trap : HUP PIPE && settle "$@" </dev/null ;;
  forget) trap : HUP PIPE && forget "$@" </dev/null ;;
  remove) trap : HUP PIPE && remove "$@" </dev/null ;;
  keep) keep "$@" </dev/null ;;
  child) child "$@" </dev/null ;;
  *) fail "unknown verb $verb" ;;
  esac
}

# --- the place's record ---------------------------------------------------------------------------------------------

read_fence() {
  owner='' token=0
  [ -f "$fence" ] || return 0
  while read -r key value; do
    case $key in
    owner) owner=$value ;;
    token) token=$value ;;
    esac
  done <"$fence"
}

# write_fence OWNER TOKEN [LINE [ORDER]]: keeps the last orders done but one, and adds one.
write_fence() {
  {
    echo "owner $1"
    echo "token $2"
    {
      [ ! -f "$fence" ] || grep '^done ' "$fence" | grep -v "^done ${4:-none} "
      [ -z "${3-}" ] || echo "$3"
    } | tail -n 50
  } >"$fence.part" || fail "cannot write $fence.part"
  sync_file "$fence.part"
  mv -f "$fence.part" "$fence" || fail "cannot write $fence"
}

# A token that a loss of power forgets would let an old server in again.
sync_file() {
  sync "$1" 2>/dev/null || sync
}

# One order at a time works on a place. With flock the kernel lets go of the lock when its holder dies, however it dies.
lock() {
  tries=0
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$store/$place.lock" || fail "cannot write $store/$place.lock"
    # Not every flock can wait for only so long.
    until flock -n 9; do wait_for_lock; done
  else
    since $$ || fail "cannot read /proc/$$/stat"
    # A link is made in one step, and says who made it.
    until ln -s "$$ $since" "$store/$place.held" 2>/dev/null; do
      take_from_the_dead
      wait_for_lock
    done
    trap 'rm -f "$store/$place.held"' EXIT
  fi
}

wait_for_lock() {
  if [ $tries -ge 200 ]; then
    echo busy
    echo end
    exit 0
  fi
  tries=$((tries + 1))
  pause 0.1
}

# take_from_the_dead: take away the lock of a process that is gone. Between looking and taking, another may have done so
# and hold it now, so only one at a time looks; a trace of one that died here is ignored after a minute.
take_from_the_dead() {
  if mkdir "$store/$place.taking" 2>/dev/null; then
    holder=$(readlink "$store/$place.held")
    if [ -n "$holder" ] && ! { since "${holder% *}" && [ "$since" = "${holder#* }" ]; }; then
      rm -f "$store/$place.held"
    fi
    rmdir "$store/$place.taking"
    since $$
  else
    find "$store/$place.taking" -maxdepth 0 -mmin +1 -exec rmdir {} + 2>/dev/null
  fi
}

# guard TOKEN: take the lock, and end here if a later server has been seen.
guard() {
  lock
  read_fence
  if [ "$1" -lt "$token" ]; then
    echo "fenced $token"
    echo end
    exit 0
  fi
}

# --- looking --------------------------------------------------------------------------------------------------------

look() {
  echo "home $here"
  for tool in setsid tar sha256sum find grep sed; do
    command -v "$tool" >/dev/null 2>&1 || echo "missing $tool"
  done
  read_fence
  [ -z "$owner" ] || echo "owner $owner"
  echo "token $token"
  [ ! -f "$fence" ] || grep '^done ' "$fence"
  manager
  echo "manager $manager"
  if [ -d "$here" ]; then
    [ ! -L "$here/current" ] || echo "current $(basename "$(readlink "$here/current")")"
    [ ! -f "$here/switching" ] || sed 's/^/switching /' "$here/switching"
    for folder in "$here"/releases/*/; do
      [ -f "$folder.components" ] || continue
      id=${folder%/}
      sed "s/^/part ${id##*/} /" "$folder.components"
    done
    for folder in "$here"/trees/*/; do
      [ -d "$folder" ] || continue
      folder=${folder%/}
      echo "tree ${folder##*/}"
    done
    states
    # shellcheck disable=SC2012
    [ -z "$(ls "$here/blobs" 2>/dev/null | head -n 1)" ] || echo content
    if [ "${1-}" = blobs ] && [ -f "$here/blobs.stamp" ]; then
      echo listed
      # What was written to after it was received is not what its name says.
      (cd "$here/blobs" && find . -type f ! -newer ../blobs.stamp | sed 's,^\./,blob ,')
    fi
  fi
  echo end
}

ask() {
  manager
  states
  echo end
}

states() {
  for folder in "$here"/run/*/; do
    [ -f "$folder/tree" ] || continue
    folder=${folder%/}
    state "${folder##*/}"
  done
}

# state NAME: run NAME TREE STATE PID AGE RESTARTS PORT PROBE...
# STATE is up, waiting (to be started again) or down.
state() {
  run=$here/run/$1
  read -r tree <"$run/tree"
  pid=0 age=0 restarts=0 port=0 probe=none is=down
  [ ! -s "$run/port" ] || read -r port <"$run/port"
  [ ! -s "$run/restarts" ] || read -r restarts <"$run/restarts"
  [ ! -f "$here/trees/$tree/about" ] || probe=$(sed -n 's/^probe //p' "$here/trees/$tree/about")
  if alive "$run/pid"; then
    is=up
    pid=$alive_pid
    read -r uptime _ </proc/uptime
    age=$((${uptime%.*} - alive_since / $(getconf CLK_TCK 2>/dev/null || echo 100)))
  elif alive "$run/keeper"; then
    is=waiting
  fi
  if [ -f "$run/unit" ]; then
    restarts=$(control show -p NRestarts "$(unit_name "$1")" 2>/dev/null | sed 's/.*=//')
    case $is/$(control is-active "$(unit_name "$1")" 2>/dev/null) in
    down/activating) is=waiting ;;
    esac
  fi
  echo "run $1 $tree $is $pid $age ${restarts:-0} $port $probe"
}

# probe PORT [PATH]: for hosts that do not let us through to a port of theirs.
probe() {
  if [ -z "${2-}" ]; then
    if unheard "$1"; then echo 'answer refused'; else echo 'answer open'; fi
  elif command -v curl >/dev/null 2>&1; then
    echo "answer $(curl -s -o /dev/null -m 3 -w '%{http_code}' "http://localhost:$1$2")"
  elif command -v wget >/dev/null 2>&1; then
    if wget -q -T 3 -O /dev/null "http://localhost:$1$2"; then echo 'answer 200'; else echo 'answer 000'; fi
  else
    echo 'answer unable'
  fi
  echo end
}

# revision RELEASE: its canonical bytes, as they were sent.
revision() {
  cat "$here/releases/$1/.revision"
}

# logs NAME LINES: what a component printed last.
logs() {
  run=$here/run/$1
  if [ -f "$run/unit" ]; then
    manager
    journal -n "$2" -o cat --no-pager -u "$(unit_name "$1")" 2>/dev/null | tail -c 262144
  elif [ -f "$run/log" ]; then
    { [ ! -f "$run/log.1" ] || tail -n "$2" "$run/log.1"; tail -n "$2" "$run/log"; } | tail -n "$2" | tail -c 262144
  fi
}

# --- processes ------------------------------------------------------------------------------------------------------

# since PID: sets `since` to when a process started, in clock ticks since boot. A number alone may have been given to
# another process meanwhile; the two together name one. A zombie is gone.
since() {
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) }
  # shellcheck disable=SC2086
  set -- $stat
  [ "$1" != Z ] || return 1
  since=${20}
}

# alive FILE: whether the process that a file names (PID SINCE) is; sets alive_pid and alive_since.
alive() {
  [ -s "$1" ] || return 1
  read -r alive_pid alive_since <"$1"
  since "$alive_pid" || return 1
  [ "$since" = "$alive_since" ]
}

# note FILE: this process, for alive. $$ is the shell's own even in a subshell, hence exec'ed scripts only.
note() {
  since $$ || fail "cannot read /proc/$$/stat"
  echo "$$ $since" >"$1.part"
  mv -f "$1.part" "$1"
}

pause() {
  sleep "$1" 2>/dev/null || sleep 1
}

# manager: sets `manager` to what keeps components running: system or user (systemd), or own (keep, below).
manager() {
  manager=own
  [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1 || return 0
  if [ "$(id -u)" = 0 ]; then
    manager=system
  elif [ -e "/var/lib/systemd/linger/$(id -un)" ]; then
    # Without lingering, systemd would stop the components when we disconnect.
    XDG_RUNTIME_DIR=/run/user/$(id -u)
    export XDG_RUNTIME_DIR
    ! systemctl --user show-environment >/dev/null 2>&1 || manager=user
  fi
}

control() {
  case $manager in
  user) systemctl --user "$@" ;;
  *) systemctl "$@" ;;
  esac
}

journal() {
  case $manager in
  user) journalctl --user "$@" ;;
  *) journalctl "$@" ;;
  esac
}

unit_name() {
  echo "fleetwright-$place-$1.service"
}

unit_folder() {
  case $manager in
  user) echo "$HOME/.config/systemd/user" ;;
  *) echo /etc/systemd/system ;;
  esac
}

# unit NAME STOP_WITHIN [system|user]: the text of a component's unit.
unit() {
  wanted=multi-user.target
  [ "${3-system}" = system ] || wanted=default.target
  cat <<UNIT
[Unit]
Description=$1 of $place, deployed by Fleetwright
After=network.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=/bin/sh $0 child $base $place $1
Restart=always
RestartSec=1
KillMode=mixed
TimeoutStopSec=$2

[Install]
WantedBy=$wanted
UNIT
}

# start NAME TREE
start() {
  run=$here/run/$1
  mkdir -p "$run" && chmod 700 "$here/run" || fail "cannot make $run"
  echo "$2" >"$run/tree"
  echo 0 >"$run/restarts"
  choose_port "$1" "$2"
  : >"$run/want"
  if [ "$manager" = own ]; then
    rm -f "$run/unit"
    [ ! -f "$run/log" ] || [ "$(wc -c <"$run/log")" -lt 1048576 ] || mv -f "$run/log" "$run/log.1"
    echo "--- $1 is started $(date -u +%Y-%m-%dT%H:%M:%SZ)" >>"$run/log"
    setsid sh "$0" keep "$base" "$place" "$1" </dev/null >/dev/null 2>>"$run/log" 9>&- &
    # Once it has noted itself, it can be told to stop.
    tries=0
    until alive "$run/keeper" || [ $tries -ge 100 ]; do
      tries=$((tries + 1))
      pause 0.02
    done
  else
    about=$here/trees/$2/about
    mkdir -p "$(unit_folder)"
    unit "$1" "$(sed -n 's/^stop //p' "$about")" "$manager" >"$(unit_folder)/$(unit_name "$1")" || fail "cannot write the unit"
    : >"$run/unit"
    control daemon-reload
    control enable --quiet "$(unit_name "$1")" || fail "cannot enable the unit of $1"
    control restart "$(unit_name "$1")" || echo "$(unit_name "$1") did not start at once" >&2
  fi
}

# choose_port NAME TREE: the port that the component asks for; where it leaves the choice to the host, the one it had
# before if that is free, else any free one.
choose_port() {
  run=$here/run/$1
  asked=$(sed -n 's/^port //p' "$here/trees/$2/about")
  case $asked in
  none)
    rm -f "$run/port"
    return 0
    ;;
  any) ;;
  *)
    # Another program's answers would pass for the component's. What was just killed may take a moment to let go.
    tries=0
    until unheard "$asked"; do
      [ $tries -lt 20 ] || fail "port $asked, which $1 asks for, is in use by another program"
      tries=$((tries + 1))
      pause 0.1
    done
    echo "$asked" >"$run/port"
    return 0
    ;;
  esac
  if [ -s "$run/port" ] && read -r port <"$run/port" && free "$port"; then
    return 0
  fi
  # Below the range that the kernel takes ports of outgoing connections from. Orders that run at the same time have numbers
  # side by side, so neither start nor step is 1.
  port=$((20000 + $$ * 7919 % 10000))
  until free $port; do
    port=$((20000 + (port - 20000 + 61) % 10000))
  done
  echo $port >"$run/port"
}

# free PORT: whether nothing listens on it, and no other component has been told to.
free() {
  unheard "$1" || return 1
  for other in "$here"/run/*/port; do
    [ -s "$other" ] && [ "$other" != "$run/port" ] || continue
    read -r taken <"$other"
    [ "$taken" != "$1" ] || return 1
  done
}

# unheard PORT: whether nothing listens on it: state 0A in the kernel's tables.
unheard() {
  ! grep -qs "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$1") [0-9A-F]*:[0-9A-F]* 0A" /proc/net/tcp /proc/net/tcp6
}

# stop NAME: ask it to end, and after its time make it.
stop() {
  run=$here/run/$1
  [ -f "$run/tree" ] || return 0
  read -r tree <"$run/tree"
  within=$(sed -n 's/^stop //p' "$here/trees/$tree/about" 2>/dev/null)
  rm -f "$run/want"
  if [ -f "$run/unit" ]; then
    control disable --quiet --now "$(unit_name "$1")" 2>/dev/null
    rm -f "$(unit_folder)/$(unit_name "$1")" "$run/unit"
    control daemon-reload
  fi
  if alive "$run/keeper"; then
    kill -TERM "$alive_pid" 2>/dev/null
  elif alive "$run/pid"; then
    kill -TERM -- "-$alive_pid" 2>/dev/null
  fi
  left=$((${within:-10} * 20))
  while alive "$run/keeper" || alive "$run/pid"; do
    [ $left -gt 0 ] || break
    left=$((left - 1))
    pause 0.05
  done
  # The keeper first, or it would start another. What is in the way of a kill is the kernel's, for a moment.
  tries=0
  while alive "$run/keeper" || alive "$run/pid"; do
    [ $tries -lt 100 ] || fail "$1 (process $alive_pid) cannot be killed"
    tries=$((tries + 1))
    ! alive "$run/keeper" || kill -KILL "$alive_pid" 2>/dev/null
    ! alive "$run/pid" || kill -KILL -- "-$alive_pid" 2>/dev/null
    pause 0.05
  done
  rm -f "$run/tree" "$run/pid" "$run/keeper" "$run/restarts"
}

# keep NAME: start a component and start it again whenever it ends, later and later, until told to stop. It has no parent
# that waits for it and no terminal, so neither our disconnect nor the server's death touches it.
keep() {
  run=$here/run/$1
  name=$1
  stopping='' nap='' component=''
  trap 'stopping=1; [ -z "$nap" ] || kill "$nap" 2>/dev/null' TERM
  note "$run/keeper"
  rotate &
  rotator=$!
  restarts=0 delay=1
  while [ -z "$stopping" ] && [ -e "$run/want" ]; do
    began=$(date +%s)
    setsid sh "$0" child "$base" "$place" "$name" >>"$run/log" 2>&1 &
    component=$!
    code=0
    told=''
    # A signal ends `wait` before the component ends.
    while kill -0 $component 2>/dev/null; do
      if [ -n "$stopping" ] && [ -z "$told" ]; then
        told=1
        kill -TERM -- -$component 2>/dev/null || kill -TERM $component 2>/dev/null
      fi
      wait $component
      code=$?
    done
    # What it leaves behind in its group would hold its port.
    kill -KILL -- -$component 2>/dev/null
    [ -z "$stopping" ] && [ -e "$run/want" ] || break
    [ $(($(date +%s) - began)) -lt 60 ] || restarts=0 delay=1
    restarts=$((restarts + 1))
    echo $restarts >"$run/restarts"
    echo "--- $name ended with $code; it is started again in $delay s" >>"$run/log"
    sleep $delay &
    nap=$!
    wait $nap
    nap=''
    delay=$((delay * 2))
    [ $delay -le 30 ] || delay=30
  done
  kill $rotator 2>/dev/null
  rm -f "$run/keeper"
}

# rotate: keep the log below 8 MB and one older file of it. Runs beside keep, and ends with it.
rotate() {
  trap - TERM
  while alive "$run/keeper"; do
    if [ -f "$run/log" ] && [ "$(wc -c <"$run/log")" -gt 8388608 ]; then
      # Its writer has it open for appending, so it is copied and cut, not moved.
      tail -c 8388608 "$run/log" >"$run/log.1"
      : >"$run/log"
    fi
    sleep 5
  done
}

# child NAME: become the component.
child() {
  run=$here/run/$1
  read -r tree <"$run/tree" || fail "$1 is not deployed here"
  note "$run/pid"
  set --
  [ ! -s "$run/port" ] || { read -r port <"$run/port" && set -- "PORT=$port"; }
  cd "$here/trees/$tree/files" || fail "the files of $tree are gone"
  exec env -i "HOME=$HOME" "PATH=$PATH" "USER=$(id -un)" "LOGNAME=$(id -un)" "LANG=C.UTF-8" "TMPDIR=${TMPDIR-/tmp}" \
    "FLEETWRIGHT_RELEASE_DIRECTORY=$here/trees/$tree/files" "$@" \
    sh "$here/trees/$tree/launch"
}

# --- changing -------------------------------------------------------------------------------------------------------

# open_place TOKEN OWNER [TREE...]: claim the place for an order, take in what an interrupted upload left, and look; also at
# blobs, if one of the trees that the order needs is not here.
open_place() {
  mkdir -p "$store" || fail "cannot make $store"
  guard "$1"
  if [ -n "$owner" ] && [ "$owner" != "$2" ]; then
    echo "taken $owner"
    echo end
    exit 0
  fi
  [ "$owner" = "$2" ] && [ "$token" = "$1" ] || write_fence "$2" "$1"
  mkdir -p "$here/blobs" "$here/trees" "$here/releases" "$here/incoming" || fail "cannot make $here"
  [ -f "$here/blobs.stamp" ] || : >"$here/blobs.stamp"
  salvage
  shift 2
  for tree; do
    [ -d "$here/trees/$tree" ] || break
    shift
  done
  if [ $# -gt 0 ]; then look blobs; else look; fi
}

# Whole files of an upload that was cut off are kept; the rest of it is not.
salvage() {
  for folder in "$here"/incoming/*/; do
    [ -d "$folder" ] || continue
    if [ -s "$folder/sums" ] && [ -d "$folder/blobs" ]; then
      forget_changed
      (
        cd "$folder/blobs" || exit
        sha256sum -c ../sums 2>/dev/null | sed -n 's/: OK$//p' | while read -r blob; do
          mv -f "$blob" "$here/blobs/"
        done
      )
      touch "$here/blobs.stamp"
    fi
    rm -rf "$folder"
  done
}

# Blobs that were written to after they were received must not pass for received ones when the stamp is renewed.
forget_changed() {
  find "$here/blobs" -type f -newer "$here/blobs.stamp" -exec rm -f {} +
}

# receive TOKEN ID: an archive of new blobs, trees and releases. It is unpacked out of sight and without the lock, which a
# connection that hangs would hold; it is checked, and then renamed into place.
receive() {
  incoming=incoming/$2
  cd "$here" && mkdir "$incoming" || fail "cannot make $here/$incoming"
  tar -xomf - || fail "cannot unpack what was sent"
  cd "$incoming" || fail "nothing was sent"
  [ -f complete ] || fail "what was sent is not complete"
  trap : HUP PIPE
  if [ -s sums ]; then
    (cd blobs && sha256sum -c ../sums >/dev/null 2>../bad) || fail "what was received is not what was sent: $(head -n 3 bad)"
  fi
  guard "$1"
  forget_changed
  # The first time, the whole folder goes in one rename.
  if [ -d blobs ] && ! { rmdir "$here/blobs" 2>/dev/null && mv blobs "$here/blobs"; }; then
    mkdir -p "$here/blobs"
    # shellcheck disable=SC2016
    find blobs -type f -exec sh -c 'to=$0; mv -f -- "$@" "$to"' "$here/blobs" {} + || fail "cannot keep what was sent"
  fi
  touch "$here/blobs.stamp"
  for folder in trees/*/ releases/*/; do
    [ -d "$folder" ] || continue
    folder=${folder%/}
    [ -d "$here/$folder" ] || mv "$folder" "$here/$folder" || fail "cannot keep $folder"
  done
  cd "$here" && rm -rf "$incoming"
  echo end
}

# switch TOKEN ORDER FROM TO (stop NAME)... (start NAME TREE)...
# FROM is where the place was before the order, TO where it goes; `none` is nowhere.
switch() {
  guard "$1"
  order=$2 from=$3 to=$4
  shift 4
  [ "$to" = none ] || [ -d "$here/releases/$to" ] || fail "release $to is not here"
  echo "$from $to $order" >"$here/switching.part"
  sync_file "$here/switching.part"
  mv -f "$here/switching.part" "$here/switching" || fail "cannot write $here/switching"
  manager
  # All stops come before the first start.
  while [ "${1-}" = stop ]; do
    stop "$2"
    shift 2
  done
  point "$to"
  while [ "${1-}" = start ]; do
    start "$2" "$3"
    shift 3
  done
  [ $# = 0 ] || fail "switch does not know $1"
  echo end
}

# point RELEASE: a reader of `current` sees the old release or the new one, and nothing between.
point() {
  if [ "$1" = none ]; then
    rm -f "$here/current"
  else
    touch "$here/releases/$1"
    rm -f "$here/current.part"
    ln -s "releases/$1" "$here/current.part" && mv -fT "$here/current.part" "$here/current" || fail "cannot switch $here/current"
  fi
}

# settle TOKEN KEEP ORDER RELEASE FROM: the switch is over and the order is done. Then take away what no kept release needs.
settle() {
  guard "$1"
  write_fence "$owner" "$token" "done $3 $4 $5" "$3"
  rm -f "$here/switching"
  sweep "$2"
  echo end
}

# forget TOKEN KEEP ORDER: the order was put back.
forget() {
  guard "$1"
  write_fence "$owner" "$token" '' "$3"
  rm -f "$here/switching"
  sweep "$2"
  echo end
}

sweep() {
  cd "$here" || fail "cannot enter $here"
  live=none
  [ ! -L current ] || live=$(basename "$(readlink current)")
  kept=0
  # Names are hexadecimal digits, so `ls` cannot trip over them.
  # shellcheck disable=SC2012
  ls -t releases | while read -r id; do
    if [ "$id" = "$live" ] || [ $kept -lt "$1" ]; then
      kept=$((kept + 1))
    else
      rm -rf "releases/$id"
    fi
  done
  cat releases/*/.components run/*/tree >needed.part 2>/dev/null
  for folder in trees/*/; do
    [ -d "$folder" ] || continue
    id=${folder%/}
    grep -q "${id##*/}" needed.part || rm -rf "$folder"
  done
  rm -f needed.part
  # A blob that no tree links to has one name left: its own.
  find blobs -type f -links 1 -exec rm -f {} +
  for folder in run/*/; do
    [ -f "$folder/tree" ] || rm -rf "$folder"
  done
}

# remove TOKEN ORDER OWNER: stop everything and delete the place. The record outlives it, or an old server could bring the
# place back.
remove() {
  mkdir -p "$store" || fail "cannot make $store"
  guard "$1"
  if [ -n "$owner" ] && [ "$owner" != "$3" ]; then
    echo "taken $owner"
    echo end
    exit 0
  fi
  write_fence "$3" "$1"
  manager
  for folder in "$here"/run/*/; do
    folder=${folder%/}
    stop "${folder##*/}"
  done
  rm -rf "$here" || fail "cannot delete $here"
  write_fence "$3" "$1" "done $2 none none" "$2"
  echo end
}

main "$@"
