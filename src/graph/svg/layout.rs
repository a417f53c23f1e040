//! Where everything is: sites side by side, the hosts of a site as cards, services as chips on them.

use std::collections::BTreeMap;

use super::overview::{Overview, overview};
use super::rect::{MARGIN, Rect};
use super::text::width;
use crate::graph::model::{Chip, Graph, Host, Node, Site};

/// From so many hosts on, services are drawn as small squares.
const CROWD: usize = 48;

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

const ROOMY: Sizes =
    Sizes { is_crowded: false, card: 248, card_head: 50, inset: 14, between: 26, chip: 26, chip_gap: 8, font: 12 };

const CROWDED: Sizes =
    Sizes { is_crowded: true, card: 132, card_head: 24, inset: 8, between: 10, chip: 10, chip_gap: 4, font: 10 };

/// The whole picture.
#[derive(Debug)]
pub(super) struct Page<'g, 'p> {
    pub(super) sizes: Sizes,
    pub(super) width: i32,
    pub(super) height: i32,
    /// The services by themselves, where there are too many hosts for lines between them.
    pub(super) overview: Option<Overview<'p>>,
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

/// Lays out the picture; its head takes so much room at least.
pub(super) fn page<'g, 'p>(graph: &'g Graph<'p>, head: i32) -> Page<'g, 'p> {
    let sizes = if graph.hosts().count() > CROWD { CROWDED } else { ROOMY };
    let cards: Vec<Vec<Card<'g, 'p>>> =
        graph.sites.iter().map(|site| site.hosts.iter().map(|host| card(host, sizes)).collect()).collect();
    let room = room(&cards, sizes).max(head);
    let overview = sizes.is_crowded.then(|| overview(graph, HEAD, room));
    let top = overview.as_ref().map_or(HEAD, |overview| overview.rect.bottom() + GAP);
    let sites = shelves(&graph.sites, cards, (top, room), sizes);
    let right = sites.iter().map(|site| site.rect.right()).max().unwrap_or_default();
    let bottom = sites.iter().map(|site| site.rect.bottom()).max().unwrap_or(HEAD);
    let mut nodes = BTreeMap::new();
    for card in sites.iter().flat_map(|site| &site.cards) {
        nodes.insert(Node::Host(card.host.name), card.rect);
        nodes.extend(card.chips.iter().map(|(rect, chip)| (Node::Instance(card.host.name, chip.service), *rect)));
    }
    let right = right.max(MARGIN + head).max(overview.as_ref().map_or(0, |overview| overview.rect.right()));
    Page { sizes, width: right + MARGIN, height: bottom + MARGIN, overview, sites, nodes }
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
    let role = chip.role.map_or(0, |role| width(role, sizes.font - 2) + 6);
    width(chip.service.as_str(), sizes.font) + role + 30
}

/// How wide the sites together should be.
fn room(cards: &[Vec<Card<'_, '_>>], sizes: Sizes) -> i32 {
    let areas = cards
        .iter()
        .flatten()
        .map(|card| i64::from(card.rect.width + sizes.between) * i64::from(card.rect.height + sizes.between));
    #[expect(clippy::cast_precision_loss, reason = "a picture is far from that large")]
    let area = areas.sum::<i64>() as f64 * 1.25;
    #[expect(clippy::cast_possible_truncation, reason = "a picture is far from that large")]
    let wanted = (area * RATIO).sqrt() as i32;
    wanted.max(sizes.card + 2 * GAP)
}

/// Sites side by side as long as there is room, then in the next row; where room is left, sites take more columns.
fn shelves<'g, 'p>(
    sites: &'g [Site<'p>],
    cards: Vec<Vec<Card<'g, 'p>>>,
    (top, room): (i32, i32),
    sizes: Sizes,
) -> Vec<Placed<'g, 'p>> {
    let step = sizes.card + sizes.between;
    let most = ((room - 2 * GAP + sizes.between) / step).max(1);
    let wanted: Vec<i32> = cards.iter().map(|cards| columns(cards, most, step, sizes)).collect();
    let wide = |columns: i32| 2 * GAP + columns * step - sizes.between;
    let mut rows: Vec<Vec<(usize, i32)>> = Vec::new();
    let mut taken = 0;
    for (site, columns) in wanted.into_iter().enumerate() {
        match rows.last_mut() {
            Some(row) if taken + GAP + wide(columns) <= room => {
                row.push((site, columns));
                taken += GAP + wide(columns);
            }
            _ => {
                rows.push(vec![(site, columns)]);
                taken = wide(columns);
            }
        }
    }
    let mut cards: Vec<_> = cards.into_iter().map(Some).collect();
    let mut placed = Vec::new();
    let mut y = top;
    for mut row in rows {
        widen(&mut row, &cards, (room, step), wide);
        let mut x = MARGIN;
        let mut lowest = y;
        for (site, columns) in row {
            let block = block(&sites[site], cards[site].take().expect("each is placed once"), columns, sizes);
            let block = Placed {
                site: block.site,
                rect: block.rect.moved((x, y)),
                cards: block.cards.into_iter().map(|card| card.moved((x, y))).collect(),
            };
            x = block.rect.right() + GAP;
            lowest = lowest.max(block.rect.bottom());
            placed.push(block);
        }
        y = lowest + GAP;
    }
    placed
}

