//! What `cistern check` prints for programs: the same findings in each format, valid by its standard, each at its place.
//!
//! Every fleet of `tests/fleets/bad` and `tests/fleets/many` is looked at through every format. The schema of SARIF is
//! the standard's own, as the crate serde-sarif ships it.

#![expect(clippy::disallowed_methods, reason = "runs the program on copies of fleets")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cistern::alerts;
use cistern::diag::codes::{CODES, Stage};
use common::{everything, run, temp_dir};
use rayon::prelude::*;
use serde_json::Value as Json;
use tempfile::TempDir;
use walkdir::WalkDir;

/// Where the fleet lies in its repository: a way that needs escapes.
const BASE: &str = "my fleets, all/home/";

#[test]
fn every_format_says_the_same() {
    let schema = sarif_schema();
    let cases = cases();
    let look = |(name, dir): &(String, PathBuf)| {
        let fleet = Fleet::copy(dir);
        let found = fleet.compare(&schema).and_then(|(codes, log)| Ok((codes, fleet.mend(&log)?)));
        found.map_err(|fault| format!("{name}: {fault}"))
    };
    let looked: Vec<Result<(BTreeSet<String>, usize), String>> = cases.par_iter().map(look).collect();
    let faults: Vec<&str> = looked.iter().filter_map(|found| found.as_ref().err()).map(String::as_str).collect();
    assert!(faults.is_empty(), "{} wrong:\n{}", faults.len(), faults.join("\n"));
    let unseen: Vec<&str> = CODES
        .iter()
        .filter(|code| code.stage != Stage::Change)
        .map(|code| code.id)
        .filter(|id| told_by_check(&cases, id))
        .collect();
    let unseen: Vec<_> =
        unseen.iter().filter(|id| !looked.iter().flatten().any(|(codes, _)| codes.contains(**id))).collect();
    assert!(unseen.is_empty(), "no fleet shows {unseen:?}");
    let mended: usize = looked.iter().flatten().map(|(_, mended)| mended).sum();
    assert!(mended > 10, "{mended} replacements only");
}

#[test]
fn every_code_is_explained() {
    let explain = |args: &[&str]| run(Command::new(env!("CARGO_BIN_EXE_cistern")).arg("explain").args(args));
    let list = explain(&[]);
    let report: Json = serde_json::from_str(&explain(&["--format", "json"])).expect("it is JSON");
    let (codes, alerts) = list.split_once("\n\n").expect("codes, then alerts");
    assert_eq!((codes.lines().count(), report["codes"].as_array().map(Vec::len)), (CODES.len(), Some(CODES.len())));
    for ((code, line), row) in CODES.iter().zip(codes.lines()).zip(report["codes"].as_array().expect("a list")) {
        assert!(line.starts_with(code.id) && line.ends_with(code.sentence), "{line}");
        assert_eq!((&row["code"], &row["explanation"]), (&code.id.into(), &code.explanation.into()));
    }
    let page = explain(&["c050"]);
    assert!(page.starts_with("C050 (error, Addresses): An address does not fit its site.\n\nA static"), "{page}");
    let one: Json = serde_json::from_str(&explain(&["C050", "--format", "json"])).expect("it is JSON");
    assert_eq!(one["codes"].as_array().map(Vec::len), Some(1));
    assert_eq!(one["codes"][0]["sentence"], "An address does not fit its site.");
    for ((alert, line), row) in
        alerts::all_and_logs().zip(alerts.lines()).zip(report["alerts"].as_array().expect("a list"))
    {
        assert!(line.starts_with(alert.name) && line.ends_with(alert.meaning()), "{line}");
        assert_eq!((&row["alert"], &row["runbook"]), (&alert.name.into(), &alert.runbook.into()));
    }
    assert_eq!(alerts.lines().count(), alerts::all_and_logs().count());
    assert!(explain(&["hostunreachable"]).starts_with("# HostUnreachable\n\nNothing of the host answers"));
}

#[test]
fn shells_complete_what_can_be_explained() {
    let script = run(Command::new(env!("CARGO_BIN_EXE_cistern")).args(["completions", "bash"]));
    assert!(script.contains("C050") && script.contains("HostUnreachable"));
    let help = run(Command::new(env!("CARGO_BIN_EXE_cistern")).args(["explain", "--help"]));
    assert!(!help.contains("C050"), "{help}");
}

