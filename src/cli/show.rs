//! `cistern show`: hosts as their layers resolve them.

use std::io;

use clap::{Args, ValueEnum};

use super::{Common, Outcome, Terminal, selection};
use crate::kind;
use crate::source::Sources;
use crate::why::{Known, View, show};

#[derive(Args)]
pub(super) struct Options {
    /// Which hosts: a name, `@tag`, `label=value`, joined by `and`, `or`, `not`.
    selector: String,
    /// How to print them.
    #[arg(long, value_enum, default_value_t = Format::Yaml)]
    format: Format,
}

/// For whom to print.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// As a definition would say it.
    Yaml,
    /// For programs: one JSON document.
    Json,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let known = read(common)?;
    let Some(chosen) = selection::choose(&options.selector, known.fleet.hosts.values(), terminal) else {
        note_faults(&known, terminal);
        return Ok(Outcome::Wrong);
    };
    let views: Vec<View<'_>> = chosen.iter().filter_map(|name| View::of(&known, name.as_str())).collect();
    match options.format {
        Format::Yaml => terminal.print(&show::yaml(&views))?,
        Format::Json => terminal.line(&show::json(&views))?,
    }
    note_faults(&known, terminal);
    Ok(Outcome::Fine)
}

/// Reads the definition as far as it can be understood.
pub(super) fn read(common: &Common) -> io::Result<Known> {
    let mut sources = Sources::read(&common.directory)?;
    kind::add_built_in(&mut sources);
    Ok(Known::read(sources))
}

/// Says that what is shown may not be the whole truth.
pub(super) fn note_faults(known: &Known, terminal: &Terminal) {
    if known.faults.has_errors() {
        terminal.warn("the definition has faults: see `cistern check`");
    }
}
