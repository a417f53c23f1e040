//! Where words go: stdout carries what was asked for, stderr talk and progress.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Color, Common, Outcome};
use crate::diag::{Faults, Renderer};
use crate::source::Sources;

/// The two streams and how loud they may be.
pub(super) struct Terminal {
    choice: Option<ColorChoice>,
    quiet: bool,
    verbose: bool,
}

impl Terminal {
    pub(super) fn new(common: &Common) -> Self {
        let choice = match common.color {
            Color::Auto => None,
            Color::Always => Some(ColorChoice::Always),
            Color::Never => Some(ColorChoice::Never),
        };
        Self { choice, quiet: common.quiet, verbose: common.verbose }
    }

    pub(super) fn verbose(&self) -> bool {
        self.verbose
    }

    /// Whether stdout takes colour.
    pub(super) fn color(&self) -> bool {
        self.choice.unwrap_or_else(|| AutoStream::choice(&io::stdout())) != ColorChoice::Never
    }

    /// How many columns stdout has; 100 in a pipe.
    pub(super) fn width(&self) -> usize {
        rustix::termios::tcgetwinsize(io::stdout()).map_or(100, |size| size.ws_col.max(40).into())
    }

    /// Whether somebody reads stdout on a terminal.
    pub(super) fn is_watched(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Writes what was asked for.
    pub(super) fn print(&self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// Writes what was asked for, and a newline.
    pub(super) fn line(&self, text: &str) -> io::Result<()> {
        self.print(&format!("{text}\n"))
    }

    /// Says something beside, unless told to be quiet: a verb and what it is about.
    pub(super) fn say(&self, verb: &str, text: &str) {
        if !self.quiet {
            let style = Style::new().bold().fg_color(Some(AnsiColor::Green.into()));
            self.write_error(&format!("{style}{verb:>12}{style:#} {text}\n"));
        }
    }

    /// Says something that should be looked at, even when told to be quiet.
    pub(super) fn warn(&self, text: &str) {
        let style = Style::new().bold().fg_color(Some(AnsiColor::Yellow.into()));
        self.write_error(&format!("{style}warning{style:#}: {text}\n"));
    }

    /// Says what failed.
    pub(super) fn error(&self, text: &str) {
        let style = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        self.write_error(&format!("{style}error{style:#}: {text}\n"));
    }

    /// Says what is wrong with what was asked for, and how the run ends then.
    pub(super) fn wrong(&self, text: &str) -> Outcome {
        self.error(text);
        Outcome::Wrong
    }

    /// Writes diagnostics to stderr.
    pub(super) fn faults(&self, faults: &Faults, sources: &Sources) {
        if !faults.is_empty() {
            let color = self.choice.unwrap_or_else(|| AutoStream::choice(&io::stderr())) != ColorChoice::Never;
            self.write_error(&Renderer::new(sources, color).all(faults));
        }
    }

    /// Writes a report to stderr, even when told to be quiet.
    pub(super) fn report(&self, text: &str) {
        self.write_error(text);
    }

    /// A line of progress, on a terminal only and only for what takes long.
    pub(super) fn progress(&self, what: &'static str) -> ProgressBar {
        if self.quiet || !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{msg:>12} {bar:40} {pos}/{len}").expect("a constant");
        let bar = ProgressBar::no_length().with_style(style).with_message(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }

    fn write_error(&self, text: &str) {
        let choice = self.choice.unwrap_or_else(|| AutoStream::choice(&io::stderr()));
        // Nobody can be told that stderr is gone.
        let _ = AutoStream::new(io::stderr(), choice).write_all(text.as_bytes());
    }
}
