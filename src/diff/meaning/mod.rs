//! Plan × plan → what is different by meaning: entries created, removed, changed, moved and renamed.
//!
//! Nothing is lost: applied to the old plan, the changes give the new one (`tests/laws/differences.rs`).

mod attributes;
mod plan;
mod renames;

use std::collections::BTreeMap;

use serde_json::Value;

pub use attributes::{Attribute, shown, texts};
pub use plan::{Key, Kind, Lines, Refused};
pub use renames::Rename;

use plan::Entries;

/// What is different between two plans.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Meaning {
    /// Hosts that go on under another name. All other changes are told with the new names.
    pub renames: Vec<Rename>,
    /// Everything else, in the order of the keys.
    pub changes: Vec<Change>,
}

/// What became of one entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The entry; of what moved, where it is now.
    pub key: Key,
    /// What became of it.
    pub what: What,
}

/// What becomes of an entry.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// It is new, with this value.
    Created(Value),
    /// It is gone, and had this value.
    Removed(Value),
    /// Some of its attributes differ.
    Changed(Vec<Attribute>),
    /// An instance left one host for another.
    Moved {
        /// The host that it left.
        from: String,
        /// What differs beside.
        attributes: Vec<Attribute>,
    },
}

impl Meaning {
    /// Says whether the plans are the same.
    pub fn is_empty(&self) -> bool {
        self.renames.is_empty() && self.changes.is_empty()
    }

    /// Lists the changes of one kind of entry.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.key.kind == kind)
    }
}

impl Change {
    /// The attributes that differ; none of what is new or gone.
    pub fn attributes(&self) -> &[Attribute] {
        match &self.what {
            What::Changed(attributes) | What::Moved { attributes, .. } => attributes,
            What::Created(_) | What::Removed(_) => &[],
        }
    }
}

/// Compares two plans.
///
/// `alike` says of a host that is gone and of one that is new whether other evidence than their keys shows one machine.
///
/// # Errors
/// A line that differs is none of a plan.
pub fn meaning(old: &Lines<'_>, new: &Lines<'_>, alike: impl Fn(&str, &str) -> bool) -> Result<Meaning, Refused> {
    let (olds, mut news) = plan::differing(old, new)?;
    let renames = renames::find(&olds, &news, alike);
    let mut olds = renames::renamed(olds, &renames);
    let mut changes = Vec::new();
    let (was, is) = (Value::Object(old.fleet.clone()), Value::Object(new.fleet.clone()));
    let heading = attributes::between(&was, &is);
    if !heading.is_empty() {
        changes.push(Change { key: Key::of(Kind::Fleet, "fleet"), what: What::Changed(heading) });
    }
    for (key, from) in moves(&olds, &news) {
        let left = Key { host: from.clone(), ..key.clone() };
        let (Some(was), Some(is)) = (olds.remove(&left), news.remove(&key)) else { continue };
        let attributes = attributes::between(&was, &is);
        changes.push(Change { key, what: What::Moved { from, attributes } });
    }
    for (key, is) in news {
        match olds.remove(&key) {
            None => changes.push(Change { key, what: What::Created(is) }),
            Some(was) => {
                let attributes = attributes::between(&was, &is);
                if !attributes.is_empty() {
                    changes.push(Change { key, what: What::Changed(attributes) });
                }
            }
        }
    }
    changes.extend(olds.into_iter().map(|(key, was)| Change { key, what: What::Removed(was) }));
    changes.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(Meaning { renames, changes })
}

/// The instances that leave a host while one of the same service comes to another: where to, and where from.
///
/// Those that are the same but for the host find each other first; one that runs and one that stands by never do.
fn moves(olds: &Entries, news: &Entries) -> Vec<(Key, String)> {
    let instances = |side: &Entries, other: &Entries| {
        let mut found: BTreeMap<String, Vec<Key>> = BTreeMap::new();
        for key in side.keys().filter(|key| key.kind == Kind::Instance && !other.contains_key(key)) {
            found.entry(key.name.clone()).or_default().push(key.clone());
        }
        found
    };
    let (mut left, come) = (instances(olds, news), instances(news, olds));
    let mut moves = Vec::new();
    for (service, mut come) in come {
        let Some(left) = left.get_mut(&service) else { continue };
        for exactly in [true, false] {
            come.retain(|key| {
                let stands_by = |entry: &Value| entry["standby"] == true;
                let fits = |from: &Key| match exactly {
                    true => olds[from] == news[key],
                    false => stands_by(&olds[from]) == stands_by(&news[key]),
                };
                let found = left.iter().position(fits);
                if let Some(at) = found {
                    moves.push((key.clone(), left.remove(at).host));
                }
                found.is_none()
            });
        }
    }
    moves
}
