//! `cistern secrets`: everything about encrypted values, one file per verb.

mod accept;
mod ask;
mod audit;
mod create;
mod edit;
mod host_key;
mod identities;
mod import;
mod list;
mod making;
mod metrics;
mod rekey;
mod rm;
mod rotate;
mod scratch;
mod set;
mod show;
mod told;
mod which;

use std::io;

use clap::{Args, Subcommand};

use super::{Common, Outcome, Terminal};
use crate::diag::summary;
use crate::secrets::memory;
use crate::source::Sources;
use crate::{Compiled, compile_leniently, current, kind};

#[derive(Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// List every secret, its files and who reads it.
    List(list::Options),
    /// Look for files that are not as the plan has them, and for secrets that are none; no key is needed.
    Audit(audit::Options),
    /// Print the value of a secret.
    Show(show::Options),
    /// Give a secret a value, without seeing the one that it has.
    Set(set::Options),
    /// Open the value of a secret in an editor.
    Edit(edit::Options),
    /// Make the values that are missing and say how they are made.
    Create(create::Options),
    /// Give secrets new values, and say what restarts and in which order hosts get them.
    Rotate(rotate::Options),
    /// Encrypt files anew to those who are to read them now: all of them, or none.
    Rekey(rekey::Options),
    /// Make secrets of values that stand elsewhere: plain text, environment files, sops, other agenix repositories.
    Import(import::Options),
    /// Make the key of a host that is not installed yet, or take that of one that runs.
    HostKey(host_key::Options),
    /// Accept what `cistern check` takes for a secret and what is none, by its hash.
    Accept(accept::Options),
    /// Print how old secrets are, for node exporter's textfile collector.
    Metrics(metrics::Options),
    /// Delete the files of a secret.
    Rm(rm::Options),
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    memory::harden();
    let outcome = match &options.verb {
        Verb::List(options) => list::run(options, common, terminal),
        Verb::Audit(options) => audit::run(options, common, terminal),
        Verb::Show(options) => show::run(options, common, terminal),
        Verb::Set(options) => set::run(options, common, terminal),
        Verb::Edit(options) => edit::run(options, common, terminal),
        Verb::Create(options) => create::run(options, common, terminal),
        Verb::Rotate(options) => rotate::run(options, common, terminal),
        Verb::Rekey(options) => rekey::run(options, common, terminal),
        Verb::Import(options) => import::run(options, common, terminal),
        Verb::HostKey(options) => host_key::run(options, common, terminal),
        Verb::Accept(options) => accept::run(options, common, terminal),
        Verb::Metrics(options) => metrics::run(options, common, terminal),
        Verb::Rm(options) => rm::run(options, common, terminal),
    };
    if memory::failed_to_lock() {
        terminal.warn(
            "not every value could be locked into memory, so the machine may have written one to its swap space; \
             raise the limit (`ulimit -l`)",
        );
    }
    outcome
}

/// Reads the fleet, for a verb that edits its definition.
fn read(common: &Common) -> io::Result<Sources> {
    let mut sources = Sources::read(&common.directory)?;
    kind::add_built_in(&mut sources);
    Ok(sources)
}

/// Tells what git does not know of files that were written.
fn tell_git(paths: &[&str], common: &Common, terminal: &Terminal) {
    let unknown = current::unknown_to_git(&common.directory, paths.iter().copied()).unwrap_or_default();
    if !unknown.is_empty() {
        let names = unknown.join(" ");
        terminal.warn(&format!("git does not know what was written, so a flake cannot see it; run `git add {names}`"));
    }
}

/// Compiles the fleet; without a plan says what is wrong with the definition, and returns nothing.
fn planned(common: &Common, terminal: &Terminal) -> io::Result<Option<Compiled>> {
    let compiled = compile_leniently(read(common)?);
    if compiled.plan.is_some() {
        return Ok(Some(compiled));
    }
    terminal.faults(&compiled.faults, &compiled.sources);
    terminal.error(&format!("the definition has to be right first: {}", summary(&compiled.faults)));
    Ok(None)
}
