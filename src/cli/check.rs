//! `cistern check`: every rule, every fault at once.

use std::collections::BTreeSet;
use std::env;
use std::io;
use std::mem::ManuallyDrop;
use std::path::Path;

use clap::{Args, ValueEnum};

use super::{Common, Outcome, Terminal, options_list, selection, show};
use crate::diag::{Diagnostic, Faults, Renderer, counted, github, json, listed, sarif, summary};
use crate::emit::{self, Context};
use crate::load::decode::Scalar;
use crate::source::Sources;
use crate::tree::Tree;
use crate::value::HostName;
use crate::why::Reach;
use crate::{Compiled, compile, compile_fleet, current, options};

/// For whom to print diagnostics.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Report {
    /// For people.
    Human,
    /// For programs: one JSON document.
    Json,
    /// For GitHub Actions: workflow commands, which become annotations.
    Github,
    /// For code scanning and editors: SARIF 2.1.0.
    Sarif,
}

#[derive(Args)]
pub(super) struct Options {
    /// Only findings that concern these hosts, or the fleet as a whole.
    selector: Option<String>,
    /// How to print the diagnostics.
    #[arg(long, value_enum, default_value_t = Report::Human)]
    format: Report,
    /// Look up every option that hosts set in this list: an options.json of nixpkgs, or `flake` for that of the
    /// fleet's own nixpkgs, which nix builds.
    #[arg(long, value_name = "FILE")]
    options: Option<String>,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    // The process ends here: nothing needs to be taken apart.
    let Some((compiled, scope)) = compiled(options, common, terminal)? else { return Ok(Outcome::Wrong) };
    let mut compiled = ManuallyDrop::new(compiled);
    prove_templates(&mut compiled);
    if let (Some(list), true) = (&options.options, compiled.plan.is_some()) {
        look_up(list, &mut compiled, common, terminal)?;
    }
    let hidden = scope.as_ref().map(|scope| compiled.faults.split_off(|finding| scope.shows(finding)));
    let faults = &compiled.faults;
    report(options.format, faults, &compiled.sources, &base(&common.directory), terminal)?;
    if let (Some(scope), Some(hidden)) = (&scope, &hidden) {
        terminal.say("Checked", &scope.told(faults, hidden, compiled.plan.is_some()));
        return Ok(if faults.has_errors() { Outcome::Wrong } else { Outcome::Fine });
    }
    let Some(plan) = &compiled.plan else {
        terminal.say("Checked", &summary(faults));
        return Ok(Outcome::Wrong);
    };
    let entries = plan.entries();
    let instances: usize = entries.instances.values().map(|services| services.len()).sum();
    terminal.say(
        "Checked",
        &format!(
            "{}, {} in {}, {}: {}",
            counted(entries.hosts.len(), "host"),
            counted(entries.services.len(), "service"),
            counted(instances, "instance"),
            counted(entries.secrets.len(), "secret"),
            summary(faults)
        ),
    );
    Ok(Outcome::Fine)
}

/// Prints diagnostics; `base` leads from the root of the repository to the files.
pub(super) fn report(
    format: Report,
    faults: &Faults,
    sources: &Sources,
    base: &str,
    terminal: &Terminal,
) -> io::Result<()> {
    match format {
        Report::Human => {
            let renderer = Renderer::new(sources, terminal.color());
            terminal.print(&renderer.all(faults))?;
            match terminal.verbose() {
                true => terminal.print(&renderer.allowed(faults)),
                false => Ok(()),
            }
        }
        Report::Json => terminal.line(&json(faults, sources)),
        Report::Github => terminal.print(&github(faults, sources, base)),
        Report::Sarif => terminal.line(&sarif(faults, sources, base)),
    }
}