/// Gives the highest site of a row one more column as long as there is room.
fn widen(
    row: &mut [(usize, i32)],
    cards: &[Option<Vec<Card<'_, '_>>>],
    (room, step): (i32, i32),
    wide: impl Fn(i32) -> i32,
) {
    let height = |site: usize, columns: i32| {
        let cards = cards[site].iter().flatten();
        cards.map(|card| card.rect.height).sum::<i32>() / columns
    };
    loop {
        let gaps = i32::try_from(row.len()).unwrap_or(1) * GAP - GAP;
        let taken = row.iter().map(|(_, columns)| wide(*columns)).sum::<i32>() + gaps;
        let may_grow = |site: usize, columns: i32| cards[site].as_ref().is_some_and(|cards| fits(columns, cards.len()));
        let highest = row
            .iter_mut()
            .filter(|(site, columns)| may_grow(*site, *columns))
            .max_by_key(|(site, columns)| height(*site, *columns));
        match highest.filter(|_| taken + step <= room) {
            Some((_, columns)) => *columns += 1,
            None => return,
        }
    }
}

fn fits(columns: i32, cards: usize) -> bool {
    usize::try_from(columns).is_ok_and(|columns| columns < cards)
}

/// So many columns that the site is about as much wider than high as the picture is.
fn columns(cards: &[Card<'_, '_>], most: i32, step: i32, sizes: Sizes) -> i32 {
    let height: i32 = cards.iter().map(|card| card.rect.height + sizes.between).sum();
    let is_wide = |columns: &i32| f64::from(columns * step) >= RATIO * f64::from(height / columns + SITE_HEAD);
    let columns = (1..=most).find(is_wide).unwrap_or(most);
    columns.clamp(1, i32::try_from(cards.len()).unwrap_or(most).max(1))
}

/// A site at the origin, its cards in columns.
fn block<'g, 'p>(site: &'g Site<'p>, cards: Vec<Card<'g, 'p>>, columns: i32, sizes: Sizes) -> Placed<'g, 'p> {
    let step = sizes.card + sizes.between;
    let mut ends: Vec<(i32, i32)> = (0..columns).map(|column| (SITE_HEAD, GAP + column * step)).collect();
    let mut placed = Vec::new();
    for card in cards {
        // The next one goes where there is most room: names go on from left to right.
        let (end, x) = ends.iter_mut().min().expect("there is a column");
        let by = (*x, *end);
        *end += card.rect.height + sizes.between;
        placed.push(card.moved(by));
    }
    let bottom = ends.iter().map(|(end, _)| *end).max().unwrap_or(SITE_HEAD) - sizes.between + GAP;
    let width = 2 * GAP + columns * step - sizes.between;
    Placed { site, rect: Rect { x: 0, y: 0, width, height: bottom }, cards: placed }
}
