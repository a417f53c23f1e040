//! Curves from one box to another.

use std::fmt::Write as _;

use super::layout::Page;
use super::overview::Overview;
use super::rect::Rect;
use crate::graph::model::{Graph, Why};

/// Writes the edges that are wanted, those that are affected last and so on top.
pub(super) fn edges(text: &mut String, graph: &Graph<'_>, page: &Page<'_, '_>, is_wanted: impl Fn(Why) -> bool) {
    let wanted = graph.edges.iter().filter(|edge| is_wanted(edge.why));
    let mut edges: Vec<_> = wanted.map(|edge| (graph.is_hit(edge), edge)).collect();
    edges.sort();
    for (is_hit, edge) in edges {
        if let (Some(from), Some(to)) = (page.nodes.get(&edge.from), page.nodes.get(&edge.to)) {
            line(text, edge.why, is_hit, &curve(*from, *to, page.sizes.between));
        }
    }
}

/// Writes the edges between services as such.
pub(super) fn between_services(text: &mut String, graph: &Graph<'_>, overview: &Overview<'_>) {
    for (from, to, why) in &overview.edges {
        let ((start, _), (end, _)) = (overview.chips[from], overview.chips[to]);
        line(text, *why, Overview::is_hit(graph, from, to), &curve(start, end, 0));
    }
}

fn line(text: &mut String, why: Why, is_hit: bool, way: &str) {
    let class = word(why);
    let (hit, end) = if is_hit { (" hit", "hit") } else { ("", class) };
    writeln!(text, "<path class=\"edge {class}{hit}\" marker-end=\"url(#end-{end})\" d=\"{way}\"/>")
        .expect("a text takes everything");
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
    // It stays within the margins of the page.
    let bend = 18 + ((end_y - start_y).abs() / 8).min(26);
    let (start, end) = (from.right(), to.right());
    let far = start.max(end) + bend;
    format!("M{start} {start_y}C{far} {start_y} {far} {end_y} {end} {end_y}")
}
