//! A file while it is edited: its text, where everything stands in it, and what may not be touched.

use std::ops::Range;

use super::print::Manner;
use super::scan::{column, is_first};
use super::spots::{self, Form, Member, Spot};

/// Why a file is not edited. Places are bytes of the text as it is then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is written in a form that is not understood there.
    Form(usize),
    /// The edit would change what another place refers to: the place itself, and the other one.
    Shared(Range<usize>, Range<usize>),
    /// A path leads through something that is no map.
    NoMap(Range<usize>),
    /// The result would not be what was asked for.
    Unproved,
}

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// To the value of a key.
    Key(String),
    /// To an item.
    Item(usize),
}

/// A piece of text and what takes its place.
pub(super) type Splice = (Range<usize>, String);

/// A file while it is edited.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) text: String,
    pub(super) manner: Manner,
    root: Spot,
    /// Whether the places are those of an earlier text.
    stale: bool,
}

/// A value on a page.
pub(super) struct Found<'p> {
    /// The value.
    pub(super) spot: &'p Spot,
    /// Whether it stands between brackets.
    pub(super) in_flow: bool,
    /// The column of the key before it.
    pub(super) key_column: Option<usize>,
}

impl Page {
    pub(super) fn open(text: &str) -> Result<Self, Refusal> {
        let root = spots::read(text).map_err(Refusal::Form)?;
        let newline = match text.find('\n') {
            Some(at) if text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        };
        let step = step(text, &root, 0).unwrap_or(2);
        Ok(Self { text: text.to_owned(), manner: Manner { newline, step }, root, stale: false })
    }

    /// Puts pieces of text in the place of others, which do not overlap.
    pub(super) fn splice(&mut self, mut splices: Vec<Splice>) {
        splices.sort_by_key(|(range, _)| (range.start, range.end));
        for (range, with) in splices.into_iter().rev() {
            self.text.replace_range(range, &with);
        }
        self.stale = true;
    }

    /// Finds the places anew after a change. To be called before anything is looked for; after the last change of all
    /// that would be in vain.
    pub(super) fn refresh(&mut self) -> Result<(), Refusal> {
        if self.stale {
            self.root = spots::read(&self.text).map_err(Refusal::Form)?;
            self.stale = false;
        }
        Ok(())
    }

    /// Finds a value, unless an alias or something that is no map stands in the way.
    pub(super) fn find(&self, path: &[Step]) -> Result<Option<Found<'_>>, Refusal> {
        debug_assert!(!self.stale, "`refresh` was not called");
        let mut found = Found { spot: &self.root, in_flow: false, key_column: None };
        for step in path {
            let spot = found.spot;
            let in_flow =
                found.in_flow || matches!(spot.form, Form::Map { flow: true, .. } | Form::List { flow: true, .. });
            let next = match (step, &spot.form) {
                (_, Form::Alias(anchor)) => return Err(Refusal::Shared(spot.range.clone(), self.anchored(*anchor))),
                (Step::Key(_), Form::Null) => None,
                (Step::Key(key), Form::Map { .. }) => {
                    spot.member(key).map(|Member { start, value, .. }| (value, Some(column(&self.text, *start))))
                }
                (Step::Item(at), Form::List { items, .. }) => items.get(*at).map(|item| (&item.value, None)),
                _ => return Err(Refusal::NoMap(spot.range.clone())),
            };
            let Some((spot, key_column)) = next else { return Ok(None) };
            found = Found { spot, in_flow, key_column };
        }
        Ok(Some(found))
    }

    /// Makes sure that nothing else refers to what an edit changes.
    ///
    /// `path` leads to the value that changes; with `whole` it is replaced or taken away.
    pub(super) fn owned(&self, path: &[Step], whole: bool) -> Result<(), Refusal> {
        let mut uses = Vec::new();
        aliases(&self.root, &mut uses);
        let refuse = |spot: &Spot, inside: Option<&Range<usize>>| {
            let user = uses.iter().find(|(anchor, range)| {
                *anchor == spot.anchor && inside.is_none_or(|inside| !inside.contains(&range.start))
            });
            match user {
                Some((_, range)) if spot.anchor != 0 => Err(Refusal::Shared(self.anchored(spot.anchor), range.clone())),
                _ => Ok(()),
            }
        };
        for length in 0..=path.len() {
            if let Some(found) = self.find(&path[..length])? {
                refuse(found.spot, None)?;
                if let (Form::Alias(anchor), false) = (&found.spot.form, whole && length == path.len()) {
                    return Err(Refusal::Shared(found.spot.range.clone(), self.anchored(*anchor)));
                }
            }
        }
        let Some(found) = self.find(path)?.filter(|_| whole) else { return Ok(()) };
        let mut open = vec![found.spot];
        while let Some(spot) = open.pop() {
            refuse(spot, Some(&found.spot.range))?;
            open.extend(spot.children());
        }
        Ok(())
    }

    /// The place of an anchor.
    fn anchored(&self, anchor: usize) -> Range<usize> {
        let mut open = vec![&self.root];
        while let Some(spot) = open.pop() {
            if spot.anchor == anchor {
                let start = self.text[..spot.head].rfind('&').unwrap_or(spot.head);
                return start..spot.head;
            }
            open.extend(spot.children());
        }
        0..0
    }
}

/// Every alias below a value: the number of its anchor, and its place.
fn aliases(spot: &Spot, into: &mut Vec<(usize, Range<usize>)>) {
    if let Form::Alias(anchor) = spot.form {
        into.push((anchor, spot.range.clone()));
    }
    spot.children().for_each(|child| aliases(child, into));
}

/// How far a level is indented in a file: as the first one that is.
fn step(text: &str, spot: &Spot, column_above: usize) -> Option<usize> {
    let members = spot.members();
    let below = members.first().map_or(0, |member| column(text, member.start));
    if below > column_above && is_first(text, members[0].start) {
        return Some(below - column_above);
    }
    spot.members().iter().find_map(|member| {
        let block = matches!(member.value.form, Form::Map { flow: false, .. });
        block.then(|| step(text, &member.value, below))?
    })
}
