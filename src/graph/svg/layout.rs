//! Where everything is: sites side by side, the hosts of a site as cards, services as chips on them.

use std::collections::BTreeMap;

use super::text::width;
use crate::graph::model::{Chip, Graph, Host, Node, Site};

/// From so many hosts on, services are drawn as small squares.
const CROWD: usize = 48;

/// Around the whole picture.
pub(super) const MARGIN: i32 = 32;
/// Between sites, and between the edge of a site and its cards.
const GAP: i32 = 22;
/// Height of what stands above everything.
pub(super) const HEAD: i32 = 92;
/// Height of the name of a site.
const SITE_HEAD: i32 = 40;
/// The picture is about so much wider than high.
const RATIO: f64 = 1.5;

/// Sizes that differ between a few hosts and many.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// Whether services are small squares.
    pub(super) is_crowded: bool,
    /// Width of a card.
    pub(super) card: i32,
    /// Height of the name of a host.
    pub(super) card_head: i32,
    /// Between a card's edge and what is in it.
    pub(super) inset: i32,
    /// Between cards.
    pub(super) between: i32,
    /// Height of a chip.
    pub(super) chip: i32,
    /// Between chips.
    pub(super) chip_gap: i32,
    /// Size of the names of services.
    pub(super) font: i32,
}

const ROOMY: Sizes = Sizes {
    is_crowded: false,
    card: 248,
    card_head: 50,
    inset: 14,
    between: 26,
    chip: 26,
    chip_gap: 8,
    font: 12,
};

const CROWDED: Sizes = Sizes {
    is_crowded: true,
    card: 132,
    card_head: 24,
    inset: 8,
    between: 10,
    chip: 10,
    chip_gap: 4,
    font: 10,
};

/// A box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rect {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Rect {
    pub(super) fn right(self) -> i32 {
        self.x + self.width
    }

    pub(super) fn bottom(self) -> i32 {
        self.y + self.height
    }

    pub(super) fn middle(self) -> (i32, i32) {
        (self.x + self.width / 2, self.y + self.height / 2)
    }

    fn moved(self, (x, y): (i32, i32)) -> Self {
        Self { x: self.x + x, y: self.y + y, ..self }
    }
}

/// The whole picture.
#[derive(Debug)]
pub(super) struct Page<'g, 'p> {
    pub(super) sizes: Sizes,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) sites: Vec<Placed<'g, 'p>>,
    /// Every host and every instance.
    pub(super) nodes: BTreeMap<Node<'p>, Rect>,
}

/// A site.
#[derive(Debug)]
pub(super) struct Placed<'g, 'p> {
    pub(super) site: &'g Site<'p>,
    pub(super) rect: Rect,
    pub(super) cards: Vec<Card<'g, 'p>>,
}

/// A host.
#[derive(Debug)]
pub(super) struct Card<'g, 'p> {
    pub(super) host: &'g Host<'p>,
    pub(super) rect: Rect,
    pub(super) chips: Vec<(Rect, &'g Chip<'p>)>,
}

impl Card<'_, '_> {
    fn moved(mut self, by: (i32, i32)) -> Self {
        self.rect = self.rect.moved(by);
        self.chips.iter_mut().for_each(|(rect, _)| *rect = rect.moved(by));
        self
    }
}

/// Lays out the picture.
pub(super) fn page<'g, 'p>(graph: &'g Graph<'p>) -> Page<'g, 'p> {
    let sizes = if graph.hosts().count() > CROWD { CROWDED } else { ROOMY };
    let cards: Vec<Vec<Card<'g, 'p>>> =
        graph.sites.iter().map(|site| site.hosts.iter().map(|host| card(host, sizes)).collect()).collect();
    let room = room(&cards, sizes);
    let blocks: Vec<_> = graph.sites.iter().zip(cards).map(|(site, cards)| block(site, cards, room, sizes)).collect();
    let sites = shelves(blocks, room);
    let right = sites.iter().map(|site| site.rect.right()).max().unwrap_or_default();
    let bottom = sites.iter().map(|site| site.rect.bottom()).max().unwrap_or(HEAD);
    let mut nodes = BTreeMap::new();
    for card in sites.iter().flat_map(|site| &site.cards) {
        nodes.insert(Node::Host(card.host.name), card.rect);
        nodes.extend(card.chips.iter().map(|(rect, chip)| (Node::Instance(card.host.name, chip.service), *rect)));
    }
    // The head needs some room whatever stands below it.
    Page { sizes, width: (right + MARGIN).max(760), height: bottom + MARGIN, sites, nodes }
}

