//! `cistern secrets list`: which secrets there are, and who reads them.

use std::io;

use clap::Args;

use super::{Common, Outcome, Terminal};
use crate::cli::Format;
use crate::diag::counted;
use crate::secrets::{json, table};

#[derive(Args)]
pub(super) struct Options {
    /// How to print them.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let Some(compiled) = super::planned(common, terminal)? else { return Ok(Outcome::Wrong) };
    let plan = compiled.plan.as_ref().expect("it is planned");
    match options.format {
        Format::Human => {
            terminal.print(&table(plan, &compiled.sources))?;
            terminal.say("Listed", &counted(plan.entries().secrets.len(), "secret"));
        }
        Format::Json => terminal.line(&json(plan, &compiled.sources))?,
    }
    Ok(Outcome::Fine)
}
