//! A report as a comment on a change: a table, the findings, and the hosts to unfold.

use std::fmt::Write as _;

use super::hosts::{Detail, HostChange};
use super::report::Report;
use super::{deploy, summary};
use crate::diag::counted;

/// The most bytes of a comment. GitHub refuses more than 65,536 characters, Forgejo likewise, and whoever posts it may
/// put a few words around it.
const LIMIT: usize = 60_000;

/// What is kept for the last lines, which say what was cut.
const ROOM: usize = 2_000;

/// The longest line of a table, in characters.
const CELL: usize = 200;

/// Writes a report in GitHub's Markdown, in less than 60 KB: what does not fit is counted.
///
/// `more` stands behind the findings, as it is.
pub fn markdown(report: &Report<'_>, more: &str) -> String {
    let mut page = Page { text: format!("### Cistern: {}\n", plain(&summary(report, Some(80)))) };
    if report.is_same() {
        return page.text;
    }
    page.findings(report);
    page.block(more);
    page.table(report);
    page.details(report);
    if let Some(command) = deploy::command(report) {
        let _ = write!(page.text, "\n```sh\n{}\n```\n", short(&command, ROOM / 2));
    }
    page.text
}

struct Page {
    text: String,
}

impl Page {
    fn findings(&mut self, report: &Report<'_>) {
        if report.findings.is_empty() {
            return;
        }
        self.text.push('\n');
        for same in report.findings.chunk_by(|a, b| a.code == b.code) {
            let [first, rest @ ..] = same else { continue };
            let denied = if first.denied { ", **denied**" } else { "" };
            let more = if rest.is_empty() { String::new() } else { format!(" ({} more below)", rest.len()) };
            let _ = writeln!(
                self.text,
                "- **{}** `{}`{denied}: {}{more}<br>{}",
                first.impact,
                first.code,
                plain(&short(&first.message, CELL)),
                plain(&short(&first.help, CELL)),
            );
        }
        let several = report.findings.chunk_by(|a, b| a.code == b.code).any(|same| same.len() > 1);
        if several {
            let rows: Vec<String> =
                report.findings.iter().map(|one| format!("- `{}` {}\n", one.impact, plain(&one.message))).collect();
            let total = counted(rows.len(), "finding");
            // A third of the room: hosts are to have some as well.
            self.folded(&format!("All {total}"), &rows, LIMIT / 3);
        }
    }

    fn table(&mut self, report: &Report<'_>) {
        if report.hosts.is_empty() {
            return;
        }
        self.text.push_str("\n| | host | what |\n|---|---|---|\n");
        let mut left = report.hosts.len();
        for (name, host) in &report.hosts {
            let row = format!("| {} | {} | {} |\n", symbol(host), plain(name), plain(&short(&host.line(), CELL)));
            if self.text.len() + row.len() > LIMIT * 3 / 4 {
                break;
            }
            self.text.push_str(&row);
            left -= 1;
        }
        if left > 0 {
            let _ = writeln!(self.text, "\n… and {} that there is no room for.", counted(left, "more host"));
        }
    }

    fn details(&mut self, report: &Report<'_>) {
        let detailed: Vec<_> = report.hosts.iter().filter(|(_, host)| !host.attributes.is_empty()).collect();
        let mut left = detailed.len();
        for (name, host) in detailed {
            let mut block = format!("\n<details><summary>{}</summary>\n\n```diff\n", plain(name));
            host.attributes.iter().for_each(|detail| attribute(&mut block, detail));
            block.push_str("```\n\n</details>\n");
            if self.text.len() + block.len() > LIMIT - ROOM {
                break;
            }
            self.text.push_str(&block);
            left -= 1;
        }
        if left > 0 {
            let _ = writeln!(self.text, "\n… and the attributes of {}.", counted(left, "more host"));
        }
    }

    /// Lines to unfold, as many as there is room for.
    fn folded(&mut self, title: &str, rows: &[String], room: usize) {
        let mut used = 0;
        let fit = rows
            .iter()
            .take_while(|row| {
                used += row.len();
                used <= room
            })
            .count();
        let _ = write!(self.text, "\n<details><summary>{title}</summary>\n\n{}", rows[..fit].concat());
        if fit < rows.len() {
            let _ = writeln!(self.text, "- … and {} more", rows.len() - fit);
        }
        self.text.push_str("\n</details>\n");
    }

    fn block(&mut self, more: &str) {
        if !more.is_empty() && self.text.len() + more.len() < LIMIT / 2 {
            let _ = write!(self.text, "\n{more}\n");
        }
    }
}

fn symbol(host: &HostChange) -> &'static str {
    match host.change {
        "created" => "+",
        "removed" => "−",
        "renamed" => "→",
        _ if host.deploys => "~",
        _ => "·",
    }
}

fn attribute(block: &mut String, detail: &Detail) {
    let line = |value: &str| short(&value.replace(['\n', '\r', '`'], " "), CELL);
    if let Some(old) = &detail.old {
        let _ = writeln!(block, "- {}: {}", detail.name, line(old));
    }
    if let Some(new) = &detail.new {
        let _ = writeln!(block, "+ {}: {}", detail.name, line(new));
    }
}

/// Text that means nothing in Markdown or HTML.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in text.chars() {
        match c {
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '&' => plain.push_str("&amp;"),
            // A mention would call somebody.
            '@' => plain.push_str("@\u{200b}"),
            '|' | '*' | '_' | '[' | ']' | '\\' | '#' | '~' | '!' => {
                plain.push('\\');
                plain.push(c);
            }
            c if c.is_control() => plain.push(' '),
            c => plain.push(c),
        }
    }
    plain
}

fn short(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    text.chars().take(length - 1).chain(['…']).collect()
}
