//! Encrypted files are for those who read them, and for nobody else; they can be decrypted, and are not too old.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::{Drift, Stranger, What, audit};
use crate::check::secrets::host_key;
use crate::diag::{Code, Diagnostic, Faults, codes, listed};
use crate::model::Fleet;
use crate::place::Draft;
use crate::place::recipients::Whose;
use crate::source::Span;
use crate::value::{Date, SecretName};

const REKEY: &str = "`cistern secrets rekey` encrypts what has drifted, and leaves everything else as it is";

/// How many secrets a message names.
const NAMED: usize = 5;

/// What a message calls a file: its secret, or its path where every host has a value of its own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Named<'p> {
    secret: &'p SecretName,
    path: Option<String>,
}

/// What is to be told of a key or a file, with the secrets that it concerns.
#[derive(Default)]
struct Found<'p> {
    lacking: BTreeMap<Whose<'p>, BTreeSet<Named<'p>>>,
    lacking_some: BTreeSet<Named<'p>>,
    extra: BTreeMap<Stranger<'p>, BTreeSet<Named<'p>>>,
    unknown: BTreeSet<Named<'p>>,
    overdue: BTreeMap<Named<'p>, Date>,
    ageless: BTreeSet<Named<'p>>,
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

impl Named<'_> {
    fn shown(&self) -> &str {
        self.path.as_deref().unwrap_or(self.secret.as_str())
    }
}

impl<'p> Found<'p> {
    fn add(&mut self, drift: &Drift<'p>, what: &What<'p>, fleet: &Fleet, faults: &mut Faults) {
        let name = Named { secret: drift.file.secret, path: drift.file.host.map(|_| drift.file.path.clone()) };
        match what {
            // A rule of its own tells of files that are not there, and agenix takes no notes.
            What::Absent | What::Unnoted => {}
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
            What::Overdue { set, .. } => {
                self.overdue.insert(name, *set);
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
            let message = format!("{stranger} can decrypt {}, and should not", some(secrets));
            let diagnostic = about(codes::EXTRA_RECIPIENT, message, first, fleet).help(REKEY);
            faults.push(diagnostic.help("whoever had that key knows the values: renew them as well"));
        }
        if let Some(first) = self.unknown.first() {
            let message = format!("nobody can tell the age keys that {} for", these(&self.unknown));
            faults.push(about(codes::UNKNOWN_RECIPIENTS, message, first, fleet).help(REKEY));
        }
        for (name, set) in &self.overdue {
            let message = format!("the value of `{}` was set on {set} and is older than it may become", name.shown());
            faults.push(about(codes::OVERDUE_SECRET, message, name, fleet).help(renew(name)));
        }
        if let Some(first) = self.ageless.first() {
            let message = format!(
                "nobody knows how old {}",
                match self.ageless.len() {
                    1 => format!("the value of {} is", some(&self.ageless)),
                    _ => format!("the values of {} are", some(&self.ageless)),
                }
            );
            faults.push(about(codes::OVERDUE_SECRET, message, first, fleet).help(renew(first)));
        }
    }
}

fn renew(name: &Named<'_>) -> String {
    let name = name.secret;
    format!("`cistern secrets rotate {name}` where it has a generator, else `cistern secrets edit {name}`")
}

fn broken(drift: &Drift<'_>, why: &str, fleet: &Fleet) -> Diagnostic {
    let (path, secret) = (&drift.file.path, drift.file.secret);
    Diagnostic::new(codes::NO_AGE_FILE, format!("no host can decrypt `{path}`: {why}"))
        .at(place(secret, fleet), "the secret")
        .about("secrets", secret)
        .file(path.clone())
        .help(format!("take it from git, or set the value again: `cistern secrets set {secret}`"))
}

fn lacking(whose: Whose<'_>, secrets: &BTreeSet<Named<'_>>, fleet: &Fleet) -> Diagnostic {
    let first = secrets.first().expect("a key lacks something");
    let message = format!("{whose} cannot decrypt {}", some(secrets));
    match whose {
        Whose::Host(name) => {
            let host = &fleet.hosts[name];
            let key = host.host_key.as_ref().map_or(host.span, |key| key.span);
            Diagnostic::new(codes::HOST_CANNOT_DECRYPT, message)
                .at(key, "not for this key")
                .at(place(first.secret, fleet), "the secret")
                .help(REKEY)
                .about("hosts", name)
        }
        Whose::Person(name) => Diagnostic::new(codes::LACKS_RECIPIENT, message)
            .at(fleet.people[name].span, "an admin")
            .at(place(first.secret, fleet), "the secret")
            .help(REKEY),
        Whose::Escrow(name) => Diagnostic::new(codes::LACKS_RECIPIENT, message)
            .at(fleet.escrow[name].span, "for the day on which all others are lost")
            .help(REKEY),
    }
}

fn about(code: &'static Code, message: String, name: &Named<'_>, fleet: &Fleet) -> Diagnostic {
    Diagnostic::new(code, message).at(place(name.secret, fleet), "the secret").about("secrets", name.secret)
}

/// Where a secret is defined; of a host's own key, where the host is.
fn place(name: &SecretName, fleet: &Fleet) -> Span {
    let of_host = || fleet.hosts.values().find(|host| host_key(&host.name) == *name).map(|host| host.span);
    let defined = fleet.secrets.get(name).map(|secret| secret.span);
    defined.or_else(of_host).expect("a secret of the plan is one of the definition or a host's key")
}

/// `a`, `b` and 3 more.
fn some(names: &BTreeSet<Named<'_>>) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{}`", name.shown())).collect();
    match quoted.len() {
        few if few <= NAMED => listed(&quoted),
        many => format!("{} and {} more", quoted[..NAMED - 1].join(", "), many - (NAMED - 1)),
    }
}

fn these(names: &BTreeSet<Named<'_>>) -> String {
    format!("{} {}", some(names), if names.len() == 1 { "is" } else { "are" })
}
