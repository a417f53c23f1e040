//! Why the file of a host differs by what its services wait for, and by who grants a lease.

use std::collections::BTreeSet;

use super::meaning::{Kind, texts};
use super::sides::{Sides, When};

/// What the file of a host says of a service that one of its own waits for.
const TOLD: &[&str] = &["health_check", "kind", "ports"];

/// Why the file of a host may differ by changes of services that its own wait for or ask for a lease, given the hosts with other addresses
/// or in another stage of their life.
pub(super) fn reasons(sides: &Sides<'_>, host: &str, others: &[&str]) -> BTreeSet<String> {
    let waiting = sides.services_on(host).filter_map(|service| sides.value(When::After, Kind::Service, service));
    let needed: BTreeSet<String> =
        waiting.flat_map(|service| texts(&service["depends_on"]).map(str::to_owned).collect::<Vec<_>>()).collect();
    let changed = needed.into_iter().filter(|needed| has_changed(sides, needed, others));
    let keepers = leases(sides, host).into_iter().filter(|keeper| has_changed(sides, keeper, others));
    let waits = changed.map(|needed| format!("waits for {needed}"));
    waits.chain(keepers.map(|keeper| format!("asks {keeper} for a lease"))).collect()
}

/// The services that a host asks for a lease.
fn leases(sides: &Sides<'_>, host: &str) -> BTreeSet<String> {
    let entries = sides.names(When::After, Kind::Failover);
    let entries = entries.filter_map(|name| sides.value(When::After, Kind::Failover, name));
    let asking = entries.filter(|entry| texts(&entry["hosts"]).any(|known| known == host));
    asking.filter_map(|entry| entry["lease"].as_str().map(str::to_owned)).collect()
}

fn has_changed(sides: &Sides<'_>, service: &str, others: &[&str]) -> bool {
    let is_told = |path: &[String]| path.first().is_some_and(|first| TOLD.contains(&first.as_str()));
    let mut itself = sides.meaning.of(Kind::Service).filter(|change| change.key.name == service);
    let mut instances = sides.meaning.of(Kind::Instance);
    let entry = |when, name: &str| sides.value(when, Kind::Failover, name).unwrap_or_default();
    let mut moves = sides.meaning.of(Kind::Failover).flat_map(|change| {
        let name = change.key.name.as_str();
        [entry(When::Before, name), entry(When::After, name)]
    });
    itself.any(|change| change.attributes().iter().any(|one| is_told(&one.path)))
        || instances.any(|change| change.key.name == service)
        || sides.hosts_of(When::After, service).iter().any(|host| others.contains(host))
        || moves.any(|entry| entry["service"] == service)
}
