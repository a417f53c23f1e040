//! `tests/nixpkgs/options.tsv`: every option that Cistern's templates emit, with its type, and the template that does.

#![allow(dead_code, reason = "each test file uses a part of this")]

use std::fs;
use std::path::Path;

use serde_json::{Map, Value as Json, json};

/// One row of the table.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The path; `<name>` is any name, `*` an item of a list.
    pub(crate) option: String,
    /// Its type as a module declares it: `listOf str`.
    pub(crate) takes: String,
    /// The template, below `templates/` or `templates/services/`.
    pub(crate) template: String,
}

impl Row {
    /// The names of the path.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.option.split('.').collect()
    }

    /// The type in the words in which nixpkgs describes it: `list of string`.
    pub(crate) fn words(&self) -> String {
        let mut tokens = tokens(&self.takes).into_iter().peekable();
        let words = type_of(&mut tokens, &self.option);
        assert!(tokens.next().is_none(), "tests/nixpkgs/options.tsv: {}: `{}` ends too early", self.option, self.takes);
        words
    }
}

/// Reads the table.
pub(crate) fn table() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nixpkgs/options.tsv");
    let text = fs::read_to_string(path).expect("the table is there");
    assert!(text.lines().is_sorted(), "tests/nixpkgs/options.tsv is not sorted");
    let row = |line: &str| {
        let fields: Vec<_> = line.split('\t').map(str::to_owned).collect();
        let [option, takes, template] =
            <[String; 3]>::try_from(fields).expect("tests/nixpkgs/options.tsv has three columns");
        Row { option, takes, template }
    };
    text.lines().map(row).collect()
}

/// The table as nixpkgs would build it: `options.json`.
pub(crate) fn list(rows: &[Row]) -> Json {
    let mut list = Map::new();
    for row in rows {
        // A prefix before a placeholder is part of an attribute's name, which a list has no way to say.
        let names = row.names().into_iter().map(|name| if name.contains('<') { "<name>" } else { name });
        let loc: Vec<_> = names.collect();
        let entry =
            json!({ "loc": loc, "type": row.words(), "readOnly": false, "declarations": [], "description": "" });
        list.insert(loc.join("."), entry);
    }
    Json::Object(list)
}

fn tokens(text: &str) -> Vec<String> {
    let spaced =
        ["(", ")", "[", "]"].iter().fold(text.to_owned(), |text, mark| text.replace(mark, &format!(" {mark} ")));
    spaced.split_whitespace().map(str::to_owned).collect()
}

type Tokens = std::iter::Peekable<std::vec::IntoIter<String>>;

fn type_of(tokens: &mut Tokens, option: &str) -> String {
    let token = tokens.next().unwrap_or_else(|| panic!("tests/nixpkgs/options.tsv: {option}: the type ends too early"));
    let mut inner = |tokens: &mut Tokens| format!("({})", type_of(tokens, option));
    match token.as_str() {
        "(" => {
            let words = type_of(tokens, option);
            assert_eq!(tokens.next().as_deref(), Some(")"), "{option}");
            words
        }
        "listOf" => format!("list of {}", inner(tokens)),
        "between" => {
            let ends = [tokens.next(), tokens.next()].map(Option::unwrap_or_default);
            format!("integer between {} and {} (both inclusive)", ends[0], ends[1])
        }
        "positive" => "positive integer, meaning >0".to_owned(),
        "nullOr" => format!("null or {}", inner(tokens)),
        "either" => format!("{} or {}", inner(tokens), inner(tokens)),
        "oneOf" => all_of(tokens, &mut inner).join(" or "),
        "enum" => match all_of(tokens, &mut |tokens| tokens.next().expect("it was seen")).as_slice() {
            [only] => format!("value {only} (singular enum)"),
            several => format!("one of {}", several.join(", ")),
        },
        "attrsOf" => format!("attribute set of {}", inner(tokens)),
        "address" => "IPv4 or IPv6 address".to_owned(),
        "anything" => "anything".to_owned(),
        "attrs" => "attribute set".to_owned(),
        "bool" => "boolean".to_owned(),
        "float" => "floating point number".to_owned(),
        "int" => "signed integer".to_owned(),
        "json" => {
            assert_eq!(tokens.next().as_deref(), Some("value"), "{option}");
            "JSON value".to_owned()
        }
        "lines" => "strings concatenated with \"\\n\"".to_owned(),
        "list" => "list".to_owned(),
        "nonEmptyStr" => "non-empty string".to_owned(),
        "package" => "package".to_owned(),
        "path" => "absolute path".to_owned(),
        "port" => "16 bit unsigned integer; between 0 and 65535 (both inclusive)".to_owned(),
        "singleLineStr" => "(optionally newline-terminated) single-line string".to_owned(),
        "str" => "string".to_owned(),
        "strMatching" => "string matching the pattern .*".to_owned(),
        "submodule" => "submodule".to_owned(),
        "unspecified" => "unspecified value".to_owned(),
        "unsigned" => "unsigned integer, meaning >=0".to_owned(),
        "timezone" => "string without spaces".to_owned(),
        "systemd" => {
            assert_eq!([tokens.next(), tokens.next()].map(Option::unwrap_or_default), ["unit", "option"], "{option}");
            "systemd option".to_owned()
        }
        other => panic!("tests/nixpkgs/options.tsv: {option}: nobody knows the type `{other}`"),
    }
}

/// What stands between brackets.
fn all_of(tokens: &mut Tokens, one: &mut dyn FnMut(&mut Tokens) -> String) -> Vec<String> {
    assert_eq!(tokens.next().as_deref(), Some("["));
    let mut all = Vec::new();
    while tokens.peek().is_some_and(|token| token != "]") {
        all.push(one(tokens));
    }
    tokens.next();
    all
}
