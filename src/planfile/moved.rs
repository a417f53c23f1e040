//! What moved since a plan was made.

use super::{Base, PlanFile, Revision};
use crate::why::aligned;

/// Digits of a hash that are shown.
const SHOWN: usize = 12;

/// Something that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// What: `definition`, `tree`, `flake.lock`, `revision`, `base`, `program` or `diff`.
    pub what: &'static str,
    /// What the plan says.
    pub planned: String,
    /// What it is.
    pub now: String,
}

/// Lists everything that moved between a plan and one that is made now.
pub fn moved(planned: &PlanFile, now: &PlanFile) -> Vec<Moved> {
    let found = |what, planned: String, now: String| Moved { what, planned, now };
    let mut all = Vec::new();
    if planned.definition != now.definition {
        all.push(found("definition", short(&planned.definition), short(&now.definition)));
    }
    if planned.tree != now.tree {
        all.push(found("tree", short(&planned.tree), short(&now.tree)));
    }
    if planned.flake_lock != now.flake_lock {
        all.push(found("flake.lock", optional(&planned.flake_lock), optional(&now.flake_lock)));
    }
    if planned.revision != now.revision {
        all.push(found("revision", revision(planned), revision(now)));
    }
    if (&planned.against.what, &planned.against.tree) != (&now.against.what, &now.against.tree) {
        all.push(found("base", base(&planned.against), base(&now.against)));
    }
    if planned.cistern != now.cistern {
        all.push(found("program", planned.cistern.clone(), now.cistern.clone()));
    }
    // Where what it is made from moved, so did the diff.
    if all.is_empty() && planned.diff != now.diff {
        let planned = "another one than today's".to_owned();
        all.push(found("diff", planned, "an input beside the trees moved, or the file was edited".to_owned()));
    }
    all
}

/// Writes what moved as a table.
pub fn table(moved: &[Moved]) -> String {
    let head = ["MOVED", "PLANNED", "NOW"].map(str::to_owned).to_vec();
    let row = |moved: &Moved| vec![moved.what.to_owned(), moved.planned.clone(), moved.now.clone()];
    aligned(&std::iter::once(head).chain(moved.iter().map(row)).collect::<Vec<_>>(), "")
}

/// The beginning of a hash.
pub(super) fn short(hash: &str) -> String {
    hash.chars().take(SHOWN).collect()
}

pub(super) fn optional(hash: &Option<String>) -> String {
    hash.as_deref().map_or_else(|| "absent".to_owned(), short)
}

pub(super) fn revision(plan: &PlanFile) -> String {
    match &plan.revision {
        None => "no commit".to_owned(),
        Some(Revision { commit, dirty: false }) => short(commit),
        Some(Revision { commit, dirty: true }) => format!("{} and edits", short(commit)),
    }
}

fn base(base: &Base) -> String {
    format!("{}: {}", base.what, short(&base.tree))
}
