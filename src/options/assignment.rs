//! What a module sets, option by option, the items of its lists included.

use std::ops::Range;

use crate::nix::{Assigned, Literal, Segment, attr_name};

/// One option that is set, or a part of one.
#[derive(Debug, Clone)]
pub(super) struct Assignment {
    /// The names of its path, from the outermost.
    pub(super) steps: Vec<Step>,
    /// What it is set to.
    pub(super) value: Literal,
    /// The place of that, in bytes.
    pub(super) range: Range<usize>,
}

/// One step of an option's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// Where it leads.
    pub(super) name: Name,
    /// The place of the name, in bytes; that of the whole list for an item.
    pub(super) range: Range<usize>,
}

/// Where a step leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    /// To an attribute.
    Is(String),
    /// To an attribute whose name is computed.
    Any,
    /// To an item of a list, counted from 0.
    Item(usize),
}

/// Lists what a module sets; what stands in sets that are items of a list has entries of its own.
pub(super) fn assignments(assigned: Vec<Assigned>) -> Vec<Assignment> {
    let mut all = Vec::with_capacity(assigned.len());
    for one in assigned {
        add(&[], one, &mut all);
    }
    all
}

fn add(base: &[Step], one: Assigned, all: &mut Vec<Assignment>) {
    let mut steps = base.to_vec();
    steps.extend(one.path.into_iter().map(Step::from));
    let (value, range) = (one.value, one.range);
    all.push(Assignment { steps: steps.clone(), value: value.clone(), range: range.clone() });
    let Literal::List(items) = value else { return };
    for (at, item) in items.into_iter().enumerate() {
        let Literal::Set(entries) = item else { continue };
        let mut inner = steps.clone();
        inner.push(Step { name: Name::Item(at), range: range.clone() });
        entries.into_iter().for_each(|entry| add(&inner, entry, all));
    }
}

impl From<Segment> for Step {
    fn from(segment: Segment) -> Self {
        Self { name: segment.name.map_or(Name::Any, Name::Is), range: segment.range }
    }
}

/// The path with dots, as it stands in Nix: `services.nginx.virtualHosts."a.example.org".root`.
pub(super) fn dotted(steps: &[Step]) -> String {
    let name = |step: &Step| match &step.name {
        Name::Is(name) => attr_name(name).map_or_else(|_| "…".to_owned(), std::borrow::Cow::into_owned),
        Name::Any | Name::Item(_) => "*".to_owned(),
    };
    steps.iter().map(name).collect::<Vec<_>>().join(".")
}
