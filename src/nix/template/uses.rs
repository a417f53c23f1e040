//! What a template takes from its context, hole by hole: the paths that its expressions name, with the variables of
//! loops and of `set` followed back to where they come from, and the conditions that each stretch stands under.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use minijinja::machinery::ast::{CallArg, CallType, Expr, ForLoop, IfCond, Stmt};
use minijinja::machinery::{Span, parse};

use super::body_of;

/// A path into the context: names, and `*` for any element of a list or a map.
pub type ContextPath = Vec<String>;

/// What one hole takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The place of its expression, in bytes of the template.
    pub range: Range<usize>,
    /// Its expression, filters included.
    pub expression: String,
    /// What it names.
    pub paths: BTreeSet<ContextPath>,
    /// The conditions that it stands under, the outermost first.
    pub conditions: Vec<usize>,
}

/// An `if` or a `for` that a stretch of a template stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The place of its expression, in bytes of the template.
    pub range: Range<usize>,
    /// How it reads: `if settings.listen`, `unless uefi`, `for peer in peers`.
    pub text: String,
    /// What it names.
    pub paths: BTreeSet<ContextPath>,
}

/// What a template takes from its context.
#[derive(Debug, Clone, Default)]
pub struct Uses {
    /// Its holes, in the order of the text.
    pub holes: Vec<Use>,
    /// Its conditions, in the order of the text.
    pub conditions: Vec<Condition>,
    /// The stretches of plain text, with the conditions that each stands under.
    stretches: Vec<(Range<usize>, Vec<usize>)>,
}

impl Uses {
    /// Finds the hole whose expression stands in a range.
    pub fn hole_in(&self, range: &Range<usize>) -> Option<&Use> {
        self.holes.iter().find(|hole| range.contains(&hole.range.start))
    }

    /// Lists the conditions that a place stands under, the outermost first.
    pub fn conditions_at(&self, place: usize) -> impl Iterator<Item = &Condition> {
        let text = self.stretches.iter().find(|(range, _)| range.contains(&place)).map(|(_, conditions)| conditions);
        // The braces of a hole stand in no text; what precedes its expression does.
        let hole = || self.holes.iter().find(|hole| place <= hole.range.end).map(|hole| &hole.conditions);
        text.or_else(hole).into_iter().flatten().map(|number| &self.conditions[*number])
    }

    /// Lists every path that the template names.
    pub fn paths(&self) -> BTreeSet<&ContextPath> {
        let holes = self.holes.iter().flat_map(|hole| &hole.paths);
        holes.chain(self.conditions.iter().flat_map(|condition| &condition.paths)).collect()
    }
}

/// Reads what a template takes from its context; nothing of one that cannot be parsed.
pub fn uses(source: &str) -> Uses {
    let body = body_of(source);
    let mut walk = Walk { source, body, uses: Uses::default(), scope: BTreeMap::new(), open: Vec::new() };
    if let Ok(Stmt::Template(template)) = parse(&source[body..], "", super::syntax()) {
        walk.statements(&template.children);
    }
    walk.uses
}

struct Walk<'s> {
    source: &'s str,
    body: usize,
    uses: Uses,
    /// What the names of loops and of `set` stand for.
    scope: BTreeMap<String, BTreeSet<ContextPath>>,
    /// The conditions around the place where we are.
    open: Vec<usize>,
}

