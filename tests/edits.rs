//! A fleet of 200 hosts and 20 edits by chance, the same in every run: the report names exactly those.

#![expect(clippy::disallowed_methods, reason = "writes fleets, and runs the program on them")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use common::everything;
use fleet::Fleet;
use rayon::prelude::*;
use serde_json::Value as Json;

const HOSTS: usize = 200;
const SERVICES: usize = 60;
const EDITS: usize = 20;

/// A fleet as data.
#[derive(Clone)]
struct Rivers {
    /// The address's last two numbers, the room, and the key's number.
    hosts: BTreeMap<String, (usize, usize, usize)>,
    /// Host, port, and the image's number.
    services: BTreeMap<String, (String, usize, usize)>,
}

/// What the report has to say: entries by kind, name and change.
type Told = BTreeSet<(String, String, String)>;

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

impl Rivers {
    fn new(random: &mut Random) -> Self {
        let hosts = (0..HOSTS).map(|number| (format!("h{number:03}"), (number, random.below(9), number))).collect();
        let services = (0..SERVICES).map(|number| {
            (format!("s{number:02}"), (format!("h{:03}", random.below(HOSTS / 2)), 8000 + number, number))
        });
        Self { hosts, services: services.collect() }
    }

    fn text(&self) -> String {
        let mut text = String::from(
            "version: 1\nfleet: { name: rivers, domain: example.org }\ndefaults:\n  system: x86_64-linux\n  hardware: vm\n  \
             filesystems: { \"/\": { device: /dev/disk/by-label/nixos, fs_type: ext4 } }\naccess: \
             { people: { ana: { role: admin, keys: [ssh-ed25519 \
             AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF ana] } } }\nhosts:\n",
        );
        for (name, (address, room, key)) in &self.hosts {
            let (third, fourth) = (address / 200, 10 + address % 200);
            // The MAC address is what a host is known by when it is called otherwise.
            let mac = format!("52:54:00:00:{:02x}:{:02x}", key / 256, key % 256);
            let _ = writeln!(
                text,
                "  {name}: {{ state_version: \"25.11\", address: 10.1.{third}.{fourth}, labels: {{ room: \"{room}\" }}, mac: \"{mac}\", \
                 network: {{ interface: enp1s0 }} }}"
            );
        }
        text += "services:\n";
        for (name, (host, port, image)) in &self.services {
            let _ = writeln!(
                text,
                "  {name}: {{ image: \"registry.example.org/x@sha256:{image:064x}\", placement: {{ hosts: [{host}] }}, \
                 ports: {{ web: {port} }} }}"
            );
        }
        text
    }

    /// One edit of something that no edit has touched; says what the report has to name, and the hosts to deploy.
    fn edit(&mut self, number: usize, random: &mut Random, used: &mut BTreeSet<String>) -> (Told, BTreeSet<String>) {
        let told = |entries: &[(&str, &str, &str)]| -> Told {
            entries.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect()
        };
        // Hosts of the second half have no services.
        let quiet = self.pick(used, random, |rivers, host| rivers.services.values().all(|service| service.0 != host));
        // Neither a service nor its host is touched twice.
        let (service, runs_on) = loop {
            let name = format!("s{:02}", random.below(SERVICES));
            let Some((host, ..)) = self.services.get(&name).filter(|(host, ..)| !used.contains(host)) else { continue };
            if used.insert(name.clone()) {
                break (name, host.clone());
            }
        };
        used.insert(runs_on.clone());
        let one = |host: &str| BTreeSet::from([host.to_owned()]);
        match number % 8 {
            0 => {
                let host = self.hosts.get_mut(&quiet).expect("it is there");
                host.1 += 10;
                (told(&[("host", &quiet, "changed")]), BTreeSet::new())
            }
            1 => {
                self.hosts.remove(&quiet);
                (told(&[("host", &quiet, "removed")]), BTreeSet::new())
            }
            2 => {
                let new = format!("new-{number}");
                self.hosts.insert(new.clone(), (400 + number, 1, 400 + number));
                (told(&[("host", &new, "created")]), one(&new))
            }
            3 => {
                let host = self.hosts.remove(&quiet).expect("it is there");
                let new = format!("was-{quiet}");
                self.hosts.insert(new.clone(), host);
                (told(&[("rename", &quiet, &new)]), one(&new))
            }
            4 => {
                self.services.get_mut(&service).expect("it is there").0.clone_from(&quiet);
                let moved = format!("moved from {runs_on} to {quiet}");
                (told(&[("instance", &service, &moved)]), [runs_on, quiet].into_iter().collect())
            }
            5 => {
                self.services.get_mut(&service).expect("it is there").2 += 1000;
                (told(&[("service", &service, "changed")]), one(&runs_on))
            }
            6 => {
                self.services.get_mut(&service).expect("it is there").1 += 1000;
                (told(&[("service", &service, "changed")]), one(&runs_on))
            }
            _ => {
                self.services.remove(&service);
                (told(&[("service", &service, "removed"), ("instance", &service, "removed")]), one(&runs_on))
            }
        }
    }

