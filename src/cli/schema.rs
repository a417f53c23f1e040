//! `cistern schema`: the JSON Schema of the definition, of an entry in a file of its own, of a kind's front matter, or of
//! what other commands print.

use std::io;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::{Outcome, Terminal};
use crate::placed::{Explanation, Placements, Relocation, json_schema};
use crate::source::SPLIT;
use crate::{catalog, coverage, schema, simulate, status};

#[derive(Args)]
#[group(multiple = false)]
pub(super) struct Options {
    /// The schema of an entry that stands in a file of its own, such as hosts/eden.yaml.
    #[arg(long, value_name = "SECTION", value_parser = PossibleValuesParser::new(SPLIT))]
    entry: Option<String>,
    /// The schema of a kind's front matter, in place of the definition's.
    #[arg(long)]
    kind: bool,
    /// The schema of what `cistern simulate --format json` prints.
    #[arg(long)]
    simulate: bool,
    /// The schema of what `cistern coverage --format json` prints.
    #[arg(long)]
    coverage: bool,
    /// The schema of what `cistern status --format json` prints.
    #[arg(long)]
    status: bool,
    /// The schema of what `cistern catalog list --format json` prints.
    #[arg(long)]
    catalog: bool,
    /// The schema of what `cistern diff --format json` prints.
    #[arg(long)]
    diff: bool,
    /// The schema of what `cistern place --format json` prints.
    #[arg(long)]
    place: bool,
    /// The schema of what `cistern place --explain SERVICE --format json` prints.
    #[arg(long)]
    explain: bool,
    /// The schema of what `cistern move --format json` prints.
    #[arg(long = "move")]
    relocation: bool,
}

pub(super) fn run(options: &Options, terminal: &Terminal) -> io::Result<Outcome> {
    let schema = match &options.entry {
        Some(section) => schema::entry(section).expect("each section that may be split holds entries"),
        None if options.diff => crate::diff::schema(),
        None if options.catalog => catalog::json_schema(),
        None if options.coverage => coverage::json_schema(),
        None if options.kind => schema::kind(),
        None if options.explain => json_schema::<Explanation>("cistern place --explain"),
        None if options.place => json_schema::<Placements>("cistern place"),
        None if options.relocation => json_schema::<Relocation>("cistern move"),
        None if options.simulate => simulate::json_schema(),
        None if options.status => status::json_schema(),
        None => schema::definition(),
    };
    terminal.line(&schema::text(&schema))?;
    Ok(Outcome::Fine)
}
