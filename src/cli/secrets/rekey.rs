//! `cistern secrets rekey`: encrypts files to those who are to read them now.

use std::collections::BTreeSet;
use std::io;

use clap::Args;

use super::ask::OnTerminal;
use super::identities::Chosen;
use super::{Common, Outcome, Terminal, which};
use crate::audit::{Drift, What, audit};
use crate::diag::counted;
use crate::place::Entries;
use crate::place::recipients::{SecretFile, secret_files};
use crate::secrets::rekey;
use crate::secrets::store::Store;

#[derive(Args)]
pub(super) struct Options {
    /// The secrets; all of them when none is named.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    identities: Chosen,
    /// Encrypt anew what needs it and what does not.
    #[arg(long)]
    all: bool,
    /// Write nothing; list what would be encrypted anew.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let mut store = Store::open(&common.directory)?;
    let Some(compiled) = super::planned(common, terminal)? else { return Ok(Outcome::Wrong) };
    let plan = compiled.plan.as_ref().expect("it is planned");
    let entries = plan.entries();
    let chosen = match chosen(&options.names, entries) {
        Ok(chosen) => chosen,
        Err(why) => return Ok(terminal.wrong(&why)),
    };
    let (there, absent): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|file| store.read(&file.path).is_some());
    let all = there.len();
    let drifted: BTreeSet<_> =
        audit(entries, plan.kept()).into_iter().filter(is_work).map(|drift| drift.file.path).collect();
    let work: Vec<_> = there.into_iter().filter(|file| options.all || drifted.contains(&file.path)).collect();
    let unchanged = all - work.len();
    if options.dry_run {
        work.iter().try_for_each(|file| terminal.line(&file.path))?;
        terminal.say("Would rekey", &evidence(work.len(), unchanged, absent.len()));
        return Ok(Outcome::Fine);
    }
    if !work.is_empty() {
        let progress = terminal.progress("Rekeying");
        progress.set_length(work.len() as u64);
        let Some(identities) = options.identities.load(OnTerminal::new(progress.clone()), terminal) else {
            return Ok(Outcome::Wrong);
        };
        let rekeyed = rekey::rekey(&mut store, &work, entries, &identities, &|| progress.inc(1));
        progress.finish_and_clear();
        if let Err(broken) = rekeyed {
            broken.iter().for_each(|broken| terminal.error(&format!("{}: {}", broken.path, broken.why)));
            let of = counted(work.len(), "file");
            terminal.error(&format!("nothing was changed: {} of {of} cannot be encrypted anew", broken.len()));
            return Ok(Outcome::Differs);
        }
        store.commit(&mut |_| {})?;
    }
    terminal.say("Rekeyed", &evidence(work.len(), unchanged, absent.len()));
    Ok(Outcome::Fine)
}

/// Says whether a file has to be encrypted anew; one that is broken counts, so that it is named.
fn is_work(drift: &Drift<'_>) -> bool {
    drift.what.iter().any(|what| what.needs_rekey() || matches!(what, What::Broken(_)))
}

fn evidence(rekeyed: usize, unchanged: usize, absent: usize) -> String {
    let absent = if absent == 0 { String::new() } else { format!(", {absent} not there yet") };
    format!("{}, {unchanged} unchanged{absent}", counted(rekeyed, "file"))
}

/// The files of the secrets that were named, or all.
fn chosen<'p>(names: &[String], entries: &'p Entries) -> Result<Vec<SecretFile<'p>>, String> {
    if let Some(name) = names.iter().find(|name| !entries.secrets.contains_key(name.as_str())) {
        return Err(which::unknown(name, entries));
    }
    let is_chosen = |file: &SecretFile<'_>| names.is_empty() || names.iter().any(|name| name == file.secret.as_str());
    Ok(secret_files(entries).filter(is_chosen).collect())
}
