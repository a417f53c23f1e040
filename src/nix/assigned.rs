//! The options that a NixOS module sets, read off its text: for rules about hand-written modules, for `why`, and for
//! the check of option names.
//!
//! Nothing is evaluated. What stands behind functions, `let`, `with`, `//`, `mkIf` and `mkMerge` is looked into; what a
//! function of the module's own returns is not.

use std::ops::Range;

use rnix::Root;
use rnix::ast::{self, AstNode, AttrpathValue, Expr, HasEntry as _};

use super::text::check_depth;

/// How deep attribute sets may stand in each other.
const DEEPEST: usize = 64;

/// One option that is set, or a part of one that takes an attribute set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// The names of its path.
    pub path: Vec<Segment>,
    /// What it is set to.
    pub value: Literal,
    /// The place of the value, in bytes.
    pub range: Range<usize>,
    /// Whether it yields to what others set: `mkDefault`.
    pub yields: bool,
}

/// One name of an option's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The name; none where it is computed.
    pub name: Option<String>,
    /// Its place, in bytes.
    pub range: Range<usize>,
}

/// What an option is set to, where that can be told without evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// Text without interpolation.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A list, item by item.
    List(Vec<Literal>),
    /// `{ }` with nothing in it.
    Empty,
    /// Something that only Nix can tell.
    Computed,
}

impl Assigned {
    /// The path with dots; `*` stands for what is computed.
    pub fn dotted(&self) -> String {
        let names: Vec<_> = self.path.iter().map(|segment| segment.name.as_deref().unwrap_or("*")).collect();
        names.join(".")
    }

    /// The place of the whole path.
    pub fn key(&self) -> Range<usize> {
        let start = self.path.first().map_or(self.range.start, |segment| segment.range.start);
        // Names of outer sets stand elsewhere: the last one that is written is what sets it.
        let end = self.path.last().map_or(start, |segment| segment.range.end);
        let last = self.path.last().map_or(start, |segment| segment.range.start);
        if end - start > 200 { last..end } else { start..end }
    }

    /// Says whether it is the option of this path, or lies below it.
    pub fn is_below(&self, path: &[&str]) -> bool {
        self.path.len() >= path.len()
            && self.path.iter().zip(path).all(|(segment, name)| segment.name.as_deref().is_none_or(|own| own == *name))
    }
}

/// Lists what a module sets, in the order of the text. Text that is not Nix is read as far as it goes.
pub fn assigned(text: &str) -> Vec<Assigned> {
    if check_depth(text).is_err() {
        return Vec::new();
    }
    Root::parse(text).tree().expr().map_or_else(Vec::new, |expression| of(&expression))
}

/// The same of what is parsed already.
pub(super) fn of(expression: &Expr) -> Vec<Assigned> {
    let mut found = Vec::new();
    module(expression, &[], &mut found, 0);
    found
}

/// Looks into what gives an attribute set, and lists its entries below `path`.
fn module(expression: &Expr, path: &[Segment], found: &mut Vec<Assigned>, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    let mut inner = |expression: Option<Expr>| {
        if let Some(expression) = expression {
            module(&expression, path, found, depth + 1);
        }
    };
    match expression {
        Expr::Lambda(lambda) => inner(lambda.body()),
        Expr::Paren(paren) => inner(paren.expr()),
        Expr::With(with) => inner(with.body()),
        Expr::LetIn(bindings) => inner(bindings.body()),
        Expr::Assert(assert) => inner(assert.body()),
        Expr::IfElse(branches) => {
            inner(branches.body());
            inner(branches.else_body());
        }
        Expr::BinOp(operation) if operation.operator() == Some(ast::BinOpKind::Update) => {
            inner(operation.lhs());
            inner(operation.rhs());
        }
        Expr::Apply(_) => match wrapped(expression) {
            Some(Wrapped::One(expression)) => module(&expression, path, found, depth + 1),
            Some(Wrapped::Many(list)) => list.items().for_each(|item| module(&item, path, found, depth + 1)),
            None => {}
        },
        Expr::AttrSet(set) => entries(set, path, found, depth),
        _ => {}
    }
}

