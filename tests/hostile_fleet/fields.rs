//! The strings that hostile text is put into, and what is legal in each.

use std::process::Command;

use serde_json::{Value as Json, json};

use crate::common::run;
use crate::document::{Document, KEY, image, put};
use crate::schema::{Place, Step, shown, strings};

/// The harmless word; nothing else in a fleet has it.
pub(crate) const MARK: &str = "markq";

/// A string that hostile text is put into.
pub(crate) struct Field {
    /// What it is called in a finding.
    pub(crate) name: String,
    /// What is legal in it.
    pub(crate) legal: Legal,
    /// Whether every text is tried, or a few because another place is like this one.
    pub(crate) deep: bool,
    /// Whether hostile text is also tried alone, with nothing before and behind it.
    pub(crate) alone: bool,
    /// Makes the fleet with a text in this place.
    pub(crate) make: Box<dyn Fn(&str) -> Document + Sync + Send>,
}

impl Field {
    /// The fleet with a text in this place.
    pub(crate) fn document(&self, value: &str) -> Document {
        (self.make)(value)
    }
}

/// What is legal in a place.
#[derive(Debug, Clone)]
pub(crate) enum Legal {
    /// Text with this before and behind it; whether it leaves a trace in what is generated.
    Text { before: String, after: String, traces: bool },
    /// One of certain words, this one for instance; no hostile text is.
    Word(String),
    /// Nothing: this key stands in a place where it does nothing.
    Nothing,
}

impl Legal {
    /// Something legal.
    pub(crate) fn value(&self) -> Option<String> {
        match self {
            Self::Text { before, after, .. } => Some(format!("{before}{MARK}{after}")),
            Self::Word(word) => Some(word.clone()),
            Self::Nothing => None,
        }
    }
}

/// Any text that a rule lets through.
pub(crate) fn text() -> Legal {
    around("", "")
}

pub(crate) fn around(before: &str, after: &str) -> Legal {
    Legal::Text { before: before.to_owned(), after: after.to_owned(), traces: true }
}

/// Text that is used and not written down.
fn silent(before: &str, after: &str) -> Legal {
    Legal::Text { before: before.to_owned(), after: after.to_owned(), traces: false }
}

pub(crate) fn word(word: &str) -> Legal {
    Legal::Word(word.to_owned())
}

/// The strings of the definition.
pub(crate) fn definition() -> Vec<Field> {
    let mut fields = Vec::new();
    for place in schema(&[]) {
        for (number, legal) in legal(&place).into_iter().enumerate() {
            let steps = place.steps.clone();
            let name = format!("{}{}", shown(&steps), "'".repeat(number));
            let layers = ["defaults.", "sites.*.", "profiles.*.", "groups.*."];
            let own = name == "sites.*.region" || !layers.iter().any(|layer| name.starts_with(layer));
            let deep = own && matches!(legal, Legal::Text { .. });
            let make = Box::new(move |value: &str| {
                let mut document = Document::new();
                prepare(&mut document, &steps, value);
                put(&mut document.definition, &steps, value);
                document
            });
            fields.push(Field { name, legal, deep, alone: number == 0, make });
        }
    }
    fields
}

