#!/usr/bin/env bash
# Lets a service run where its address is, and nowhere else.
#
#     failover.sh settle NAME ADDRESS UNIT
#     failover.sh fit NAME GRACE COMMAND…
#     failover.sh leave NAME ADDRESS/LENGTH INTERFACE UNIT
#
# keepalived runs `settle' whenever its state changes, whatever the state: what counts is whether the host has the address at
# that moment, so that it does not matter in which order changes are told. UNIT then starts, else it stops. `fit' is what
# keepalived asks every second: whether this host may have the address. While it has it, COMMAND, the check of the service, must
# succeed, but for the first GRACE seconds; it runs as an account of its own, which may write to one directory only. A host
# whose service failed is unfit for a while afterwards. `leave' takes the address away when keepalived ended without doing so.
# CISTERN_FAILOVER names another directory than /run/cistern-failover for what is remembered.
set -euo pipefail

# keepalived starts with one of its own, and `fit' reads as another account what `settle' writes.
umask 022

directory=${CISTERN_FAILOVER:-/run/cistern-failover}

# How long a host is unfit after its service failed, in seconds.
REST=300

uptime() {
  local now
  read -r now _ </proc/uptime
  echo "${now%.*}"
}

has() {
  [[ -n $(ip -oneline address show to "$1" 2>/dev/null) ]]
}

settle() {
  local name=$1 address=$2 unit=$3
  exec 9>"$directory/$name.lock"
  flock 9
  if has "$address"; then
    [[ -e $directory/$name.since ]] || uptime >"$directory/$name.since"
    systemctl start --no-block -- "$unit"
  else
    # Only whether it is there counts: somebody else wrote it.
    if [[ -e $directory/$name.since && -e $directory/failed/$name ]]; then
      echo "$name failed here: this host does not take it for $REST s" >&2
      echo "$(($(uptime) + REST))" >"$directory/$name.unfit"
    fi
    rm -f -- "$directory/$name.since" "$directory/failed/$name"
    systemctl stop --no-block -- "$unit"
  fi
}

fit() {
  local name=$1 grace=$2 since until now
  shift 2
  now=$(uptime)
  if read -r until 2>/dev/null <"$directory/$name.unfit" && ((now < until)); then
    exit 1
  fi
  # Without the address nothing runs here that could be asked.
  read -r since 2>/dev/null <"$directory/$name.since" || exit 0
  ((now - since >= grace)) || exit 0
  if "$@"; then
    rm -f -- "$directory/failed/$name"
  else
    : >"$directory/failed/$name"
    exit 1
  fi
}

leave() {
  local name=$1 address=$2 interface=$3 unit=$4
  if has "${address%/*}"; then
    ip address delete "$address" dev "$interface"
  fi
  settle "$name" "${address%/*}" "$unit"
}

action=$1
shift
"$action" "$@"
