//! `cistern catalog`: what it says of the kinds that come along, and what it objects to in those of others.

#![expect(clippy::disallowed_methods, reason = "runs the program on kinds")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;

use std::collections::BTreeSet;

use cistern::catalog::{self, Submitted, lint};
use cistern::diag::{Faults, Renderer};
use cistern::kind::{self, Kinds, embedded_files};
use cistern::source::Sources;
use common::everything;
use fleet::{Fleet, expect_exit};
use rayon::prelude::*;
use serde_json::Value as Json;

/// A kind without a fault, to put faults into.
const GOOD: &str = r#"---
version: 1
summary: Shop, which sells things
category: web
needs: { memory: 128M, cpus: 0.2 }
ports:
  web: { number: 8000, option: services.shop.port }
health_check: { http: { port: web } }
settings:
  title:
    type: string
    description: What the shop is called.
    example: Corner shop
  password:
    type: secret
    required: true
    description: Opens the till.
---
{
  services.shop = {
    enable = lib.mkOverride 900 true;
    port = lib.mkOverride 900 {{ ports.web }};
    passwordFile = lib.mkOverride 900 {{ settings.password }};
{% if settings.title is not none %}
    title = lib.mkOverride 900 {{ settings.title }};
{% endif %}
  };
}
"#;

fn built_in() -> (Sources, Kinds) {
    let (mut sources, mut faults) = (Sources::default(), Faults::default());
    kind::add_built_in(&mut sources);
    let kinds = Kinds::read(&sources, &mut faults);
    assert!(faults.is_empty(), "{}", Renderer::new(&sources, false).all(&faults));
    (sources, kinds)
}

#[test]
fn the_example_of_every_kind_compiles() {
    let (_, kinds) = built_in();
    let all: Vec<_> = kinds.iter().collect();
    assert!(all.len() > 20, "{} kinds", all.len());
    let refused: Vec<String> = all
        .par_iter()
        .filter_map(|kind| {
            let mut sources = Sources::default();
            sources.add("fleet.yaml", catalog::scratch(kind, &kinds));
            kind::add_built_in(&mut sources);
            let compiled = cistern::compile_sources(sources);
            let text = || Renderer::new(&compiled.sources, false).all(&compiled.faults);
            compiled.plan.is_none().then(|| format!("{}:\n{}", kind.name, text()))
        })
        .collect();
    assert!(refused.is_empty(), "{} examples are refused:\n{}", refused.len(), refused.join("\n"));
}

#[test]
fn the_kinds_that_come_along_are_good_ones() {
    let files = embedded_files().filter_map(|(path, bytes)| {
        let name = path.strip_prefix("services/")?.strip_suffix(".nix.j2")?;
        let text = String::from_utf8(bytes.to_vec()).expect("templates are UTF-8");
        Some(Submitted { path: path.to_owned(), name: name.to_owned(), text })
    });
    let submitted: Vec<_> = files.collect();
    let linted = lint(&submitted, &[], None);
    let said = Renderer::new(&linted.sources, false).all(&linted.faults);
    assert!(linted.faults.is_empty(), "{said}");
}

#[test]
fn documents_are_what_their_schema_says() {
    let fleet = Fleet::new();
    let schema: Json = serde_json::from_str(&said(&fleet, &["schema", "--catalog"])).expect("it is JSON");
    let valid = jsonschema::draft202012::new(&schema).expect("it is a schema");
    let (_, kinds) = built_in();
    for arguments in [
        &["catalog", "list", "--format", "json"][..],
        &["catalog", "show", "grafana", "--format", "json"],
        &["catalog", "search", "database", "--format", "json"],
    ] {
        let document: Json = serde_json::from_str(&said(&fleet, arguments)).expect("it is JSON");
        let objections: Vec<_> = valid.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(objections.is_empty(), "{arguments:?}: {objections:?}");
        let names = document["kinds"].as_array().expect("a list");
        assert!(!names.is_empty() && names.len() <= kinds.iter().count());
    }
    let document: Json =
        serde_json::from_str(&said(&fleet, &["catalog", "list", "--format", "json"])).expect("it is JSON");
    assert_eq!(document["kinds"].as_array().expect("a list").len(), kinds.iter().count());
}