impl Walk<'_> {
    fn statements(&mut self, list: &[Stmt<'_>]) {
        list.iter().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &Stmt<'_>) {
        match statement {
            Stmt::EmitRaw(raw) => {
                let start = self.body + raw.span().start_offset as usize;
                self.uses.stretches.push((start..start + raw.raw.len(), self.open.clone()));
            }
            Stmt::EmitExpr(hole) => {
                let (range, expression) = self.inside(hole.expr.span(), "{{", "}}");
                let paths = self.paths(&hole.expr);
                self.uses.holes.push(Use { range, expression, paths, conditions: self.open.clone() });
            }
            Stmt::IfCond(branch) => self.branch(branch),
            Stmt::ForLoop(repeat) => self.repeat(repeat),
            Stmt::WithBlock(with) => {
                let before = self.scope.clone();
                for (target, value) in &with.assignments {
                    let paths = self.paths(value);
                    self.bind(target, &paths);
                }
                self.statements(&with.body);
                self.scope = before;
            }
            Stmt::Set(set) => {
                let paths = self.paths(&set.expr);
                self.bind(&set.target, &paths);
            }
            Stmt::Template(template) => self.statements(&template.children),
            _ => {}
        }
    }

    fn branch(&mut self, branch: &IfCond<'_>) {
        let (range, text) = self.inside(branch.expr.span(), "{%", "%}");
        let text = text.strip_prefix("elif ").or_else(|| text.strip_prefix("if ")).unwrap_or(&text).trim().to_owned();
        let paths = self.paths(&branch.expr);
        for (word, body) in [("if", &branch.true_body), ("unless", &branch.false_body)] {
            if !body.is_empty() {
                self.under(Condition { range: range.clone(), text: format!("{word} {text}"), paths: paths.clone() });
                self.statements(body);
                self.open.pop();
            }
        }
    }

    fn repeat(&mut self, repeat: &ForLoop<'_>) {
        let (range, text) = self.inside(repeat.target.span(), "{%", "%}");
        let over = self.paths(&repeat.iter);
        let before = self.scope.clone();
        self.bind(&repeat.target, &over.iter().map(|path| below(path, "*")).collect());
        let mut paths = over;
        if let Some(filter) = &repeat.filter_expr {
            paths.extend(self.paths(filter));
        }
        self.under(Condition { range, text, paths });
        self.statements(&repeat.body);
        self.open.pop();
        self.scope = before;
        self.statements(&repeat.else_body);
    }

    fn under(&mut self, condition: Condition) {
        self.open.push(self.uses.conditions.len());
        self.uses.conditions.push(condition);
    }

    /// Gives the names of a target what they stand for; of a pair they stand for the same.
    fn bind(&mut self, target: &Expr<'_>, paths: &BTreeSet<ContextPath>) {
        match target {
            Expr::Var(name) => {
                self.scope.insert(name.id.to_owned(), paths.clone());
            }
            Expr::List(list) => list.items.iter().for_each(|item| self.bind(item, paths)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.bind(item, paths)),
            _ => {}
        }
    }

    /// Collects the paths that an expression names.
    fn paths(&self, expression: &Expr<'_>) -> BTreeSet<ContextPath> {
        if let Some(paths) = self.path(expression) {
            return paths;
        }
        let mut found = BTreeSet::new();
        let mut add = |part: &Expr<'_>| found.extend(self.paths(part));
        match expression {
            Expr::Var(_) | Expr::Const(_) => {}
            Expr::Slice(node) => {
                add(&node.expr);
                [&node.start, &node.stop, &node.step].into_iter().flatten().for_each(&mut add);
            }
            Expr::UnaryOp(node) => add(&node.expr),
            Expr::BinOp(node) => [&node.left, &node.right].into_iter().for_each(&mut add),
            Expr::Compare(node) => {
                add(&node.expr);
                node.ops.iter().for_each(|op| add(&op.expr));
            }
            Expr::IfExpr(node) => {
                [&node.test_expr, &node.true_expr].into_iter().for_each(&mut add);
                node.false_expr.iter().for_each(&mut add);
            }
            Expr::Filter(node) => {
                node.expr.iter().for_each(&mut add);
                arguments(&node.args).for_each(add);
            }
            Expr::Test(node) => {
                add(&node.expr);
                arguments(&node.args).for_each(add);
            }
            Expr::GetAttr(node) => add(&node.expr),
            Expr::GetItem(node) => [&node.expr, &node.subscript_expr].into_iter().for_each(&mut add),
            Expr::Call(node) => {
                if let CallType::Method(value, _) = node.identify_call() {
                    add(value);
                }
                arguments(&node.args).for_each(add);
            }
            Expr::List(node) => node.items.iter().for_each(&mut add),
            Expr::Tuple(node) => node.items.iter().for_each(&mut add),
            Expr::Map(node) => node.keys.iter().chain(&node.values).for_each(&mut add),
        }
        found
    }

    /// The path that a name with dots is; nothing for any other expression.
    fn path(&self, expression: &Expr<'_>) -> Option<BTreeSet<ContextPath>> {
        match expression {
            Expr::Var(name) if matches!(name.id, "loop") => Some(BTreeSet::new()),
            Expr::Var(name) => {
                let own = || BTreeSet::from([vec![name.id.to_owned()]]);
                Some(self.scope.get(name.id).cloned().unwrap_or_else(own))
            }
            Expr::GetAttr(node) => Some(self.path(&node.expr)?.iter().map(|path| below(path, node.name)).collect()),
            Expr::GetItem(node) => {
                let name = node.subscript_expr.as_const().and_then(|name| name.as_str().map(str::to_owned));
                let name = name.unwrap_or_else(|| "*".to_owned());
                let mut found: BTreeSet<_> = self.path(&node.expr)?.iter().map(|path| below(path, &name)).collect();
                found.extend(self.paths(&node.subscript_expr));
                Some(found)
            }
            _ => None,
        }
    }

    /// What stands between the braces around a place: where it is, and its text.
    fn inside(&self, span: Span, open: &str, close: &str) -> (Range<usize>, String) {
        let place = self.body + span.start_offset as usize;
        let start = self.source[..place].rfind(open).map_or(place, |at| at + open.len());
        // The span of an expression may end before its filters do.
        let from = (self.body + span.end_offset as usize).max(place);
        let end = self.source[from..].find(close).map_or(from, |at| from + at);
        let trimmed = self.source[start..end].trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '+'));
        let start = start + self.source[start..end].find(trimmed).unwrap_or(0);
        (start..start + trimmed.len(), trimmed.to_owned())
    }
}

