//! Keeps the repository tidy: what `ARCHITECTURE.md` and `CONTRIBUTING.md` say of its files, as tests.
//!
//! Each test names the file, the line and the remedy. Beside each check stand samples that it must object to,
//! so that none of them can pass by looking at nothing.

#![expect(clippy::disallowed_methods, reason = "asks git which files there are, and reads them")]

#[path = "tidy/files.rs"]
mod files;
#[path = "tidy/modules.rs"]
mod modules;
#[path = "tidy/records.rs"]
mod records;
#[path = "tidy/rust.rs"]
mod rust;
#[path = "tidy/words.rs"]
mod words;

use files::{Files, Finding};

#[test]
fn modules_use_only_what_stands_above() {
    hold(&modules::order(Files::repository()));
}

#[test]
fn files_of_a_module_import_in_one_direction() {
    hold(&modules::circles(Files::repository()));
}

#[test]
fn io_stays_at_the_edges() {
    hold(&modules::io(Files::repository()));
}

#[test]
fn files_are_short_or_say_why_not() {
    hold(&words::length(Files::repository()));
}

#[test]
fn names_say_what_a_thing_is() {
    hold(&words::names(Files::repository()));
}

#[test]
fn messages_are_calm() {
    hold(&words::messages(Files::repository()));
}

#[test]
fn nothing_is_silenced_or_left_undone() {
    hold(&words::stubs(Files::repository()));
}

#[test]
fn files_name_no_machine_of_ours() {
    hold(&words::places(Files::repository()));
}

#[test]
fn every_code_has_a_fleet_that_provokes_it() {
    hold(&records::codes(Files::repository()));
}

#[test]
fn every_kind_stands_in_a_good_fleet() {
    hold(&records::kinds(Files::repository()));
}

#[test]
fn dependencies_are_explained() {
    hold(&records::dependencies(Files::repository()));
}

#[test]
fn the_changelog_is_open() {
    hold(&records::changelog(Files::repository()));
}

/// Fails with every finding, a line each.
#[track_caller]
fn hold(findings: &[Finding]) {
    let lines: String = findings.iter().map(|finding| format!("{finding}\n")).collect();
    assert!(findings.is_empty(), "{} not tidy:\n{lines}", findings.len());
}
