//! `secrets.nix`: agenix rules, paths relative to the fleet directory.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Context;
use super::header::hash_of;
use super::render::Output;
use crate::check::secrets::file;
use crate::value::{HostName, PersonName, SecretName, SshKey};

const TEMPLATE: &str = "secrets.nix.j2";

#[derive(Serialize)]
struct Page<'a> {
    hosts: Vec<Host<'a>>,
    people: Vec<Person<'a>>,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
struct Host<'a> {
    name: &'a HostName,
    key: &'a SshKey,
}

#[derive(Serialize)]
struct Person<'a> {
    name: &'a PersonName,
    keys: Vec<&'a str>,
}

#[derive(Serialize)]
struct Rule<'a> {
    file: String,
    hosts: Vec<&'a HostName>,
    people: Vec<&'a PersonName>,
}

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let entries = context.entries();
    let rules: Vec<Rule<'_>> = entries.secrets.keys().flat_map(|name| rules(context, name)).collect();
    let named: BTreeSet<&HostName> = rules.iter().flat_map(|rule| rule.hosts.iter().copied()).collect();
    let hosts = named.into_iter().filter_map(|name| Some(Host { name, key: entries.hosts[name].host_key.as_ref()? }));
    let able: BTreeSet<&PersonName> = rules.iter().flat_map(|rule| rule.people.iter().copied()).collect();
    let people = able.into_iter().map(|name| {
        let person = &entries.people[name];
        let ssh = person.ssh_keys.iter().map(|key| &*key.0);
        Person { name, keys: ssh.chain(person.age_keys.iter().map(|key| &*key.0)).collect() }
    });
    let page = Page { hosts: hosts.collect(), people: people.collect(), rules };
    let inputs = hash_of(&(&page, context.stamp(TEMPLATE)));
    vec![context.headed("secrets.nix".to_owned(), "secrets", &inputs, || context.nix(TEMPLATE, &page))]
}

/// One rule, or one per host where each has a value of its own.
fn rules<'a>(context: &Context<'a>, name: &'a SecretName) -> Vec<Rule<'a>> {
    let entries = context.entries();
    let secret = &entries.secrets[name];
    if !secret.per_host {
        let (hosts, people) = (secret.hosts.iter().collect(), secret.people.iter().collect());
        return vec![Rule { file: file(name, None), hosts, people }];
    }
    let rule = |host: &'a HostName| Rule {
        file: file(name, Some(host)),
        hosts: vec![host],
        people: secret.people.iter().filter(|person| entries.people[*person].hosts.contains(host)).collect(),
    };
    secret.hosts.iter().map(rule).collect()
}
