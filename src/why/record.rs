//! A recorder that remembers everything that the layers of one host say.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use super::answer::Path;
use crate::load::merge::{Recorder, Trail};
use crate::source::Span;

/// What one layer said of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    /// The number of the layer, the lowest first.
    pub(super) layer: usize,
    /// Where, if it has a place of its own.
    pub(super) span: Option<Span>,
    /// Whether it adds to what others said.
    pub(super) adds: bool,
    /// Whether something above or below it was put in its place later.
    pub(super) gone: bool,
}

/// Everything that was said, by its path below the host.
#[derive(Debug, Default)]
pub(super) struct Records {
    now: usize,
    values: BTreeMap<Path, Vec<Record>>,
    entries: BTreeMap<Path, Vec<Record>>,
}

impl Records {
    /// What was said of one value, the lowest layer first.
    pub(super) fn of(&self, path: &[String]) -> &[Record] {
        self.values.get(path).map_or(&[], Vec::as_slice)
    }

    /// Which layers named an entry of a map.
    pub(super) fn entry(&self, path: &[String]) -> &[Record] {
        self.entries.get(path).map_or(&[], Vec::as_slice)
    }

    /// The names of a map's entries.
    pub(super) fn names(&self, path: &[String]) -> BTreeSet<&str> {
        let below = self.entries.range(path.to_vec()..).take_while(|(found, _)| found.starts_with(path));
        below.filter(|(found, _)| found.len() == path.len() + 1).map(|(found, _)| found[path.len()].as_str()).collect()
    }

    /// The layers that said something below a path that does not hold any more, the highest first.
    pub(super) fn gone_below(&self, path: &[String]) -> Vec<usize> {
        let below = self.values.range(path.to_vec()..).take_while(|(found, _)| found.starts_with(path));
        let below = below.filter(|(found, _)| found.len() > path.len()).flat_map(|(_, records)| records);
        let layers: BTreeSet<usize> = below.filter(|record| record.gone).map(|record| record.layer).collect();
        layers.into_iter().rev().collect()
    }

    fn record(&mut self, trail: &Trail<'_>, span: Option<Span>, adds: bool) {
        let path = trail.keys();
        for depth in 1..path.len() {
            self.values.get_mut(&path[..depth]).into_iter().flatten().for_each(|above| above.gone = true);
        }
        let layer = self.now;
        self.values.entry(path).or_default().push(Record { layer, span, adds, gone: false });
    }
}

impl Recorder for Records {
    fn set(&mut self, trail: &Trail<'_>, span: Span, _: &dyn Debug) {
        self.record(trail, Some(span), false);
    }

    fn add(&mut self, trail: &Trail<'_>, span: Span, _: &dyn Debug) {
        self.record(trail, Some(span), true);
    }

    fn replace(&mut self, trail: &Trail<'_>) {
        let path = trail.keys();
        let below = |found: &Path| found.len() > path.len() && found.starts_with(&path);
        for (_, records) in self.values.iter_mut().filter(|(found, _)| below(found)) {
            records.iter_mut().for_each(|record| record.gone = true);
        }
        self.entries.retain(|found, _| !below(found));
        self.record(trail, None, false);
    }

    fn entry(&mut self, trail: &Trail<'_>, span: Span) {
        let record = Record { layer: self.now, span: Some(span), adds: false, gone: false };
        let path = trail.keys();
        for depth in 1..path.len() {
            self.values.get_mut(&path[..depth]).into_iter().flatten().for_each(|above| above.gone = true);
        }
        self.entries.entry(path).or_default().push(record);
    }

    fn layer(&mut self, number: usize) {
        self.now = number;
    }
}
