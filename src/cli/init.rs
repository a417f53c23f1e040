//! `cistern init`: a fleet directory that generates and passes `nix flake check` as it stands.

use std::io;
use std::path::PathBuf;

use clap::Args;

use super::{Common, Outcome, Terminal, generate};
use crate::diag::counted;
use crate::{current, scaffold};

#[derive(Args)]
pub(super) struct Options {
    /// Where to begin; made when it does not exist.
    #[arg(value_name = "DIR")]
    into: Option<PathBuf>,
    /// The flake reference of Cistern that the new flake names.
    #[arg(long, value_name = "FLAKE", default_value = scaffold::CISTERN)]
    cistern: String,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let directory = options.into.clone().map_or_else(|| common.directory.clone(), |d| common.directory.join(d));
    if options.cistern.contains(['"', '\\', '$', '\n']) {
        terminal.error("`--cistern` is no flake reference");
        return Ok(Outcome::Wrong);
    }
    let outcome = scaffold::write(&directory, &options.cistern)?;
    for path in &outcome.written {
        terminal.say("Wrote", path);
    }
    let different: Vec<_> = outcome.kept.iter().filter(|kept| !kept.same).collect();
    for kept in &different {
        terminal.say("Kept", &format!("{}, which is there already", kept.path));
        if kept.path == "flake.nix" {
            terminal.line("# merge this into flake.nix:")?;
            terminal.print(&kept.text)?;
        }
    }
    if outcome.kept.iter().any(|kept| kept.path == "fleet.yaml") {
        terminal.say("Next", "`cistern generate --stage`");
        return Ok(if different.is_empty() { Outcome::Fine } else { Outcome::Differs });
    }
    let common = Common { directory, ..Common::like(common) };
    // A flake sees its own files only when git knows them; without git there is nothing to tell.
    let _ = current::stage(&common.directory, outcome.written.iter().map(String::as_str));
    let generated = generate::run(&generate::Options::staging(), &common, terminal)?;
    terminal.say("Ready", &format!("{}; edit fleet.yaml, then `cistern diff`", counted(outcome.written.len(), "file")));
    Ok(generated)
}