#[test]
fn paths_begin_at_the_root_of_the_repository() {
    let fleet = Fleet::empty();
    fs::create_dir_all(&fleet.root).expect("the directory is ours");
    let path = |dir: &Path, args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cistern"));
        // Git finds no repository outside of the test's directory.
        command.env("GIT_CEILING_DIRECTORIES", fleet.home.path().parent().expect("it lies in one"));
        let output =
            command.current_dir(dir).args(args).args(["check", "--format", "github"]).output().expect("it starts");
        let line = String::from_utf8(output.stdout).expect("it is text");
        let (_, properties, _) = workflow_command(line.trim_end());
        properties["file"].clone()
    };
    let whole = format!("{BASE}fleet.yaml");
    assert_eq!(path(&fleet.root, &[]), whole);
    assert_eq!(path(fleet.home.path(), &["-C", BASE]), whole);
    assert_eq!(path(fleet.root.parent().expect("it has one"), &["-C", "home"]), whole);
    fs::remove_dir_all(fleet.home.path().join(".git")).expect("the directory is ours");
    assert_eq!(path(&fleet.root, &[]), "fleet.yaml");
    assert_eq!(path(fleet.home.path(), &["-C", BASE]), whole);
}

#[test]
fn no_finding_is_an_empty_list() {
    let fleet = Fleet::copy(&repository().join("tests/fleets/good/layers"));
    let log: Json = serde_json::from_str(&fleet.told("sarif")).expect("it is JSON");
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
    assert_eq!(fleet.told("github"), "");
    let schema = sarif_schema();
    assert_eq!(objections(&schema, &log), Vec::<String>::new());
    let mut wrong = log;
    wrong["runs"][0]["results"] = serde_json::json!([{ "ruleId": "C001" }]);
    assert_ne!(objections(&schema, &wrong), Vec::<String>::new(), "the schema accepts a result without a message");
}

/// A copy of a fleet in a repository.
struct Fleet {
    home: TempDir,
    root: PathBuf,
}

impl Fleet {
    fn empty() -> Self {
        let home = temp_dir();
        run(Command::new("git").args(["init", "--quiet"]).current_dir(home.path()));
        let root = home.path().canonicalize().expect("it was just made").join(BASE.trim_end_matches('/'));
        Self { home, root }
    }

    /// Copies the fleet of a case, and does there what its `make` says.
    fn copy(case: &Path) -> Self {
        let fleet = Self::empty();
        fs::create_dir_all(&fleet.root).expect("the directory is ours");
        for entry in WalkDir::new(case.join("fleet")).min_depth(1).into_iter().filter_map(Result::ok) {
            let target = fleet.root.join(entry.path().strip_prefix(case.join("fleet")).expect("the walk stays below"));
            if entry.file_type().is_dir() {
                fs::create_dir_all(target).expect("the directory is ours");
            } else {
                fs::copy(entry.path(), target).expect("the directory is ours");
            }
        }
        if case.join("make").exists() {
            run(Command::new("sh")
                .arg("-eu")
                .arg(case.join("make"))
                .env("CISTERN", env!("CARGO_BIN_EXE_cistern"))
                .current_dir(&fleet.root));
        }
        // What git cannot take (a pipe, a file without end) a fleet does not hold for long either.
        let add = ["add", "--all", "--ignore-errors"];
        if fleet.base().is_empty() {
            return fleet;
        }
        let _ = Command::new("git").args(add).current_dir(&fleet.root).output().expect("git starts");
        fleet
    }

