//! `cistern completions` and `cistern man`: made from the same table as the help.

use std::io;

use clap::{Args, Command};
use clap_complete::Shell;

use super::{Outcome, Terminal};

#[derive(Args)]
pub(super) struct Options {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(options: &Options, command: &mut Command, terminal: &Terminal) -> io::Result<Outcome> {
    let mut text = Vec::new();
    clap_complete::generate(options.shell, command, "cistern", &mut text);
    terminal.print(&String::from_utf8_lossy(&text))?;
    Ok(Outcome::Fine)
}

pub(super) fn man(command: Command, terminal: &Terminal) -> io::Result<Outcome> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text)?;
    terminal.print(&String::from_utf8_lossy(&text))?;
    Ok(Outcome::Fine)
}
