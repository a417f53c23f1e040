//! What a host's module says of systemd services: how much they may use, whether they start, and when they restart.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Context;
use super::health;
use crate::place::plan::Machine;
use crate::value::{HostName, Size, UnitName};

/// A systemd service.
#[derive(Serialize)]
pub(super) struct Unit {
    name: UnitName,
    limited: bool,
    memory: Option<Size>,
    cpu_quota: Option<String>,
    /// Whether it is only prepared: nothing starts it by itself.
    prepared: bool,
    /// The secrets that it reads and whose value was changed, each with how often.
    triggers: Vec<String>,
    /// The services that it starts after: those of this host that it cannot work without.
    after: Vec<String>,
}

/// The units of instances whose resources are limited, those that are only prepared, those that read a secret of which
/// the value was changed, and those that start after others. A rule says that no two services share a limited one.
pub(super) fn units(context: &Context<'_>, host: &HostName, machine: &Machine) -> Vec<Unit> {
    let mut units: BTreeMap<UnitName, Unit> = BTreeMap::new();
    let entries = context.entries();
    let services = entries.instances.get(host).into_iter().flat_map(|instances| instances.keys());
    for resources in services.filter_map(|service| entries.services[service].resources.as_ref()) {
        for unit in &resources.units {
            let own = of(&mut units, unit);
            own.limited = true;
            own.memory = resources.memory;
            own.cpu_quota = resources.cpus.map(|cpus| format!("{}%", cpus.hundredths()));
        }
    }
    for unit in prepared(context, host) {
        of(&mut units, &unit).prepared = true;
    }
    let renewed = machine.secrets.iter().filter_map(|(name, binding)| Some((name, binding.renewed.as_ref()?)));
    for (name, renewed) in renewed {
        for unit in &renewed.units {
            let own = of(&mut units, unit);
            own.triggers.push(format!("{name}, value {}", renewed.epoch + 1));
        }
    }
    for (unit, before) in health::order(context, host) {
        let own = units.entry(unit.clone()).or_insert_with(|| Unit::new(&unit));
        own.after = before.iter().map(|unit| format!("{unit}.service")).collect();
    }
    units.into_values().collect()
}

/// The units of instances that stand by.
fn prepared(context: &Context<'_>, host: &HostName) -> Vec<UnitName> {
    let entries = context.entries();
    let here = entries.instances.get(host).into_iter().flatten().filter(|(_, instance)| instance.standby);
    let kinds = here.filter_map(|(name, _)| Some((name, context.plan.kinds().get(&entries.services[name].kind)?)));
    kinds.flat_map(|(name, kind)| kind.front.units.iter().flatten().map(move |unit| unit.value.of(name))).collect()
}

/// The entry of a unit.
fn of<'u>(units: &'u mut BTreeMap<UnitName, Unit>, name: &UnitName) -> &'u mut Unit {
    units.entry(name.clone()).or_insert_with(|| Unit::new(name))
}

impl Unit {
    fn new(name: &UnitName) -> Self {
        let name = name.clone();
        Self {
            name,
            limited: false,
            prepared: false,
            memory: None,
            cpu_quota: None,
            triggers: Vec::new(),
            after: Vec::new(),
        }
    }
}
