//! Everything that is different between two sides, put together.

use std::collections::{BTreeMap, BTreeSet};

use super::hosts::{HostChange, hosts};
use super::impact::{Finding, IMPACTS, Look, impact};
use super::inputs::{self, InputChange, InputFiles, Reach, inputs};
use super::meaning::{Change, Kind, Lines, Refused, What, meaning};
use super::sides::{Sides, When};
use super::targets::{TargetChange, targets};
use super::{Changes, Left, diff};
use crate::audit::Drift;
use crate::diag::{Code, codes};
use crate::kind::Kinds;
use crate::model::Modules;
use crate::tree::Tree;

/// What is known beside the two trees.
#[derive(Default)]
pub struct Beside<'a> {
    /// The input files that differ.
    pub inputs: InputFiles,
    /// Reads the hand-written modules of the new side, when they are at hand: it is asked once one of them differs.
    pub modules: Option<&'a dyn Fn() -> Modules>,
    /// The kinds of services.
    pub kinds: Option<&'a Kinds>,
    /// The encrypted files of the new side that are not as its plan has them, when they are at hand.
    pub drifts: Option<&'a [Drift<'a>]>,
}

/// What is different, by meaning, by files and by inputs; and what follows.
#[derive(Debug)]
pub struct Report<'t> {
    /// The plans, and where they differ.
    pub sides: Sides<'t>,
    /// The files that differ.
    pub files: Changes,
    /// What becomes of each host.
    pub hosts: BTreeMap<String, HostChange>,
    /// Scrape targets.
    pub targets: Vec<TargetChange>,
    /// Inputs that the plan does not describe.
    pub inputs: Vec<InputChange>,
    /// What a deployment does.
    pub findings: Vec<Finding>,
    /// How many hosts there are on the new side.
    pub all: usize,
    /// Hosts of which nix has proved that they stay as they are.
    pub identical: BTreeSet<String>,
}

impl<'t> Report<'t> {
    /// Compares two trees, and what lies beside them.
    ///
    /// # Errors
    /// A plan cannot be read.
    pub fn new(old: &'t Tree, new: &'t Tree, beside: &Beside<'_>) -> Result<Self, Refused> {
        let files = diff(old, new);
        let (before, after) = (Lines::read(old)?, Lines::read(new)?);
        let alike = |gone: &str, come: &str| inputs::same_facts(&beside.inputs, gone, come);
        let sides = Sides::new(meaning(&before, &after, alike)?, before, after);
        let inputs = inputs(&beside.inputs, &sides, beside.modules);
        let mut report = Self {
            files,
            hosts: BTreeMap::new(),
            targets: targets(old, new),
            inputs,
            findings: Vec::new(),
            all: 0,
            identical: BTreeSet::new(),
            sides,
        };
        if report.is_same() {
            return Ok(report);
        }
        report.all = report.sides.names(When::After, Kind::Host).count();
        report.hosts = hosts(&report.sides, &report.touched(), &report.targets);
        report.find(beside.kinds, beside.drifts);
        Ok(report)
    }

    /// Says whether nothing differs that a deployment could bring.
    pub fn is_same(&self) -> bool {
        self.files.is_same() && self.inputs.is_empty() && self.sides.meaning.is_empty()
    }

    /// The hosts whose files differ: their own, or those that Prometheus reads.
    fn touched(&self) -> BTreeMap<String, super::Kind> {
        let renamed = |host: &str| self.sides.meaning.renames.iter().any(|rename| rename.from == host);
        let own = self.files.hosts().into_iter().filter(|(host, _)| !renamed(host));
        let mut touched: BTreeMap<String, super::Kind> = own.map(|(host, kind)| (host.to_owned(), kind)).collect();
        if self.files.files().iter().any(|file| file.path().starts_with("prometheus/")) {
            for host in self.sides.monitors() {
                let is_there = self.sides.value(When::After, Kind::Host, &host).is_some();
                if is_there {
                    touched.entry(host).or_insert(super::Kind::Changed);
                }
            }
        }
        touched
    }

