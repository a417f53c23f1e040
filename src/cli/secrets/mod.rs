//! `cistern secrets`: everything about encrypted values, one file per verb.

mod create;
mod list;
mod making;
mod metrics;
mod rotate;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::{Common, Outcome, Terminal};
use crate::diag::summary;
use crate::secrets::identity::{Identities, Nobody};
use crate::{Compiled, compile};

#[derive(Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Make the values that are missing and say how they are made.
    Create(create::Options),
    /// Give secrets new values, and say what restarts and in which order hosts get them.
    Rotate(rotate::Options),
    /// Print how old secrets are, for node exporter's textfile collector.
    Metrics(metrics::Options),
    /// List every secret, its files and who reads it.
    List(list::Options),
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    match &options.verb {
        Verb::Create(options) => create::run(options, common, terminal),
        Verb::Rotate(options) => rotate::run(options, common, terminal),
        Verb::Metrics(options) => metrics::run(options, common, terminal),
        Verb::List(options) => list::run(options, common, terminal),
    }
}

/// The private keys to open files with: those that were named, else the usual ones.
fn identities(files: &[PathBuf]) -> Result<Identities, String> {
    Identities::load(files, Arc::new(Nobody)).map_err(|faults| faults.join("\n"))
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
