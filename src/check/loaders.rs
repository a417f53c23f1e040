//! A host has one boot loader, whoever sets it.

use crate::diag::{Diagnostic, Faults, codes, listed};
use crate::model::{Fleet, Hardware, Host};
use crate::nix::Literal;
use crate::source::Span;
use crate::value::{HardwareProfile, Managed};

use super::boot::is_uefi;

/// The boot loaders of NixOS and the options that switch them on.
const LOADERS: &[(&str, &[&str])] = &[
    ("GRUB", &["boot", "loader", "grub", "enable"]),
    ("systemd-boot", &["boot", "loader", "systemd-boot", "enable"]),
    ("extlinux", &["boot", "loader", "generic-extlinux-compatible", "enable"]),
    ("Limine", &["boot", "loader", "limine", "enable"]),
    ("rEFInd", &["boot", "loader", "refind", "enable"]),
    ("Lanzaboote", &["boot", "lanzaboote", "enable"]),
    ("an external one", &["boot", "loader", "external", "enable"]),
];

/// The boot loader that a hardware profile switches on.
fn of_profile(profile: HardwareProfile, host: &Host) -> &'static str {
    match profile {
        HardwareProfile::GenericBios => "GRUB",
        HardwareProfile::GenericEfi => "systemd-boot",
        HardwareProfile::RaspberryPi4 => "extlinux",
        HardwareProfile::Vm if is_uefi(host) => "systemd-boot",
        HardwareProfile::Vm => "GRUB",
    }
}

/// Exactly one boot loader is on when modules have had their word.
pub(super) fn there_is_one(fleet: &Fleet, faults: &mut Faults) {
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full && !host.poisoned) {
        if fleet.settings(host, &["boot"]).is_empty() {
            continue;
        }
        let profile = match &host.hardware {
            Some(Hardware::Profile { profile, .. }) => Some(of_profile(*profile, host)),
            Some(Hardware::File(_)) => None,
            None => continue,
        };
        let Some((on, off)) = switched(fleet, host, profile) else { continue };
        let names: Vec<_> = on.iter().map(|(name, _)| *name).collect();
        if names.len() > 1 {
            let message = format!("host `{}` has {} boot loaders: {}", host.name, names.len(), listed(&names));
            let diagnostic = labelled(Diagnostic::new(codes::TWO_LOADERS, message), host, &on);
            faults.push(
                diagnostic
                    .help("switch the other one off in the same module, or use a hardware file in place of the profile")
                    .about("hosts", &host.name),
            );
        } else if let (true, Some(_), Some(off)) = (names.is_empty() && !host.has_foreign_modules(), profile, off) {
            faults.push(
                Diagnostic::new(codes::TWO_LOADERS, format!("host `{}` has no boot loader left", host.name))
                    .at(off, "switched off here")
                    .at(host.span, "nothing switches another one on")
                    .help("switch one on in the same module, or leave the profile's alone")
                    .about("hosts", &host.name),
            );
        }
    }
}

/// A boot loader that is on, and where a module says so.
type On = Vec<(&'static str, Option<Span>)>;

/// The boot loaders that are on, and where one of them is switched off; `None` when only Nix can tell.
fn switched(fleet: &Fleet, host: &Host, profile: Option<&'static str>) -> Option<(On, Option<Span>)> {
    let (mut on, mut off) = (On::new(), None);
    for (name, option) in LOADERS {
        let settings = fleet.settings(host, option);
        let mut switch = (profile == Some(*name)).then_some(None);
        for setting in &settings {
            match setting.assigned.value {
                Literal::Bool(true) => switch = Some(Some(setting.span())),
                Literal::Bool(false) => {
                    switch = None;
                    off = off.or(Some(setting.span()));
                }
                _ => return None,
            }
        }
        on.extend(switch.map(|span| (*name, span)));
    }
    Some((on, off))
}

fn labelled(diagnostic: Diagnostic, host: &Host, on: &On) -> Diagnostic {
    let mut by_module = on.iter().filter_map(|(name, span)| Some((name, (*span)?)));
    let first =
        by_module.next().map_or(diagnostic.clone(), |(name, span)| diagnostic.at(span, format!("{name} is on")));
    let all = by_module.fold(first, |diagnostic, (name, span)| diagnostic.at(span, format!("{name} is on")));
    match on.iter().find(|(_, span)| span.is_none()) {
        Some((name, _)) => {
            let span = host.layer.hardware.as_ref().map_or(host.span, |hardware| hardware.span);
            all.at(span, format!("this switches {name} on"))
        }
        None => all,
    }
}
