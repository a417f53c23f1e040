//! `nodes.nix`: deploy-rs nodes as literals; `profiles.system.path` is added by mkFleet.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Context;
use super::header::hash_of;
use super::render::Output;
use crate::place::plan::{DeployEntry, HostEntry};
use crate::value::{AccountName, HostAddress, HostName, Lifecycle, Managed, SudoCommand, Tag};

const TEMPLATE: &str = "nodes.nix.j2";

/// A dead link would hang a deployment for ever without these.
const KEEPALIVE: &[&str] = &["ServerAliveInterval=5", "ServerAliveCountMax=3", "ConnectTimeout=10"];

#[derive(Serialize)]
struct Row<'a> {
    name: &'a HostName,
    value: Node<'a>,
}

/// A node, with the names that deploy-rs gives its attributes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Node<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    activation_timeout: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm_timeout: Option<u16>,
    groups: &'a BTreeSet<Tag>,
    hostname: &'a HostAddress,
    profiles: BTreeMap<&'static str, Profile<'a>>,
    profiles_order: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    remote_build: Option<bool>,
    ssh_opts: Vec<String>,
    ssh_user: &'a AccountName,
    #[serde(skip_serializing_if = "Option::is_none")]
    sudo: Option<&'a SudoCommand>,
}

#[derive(Serialize)]
struct Profile<'a> {
    user: &'a AccountName,
}

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let reached = |entry: &HostEntry| entry.managed != Managed::Scrape && entry.lifecycle != Lifecycle::Inactive;
    let hosts = context.entries().hosts.iter().filter(|(_, entry)| reached(entry));
    let rows: Vec<_> = hosts.map(|(name, entry)| Row { name, value: node(entry) }).collect();
    let inputs = hash_of(&(&rows, context.stamp(TEMPLATE)));
    vec![context.headed("nodes.nix".to_owned(), "hosts", &inputs, || context.nix_rows(TEMPLATE, "nodes", &rows))]
}

fn node(entry: &HostEntry) -> Node<'_> {
    let deploy = &entry.deploy;
    Node {
        activation_timeout: deploy.activation_timeout,
        confirm_timeout: deploy.confirm_timeout,
        groups: &entry.tags,
        hostname: &deploy.hostname,
        profiles: BTreeMap::from([("system", Profile { user: &deploy.user })]),
        profiles_order: ["system"],
        remote_build: deploy.remote_build,
        ssh_opts: ssh_opts(deploy),
        ssh_user: &deploy.ssh_user,
        sudo: deploy.sudo.as_ref(),
    }
}

fn ssh_opts(deploy: &DeployEntry) -> Vec<String> {
    let mut opts: Vec<String> = KEEPALIVE.iter().flat_map(|option| ["-o".to_owned(), (*option).to_owned()]).collect();
    if let Some(jump) = &deploy.jump {
        opts.extend(["-J".to_owned(), jump.to_string()]);
    }
    if let Some(port) = deploy.port {
        opts.extend(["-p".to_owned(), port.to_string()]);
    }
    opts.extend(deploy.ssh_opts.iter().map(ToString::to_string));
    opts
}
