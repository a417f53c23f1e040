//! The encrypted values of a fleet as a table, and as JSON.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::diag::counted;
use crate::place::Entries;
use crate::place::recipients::{SecretFile, Whose, files_of};
use crate::prove::Plan;
use crate::source::Sources;
use crate::value::SecretName;
use crate::why::aligned;

/// Writes a line for every secret: its files, who reads it, and how many keys open it.
pub fn table(plan: &Plan, sources: &Sources) -> String {
    let entries = plan.entries();
    let mut rows = vec![["SECRET", "FILES", "READ BY", "KEYS"].map(str::to_owned).to_vec()];
    for name in entries.secrets.keys() {
        let files = files_of(entries, name);
        let there = files.iter().filter(|file| sources.paths.contains(&file.path)).count();
        let files_told = match (there, files.len()) {
            (0, _) => "none yet".to_owned(),
            (there, all) if there == all => counted(all, "file"),
            (there, all) => format!("{there} of {}", counted(all, "file")),
        };
        rows.push(vec![name.to_string(), files_told, readers(entries, name), keys(entries, &files).to_string()]);
    }
    aligned(&rows, "")
}

/// Writes every secret as one JSON document: `{version, secrets: [{name, files: [{path, exists, recipients}]}]}`.
///
/// `version` is 1; a recipient is `{host | person | escrow, key}`.
pub fn json(plan: &Plan, sources: &Sources) -> String {
    let entries = plan.entries();
    let recipient = |file: &SecretFile<'_>| -> Vec<Value> {
        let one = |recipient: &crate::place::recipients::Recipient<'_>| match recipient.whose {
            Whose::Host(name) => json!({ "host": name, "key": recipient.key }),
            Whose::Person(name) => json!({ "person": name, "key": recipient.key }),
            Whose::Escrow(name) => json!({ "escrow": name, "key": recipient.key }),
        };
        file.recipients(entries).iter().map(one).collect()
    };
    let secret = |name: &SecretName| {
        let files: Vec<_> = files_of(entries, name)
            .iter()
            .map(|file| {
                let exists = sources.paths.contains(&file.path);
                json!({ "path": file.path, "exists": exists, "recipients": recipient(file) })
            })
            .collect();
        json!({ "name": name, "files": files })
    };
    let document = json!({ "version": 1, "secrets": entries.secrets.keys().map(secret).collect::<Vec<_>>() });
    serde_json::to_string_pretty(&document).expect("names, paths and keys")
}

/// Who reads it: the units of its hosts, or the hosts themselves.
fn readers(entries: &Entries, name: &SecretName) -> String {
    let hosts: Vec<&str> = entries.secrets[name].hosts.iter().map(|host| host.as_str()).collect();
    match hosts.as_slice() {
        few if few.len() <= 3 => few.join(" "),
        [first, second, ..] => format!("{first} {second} and {} more", hosts.len() - 2),
        _ => String::new(),
    }
}

fn keys(entries: &Entries, files: &[SecretFile<'_>]) -> usize {
    files.iter().flat_map(|file| file.recipients(entries)).map(|one| one.key).collect::<BTreeSet<_>>().len()
}
