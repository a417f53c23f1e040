//! Answers as a person reads them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::answer::{Leaf, Said};
use super::ask::Answer;
use super::by_hand::ByHand;
use super::feeds::Feed;
use super::matching::PLAIN;
use super::options::{OptionAnswer, Written};
use super::shown::{aligned, place, value};
use super::unset::NOBODY;
use super::view::View;
use crate::emit::PartOf;
use crate::source::Sources;

/// How wide the words are that lines of an option begin with.
const WIDTH: usize = 9;

/// The longest value that is shown whole where there are many.
const LONGEST: usize = 100;

/// Writes an answer, with a newline at its end.
pub fn text(view: &View<'_>, answer: &Answer) -> String {
    let sources = &view.known.sources;
    let mut blocks = Vec::new();
    if let Some(leaf) = &answer.leaf {
        blocks.push(one(sources, leaf));
    }
    if let Some(entry) = answer.entry.as_ref().filter(|_| answer.leaf.is_none()) {
        blocks.push(format!("{} is there\n{}", entry.dotted(), aligned(&rows(sources, entry, false), "  ")));
    }
    if !answer.below.is_empty() {
        blocks.push(many(sources, &answer.below, ""));
    }
    if let Some(option) = &answer.option {
        blocks.push(setting(view, option, answer.options.is_empty()));
    }
    if !answer.options.is_empty() {
        let title = format!("options of generated/hosts/{}.nix below it", view.name());
        blocks.push(format!("{title}\n{}", answer.options.iter().map(|o| format!("  {o}\n")).collect::<String>()));
    }
    blocks.join("\n")
}

/// One value, with everything that was said of it.
fn one(sources: &Sources, leaf: &Leaf) -> String {
    let mut text = format!("{}\n", headline(leaf));
    text.push_str(&aligned(&rows(sources, leaf, leaf.adds_up), "  "));
    // That nobody set what is not set needs no saying.
    if let Some(why) = leaf.unset.as_ref().filter(|why| !leaf.value.is_null() || *why != NOBODY) {
        let _ = writeln!(text, "  {}", nobody(why));
    }
    leaf.notes.iter().for_each(|note| _ = writeln!(text, "  {note}"));
    text
}

fn headline(leaf: &Leaf) -> String {
    match leaf.value.is_null() {
        true => format!("{} is not set", leaf.dotted()),
        false => format!("{} = {}", leaf.dotted(), value(&leaf.value)),
    }
}

fn nobody(why: &str) -> String {
    match why.strip_prefix(NOBODY) {
        Some(_) => why.to_owned(),
        None => format!("nobody set it: {why}"),
    }
}

/// Who set a value and what it beat, a row each; `values` says whether those who set it said different things.
fn rows(sources: &Sources, leaf: &Leaf, values: bool) -> Vec<Vec<String>> {
    let row = |verb: &str, said: &Said, shown: bool| {
        let at = said.span.map_or_else(String::new, |span| place(sources, span));
        vec![verb.to_owned(), said.by.clone(), at, if shown { value(&said.value) } else { String::new() }]
    };
    let verb = if leaf.adds_up { "adds" } else { "set by" };
    let said =
        leaf.said.iter().map(|said| row(verb, said, values || said.value != leaf.value && !said.value.is_null()));
    said.chain(leaf.beaten.iter().map(|said| row("beats", said, !said.value.is_null()))).collect()
}

/// Many values, a row each.
fn many(sources: &Sources, leaves: &[Leaf], indent: &str) -> String {
    let mut rows = Vec::new();
    for leaf in leaves {
        let mut first = cut(headline(leaf));
        for said in &leaf.said {
            if leaf.adds_up && leaf.said.len() > 1 {
                rows.push(vec![std::mem::take(&mut first), said.by.clone(), at(sources, said), value(&said.value)]);
            } else {
                rows.push(vec![std::mem::take(&mut first), said.by.clone(), at(sources, said)]);
            }
        }
        if leaf.said.is_empty() {
            let why = leaf.unset.clone().filter(|why| !leaf.value.is_null() || why != NOBODY);
            rows.push(vec![first, why.unwrap_or_default()]);
        }
        rows.extend(
            leaf.beaten
                .iter()
                .map(|said| vec![cut(format!("  beats {}", value(&said.value))), said.by.clone(), at(sources, said)]),
        );
    }
    aligned(&rows, indent)
}