/// A card at the origin, its chips in rows.
fn card<'g, 'p>(host: &'g Host<'p>, sizes: Sizes) -> Card<'g, 'p> {
    let (left, right) = (sizes.inset, sizes.card - sizes.inset);
    let (mut x, mut y) = (left, sizes.card_head);
    let mut chips = Vec::new();
    for chip in &host.chips {
        let wide = chip_width(chip, sizes).min(right - left);
        if x > left && x + wide > right {
            (x, y) = (left, y + sizes.chip + sizes.chip_gap);
        }
        chips.push((Rect { x, y, width: wide, height: sizes.chip }, chip));
        x += wide + sizes.chip_gap;
    }
    let bottom = if chips.is_empty() { sizes.card_head } else { y + sizes.chip + sizes.inset };
    Card { host, rect: Rect { x: 0, y: 0, width: sizes.card, height: bottom }, chips }
}

fn chip_width(chip: &Chip<'_>, sizes: Sizes) -> i32 {
    if sizes.is_crowded {
        return sizes.chip;
    }
    // A mark in front, the name, and the part that it plays.
    let role = chip.role.map_or(0, |role| width(role.as_str(), sizes.font - 2) + 6);
    width(chip.service.as_str(), sizes.font) + role + 30
}

/// How wide the sites together should be.
fn room(cards: &[Vec<Card<'_, '_>>], sizes: Sizes) -> i32 {
    let areas = cards.iter().flatten().map(|card| {
        i64::from(card.rect.width + sizes.between) * i64::from(card.rect.height + sizes.between)
    });
    #[expect(clippy::cast_precision_loss, reason = "a picture is far from that large")]
    let area = areas.sum::<i64>() as f64 * 1.25;
    #[expect(clippy::cast_possible_truncation, reason = "a picture is far from that large")]
    let wanted = (area * RATIO).sqrt() as i32;
    wanted.max(2 * (sizes.card + sizes.between) + 2 * GAP)
}

/// A site at the origin, its cards in columns.
fn block<'g, 'p>(site: &'g Site<'p>, cards: Vec<Card<'g, 'p>>, room: i32, sizes: Sizes) -> Placed<'g, 'p> {
    let step = sizes.card + sizes.between;
    let most = ((room - 2 * GAP + sizes.between) / step).max(1);
    let columns = columns(&cards, most, step, sizes);
    let mut ends = vec![SITE_HEAD; columns];
    let mut placed = Vec::new();
    for card in cards {
        // The next one goes where there is most room: names go on from left to right.
        let (column, end) = ends.iter_mut().enumerate().min_by_key(|(column, end)| (**end, *column)).expect("there is one");
        let x = GAP + i32::try_from(column).unwrap_or_default() * step;
        let y = *end;
        *end += card.rect.height + sizes.between;
        placed.push(card.moved((x, y)));
    }
    let bottom = ends.into_iter().max().unwrap_or(SITE_HEAD) - sizes.between + GAP;
    let width = 2 * GAP + i32::try_from(columns).unwrap_or(1) * step - sizes.between;
    Placed { site, rect: Rect { x: 0, y: 0, width, height: bottom }, cards: placed }
}

/// So many columns that the site is about as much wider than high as the picture is.
fn columns(cards: &[Card<'_, '_>], most: i32, step: i32, sizes: Sizes) -> usize {
    let height: i32 = cards.iter().map(|card| card.rect.height + sizes.between).sum();
    let fits = |columns: &i32| f64::from(columns * step) >= RATIO * f64::from(height / columns + SITE_HEAD);
    let columns = (1..=most).find(fits).unwrap_or(most);
    usize::try_from(columns).unwrap_or(1).clamp(1, cards.len().max(1))
}

/// Sites side by side as long as there is room, then in the next row.
fn shelves<'g, 'p>(blocks: Vec<Placed<'g, 'p>>, room: i32) -> Vec<Placed<'g, 'p>> {
    let (mut x, mut y, mut lowest) = (MARGIN, HEAD, HEAD);
    let mut placed = Vec::new();
    for mut block in blocks {
        if x > MARGIN && x + block.rect.width > MARGIN + room {
            (x, y) = (MARGIN, lowest + GAP);
        }
        block.rect = block.rect.moved((x, y));
        block.cards = block.cards.into_iter().map(|card| card.moved((x, y))).collect();
        x = block.rect.right() + GAP;
        lowest = lowest.max(block.rect.bottom());
        placed.push(block);
    }
    placed
}
