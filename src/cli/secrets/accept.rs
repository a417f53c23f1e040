//! `cistern secrets accept`: what looks like a secret and is none.

use std::io;

use clap::Args;

use super::{Common, Outcome, Terminal};
use crate::accepted::{self, Accepted};
use crate::compile;
use crate::diag::{codes, counted};
use crate::secrets::{Place, accept, forget};
use crate::tree;

#[derive(Args)]
pub(super) struct Options {
    /// The file, or the file and the line, of what `cistern check` has found; without one, only forgets what stands nowhere
    /// any more.
    #[arg(value_name = "FILE[:LINE]", requires = "reason")]
    place: Option<String>,

    /// Why it is no secret, or why it may stand there; whoever reads it in a year will ask.
    #[arg(long, value_name = "TEXT", requires = "place")]
    reason: Option<String>,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let compiled = compile(&common.directory)?;
    let sources = &compiled.sources;
    let before = sources.find(accepted::PATH).map(|id| &*sources.file(id).text);
    let Ok(mut accepted) = before.map_or_else(|| Ok(Accepted::default()), Accepted::read) else {
        terminal.faults(&compiled.faults.clone().split_off(|fault| fault.code != codes::BAD_RECORD), sources);
        return Ok(Outcome::Wrong);
    };
    let forgotten = forget(&mut accepted, &compiled.faults, sources);
    let mut found = 0;
    if let (Some(place), Some(reason)) = (&options.place, &options.reason) {
        found = accept(&mut accepted, Place::read(place), reason, &compiled.faults, sources);
        if found == 0 {
            terminal
                .error(&format!("`cistern check` finds no secret in `{place}`; paths begin at the fleet directory"));
            return Ok(Outcome::Wrong);
        }
    }
    let after = accepted.write();
    if before.is_some() || accepted.entries().count() > 0 {
        tree::replace(&common.directory, accepted::PATH, before, Some(&after))?;
    }
    let said = format!("{}, {forgotten} forgotten, {} in all", counted(found, "text"), accepted.entries().count());
    terminal.say("Accepted", &said);
    Ok(Outcome::Fine)
}
