//! `cistern check`: every rule, every fault at once.

use std::io;
use std::mem::ManuallyDrop;

use clap::Args;

use super::{Common, Format, Outcome, Terminal};
use crate::diag::{Renderer, counted, json, summary};
use crate::emit::{self, Context};
use crate::tree::Tree;
use crate::{Compiled, compile};

#[derive(Args)]
pub(super) struct Options {
    /// How to print the diagnostics.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    // The process ends here: nothing needs to be taken apart.
    let mut compiled = ManuallyDrop::new(compile(&common.directory)?);
    prove_templates(&mut compiled);
    let faults = &compiled.faults;
    match options.format {
        Format::Json => terminal.line(&json(faults, &compiled.sources))?,
        Format::Human => {
            let renderer = Renderer::new(&compiled.sources, terminal.color());
            terminal.print(&renderer.all(faults))?;
            if terminal.verbose() {
                terminal.print(&renderer.allowed(faults))?;
            }
        }
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
