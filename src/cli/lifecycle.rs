//! `cistern drain` and `cistern undrain`: a host takes no instances, and those that may leave do.

use std::io;

use clap::Args;

use super::entry::{Judged, judged};
use super::files::{Change, write_then};
use super::{Common, Outcome, Terminal};
use crate::diag::{codes, counted, listed, summary};
use crate::edit::{self, Edit, Path, Section, Value};
use crate::load::decode::Scalar as _;
use crate::load::{self, Body};
use crate::model::{BROUGHT, INGRESS, NAME_SERVER};
use crate::placed::moves_table;
use crate::placement_lock::{PATH, PlacementLock};
use crate::prove::Plan;
use crate::source::Sources;
use crate::value::{HostName, ServiceName};
use crate::why::Known;
use crate::{Compiled, kind};

#[derive(Args)]
pub(super) struct Drain {
    /// The host.
    host: String,
    /// Leave the instances that Cistern chose the host for where they are: only nothing new comes.
    #[arg(long)]
    keep: bool,
    /// Show the difference and write nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub(super) struct Undrain {
    /// The host.
    host: String,
    /// Show the difference and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn drain(options: &Drain, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let maintenance = edit::Change::Set(lifecycle(), Value::Text("maintenance".to_owned()));
    let edit = HostEdit { host: &options.host, change: maintenance, keep: options.keep, dry_run: options.dry_run };
    edit.run(common, terminal)
}

pub(super) fn undrain(options: &Undrain, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let active = edit::Change::Unset(lifecycle());
    HostEdit { host: &options.host, change: active, keep: false, dry_run: options.dry_run }.run(common, terminal)
}

fn lifecycle() -> Path {
    Path(vec!["lifecycle".to_owned()])
}

/// A change of what is done with a host.
struct HostEdit<'o> {
    host: &'o str,
    change: edit::Change,
    keep: bool,
    dry_run: bool,
}

