//! Rules about network cards: those of the definition are those of the facts.

use std::collections::BTreeMap;

use crate::diag::{Diagnostic, Faults, codes, listed};
use crate::load::decode::At;
use crate::model::facts::Interface;
use crate::model::{Fleet, Host};
use crate::nix::Literal;
use crate::value::{InterfaceName, Mac, Managed, NetworkMode};

use super::addresses::mode;

/// A MAC address is one that a card can have.
pub(super) fn macs_are_cards(fleet: &Fleet, faults: &mut Faults) {
    for (host, mac) in fleet.hosts.values().filter_map(|host| Some((host, host.mac.as_ref()?))) {
        let Some(why) = no_cards(&mac.value) else { continue };
        faults.push(
            Diagnostic::new(
                codes::BAD_MAC,
                format!("host `{}` cannot have the MAC address {}", host.name, mac.value.0),
            )
            .at(mac.span, why)
            .help("`ip link` on the machine shows the card's own")
            .about("hosts", &host.name),
        );
    }
}

fn no_cards(mac: &Mac) -> Option<&'static str> {
    match mac.bytes().as_slice() {
        [0, 0, 0, 0, 0, 0] => Some("it stands for none"),
        [255, 255, 255, 255, 255, 255] => Some("it is for broadcasts"),
        [first, ..] if first % 2 == 1 => Some("it is for multicast"),
        _ => None,
    }
}

/// The interface and the MAC address that a host is given belong to one card of its facts.
pub(super) fn are_in_the_facts(fleet: &Fleet, faults: &mut Faults) {
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full && !host.poisoned) {
        let Some(facts) = host.facts.as_ref().filter(|facts| !facts.interfaces.is_empty()) else { continue };
        let named = host.layer.network.as_ref().and_then(|network| network.interface.as_ref());
        let of_mac = host.mac.as_ref().map(|mac| (mac, facts.interfaces.iter().find(|card| has(card, mac))));
        match (named, of_mac) {
            (_, Some((mac, None))) if facts.interfaces.iter().all(|card| card.mac.is_some()) => {
                let known: Vec<_> = facts.interfaces.iter().filter_map(|card| card.mac.as_deref()).collect();
                faults.push(
                    contradiction(host, format!("no card of host `{}` has the MAC address {}", host.name, mac.value.0))
                        .at(mac.span, format!("not in facts/{}.json", host.name))
                        .help(format!("the facts show {}", listed(&known))),
                );
            }
            // The interface of that card is renamed, which only another card could be in the way of.
            (Some(named), Some((mac, Some(card))))
                if card.name != named.value.as_str() && knows(&facts.interfaces, named) =>
            {
                faults.push(
                    contradiction(
                        host,
                        format!("interface and MAC address of host `{}` are those of two cards", host.name),
                    )
                    .at(named.span, "one card")
                    .at(mac.span, format!("the facts show this at `{}`", card.name))
                    .help("remove one of the two keys, or correct it"),
                );
            }
            (Some(named), None) if !knows(&facts.interfaces, named) && !is_made(fleet, host, &named.value) => {
                let known: Vec<_> = facts.interfaces.iter().map(|card| card.name.as_str()).collect();
                let diagnostic =
                    contradiction(host, format!("host `{}` has no interface `{}`", host.name, named.value))
                        .at(named.span, format!("not in facts/{}.json", host.name))
                        .nearest(named.value.as_str(), known.iter().copied());
                faults.push(diagnostic.help(format!("the facts show {}", listed(&known))));
            }
            _ => {}
        }
    }
}

fn contradiction(host: &Host, message: String) -> Diagnostic {
    Diagnostic::new(codes::CARD_CONTRADICTS, message).about("hosts", &host.name)
}

fn has(card: &Interface, mac: &At<Mac>) -> bool {
    card.mac.as_deref() == Some(&*mac.value.0)
}

fn knows(cards: &[Interface], named: &At<InterfaceName>) -> bool {
    cards.iter().any(|card| card.name == named.value.as_str())
}

/// Says whether a module of the host makes an interface: a bridge, a bond, a VLAN, a tunnel, another name of a card.
fn is_made(fleet: &Fleet, host: &Host, name: &InterfaceName) -> bool {
    let is_name = |text: Option<&str>| text.is_none_or(|text| text == name.as_str());
    let made = fleet.settings(host, &["networking"]).iter().any(|setting| {
        let path = &setting.assigned.path;
        let section = path.get(1).and_then(|section| section.name.as_deref());
        let last = path.last().and_then(|last| last.name.as_deref());
        path.iter().skip(2).any(|segment| is_name(segment.name.as_deref()))
            && (section != Some("interfaces") || last == Some("virtual"))
    });
    let named = || {
        let units = fleet.settings(host, &["systemd", "network"]);
        units.iter().any(|setting| {
            let last = setting.assigned.path.last().and_then(|last| last.name.as_deref());
            last == Some("Name")
                && match &setting.assigned.value {
                    Literal::Text(text) => text == name.as_str(),
                    _ => true,
                }
        })
    };
    made || named()
}

