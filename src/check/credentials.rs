//! Rules about secrets in plain sight: in the definition, in kinds, in hand-written modules.
//!
//! A false alarm costs more than a miss: a value counts by the name that it stands behind, or by its form. How random
//! it looks is only ever a second condition. No message holds the value.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::assignments;
use super::evidence::Evidence;
use super::published;
use super::random;
use super::tokens::{self, Token};
use super::told;
use super::wording::is_literal_secret;
use crate::accepted::{self, Accepted};
use crate::diag::{Code, Diagnostic, Faults, codes};
use crate::kind::BUILT_IN;
use crate::load::{Body, Node};
use crate::model::Fleet;
use crate::source::{FileId, SPLIT, SourceFile, Span};
use crate::value::{HostName, Managed, ServiceName};

/// One finding, before it is told.
struct Found {
    span: Span,
    /// What must not be shown.
    secret: Option<Span>,
    code: &'static Code,
    message: String,
    label: &'static str,
}

const REPLACE: &str = "whoever has read it keeps it: replace the value as well";

/// No secret stands anywhere as it is.
pub(super) fn are_out_of_sight(fleet: &Fleet, evidence: &Evidence<'_>, faults: &mut Faults) {
    let mut found = by_form(evidence);
    let by_name: Vec<_> =
        settings(fleet).chain(kinds(fleet)).chain(modules(fleet)).chain(variables(evidence)).collect();
    add_uncovered(&mut found, by_name);
    add_uncovered(&mut found, by_look(evidence));
    let accepted = accepted(evidence, faults);
    tell_idle(&accepted, &found, evidence, faults);
    if found.is_empty() {
        return;
    }
    let owners = Owners::of(fleet);
    for one in found {
        let path = &evidence.sources.file(one.span.file).path;
        let reason = one.secret.and_then(|span| accepted.reason(path, evidence.sources.slice(span)));
        let (line, _) = evidence.sources.position(one.span.file, one.span.start);
        tell(fleet, (path, line), &owners, &one, reason, faults);
    }
}

/// Adds what does not cover anything that was found before.
fn add_uncovered(found: &mut Vec<Found>, more: Vec<Found>) {
    let taken: BTreeMap<(FileId, u32), u32> =
        found.iter().map(|one| ((one.span.file, one.span.start), one.span.end)).collect();
    let covered = |one: &Found| {
        let end = one.span.end.max(one.span.start + 1);
        let before = taken.range(..(one.span.file, end)).next_back();
        before.is_some_and(|((file, start), known)| {
            *file == one.span.file && (*start >= one.span.start || *known > one.span.start)
        })
    };
    found.extend(more.into_iter().filter(|one| !covered(one)));
}

/// What was accepted and stands nowhere any more.
fn tell_idle(accepted: &Accepted, found: &[Found], evidence: &Evidence<'_>, faults: &mut Faults) {
    let sources = evidence.sources;
    let secrets = found.iter().filter_map(|one| Some((&*sources.file(one.span.file).path, one.secret?)));
    let met: BTreeSet<_> = secrets.map(|(path, span)| (path, accepted::hash(path, sources.slice(span)))).collect();
    let idle: Vec<_> = accepted.entries().filter(|(file, hash)| !met.contains(&(*file, (*hash).to_owned()))).collect();
    let Some((first, _)) = idle.first() else { return };
    faults.push(
        Diagnostic::new(codes::IDLE_LINT, format!("{} of what was accepted stands nowhere any more", idle.len()))
            .file(accepted::PATH)
            .help(format!("`cistern secrets accept` without a file forgets it; the first one stood in `{first}`")),
    );
}

/// What somebody accepted, and what is wrong with the file that says so.
fn accepted(evidence: &Evidence<'_>, faults: &mut Faults) -> Accepted {
    let Some(id) = evidence.sources.find(accepted::PATH) else { return Accepted::default() };
    Accepted::read(&evidence.sources.file(id).text).unwrap_or_else(|error| {
        faults.push(
            Diagnostic::new(codes::BAD_RECORD, format!("`{}` cannot be read", accepted::PATH))
                .at(Span::top(id), error.to_string())
                .help("take the file from git; after a conflict keep the lines of both sides"),
        );
        Accepted::default()
    })
}

/// Whose a place is: that of the hosts which take in a module, or of a service whose settings say it.
struct Owners<'f> {
    hosts: BTreeMap<FileId, BTreeSet<&'f HostName>>,
    /// By the beginning of a setting, its end and the service.
    services: BTreeMap<(FileId, u32), (u32, &'f ServiceName)>,
}

impl<'f> Owners<'f> {
    fn of(fleet: &'f Fleet) -> Self {
        let mut hosts: BTreeMap<FileId, BTreeSet<&HostName>> = BTreeMap::new();
        for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full) {
            for module in fleet.modules_of(host).list.values() {
                hosts.entry(module.file).or_default().insert(&host.name);
            }
        }
        let given =
            fleet.services.iter().flat_map(|(name, service)| service.given.values().map(move |n| (n.span, name)));
        let services = given.map(|(span, name)| ((span.file, span.start), (span.end, name))).collect();
        Self { hosts, services }
    }

    fn service(&self, span: Span) -> Option<&'f ServiceName> {
        let ((file, _), (end, name)) = self.services.range(..=(span.file, span.start)).next_back()?;
        (*file == span.file && span.end <= *end).then_some(*name)
    }
}

