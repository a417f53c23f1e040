//! `prometheus/rules/secrets.yml`: how old secrets are, how old they may become, and an alert.
//!
//! Ages are differences to the present, so the file is the same every day until a value changes.

use std::collections::BTreeMap;

use super::alerts::{Around, OVERDUE, built_in, settings};
use super::file::{Group, Rule};
use super::needs::some_secret_ages;
use crate::alerts;
use crate::place::Entries;
use crate::place::recipients::secret_files;

/// Seconds since the value was set.
pub const AGE: &str = "cistern_secret_age_seconds";

/// Seconds after which it should be another.
pub const ROTATE_AFTER: &str = "cistern_secret_rotate_after_seconds";

/// The group of rules; none where no secret may not grow old.
pub(super) fn group(around: &Around<'_>, entries: &Entries) -> Option<Group> {
    if !some_secret_ages(entries) {
        return None;
    }
    let mut rules = recorded(entries);
    rules.extend(overdue(around, entries));
    Some(Group::new("cistern-secrets", rules))
}

/// The two figures of every file whose value may not grow old. The age of one that nobody noted is not known.
fn recorded(entries: &Entries) -> Vec<Rule> {
    let mut rules = Vec::new();
    for file in secret_files(entries) {
        let secret = &entries.secrets[file.secret];
        let Some(every) = &secret.rotate_every else { continue };
        let labels =
            BTreeMap::from([("file".to_owned(), file.path.clone()), ("secret".to_owned(), file.secret.to_string())]);
        let mut record = |name: &str, expr| rules.push(Rule::record(name, expr).labelled(labels.clone()));
        if let Some(changed) = secret.changed.get(&file.path) {
            record(AGE, format!("vector(time() - {})", changed.seconds()));
        }
        record(ROTATE_AFTER, format!("vector({})", every.seconds()));
    }
    rules
}

fn overdue(around: &Around<'_>, entries: &Entries) -> Option<Rule> {
    let alert = alerts::find(OVERDUE).expect("it stands in the table");
    built_in(around, alert, settings(entries, OVERDUE), |text| text)
}
