//! Where the variables of templates come from: the one table that leads from a template's hole back to the definition.
//!
//! A test holds that every variable of every template of Cistern's stands in it, and every path that one of them names.

use crate::emit::PartOf;
use crate::value::Protocol;

/// The templates that have a row's variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// `host.nix.j2`.
    Host,
    /// `hardware/*.nix.j2`.
    Hardware,
    /// `prometheus.nix.j2`.
    /// `services/*.nix.j2`: a kind's.
    Kind,
}

/// What a variable was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MadeOf {
    /// The name of the host.
    Name,
    /// The name of the service.
    ServiceName,
    /// A key of the host: `ssh.password_auth`.
    Host(&'static str),
    /// A key of the host's site.
    Site(&'static str),
    /// A key of the definition.
    Top(&'static str),
    /// A key of the service; what stands below the variable stands below the key as well.
    Service(&'static str),
    /// A key of the kind's own facts.
    Front(&'static str),
    /// A key of a mount, of `filesystems` or `storage`.
    Mount(&'static str),
    /// A key of the services that run on the host: their limits.
    Limits(&'static str),
    /// The ports that services open.
    Open(Protocol),
    /// A key of the administrators of the host.
    Admins(&'static str),
    /// A key of the operators of the host.
    Operators(&'static str),
    /// A key of a secret that the host reads.
    Secret(&'static str),
    /// A key of another host that this one works with.
    Peer(&'static str),
    /// The facts of the machine.
    Facts,
    /// Cistern decides, in a sentence.
    Ours(&'static str),
}

/// One variable, or what stands below it.
pub(super) struct Row {
    /// Whose it is.
    pub(super) family: Family,
    /// Its path, `*` for the elements of a list or a map.
    pub(super) path: &'static str,
    /// What it was made from.
    pub(super) from: &'static [MadeOf],
}

macro_rules! rows {
    ($($family:ident { $($path:literal: $($from:expr),+;)* })*) => {
        &[$($(Row { family: Family::$family, path: $path, from: { use self::MadeOf::*; &[$($from),+] } },)*)*]
    };
}

/// Every variable.
pub(super) const VARIABLES: &[Row] = rows! {
    Host {
        "accounts": Operators("keys"), Host("deploy.ssh_user");
        "accounts.*.keys": Operators("keys"), Admins("keys");
        "accounts.*.name": Operators("account"), Host("deploy.ssh_user");
        "address": Host("address");
        "allow_unfree": Host("allow_unfree");
        "allowed": Top("monitoring.hosts"), Top("ingress.hosts"), Ours("kinds say which ports only those who watch get to, or only the fleet");
        "allowed.*.from": Top("monitoring.hosts"), Top("ingress.hosts"), Peer("address");
        "allowed.*.tcp": Ours("kinds say which ports only those who watch get to, or only the fleet");
        "allowed.*.udp": Ours("kinds say which ports only those who watch get to, or only the fleet");
        "audit_secret_reads": Host("audit.secret_reads");
        "checks": Top("failover"), Ours("checks are asked here where they restart or move something");
        "checks.*.address": Host("address");
        "checks.*.domain": Ours("the health check of the service, or of its kind");
        "checks.*.interval": Ours("the health check of the service, or of its kind");
        "checks.*.name": Ours("the service");
        "checks.*.port": Ours("the health check of the service, or of its kind");
        "checks.*.restart": Ours("the health check of the service, or of its kind");
        "checks.*.retries": Ours("the health check of the service, or of its kind");
        "checks.*.sort": Ours("the health check of the service, or of its kind");
        "checks.*.start_period": Ours("the health check of the service, or of its kind");
        "checks.*.status": Ours("the health check of the service, or of its kind");
        "checks.*.timeout": Ours("the health check of the service, or of its kind");
        "checks.*.units": Ours("kinds say which units do the work of a service");
        "checks.*.url": Host("address"), Ours("the health check of the service, or of its kind");
        "checks.*.words": Ours("the health check of the service, or of its kind");
        "deploy_account": Host("deploy.ssh_user");
        "domain": Top("fleet.domain");
        "facts": Facts;
        "failovers": Top("failover");
        "failovers.*.check": Top("failover");
        "failovers.*.interface": Host("network.interface");
        "failovers.*.lease": Top("failover");
        "failovers.*.lease.asks": Host("lifecycle");
        "failovers.*.lease.authority": Secret("path"), Ours("how its kind brings the secret");
        "failovers.*.lease.certificate": Secret("path"), Ours("how its kind brings the secret");
        "failovers.*.lease.endpoints": Peer("address");
        "failovers.*.name": Top("failover");
        "failovers.*.peers": Peer("address");
        "failovers.*.preempt": Top("failover");
        "failovers.*.priority": Top("failover"), Host("lifecycle");
        "failovers.*.router_id": Top("failover");
        "failovers.*.source": Host("address");
        "failovers.*.units": Ours("kinds say which units do the work of a service");
        "failovers.*.vip": Top("failover");
        "inputs": Host("modules");
        "known_hosts": Host("ssh.known_hosts");
        "known_hosts.*.key": Peer("host_key");
        "known_hosts.*.name": Host("ssh.known_hosts");
        "known_hosts.*.names": Peer("address"), Top("fleet.domain");
        "locale": Host("locale");
        "modules": Host("modules"), Host("hardware");
        "mounts": Mount("device");
        "mounts.*.device": Mount("device");
        "mounts.*.fs_type": Mount("fs_type");
        "mounts.*.options": Mount("options");
        "mounts.*.place": Mount("mount");
        "name": Name;
        "network.dns": Site("dns"), Top("dns.name_servers");
        "network.family": Host("address");
        "network.gateway": Site("gateway");
        "network.gateway_option": Host("address");
        "network.interface": Host("network.interface");
        "network.mac": Host("mac");
        "network.mode": Host("network.mode");
        "network.prefix_length": Site("subnet");
        "password_auth": Host("ssh.password_auth");
        "password_warning": Host("ssh.password_auth_until");
        "pieces": Ours("hardware and services have templates of their own");
        "root_keys": Admins("keys");
        "secrets": Secret("services");
        "secrets.*.file": Secret("per_host");
        "secrets.*.group": Secret("group");
        "secrets.*.mode": Secret("mode");
        "secrets.*.name": Secret("services"), Secret("hosts");
        "secrets.*.owner": Secret("owner");
        "secrets.*.path": Secret("path");
        "service_names": Ours("the services here need those of the names, or their settings name them"), Top("dns.hosts");
        "service_names.*.address": Peer("address");
        "service_names.*.names": Ours("a service is called after itself");
        "ssh_port": Host("deploy.port"), Host("deploy.hostname");
        "state_version": Host("state_version");
        "sudo": Operators("sudo"), Host("deploy.ssh_user");
        "sudo.*.account": Operators("account"), Host("deploy.ssh_user");
        "sudo.*.commands": Operators("sudo"), Host("deploy.ssh_user");
        "sudo.*.run_as": Host("deploy.user");
        "system": Host("system");
        "tcp": Open(Protocol::Tcp);
        "time_zone": Host("time_zone");
        "units": Limits("resources"), Ours("secrets/recipients.json counts how often a value was changed");
        "units.*.after": Ours("services that others on the same host cannot work without start before them");
        "units.*.cpu_quota": Limits("resources.cpus");
        "units.*.limited": Limits("resources");
        "units.*.memory": Limits("resources.memory");
        "units.*.name": Ours("the kind's file names its units");
        "units.*.prepared": Ours("`placement.standby` of a service, or placement.lock, has this host stand by");
        "units.*.triggers": Ours("secrets/recipients.json counts how often a value was changed");
        "udp": Open(Protocol::Udp);
        "waits": Ours("services wait for those of other hosts that they cannot work without");
        "waits.*.any_of": Ours("every instance of the service is asked");
        "waits.*.any_of.*.address": Peer("address");
        "waits.*.any_of.*.domain": Ours("the health check of the service, or of its kind");
        "waits.*.any_of.*.port": Ours("the health check of the service, or of its kind");
        "waits.*.any_of.*.sort": Ours("the health check of the service, or of its kind");
        "waits.*.any_of.*.status": Ours("the health check of the service, or of its kind");
        "waits.*.any_of.*.timeout": Ours("the health check of the service, or of its kind");
        "waits.*.any_of.*.url": Peer("address");
        "waits.*.any_of.*.words": Ours("the health check of the service, or of its kind");
        "waits.*.name": Ours("the service that is waited for");
        "waits.*.units": Ours("kinds say which units do the work of a service");
    }
    Hardware {
        "grub_device": Facts, Host("hardware");
        "initrd_modules": Facts;
        "profile": Host("hardware");
        "reason": Host("hardware");
        "uefi": Facts;
    }
    Kind {
        "address": Host("address");
        "aliases": Host("aliases");
        "domain": Top("fleet.domain");
        "group": Front("group");
        "host": Name;
        "image": Service("image");
        "ingress": Ours("services say how they are reached, and the file holds what follows from that");
        "ingress.acme": Top("ingress.acme");
        "ingress.tls": Top("ingress.tls"), Top("ingress.acme");
        "monitoring": Ours("monitoring says who watches, and the file holds what follows from that");
        "monitoring.log_retention": Top("monitoring.logs.retention");
        "monitoring.retention": Top("monitoring.retention");
        "monitoring.scrape_interval": Top("monitoring.scrape_interval");
        "names": Ours("every service has a name, which its instances answer to");
        "names.forward": Top("dns.forward");
        "ordinal": Service("placement");
        "peers": Service("placement");
        "peers.*.address": Peer("address");
        "peers.*.host": Service("placement");
        "peers.*.ordinal": Service("placement");
        "peers.*.ports": Service("ports");
        "peers.*.role": Service("placement");
        "ports": Service("ports");
        "resources": Service("resources");
        "role": Service("placement");
        "service": ServiceName;
        "settings": Service("settings");
        "state": Service("state.path");
        "user": Front("user");
        "uses": Service("settings");
        "uses.*.*.address": Peer("address");
        "uses.*.*.host": Service("settings");
        "uses.*.*.ordinal": Service("settings");
        "uses.*.*.ports": Service("settings");
        "uses.*.*.role": Service("settings");
    }
};

/// Finds the row of a path, and what of the path stands below it.
pub(super) fn row(family: Family, path: &[String]) -> Option<(&'static Row, &[String])> {
    let fits = |row: &Row| {
        let mut keys = path.iter();
        let fits = row.path.split('.').all(|word| keys.next().is_some_and(|key| word == "*" || word == key));
        fits.then(|| row.path.split('.').count())
    };
    let rows = VARIABLES.iter().filter(|row| row.family == family);
    let (depth, row) = rows.filter_map(|row| Some((fits(row)?, row))).max_by_key(|(depth, _)| *depth)?;
    Some((row, &path[depth..]))
}

impl Family {
    /// The family of a part of a host's module.
    pub(super) fn of_part(of: &PartOf) -> Self {
        match of {
            PartOf::Host => Self::Host,
            PartOf::Hardware => Self::Hardware,
            PartOf::Service(_) => Self::Kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::embedded_files;
    use crate::nix::{Templates, uses};
    use crate::why::keys;

    /// The family of a template by its name below `templates/`.
    fn family(template: &str) -> Option<Family> {
        match template {
            "host.nix.j2" => Some(Family::Host),
            _ if template.starts_with("hardware/") => Some(Family::Hardware),
            _ if template.starts_with("services/") => Some(Family::Kind),
            _ => None,
        }
    }

    fn templates() -> (Templates, Vec<(&'static str, Family, String)>) {
        let files = embedded_files().filter(|(path, _)| path.ends_with(".nix.j2"));
        let texts: Vec<_> = files.map(|(path, bytes)| (path, String::from_utf8(bytes.to_vec()).unwrap())).collect();
        let (templates, faults) = Templates::new(texts.iter().map(|(path, text)| ((*path).to_owned(), text.clone())));
        assert_eq!(faults, []);
        let of_hosts = texts.into_iter().filter_map(|(path, text)| Some((path, family(path)?, text)));
        (templates, of_hosts.collect())
    }

    #[test]
    fn every_variable_of_every_template_stands_in_the_table() {
        let (templates, files) = templates();
        assert!(files.len() > 15);
        let mut missing = Vec::new();
        for (path, family, text) in &files {
            for name in templates.variables(path) {
                if !VARIABLES.iter().any(|row| row.family == *family && row.path.split('.').next() == Some(&name)) {
                    missing.push(format!("{path}: {name}"));
                }
            }
            for used in uses(text).paths() {
                if row(*family, used).is_none() {
                    missing.push(format!("{path}: {}", used.join(".")));
                }
            }
        }
        assert!(missing.is_empty(), "rows are missing in VARIABLES:\n{}", missing.join("\n"));
    }

    #[test]
    fn every_row_is_a_variable_of_a_template() {
        let (templates, files) = templates();
        // `peers.*.host` and the like are there for the kinds of others.
        let known = ["group", "host", "image", "ordinal", "peers", "role", "user", "profile", "reason"];
        for row in VARIABLES {
            let name = row.path.split('.').next().unwrap();
            let used =
                files.iter().any(|(path, family, _)| *family == row.family && templates.variables(path).contains(name));
            assert!(used || known.contains(&name), "no template has `{name}` of {:?}", row.family);
        }
    }

    #[test]
    fn the_table_names_keys_that_exist() {
        let exists = |path: &[&str]| {
            let path: Vec<&str> = path.iter().flat_map(|part| part.split('.')).collect();
            assert!(keys::definition().at(&path).is_some(), "{path:?} is no key");
        };
        for from in VARIABLES.iter().flat_map(|row| row.from) {
            match from {
                MadeOf::Host(key) | MadeOf::Peer(key) => exists(&["hosts", "*", key]),
                MadeOf::Site(key) => exists(&["sites", "*", key]),
                MadeOf::Top(key) => exists(&[key]),
                MadeOf::Service(key) | MadeOf::Limits(key) => exists(&["services", "*", key]),
                MadeOf::Mount("mount") => exists(&["hosts", "*", "storage", "*", "mount"]),
                MadeOf::Mount(key) => exists(&["hosts", "*", "filesystems", "*", key]),
                MadeOf::Admins(key) | MadeOf::Operators(key) => exists(&["access", "people", "*", key]),
                MadeOf::Secret(key) => exists(&["secrets", "*", key]),
                MadeOf::Name
                | MadeOf::ServiceName
                | MadeOf::Front(_)
                | MadeOf::Open(_)
                | MadeOf::Facts
                | MadeOf::Ours(_) => {}
            }
        }
    }
}
