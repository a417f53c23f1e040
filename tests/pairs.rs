//! `cistern diff` over pairs of fleets: a directory is a test.
//!
//! `tests/fleets/diff/base/` is committed with what is generated from it. Each directory beside it holds
//! `change.patch`, which `git apply` brings into the working tree, and what is said of that: `human.txt` with the exit
//! code, `diff.json` and `comment.md`. `args` holds more arguments. `CISTERN_BLESS=1` rewrites what is expected.

#![expect(clippy::disallowed_methods, reason = "runs the program on copies of a fleet, and reads them")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use cistern::diff::impact::IMPACTS;
use common::{everything, run};
use fleet::{Fleet, directories, repository};
use rayon::prelude::*;
use serde_json::Value as Json;
use similar::TextDiff;

/// The pairs between which nothing changes.
const EMPTY: &[&str] = &[
    "a-file-of-its-own",
    "a-selector-in-other-words",
    "comments",
    "flake-lock-in-other-words",
    "order-of-keys",
    "quoting",
];

/// A pair, and what the program says of it.
struct Pair {
    name: String,
    dir: PathBuf,
    fleet: Fleet,
    args: Vec<String>,
}

impl Pair {
    fn new(name: &str) -> Self {
        let dir = root().join(name);
        let fleet = Fleet::copy("tests/fleets/diff/base");
        fleet.generate();
        fleet.committed();
        run(fleet.command("git").args(["apply", "--whitespace=nowarn"]).arg(dir.join("change.patch")));
        run(fleet.command("git").args(["add", "--intent-to-add", "--all"]));
        let args = fs::read_to_string(dir.join("args")).unwrap_or_default();
        let args = args.split_whitespace().map(str::to_owned).collect();
        Self { name: name.to_owned(), dir, fleet, args }
    }

    fn diff(&self, args: &[&str]) -> Output {
        let all: Vec<&str> =
            ["diff"].into_iter().chain(self.args.iter().map(String::as_str)).chain(args.iter().copied()).collect();
        let output = self.fleet.cistern(&all);
        assert!(matches!(output.status.code(), Some(0 | 1 | 4)), "{}: {}", self.name, everything(&output));
        output
    }

    fn json(&self) -> Json {
        document(&self.diff(&["--format", "json"]))
    }
}

fn document(output: &Output) -> Json {
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

fn root() -> PathBuf {
    repository().join("tests/fleets/diff")
}

fn pairs() -> Vec<Pair> {
    let names: Vec<String> = directories("tests/fleets/diff").into_iter().filter(|name| name != "base").collect();
    assert!(names.len() >= 50, "{} pairs", names.len());
    names.par_iter().map(|name| Pair::new(name)).collect()
}

#[test]
fn pairs_are_told_as_expected() {
    let schema = run(Fleet::new().command(env!("CARGO_BIN_EXE_cistern")).args(["schema", "--diff"]));
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).expect("it is JSON")).expect("a schema");
    let (faults, impacts): (Vec<_>, Vec<_>) = pairs().par_iter().map(|pair| judged(pair, &validator)).unzip();
    let faults = faults.concat();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let found: BTreeSet<String> = impacts.into_iter().flatten().collect();
    assert_eq!(found, IMPACTS.iter().map(|(name, _)| (*name).to_owned()).collect(), "every impact is found somewhere");
}

/// What is wrong with that which is said of a pair in each format, and the impacts of it.
fn judged(pair: &Pair, validator: &jsonschema::Validator) -> (Vec<String>, Vec<String>) {
    let text = |output: &Output| String::from_utf8(output.stdout.clone()).expect("it is text");
    let (human, json) = (pair.diff(&[]), pair.diff(&["--format", "json"]));
    let exit = human.status.code().expect("it ended by itself");
    let found = [
        ("human.txt", format!("{}-- exit {exit} --\n", text(&human))),
        ("diff.json", text(&json)),
        ("comment.md", text(&pair.diff(&["--format", "markdown"]))),
    ];
    let mut faults: Vec<_> = found.iter().filter_map(|(file, found)| difference(&pair.dir.join(file), found)).collect();
    let document = document(&json);
    let name = &pair.name;
    let objections =
        validator.iter_errors(&document).map(|error| format!("{name}: {}: {error}", error.instance_path()));
    faults.extend(objections);
    let empty = EMPTY.contains(&name.as_str());
    if document["same"] != empty || empty != text(&human).starts_with("semantically identical: 0 hosts change\n") {
        faults.push(format!("{name}: is it the same?"));
    }
    let findings = document["findings"].as_array().expect("a list").iter();
    (faults, findings.map(|finding| finding["impact"].as_str().expect("a name").to_owned()).collect())
}

