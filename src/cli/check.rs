//! `cistern check`: every rule, every fault at once.

use std::io;

use clap::Args;

use super::{Common, Format, Outcome, Terminal};
use crate::compile;
use crate::diag::{Renderer, counted, json, summary};

#[derive(Args)]
pub(super) struct Options {
    /// How to print the diagnostics.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let compiled = compile(&common.directory)?;
    let faults = &compiled.faults;
    match options.format {
        Format::Json => terminal.line(&json(faults, &compiled.sources))?,
        Format::Human => terminal.print(&Renderer::new(&compiled.sources, terminal.color()).all(faults))?,
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
