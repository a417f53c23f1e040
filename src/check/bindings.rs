//! Rules about how secrets reach those who read them: owner, group, mode, place, and files that belong to none.

use std::collections::{BTreeMap, BTreeSet};

use super::accounts::Accounts;
use super::evidence::Evidence;
use super::leases;
use super::secrets::{file, host_key, readers};
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::At;
use crate::model::{Fleet, Service};
use crate::value::{AccountName, HostName, Managed, SecretName, ServiceName};

/// Directories of the kernel's and of Nix', below which nothing can be put.
const FOREIGN: &[&str] = &["/dev", "/nix", "/proc", "/run/agenix.d", "/sys"];

/// Directories that must stay directories.
const DIRECTORIES: &[&str] = &[
    "/",
    "/bin",
    "/boot",
    "/etc",
    "/etc/nixos",
    "/etc/ssh",
    "/home",
    "/mnt",
    "/opt",
    "/root",
    "/run",
    "/run/agenix",
    "/srv",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/var",
    "/var/lib",
    "/var/log",
];

/// The owner and the group of a secret exist on every host that reads it.
pub(super) fn accounts_exist(fleet: &Fleet, evidence: &Evidence<'_>, faults: &mut Faults) {
    let mut running: BTreeMap<&HostName, Vec<(&ServiceName, &Service)>> = BTreeMap::new();
    let chosen = |at: &Option<At<AccountName>>| at.as_ref().is_some_and(|at| at.value.as_str() != "root");
    let asked: Vec<_> =
        fleet.secrets.iter().filter(|(_, s)| !s.poisoned && (chosen(&s.owner) || chosen(&s.group))).collect();
    if asked.is_empty() {
        return;
    }
    for (name, service) in &fleet.services {
        for host in service.places() {
            running.entry(host).or_default().push((name, service));
        }
    }
    let mut known: BTreeMap<HostName, Accounts> = BTreeMap::new();
    for (name, secret) in asked {
        let hosts: Vec<_> = readers(fleet, secret)
            .into_iter()
            .filter(|host| fleet.hosts.get(host).is_some_and(|host| host.managed == Managed::Full && !host.poisoned))
            .collect();
        for host in &hosts {
            known.entry(host.clone()).or_insert_with(|| {
                let services = running.get(host).map_or(&[] as &[_], Vec::as_slice);
                Accounts::of(&fleet.hosts[host], services, fleet, evidence)
            });
        }
        type Lacks = fn(&Accounts, &str) -> bool;
        let parts: [(&str, _, Lacks); 2] =
            [("account", &secret.owner, Accounts::lacks_user), ("group", &secret.group, Accounts::lacks_group)];
        for (what, at, lacks) in parts {
            let Some(at) = at else { continue };
            let without: Vec<_> = hosts.iter().filter(|host| lacks(&known[*host], at.value.as_str())).collect();
            if let Some(first) = without.first() {
                faults.push(unknown(name, what, at, first, without.len(), &known[*first]));
            }
        }
    }
}

fn unknown(
    secret: &SecretName,
    what: &str,
    at: &At<AccountName>,
    host: &HostName,
    hosts: usize,
    known: &Accounts,
) -> Diagnostic {
    let place = match hosts {
        1 => format!("on host `{host}`"),
        many => format!("on {many} hosts, `{host}` among them"),
    };
    let diagnostic = Diagnostic::new(codes::UNKNOWN_ACCOUNT, format!("there is no {what} `{}` {place}", at.value))
        .at(at.span, format!("agenix could not give `{secret}` to it"))
        .about("secrets", secret)
        .about("hosts", host);
    let diagnostic = match what {
        "group" => diagnostic.nearest(at.value.as_str(), known.groups()),
        _ => diagnostic.nearest(at.value.as_str(), known.users()),
    };
    match diagnostic.suggestion {
        Some(_) => diagnostic,
        None => diagnostic
            .help(format!("a module can make it: `users.{what}s.{} = …`", at.value).replace("accounts", "users")),
    }
}

/// Nobody but the owner and the group reads a secret.
pub(super) fn modes_are_closed(fleet: &Fleet, faults: &mut Faults) {
    for (name, secret) in &fleet.secrets {
        let Some(mode) = secret.mode.as_ref().filter(|mode| !mode.value.as_str().ends_with('0')) else { continue };
        let closed = format!("{}0", &mode.value.as_str()[..mode.value.as_str().len() - 1]);
        faults.push(
            Diagnostic::new(codes::SECRET_MODE, format!("every account of a host could open the secret `{name}`"))
                .at(mode.span, "the last digit is for everybody")
                .help(format!("write `mode: \"{closed}\"`, and give those who read it a `group`"))
                .about("secrets", name),
        );
    }
}

