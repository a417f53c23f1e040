//! Curves from one box to another.

use std::fmt::Write as _;

use super::layout::{Page, Rect};
use crate::graph::model::{Edge, Graph, Why};

/// Writes every edge, those that are affected last and so on top.
pub(super) fn edges(text: &mut String, graph: &Graph<'_>, page: &Page<'_, '_>) {
    let mut edges: Vec<_> = graph.edges.iter().map(|edge| (graph.is_hit(edge), edge)).collect();
    edges.sort();
    for (is_hit, edge) in edges {
        let (Some(from), Some(to)) = (page.nodes.get(&edge.from), page.nodes.get(&edge.to)) else { continue };
        let class = class(edge);
        let hit = if is_hit { " hit" } else { "" };
        let end = if is_hit { "hit" } else { class };
        writeln!(
            text,
            "<path class=\"edge {class}{hit}\" marker-end=\"url(#end-{end})\" d=\"{}\"/>",
            curve(*from, *to, page.sizes.between)
        )
        .expect("a text takes everything");
    }
}

pub(super) fn class(edge: &Edge<'_>) -> &'static str {
    word(edge.why)
}

/// Its word in the style sheet.
pub(super) fn word(why: Why) -> &'static str {
    match why {
        Why::DependsOn => "depends",
        Why::Address => "address",
        Why::Watches => "watches",
    }
}

/// From the side of one box to the nearest side of the other; boxes above each other are joined around the right.
fn curve(from: Rect, to: Rect, between: i32) -> String {
    let (start_y, end_y) = (from.middle().1, to.middle().1);
    if to.x >= from.right() + between {
        let bend = ((to.x - from.right()) / 2).max(24);
        let (start, end) = (from.right(), to.x);
        return format!("M{start} {start_y}C{} {start_y} {} {end_y} {end} {end_y}", start + bend, end - bend);
    }
    if to.right() + between <= from.x {
        let bend = ((from.x - to.right()) / 2).max(24);
        let (start, end) = (from.x, to.right());
        return format!("M{start} {start_y}C{} {start_y} {} {end_y} {end} {end_y}", start - bend, end + bend);
    }
    let bend = 18 + ((end_y - start_y).abs() / 5).min(60);
    let (start, end) = (from.right(), to.right());
    let far = start.max(end) + bend;
    format!("M{start} {start_y}C{far} {start_y} {far} {end_y} {end} {end_y}")
}
