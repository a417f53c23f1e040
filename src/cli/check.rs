//! `cistern check`: every rule, every fault at once.

use std::env;
use std::io;
use std::mem::ManuallyDrop;
use std::path::Path;

use clap::{Args, ValueEnum};

use super::{Common, Outcome, Terminal};
use crate::diag::{Renderer, counted, github, json, sarif, summary};
use crate::emit::{self, Context};
use crate::tree::Tree;
use crate::{Compiled, compile, current};

/// For whom to print diagnostics.
#[derive(Clone, Copy, ValueEnum)]
enum Report {
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
    /// How to print the diagnostics.
    #[arg(long, value_enum, default_value_t = Report::Human)]
    format: Report,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    // The process ends here: nothing needs to be taken apart.
    let mut compiled = ManuallyDrop::new(compile(&common.directory)?);
    prove_templates(&mut compiled);
    let (faults, sources) = (&compiled.faults, &compiled.sources);
    match options.format {
        Report::Human => {
            let renderer = Renderer::new(sources, terminal.color());
            terminal.print(&renderer.all(faults))?;
            if terminal.verbose() {
                terminal.print(&renderer.allowed(faults))?;
            }
        }
        Report::Json => terminal.line(&json(faults, sources))?,
        Report::Github => terminal.print(&github(faults, sources, &base(&common.directory)))?,
        Report::Sarif => terminal.line(&sarif(faults, sources, &base(&common.directory)))?,
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

/// Cistern's own templates are proved by its tests; the fleet's own can fail only where they are filled in.
fn has_own_templates(compiled: &Compiled) -> bool {
    compiled.sources.below("templates/").next().is_some()
}

/// The way from the root of the repository to the fleet directory: empty, or with a slash at its end. Without git, the
/// way from where we are, which in a workflow is the root.
fn base(directory: &Path) -> String {
    let below_here = || {
        let (here, fleet) = (env::current_dir().ok()?.canonicalize().ok()?, directory.canonicalize().ok()?);
        let below = fleet.strip_prefix(here).ok()?.to_str()?.to_owned();
        Some(if below.is_empty() { below } else { below + "/" })
    };
    current::below_root(directory).or_else(below_here).unwrap_or_default()
}