fn tell(
    fleet: &Fleet,
    (path, line): (&str, usize),
    owners: &Owners<'_>,
    one: &Found,
    accepted: Option<&str>,
    faults: &mut Faults,
) {
    let accept = format!("if it is none: `cistern secrets accept {path}:{line} --reason TEXT`");
    let help: &[&str] = match path {
        _ if one.code.id == codes::PUBLISHED.id => &["replace it by one of your own"],
        _ if one.code.id == codes::RANDOM_TEXT.id => &["encrypt it, and replace the value, if it is a secret", &accept],
        _ if one.code.id == codes::PRIVATE_KEY.id => {
            &["remove it and make a new key; `cistern secrets import FILE` keeps one encrypted"]
        }
        path if assignments::sets(path) => &[
            "encrypt it (`cistern secrets import --split` takes environment files), and set it where it is needed",
            REPLACE,
        ],
        path if path.ends_with(".nix") => &[
            "encrypt it (`cistern secrets set NAME`), and set the option that takes a file, such as `hashedPasswordFile`",
            REPLACE,
        ],
        path if path.ends_with(".j2") => &["make it a setting of `type: secret`", REPLACE],
        _ => &[
            "encrypt it (`cistern secrets set NAME`), and give `{ secret: NAME }`, a container its `environment_file`",
            REPLACE,
        ],
    };
    let diagnostic = || {
        let diagnostic = Diagnostic::new(one.code, one.message.clone()).at(one.span, one.label);
        let diagnostic = one.secret.into_iter().fold(diagnostic, Diagnostic::conceal);
        let diagnostic = accepted.into_iter().fold(diagnostic, Diagnostic::allowed);
        help.iter().fold(diagnostic, |diagnostic, line| diagnostic.help(*line))
    };
    if let Some(hosts) = owners.hosts.get(&one.span.file) {
        return told::once(fleet, one.code, hosts.iter().copied(), faults, |_| diagnostic());
    }
    let split = path.split_once('/').and_then(|(section, file)| Some((section, file.strip_suffix(".yaml")?)));
    let section = split.and_then(|(section, name)| Some((*SPLIT.iter().find(|known| **known == section)?, name)));
    faults.push(match (owners.service(one.span), section) {
        (Some(name), _) => diagnostic().about("services", name),
        (None, Some((section, name))) => diagnostic().about(section, name),
        (None, None) => diagnostic(),
    });
}

/// Every text that was read, in one pass each. Facts are full of serial numbers, and written by a program.
fn by_form(evidence: &Evidence<'_>) -> Vec<Found> {
    let files: Vec<_> = evidence.sources.below("").filter(|(_, file)| is_hand_written(file)).collect();
    let found = files.into_par_iter().flat_map_iter(|(id, file)| {
        let tokens = tokens::find(&file.text).into_iter().chain(key_file(file));
        let keys = published::keys(&file.text).into_iter().map(move |(range, whose)| of_key(id, &range, whose));
        tokens.map(move |token| of_token(id, &file.text, &token)).chain(keys)
    });
    found.collect()
}

/// Long random texts in what people write by hand. Records of programs are full of them.
fn by_look(evidence: &Evidence<'_>) -> Vec<Found> {
    let written = |file: &SourceFile| {
        let ends = [".j2", ".nix", ".yaml"].iter().any(|end| file.path.ends_with(end));
        is_hand_written(file) && (ends || assignments::sets(&file.path)) && !is_out_of_git(evidence, file)
    };
    let files: Vec<_> = evidence.sources.below("").filter(|(_, file)| written(file)).collect();
    let found = files.into_par_iter().flat_map_iter(|(id, file)| {
        random::find(&file.text).into_iter().map(move |range| {
            let span = Span::new(id, range.start, range.end);
            Found {
                span,
                secret: Some(span),
                code: codes::RANDOM_TEXT,
                message: "a long random text stands here".to_owned(),
                label: "capitals, small letters and digits without any order",
            }
        })
    });
    found.collect()
}

/// What git is told to ignore stays on this machine.
fn is_out_of_git(evidence: &Evidence<'_>, file: &SourceFile) -> bool {
    evidence.sources.ignored_by_git.contains(&file.path)
}

/// Names in files of environment variables and of Terraform.
fn variables<'e>(evidence: &'e Evidence<'_>) -> impl Iterator<Item = Found> + 'e {
    let files = evidence.sources.below("").filter(|(_, file)| is_hand_written(file) && !is_out_of_git(evidence, file));
    files.flat_map(|(id, file)| {
        let all = assignments::of(&file.path, &file.text).into_iter();
        let secret = all.filter(|one| is_literal_secret(&one.name, &file.text[one.range.clone()]));
        secret.map(move |one| {
            let span = Span::new(id, one.range.start, one.range.end);
            Found {
                span,
                secret: Some(span),
                code: codes::LITERAL_PASSWORD,
                message: format!("the value of `{}` stands here as it is", one.name),
                label: "for everybody to read who has the repository",
            }
        })
    })
}

