//! Rules about how deploy-rs reaches hosts: what could never succeed, and what says a thing twice.

use std::collections::BTreeMap;

use super::told;
use crate::diag::{Code, Diagnostic, Faults, codes};
use crate::load::decode::At;
use crate::model::definition::DeployDef;
use crate::model::{Fleet, Host};
use crate::source::Span;
use crate::value::{HostName, Managed, SshOption};

/// Options of ssh that have a key of their own: the letter, the word after `-o`, and the key.
const OWN_KEYS: &[(&str, &str, &str)] =
    &[("-J", "proxyjump", "jump"), ("-l", "user", "ssh_user"), ("-p", "port", "port"), ("", "proxycommand", "jump")];

/// What a finding says, in the order in which findings are told.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    span: Span,
    code: &'static str,
    says: String,
    label: String,
    help: String,
}

/// Every host can be deployed by what its layers say.
pub(super) fn can_succeed(fleet: &Fleet, faults: &mut Faults) {
    let mut found: BTreeMap<Found, Vec<&HostName>> = BTreeMap::new();
    for host in fleet.hosts.values().filter(|host| host.managed != Managed::Scrape && !host.poisoned) {
        let Some(deploy) = host.layer.deploy.as_ref().filter(|deploy| !deploy.poisoned) else { continue };
        let mut push = |one: Found| found.entry(one).or_default().push(&host.name);
        timeouts(deploy).into_iter().for_each(&mut push);
        sudo(deploy).into_iter().for_each(&mut push);
        deploy.ssh_opts.iter().flat_map(|opts| ssh_opts(opts)).for_each(&mut push);
        jump(fleet, host, deploy).into_iter().for_each(&mut push);
        account(deploy).into_iter().for_each(&mut push);
    }
    for (one, hosts) in found {
        let code = codes::find(one.code).expect("it is one of the table");
        told::once(fleet, code, hosts, faults, |among| {
            Diagnostic::new(code, format!("{among} {}", one.says)).at(one.span, &one.label).help(&one.help)
        });
    }
}

fn found(code: &'static Code, span: Span, says: String, label: &str, help: String) -> Found {
    Found { span, code: code.id, says, label: label.to_owned(), help }
}

fn timeouts(deploy: &DeployDef) -> Vec<Found> {
    let given = [
        ("confirm_timeout", deploy.confirm_timeout, "no confirmation could come in time", 30),
        ("activation_timeout", deploy.activation_timeout, "no activation is that fast", 240),
    ];
    let zero =
        given.into_iter().filter_map(|(key, at, why, usual)| Some((key, at.filter(|at| at.value == 0)?, why, usual)));
    zero.map(|(key, at, why, usual)| {
        let says = format!("would be rolled back at every deployment: `{key}` is 0");
        found(codes::BAD_TIMEOUT, at.span, says, why, format!("leave it out for {usual} seconds, or give more"))
    })
    .collect()
}

/// deploy-rs appends the account and the command.
fn sudo(deploy: &DeployDef) -> Option<Found> {
    let sudo = deploy.sudo.as_ref()?;
    let words: Vec<&str> = sudo.value.as_str().split_whitespace().collect();
    let takes = words.last().is_some_and(|last| matches!(*last, "-u" | "--user") || is_bundle(last));
    let program = words.first().copied().unwrap_or("sudo");
    let flag = if program.ends_with("run0") { "--user" } else { "-u" };
    (!takes).then(|| {
        let says = format!("would be activated with `{} root …`", sudo.value);
        let help = format!("end it with the option that takes the account: `{} {flag}`", sudo.value);
        found(codes::BAD_SUDO, sudo.span, says, "the account is put behind this", help)
    })
}

/// `-Hu`: several options in one word, the last of which takes the account.
fn is_bundle(word: &str) -> bool {
    word.strip_prefix('-')
        .is_some_and(|letters| letters.ends_with('u') && letters.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// Arguments that set what has a key. deploy-rs passes them one by one and Nix splits them, so words are what counts.
fn ssh_opts(opts: &[At<SshOption>]) -> Vec<Found> {
    let words: Vec<(Span, &str)> =
        opts.iter().flat_map(|at| at.value.as_str().split_whitespace().map(|word| (at.span, word))).collect();
    let mut all = Vec::new();
    let mut after_o = false;
    for (span, word) in words {
        let option = match word.strip_prefix("-o") {
            Some(rest) if !after_o => rest,
            _ if after_o => word,
            _ => "",
        };
        after_o = word == "-o" && !after_o;
        let name = option.split('=').next().unwrap_or_default().to_ascii_lowercase();
        let own = OWN_KEYS.iter().find(|(letter, long, _)| {
            name == *long || option.is_empty() && !letter.is_empty() && word.starts_with(letter)
        });
        if let Some((_, _, key)) = own {
            let says = format!("would be reached with an argument of ssh that `deploy.{key}` is for");
            let help = format!("set `deploy: {{ {key}: … }}` instead: Cistern then knows it as well");
            all.push(found(codes::SSH_OPTS, span, says, &format!("`{key}` says this"), help));
        }
    }
    all
}

/// A jump host that is the host itself.
fn jump(fleet: &Fleet, host: &Host, deploy: &DeployDef) -> Option<Found> {
    let jump = deploy.jump.as_ref()?;
    let last = jump.value.as_str().rsplit(',').next().unwrap_or_default();
    let target = last.rsplit('@').next().unwrap_or_default();
    // `host:port`; an address of IPv6 stands in brackets.
    let (name, port) = match (target.strip_prefix('['), target.rsplit_once(':')) {
        (Some(rest), _) => rest.split_once(']').map_or((rest, ""), |(name, port)| (name, port.trim_start_matches(':'))),
        (None, Some((name, port))) if !name.contains(':') => (name, port),
        _ => (target, ""),
    };
    // Another port of the same address is another machine behind a router.
    let own_port = deploy.port.map_or("22".to_owned(), |port| port.value.to_string());
    if !port.is_empty() && port != own_port {
        return None;
    }
    let address = host.address.map(|address| address.value.to_string()).unwrap_or_default();
    let domain = fleet.domain.as_ref().map(|domain| format!("{}.{domain}", host.name)).unwrap_or_default();
    let reached = deploy.hostname.as_ref().map(|name| name.value.to_string()).unwrap_or_else(|| address.clone());
    let own = [host.name.as_str(), &domain, &address, &reached].iter().any(|own| !own.is_empty() && *own == name);
    own.then(|| {
        let says = format!("would be reached through itself, `{}`", jump.value);
        let help = "set `jump` on the hosts behind it only, by a site or a group of theirs".to_owned();
        found(codes::JUMPS_TO_ITSELF, jump.span, says, "this is the host itself", help)
    })
}

/// A NixOS is activated by root.
fn account(deploy: &DeployDef) -> Option<Found> {
    let user = deploy.user.as_ref().filter(|user| user.value.as_str() != "root")?;
    let says = format!("would be activated by `{}`, who is not root", user.value);
    let help = format!("write `deploy: {{ ssh_user: {}, user: root }}`", user.value);
    Some(found(codes::NOT_ROOT, user.span, says, "cannot change the system", help))
}
