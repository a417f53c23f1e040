//! What is proved of a template before it is used: that every hole stands where an expression may stand, and that it
//! uses no word of the language that does not exist.
//!
//! Every way through the template is followed: an `if` may go either way, a loop may run any number of times. So the
//! state of the reader is a set of [`Place`]s. A template begins and ends in code, so templates may include each other.
//!
//! The tree comes from minijinja's own parser, which it keeps behind the feature `unstable_machinery`: what is proved
//! is then what is run, white space that is trimmed included. `Cargo.toml` names one version for that reason.

mod expression;

use std::collections::BTreeSet;
use std::ops::Range;

use minijinja::machinery::ast::{Expr, ForLoop, IfCond, Include, Stmt};
use minijinja::machinery::{Span, parse};

use super::scan::{Place, Snag};
use crate::nix::fault::Fault;
use expression::nearest;

type Places = BTreeSet<Place>;

/// How often a loop is followed until nothing new is met, and how many places are followed at once.
const LIMIT: usize = 64;

/// Finds every fault of the template that begins at byte `body` of `source`; `templates` are the others.
pub(super) fn check(source: &str, body: usize, templates: &BTreeSet<&str>) -> BTreeSet<Fault> {
    let mut walk = Walk { source, body, templates, faults: BTreeSet::new(), loops: Vec::new() };
    match parse(&source[body..], "", super::syntax()) {
        Ok(Stmt::Template(template)) => {
            let end = walk.statements(&template.children, Places::from([Place::start()]));
            for snag in end.into_iter().filter_map(|place| place.end().err()) {
                walk.fault(source.len()..source.len(), end_message(snag), None);
            }
        }
        Ok(_) => unreachable!("a parsed template is a template"),
        Err(error) => {
            let range = error.range().map_or(body..body, |range| range.start + body..range.end + body);
            let message = error.detail().map_or_else(|| error.kind().to_string(), ToOwned::to_owned);
            walk.fault(range, message, None);
        }
    }
    walk.faults
}

struct Walk<'a> {
    source: &'a str,
    body: usize,
    templates: &'a BTreeSet<&'a str>,
    faults: BTreeSet<Fault>,
    /// For every open loop the places of its `break`s and of its `continue`s.
    loops: Vec<(Places, Places)>,
}

