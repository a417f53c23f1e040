//! What a comparison of two trees says of their files, and the laws that it keeps. `tests/pairs.rs` is about meaning.

#![expect(clippy::unwrap_used, reason = "text of our own that does not parse fails a test")]

use std::collections::BTreeMap;

use cistern::diff::{Beside, File, Kind, Options, Report, diff, files, human, json};
use cistern::tree::Tree;
use proptest::prelude::*;

const PLAIN: Options = Options { color: false, verbose: false, files: true, raw: false, width: 80, cut: true };
const VERBOSE: Options = Options { verbose: true, ..PLAIN };
const RAW: Options = Options { raw: true, ..VERBOSE };

fn tree(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::default();
    files.iter().for_each(|(path, text)| tree.insert(*path, text.as_bytes()));
    tree
}

fn sample() -> (Tree, Tree) {
    let old = tree(&[
        ("hosts/eden.nix", "# cistern 1 in=00000000 body=11111111\n{\n  a = 1;\n  b = 2;\n  c = 3;\n}\n"),
        ("hosts/old.nix", "{ }"),
        ("hosts/same.nix", "# cistern 1 in=00000000 body=11111111\n{ }\n"),
        ("manifest.json", "{\n}\n"),
        ("nodes.nix", "{ }\n"),
        ("plan.jsonl", "1\n2\n"),
    ]);
    let new = tree(&[
        ("hosts/eden.nix", "# cistern 1 in=22222222 body=33333333\n{\n  a = 1;\n  b = 4;\n  c = 3;\n}\n"),
        ("hosts/new.nix", "{\n}\n"),
        ("hosts/same.nix", "# cistern 1 in=44444444 body=11111111\n{ }\n"),
        ("manifest.json", "{\n  1\n}\n"),
        ("nodes.nix", "{ }\n"),
        ("plan.jsonl", "1\n3\n"),
    ]);
    (old, new)
}

#[test]
fn people_read_the_files_line_by_line() {
    let (old, new) = sample();
    let shown = "\
~ hosts/eden.nix changed: 1 line added, 1 removed
@@ -1,6 +1,6 @@
 # cistern 1 in=… body=…
 {
   a = 1;
-  b = 2;
+  b = 4;
   c = 3;
 }

+ hosts/new.nix created: 2 lines
@@ -0,0 +1,2 @@
+{
+}

- hosts/old.nix removed: 1 line
@@ -1 +0,0 @@
-{ }
\\ No newline at end of file
";
    let short = "~ manifest.json and plan.jsonl changed: 2 lines added, 1 removed; --raw -v shows them";
    assert_eq!(files(&diff(&old, &new), &PLAIN), format!("{shown}\n{short}\n\n"));
    let whole = files(&diff(&old, &new), &RAW);
    let hashes = "-# cistern 1 in=00000000 body=11111111\n+# cistern 1 in=22222222 body=33333333\n";
    assert!(whole.contains(hashes), "{whole}");
    assert!(
        whole.contains("~ hosts/same.nix changed: 0 lines added, 0 removed\n@@ -1,2 +1,2 @@\n-# cistern"),
        "{whole}"
    );
    assert!(
        whole.ends_with("~ plan.jsonl changed: 1 line added, 1 removed\n@@ -1,2 +1,2 @@\n 1\n-2\n+3\n\n"),
        "{whole}"
    );
}

#[test]
fn headers_alone_change_no_host() {
    let text = |hash: &str, format: u32| format!("# hosts.eden\n# cistern {format} in={hash} body={hash}\n{{ }}\n");
    let (old, new) = (text("0123456789abcdef", 1), text("fedcba9876543210", 1));
    let changes = diff(&tree(&[("hosts/eden.nix", &old)]), &tree(&[("hosts/eden.nix", &new)]));
    assert!(changes.is_same() && changes.hosts().is_empty());
    assert_eq!((changes.header_only(), changes.normalised()), (1, 1));
    let newer = diff(&tree(&[("hosts/eden.nix", &old)]), &tree(&[("hosts/eden.nix", &text("0123456789abcdef", 2))]));
    assert_eq!(newer.hosts(), BTreeMap::from([("eden", Kind::Changed)]), "a format is no hash");
}

