//! The services by themselves, above a crowd of hosts: there, lines between instances would hide everything.

use std::collections::{BTreeMap, BTreeSet};

use super::rect::{MARGIN, Rect};
use super::text::width;
use crate::graph::impact::Hit;
use crate::graph::model::{Graph, Node, Why};
use crate::value::ServiceName;

/// Height of a chip.
const CHIP: i32 = 26;
/// Between chips above each other, and beside each other where no line runs.
const BETWEEN: i32 = 10;
/// Between columns, for the lines.
const COLUMN_GAP: i32 = 70;
/// Around the chips.
const INSET: i32 = 22;
/// Height of the box's own name.
const NAME: i32 = 40;

/// Every service that does more than watch, once.
#[derive(Debug)]
pub(super) struct Overview<'p> {
    /// The box around them.
    pub(super) rect: Rect,
    /// The services, and how many instances each has.
    pub(super) chips: BTreeMap<&'p ServiceName, (Rect, usize)>,
    /// What leads from one to another.
    pub(super) edges: BTreeSet<(&'p ServiceName, &'p ServiceName, Why)>,
}

impl Overview<'_> {
    /// What becomes of a service as a whole.
    pub(super) fn hit(graph: &Graph<'_>, service: &ServiceName) -> Option<Hit> {
        graph.impact.as_ref()?.services.get(service).copied()
    }

    /// Whether one of them does not work for want of the other.
    pub(super) fn is_hit(graph: &Graph<'_>, from: &ServiceName, to: &ServiceName) -> bool {
        Self::hit(graph, from).is_some() && Self::hit(graph, to).is_some_and(|hit| hit != Hit::LosesRedundancy)
    }
}

/// Lays them out from the left to the right: what is needed stands to the right of what needs it.
pub(super) fn overview<'p>(graph: &Graph<'p>, y: i32, room: i32) -> Overview<'p> {
    let mut counts: BTreeMap<&'p ServiceName, usize> = BTreeMap::new();
    for chip in graph.hosts().flat_map(|host| &host.chips).filter(|chip| !chip.only_watches) {
        *counts.entry(chip.service).or_default() += 1;
    }
    let ends = graph.edges.iter().filter_map(|edge| match (edge.from, edge.to) {
        (Node::Instance(_, from), Node::Instance(_, to)) => Some((from, to, edge.why)),
        _ => None,
    });
    let edges: BTreeSet<_> =
        ends.filter(|(from, to, _)| counts.contains_key(from) && counts.contains_key(to)).collect();
    let layers = layers(&edges);
    let wide = |service: &ServiceName| width(&label(service, counts[service]), 12) + 36;
    let mut chips = BTreeMap::new();
    let (mut x, mut lowest) = (MARGIN + INSET, y + NAME);
    for layer in &layers {
        let column = layer.iter().map(|service| wide(service)).max().unwrap_or_default();
        let mut top = y + NAME;
        for service in layer {
            chips.insert(*service, (Rect { x, y: top, width: wide(service), height: CHIP }, counts[service]));
            top += CHIP + BETWEEN;
        }
        lowest = lowest.max(top);
        x += column + COLUMN_GAP;
    }
    let mut right = x - COLUMN_GAP;
    // Those that nothing leads to or from, in rows below.
    let mut at = (MARGIN + INSET, lowest);
    for (service, count) in &counts {
        if chips.contains_key(service) {
            continue;
        }
        let width = wide(service);
        if at.0 > MARGIN + INSET && at.0 + width + INSET > MARGIN + room {
            at = (MARGIN + INSET, at.1 + CHIP + BETWEEN);
        }
        chips.insert(service, (Rect { x: at.0, y: at.1, width, height: CHIP }, *count));
        at.0 += width + BETWEEN;
        right = right.max(at.0 - BETWEEN);
        lowest = at.1 + CHIP + BETWEEN;
    }
    let rect = Rect { x: MARGIN, y, width: (right + INSET - MARGIN).max(room), height: lowest - BETWEEN + INSET - y };
    Overview { rect, chips, edges }
}

/// `shop × 24`.
pub(super) fn label(service: &ServiceName, count: usize) -> String {
    format!("{service} × {count}")
}

/// The services that edges join, so that every edge leads to a later layer; one that leads back is left out of account.
fn layers<'p>(edges: &BTreeSet<(&'p ServiceName, &'p ServiceName, Why)>) -> Vec<Vec<&'p ServiceName>> {
    let mut depth: BTreeMap<&'p ServiceName, usize> = BTreeMap::new();
    for (from, to, _) in edges {
        depth.insert(from, 0);
        depth.insert(to, 0);
    }
    // A way is no longer than there are services; round and round it would be.
    let most = depth.len().saturating_sub(1);
    for _ in 0..most {
        for (from, to, _) in edges {
            let next = (depth[from] + 1).min(most);
            if depth[to] < next {
                depth.insert(to, next);
            }
        }
    }
    let mut layers: BTreeMap<usize, Vec<&'p ServiceName>> = BTreeMap::new();
    for (service, depth) in depth {
        layers.entry(depth).or_default().push(service);
    }
    layers.into_values().collect()
}
