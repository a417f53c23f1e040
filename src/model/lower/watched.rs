//! How services are watched: how they show that they work, who asks, and what they cannot work without.

use super::Lower;
use super::plain::{own_check, usual_ports};
use crate::diag::{Diagnostic, Faults, codes, nearest};
use crate::kind::Kind;
use crate::load::decode::At;
use crate::model::definition::ServiceDef;
use crate::value::{PortName, ServiceName};
use crate::watch::definition::ScrapeDef;
use crate::watch::{HealthCheck, Scrape};

impl Lower<'_> {
    /// The services that one cannot work without.
    pub(super) fn needed_services(&self, def: &ServiceDef, faults: &mut Faults) -> Vec<At<ServiceName>> {
        def.depends_on.iter().flatten().filter(|service| self.names.service(service, faults)).cloned().collect()
    }

    /// How Prometheus asks, with secrets that exist.
    pub(super) fn scrape(&self, def: Option<&ScrapeDef>, faults: &mut Faults) -> Option<Scrape> {
        let def = def?;
        let known = def.secrets().filter(|secret| self.names.secret(secret, faults)).count();
        (known == def.secrets().count()).then(|| Scrape::read(def))
    }
}

/// How a service shows that it works: as the definition says, else as its kind does. The port is one that it has.
pub(super) fn health_check(kind: &Kind, def: &ServiceDef, faults: &mut Faults) -> Option<HealthCheck> {
    let usual = own_check(kind);
    let Some(own) = &def.health_check else { return usual };
    let check = HealthCheck::read(&own.value, usual.as_ref(), own.span, faults)?;
    let Some(port) = &check.port else { return Some(check) };
    let given = def.ports.as_ref().is_some_and(|ports| ports.entries.contains_key(port));
    let usual = usual_ports(kind);
    if !given && !usual.contains_key(port) {
        let known = usual.keys().map(PortName::as_str);
        let near = nearest(port.as_str(), known).map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        faults.push(
            Diagnostic::new(codes::UNKNOWN_PORT, format!("the health check asks port `{port}`, which is not there"))
                .at(own.span, "asked of this service")
                .help(format!("{near}Name one of its ports, or add it under `ports`")),
        );
        return None;
    }
    Some(check)
}
