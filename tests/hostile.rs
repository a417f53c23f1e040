//! Text of every kind is printed as Nix and evaluated by the real nix: it must arrive as exactly what it was.
//!
//! All cases are elements of one list, so that nix runs once.

#![expect(clippy::disallowed_methods, reason = "files are written for nix to evaluate")]

mod common;

use std::collections::BTreeMap;
use std::fs;

use cistern::nix::{Fragment, RelativePath, Templates, Value, finish};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};

/// What breaks out of strings, comments and names where it is not escaped.
const HOSTILE: &[&str] = &[
    "\"",
    "''",
    "'",
    "${",
    "$",
    "$$",
    "}",
    "{",
    "\\",
    "\\n",
    "\n",
    "\r",
    "\t",
    "*/",
    "/*",
    "#",
    ";",
    "''$",
    "'''",
    "''\\",
    " ",
    "${builtins.abort \"x\"}",
    "''${builtins.abort \"x\"}",
    "é",
    "🐧",
    "\u{1}",
    "\u{7f}",
    "\u{2028}",
    "\u{feff}",
    "\u{202e}",
    "if",
    "or",
    "null",
    "__curPos",
    "a",
    "-",
    "0",
    "http://a",
    "<nixpkgs>",
    "./.",
    "../",
    "~/",
];

fn hostile_text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => prop::sample::select(HOSTILE).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[ -~]{0,9}",
    ];
    prop::collection::vec(word, 0..6).prop_map(|words| words.concat().replace('\0', ""))
}

fn hostile_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        prop::sample::select(vec![i64::MIN, i64::MAX, -1, 0]).prop_map(Json::from),
        any::<f64>().prop_filter("others are refused", |number| number.is_normal()).prop_map(Json::from),
        prop::sample::select(vec![0.0, 1.0, -0.5, 1e300, -1e-300, 1e16, 1e17, 123_456_789.0, 1e-5])
            .prop_map(Json::from),
        hostile_text().prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map(hostile_text(), inner, 0..4)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

/// Draws the same values on every run.
fn draw<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).expect("the strategy does not run dry").current()).collect()
}

fn texts() -> Vec<String> {
    let mut texts: Vec<String> = HOSTILE.iter().map(|text| (*text).to_owned()).collect();
    texts.extend(HOSTILE.iter().flat_map(|a| HOSTILE.iter().map(move |b| format!("{a}{b}"))));
    texts.extend(["x".repeat(10_000), "${".repeat(5_000), "\"".repeat(10_000), "''\n".repeat(3_000)]);
    texts.extend(draw(hostile_text(), 1_000));
    texts
}

/// Evaluates Nix text with the real nix and returns its value.
fn evaluate(nix: &str) -> Option<Json> {
    let lab = common::require(&["nix"])?;
    let dir = common::temp_dir();
    let file = dir.path().join("cases.nix");
    fs::write(&file, nix).expect("the directory is there");
    let mut command = lab.command("nix");
    let out = common::run(command.args(["eval", "--json", "--file"]).arg(&file));
    Some(serde_json::from_str(&out).expect("nix prints JSON"))
}

/// Compares values; floats may differ in the last digit, which reading JSON costs.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        (Json::Number(a), Json::Number(b)) if a.is_f64() || b.is_f64() => {
            let (a, b) = (a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN));
            (a - b).abs() <= 1e-15 * a.abs()
        }
        _ => a == b,
    }
}

/// Evaluates a list and compares it, element by element.
fn arrives(nix: &str, expected: &[Json]) {
    for text in [nix.to_owned(), finish(nix).expect("it is Nix")] {
        let Some(found) = evaluate(&text) else { return };
        let found = found.as_array().expect("it is a list");
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!(same(found, expected), "{expected:?} became {found:?}");
        }
    }
}

#[test]
fn values_arrive() {
    let mut cases: Vec<Json> = texts().into_iter().map(Json::from).collect();
    cases.extend(draw(hostile_json(), 2_000));
    let value = Value::try_from(Json::Array(cases.clone())).expect("every number fits");
    let mut nix = String::new();
    value.print(&mut nix).expect("nothing in it is refused");
    arrives(&nix, &cases);
}

#[test]
fn holes_arrive() {
    let template = "[\n{% for x in cases %}\n{{ x | comment }}\n{ a = {{ x }}; b = [ {{ x }} {{ [x] }} ]; \
                    ${ {{ x }} } = \"<${ {{ x }} }>\"; c.{{ x | attr }}.d = ''<${ {{ x }} }>''; }\n{% endfor %}\n]\n";
    let (templates, faults) = Templates::new([("t".to_owned(), template.to_owned())]);
    assert_eq!(faults, []);
    // Names that the set has already.
    let mut cases: Vec<String> = texts();
    cases.retain(|text| !matches!(text.as_str(), "a" | "b" | "c"));
    let nix = templates.render("t", &json!({ "cases": cases })).expect("nothing in it is refused");
    let expected: Vec<Json> = cases
        .iter()
        .map(|x| json!({ "a": x, "b": [x, [x]], x: format!("<{x}>"), "c": { x: { "d": format!("<{x}>") } } }))
        .collect();
    arrives(&nix, &expected);
}

#[test]
fn fragments_and_paths_arrive() {
    let dir = common::temp_dir();
    let Some(lab) = common::require(&["nix"]) else { return };
    let template = "map toString [ {% for path in paths %}{{ path }}{% endfor %} ({{ body }}) ]";
    let (templates, faults) = Templates::new([("t".to_owned(), template.to_owned())]);
    assert_eq!(faults, []);
    let names = texts().into_iter().filter(|text| text.len() < 200);
    let paths: Vec<RelativePath> = names.filter_map(|text| RelativePath::new(&text).ok()).collect();
    let context = BTreeMap::from([("paths", json!(null))]);
    assert!(templates.render("t", &context).is_err(), "`body` is missing");

    #[derive(serde::Serialize)]
    struct Context<'a> {
        paths: &'a [RelativePath],
        body: Fragment,
    }
    let nix = templates.render("t", &Context { paths: &paths, body: Fragment::new("# x\n\"y\"") });
    let inner = dir.path().canonicalize().expect("it exists").join("a/b/c");
    fs::create_dir_all(&inner).expect("the directory is there");
    fs::write(inner.join("paths.nix"), nix.expect("nothing in it is refused")).expect("the directory is there");
    let out = common::run(lab.command("nix").args(["eval", "--json", "--file"]).arg(inner.join("paths.nix")));
    let found: Vec<String> = serde_json::from_str(&out).expect("nix prints JSON");
    assert_eq!(found.len(), paths.len() + 1);
    for (path, found) in paths.iter().zip(&found) {
        let mut expected = inner.clone();
        for part in path.as_str().split('/').filter(|part| !part.is_empty()) {
            if part == ".." {
                expected.pop();
            } else {
                expected.push(part);
            }
        }
        assert_eq!(found, expected.to_str().expect("it is UTF-8"), "{path}");
    }
    assert_eq!(found.last().map(String::as_str), Some("y"));
}
