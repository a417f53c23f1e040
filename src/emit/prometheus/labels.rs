//! The labels of targets: where they stand, what they are, and whose.

use std::borrow::Cow;

use super::configuration::Labels;
use crate::place::Entries;
use crate::value::{HostName, ServiceName};

/// The label of a host that says whose it is, where the service does not.
const OWNER: &str = "owner";

/// The labels of a host: its own, and where it stands.
pub(super) fn of_host<'a>(entries: &'a Entries, host: &'a HostName) -> Labels<'a> {
    let entry = &entries.hosts[host];
    let mut labels: Labels<'_> =
        entry.labels.iter().map(|(name, value)| (name.as_str(), Cow::from(value.as_str()))).collect();
    labels.insert("host", host.as_str().into());
    if let Some(site) = &entry.site {
        labels.insert("site", site.as_str().into());
    }
    if let Some(region) = &entry.region {
        labels.insert("region", region.into());
    }
    labels
}

/// The labels of a service on a host.
pub(super) fn of_service<'a>(entries: &'a Entries, host: &'a HostName, service: &'a ServiceName) -> Labels<'a> {
    let entry = &entries.services[service];
    let mut labels = of_host(entries, host);
    labels.insert("service", service.as_str().into());
    labels.insert("kind", entry.kind.as_str().into());
    if let Some(owner) = &entry.owner {
        labels.insert(OWNER, owner.into());
    }
    labels
}
