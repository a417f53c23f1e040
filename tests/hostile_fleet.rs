//! Hostile text in every string of a definition: it is refused with a diagnostic, or arrives in Nix as exactly what it was.
//!
//! The strings are those of the JSON Schemas (of the definition and of a kind's front matter), every setting of every
//! kind, and what Cistern takes from a hardware report; a new one that `fields.rs` cannot fill in fails the test.
//!
//! The law: a fleet is generated with a harmless word in that place and evaluated by the real nix, then with hostile text.
//! The second tree is the first one with the word replaced, wherever it stood and nowhere else.

#![expect(clippy::disallowed_methods, reason = "writes trees for nix to evaluate")]

mod common;
#[path = "hostile_fleet/document.rs"]
mod document;
#[path = "hostile_fleet/fields.rs"]
mod fields;
#[path = "common/fleet.rs"]
mod fleet;
#[path = "hostile_fleet/kinds.rs"]
mod kinds;
#[path = "hostile_fleet/schema.rs"]
mod schema;
#[path = "hostile_fleet/text.rs"]
mod text;

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use cistern::diag::{self, Faults, Renderer};
use cistern::emit::{self, Context};
use cistern::kind;
use cistern::load::parse;
use cistern::source::Sources;
use cistern::tree::Tree;
use document::Document;
use fields::{Field, Legal, MARK};
use fleet::{Fleet, Nix, Program};
use rayon::prelude::*;
use serde_json::{Value as Json, json};

#[test]
fn strings_of_the_definition_arrive() {
    law(fields::definition());
}

#[test]
fn strings_of_a_kind_arrive() {
    law(fields::front_matter());
}

#[test]
fn settings_of_kinds_arrive() {
    law(kinds::settings());
}

#[test]
fn strings_of_a_report_arrive() {
    law(fields::report());
}

/// A text in a place, and what came of it.
struct Case<'f> {
    field: &'f Field,
    /// What stands there.
    value: String,
    /// What was put in the place of what, seen from the fleet with the harmless word.
    replaced: Option<(String, String)>,
    tree: Tree,
    /// Outputs of the flake's inputs that modules name.
    inputs: Json,
}

/// Holds the law for every field and every hostile text.
fn law(fields: Vec<Field>) {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    assert!(fields.len() >= 5, "{} fields only", fields.len());
    let found: Vec<Result<Vec<Case<'_>>, String>> = fields.par_iter().map(cases).collect();
    let (cases, faults): (Vec<_>, Vec<_>) = found.into_iter().partition(Result::is_ok);
    let mut faults: Vec<String> = faults.into_iter().filter_map(Result::err).collect();
    let cases: Vec<Case<'_>> = cases.into_iter().flatten().flatten().collect();
    assert!(faults.is_empty(), "{} wrong:\n{}", faults.len(), faults.join("\n"));

    let mut plain: BTreeMap<&str, Json> = BTreeMap::new();
    let mut arrived = 0;
    // All at once would be a gigabyte.
    for some in cases.chunks(250) {
        for (case, found) in some.iter().zip(evaluate(&nix, some)) {
            let field = case.field;
            let Some((from, to)) = &case.replaced else {
                let traces = count(&found, MARK);
                match field.legal {
                    Legal::Text { traces: true, .. } if traces == 0 => {
                        faults.push(format!("{}: `{}` arrives nowhere", field.name, case.value));
                    }
                    Legal::Text { traces: false, .. } if traces > 0 => {
                        faults.push(format!("{}: `{}` arrives, fields.rs says it does not", field.name, case.value));
                    }
                    _ => {}
                }
                plain.insert(&field.name, found);
                continue;
            };
            arrived += 1;
            let expected = sorted(replace(&plain[field.name.as_str()], from, to));
            let found = sorted(found);
            if found != expected {
                let (at, expected, found) = first_difference("", &expected, &found).expect("they differ");
                faults.push(format!(
                    "{}: {:?}\n  at {at}\n  expected {}\n  found    {}",
                    field.name,
                    short(&case.value),
                    short(&expected.to_string()),
                    short(&found.to_string())
                ));
            }
        }
    }
    let texts = cases.len() - plain.len();
    assert_eq!(arrived, texts);
    assert!(faults.is_empty(), "{} wrong:\n{}", faults.len(), faults.join("\n"));
    eprintln!("{} fields, {arrived} hostile texts arrived as they were", fields.len());
}

