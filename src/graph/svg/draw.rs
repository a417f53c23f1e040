//! Boxes, names and marks.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::edges::{between_services, edges, word};
use super::layout::{Card, Page, Placed};
use super::overview::{Overview, label};
use super::rect::{MARGIN, Rect};
use super::text::{escaped, fitted, width};
use crate::diag::counted;
use crate::graph::impact::{Hit, summary};
use crate::graph::model::{Chip, Graph, Why};
use crate::value::{Managed, ServiceName};

/// How many colours there are to tell services by.
const COLORS: usize = 8;

/// The whole document.
pub(super) fn document(graph: &Graph<'_>, page: &Page<'_, '_>) -> String {
    let mut text = String::new();
    let Page { width, height, .. } = page;
    let affected = if graph.impact.is_some() { " class=\"impact\"" } else { "" };
    add(
        &mut text,
        &format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"title desc\"{affected}>"
        ),
    );
    add(&mut text, &format!("<title id=\"title\">The fleet {}</title>", escaped(graph.fleet.as_str())));
    add(&mut text, &format!("<desc id=\"desc\">{}</desc>", escaped(&described(graph))));
    add(&mut text, &format!("<style>{}</style>", include_str!("style.css").trim_end()));
    add(&mut text, "<defs>");
    for end in Why::ALL.map(word).into_iter().chain(["hit"]) {
        add(
            &mut text,
            &format!(
                "<marker id=\"end-{end}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
                 orient=\"auto-start-reverse\"><path class=\"tip {end}\" d=\"M0 0.6L8 4L0 7.4Z\"/></marker>"
            ),
        );
    }
    add(&mut text, "</defs>");
    add(&mut text, &format!("<rect class=\"page\" width=\"{width}\" height=\"{height}\"/>"));
    head(&mut text, graph, page);
    page.sites.iter().for_each(|placed| site(&mut text, placed));
    let cards = || page.sites.iter().flat_map(|site| &site.cards);
    // Between whole hosts below the cards, between services above them and below the chips: no name is crossed out.
    edges(&mut text, graph, page, |why| why == Why::Watches);
    cards().for_each(|card| self::card(&mut text, graph, card, page));
    let numbered = graph.numbered();
    match &page.overview {
        Some(overview) => services(&mut text, graph, overview, &numbered),
        None => edges(&mut text, graph, page, |why| why != Why::Watches),
    }
    for card in cards() {
        for (rect, chip) in &card.chips {
            let number = numbered.get(chip.service).map(|number| number % COLORS);
            self::chip(&mut text, graph, (card, chip), *rect, number, page);
        }
    }
    text.push_str("</svg>\n");
    text
}

fn described(graph: &Graph<'_>) -> String {
    let sites = graph.sites.iter().map(|site| {
        let hosts: Vec<_> = site.hosts.iter().map(|host| host.name.as_str()).collect();
        let name = site.name.map_or("Without a site", |name| name.as_str());
        format!(" {name}: {}.", hosts.join(", "))
    });
    let impact = graph.impact.as_ref().map(|impact| format!(" {}.", summary(impact))).unwrap_or_default();
    format!("{}.{}{impact}", graph.counts(), sites.collect::<String>())
}

/// How much room the head takes beside the margins.
pub(super) fn head_width(graph: &Graph<'_>) -> i32 {
    let legend: i32 = legend(graph).iter().map(|sign| sign.width() + SIGN_GAP).sum();
    width(&graph.counts(), 13).max(width(graph.fleet.as_str(), 24) + SIGN_GAP + legend)
}

/// Between two signs of the legend.
const SIGN_GAP: i32 = 20;

/// What a line or a mark means.
enum Sign {
    Line(Why),
    Mark(Hit),
}

impl Sign {
    fn words(&self) -> &'static str {
        match self {
            Self::Line(why) => why.words(),
            Self::Mark(hit) => hit.words(),
        }
    }

    fn width(&self) -> i32 {
        width(self.words(), 12) + if matches!(self, Self::Line(_)) { 40 } else { 18 }
    }
}

fn legend(graph: &Graph<'_>) -> Vec<Sign> {
    let lines = Why::ALL.into_iter().filter(|why| graph.edges.iter().any(|edge| edge.why == *why)).map(Sign::Line);
    lines.chain(Hit::ALL.into_iter().filter(|hit| shows(graph, *hit)).map(Sign::Mark)).collect()
}

