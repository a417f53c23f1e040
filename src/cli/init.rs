//! `cistern init`: a fleet directory that generates and passes `nix flake check` as it stands, and what checks it where
//! its repository is hosted.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::{Common, Outcome, Terminal, generate};
use crate::diag::counted;
use crate::scaffold::{Kept, PIPELINES, Pipeline};
use crate::{current, scaffold};

#[derive(Args)]
pub(super) struct Options {
    /// Where to begin; made when it does not exist.
    #[arg(value_name = "DIR")]
    into: Option<PathBuf>,
    /// The flake reference of Cistern that the new flake names.
    #[arg(long, value_name = "FLAKE", default_value = scaffold::CISTERN)]
    cistern: String,
    /// Write a pipeline that checks the fleet and shows what a pull or merge request changes; where there is a fleet
    /// already, nothing else is written.
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(PIPELINES.iter().map(|pipeline| pipeline.name)))]
    ci: Option<String>,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let directory = options.into.clone().map_or_else(|| common.directory.clone(), |d| common.directory.join(d));
    if options.cistern.contains(['"', '\\', '$', '\n']) {
        terminal.error("`--cistern` is no flake reference");
        return Ok(Outcome::Wrong);
    }
    let wanted = PIPELINES.iter().find(|pipeline| Some(pipeline.name) == options.ci.as_deref());
    let outcome = match wanted {
        Some(_) if directory.join("fleet.yaml").exists() => Outcome::Fine,
        _ => fleet(options, directory.clone(), common, terminal)?,
    };
    match wanted {
        // What is wrong with the fleet was told; it may need mending first.
        Some(pipeline) if outcome != Outcome::Wrong => {
            let written = self::pipeline(pipeline, &directory, terminal)?;
            Ok(if written == Outcome::Fine { outcome } else { written })
        }
        _ => Ok(outcome),
    }
}

/// Writes the pipeline to where its host looks for it: the root of the repository.
fn pipeline(pipeline: &Pipeline, directory: &Path, terminal: &Terminal) -> io::Result<Outcome> {
    let directory = directory.canonicalize()?;
    let below = current::below_root(&directory).unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
    if !below.chars().all(plain) {
        terminal.error(&format!(
            "the name of {} has characters that a pipeline cannot hold: rename it",
            directory.display()
        ));
        return Ok(Outcome::Wrong);
    }
    let depth = below.split('/').filter(|part| !part.is_empty()).count();
    let root = directory.ancestors().nth(depth).expect("git finds the root above the directory");
    let written = scaffold::write_pipeline(root, pipeline, &below)?;
    for path in &written.written {
        terminal.say("Wrote", path);
        terminal.say("Next", "read its head, then commit it");
    }
    for kept in &written.kept {
        keep(kept, true, terminal)?;
    }
    Ok(if written.kept.iter().all(|kept| kept.same) { Outcome::Fine } else { Outcome::Differs })
}

/// Says that a file was there already, and what would stand in it.
fn keep(kept: &Kept, shown: bool, terminal: &Terminal) -> io::Result<()> {
    terminal.say("Kept", &format!("{}, which is there already", kept.path));
    if shown && !kept.same {
        terminal.line(&format!("# merge this into {}:", kept.path))?;
        terminal.print(&kept.text)?;
    }
    Ok(())
}

/// Writes the files of a new fleet that are not there yet.
fn fleet(options: &Options, directory: PathBuf, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let outcome = scaffold::write(&directory, &options.cistern)?;
    for path in &outcome.written {
        terminal.say("Wrote", path);
    }
    let different: Vec<_> = outcome.kept.iter().filter(|kept| !kept.same).collect();
    for kept in &different {
        keep(kept, kept.path == "flake.nix", terminal)?;
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