fn difference(file: &Path, found: &str) -> Option<String> {
    if env::var_os("CISTERN_BLESS").is_some_and(|bless| bless == "1") {
        fs::write(file, found).expect("the repository can be written");
    }
    let expected = fs::read_to_string(file).unwrap_or_default();
    (found != expected).then(|| {
        let diff =
            TextDiff::from_lines(expected.as_str(), found).unified_diff().header("expected", "found").to_string();
        format!("{}:\n{diff}", file.display())
    })
}

#[test]
fn findings_are_results_of_code_scanning() {
    let pair = Pair::new("denied");
    let log: Json = serde_json::from_slice(&pair.diff(&["--format", "sarif"]).stdout).expect("it is JSON");
    let results = log["runs"][0]["results"].as_array().expect("a list");
    let of = |code: &str| results.iter().find(|result| result["ruleId"] == code).unwrap_or_else(|| panic!("no {code}"));
    assert_eq!(of("C200")["level"], "error");
    assert_eq!(of("C204")["level"], "warning");
    let uri = &of("C200")["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "generated/hosts/pishon.nix");
}

#[test]
fn both_sides_can_be_named() {
    let pair = Pair::new("a-service-moves");
    let fleet = &pair.fleet;
    fleet.generate();
    let here = pair.json();
    fleet.committed();
    let between = |from: &str, to: &str| -> Json {
        let output = fleet.cistern(&["diff", "--from", from, "--to", to, "--format", "json"]);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", everything(&output)))
    };
    assert_eq!(between("HEAD~1", "HEAD"), here);
    assert_eq!(between("HEAD", "HEAD")["same"], true);
    let back = between("HEAD", "HEAD~1");
    let moved = back["entries"].as_array().expect("a list").iter().find(|entry| entry["change"] == "moved");
    let moved = moved.expect("it moves back");
    assert_eq!((&moved["from"], &moved["host"]), (&Json::from("pishon"), &Json::from("eden")));
    assert_eq!(between("HEAD~1", "worktree"), here);
    // A copy elsewhere is a directory, with inputs of its own.
    let copy = Fleet::copy("tests/fleets/diff/base");
    copy.generate();
    assert_eq!(between(copy.root().to_str().expect("a plain path"), "HEAD"), here);
}

#[test]
fn plans_of_a_later_format_are_refused() {
    let pair = Pair::new("comments");
    let plan = pair.fleet.read("generated/plan.jsonl");
    pair.fleet.write("generated/plan.jsonl", plan.replacen("\"format\":3", "\"format\":4", 1));
    let output = pair.fleet.cistern(&["diff", "--against", "worktree"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(everything(&output).contains("plan.jsonl has format 4, and this Cistern knows no later one than 3"));
    let broken = plan.replacen("{\"kind\":\"host\"", "{\"kind\":\"hose\"", 1);
    pair.fleet.write("generated/plan.jsonl", broken);
    let output = pair.fleet.cistern(&["diff", "--against", "worktree"]);
    assert!(everything(&output).contains("plan.jsonl:2 is no line of a plan"), "{}", everything(&output));
}

/// What of the base came after each format: monitoring brings services, and kinds say how they are asked.
const LATER: &[&[&str]] =
    &[&["alertmanager", "blackbox-exporter", "jellyfin", "node-exporter", "prometheus", "sonarr"], &[], &[]];

/// Each format of plans has left one of the base behind, which every later Cistern reads as it reads its own.
#[test]
fn plans_of_every_format_are_read() {
    let fleet = Fleet::copy("tests/fleets/diff/base");
    fleet.generate();
    let newest = u32::try_from(fs::read_dir(repository().join("tests/fleets/plans")).expect("it is there").count());
    assert_eq!(newest.expect("a few"), cistern::emit::FORMAT, "leave a plan of the new format behind");
    for format in 1..=cistern::emit::FORMAT {
        let plan = fs::read(repository().join(format!("tests/fleets/plans/{format}.jsonl"))).expect("it is there");
        let old = Fleet::new();
        old.write("manifest.json", "{}");
        old.write("plan.jsonl", plan);
        let from = old.root().to_str().expect("a plain path");
        let output = fleet.cistern(&["diff", "--against", from, "--format", "json"]);
        assert_eq!(output.status.code(), Some(1), "{}", everything(&output));
        let entries = document(&output)["entries"].as_array().expect("a list").clone();
        let unknown: Vec<_> = entries
            .iter()
            .filter(|entry| !LATER[format as usize - 1].iter().any(|name| entry["name"] == *name))
            .collect();
        assert!(unknown.is_empty(), "format {format}: {unknown:#?}");
    }
}
