//! Rules about what a host needs to boot, and who may monitor.

use std::collections::BTreeMap;

use crate::diag::{Diagnostic, Faults, codes};
use crate::model::shapes::Filesystems;
use crate::model::{Fleet, Hardware, Host};
use crate::value::{HardwareProfile, Managed};

/// Every full host has a boot loader, its device, and an owner of `/`.
pub(super) fn has_a_loader_and_a_root(fleet: &Fleet, faults: &mut Faults) {
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full && !host.poisoned) {
        if let Some(Hardware::Profile { profile, .. }) = &host.hardware
            && needs_disk(*profile, host)
            && grub_disk(*profile, host).is_none()
        {
            let known = match &host.facts {
                Some(facts) => format!("its facts show {}", crate::diag::counted(facts.disks.len(), "disk")),
                None => "there are no facts that show its disks".to_owned(),
            };
            faults.push(
                Diagnostic::new(
                    codes::NO_BOOT_DISK,
                    format!("the disk that host `{}` boots from is not known", host.name),
                )
                .at(host.span, known)
                .help("use a hardware file that sets boot.loader.grub.device: `hardware: ./hardware/NAME.nix`")
                .about("hosts", &host.name),
            );
        }
        let owned = match &host.layer.filesystems {
            Some(Filesystems::Manual) => true,
            Some(Filesystems::Mounts(mounts)) => mounts.entries.contains_key("/") || !mounts.poisoned.is_empty(),
            None => matches!(host.hardware, Some(Hardware::File(_))),
        };
        if !owned {
            faults.push(
                Diagnostic::new(codes::NO_ROOT, format!("nobody owns `/` of host `{}`", host.name))
                    .at(host.span, "it would not boot")
                    .help("add `filesystems: { \"/\": { device: /dev/disk/by-label/nixos, fs_type: ext4 } }`")
                    .help("or `filesystems: manual` with a module that mounts it (disko, for instance)")
                    .about("hosts", &host.name),
            );
        }
        incomplete_mounts(host, faults);
        mounts_stand_once(host, faults);
    }
}

fn incomplete_mounts(host: &Host, faults: &mut Faults) {
    let mut missing = |span, what: String, key: &str| {
        let example = match key {
            "device" => "add `device: /dev/disk/by-label/LABEL`",
            "mount" => "add `mount: /mnt/PLACE`",
            _ => "add `fs_type: ext4`",
        };
        let diagnostic = Diagnostic::new(codes::MISSING_KEY, format!("{what} has no `{key}`"));
        faults.push(diagnostic.at(span, "incomplete").help(example).about("hosts", &host.name));
    };
    if let Some(Filesystems::Mounts(mounts)) = &host.layer.filesystems {
        for (place, mount) in &mounts.entries {
            if mount.value.poisoned {
                continue;
            }
            for (key, absent) in [("device", mount.value.device.is_none()), ("fs_type", mount.value.fs_type.is_none())]
            {
                if absent {
                    missing(mount.key, format!("the file system `{place}` of host `{}`", host.name), key);
                }
            }
        }
    }
    for (name, disk) in host.layer.storage.iter().flat_map(|storage| &storage.entries) {
        if disk.value.poisoned {
            continue;
        }
        let keys = [
            ("device", disk.value.device.is_none()),
            ("mount", disk.value.mount.is_none()),
            ("fs_type", disk.value.fs_type.is_none()),
        ];
        for (key, absent) in keys {
            if absent {
                missing(disk.key, format!("the storage `{name}` of host `{}`", host.name), key);
            }
        }
    }
}

fn mounts_stand_once(host: &Host, faults: &mut Faults) {
    let mut places = BTreeMap::new();
    if let Some(Filesystems::Mounts(mounts)) = &host.layer.filesystems {
        places.extend(mounts.entries.iter().map(|(place, mount)| (place, mount.key)));
    }
    for disk in host.layer.storage.iter().flat_map(|storage| storage.entries.values()) {
        let Some(mount) = &disk.value.mount else { continue };
        if let Some(first) = places.insert(&mount.value, mount.span) {
            faults.push(
                Diagnostic::new(
                    codes::MOUNT_TWICE,
                    format!("`{}` of host `{}` is mounted twice", mount.value, host.name),
                )
                .at(mount.span, "again")
                .at(first, "first here")
                .help("give one of them another place")
                .about("hosts", &host.name),
            );
        }
    }
}

/// Says whether GRUB must be written to a disk.
pub fn needs_disk(profile: HardwareProfile, host: &Host) -> bool {
    match profile {
        HardwareProfile::GenericBios => true,
        HardwareProfile::Vm => !is_uefi(host),
        HardwareProfile::GenericEfi | HardwareProfile::RaspberryPi4 => false,
    }
}

/// Says whether the facts show UEFI firmware.
pub fn is_uefi(host: &Host) -> bool {
    host.facts.as_ref().and_then(|facts| facts.uefi).unwrap_or(false)
}

/// The disk that GRUB is written to: the only one of the facts; a virtual machine without facts has `/dev/vda`.
pub fn grub_disk(profile: HardwareProfile, host: &Host) -> Option<&str> {
    match (&host.facts, profile) {
        (Some(facts), _) => match facts.disks.as_slice() {
            [only] => only.stable_name(),
            _ => None,
        },
        (None, HardwareProfile::Vm) => Some("/dev/vda"),
        (None, _) => None,
    }
}

/// Prometheus runs only where Cistern writes the configuration.
pub(super) fn monitors_are_managed(fleet: &Fleet, faults: &mut Faults) {
    for name in fleet.monitoring.iter().flat_map(|monitoring| &monitoring.hosts) {
        let Some(host) = fleet.hosts.get(&name.value).filter(|host| host.managed != Managed::Full) else { continue };
        faults.push(
            Diagnostic::new(codes::BAD_MONITOR, format!("host `{}` cannot run Prometheus", name.value))
                .at(name.span, "named here")
                .at(host.span, format!("is `managed: {}`", host.managed))
                .help("name a host with `managed: full`")
                .about("hosts", &name.value),
        );
    }
}
