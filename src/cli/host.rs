//! `cistern host`: adds, changes and removes hosts of the definition.

use std::io;

use clap::{Args, Subcommand};

use super::entry::{Add, Around, Remove, Set};
use super::flags::Host;
use super::{Common, Outcome, Terminal};
use crate::edit::Section;

#[derive(Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Add a host.
    Add(Box<Add<Host>>),
    /// Change keys of a host.
    Set(Box<Set<Host>>),
    /// Remove a host that nothing refers to any more.
    Rm(Remove),
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let around = Around { section: Section::Hosts, common, terminal };
    match &options.verb {
        Verb::Add(options) => around.add(options),
        Verb::Set(options) => around.set(options),
        Verb::Rm(options) => around.remove(options),
    }
}
