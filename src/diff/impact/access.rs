//! What may keep deploy-rs, or a person, out of a host.

use serde_json::Value;

use super::{Finding, Look};
use crate::diag::codes;
use crate::diff::meaning::{Attribute, Kind, What, shown};

/// An attribute of a host, and what its change may cut.
struct Way {
    path: &'static [&'static str],
    what: &'static str,
    help: &'static str,
}

const OLD_WAY: &str = "the host has the old one until it is deployed: reach it with";
const BY_HAND: &str = "have another way in (console, a second address), and let deploy-rs roll back by itself: keep --magic-rollback true";

const WAYS: &[Way] = &[
    Way { path: &["address"], what: "address", help: "" },
    Way { path: &["deploy", "hostname"], what: "name for deploy-rs", help: "" },
    Way { path: &["deploy", "port"], what: "port of SSH", help: "" },
    Way { path: &["deploy", "ssh_user"], what: "account of deploy-rs", help: "" },
    Way { path: &["deploy", "jump"], what: "jump host", help: "try `ssh -J` before deploying" },
    Way { path: &["deploy", "sudo"], what: "way to root", help: "try it on the host before deploying" },
    Way { path: &["deploy", "user"], what: "account that activates", help: "only root can activate a system" },
    Way { path: &["machine", "network", "mode"], what: "network mode", help: BY_HAND },
    Way { path: &["machine", "network", "interface"], what: "interface", help: BY_HAND },
    Way { path: &["machine", "network", "mac"], what: "card", help: BY_HAND },
    Way { path: &["machine", "network", "prefix_length"], what: "prefix length", help: BY_HAND },
    Way { path: &["machine", "network", "gateway"], what: "gateway", help: BY_HAND },
];

/// The way to a host changes, or somebody's key goes.
pub(super) fn may_be_cut_off(look: &Look<'_, '_>, found: &mut Vec<Finding>) {
    for change in look.sides.meaning.of(Kind::Host) {
        let host = change.key.name.as_str();
        if let What::Changed(attributes) = &change.what {
            let mut told = |what: String, help: String| {
                found.push(Finding::new(codes::MAY_CUT_OFF, [host], format!("{host}: {what}"), help));
            };
            for attribute in attributes {
                // The name for deploy-rs is the address, unless somebody says otherwise.
                let follows = attribute.path == ["deploy", "hostname"]
                    && attributes.iter().any(|one| one.path == ["address"] && one.new == attribute.new);
                if let Some(way) = WAYS.iter().find(|way| attribute.path == way.path).filter(|_| !follows) {
                    told(changes(way.what, attribute), help(way, attribute));
                }
            }
            for (what, help) in doors(attributes) {
                told(what, help);
            }
        }
    }
}

/// Keys that go, and passwords that are no longer taken.
fn doors(attributes: &[Attribute]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for attribute in attributes {
        let path: Vec<&str> = attribute.path.iter().map(String::as_str).collect();
        let whose = match path.as_slice() {
            ["machine", "root_keys"] => "of administrators".to_owned(),
            ["machine", "accounts", account, "keys"] => format!("of the account {account}"),
            ["machine", "accounts", account] if attribute.new.is_none() => {
                found.push((
                    format!("the account {account} goes"),
                    "whoever logs in or deploys with it needs another one".to_owned(),
                ));
                continue;
            }
            ["machine", "password_auth"] if attribute.new == Some(Value::Bool(false)) => {
                found.push((
                    "passwords are no longer taken".to_owned(),
                    "try a key first: `ssh -o PasswordAuthentication=no`".to_owned(),
                ));
                continue;
            }
            _ => continue,
        };
        let gone =
            items(attribute.old.as_ref()).iter().filter(|key| !items(attribute.new.as_ref()).contains(key)).count();
        if gone > 0 {
            let keys = crate::diag::counted(gone, "key");
            found.push((
                format!("{keys} {whose} {}", if gone == 1 { "goes" } else { "go" }),
                "make sure that the key that you deploy with stays".to_owned(),
            ));
        }
    }
    found
}

fn items(value: Option<&Value>) -> Vec<&Value> {
    value.and_then(Value::as_array).map(|items| items.iter().collect()).unwrap_or_default()
}

fn changes(what: &str, attribute: &Attribute) -> String {
    match (&attribute.old, &attribute.new) {
        (Some(old), Some(new)) => format!("{what} {} → {}", shown(old), shown(new)),
        (None, Some(new)) => format!("{what} {} is new", shown(new)),
        (Some(old), None) => format!("{what} {} goes", shown(old)),
        (None, None) => what.to_owned(),
    }
}

/// How to deploy this once, while the host still is what it was.
fn help(way: &Way, attribute: &Attribute) -> String {
    let old = attribute.old.as_ref().map(shown);
    match (way.path, old) {
        (["address" | "deploy", ..], Some(old)) if way.what == "address" || way.what == "name for deploy-rs" => {
            format!("{OLD_WAY} `deploy … --hostname {old} --magic-rollback false` this once")
        }
        (["deploy", "port"], old) => {
            format!("{OLD_WAY} `deploy … --ssh-opts \"-p {}\"` this once", old.as_deref().unwrap_or("22"))
        }
        (["deploy", "ssh_user"], Some(old)) => {
            format!("the new account is there after this deployment: `deploy … --ssh-user {old}` this once")
        }
        _ if way.help.is_empty() => BY_HAND.to_owned(),
        _ => way.help.to_owned(),
    }
}
