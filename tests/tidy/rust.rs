//! Rust text taken apart far enough for the checks: code without comments and texts, and the paths in it.

/// A Rust file taken apart.
#[derive(Debug)]
pub(crate) struct Rust {
    /// The code: comments and the insides of texts are blank, lines are where they were.
    pub(crate) code: String,
    /// The texts as they were written, by the line that they begin on.
    pub(crate) texts: Vec<(usize, String)>,
}

/// A path such as `crate::model::Fleet`, with the names of `use` trees written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// The line of its last part.
    pub(crate) line: usize,
    /// The inline modules around it.
    pub(crate) inside: Vec<String>,
    /// Its parts; the last one is `*` where a `use` takes everything.
    pub(crate) parts: Vec<String>,
    /// What it is called from here on, when a `use` brings it in.
    pub(crate) alias: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    /// `::`
    Colons,
    Sign(char),
}

impl Rust {
    /// Takes a file apart.
    pub(crate) fn read(text: &str) -> Self {
        let mut scan = Scan { rest: text.chars().collect(), at: 0, line: 1, code: String::new(), texts: Vec::new() };
        scan.all();
        Self { code: scan.code, texts: scan.texts }
    }

    /// The same without the items under `#[cfg(test)]`.
    pub(crate) fn without_tests(&self) -> Self {
        const MARK: &str = "#[cfg(test)]";
        let mut code = self.code.clone();
        let mut hidden = Vec::new();
        while let Some(start) = code.find(MARK) {
            let end = start + MARK.len() + item_end(&code[start + MARK.len()..]);
            hidden.push(line_of(&code, start)..=line_of(&code, end.saturating_sub(1)));
            let blank: String = code[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
            code.replace_range(start..end, &blank);
        }
        let shown = |line: &usize| !hidden.iter().any(|lines| lines.contains(line));
        Self { code, texts: self.texts.iter().filter(|(line, _)| shown(line)).cloned().collect() }
    }

    /// Lists the words that are defined, each with the keyword that defines it.
    pub(crate) fn definitions(&self) -> Vec<(usize, String, String)> {
        const KEYWORDS: &[&str] = &["enum", "fn", "macro_rules", "mod", "struct", "trait", "type", "union"];
        let tokens = self.tokens();
        let mut found = Vec::new();
        for (at, (_, token)) in tokens.iter().enumerate() {
            let Token::Word(keyword) = token else { continue };
            let next = if keyword == "macro_rules" { at + 2 } else { at + 1 };
            if let (true, Some((line, Token::Word(name)))) = (KEYWORDS.contains(&keyword.as_str()), tokens.get(next)) {
                found.push((*line, keyword.clone(), name.clone()));
            }
        }
        found
    }

    /// Lists every path of at least two parts, and everything that a `use` brings in.
    pub(crate) fn names(&self) -> Vec<Name> {
        let tokens = self.tokens();
        let mut names = Names { tokens: &tokens, at: 0, depth: 0, inside: Vec::new(), found: Vec::new() };
        names.all();
        names.found
    }

    fn tokens(&self) -> Vec<(usize, Token)> {
        let mut tokens = Vec::new();
        let mut line = 1;
        let mut chars = self.code.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\n' => line += 1,
                c if c.is_whitespace() => {}
                c if is_word(c) => {
                    let mut word = c.to_string();
                    while let Some(c) = chars.next_if(|c| is_word(*c)) {
                        word.push(c);
                    }
                    tokens.push((line, Token::Word(word)));
                }
                ':' if chars.next_if_eq(&':').is_some() => tokens.push((line, Token::Colons)),
                c => tokens.push((line, Token::Sign(c))),
            }
        }
        tokens
    }
}

struct Scan {
    rest: Vec<char>,
    at: usize,
    line: usize,
    code: String,
    texts: Vec<(usize, String)>,
}

