//! Where a fault of an emitted option stands: in the template, and in the definition where a hole takes it from there.

use std::ops::Range;

use super::assignment::{Assignment, Name, Step, assignments};
use super::finding::Finding;
use crate::load::{Body, Node, Raw};
use crate::nix::{Literal, Outline, outline};
use crate::source::Span;
use crate::value::ServiceName;

/// A template as it stands, and what it may set.
pub(super) struct Template {
    outline: Outline,
    assignments: Vec<Assignment>,
}

/// A place in a template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// In bytes of the template.
    range: (usize, usize),
    /// What stands in the hole there.
    hole: Option<String>,
    /// The steps that lead on from the hole's value.
    rest: Vec<Name>,
}

impl Template {
    /// Reads a template: a module, or bindings that others include.
    pub(super) fn read(source: &str) -> Self {
        const OPEN: &str = "{";
        let mut whole = outline(source);
        let mut shift = 0;
        if whole.assigned.is_empty() {
            whole = outline(&format!("{OPEN}{source}\n}}"));
            shift = OPEN.len();
        }
        let back = |range: &mut Range<usize>| *range = range.start - shift..range.end - shift;
        let mut assignments = assignments(std::mem::take(&mut whole.assigned));
        for assignment in &mut assignments {
            back(&mut assignment.range);
            assignment.steps.iter_mut().for_each(|step| back(&mut step.range));
        }
        whole.holes.iter_mut().for_each(|hole| back(&mut hole.range));
        Self { outline: whole, assignments }
    }

    /// Finds what sets an option that came out of it.
    pub(super) fn locate(&self, finding: &Finding) -> Option<Place> {
        let steps = &finding.steps;
        let fits = |assignment: &&Assignment| assignment.steps.iter().zip(steps).all(|(own, step)| leads_to(own, step));
        let likeness = |assignment: &&Assignment| {
            let exact = assignment.steps.iter().filter(|step| step.name != Name::Any).count();
            (assignment.steps.len().min(steps.len()), exact)
        };
        // Of several branches the first one is as good as any.
        let own = self.assignments.iter().rev().filter(fits).max_by_key(likeness)?;
        let is_named = finding.at < own.steps.len() && (finding.is_of_name() || finding.at + 1 < own.steps.len());
        let range = if is_named { own.steps[finding.at].range.clone() } else { own.range.clone() };
        let mut holes = self.outline.holes_in(&range);
        let hole = holes.next().filter(|_| holes.next().is_none()).map(|hole| hole.expression.clone());
        let rest = steps.get(own.steps.len()..).unwrap_or_default();
        let rest = rest.iter().map(|step| step.name.clone()).collect();
        Some(Place { range: (range.start, range.end), hole, rest })
    }
}

fn leads_to(own: &Step, step: &Step) -> bool {
    match (&own.name, &step.name) {
        (Name::Any, Name::Is(_) | Name::Any) | (Name::Item(_), Name::Item(_)) => true,
        (own, step) => own == step,
    }
}

/// Finds what the definition gives for the hole at a place: what the hole names, or what is called so and stands once.
pub(super) fn in_definition(raw: &Raw, service: &ServiceName, place: &Place, finding: &Finding) -> Option<Span> {
    let hole = place.hole.as_ref()?;
    let service = raw.root.get("services")?.value.get(service.as_str())?;
    let settings = &service.value.get("settings")?.value;
    if let Some(path) = hole.strip_prefix("settings.").filter(|path| path.split('.').all(is_word)) {
        let names = path.split('.').map(|name| Name::Is(name.to_owned())).chain(place.rest.iter().cloned());
        return follow(settings, names, finding.is_of_name());
    }
    let mut found = Vec::new();
    match (&finding.steps[finding.at].name, &finding.value) {
        (Name::Is(name), _) if finding.is_of_name() => named(settings, name, &mut found),
        (_, Literal::Text(text)) => spelt(settings, text, &mut found),
        (_, Literal::Number(number)) => spelt(settings, &number.to_string(), &mut found),
        _ => {}
    }
    if let [span] = found[..] { Some(span) } else { None }
}

fn is_word(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Follows names into a value, as far as it has them.
fn follow(top: &Node, names: impl Iterator<Item = Name>, of_name: bool) -> Option<Span> {
    let (mut node, mut span) = (top, None);
    for name in names {
        match (name, &node.body) {
            (Name::Is(name), Body::Map(_)) => {
                let entry = node.get(&name)?;
                span = Some(if of_name { entry.key_span } else { entry.value.span });
                node = &entry.value;
            }
            (Name::Item(at), Body::List(items)) => {
                node = items.get(at)?;
                span = Some(node.span);
            }
            _ => break,
        }
    }
    span
}

/// Collects the keys of a name.
fn named(node: &Node, name: &str, found: &mut Vec<Span>) {
    each(node, &mut |node| {
        if let Body::Map(entries) = &node.body {
            found.extend(entries.iter().filter(|entry| &*entry.key == name).map(|entry| entry.key_span));
        }
    });
}

/// Collects the values of a text.
fn spelt(node: &Node, text: &str, found: &mut Vec<Span>) {
    each(node, &mut |node| {
        if matches!(&node.body, Body::Text(scalar) if &*scalar.text == text) {
            found.push(node.span);
        }
    });
}

fn each(node: &Node, visit: &mut dyn FnMut(&Node)) {
    visit(node);
    match &node.body {
        Body::List(items) => items.iter().for_each(|item| each(item, visit)),
        Body::Map(entries) => entries.iter().for_each(|entry| each(&entry.value, visit)),
        Body::Null | Body::Text(_) => {}
    }
}

impl Place {
    /// The place as a range.
    pub(super) fn range(&self) -> Range<usize> {
        self.range.0..self.range.1
    }
}