/// A file that is nothing but 32 bytes in base64, as WireGuard writes its private keys, and its public ones too.
fn key_file(file: &SourceFile) -> Option<Token> {
    let key = file.text.trim();
    let is_key = file.path.ends_with(".key") && !file.path.to_ascii_lowercase().contains("pub");
    let encoded = key.len() == 44
        && key.ends_with('=')
        && key[..43].bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
    (is_key && encoded).then_some(Token {
        what: "a private key",
        private_key: true,
        conceal: true,
        range: 0..key.len(),
    })
}

fn is_hand_written(file: &SourceFile) -> bool {
    !file.path.starts_with(BUILT_IN) && !file.path.starts_with("facts/")
}

/// A public key whose private half everybody has.
fn of_key(file: FileId, range: &std::ops::Range<usize>, whose: &str) -> Found {
    Found {
        span: Span::new(file, range.start, range.end),
        secret: None,
        code: codes::PUBLISHED,
        message: format!("everybody has the private half of this key: {whose}"),
        label: "known by its fingerprint",
    }
}

fn of_token(file: FileId, text: &str, token: &Token) -> Found {
    let span = Span::new(file, token.range.start, token.range.end);
    if let Some(whose) = published::hash(&text[token.range.clone()]) {
        let message = format!("everybody knows the password of this hash: {whose}");
        return Found { span, secret: Some(span), code: codes::PUBLISHED, message, label: "known by its hash" };
    }
    let code = if token.private_key { codes::PRIVATE_KEY } else { codes::KNOWN_SECRET };
    let message = format!("{} stands here", token.what);
    Found { span, secret: token.conceal.then_some(span), code, message, label: "known by its form" }
}

/// Settings of services, such as a container's `environment`.
fn settings(fleet: &Fleet) -> impl Iterator<Item = Found> {
    fleet.services.iter().flat_map(|(name, service)| {
        let mut found = Vec::new();
        let known = fleet.kinds.get(&service.kind).and_then(|kind| kind.front.settings.as_ref());
        for (setting, node) in &service.given {
            let def = known.and_then(|known| known.entries.get(setting.as_str())).map(|def| &def.value);
            let brings = def.is_some_and(|def| def.is_secret() || def.holds_secrets());
            walk(setting, node, &mut |key, node| {
                if !(brings && asks_for_own(node)) {
                    found.push(literal(&format!("`{key}` of service `{name}`"), node));
                }
            });
        }
        found
    })
}

/// Says whether a setting asks for the secret that its kind makes.
fn asks_for_own(node: &Node) -> bool {
    matches!(&node.body, Body::Text(scalar) if &*scalar.text == "generate")
}

/// What the fleet's own kinds give to settings that the definition leaves out.
fn kinds(fleet: &Fleet) -> impl Iterator<Item = Found> {
    fleet.kinds.own().flat_map(|kind| {
        let mut found = Vec::new();
        for (setting, def) in kind.front.settings.iter().flat_map(|settings| &settings.entries) {
            let Some(default) = &def.value.default else { continue };
            let mut push =
                |key: &str, node: &Node| found.push(literal(&format!("`{key}` of kind `{}`", kind.name), node));
            walk(setting.as_str(), &default.0, &mut push);
        }
        found
    })
}

/// Calls back for every text in a value that stands behind the name of a secret.
fn walk(key: &str, node: &Node, tell: &mut dyn FnMut(&str, &Node)) {
    match &node.body {
        Body::Text(scalar) if is_literal_secret(key, &scalar.text) => tell(key, node),
        Body::Text(_) | Body::Null => {}
        Body::List(items) => items.iter().for_each(|item| walk(key, item, tell)),
        // `{secret: NAME}` names a secret and is none.
        Body::Map(entries) if entries.len() == 1 && &*entries[0].key == "secret" => {}
        Body::Map(entries) => entries.iter().for_each(|entry| walk(&entry.key, &entry.value, tell)),
    }
}

fn literal(what: &str, node: &Node) -> Found {
    Found {
        span: node.span,
        secret: Some(node.span),
        code: codes::LITERAL_PASSWORD,
        message: format!("the value of {what} stands here as it is"),
        label: "for everybody to read",
    }
}

/// Names in Nix files. Those that no host uses count as well: they are in the same repository.
fn modules(fleet: &Fleet) -> impl Iterator<Item = Found> {
    fleet.modules.all().flat_map(|module| {
        let secret = module.survey.named.iter().filter(|one| is_literal_secret(&one.name, &one.text));
        secret.map(|one| {
            let span = Span::new(module.file, one.range.start, one.range.end);
            Found {
                span,
                secret: Some(span),
                code: codes::LITERAL_PASSWORD,
                message: format!("the value of `{}` stands here as it is", one.name.escape_debug()),
                label: "for everybody to read, in git and in the Nix store",
            }
        })
    })
}
