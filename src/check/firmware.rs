//! Rules about firmware: an EFI partition exactly where it is used, and a profile for the machine that is there.

use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::At;
use crate::model::shapes::Filesystems;
use crate::model::{Fleet, Hardware, Host};
use crate::nix::Literal;
use crate::source::Span;
use crate::value::{HardwareChoice, HardwareProfile, Managed, System};

use super::boot::is_uefi;

/// Where EFI partitions are mounted; boot loaders look at the first one unless they are told.
const PLACES: &[&str] = &["/boot", "/boot/efi", "/efi"];

/// A host that boots by UEFI mounts an EFI partition where its boot loader looks; one that boots by BIOS mounts none.
pub(super) fn partitions_match(fleet: &Fleet, faults: &mut Faults) {
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full && !host.poisoned) {
        let Some(Hardware::Profile { profile, .. }) = &host.hardware else { continue };
        let Some(Filesystems::Mounts(mounts)) = &host.layer.filesystems else { continue };
        if !mounts.poisoned.is_empty() {
            continue;
        }
        let mounted: Vec<(&str, Span)> = mounts
            .entries
            .iter()
            .filter(|(_, mount)| mount.value.fs_type.as_ref().is_none_or(|fs_type| is_fat(fs_type.value.as_str())))
            .map(|(place, mount)| (place.as_str(), mount.key))
            .collect();
        match profile {
            HardwareProfile::GenericEfi => missing(fleet, host, &mounted, faults),
            HardwareProfile::Vm if is_uefi(host) => missing(fleet, host, &mounted, faults),
            HardwareProfile::GenericBios | HardwareProfile::Vm => unused(host, *profile, &mounted, faults),
            HardwareProfile::RaspberryPi4 => {}
        }
    }
}

fn is_fat(fs_type: &str) -> bool {
    matches!(fs_type, "vfat" | "msdos" | "auto")
}

fn missing(fleet: &Fleet, host: &Host, mounted: &[(&str, Span)], faults: &mut Faults) {
    let told = fleet.settings(host, &["boot", "loader", "efi", "efiSysMountPoint"]);
    let wanted = match told.first().map(|setting| &setting.assigned.value) {
        Some(Literal::Text(place)) => place.as_str(),
        Some(_) => return,
        None => PLACES[0],
    };
    let by_module = fleet.settings(host, &["fileSystems", wanted]);
    if !by_module.is_empty() || mounted.iter().any(|(place, _)| *place == wanted) {
        return;
    }
    let diagnostic = Diagnostic::new(
        codes::NO_ESP,
        format!("host `{}` boots by UEFI and mounts no EFI partition at {wanted}", host.name),
    );
    let diagnostic = match mounted.iter().find(|(place, _)| PLACES.contains(place)) {
        Some((place, span)) => diagnostic.at(*span, format!("its boot loader looks at {wanted}")).help(format!(
            "mount it at {wanted}, or set `boot.loader.efi.efiSysMountPoint = \"{place}\"` in a module of yours"
        )),
        None => diagnostic.at(host.span, "its boot loader would find no place").help(format!(
            "add `{wanted}: {{ device: /dev/disk/by-label/BOOT, fs_type: vfat, options: [umask=0077] }}` under `filesystems`"
        )),
    };
    faults.push(diagnostic.about("hosts", &host.name));
}

fn unused(host: &Host, profile: HardwareProfile, mounted: &[(&str, Span)], faults: &mut Faults) {
    let Some((place, span)) = mounted.iter().find(|(place, _)| PLACES.contains(place)) else { return };
    let (hardware, _) = said(host);
    faults.push(
        Diagnostic::new(
            codes::ESP_WITHOUT_UEFI,
            format!("host `{}` boots by BIOS and mounts an EFI partition at {place}", host.name),
        )
        .at(*span, "nothing uses this")
        .at(hardware, format!("`{profile}` boots by BIOS here"))
        .help("use `hardware: generic-efi`, or remove the mount")
        .about("hosts", &host.name),
    );
}

/// A hardware profile that is named suits the machine of the facts.
pub(super) fn profiles_suit(fleet: &Fleet, faults: &mut Faults) {
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full && !host.poisoned) {
        let (span, Some(profile)) = said(host) else { continue };
        let Some(facts) = &host.facts else { continue };
        let is_arm = facts.system.as_deref() == Some(&*System::Aarch64.to_string());
        let why = match (profile, facts.uefi) {
            (HardwareProfile::GenericEfi, Some(false)) => "it boots by BIOS",
            (HardwareProfile::GenericBios, Some(true)) => "it boots by UEFI",
            (HardwareProfile::RaspberryPi4, _) if facts.system.is_some() && !is_arm => "its processor is another",
            (HardwareProfile::Vm, _) if facts.bare_metal => "it is no virtual machine",
            _ => continue,
        };
        faults.push(
            Diagnostic::new(
                codes::FIRMWARE_CONTRADICTS,
                format!("`{profile}` does not suit host `{}`: {why}", host.name),
            )
            .at(span, format!("facts/{}.json says otherwise", host.name))
            .help("use `hardware: auto`, or replace a report of another machine")
            .about("hosts", &host.name),
        );
    }
}

/// The profile that the definition names, and where.
fn said(host: &Host) -> (Span, Option<HardwareProfile>) {
    match &host.layer.hardware {
        Some(At { value: HardwareChoice::Profile(profile), span }) => (*span, Some(*profile)),
        Some(At { span, .. }) => (*span, None),
        None => (host.span, None),
    }
}
