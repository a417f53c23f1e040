//! Draft → Plan: the rules that need placement. Only [`prove`] makes a plan.

mod exposure;
mod kinds;
mod ports;
mod recipients;
mod secrets;
mod settings;

use crate::check::{Rule, rules};
use crate::diag::{Diagnostic, Faults, Levels, Stage, codes};
use crate::kind::Kinds;
use crate::model::Kept;
use crate::model::placing::Placing;
use crate::nix::Templates;
use crate::place::{Draft, Entries};

/// Every decision, proved.
#[derive(Debug)]
pub struct Plan {
    entries: Entries,
    kinds: Kinds,
    levels: Levels,
    kept: Kept,
    placing: Placing,
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

    /// The encrypted files, and what is known of them.
    pub fn kept(&self) -> &Kept {
        &self.kept
    }

    /// How services were placed.
    pub fn placing(&self) -> &Placing {
        &self.placing
    }

    /// What the definition makes of codes, for what is found later.
    pub fn levels(&self) -> &Levels {
        &self.levels
    }
}

/// A rule that looks at the draft.
type DraftRule = Rule<fn(&Draft, &mut Faults)>;

/// A rule that fills in templates.
type TemplateRule = Rule<fn(&Draft, &Templates, &mut Faults)>;

/// Every rule, in the order of its family.
pub const RULES: &[DraftRule] = rules![
    kinds::stand_once,
    ports::stand_once,
    exposure::ports_may_be_had,
    exposure::open_ports_are_meant,
    secrets::paths_stand_once,
    recipients::are_as_planned,
];

/// Every rule that fills in templates.
pub const TEMPLATE_RULES: &[TemplateRule] = rules![settings::change_something,];

/// Runs every rule of the plan stage; `None` when there is an error among the faults.
pub fn prove(draft: Draft, templates: &Templates, faults: &mut Faults) -> Option<Plan> {
    for rule in RULES {
        (rule.run)(&draft, faults);
    }
    for rule in TEMPLATE_RULES {
        (rule.run)(&draft, templates, faults);
    }
    let levels = &draft.fleet().levels;
    levels.settle(faults);
    if levels.stop(faults) {
        return None;
    }
    idle_lints(levels, faults);
    levels.settle(faults);
    if levels.stop(faults) {
        return None;
    }
    let (checked, entries) = draft.into_parts();
    let fleet = checked.into_fleet();
    Some(Plan { entries, kinds: fleet.kinds, levels: fleet.levels, kept: fleet.kept, placing: fleet.placing })
}

/// Reports decisions about codes that concerned nothing, now that every rule has looked.
fn idle_lints(levels: &Levels, faults: &mut Faults) {
    for (id, span) in levels.idle(faults) {
        let stage = codes::find(id).expect("levels hold known codes").stage;
        // What is found while files are written is not known yet.
        if matches!(stage, Stage::Tree | Stage::Change) || id == codes::IDLE_LINT.id {
            continue;
        }
        faults.push(
            Diagnostic::new(codes::IDLE_LINT, format!("{id} is not found here"))
                .at(span, "this concerns nothing")
                .help("remove it, so that it does not hide the next one"),
        );
    }
}
