//! What `create` and `rotate` have in common.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use clap::Args;

use super::{Common, Terminal};
use crate::diag::nearest;
use crate::load::decode::Scalar as _;
use crate::place::Entries;
use crate::place::recipients::SecretFile;
use crate::secrets::making::{self, Task};
use crate::secrets::rotation::restarts;
use crate::secrets::store::Store;
use crate::value::{Date, SecretName};

/// How values are made.
#[derive(Args)]
pub(super) struct Run {
    /// Print what would be made, and change nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// A private key that opens values which others are made from; ~/.ssh by default.
    #[arg(short, long = "identity", value_name = "FILE")]
    identities: Vec<PathBuf>,
}

impl Run {
    /// Locks and reads the encrypted files.
    pub(super) fn store(&self, common: &Common) -> io::Result<Store> {
        Store::open(&common.directory)
    }

    /// Makes values; says of each that cannot be made why not.
    pub(super) fn make(
        &self,
        store: &mut Store,
        entries: &Entries,
        tasks: &[Task<'_>],
        common: &Common,
        terminal: &Terminal,
    ) -> io::Result<bool> {
        let mut identities = None;
        let mut open = |bytes: &[u8]| {
            let found = identities.get_or_insert_with(|| super::identities(&self.identities));
            found.as_ref().map_err(Clone::clone).and_then(|known| crate::secrets::seal::open(bytes, known))
        };
        let made = making::make(store, entries, tasks, &mut open, &common.directory, today());
        for why in made.as_ref().err().into_iter().flatten() {
            terminal.error(why);
        }
        if made.is_err() {
            terminal.error("nothing was changed");
        }
        Ok(made.is_ok())
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
                let near = nearest(name, entries.secrets.keys().map(SecretName::as_str));
                let help = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                terminal.error(&format!("there is no secret `{name}`{help}"));
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
pub(super) fn tell_restarts(entries: &Entries, tasks: &[Task<'_>], terminal: &Terminal) {
    let files: Vec<&SecretFile<'_>> = tasks.iter().filter(|task| task.again).map(|task| &task.file).collect();
    for (verb, text) in restarts(entries, &files) {
        terminal.say(verb, &text);
    }
    terminal.say("Next", "`cistern generate`, so that what reads a new value restarts with it; then deploy");
}

/// The day by the machine's clock.
#[expect(clippy::disallowed_methods, reason = "notes when a value was set")]
pub(super) fn today() -> Date {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Date::from_days(i64::try_from(since.as_secs() / 86_400).expect("a number of days"))
}
