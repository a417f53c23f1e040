//! What `create` and `rotate` have in common.

use std::collections::BTreeSet;
use std::io;

use clap::Args;
use indicatif::ProgressBar;

use super::ask::OnTerminal;
use super::identities::Chosen;
use super::which::unknown;
use super::{Common, Terminal};
use crate::load::decode::Scalar as _;
use crate::place::Entries;
use crate::place::recipients::SecretFile;
use crate::secrets::making::{self, Task};
use crate::secrets::rotation::restarts;
use crate::secrets::store::Store;
use crate::source::Sources;
use crate::value::{Date, SecretName};

/// How values are made.
#[derive(Args)]
pub(super) struct Run {
    /// Print what would be made, and change nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
    #[command(flatten)]
    chosen: Chosen,
}

impl Run {
    /// Makes values; says of each that cannot be made why not.
    pub(super) fn make(
        &self,
        store: &mut Store,
        entries: &Entries,
        tasks: &[Task<'_>],
        today: Date,
        common: &Common,
        terminal: &Terminal,
    ) -> bool {
        let mut identities = None;
        let mut open = |bytes: &[u8]| {
            let found =
                identities.get_or_insert_with(|| self.chosen.load(OnTerminal::new(ProgressBar::hidden()), terminal));
            let known = found.as_ref().ok_or("the identity that was named cannot be used")?;
            crate::secrets::seal::open(bytes, known)
        };
        let made = making::make(store, entries, tasks, &mut open, &common.directory, today);
        for why in made.as_ref().err().into_iter().flatten() {
            terminal.error(why);
        }
        if made.is_err() {
            terminal.error("nothing was changed");
        }
        made.is_ok()
    }
}

/// Reads names of secrets; nothing when one is not known, which is then said.
pub(super) fn named(entries: &Entries, names: &[String], terminal: &Terminal) -> Option<BTreeSet<SecretName>> {
    let mut known = BTreeSet::new();
    let mut right = true;
    for name in names {
        match SecretName::read(name).ok().filter(|name| entries.secrets.contains_key(name)) {
            Some(name) => {
                known.insert(name);
            }
            None => {
                terminal.error(&unknown(name, entries));
                right = false;
            }
        }
    }
    right.then_some(known)
}

/// Prints the files that are made, a line for each.
pub(super) fn print_tasks(tasks: &[Task<'_>], terminal: &Terminal) -> io::Result<()> {
    tasks.iter().try_for_each(|task| terminal.line(&task.file.path))
}

/// Says which units restart, and what makes them do so.
pub(super) fn tell_restarts(entries: &Entries, tasks: &[Task<'_>], sources: &Sources, terminal: &Terminal) {
    let files: Vec<&SecretFile<'_>> = tasks.iter().filter(|task| task.again).map(|task| &task.file).collect();
    for (verb, text) in restarts(entries, &files) {
        terminal.say(verb, &text);
    }
    let new = |task: &Task<'_>| !task.again || entries.secrets[task.file.secret].previous;
    let add = match sources.known_to_git.is_ok() && tasks.iter().any(new) {
        true => "`git add secrets`, ",
        false => "",
    };
    let what = if files.is_empty() { "" } else { ": that is when they restart" };
    terminal.say("Next", &format!("run {add}`cistern generate`, commit, and deploy{what}"));
}