impl Scan {
    fn all(&mut self) {
        while let Some(c) = self.peek(0) {
            match (c, self.peek(1)) {
                ('/', Some('/')) => self.blank_while(|scan| scan.peek(0) != Some('\n')),
                ('/', Some('*')) => self.comment(),
                ('"', _) => self.text(0, true),
                ('r', Some('"' | '#')) if !self.in_word() && self.raw_hashes().is_some() => {
                    let hashes = self.raw_hashes().expect("looked at just above");
                    self.keep(1 + hashes);
                    self.text(hashes, false);
                }
                ('\'', next) => {
                    self.keep(1);
                    if next == Some('\\') || self.peek(1) == Some('\'') {
                        self.blank(if next == Some('\\') { 2 } else { 1 });
                        self.blank_while(|scan| scan.peek(0) != Some('\''));
                        self.keep(1);
                    }
                }
                _ => self.keep(1),
            }
        }
    }

    fn comment(&mut self) {
        let mut depth = 0;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (None, _) => return,
                _ => {
                    self.blank(1);
                    continue;
                }
            }
            self.blank(2);
            if depth == 0 {
                return;
            }
        }
    }

    /// A text from its first quote on; a raw one ends with a quote and as many hashes.
    fn text(&mut self, hashes: usize, escapes: bool) {
        let (line, start) = (self.line, self.at + 1);
        self.keep(1);
        while let Some(c) = self.peek(0) {
            if c == '\\' && escapes {
                self.blank(2);
            } else if c == '"' && (1..=hashes).all(|at| self.peek(at) == Some('#')) {
                break;
            } else {
                self.blank(1);
            }
        }
        self.texts.push((line, self.rest[start..self.at].iter().collect()));
        self.keep(1 + hashes);
    }

    /// How many hashes stand between an `r` and its quote; none where no quote follows.
    fn raw_hashes(&self) -> Option<usize> {
        let hashes = self.rest[self.at + 1..].iter().take_while(|c| **c == '#').count();
        (self.peek(1 + hashes) == Some('"')).then_some(hashes)
    }

    fn in_word(&self) -> bool {
        let before = |back: usize| self.at.checked_sub(back).map_or(' ', |at| self.rest[at]);
        // The `b` or `c` of a text such as br"" is no word that goes on.
        let mark = matches!(before(1), 'b' | 'c') && !is_word(before(2));
        is_word(before(1)) && !mark
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.get(self.at + ahead).copied()
    }

    fn keep(&mut self, count: usize) {
        for _ in 0..count {
            let Some(c) = self.peek(0) else { return };
            self.code.push(c);
            self.step(c);
        }
    }

    fn blank(&mut self, count: usize) {
        for _ in 0..count {
            let Some(c) = self.peek(0) else { return };
            self.code.push(if c == '\n' { '\n' } else { ' ' });
            self.step(c);
        }
    }

    fn blank_while(&mut self, more: impl Fn(&Self) -> bool) {
        while self.peek(0).is_some() && more(self) {
            self.blank(1);
        }
    }

    fn step(&mut self, c: char) {
        self.at += 1;
        self.line += usize::from(c == '\n');
    }
}

struct Names<'a> {
    tokens: &'a [(usize, Token)],
    at: usize,
    depth: usize,
    /// The inline modules that are open, with the depth of their braces.
    inside: Vec<(usize, String)>,
    found: Vec<Name>,
}

