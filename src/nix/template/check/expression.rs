//! Every word that an expression uses must exist, in whatever branch it stands.

use minijinja::machinery::Span;
use minijinja::machinery::ast::{CallArg, CallType, Expr};

use super::Walk;
use crate::nix::template::words;

impl Walk<'_> {
    /// Checks the words of an expression.
    pub(super) fn expression(&mut self, expression: &Expr<'_>) {
        match expression {
            Expr::Var(_) | Expr::Const(_) => {}
            Expr::Slice(node) => {
                self.expression(&node.expr);
                [&node.start, &node.stop, &node.step].into_iter().flatten().for_each(|part| self.expression(part));
            }
            Expr::UnaryOp(node) => self.expression(&node.expr),
            Expr::BinOp(node) => [&node.left, &node.right].into_iter().for_each(|side| self.expression(side)),
            Expr::Compare(node) => {
                self.expression(&node.expr);
                node.ops.iter().for_each(|op| self.expression(&op.expr));
            }
            Expr::IfExpr(node) => {
                [&node.test_expr, &node.true_expr].into_iter().for_each(|part| self.expression(part));
                match &node.false_expr {
                    Some(part) => self.expression(part),
                    None => {
                        let help = "add `else none`, or put the hole in a `{% if … %}`";
                        let message = "an `if` in an expression needs its `else`";
                        self.fault(self.range(node.span()), message.to_owned(), Some(help.to_owned()));
                    }
                }
            }
            Expr::Filter(node) => {
                node.expr.iter().for_each(|inner| self.expression(inner));
                self.arguments(&node.args);
                self.word("filter", node.name, words::FILTERS, node.span());
            }
            Expr::Test(node) => {
                self.expression(&node.expr);
                self.arguments(&node.args);
                self.word("test", node.name, words::TESTS, node.span());
            }
            Expr::GetAttr(node) => self.expression(&node.expr),
            Expr::GetItem(node) => {
                [&node.expr, &node.subscript_expr].into_iter().for_each(|part| self.expression(part));
            }
            Expr::Call(node) => {
                self.arguments(&node.args);
                match node.identify_call() {
                    CallType::Function(name) => self.word("function", name, words::FUNCTIONS, node.span()),
                    CallType::Method(value, name) => {
                        self.expression(value);
                        let help = format!("write a filter instead: `| {name}`");
                        self.fault(self.range(node.span()), format!("there is no method `{name}`"), Some(help));
                    }
                    CallType::Block(_) | CallType::Object(_) => {
                        self.fault(self.range(node.span()), "this cannot be called".to_owned(), None);
                    }
                }
            }
            Expr::List(node) => node.items.iter().for_each(|item| self.expression(item)),
            Expr::Tuple(node) => node.items.iter().for_each(|item| self.expression(item)),
            Expr::Map(node) => node.keys.iter().chain(&node.values).for_each(|part| self.expression(part)),
        }
    }

    fn arguments(&mut self, arguments: &[CallArg<'_>]) {
        for argument in arguments {
            match argument {
                CallArg::Pos(value) | CallArg::Kwarg(_, value) => self.expression(value),
                CallArg::PosSplat(value) | CallArg::KwargSplat(value) => self.expression(value),
            }
        }
    }

    fn word(&mut self, what: &str, name: &str, known: &[&str], span: Span) {
        if known.contains(&name) {
            return;
        }
        let help = match (what, name) {
            ("filter", "safe" | "escape" | "e") => {
                Some("a hole always prints a Nix value; nothing can be printed as it is".to_owned())
            }
            _ => nearest(name, known.iter().copied()),
        };
        self.fault(self.range(span), format!("there is no {what} `{name}`"), help);
    }
}

/// Asks whether the word was meant that is most like it.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    known
        .map(|word| (strsim::jaro_winkler(name, word), word))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| format!("did you mean `{word}`?"))
}
