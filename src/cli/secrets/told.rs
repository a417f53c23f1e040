//! What a new value brings about, told in the same way by every verb that gives one.

use std::collections::BTreeSet;
use std::io;

use super::{Outcome, Terminal};
use crate::Compiled;
use crate::place::Entries;
use crate::place::recipients::SecretFile;
use crate::secrets::memory::Plain;
use crate::secrets::rotation::{self, on, restarts};
use crate::secrets::store::{Store, keys};
use crate::value::{Date, HostName};

/// Gives a secret a value that somebody brought, and says what that brings about.
pub(super) fn write(
    verb: &str,
    mut store: Store,
    (file, value): (&SecretFile<'_>, &Plain),
    compiled: &Compiled,
    terminal: &Terminal,
) -> io::Result<Outcome> {
    let entries = compiled.plan.as_ref().expect("it is planned").entries();
    let epoch = |store: &Store| store.record().files.get(&file.path).map_or(0, |noted| noted.epoch);
    let before = epoch(&store);
    if let Err(why) = store.put(file, entries, value, Date::from_days(compiled.sources.today)) {
        return Ok(terminal.wrong(&format!("{}: {why}", file.path)));
    }
    let raised = epoch(&store) != before;
    store.commit(&mut |_| {})?;
    written(verb, file, entries, raised, terminal);
    Ok(Outcome::Fine)
}

/// Says that a file was written, who opens it, and what restarts when the hosts are deployed.
fn written(verb: &str, file: &SecretFile<'_>, entries: &Entries, raised: bool, terminal: &Terminal) {
    let keys = crate::diag::counted(keys(file, entries).len(), "key");
    terminal.say(verb, &format!("{}, encrypted to {keys}", file.path));
    for line in readers(file, entries, raised) {
        terminal.say(if raised { "Restarts" } else { "Read by" }, &line);
    }
    if raised {
        terminal.say("Next", "run `cistern generate`, commit, and deploy: that is when they restart");
    }
}

/// A line for every host that reads a file: the units that read it there.
fn readers(file: &SecretFile<'_>, entries: &Entries, restarting: bool) -> Vec<String> {
    if restarting {
        return restarts(entries, &[file]).into_iter().map(|(_, line)| line).collect();
    }
    let line = |(host, units): (&HostName, BTreeSet<&str>)| match units.is_empty() {
        true => host.to_string(),
        false => on(host, &units),
    };
    rotation::readers(entries, &[file]).into_iter().map(line).collect()
}
