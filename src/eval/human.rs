//! An evaluation as a person reads it: a line for each host that is not the same, why, and the counts last.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::lines::{details, head, summary, symbol};
use super::report::{Change, Evaluated};

/// Writes an evaluation for a terminal or a pipe, with a newline at the end. `verbose` names identical hosts and every
/// cause; colour never carries meaning alone.
pub fn human(evaluated: &Evaluated, color: bool, verbose: bool) -> String {
    let mut text = String::new();
    for (name, host) in &evaluated.hosts {
        if host.change == Change::Identical && !verbose {
            continue;
        }
        let style = if color { style(host.change) } else { Style::new() };
        let _ = writeln!(text, "{style}{} {name}: {}{style:#}", symbol(host.change), head(host));
        for detail in details(host, verbose, str::to_owned) {
            let _ = writeln!(text, "    {}", detail.replace('\n', "\n      "));
        }
    }
    text + &summary(evaluated) + "\n"
}

fn style(change: Change) -> Style {
    match change {
        Change::Created => AnsiColor::Green.on_default(),
        Change::Removed | Change::Failed => AnsiColor::Red.on_default(),
        Change::Changed => AnsiColor::Yellow.on_default(),
        Change::Identical | Change::Absent => Style::new().dimmed(),
    }
}