/// The fleets of a field: first the one with the harmless word, then those whose hostile text was accepted.
fn cases(field: &Field) -> Result<Vec<Case<'_>>, String> {
    let mut cases = Vec::new();
    let mut refused = 0;
    let legal = field.legal.value();
    if let Some(legal) = &legal {
        let compiled = compile(field, legal)?;
        let tree = compiled.map_err(|said| format!("{}: `{legal}` is refused\n{said}", field.name))?;
        cases.push(Case { field, value: legal.clone(), replaced: None, tree, inputs: inputs(legal) });
    }
    for hostile in text::hostile(field.deep) {
        let inside = match &field.legal {
            Legal::Text { before, after, .. } if !(before.is_empty() && after.is_empty()) => {
                Some((format!("{before}{hostile}{after}"), MARK.to_owned(), hostile.clone()))
            }
            _ => None,
        };
        let alone = field.alone.then(|| (hostile.clone(), legal.clone().unwrap_or_default(), hostile));
        for (value, from, to) in inside.into_iter().chain(alone) {
            let verdict = compile(field, &value)?;
            // The program itself says the same, once a field.
            if refused == 0 && verdict.is_err() {
                program_refuses(field, &value)?;
            }
            match (verdict, &field.legal) {
                (Err(_), _) => refused += 1,
                (Ok(tree), Legal::Text { .. }) => {
                    let inputs = inputs(&value);
                    cases.push(Case { field, value, replaced: Some((from, to)), tree, inputs });
                }
                (Ok(_), _) => return Err(format!("{}: {:?} is accepted", field.name, short(&value))),
            }
        }
    }
    Ok(cases)
}

/// Generates a fleet in memory; the inner error is what was said of it.
fn compile(field: &Field, value: &str) -> Result<Result<Tree, String>, String> {
    let document = field.document(value);
    catch_unwind(AssertUnwindSafe(|| generate(&document)))
        .map_err(|_| format!("{}: {:?} makes it panic", field.name, short(value)))?
        .map_err(|faults| format!("{}: {:?}: {faults}", field.name, short(value)))
}

fn generate(document: &Document) -> Result<Result<Tree, String>, String> {
    let mut sources = Sources::default();
    for (path, text) in document.files().into_iter().chain(built_in(document)) {
        sources.add(path, text);
    }
    let compiled = cistern::compile_sources(sources);
    let (sources, mut faults) = (&compiled.sources, compiled.faults);
    let emitted = compiled
        .plan
        .as_ref()
        .map(|plan| emit::emit(&Context::new(plan, &compiled.templates, &Tree::default(), sources)));
    let tree = match emitted {
        Some(Ok(emitted)) => Some(emitted.tree),
        Some(Err(found)) => {
            faults.append(found);
            None
        }
        None => None,
    };
    // Whatever stands in a definition, a terminal is not told what to do.
    let said = Renderer::new(sources, false).all(&faults);
    let control = said.chars().find(|c| c.is_control() && *c != '\n');
    if let Some(control) = control {
        return Err(format!("a diagnostic prints {control:?}"));
    }
    serde_json::from_str::<Json>(&diag::json(&faults, sources)).map_err(|error| format!("no JSON: {error}"))?;
    match tree {
        Some(tree) => Ok(Ok(tree)),
        None if faults.has_errors() => Ok(Err(said)),
        None => Err("it is refused without an error".to_owned()),
    }
}

/// Cistern's own templates, without kinds that a fleet does not name: reading all takes most of the time.
fn built_in(document: &Document) -> Vec<(String, String)> {
    let named = format!("{} {}", document.definition, document.front);
    let wanted = |path: &str| match path.strip_prefix("services/").and_then(|name| name.strip_suffix(".nix.j2")) {
        Some("container") => true,
        Some(kind) => named.contains(kind.trim_end_matches("-exporter")),
        None => path.ends_with(".nix.j2"),
    };
    let files = kind::embedded_files().filter(|(path, _)| wanted(path));
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).expect("templates are UTF-8").to_owned();
    files.map(|(path, bytes)| (format!("{}{path}", kind::BUILT_IN), text(bytes))).collect()
}

/// Has the real program refuse a fleet.
fn program_refuses(field: &Field, value: &str) -> Result<(), String> {
    let fleet = Fleet::new();
    for (path, text) in field.document(value).files() {
        // A name that no file can have is in memory only.
        if path.split('/').any(|part| part.len() > 255) {
            return Ok(());
        }
        fleet.write(&path, text);
    }
    let output = fleet.cistern(&["check"]);
    let said = common::everything(&output);
    if output.status.code() == Some(2) && said.contains("error[C") {
        return Ok(());
    }
    Err(format!("{}: {:?}: exit {:?}, not 2\n{said}", field.name, short(value), output.status.code()))
}

