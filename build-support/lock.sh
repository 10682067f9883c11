# shellcheck shell=sh
# take_lock wait|try: makes the file that is open as descriptor 9 ours; `try` is false when it is another's.
#
# The kernel lets go of such a lock when its holder dies, however it dies: there are no stale locks to recognise. Linux and BSD have
# flock(1), macOS has the same in Perl. With neither, two first builds at one moment may disturb each other, and the next try succeeds.
take_lock() {
  case $1 in try) lock_flag=-n lock_mode='LOCK_EX|LOCK_NB' ;; *) lock_flag=-x lock_mode=LOCK_EX ;; esac
  if command -v flock >/dev/null; then
    flock "$lock_flag" 9
  elif command -v perl >/dev/null; then
    perl -MFcntl=:flock -e "open(my \$lock, '>>&=', 9) or exit 1; flock(\$lock, $lock_mode) or exit 1"
  fi
}
