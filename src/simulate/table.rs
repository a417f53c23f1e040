//! What would happen, for people: a table for each kind of loss.

use std::collections::BTreeMap;

use super::document::{
    BrokenRoute, Cause, Effect, Move, MoveEffect, NameEffect, NameLoss, ResolverLoss, SecretLoss, ServiceLoss,
    Simulation, Target, Watch,
};
use crate::diag::counted;
use crate::value::{Failback, HostName};
use crate::why::aligned;
use crate::why::list::fitted;

/// The fewest columns that a list of hosts gets.
const NARROWEST: usize = 24;

/// What stands for nothing.
const NOTHING: &str = "-";

/// Writes everything that is lost as tables; lists of hosts are cut so that lines stay about so wide.
pub fn table(simulation: &Simulation, width: usize) -> String {
    let room = (width / 2).max(NARROWEST);
    let mut parts = vec![format!("DOWN  {}\n", hosts(&simulation.down, room))];
    parts.extend(services(&simulation.services, room));
    parts.extend(moves(&simulation.moves, room));
    parts.extend(secrets(&simulation.secrets));
    parts.extend(simulation.monitoring.as_ref().map(|watch| monitoring(watch, room)));
    parts.extend(routes(&simulation.routes));
    parts.extend(names(&simulation.names, room));
    parts.extend(resolvers(&simulation.resolvers, room));
    if parts.len() == 1 {
        parts.push("nothing else is affected\n".to_owned());
    }
    parts.join("\n")
}

/// Says what is lost in one line: `1 of 4 hosts down: 2 services stop, …`.
pub fn summary(simulation: &Simulation) -> String {
    let summary = &simulation.summary;
    let verb = |count: usize, one: &str, many: &str| if count == 1 { one.to_owned() } else { many.to_owned() };
    let stopped = summary.services_stopped;
    let mut words = vec![format!("{} {}", counted(stopped, "service"), verb(stopped, "stops", "stop"))];
    for (count, one, many) in [
        (summary.services_without_quorum, "loses its quorum", "lose their quorum"),
        (summary.services_moved, "moves", "move"),
        (summary.services_reduced, "loses redundancy", "lose redundancy"),
    ] {
        if count > 0 {
            words.push(format!("{count} {}", verb(count, one, many)));
        }
    }
    let secrets = counted(summary.secrets_without_reader, "secret");
    let lost = match summary.secrets_lost {
        0 => String::new(),
        lost => format!(" ({lost} that nobody can decrypt)"),
    };
    for (count, text) in [
        (summary.secrets_without_reader, format!("{secrets} without a reader{lost}")),
        (summary.targets_unwatched, format!("{} unwatched", counted(summary.targets_unwatched, "target"))),
        (summary.routes_broken, format!("{} broken", counted(summary.routes_broken, "route"))),
        (summary.names_unreachable, format!("{} unreachable", counted(summary.names_unreachable, "name"))),
        (
            summary.hosts_without_resolver,
            format!("{} without a name server", counted(summary.hosts_without_resolver, "host")),
        ),
    ] {
        words.extend((count > 0).then_some(text));
    }
    format!("{} of {} down: {}", summary.hosts_down, counted(summary.hosts, "host"), words.join(", "))
}

fn services(losses: &[ServiceLoss], room: usize) -> Option<String> {
    let row = |loss: &ServiceLoss| {
        let roles: Vec<_> = loss.roles_gone.iter().map(ToString::to_string).collect();
        let up = match (loss.taken_over_by.as_slice(), loss.standbys.as_slice()) {
            ([], []) => hosts(&loss.up, room),
            ([], standbys) => format!("{} (standby: {})", hosts(&loss.up, room), hosts(standbys, room)),
            (takers, _) => one_of(takers, room),
        };
        vec![loss.name.to_string(), effect(loss).to_owned(), left(loss), or_nothing(roles.join(" ")), up]
    };
    let mut ordered: Vec<_> = losses.iter().collect();
    ordered.sort_by_key(|loss| (loss.effect, &loss.name));
    section(&["SERVICE", "EFFECT", "LEFT", "ROLES GONE", "STILL ON"], ordered.into_iter().map(row))
}

fn effect(loss: &ServiceLoss) -> &'static str {
    match loss.effect {
        Effect::Stops => "stops",
        Effect::LosesQuorum => "loses its quorum",
        Effect::Moves => "moves",
        Effect::LosesRedundancy => "loses redundancy",
    }
}

fn left(loss: &ServiceLoss) -> String {
    let needed = loss.needed.map_or_else(String::new, |needed| format!(", needs {needed}"));
    format!("{} of {}{needed}", loss.left, loss.before)
}

fn moves(moves: &[Move], room: usize) -> Option<String> {
    let row = |one: &Move| {
        let lease = || one.lease.as_ref().map_or_else(|| NOTHING.to_owned(), |lease| format!("lease of {lease}"));
        let address = one.address.map_or_else(lease, |vip| vip.address().to_string());
        let what = match one.effect {
            MoveEffect::Moves if one.lease.is_some() => format!("runs on {}", one_of(&one.to, room)),
            MoveEffect::Moves => format!("moves to {}", hosts(&one.to, room)),
            MoveEffect::LosesRedundancy => format!("stays on {}", hosts(&one.from, room)),
            MoveEffect::Lost => "nobody has it".to_owned(),
        };
        let back = match (one.effect, one.failback) {
            (MoveEffect::LosesRedundancy, _) => NOTHING.to_owned(),
            (MoveEffect::Moves, Failback::Manual) => "stays there".to_owned(),
            (MoveEffect::Lost, Failback::Manual) => "the first that is up".to_owned(),
            (_, Failback::Auto) => format!("goes to {}", hosts(&one.from, room)),
        };
        vec![one.name.to_string(), one.service.to_string(), address, what, hosts(&one.left, room), back]
    };
    section(&["FAILOVER", "SERVICE", "BY", "EFFECT", "LEFT", "WHEN ALL ARE BACK"], moves.iter().map(row))
}

