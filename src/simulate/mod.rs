//! What stops, and what is lost, while some hosts are down: a question to the plan alone.

mod document;
mod moves;
mod names;
mod resolvers;
mod routes;
mod secrets;
mod services;
mod table;
mod watch;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::kind::Kinds;
use crate::place::Entries;
use crate::schema;
use crate::value::{HostName, Lifecycle};

pub use document::{
    BrokenRoute, Cause, Effect, Move, MoveEffect, NameEffect, NameLoss, ResolverLoss, SecretLoss, ServiceLoss,
    Simulation, Summary, Target, Watch,
};
pub use routes::{Route, routes};
pub use table::{summary, table};

/// The hosts that run nothing.
struct Down<'d> {
    /// Those that are asked about.
    asked: &'d BTreeSet<HostName>,
    /// Those that are switched off in any case.
    off: BTreeSet<HostName>,
    /// All of them.
    all: BTreeSet<HostName>,
}

impl<'d> Down<'d> {
    fn new(entries: &Entries, asked: &'d BTreeSet<HostName>) -> Self {
        let off = entries.hosts.iter().filter(|(_, host)| host.lifecycle == Lifecycle::Inactive);
        let off: BTreeSet<HostName> = off.map(|(name, _)| name.clone()).collect();
        Self { asked, all: asked | &off, off }
    }
}

/// Says what happens while these hosts are down, beside those that are inactive; the people stay.
pub fn simulate(entries: &Entries, kinds: &Kinds, down: &BTreeSet<HostName>) -> Simulation {
    let hosts = Down::new(entries, down);
    let services = services::losses(entries, kinds, &hosts);
    let moves = moves::moves(entries, &hosts);
    let secrets = secrets::losses(entries, down);
    let monitoring = watch::watch(entries, down);
    let routes = routes::broken(entries, &services, down);
    let names = names::losses(entries, &hosts);
    let resolvers = resolvers::losses(entries, &moves, &hosts);
    let of = |effect| services.iter().filter(|loss| loss.effect == effect).count();
    let (stopped, without_quorum) = (of(Effect::Stops), of(Effect::LosesQuorum));
    let summary = Summary {
        hosts: entries.hosts.len(),
        hosts_down: down.len(),
        services_stopped: stopped,
        services_without_quorum: without_quorum,
        services_moved: of(Effect::Moves),
        failovers: moves.iter().filter(|one| one.effect == MoveEffect::Moves).count(),
        services_reduced: of(Effect::LosesRedundancy),
        secrets_without_reader: secrets.len(),
        secrets_lost: secrets.iter().filter(|loss| loss.people.is_empty()).count(),
        targets_down: monitoring.as_ref().map_or(0, |watch| watch.targets_down.len()),
        targets_unwatched: monitoring.as_ref().map_or(0, |watch| watch.targets_unwatched.len()),
        routes_broken: routes.len(),
        names_unreachable: names.iter().filter(|loss| loss.effect == NameEffect::Unreachable).count(),
        hosts_without_resolver: resolvers.len(),
    };
    Simulation {
        version: 1,
        fleet: entries.name.clone(),
        down: down.iter().cloned().collect(),
        stops: stopped + without_quorum > 0,
        services,
        moves,
        secrets,
        monitoring,
        routes,
        names,
        resolvers,
        summary,
    }
}

/// Writes it as one JSON document; [`json_schema`] says what stands in it.
pub fn json(simulation: &Simulation) -> String {
    serde_json::to_string_pretty(simulation).expect("a document holds nothing but text and numbers")
}

/// The JSON Schema of that document.
pub fn json_schema() -> Value {
    schema::finished(schemars::schema_for!(Simulation).to_value(), "cistern simulate --format json")
}
