//! A place is mounted by the definition or by a module, not by both.

use std::collections::BTreeMap;

use crate::diag::{Diagnostic, Faults, codes};
use crate::model::shapes::Filesystems;
use crate::model::{Fleet, Host, Setting};
use crate::nix::Literal;
use crate::source::Span;
use crate::value::{AbsolutePath, Managed};

/// No module of a host mounts what the definition mounts.
pub(super) fn have_one_owner(fleet: &Fleet, faults: &mut Faults) {
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full && !host.poisoned) {
        let file_systems = fleet.settings(host, &["fileSystems"]);
        let disks = fleet.settings(host, &["disko", "devices"]);
        if file_systems.is_empty() && disks.is_empty() {
            continue;
        }
        let own: BTreeMap<_, _> = places(host).map(|(place, span)| (place.as_str(), span)).collect();
        let mut told = BTreeMap::new();
        let mounted = file_systems.iter().filter_map(by_file_system).chain(disks.iter().filter_map(by_disko));
        for (place, setting) in mounted {
            if let Some(span) = own.get(place)
                && told.insert(place, ()).is_none()
            {
                faults.push(
                    Diagnostic::new(
                        codes::MOUNT_IN_MODULE,
                        format!("`{place}` of host `{}` is mounted by a module as well", host.name),
                    )
                    .at(*span, "here")
                    .at(setting.span(), "and here, which wins")
                    .help(format!("remove it here, or from {}", setting.path))
                    .about("hosts", &host.name),
                );
            }
        }
    }
}

/// What `fileSystems` mounts: an entry with a device. Options alone go well with the definition's device.
fn by_file_system<'s, 'm>(setting: &'s Setting<'m>) -> Option<(&'m str, &'s Setting<'m>)> {
    match setting.assigned.path.as_slice() {
        [_, place, key] if matches!(key.name.as_deref(), Some("device" | "label")) => {
            Some((place.name.as_deref()?, setting))
        }
        _ => None,
    }
}

/// What disko mounts.
fn by_disko<'s, 'm>(setting: &'s Setting<'m>) -> Option<(&'m str, &'s Setting<'m>)> {
    match (setting.assigned.path.last()?.name.as_deref(), &setting.assigned.value) {
        (Some("mountpoint"), Literal::Text(place)) => Some((place, setting)),
        _ => None,
    }
}

/// Every place where the definition mounts something, with the place in the text.
pub(super) fn places(host: &Host) -> impl Iterator<Item = (&AbsolutePath, Span)> {
    let mounts = match &host.layer.filesystems {
        Some(Filesystems::Mounts(mounts)) => Some(mounts),
        _ => None,
    };
    let boot = mounts.into_iter().flat_map(|mounts| &mounts.entries).map(|(place, mount)| (place, mount.key));
    let storage = host.layer.storage.iter().flat_map(|storage| storage.entries.values());
    boot.chain(storage.filter_map(|disk| disk.value.mount.as_ref()).map(|mount| (&mount.value, mount.span)))
}