/// The name, the counts, and what lines and marks mean.
fn head(text: &mut String, graph: &Graph<'_>, page: &Page<'_, '_>) {
    add(text, &format!("<text class=\"fleet\" x=\"{MARGIN}\" y=\"42\">{}</text>", escaped(graph.fleet.as_str())));
    let line = match &graph.impact {
        Some(impact) => fitted(&summary(impact), 13, page.width - 2 * MARGIN),
        None => graph.counts(),
    };
    add(text, &format!("<text class=\"counts\" x=\"{MARGIN}\" y=\"66\">{}</text>", escaped(&line)));
    let mut right = page.width - MARGIN;
    for sign in legend(graph).iter().rev() {
        let x = right - sign.width();
        let after = match sign {
            Sign::Line(why) => {
                let (class, end) = (word(*why), x + 30);
                let end = format!("marker-end=\"url(#end-{class})\" d=\"M{x} 37H{end}\"");
                add(text, &format!("<path class=\"edge {class} legend\" {end}/>"));
                x + 40
            }
            Sign::Mark(hit) => {
                mark(text, Some(*hit), x + 6, 37, 0, None);
                x + 18
            }
        };
        add(text, &format!("<text class=\"legend\" x=\"{after}\" y=\"41\">{}</text>", sign.words()));
        right = x - SIGN_GAP;
    }
}

fn shows(graph: &Graph<'_>, hit: Hit) -> bool {
    graph.hosts().any(|host| host.chips.iter().any(|chip| graph.shown(host.name, chip) == Some(hit)))
}

