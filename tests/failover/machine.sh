# What keepalived needs of a machine. To be sourced by bash, in namespaces of its own.
# shellcheck shell=bash

# The lab may lie where only root looks, and the checks run as another account.
mount --make-rprivate /
mount --bind "$CISTERN_LAB" /mnt
mount -t tmpfs none /run
mkdir /run/lab
mount --move /mnt /run/lab
if [[ $CISTERN_LAB == /root/* ]]; then
  mount -t tmpfs -o mode=755 none /root
  mkdir -p "$CISTERN_LAB"
fi
mount --bind /run/lab "$CISTERN_LAB"

# An account for the checks, and the file that Debian's keepalived starts with.
mkdir -p /run/etc
cp -r "$CISTERN_LAB/trixie/etc/keepalived" /etc/passwd /etc/group /run/etc/
echo 'keepalived_script:x:977:977::/var/empty:/bin/false' >>/run/etc/passwd
echo 'keepalived_script:x:977:' >>/run/etc/group
mount -t overlay overlay -o lowerdir=/run/etc:/etc /etc