#[test]
fn no_difference_is_one_line() {
    let new = tree(&[("hosts.nix", "{ }\n"), ("hosts/a/b.nix", "{ }\n"), ("hosts/a.json", "1\n")]);
    let report = |old| Report::new(old, &new, &Beside::default()).unwrap();
    assert_eq!(human(&report(&new), &PLAIN), "semantically identical: 0 hosts change\n");
    let nothing = Tree::default();
    let text = human(&report(&nothing), &PLAIN);
    assert!(text.starts_with("0 hosts change; 0 files changed, 3 created, 0 removed\n"), "{text}");
    assert!(json(&report(&nothing), None).contains("\"same\": false"));
}

#[test]
fn long_output_is_cut_and_counted() {
    let long = "line\n".repeat(100);
    let names: Vec<_> = (0..1_000).map(|number| format!("hosts/h{number:03}.nix")).collect();
    let old = tree(&names.iter().map(|name| (name.as_str(), "")).collect::<Vec<_>>());
    let new = tree(&names.iter().map(|name| (name.as_str(), long.as_str())).collect::<Vec<_>>());
    let text = files(&diff(&old, &new), &PLAIN);
    assert!(text.contains("\n… 40 more lines of hosts/h000.nix; -v shows all\n\n~ hosts/h001.nix"), "{text}");
    let rest = "… 990 more files with 99000 lines added and 0 removed (990 changed); -v shows all\n";
    assert!(text.contains(rest), "{text}");
    assert!(text.lines().count() < 700);
    let whole = files(&diff(&old, &new), &VERBOSE);
    assert!(whole.matches("\n+line").count() == 100_000);
}

#[test]
fn a_terminal_is_told_nothing_by_the_files() {
    let new = tree(&[("hosts/a\u{1b}[2J.nix", "\u{1b}]0;title\u{7} \u{202e}bidi\r\n\ttab ä 🙂\n")]);
    let text = files(&diff(&Tree::default(), &new), &PLAIN);
    assert!(text.contains("+ hosts/a\\u{1b}[2J.nix created"), "{text}");
    assert!(text.contains("+\\u{1b}]0;title\\u{7} \\u{202e}bidi\\r\n+\ttab ä 🙂\n"), "{text}");
}

#[test]
fn what_is_not_text_is_not_shown() {
    let mut old = Tree::default();
    old.insert("blob", [0xff, 0xfe].as_slice());
    old.insert("zero", *b"a\0b");
    let changes = diff(&old, &tree(&[("blob", "text\n")]));
    let text = files(&changes, &PLAIN);
    assert!(text.contains("~ blob changed: not text\n\n- zero removed: not text\n\n"), "{text}");
    assert!(changes.files().iter().all(File::is_binary));
}

#[test]
fn words_are_emphasised_in_colour() {
    let (old, new) = (tree(&[("nodes.nix", "a = old;\n")]), tree(&[("nodes.nix", "a = new;\n")]));
    let text = files(&diff(&old, &new), &Options { color: true, ..PLAIN });
    assert!(text.contains("\u{1b}[32m+a = \u{1b}[7m\u{1b}[32mnew;"), "{text:?}");
}

/// Texts of few different lines, so that they share some, with and without a newline at their end.
fn texts() -> impl Strategy<Value = String> {
    let line =
        prop::sample::select(vec!["", "a", "b = 1;", "b = 2;", "c d e", "c d f", "\\ x", "@@ -1 +1 @@", "+ x", "# y"]);
    (prop::collection::vec(line, 0..30), any::<bool>())
        .prop_map(|(lines, ends)| lines.join("\n") + if ends { "\n" } else { "" })
}

