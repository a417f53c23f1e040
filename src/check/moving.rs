//! Rules about what moves between hosts: there is somebody to take over, and what they need is there.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Diagnostic, Faults, codes, counted, listed};
use crate::kind::Kind;
use crate::model::shapes::Filesystems;
use crate::model::{Failover, Fleet, Host, Service};
use crate::source::Span;
use crate::value::{FailoverName, HostName, MOST_HOSTS, ServiceName};

/// File systems that several hosts mount at once.
const SHARED: &[&str] =
    &["9p", "ceph", "cifs", "fuse.ceph", "fuse.glusterfs", "fuse.moosefs", "glusterfs", "nfs", "nfs4", "virtiofs"];

/// What moves, with its service and the service's kind; what is poisoned is passed over.
pub(super) fn sound(fleet: &Fleet) -> impl Iterator<Item = (&FailoverName, &Failover, &Service, &Kind)> {
    fleet.failover.iter().filter(|(_, failover)| !failover.poisoned).filter_map(|(name, failover)| {
        let service = fleet.services.get(&failover.service.value).filter(|service| !service.poisoned)?;
        Some((name, failover, service, fleet.kinds.get(&service.kind)?))
    })
}

/// Says whether the service itself moves, and not only its address.
fn moves(service: &Service) -> bool {
    !service.standbys.is_empty()
}

/// Something moves, and there is another host for it.
pub(super) fn have_somewhere_to_go(fleet: &Fleet, faults: &mut Faults) {
    let mut first: BTreeMap<&ServiceName, Span> = BTreeMap::new();
    for (name, failover, service, kind) in sound(fleet) {
        let mut refuse = |span: Span, message: String, label: &str, help: String| {
            let diagnostic = Diagnostic::new(codes::BAD_FAILOVER, message).at(span, label.to_owned());
            faults.push(diagnostic.help(help).about("failover", name));
        };
        let moved = &failover.service.value;
        if let Some(other) = first.insert(moved, failover.span) {
            let diagnostic = Diagnostic::new(codes::BAD_FAILOVER, format!("`{moved}` moves in two ways"));
            let diagnostic = diagnostic.at(failover.span, "again").at(other, "first here");
            faults.push(diagnostic.help("keep one of them; a service follows one address").about("failover", name));
            continue;
        }
        if failover.vip.is_none() && failover.lease.is_none() {
            let help = "add `vip: ADDRESS/LENGTH`, or `lease: NAME` of a service of kind `etcd`".to_owned();
            refuse(failover.span, format!("nothing says how `{moved}` moves"), "has no address and no lease", help);
        }
        let hosts: BTreeSet<_> = failover.hosts.iter().map(|host| &host.value).collect();
        let mut seen = BTreeSet::new();
        if let Some(twice) = failover.hosts.iter().find(|host| !seen.insert(&host.value)) {
            let help = "name each host once, in the order in which they take over".to_owned();
            refuse(twice.span, format!("`{}` is named twice", twice.value), "its place is unclear", help);
        } else if hosts.len() < 2 || hosts.len() > MOST_HOSTS {
            let help = format!("name two hosts or more, and {MOST_HOSTS} at most; `placement.standby` prepares one");
            refuse(failover.span, format!("`{name}` has {}", counted(hosts.len(), "host")), "who takes over?", help);
        }
        let prepared: BTreeSet<_> = service.hosts.iter().chain(&service.standbys).collect();
        for host in failover.hosts.iter().filter(|host| !prepared.contains(&host.value)) {
            let help =
                format!("place the service there as well, or make it a standby: `placement.standby: [{}]`", host.value);
            let message = format!("`{moved}` is not prepared on host `{}`", host.value);
            refuse(host.span, message, "cannot take over", help);
        }
        let left: Vec<_> = prepared.into_iter().filter(|host| !hosts.contains(host)).collect();
        if moves(service) && !left.is_empty() {
            let names = listed(&left.iter().map(|host| format!("`{host}`")).collect::<Vec<_>>());
            let help = "name every host of the service, or leave `hosts` out".to_owned();
            refuse(failover.span, format!("`{moved}` also runs on {names}"), "would run there wherever it moves", help);
        }
        if moves(service) && kind.front.units.as_ref().is_none_or(Vec::is_empty) {
            let help = format!("add `units: [NAME]` to the front matter of `{}`", service.kind);
            let message = format!("nothing of `{moved}` could be started or stopped");
            refuse(failover.service.span, message, "its kind names no units", help);
        }
    }
}

/// A service that moves with an address shows whether it works. Under a lease, systemd can at least say whether it runs.
pub(super) fn show_whether_they_work(fleet: &Fleet, faults: &mut Faults) {
    for (name, failover, service, _) in sound(fleet) {
        if service.health_check.is_none() && failover.lease.is_none() {
            faults.push(
                Diagnostic::new(
                    codes::MOVES_UNCHECKED,
                    format!("nobody can tell whether `{}` works", failover.service.value),
                )
                .at(failover.service.span, "has no health check")
                .at(service.span, "defined here")
                .help("add `health_check: { tcp: { port: NAME } }` to the service, or a check that says more")
                .about("failover", name),
            );
        }
    }
}

