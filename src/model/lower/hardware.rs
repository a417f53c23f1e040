//! Evidence: the platform, the boot loader and the interface of a host, from its facts where there are some.

use super::Lower;
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::{At, Scalar};
use crate::model::definition::HostDef;
use crate::model::facts::Facts;
use crate::model::fleet::{Hardware, Host};
use crate::value::{HardwareChoice, HardwareProfile, InterfaceName, Managed, System};

impl Lower<'_> {
    /// Fills in what facts tell, and says what neither they nor the definition do.
    pub(super) fn evidence(&self, host: &mut Host, def: &HostDef, faults: &mut Faults) {
        if host.managed == Managed::Scrape {
            return;
        }
        host.system = self.system(host, def, faults);
        if host.managed != Managed::Full {
            return;
        }
        if host.state_version.is_none() && !def.poisoned {
            faults.push(
                Diagnostic::new(codes::MISSING_KEY, format!("host `{}` has no `state_version`", host.name))
                    .at(host.span, "with which NixOS release was it installed?")
                    .about("hosts", &host.name)
                    .help(
                        "add `state_version: \"25.11\"` with the release of its first installation; it never changes",
                    ),
            );
        }
        host.hardware = self.hardware(host, faults);
        host.interface = interface(host);
    }

    fn system(&self, host: &Host, def: &HostDef, faults: &mut Faults) -> Option<System> {
        let seen = host.facts.as_ref().and_then(|facts| facts.system.as_deref()).and_then(|s| System::read(s).ok());
        if let (Some(seen), Some(told)) = (seen, &def.layer.system)
            && seen != told.value
        {
            faults.push(
                Diagnostic::new(
                    codes::SYSTEM_CONTRADICTS,
                    format!("host `{}` is {} here and {seen} in facts/{}.json", host.name, told.value, host.name),
                )
                .at(told.span, format!("the facts say {seen}"))
                .help("remove the key, or replace a report of another machine")
                .about("hosts", &host.name),
            );
        }
        let system = seen.or(host.layer.system.map(|at| at.value));
        if system.is_none() && !host.poisoned {
            faults.push(
                Diagnostic::new(codes::NO_SYSTEM, format!("nothing tells what system host `{}` is", host.name))
                    .at(host.span, "neither `system` nor facts").about("hosts", &host.name)
                    .help(format!(
                        "add `system: x86_64-linux`, or store a report: `nixos-facter -o facts/{}.json`, run on the machine as root",
                        host.name
                    )),
            );
        }
        system
    }

    fn hardware(&self, host: &Host, faults: &mut Faults) -> Option<Hardware> {
        let choice = host.layer.hardware.as_ref().map(|at| &at.value);
        match (choice, &host.facts) {
            (Some(HardwareChoice::File(path)), _) => Some(Hardware::File(path.clone())),
            (Some(HardwareChoice::Profile(profile)), _) => {
                Some(Hardware::Profile { profile: *profile, reason: "named by the definition".to_owned() })
            }
            (Some(HardwareChoice::Auto) | None, Some(facts)) => match by_facts(facts) {
                Some((profile, reason)) => Some(Hardware::Profile { profile, reason }),
                None => {
                    self.no_hardware(host, "its facts do not say whether the firmware is UEFI", faults);
                    None
                }
            },
            (Some(HardwareChoice::Auto), None) => {
                self.no_hardware(host, "`hardware: auto` needs facts", faults);
                None
            }
            (None, None) => {
                self.no_hardware(host, "neither `hardware` nor facts", faults);
                None
            }
        }
    }

    fn no_hardware(&self, host: &Host, why: &str, faults: &mut Faults) {
        if host.poisoned {
            return;
        }
        let span = host.layer.hardware.as_ref().map_or(host.span, |At { span, .. }| *span);
        faults.push(
            Diagnostic::new(codes::NO_HARDWARE, format!("nothing tells how host `{}` boots", host.name))
                .at(span, why)
                .about("hosts", &host.name)
                .help("name it: `hardware: generic-efi` (or generic-bios, raspberry-pi-4, vm, ./hardware/x.nix)")
                .help(format!(
                    "or store a {}: `nixos-facter -o facts/{}.json`, run on the machine as root",
                    if host.facts.is_some() { "newer report" } else { "report" },
                    host.name
                )),
        );
    }
}

/// Picks a profile by evidence, and says by which.
fn by_facts(facts: &Facts) -> Option<(HardwareProfile, String)> {
    if facts.raspberry_pi_4 {
        return Some((
            HardwareProfile::RaspberryPi4,
            "the facts show a Raspberry Pi 4's network card (bcmgenet)".into(),
        ));
    }
    if let Some(kind) = facts.virtualisation.as_deref().filter(|kind| matches!(*kind, "kvm" | "qemu")) {
        return Some((HardwareProfile::Vm, format!("the facts show a virtual machine ({kind})")));
    }
    match facts.uefi {
        Some(true) => Some((HardwareProfile::GenericEfi, "the facts show UEFI firmware".into())),
        Some(false) => Some((HardwareProfile::GenericBios, "the facts show BIOS firmware".into())),
        None => None,
    }
}

/// The interface that has the host's address: as named, else by its MAC, else the only one.
fn interface(host: &Host) -> Option<InterfaceName> {
    if let Some(named) = host.layer.network.as_ref().and_then(|network| network.interface.as_ref()) {
        return Some(named.value.clone());
    }
    let known = host.facts.as_ref().map(|facts| facts.interfaces.as_slice()).unwrap_or_default();
    let found = match &host.mac {
        Some(mac) => known.iter().find(|interface| interface.mac.as_deref() == Some(&*mac.value.0)),
        None if known.len() == 1 => known.first(),
        None => None,
    };
    match found {
        Some(found) => InterfaceName::read(&found.name).ok(),
        // A card that only its MAC is known of gets a name of its own; the module pins it.
        None => host.mac.as_ref().map(|_| InterfaceName::read("lan0").expect("a plain name")),
    }
}