fn trees() -> impl Strategy<Value = Tree> {
    let path = prop::sample::select(vec!["hosts/a.nix", "hosts/b.nix", "nodes.nix", "plan.jsonl", "prometheus/p.yml"]);
    prop::collection::btree_map(path, texts(), 0..5)
        .prop_map(|files| tree(&files.iter().map(|(path, text)| (*path, text.as_str())).collect::<Vec<_>>()))
}

/// Applies what people read to the old tree.
fn applied(old: &Tree, text: &str) -> Tree {
    let mut tree = old.clone();
    for section in text.split("\n\n") {
        let (head, hunks) = section.split_once('\n').unwrap_or((section, ""));
        let mut words = head.split(' ');
        let Some("+" | "-" | "~") = words.next() else { continue };
        let path = words.next().unwrap();
        let before = tree.get(path).map_or(String::new(), |bytes| String::from_utf8(bytes.to_vec()).unwrap());
        let after = patched(&before, &format!("{}\n", hunks.trim_end_matches('\n')));
        if words.next() == Some("removed:") {
            assert_eq!(after, "");
            tree = without(&tree, path);
        } else {
            tree.insert(path, after.as_bytes());
        }
    }
    tree
}

fn without(tree: &Tree, path: &str) -> Tree {
    let mut rest = Tree::default();
    tree.iter().filter(|(of, _)| *of != path).for_each(|(path, bytes)| rest.insert(path, bytes.clone()));
    rest
}

/// Applies the hunks of one file to its old text, as `patch` does.
fn patched(old: &str, hunks: &str) -> String {
    let (mut rest, mut new, mut at) = (old.split_inclusive('\n'), String::new(), 0);
    let mut lines = hunks.split_inclusive('\n').filter(|line| *line != "\n").peekable();
    while let Some(line) = lines.next() {
        if let Some(head) = line.strip_prefix("@@ -") {
            let range = head.split(' ').next().unwrap();
            let (start, length) = range.split_once(',').unwrap_or((range, "1"));
            let start = start.parse::<usize>().unwrap() - usize::from(length != "0");
            new.extend(rest.by_ref().take(start - at));
            at = start;
            continue;
        }
        let is_bare = lines.next_if(|next| next.starts_with("\\ No newline")).is_some();
        let text = if is_bare { line[1..].trim_end_matches('\n') } else { &line[1..] };
        if !line.starts_with('+') {
            assert_eq!(rest.next(), Some(text));
            at += 1;
        }
        if !line.starts_with('-') {
            new += text;
        }
    }
    new.extend(rest);
    new
}

fn without_colour(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap().to_owned();
    first + &parts.map(|part| part.split_once('m').unwrap().1).collect::<String>()
}

proptest! {
    #[test]
    fn a_tree_does_not_differ_from_itself(tree in trees()) {
        let mut copy = Tree::default();
        tree.iter().for_each(|(path, bytes)| copy.insert(path, bytes.to_vec()));
        let changes = diff(&tree, &copy);
        prop_assert!(changes.is_same() && changes.files().is_empty() && changes.header_only() == 0);
    }

    #[test]
    fn what_is_shown_leads_from_the_old_tree_to_the_new(old in trees(), new in trees()) {
        prop_assert_eq!(applied(&old, &files(&diff(&old, &new), &RAW)), new);
    }

    #[test]
    fn colour_adds_nothing_but_colour(old in trees(), new in trees()) {
        let changes = diff(&old, &new);
        let coloured = files(&changes, &Options { color: true, ..VERBOSE });
        prop_assert_eq!(without_colour(&coloured), files(&changes, &VERBOSE));
    }

    #[test]
    fn counts_agree_with_the_texts(old in trees(), new in trees()) {
        let lines = |tree: &Tree, path: &str| tree.get(path).map_or(0, |text| text.split_inclusive(|b| *b == b'\n').count());
        for file in diff(&old, &new).files() {
            prop_assert_eq!(lines(&old, file.path()) + file.added(), lines(&new, file.path()) + file.removed());
        }
    }
}
