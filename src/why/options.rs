//! NixOS options: the line of the generated module that sets one, the line of the template that wrote it, and what fed it.

use serde_json::Value;

use super::answer::Leaf;
use super::by_hand::{self, ByHand};
use super::feeds::{Feed, Feeds};
use super::matching::{PLAIN, Relation, line_of, priority, relation};
use super::view::View;
use crate::emit::{HostTrace, PartOf};
use crate::kind::BUILT_IN;
use crate::nix::{self, Assigned, Literal, Traced};
use crate::source::{FileId, Span};

/// What Cistern's own line gives an option: how strongly, and as what.
#[derive(Debug, Clone)]
pub struct Written {
    /// The option.
    pub option: String,
    /// What it is set to, as Nix.
    pub text: String,
    /// The same as a value, where it is a plain one.
    pub value: Option<Value>,
    /// Its line in the generated module, from 1.
    pub line: usize,
    /// Its column there, from 1.
    pub column: usize,
    /// How strong it is: lower numbers win, 100 is a plain value's.
    pub priority: u32,
    /// What the template was filled in for.
    pub of: PartOf,
    /// What of the definition brought the template to this host.
    pub because: Vec<Leaf>,
    /// The template's line.
    pub template: Span,
    /// What gave names of the path.
    pub names: Vec<Feed>,
    /// What gave the value.
    pub values: Vec<Feed>,
    /// What decided that the line is there.
    pub conditions: Vec<Feed>,
}

/// A NixOS option of one host.
#[derive(Debug, Clone)]
pub struct OptionAnswer {
    /// Its path as it was asked for.
    pub option: String,
    /// Cistern's lines, the strongest first.
    pub written: Vec<Written>,
    /// Lines of hand-written modules.
    pub by_hand: Vec<ByHand>,
}

/// The options of one host's module.
pub struct Options<'v, 'k> {
    view: &'v View<'k>,
    own: Vec<Leaf>,
    trace: &'v HostTrace,
    /// Every line of the module, with the part that it came from and its place in there.
    lines: Vec<(Assigned, usize, usize)>,
}

impl<'v, 'k> Options<'v, 'k> {
    /// Leads every line of a module back to its template.
    pub fn of(view: &'v View<'k>, trace: &'v HostTrace) -> Self {
        let mut left: Vec<Vec<bool>> = trace.parts.iter().map(|part| vec![true; part.trace.settings.len()]).collect();
        let mut lines = Vec::new();
        for one in nix::assigned(&trace.text) {
            let found = trace.parts.iter().enumerate().find_map(|(at, part)| {
                let same = |(number, traced): (usize, &Traced)| {
                    (left[at][number] && traced.assigned.dotted() == one.dotted()).then_some(number)
                };
                part.trace.settings.iter().enumerate().find_map(same).map(|number| (at, number))
            });
            if let Some((part, number)) = found {
                left[part][number] = false;
                lines.push((one, part, number));
            }
        }
        Self { view, own: view.leaves(), trace, lines }
    }

    /// Lists the options that are set, in the order of the module.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.lines.iter().map(|(one, ..)| one.dotted())
    }

    /// Lists the options below a path.
    pub fn below(&self, path: &str) -> Vec<String> {
        let mut found: Vec<_> = self
            .lines
            .iter()
            .filter(|(one, ..)| relation(one, path) == Some(Relation::Below))
            .map(|(one, ..)| one.dotted())
            .collect();
        found.sort();
        found.dedup();
        found
    }

    /// Says where an option comes from; nothing when neither Cistern nor a module sets it, or what holds it.
    pub fn find(&self, path: &str) -> Option<OptionAnswer> {
        let related = |wanted| self.lines.iter().filter(move |(one, ..)| relation(one, path) == Some(wanted));
        let mut written: Vec<_> = related(Relation::Same).map(|line| self.written(line)).collect();
        if written.is_empty() {
            written = related(Relation::Above).map(|line| self.written(line)).collect();
        }
        written.sort_by_key(|one| one.priority);
        let strongest = written.first().map(|one| one.priority);
        let by_hand = by_hand::of(self.view, path, strongest, written.iter().any(Written::adds_up));
        let found = !written.is_empty() || !by_hand.is_empty();
        found.then(|| OptionAnswer { option: path.to_owned(), written, by_hand })
    }

    fn written(&self, (one, part, number): &(Assigned, usize, usize)) -> Written {
        let text = &self.trace.text;
        let part = &self.trace.parts[*part];
        let traced = &part.trace.settings[*number];
        let start = line_of(text, one);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let feeds = Feeds { view: self.view, own: &self.own };
        let names: Vec<String> = one.path.iter().filter_map(|segment| segment.name.clone()).collect();
        let holes = |holes: &[nix::Use]| holes.iter().map(|hole| feeds.of_hole(&part.of, hole, &names)).collect();
        let condition = |condition: &nix::Condition| feeds.of(&part.of, &condition.text, &condition.paths, &names);
        Written {
            option: one.dotted(),
            text: tidied(&text[one.range.clone()]),
            value: plain(&one.value),
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            priority: priority(text, one),
            of: part.of.clone(),
            because: feeds.of_part(&part.of),
            template: self.place(&traced.template, traced.key),
            names: holes(&traced.names),
            values: holes(&traced.values),
            conditions: traced.conditions.iter().map(condition).collect(),
        }
    }

    fn place(&self, template: &str, at: usize) -> Span {
        Span::new(template_file(self.view, template), at, at)
    }
}

impl Written {
    /// Says whether it is a list or a set, which others add to.
    pub fn adds_up(&self) -> bool {
        self.priority == PLAIN && self.text.starts_with(['[', '{'])
    }
}

fn template_file(view: &View<'_>, template: &str) -> FileId {
    let sources = &view.known.sources;
    let found =
        sources.find(&format!("templates/{template}")).or_else(|| sources.find(&format!("{BUILT_IN}{template}")));
    found.expect("a template that was filled in is one of the sources")
}

fn plain(value: &Literal) -> Option<Value> {
    match value {
        Literal::Text(text) => Some(text.as_str().into()),
        Literal::Bool(value) => Some((*value).into()),
        Literal::Number(number) => Some((*number).into()),
        Literal::Empty => Some(Value::Object(serde_json::Map::new())),
        Literal::Null => Some(Value::Null),
        // Shown as the Nix that it is.
        Literal::Fraction | Literal::Path | Literal::List(_) | Literal::Set(_) | Literal::Computed => None,
    }
}

/// Nix text on one line where that changes nothing: white space outside of strings.
fn tidied(text: &str) -> String {
    if text.contains("''") || text.contains('#') || text.lines().any(|line| line.matches('"').count() % 2 == 1) {
        return text.to_owned();
    }
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}
