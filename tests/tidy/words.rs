//! Words: how long files are, what things are called, and what must stand nowhere.

use crate::files::{File, Files, Finding, places as places_of};
use crate::rust::Rust;

/// The most lines of a file that gives no reason.
const LONGEST: usize = 500;

/// Words that say nothing of what a thing is.
const EMPTY_WORDS: &[&str] =
    &["handler", "handlers", "helper", "helpers", "info", "infos", "manager", "managers", "process", "util", "utils"];

/// Directories of what is written by programs, or follows another project's names.
const NOT_OURS: &[&str] = &["/expected/", "/generated/", "templates/services/", "tests/nixpkgs/"];

/// A file of code has at most 500 lines, or says in its head why it has more.
pub(crate) fn length(files: &Files) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.like("", ".rs").chain(files.like("", ".nix")).filter(|file| !written(file)) {
        let (lines, mark) =
            (file.lines().count(), if file.path.ends_with(".rs") { "//! Long because" } else { "# Long because" });
        let reason = file.lines().take(15).any(|(_, line)| line.starts_with(mark));
        if lines > LONGEST && !reason {
            let message =
                format!("has {lines} lines, more than {LONGEST}; split it, or begin a line of its head with `{mark}`");
            findings.push(file.finding(lines, message));
        }
    }
    findings
}

/// Types, functions, modules and files are named by what they are.
pub(crate) fn names(files: &Files) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| !ours(file).is_empty()) {
        for part in ours(file).split('/') {
            if let Some(word) = empty_word(part.split('.').next().unwrap_or_default()) {
                findings.push(
                    file.finding(
                        1,
                        format!("`{part}` is named `{word}`, which says nothing; name it by what it holds"),
                    ),
                );
            }
        }
        if !file.path.ends_with(".rs") {
            continue;
        }
        for (line, keyword, name) in Rust::read(&file.text).definitions() {
            if let Some(word) = empty_word(&name) {
                let message =
                    format!("`{keyword} {name}` is named `{word}`, which says nothing; name it by what it is or does");
                findings.push(file.finding(line, message));
            }
        }
    }
    findings
}

/// Texts of the program have neither emoji nor exclamation marks.
pub(crate) fn messages(files: &Files) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.like("src/", ".rs").filter(|file| !file.path.ends_with("/tests.rs")) {
        for (line, text) in Rust::read(&file.text).without_tests().texts {
            if let Some(emoji) = text.chars().find(|c| is_emoji(*c)) {
                findings.push(file.finding(line, format!("`{}` in a text; say it in words", emoji.escape_unicode())));
            }
            if exclaims(&text) {
                findings.push(
                    file.finding(
                        line,
                        "an exclamation mark in a message; end the sentence with a full stop or nothing",
                    ),
                );
            }
        }
    }
    findings
}

/// No lint is silenced for good, no test is passed over, nothing is left for later.
pub(crate) fn stubs(files: &Files) -> Vec<Finding> {
    const MARKS: &[(&str, &str)] = &[
        ("#[allow(", "write `#[expect(lint, reason = \"…\")]`, which goes away with its cause"),
        ("#![allow(", "write `#![expect(lint, reason = \"…\")]`, which goes away with its cause"),
        ("#[ignore", "mend the test, or let it ask for what it needs and say SKIPPED"),
        ("assert!(true", "assert something that can fail"),
        ("todo!(", "do it, or leave the whole thing out"),
        ("unimplemented!(", "do it, or leave the whole thing out"),
    ];
    let mut findings = Vec::new();
    for file in files.like("", ".rs") {
        for (at, line) in Rust::read(&file.text).code.lines().enumerate() {
            // Each test that shares these files uses another part, so that `expect` holds for some of them only.
            let shared = file.path.starts_with("tests/common/") && line.starts_with("#![allow(dead_code, reason =");
            for (mark, remedy) in MARKS.iter().filter(|(mark, _)| line.contains(mark) && !shared) {
                findings.push(file.finding(at + 1, format!("`{mark}`: {remedy}")));
            }
        }
    }
    findings
}

/// No file names a registry's host or a directory of the machine that it was written on.
pub(crate) fn places(files: &Files) -> Vec<Finding> {
    let join = |parts: &[&str], by: &str| parts.join(by);
    let hosts = [
        join(&["deb", "debian", "org"], "."),
        join(&["security", "debian", "org"], "."),
        join(&["registry", "npmjs", "org"], "."),
        join(&["pypi", "org"], "."),
        join(&["files", "pythonhosted", "org"], "."),
        join(&["static", "crates", "io"], "."),
        join(&["index", "crates", "io"], "."),
    ];
    let directories = ["work", "farm"].map(|top| join(&["", top, ""], "/"));
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| !file.path.ends_with(".lock")) {
        for (number, line) in file.lines() {
            if let Some(host) = hosts.iter().find(|host| line.contains(host.as_str())) {
                findings.push(
                    file.finding(number, format!("names {host}; leave the registry to its client's configuration")),
                );
            }
            let below = |directory: &&String| {
                let mut at = line.match_indices(directory.as_str());
                at.any(|(at, _)| !line[..at].ends_with(|c: char| c.is_ascii_lowercase()))
            };
            if let Some(directory) = directories.iter().find(below) {
                findings.push(
                    file.finding(
                        number,
                        format!("names {directory}, which other machines lack; write a relative path"),
                    ),
                );
            }
        }
    }
    findings
}