fn entries(set: &ast::AttrSet, path: &[Segment], found: &mut Vec<Assigned>, depth: usize) {
    for entry in set.entries() {
        match entry {
            ast::Entry::AttrpathValue(entry) => assignment(&entry, path, found, depth),
            ast::Entry::Inherit(inherit) => {
                for name in inherit.attrs() {
                    let mut full = path.to_vec();
                    full.push(segment(&name));
                    let value = Literal::Computed;
                    found.push(Assigned { path: full, value, range: range(&inherit), yields: false });
                }
            }
        }
    }
}

fn assignment(entry: &AttrpathValue, path: &[Segment], found: &mut Vec<Assigned>, depth: usize) {
    let (Some(names), Some(value)) = (entry.attrpath(), entry.value()) else { return };
    let mut full = path.to_vec();
    full.extend(names.attrs().map(|name| segment(&name)));
    if path.is_empty() {
        match full.first().and_then(|first| first.name.as_deref()) {
            // What a module declares or imports it does not set.
            Some("imports" | "options" | "_file" | "key" | "disabledModules" | "meta") => return,
            Some("config") => {
                full.remove(0);
            }
            _ => {}
        }
    }
    let (value, yields) = unwrapped(value);
    let is_set = matches!(value, Expr::AttrSet(_) | Expr::BinOp(_) | Expr::LetIn(_) | Expr::With(_) | Expr::Apply(_));
    let before = found.len();
    if is_set && depth < DEEPEST {
        module(&value, &full, found, depth + 1);
    }
    if found.len() == before && !full.is_empty() {
        found.push(Assigned { path: full, value: literal(&value), range: range(&value), yields });
    }
}

enum Wrapped {
    One(Expr),
    Many(ast::List),
}

/// What the functions of the module system pass on: `mkIf c x`, `mkMerge [ … ]`, `mkDefault x`, `mkOverride n x` …
fn wrapped(expression: &Expr) -> Option<Wrapped> {
    let Expr::Apply(apply) = expression else { return None };
    let argument = apply.argument()?;
    let (function, earlier) = match apply.lambda()? {
        Expr::Apply(inner) => (inner.lambda()?, inner.argument()),
        function => (function, None),
    };
    match (name_of(&function)?.as_str(), earlier, argument) {
        ("mkMerge", None, Expr::List(list)) => Some(Wrapped::Many(list)),
        ("mkDefault" | "mkForce" | "mkBefore" | "mkAfter" | "mkVMOverride", None, argument) => {
            Some(Wrapped::One(argument))
        }
        ("mkIf" | "mkOverride" | "mkOrder" | "optionalAttrs", Some(_), argument) => Some(Wrapped::One(argument)),
        _ => None,
    }
}

/// Takes off parentheses and the functions of priority, and says whether `mkDefault` was among them.
pub(super) fn unwrapped(mut expression: Expr) -> (Expr, bool) {
    let mut yields = false;
    loop {
        yields |= is_default(&expression);
        let inner = match &expression {
            Expr::Paren(paren) => paren.expr(),
            _ => match wrapped(&expression) {
                Some(Wrapped::One(inner)) => Some(inner),
                _ => None,
            },
        };
        match inner {
            Some(inner) => expression = inner,
            None => return (expression, yields),
        }
    }
}

fn is_default(expression: &Expr) -> bool {
    let Expr::Apply(apply) = expression else { return false };
    apply.lambda().and_then(|function| name_of(&function)).is_some_and(|name| name == "mkDefault")
}

/// The last name of a function: `mkIf` of `lib.mkIf`.
fn name_of(function: &Expr) -> Option<String> {
    match function {
        Expr::Ident(ident) => Some(ident.ident_token()?.text().to_owned()),
        Expr::Select(select) => segment(&select.attrpath()?.attrs().last()?).name,
        _ => None,
    }
}

pub(super) fn segment(name: &ast::Attr) -> Segment {
    let text = match name {
        ast::Attr::Ident(ident) => ident.ident_token().map(|token| token.text().to_owned()),
        ast::Attr::Str(string) => plain(string),
        ast::Attr::Dynamic(_) => None,
    };
    Segment { name: text, range: range(name) }
}

