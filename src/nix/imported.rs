//! The modules that a module imports by a path of its own, read off its text.

use rnix::Root;
use rnix::ast::{self, AstNode, Expr, HasEntry as _};

use super::text::check_depth;

/// How many functions, `let` and `with` may stand around a module's set.
const DEEPEST: usize = 16;

/// Lists the paths in `imports` that need no evaluation, such as `./disks.nix`, as they are written.
pub fn imported(text: &str) -> Vec<String> {
    if !text.contains("imports") || check_depth(text).is_err() {
        return Vec::new();
    }
    let Some(mut expression) = Root::parse(text).tree().expr() else { return Vec::new() };
    for _ in 0..DEEPEST {
        let inner = match &expression {
            Expr::Lambda(lambda) => lambda.body(),
            Expr::Paren(paren) => paren.expr(),
            Expr::With(with) => with.body(),
            Expr::LetIn(bindings) => bindings.body(),
            Expr::AttrSet(set) => return of_set(set),
            _ => None,
        };
        let Some(inner) = inner else { break };
        expression = inner;
    }
    Vec::new()
}

fn of_set(set: &ast::AttrSet) -> Vec<String> {
    let imports = set.entries().filter_map(|entry| match entry {
        ast::Entry::AttrpathValue(entry) if written(&entry.attrpath()?) == "imports" => entry.value(),
        _ => None,
    });
    imports.flat_map(|value| paths(&value)).collect()
}

/// The paths in a list, and in lists that are joined with it.
fn paths(value: &Expr) -> Vec<String> {
    match value {
        Expr::List(list) => list.items().filter_map(|item| path(&item)).collect(),
        Expr::BinOp(join) if join.operator() == Some(ast::BinOpKind::Concat) => {
            join.lhs().iter().chain(&join.rhs()).flat_map(paths).collect()
        }
        Expr::Paren(paren) => paren.expr().iter().flat_map(paths).collect(),
        _ => Vec::new(),
    }
}

fn path(item: &Expr) -> Option<String> {
    let text = written(item);
    (text.starts_with("./") || text.starts_with("../")).then_some(text).filter(|text| !text.contains("${"))
}

fn written(node: &impl AstNode) -> String {
    node.syntax().text().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_imports_are_found() {
        let text = "{ lib, ... }: let x = 1; in { imports = [ ./a.nix (import ./b.nix) ../c ] ++ lib.optional x ./d.nix ++ [ ./e.nix ]; y.imports = [ ./f.nix ]; }";
        assert_eq!(imported(text), ["./a.nix", "../c", "./e.nix"]);
        for text in ["", "imports", "{ imports = ./a.nix; }", "{ imports = [ ./${x}.nix <a> y ]; }", "{ imports = "] {
            assert_eq!(imported(text), [""; 0], "{text}");
        }
        assert_eq!(imported(&"{ imports = ".repeat(100_000)), [""; 0]);
    }
}