    /// The way from the root of the repository: some cases make one of their own.
    fn base(&self) -> &'static str {
        if self.root.join(".git").exists() { "" } else { BASE }
    }

    fn check(&self, format: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cistern"));
        command
            .args(["check", "--quiet", "--format", format])
            .current_dir(&self.root)
            .output()
            .expect("the program starts")
    }

    fn told(&self, format: &str) -> String {
        let output = self.check(format);
        assert!(matches!(output.status.code(), Some(0 | 2)), "{}", everything(&output));
        String::from_utf8(output.stdout).expect("it is text")
    }

    fn json(&self) -> Json {
        serde_json::from_str(&self.told("json")).expect("it is JSON")
    }

    /// Holds the formats against each other; returns the codes that were found, and the log.
    fn compare(&self, schema: &jsonschema::Validator) -> Result<(BTreeSet<String>, Json), String> {
        let json = self.json();
        let findings = json["diagnostics"].as_array().expect("a list");
        let github = self.told("github");
        let commands: Vec<&str> = github.lines().collect();
        let log: Json = serde_json::from_str(&self.told("sarif")).map_err(|error| format!("sarif: {error}"))?;
        let faults = objections(schema, &log);
        if !faults.is_empty() {
            return Err(format!("sarif is not valid: {}", faults.join("; ")));
        }
        serde_json::from_value::<serde_sarif::sarif::Sarif>(log.clone()).map_err(|error| format!("sarif: {error}"))?;
        let results = log["runs"][0]["results"].as_array().expect("the schema says so");
        // What is allowed comes last, and nobody is shown it.
        let shown = findings.iter().filter(|finding| finding["severity"] != "allowed").count();
        if (commands.len(), results.len()) != (shown, findings.len()) {
            return Err(format!("{} findings, {} commands, {} results", findings.len(), commands.len(), results.len()));
        }
        for (finding, command) in findings.iter().zip(commands) {
            let code = finding["code"].as_str().expect("a text");
            self.github(finding, command).map_err(|fault| format!("{code} in github: {fault}\n{command}"))?;
        }
        for (finding, result) in findings.iter().zip(results) {
            let code = finding["code"].as_str().expect("a text");
            self.sarif(finding, &log, result).map_err(|fault| format!("{code} in sarif: {fault}\n{result:#}"))?;
        }
        let codes = findings.iter().map(|finding| finding["code"].as_str().expect("a text").to_owned()).collect();
        Ok((codes, log))
    }

    /// Holds a workflow command against the finding that it is made from.
    fn github(&self, finding: &Json, command: &str) -> Result<(), String> {
        let (level, properties, message) = workflow_command(command);
        same("level", level, finding["severity"].as_str().expect("a text"))?;
        let code = finding["code"].as_str().expect("a text");
        if !properties["title"].starts_with(&format!("{code}: ")) {
            return Err("the title does not name the code".to_owned());
        }
        if !message.starts_with(finding["message"].as_str().expect("a text")) {
            return Err("the message is another".to_owned());
        }
        let Some(label) = finding["labels"].get(0) else {
            let path = finding["path"].as_str().unwrap_or("fleet.yaml");
            return same("file", &properties["file"], &format!("{}{path}", self.base()));
        };
        let place = Place::of(label);
        same("file", &properties["file"], &format!("{}{}", self.base(), place.path))?;
        let text = self.read(place.path);
        text.get(place.bytes(&text, char_width)?).ok_or("the place cuts a character")?;
        same("line", &properties["line"], &place.line.to_string())?;
        let last: usize = properties["endLine"].parse().map_err(|_| "no endLine")?;
        if last < place.line || last > place.end_line {
            return Err(format!("endLine {last} is not of {place:?}"));
        }
        if place.line == place.end_line {
            same("col", &properties["col"], &place.column.to_string())?;
            same("endColumn", &properties["endColumn"], &place.end_column.to_string())?;
        } else if properties.contains_key("col") || properties.contains_key("endColumn") {
            return Err("columns of several lines".to_owned());
        }
        Ok(())
    }

    /// Holds a result of a log against the finding that it is made from.
    fn sarif(&self, finding: &Json, log: &Json, result: &Json) -> Result<(), String> {
        let rules = &log["runs"][0]["tool"]["driver"]["rules"];
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().ok_or("no rule")?).expect("it is small")];
        if rule["id"] != finding["code"] || result["ruleId"] != finding["code"] {
            return Err("the rule is another".to_owned());
        }
        let usual = CODES.iter().find(|code| finding["code"] == code.id).expect("a code").severity.word();
        let suppressed = result["suppressions"][0]["justification"].as_str();
        let level = if suppressed.is_some() { "allowed" } else { result["level"].as_str().expect("a text") };
        if finding["severity"] != level || rule["defaultConfiguration"]["level"] != usual {
            return Err("the level is another".to_owned());
        }
        if finding["reason"].as_str() != suppressed {
            return Err("the reason is another".to_owned());
        }
        let message = result["message"]["text"].as_str().expect("the schema says so");
        if !message.starts_with(finding["message"].as_str().expect("a text")) {
            return Err("the message is another".to_owned());
        }
        let labels = finding["labels"].as_array().expect("a list");
        let own = result["locations"].as_array().ok_or("no place")?;
        let causes = result["relatedLocations"].as_array().ok_or("no causes")?;
        if own.len() != 1 || causes.len() != labels.len().saturating_sub(1) {
            return Err(format!("{} labels, but {} places and {} causes", labels.len(), own.len(), causes.len()));
        }
        if labels.is_empty() {
            let path = finding["path"].as_str().unwrap_or("fleet.yaml");
            return same("uri", &path_of(&own[0]["physicalLocation"]), &format!("{}{path}", self.base()));
        }
        for (label, location) in labels.iter().zip(own.iter().chain(causes)) {
            let place = Place::of(label);
            let physical = &location["physicalLocation"];
            same("uri", &path_of(physical), &format!("{}{}", self.base(), place.path))?;
            let text = self.read(place.path);
            if place.bytes(&text, char_width)? != bytes_of(&physical["region"], &text)? {
                return Err(format!("another place than {place:?}"));
            }
        }
        Ok(())
    }

    /// Makes each replacement by itself, and counts them; afterwards nobody may complain of the same thing again.
    fn mend(&self, log: &Json) -> Result<usize, String> {
        let before = self.json();
        let mut count = 0;
        for result in log["runs"][0]["results"].as_array().expect("a list") {
            let Some(change) = result["fixes"][0]["artifactChanges"].get(0) else { continue };
            let path = path_of(change).strip_prefix(self.base()).expect("it is of the fleet").to_owned();
            let text = self.read(&path);
            let replacement = &change["replacements"][0];
            let mut mended = text.clone();
            let word = replacement["insertedContent"]["text"].as_str().expect("a text");
            mended.replace_range(bytes_of(&replacement["deletedRegion"], &text)?, word);
            let write = |text| fs::write(self.root.join(&path), text).expect("the directory is ours");
            write(mended);
            let after = self.json();
            write(text);
            let message = result["message"]["text"].as_str().expect("a text").lines().next().expect("a line");
            let same = |finding: &&Json| finding["code"] == result["ruleId"] && finding["message"] == *message;
            let count_of = |json: &Json| json["diagnostics"].as_array().expect("a list").iter().filter(same).count();
            if count_of(&after) >= count_of(&before) {
                return Err(format!("`{word}` does not mend: {message}"));
            }
            count += 1;
        }
        Ok(count)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

/// A place as JSON tells it: lines and columns from 1, in characters.
#[derive(Debug)]
struct Place<'j> {
    path: &'j str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl<'j> Place<'j> {
    fn of(label: &'j Json) -> Self {
        let number = |key: &str| number(&label[key]);
        let path = label["path"].as_str().expect("a text");
        let (line, column) = (number("line"), number("column"));
        Self { path, line, column, end_line: number("end_line"), end_column: number("end_column") }
    }

    fn bytes(&self, text: &str, width: fn(char) -> usize) -> Result<std::ops::Range<usize>, String> {
        let start = byte(text, self.line, self.column, width)?;
        let end = byte(text, self.end_line, self.end_column, width)?;
        if start > end { Err(format!("{self:?} ends before it begins")) } else { Ok(start..end) }
    }
}

