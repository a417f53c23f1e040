//! How differences are shown, and in which colours.

use anstyle::{AnsiColor, Style};

pub(super) const HEAD: Style = Style::new().bold();
pub(super) const HUNK: Style = AnsiColor::Cyan.on_default();
pub(super) const ADDED: Style = AnsiColor::Green.on_default();
pub(super) const REMOVED: Style = AnsiColor::Red.on_default();
pub(super) const CHANGED: Style = AnsiColor::Yellow.on_default();
pub(super) const NOTE: Style = Style::new().dimmed();

/// How to show changes.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Whether to write escape sequences: they never carry meaning alone.
    pub color: bool,
    /// Whether to show every attribute, and every line of the files that are shown.
    pub verbose: bool,
    /// Whether to show the lines of the files.
    pub files: bool,
    /// Whether to show them with the hashes of their headers.
    pub raw: bool,
    /// The columns of the terminal; they bound how many hosts the summary names.
    pub width: usize,
    /// Whether lines of hosts are cut there, unless everything is asked for.
    pub cut: bool,
}
