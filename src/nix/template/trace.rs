//! Which line of a template gave which option, and what its holes took: the template is filled in once more, with a
//! comment of ours before everything that it sets and before every hole.

use std::ops::Range;

use serde::Serialize;

use super::uses::{Condition, Use, Uses, uses};
use super::{Outline, Templates, body_of, environment, fault, outline};
use crate::nix::assigned::{Assigned, assigned};
use crate::nix::fault::Fault;
use minijinja::value::{Serde, Value as Dynamic};

/// How a comment of ours begins, and how it ends.
const OPEN: &str = " /*cistern:";
const CLOSE: &str = "*/";

/// What a template set, filled in with one context.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    /// One for each option, in the order of the text that came out.
    pub settings: Vec<Traced>,
}

/// One option that came out of a template.
#[derive(Debug, Clone)]
pub struct Traced {
    /// The option; its places are those of a text that nobody keeps.
    pub assigned: Assigned,
    /// The template that its line stands in, which is another one where templates are included.
    pub template: String,
    /// Where its line begins in that template, in bytes.
    pub key: usize,
    /// The holes that gave names of its path.
    pub names: Vec<Use>,
    /// The holes that gave its value, or parts of it.
    pub values: Vec<Use>,
    /// The conditions that its line stands under, the outermost first.
    pub conditions: Vec<Condition>,
}

/// A template with comments of ours in it.
struct Marked<'t> {
    name: &'t str,
    source: &'t str,
    outline: Outline,
    uses: Uses,
    text: String,
}

enum Mark {
    Setting(usize),
    Hole(usize),
}

impl Templates {
    /// Fills in a template and says of each option that comes out where it stands and what its holes took.
    ///
    /// # Errors
    /// Those of [`Templates::render`].
    pub fn trace<S: Serialize + ?Sized>(&self, name: &str, context: &S) -> Result<Trace, Fault> {
        let Some(source) = self.source(name) else {
            return Err(Fault::nowhere(format!("there is no template `{name}`")).of(name));
        };
        let names = match source.contains("include") {
            true => self.names().collect(),
            false => vec![name],
        };
        let marked: Vec<Marked<'_>> =
            names.into_iter().enumerate().filter_map(|(at, name)| Some(mark(at, name, self.source(name)?))).collect();
        let mut environment = environment();
        for template in &marked {
            environment
                .add_template(template.name, &template.text)
                .map_err(|error| fault(&error, &self.sources).of(template.name))?;
        }
        let template = environment.get_template(name).map_err(|error| fault(&error, &self.sources).of(name))?;
        let text = template.render(Dynamic::from(Serde(context))).map_err(|error| fault(&error, &self.sources))?;
        let found = assigned(&text);
        Ok(Trace { settings: found.into_iter().filter_map(|one| traced(one, &text, &marked)).collect() })
    }
}

/// Puts comments into a template; a place is known again by its template's number and its own.
fn mark<'t>(number: usize, name: &'t str, source: &'t str) -> Marked<'t> {
    let outline = outline(source);
    let mut places: Vec<(usize, String)> = Vec::new();
    for (at, one) in outline.assigned.iter().enumerate() {
        places.push((start(one), format!("{OPEN}{number}:a{at}{CLOSE}")));
    }
    for (at, hole) in outline.holes.iter().enumerate() {
        places.push((hole.range.start, format!("{OPEN}{number}:h{at}{CLOSE}")));
    }
    places.sort();
    let mut last = body_of(source);
    let mut text = String::with_capacity(source.len() + places.len() * 20);
    for (at, mark) in places {
        text.push_str(&source[last..at]);
        text.push_str(&mark);
        last = at;
    }
    text.push_str(&source[last..]);
    Marked { name, source, uses: uses(source), outline, text }
}

/// Where the last name of an option's path begins: those of outer sets stand elsewhere.
fn start(one: &Assigned) -> usize {
    one.path.last().map_or(one.range.start, |segment| segment.range.start)
}

