//! `cistern secrets`: everything about encrypted values, one file per verb.

mod accept;
mod list;

use std::io;

use clap::{Args, Subcommand};

use super::{Common, Outcome, Terminal};
use crate::diag::summary;
use crate::{Compiled, compile};

#[derive(Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Accept what `cistern check` takes for a secret and what is none, by its hash.
    Accept(accept::Options),
    /// List every secret, its files and who reads it.
    List(list::Options),
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    match &options.verb {
        Verb::Accept(options) => accept::run(options, common, terminal),
        Verb::List(options) => list::run(options, common, terminal),
    }
}

/// Compiles the fleet; without a plan says what is wrong with the definition, and returns nothing.
fn planned(common: &Common, terminal: &Terminal) -> io::Result<Option<Compiled>> {
    let compiled = compile(&common.directory)?;
    if compiled.plan.is_some() {
        return Ok(Some(compiled));
    }
    terminal.faults(&compiled.faults, &compiled.sources);
    terminal.error(&format!("the definition has to be right first: {}", summary(&compiled.faults)));
    Ok(None)
}
