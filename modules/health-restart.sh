#!/usr/bin/env bash
# Restarts the units of a service whose check failed several times in a row, a few times an hour at most.
#
#     health-restart.sh due NAME SECONDS UNIT…
#     health-restart.sh judge NAME FAILURES RESTARTS UNIT…
#
# `due' succeeds when all units run, and have for SECONDS: nothing is expected of what starts, was stopped on purpose, or
# failed, which systemd tells itself. `judge' runs behind the check, whose end systemd tells it: FAILURES in a row restart the
# units. After RESTARTS within an hour it fails instead, so that somebody is told. A check that was not asked, or could not be,
# says nothing of the units. What it remembers is gone with a restart of the machine. CISTERN_HEALTH names another directory
# than /run/cistern-health for that.
set -euo pipefail

due() {
  local name=$1 least=$2 unit state since now
  shift 2
  # When this turn began, by the clock of systemd, which stands still while the machine sleeps.
  now=$(systemctl show --property=InactiveExitTimestampMonotonic --value -- "cistern-health-$name.service")
  for unit in "$@"; do
    state=$(systemctl show --property=ActiveState --value -- "$unit")
    [[ $state == active ]] || exit 1
    since=$(systemctl show --property=ActiveEnterTimestampMonotonic --value -- "$unit")
    ((now - since >= least * 1000000)) || exit 1
  done
}

judge() {
  local name=$1 failures=$2 most=$3 directory count=0 now at recent=()
  shift 3
  directory=${CISTERN_HEALTH:-/run/cistern-health}/$name
  install -d -m 700 -- "$directory"
  if [[ ${EXIT_CODE:-} != exited || ${EXIT_STATUS:-} != 4 ]]; then
    rm -f -- "$directory/failures"
    return
  fi
  read -r count 2>/dev/null <"$directory/failures" || count=0
  count=$((count + 1))
  if ((count < failures)); then
    echo "$count" >"$directory/failures"
    echo "$name failed its check, $count of $failures in a row"
    return
  fi
  read -r now _ </proc/uptime
  now=${now%.*}
  while read -r at; do
    ((now - at >= 3600)) || recent+=("$at")
  done < <(cat -- "$directory/restarts" 2>/dev/null || true)
  if ((${#recent[@]} >= most)); then
    echo "$count" >"$directory/failures"
    echo "$name fails its check, and was restarted $most times within an hour: it is left alone" >&2
    exit 1
  fi
  printf '%s\n' ${recent[@]+"${recent[@]}"} "$now" >"$directory/restarts"
  rm -f -- "$directory/failures"
  echo "$name failed its check $failures times in a row: restarting $*" >&2
  # Only what runs: somebody may have stopped it in the meantime.
  systemctl try-restart --no-block -- "$@"
}

action=$1
shift
"$action" "$@"