fn traced(one: Assigned, text: &str, marked: &[Marked<'_>]) -> Option<Traced> {
    // What stands below the value of a hole has no comment; the name above it has.
    let (at, template, number) = one.path.iter().enumerate().rev().find_map(|(at, segment)| {
        marks_before(text, segment.range.start).find_map(|(template, mark)| match mark {
            Mark::Setting(number) => Some((at, template, number)),
            Mark::Hole(_) => None,
        })
    })?;
    let from = marked.get(template)?;
    let place = from.outline.assigned.get(number)?;
    let (key, source) = (start(place), from.source);
    let hole = |template: usize, number: usize| {
        let from = marked.get(template)?;
        from.uses.hole_in(&from.outline.holes.get(number)?.range).cloned()
    };
    let holes = |marks: &mut dyn Iterator<Item = (usize, Mark)>| -> Vec<Use> {
        let numbers = marks.filter_map(|(template, mark)| match mark {
            Mark::Hole(number) => hole(template, number),
            Mark::Setting(_) => None,
        });
        let mut found = Vec::new();
        numbers.for_each(|hole| {
            if !found.contains(&hole) {
                found.push(hole);
            }
        });
        found
    };
    let names = one.path[..=at].iter().flat_map(|segment| marks_before(text, segment.range.start));
    let names = holes(&mut names.into_iter());
    let inside = marks_before(text, one.range.start).chain(marks_in(text, one.range.clone()));
    let values = match at + 1 == one.path.len() {
        true => holes(&mut inside.into_iter()),
        // Its name and its value come from a map that one hole printed.
        false => holes(&mut marks_before(text, value_start(text, one.path[at].range.end))),
    };
    let conditions = from.uses.conditions_at(key).cloned().collect();
    // Names of outer sets may stand on lines above.
    let line = source[..key].rfind('\n').map_or(0, |at| at + 1);
    let first = place.path.iter().map(|segment| segment.range.start).find(|start| (line..=key).contains(start));
    let key = first.unwrap_or(key);
    Some(Traced { assigned: one, template: from.name.to_owned(), key, names, values, conditions })
}

/// The comments of ours that stand right before a place, the nearest first.
fn marks_before(text: &str, place: usize) -> impl Iterator<Item = (usize, Mark)> {
    let mut rest = text[..place].trim_end();
    std::iter::from_fn(move || {
        let inner = rest.strip_suffix(CLOSE)?;
        let at = inner.rfind(OPEN)?;
        let mark = read(&inner[at + OPEN.len()..])?;
        rest = text[..at].trim_end();
        Some(mark)
    })
}

fn marks_in(text: &str, range: Range<usize>) -> impl Iterator<Item = (usize, Mark)> {
    text[range].split(OPEN).skip(1).filter_map(|rest| read(rest.split(CLOSE).next()?))
}

/// Where a value begins whose name ends at a place: behind the sign and the functions of priority.
fn value_start(text: &str, name_end: usize) -> usize {
    text[name_end..].find('{').map_or(name_end, |at| name_end + at)
}

/// Reads `0:h12`.
fn read(mark: &str) -> Option<(usize, Mark)> {
    let (template, rest) = mark.split_once(':')?;
    let (kind, number) = (rest.get(..1)?, rest.get(1..)?.parse().ok()?);
    Some((template.parse().ok()?, if kind == "a" { Mark::Setting(number) } else { Mark::Hole(number) }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_option_is_led_back_to_its_line() {
        let page = "---\nx: 1\n---\n{ pkgs, ... }:\n{\n{% include \"part\" %}\n  services.{{ service | attr }} = {\n    enable = true;\n\
                    {% if port > 80 %}\n    port = lib.mkOverride 900 {{ port }};\n{% else %}\n    port = 80;\n{% endif %}\n\
                    {% for name in names %}\n    hosts.{{ name | attr }} = [ {{ name ~ service }} \"x\" ];\n{% endfor %}\n\
                    environment = {{ env }};\n  };\n}\n";
        let part = "users.groups.{{ service | attr }} = { };\n";
        let sources = [("page", page), ("part", part)].map(|(name, text)| (name.to_owned(), text.to_owned()));
        let (templates, faults) = Templates::new(sources);
        assert_eq!(faults, []);
        let context = serde_json::json!({
            "service": "tv", "port": 81, "names": ["a", "b.c"], "env": BTreeMap::from([("A", "/*cistern:9:a9*/")]),
        });
        let found = templates.trace("page", &context).unwrap();
        let shown: Vec<_> = found
            .settings
            .iter()
            .map(|one| {
                let line = templates.source(&one.template).unwrap()[..one.key].matches('\n').count() + 1;
                let holes = |holes: &[Use]| holes.iter().map(|h| h.expression.clone()).collect::<Vec<_>>().join(", ");
                let under: Vec<_> = one.conditions.iter().map(|condition| condition.text.as_str()).collect();
                format!(
                    "{} {}:{line} [{}] [{}] {under:?}",
                    one.assigned.dotted(),
                    one.template,
                    holes(&one.names),
                    holes(&one.values)
                )
            })
            .collect();
        let expected = [
            "users.groups.tv part:1 [service | attr] [] []",
            "services.tv.enable page:8 [service | attr] [] []",
            "services.tv.port page:10 [service | attr] [port] [\"if port > 80\"]",
            "services.tv.hosts.a page:15 [service | attr, name | attr] [name ~ service] [\"for name in names\"]",
            "services.tv.hosts.b.c page:15 [service | attr, name | attr] [name ~ service] [\"for name in names\"]",
            "services.tv.environment.A page:17 [service | attr] [env] []",
        ];
        assert_eq!(shown, expected);
    }
}
