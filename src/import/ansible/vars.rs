//! What a variable of Ansible's says in a definition.

use crate::import::Answers;
use crate::import::confidential::{is_secret, valued_secret};
use crate::import::draft::{Item, Map};
use crate::import::ssh::Ssh;
use crate::import::tree::Tree;
use crate::import::words;
use crate::load::decode::Scalar;
use crate::value::{AccountName, Address, HostAddress, LabelName, Locale, Mac, Port, TimeZone};

use super::inventory::Vars;

/// Variables that become labels without being asked for.
const LABELS: &[&str] = &[
    "datacenter",
    "dc",
    "env",
    "environment",
    "location",
    "owner",
    "purpose",
    "rack",
    "role",
    "room",
    "stage",
    "team",
    "tier",
];

/// Labels that Cistern and Prometheus set themselves.
const RESERVED: &[&str] =
    &["alertname", "host", "instance", "job", "kind", "probe", "region", "service", "severity", "site", "state"];

/// Variables with arguments of ssh, in the order in which Ansible puts them together.
pub(super) const SSH_ARGS: &[&str] = &[
    "ansible_ssh_private_key_file",
    "ansible_private_key_file",
    "ansible_ssh_args",
    "ansible_ssh_common_args",
    "ansible_ssh_extra_args",
];

/// Passwords that Ansible itself logs in or becomes root with.
const LOGINS: &[&str] = &[
    "ansible_become_pass",
    "ansible_become_password",
    "ansible_pass",
    "ansible_password",
    "ansible_ssh_pass",
    "ansible_ssh_password",
    "ansible_su_pass",
    "ansible_sudo_pass",
];

/// Says whether a variable holds a secret of the roles, which is stored under a name of its own.
pub(super) fn is_confidential(name: &str, value: &Tree) -> bool {
    let text = value.text().unwrap_or_default();
    let vault = value.tag.as_deref().is_some_and(|tag| tag.contains("vault"));
    !LOGINS.contains(&name) && (vault || is_secret(name, text) && !is_template(text) && !name.starts_with("ansible_"))
}

/// Says a variable in a layer: `defaults`, a profile, or a host. What is confidential is left for later.
pub(super) fn say(name: &str, value: &Tree, layer: &mut Map, answers: &Answers, is_host: bool) {
    if LOGINS.contains(&name) {
        value.lost("deploy-rs logs in with keys, never with a password", "put your public key onto the machine");
        return;
    }
    if is_confidential(name, value) {
        return;
    }
    if is_idle(name, answers)
        && !(name == "ansible_host" && value.text().is_some_and(|text| Address::read(text).is_ok()))
    {
        let managed = answers.managed.as_deref().unwrap_or_default();
        value.lost(
            format!("it does nothing on a host with `managed: {managed}`"),
            "delete it, or let Cistern manage the hosts",
        );
        return;
    }
    let text = value.text().unwrap_or_default();
    if is_template(text) {
        value.lost("it is a template that Ansible fills in when it runs", "write down the value that comes out");
        return;
    }
    match name {
        "ansible_user" | "ansible_ssh_user" => set(layer.map("deploy"), "ssh_user", value.read::<AccountName>()),
        "ansible_port" | "ansible_ssh_port" => word(layer.map("deploy"), "port", value.read::<Port>()),
        "ansible_become_user" => set(layer.map("deploy"), "user", value.read::<AccountName>()),
        "ansible_become" | "ansible_sudo" => match value.truth() {
            Some(true) => value.carried(),
            Some(false) => value.lost("deploy-rs activates as `deploy.user`, which is root unless it is set", "set `deploy.user` if another account may activate"),
            None => value.lost("it is neither true nor false", ""),
        },
        "ansible_become_method" => match text {
            "sudo" => value.carried(),
            "doas" => {
                layer.map("deploy").set("sudo", "doas -u");
                value.carried();
            }
            _ => value.lost("deploy-rs takes on an account with a command like `sudo -u`", "set `deploy.sudo`"),
        },
        "ansible_connection" => match text {
            "ssh" | "smart" => value.carried(),
            _ => value.lost("deploy-rs connects by ssh", "leave the host out, or make it reachable by ssh"),
        },
        "ansible_host" | "ansible_ssh_host" if is_host => host_address(value, layer),
        "mac" | "mac_address" if is_host => set(layer, "mac", value.read::<Mac>().map(|mac| mac.0)),
        "ansible_host" | "ansible_ssh_host" | "mac" | "mac_address" => {
            value.lost("every host has its own", "give it to each host");
        }
        "time_zone" | "timezone" | "tz" => set(layer, "time_zone", value.read::<TimeZone>()),
        "locale" => set(layer, "locale", value.read::<Locale>()),
        "ansible_group_priority" => value.carried(),
        name if SSH_ARGS.contains(&name) => {}
        name if LABELS.contains(&name) || answers.labels.contains(name) => label(name, value, layer),
        name if name.starts_with("ansible_") => {
            value.lost("it tells Ansible how to work, which deploy-rs does not need", "delete it");
        }
        _ => value.lost("a definition has no variables", "set the NixOS option that the role set with it, in a module of your own, or carry it as a label with `--label`"),
    }
    layer.retain(|pair| !matches!(&pair.item, Item::Map(map) if map.is_empty()));
}

