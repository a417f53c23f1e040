//! `cistern move`: places a service on another host, and says how its data gets there.

use std::io;

use clap::Args;

use super::entry::{Judged, judged};
use super::files::{Change, write_then};
use super::{Common, Format, Outcome, Terminal};
use crate::diag::{Code, Faults, codes, listed, nearest, summary};
use crate::edit::{self, Edit, Path, Section, Value};
use crate::load::decode::Scalar as _;
use crate::model::shapes::Standby;
use crate::model::{Fleet, Service};
use crate::placed::{Before, json, relocation, relocation_text, volumes_missing};
use crate::placement_lock::{LockedPlaces, PATH};
use crate::solve::{Outcome as Became, explain};
use crate::source::Sources;
use crate::value::{HostName, ServiceName};
use crate::why::Known;
use crate::{Compiled, kind};

#[derive(Args)]
pub(super) struct Options {
    /// The service.
    service: String,
    /// Where it is to run.
    #[arg(long, value_name = "HOST")]
    to: String,
    /// Where it runs, when that is more than one host.
    #[arg(long, value_name = "HOST")]
    from: Option<String>,
    /// Show the plan and the difference, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// How to print the plan.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// A warning that keeps a service from working on a host.
const REFUSING: &str = codes::WRONG_SYSTEM.id;

/// A move that the definition allows.
struct Asked {
    service: ServiceName,
    from: HostName,
    to: HostName,
    /// Whether the lock says where it runs.
    solved: bool,
    /// Whether it stands by where it goes to.
    prepared: bool,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let mut before = Sources::read(&common.directory)?;
    kind::add_built_in(&mut before);
    let known = Known::read(before.clone());
    if known.faults.has_errors() {
        terminal.faults(&known.faults, &known.sources);
        return Ok(terminal.wrong("nothing was written: the definition has faults"));
    }
    let asked = match asked(options, &known) {
        Ok(asked) => asked,
        Err(why) => return Ok(terminal.wrong(&why)),
    };
    let mut after = before.clone();
    // What is chosen stays chosen, also where nothing was generated yet.
    after.replace(PATH, known.fleet.placing.after.write().as_deref());
    let definition = match asked.solved {
        true => {
            after.replace(PATH, moved_lock(&asked, &known.fleet).as_deref());
            None
        }
        false => match moved_list(&asked, &known.fleet, &mut after) {
            Ok(change) => Some(change),
            Err(faults) => {
                terminal.faults(&faults, &after);
                return Ok(terminal.wrong(&format!("nothing was written: {}", summary(&faults))));
            }
        },
    };
    let Judged { compiled, brought } = judged(before.clone(), after);
    terminal.faults(&brought, &compiled.sources);
    if let Some(why) = refusal(&asked, &known.fleet, &compiled, &brought) {
        return Ok(terminal.wrong(&format!("nothing was written: {why}")));
    }
    let plan = compiled.plan.as_ref().expect("a plan without errors was refused otherwise");
    let lock = Change::of_lock(&before, &plan.placing().after);
    let changes: Vec<Change> = lock.into_iter().chain(definition).collect();
    let paths: Vec<String> = changes.iter().map(|change| change.path.clone()).collect();
    let told = |code: &Code| brought.iter().any(|fault| fault.code == code);
    let reads = plan.entries().secrets.values().any(|secret| secret.hosts.contains(&asked.to));
    let before = Before {
        made: reads && told(codes::NO_SECRET_FILE),
        rekeyed: reads && told(codes::HOST_CANNOT_DECRYPT),
        prepared: asked.prepared,
    };
    let found =
        relocation(plan.entries(), plan.kinds(), &asked.service, (&asked.from, &asked.to), paths.clone(), before);
    if options.dry_run {
        if matches!(options.format, Format::Human) {
            changes.iter().try_for_each(|change| change.show(terminal))?;
        }
    } else {
        write_then(&common.directory, &changes, || Ok(()))?;
    }
    match options.format {
        Format::Human => terminal.print(&relocation_text(&found))?,
        Format::Json => terminal.line(&json(&found))?,
    }
    match options.dry_run {
        true => terminal.say("Would edit", &format!("{}; nothing was written", listed(&paths))),
        false => terminal.say("Edited", &format!("{}; the steps above come next", listed(&paths))),
    }
    Ok(Outcome::Fine)
}

/// Reads what is asked for; why it cannot be, otherwise.
fn asked(options: &Options, known: &Known) -> Result<Asked, String> {
    let fleet = &known.fleet;
    let service = ServiceName::read(&options.service).ok();
    let found = service.and_then(|name| Some((fleet.services.get(&name)?, name)));
    let Some((service, name)) = found else {
        let near = nearest(&options.service, fleet.services.keys().map(ServiceName::as_str));
        let near = near.map_or_else(String::new, |near| format!("; the nearest is `{near}`"));
        return Err(format!("there is no service `{}`{near}", options.service));
    };
    let host = |word: &str| {
        HostName::read(word).ok().filter(|host| fleet.hosts.contains_key(host)).ok_or_else(|| {
            let near = nearest(word, fleet.hosts.keys().map(HostName::as_str));
            let near = near.map_or_else(String::new, |near| format!("; the nearest is `{near}`"));
            format!("there is no host `{word}`{near}")
        })
    };
    let to = host(&options.to)?;
    let from = match (&options.from, service.hosts.as_slice()) {
        (Some(from), _) => host(from)?,
        (None, [only]) => only.clone(),
        (None, []) => return Err(format!("`{name}` runs nowhere")),
        (None, several) => {
            let names: Vec<_> = several.iter().map(ToString::to_string).collect();
            return Err(format!("`{name}` runs on {}: say which with `--from`", listed(&names)));
        }
    };
    if !service.hosts.contains(&from) {
        return Err(format!("`{name}` does not run on `{from}`"));
    }
    if names_standby(&name, &to, known) && fleet.placing.solved.contains(&name) {
        return Err(format!(
            "`{to}` is named in `standby` of `{name}`, and stands by in any case: take it out of there"
        ));
    }
    if service.hosts.contains(&to) {
        return Err(format!("`{name}` runs on `{to}` already"));
    }
    if let Some(why) = stays(&name, service, known) {
        return Err(why);
    }
    let prepared = service.standbys.contains(&to);
    let solved = fleet.placing.solved.contains(&name) && fleet.placing.after.services.contains_key(&name);
    Ok(Asked { service: name, from, to, solved, prepared })
}

/// Says whether the definition names a host as a standby.
fn names_standby(service: &ServiceName, host: &HostName, known: &Known) -> bool {
    let entry = known.definition.def().services.as_ref().and_then(|services| services.entries.get(service));
    match entry.and_then(|entry| entry.value.placement.as_ref()?.standby.as_ref()) {
        Some(Standby::Hosts(hosts)) => hosts.iter().any(|at| at.value == *host),
        _ => false,
    }
}

/// Why a service is not moved in this way.
fn stays(name: &ServiceName, service: &Service, known: &Known) -> Option<String> {
    let fleet = &known.fleet;
    if service.is_brought {
        return Some(format!("`{name}` comes with a section of the definition: change the hosts there"));
    }
    if let Some((moves, failover)) = fleet.failover.iter().find(|(_, failover)| failover.service.value == *name) {
        let how = match &failover.lease {
            Some(_) => format!("`systemctl restart cistern-lease-{name}.service` where it runs hands it on to another"),
            None => "the first of its `hosts` that works has it".to_owned(),
        };
        return Some(format!(
            "`{name}` moves by itself, by `failover.{moves}`: {how}; to let it run elsewhere, change `placement` and the \
             hosts there (docs/failover.md)"
        ));
    }
    if fleet.kinds.get(&service.kind).is_some_and(|kind| kind.front.roles.is_some()) {
        return Some(format!(
            "`{name}` is a cluster, and a member that takes its data along is taken for the one that was: add the new host \
             to `hosts`, let it join, and remove the old one then (docs/clusters.md)"
        ));
    }
    let entry = known.definition.def().services.as_ref()?.entries.get(name)?;
    let selector = entry.value.placement.as_ref()?.selector.as_ref()?;
    let chosen = fleet.placing.solved.contains(name);
    (!chosen).then(|| {
        format!(
            "`{name}` runs on every host that matches `{}`: change what they match by, or name `hosts`",
            selector.value
        )
    })
}

/// The lock with one host in the place of another; a standby changes places.
fn moved_lock(asked: &Asked, fleet: &Fleet) -> Option<String> {
    let mut lock = fleet.placing.after.clone();
    let row = lock.services.get_mut(&asked.service)?;
    let swap = |host: &mut HostName, old: &HostName, new: &HostName| {
        if host == old {
            host.clone_from(new);
        }
    };
    row.hosts.iter_mut().for_each(|host| swap(host, &asked.from, &asked.to));
    row.standbys.iter_mut().for_each(|host| swap(host, &asked.to, &asked.from));
    lock.write()
}

/// The definition with one host in the place of another in `hosts`, and in `standby` the other way round.
fn moved_list(asked: &Asked, fleet: &Fleet, sources: &mut Sources) -> Result<Change, Faults> {
    let service = &fleet.services[&asked.service];
    let path = |key: &str| Path(vec!["placement".to_owned(), key.to_owned()]);
    let list = |hosts: &[HostName], old: &HostName, new: &HostName| {
        let names = hosts.iter().map(|host| if host == old { new } else { host });
        Value::List(names.map(|host| Value::Text(host.to_string())).collect())
    };
    let hosts = list(&service.hosts, &asked.from, &asked.to);
    let mut changes = vec![edit::Change::Set(path("hosts"), hosts)];
    if asked.prepared {
        changes.push(edit::Change::Set(path("standby"), list(&service.standbys, &asked.to, &asked.from)));
    }
    let edited = edit::edit(sources, Section::Services, asked.service.as_str(), &Edit::Change(changes))?;
    Ok(Change { path: edited.path, before: edited.before, after: edited.after })
}

/// Why a move would not work, after the rules have looked at it.
fn refusal(asked: &Asked, fleet: &Fleet, compiled: &Compiled, brought: &Faults) -> Option<String> {
    let Asked { service, from, to, .. } = asked;
    let Some(plan) = &compiled.plan else { return Some(format!("{} that the move would bring", summary(brought))) };
    if brought.has_errors() || brought.iter().any(|fault| fault.code.id == REFUSING) {
        return Some(format!("{} that the move would bring", summary(brought)));
    }
    if !plan.entries().runs(to, service) || plan.entries().runs(from, service) {
        return Some(excluded(asked, compiled));
    }
    // Others stay where they are, unless somebody moves them.
    let placed = |fleet: &Fleet| fleet.placing.after.services.clone();
    let (old, new) = (placed(fleet), &plan.placing().after.services);
    let displaced = old.iter().find(|(name, row)| *name != service && new.get(*name).is_some_and(|now| now != *row));
    if let Some((name, row)) = displaced {
        let hosts = |row: &LockedPlaces| listed(&row.hosts.iter().map(ToString::to_string).collect::<Vec<_>>());
        let (was, now) = (hosts(row), hosts(&new[name]));
        return Some(format!("`{name}` would move as well, from {was} to {now}: move it first, to where you want it"));
    }
    let missing = volumes_missing(plan.entries(), service, from, to);
    let (path, place) = missing.first()?;
    Some(format!(
        "`{service}` uses {path}, which lies on the mount {place} of `{from}`, and `{to}` has no such mount: add it there first"
    ))
}

/// Why the solver does not take a host.
fn excluded(asked: &Asked, compiled: &Compiled) -> String {
    let Asked { service, to, .. } = asked;
    let plan = compiled.plan.as_ref().expect("it was looked at before");
    let placing = plan.placing();
    let found = placing.demand(service).zip(placing.host(to)).and_then(|(demand, host)| {
        let verdicts = explain(&placing.problem, &placing.solution, demand);
        verdicts.into_iter().find(|verdict| verdict.host == host)
    });
    match found.map(|verdict| verdict.outcome) {
        Some(Became::Excluded(exclusion)) => {
            let reason = placing.reason(&exclusion);
            format!("`{to}` is excluded by {}: {}", reason.constraint, reason.why)
        }
        Some(_) => format!("`{service}` cannot run on `{to}` together with what is placed there"),
        None => format!("`{to}` is none of the hosts that the placement of `{service}` lets it choose from"),
    }
}
