#!/usr/bin/env bash
# Lets a service run on the one host that has a lease of etcd, and nowhere else.
#
#     lease.sh hold NAME TTL WATCHDOG GRACE ACCOUNT TARGET COMMAND…
#     lease.sh withdraw NAME
#     lease.sh leave NAME TTL PATIENCE TARGET UNIT…
#
# `hold' waits in the queue of a lock, as `etcdctl lock' does, and ends that program as soon as it has the lock: whoever ends it
# later would unlock what still runs. From then on it renews the lease of the lock itself. systemd's watchdog, of WATCHDOG
# milliseconds, is told of every renewal and of nothing else: when they stop to succeed, systemd kills all of this. TARGET starts
# with the first. While it is there, COMMAND, the check of the service, must succeed, but for the first GRACE seconds; it runs as
# ACCOUNT. `withdraw' leaves the queue. `leave' runs whenever `hold' has ended, in whatever way, and before it begins: it stops
# every UNIT, kills what is left after PATIENCE milliseconds, and gives the lease back when nothing runs any more. A host whose
# service failed does not ask again for a while. etcdctl finds the cluster by its variables. CISTERN_LEASE names another
# directory than /run/cistern-lease for what is remembered.
#
# Why two hosts never run it. A renewal makes the lease last for TTL after the moment at which it began, at least. It began after
# systemd heard the watchdog's word before it; systemd hears of it within WATCHDOG of that word, or kills, and kills WATCHDOG
# later unless there is another. So what runs is killed within two times WATCHDOG after the last renewal began, wherever this
# program may have been stopped meanwhile, and is gone PATIENCE later. TTL is longer than that by a quarter.
set -euo pipefail

# How long a host does not ask after its service failed, in seconds.
REST=300

# How long it waits before it queues anew, in seconds: an etcdctl that hangs has lost its place.
AGAIN=3600

uptime() {
  local now
  read -r now _ </proc/uptime
  echo "${now%.*}"
}

# renewed LEASE MILLISECONDS: whether the lease lives on. It fails with 2 when the lease is gone.
renewed() {
  local said status=0
  said=$(timeout --signal=KILL "$(seconds "$2")" etcdctl --command-timeout="$(($2 * 9 / 10))ms" lease keep-alive --once "$1" 2>&1) || status=$?
  if ((status == 0)) && [[ $said == *"keepalived with TTL("* ]]; then
    return 0
  fi
  echo "the lease was not renewed: ${said:-no answer}" >&2
  [[ $said != *"lease not found"* && $said != *"expired or revoked"* ]] || return 2
  return 1
}

# seconds MILLISECONDS: as a decimal
seconds() {
  printf '%d.%03d\n' "$(($1 / 1000))" "$(($1 % 1000))"
}

# judge GRACE ACCOUNT COMMAND…: ends when the check failed twice in a row.
judge() {
  local grace=$1 account=$2 failures=0
  shift 2
  sleep "$grace"
  while ((failures < 2)); do
    if setpriv --reuid="$account" --regid="$account" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all -- "$@"; then
      failures=0
    else
      failures=$((failures + 1))
    fi
    sleep 1
  done
  : >failed
}

hold() {
  local name=$1 ttl=$2 watchdog=$3 grace=$4 account=$5 target=$6 until key lease line queued judging status
  shift 6
  systemd-notify --ready --status="Waits for the lease"
  if read -r until 2>/dev/null <unfit; then
    systemd-notify --status="Rests, since the service failed here"
    while (($(uptime) < until)); do
      sleep "$(seconds "$((watchdog / 3))")"
      systemd-notify WATCHDOG=1
    done
    rm -f unfit
    systemd-notify --status="Waits for the lease"
  fi

  exec {line}< <(exec etcdctl --keepalive-timeout=3s lock --ttl "$ttl" "cistern/$name")
  queued=$!
  echo "$queued" >queued
  while :; do
    status=0
    read -r -t "$(seconds "$((watchdog / 3))")" key <&"$line" || status=$?
    ((status != 0)) || break
    # More than 128 is the end of the time, less the end of etcdctl.
    if ((status <= 128 || SECONDS > AGAIN)); then
      [[ ! -e withdrawn ]] || exit 0
      echo "the lock was not taken" >&2
      exit 1
    fi
    systemd-notify WATCHDOG=1
  done
  if [[ ! $key =~ ^cistern/$name/([0-9a-f]+)$ ]]; then
    echo "the lock was not taken: $key" >&2
    exit 1
  fi
  lease=${BASH_REMATCH[1]}
  echo "$lease" >lease
  kill -KILL "$queued" 2>/dev/null || true
  while [[ -d /proc/$queued ]]; do sleep 0.01; done
  exec {line}<&-
  rm -f queued

  # Nobody but this host can unlock from here on. Before, somebody could.
  if [[ $(timeout --signal=KILL "$(seconds "$((watchdog / 3))")" etcdctl get --keys-only "$key") != "$key"* ]]; then
    echo "the lock is gone again" >&2
    exit 1
  fi
  renewed "$lease" "$((watchdog / 3))"
  systemd-notify --status="Has the lease" WATCHDOG=1
  : >held
  systemctl start --no-block -- "$target"

  judge "$grace" "$account" "$@" &
  judging=$!
  while sleep "$(seconds "$((watchdog / 6))")"; do
    if ! kill -0 "$judging" 2>/dev/null; then
      echo "$name failed here: this host does not ask for it for $REST s" >&2
      exit 1
    fi
    status=0
    renewed "$lease" "$((watchdog / 3))" || status=$?
    case $status in
      0) systemd-notify WATCHDOG=1 ;;
      2) exit 1 ;;
    esac
  done
}

withdraw() {
  local process turn
  read -r process 2>/dev/null <queued || return 0
  : >withdrawn
  kill -TERM "$process" 2>/dev/null || return 0
  for ((turn = 0; turn < 20; turn++)); do
    [[ -d /proc/$process ]] || return 0
    sleep 0.1
  done
}

# down MILLISECONDS UNIT…: waits until nothing of these runs
down() {
  local until=$((${EPOCHREALTIME/[.,]/} / 1000 + $1)) states
  shift
  while :; do
    # What cannot be asked may run.
    states=$(systemctl show --property=ActiveState --value -- "$@") || states=unknown
    grep --quiet --invert-match --line-regexp --extended-regexp '(inactive|failed)?' <<<"$states" || return 0
    ((${EPOCHREALTIME/[.,]/} / 1000 < until)) || return 1
    sleep 0.05
  done
}

leave() {
  local name=$1 ttl=$2 patience=$3 target=$4 id
  shift 4
  # Nothing starts again without it.
  rm -f held queued withdrawn
  systemctl stop --no-block -- "$target" "$@"
  if ! down "$patience" "$@"; then
    echo "$* did not stop within $patience ms" >&2
    systemctl kill --signal=KILL -- "$@" || true
    down "${ttl}000" "$@" || {
      echo "$* cannot be killed: the lease is not given back" >&2
      exit 1
    }
  fi
  # A service that moves starts often, and each start counts for systemd's limit.
  systemctl reset-failed -- "$@" 2>/dev/null || true
  if [[ -e failed ]]; then
    echo "$(($(uptime) + REST))" >unfit
    rm -f failed
  fi
  if read -r id 2>/dev/null <lease; then
    # Where etcd does not answer, the lease ends by itself.
    timeout --signal=KILL 3 etcdctl --command-timeout=2s lease revoke "$id" || true
    rm -f lease
  fi
}

action=$1
name=$2
cd "${CISTERN_LEASE:-/run/cistern-lease}/$name"
shift
"$action" "$@"
