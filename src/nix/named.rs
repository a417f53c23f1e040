//! The texts that stand behind a name anywhere in a Nix file: options, attributes, `let`.

use std::ops::Range;

use rnix::SyntaxNode;
use rnix::ast::{self, AstNode, Expr};

use super::assigned::{plain, range, segment, unwrapped};

/// A name and the literal text that it is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The last name of its path.
    pub name: String,
    /// The text.
    pub text: String,
    /// The place of the text with its quotes, in bytes.
    pub range: Range<usize>,
}

/// Lists every name that is set to a text without interpolation, in the order of the file.
pub(super) fn named(tree: &SyntaxNode) -> Vec<Named> {
    tree.descendants().filter_map(cast).filter_map(|entry| one(&entry)).collect()
}

/// The node as one of this type. Its trait is the parser's own; through a bound it need not be named.
fn cast<T: AstNode>(node: SyntaxNode) -> Option<T> {
    T::cast(node)
}

fn one(entry: &ast::AttrpathValue) -> Option<Named> {
    let name = segment(&entry.attrpath()?.attrs().last()?).name?;
    match unwrapped(entry.value()?).0 {
        Expr::Str(string) => Some(Named { name, text: plain(&string)?, range: range(&string) }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(String, String)> {
        let tree = rnix::Root::parse(text).syntax();
        named(&tree).into_iter().map(|one| (one.name, one.text)).collect()
    }

    #[test]
    fn texts_are_found_wherever_they_stand() {
        let text = r#"{ pkgs, ... }: let a = "1"; in {
          x.y."b c" = lib.mkDefault "2";
          z = map (v: { inherit v; d = ("3"); }) [ ];
          k = hash "7";
          e = "${a}"; f = 4; g = ./h; ${i} = "5"; j = ''6'';
        }"#;
        let expected = [("a", "1"), ("b c", "2"), ("d", "3"), ("j", "6")];
        assert_eq!(of(text), expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
        assert_eq!(of("{ a = "), []);
    }
}
