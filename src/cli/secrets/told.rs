//! What a new value brings about, told in the same way by every verb that gives one.

use std::collections::BTreeSet;

use super::Terminal;
use crate::place::Entries;
use crate::place::recipients::SecretFile;
use crate::secrets::rotation::{self, on, restarts};
use crate::secrets::store::keys;
use crate::value::HostName;

/// Says that a file was written, who opens it, and what restarts when the hosts are deployed.
pub(super) fn written(verb: &str, file: &SecretFile<'_>, entries: &Entries, raised: bool, terminal: &Terminal) {
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
pub(super) fn readers(file: &SecretFile<'_>, entries: &Entries, restarting: bool) -> Vec<String> {
    if restarting {
        return restarts(entries, &[file]).into_iter().map(|(_, line)| line).collect();
    }
    let line = |(host, units): (&HostName, BTreeSet<&str>)| match units.is_empty() {
        true => host.to_string(),
        false => on(host, &units),
    };
    rotation::readers(entries, &[file]).into_iter().map(line).collect()
}
