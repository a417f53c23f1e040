#!/usr/bin/env bash
# What system runs, as metrics for the node exporter's textfile collector.
#
#     system-metrics.sh DIRECTORY [ROOT]
#
# DIRECTORY takes the file. ROOT stands before every path that is looked at; tests name a directory of their own.
set -euo pipefail

directory=$1
root=${2:-}

# resolved PATH: where its links lead to, or nothing when nothing is there.
resolved() {
  readlink -e -- "$root$1" || true
}

# escaped TEXT: as the value of a label.
escaped() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  printf '%s' "${text//$'\n'/\\n}"
}

# same PATH PATH: 1 when both lead to one place, else 0.
same() {
  if [[ $(resolved "$1") == "$(resolved "$2")" ]]; then echo 1; else echo 0; fi
}

running=$(resolved /run/current-system)
booted=$(resolved /run/booted-system)
profile=$(resolved /nix/var/nix/profiles/system)

drifted=0
if [[ -n $profile && $running != "$profile" ]]; then
  drifted=1
fi

# A switch replaces everything but what the kernel was started with. A container has no kernel of its own.
reboot_needed=0
for part in kernel initrd kernel-modules; do
  if [[ $(same "/run/booted-system/$part" "/run/current-system/$part") == 0 ]]; then
    reboot_needed=1
  fi
done

# Each activation makes the link anew.
activated=$(stat --format=%Y -- "$root/run/current-system")

metrics=$directory/cistern-system.prom
next=$metrics.next
cat >"$next" <<END
# HELP cistern_system_info The store paths of the system that runs, of the one that was started, and of the one that starts next.
# TYPE cistern_system_info gauge
cistern_system_info{running="$(escaped "$running")",booted="$(escaped "$booted")",profile="$(escaped "$profile")"} 1
# HELP cistern_system_drifted Whether another system runs than the one that starts next.
# TYPE cistern_system_drifted gauge
cistern_system_drifted $drifted
# HELP cistern_system_reboot_needed Whether the kernel, its modules or the initrd are others than those of the system that runs.
# TYPE cistern_system_reboot_needed gauge
cistern_system_reboot_needed $reboot_needed
# HELP cistern_system_activated_timestamp_seconds When the system that runs was activated.
# TYPE cistern_system_activated_timestamp_seconds gauge
cistern_system_activated_timestamp_seconds $activated
END
mv -- "$next" "$metrics"