/// Fills in the fleet's own templates, if there are any, and takes note of what is wrong with them.
pub(super) fn prove_templates(compiled: &mut Compiled) {
    if let Some(plan) = compiled.plan.as_ref().filter(|_| has_own_templates(compiled)) {
        let empty = Tree::default();
        let context = Context::new(plan, &compiled.templates, &empty, &compiled.sources);
        if let Err(found) = emit::emit(&context) {
            compiled.faults.append(found);
            compiled.plan = None;
        }
    }
}

/// The hosts that were asked about.
struct Scope {
    chosen: BTreeSet<HostName>,
    all: usize,
    reach: Reach,
}

impl Scope {
    fn shows(&self, finding: &Diagnostic) -> bool {
        self.reach.hosts(finding).is_none_or(|hosts| !hosts.is_disjoint(&self.chosen))
    }

    /// What was looked at, what was found, and what was left out; `planned` says whether all rules could look.
    fn told(&self, faults: &Faults, hidden: &Faults, planned: bool) -> String {
        let hosts = format!("{} of {}", self.chosen.len(), counted(self.all, "host"));
        let told = format!("{hosts}: {}", summary(faults));
        let counts = hidden.counts();
        let left = [(counts.errors, "error"), (counts.warnings, "warning")];
        let left: Vec<_> =
            left.iter().filter(|(count, _)| *count > 0).map(|(count, word)| counted(*count, word)).collect();
        match left.as_slice() {
            [] => told,
            some => {
                let why = if planned { "" } else { ", and rules about placement did not look because of errors" };
                format!("{told}; {} about other hosts not shown{why}", listed(some))
            }
        }
    }
}

/// Looks up every option that hosts set.
fn look_up(given: &str, compiled: &mut Compiled, common: &Common, terminal: &Terminal) -> io::Result<()> {
    let texts = options_list::read(given, common, terminal)?;
    let Some(plan) = &compiled.plan else { return Ok(()) };
    let found = match texts.as_ref().map(options_list::Texts::lists) {
        Ok(Ok(lists)) => options::check(plan, &compiled.templates, &compiled.sources, &lists),
        Ok(Err(faults)) => faults,
        Err(faults) => faults.clone(),
    };
    compiled.faults.append(found);
    plan.levels().settle(&mut compiled.faults);
    if compiled.faults.has_errors() {
        compiled.plan = None;
    }
    Ok(())
}

/// Compiles the fleet, and learns which finding concerns which host when only some hosts are asked about.
fn compiled(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Option<(Compiled, Option<Scope>)>> {
    let Some(selector) = &options.selector else { return Ok(Some((compile(&common.directory)?, None))) };
    let known = show::read(common)?;
    // What is wrong with a host that cannot be read is asked for by its name.
    let unread = known.raw.poisoned.get("hosts").is_some_and(|names| names.contains(selector));
    let named = HostName::read(selector).ok().filter(|_| unread).map(|name| BTreeSet::from([name]));
    let Some(chosen) = named.or_else(|| selection::choose(selector, known.fleet.hosts.values(), terminal)) else {
        show::note_faults(&known, terminal);
        return Ok(None);
    };
    let reach = Reach::of(&known);
    let scope = Scope { chosen, all: reach.all(), reach };
    Ok(Some((compile_fleet(known.sources, known.fleet, known.faults, known.templates), Some(scope))))
}

/// Cistern's own templates are proved by its tests; the fleet's own can fail only where they are filled in.
fn has_own_templates(compiled: &Compiled) -> bool {
    compiled.sources.below("templates/").next().is_some()
}

/// The way from the root of the repository to the fleet directory: empty, or with a slash at its end. Without git, the
/// way from where we are, which in a workflow is the root.
pub(super) fn base(directory: &Path) -> String {
    let below_here = || {
        let (here, fleet) = (env::current_dir().ok()?.canonicalize().ok()?, directory.canonicalize().ok()?);
        let below = fleet.strip_prefix(here).ok()?.to_str()?.to_owned();
        Some(if below.is_empty() { below } else { below + "/" })
    };
    current::below_root(directory).or_else(below_here).unwrap_or_default()
}
