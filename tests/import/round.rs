//! There and back: the plan of what was imported holds every host, address, service and port of the input.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use cistern::diag::Renderer;
use cistern::place::plan::Entries;
use cistern::source::Sources;

use crate::common::temp_dir;
use crate::{Case, cases};

/// The plan of a case's definition, every line filled in.
fn plan(case: &Case) -> Entries {
    let home = temp_dir();
    fs::write(home.path().join("fleet.yaml"), case.filled()).expect("the directory is ours");
    let compiled = cistern::compile(home.path()).expect("it can be read");
    let faults = Renderer::new(&compiled.sources, false).all(&compiled.faults);
    compiled.plan.unwrap_or_else(|| panic!("{}: {faults}", case.name)).entries().clone()
}

fn of(format: &str) -> BTreeMap<String, (Case, Entries)> {
    let cases = cases().into_iter().filter(|case| case.name.starts_with(format));
    cases
        .map(|case| (case.name.split('/').nth(1).expect("a case").to_owned(), (plan(&case), case)))
        .map(|(name, (plan, case))| (name, (case, plan)))
        .collect()
}

fn hosts(plan: &Entries) -> BTreeSet<&str> {
    plan.hosts.keys().map(|name| name.as_str()).collect()
}

/// The named input file as JSON.
fn input(case: &Case, name: &str) -> serde_json::Value {
    let files = case.files();
    let mut sources = Sources::default();
    let id = sources.add(name, files[name].replace('\t', " "));
    cistern::load::parse_foreign(id, sources.file(id), &mut cistern::diag::Faults::default())
        .expect("it is YAML")
        .0
        .to_json()
}

fn texts(value: &serde_json::Value) -> Vec<String> {
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    value.as_array().map(|items| items.iter().map(text).collect()).unwrap_or_default()
}

#[test]
fn services_and_ports_of_compose() {
    for (name, file) in [("media", "docker-compose.yml"), ("shop", "compose.yaml"), ("odd", "compose.yml")] {
        let (case, plan) = &of("compose")[name];
        let definition = input(case, file);
        let services = definition["services"].as_object().expect("a map of services");
        let host = plan.hosts.keys().next().expect("one host");
        assert_eq!(plan.hosts.len(), 1);
        let mut ports = 0;
        for (service, said) in services {
            let called = service.to_lowercase().replace('_', "-");
            let entry = plan
                .services
                .iter()
                .find(|(name, _)| name.as_str() == called)
                .unwrap_or_else(|| panic!("{name}: no service {called}"))
                .1;
            assert!(plan.instances[host].keys().any(|instance| instance.as_str() == called), "{called} runs nowhere");
            let listeners: BTreeSet<u16> = entry.ports.values().map(|listener| listener.number.0.get()).collect();
            for (at, port) in texts(&said["ports"]).into_iter().enumerate().filter(|(_, port)| !port.starts_with('{')) {
                // The port of the host is the last but one part, without what stands behind a slash.
                let mut parts = port.split('/').next().expect("there is a first part").rsplit(':').skip(1);
                let Some(outside) = parts.next() else { continue };
                let lost = case.said().lines().any(|line| line.ends_with(&format!(" services.{service}.ports[{at}]")));
                for number in outside.split('-').map(|number| number.parse::<u16>().expect("a port")) {
                    assert!(listeners.contains(&number) || lost, "{called} does not listen at {number}: {listeners:?}");
                    ports += usize::from(listeners.contains(&number));
                }
            }
            for port in said["ports"].as_array().into_iter().flatten().filter(|port| port.is_object()) {
                let number: u16 = port["published"].as_str().expect("quoted").parse().expect("a port");
                assert!(listeners.contains(&number), "{called} does not listen at {number}");
                ports += 1;
            }
        }
        assert!(ports >= 4, "{name}: {ports} ports were looked at");
    }
}

