//! Two texts line by line: the hunks that lead from one to the other.

use similar::{ChangeTag, DiffOp, InlineChangeOptions, TextDiff, TextDiffConfig};

/// Unchanged lines that are shown around a change.
const CONTEXT: usize = 3;

/// The most lines of a replaced stretch whose words are compared: that costs the square of their number.
const WORDS_WITHIN: usize = 64;

/// The most bytes of such a stretch.
const WORD_BYTES_WITHIN: usize = 16 << 10;

/// Two texts that are different.
pub(super) struct Compared<'t> {
    diff: TextDiff<'t, 't, str>,
    /// Lines before the part that was compared, which both have.
    before: usize,
}

/// Changes that stand together, and the unchanged lines around them.
pub(super) struct Hunk {
    ops: Vec<DiffOp>,
}

/// One line of a hunk.
pub(super) struct Line<'t> {
    /// Whether it is in the old text only, in the new one only, or in both.
    pub(super) tag: ChangeTag,
    /// Its text in pieces; true for a piece to emphasise. The last one ends in a newline if the line does.
    pub(super) pieces: Vec<(bool, &'t str)>,
}

/// Reads bytes as text; nothing if they are something else.
pub(super) fn text(bytes: &[u8]) -> Option<&str> {
    str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

/// Counts the lines of a file; 0 if it is not text.
pub(super) fn count(bytes: &[u8]) -> usize {
    text(bytes).map_or(0, |text| split(text).count())
}

/// Counts the lines that are in the new file only and those in the old one only; 0 and 0 if a side is not text.
pub(super) fn changed(old: &[u8], new: &[u8]) -> (usize, usize) {
    let (Some(old), Some(new)) = (text(old), text(new)) else { return (0, 0) };
    Compared::new(old, new).diff.ops().iter().fold((0, 0), |(added, removed), op| match op {
        DiffOp::Equal { .. } => (added, removed),
        _ => (added + op.new_range().len(), removed + op.old_range().len()),
    })
}

impl<'t> Compared<'t> {
    pub(super) fn new(old: &'t str, new: &'t str) -> Self {
        let (start, end) = shared(old.as_bytes(), new.as_bytes());
        let before = split(&old[..start]).count();
        let (old, new) = (&old[start..old.len() - end], &new[start..new.len() - end]);
        let (old, new): (Vec<_>, Vec<_>) = (split(old).collect(), split(new).collect());
        // No deadline: the same texts give the same hunks on a slow machine too.
        Self { diff: TextDiffConfig::new().newline_terminated(true).diff_slices(&old, &new), before }
    }

    /// The line that heads a hunk, as in `@@ -1,3 +1,4 @@`.
    pub(super) fn head(&self, hunk: &Hunk) -> String {
        let (first, last) = (&hunk.ops[0], &hunk.ops[hunk.ops.len() - 1]);
        let part = |start: usize, end: usize| match end - start {
            1 => format!("{}", start + self.before + 1),
            0 => format!("{},0", start + self.before),
            many => format!("{},{many}", start + self.before + 1),
        };
        let old = part(first.old_range().start, last.old_range().end);
        let new = part(first.new_range().start, last.new_range().end);
        format!("@@ -{old} +{new} @@")
    }

    pub(super) fn hunks(&self) -> impl Iterator<Item = Hunk> {
        self.diff.grouped_ops(CONTEXT).into_iter().map(|ops| Hunk { ops })
    }

    /// Lists the lines of a hunk; `words` says whether to find the words that differ between two lines.
    pub(super) fn lines<'d>(&'d self, hunk: &'d Hunk, words: bool) -> impl Iterator<Item = Line<'d>> {
        hunk.ops.iter().flat_map(move |op| self.lines_of(op, words && self.is_small(op)))
    }

    /// Lists the lines of a hunk with their numbers in the text that they stand in, from 0.
    pub(super) fn numbered<'d>(&'d self, hunk: &'d Hunk) -> impl Iterator<Item = (ChangeTag, usize, &'d str)> {
        let changes = hunk.ops.iter().flat_map(|op| self.diff.iter_changes(op));
        changes.map(|change| {
            let number = change.new_index().or(change.old_index()).unwrap_or_default();
            (change.tag(), number + self.before, change.value())
        })
    }

    fn lines_of(&self, op: &DiffOp, words: bool) -> Vec<Line<'_>> {
        if words {
            let options = InlineChangeOptions::new();
            self.diff
                .iter_inline_changes_with_options_deadline(op, options, None)
                .map(|change| Line { tag: change.tag(), pieces: change.values().to_vec() })
                .collect()
        } else {
            self.diff
                .iter_changes(op)
                .map(|change| Line { tag: change.tag(), pieces: vec![(false, change.value())] })
                .collect()
        }
    }

    fn is_small(&self, op: &DiffOp) -> bool {
        let bytes = |text: Option<&str>| text.map_or(0, str::len);
        let old = op.old_range();
        let new = op.new_range();
        old.len() + new.len() <= WORDS_WITHIN
            && old.map(|at| bytes(self.diff.old_slice(at))).sum::<usize>()
                + new.map(|at| bytes(self.diff.new_slice(at))).sum::<usize>()
                <= WORD_BYTES_WITHIN
    }
}

/// How many bytes of whole lines two texts share at their beginning and at their end, the lines of context aside.
/// Most files are long and differ in one place; the rest need not be cut into lines.
fn shared(old: &[u8], new: &[u8]) -> (usize, usize) {
    let equal = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let start = (0..=CONTEXT).try_fold(equal, |at, _| old[..at].iter().rposition(|byte| *byte == b'\n'));
    let start = start.map_or(0, |newline| newline + 1);
    let most = old.len().min(new.len()) - start;
    let equal = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let mut end = old.len() - equal;
    for _ in 0..=CONTEXT {
        match old[end..].iter().position(|byte| *byte == b'\n') {
            Some(newline) => end += newline + 1,
            None => return (start, 0),
        }
    }
    (start, old.len() - end)
}

/// Lines with their newlines; a carriage return alone ends none.
fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('\n')
}
