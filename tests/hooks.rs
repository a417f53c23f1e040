//! The hooks for pre-commit: what they say, and what the real pre-commit makes of them.

#![expect(clippy::disallowed_methods, reason = "runs pre-commit in repositories of its own")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cistern::diag::Faults;
use cistern::load;
use cistern::source::{SPLIT, Sources};
use common::{Lab, everything, require, run, temp_dir};
use fleet::{copy, repository};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

const HOOKS: &str = ".pre-commit-hooks.yaml";

#[test]
fn each_hook_runs_a_command_that_there_is() {
    let hooks = hooks();
    let ids: Vec<_> = hooks.iter().map(|hook| hook["id"].as_str().expect("a text")).collect();
    assert_eq!(ids, ["cistern-check", "cistern-generate-check", "cistern-diff"]);
    for hook in &hooks {
        let words: Vec<&str> = hook["entry"].as_str().expect("a text").split(' ').collect();
        assert_eq!(words[0], "cistern");
        // clap looks at every word before it prints the help.
        run(Command::new(env!("CARGO_BIN_EXE_cistern")).args(&words[1..]).arg("--help"));
        assert_eq!((&hook["language"], &hook["pass_filenames"]), (&json!("system"), &json!(false)));
        for key in ["name", "description"] {
            assert!(hook[key].as_str().is_some_and(|text| !text.is_empty()), "{} has no {key}", hook["id"]);
        }
        let files = hook["files"].as_str().expect("a pattern");
        assert!(files.contains(&format!("({})/", SPLIT.join("|"))), "{files} leaves out one of {SPLIT:?}");
    }
    assert_eq!(hooks[2]["verbose"], json!(true), "what a hook that passes says is shown only then");
}

#[test]
fn a_sound_commit_passes() {
    let Some(work) = Work::new() else { return };
    let (passed, said) = work.hooks(&["--all-files"]);
    assert!(passed, "{said}");
    for name in ["cistern check", "cistern generate --check", "cistern diff"] {
        assert_eq!(verdict(&said, name), "Passed", "{said}");
    }
    // Nothing that Cistern reads.
    fs::write(work.root.join("NOTES.md"), "a note\n").expect("the directory is ours");
    work.git(&["add", "NOTES.md"]);
    let (passed, said) = work.hooks(&[]);
    assert!(passed && verdict(&said, "cistern check") == "Skipped", "{said}");
}

#[test]
fn a_fault_stops_the_commit() {
    let Some(work) = Work::new() else { return };
    work.edit("address: 192.168.1.51\n", "address: 192.168.1.151\n");
    let (passed, said) = work.hooks(&[]);
    assert!(!passed, "{said}");
    assert_eq!(verdict(&said, "cistern check"), "Failed", "{said}");
    assert!(said.contains("error[C052]"), "{said}");
}

#[test]
fn a_stale_tree_stops_the_commit_and_the_change_is_shown() {
    let Some(work) = Work::new() else { return };
    work.edit("web: 8081", "web: 8085");
    let (passed, said) = work.hooks(&[]);
    assert!(!passed, "{said}");
    assert_eq!(verdict(&said, "cistern check"), "Passed", "{said}");
    assert_eq!(verdict(&said, "cistern generate --check"), "Failed", "{said}");
    assert!(said.contains("stale     generated/hosts/eden.nix"), "{said}");
    assert_eq!(verdict(&said, "cistern diff"), "Passed", "{said}");
    assert!(said.contains("2 hosts change: eden and gihon"), "{said}");
    run(Command::new(env!("CARGO_BIN_EXE_cistern")).args(["-q", "generate"]).current_dir(work.root.join("fleet")));
    work.git(&["add", "--all"]);
    let (passed, said) = work.hooks(&[]);
    assert!(passed && said.contains("2 hosts change: eden and gihon"), "{said}");
}

/// A repository with the fleet of an example in a directory, and the hooks in another repository.
struct Work {
    lab: &'static Lab,
    home: TempDir,
    root: PathBuf,
}

impl Work {
    fn new() -> Option<Self> {
        let lab = require(&["pre-commit"])?;
        let home = temp_dir();
        let root = home.path().canonicalize().expect("it was just made").join("work");
        let work = Self { lab, home, root };
        let hooks = work.home.path().join("hooks");
        fs::create_dir(&hooks).expect("the directory is ours");
        fs::copy(repository().join(HOOKS), hooks.join(HOOKS)).expect("it is there");
        copy(&repository().join("examples/homelab"), &work.root.join("fleet"));
        let revision = work.commit(&hooks);
        let ids: Vec<Json> =
            self::hooks().iter().map(|hook| json!({ "id": hook["id"], "args": ["-C", "fleet"] })).collect();
        let config = json!({ "repos": [{ "repo": hooks, "rev": revision, "hooks": ids }] });
        fs::write(work.root.join(".pre-commit-config.yaml"), config.to_string()).expect("the directory is ours");
        work.commit(&work.root);
        Some(work)
    }

    /// Makes a repository of a directory and returns its only commit.
    fn commit(&self, directory: &Path) -> String {
        for args in [&["init", "--quiet"][..], &["add", "--all"], &["commit", "--quiet", "--message", "first"]] {
            run(self.command("git").args(args).current_dir(directory));
        }
        run(self.command("git").args(["rev-parse", "HEAD"]).current_dir(directory)).trim().to_owned()
    }

    fn git(&self, args: &[&str]) {
        run(self.command("git").args(args));
    }

    /// Replaces a text in the definition, and makes the change part of the next commit.
    fn edit(&self, from: &str, to: &str) {
        let file = self.root.join("fleet/fleet.yaml");
        let text = fs::read_to_string(&file).expect("it is there");
        assert_eq!(text.matches(from).count(), 1, "`{from}` must occur once");
        fs::write(&file, text.replace(from, to)).expect("the directory is ours");
        self.git(&["add", "--all"]);
    }

    /// Runs the hooks; returns whether all passed, and what was said.
    fn hooks(&self, args: &[&str]) -> (bool, String) {
        let program = self.lab.program("pre-commit");
        let output =
            self.command(program.to_str().expect("a plain path")).arg("run").args(args).output().expect("it starts");
        (output.status.success(), everything(&output))
    }

    fn command(&self, program: &str) -> Command {
        let own = Path::new(env!("CARGO_BIN_EXE_cistern")).parent().expect("a directory").to_owned();
        let path = env::var_os("PATH").expect("there is a PATH");
        let path = env::join_paths([own].into_iter().chain(env::split_paths(&path))).expect("no colons");
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", path).env("HOME", self.home.path()).env("NO_COLOR", "1");
        command.env("PRE_COMMIT_HOME", self.home.path().join("pre-commit")).env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "t").env(format!("GIT_{who}_EMAIL"), "t@example.org");
        }
        command
    }
}

/// The hooks, as our own reader reads them.
fn hooks() -> Vec<Json> {
    let mut sources = Sources::default();
    let text = fs::read_to_string(repository().join(HOOKS)).expect("it is there");
    let id = sources.add(HOOKS, text);
    let mut faults = Faults::default();
    let node = load::parse(id, sources.file(id), &mut faults).expect("it is YAML");
    assert!(faults.is_empty());
    node.to_json().as_array().expect("a list").clone()
}

/// What pre-commit says of a hook at the end of its line.
fn verdict<'s>(said: &'s str, name: &str) -> &'s str {
    let line = said.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', '('])));
    let line = line.unwrap_or_else(|| panic!("no line of `{name}`:\n{said}"));
    let end = line.rsplit('.').next().unwrap_or_default();
    end.rsplit(')').next().unwrap_or_default()
}