/// The path of a secret can be a file.
pub(super) fn places_are_free(fleet: &Fleet, faults: &mut Faults) {
    for (name, secret) in &fleet.secrets {
        let Some(span) = secret.own_path else { continue };
        let path = secret.path.as_str();
        let foreign =
            FOREIGN.iter().find(|top| path.strip_prefix(**top).is_some_and(|r| r.is_empty() || r.starts_with('/')));
        let why = match foreign {
            Some(&"/nix") => "the store is read-only, and everybody reads it",
            Some(&"/run/agenix.d") => "agenix keeps its generations there",
            Some(_) => "that is the kernel's",
            None if DIRECTORIES.contains(&path) => "this is a directory, and must stay one",
            None => continue,
        };
        faults.push(
            Diagnostic::new(codes::SECRET_PLACE, format!("the secret `{name}` cannot be decrypted to {path}"))
                .at(span, why)
                .help(format!("leave `path` out: it is then /run/agenix/{name}"))
                .about("secrets", name),
        );
    }
}

/// Somebody reads every secret that somebody should read.
pub(super) fn somebody_reads(fleet: &Fleet, faults: &mut Faults) {
    if fleet.hosts_are_uncertain {
        return;
    }
    for (name, secret) in fleet.secrets.iter().filter(|(_, secret)| !secret.poisoned) {
        let idle = |service: &ServiceName| fleet.services.get(service).is_some_and(|s| s.runs_nowhere && !s.poisoned);
        let by_services = !secret.services.is_empty() && secret.hosts.is_empty() && secret.services.iter().all(idle);
        let by_hosts = secret.only_scraped && secret.services.is_empty();
        if !by_services && !by_hosts {
            continue;
        }
        let why = match by_hosts {
            true => "its hosts are `managed: scrape` and read nothing",
            false => "its services run nowhere",
        };
        faults.push(
            Diagnostic::new(codes::READ_NOWHERE, format!("no host reads the secret `{name}`"))
                .at(secret.span, why)
                .help("correct `hosts` or `services`, or remove the secret and its file")
                .about("secrets", name),
        );
    }
}

/// Every encrypted file is a secret's.
pub(super) fn files_belong(fleet: &Fleet, evidence: &Evidence<'_>, faults: &mut Faults) {
    if fleet.secrets_are_uncertain || leases::any_is_refused(fleet) {
        return;
    }
    let mut expected: BTreeSet<String> = fleet.hosts.keys().map(|host| file(&host_key(host), None)).collect();
    for (name, secret) in &fleet.secrets {
        match secret.per_host {
            true => expected.extend(readers(fleet, secret).iter().map(|host| file(name, Some(host)))),
            false => {
                expected.insert(file(name, None));
            }
        }
    }
    let below = evidence.sources.paths.range("secrets/".to_owned()..).take_while(|path| path.starts_with("secrets/"));
    let orphans: Vec<_> = below.filter(|path| path.ends_with(".age") && !expected.contains(*path)).collect();
    if orphans.is_empty() {
        return;
    }
    let mentioned = mentioned(evidence);
    for path in orphans {
        let name = path.rsplit('/').next().unwrap_or(path);
        if mentioned.contains(name) {
            continue;
        }
        let stem = name.trim_end_matches(".age");
        let known = fleet.secrets.keys().map(SecretName::as_str);
        let diagnostic =
            Diagnostic::new(codes::ORPHAN_SECRET, format!("`{path}` belongs to no secret")).file(path.clone());
        faults.push(
            match (fleet.secrets.keys().find(|secret| secret.as_str() == stem), crate::diag::nearest(stem, known)) {
                (Some(secret), _) if fleet.secrets[secret].per_host => {
                    let diagnostic = diagnostic.about("secrets", secret);
                    diagnostic.help(format!(
                        "`{secret}` is `per_host`, and no host of that directory reads it: remove the file"
                    ))
                }
                (Some(secret), _) => {
                    let diagnostic = diagnostic.about("secrets", secret);
                    diagnostic.help(format!(
                        "`{secret}` is read from {}; remove this, or set `per_host: true`",
                        file(secret, None)
                    ))
                }
                (None, Some(near)) => {
                    diagnostic.help(format!("is it the file of `{near}`? Then rename it; else remove it"))
                }
                (None, None) => {
                    diagnostic.help(format!("remove it, or define it: `secrets: {{ {stem}: {{ services: [NAME] }} }}`"))
                }
            },
        );
    }
}

/// The names of encrypted files that Nix files of the fleet mention.
fn mentioned<'e>(evidence: &'e Evidence<'_>) -> BTreeSet<&'e str> {
    let modules = evidence.sources.below("").filter(|(_, file)| file.path.ends_with(".nix"));
    let mut names = BTreeSet::new();
    for (_, file) in modules {
        for (at, end) in file.text.match_indices(".age") {
            let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
            let start = file.text[..at].trim_end_matches(letter).len();
            names.insert(&file.text[start..at + end.len()]);
        }
    }
    names
}
