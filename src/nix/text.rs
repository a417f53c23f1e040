//! Nix text: its format (RFC 166), its grammar, and whether two texts differ in more than their format.

use rnix::ast::{self, AstNode, AstToken as _, InterpolPart};
use rnix::{NodeOrToken, ParseError, Root, SyntaxKind, SyntaxNode, SyntaxToken, TextRange};

use super::fault::Fault;

/// How deep brackets may stand in each other. Both parsers recurse, on stacks as small as 2 MB.
const DEEPEST: usize = 64;

/// How many tokens one expression may have at one level, the elements of a list aside; for the same reason.
const LONGEST: usize = 1000;

/// Formats Nix text as `nixfmt` does by default: RFC 166, 100 columns, two spaces.
///
/// # Errors
///
/// The first fault of the grammar, or text that is nested too deep.
pub fn format(text: &str) -> Result<String, Fault> {
    check_depth(text)?;
    nixfmt_rs::format(text).map_err(|error| {
        let fault = Fault::new(text, error.byte_range(), error.message());
        match error.help() {
            Some(help) => fault.help(help),
            None => fault,
        }
    })
}

/// Formats Nix text and has a second parser read the result: what every generated file goes through.
///
/// # Errors
///
/// The first fault of the grammar, or text that is nested too deep.
pub fn finish(text: &str) -> Result<String, Fault> {
    let formatted = format(text)?;
    // What the formatter accepted is not nested too deep.
    read(&formatted)?;
    Ok(formatted)
}

/// As [`finish`], for text that will stand so many columns further right.
///
/// # Errors
///
/// The first fault of the grammar, or text that is nested too deep.
pub fn finish_shifted(text: &str, columns: usize) -> Result<String, Fault> {
    check_depth(text)?;
    let mut options = nixfmt_rs::Options::default();
    options.width -= columns;
    let formatted = nixfmt_rs::format_with(text, &options)
        .map_err(|error| Fault::new(text, error.byte_range(), error.message()))?;
    read(&formatted)?;
    Ok(formatted)
}

/// Says whether the lines of a text can be moved to the right without another meaning: no string in quotes goes over
/// the end of a line.
pub fn can_shift(text: &str) -> bool {
    let Ok(root) = syntax(text) else { return false };
    let strings = root.descendants().filter(|node| node.kind() == SyntaxKind::NODE_STRING);
    strings.into_iter().all(|node| {
        let text = node.text().to_string();
        text.starts_with("''") || !text.contains('\n')
    })
}

/// Checks that the text is Nix. Neither duplicate attributes nor undefined variables are found.
///
/// # Errors
///
/// The first fault of the grammar, or text that is nested too deep.
pub fn parse(text: &str) -> Result<(), Fault> {
    syntax(text).map(|_| ())
}

