//! `cistern explain`: what a diagnostic means, and the remedy.

use std::io;

use clap::Args;
use serde_json::{Value, json};

use super::{Format, Outcome, Terminal};
use crate::diag::codes::CODES;
use crate::diag::{Code, codes, nearest};

#[derive(Args)]
pub(super) struct Options {
    /// The code, such as C020; without one, all are listed.
    code: Option<String>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

pub(super) fn run(options: &Options, terminal: &Terminal) -> io::Result<Outcome> {
    let Some(wanted) = &options.code else {
        match options.format {
            Format::Human => CODES.iter().try_for_each(|code| terminal.line(&line(code)))?,
            Format::Json => terminal.line(&document(CODES))?,
        }
        return Ok(Outcome::Fine);
    };
    let Some(code) = codes::find(wanted) else {
        let near = nearest(wanted, CODES.iter().map(|code| code.id));
        let hint = near.map_or("`cistern explain` lists them".to_owned(), |near| format!("did you mean {near}?"));
        terminal.error(&format!("there is no diagnostic `{}`; {hint}", wanted.escape_debug()));
        return Ok(Outcome::Wrong);
    };
    match options.format {
        Format::Human => terminal.line(&page(code))?,
        Format::Json => terminal.line(&document(&[code]))?,
    }
    Ok(Outcome::Fine)
}

fn line(code: &Code) -> String {
    format!("{}  {:7}  {}", code.id, code.severity.word(), code.sentence)
}

fn page(code: &Code) -> String {
    let Code { id, sentence, explanation, .. } = code;
    let found = code.stage.sentence();
    format!(
        "{id} ({}, {}): {sentence}\n\n{explanation}\n\nIt is found while {found}.",
        code.severity.word(),
        code.family()
    )
}

fn document(codes: &[&Code]) -> String {
    let row = |code: &&Code| {
        json!({
            "code": code.id,
            "severity": code.severity.word(),
            "family": code.family(),
            "found_while": code.stage.sentence(),
            "sentence": code.sentence,
            "explanation": code.explanation,
        })
    };
    let report = json!({ "version": 1, "codes": codes.iter().map(row).collect::<Vec<Value>>() });
    serde_json::to_string_pretty(&report).expect("a table of texts is JSON")
}
