//! What can be wrong with Nix text, with a template, or with data that is to become Nix.

use std::error::Error;
use std::fmt;
use std::ops::Range;

/// One fault of a template or of Nix text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The template's name; empty for text that has none.
    pub name: String,
    /// The line that the fault begins on, counted from 1; 0 where no place is known.
    pub line: usize,
    /// Where the fault is, in bytes of the whole text, front matter included.
    pub range: (usize, usize),
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Fault {
    /// Begins a fault at a place in `text`.
    pub(super) fn new(text: &str, range: Range<usize>, message: impl Into<String>) -> Self {
        let floor = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let (start, end) = (floor(range.start), floor(range.end.max(range.start)));
        let line = text[..start].matches('\n').count() + 1;
        Self { name: String::new(), line, range: (start, end), message: message.into(), help: None }
    }

    /// Begins a fault that has no place.
    pub(super) fn nowhere(message: impl Into<String>) -> Self {
        Self { name: String::new(), line: 0, range: (0, 0), message: message.into(), help: None }
    }

    /// Says what to do.
    #[must_use]
    pub(super) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Names the template.
    #[must_use]
    pub(super) fn of(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.name.is_empty() {
            write!(f, "{}:", self.name)?;
        }
        if self.line > 0 {
            write!(f, "{}:", self.line)?;
        }
        let space = if self.name.is_empty() && self.line == 0 { "" } else { " " };
        write!(f, "{space}{}", self.message)?;
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

impl Error for Fault {}

/// Why a value cannot be written in Nix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unprintable {
    /// A string with the character NUL, which no Nix string can hold.
    Nul,
    /// An integer outside of 64 bits with a sign.
    TooLarge(String),
    /// A float that is infinite, not a number, or closer to zero than Nix reads.
    NoFloat(String),
    /// A value nested deeper than [`Unprintable::DEEPEST`].
    TooDeep,
    /// A path that is empty or absolute.
    NotRelative(String),
}

impl Unprintable {
    /// How deep lists and sets may stand in each other.
    pub const DEEPEST: usize = 48;
}

impl fmt::Display for Unprintable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nul => f.write_str("a Nix string cannot hold the character NUL"),
            Self::TooLarge(number) => write!(f, "Nix has no integer as large as {number}"),
            Self::NoFloat(number) => write!(f, "Nix has no number like {number}"),
            Self::TooDeep => write!(f, "the value is nested more than {} deep", Self::DEEPEST),
            Self::NotRelative(path) => write!(f, "`{path}` is no relative path"),
        }
    }
}

impl Error for Unprintable {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_its_place() {
        let fault = Fault::new("a\nbé\n", 4..9, "no such thing").of("host.nix.j2").help("remove it");
        assert_eq!(fault.to_string(), "host.nix.j2:2: no such thing; remove it");
        assert_eq!(fault.range, (3, 6), "a place is always on the border of characters and within the text");
        assert_eq!(Fault::nowhere("no such thing").to_string(), "no such thing");
    }
}
