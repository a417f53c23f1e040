//! What a host's module says of systemd services: how much they may use, and when they restart.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Context;
use crate::place::plan::Machine;
use crate::value::{HostName, Size, UnitName};

/// A systemd service.
#[derive(Serialize)]
pub(super) struct Unit<'a> {
    name: &'a UnitName,
    limited: bool,
    memory: Option<Size>,
    cpu_quota: Option<String>,
    /// The secrets that it reads and whose value was changed, each with how often.
    triggers: Vec<String>,
}

/// The units of instances whose resources are limited, and those that read a secret of which the value was changed. A
/// rule says that no two services share a limited one.
pub(super) fn units<'a>(context: &Context<'a>, host: &HostName, machine: &'a Machine) -> Vec<Unit<'a>> {
    let mut units: BTreeMap<&UnitName, Unit<'_>> = BTreeMap::new();
    let entries = context.entries();
    let services = entries.instances.get(host).into_iter().flat_map(|instances| instances.keys());
    for resources in services.filter_map(|service| entries.services[service].resources.as_ref()) {
        for unit in &resources.units {
            let own = units.entry(unit).or_insert_with(|| Unit::new(unit));
            own.limited = true;
            own.memory = resources.memory;
            own.cpu_quota = resources.cpus.map(|cpus| format!("{}%", cpus.hundredths()));
        }
    }
    let renewed = machine.secrets.iter().filter_map(|(name, binding)| Some((name, binding.renewed.as_ref()?)));
    for (name, renewed) in renewed {
        for unit in &renewed.units {
            let own = units.entry(unit).or_insert_with(|| Unit::new(unit));
            own.triggers.push(format!("{name}, value {}", renewed.epoch + 1));
        }
    }
    units.into_values().collect()
}

impl<'a> Unit<'a> {
    fn new(name: &'a UnitName) -> Self {
        Self { name, limited: false, memory: None, cpu_quota: None, triggers: Vec::new() }
    }
}
