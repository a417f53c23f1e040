//! Which accounts and groups there are on a host, as far as the definition and hand-written modules tell.

use std::collections::BTreeSet;

use super::evidence::Evidence;
use crate::model::{Fleet, Host, Service};
use crate::nix::{Assigned, Literal};
use crate::value::{Role, ServiceName};

/// Accounts that every NixOS has.
const USERS: &[&str] = &["messagebus", "nobody", "root", "systemd-network", "systemd-resolve", "systemd-timesync"];

/// Groups that every NixOS has.
const GROUPS: &[&str] = &[
    "adm",
    "audio",
    "cdrom",
    "clock",
    "dialout",
    "disk",
    "floppy",
    "input",
    "keys",
    "kmem",
    "kvm",
    "lp",
    "messagebus",
    "nixbld",
    "nogroup",
    "polkituser",
    "proc",
    "render",
    "root",
    "sgx",
    "shadow",
    "sound",
    "systemd-coredump",
    "systemd-journal",
    "systemd-network",
    "systemd-resolve",
    "systemd-timesync",
    "tape",
    "tty",
    "users",
    "utmp",
    "uucp",
    "video",
    "wheel",
];

/// Parts of NixOS below `services` that bring no account.
const SERVICES: &[&str] = &[
    "cron",
    "fail2ban",
    "fstrim",
    "fwupd",
    "getty",
    "journald",
    "logind",
    "logrotate",
    "openssh",
    "postgresqlBackup",
    "qemuGuest",
    "resolved",
    "restic",
    "smartd",
    "thermald",
    "timesyncd",
    "udev",
];

/// Parts of NixOS that bring none either; any other may.
const HARMLESS: &[&str] = &[
    "age",
    "assertions",
    "boot",
    "console",
    "documentation",
    "environment",
    "fileSystems",
    "fonts",
    "i18n",
    "networking",
    "nix",
    "nixpkgs",
    "powerManagement",
    "swapDevices",
    "system",
    "systemd",
    "time",
    "users",
    "warnings",
    "zramSwap",
];

/// The accounts and groups of one host.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    users: BTreeSet<String>,
    groups: BTreeSet<String>,
    /// Whether something may bring more of them than can be told.
    uncertain: bool,
}

impl Accounts {
    /// Gathers what there is on a host.
    pub(super) fn of(
        host: &Host,
        services: &[(&ServiceName, &Service)],
        fleet: &Fleet,
        evidence: &Evidence<'_>,
    ) -> Self {
        let mut accounts = Self::default();
        let operators = fleet.people.values().filter(|p| p.role == Role::Operator && p.hosts.contains(&host.name));
        accounts.users.extend(operators.map(|person| person.account.to_string()));
        let deploy = host.layer.deploy.as_ref().and_then(|deploy| deploy.ssh_user.as_ref());
        accounts.users.extend(deploy.map(|account| account.value.to_string()));
        let monitors = fleet.monitoring.iter().flat_map(|monitoring| &monitoring.hosts);
        if monitors.into_iter().any(|name| name.value == host.name) {
            accounts.both("prometheus");
        }
        for (name, service) in services {
            accounts.service(name, service, fleet, evidence);
        }
        let modules = fleet.modules_of(host);
        accounts.uncertain |= !modules.whole;
        for (_, one) in modules.assigned() {
            accounts.sets(one);
            accounts.uncertain |= may_bring(one);
        }
        accounts
    }

    /// Says that an account is missing: where nothing that cannot be looked into may bring it.
    pub(super) fn lacks_user(&self, name: &str) -> bool {
        !self.uncertain && !self.users.contains(name) && !USERS.contains(&name)
    }

    /// Says the same of a group.
    pub(super) fn lacks_group(&self, name: &str) -> bool {
        !self.uncertain && !self.groups.contains(name) && !GROUPS.contains(&name)
    }

    /// Lists the accounts.
    pub(super) fn users(&self) -> impl Iterator<Item = &str> {
        self.users.iter().map(String::as_str).chain(USERS.iter().copied())
    }

    /// Lists the groups.
    pub(super) fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().map(String::as_str).chain(GROUPS.iter().copied())
    }

    fn both(&mut self, name: &str) {
        self.users.insert(name.to_owned());
        self.groups.insert(name.to_owned());
    }

    /// What a kind says of its account, and what its body sets.
    fn service(&mut self, name: &ServiceName, service: &Service, fleet: &Fleet, evidence: &Evidence<'_>) {
        let Some(kind) = fleet.kinds.get(&service.kind) else { return };
        // A name in a hole is the service's own, its account, or that of a setting.
        self.both(name.as_str());
        for one in evidence.outline(&kind.name).iter().flat_map(|outline| &outline.assigned) {
            if one.path.iter().all(|segment| segment.name.is_some()) {
                self.sets(one);
            }
        }
        match (&kind.front.user, &kind.front.group) {
            (Some(user), group) => {
                self.users.insert(user.value.to_string());
                self.groups.insert(group.as_ref().map_or(user.value.to_string(), |group| group.value.to_string()));
            }
            // Exporters are called as their kinds are; containers have no account of the host's.
            (None, _) if kind.name.as_str().ends_with("-exporter") => self.both(name.as_str()),
            (None, _) => self.uncertain |= kind.name.as_str() != "container",
        }
        // A group that a setting names is made where it is missing.
        let values = service.settings.iter().filter(|(setting, _)| setting.ends_with("group"));
        self.groups.extend(values.filter_map(|(_, value)| value.as_str().map(str::to_owned)));
    }

    fn sets(&mut self, one: &Assigned) {
        let users = one.is_below(&["users", "users"]);
        if !users && !one.is_below(&["users", "groups"]) {
            return;
        }
        match one.path.get(2).and_then(|segment| segment.name.clone()) {
            Some(name) if users => {
                let last = one.path.last().and_then(|segment| segment.name.as_deref());
                if let (Some("group"), Literal::Text(group)) = (last, &one.value) {
                    self.groups.insert(group.clone());
                }
                self.users.insert(name);
            }
            Some(name) => {
                self.groups.insert(name);
            }
            // `users.users = …`, or a name that is computed.
            None => self.uncertain = true,
        }
    }
}

/// Says whether an option may bring accounts that cannot be told.
fn may_bring(one: &Assigned) -> bool {
    let name = |at: usize| one.path.get(at).and_then(|segment| segment.name.as_deref());
    match (name(0), name(1)) {
        (Some("services"), Some(service)) => !SERVICES.contains(&service),
        (Some(part), _) => !HARMLESS.contains(&part),
        (None, _) => true,
    }
}