/// What the inputs of a flake have to hold for `flake:INPUT#PATH`.
fn inputs(value: &str) -> Json {
    let mut inputs = json!({});
    if let Some((input, path)) = value.strip_prefix("flake:").and_then(|reference| reference.split_once('#')) {
        let mut at = &mut inputs[input];
        for name in path.split('.') {
            at = &mut at[name];
        }
        *at = json!(format!("{path} of {input}"));
    }
    inputs
}

/// The files that modules read while they are evaluated.
const READ_BY_NIX: &[&str] =
    &["grafana/datasources.json", "grafana/provider.json", "prometheus/alertmanager.yml", "prometheus/scrape.json"];

/// Everything that was generated, as values: Nix files as nix evaluates them, the others as their own readers do.
fn evaluate(nix: &Nix, cases: &[Case<'_>]) -> Vec<Json> {
    let fleet = Fleet::new();
    let mut list = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let is_read = |path: &str| path.ends_with(".nix") || READ_BY_NIX.contains(&path);
        for (path, bytes) in case.tree.iter().filter(|(path, _)| is_read(path)) {
            fleet.write(&format!("{number}/generated/{path}"), bytes);
        }
        list.push(json!({ "root": fleet.root().join(number.to_string()), "inputs": case.inputs }));
    }
    fleet.write("cases.json", json!(list).to_string());
    let file = fleet.root().join("evaluate.nix");
    fs::write(&file, include_str!("hostile_fleet/evaluate.nix")).expect("the directory is ours");
    let Json::Array(found) = nix.eval_file(&file) else { panic!("nix prints a list") };
    assert_eq!(found.len(), cases.len());
    found.into_iter().zip(cases).map(|(nix, case)| json!({ "nix": nix, "others": others(&case.tree) })).collect()
}

/// The files that are not Nix.
fn others(tree: &Tree) -> Json {
    let mut values = json!({});
    for (path, bytes) in tree.iter() {
        let text = std::str::from_utf8(bytes).expect("Cistern writes UTF-8");
        let lines = || text.lines().filter(|line| !line.starts_with("# "));
        values[path] = match Path::new(path).extension().and_then(|extension| extension.to_str()) {
            Some("nix") => continue,
            Some("json") => serde_json::from_str(text).expect("it is JSON"),
            Some("jsonl") => lines().map(|line| serde_json::from_str::<Json>(line).expect("it is JSON")).collect(),
            Some("yml") => {
                let mut sources = Sources::default();
                let id = sources.add(path, text);
                let mut faults = Faults::default();
                let node = parse(id, sources.file(id), &mut faults);
                node.unwrap_or_else(|| panic!("{path} is no YAML: {faults:?}\n{text}")).to_json()
            }
            _ => lines().collect(),
        };
    }
    values
}

/// Puts one text in the place of another, in names and values.
fn replace(value: &Json, from: &str, to: &str) -> Json {
    match value {
        Json::String(text) => Json::String(text.replace(from, to)),
        Json::Array(list) => list.iter().map(|value| replace(value, from, to)).collect(),
        Json::Object(map) => {
            Json::Object(map.iter().map(|(name, value)| (name.replace(from, to), replace(value, from, to))).collect())
        }
        _ => value.clone(),
    }
}

/// Sorts every list: some are in the order of what stands in them.
fn sorted(value: Json) -> Json {
    match value {
        Json::Array(list) => {
            let mut list: Vec<Json> = list.into_iter().map(sorted).collect();
            list.sort_by_cached_key(Json::to_string);
            Json::Array(list)
        }
        Json::Object(map) => Json::Object(map.into_iter().map(|(name, value)| (name, sorted(value))).collect()),
        value => value,
    }
}

/// How often a text occurs.
fn count(value: &Json, text: &str) -> usize {
    match value {
        Json::String(found) => found.matches(text).count(),
        Json::Array(list) => list.iter().map(|value| count(value, text)).sum(),
        Json::Object(map) => map.iter().map(|(name, value)| name.matches(text).count() + count(value, text)).sum(),
        _ => 0,
    }
}

/// Where two values part.
fn first_difference(at: &str, a: &Json, b: &Json) -> Option<(String, Json, Json)> {
    match (a, b) {
        (Json::Object(x), Json::Object(y)) if x.keys().eq(y.keys()) => {
            x.iter().find_map(|(name, value)| first_difference(&format!("{at}.{}", short(name)), value, &y[name]))
        }
        (Json::Array(x), Json::Array(y)) if x.len() == y.len() => {
            x.iter().zip(y).enumerate().find_map(|(n, (a, b))| first_difference(&format!("{at}[{n}]"), a, b))
        }
        _ => (a != b).then(|| (at.to_owned(), a.clone(), b.clone())),
    }
}

/// The beginning of a text.
fn short(text: &str) -> String {
    let mut shown: String = text.chars().take(200).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
