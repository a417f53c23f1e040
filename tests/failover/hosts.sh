#!/usr/bin/env bash
# Two hosts on one switch, each with keepalived and a server, in namespaces that are gone when this ends.
#
#     hosts.sh SCENARIO CONFIGURATION-OF-ANT CONFIGURATION-OF-BEE
#
# Tells a line for each step: who has the address, and after how many milliseconds. `systemctl' is a program that writes down
# what it is told. What keepalived says lies in /run of these namespaces, and is told when a step does not come.
set -euo pipefail

scenario=$1
declare -A configuration=([ant]=$2 [bee]=$3) address=([ant]=10.77.0.11 [bee]=10.77.0.12) server=() daemon=()
vip=10.77.0.20

# shellcheck source=tests/failover/machine.sh
. "${BASH_SOURCE%/*}/machine.sh"
mkdir -p /run/netns /run/page
: >/run/page/health

ip link set lo up
ip link add switch type bridge
ip link set switch up
for host in ant bee; do
  ip netns add "$host"
  ip link add "$host" type veth peer name eth0 netns "$host"
  ip link set "$host" master switch up
  ip -n "$host" link set lo up
  ip -n "$host" address add "${address[$host]}/24" dev eth0
  ip -n "$host" link set eth0 up
done

serve() {
  ip netns exec "$1" python3 -m http.server 8080 --directory /run/page >/dev/null 2>&1 &
  server[$1]=$!
  until ip netns exec "$1" curl --silent --output /dev/null "http://${address[$1]}:8080/health"; do sleep 0.05; done
}

keepalived_on() {
  # shellcheck disable=SC2016
  ip netns exec "$1" unshare --mount bash -euc '
    mkdir -p "/run/of-$0"
    mount --bind "/run/of-$0" /run
    mkdir -p /run/current-system/sw/bin /run/cistern-failover/failed
    chown 977:977 /run/cistern-failover/failed
    printf "#!/bin/sh\necho \"\$*\" >>/run/units\n" >/run/current-system/sw/bin/systemctl
    chmod 755 /run/current-system/sw/bin/systemctl
    exec keepalived --dont-fork --log-console --log-detail -f "$1" -p /run/keepalived.pid -r /run/vrrp.pid
  ' "$1" "${configuration[$1]}" >"/run/$1.log" 2>&1 &
  daemon[$1]=$!
}

holders() {
  local host
  for host in ant bee; do
    [[ -z $(ip -n "$host" -oneline address show to "$vip") ]] || printf '%s ' "$host"
  done
}

# comes_to HOST STEP: waits until that host has the address, and tells how long that took.
comes_to() {
  local began now
  began=$(date +%s%N)
  while [[ -z $(ip -n "$1" -oneline address show to "$vip") ]]; do
    now=$(date +%s%N)
    if ((now - began > 20000000000)); then
      grep -v gratuitous /run/ant.log /run/bee.log >&2
      exit 1
    fi
    sleep 0.02
  done
  now=$(date +%s%N)
  echo "$2: $1 $(((now - began) / 1000000))"
}

serve ant
serve bee
keepalived_on ant
comes_to ant start
keepalived_on bee
sleep 5

case $scenario in
  check)
    kill "${server[ant]}"
    comes_to bee "check fails"
    sleep 1
    echo "then: $(holders)"
    serve ant
    sleep 8
    echo "works again: $(holders)"
    ;;
  link)
    ip link set ant down
    comes_to bee "link is cut"
    ip link set ant up
    sleep 8
    echo "plugged in again: $(holders)"
    ;;
  dies)
    for process in $(ip netns pids ant); do
      [[ $(cat "/proc/$process/comm") != keepalived ]] || kill -KILL "$process"
    done
    comes_to bee "keepalived is killed"
    ;;
esac
for host in ant bee; do
  while read -r line; do
    echo "$host: $line"
  done < <(cat "/run/of-$host/units" 2>/dev/null || true)
done
kill "${daemon[@]}" 2>/dev/null || true