/// No two reports show one card.
pub(super) fn facts_are_of_one_machine(fleet: &Fleet, faults: &mut Faults) {
    let mut first_of: BTreeMap<&str, &Host> = BTreeMap::new();
    for host in fleet.hosts.values() {
        let cards = host.facts.iter().flat_map(|facts| &facts.interfaces).filter(|card| card.card);
        let mut shared = None;
        for mac in cards.filter_map(|card| card.mac.as_deref()) {
            let first = *first_of.entry(mac).or_insert(host);
            if first.name != host.name {
                shared = shared.or(Some((first, mac)));
            }
        }
        let Some((other, mac)) = shared else { continue };
        faults.push(
            Diagnostic::new(
                codes::FACTS_COPIED,
                format!("the facts of hosts `{}` and `{}` show the same network card", other.name, host.name),
            )
            .at(host.span, format!("facts/{}.json has {mac}", host.name))
            .at(other.span, format!("and so has facts/{}.json", other.name))
            .help("one report was copied: run `nixos-facter` on that machine")
            .about("hosts", &host.name)
            .about("hosts", &other.name),
        );
    }
}

/// A static address is set on an interface that can have one.
pub(super) fn carry_their_address(fleet: &Fleet, faults: &mut Faults) {
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full && mode(host) == NetworkMode::Static) {
        let Some(name) = &host.interface else { continue };
        let named = host.layer.network.as_ref().and_then(|network| network.interface.as_ref());
        let span = named.map_or(host.span, |named| named.span);
        let bad = |message: String, why: String, help: &str| {
            let diagnostic = Diagnostic::new(codes::BAD_CARRIER, message);
            diagnostic.at(span, why).help(help).about("hosts", &host.name)
        };
        if name.as_str() == "lo" {
            faults.push(bad(
                format!("the address of host `{}` is set on the loopback", host.name),
                "nobody reaches this".to_owned(),
                "name the card that is connected to the network",
            ));
        } else if let Some((place, kind, whole)) = taken_up(fleet, host, name) {
            faults.push(
                bad(
                    format!("the address of host `{}` is set on a part of the {kind} `{whole}`", host.name),
                    format!("is in `{whole}`"),
                    &format!("name the {kind}: `network: {{ interface: {whole} }}`"),
                )
                .at(place, "put into it here"),
            );
        } else if is_radio(host, name) && !is_connected(fleet, host) {
            faults.push(
                Diagnostic::new(
                    codes::STATIC_ON_RADIO,
                    format!("nothing connects `{name}` of host `{}` to a network", host.name),
                )
                .at(span, "a wireless interface with a static address")
                .help("set `networking.wireless` or NetworkManager in a module of the host")
                .about("hosts", &host.name),
            );
        }
    }
}

/// The bridge or bond that a module puts an interface into.
fn taken_up(fleet: &Fleet, host: &Host, name: &InterfaceName) -> Option<(crate::source::Span, &'static str, String)> {
    for (section, kind) in [("bridges", "bridge"), ("bonds", "bond")] {
        for setting in fleet.settings(host, &["networking", section]) {
            let assigned = setting.assigned;
            let [_, _, whole, last, ..] = assigned.path.as_slice() else { continue };
            if let (Some(whole), Some("interfaces"), Literal::List(parts)) =
                (&whole.name, last.name.as_deref(), &assigned.value)
                && parts.contains(&Literal::Text(name.to_string()))
            {
                return Some((setting.span(), kind, whole.clone()));
            }
        }
    }
    None
}

fn is_radio(host: &Host, name: &InterfaceName) -> bool {
    let cards = host.facts.as_ref().map(|facts| facts.interfaces.as_slice()).unwrap_or_default();
    match cards.iter().find(|card| card.name == name.as_str()) {
        Some(card) => card.wireless,
        None => name.as_str().starts_with("wl"),
    }
}

fn is_connected(fleet: &Fleet, host: &Host) -> bool {
    ["wireless", "supplicant", "networkmanager"]
        .iter()
        .any(|section| !fleet.settings(host, &["networking", section]).is_empty())
}
