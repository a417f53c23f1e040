//! Fleets as tests: a directory is a test.
//!
//! - `tests/fleets/good/<name>/`: `fleet/` compiles without a word, and gives the tree in `expected/`, file by file.
//! - `tests/fleets/bad/<code>/[<case>/]`: the program runs in a copy of `fleet/`, and what it says is `expected.txt`.
//! - `tests/fleets/many/<case>/`: the same for many faults at once, and for files that nobody means well.
//!
//! Beside `fleet/` may stand `command`, the arguments in place of `check`, and `make`, a shell script that is run in
//! the copy first, for what git cannot hold; it finds the program as `$CISTERN`. In what is said, today is TODAY.
//!
//! `CISTERN_BLESS=1` rewrites what is expected.

#![expect(clippy::disallowed_methods, reason = "reads fleets and runs the program on copies of them")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use cistern::diag::Renderer;
use cistern::diag::codes::{CODES, Stage};
use cistern::emit::{self, Context};
use cistern::source::Sources;
use cistern::tree::Tree;
use cistern::value::Date;
use common::{everything, run, temp_dir};
use rayon::prelude::*;
use similar::TextDiff;
use walkdir::WalkDir;

/// The day on which good fleets are compiled, 2999-06-01, in days since 1970-01-01. The ends that they name lie ahead
/// of it, so that they do not pass: with the real date, other tests are only warned.
const TODAY: i64 = 375_986;

/// The longest that the program may think about any fleet, hostile ones included.
const LONGEST: Duration = Duration::from_secs(2);

#[test]
fn good_fleets_give_their_trees() {
    let fleets = subdirectories(&fleets().join("good"));
    assert!(!fleets.is_empty());
    hold(&fleets.par_iter().filter_map(|dir| good(dir).err()).collect::<Vec<_>>());
}

#[test]
fn bad_fleets_are_told_what_is_wrong() {
    hold(&cases("bad").par_iter().filter_map(|case| case.told().err()).collect::<Vec<_>>());
}

#[test]
fn many_faults_are_told_at_once() {
    hold(&cases("many").par_iter().filter_map(|case| case.told().err()).collect::<Vec<_>>());
}

#[test]
fn every_code_has_a_fleet_that_shows_it() {
    let mut faults = Vec::new();
    let mut shown = BTreeSet::new();
    for case in cases("bad") {
        let code = case.name.split('/').nth(1).expect("bad/<code>").to_owned();
        let text = fs::read_to_string(case.dir.join("expected.txt")).unwrap_or_default();
        if !text.contains(&format!("[{code}]: ")) {
            faults.push(format!("{}: its text does not show {code}", case.name));
        }
        shown.insert(code);
    }
    let without = CODES.iter().filter(|code| code.stage != Stage::Change && !shown.contains(code.id));
    faults.extend(without.map(|code| format!("{}: no fleet provokes it ({})", code.id, code.sentence)));
    hold(&faults);
}

/// Compiles a good fleet and compares the tree.
fn good(dir: &Path) -> Result<(), String> {
    let name = relative(&fleets(), dir);
    let mut sources = Sources::read(&dir.join("fleet")).map_err(|error| format!("{name}: {error}"))?;
    cistern::kind::add_built_in(&mut sources);
    sources.today = TODAY;
    // Whether a fleet that is being written is in git already says nothing of it.
    sources.known_to_git = Ok(sources.paths.clone());
    let compiled = cistern::compile_sources(sources);
    if !compiled.faults.is_empty() {
        let text = Renderer::new(&compiled.sources, false).all(&compiled.faults);
        return Err(format!("{name}: a good fleet has diagnostics\n{text}"));
    }
    let plan = compiled.plan.as_ref().expect("there is no fault");
    let nothing = Tree::default();
    let emitted = emit::emit(&Context::new(plan, &compiled.templates, &nothing, &compiled.sources))
        .map_err(|faults| format!("{name}:\n{}", Renderer::new(&compiled.sources, false).all(&faults)))?;
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("Cistern writes UTF-8");
    let found = emitted.tree.iter().map(|(path, bytes)| (path.to_owned(), text(bytes))).collect();
    compare(&name, &dir.join("expected"), &found)
}

