//! Where holes may stand, by example and against rnix.

use super::*;

/// Reads text in which `@` stands for a hole, and says what the holes and the end meet.
fn follow(text: &str) -> Result<(), Snag> {
    let mut place = Place::start();
    for c in text.chars() {
        if c == '@' {
            place.hole()?;
        } else {
            place.read(c)?;
        }
    }
    place.end()
}

#[test]
fn holes_that_may_stand() {
    for text in [
        "{ a = @; }",
        "[ @ @ ]",
        "{ @.b.@ = 1; }",
        "@.@",
        "f (@)",
        "\"a${@}b\"",
        "\"a${ { x = @; }.x }b\"",
        "''\n  a ${@} b\n''",
        "''a'' @",
        "\"$${\" @",
        "''$${'' @",
        "''''${'' @",
        "'' ''' '' @",
        "'' ''\\n '' @",
        "'' x'y '' @",
        "'' $'' @",
        "\"\\\\\" @",
        "\"\\\"\" @",
        "# don't\n@",
        "/* \" ** / ' */ @",
        "/**/ @",
        "foldl' @",
        "a: @",
        "a // { b = @; }",
        "a.${b} @",
        "./a/b.nix @",
        "<nixpkgs> @",
        "x = a:@;",
    ] {
        assert_eq!(follow(text), Ok(()), "{text}");
    }
}

#[test]
fn holes_that_may_not() {
    for (text, snag) in [
        ("\"@\"", Snag::InString),
        ("\"a\\\"@\"", Snag::InString),
        ("\"${a}@\"", Snag::InString),
        ("\"${ {} }@\"", Snag::InString),
        ("\"${\"a\"}@\"", Snag::InString),
        ("\"$${@}\"", Snag::InString),
        ("\"\\${@}\"", Snag::InString),
        ("''@''", Snag::InIndented),
        ("'' ''' @ ''", Snag::InIndented),
        ("'' ''${@} ''", Snag::InIndented),
        ("'' '@ ''", Snag::InIndented),
        ("'' \"${''''}\" @ ''", Snag::InIndented),
        ("# @\n", Snag::InComment),
        ("/* @ */", Snag::InComment),
        ("/*/ @ */", Snag::InComment),
        ("a@", Snag::Glued),
        ("a-@", Snag::Glued),
        ("a'@", Snag::Glued),
        ("1@", Snag::Glued),
        ("./@", Snag::Glued),
        ("./.@", Snag::Glued),
        ("$@", Snag::Glued),
        ("@a", Snag::Glued),
        ("@/a", Snag::Glued),
        ("@-a", Snag::Glued),
        ("@'a", Snag::Glued),
        ("@1", Snag::Glued),
        ("http://a''@''", Snag::Address),
        ("a.b/c''@''", Snag::Quotes),
        ("{\r\n}", Snag::Return),
    ] {
        assert_eq!(follow(text), Err(snag), "{text}");
    }
}

#[test]
fn files_end_in_code() {
    for (text, snag) in [
        ("\"a", Snag::InString),
        ("''a", Snag::InIndented),
        ("# a", Snag::InComment),
        ("/* a", Snag::InComment),
        ("\"${a", Snag::InInterpolation),
        ("a /", Snag::Glued),
        ("a '", Snag::Glued),
    ] {
        assert_eq!(follow(text), Err(snag), "{text}");
    }
    assert_eq!(follow("''a''"), Ok(()));
}

/// Both must agree on what is code wherever rnix finds no error.
#[test]
fn agrees_with_rnix() {
    let parts = ["\"", "''", "'", "${", "$", "{", "}", "\\", "a", " ", "\n", "#", "/*", "*/", "/", ".", ":", "1", "-"];
    // A small linear generator: the same texts on every run.
    let mut seed = 7_u64;
    let mut compared = 0;
    for _ in 0..150_000 {
        let mut text = String::new();
        for _ in 0..9 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(parts[(seed >> 33) as usize % parts.len()]);
        }
        let mut place = Place::start();
        if text.chars().try_for_each(|c| place.read(c)).is_err() {
            continue;
        }
        let code = match place.hole() {
            Ok(()) => true,
            Err(Snag::InString | Snag::InIndented | Snag::InComment) => false,
            Err(_) => continue,
        };
        let marked = format!("{text} HOLE ");
        let tokens: Vec<_> = rnix::tokenize(&marked).collect();
        if tokens.iter().any(|(kind, _)| *kind == rnix::SyntaxKind::TOKEN_ERROR) {
            continue;
        }
        compared += usize::from(code);
        let found = tokens.contains(&(rnix::SyntaxKind::TOKEN_IDENT, "HOLE"));
        assert_eq!(found, code, "{text:?}: {tokens:?}");
    }
    assert!(compared > 8_000, "{compared}");
}