/// What is legal in a string of the definition; where several forms are, each.
fn legal(place: &Place) -> Vec<Legal> {
    let whole = shown(&place.steps);
    // The same keys stand in every layer.
    let layer = ["defaults.", "sites.*.", "profiles.*.", "groups.*.", "hosts.*."];
    let key = layer.iter().find_map(|layer| whole.strip_prefix(layer)).unwrap_or(&whole);
    vec![match (whole.as_str(), key) {
        ("groups.*.tags[]" | "groups.*.labels.*" | "groups.*.labels.<name>", _) => Legal::Nothing,
        ("hosts.*.system" | "hosts.*.hardware", _) if place.choice => word("x86_64-linux"),
        (_, "filesystems") => word("manual"),
        (_, "network.mode") => word("dhcp"),
        (_, "ssh.known_hosts") => word("all"),
        (_, "ssh.password_auth_until") => word("2999-12-31"),
        (_, "system") => word("x86_64-linux"),
        ("access.people.*.role", _) => word("admin"),
        ("hosts.*.managed", _) => word("full"),

        ("fleet.name" | "fleet.domain", _) => text(),
        (
            "access.escrow.<name>" | "access.people.<name>" | "secrets.<name>" | "services.<name>" | "hosts.<name>",
            _,
        ) => text(),
        ("groups.<name>", _) => text(),
        ("profiles.<name>" | "sites.<name>", _) => silent("", ""),
        ("access.people.*.account", _) => text(),
        ("access.people.*.sudo[]", _) => return vec![text(), around("/run/wrappers/bin/", "")],
        ("access.escrow.*" | "access.people.*.age_keys[]", _) => {
            word("age12lafstkhtrkgfr2d72ww8we9tr8kp22ry5kyqy0enpu6aasnxs6qhzspvs")
        }
        ("access.people.*.keys[]", _) => return vec![silent(&format!("{KEY} "), ""), silent("./keys/", ".pub")],
        ("hosts.*.host_key", _) => silent(&format!("{KEY} "), ""),
        ("access.people.*.hosts" | "groups.*.selector" | "secrets.*.hosts" | "services.*.placement.selector", _) => {
            word("eden")
        }
        ("groups.*.hosts[]" | "services.*.placement.hosts[]" | "monitoring.hosts[]", _) => word("eden"),
        ("hosts.*.address", _) => word("192.168.1.60"),
        ("hosts.*.mac", _) => word("aa:bb:cc:dd:ee:ff"),
        ("hosts.*.aliases[]", _) => text(),
        ("hosts.*.site", _) => word("home"),
        ("hosts.*.state_version", _) => word("25.05"),
        ("hosts.*.profiles[]", _) => word("other"),
        ("profiles.*.extends" | "profiles.*.extends[]", _) => word("other"),
        ("sites.*.region", _) => text(),
        ("sites.*.subnet", _) => word("192.168.1.0/25"),
        ("sites.*.gateway", _) => word("192.168.1.2"),
        ("sites.*.dns[]", _) => word("9.9.9.9"),
        // A range has two ends.
        ("sites.*.dhcp_range[]", _) => Legal::Nothing,
        ("secrets.*.owner" | "secrets.*.group", _) => text(),
        ("secrets.*.mode", _) => word("0440"),
        ("secrets.*.rotate_every", _) => word("90d"),
        // How a value is made is nothing without its type, and reaches no file but the plan.
        (_, _) if whole.starts_with("secrets.*.generate.") => Legal::Nothing,
        ("secrets.*.path", _) => around("/run/", "/x"),
        ("secrets.*.services[]", _) => word("web"),
        ("services.*.image", _) => {
            let (before, after) =
                image("@").split_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("a digest");
            around(&before, &after)
        }
        ("services.*.kind", _) => word("container"),
        ("services.*.ports.<name>", _) => text(),
        // The settings of every kind are fields of their own.
        ("services.*.settings.<name>" | "services.*.settings.*", _) => Legal::Nothing,
        ("services.*.state.path", _) => around("/srv/", ""),
        ("services.*.placement.avoid[]" | "services.*.placement.near", _) => Legal::Nothing,
        ("services.*.placement.spread" | "services.*.placement.standby[]", _) => Legal::Nothing,
        ("services.*.placement.requires.memory" | "services.*.placement.requires.disk", _) => word("1G"),
        ("services.*.placement.requires.cpus", _) => word("0.5"),
        ("services.*.resources.memory", _) => word("2G"),
        ("services.*.resources.cpus", _) => word("1.5"),
        // An item of `accept` is nothing without its other half.
        (_, _) if whole.contains(".accept[]") => Legal::Nothing,
        ("lints.<name>", _) => word("C091"),
        ("lints.*.level", _) => word("warn"),
        ("lints.*.reason", _) => silent("", ""),
        (
            "monitoring.retention"
            | "monitoring.scrape_interval"
            | "monitoring.group_wait"
            | "monitoring.group_interval",
            _,
        ) => word("30s"),
        ("monitoring.discovery", _) => word("files"),
        ("hosts.*.lifecycle", _) => word("maintenance"),
        ("services.*.owner", _) => text(),
        ("services.*.depends_on[]", _) => word("shop"),
        ("monitoring.alerts.<name>" | "monitoring.receivers.<name>" | "monitoring.probes.<name>", _) => text(),
        ("monitoring.alerts.*.summary" | "monitoring.alerts.*.description" | "monitoring.alerts.*.expr", _) => text(),
        // What is said of proxies and names is nothing each by itself.
        (_, _) if whole.starts_with("ingress.") || whole.starts_with("dns.") => Legal::Nothing,
        (_, _) if whole.starts_with("services.*.ingress.") => Legal::Nothing,
        // The other parts of monitoring are nothing each by itself.
        (_, _) if whole.starts_with("monitoring.") => Legal::Nothing,
        // An address that moves needs a site and a second host, which are not there.
        (_, _) if whole.starts_with("failover.") => Legal::Nothing,
        (_, _) if whole.starts_with("services.*.health_check.") || key.contains("scrape.") => Legal::Nothing,

        (_, "time_zone" | "locale" | "tags[]" | "labels.<name>" | "labels.*" | "network.interface") => text(),
        (_, "deploy.hostname" | "deploy.ssh_opts[]" | "deploy.ssh_user" | "deploy.user") => text(),
        (_, "deploy.sudo") => around("", " -u"),
        (_, "deploy.jump") => around("admin@", ":22"),
        (_, "exporters.<name>") => word("node"),
        (_, "filesystems.<name>" | "filesystems.*.device" | "storage.*.device" | "storage.*.mount") => {
            around("/", "/x")
        }
        (_, "filesystems.*.fs_type" | "storage.*.fs_type") => text(),
        (_, "filesystems.*.options[]" | "storage.*.options[]") => text(),
        (_, "storage.<name>") => silent("", ""),
        (_, "hardware") => around("./hardware/", ".nix"),
        (_, "allow_unfree[]") => text(),
        (_, "modules[]") => {
            return vec![
                around("./modules/", ".nix"),
                around("flake:", "#nixosModules.default"),
                around("flake:self#nixosModules.", ".inner"),
            ];
        }
        _ => panic!("{whole} is a string of the definition that no test tries: say in fields.rs what is legal in it"),
    }]
}