#[test]
fn categories_share_the_kinds_out() {
    let fleet = Fleet::new();
    let names = |arguments: &[&str]| -> BTreeSet<String> {
        said(&fleet, &[&["catalog", "list"], arguments].concat()).lines().map(str::to_owned).collect()
    };
    let all = names(&[]);
    let words = ["media", "web", "data", "monitoring", "network", "auth", "ai", "storage", "tools"];
    let mut found = BTreeSet::new();
    for word in words {
        let of_category = names(&["--category", word]);
        assert!(of_category.is_disjoint(&found), "{word}");
        found.extend(of_category);
    }
    assert_eq!(found, all);
    assert!(names(&["--category", "data"]).contains("postgresql"));
    assert!(!names(&["--category", "data"]).contains("grafana"));
    expect_exit(&fleet.cistern(&["catalog", "list", "--category", "films"]), 2);
}

#[test]
fn a_page_says_what_there_is() {
    let fleet = Fleet::new();
    let page = said(&fleet, &["catalog", "show", "sabnzbd"]);
    for part in [
        "SABnzbd, a Usenet client",
        "media",
        "services.sabnzbd.settings.misc.port",
        "/var/lib/sabnzbd",
        "unrar",
        "complete_dir",
        "allow_unfree: [unrar]",
        "placement: { hosts: [eden] }",
        "api-key",
    ] {
        assert!(page.contains(part), "no {part} in\n{page}");
    }
    let output = fleet.cistern(&["catalog", "show", "sabnzb"]);
    expect_exit(&output, 2);
    assert!(everything(&output).contains("did you mean `sabnzbd`?"), "{}", everything(&output));
}

#[test]
fn searches_forgive() {
    let fleet = Fleet::new();
    // What is asked for by its name comes first; what is described is among those that are found.
    for (words, first) in [(&["sonarr"][..], "sonarr"), (&["sonnar"], "sonarr"), (&["grafna"], "grafana")] {
        let found = said(&fleet, &[&["catalog", "search"], words].concat());
        assert_eq!(found.lines().next(), Some(first), "{words:?}: {found}");
    }
    for (words, wanted) in [
        (&["usenet"][..], "sabnzbd"),
        (&["Usenet", "client"], "sabnzbd"),
        (&["dashboards"], "grafana"),
        (&["relational", "databases"], "postgresql"),
    ] {
        let found = said(&fleet, &[&["catalog", "search"], words].concat());
        assert!(found.lines().any(|name| name == wanted), "{words:?}: {found}");
    }
    let output = fleet.cistern(&["catalog", "search", "qqqqqqqq"]);
    expect_exit(&output, 1);
    assert!(output.stdout.is_empty());
}

#[test]
fn kinds_of_the_fleet_are_there_too() {
    let fleet = Fleet::new();
    fleet.write("templates/services/shop.nix.j2", GOOD);
    assert!(said(&fleet, &["catalog", "list"]).lines().any(|name| name == "shop"));
    assert!(said(&fleet, &["catalog", "show", "shop"]).contains("from          fleet"));
    assert_eq!(said(&fleet, &["catalog", "search", "till"]), "shop\n");
}

#[test]
fn a_good_kind_passes() {
    let (code, said) = checked(GOOD);
    assert_eq!((code, said.contains("no faults")), (Some(0), true), "{said}");
}

