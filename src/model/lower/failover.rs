//! What moves between hosts: the services and the hosts that it names.

use std::collections::BTreeMap;

use super::Lower;
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::At;
use crate::model::definition::FailoverDef;
use crate::model::fleet::{Failover, Service};
use crate::source::Span;
use crate::value::{FailoverName, HostName, ServiceName};

type Services = BTreeMap<ServiceName, Service>;

impl Lower<'_> {
    pub(super) fn failover(&self, services: &Services, faults: &mut Faults) -> BTreeMap<FailoverName, Failover> {
        let written = self.def.failover.iter().flat_map(|failover| &failover.entries);
        let read = written.filter_map(|(name, keyed)| {
            let failover = self.one_failover(&keyed.value, keyed.key, services, faults)?;
            Some((name.clone(), failover))
        });
        read.collect()
    }

    fn one_failover(
        &self,
        def: &FailoverDef,
        span: Span,
        services: &Services,
        faults: &mut Faults,
    ) -> Option<Failover> {
        let before = faults.counts();
        if def.service.is_none() && !def.poisoned {
            faults.push(
                Diagnostic::new(codes::MISSING_KEY, "`service` is missing in a failover")
                    .at(span, "what moves?")
                    .help("add `service: NAME`"),
            );
        }
        let service = def.service.clone().filter(|service| self.there_is(service, services, faults));
        let named = def.hosts.iter().flatten().filter(|host| self.names.host(host, faults)).cloned().collect();
        let lease = def.lease.clone().filter(|lease| self.there_is(lease, services, faults));
        let service = service?;
        let hosts = match &def.hosts {
            Some(_) => named,
            None => usual_hosts(&services[&service.value], service.span),
        };
        Some(Failover {
            span,
            service,
            vip: def.vip,
            lease,
            hosts,
            failback: def.failback,
            data_loss: def.data_loss.map(|at| at.span),
            router_id: def.router_id,
            poisoned: def.poisoned || faults.counts() != before,
        })
    }

    /// Says whether there is a service, those included that come with something else.
    fn there_is(&self, name: &At<ServiceName>, services: &Services, faults: &mut Faults) -> bool {
        services.contains_key(&name.value) || self.names.service(name, faults) && services.contains_key(&name.value)
    }
}

/// Those that run the service, and then those that stand by.
fn usual_hosts(service: &Service, span: Span) -> Vec<At<HostName>> {
    service.hosts.iter().chain(&service.standbys).map(|host| At { value: host.clone(), span }).collect()
}
