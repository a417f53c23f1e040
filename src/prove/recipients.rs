//! Encrypted files are for those who read them, and for nobody else; they can be decrypted, and are not too old.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::{Drift, Stranger, What, audit};
use crate::diag::{Code, Diagnostic, Faults, codes, counted, listed};
use crate::model::Fleet;
use crate::place::Draft;
use crate::place::recipients::Whose;
use crate::value::SecretName;

const REKEY: &str = "`cistern secrets rekey` encrypts what has drifted, and leaves everything else as it is";

/// How many secrets a message names.
const NAMED: usize = 5;

/// What is to be told of a key or a file, with the secrets that it concerns.
#[derive(Default)]
struct Found<'p> {
    lacking: BTreeMap<Whose<'p>, BTreeSet<&'p SecretName>>,
    lacking_some: BTreeSet<&'p SecretName>,
    extra: BTreeMap<Stranger<'p>, BTreeSet<&'p SecretName>>,
    unknown: BTreeSet<&'p SecretName>,
    overdue: BTreeMap<&'p SecretName, String>,
    ageless: BTreeSet<&'p SecretName>,
}

/// Every encrypted file is as the plan has it. Keys are told once each, whatever the number of secrets.
pub(super) fn are_as_planned(draft: &Draft, faults: &mut Faults) {
    let fleet = draft.fleet();
    let drifts = audit(draft.entries(), &fleet.kept);
    let mut found = Found::default();
    for drift in &drifts {
        for what in &drift.what {
            found.add(drift, what, fleet, faults);
        }
    }
    found.tell(fleet, faults);
}

impl<'p> Found<'p> {
    fn add(&mut self, drift: &Drift<'p>, what: &What<'p>, fleet: &Fleet, faults: &mut Faults) {
        let name = drift.file.secret;
        match what {
            // A rule of its own tells of files that are not there.
            What::Absent => {}
            What::Broken(why) => faults.push(broken(drift, why, fleet)),
            What::Lacks(recipient) => {
                self.lacking.entry(recipient.whose).or_default().insert(name);
            }
            What::LacksSome(_) => {
                self.lacking_some.insert(name);
            }
            What::Extra(stranger) => {
                self.extra.entry(stranger.clone()).or_default().insert(name);
            }
            What::Unknown => {
                self.unknown.insert(name);
            }
            What::Overdue { set, age } => {
                self.overdue.entry(name).or_insert_with(|| format!("{} old; it was set on {set}", counted(*age as usize, "day")));
            }
            What::Ageless => {
                self.ageless.insert(name);
            }
        }
    }

    fn tell(&self, fleet: &Fleet, faults: &mut Faults) {
        for (whose, secrets) in &self.lacking {
            faults.push(lacking(*whose, secrets, fleet));
        }
        if let Some(first) = self.lacking_some.first() {
            let message = format!("{} for fewer age keys than it should be", these(&self.lacking_some));
            faults.push(about(codes::LACKS_RECIPIENT, message, first, fleet).help(REKEY));
        }
        for (stranger, secrets) in &self.extra {
            let first = secrets.first().expect("a stranger opens something");
            let message = format!("{stranger} can decrypt {}", some(secrets));
            let diagnostic = about(codes::EXTRA_RECIPIENT, message, first, fleet).help(REKEY);
            faults.push(diagnostic.help("whoever had that key knows the values: renew them as well"));
        }
        if let Some(first) = self.unknown.first() {
            let message = format!("nobody can tell the age keys that {} for", these(&self.unknown));
            faults.push(about(codes::UNKNOWN_RECIPIENTS, message, first, fleet).help(REKEY));
        }
        for (name, told) in &self.overdue {
            let message = format!("the value of `{name}` is {told}");
            faults.push(about(codes::OVERDUE_SECRET, message, name, fleet).help(renew(name)));
        }
        if let Some(first) = self.ageless.first() {
            let message = format!("nobody knows how old {}", match self.ageless.len() {
                1 => format!("the value of {} is", some(&self.ageless)),
                _ => format!("the values of {} are", some(&self.ageless)),
            });
            faults.push(about(codes::OVERDUE_SECRET, message, first, fleet).help(renew(first)));
        }
    }
}

fn renew(name: &SecretName) -> String {
    format!("`cistern secrets rotate {name}` where it has a generator, else `cistern secrets edit {name}`")
}

fn broken(drift: &Drift<'_>, why: &str, fleet: &Fleet) -> Diagnostic {
    let path = &drift.file.path;
    about(codes::NO_AGE_FILE, format!("no host can decrypt `{path}`: {why}"), drift.file.secret, fleet)
        .file(path.clone())
        .help(format!("take it from git, or set the value again: `cistern secrets set {}`", drift.file.secret))
}

fn lacking(whose: Whose<'_>, secrets: &BTreeSet<&SecretName>, fleet: &Fleet) -> Diagnostic {
    let first = secrets.first().expect("a key lacks something");
    let message = format!("{whose} cannot decrypt {}", some(secrets));
    match whose {
        Whose::Host(name) => {
            let host = &fleet.hosts[name];
            let key = host.host_key.as_ref().map_or(host.span, |key| key.span);
            Diagnostic::new(codes::HOST_CANNOT_DECRYPT, message)
                .at(key, "not for this key")
                .at(fleet.secrets[*first].span, "the secret")
                .help(REKEY)
                .about("hosts", name)
        }
        Whose::Person(name) => Diagnostic::new(codes::LACKS_RECIPIENT, message)
            .at(fleet.people[name].span, "an admin")
            .at(fleet.secrets[*first].span, "the secret")
            .help(REKEY),
        Whose::Escrow(name) => Diagnostic::new(codes::LACKS_RECIPIENT, message)
            .at(fleet.escrow[name].span, "for the day on which all others are lost")
            .help(REKEY),
    }
}

fn about(code: &'static Code, message: String, name: &SecretName, fleet: &Fleet) -> Diagnostic {
    Diagnostic::new(code, message).at(fleet.secrets[name].span, "the secret").about("secrets", name)
}

/// `a`, `b` and 3 more.
fn some(names: &BTreeSet<&SecretName>) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.len() {
        few if few <= NAMED => listed(&quoted),
        many => format!("{} and {} more", quoted[..NAMED - 1].join(", "), many - (NAMED - 1)),
    }
}

fn these(names: &BTreeSet<&SecretName>) -> String {
    format!("{} {}", some(names), if names.len() == 1 { "is" } else { "are" })
}
