//! `cistern explain`: what a diagnostic means, and the remedy.

use std::io;

use clap::Args;

use super::{Outcome, Terminal};
use crate::diag::{codes, nearest};

#[derive(Args)]
pub(super) struct Options {
    /// The code, such as C020; without one, all are listed.
    code: Option<String>,
}

pub(super) fn run(options: &Options, terminal: &Terminal) -> io::Result<Outcome> {
    let Some(wanted) = &options.code else {
        for code in codes::CODES {
            terminal.line(&format!("{}  {}", code.id, code.sentence))?;
        }
        return Ok(Outcome::Fine);
    };
    let Some(code) = codes::find(wanted) else {
        let near = nearest(wanted, codes::CODES.iter().map(|code| code.id));
        let hint = near.map_or("`cistern explain` lists them".to_owned(), |near| format!("did you mean {near}?"));
        terminal.error(&format!("there is no diagnostic `{}`; {hint}", wanted.escape_debug()));
        return Ok(Outcome::Wrong);
    };
    let severity = code.severity.word();
    terminal.line(&format!("{} ({severity}): {}\n\n{}", code.id, code.sentence, code.explanation))?;
    Ok(Outcome::Fine)
}