#[test]
fn containers_listen_where_their_image_does() {
    let (_, plan) = &of("compose")["media"];
    let homepage = plan.services.iter().find(|(name, _)| name.as_str() == "homepage").expect("it is there").1;
    assert_eq!(homepage.settings["container_ports"], serde_json::json!({ "web": 3000 }));
    let prowlarr = plan.services.iter().find(|(name, _)| name.as_str() == "prowlarr").expect("it is there").1;
    assert_eq!(prowlarr.settings["bind"], "127.0.0.1", "what was kept to the host stays there");
    let kinds: BTreeMap<&str, &str> =
        plan.services.iter().map(|(name, entry)| (name.as_str(), entry.kind.as_str())).collect();
    let expected = [
        ("homepage", "container"),
        ("jellyfin", "jellyfin"),
        ("prowlarr", "container"),
        ("radarr", "radarr"),
        ("sonarr", "sonarr"),
        ("transmission", "transmission"),
    ];
    assert_eq!(kinds, BTreeMap::from(expected));
}

#[test]
fn secrets_of_compose_are_bound() {
    let (_, plan) = &of("compose")["shop"];
    let secrets: Vec<&str> = plan.secrets.keys().map(|name| name.as_str()).collect();
    assert_eq!(
        secrets,
        [
            "app-env",
            "cache-password",
            "db-password",
            "metrics-admin-password",
            "metrics-secret-key",
            "payment_key",
            "smtp"
        ]
    );
    assert!(plan.secrets.values().all(|secret| secret.hosts.len() == 1));
}

