//! Holds evaluated hosts against the plan.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::fleet::{Plan, text_of, texts_of};

/// The port of Prometheus.
const PROMETHEUS: u64 = 9090;

/// Lists what is not as the plan says; `found` comes from `selected.nix`.
pub(crate) fn compare(plan: &Plan, found: &Json, jobs: &Json, by_hand: &[(&str, u64)]) -> Vec<String> {
    let mut faults = Faults(Vec::new());
    for (name, host, machine) in plan.machines() {
        let found = &found[name];
        let mut here = |what: &str, found: &Json, planned: &Json| faults.same(name, what, found, planned);
        here("hostName", &found["hostName"], &json!(name));
        here("domain", &found["domain"], &plan.header["domain"]);
        here("platform", &found["platform"], &host["system"]);
        here("stateVersion", &found["stateVersion"], &machine["state_version"]);
        here("timeZone", &found["timeZone"], &machine["time_zone"]);
        here("locale", &found["locale"], &machine["locale"]);
        here("passwordAuth", &found["passwordAuth"], &machine["password_auth"]);
        network(name, host, machine, found, &mut faults);
        firewall(plan, name, host, found, by_hand, &mut faults);
        file_systems(name, machine, found, &mut faults);
        accounts(name, machine, found, &mut faults);
        known_hosts(plan, name, machine, found, &mut faults);
        secrets(name, machine, found, &mut faults);
        monitoring(plan, name, found, jobs, &mut faults);
    }
    for (name, secret) in &plan.secrets {
        let nodes = texts_of(&secret["hosts"]).into_iter().filter(|host| plan.hosts[host]["managed"] == "node");
        for host in nodes {
            let there = &found[&host]["secrets"][name.as_str()]["file"];
            faults.check(&host, there.is_string(), format!("the hand-written host does not read {name}"));
        }
    }
    faults.0
}

struct Faults(Vec<String>);

impl Faults {
    fn check(&mut self, host: &str, holds: bool, otherwise: String) {
        if !holds {
            self.0.push(format!("{host}: {otherwise}"));
        }
    }

    fn same(&mut self, host: &str, what: &str, found: &Json, planned: &Json) {
        self.check(host, found == planned, format!("{what} is {found}, and {planned} in the plan"));
    }
}

fn network(name: &str, host: &Json, machine: &Json, found: &Json, faults: &mut Faults) {
    let network = &machine["network"];
    let interface = network["interface"].as_str().unwrap_or_default();
    match network["mode"].as_str() {
        Some("static") => {
            let address = format!("{}/{}", text_of(&host["address"]), network["prefix_length"]);
            let here = &found["interfaces"][interface];
            faults.same(name, "the address", &here["addresses"], &json!([address]));
            // A hardware report suggests DHCP for the machine and for every interface.
            faults.same(name, "DHCP on its interface", &here["useDHCP"], &json!(false));
            faults.same(name, "DHCP", &found["useDHCP"], &json!(false));
            let reported = !machine["facts"].is_null();
            faults.same(name, "what the report says of DHCP", &found["reportedDHCP"], &json!(reported));
            let gateway = if text_of(&host["address"]).contains(':') { "defaultGateway6" } else { "defaultGateway" };
            faults.same(name, gateway, &found[gateway]["address"], &network["gateway"]);
            faults.same(name, "nameservers", &found["nameservers"], &network["dns"]);
        }
        Some("dhcp") => faults.same(name, "DHCP", &found["useDHCP"], &json!(true)),
        mode => assert_eq!(mode, Some("manual")),
    }
    if !network["mac"].is_null() {
        let link = &found["links"][format!("10-{interface}")];
        faults.same(name, "the link's MAC", &link["mac"], &network["mac"]);
        faults.same(name, "the link's name", &link["name"], &network["interface"]);
    }
}