/// Says whether a variable would do nothing, because of how little of the hosts Cistern configures.
pub(super) fn is_idle(name: &str, answers: &Answers) -> bool {
    const OF_THE_MACHINE: &[&str] = &["locale", "mac", "mac_address", "time_zone", "timezone", "tz"];
    const OF_DEPLOYING: &[&str] = &[
        "ansible_become",
        "ansible_become_method",
        "ansible_become_user",
        "ansible_host",
        "ansible_port",
        "ansible_ssh_host",
        "ansible_ssh_port",
        "ansible_ssh_user",
        "ansible_sudo",
        "ansible_user",
    ];
    match answers.managed.as_deref() {
        Some("node") => OF_THE_MACHINE.contains(&name),
        Some("scrape") => OF_THE_MACHINE.contains(&name) || OF_DEPLOYING.contains(&name) || SSH_ARGS.contains(&name),
        _ => false,
    }
}

fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// Says the arguments of ssh in a layer.
pub(super) fn say_ssh(ssh: &Ssh, layer: &mut Map, answers: &Answers) {
    if is_idle(SSH_ARGS[0], answers) {
        return;
    }
    if !ssh.is_empty() {
        ssh.say(layer.map("deploy"));
    }
}

/// The arguments of ssh that variables give together.
pub(super) fn ssh(vars: &Vars) -> Ssh {
    let mut ssh = Ssh::default();
    for name in SSH_ARGS {
        let Some(value) = vars.0.get(*name) else { continue };
        let Some(text) = value
            .text()
            .filter(|text| !is_template(text) && !text.chars().any(char::is_control) && !valued_secret(text))
        else {
            value.lost("it is no plain text", "set `deploy.ssh_opts`");
            continue;
        };
        if name.ends_with("key_file") {
            if text.contains(char::is_whitespace) || text.is_empty() {
                value.lost("an argument with white space does not reach `nix copy`", "rename the file");
            } else {
                ssh.opts.extend(["-i".to_owned(), text.to_owned()]);
                value.carried();
            }
            continue;
        }
        match words::texts(text).and_then(Ssh::read) {
            Some(found) => {
                ssh.then(found);
                value.carried();
            }
            None => value.lost(
                "an argument with white space does not reach `nix copy`, and this is no plain jump",
                "write a `Host` block into ~/.ssh/config",
            ),
        }
    }
    ssh
}

fn host_address(value: &Tree, layer: &mut Map) {
    match value.text().map(Address::read) {
        Some(Ok(address)) => {
            layer.set("address", address.to_string());
            value.carried();
        }
        _ => set(layer.map("deploy"), "hostname", value.read::<HostAddress>()),
    }
}

fn label(name: &str, value: &Tree, layer: &mut Map) {
    if RESERVED.contains(&name) || name.starts_with("__") || LabelName::read(name).is_err() {
        value.lost("Cistern and Prometheus keep that label for themselves", "give it another name");
        return;
    }
    set(layer.map("labels"), name, value.read::<String>());
}

fn set(map: &mut Map, key: &str, value: Option<impl ToString>) {
    if let Some(value) = value {
        map.set(key, value.to_string());
    }
}

fn word(map: &mut Map, key: &str, value: Option<impl ToString>) {
    if let Some(value) = value {
        map.set(key, Item::word(value.to_string()));
    }
}