impl HostEdit<'_> {
    fn run(&self, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
        let mut before = Sources::read(&common.directory)?;
        kind::add_built_in(&mut before);
        let lifecycle = said(&before, self.host);
        if lifecycle.as_deref() == Some("inactive") {
            let message = "is inactive, which is more than drained: `cistern host set";
            let host = self.host;
            return Ok(terminal.wrong(&format!("{host} {message} {host} --lifecycle active` takes it back")));
        }
        if matches!(self.change, edit::Change::Unset(_)) {
            match lifecycle.as_deref() {
                Some("maintenance") => {}
                _ if is_known(&before, self.host) => {
                    terminal.say("Unchanged", &format!("{} is not drained", self.host));
                    return Ok(Outcome::Fine);
                }
                // The edit says what is wrong with that name.
                _ => {}
            }
        }
        let mut after = before.clone();
        let edited = edit::edit(&mut after, Section::Hosts, self.host, &Edit::Change(vec![self.change.clone()]));
        let edited = match edited {
            Ok(edited) => edited,
            Err(faults) => {
                terminal.faults(&faults, &after);
                return Ok(terminal.wrong(&format!("nothing was written: {}", summary(&faults))));
            }
        };
        if edited.before == edited.after && !self.keep {
            terminal.say("Unchanged", &format!("{}: it says so already", edited.path));
            return Ok(Outcome::Fine);
        }
        // Also where nobody has generated yet: what would be written now.
        let known = Known::read(before.clone());
        let mut unreadable = known.faults;
        unreadable.retain(|fault| fault.code.id == codes::BAD_PLACEMENT_LOCK.id);
        if unreadable.has_errors() {
            terminal.faults(&unreadable, &known.sources);
            return Ok(terminal.wrong(&format!("nothing was written: {PATH} cannot be read")));
        }
        let had = known.fleet.placing.after;
        if self.keep {
            after.replace(PATH, kept(&had, self.host).write().as_deref());
        }
        let place = before.clone();
        let Judged { compiled, brought } = judged(before, after);
        terminal.faults(&brought, &compiled.sources);
        if brought.has_errors() {
            let hint =
                if self.keep { "" } else { "; `--keep` leaves everything where it is, and lets nothing new come" };
            return Ok(
                terminal.wrong(&format!("nothing was written: {} that the edit would bring{hint}", summary(&brought)))
            );
        }
        let definition = Change { path: edited.path, before: edited.before, after: edited.after };
        let lock = compiled.plan.as_ref().map(|plan| plan.placing().after.clone()).unwrap_or(had.clone());
        // The lock comes first: what it says is legal in both definitions.
        let changes: Vec<_> = Change::of_lock(&place, &lock)
            .into_iter()
            .chain((definition.before != definition.after).then_some(definition))
            .collect();
        if self.dry_run {
            changes.iter().try_for_each(|change| change.show(terminal))?;
        } else {
            write_then(&common.directory, &changes, || Ok(()))?;
        }
        terminal.print(&moves_table(&had, &lock))?;
        self.tell(&changes, &compiled, terminal);
        Ok(Outcome::Fine)
    }

    fn tell(&self, changes: &[Change], compiled: &Compiled, terminal: &Terminal) {
        let paths: Vec<_> = changes.iter().map(|change| change.path.as_str()).collect();
        match self.dry_run {
            true => terminal.say("Would edit", &format!("{}; nothing was written", listed(&paths))),
            false => terminal.say("Edited", &format!("{}; run `cistern generate`", listed(&paths))),
        }
        let Some(plan) = &compiled.plan else { return };
        let staying = staying(plan, self.host);
        if matches!(self.change, edit::Change::Unset(_)) {
            terminal.say("Left", "everything where it is: `cistern place --rebalance` moves instances back");
        } else if !staying.is_empty() {
            let names: Vec<_> = staying.iter().map(ToString::to_string).collect();
            let count = counted(names.len(), "service");
            terminal.say(
                "Left",
                &format!(
                    "{count} on {}: {}; `cistern move SERVICE --from {} --to HOST`",
                    self.host,
                    listed(&names),
                    self.host
                ),
            );
        }
    }
}

/// The services on a host that do not leave it by themselves and that `cistern move` takes elsewhere: no exporters, nothing
/// that a section brings, no members of clusters, and nothing that another host takes over.
fn staying<'p>(plan: &'p Plan, host: &str) -> Vec<&'p ServiceName> {
    let Ok(host) = HostName::read(host) else { return Vec::new() };
    let entries = plan.entries();
    let is_member = |name: &ServiceName| {
        plan.kinds().get(&entries.services[name].kind).is_some_and(|kind| kind.front.roles.is_some())
    };
    let here = entries.instances.get(&host).into_iter().flat_map(|services| services.keys());
    here.filter(|name| {
        let is_brought = name.as_str().ends_with("-exporter") || is_brought(name);
        entries.runs(&host, name) && !is_brought && !is_member(name) && entries.failover_of(name).is_none()
    })
    .collect()
}

/// Says whether a section of the definition brings a service.
fn is_brought(name: &ServiceName) -> bool {
    BROUGHT.iter().chain(&[INGRESS, NAME_SERVER]).any(|brought| *brought == name.as_str())
}

/// What the definition says is done with a host.
fn said(sources: &Sources, host: &str) -> Option<String> {
    match &load::load(sources).0.root.at(&["hosts", host, "lifecycle"])?.body {
        Body::Text(scalar) => Some(scalar.text.to_string()),
        _ => None,
    }
}

fn is_known(sources: &Sources, host: &str) -> bool {
    load::load(sources).0.root.at(&["hosts", host]).is_some()
}

/// The same lock with everything on a host staying there.
fn kept(lock: &PlacementLock, host: &str) -> PlacementLock {
    let mut lock = lock.clone();
    for places in lock.services.values_mut() {
        let here = places.hosts.iter().chain(&places.standbys).find(|own| own.as_str() == host).cloned();
        places.kept.extend(here);
    }
    lock
}
