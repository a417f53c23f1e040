//! A whole fleet with a service of one kind: what lints and tests compile.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::example::{Example, Given, map};
use crate::edit::{self, Value};
use crate::kind::{Kind, Kinds};
use crate::value::System;

/// What precedes the number of a public key of ssh-ed25519.
const KEY_HEAD: &[u8] = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20";

/// The bytes of such a number.
const KEY_LENGTH: usize = 32;

/// The definition of a fleet that has the example of a kind and whatever that needs.
pub fn scratch(kind: &Kind, kinds: &Kinds) -> String {
    fleet(kind, kinds, Given::Required)
}

/// The same with other settings.
pub(super) fn fleet(kind: &Kind, kinds: &Kinds, given: Given) -> String {
    let main = Example::giving(given, kind, kinds);
    let mut host_names: Vec<String> = main.host_names().map(str::to_owned).collect();
    let mut sections = Value::Map(main.sections.clone());
    for (at, needed) in main.needs.iter().filter_map(|name| kinds.get(name)).enumerate() {
        let example = Example::new(needed, kinds);
        // Each on hosts of its own, so that no two ports meet.
        let own: Vec<String> = (0..example.hosts).map(|number| format!("needed-{at}-{number}")).collect();
        let placed: Vec<_> = example.host_names().zip(&own).collect();
        sections.lay(moved(Value::Map(example.sections.clone()), &placed));
        host_names.extend(own);
    }
    let system = kind.front.systems.iter().flatten().next().map_or(System::X86_64, |at| at.value);
    let hosts = host_names.iter().enumerate().map(|(at, name)| (name.clone(), host(at, system))).collect();
    let mut whole = head();
    whole.lay(map([("hosts", Value::Map(hosts))]));
    whole.lay(sections);
    match whole {
        Value::Map(sections) => edit::text(&sections),
        _ => unreachable!("it was made as a map"),
    }
}

fn head() -> Value {
    let text = |text: &str| Value::Text(text.to_owned());
    let root = map([("device", text("/dev/disk/by-label/nixos")), ("fs_type", text("ext4"))]);
    let ana = map([("role", text("admin")), ("keys", Value::List(vec![Value::Text(key(250))]))]);
    map([
        ("version", Value::Plain("1".to_owned())),
        ("fleet", map([("name", text("scratch")), ("domain", text("example.org"))])),
        ("defaults", map([("hardware", text("vm")), ("filesystems", map([("/", root)]))])),
        ("access", map([("people", map([("ana", ana)]))])),
    ])
}

fn host(at: usize, system: System) -> Value {
    map([
        ("address", Value::Text(format!("192.168.1.{}", 50 + at))),
        ("system", Value::Text(system.to_string())),
        ("state_version", Value::Text("25.11".to_owned())),
        ("host_key", Value::Text(key(at))),
    ])
}

/// A public key of which nobody has the other half.
fn key(at: usize) -> String {
    let number = u8::try_from(at % 251).expect("below 251");
    let bytes = [KEY_HEAD, &[number + 1; KEY_LENGTH]].concat();
    format!("ssh-ed25519 {}", STANDARD.encode(bytes))
}

/// The same value with other names of hosts.
fn moved(value: Value, names: &[(&str, &String)]) -> Value {
    match value {
        Value::Text(text) => {
            let new = names.iter().find(|(old, _)| *old == text).map(|(_, new)| (*new).clone());
            Value::Text(new.unwrap_or(text))
        }
        Value::List(items) => Value::List(items.into_iter().map(|item| moved(item, names)).collect()),
        Value::Map(members) => Value::Map(members.into_iter().map(|(key, value)| (key, moved(value, names))).collect()),
        plain @ Value::Plain(_) => plain,
    }
}