/// State comes along when a service moves, or is said to be worth nothing.
pub(super) fn take_their_state_along(fleet: &Fleet, faults: &mut Faults) {
    for (name, failover, service, kind) in sound(fleet) {
        let replicated = kind.front.replicated.as_ref().is_some_and(|at| at.value);
        let kept = service.state.as_ref().filter(|_| !replicated && !is_shared(fleet, failover, service));
        match (kept, failover.data_loss) {
            (Some(state), None) => faults.push(
                Diagnostic::new(
                    codes::STATE_STAYS_BEHIND,
                    format!("`{}` would move without its state in {state}", failover.service.value),
                )
                .at(failover.service.span, "begins with what the other host has, which may be nothing")
                .at(service.span, format!("kind `{}` copies nothing", service.kind))
                .help(
                    "take a kind that copies its state, keep it on storage that all of these hosts mount, or say \
                     `data_loss: accept`",
                )
                .about("failover", name),
            ),
            (None, Some(span)) => faults.push(
                Diagnostic::new(codes::NO_EFFECT, format!("`{}` has no state to lose", failover.service.value))
                    .at(span, "allows nothing")
                    .help("remove `data_loss`")
                    .about("failover", name),
            ),
            _ => {}
        }
    }
}

/// What stands by has the volume that holds the state. Its secrets follow it, and its platform and its ports are looked at
/// as on any other host.
pub(super) fn stand_by_whole(fleet: &Fleet, faults: &mut Faults) {
    for (name, failover, service, _) in sound(fleet) {
        let Some(model) = service.hosts.first().and_then(|host| fleet.hosts.get(host)) else { continue };
        let Some(place) = volume(model, service) else { continue };
        for standby in service.standbys.iter().filter_map(|host| fleet.hosts.get(host)) {
            if mounts(standby).is_none_or(|all| all.contains_key(&place)) {
                continue;
            }
            let message = format!("host `{}` could not take over `{}`", standby.name, failover.service.value);
            faults.push(
                Diagnostic::new(codes::STANDBY_LACKS, message)
                    .at(standby.span, format!("lacks a volume at {place}, which holds the state on `{}`", model.name))
                    .at(service.span, "stands by there")
                    .help("give the host what it lacks, or let another one stand by")
                    .about("failover", name)
                    .about("hosts", &standby.name),
            );
        }
    }
}

/// What must not run twice does not follow an address alone.
pub(super) fn run_once(fleet: &Fleet, faults: &mut Faults) {
    for (name, failover, _, kind) in sound(fleet).filter(|(_, failover, ..)| failover.lease.is_none()) {
        if kind.front.singleton.as_ref().is_some_and(|at| at.value) {
            faults.push(
                Diagnostic::new(
                    codes::NOT_FENCED,
                    format!("nothing keeps `{}` from running on two hosts at once", failover.service.value),
                )
                .at(failover.service.span, "hosts that do not see each other would both run it")
                .help("move it by a `lease`, take a kind whose instances agree among themselves, or accept it with a reason")
                .about("failover", name),
            );
        }
    }
}

/// The places where the definition mounts something on a host, with what and as which type; nothing where a module of the
/// host mounts everything.
fn mounts(host: &Host) -> Option<BTreeMap<String, (String, String)>> {
    let text = |device: Option<&str>, fs_type: Option<&str>| {
        (device.unwrap_or_default().to_owned(), fs_type.unwrap_or_default().to_owned())
    };
    let Some(Filesystems::Mounts(written)) = &host.layer.filesystems else { return None };
    let mut all = BTreeMap::new();
    for (place, mount) in &written.entries {
        let device = mount.value.device.as_ref().map(|at| at.value.as_str());
        let fs_type = mount.value.fs_type.as_ref().map(|at| at.value.as_str());
        all.insert(place.to_string(), text(device, fs_type));
    }
    for storage in host.layer.storage.iter().flat_map(|storage| storage.entries.values()) {
        if let Some(place) = &storage.value.mount {
            let device = storage.value.device.as_ref().map(|at| at.value.as_str());
            let fs_type = storage.value.fs_type.as_ref().map(|at| at.value.as_str());
            all.insert(place.value.to_string(), text(device, fs_type));
        }
    }
    Some(all)
}

/// The place of the volume that a service's state lies on; nothing where that is the disk of the system.
fn volume(host: &Host, service: &Service) -> Option<String> {
    let state = service.state.as_ref()?.as_str().to_owned();
    let below = |place: &String| *place != "/" && (state == *place || state.starts_with(&format!("{place}/")));
    mounts(host)?.into_keys().filter(below).max_by_key(String::len)
}

/// Says whether all hosts see the same state: by a file system that several mount.
fn is_shared(fleet: &Fleet, failover: &Failover, service: &Service) -> bool {
    let mounted = |host: &HostName| {
        let host = fleet.hosts.get(host)?;
        let place = volume(host, service)?;
        mounts(host)?.remove(&place)
    };
    let mut all = failover.hosts.iter().map(|host| mounted(&host.value));
    let Some(Some(first)) = all.next() else { return false };
    SHARED.contains(&first.1.as_str()) && all.all(|other| other.as_ref() == Some(&first))
}