/// Makes a string mean something: what stands in its way goes, what it needs comes, and files that it names are there.
fn prepare(document: &mut Document, steps: &[Step], value: &str) {
    let whole = shown(steps);
    let definition = &mut document.definition;
    let eden = &mut definition["hosts"]["eden"];
    if whole.ends_with(".hardware") || whole == "hosts.*.filesystems" {
        eden.as_object_mut().expect("it is one").remove("hardware");
        document.more.push(("hardware/manual.nix".to_owned(), "{ }".to_owned()));
        if whole == "hosts.*.filesystems" {
            eden["hardware"] = json!("./hardware/manual.nix");
        }
    }
    if whole.ends_with("network.interface") {
        let mode = [&steps[..steps.len() - 1], &[Step::Key("mode".to_owned())]].concat();
        put(definition, &mode, "static");
    }
    if whole.ends_with("password_auth_until") {
        let auth = [&steps[..steps.len() - 1], &[Step::Key("password_auth".to_owned())]].concat();
        put(definition, &auth, "true");
    }
    // An account that no host has, and one that cannot activate: as a text they are legal.
    for (field, code) in [("secrets.*.owner", "C094"), ("secrets.*.group", "C094"), ("deploy.user", "C154")] {
        if whole.ends_with(field) {
            definition["lints"] = json!({ code: { "level": "allow", "reason": "a text like any other" } });
        }
    }
    if whole == "services.*.placement.selector" {
        definition["services"]["web"]["placement"].as_object_mut().expect("it is one").remove("hosts");
    }
    if whole == "groups.*.selector" {
        definition["groups"]["all"].as_object_mut().expect("it is one").remove("hosts");
    }
    if whole.starts_with("monitoring.") && whole != "monitoring.hosts[]" {
        definition["monitoring"]["hosts"] = json!(["eden"]);
    }
    if whole.starts_with("monitoring.") || whole == "sites.*.region" {
        definition["defaults"]["exporters"] = json!({ "node": {} });
    }
    if whole.starts_with("services.*.settings") {
        definition["services"]["web"]["settings"] = json!({});
    }
    if let Some(path) = value.strip_prefix("./") {
        let text = if whole.ends_with("keys[]") { KEY } else { "{ }" };
        document.more.push((path.to_owned(), text.to_owned()));
    }
}

/// The strings of a kind's front matter.
pub(crate) fn front_matter() -> Vec<Field> {
    let mut fields = Vec::new();
    for place in schema(&["--kind"]) {
        let steps = place.steps.clone();
        let name = format!("kind: {}", shown(&steps));
        let legal = legal_in_front_matter(&shown(&steps));
        let make = Box::new(move |value: &str| {
            let mut document = Document::new();
            let whole = shown(&steps);
            if whole.starts_with("settings.*.properties") {
                document.front["settings"]["first"] = json!({ "type": "object" });
            }
            if whole.starts_with("members") {
                document.front["roles"] = json!({ "primary": {} });
            }
            put(&mut document.front, &steps, value);
            if whole == "metrics.port" {
                document.front["ports"][value] = json!({ "number": 8091, "option": "services.shop.ports.other" });
            }
            if whole == "settings.*.enum[]" {
                document.definition["services"]["shop"]["settings"] = json!({ "first": value });
            }
            document
        });
        fields.push(Field { name, legal, deep: true, alone: true, make });
    }
    fields
}

