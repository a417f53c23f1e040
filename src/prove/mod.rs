//! Draft → Plan: the rules that need placement. Only [`prove`] makes a plan.

mod kinds;
mod ports;
mod roles;
mod secrets;

use crate::diag::Faults;
use crate::kind::Kinds;
use crate::place::{Draft, Entries};

pub use ports::PROMETHEUS;

/// Every decision, proved.
#[derive(Debug)]
pub struct Plan {
    entries: Entries,
    kinds: Kinds,
}

impl Plan {
    /// What was decided.
    pub fn entries(&self) -> &Entries {
        &self.entries
    }

    /// The kinds that its services are of.
    pub fn kinds(&self) -> &Kinds {
        &self.kinds
    }
}

/// One rule of the plan stage.
pub type Rule = fn(&Draft, &mut Faults);

/// Every rule, in the order of its family.
pub const RULES: &[Rule] = &[kinds::stand_once, ports::stand_once, roles::are_filled, secrets::paths_stand_once];

/// Runs every rule of the plan stage; `None` when there is an error among the faults.
pub fn prove(draft: Draft, faults: &mut Faults) -> Option<Plan> {
    for rule in RULES {
        rule(&draft, faults);
    }
    if faults.has_errors() {
        return None;
    }
    let (checked, entries) = draft.into_parts();
    Some(Plan { entries, kinds: checked.into_fleet().kinds })
}
