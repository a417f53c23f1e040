//! The options that a NixOS module sets, read off its text: for rules about hand-written modules, for `why`, and for
//! the check of option names.
//!
//! Nothing is evaluated. What stands behind functions, `let`, `with`, `//`, `mkIf` and `mkMerge` is looked into; what a
//! function of the module's own returns is not.

use std::ops::Range;

use rnix::ast::{self, AstNode, AttrpathValue, Expr, HasEntry as _};
use rnix::{Root, SyntaxKind, SyntaxNode};

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
    /// A number with a fraction.
    Fraction,
    /// `null`.
    Null,
    /// A path literal.
    Path,
    /// A list, item by item.
    List(Vec<Literal>),
    /// A set as an item of a list: what it sets, by paths that begin there.
    Set(Vec<Assigned>),
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
    read(text, Top::Module)
}

/// Lists the options that a module declares, by paths that begin with `options`.
pub fn declared(text: &str) -> Vec<Assigned> {
    read(text, Top::Options)
}

/// What a set without a path of its own is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Top {
    /// A module, of which the options that it sets are wanted.
    Module,
    /// A module, of which the options that it declares are wanted.
    Options,
    /// An item of a list.
    Item,
}

/// The entries that were found so far.
struct Walk {
    top: Top,
    found: Vec<Assigned>,
}

fn read(text: &str, top: Top) -> Vec<Assigned> {
    if check_depth(text).is_err() {
        return Vec::new();
    }
    Root::parse(text).tree().expr().map_or_else(Vec::new, |expression| set_by(&expression, top))
}

/// What a module that is parsed already sets.
pub(super) fn of(expression: &Expr) -> Vec<Assigned> {
    set_by(expression, Top::Module)
}

fn set_by(expression: &Expr, top: Top) -> Vec<Assigned> {
    let mut walk = Walk { top, found: Vec::new() };
    walk.module(expression, &[], 0);
    walk.found
}

impl Walk {
    /// Looks into what gives an attribute set, and lists its entries below `path`.
    fn module(&mut self, expression: &Expr, path: &[Segment], depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let mut inner = |expression: Option<Expr>| {
            if let Some(expression) = expression {
                self.module(&expression, path, depth + 1);
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
                Some(Wrapped::One(expression)) => self.module(&expression, path, depth + 1),
                Some(Wrapped::Many(list)) => list.items().for_each(|item| self.module(&item, path, depth + 1)),
                None => {}
            },
            Expr::AttrSet(set) => self.entries(set, path, depth),
            _ => {}
        }
    }

    fn entries(&mut self, set: &ast::AttrSet, path: &[Segment], depth: usize) {
        for entry in set.entries() {
            match entry {
                ast::Entry::AttrpathValue(entry) => self.assignment(&entry, path, depth),
                ast::Entry::Inherit(inherit) if self.top != Top::Options || !path.is_empty() => {
                    for name in inherit.attrs() {
                        let mut full = path.to_vec();
                        full.push(segment(&name));
                        let value = Literal::Computed;
                        self.found.push(Assigned { path: full, value, range: range(&inherit), yields: false });
                    }
                }
                ast::Entry::Inherit(_) => {}
            }
        }
    }

    fn assignment(&mut self, entry: &AttrpathValue, path: &[Segment], depth: usize) {
        let (Some(names), Some(value)) = (entry.attrpath(), entry.value()) else { return };
        let mut full = path.to_vec();
        full.extend(names.attrs().map(|name| segment(&name)));
        if path.is_empty() {
            match (self.top, full.first().and_then(|first| first.name.as_deref())) {
                (Top::Module, Some("imports")) if full.len() == 1 => return self.written_out(&value, depth),
                // What a module declares or imports from elsewhere it does not set.
                (Top::Module, Some("imports" | "options" | "_file" | "key" | "disabledModules" | "meta")) => return,
                (Top::Module, Some("config")) => {
                    full.remove(0);
                }
                (Top::Options, Some("options")) | (Top::Module | Top::Item, _) => {}
                (Top::Options, _) => return,
            }
        }
        let (value, yields) = unwrapped(value);
        let is_set =
            matches!(value, Expr::AttrSet(_) | Expr::BinOp(_) | Expr::LetIn(_) | Expr::With(_) | Expr::Apply(_));
        let before = self.found.len();
        if is_set && depth < DEEPEST {
            self.module(&value, &full, depth + 1);
        }
        if self.found.len() == before && !full.is_empty() {
            self.found.push(Assigned { path: full, value: literal(&value, depth), range: range(&value), yields });
        }
    }
}