/// A line that is not too long to stand beside others.
fn cut(line: String) -> String {
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn at(sources: &Sources, said: &Said) -> String {
    said.span.map_or_else(String::new, |span| place(sources, span))
}

/// An option, line by line of the module.
fn setting(view: &View<'_>, option: &OptionAnswer, alone: bool) -> String {
    let mut text = String::new();
    for (number, written) in option.written.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        let _ = writeln!(text, "{} = {}", written.option, written.text);
        line(view, written, &mut text);
    }
    if option.written.is_empty() {
        let (option, whose) = (&option.option, if alone { "is not Cistern's" } else { "in modules of your own" });
        let _ = writeln!(text, "{option} {whose}");
    }
    option.by_hand.iter().for_each(|module| by_hand(&view.known.sources, &option.option, module, &mut text));
    text
}

fn line(view: &View<'_>, written: &Written, text: &mut String) {
    let sources = &view.known.sources;
    let (line, column) = (written.line, written.column);
    let host = view.name();
    let _ = writeln!(text, "  {:<WIDTH$}  generated/hosts/{host}.nix:{line}:{column}{}", "written", strength(written));
    let _ =
        writeln!(text, "  {:<WIDTH$}  {} ({})", "template", place(sources, written.template), what(view, &written.of));
    let mut told = Told { sources, seen: BTreeSet::new(), text };
    told.block("because", "", &written.because, &[]);
    let quoted = |feed: &Feed| format!("{{{{ {} }}}}", feed.expression);
    written.names.iter().for_each(|feed| told.block("named by", &quoted(feed), &feed.leaves, &feed.notes));
    written.values.iter().for_each(|feed| told.block("from", &quoted(feed), &feed.leaves, &feed.notes));
    written.conditions.iter().for_each(|feed| told.block("only", &feed.expression, &feed.leaves, &feed.notes));
    if written.because.is_empty() && written.values.is_empty() && written.conditions.is_empty() {
        told.block("from", "the template itself", &[], &[]);
    }
}

/// What was told of one line already: a value that decides twice is shown once.
struct Told<'a> {
    sources: &'a Sources,
    seen: BTreeSet<String>,
    text: &'a mut String,
}

impl Told<'_> {
    fn block(&mut self, verb: &str, expression: &str, leaves: &[Leaf], notes: &[String]) {
        let new: Vec<Leaf> = leaves.iter().filter(|leaf| self.seen.insert(leaf.dotted())).cloned().collect();
        if expression.is_empty() && new.is_empty() {
            return;
        }
        let mut lines = many(self.sources, &new, "");
        let new = notes.iter().filter(|note| self.seen.insert((*note).clone()));
        new.for_each(|note| _ = writeln!(lines, "{note}"));
        if !expression.is_empty() {
            lines.insert_str(0, &format!("{expression}\n"));
        }
        for (number, line) in lines.lines().enumerate() {
            let _ = writeln!(self.text, "  {:<WIDTH$}  {line}", if number == 0 { verb } else { "" });
        }
    }
}

/// How strongly a line is written, and what that means.
fn strength(written: &Written) -> String {
    match written.priority {
        PLAIN if written.adds_up() => ", plain: yours adds to it".to_owned(),
        PLAIN => ", plain: yours takes mkForce".to_owned(),
        number if number > PLAIN => format!(", with mkOverride {number}: a plain value of yours wins"),
        number => format!(", with mkOverride {number}: yours takes mkForce"),
    }
}

fn what(view: &View<'_>, of: &PartOf) -> String {
    match of {
        PartOf::Host => "the host".to_owned(),
        PartOf::Hardware => "hardware".to_owned(),
        PartOf::Service(name) => match view.known.fleet.services.get(name) {
            Some(service) if service.kind.as_str() != name.as_str() => {
                format!("services.{name}, of kind {}", service.kind)
            }
            _ => format!("services.{name}"),
        },
    }
}

fn by_hand(sources: &Sources, asked: &str, module: &ByHand, text: &mut String) {
    let option = if module.option == asked { String::new() } else { format!("{} = ", module.option) };
    let (verdict, at) = (module.verdict.words(), place(sources, module.span));
    let _ = writeln!(text, "  {verdict:<WIDTH$}  {at}  {option}{}", module.text);
}
