//! Rules about alerts of logs: what would keep Loki from reading the whole file of them.

use super::alerts::entries;
use crate::alerts;
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::At;
use crate::model::Fleet;

/// An alert of logs and one of Prometheus have names of their own: silences, routes and pages know nothing else of them.
pub(super) fn have_own_names(fleet: &Fleet, faults: &mut Faults) {
    let Some(written) = fleet.monitoring.as_ref().map(|monitoring| &monitoring.written) else { return };
    let of_logs = written.logs.as_ref().and_then(|logs| logs.alerts.as_ref());
    for (name, alert) in entries(of_logs) {
        let twice = || {
            Diagnostic::new(codes::ALERT_TWICE, format!("`{name}` is an alert of logs and one of Prometheus"))
                .at(alert.key, "evaluated by Loki")
        };
        let other = written.alerts.as_ref().and_then(|alerts| alerts.entries.get(name));
        if let Some(other) = other {
            faults.push(twice().at(other.key, "evaluated by Prometheus").help("give one of them another name"));
        } else if alerts::find(name.as_str()).is_some() {
            faults.push(twice().help("one of that name comes with Cistern: give yours another"));
        }
    }
    for (name, alert) in entries(written.alerts.as_ref()) {
        if written.logs.is_some() && alerts::find_of_logs(name.as_str()).is_some() {
            faults.push(
                Diagnostic::new(codes::ALERT_TWICE, format!("`{name}` is an alert of logs and one of Prometheus"))
                    .at(alert.key, "evaluated by Prometheus")
                    .help("move it to `monitoring.logs.alerts`, or give it another name"),
            );
        }
    }
}

/// An expression is LogQL, as far as brackets, quotes and the choice of lines tell.
pub(super) fn look_like_logql(fleet: &Fleet, faults: &mut Faults) {
    let Some(written) = fleet.monitoring.as_ref().map(|monitoring| &monitoring.written) else { return };
    let of_logs = written.logs.as_ref().and_then(|logs| logs.alerts.as_ref());
    for (name, alert) in entries(of_logs) {
        let Some(expr) = &alert.value.expr else { continue };
        if let Some((reason, help)) = fault(expr) {
            faults.push(
                Diagnostic::new(codes::NOT_LOGQL, format!("the expression of the alert `{name}` is not LogQL"))
                    .at(expr.span, reason)
                    .help(help),
            );
        }
    }
}

/// What is wrong with an expression, and what to do.
fn fault(expr: &At<String>) -> Option<(&'static str, &'static str)> {
    let mut open = Vec::new();
    let mut chooses = false;
    let mut characters = expr.value.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' | '`' => {
                let is_closed = skip_text(&mut characters, character);
                if !is_closed {
                    return Some(("a quote is not closed", "close it"));
                }
            }
            '(' | '[' | '{' => {
                chooses |= character == '{';
                open.push(character);
            }
            ')' | ']' | '}' => {
                let fits = matches!((open.pop(), character), (Some('('), ')') | (Some('['), ']') | (Some('{'), '}'));
                if !fits {
                    return Some(("a bracket closes what is not open", "balance the brackets"));
                }
            }
            _ => {}
        }
    }
    if !open.is_empty() {
        return Some(("a bracket is not closed", "balance the brackets"));
    }
    (!chooses).then_some((
        "it chooses no lines",
        "begin with a selector such as `{unit=\"shop.service\"}`; PromQL goes under `monitoring.alerts`",
    ))
}

/// Goes on behind a text; says whether it ends.
fn skip_text(characters: &mut std::str::Chars<'_>, quote: char) -> bool {
    while let Some(character) = characters.next() {
        match character {
            '\\' if quote == '"' => _ = characters.next(),
            _ if character == quote => return true,
            _ => {}
        }
    }
    false
}