fn legal_in_front_matter(whole: &str) -> Legal {
    match whole {
        "user" | "group" => text(),
        "summary" | "settings.*.description" | "settings.*.example" => silent("", ""),
        // What the body sets.
        "ports.*.option" | "state.option" => silent("services.shop.settings.", ""),
        "state.path" => around("/srv/", ""),
        "ports.<name>" | "settings.<name>" | "settings.*.default" | "settings.*.enum[]" => text(),
        "ports.*.protocol" => word("udp"),
        "ports.*.open_with" | "bind" | "settings.*.public_with" => word("first"),
        "units[]" => silent("", ""),
        "systems[]" => word("x86_64-linux"),
        "settings.*.format" => word("path"),
        "settings.*.type" => word("integer"),
        "settings.*.properties.<name>" => silent("", ""),
        "roles.<name>" | "members.<name>" => text(),
        "members.*.kind" => word("sonarr"),
        // What a kind brings is nothing without a setting that asks for it, and how it is made reaches no file but the plan.
        _ if whole.starts_with("secrets.") || whole == "settings.*.shared" => Legal::Nothing,
        "metrics.port" => text(),
        "dashboards.port" => word("web"),
        "dashboards.url" => word("first"),
        "ports.*.reach" => word("monitors"),
        "category" => word("media"),
        "release" => word("25.11"),
        // Kinds that there are nowhere are told of, and no more.
        "depends_on[]" => silent("", ""),
        "needs.cpus" => word("1"),
        _ if whole.starts_with("needs.") => word("1G"),
        // These are refused without others beside them.
        "image" | "unfree[]" | "settings.*.kinds[]" => Legal::Nothing,
        _ if whole.starts_with("ingress.") => Legal::Nothing,
        _ if whole.starts_with("forward_auth.") || whole == "ingress_cannot[]" => Legal::Nothing,
        _ if whole.starts_with("health_check.") => Legal::Nothing,
        "metrics.job" | "metrics.path" | "metrics.params.<name>" | "metrics.params.*[]" => text(),
        _ => panic!("{whole} is a string of a kind that no test tries: say in fields.rs what is legal in it"),
    }
}

/// The strings of a schema that the program prints.
fn schema(arguments: &[&str]) -> Vec<Place> {
    let text = run(Command::new(env!("CARGO_BIN_EXE_cistern")).arg("schema").args(arguments));
    strings(&serde_json::from_str(&text).expect("it is JSON"))
}

/// The strings that Cistern takes from a hardware report.
pub(crate) fn report() -> Vec<Field> {
    let place = |name: &str, legal: Legal, make: fn(&mut Document, &str)| Field {
        name: format!("report: {name}"),
        legal,
        deep: true,
        alone: true,
        make: Box::new(move |value| {
            let mut document = Document::new();
            document.facts = Some(json!({
                "version": 1,
                "system": "x86_64-linux",
                "virtualisation": "none",
                "uefi": { "supported": false },
                "hardware": {
                    "disk": [{ "unix_device_names": ["/dev/sda"], "driver_modules": ["ahci"] }],
                    "network_interface": [{ "unix_device_names": ["eth7"] }],
                },
            }));
            let eden = document.definition["hosts"]["eden"].as_object_mut().expect("it is one");
            eden.remove("system");
            eden.insert("hardware".to_owned(), json!("auto"));
            eden.insert("network".to_owned(), json!({ "mode": "static" }));
            make(&mut document, value);
            document
        }),
    };
    fn facts(document: &mut Document) -> &mut Json {
        document.facts.as_mut().expect("there are facts")
    }
    vec![
        place("system", word("x86_64-linux"), |document, value| facts(document)["system"] = json!(value)),
        place("virtualisation", silent("", ""), |document, value| facts(document)["virtualisation"] = json!(value)),
        place("the name of a disk", around("/dev/", ""), |document, value| {
            facts(document)["hardware"]["disk"][0]["unix_device_names"][0] = json!(value);
        }),
        place("a driver of a disk", text(), |document, value| {
            facts(document)["hardware"]["disk"][0]["driver_modules"][0] = json!(value);
        }),
        place("the name of an interface", text(), |document, value| {
            facts(document)["hardware"]["network_interface"][0]["unix_device_names"][0] = json!(value);
        }),
        place("a MAC address", silent("", ""), |document, value| {
            facts(document)["hardware"]["network_interface"][0]["mac"] = json!(value);
        }),
    ]
}
