//! A report as a person reads it: the summary, a line a host, what it does, the files, the summary again.

use std::fmt::Write as _;

use anstyle::Style;

use super::hosts::{Detail, HostChange};
use super::impact::Finding;
use super::options::{ADDED, CHANGED, NOTE, Options, REMOVED};
use super::report::Report;
use super::visible::visible;
use super::{deploy, files, summary};

/// The most hosts that have a line, unless all are asked for.
const HOSTS: usize = 100;

/// The most findings of one kind that are told, unless all are asked for.
const FINDINGS: usize = 10;

/// Writes a report for a terminal or a pipe, with a newline at the end.
pub fn human(report: &Report<'_>, options: &Options) -> String {
    let summary = summary(report, (!options.verbose).then_some(options.width));
    if report.is_same() {
        return summary + "\n";
    }
    let mut page = Text { text: format!("{summary}\n\n"), options };
    page.hosts(report);
    page.findings(report);
    let mut text = page.text;
    if options.files {
        text += &files(&report.files, options);
    }
    if let Some(command) = deploy::command(report) {
        let _ = writeln!(text, "{command}\n");
    }
    text + &summary + "\n"
}

struct Text<'o> {
    text: String,
    options: &'o Options,
}

impl Text<'_> {
    fn hosts(&mut self, report: &Report<'_>) {
        let room = if self.options.verbose { usize::MAX } else { HOSTS };
        let width = report.hosts.keys().take(room).map(|host| host.chars().count()).max().unwrap_or_default();
        for (name, host) in report.hosts.iter().take(room) {
            self.host(name, host, width);
        }
        if report.hosts.len() > room {
            let rest = crate::diag::counted(report.hosts.len() - room, "more host");
            self.line(NOTE, &format!("… {rest}; -v shows all"));
        }
        if !report.hosts.is_empty() {
            self.text.push('\n');
        }
    }

    fn host(&mut self, name: &str, host: &HostChange, width: usize) {
        let (symbol, style) = match host.change {
            "created" => ('+', ADDED),
            "removed" => ('-', REMOVED),
            "renamed" => ('>', CHANGED),
            _ => ('~', CHANGED),
        };
        let word = if host.change == "changed" { "" } else { host.change };
        let inventory = if host.deploys || host.change == "removed" { "" } else { "; nothing to deploy" };
        let what = [word, &host.line()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
        let line = format!("{symbol} {name:width$}  {}{inventory}", visible(&what));
        self.line(style, &self.cut(line.trim_end()));
        if self.options.verbose {
            for detail in &host.attributes {
                self.detail(detail);
            }
        }
    }

    fn detail(&mut self, detail: &Detail) {
        let name = visible(&detail.name);
        let text = match (&detail.old, &detail.new) {
            (Some(old), Some(new)) => format!("    ~ {name}: {} → {}", visible(old), visible(new)),
            (None, Some(new)) => format!("    + {name}: {}", visible(new)),
            (Some(old), None) => format!("    - {name}: {}", visible(old)),
            (None, None) => return,
        };
        self.line(Style::new(), &text);
    }

    /// The findings, those of one kind together, each remedy once.
    fn findings(&mut self, report: &Report<'_>) {
        let room = if self.options.verbose { usize::MAX } else { FINDINGS };
        for same in report.findings.chunk_by(|a, b| a.code == b.code) {
            let [first, ..] = same else { continue };
            let (style, denied) = if first.denied { (REMOVED, ", denied") } else { (CHANGED, "") };
            self.line(style.bold(), &format!("{}[{}]{denied}", first.impact, first.code));
            for helped in same.iter().take(room).collect::<Vec<_>>().chunk_by(|a, b| a.help == b.help) {
                helped.iter().for_each(|finding| self.finding(finding));
                self.line(NOTE, &format!("    = help: {}", helped[0].help));
            }
            if same.len() > room {
                self.line(NOTE, &format!("  … {} more; -v shows all", same.len() - room));
            }
            self.text.push('\n');
        }
    }

    fn finding(&mut self, finding: &Finding) {
        self.line(Style::new(), &format!("  {}", visible(&finding.message)));
    }

    /// A line that fits the terminal.
    fn cut(&self, line: &str) -> String {
        if self.options.verbose || !self.options.cut || line.chars().count() <= self.options.width {
            return line.to_owned();
        }
        let mut cut: String = line.chars().take(self.options.width.saturating_sub(1)).collect();
        cut.push('…');
        cut
    }

    fn line(&mut self, style: Style, text: &str) {
        let style = if self.options.color { style } else { Style::new() };
        let _ = writeln!(self.text, "{style}{text}{style:#}");
    }
}
