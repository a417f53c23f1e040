#!/usr/bin/env bash
# Strikes at the lease of a booted host, on that host.
#
#     strike.sh HOW
#
# `hold', `etcdctl', `member' and `leave' are killed; `hold-stops', `etcdctl-stops' and `all-stop' stop them, without a word to
# anybody. What is to be killed may have to come first, and is waited for a while.
set -euo pipefail

unit=cistern-lease-updater.service

# processes UNIT: what runs in its control group
processes() {
  local group
  group=$(systemctl show --property=ControlGroup --value -- "$1")
  [[ -z $group ]] || cat -- "/sys/fs/cgroup$group/cgroup.procs" 2>/dev/null || true
}

# strike SIGNAL PROCESS…: what is gone meanwhile was not there
strike() {
  local signal=$1
  shift
  kill "-$signal" "$@" 2>/dev/null
}

first() {
  local process
  process=$(systemctl show --property=MainPID --value -- "$unit")
  ((process != 0)) && echo "$process"
}

# caught SIGNAL WORD: the next etcdctl of the lease that does so
caught() {
  local process name
  for process in $(processes "$unit"); do
    read -r name 2>/dev/null <"/proc/$process/comm" || continue
    [[ $name == etcdctl ]] && grep --quiet --text -e "$2" "/proc/$process/cmdline" 2>/dev/null &&
      strike "$1" "$process" && return
  done
  return 1
}

# left: what gives the lease back
left() {
  local process
  process=$(systemctl show --property=ControlPID --value -- "$unit")
  ((process != 0)) && strike KILL "$process"
}

# soon COMMAND…: tries for three seconds
soon() {
  local turn
  for ((turn = 0; turn < 300; turn++)); do
    "$@" && return
    sleep 0.01
  done
  return 1
}

case $1 in
  hold) strike KILL "$(soon first)" ;;
  hold-stops) strike STOP "$(soon first)" ;;
  etcdctl) soon caught KILL . ;;
  # One that waits would keep its host out for an hour.
  etcdctl-stops) soon caught STOP keep-alive ;;
  all-stop)
    mapfile -t all < <(processes "$unit" && processes podman-updater.service)
    strike STOP "${all[@]}"
    ;;
  leave)
    strike KILL "$(soon first)"
    soon left
    ;;
  member) systemctl kill --signal=KILL etcd.service ;;
esac
