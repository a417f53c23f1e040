//! Levels: what the definition's `lints` and `accept` make of a finding.

use std::collections::BTreeMap;

use super::{Code, Diagnostic, Faults, Severity, Subject};
use crate::source::Span;

/// What a lint makes of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It is counted and not shown.
    Allow,
    /// It is shown, and nothing is refused.
    Warn,
    /// It is an error.
    Deny,
}

/// One decision of the definition about a code.
#[derive(Debug, Clone)]
pub struct Ruling {
    /// What becomes of the code.
    pub level: Level,
    /// Why.
    pub reason: String,
    /// Where it was said.
    pub span: Span,
}

/// Every decision about codes: of the fleet, and of single entries.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    /// `lints`, by the code's id.
    pub fleet: BTreeMap<&'static str, Ruling>,
    /// `accept`, by the entry and the code's id.
    pub entries: BTreeMap<(Subject, &'static str), Ruling>,
    /// Whether errors that leave the plan whole stop nothing: whoever encrypts a password that lies open can do so.
    pub lenient: bool,
}

impl Levels {
    /// Says whether one of the findings is an error on which nothing whole can be made.
    pub fn stop(&self, faults: &Faults) -> bool {
        let stops = |d: &&Diagnostic| d.severity == Severity::Error && !(self.lenient && d.code.may_allow);
        faults.list.iter().any(|diagnostic| stops(&diagnostic))
    }

    /// Gives every finding its severity.
    pub fn settle(&self, faults: &mut Faults) {
        if self.fleet.is_empty() && self.entries.is_empty() {
            return;
        }
        for diagnostic in faults.list.iter_mut().filter(|diagnostic| diagnostic.reason.is_none()) {
            if let Some(ruling) = self.ruling(diagnostic) {
                diagnostic.severity = match ruling.level {
                    Level::Allow => Severity::Allowed,
                    Level::Warn => Severity::Warning,
                    Level::Deny => Severity::Error,
                };
                diagnostic.reason = (ruling.level == Level::Allow).then(|| ruling.reason.clone());
            }
        }
    }

    /// The decision that a finding falls under: that of its entry, else that of the fleet.
    fn ruling(&self, diagnostic: &Diagnostic) -> Option<&Ruling> {
        let id = diagnostic.code.id;
        let of_entry = diagnostic.about.first().and_then(|subject| self.entries.get(&(subject.clone(), id)));
        of_entry.or_else(|| self.fleet.get(id))
    }

    /// Lists the codes and places of decisions that concerned none of the findings.
    pub fn idle(&self, faults: &Faults) -> Vec<(&'static str, Span)> {
        let found = |wanted: &dyn Fn(&Diagnostic) -> bool| faults.list.iter().any(wanted);
        let fleet = self.fleet.iter().filter(|(id, _)| !found(&|d| d.code.id == **id));
        let entries = self
            .entries
            .iter()
            .filter(|((subject, id), _)| !found(&|d| d.code.id == *id && d.about.first() == Some(subject)));
        let fleet = fleet.map(|(id, ruling)| (*id, ruling.span));
        fleet.chain(entries.map(|((_, id), ruling)| (*id, ruling.span))).collect()
    }
}

impl Level {
    /// Says whether a code can have it.
    pub fn suits(self, code: &Code) -> bool {
        code.may_allow || self == Self::Deny
    }
}