fn below(path: &[String], name: &str) -> ContextPath {
    path.iter().map(String::as_str).chain([name]).map(str::to_owned).collect()
}

fn arguments<'a, 's>(arguments: &'a [CallArg<'s>]) -> impl Iterator<Item = &'a Expr<'s>> {
    arguments.iter().map(|argument| match argument {
        CallArg::Pos(value) | CallArg::Kwarg(_, value) | CallArg::PosSplat(value) | CallArg::KwargSplat(value) => value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dotted(paths: &BTreeSet<ContextPath>) -> String {
        paths.iter().map(|path| path.join(".")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn names_are_followed_back_to_the_context() {
        let source = "---\nversion: 1\n---\n{% set own = settings.a %}\n{\n{% for name, port in ports | dictsort if open %}\n\
                      {{ name | attr }} = {{ port ~ own }};\n{% endfor %}\n{% if uefi %}\na = {{ x[\"y\"].z }};\n\
                      {% else %}\nb = {{ peers | map(attribute=\"address\") | join(sep) }};\n{% endif %}\n}\n";
        let found = uses(source);
        let holes: Vec<_> = found.holes.iter().map(|hole| (hole.expression.as_str(), dotted(&hole.paths))).collect();
        let expected = [
            ("name | attr", "ports.*"),
            ("port ~ own", "ports.* settings.a"),
            ("x[\"y\"].z", "x.y.z"),
            ("peers | map(attribute=\"address\") | join(sep)", "peers sep"),
        ];
        assert_eq!(holes, expected.map(|(expression, paths)| (expression, paths.to_owned())));
        let under = |text: &str| -> Vec<_> {
            let place = source.find(text).unwrap();
            found.conditions_at(place).map(|condition| condition.text.clone()).collect()
        };
        assert_eq!(under("{{ name"), ["for name, port in ports | dictsort if open"]);
        assert_eq!(under("a = {{"), ["if uefi"]);
        assert_eq!(under("b = {{"), ["unless uefi"]);
        assert_eq!(under("{\n"), [""; 0]);
    }
}