/// Says whether two texts are the same Nix, tokens and comments alike, but for white space and line breaks.
///
/// Text that is not Nix is the same as equal text only.
pub fn same_but_for_format(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    // The formatter evens out what it would have moved: commas, the form of comments, the indentation of strings.
    let tokens = |text: &str| {
        let node = read(&format(text).ok()?).ok()?;
        let mut out = Vec::new();
        flatten(&node, &mut out);
        Some(out)
    };
    match (tokens(a), tokens(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

fn syntax(text: &str) -> Result<SyntaxNode, Fault> {
    check_depth(text)?;
    read(text)
}

fn read(text: &str) -> Result<SyntaxNode, Fault> {
    let parsed = Root::parse(text);
    match parsed.errors().first() {
        None => Ok(parsed.syntax()),
        Some(error) => Err(fault(text, error)),
    }
}

/// Lists what is not format: tokens, comments line by line, and the text that an indented string stands for.
fn flatten(node: &SyntaxNode, out: &mut Vec<String>) {
    for child in node.children_with_tokens() {
        match child {
            NodeOrToken::Node(node) => match cast::<ast::Str>(&node) {
                Some(string) => flatten_string(&node, &string, out),
                None => flatten(&node, out),
            },
            NodeOrToken::Token(token) => flatten_token(&token, out),
        }
    }
}

fn flatten_string(node: &SyntaxNode, string: &ast::Str, out: &mut Vec<String>) {
    let quote = node.first_token().map(|token| token.text().to_owned());
    out.push(quote.unwrap_or_default());
    for part in string.normalized_parts() {
        match part {
            InterpolPart::Literal(text) => out.push(text),
            InterpolPart::Interpolation(node) => flatten(node_of(&node), out),
        }
    }
    out.push("end of string".to_owned());
}

/// Reads a node as one of a kind; the methods of rowan's own trait are reached through the bound.
fn cast<T: AstNode>(node: &SyntaxNode) -> Option<T> {
    T::cast(node.clone())
}

fn node_of<T: AstNode>(typed: &T) -> &SyntaxNode {
    typed.syntax()
}

fn flatten_token(token: &SyntaxToken, out: &mut Vec<String>) {
    match token.kind() {
        SyntaxKind::TOKEN_WHITESPACE => {}
        SyntaxKind::TOKEN_COMMENT => {
            let comment = ast::Comment::cast(token.clone());
            let text = comment.as_ref().map_or(token.text(), |comment| comment.text());
            out.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| format!("# {line}")));
        }
        // The last comma of a pattern comes and goes with its line break.
        SyntaxKind::TOKEN_R_BRACE if out.last().is_some_and(|last| last == ",") => {
            out.pop();
            out.push("}".to_owned());
        }
        _ => out.push(token.text().to_owned()),
    }
}

fn fault(text: &str, error: &ParseError) -> Fault {
    let range = |range: &TextRange| usize::from(range.start())..usize::from(range.end());
    let end = text.len()..text.len();
    match error {
        ParseError::Unexpected(at) => Fault::new(text, range(at), "this is not Nix"),
        ParseError::UnexpectedExtra(at) => Fault::new(text, range(at), "nothing is expected after the expression"),
        ParseError::UnexpectedWanted(_, at, wanted) => {
            Fault::new(text, range(at), format!("expected {}", words(wanted)))
        }
        ParseError::UnexpectedDoubleBind(at) => Fault::new(text, range(at), "the arguments are bound twice"),
        ParseError::DuplicatedArgs(at, name) => {
            Fault::new(text, range(at), format!("the argument `{name}` occurs twice"))
        }
        ParseError::UnexpectedEOFWanted(wanted) => {
            Fault::new(text, end, format!("the text ends where {} is expected", words(wanted)))
        }
        ParseError::UnexpectedEOF => Fault::new(text, end, "the text ends too early"),
        ParseError::RecursionLimitExceeded => Fault::new(text, 0..0, "the expression is nested too deep"),
        error => Fault::new(text, 0..0, error.to_string()),
    }
}

/// Names kinds of tokens, as in ``` `;` or `}` ```.
fn words(kinds: &[SyntaxKind]) -> String {
    let word = |kind: &SyntaxKind| match kind {
        SyntaxKind::TOKEN_ASSIGN => "`=`".to_owned(),
        SyntaxKind::TOKEN_SEMICOLON => "`;`".to_owned(),
        SyntaxKind::TOKEN_COLON => "`:`".to_owned(),
        SyntaxKind::TOKEN_COMMA => "`,`".to_owned(),
        SyntaxKind::TOKEN_AT => "`@`".to_owned(),
        SyntaxKind::TOKEN_L_BRACE => "`{`".to_owned(),
        SyntaxKind::TOKEN_R_BRACE => "`}`".to_owned(),
        SyntaxKind::TOKEN_R_BRACK => "`]`".to_owned(),
        SyntaxKind::TOKEN_R_PAREN => "`)`".to_owned(),
        SyntaxKind::TOKEN_INTERPOL_END => "`}`".to_owned(),
        SyntaxKind::TOKEN_STRING_END => "the end of the string".to_owned(),
        SyntaxKind::TOKEN_IDENT => "a name".to_owned(),
        kind => {
            let name = format!("{kind:?}").to_lowercase();
            let name = name.strip_prefix("token_").or_else(|| name.strip_prefix("node_")).unwrap_or(&name);
            format!("`{name}`")
        }
    };
    kinds.iter().map(word).collect::<Vec<_>>().join(" or ")
}

/// Refuses text that would overflow the stack of a parser.
pub(super) fn check_depth(text: &str) -> Result<(), Fault> {
    use SyntaxKind as Kind;
    let mut at = 0;
    // For every open bracket whether it is a list, and how long the expression in it has become.
    let mut open = vec![(false, 0)];
    for (kind, token) in rnix::tokenize(text) {
        match kind {
            Kind::TOKEN_WHITESPACE | Kind::TOKEN_COMMENT => {}
            Kind::TOKEN_L_BRACE | Kind::TOKEN_L_PAREN | Kind::TOKEN_INTERPOL_START => open.push((false, 0)),
            Kind::TOKEN_L_BRACK => open.push((true, 0)),
            Kind::TOKEN_R_BRACE | Kind::TOKEN_R_PAREN | Kind::TOKEN_R_BRACK | Kind::TOKEN_INTERPOL_END => {
                if open.len() > 1 {
                    open.pop();
                }
            }
            _ => {
                if let Some((list, length)) = open.last_mut() {
                    let ends = matches!(kind, Kind::TOKEN_SEMICOLON | Kind::TOKEN_COMMA);
                    *length = if *list || ends { 0 } else { *length + 1 };
                }
            }
        }
        if open.len() > DEEPEST {
            return Err(Fault::new(
                text,
                at..at + token.len(),
                format!("brackets are nested more than {DEEPEST} deep"),
            ));
        }
        if open.last().is_some_and(|(_, length)| *length > LONGEST) {
            let message = format!("the expression has more than {LONGEST} parts");
            return Err(Fault::new(text, at..at + token.len(), message).help("split it with `let`"));
        }
        at += token.len();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_as_nixfmt_does() {
        assert_eq!(format("{foo=1;}").unwrap(), "{ foo = 1; }\n");
        assert_eq!(format("{a= 5 ;b.  c  .d=[ 1 ];}").unwrap(), "{\n  a = 5;\n  b.c.d = [ 1 ];\n}\n");
        let wide = format!("{{ a = [ {} ]; }}", "\"0123456789\" ".repeat(7));
        assert!(format(&wide).unwrap().lines().all(|line| line.len() <= 100), "the width is 100");
    }

    #[test]
    fn faults_have_a_place() {
        let fault = parse("{\n  a = ;\n}\n").unwrap_err();
        assert_eq!((fault.line, fault.range), (2, (8, 9)));
        let fault = parse("{ a = 1 }").unwrap_err();
        assert_eq!(fault.message, "expected `;`");
        let fault = format("{\n  a = 1\n}\n").unwrap_err();
        assert!(fault.line > 1, "{fault}");
        assert!(parse("{ a }: a").is_ok());
        assert!(parse("").is_err());
        assert!(parse("1 2 }").is_err());
    }

    #[test]
    fn no_text_overflows_the_stack() {
        // What fits in 2 MB when optimised needs more when not.
        let stack = if cfg!(debug_assertions) { 32 << 20 } else { 2 << 20 };
        let thread = std::thread::Builder::new().stack_size(stack).spawn(deep_text);
        thread.unwrap().join().unwrap();
    }

    fn deep_text() {
        for (open, close) in [("[", "]"), ("(", ")"), ("{a=", ";}"), ("\"${", "}\"")] {
            let text = format!("{}1{}", open.repeat(20_000), close.repeat(20_000));
            assert!(format(&text).is_err() && parse(&text).is_err(), "{open}");
        }
        for part in
            ["a: ", "- ", "!", "if a then b else ", "let in ", "with a; ", "a ", "a ++ ", "a.", "a -> ", "a // "]
        {
            let text = format!("{}a", part.repeat(20_000));
            assert!(format(&text).is_err(), "{part}");
        }
        let list = format!("[ {} ]", "a ".repeat(5_000));
        assert!(format(&list).is_ok() && parse(&list).is_ok(), "a list may be long");
        let set = format!("{{ {} }}", "a.b = c: [ d ]; ".repeat(5_000));
        assert!(parse(&set).is_ok(), "a set may be long");
    }

    #[test]
    fn format_alone_makes_no_difference() {
        let same = [
            ("{ a = 1; }", "{\n  a = 1;\n\n}"),
            ("{ a, b }: a", "{\n  a,\n  b,\n}:\na"),
            ("# x\n{ }", "/* x */ { }"),
            ("{ a = ''\n    x\n      y\n  ''; }", "{ a = ''\n  x\n    y\n''; }"),
            ("[ \"${a}\" ]", "[ \"${ a }\" ]"),
        ];
        for (a, b) in same {
            assert!(same_but_for_format(a, b), "{a} / {b}");
        }
        let different = [
            ("{ a = 1; }", "{ a = 2; }"),
            ("{ a = 1; }", "{ a = 1; b = 2; }"),
            ("# x\n{ }", "# y\n{ }"),
            ("# x\n{ }", "{ }"),
            ("{ a = \"x\"; }", "{ a = \"x \"; }"),
            ("{ a = ''\n  x\n    y\n''; }", "{ a = ''\n  x\n  y\n''; }"),
            ("a b", "ab"),
            ("{ a = 1; }", "{ a = 1;"),
            ("[ \"a${b}\" ]", "[ \"a\" b ]"),
        ];
        for (a, b) in different {
            assert!(!same_but_for_format(a, b), "{a} / {b}");
        }
        assert!(same_but_for_format("{", "{"));
    }
}
