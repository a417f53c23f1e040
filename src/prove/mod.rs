//! Draft → Plan: the rules that need placement. Only [`prove`] makes a plan.

mod kinds;
mod ports;
mod roles;
mod secrets;
mod settings;

use crate::diag::{Diagnostic, Faults, Levels, Stage, codes};
use crate::kind::Kinds;
use crate::nix::Templates;
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

/// One rule of the plan stage that fills in templates.
pub type TemplateRule = fn(&Draft, &Templates, &mut Faults);

/// Every such rule.
pub const TEMPLATE_RULES: &[TemplateRule] = &[settings::change_something];

/// Runs every rule of the plan stage; `None` when there is an error among the faults.
pub fn prove(draft: Draft, templates: &Templates, faults: &mut Faults) -> Option<Plan> {
    for rule in RULES {
        rule(&draft, faults);
    }
    for rule in TEMPLATE_RULES {
        rule(&draft, templates, faults);
    }
    let levels = &draft.fleet().levels;
    levels.settle(faults);
    if faults.has_errors() {
        return None;
    }
    idle_lints(levels, faults);
    levels.settle(faults);
    if faults.has_errors() {
        return None;
    }
    let (checked, entries) = draft.into_parts();
    Some(Plan { entries, kinds: checked.into_fleet().kinds })
}

/// Reports decisions about codes that concerned nothing, now that every rule has looked.
fn idle_lints(levels: &Levels, faults: &mut Faults) {
    for (id, span) in levels.idle(faults) {
        let stage = codes::find(id).expect("levels hold known codes").stage;
        // What is found while files are written is not known yet.
        if stage == Stage::Tree || id == codes::IDLE_LINT.id {
            continue;
        }
        faults.push(
            Diagnostic::new(codes::IDLE_LINT, format!("{id} is not found here"))
                .at(span, "this concerns nothing")
                .help("remove it, so that it does not hide the next one"),
        );
    }
}
