//! The picture as SVG: laid out here, one file, without scripts and without fonts from elsewhere.

mod draw;
mod edges;
mod layout;
mod overview;
mod rect;
mod text;

use super::model::Graph;

/// Writes the picture as a whole document; it is light or dark as whoever looks at it prefers.
pub fn svg(graph: &Graph<'_>) -> String {
    let page = layout::page(graph, draw::head_width(graph));
    draw::document(graph, &page)
}