impl Walk {
    /// Looks into the modules that are written out among the imports.
    fn written_out(&mut self, value: &Expr, depth: usize) {
        let Expr::List(list) = value else { return };
        for item in list.items().filter(|_| depth < DEEPEST) {
            if matches!(item, Expr::AttrSet(_) | Expr::Paren(_)) {
                self.module(&item, &[], depth + 1);
            }
        }
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

fn literal(value: &Expr, depth: usize) -> Literal {
    match value {
        Expr::Str(string) => plain(string).map_or(Literal::Computed, Literal::Text),
        Expr::Ident(ident) => match ident.ident_token().as_ref().map(rnix::SyntaxToken::text) {
            Some("true") => Literal::Bool(true),
            Some("false") => Literal::Bool(false),
            Some("null") => Literal::Null,
            _ => Literal::Computed,
        },
        Expr::Literal(literal) => match literal.kind() {
            ast::LiteralKind::Integer(number) => number.value().map_or(Literal::Computed, Literal::Number),
            ast::LiteralKind::Float(_) => Literal::Fraction,
            ast::LiteralKind::Uri(_) => Literal::Computed,
        },
        Expr::UnaryOp(operation) if operation.operator() == Some(ast::UnaryOpKind::Negate) => {
            match operation.expr().map(|inner| literal(&inner, depth)) {
                Some(Literal::Number(number)) => Literal::Number(-number),
                Some(Literal::Fraction) => Literal::Fraction,
                _ => Literal::Computed,
            }
        }
        Expr::PathAbs(_) | Expr::PathRel(_) | Expr::PathHome(_) => Literal::Path,
        Expr::List(list) if depth < DEEPEST => {
            Literal::List(list.items().map(|item| self::item(item, depth)).collect())
        }
        Expr::AttrSet(set) if set.entries().next().is_none() => Literal::Empty,
        _ => Literal::Computed,
    }
}

/// An item of a list; one that is a set is told entry by entry.
fn item(item: Expr, depth: usize) -> Literal {
    let (item, _) = unwrapped(item);
    match &item {
        Expr::AttrSet(set) if set.entries().next().is_some() => {
            let mut walk = Walk { top: Top::Item, found: Vec::new() };
            walk.entries(set, &[], depth + 1);
            Literal::Set(walk.found)
        }
        _ => literal(&item, depth + 1),
    }
}

/// The text of a string without interpolation.
pub(super) fn plain(string: &ast::Str) -> Option<String> {
    // rnix takes for granted that what stands in a string is right, and panics where it is not.
    if node_of(string).children().any(|node| node.kind() != SyntaxKind::NODE_INTERPOL) {
        return None;
    }
    let mut text = String::new();
    for part in string.normalized_parts() {
        match part {
            ast::InterpolPart::Literal(part) => text.push_str(&part),
            ast::InterpolPart::Interpolation(_) => return None,
        }
    }
    Some(text)
}

/// The method of rowan's own trait is reached through the bound.
fn node_of<T: AstNode>(typed: &T) -> &SyntaxNode {
    typed.syntax()
}

pub(super) fn range(node: &impl AstNode) -> Range<usize> {
    let range = node_of(node).text_range();
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
              imports = [ ./a.nix { c.d = 6; } ({ pkgs, ... }: { c.e = 7; }) ];
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
            ("c.d", Literal::Number(6)),
            ("c.e", Literal::Number(7)),
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
    fn items_of_lists_are_told_entry_by_entry() {
        let found = assigned(r#"{ a = [ 1 "x" null ./b (-2) 1.5 { options = [ { c.d = true; } ]; } { } (f 1) ]; }"#);
        let Literal::List(items) = &found[0].value else { panic!("{found:?}") };
        let plain = [Literal::Number(1), Literal::Text("x".into()), Literal::Null, Literal::Path];
        assert_eq!(items[..4], plain);
        assert_eq!(items[4..6], [Literal::Number(-2), Literal::Fraction]);
        assert_eq!(items[7..], [Literal::Empty, Literal::Computed]);
        let Literal::Set(entries) = &items[6] else { panic!("{items:?}") };
        assert_eq!(entries[0].dotted(), "options");
        let Literal::List(inner) = &entries[0].value else { panic!("{entries:?}") };
        assert!(matches!(&inner[0], Literal::Set(entries) if entries[0].dotted() == "c.d"));
    }

    #[test]
    fn what_a_module_declares_is_apart_from_what_it_sets() {
        let text = "{ lib, ... }: { options.own = { enable = lib.mkEnableOption \"x\"; }; config.a = 1; }";
        let paths: Vec<_> = declared(text).iter().map(Assigned::dotted).collect();
        assert_eq!(paths, ["options.own.enable"]);
        assert_eq!(of(text).len(), 1);
        assert_eq!(declared("{ options = import ./o.nix; }")[0].dotted(), "options");
    }

    #[test]
    fn text_that_is_not_nix_is_read_as_far_as_it_goes() {
        assert_eq!(of(""), []);
        for text in ["{ a = [ \"enp1s0( ];", "{ a = \"${", "{ a = ''${x", "{ \"${ = 1;"] {
            assigned(text);
        }
        assert_eq!(of("{ a = 1; b = ").first(), Some(&("a".to_owned(), Literal::Number(1))));
        assert_eq!(of(&"{ a = ".repeat(100_000)), []);
    }

    #[test]
    fn computed_names_match_any() {
        let found = assigned("{ users.users.${x}.shell = 1; }");
        assert!(found[0].is_below(&["users", "users", "ana"]));
        assert!(!found[0].is_below(&["users", "groups"]));
    }
}
