//! Circles among things that lead to each other by their names.

use std::collections::{BTreeMap, BTreeSet};

/// What each leads to.
pub(crate) type Ways<'n, N> = BTreeMap<&'n N, Vec<&'n N>>;

/// Finds the circles: each once, as the names on it, from the first of them in the order of names.
pub(crate) fn circles<N: Ord + Clone>(ways: &Ways<'_, N>) -> Vec<Vec<N>> {
    let mut found: Vec<Vec<N>> = Vec::new();
    for start in ways.keys() {
        let known = found.iter().any(|circle| circle.contains(start));
        if let Some(circle) = path_back(ways, start).filter(|_| !known) {
            found.push(circle);
        }
    }
    found
}

/// A way from one over what it leads to back to itself.
fn path_back<N: Ord + Clone>(ways: &Ways<'_, N>, start: &N) -> Option<Vec<N>> {
    let mut seen = BTreeSet::new();
    let mut open = vec![vec![start]];
    while let Some(path) = open.pop() {
        let last = path[path.len() - 1];
        for next in ways.get(last).into_iter().flatten() {
            if *next == start {
                return Some(path.into_iter().cloned().collect());
            }
            if seen.insert(*next) {
                open.push(path.iter().copied().chain([*next]).collect());
            }
        }
    }
    None
}