fn literal(value: &Expr) -> Literal {
    match value {
        Expr::Str(string) => plain(string).map_or(Literal::Computed, Literal::Text),
        Expr::Ident(ident) => match ident.ident_token().as_ref().map(rnix::SyntaxToken::text) {
            Some("true") => Literal::Bool(true),
            Some("false") => Literal::Bool(false),
            _ => Literal::Computed,
        },
        Expr::Literal(literal) => match literal.kind() {
            ast::LiteralKind::Integer(number) => number.value().map_or(Literal::Computed, Literal::Number),
            _ => Literal::Computed,
        },
        Expr::List(list) => Literal::List(list.items().map(|item| literal(&item)).collect()),
        Expr::Paren(paren) => paren.expr().map_or(Literal::Computed, |inner| literal(&inner)),
        Expr::AttrSet(set) if set.entries().next().is_none() => Literal::Empty,
        _ => Literal::Computed,
    }
}

/// The text of a string without interpolation.
pub(super) fn plain(string: &ast::Str) -> Option<String> {
    let mut text = String::new();
    for part in string.normalized_parts() {
        match part {
            ast::InterpolPart::Literal(part) => text.push_str(&part),
            ast::InterpolPart::Interpolation(_) => return None,
        }
    }
    Some(text)
}

pub(super) fn range(node: &impl AstNode) -> Range<usize> {
    let range = node.syntax().text_range();
    range.start().into()..range.end().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(String, Literal)> {
        assigned(text).iter().map(|one| (one.dotted(), one.value.clone())).collect()
    }

    #[test]
    fn what_a_module_sets_is_found_behind_functions_and_conditions() {
        let text = r#"
            { config, lib, pkgs, ... }:
            let cfg = config.x; in
            with lib;
            {
              imports = [ ./a.nix ];
              options.own = mkOption { };
              config = mkMerge [
                (mkIf cfg.enable { services.nginx.enable = mkForce (mkDefault true); })
                { networking.firewall = { allowedTCPPorts = [ 22 ]; enable = false; }; }
              ];
              users.users."ana b".hashedPassword = "x";
              users.users.${cfg.name} = { isNormalUser = true; };
              boot = { inherit (cfg) loader; } // { tmp.cleanOnBoot = true; };
              a.b = 5;
              programs.x = { };
            }"#;
        let (yes, no, computed) = (Literal::Bool(true), Literal::Bool(false), Literal::Computed);
        let expected = [
            ("services.nginx.enable", yes.clone()),
            ("networking.firewall.allowedTCPPorts", Literal::List(vec![Literal::Number(22)])),
            ("networking.firewall.enable", no),
            ("users.users.ana b.hashedPassword", Literal::Text("x".into())),
            ("users.users.*.isNormalUser", yes.clone()),
            ("boot.loader", computed),
            ("boot.tmp.cleanOnBoot", yes),
            ("a.b", Literal::Number(5)),
            ("programs.x", Literal::Empty),
        ];
        assert_eq!(of(text), expected.map(|(path, value)| (path.to_owned(), value)));
    }

    #[test]
    fn text_that_is_not_nix_is_read_as_far_as_it_goes() {
        assert_eq!(of(""), []);
        assert_eq!(of("{ a = 1; b = ").first(), Some(&("a".to_owned(), Literal::Number(1))));
        assert_eq!(of(&"{ a = ".repeat(100_000)), []);
    }

    #[test]
    fn defaults_yield_and_lists_are_read_item_by_item() {
        let found =
            assigned("{ a = lib.mkDefault false; b = lib.mkForce (lib.mkDefault 1); c = [ \"x\" (y z) [ 2 ] ]; }");
        assert_eq!(found.iter().map(|one| one.yields).collect::<Vec<_>>(), [true, true, false]);
        let nested = Literal::List(vec![Literal::Number(2)]);
        assert_eq!(found[2].value, Literal::List(vec![Literal::Text("x".into()), Literal::Computed, nested]));
    }

    #[test]
    fn computed_names_match_any() {
        let found = assigned("{ users.users.${x}.shell = 1; }");
        assert!(found[0].is_below(&["users", "users", "ana"]));
        assert!(!found[0].is_below(&["users", "groups"]));
    }
}
