//! Rules about what is mounted: disks that are there, by names that stay, each once.

use std::collections::BTreeMap;

use crate::diag::{Diagnostic, Faults, codes, listed};
use crate::load::decode::At;
use crate::load::decode::Scalar;
use crate::model::facts::{Disk, Facts};
use crate::model::shapes::Filesystems;
use crate::model::{Fleet, Host};
use crate::value::{Device, FsType, Managed, MountOption, Size};

/// File systems that may be mounted several times from one device: each mount shows another part.
const SHARED: &[&str] = &["bcachefs", "btrfs", "zfs"];

/// Names below /dev/disk/by-id of what is no disk: it is made of disks, and not in a report.
const MADE_OF_DISKS: &[&str] = &["dm-", "lvm-", "md-", "raid-"];

/// Something that is mounted.
struct Mount<'h> {
    device: &'h At<Device>,
    fs_type: Option<&'h FsType>,
    options: &'h [At<MountOption>],
}

fn mounts(host: &Host) -> impl Iterator<Item = Mount<'_>> {
    let filesystems = match &host.layer.filesystems {
        Some(Filesystems::Mounts(mounts)) => Some(mounts),
        _ => None,
    };
    let boot = filesystems.into_iter().flat_map(|mounts| mounts.entries.values()).filter_map(|mount| {
        let def = &mount.value;
        Some((def.device.as_ref()?, &def.fs_type, &def.options))
    });
    let storage = host.layer.storage.iter().flat_map(|storage| storage.entries.values()).filter_map(|disk| {
        let def = &disk.value;
        Some((def.device.as_ref()?, &def.fs_type, &def.options))
    });
    boot.chain(storage).map(|(device, fs_type, options)| Mount {
        device,
        fs_type: fs_type.as_ref().map(|at| &at.value),
        options: options.as_deref().unwrap_or_default(),
    })
}

/// Every disk that is mounted is one of the facts, by a name that stays.
pub(super) fn are_there(fleet: &Fleet, faults: &mut Faults) {
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full) {
        for mount in mounts(host) {
            let Some((disk, part)) = disk_of(mount.device.value.as_str()) else { continue };
            let known = host.facts.as_ref().map(|facts| facts.disks.as_slice()).unwrap_or_default();
            let found = known.iter().find(|seen| seen.names.iter().any(|name| name == disk));
            if found.is_none()
                && known.iter().any(|seen| seen.names.iter().any(|name| directory(name) == directory(disk)))
            {
                faults.push(unknown(host, mount.device, disk, known));
            } else if disk.starts_with("/dev/sd") {
                faults.push(unstable(host, mount.device, found, part));
            }
        }
    }
}

fn unknown(host: &Host, device: &At<Device>, disk: &str, known: &[Disk]) -> Diagnostic {
    let names: Vec<&str> = known
        .iter()
        .filter_map(|seen| seen.names.iter().find(|name| directory(name) == directory(disk)))
        .map(String::as_str)
        .collect();
    Diagnostic::new(codes::UNKNOWN_DISK, format!("host `{}` has no disk `{disk}`", host.name))
        .at(device.span, format!("not in facts/{}.json", host.name))
        .help(format!("the facts show {}", listed(&names)))
        .about("hosts", &host.name)
}

fn unstable(host: &Host, device: &At<Device>, found: Option<&Disk>, part: &str) -> Diagnostic {
    let number = part.trim_start_matches(|c: char| !c.is_ascii_digit());
    let stable = found.and_then(Disk::stable_name).filter(|name| name.starts_with("/dev/disk/"));
    let diagnostic = Diagnostic::new(
        codes::UNSTABLE_DISK,
        format!("`{}` of host `{}` may be another disk tomorrow", device.value, host.name),
    )
    .at(device.span, "the order in which disks are found")
    .about("hosts", &host.name);
    match stable {
        Some(name) if number.is_empty() => diagnostic.help(format!("by the facts, it is {name}")),
        Some(name) => diagnostic.help(format!("by the facts, it is {name}-part{number}")),
        None => diagnostic.help("use a name from /dev/disk/by-id, or a label: `ls -l /dev/disk/by-*` shows them"),
    }
}