/// The bytes of a region of a SARIF log.
fn bytes_of(region: &Json, text: &str) -> Result<std::ops::Range<usize>, String> {
    let place = Place {
        path: "",
        line: number(&region["startLine"]),
        column: number(&region["startColumn"]),
        end_line: number(&region["endLine"]),
        end_column: number(&region["endColumn"]),
    };
    place.bytes(text, char::len_utf16)
}

/// The byte of a line and a column, both from 1; fails outside of the text.
fn byte(text: &str, line: usize, column: usize, width: fn(char) -> usize) -> Result<usize, String> {
    let start = match line {
        1 => 0,
        _ => text.match_indices('\n').nth(line - 2).ok_or(format!("there is no line {line}"))?.0 + 1,
    };
    let mut left = column - 1;
    let mut at = start;
    for c in text[start..].chars().take_while(|c| *c != '\n') {
        if left == 0 {
            break;
        }
        left = left.checked_sub(width(c)).ok_or("a column within a character")?;
        at += c.len_utf8();
    }
    if left == 0 { Ok(at) } else { Err(format!("line {line} has no column {column}")) }
}

fn char_width(_: char) -> usize {
    1
}

fn number(value: &Json) -> usize {
    usize::try_from(value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))).expect("it is small")
}

/// The path that a SARIF place names, unescaped.
fn path_of(physical: &Json) -> String {
    let location = &physical["artifactLocation"];
    assert_eq!(location["uriBaseId"], "%SRCROOT%");
    let uri = location["uri"].as_str().expect("a text");
    assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)), "{uri} is no reference");
    let mut bytes = Vec::new();
    let mut rest = uri.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                let digits = [*high, *low];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).expect("ASCII"), 16).expect("two digits"));
                rest = tail;
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).expect("paths are UTF-8")
}

