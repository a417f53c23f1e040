//! `cistern secrets rm`: deletes the files of a secret.

use std::io;

use clap::Args;
use indicatif::ProgressBar;

use super::ask::OnTerminal;
use super::which::{Which, unknown};
use super::{Common, Outcome, Terminal};
use crate::diag::{counted, listed};
use crate::place::Entries;
use crate::secrets::identity::Ask as _;
use crate::secrets::store::Store;

#[derive(Args)]
pub(super) struct Options {
    #[command(flatten)]
    which: Which,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
    /// Delete it although hosts read it: they cannot be built until it is there again.
    #[arg(long)]
    force: bool,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let mut store = Store::open(&common.directory)?;
    let Some(compiled) = super::planned(common, terminal)? else { return Ok(Outcome::Wrong) };
    let entries = compiled.plan.as_ref().expect("it is planned").entries();
    let name = &options.which.name;
    let paths = paths(&store, &options.which);
    if paths.is_empty() {
        return Ok(terminal.wrong(&match entries.secrets.contains_key(name.as_str()) {
            true => format!("`{name}` has no such file: there is nothing to delete"),
            false => unknown(name, entries),
        }));
    }
    let readers = readers(entries, &options.which);
    if !readers.is_empty() && !options.force {
        terminal.error(&format!(
            "nothing was deleted: {} would miss it; take it out of the definition first, or say `--force`",
            listed(&readers)
        ));
        return Ok(Outcome::Differs);
    }
    if !options.yes {
        let answer = OnTerminal::new(ProgressBar::hidden())
            .line(&format!("Delete {}? Only git has it then, if it does (y/n)", listed(&paths)));
        match answer {
            Ok(answer) if answer.trim().eq_ignore_ascii_case("y") => {}
            Ok(_) => {
                terminal.say("Kept", &listed(&paths));
                return Ok(Outcome::Fine);
            }
            Err(why) => return Ok(terminal.wrong(&format!("nothing was deleted: {why}; say `--yes`"))),
        }
    }
    paths.iter().for_each(|path| store.remove(path));
    store.commit(&mut |_| {})?;
    terminal.say("Deleted", &format!("{}: {}", counted(paths.len(), "file"), listed(&paths)));
    if entries.secrets.contains_key(name.as_str()) {
        terminal.say("Next", &format!("the definition still has `secrets.{name}`; take it out, or set it again"));
    }
    Ok(Outcome::Fine)
}

/// The files of a secret that are there, public halves included, whether the definition knows it or not.
fn paths(store: &Store, which: &Which) -> Vec<String> {
    let ends = [".age", ".pub"].map(|end| format!("{}{end}", which.name));
    let is_of_it = |path: &&str| {
        let mut parts = path.strip_prefix("secrets/").unwrap_or(path).rsplit('/');
        let (file, host) = (parts.next().unwrap_or_default(), parts.next());
        let chosen = which.host.is_none() || host == which.host.as_deref();
        ends.iter().any(|end| end == file) && parts.next().is_none() && chosen
    };
    let known = store.paths();
    known.iter().map(String::as_str).filter(is_of_it).map(str::to_owned).collect()
}

/// The hosts that read it.
fn readers(entries: &Entries, which: &Which) -> Vec<String> {
    let secret = entries.secrets.get(which.name.as_str());
    let hosts = secret.into_iter().flat_map(|secret| &secret.hosts);
    let chosen = hosts.filter(|host| which.host.as_deref().is_none_or(|chosen| chosen == host.as_str()));
    chosen.map(|host| format!("host `{host}`")).collect()
}
