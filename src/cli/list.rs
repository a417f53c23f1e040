//! `cistern list`: which hosts there are.

use std::io::{self, IsTerminal};

use clap::{Args, ValueEnum};

use super::{Common, Outcome, Terminal, selection, show};
use crate::diag::counted;
use crate::model::Host;
use crate::why::list;

#[derive(Args)]
pub(super) struct Options {
    /// Which hosts; all of them without it.
    selector: Option<String>,
    /// How to print them: a table on a terminal, names in a pipe.
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// For whom to print.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For programs: one JSON document.
    Json,
    /// One name a line.
    Names,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let known = show::read(common)?;
    let all = known.fleet.hosts.values();
    let hosts: Vec<&Host> = match &options.selector {
        None => all.collect(),
        Some(selector) => match selection::choose(selector, all.clone(), terminal) {
            Some(chosen) => all.filter(|host| chosen.contains(&host.name)).collect(),
            None => {
                show::note_faults(&known, terminal);
                return Ok(Outcome::Wrong);
            }
        },
    };
    let usual = if io::stdout().is_terminal() { Format::Table } else { Format::Names };
    match options.format.unwrap_or(usual) {
        Format::Table => {
            terminal.print(&list::table(&known, &hosts, terminal.width()))?;
            terminal.say("Listed", &format!("{} of {}", hosts.len(), counted(known.fleet.hosts.len(), "host")));
        }
        Format::Json => terminal.line(&list::json(&known, &hosts))?,
        Format::Names => terminal.print(&list::names(&hosts))?,
    }
    show::note_faults(&known, terminal);
    Ok(Outcome::Fine)
}