/// Takes a workflow command apart, as the runner does: the command, its properties, its message.
fn workflow_command(line: &str) -> (&str, BTreeMap<&str, String>, String) {
    let (command, rest) = line.strip_prefix("::").and_then(|rest| rest.split_once(' ')).expect("a command");
    let (properties, message) = rest.split_once("::").expect("a message");
    let text = |escaped: &str| escaped.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let plain = |escaped: &str| text(&escaped.replace("%3A", ":").replace("%2C", ","));
    let properties = properties.split(',').map(|property| {
        let (name, value) = property.split_once('=').expect("a name and a value");
        (name, plain(value))
    });
    (command, properties.collect(), text(message))
}

fn same(what: &str, found: &str, expected: &str) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what} is `{found}`, not `{expected}`")) }
}

/// The standard's own schema, from the sources of the crate that is made from it.
fn sarif_schema() -> jsonschema::Validator {
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    // Crates of other platforms were never fetched.
    let platform = format!("{}-unknown-linux-gnu", env::consts::ARCH);
    let args = ["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", &platform];
    let printed = run(Command::new(cargo).args(args).current_dir(repository()));
    let metadata: Json = serde_json::from_str(&printed).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("a list");
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").expect("it is a dependency");
    let manifest = Path::new(package["manifest_path"].as_str().expect("a text"));
    let file = manifest.parent().expect("a directory").join("src/schema.json");
    let mut schema: Json = serde_json::from_slice(&fs::read(file).expect("the crate ships it")).expect("it is JSON");
    assert_eq!(schema["properties"]["version"]["enum"], serde_json::json!(["2.1.0"]));
    // A bracket too many keeps these patterns from being ones; Cistern's logs name no language.
    for definition in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][definition]["properties"]["language"];
        language.as_object_mut().expect("a schema").remove("pattern").expect("take this out when it is mended");
    }
    jsonschema::draft7::options().should_validate_formats(true).build(&schema).expect("it is a schema")
}

fn objections(schema: &jsonschema::Validator, value: &Json) -> Vec<String> {
    schema.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Says whether one of a code's fleets is told of by `check`, and not by another command.
fn told_by_check(cases: &[(String, PathBuf)], code: &str) -> bool {
    let own = format!("bad/{code}");
    cases
        .iter()
        .any(|(name, dir)| (*name == own || name.starts_with(&format!("{own}/"))) && !dir.join("command").exists())
}

/// Every fleet that is told what is wrong with it.
fn cases() -> Vec<(String, PathBuf)> {
    let top = repository().join("tests/fleets");
    let mut found = Vec::new();
    let mut open = vec![top.join("bad"), top.join("many")];
    while let Some(dir) = open.pop() {
        if dir.join("fleet").is_dir() || dir.join("make").is_file() {
            found.push((dir.strip_prefix(&top).expect("below it").display().to_string(), dir));
        } else {
            let entries = fs::read_dir(dir).expect("it can be read").map(|entry| entry.expect("it can be read").path());
            open.extend(entries.filter(|path| path.is_dir()));
        }
    }
    found.sort();
    assert!(found.len() > 100, "{} fleets only", found.len());
    found
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
