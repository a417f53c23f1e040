//! Terminal transcripts in the documents are real: every `$` line is run, and its output is what stands there.
//!
//! `CISTERN_BLESS=1` writes the output into the documents.

#![expect(clippy::disallowed_methods, reason = "runs what documents show")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "common/mod.rs"]
mod common;

#[test]
fn the_readme_is_real() {
    hold("README.md");
}

#[test]
fn edits_are_real() {
    hold("docs/editing.md");
}

#[test]
fn simulations_are_real() {
    hold("docs/simulate.md");
}

#[test]
fn coverage_is_real() {
    hold("docs/monitoring.md");
}

#[test]
fn imports_of_secrets_are_real() {
    hold("docs/secrets-import.md");
}

#[test]
fn keys_of_hosts_are_real() {
    hold("docs/secrets-hosts.md");
}

/// Compares a document with what its commands print.
#[track_caller]
fn hold(document: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
    let text = fs::read_to_string(&file).expect("the document is there");
    let mut made = String::new();
    let mut blocks = 0;
    let mut rest = text.as_str();
    while let Some(at) = rest.find("```console\n") {
        let (before, after) = rest.split_at(at + "```console\n".len());
        let (block, tail) = after.split_once("```\n").expect("a block ends");
        made.push_str(before);
        made.push_str(&replay(block));
        made.push_str("```\n");
        rest = tail;
        blocks += 1;
    }
    made.push_str(rest);
    assert!(blocks >= 2, "{document} shows a change and a mistake");
    if std::env::var_os("CISTERN_BLESS").is_some() {
        fs::write(file, &made).expect("the repository can be written");
        return;
    }
    assert!(text == made, "the transcripts of {document} are stale: run this test with CISTERN_BLESS=1");
}

/// Runs the commands of a block in a fresh copy of an example, and returns the block with what they printed.
/// `cd ../NAME` goes to another one.
fn replay(block: &str) -> String {
    let directory = common::temp_dir();
    let mut fleet = example(directory.path(), "homelab");
    let mut made = String::new();
    for command in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
        made.push_str(&format!("$ {command}\n"));
        match command.strip_prefix("cd ../") {
            Some(other) => fleet = example(directory.path(), other),
            None => made.push_str(&unnamed(&sh(&fleet, command))),
        }
    }
    made
}

/// Copies an example, and commits it.
fn example(into: &Path, name: &str) -> PathBuf {
    let fleet = into.join(name);
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    sh(into, &format!("cp -r '{}' '{}'", example.display(), fleet.display()));
    sh(&fleet, "git init -q . && git add -A && git -c user.name=t -c user.email=t@example.org commit -qm fleet");
    fleet
}

/// Leaves out the commit, which is another in every run.
fn unnamed(text: &str) -> String {
    text.lines()
        .map(|line| match line.split_once("HEAD (") {
            Some((before, _)) => format!("{before}HEAD (5c1a7e2)\n"),
            None => format!("{}\n", line.trim_end()),
        })
        .collect()
}

fn sh(directory: &Path, command: &str) -> String {
    let bin = Path::new(env!("CARGO_BIN_EXE_cistern")).parent().expect("a directory").to_path_buf();
    let path = std::env::join_paths(
        std::iter::once(bin).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {command}\n}} 2>&1")])
        .current_dir(directory)
        .env("PATH", path.expect("no colons"))
        .env("NO_COLOR", "1")
        .output()
        .expect("sh starts");
    String::from_utf8(output.stdout).expect("UTF-8")
}
