//! Answers as a program reads them.

use serde_json::{Value, json};

use super::answer::{Leaf, Said};
use super::ask::Answer;
use super::feeds::Feed;
use super::options::Written;
use super::view::View;
use crate::diag::Subject;
use crate::emit::PartOf;
use crate::source::{Sources, Span};

/// Writes an answer as one JSON document: `{version, host, path, definition?, entry?, below, option?, options, without}`.
///
/// `version` is 1. `definition` and each of `below` are `{path, value, default?, set_by, beats, notes}`; `option` is
/// `{path, written, by_hand}`. Lines and columns count from 1.
pub fn json(view: &View<'_>, path: &str, answer: &Answer, without: &[Subject]) -> String {
    let sources = &view.known.sources;
    let mut document = json!({
        "version": 1,
        "host": view.name(),
        "path": path,
        "below": answer.below.iter().map(|leaf| value(sources, leaf)).collect::<Value>(),
        "options": answer.options,
        "without": without.iter().map(|entry| format!("{}.{}", entry.section, entry.name)).collect::<Value>(),
    });
    if let Some(leaf) = &answer.leaf {
        document["definition"] = value(sources, leaf);
    }
    if let Some(entry) = &answer.entry {
        document["entry"] = value(sources, entry);
    }
    if let Some(option) = &answer.option {
        let by_hand = option.by_hand.iter().map(|module| {
            let mut entry = place(sources, module.span);
            entry["option"] = module.option.as_str().into();
            entry["text"] = module.text.as_str().into();
            entry["priority"] = module.priority.into();
            entry["verdict"] = module.verdict.words().into();
            entry
        });
        document["option"] = json!({
            "path": option.option,
            "written": option.written.iter().map(|written| self::written(view, written)).collect::<Value>(),
            "by_hand": by_hand.collect::<Value>(),
        });
    }
    serde_json::to_string_pretty(&document).expect("a document holds nothing but text and numbers")
}

/// A value of the definition.
pub(super) fn value(sources: &Sources, leaf: &Leaf) -> Value {
    let said = |all: &[Said]| all.iter().map(|said| self::said(sources, said)).collect::<Value>();
    let mut entry = json!({
        "path": leaf.dotted(),
        "value": leaf.value,
        "adds_up": leaf.adds_up,
        "set_by": said(&leaf.said),
        "beats": said(&leaf.beaten),
        "notes": leaf.notes,
    });
    if let Some(why) = &leaf.unset {
        entry["default"] = why.as_str().into();
    }
    entry
}

fn said(sources: &Sources, said: &Said) -> Value {
    let mut entry = said.span.map_or_else(|| json!({}), |span| place(sources, span));
    entry["layer"] = said.layer.word().into();
    entry["by"] = said.by.as_str().into();
    entry["value"] = said.value.clone();
    entry
}

fn written(view: &View<'_>, written: &Written) -> Value {
    let sources = &view.known.sources;
    let feeds = |feeds: &[Feed]| feeds.iter().map(|feed| self::feed(sources, feed)).collect::<Value>();
    let mut entry = json!({
        "option": written.option,
        "text": written.text,
        "priority": written.priority,
        "file": format!("generated/hosts/{}.nix", view.name()),
        "line": written.line,
        "column": written.column,
        "template": place(sources, written.template),
        "because": written.because.iter().map(|leaf| value(sources, leaf)).collect::<Value>(),
        "named_by": feeds(&written.names),
        "from": feeds(&written.values),
        "only": feeds(&written.conditions),
    });
    if let Some(value) = &written.value {
        entry["value"] = value.clone();
    }
    entry["part"] = match &written.of {
        PartOf::Host => "host".into(),
        PartOf::Hardware => "hardware".into(),
        PartOf::Service(name) => {
            entry["service"] = name.as_str().into();
            let kind = view.known.fleet.services.get(name).map(|service| service.kind.to_string());
            entry["kind"] = kind.into();
            "service".into()
        }
    };
    entry
}

fn feed(sources: &Sources, feed: &Feed) -> Value {
    json!({
        "expression": feed.expression,
        "definition": feed.leaves.iter().map(|leaf| value(sources, leaf)).collect::<Value>(),
        "notes": feed.notes,
    })
}

fn place(sources: &Sources, span: Span) -> Value {
    let (line, column) = sources.position(span.file, span.start);
    json!({ "file": sources.file(span.file).path, "line": line, "column": column })
}