/// Every port that a service opens is open, and no other than those that it lists, the SSH server's and the user's own.
fn firewall(plan: &Plan, name: &str, host: &Json, found: &Json, by_hand: &[(&str, u64)], faults: &mut Faults) {
    let ssh = match (&host["deploy"]["port"], &host["deploy"]["own_port"]) {
        (Json::Number(port), Json::Bool(true)) => port.as_u64().expect("a port"),
        _ => 22,
    };
    faults.same(name, "the SSH server's port", &found["sshPorts"], &json!([ssh]));
    let mut listed: BTreeSet<u64> = by_hand.iter().filter(|(host, _)| *host == name).map(|(_, port)| *port).collect();
    listed.insert(ssh);
    let mut open: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::from([("tcp", [ssh].into()), ("udp", [].into())]);
    for (service, instance) in plan.instances.get(name).into_iter().flatten() {
        for (port, listener) in plan.services[service]["ports"].as_object().expect("a map of listeners") {
            let number = instance["ports"].get(port).unwrap_or(&listener["number"]).as_u64().expect("a port");
            listed.insert(number);
            if listener["open"] == true {
                let protocols = match listener["protocol"].as_str().expect("a protocol") {
                    "both" => vec!["tcp", "udp"],
                    protocol => vec![protocol],
                };
                for protocol in protocols {
                    open.get_mut(protocol).expect("tcp or udp").insert(number);
                }
            }
        }
    }
    for (protocol, wanted) in open {
        let ports = found[protocol].as_array().expect("a list of ports");
        let ports: BTreeSet<u64> = ports.iter().map(|port| port.as_u64().expect("a port")).collect();
        let closed: Vec<_> = wanted.difference(&ports).collect();
        faults.check(name, closed.is_empty(), format!("{protocol} ports {closed:?} should be open"));
        let strange: Vec<_> = ports.difference(&listed).collect();
        faults.check(name, strange.is_empty(), format!("{protocol} ports {strange:?} are open, and nobody lists them"));
    }
}

fn file_systems(name: &str, machine: &Json, found: &Json, faults: &mut Faults) {
    for (place, mount) in machine["filesystems"].as_object().expect("a map of mounts") {
        let there = &found["fileSystems"][place.as_str()];
        faults.same(name, place, &there["device"], &mount["device"]);
        faults.same(name, place, &there["fsType"], &mount["fs_type"]);
        let (options, wanted) = (texts_of(&there["options"]), texts_of(&mount["options"]));
        let all = wanted.iter().all(|option| options.contains(option));
        faults.check(name, all, format!("{place} is mounted with {options:?}, not with {wanted:?}"));
    }
}

fn accounts(name: &str, machine: &Json, found: &Json, faults: &mut Faults) {
    let accounts = &found["accounts"];
    faults.same(name, "root's keys", &accounts["root"]["keys"], &machine["root_keys"]);
    let deploy = machine["deploy_account"].as_str();
    if let Some(deploy) = deploy {
        faults.same(name, "the keys of deploy-rs", &accounts[deploy]["keys"], &machine["root_keys"]);
        let trusted = texts_of(&found["trustedUsers"]);
        faults.check(name, trusted.iter().any(|user| user == deploy), format!("nix does not trust `{deploy}'"));
        faults.check(name, may_run(found, deploy, "ALL"), format!("`{deploy}' may not activate"));
    }
    for (account, entry) in machine["accounts"].as_object().expect("a map of accounts") {
        faults.same(name, account, &accounts[account.as_str()]["keys"], &entry["keys"]);
        faults.same(name, account, &accounts[account.as_str()]["isNormalUser"], &json!(true));
        for command in texts_of(&entry["sudo"]) {
            faults.check(name, may_run(found, account, &command), format!("`{account}' may not run {command} as root"));
        }
    }
    let known = |account: &str| machine["accounts"].get(account).is_some() || deploy == Some(account);
    for (account, entry) in accounts.as_object().expect("a map of accounts") {
        let stray = account != "root" && entry["keys"] != json!([]) && !known(account);
        faults.check(name, !stray, format!("`{account}' can log in, and the plan does not know it"));
    }
}

