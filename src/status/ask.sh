# Says how this host is doing, a word and its values a line. It only reads, and needs no root. POSIX shell.
PATH=$PATH:/run/current-system/sw/bin:/usr/bin:/bin:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL
echo 'cistern-status 1'

# link WORD PATH: where a link leads to in the end, when it leads anywhere.
link() {
  if [ -e "$2" ]; then echo "$1 $(readlink -f "$2")"; fi
}
link running /run/current-system
link deployed /nix/var/nix/profiles/system

# The parts of a system that only a reboot changes.
if [ -e /run/booted-system ] && [ -e /run/current-system ]; then
  reboot=0
  for part in kernel initrd kernel-modules; do
    old=$(readlink -f "/run/booted-system/$part")
    new=$(readlink -f "/run/current-system/$part")
    if [ "$old" != "$new" ]; then reboot=1; fi
  done
  echo "reboot $reboot"
fi

if [ -r /proc/meminfo ]; then
  while read -r word value rest; do
    case $word in MemTotal: | MemAvailable:) echo "memory $word $value" ;; esac
  done </proc/meminfo
fi

listed() {
  systemctl list-units --plain --no-legend --no-pager "$@" 2>/dev/null
}
if [ -d /run/systemd/system ] && failed=$(listed --state=failed); then
  echo 'units known'
  echo "$failed" | while read -r unit rest; do
    if [ -n "$unit" ]; then echo "failed $unit"; fi
  done
  listed --all --type=service 'restic-backups-*' 'borgbackup-job-*' | while read -r unit rest; do
    result='' ended=''
    for line in $(systemctl show --timestamp=unix -p Result -p ExecMainExitTimestamp "$unit" 2>/dev/null); do
      case $line in
      Result=*) result=${line#*=} ;;
      ExecMainExitTimestamp=@*) ended=${line#*=@} ;;
      esac
    done
    # After a boot only the timer knows when it ran.
    stamp=/var/lib/systemd/timers/stamp-${unit%.service}.timer
    if [ -z "$ended" ] && [ -e "$stamp" ]; then ended=$(stat -c %Y "$stamp"); fi
    if [ "$result" = success ] && [ -n "$ended" ]; then echo "backup $ended $unit"; fi
  done
fi

# Last, because a file system that hangs may hold this up.
{ df -P -l 2>/dev/null || df -P 2>/dev/null; } | while read -r device blocks used free percent mount; do
  case $device in
  Filesystem | tmpfs | devtmpfs | efivarfs | overlay | none | shm | udev | ramfs | squashfs) ;;
  /dev/loop* | /dev/sr* | //* | *:/*) ;;
  *) echo "disk $blocks $free $mount" ;;
  esac
done
echo 'end'
