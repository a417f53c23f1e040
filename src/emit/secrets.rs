//! `secrets.nix`: agenix rules, paths relative to the fleet directory.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Context;
use super::header::hash_of;
use super::render::Output;
use crate::place::recipients::secret_files;
use crate::value::{EscrowName, HostName, PersonName, RecipientKey, SshKey};

const TEMPLATE: &str = "secrets.nix.j2";

#[derive(Serialize)]
struct Page<'a> {
    hosts: Vec<Host<'a>>,
    people: Vec<Person<'a>>,
    escrow: Vec<Escrow<'a>>,
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
struct Escrow<'a> {
    name: &'a EscrowName,
    key: &'a RecipientKey,
}

#[derive(Serialize)]
struct Rule<'a> {
    file: String,
    hosts: Vec<&'a HostName>,
    people: Vec<&'a PersonName>,
}

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let entries = context.entries();
    let files = secret_files(entries);
    let rules: Vec<Rule<'_>> =
        files.map(|file| Rule { file: file.path, hosts: file.hosts, people: file.people }).collect();
    let named: BTreeSet<&HostName> = rules.iter().flat_map(|rule| rule.hosts.iter().copied()).collect();
    let hosts = named.into_iter().filter_map(|name| Some(Host { name, key: entries.hosts[name].host_key.as_ref()? }));
    let able: BTreeSet<&PersonName> = rules.iter().flat_map(|rule| rule.people.iter().copied()).collect();
    let people = able.into_iter().map(|name| {
        let person = &entries.people[name];
        let ssh = person.ssh_keys.iter().map(|key| &*key.0);
        Person { name, keys: ssh.chain(person.age_keys.iter().map(|key| &*key.0)).collect() }
    });
    let escrow = entries.escrow.iter().map(|(name, key)| Escrow { name, key }).collect();
    let page = Page { hosts: hosts.collect(), people: people.collect(), escrow, rules };
    let inputs = hash_of(&(&page, context.stamp(TEMPLATE)));
    vec![context.headed("secrets.nix".to_owned(), "secrets", &inputs, || context.nix(TEMPLATE, &page))]
}