    fn find(&mut self, kinds: Option<&Kinds>, drifts: Option<&[Drift<'_>]>) {
        let front = |name: &str| kinds.and_then(|kinds| kinds.named(name)).map(|kind| &kind.front);
        let units = |name: &str, service: &str| -> Vec<String> {
            let units = front(name).and_then(|front| front.units.as_ref());
            units.into_iter().flatten().map(|unit| unit.value.as_str().replace("{service}", service)).collect()
        };
        let quorum = |name: &str| front(name).is_some_and(|front| front.quorum.is_some() || front.roles.is_some());
        let mut findings = impact(&Look { sides: &self.sides, units: &units, quorum: &quorum, drifts });
        // What comes along with a host that is new says nothing more.
        let is_new = |host: &String| self.hosts.get(host).is_some_and(|host| host.change == "created");
        let told = |input: &&InputChange| match &input.reach {
            Reach::All => true,
            Reach::Hosts(hosts) => !hosts.iter().all(is_new),
        };
        findings.extend(inputs::findings(self.inputs.iter().filter(told), self.all));
        let mut otherwise = Vec::new();
        for (name, host) in self.hosts.iter_mut().filter(|(_, host)| host.deploys && host.what.is_empty()) {
            host.what.push("made differently".to_owned());
            otherwise.push(name.clone());
        }
        if !otherwise.is_empty() {
            let number = crate::diag::counted(otherwise.len(), "host");
            let message = format!("the files of {number} differ, and nothing of their plan does");
            let help = "read them with `--files`; a template or another version of Cistern makes them";
            findings.push(Finding::new(codes::MADE_DIFFERENTLY, otherwise, message, help));
        }
        findings.sort();
        self.findings = findings;
    }

    /// The hosts that a deployment of the change has to reach: those that it may concern, but for those that nix has
    /// proved to stay as they are.
    pub fn deploys(&self) -> BTreeSet<&str> {
        self.concerned().filter(|host| !self.identical.contains(*host)).collect()
    }

    /// The hosts whose files differ, and those that an input may concern.
    pub fn concerned(&self) -> impl Iterator<Item = &str> {
        let certain = self.hosts.iter().filter(|(_, host)| host.deploys).map(|(name, _)| name.as_str());
        certain.chain(self.possible())
    }

    /// The hosts that an input that changed may concern.
    pub fn possible(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        for input in &self.inputs {
            match &input.reach {
                Reach::All => found.extend(self.nodes()),
                Reach::Hosts(hosts) => found.extend(hosts.iter().map(String::as_str).filter(|host| self.is_node(host))),
            }
        }
        found
    }

    /// Every host of the new side that deploy-rs reaches.
    pub fn nodes(&self) -> impl Iterator<Item = &str> {
        self.sides.names(When::After, Kind::Host).filter(|host| self.is_node(host))
    }

    fn is_node(&self, host: &str) -> bool {
        self.sides.is_node(host)
    }

    /// Marks the findings that somebody refuses; says whether there are some.
    pub fn deny(&mut self, denied: &[&Code]) -> bool {
        for finding in &mut self.findings {
            finding.denied = denied.iter().any(|code| code.id == finding.code);
        }
        self.findings.iter().any(|finding| finding.denied)
    }

    /// Keeps what is about some hosts, and counts the files that were left out.
    #[must_use]
    pub fn only(mut self, chosen: &BTreeSet<String>) -> (Self, Left) {
        let about: Vec<bool> = self.sides.meaning.changes.iter().map(|change| self.concerns(change, chosen)).collect();
        let mut about = about.into_iter();
        self.sides.meaning.changes.retain(|_| about.next().unwrap_or_default());
        self.sides.meaning.renames.retain(|rename| chosen.contains(&rename.to));
        let (files, left) = self.files.only(chosen);
        self.files = files;
        self.hosts.retain(|host, _| chosen.contains(host));
        self.findings.retain(|finding| finding.hosts.is_empty() || finding.hosts.iter().any(|h| chosen.contains(h)));
        self.inputs.retain_mut(|input| match &mut input.reach {
            Reach::All => {
                input.reach = Reach::Hosts(chosen.clone());
                true
            }
            Reach::Hosts(hosts) => {
                hosts.retain(|host| chosen.contains(host));
                !hosts.is_empty()
            }
        });
        (self, left)
    }
}

impl Report<'_> {
    /// Says whether an entry is about one of some hosts: itself, what runs there, or what it shares with others.
    fn concerns(&self, change: &Change, chosen: &BTreeSet<String>) -> bool {
        let runs = |when| self.sides.hosts_of(when, &change.key.name).into_iter().any(|host| chosen.contains(host));
        match change.key.kind {
            Kind::Host => chosen.contains(&change.key.name),
            Kind::Instance => {
                let left = matches!(&change.what, What::Moved { from, .. } if chosen.contains(from));
                left || chosen.contains(&change.key.host)
            }
            Kind::Service => runs(When::Before) || runs(When::After),
            Kind::Dns
            | Kind::Escrow
            | Kind::Failover
            | Kind::Fleet
            | Kind::Group
            | Kind::Ingress
            | Kind::Monitoring
            | Kind::Person
            | Kind::Secret => true,
        }
    }
}

/// The code of an impact, by its name or by the code itself.
pub fn impact_code(word: &str) -> Option<&'static Code> {
    let is_it = |(name, code): &&(&str, &'static Code)| *name == word || code.id.eq_ignore_ascii_case(word);
    IMPACTS.iter().find(is_it).map(|(_, code)| *code)
}