#[test]
fn faults_are_found_all_at_once() {
    for (code, exit, from, to) in [
        ("C268", 0, "category: web\n", ""),
        ("C268", 0, "needs: { memory: 128M, cpus: 0.2 }\n", ""),
        ("C268", 0, "    example: Corner shop\n", ""),
        ("C268", 0, "    description: Opens the till.\n", ""),
        ("C269", 0, "health_check: { http: { port: web } }\n", ""),
        ("C270", 0, ", option: services.shop.port", ""),
        ("C271", 2, "lib.mkOverride 900 {{ settings.password }}", "builtins.readFile {{ settings.password }}"),
        ("C271", 2, "passwordFile =", "password ="),
        (
            "C117",
            2,
            "{% if settings.title is not none %}\n    title = lib.mkOverride 900 {{ settings.title }};\n{% endif %}\n",
            "",
        ),
        ("C118", 2, "    port = lib", "    number = lib"),
        ("C082", 2, "    example: Corner shop\n", "    example: [one, two]\n"),
        ("C112", 2, "{{ settings.title }}", "{{ settings.titel }}"),
        ("C113", 2, "title = lib.mkOverride 900", "title = = lib.mkOverride 900"),
        ("C020", 2, "summary:", "sumary:"),
    ] {
        assert_eq!(GOOD.matches(from).count(), 1, "{from}");
        let (status, said) = checked(&GOOD.replace(from, to));
        assert!(said.contains(&format!("[{code}]")), "{code} for {to}: {said}");
        assert_eq!(status, Some(exit), "{code}: {said}");
        assert!(said.contains("shop.nix.j2:"), "{said}");
    }
    let bad = GOOD
        .replace("category: web\n", "")
        .replace("passwordFile =", "password =")
        .replace("{ http: { port: web } }", "{ tcp: { port: x } }");
    let (_, said) = checked(&bad);
    assert!(said.contains("port `x`, which is not listed"), "{said}");
}

#[test]
fn options_are_looked_up() {
    let fleet = Fleet::new();
    fleet.write("shop.nix.j2", GOOD);
    let option = |name: &str, takes: &str| {
        let loc: Vec<&str> = name.split('.').collect();
        (name.to_owned(), serde_json::json!({ "loc": loc, "type": takes, "readOnly": false }))
    };
    let list: serde_json::Map<String, Json> = [
        option("services.shop.enable", "boolean"),
        option("services.shop.port", "signed integer"),
        option("services.shop.passwordFile", "string"),
    ]
    .into_iter()
    .collect();
    fleet.write("options.json", Json::Object(list).to_string());
    let output = fleet.cistern(&["catalog", "check", "shop.nix.j2", "--options", "options.json"]);
    let said = everything(&output);
    assert!(said.contains("[C160]") && said.contains("`services.shop.title`"), "{said}");
    assert!(!said.contains("networking"), "only what the kind sets counts: {said}");
    expect_exit(&output, 2);
}

#[test]
fn formats_say_the_same() {
    let fleet = Fleet::new();
    fleet.write("kinds/shop.nix.j2", GOOD.replace("category: web\n", ""));
    let run = |format: &str| said(&fleet, &["catalog", "check", "kinds", "--format", format]);
    let document: Json = serde_json::from_str(&run("json")).expect("it is JSON");
    assert!(document.to_string().contains("C268"), "{document}");
    let sarif: Json = serde_json::from_str(&run("sarif")).expect("it is JSON");
    assert!(sarif.to_string().contains("kinds/shop.nix.j2"), "{sarif}");
    assert!(run("github").starts_with("::warning "), "{}", run("github"));
}

#[test]
fn what_is_no_kind_is_told() {
    let fleet = Fleet::new();
    fleet.write("kinds/README.md", "no kind");
    expect_exit(&fleet.cistern(&["catalog", "check", "kinds"]), 2);
    expect_exit(&fleet.cistern(&["catalog", "check", "absent"]), 3);
}

/// Checks a kind that lies in a directory by itself.
fn checked(text: &str) -> (Option<i32>, String) {
    let fleet = Fleet::new();
    fleet.write("kinds/shop.nix.j2", text);
    let output = fleet.cistern(&["catalog", "check", "kinds"]);
    (output.status.code(), everything(&output))
}

fn said(fleet: &Fleet, arguments: &[&str]) -> String {
    let output = fleet.cistern(arguments);
    expect_exit(&output, 0);
    String::from_utf8(output.stdout).expect("it writes UTF-8")
}
