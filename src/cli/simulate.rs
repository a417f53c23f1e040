//! `cistern simulate`: what stops, and what is lost, while some hosts are down.

use std::collections::BTreeSet;
use std::io;

use clap::Args;

use super::{Common, Format, Outcome, Terminal, planned, selection};
use crate::place::Entries;
use crate::simulate::{self, simulate};
use crate::value::HostName;

/// What stands before the name of a site.
const SITE: &str = "site:";

#[derive(Args)]
pub(super) struct Options {
    /// Which hosts are down: a name, a selector, or `site:NAME` for every host of a site. May be given several times.
    #[arg(long, value_name = "HOST|site:NAME|SELECTOR", required = true)]
    down: Vec<String>,
    /// How to print what is lost.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Exit with 0 when something stops, for hooks that only tell.
    #[arg(long)]
    exit_zero: bool,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let Some(plan) = planned(common, terminal, "nothing was simulated")? else { return Ok(Outcome::Wrong) };
    let Some(down) = chosen(&options.down, plan.entries(), terminal) else { return Ok(Outcome::Wrong) };
    let found = simulate(plan.entries(), plan.kinds(), &down);
    match options.format {
        Format::Human => terminal.print(&simulate::table(&found, terminal.width()))?,
        Format::Json => terminal.line(&simulate::json(&found))?,
    }
    terminal.say("Simulated", &simulate::summary(&found));
    Ok(if found.stops && !options.exit_zero { Outcome::Differs } else { Outcome::Fine })
}

/// The hosts that any of the words selects; says what is wrong with each word that selects none.
fn chosen(words: &[String], entries: &Entries, terminal: &Terminal) -> Option<BTreeSet<HostName>> {
    let found: Vec<_> = words
        .iter()
        .map(|word| match word.trim().strip_prefix(SITE) {
            Some(site) => selection::of_site(site, entries, terminal),
            None => selection::of_plan(word, entries, terminal),
        })
        .collect();
    found.into_iter().collect::<Option<Vec<_>>>().map(|found| found.into_iter().flatten().collect())
}
