//! The files that a NixOS module imports, read off its text.

use rnix::ast::{self, Expr, HasEntry as _};

use super::assigned::segment;

/// What a module imports.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imports {
    /// Paths as they are written: `./disks.nix`, `../common`.
    pub files: Vec<String>,
    /// Whether it imports something else as well, which only Nix can tell.
    pub others: bool,
}

/// Lists what a module imports. What stands behind its arguments, `let`, `with` and parentheses is looked into.
pub(super) fn imports(expression: Option<Expr>) -> Imports {
    let mut imports = Imports::default();
    let mut next = expression;
    while let Some(expression) = next {
        next = match expression {
            Expr::Lambda(lambda) => lambda.body(),
            Expr::Paren(paren) => paren.expr(),
            Expr::With(with) => with.body(),
            Expr::LetIn(bindings) => bindings.body(),
            Expr::AttrSet(set) => {
                list(&set, &mut imports);
                None
            }
            // What gives the set decides what it imports.
            _ => {
                imports.others = true;
                None
            }
        };
    }
    imports
}

fn list(set: &ast::AttrSet, imports: &mut Imports) {
    for entry in set.attrpath_values() {
        let names: Vec<_> = entry.attrpath().iter().flat_map(ast::Attrpath::attrs).collect();
        let [name] = names.as_slice() else { continue };
        if segment(name).name.as_deref() != Some("imports") {
            continue;
        }
        let Some(Expr::List(items)) = entry.value() else {
            imports.others = true;
            continue;
        };
        for item in items.items() {
            match item {
                Expr::PathRel(path) if !path.to_string().contains("${") => imports.files.push(path.to_string()),
                _ => imports.others = true,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (Vec<String>, bool) {
        let Imports { files, others } = imports(rnix::Root::parse(text).tree().expr());
        (files, others)
    }

    #[test]
    fn paths_are_listed_and_the_rest_is_noted() {
        assert_eq!(
            of("{ lib, ... }: let x = 1; in { imports = [ ./a.nix ../b ]; c.imports = 1; }").0,
            ["./a.nix", "../b"]
        );
        assert!(!of("{ imports = [ ./a.nix ]; }").1);
        assert!(!of("{ services.x.enable = true; }").1);
        for others in [
            "{ inputs, ... }: { imports = [ inputs.x.nixosModules.y ]; }",
            "{ imports = map f [ ]; }",
            "{ imports = [ ./a-${b}.nix ]; }",
            "lib.mkMerge [ ]",
            "import ./x.nix",
        ] {
            assert!(of(others).1, "{others}");
        }
    }
}
