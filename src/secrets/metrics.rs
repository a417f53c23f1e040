//! How old secrets are, as node exporter's textfile collector reads it.

use std::fmt::Write as _;

use crate::emit::{AGE, ROTATE_AFTER};
use crate::place::Entries;
use crate::place::recipients::secret_files;
use crate::record::Record;

/// Writes the age of every file whose value was noted, and how old it may become, at a moment in seconds since 1970.
pub fn metrics(entries: &Entries, record: &Record, now: i64) -> String {
    let (mut ages, mut limits) = (String::new(), String::new());
    for file in secret_files(entries) {
        // Names and paths have nothing in them that would need an escape.
        let labels = format!("{{secret=\"{}\",file=\"{}\"}}", file.secret, file.path);
        if let Some(changed) = record.files.get(&file.path).and_then(|noted| noted.changed) {
            let _ = writeln!(ages, "{AGE}{labels} {}", (now - changed.seconds()).max(0));
        }
        if let Some(every) = &entries.secrets[file.secret].rotate_every {
            let _ = writeln!(limits, "{ROTATE_AFTER}{labels} {}", every.seconds());
        }
    }
    let family = |name: &str, help: &str, lines: String| match lines.is_empty() {
        true => String::new(),
        false => format!("# HELP {name} {help}\n# TYPE {name} gauge\n{lines}"),
    };
    family(AGE, "Seconds since the value was set.", ages)
        + &family(ROTATE_AFTER, "Seconds after which the value should be another.", limits)
}