fn secrets(losses: &[SecretLoss]) -> Option<String> {
    let row = |loss: &SecretLoss| {
        let effect = if loss.people.is_empty() { "nobody can decrypt it" } else { "no host reads it" };
        let people: Vec<_> = loss.people.iter().map(ToString::to_string).collect();
        let host = loss.host.as_ref().map_or_else(|| NOTHING.to_owned(), ToString::to_string);
        vec![loss.name.to_string(), host, effect.to_owned(), or_nothing(people.join(" "))]
    };
    section(&["SECRET", "OF HOST", "EFFECT", "CAN DECRYPT"], losses.iter().map(row))
}

fn monitoring(watch: &Watch, room: usize) -> String {
    let all = watch.up.len() + watch.down.len();
    let fate = match (watch.up.len(), watch.down.len()) {
        (_, 0) => "watches on".to_owned(),
        (0, _) => "nothing is watched, nobody is alerted".to_owned(),
        _ => "loses redundancy".to_owned(),
    };
    let head = ["MONITORING", "LEFT", "STILL ON"].map(str::to_owned).to_vec();
    let row = vec![fate, format!("{} of {all}", watch.up.len()), hosts(&watch.up, room)];
    let mut text = aligned(&[head, row], "");
    let down = by_job(&watch.targets_down).into_iter().map(|row| (row, "down with their hosts"));
    let unwatched = by_job(&watch.targets_unwatched).into_iter().map(|row| (row, "unwatched"));
    let rows = down.chain(unwatched).map(|((job, found), effect)| {
        vec![job.to_owned(), effect.to_owned(), found.len().to_string(), hosts(&found, room)]
    });
    if let Some(targets) = section(&["JOB", "EFFECT", "TARGETS", "ON"], rows) {
        text.push('\n');
        text.push_str(&targets);
    }
    text
}

/// The hosts of targets, by their job.
fn by_job(targets: &[Target]) -> BTreeMap<&str, Vec<HostName>> {
    let mut jobs: BTreeMap<&str, Vec<HostName>> = BTreeMap::new();
    for target in targets {
        jobs.entry(&target.job).or_default().push(target.host.clone());
    }
    jobs
}

fn routes(routes: &[BrokenRoute]) -> Option<String> {
    let row = |route: &BrokenRoute| {
        let stops = format!("{} stops", route.through);
        let is_down = format!("{} is down", route.host);
        let why = match route.cause {
            Cause::Entrance => stops,
            Cause::Target => is_down,
            Cause::Both => format!("{stops}, {is_down}"),
        };
        vec![route.through.to_string(), route.setting.clone(), format!("{} on {}", route.service, route.host), why]
    };
    section(&["ROUTE OF", "SETTING", "LED TO", "BROKEN BECAUSE"], routes.iter().map(row))
}

fn names(losses: &[NameLoss], room: usize) -> Option<String> {
    let row = |loss: &NameLoss| {
        let what = match (&loss.takes_over, loss.effect) {
            (Some(other), _) => format!("{other} takes over"),
            (None, NameEffect::Unreachable) if loss.answering.is_empty() => "nobody answers".to_owned(),
            (None, NameEffect::Unreachable) if loss.login.is_some() && !loss.proxies.is_empty() => {
                "nobody can log in".to_owned()
            }
            (None, NameEffect::Unreachable) => "no proxy is left".to_owned(),
            (None, _) => "loses redundancy".to_owned(),
        };
        let answering = match loss.effect {
            NameEffect::Unreachable => NOTHING.to_owned(),
            _ => hosts(&loss.answering, room),
        };
        vec![loss.name.clone(), loss.service.to_string(), what, answering]
    };
    section(&["NAME", "SERVICE", "WHAT HAPPENS", "ANSWERED BY"], losses.iter().map(row))
}

/// The hosts that ask the same name servers, in one row.
fn resolvers(losses: &[ResolverLoss], room: usize) -> Option<String> {
    let mut asking: BTreeMap<String, Vec<HostName>> = BTreeMap::new();
    for loss in losses {
        let servers: Vec<_> = loss.servers.iter().map(ToString::to_string).collect();
        asking.entry(servers.join(" ")).or_default().push(loss.host.clone());
    }
    let row = |(servers, all): (String, Vec<HostName>)| vec![servers, "nobody answers".to_owned(), hosts(&all, room)];
    section(&["NAME SERVERS", "EFFECT", "ASKED BY"], asking.into_iter().map(row))
}

/// Rows below their head; nothing without rows.
fn section(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Option<String> {
    let head = head.iter().map(|word| (*word).to_owned()).collect();
    let lines: Vec<_> = std::iter::once(head).chain(rows).collect();
    (lines.len() > 1).then(|| aligned(&lines, ""))
}

fn hosts(hosts: &[HostName], room: usize) -> String {
    let names: Vec<_> = hosts.iter().map(ToString::to_string).collect();
    or_nothing(fitted(&names, room))
}

/// Hosts of which it is one.
fn one_of(all: &[HostName], room: usize) -> String {
    let of = if all.len() > 1 { "one of " } else { "" };
    format!("{of}{}", hosts(all, room))
}

fn or_nothing(text: String) -> String {
    if text.is_empty() { NOTHING.to_owned() } else { text }
}
