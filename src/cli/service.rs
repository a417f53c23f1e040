//! `cistern service`: adds, changes, moves, pins and removes services of the definition.

use std::io;

use clap::{Args, Subcommand};

use super::entry::{Add, Around, Careful, Remove, Set};
use super::flags::Service;
use super::{Common, Outcome, Terminal, pin};
use crate::edit::{Change, Edit, Path, Section, Value};

#[derive(Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Add a service.
    Add(Box<Add<Service>>),
    /// Change keys of a service.
    Set(Box<Set<Service>>),
    /// Place a service on other hosts.
    Move(Move),
    /// Find the digests that the tags of container images stand for, and write them into the definition.
    Pin(pin::Options),
    /// Remove a service that nothing refers to any more.
    Rm(Remove),
}

#[derive(Args)]
struct Move {
    /// The service to move.
    name: String,
    /// Where it runs from now on, instead of where it did.
    #[arg(long, value_name = "HOST,HOST", value_delimiter = ',', required = true)]
    to: Vec<String>,
    #[command(flatten)]
    careful: Careful,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let around = Around { section: Section::Services, common, terminal };
    match &options.verb {
        Verb::Add(options) => around.add(options),
        Verb::Set(options) => around.set(options),
        Verb::Move(options) => {
            let key = |key: &str| Path(vec!["placement".to_owned(), key.to_owned()]);
            let hosts = Value::List(options.to.iter().cloned().map(Value::Text).collect());
            let changes = vec![Change::Instead(key("hosts"), hosts, key("selector"))];
            around.edit(&options.name, &Edit::Change(changes), options.careful)
        }
        Verb::Pin(options) => pin::run(options, common, terminal),
        Verb::Rm(options) => around.remove(options),
    }
}