fn may_run(found: &Json, account: &str, command: &str) -> bool {
    let rules = found["sudo"].as_array().expect("a list of rules");
    rules.iter().filter(|rule| texts_of(&rule["users"]).iter().any(|user| user == account)).any(|rule| {
        let commands = rule["commands"].as_array().expect("a list of commands");
        commands.iter().any(|entry| {
            let text = text_of(&entry["command"]);
            text == command || text.ends_with(&format!("/{command}"))
        })
    })
}

fn known_hosts(plan: &Plan, name: &str, machine: &Json, found: &Json, faults: &mut Faults) {
    let peers = texts_of(&machine["known_hosts"]);
    let known = found["knownHosts"].as_object().expect("a map of hosts");
    let names: Vec<_> = known.keys().collect();
    faults.check(name, names == peers.iter().collect::<Vec<_>>(), format!("knows {names:?}, not {peers:?}"));
    for peer in peers {
        let there = &found["knownHosts"][&peer];
        faults.same(name, &peer, &there["publicKey"], &plan.hosts[&peer]["host_key"]);
        let called = texts_of(&there["hostNames"]);
        let address = text_of(&plan.hosts[&peer]["address"]);
        faults.check(name, called.contains(&address) && called.contains(&peer), format!("{peer} is {called:?}"));
    }
}

fn secrets(name: &str, machine: &Json, found: &Json, faults: &mut Faults) {
    let planned = machine["secrets"].as_object().expect("a map of secrets");
    let names = |map: &serde_json::Map<String, Json>| map.keys().cloned().collect::<Vec<_>>();
    let there = found["secrets"].as_object().expect("a map of secrets");
    faults.check(name, names(there) == names(planned), format!("reads {:?}", names(there)));
    for (secret, binding) in planned {
        let there = &found["secrets"][secret.as_str()];
        let (file, wanted) = (there["file"].as_str().unwrap_or_default(), text_of(&binding["file"]));
        faults.check(name, file.ends_with(&format!("/{wanted}")), format!("{secret} is in {file}, not in {wanted}"));
        faults.same(name, secret, &there["owner"], &binding["owner"]);
        faults.same(name, secret, &there["mode"], &binding["mode"]);
        if !binding["group"].is_null() {
            faults.same(name, secret, &there["group"], &binding["group"]);
        }
        let path = match &binding["path"] {
            Json::Null => json!(format!("/run/agenix/{secret}")),
            path => path.clone(),
        };
        faults.same(name, secret, &there["path"], &path);
    }
}

fn monitoring(plan: &Plan, name: &str, found: &Json, jobs: &Json, faults: &mut Faults) {
    let found = &found["prometheus"];
    let planned =
        plan.monitoring.as_ref().filter(|monitoring| texts_of(&monitoring["hosts"]).iter().any(|h| h == name));
    faults.same(name, "Prometheus", &found["enable"], &json!(planned.is_some()));
    let Some(planned) = planned else { return };
    faults.same(name, "Prometheus' port", &found["port"], &json!(PROMETHEUS));
    faults.same(name, "retentionTime", &found["retentionTime"], &planned["retention"]);
    faults.same(name, "scrape_interval", &found["interval"], &planned["scrape_interval"]);
    // The module fills in everything that a job may have.
    let there = found["scrapeConfigs"].as_array().expect("a list of jobs");
    let jobs = jobs.as_array().expect("a list of jobs");
    faults.check(name, there.len() == jobs.len(), format!("scrapes {} jobs, not {}", there.len(), jobs.len()));
    for (there, job) in there.iter().zip(jobs) {
        let called = text_of(&job["job_name"]);
        for (key, wanted) in job.as_object().expect("a map") {
            faults.same(name, &format!("{key} of the job {called}"), &given(&there[key.as_str()]), wanted);
        }
    }
}

/// A value without what the module only filled in.
fn given(value: &Json) -> Json {
    match value {
        Json::Array(items) => items.iter().map(given).collect(),
        Json::Object(map) => {
            map.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.clone(), given(value))).collect()
        }
        other => other.clone(),
    }
}
