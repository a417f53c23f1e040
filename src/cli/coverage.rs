//! `cistern coverage`: what watches every host and every service, and who would be told.

use std::io;

use clap::Args;

use super::{Common, Format, Outcome, Terminal, planned};
use crate::coverage::{self, coverage};

#[derive(Args)]
pub(super) struct Options {
    /// How to print what watches the fleet.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Exit with 0 when there is a gap, for hooks that only tell.
    #[arg(long)]
    exit_zero: bool,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let Some(plan) = planned(common, terminal, "nothing was looked at")? else { return Ok(Outcome::Wrong) };
    let found = coverage(plan.entries(), plan.kinds());
    match options.format {
        Format::Human => terminal.print(&coverage::table(&found, terminal.width()))?,
        Format::Json => terminal.line(&coverage::json(&found))?,
    }
    terminal.say("Covered", &coverage::summary(&found));
    Ok(if found.summary.gaps > 0 && !options.exit_zero { Outcome::Differs } else { Outcome::Fine })
}