/// The disk that a device is, and what names its part; nothing for what is not a disk's own name.
fn disk_of(device: &str) -> Option<(&str, &str)> {
    let name = device.strip_prefix("/dev/")?;
    for directory in ["disk/by-id/", "disk/by-path/"] {
        if let Some(id) = name.strip_prefix(directory) {
            let part = id.rfind("-part").filter(|at| is_number(&id[at + 5..])).map_or("", |at| &id[at..]);
            let disk = &device[..device.len() - part.len()];
            return (!MADE_OF_DISKS.iter().any(|prefix| id.starts_with(prefix))).then_some((disk, part));
        }
    }
    let end = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let numbered = ["nvme", "mmcblk"].iter().any(|prefix| name.starts_with(prefix));
    let part = match numbered {
        true => end
            .strip_suffix('p')
            .filter(|disk| disk.ends_with(|c: char| c.is_ascii_digit()))
            .map_or("", |disk| &name[disk.len()..]),
        false => &name[end.len()..],
    };
    let lettered = ["sd", "vd", "hd", "xvd"].iter().any(|prefix| {
        let letters = end.strip_prefix(prefix).unwrap_or_default();
        !letters.is_empty() && letters.bytes().all(|b| b.is_ascii_lowercase())
    });
    (numbered || lettered).then(|| (&device[..device.len() - part.len()], part))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn directory(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// No device is mounted at two places.
pub(super) fn are_mounted_once(fleet: &Fleet, faults: &mut Faults) {
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full) {
        let mut first_of: BTreeMap<&str, &At<Device>> = BTreeMap::new();
        for mount in mounts(host) {
            let name = mount.device.value.as_str();
            let shared = mount.fs_type.is_some_and(|fs_type| SHARED.contains(&fs_type.as_str()));
            if shared || !name.starts_with("/dev/") {
                continue;
            }
            if let Some(first) = first_of.insert(name, mount.device) {
                faults.push(
                    Diagnostic::new(codes::DEVICE_TWICE, format!("`{name}` of host `{}` is mounted twice", host.name))
                        .at(mount.device.span, "again")
                        .at(first.span, "first here")
                        .help("one of the two was copied: give it its own device")
                        .about("hosts", &host.name),
                );
            }
        }
    }
}

/// A tmpfs fits into memory.
pub(super) fn fit_into_memory(fleet: &Fleet, faults: &mut Faults) {
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full) {
        let Some(Facts { memory: memory @ 1.., .. }) = &host.facts else { continue };
        for mount in mounts(host).filter(|mount| mount.fs_type.is_some_and(|fs_type| fs_type.as_str() == "tmpfs")) {
            for option in mount.options {
                let Some(size) = option.value.as_str().strip_prefix("size=") else { continue };
                if !exceeds(size, *memory) {
                    continue;
                }
                faults.push(
                    Diagnostic::new(
                        codes::TMPFS_TOO_LARGE,
                        format!("a tmpfs of host `{}` may grow larger than its memory", host.name),
                    )
                    .at(option.span, format!("the facts show {} of memory", Size::rounded(*memory)))
                    .help("give it a smaller size")
                    .about("hosts", &host.name),
                );
            }
        }
    }
}

/// Says whether the size of a tmpfs is more than so many bytes: a number with k, m or g, or a share in percent.
fn exceeds(size: &str, memory: u64) -> bool {
    match size.strip_suffix('%') {
        Some(share) => share.parse::<u64>().is_ok_and(|share| share > 100),
        None => Size::read(&size.to_ascii_uppercase()).is_ok_and(|size| size.bytes() > memory),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disks_are_told_from_their_parts() {
        for (device, disk) in [
            ("/dev/sda", Some("/dev/sda")),
            ("/dev/sda1", Some("/dev/sda")),
            ("/dev/sdaa12", Some("/dev/sdaa")),
            ("/dev/vda2", Some("/dev/vda")),
            ("/dev/nvme0n1", Some("/dev/nvme0n1")),
            ("/dev/nvme0n1p3", Some("/dev/nvme0n1")),
            ("/dev/mmcblk0p1", Some("/dev/mmcblk0")),
            ("/dev/disk/by-id/ata-X-part1", Some("/dev/disk/by-id/ata-X")),
            ("/dev/disk/by-id/ata-X-partly", Some("/dev/disk/by-id/ata-X-partly")),
            ("/dev/disk/by-path/pci-0-part2", Some("/dev/disk/by-path/pci-0")),
            ("/dev/disk/by-id/dm-name-root", None),
            ("/dev/disk/by-label/nixos", None),
            ("/dev/mapper/root", None),
            ("/dev/sd", None),
            ("/dev/", None),
            ("tank/home", None),
            ("tmpfs", None),
        ] {
            assert_eq!(disk_of(device).map(|(disk, _)| disk), disk, "{device}");
        }
    }

    #[test]
    fn sizes_of_tmpfs_are_read_as_mount_does() {
        for (size, larger) in [
            ("2g", true),
            ("1G", false),
            ("1024m", false),
            ("1025m", true),
            ("100%", false),
            ("150%", true),
            ("x", false),
        ] {
            assert_eq!(exceeds(size, 1 << 30), larger, "{size}");
        }
    }
}
