//! Files line by line, as far as there is room.

use std::fmt::Write as _;

use anstyle::Style;
use similar::ChangeTag;

use super::lines::{self, Compared, Line};
use super::options::{ADDED, HEAD, HUNK, NOTE, Options, REMOVED};
use super::visible::visible;
use super::{Changes, File, Kind};
use crate::diag::{counted, listed};

/// The most lines that are shown of one file, unless all are asked for.
const LINES_OF_A_FILE: usize = 60;

/// The most lines that are shown of all files together, unless all are asked for.
const LINES: usize = 600;

/// Writes the files that differ, those that repeat what others say last.
pub fn files(changes: &Changes, options: &Options) -> String {
    let mut page = Page { text: String::new(), options, left: LINES };
    let (records, files): (Vec<_>, Vec<_>) = if options.raw {
        changes.files.iter().chain(&changes.headers).partition(|file: &&File| file.is_record())
    } else {
        changes.files.iter().partition(|file: &&File| file.is_record())
    };
    let shown = files.iter().take_while(|file| page.file(file)).count();
    page.not_shown(&files[shown..]);
    if options.raw && options.verbose {
        for record in records {
            page.file(record);
        }
    } else {
        page.records(&records);
    }
    page.text
}

/// The text as far as it is written.
struct Page<'o> {
    text: String,
    options: &'o Options,
    left: usize,
}

impl Page<'_> {
    /// Writes one file; says whether there was room left for it.
    fn file(&mut self, file: &File) -> bool {
        if self.left == 0 && !self.options.verbose {
            return false;
        }
        self.head(file.kind(), &[file], "");
        let (old, new) = file.compared(self.options.raw);
        if let (Some(old), Some(new)) = (lines::text(&old), lines::text(&new)) {
            let compared = Compared::new(old, new);
            self.lines(&file.path, &compared, file.hunks.as_deref());
        }
        self.text.push('\n');
        true
    }

    /// Writes what became of a file, or of some that are taken together.
    fn head(&mut self, kind: Kind, files: &[&File], note: &str) {
        let paths: Vec<_> = files.iter().map(|file| visible(&file.path)).collect();
        let (added, removed) = files.iter().fold((0, 0), |sum, file| (sum.0 + file.added, sum.1 + file.removed));
        let lines = match kind {
            _ if files.iter().any(|file| file.is_binary()) => "not text".to_owned(),
            Kind::Created => counted(added, "line"),
            Kind::Removed => counted(removed, "line"),
            Kind::Changed => format!("{} added, {removed} removed", counted(added, "line")),
        };
        let text = format!("{} {} {}: {lines}{note}", kind.symbol(), listed(&paths), kind.word());
        self.line(HEAD, &text);
    }

    fn lines(&mut self, path: &str, compared: &Compared<'_>, only: Option<&[usize]>) {
        let room = if self.options.verbose { usize::MAX } else { self.left.min(LINES_OF_A_FILE) };
        let mut number = 0;
        let shown = |number: &usize| only.is_none_or(|only| only.binary_search(number).is_ok());
        for (_, hunk) in compared.hunks().enumerate().filter(|(number, _)| shown(number)) {
            if number < room {
                self.line(HUNK, &compared.head(&hunk));
            }
            let words = self.options.color && number < room;
            for line in compared.lines(&hunk, words) {
                number += 1;
                if number <= room {
                    self.compared(&line);
                }
            }
        }
        self.left = self.left.saturating_sub(number.min(room));
        if number > room {
            let rest = counted(number - room, "more line");
            self.line(NOTE, &format!("… {rest} of {}; -v shows all", visible(path)));
        }
    }

    fn compared(&mut self, line: &Line<'_>) {
        let (sign, style) = match line.tag {
            ChangeTag::Equal => (' ', Style::new()),
            ChangeTag::Delete => ('-', REMOVED),
            ChangeTag::Insert => ('+', ADDED),
        };
        let mut text = String::from(sign);
        for (emphasised, piece) in &line.pieces {
            let piece = visible(piece.strip_suffix('\n').unwrap_or(piece));
            if *emphasised && self.options.color {
                let strong = style.invert();
                let _ = write!(text, "{strong}{piece}{strong:#}{style}");
            } else {
                text.push_str(&piece);
            }
        }
        self.line(style, &text);
        if !line.pieces.last().is_some_and(|(_, piece)| piece.ends_with('\n')) {
            self.line(NOTE, "\\ No newline at end of file");
        }
    }

    /// Sums up the files that there was no room for.
    fn not_shown(&mut self, files: &[&File]) {
        if files.is_empty() {
            return;
        }
        let sum = |lines: fn(&File) -> usize| files.iter().map(|file| lines(file)).sum::<usize>();
        let kinds = [Kind::Changed, Kind::Created, Kind::Removed]
            .map(|kind| (files.iter().filter(|file| file.kind() == kind).count(), kind.word()))
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, word)| format!("{number} {word}"));
        let text = format!(
            "… {} with {} added and {} removed ({}); -v shows all",
            counted(files.len(), "more file"),
            counted(sum(File::added), "line"),
            sum(File::removed),
            listed(&kinds.collect::<Vec<_>>()),
        );
        self.line(NOTE, &text);
        self.text.push('\n');
    }

    /// Counts the lines of the files that repeat what the others say.
    fn records(&mut self, records: &[&File]) {
        for kind in [Kind::Created, Kind::Removed, Kind::Changed] {
            let files: Vec<_> = records.iter().copied().filter(|file| file.kind() == kind).collect();
            if !files.is_empty() {
                self.head(kind, &files, "; --raw -v shows them");
                self.text.push('\n');
            }
        }
    }

    fn line(&mut self, style: Style, text: &str) {
        let style = if self.options.color { style } else { Style::new() };
        let _ = writeln!(self.text, "{style}{text}{style:#}");
    }
}