    fn pick(&self, used: &mut BTreeSet<String>, random: &mut Random, fits: impl Fn(&Self, &str) -> bool) -> String {
        loop {
            let name = format!("h{:03}", random.below(HOSTS));
            if self.hosts.contains_key(&name) && fits(self, &name) && used.insert(name.clone()) {
                return name;
            }
        }
    }
}

#[test]
fn the_report_names_what_was_edited() {
    (0..4u64).into_par_iter().for_each(|seed| {
        let mut random = Random(seed);
        let mut rivers = Rivers::new(&mut random);
        let old = Fleet::new();
        old.write("fleet.yaml", rivers.text());
        old.generate();
        let (mut told, mut deploys, mut used) = (Told::new(), BTreeSet::new(), BTreeSet::new());
        for number in 0..EDITS {
            let (entries, hosts) = rivers.edit(number, &mut random, &mut used);
            told.extend(entries);
            deploys.extend(hosts);
        }
        let new = Fleet::new();
        new.write("fleet.yaml", rivers.text());
        let base = old.root().to_str().expect("a plain path");
        let output = new.cistern(&["diff", "--against", base, "--format", "json"]);
        assert_eq!(output.status.code(), Some(1), "{}", everything(&output));
        let document: Json = serde_json::from_slice(&output.stdout).expect("it is JSON");
        assert_eq!(found(&document), told, "{seed}");
        let targets: BTreeSet<String> = deploys.iter().map(|host| format!(".#{host}")).collect();
        let named = document["deploy"]["targets"].as_array().expect("a list");
        assert_eq!(
            named.iter().map(|target| target.as_str().expect("text").to_owned()).collect::<BTreeSet<_>>(),
            targets
        );
    });
}

fn found(document: &Json) -> Told {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let entries = document["entries"].as_array().expect("a list").iter().map(|entry| {
        let change = match entry["from"].as_str() {
            Some(from) => format!("moved from {from} to {}", text(&entry["host"])),
            None => text(&entry["change"]),
        };
        (text(&entry["kind"]), text(&entry["name"]), change)
    });
    let renames = document["renames"].as_array().expect("a list").iter();
    let renames = renames.map(|rename| ("rename".to_owned(), text(&rename["from"]), text(&rename["to"])));
    // The administrator is told of the hosts that come and go.
    entries.chain(renames).filter(|(kind, ..)| kind != "person").collect()
}

/// A comment has room for 65,536 characters, whatever has changed.
#[test]
fn a_comment_on_everything_has_room() {
    let mut random = Random(7);
    let mut rivers = Rivers::new(&mut random);
    rivers.hosts = (0..1000).map(|number| (format!("h{number:03}"), (number, 1, number))).collect();
    let old = Fleet::new();
    old.write("fleet.yaml", rivers.text());
    old.generate();
    let new = Fleet::new();
    new.write("fleet.yaml", rivers.text().replace("  hardware: vm\n", "  hardware: vm\n  time_zone: Asia/Tokyo\n"));
    let base = old.root().to_str().expect("a plain path");
    let output = new.cistern(&["diff", "--against", base, "--format", "markdown"]);
    let comment = String::from_utf8(output.stdout).expect("it is text");
    assert!(comment.len() < 60_000, "{} bytes", comment.len());
    assert!(comment.contains("\n… and ") && comment.ends_with("```sh\ndeploy -s .\n```\n"), "{comment}");
    assert!(comment.matches("<details>").count() == comment.matches("</details>").count());
}
