//! `cistern secrets show`: the value of a secret, byte for byte.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;

use clap::Args;
use indicatif::ProgressBar;

use super::ask::OnTerminal;
use super::identities::Chosen;
use super::which::Which;
use super::{Common, Outcome, Terminal};
use crate::secrets::{seal, store};

#[derive(Args)]
pub(super) struct Options {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    identities: Chosen,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let Some(compiled) = super::planned(common, terminal)? else { return Ok(Outcome::Wrong) };
    let entries = compiled.plan.as_ref().expect("it is planned").entries();
    let file = match options.which.file(entries) {
        Ok(file) => file,
        Err(why) => return Ok(terminal.wrong(&why)),
    };
    let bytes = match store::read(&common.directory, &file.path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let set = format!("`cistern secrets set {}` makes it", options.which.name);
            return Ok(terminal.wrong(&format!("{} does not exist yet; {set}", file.path)));
        }
        other => other?,
    };
    let ask = OnTerminal::new(ProgressBar::hidden());
    let Some(identities) = options.identities.load(ask, terminal) else { return Ok(Outcome::Wrong) };
    match seal::open(&bytes, &identities) {
        Ok(value) => {
            // Past the standard library's buffer, which nobody zeroes.
            let mut stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
            stdout.write_all(value.bytes())?;
            Ok(Outcome::Fine)
        }
        Err(why) => {
            terminal.error(&format!("{}: {why}", file.path));
            Ok(Outcome::Differs)
        }
    }
}