fn written(file: &File) -> bool {
    NOT_OURS.iter().take(2).any(|part| file.path.contains(part))
}

/// The part of a path that we chose; nothing for what follows another project's names.
fn ours(file: &File) -> &str {
    if NOT_OURS.iter().any(|part| file.path.contains(part)) { "" } else { &file.path }
}

/// Finds the word of a name that says nothing; `data` says something beside another word, but nothing alone.
fn empty_word(name: &str) -> Option<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("one at least").extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    if words == ["data"] {
        return words.pop();
    }
    words.into_iter().find(|word| EMPTY_WORDS.contains(&word.as_str()))
}

/// Says whether a text has a word with an exclamation mark behind it, at its end or before a space.
fn exclaims(text: &str) -> bool {
    let spoken = text.trim_end().contains(' ');
    let mut marks = text.match_indices('!');
    spoken
        && marks.any(|(at, _)| {
            let rest = &text[at + 1..];
            text[..at].ends_with(char::is_alphabetic)
                && (rest.is_empty() || rest.starts_with([' ', '\n']) || rest.starts_with("\\n"))
        })
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{2b50}' | '\u{2b55}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

#[test]
fn a_long_file_is_found() {
    let long = "x\n".repeat(501);
    let reasoned = format!("//! Tables.\n//!\n//! Long because it is one table.\n{long}");
    let late = format!("{}//! Long because.\n{long}", "\n".repeat(20));
    let files = Files::sample(&[
        ("a.rs", &long),
        ("b.nix", &long),
        ("c.rs", &reasoned),
        ("d.rs", &late),
        ("e.md", &long),
        ("f.rs", &long[..1000]),
        ("examples/x/generated/hosts/g.nix", &long),
    ]);
    assert_eq!(places_of(&length(&files)), ["a.rs:501", "d.rs:522", "b.nix:501"]);
}

#[test]
fn an_empty_name_is_found() {
    let text = "struct HostManager;\nfn process_all() {}\nmod utils;\nfn data() {}\nfn processed() {}\nfn plain_data() { data.info() }\n// fn helper() {}\nuse x::Handler;\nmacro_rules! helper { () => {} }\n";
    let files = Files::sample(&[
        ("src/a.rs", text),
        ("nix/host-info.nix", ""),
        ("src/data/mod.rs", ""),
        ("tests/nixpkgs/info.nix", ""),
        ("docs/information.md", ""),
    ]);
    let expected = [
        "src/a.rs:1",
        "src/a.rs:2",
        "src/a.rs:3",
        "src/a.rs:4",
        "src/a.rs:9",
        "nix/host-info.nix:1",
        "src/data/mod.rs:1",
    ];
    assert_eq!(places_of(&names(&files)), expected);
}

#[test]
fn a_loud_message_is_found() {
    let loud = ["all is well", "!"].concat();
    let text = format!(
        "f(\"{loud}\");\nf(\"{loud} \\n\");\nf(\"done \\u{{1f389}}\", \"\u{1f389}\");\nf(\"a != b\", \"todo!\", \"x ! y\");\n// {loud}\n"
    );
    let files = Files::sample(&[("src/a.rs", &text), ("tests/b.rs", &text)]);
    assert_eq!(places_of(&messages(&files)), ["src/a.rs:1", "src/a.rs:2", "src/a.rs:3"]);
}

#[test]
fn a_stub_is_found() {
    let text = "#[allow(x)]\n#[expect(x, reason = \"y\")]\nfn f() { todo!() }\n#[ignore = \"slow\"]\n// todo!(z)\nlet t = \"unimplemented!()\";\n";
    let shared = "#![allow(dead_code, reason = \"x\")]\n#![allow(dead_code)]\n";
    let files = Files::sample(&[("src/a.rs", text), ("tests/common/mod.rs", shared)]);
    assert_eq!(places_of(&stubs(&files)), ["src/a.rs:1", "src/a.rs:3", "src/a.rs:4", "tests/common/mod.rs:2"]);
}

#[test]
fn a_place_of_ours_is_found() {
    let text = ["https://pypi", "org/simple\ncd ", "work/x\nnet", "work/x\n"].join("/").replacen("pypi/", "pypi.", 1);
    let files = Files::sample(&[("docs/a.md", &text), ("Cargo.lock", &text)]);
    assert_eq!(places_of(&places(&files)), ["docs/a.md:1", "docs/a.md:2"]);
}
