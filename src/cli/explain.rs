//! `cistern explain`: what a diagnostic or an alert means, and the remedy.

use std::ffi::OsStr;
use std::io;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Args, Command};
use serde_json::{Value, json};

use super::{Format, Outcome, Terminal};
use crate::alerts::{self, BuiltIn};
use crate::diag::codes::CODES;
use crate::diag::{Code, codes, nearest};

#[derive(Args)]
pub(super) struct Options {
    /// The code, such as C020, or the alert, such as HostUnreachable; without one, all are listed.
    #[arg(value_name = "CODE|ALERT", value_parser = Named, hide_possible_values = true)]
    named: Option<String>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// Takes any word, and tells shells those that mean something.
#[derive(Clone)]
struct Named;

impl TypedValueParser for Named {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue>>> {
        Some(Box::new(names().map(PossibleValue::new)))
    }
}

/// Everything that can be explained.
fn names() -> impl Iterator<Item = &'static str> {
    CODES.iter().map(|code| code.id).chain(alerts::all_and_logs().map(|alert| alert.name))
}

pub(super) fn run(options: &Options, terminal: &Terminal) -> io::Result<Outcome> {
    let Some(wanted) = &options.named else {
        match options.format {
            Format::Human => {
                CODES.iter().try_for_each(|code| terminal.line(&line(code)))?;
                terminal.line("")?;
                alerts::all_and_logs().try_for_each(|alert| terminal.line(&alert_line(alert)))?;
            }
            Format::Json => terminal.line(&document(CODES, alerts::all_and_logs()))?,
        }
        return Ok(Outcome::Fine);
    };
    let code = codes::find(wanted);
    let alert = alerts::all_and_logs().find(|alert| alert.name.eq_ignore_ascii_case(wanted));
    match (code, alert, options.format) {
        (Some(code), _, Format::Human) => terminal.line(&page(code))?,
        (Some(code), _, Format::Json) => terminal.line(&document(&[code], None))?,
        (_, Some(alert), Format::Human) => terminal.line(alert.runbook.trim_end())?,
        (_, Some(alert), Format::Json) => terminal.line(&document(&[], Some(alert)))?,
        (None, None, _) => {
            let near = nearest(wanted, names());
            let hint = near.map_or("`cistern explain` lists them".to_owned(), |near| format!("did you mean {near}?"));
            terminal.error(&format!("there is no diagnostic or alert `{}`; {hint}", wanted.escape_debug()));
            return Ok(Outcome::Wrong);
        }
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

fn alert_line(alert: &BuiltIn) -> String {
    format!("{:32}  {:8}  {}", alert.name, alert.severity, alert.meaning())
}

fn document(codes: &[&Code], alerts: impl IntoIterator<Item = &'static BuiltIn>) -> String {
    let code_row = |code: &&Code| {
        json!({
            "code": code.id,
            "severity": code.severity.word(),
            "family": code.family(),
            "found_while": code.stage.sentence(),
            "sentence": code.sentence,
            "explanation": code.explanation,
        })
    };
    let alert_row = |alert: &BuiltIn| {
        json!({
            "alert": alert.name,
            "severity": alert.severity,
            "for": alert.holds,
            "threshold": alert.threshold.map(|limit| limit.value),
            "unit": alert.threshold.map(|limit| limit.unit),
            "meaning": alert.meaning(),
            "runbook": alert.runbook,
        })
    };
    let report = json!({
        "version": 1,
        "codes": codes.iter().map(code_row).collect::<Vec<Value>>(),
        "alerts": alerts.into_iter().map(alert_row).collect::<Vec<Value>>(),
    });
    serde_json::to_string_pretty(&report).expect("a table of texts is JSON")
}
