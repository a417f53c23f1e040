//! Where panels stand: from left to right below a heading, in a grid of 24 columns.
//!
//! A panel's number is its heading's and its place in the list below it, also where panels before it are left out, so
//! that links to a panel stay what they are.

use super::schema::{Element, GridPos, Panel, Row};

/// The width of the grid.
const COLUMNS: u32 = 24;

/// What stands in a dashboard so far.
#[derive(Default)]
pub(super) struct Layout {
    elements: Vec<Element>,
    /// The first line that is free.
    bottom: u32,
}

impl Layout {
    /// Adds a heading with its panels; nothing where there are no panels. Panels that do not fit go to the next line.
    pub(super) fn row(&mut self, id: u32, title: &str, panels: Vec<Option<Panel>>) {
        if panels.iter().all(Option::is_none) {
            return;
        }
        let grid_pos = GridPos { x: 0, y: self.bottom, w: COLUMNS, h: 1 };
        let row = Row { id, r#type: "row", title: title.to_owned(), collapsed: false, grid_pos, panels: Vec::new() };
        self.elements.push(Element::Row(row));
        self.bottom += 1;
        self.place(id + 1, panels);
    }

    /// Adds panels without a heading.
    pub(super) fn place(&mut self, first: u32, panels: Vec<Option<Panel>>) {
        let (mut left, mut height) = (0, 0);
        for (id, panel) in (first..).zip(panels) {
            let Some(mut panel) = panel else { continue };
            if left + panel.grid_pos.w > COLUMNS {
                self.bottom += height;
                (left, height) = (0, 0);
            }
            panel.id = id;
            (panel.grid_pos.x, panel.grid_pos.y) = (left, self.bottom);
            left += panel.grid_pos.w;
            height = height.max(panel.grid_pos.h);
            self.elements.push(Element::Panel(Box::new(panel)));
        }
        self.bottom += height;
    }

    /// Everything that was added.
    pub(super) fn elements(self) -> Vec<Element> {
        self.elements
    }
}
