//! Hostile text: what breaks out of strings, comments, names and documents where it is not escaped, and mixtures of it.

use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

const WORDS: &[&str] = &["\"", "''", "${builtins.abort \"x\"}", "\\", "\n", "*/", "🐧"];

/// What mixtures are made of besides.
const MORE: &[&str] = &[
    "''${",
    "$${",
    "''\\",
    "'''",
    "${",
    "}",
    "{{ x }}",
    "{% raw %}",
    "#}",
    "/*",
    "#",
    ";",
    "\\n",
    "\r",
    "\t",
    " ",
    "é",
    "\u{1}",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{9b}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{202e}",
    "if",
    "or",
    "null",
    "a",
    "-",
    "0",
    "./.",
    "<nixpkgs>",
    "~/",
    "http://a",
    ": ",
    "- ",
    "&a",
    "!!x",
    "'",
    ",",
    "=",
    "@",
];

/// The texts: all of them, or a few for a place that is like another one.
pub(crate) fn hostile(deep: bool) -> Vec<String> {
    static MIXTURES: OnceLock<Vec<String>> = OnceLock::new();
    let mixtures = MIXTURES.get_or_init(mixtures);
    let printable: String = WORDS.iter().filter(|word| **word != "\n").copied().collect();
    let mut texts = vec![WORDS.concat(), printable, format!("a{}", "x".repeat(9_999))];
    if deep {
        texts.extend(WORDS.iter().map(|word| (*word).to_owned()));
        texts.extend(["${".repeat(5_000), "a".to_owned(), "or".to_owned()]);
        texts.extend(mixtures.iter().cloned());
    } else {
        texts.extend(mixtures.iter().take(3).cloned());
    }
    texts
}

/// Mixtures, the same on every run; every other one has no control characters, which most strings must not have.
fn mixtures() -> Vec<String> {
    let word = prop_oneof![
        2 => prop::sample::select(WORDS).prop_map(str::to_owned),
        3 => prop::sample::select(MORE).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    let texts = prop::collection::vec(word, 1..7).prop_map(|words| words.concat().replace('\0', ""));
    let mut runner = TestRunner::deterministic();
    let draw = |at: usize| {
        let text = texts.new_tree(&mut runner).expect("the strategy does not run dry").current();
        if at.is_multiple_of(2) { text.replace(char::is_control, "") } else { text }
    };
    (0..9).map(draw).collect()
}