/// Compares a tree with a directory, which is rewritten when blessed.
fn compare(name: &str, dir: &Path, found: &BTreeMap<String, String>) -> Result<(), String> {
    if blessed() {
        let _ = fs::remove_dir_all(dir);
        for (path, text) in found {
            let full = dir.join(path);
            fs::create_dir_all(full.parent().expect("below the directory")).expect("the repository can be written");
            fs::write(full, text).expect("the repository can be written");
        }
    }
    let mut faults = String::new();
    let expected = read_all(dir);
    for path in expected.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
        let (old, new) = (expected.get(path).map_or("", String::as_str), found.get(path).map_or("", String::as_str));
        let why = match (expected.contains_key(path), found.contains_key(path)) {
            (true, false) => "is missing",
            (false, true) => "is not expected",
            _ if old != new => "differs",
            _ => continue,
        };
        let _ = writeln!(faults, "{name}: {path} {why}\n{}", unified(old, new));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// A fleet and what the program says of it.
struct Case {
    /// The path below `tests/fleets`.
    name: String,
    dir: PathBuf,
}

impl Case {
    /// Runs the program in a copy of the fleet and compares what it says.
    fn told(&self) -> Result<(), String> {
        let file = self.dir.join("expected.txt");
        let (found, took) = self.run();
        if blessed() {
            fs::write(&file, &found).expect("the repository can be written");
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if found.contains("panicked") {
            return Err(format!("{}: the program panicked\n{found}", self.name));
        }
        if found != expected {
            return Err(format!("{}: differs\n{}", self.name, unified(&expected, &found)));
        }
        // A machine that is busy with something else gets another chance.
        if took > LONGEST && (0..3).all(|_| self.run().1 > LONGEST) {
            return Err(format!("{}: takes {took:?}, more than {LONGEST:?}", self.name));
        }
        Ok(())
    }

    /// What the program says, and how long it thinks.
    fn run(&self) -> (String, Duration) {
        let temp = temp_dir();
        let home = temp.path().canonicalize().expect("it was just made");
        let fleet = home.join("fleet");
        copy(&self.dir.join("fleet"), &fleet);
        let make = self.dir.join("make");
        if make.exists() {
            run(bare(Command::new("sh").arg("-eu").arg(make), &fleet));
        }
        let arguments = fs::read_to_string(self.dir.join("command")).unwrap_or("check".to_owned());
        let mut command = Command::new(env!("CARGO_BIN_EXE_cistern"));
        let begin = Instant::now();
        let output = bare(command.args(arguments.split_whitespace()), &fleet).output().expect("the program starts");
        let took = begin.elapsed();
        (transcript(arguments.trim(), &output, &home), took)
    }
}

/// What was said, with the exit code and the streams apart.
fn transcript(arguments: &str, output: &Output, home: &Path) -> String {
    let today = Date::from_days(Sources::read(home).expect("it is there").today);
    let part = |title: &str, bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).replace(home.to_str().expect("a plain path"), "/home");
        let text = text.replace(&format!("today is {today}"), "today is TODAY");
        if text.is_empty() { String::new() } else { format!("-- {title} --\n{}\n", text.trim_end()) }
    };
    let exit = output.status.code().map_or_else(|| everything(output), |code| code.to_string());
    format!(
        "$ cistern {arguments}\n{}{}-- exit {exit} --\n",
        part("stdout", &output.stdout),
        part("stderr", &output.stderr)
    )
}

/// A command in a directory, with nothing of this machine's around it.
fn bare<'c>(command: &'c mut Command, dir: &Path) -> &'c mut Command {
    let home = dir.parent().expect("a copy lies in a directory of its own");
    command
        .current_dir(dir)
        .env_clear()
        .env("CISTERN", env!("CARGO_BIN_EXE_cistern"))
        .env("GIT_CEILING_DIRECTORIES", home)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", home)
        .env("LC_ALL", "C.UTF-8")
        .env("NO_COLOR", "1")
        .env("PATH", env::var_os("PATH").expect("there is a PATH"))
}

/// Every case of a directory: where a `fleet/` or a `make` stands.
fn cases(top: &str) -> Vec<Case> {
    let mut found = Vec::new();
    let mut open = vec![fleets().join(top)];
    while let Some(dir) = open.pop() {
        if dir.join("fleet").is_dir() || dir.join("make").is_file() {
            found.push(Case { name: relative(&fleets(), &dir), dir });
        } else {
            open.extend(subdirectories(&dir));
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!found.is_empty(), "tests/fleets/{top} holds no fleet");
    found
}

fn fleets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fleets")
}

fn blessed() -> bool {
    env::var_os("CISTERN_BLESS").is_some_and(|value| value == "1")
}

fn subdirectories(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut found: Vec<_> = entries.map(|entry| entry.expect("it can be read").path()).filter(|p| p.is_dir()).collect();
    found.sort();
    found
}

fn relative(base: &Path, path: &Path) -> String {
    path.strip_prefix(base).expect("below it").to_str().expect("plain names").to_owned()
}

/// Every file below a directory, by its path there.
fn read_all(dir: &Path) -> BTreeMap<String, String> {
    let files = WalkDir::new(dir).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let text = fs::read_to_string(entry.path()).unwrap_or_else(|e| panic!("{}: {e}", entry.path().display()));
            (relative(dir, entry.path()), text)
        })
        .collect()
}

/// Copies a directory; one that is not there is empty.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the directory is ours");
    for entry in WalkDir::new(from).min_depth(1).into_iter().filter_map(Result::ok) {
        let target = to.join(entry.path().strip_prefix(from).expect("the walk stays below"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).expect("the directory is ours");
        } else {
            fs::copy(entry.path(), target).expect("the directory is ours");
        }
    }
}

fn unified(old: &str, new: &str) -> String {
    TextDiff::from_lines(old, new).unified_diff().context_radius(3).header("expected", "found").to_string()
}

/// Fails with every finding.
#[track_caller]
fn hold(faults: &[String]) {
    assert!(
        faults.is_empty(),
        "{} wrong (CISTERN_BLESS=1 accepts what is found):\n{}",
        faults.len(),
        faults.join("\n")
    );
}
