//! Selectors: `@media`, `web-*`, `environment=production and not @canary`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::names::{HostName, LabelName, Tag};
use crate::diag::{Code, codes};
use crate::load::Body;
use crate::load::decode::Scalar;

/// A question that every host answers with yes or no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    text: Box<str>,
    term: Term,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    Tag(String),
    Glob(String),
    Label(String, String),
    Not(Box<Term>),
    And(Box<Term>, Box<Term>),
    Or(Box<Term>, Box<Term>),
}

/// What a selector looks at.
pub trait Selectable {
    /// The host's name.
    fn name(&self) -> &HostName;
    /// Its tags.
    fn tags(&self) -> &BTreeSet<Tag>;
    /// Its labels.
    fn labels(&self) -> &BTreeMap<LabelName, String>;
}

impl Selector {
    /// Says whether a host is selected.
    pub fn matches(&self, host: &impl Selectable) -> bool {
        self.term.matches(host)
    }

    /// A tag that every host has that is selected, when the selector says so.
    pub fn required_tag(&self) -> Option<&str> {
        self.term.required_tag()
    }

    /// Lists the tags that it names, for the search of a mistyped one.
    pub fn tags(&self) -> Vec<&str> {
        self.leaves(|term| if let Term::Tag(tag) = term { Some(tag.as_str()) } else { None })
    }

    /// Lists the labels that it names, with the values that it asks for.
    pub fn labels(&self) -> Vec<(&str, &str)> {
        self.leaves(|term| if let Term::Label(key, value) = term { Some((key.as_str(), value.as_str())) } else { None })
    }

    /// Lists the globs of host names that it holds.
    pub fn globs(&self) -> Vec<&str> {
        self.leaves(|term| if let Term::Glob(glob) = term { Some(glob.as_str()) } else { None })
    }

    fn leaves<'a, T>(&'a self, pick: impl Fn(&'a Term) -> Option<T>) -> Vec<T> {
        let (mut open, mut found) = (vec![&self.term], Vec::new());
        while let Some(term) = open.pop() {
            match term {
                Term::Not(inner) => open.push(inner),
                Term::And(a, b) | Term::Or(a, b) => open.extend([&**b, &**a]),
                Term::Tag(_) | Term::Glob(_) | Term::Label(..) => found.extend(pick(term)),
            }
        }
        found
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Term {
    fn required_tag(&self) -> Option<&str> {
        match self {
            Self::Tag(tag) => Some(tag),
            Self::And(a, b) => a.required_tag().or_else(|| b.required_tag()),
            _ => None,
        }
    }

    fn matches(&self, host: &impl Selectable) -> bool {
        match self {
            Self::Tag(tag) => host.tags().contains(tag.as_str()),
            Self::Glob(glob) => glob_matches(glob, host.name().as_str()),
            Self::Label(key, value) => host.labels().get(key.as_str()).is_some_and(|found| found == value),
            Self::Not(term) => !term.matches(host),
            Self::And(a, b) => a.matches(host) && b.matches(host),
            Self::Or(a, b) => a.matches(host) || b.matches(host),
        }
    }
}

/// Says whether a host name is of a form in which `*` stands for any text and `?` for any character.
pub fn glob_matches(glob: &str, name: &str) -> bool {
    let (glob, text) = (glob.as_bytes(), name.as_bytes());
    let (mut at, mut from, mut star) = (0, 0, None);
    while from < text.len() {
        match glob.get(at) {
            Some(b'*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(c) if *c == b'?' || *c == text[from] => {
                at += 1;
                from += 1;
            }
            _ => match star {
                Some((glob_at, text_at)) => {
                    at = glob_at + 1;
                    from = text_at + 1;
                    star = Some((glob_at, from));
                }
                None => return false,
            },
        }
    }
    glob[at..].iter().all(|c| *c == b'*')
}

impl Scalar for Selector {
    const WHAT: &'static str = "a selector";
    const FORM: &'static str = "its terms are `@tag`, `host-*` and `label=value`, joined by `and`, `or`, `not` and parentheses; a comma is `or`";
    const EXAMPLES: &'static [&'static str] = &["@media", "environment=production and not @canary"];
    const FAULT: &'static Code = codes::BAD_SELECTOR;
    fn read(text: &str) -> Result<Self, String> {
        let words = words(text)?;
        let mut parser = Parser { words: &words, depth: 0 };
        let term = parser.any()?;
        match parser.words.first() {
            None => Ok(Self { text: text.into(), term }),
            Some(word) => {
                Err(format!("{} is one word too many; join terms with `and`, `or` or a comma", Body::shown(word)))
            }
        }
    }
}

impl schemars::JsonSchema for Selector {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Selector".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        crate::load::schema::scalar::<Self>(schemars::json_schema!({ "type": "string" }))
    }
}

fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        match c {
            '(' | ')' | ',' | ' ' | '\t' | '\n' => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                if !c.is_whitespace() {
                    words.push(c.to_string());
                }
            }
            c if c.is_alphanumeric() || matches!(c, '@' | ':' | '=' | '*' | '?' | '-' | '_' | '.' | '/' | '+') => {
                word.push(c)
            }
            c => return Err(format!("it has `{}`", c.escape_debug())),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    Ok(words)
}

struct Parser<'a> {
    words: &'a [String],
    depth: usize,
}

impl Parser<'_> {
    fn take(&mut self, wanted: &[&str]) -> bool {
        let found = self.words.first().is_some_and(|word| wanted.contains(&word.as_str()));
        if found {
            self.words = &self.words[1..];
        }
        found
    }

    fn any(&mut self) -> Result<Term, String> {
        let mut term = self.all()?;
        while self.take(&["or", ","]) {
            term = Term::Or(Box::new(term), Box::new(self.all()?));
        }
        Ok(term)
    }

    fn all(&mut self) -> Result<Term, String> {
        let mut term = self.one()?;
        while self.take(&["and"]) {
            term = Term::And(Box::new(term), Box::new(self.one()?));
        }
        Ok(term)
    }

    fn one(&mut self) -> Result<Term, String> {
        self.depth += 1;
        if self.depth > 200 {
            return Err("it is nested too deeply".to_owned());
        }
        if self.take(&["not"]) {
            return self.one().map(|term| Term::Not(Box::new(term)));
        }
        if self.take(&["("]) {
            let term = self.any()?;
            return if self.take(&[")"]) { Ok(term) } else { Err("a `)` is missing".to_owned()) };
        }
        let Some((word, rest)) = self.words.split_first() else {
            return Err("a term is missing at its end".to_owned());
        };
        self.words = rest;
        term(word)
    }
}

fn term(word: &str) -> Result<Term, String> {
    if let Some(tag) = word.strip_prefix('@').or_else(|| word.strip_prefix("tag:")) {
        return Tag::read(tag)
            .map(|tag| Term::Tag(tag.to_string()))
            .map_err(|why| format!("{} is no tag: {why}", Body::shown(tag)));
    }
    if let Some((key, value)) = word.split_once('=') {
        let value = value.strip_prefix('=').unwrap_or(value);
        return LabelName::read(key)
            .map(|key| Term::Label(key.to_string(), value.to_owned()))
            .map_err(|why| format!("{} is no label: {why}", Body::shown(key)));
    }
    if matches!(word, "and" | "or" | "," | ")" | "(") {
        return Err(format!("`{word}` stands where a term should"));
    }
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '*' | '?');
    if word.chars().all(legal) {
        Ok(Term::Glob(word.to_owned()))
    } else {
        Err(format!("{} is neither a tag (`@TAG`), a label (`LABEL=VALUE`) nor a host glob", Body::shown(word)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Eden(HostName, BTreeSet<Tag>, BTreeMap<LabelName, String>);

    impl Selectable for Eden {
        fn name(&self) -> &HostName {
            &self.0
        }
        fn tags(&self) -> &BTreeSet<Tag> {
            &self.1
        }
        fn labels(&self) -> &BTreeMap<LabelName, String> {
            &self.2
        }
    }

    fn eden() -> Eden {
        let label = (LabelName::read("environment").unwrap(), "production".to_owned());
        Eden(HostName::read("eden").unwrap(), [Tag::read("media").unwrap()].into(), [label].into())
    }

    #[test]
    fn terms_and_their_joins() {
        let yes = [
            "@media",
            "tag:media",
            "ed*",
            "e?en",
            "environment=production",
            "@x or @media",
            "@x, eden",
            "not @x",
            "not (@x or @y) and eden",
            "@media and (environment=staging or eden)",
            "*",
        ];
        for text in yes {
            assert!(Selector::read(text).unwrap().matches(&eden()), "{text}");
        }
        for text in ["@x", "not @media", "eden-*", "environment=staging", "@media and @x", "e??"] {
            assert!(!Selector::read(text).unwrap().matches(&eden()), "{text}");
        }
    }

    #[test]
    fn faults_are_named() {
        for text in
            ["", "@", "@media and", "(@media", "@media)", "@media @tv", "and", "a=b=c d", "Eden", "@Ä", "role:x"]
        {
            assert!(Selector::read(text).is_err(), "{text}");
        }
    }
}
