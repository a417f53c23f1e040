//! `cistern place`: where everything runs and why, and how to let go of what was placed before.

use std::collections::BTreeSet;
use std::io;

use clap::Args;

use super::files::{Change, write_then};
use super::{Common, Format, Outcome, Terminal, show};
use crate::diag::{counted, nearest};
use crate::load::decode::Scalar as _;
use crate::model::placing::Placing;
use crate::placed::{explanation, explanation_table, json, moves_table, placements, placements_table};
use crate::placement_lock::{LockedPlaces, PATH, PlacementLock};
use crate::solve::rebalance;
use crate::value::ServiceName;
use crate::why::Known;

#[derive(Args)]
pub(super) struct Options {
    /// Say of every host why this service runs there, or why it does not.
    #[arg(long, value_name = "SERVICE", conflicts_with_all = ["forget", "rebalance"])]
    explain: Option<String>,
    /// Let go of where placement.lock has this service, and place it anew.
    #[arg(long, value_name = "SERVICE", conflicts_with = "rebalance")]
    forget: Option<String>,
    /// Move instances from hosts with a high load to those with a low one: of one service, or of all.
    #[arg(long, value_name = "SERVICE", num_args = 0..=1, default_missing_value = "")]
    rebalance: Option<String>,
    /// Show what would move, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// How to print where everything runs.
    #[arg(long, value_enum, default_value_t = Format::Human, conflicts_with_all = ["forget", "rebalance"])]
    format: Format,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let known = show::read(common)?;
    let changes = options.forget.is_some() || options.rebalance.is_some();
    if options.dry_run && !changes {
        return Ok(terminal.wrong("--dry-run goes with --forget or --rebalance: nothing else writes"));
    }
    if changes && known.faults.has_errors() {
        terminal.faults(&known.faults, &known.sources);
        return Ok(terminal.wrong("nothing was written: the definition has faults"));
    }
    match (&options.explain, &options.forget, &options.rebalance) {
        (Some(service), _, _) => explain(service, &known, options.format, terminal),
        (_, Some(service), _) => match named(service, &known, terminal) {
            Some(name) => write(&forgotten(&known, &name), &known, options, common, terminal),
            None => Ok(Outcome::Wrong),
        },
        (_, _, Some(service)) => {
            let placing = &known.fleet.placing;
            let chosen = match service.as_str() {
                "" => placing.solved.clone(),
                service => match named(service, &known, terminal) {
                    Some(name) => BTreeSet::from([name]),
                    None => return Ok(Outcome::Wrong),
                },
            };
            write(&balanced(placing, &chosen), &known, options, common, terminal)
        }
        _ => all(&known, options.format, terminal),
    }
}

fn all(known: &Known, format: Format, terminal: &Terminal) -> io::Result<Outcome> {
    let found = placements(&known.fleet);
    match format {
        Format::Human => terminal.print(&placements_table(&found, terminal.width()))?,
        Format::Json => terminal.line(&json(&found))?,
    }
    let solved = known.fleet.placing.solved.len();
    terminal.say("Placed", &format!("{}, {solved} of them chosen", counted(found.services.len(), "service")));
    show::note_faults(known, terminal);
    Ok(if known.faults.has_errors() { Outcome::Wrong } else { Outcome::Fine })
}

fn explain(service: &str, known: &Known, format: Format, terminal: &Terminal) -> io::Result<Outcome> {
    let found = ServiceName::read(service).ok().and_then(|name| explanation(&known.fleet, &name));
    let Some(found) = found else { return Ok(unknown(service, known, terminal)) };
    match format {
        Format::Human => terminal.print(&explanation_table(&found))?,
        Format::Json => terminal.line(&json(&found))?,
    }
    let (running, standing) = (counted(found.replicas, "instance"), counted(found.standbys, "standby host"));
    terminal.say("Explained", &format!("{service}: {running}, {standing}"));
    show::note_faults(known, terminal);
    Ok(Outcome::Fine)
}

/// A service that was chosen hosts for; says what is wrong otherwise.
fn named(service: &str, known: &Known, terminal: &Terminal) -> Option<ServiceName> {
    let name = ServiceName::read(service).ok().filter(|name| known.fleet.services.contains_key(name));
    let Some(name) = name else {
        unknown(service, known, terminal);
        return None;
    };
    if !known.fleet.placing.solved.contains(&name) {
        terminal
            .error(&format!("nothing is chosen for `{name}`: its placement gives neither `replicas` nor `standby`"));
        return None;
    }
    Some(name)
}

fn unknown(service: &str, known: &Known, terminal: &Terminal) -> Outcome {
    let near = nearest(service, known.fleet.services.keys().map(ServiceName::as_str));
    let near = near.map_or_else(String::new, |near| format!("; the nearest is `{near}`"));
    terminal.wrong(&format!("there is no service `{service}`{near}"))
}

/// What the lock says once a service is placed as if it had never been.
fn forgotten(known: &Known, name: &ServiceName) -> PlacementLock {
    let mut lock = known.fleet.placing.before.clone();
    lock.services.remove(name);
    let mut sources = known.sources.clone();
    sources.replace(PATH, lock.write().as_deref());
    Known::read(sources).fleet.placing.after
}

/// What the lock says once the load is balanced.
fn balanced(placing: &Placing, chosen: &BTreeSet<ServiceName>) -> PlacementLock {
    let demands = chosen.iter().filter_map(|name| placing.demand(name)).collect();
    let solution = rebalance(&placing.problem, &demands);
    let mut lock = placing.after.clone();
    for name in chosen {
        let (Some(demand), Some(row)) = (placing.demand(name), lock.services.get_mut(name)) else { continue };
        let names = |hosts: &[usize]| hosts.iter().map(|host| placing.hosts[*host].clone()).collect();
        let placed = &solution.placed[demand];
        let kept = std::mem::take(&mut row.kept);
        *row = LockedPlaces { hosts: names(&placed.hosts), standbys: names(&placed.standbys), kept };
    }
    lock
}

fn write(
    lock: &PlacementLock,
    known: &Known,
    options: &Options,
    common: &Common,
    terminal: &Terminal,
) -> io::Result<Outcome> {
    let placing = &known.fleet.placing;
    let moves = moves_table(&placing.after, lock);
    terminal.print(&moves)?;
    let count = counted(moves.lines().count(), "service");
    let Some(change) = Change::of_lock(&known.sources, lock) else {
        terminal.say("Unchanged", &format!("{PATH}: everything stays where it is"));
        return Ok(Outcome::Fine);
    };
    if options.dry_run {
        terminal.say("Would move", &format!("{count}; nothing was written"));
        return Ok(Outcome::Fine);
    }
    write_then(&common.directory, &[change], || Ok(()))?;
    terminal.say("Edited", &format!("{PATH}: {count} moved; run `cistern generate`"));
    Ok(Outcome::Fine)
}
