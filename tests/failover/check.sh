#!/usr/bin/env bash
# What keepalived says of its configuration, in namespaces that are gone when this ends: nothing, where it finds no fault.
#
#     check.sh CONFIGURATION
#
# Ends as keepalived does. It looks for interfaces, so those that are named are there.
set -euo pipefail

configuration=$(cat "$1")
# shellcheck source=tests/failover/machine.sh
. "${BASH_SOURCE%/*}/machine.sh"

while read -r interface; do
  ip link add "$interface" type bridge
done < <(sed -n 's/^ *interface //p' <<<"$configuration" | sort -u)
cat >/run/keepalived.conf <<<"$configuration"
exec keepalived --config-test --log-console --log-detail -f /run/keepalived.conf
