//! An audit as a program reads it.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Drift, Stranger, What};
use crate::place::recipients::{Recipient, Whose};

/// A file, as the document has it.
#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    secret: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    needs_rekey: bool,
    findings: Vec<Value>,
}

/// Writes an audit as one JSON value: `[{path, secret, host, needs_rekey, findings: [{what, …}]}]`.
///
/// `what` is `absent`, `broken` (with `why`), `lacks` (with `host`, `person` or `escrow`, and the `key`), `lacks_some`
/// (with their `number`), `extra` (with the same, or the `tag` of an SSH key, or the `key`, or the `number` of those of
/// whom nothing is known), `unknown`, `unnoted`, `overdue` (with `set`, a date, and the `age` in days) or `ageless`.
pub fn document(drifts: &[Drift<'_>]) -> Value {
    let file = |drift: &Drift<'_>| {
        let file = File {
            path: &drift.file.path,
            secret: drift.file.secret.as_str(),
            host: drift.file.host.map(|host| host.as_str()),
            needs_rekey: drift.needs_rekey(),
            findings: drift.what.iter().map(finding).collect(),
        };
        serde_json::to_value(file).expect("text and numbers")
    };
    drifts.iter().map(file).collect()
}

fn finding(what: &What<'_>) -> Value {
    match what {
        What::Absent => json!({ "what": "absent" }),
        What::Broken(why) => json!({ "what": "broken", "why": why }),
        What::Lacks(Recipient { whose, key }) => json!({ "what": "lacks", (kind(*whose)): name(*whose), "key": key }),
        What::LacksSome(number) => json!({ "what": "lacks_some", "number": number }),
        What::Extra(Stranger::Known(whose)) => json!({ "what": "extra", (kind(*whose)): name(*whose) }),
        What::Extra(Stranger::Ssh { algorithm, tag }) => json!({ "what": "extra", "type": algorithm, "tag": tag }),
        What::Extra(Stranger::Native(key)) => json!({ "what": "extra", "key": key }),
        What::Extra(Stranger::Some(number)) => json!({ "what": "extra", "number": number }),
        What::Unknown => json!({ "what": "unknown" }),
        What::Unnoted => json!({ "what": "unnoted" }),
        What::Overdue { set, age } => json!({ "what": "overdue", "set": set, "age": age }),
        What::Ageless => json!({ "what": "ageless" }),
    }
}

fn kind(whose: Whose<'_>) -> &'static str {
    match whose {
        Whose::Host(_) => "host",
        Whose::Person(_) => "person",
        Whose::Escrow(_) => "escrow",
    }
}

fn name(whose: Whose<'_>) -> &str {
    match whose {
        Whose::Host(name) => name.as_str(),
        Whose::Person(name) => name.as_str(),
        Whose::Escrow(name) => name.as_str(),
    }
}