impl Walk<'_> {
    fn statements(&mut self, list: &[Stmt<'_>], places: Places) -> Places {
        list.iter().fold(places, |places, statement| self.statement(statement, places))
    }

    fn statement(&mut self, statement: &Stmt<'_>, places: Places) -> Places {
        match statement {
            Stmt::EmitRaw(raw) => self.text(raw.raw, self.body + raw.span().start_offset as usize, places),
            Stmt::EmitExpr(hole) => {
                self.expression(&hole.expr);
                self.hole(&hole.expr, places)
            }
            Stmt::IfCond(branch) => self.branch(branch, places),
            Stmt::ForLoop(repeat) => self.repeat(repeat, repeat.span(), places),
            Stmt::WithBlock(with) => {
                with.assignments.iter().for_each(|(_, value)| self.expression(value));
                self.statements(&with.body, places)
            }
            Stmt::Set(set) => {
                self.expression(&set.expr);
                places
            }
            Stmt::Include(include) => self.include(include, include.span(), places),
            Stmt::Break(_) | Stmt::Continue(_) => {
                if let Some((breaks, continues)) = self.loops.last_mut() {
                    let left = if matches!(statement, Stmt::Break(_)) { breaks } else { continues };
                    left.extend(places);
                }
                Places::new()
            }
            Stmt::Template(template) => self.statements(&template.children, places),
            Stmt::SetBlock(node) => self.refuse("a `set` without `=`", node.span(), places),
            Stmt::AutoEscape(node) => self.refuse("`autoescape`", node.span(), places),
            Stmt::FilterBlock(node) => self.refuse("`filter`", node.span(), places),
            Stmt::Block(node) => self.refuse("`block`", node.span(), places),
            Stmt::Import(node) => self.refuse("`import`", node.span(), places),
            Stmt::FromImport(node) => self.refuse("`from`", node.span(), places),
            Stmt::Extends(node) => self.refuse("`extends`", node.span(), places),
            Stmt::Macro(node) => self.refuse("`macro`", node.span(), places),
            Stmt::CallBlock(node) => self.refuse("`call`", node.span(), places),
            Stmt::Do(node) => self.refuse("`do`", node.call.span(), places),
        }
    }

    fn text(&mut self, text: &str, start: usize, places: Places) -> Places {
        let mut read = Places::new();
        'places: for mut place in places {
            for (at, c) in text.char_indices() {
                if let Err(snag) = place.read(c) {
                    let (message, help) = text_message(snag);
                    self.fault(start + at..start + at + c.len_utf8(), message.to_owned(), Some(help.to_owned()));
                    // What follows cannot be judged.
                    continue 'places;
                }
            }
            read.insert(place);
        }
        read
    }

    fn hole(&mut self, expression: &Expr<'_>, places: Places) -> Places {
        let range = self.range(expression.span());
        let text = self.source.get(range.clone()).unwrap_or_default();
        places
            .into_iter()
            .map(|mut place| {
                if let Err(snag) = place.hole() {
                    let (message, help) = hole_message(snag, text);
                    self.fault(range.clone(), message.to_owned(), Some(help));
                }
                place
            })
            .collect()
    }

    fn branch(&mut self, branch: &IfCond<'_>, places: Places) -> Places {
        self.expression(&branch.expr);
        let mut after = self.statements(&branch.true_body, places.clone());
        after.extend(self.statements(&branch.false_body, places));
        after
    }

    fn repeat(&mut self, repeat: &ForLoop<'_>, span: Span, before: Places) -> Places {
        self.expression(&repeat.iter);
        repeat.filter_expr.iter().for_each(|filter| self.expression(filter));
        if repeat.recursive {
            return self.refuse("`recursive`", span, before);
        }
        let mut head = before.clone();
        let mut after = Places::new();
        loop {
            self.loops.push((Places::new(), Places::new()));
            let mut next = self.statements(&repeat.body, head.clone());
            let (breaks, continues) = self.loops.pop().unwrap_or_default();
            next.extend(continues);
            next.extend(head.iter().cloned());
            after.extend(breaks);
            if next == head {
                break;
            }
            if next.len() > LIMIT {
                let message = "the body of the loop does not end where it began, in a string or outside of one";
                self.fault(self.range(span), message.to_owned(), None);
                break;
            }
            head = next;
        }
        after.extend(head);
        after.extend(self.statements(&repeat.else_body, before));
        after
    }

    fn include(&mut self, include: &Include<'_>, span: Span, places: Places) -> Places {
        self.expression(&include.name);
        let name = include.name.as_const();
        if let Some(name) = name.as_ref().and_then(|name| name.as_str())
            && !include.ignore_missing
            && !self.templates.contains(name)
        {
            let help = nearest(name, self.templates.iter().copied());
            self.fault(self.range(include.name.span()), format!("there is no template `{name}`"), help);
        }
        let range = self.range(span);
        places
            .into_iter()
            .map(|mut place| {
                if place.hole().is_err() {
                    let help = "leave a space, and end the string or the comment before";
                    let message = "a template can be included between expressions only";
                    self.fault(range.clone(), message.to_owned(), Some(help.to_owned()));
                }
                place
            })
            .collect()
    }

    fn refuse(&mut self, what: &str, span: Span, places: Places) -> Places {
        let help = "templates have holes, `if`, `for`, `set`, `with` and `include`";
        let message = format!("{what} cannot be used in a template of Nix");
        self.fault(self.range(span), message, Some(help.to_owned()));
        places
    }

    fn range(&self, span: Span) -> Range<usize> {
        self.body + span.start_offset as usize..self.body + span.end_offset as usize
    }

    fn fault(&mut self, range: Range<usize>, message: String, help: Option<String>) {
        let mut fault = Fault::new(self.source, range, message);
        fault.help = help;
        self.faults.insert(fault);
    }
}

fn hole_message(snag: Snag, text: &str) -> (&'static str, String) {
    match snag {
        Snag::InString => (
            "a hole cannot stand inside a string",
            format!("write the whole string as one hole: {{{{ \"…\" ~ {text} }}}}"),
        ),
        Snag::InIndented => (
            "a hole cannot stand inside an indented string",
            format!("interpolate it: ${{ {{{{ {text} | string }}}} }}"),
        ),
        Snag::InComment => (
            "a hole cannot stand inside a comment",
            format!("write the whole comment as one hole: {{{{ \"…\" ~ {text} | comment }}}}"),
        ),
        _ => (
            "a hole is one whole expression and cannot touch what stands beside it",
            format!("join the parts inside of the hole, as in {{{{ {text} ~ \"…\" }}}}, or leave a space"),
        ),
    }
}

fn text_message(snag: Snag) -> (&'static str, &'static str) {
    match snag {
        Snag::Address => {
            ("an address without quotes cannot be told from code", "put it in quotes, or a space after `:`")
        }
        Snag::Quotes => ("`''` right behind a word cannot be told from its end", "leave a space before `''`"),
        Snag::Return => ("the template has carriage returns", "save it with line feeds only"),
        Snag::Deep => ("strings are nested too deep", "name the inner ones with `let`"),
        _ => ("this cannot touch the hole before it", "join the parts inside of the hole, or leave a space"),
    }
}

fn end_message(snag: Snag) -> String {
    let what = match snag {
        Snag::InString | Snag::InInterpolation => "a string",
        Snag::InIndented => "an indented string",
        Snag::InComment => "a comment",
        _ => "an operator",
    };
    format!("on one way through it the template ends in {what}")
}