fn site(text: &mut String, placed: &Placed<'_, '_>) {
    boxed(text, "site", placed.rect, 14);
    let (x, y) = (placed.rect.x + 22, placed.rect.y + 26);
    let name = placed.site.name.map_or("without a site", |name| name.as_str());
    let name = fitted(name, 14, placed.rect.width - 44);
    let after = x + width(&name, 15) + 10;
    add(text, &format!("<text class=\"site-name\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(&name)));
    let count = placed.site.hosts.len();
    let region = match placed.site.region {
        Some(region) => format!("{region} · {count}"),
        None => count.to_string(),
    };
    let region = fitted(&region, 12, placed.rect.right() - 22 - after);
    add(text, &format!("<text class=\"region\" x=\"{after}\" y=\"{y}\">{}</text>", escaped(&region)));
}

/// Every service once, with what leads from one to another.
fn services(text: &mut String, graph: &Graph<'_>, overview: &Overview<'_>, numbered: &BTreeMap<&ServiceName, usize>) {
    boxed(text, "site", overview.rect, 14);
    let (x, y) = (overview.rect.x + 22, overview.rect.y + 26);
    add(text, &format!("<text class=\"site-name\" x=\"{x}\" y=\"{y}\">services</text>"));
    between_services(text, graph, overview);
    for (service, (rect, count)) in &overview.chips {
        let hit = Overview::hit(graph, service);
        let class = hit.map_or_else(String::new, |hit| format!(" {}", hit.class()));
        let fate = hit.map(|hit| format!(": {}", hit.words())).unwrap_or_default();
        let tip = format!("{service}, {}{fate}", counted(*count, "instance"));
        add(text, &format!("<g class=\"chip{class}\"><title>{}</title>", escaped(&tip)));
        boxed(text, "body", *rect, rect.height / 2);
        let middle = rect.middle().1;
        mark(text, hit, rect.x + 13, middle, 4, numbered.get(service).map(|number| number % COLORS));
        let (x, label) = (rect.x + 22, label(service, *count));
        add(text, &format!("<text x=\"{x}\" y=\"{}\">{}</text></g>", middle + 4, escaped(&label)));
    }
}

fn card(text: &mut String, graph: &Graph<'_>, card: &Card<'_, '_>, page: &Page<'_, '_>) {
    let host = card.host;
    let is_down = graph.is_down(host.name);
    let mut class = "card".to_owned();
    for (is, word) in
        [(host.entry.managed == Managed::Scrape, "other"), (host.resting().is_some(), "resting"), (is_down, "down")]
    {
        if is {
            class.push(' ');
            class.push_str(word);
        }
    }
    let services: Vec<_> = host.chips.iter().map(|chip| chip.service.as_str()).collect();
    let word = if is_down { Some("down") } else { host.resting() };
    let beside = word.map(|word| format!(", {word}")).unwrap_or_default();
    let tip = format!("{} ({}){beside}: {}", host.name, host.entry.address, services.join(", "));
    add(text, &format!("<g><title>{}</title>", escaped(&tip)));
    boxed(text, &class, card.rect, if page.sizes.is_crowded { 6 } else { 10 });
    let (x, right) = (card.rect.x + page.sizes.inset, card.rect.right() - page.sizes.inset);
    if page.sizes.is_crowded {
        let name = fitted(host.name.as_str(), 11, right - x);
        add(
            text,
            &format!("<text class=\"host small\" x=\"{x}\" y=\"{}\">{}</text></g>", card.rect.y + 16, escaped(&name)),
        );
        return;
    }
    let word = word.or((host.entry.managed == Managed::Scrape).then_some("only watched"));
    let room = right - x - word.map_or(0, |word| width(word, 11) + 8);
    let name = fitted(host.name.as_str(), 14, room);
    add(text, &format!("<text class=\"host\" x=\"{x}\" y=\"{}\">{}</text>", card.rect.y + 23, escaped(&name)));
    if let Some(word) = word {
        let class = if is_down { "word down" } else { "word" };
        add(
            text,
            &format!("<text class=\"{class}\" x=\"{right}\" y=\"{}\">{}</text>", card.rect.y + 23, escaped(word)),
        );
    }
    let address = host.entry.address.to_string();
    add(
        text,
        &format!("<text class=\"address\" x=\"{x}\" y=\"{}\">{}</text></g>", card.rect.y + 40, escaped(&address)),
    );
}

fn chip(
    text: &mut String,
    graph: &Graph<'_>,
    (card, chip): (&Card<'_, '_>, &Chip<'_>),
    rect: Rect,
    number: Option<usize>,
    page: &Page<'_, '_>,
) {
    let hit = graph.shown(card.host.name, chip);
    let quiet = if chip.only_watches { " quiet" } else { "" };
    let class = hit.map_or_else(String::new, |hit| format!(" {}", hit.class()));
    let role = chip.role.map(|role| format!(", {role}")).unwrap_or_default();
    let fate = hit.map(|hit| format!(": {}", hit.words())).unwrap_or_default();
    let tip = format!("{} on {}, {}{role}{fate}", chip.service, card.host.name, chip.kind);
    add(text, &format!("<g class=\"chip{quiet}{class}\"><title>{}</title>", escaped(&tip)));
    if page.sizes.is_crowded {
        let color = number.map_or_else(String::new, |number| format!(" c{number}"));
        let Rect { x, y, width, height } = rect;
        add(
            text,
            &format!(
                "<rect class=\"square{color}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"2\"/></g>"
            ),
        );
        return;
    }
    boxed(text, "body", rect, rect.height / 2);
    let middle = rect.middle().1;
    mark(text, hit, rect.x + 13, middle, 4, number);
    let x = rect.x + 22;
    let size = page.sizes.font;
    let role = chip.role.map_or(0, |role| width(role, size - 2) + 6);
    let name = fitted(chip.service.as_str(), size, rect.right() - 8 - role - x);
    let baseline = middle + 4;
    add(text, &format!("<text x=\"{x}\" y=\"{baseline}\">{}</text>", escaped(&name)));
    if let Some(role) = chip.role {
        let x = rect.right() - 9;
        add(text, &format!("<text class=\"role\" x=\"{x}\" y=\"{baseline}\">{}</text>", escaped(role)));
    }
    text.push_str("</g>\n");
}

/// What becomes of a service, as a form, so that nobody has to tell colours apart; else its own colour.
fn mark(text: &mut String, hit: Option<Hit>, x: i32, y: i32, radius: i32, number: Option<usize>) {
    let (left, right, top, bottom) = (x - 4, x + 4, y - 4, y + 4);
    match hit {
        Some(Hit::Stops) => add(
            text,
            &format!("<path class=\"mark stops\" d=\"M{left} {top}L{right} {bottom}M{right} {top}L{left} {bottom}\"/>"),
        ),
        Some(Hit::LosesQuorum) => add(
            text,
            &format!("<path class=\"mark quorum\" d=\"M{x} {}L{} {y}L{x} {}L{} {y}Z\"/>", y - 5, x + 5, y + 5, x - 5),
        ),
        Some(Hit::Impaired) => add(
            text,
            &format!("<path class=\"mark impaired\" d=\"M{x} {}L{} {bottom}L{} {bottom}Z\"/>", y - 5, x + 5, x - 5),
        ),
        Some(Hit::LosesRedundancy) => add(text, &format!("<path class=\"mark reduced\" d=\"M{left} {y}H{right}\"/>")),
        None => {
            let color = number.map_or_else(String::new, |number| format!(" c{number}"));
            add(text, &format!("<circle class=\"dot{color}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>"));
        }
    }
}

fn boxed(text: &mut String, class: &str, rect: Rect, radius: i32) {
    let Rect { x, y, width, height } = rect;
    add(
        text,
        &format!("<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\"/>"),
    );
}

fn add(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a text takes everything");
}
