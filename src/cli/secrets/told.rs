//! What a new value brings about, told in the same way by every verb that gives one.

use super::Terminal;
use crate::place::Entries;
use crate::place::recipients::SecretFile;
use crate::secrets::store::keys;

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
    let line = |host: &&crate::value::HostName| {
        let machine = entries.hosts.get(*host)?.machine.as_ref();
        let units = machine.and_then(|machine| machine.secrets.get(file.secret)).map(|binding| &binding.units);
        let units: Vec<_> = units.into_iter().flatten().map(|unit| format!("{unit}.service")).collect();
        Some(match (units.is_empty(), restarting) {
            (false, _) => format!("{} on {host}", units.join(", ")),
            (true, true) => format!("nothing on {host}: no unit is known to read it there"),
            (true, false) => format!("{host}"),
        })
    };
    file.hosts.iter().filter_map(line).collect()
}