impl Names<'_> {
    fn all(&mut self) {
        while let Some((_, token)) = self.tokens.get(self.at) {
            let joined = self.at > 0 && self.tokens[self.at - 1].1 == Token::Colons;
            match token {
                Token::Word(word) if word == "use" && self.sign(1) != Some('<') => {
                    self.at += 1;
                    self.tree(&[]);
                }
                Token::Word(word) if word == "mod" && self.sign(2) == Some('{') => {
                    if let Some(Token::Word(name)) = self.token(1) {
                        self.inside.push((self.depth, name.clone()));
                    }
                    self.at += 1;
                }
                Token::Word(_) if !joined => self.path(),
                Token::Sign('{') => {
                    self.depth += 1;
                    self.at += 1;
                }
                Token::Sign('}') => {
                    self.depth = self.depth.saturating_sub(1);
                    self.at += 1;
                    if self.inside.last().is_some_and(|(depth, _)| *depth == self.depth) {
                        self.inside.pop();
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    /// A path in the midst of code.
    fn path(&mut self) {
        let mut parts = Vec::new();
        while let Some(Token::Word(word)) = self.token(0) {
            parts.push(word.clone());
            self.at += 1;
            if !matches!((self.token(0), self.token(1)), (Some(Token::Colons), Some(Token::Word(_)))) {
                break;
            }
            self.at += 1;
        }
        if parts.len() > 1 {
            self.push(parts, None);
        }
    }

    /// A tree of a `use`: a path that ends in a name, in `*`, or in trees between braces.
    fn tree(&mut self, prefix: &[String]) {
        let mut parts = prefix.to_vec();
        loop {
            match self.token(0) {
                Some(Token::Word(word)) => parts.push(word.clone()),
                Some(Token::Colons) => {}
                Some(Token::Sign('*')) => {
                    parts.push("*".to_owned());
                    self.at += 1;
                    return self.push(parts, None);
                }
                Some(Token::Sign('{')) => {
                    self.at += 1;
                    while !matches!(self.token(0), Some(Token::Sign('}')) | None) {
                        self.tree(&parts);
                        // Behind a tree stands a comma, or in a macro a sign that says nothing here.
                        self.at += usize::from(self.sign(0) != Some('}'));
                    }
                    self.at += 1;
                    return;
                }
                _ => break,
            }
            self.at += 1;
        }
        let alias = match parts.iter().position(|part| part == "as") {
            Some(at) => parts.drain(at..).nth(1),
            None => None,
        };
        if parts.len() == prefix.len() {
            return;
        }
        if parts.len() > 1 {
            parts.pop_if(|last| last == "self");
        }
        let alias = alias.or_else(|| parts.last().cloned());
        self.push(parts, alias);
    }

    fn push(&mut self, parts: Vec<String>, alias: Option<String>) {
        let line = self.tokens[self.at.saturating_sub(1).min(self.tokens.len() - 1)].0;
        let inside = self.inside.iter().map(|(_, name)| name.clone()).collect();
        self.found.push(Name { line, inside, parts, alias });
    }

    fn token(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead).map(|(_, token)| token)
    }

    fn sign(&self, ahead: usize) -> Option<char> {
        match self.token(ahead) {
            Some(Token::Sign(sign)) => Some(*sign),
            _ => None,
        }
    }
}

/// Says whether a character may stand in a Rust word.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where an item ends: behind its body, or behind its semicolon.
fn item_end(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_texts_are_blank() {
        let rust = Rust::read(
            "a(\"x // \\\" y\"); // b\n/* c /* d */ e */ f('\"', '\\'', b'x', r#\"g\"h\"#, br\"i\"); 'life: loop {}\n",
        );
        let words: Vec<_> = rust.code.split(|c: char| !is_word(c)).filter(|word| !word.is_empty()).collect();
        assert_eq!(words, ["a", "f", "b", "r", "br", "life", "loop"]);
        assert_eq!(rust.texts, [(1, "x // \\\" y".to_owned()), (2, "g\"h".to_owned()), (2, "i".to_owned())]);
    }

    #[test]
    fn tests_are_left_out() {
        let rust = Rust::read(
            "fn a() { \"x\" }\n#[cfg(test)]\nmod tests {\n    fn b() { \"y\" }\n}\n#[cfg(test)]\nuse c;\nfn d() {}\n",
        );
        let bare = rust.without_tests();
        assert_eq!(bare.definitions(), [(1, "fn".to_owned(), "a".to_owned()), (8, "fn".to_owned(), "d".to_owned())]);
        assert_eq!(bare.texts.len(), 1);
        assert_eq!(bare.code.lines().count(), 8);
    }

    #[test]
    fn paths_are_written_out() {
        let text = "pub use a::{self, b::{C as D, e}, f::*};\nfn g() -> $crate::h::I { j::<K>(l::m()) }\nmod n { use super::o; }\nuse p;\n";
        let shown = |name: Name| {
            let alias = name.alias.map(|alias| format!(" as {alias}")).unwrap_or_default();
            let inside: String = name.inside.iter().map(|module| format!("{module}/")).collect();
            format!("{} {inside}{}{alias}", name.line, name.parts.join("::"))
        };
        let names: Vec<_> = Rust::read(text).names().into_iter().map(shown).collect();
        let expected = [
            "1 a as a",
            "1 a::b::C as D",
            "1 a::b::e as e",
            "1 a::f::*",
            "2 crate::h::I",
            "2 l::m",
            "3 n/super::o as o",
            "4 p as p",
        ];
        assert_eq!(names, expected);
    }
}
