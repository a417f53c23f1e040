#!/usr/bin/env bash
# Boots a host with the machine's own systemd: in namespaces of its own, from a root that is made here and is gone with it.
#
#     boot.sh possible
#     boot.sh place DIRECTORY NAME SYSTEM [ro:FROM:TO|rw:FROM:TO]…
#
# `possible' fails where no host can be booted. `place' runs in a mount and a network namespace of its own. It says `ready',
# waits for a line, boots, says `first PROCESS', and ends the host when its input ends. DIRECTORY is empty and the caller's.
# SYSTEM is what system.nix makes, as the host sees it. Each directory FROM of the machine is the host's TO.
#
# Of the machine the host has /usr, to be read, but systemd runs nothing of it beside the journal: its units are those of SYSTEM
# and the few below. Its control groups lie below that of the caller, in one of their own that is removed.
set -euo pipefail

here=$(realpath "${BASH_SOURCE[0]}")

# What nixpkgs has and systemd's own units lean on.
TARGETS=(
  basic emergency local-fs multi-user network network-online network-pre nss-lookup paths rescue shutdown slices sockets
  sysinit timers umount
)

possible() {
  make_group
  rmdir "$group"
  unshare --pid --ipc --uts --cgroup --fork mount -t cgroup2 none /mnt
}

# make_group: a control group below that of the caller. The machine's own mount is taken: another one would reset its options.
make_group() {
  local own
  own=$(sed -n 's/^0:://p' /proc/self/cgroup)
  group=$(findmnt --noheadings --first-only --types cgroup2 --output TARGET)/${own#/}/cistern-$$
  mkdir "$group"
}

place() {
  local directory=$1
  ip link set lo up
  mkdir "$directory/root"
  make_group
  trap end EXIT
  trap 'exit 1' HUP INT TERM
  echo ready
  read -r _ || exit 0
  (
    echo "$BASHPID" >"$group/cgroup.procs"
    # Nothing of the host may set the clock of the machine, load a module or read the kernel's log.
    exec setpriv --pdeathsig KILL --bounding-set -sys_module,-sys_rawio,-sys_time,-syslog,-audit_control \
      unshare --mount --pid --ipc --uts --cgroup --fork --kill-child bash "$here" root "$@"
  ) </dev/null &
  disown # and so bash does not tell that it was killed
  # Whoever called says that it is enough, or is gone.
  read -r _ || true
}

# end: nothing stays. What runs in the group is killed with it.
end() {
  echo 1 >"$group/cgroup.kill"
  until grep -q 'populated 0' "$group/cgroup.events"; do sleep 0.01; done
  find "$group" -depth -type d -exec rmdir {} +
}

root() {
  local directory=$1 name=$2 system=$3 process part mode from to
  shift 3
  # /proc is still the machine's, and has the number that the machine knows this process by.
  read -r process _ </proc/self/stat
  mount -t tmpfs -o mode=755 none "$directory/root"
  cd "$directory/root"
  mkdir -p dev etc/systemd/system home old proc root run srv sys tmp usr var/{cache,empty,lib,log,tmp}
  chmod 700 root
  ln -s /run var/run
  mount --rbind /usr usr
  mount -o remount,bind,ro usr
  for part in bin lib lib32 lib64 libx32 sbin; do
    [[ ! -L /$part ]] || ln -s "usr/$part" "$part"
  done
  for part in "$@"; do
    IFS=: read -r mode from to <<<"$part"
    mkdir -p ".$to"
    mount --bind "$from" ".$to"
    mount -o "remount,bind,$mode" ".$to"
  done
  devices
  mount -t proc none proc
  mount --bind proc/sys proc/sys
  mount -o remount,bind,ro proc/sys
  mount -t sysfs -o ro none sys
  mount -t cgroup2 none sys/fs/cgroup
  mount -t tmpfs -o mode=755 none run
  mount -t tmpfs -o mode=1777 none tmp
  # Where NixOS has the programs of the system.
  mkdir run/current-system
  ln -s /usr run/current-system/sw
  settings "$name" "$system"
  echo "first $process"
  pivot_root . old
  umount --lazy /old
  rmdir /old
  exec env -i container=cistern PATH=/usr/sbin:/usr/bin SYSTEMD_UNIT_PATH=/etc/systemd/system \
    /usr/lib/systemd/systemd --show-status=no >/dev/null 2>&1
}

devices() {
  local device
  mount -t tmpfs -o mode=755 none dev
  mkdir dev/pts dev/shm
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620 none dev/pts
  mount -t tmpfs -o mode=1777 none dev/shm
  for device in full null random urandom zero; do
    : >"dev/$device"
    mount --bind "/dev/$device" "dev/$device"
  done
  ln -s pts/ptmx dev/ptmx
  ln -s /proc/self/fd dev/fd
  ln -s fd/0 dev/stdin
  ln -s fd/1 dev/stdout
  ln -s fd/2 dev/stderr
}

# settings NAME SYSTEM: /etc.
settings() {
  local name=$1 system=$2 target unit
  for target in "${TARGETS[@]}"; do
    printf '[Unit]\nDescription=%s\nDefaultDependencies=no\n' "$target" >"etc/systemd/system/$target.target"
  done
  printf 'After=sysinit.target\nRequires=sysinit.target\nWants=sockets.target timers.target paths.target slices.target\n' \
    >>etc/systemd/system/basic.target
  printf 'After=basic.target\nRequires=basic.target\nAllowIsolate=yes\n' >>etc/systemd/system/multi-user.target
  printf 'Wants=systemd-journald.service systemd-tmpfiles-setup.service\n' >>etc/systemd/system/sysinit.target
  ln -s multi-user.target etc/systemd/system/default.target
  for unit in systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket; do
    cp "/usr/lib/systemd/system/$unit" etc/systemd/system/
  done
  printf '%s\n' '[Unit]' DefaultDependencies=no Before=sysinit.target '[Service]' Type=oneshot RemainAfterExit=yes \
    'ExecStart=systemd-tmpfiles --create /etc/tmpfiles.conf' >etc/systemd/system/systemd-tmpfiles-setup.service
  cp -r --no-preserve=mode ".$system/units/." etc/systemd/system/
  cp --no-preserve=mode ".$system"/{passwd,group,tmpfiles.conf} etc/
  printf '[Journal]\nStorage=volatile\nAudit=no\nReadKMsg=no\nRateLimitBurst=0\n' >etc/systemd/journald.conf
  printf '%s: files\n' passwd group shadow hosts >etc/nsswitch.conf
  printf '127.0.0.1 localhost\n' >etc/hosts
  tr -d - </proc/sys/kernel/random/uuid >etc/machine-id
  echo "$name" >etc/hostname
  cp -a /etc/ld.so.cache etc/
  [[ ! -d /etc/alternatives ]] || cp -a /etc/alternatives etc/
  [[ ! -d /etc/ssl ]] || cp -a /etc/ssl etc/
}

"$@"