#[test]
fn hosts_and_addresses_of_ansible() {
    let all = of("ansible");
    let (case, plan) = &all["web-shop"];
    assert_eq!(hosts(plan), BTreeSet::from(["db1", "db2", "stage", "web01", "web02", "web03"]));
    addresses(case, plan, "inventory/hosts.yml");
    let tags = |plan: &Entries, host: &str| {
        plan.hosts
            .iter()
            .find(|(name, _)| name.as_str() == host)
            .expect("it is there")
            .1
            .tags
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(tags(plan, "web02"), ["production", "web"]);
    assert_eq!(tags(plan, "stage"), ["staging"]);
    // What Ansible would do, host by host: user, port, jump, arguments.
    let reached = |plan: &Entries, host: &str| {
        let deploy = &plan.hosts.iter().find(|(name, _)| name.as_str() == host).expect("it is there").1.deploy;
        let opts: Vec<_> = deploy.ssh_opts.iter().map(ToString::to_string).collect();
        format!(
            "{}@{}:{} {} [{}]",
            deploy.ssh_user,
            deploy.hostname,
            deploy.port.map_or(22, |port| port.0.get()),
            deploy.jump.as_ref().map_or("-", |jump| jump.as_str()),
            opts.join(" ")
        )
    };
    assert_eq!(reached(plan, "web01"), "deploy@10.20.0.11:2222 - [-i ~/.ssh/deploy_ed25519]");
    assert_eq!(reached(plan, "db2"), "deploy@10.20.0.22:22 ops@bastion.shop.example.org [-i ~/.ssh/deploy_ed25519]");
    assert_eq!(reached(plan, "stage"), "root@stage-gw.shop.example.org:22 - [-i ~/.ssh/deploy_ed25519]");

    let (case, plan) = &all["lab-ini"];
    assert_eq!(hosts(plan), BTreeSet::from(["host-192-168-7-99", "node-a", "node-b", "node-c", "node-d", "router"]));
    addresses(case, plan, "hosts.ini");
    assert_eq!(reached(plan, "node-b"), "ops@192.168.7.12:2222 ops@192.168.7.1 [-i ~/.ssh/lab]");
    assert_eq!(
        reached(plan, "node-d"),
        "ops@192.168.7.14:22 ops@192.168.7.1 [-i ~/.ssh/lab -o ServerAliveInterval=30]"
    );
    assert_eq!(tags(plan, "node-d"), ["gpu_nodes", "lab", "nodes"]);

    let (case, plan) = &all["plain"];
    assert_eq!(hosts(plan), BTreeSet::from(["core1", "edge1", "edge2"]));
    addresses(case, plan, "inventory");
}

/// Every address that the file names is a host's, or what it jumps through.
fn addresses(case: &Case, plan: &Entries, file: &str) {
    let planned: BTreeSet<String> = plan.hosts.values().map(|host| host.address.to_string()).collect();
    let mut found = 0;
    for line in case.files()[file].lines() {
        let Some((_, rest)) = line.split_once("ansible_host") else { continue };
        let word = rest
            .trim_start_matches(['=', ':', ' ', '"'])
            .split(['"', ' ', '}', ','])
            .next()
            .expect("there is a first part");
        if word.parse::<std::net::IpAddr>().is_ok() {
            assert!(planned.contains(word), "{}: no host has {word}", case.name);
            found += 1;
        }
    }
    assert!(found >= 2, "{}: {found} addresses", case.name);
}

#[test]
fn servers_and_services_of_inventories() {
    for (name, file) in [("homelab", "inventory.json"), ("cluster", "inventory.yaml")] {
        let (case, plan) = &of("cistern-inventory")[name];
        let inventory = input(case, file);
        let label = |text: &str| text.to_lowercase().replace(['_', ' '], "-");
        let servers = inventory["servers"].as_object().expect("a map of servers");
        assert_eq!(
            hosts(plan),
            servers.keys().map(|name| label(name)).collect::<Vec<_>>().iter().map(String::as_str).collect()
        );
        let runs = |service: &str, host: &str| {
            let host = plan.instances.iter().find(|(name, _)| name.as_str() == host);
            host.is_some_and(|(_, instances)| instances.keys().any(|name| name.as_str() == service))
        };
        for (server, said) in servers {
            let entry = plan.hosts.iter().find(|(name, _)| name.as_str() == label(server)).expect("it is there").1;
            assert_eq!(entry.site.as_ref().map(|site| site.as_str()), Some("home"));
            if let Some(mac) = said["mac_address"].as_str() {
                let mac = mac.to_lowercase().replace('-', ":");
                let planned = entry
                    .machine
                    .as_ref()
                    .and_then(|machine| machine.network.mac.as_ref())
                    .map(|mac| mac.0.to_string());
                assert_eq!(planned, Some(mac), "{server}");
            }
            for service in texts(&said["services"]) {
                match service.as_str() {
                    "prometheus" => assert!(
                        plan.monitoring
                            .as_ref()
                            .is_some_and(|m| m.hosts.iter().any(|host| host.as_str() == label(server)))
                    ),
                    service => assert!(runs(&label(service), &label(server)), "{service} does not run on {server}"),
                }
            }
            for disk in said["storage"].as_array().into_iter().flatten() {
                let mounts = &entry.machine.as_ref().expect("it is managed").filesystems;
                let place = disk["mount"].as_str().expect("a place");
                let mount = mounts
                    .iter()
                    .find(|(path, _)| path.as_str() == place)
                    .unwrap_or_else(|| panic!("{place} is not mounted"))
                    .1;
                assert_eq!(Some(mount.device.as_str()), disk["device"].as_str());
            }
        }
        for (service, said) in inventory["services"].as_object().expect("a map of services") {
            let primary = said["primary"].as_str().expect("a server");
            assert!(runs(&label(service), &label(primary)), "{service} does not run on {primary}");
        }
        assert!(!plan.instances.is_empty());
    }
    let (_, plan) = &of("cistern-inventory")["cluster"];
    let role = |host: &str| {
        let (_, instances) = plan.instances.iter().find(|(name, _)| name.as_str() == host).expect("it runs something");
        let (_, redis) = instances.iter().find(|(name, _)| name.as_str() == "redis").expect("it runs redis");
        redis.role.as_ref().map(ToString::to_string)
    };
    assert_eq!(
        [role("cache-1"), role("cache-2"), role("cache-3")].map(Option::unwrap),
        ["primary", "replica", "replica"]
    );
}
