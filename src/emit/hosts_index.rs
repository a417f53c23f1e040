//! `hosts.nix`: every host with a configuration of Cistern's, for mkFleet.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Context;
use super::header::hash_of;
use super::render::Output;
use crate::nix::RelativePath;
use crate::value::{HostName, System, Tag};

const TEMPLATE: &str = "hosts.nix.j2";

#[derive(Serialize)]
struct Row<'a> {
    name: &'a HostName,
    system: Option<System>,
    module: RelativePath,
    tags: &'a BTreeSet<Tag>,
}

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let hosts = context.entries().hosts.iter().filter(|(_, entry)| entry.machine.is_some());
    let rows: Vec<_> = hosts
        .map(|(name, entry)| Row {
            name,
            system: entry.system,
            module: RelativePath::new(&format!("hosts/{name}.nix")).expect("a plain path"),
            tags: &entry.tags,
        })
        .collect();
    let inputs = hash_of(&(&rows, context.stamp(TEMPLATE)));
    vec![context.headed("hosts.nix".to_owned(), "hosts", &inputs, || context.nix_rows(TEMPLATE, "hosts", &rows))]
}
