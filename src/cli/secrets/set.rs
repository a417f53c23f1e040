//! `cistern secrets set`: gives a secret a value. That takes public keys only.

use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::ProgressBar;

use super::ask::OnTerminal;
use super::which::Which;
use super::{Common, Outcome, Terminal, told};
use crate::secrets::identity::Ask as _;
use crate::secrets::memory::{LARGEST, Plain};
use crate::secrets::store::Store;

#[derive(Args)]
pub(super) struct Options {
    #[command(flatten)]
    which: Which,
    /// Where the value comes from, byte for byte: a file, or `-` for stdin. Without it, the terminal asks twice.
    #[arg(long, value_name = "FILE|-")]
    from: Option<PathBuf>,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let store = Store::open(&common.directory)?;
    let Some(compiled) = super::planned(common, terminal)? else { return Ok(Outcome::Wrong) };
    let entries = compiled.plan.as_ref().expect("it is planned").entries();
    let file = match options.which.file(entries) {
        Ok(file) => file,
        Err(why) => return Ok(terminal.wrong(&why)),
    };
    let value = match &options.from {
        Some(from) => read(from)?,
        None => match asked(&options.which.name) {
            Ok(value) => value,
            Err(why) => return Ok(terminal.wrong(&why)),
        },
    };
    if value.is_empty() {
        return Ok(terminal.wrong("there is no value: nothing was written"));
    }
    if ends_like_a_line(value.bytes()) {
        terminal.say("Kept", "the newline at the end of the value; `printf %s` prints none");
    }
    told::write("Set", store, (&file, &value), &compiled, terminal)
}

fn read(from: &Path) -> io::Result<Plain> {
    if from == Path::new("-") {
        return Plain::read(&mut io::stdin().lock(), LARGEST);
    }
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", from.display()));
    Plain::read(&mut File::open(from).map_err(named)?, LARGEST).map_err(named)
}

fn asked(name: &str) -> Result<Plain, String> {
    if !io::stdin().is_terminal() {
        return Err(
            "stdin is no terminal: name where the value comes from, `--from FILE`, or `--from -` for stdin".to_owned()
        );
    }
    let ask = OnTerminal::new(ProgressBar::hidden());
    let value = ask.secret(&format!("Value of {name}"))?;
    if ask.secret("The same once more")? == value {
        Ok(value)
    } else {
        Err("the two are not the same: nothing was written".to_owned())
    }
}

/// Says whether a value is one line with a newline at its end, as `echo` prints it.
fn ends_like_a_line(value: &[u8]) -> bool {
    value.strip_suffix(b"\n").is_some_and(|line| !line.contains(&b'\n'))
}
