//! Clusters outlive what they are made to outlive: their members stand apart, talk where nobody else listens, and find
//! the services that they name.

use std::collections::BTreeMap;

use crate::diag::{Diagnostic, Faults, codes, counted, listed};
use crate::kind::Kind;
use crate::model::{Fleet, Service};
use crate::value::{HostName, LabelName, ServiceName, SpreadBy};

/// Clusters with a kind of their own, of hosts that could be read.
fn clusters(fleet: &Fleet) -> impl Iterator<Item = (&ServiceName, &Service, &Kind)> {
    let all =
        fleet.services.iter().filter_map(|(name, service)| Some((name, service, fleet.kinds.get(&service.kind)?)));
    let is_read = |host: &HostName| fleet.hosts.get(host).is_some_and(|host| !host.poisoned);
    let of_roles = all.filter(|(_, service, kind)| kind.front.roles.is_some() && !service.poisoned);
    of_roles.filter(move |(_, service, _)| service.hosts.len() > 1 && service.hosts.iter().all(is_read))
}

/// As many sites, or whatever else `spread` names, as the kind asks for hold members, so that the loss of one leaves a
/// majority.
pub(super) fn stand_apart(fleet: &Fleet, faults: &mut Faults) {
    for (name, service, kind) in clusters(fleet) {
        let wanted = kind.front.quorum.as_ref().and_then(|quorum| quorum.domains);
        let Some(wanted) = wanted.map(|at| at.value as usize) else { continue };
        let domain = Domain::of(service);
        let places = domain.members(fleet, service);
        let largest = places.iter().max_by_key(|(_, hosts)| hosts.len());
        let Some((place, hosts)) = largest.filter(|_| places.len() < wanted) else { continue };
        let members = service.hosts.len();
        let diagnostic = if places.len() == 1 {
            let message = format!("all members of `{name}` stand in one place: {}", domain.called(place.as_deref()));
            Diagnostic::new(codes::ONE_DOMAIN, message).at(service.span, "what takes that place away takes all of it")
        } else {
            let count = domain.counted(places.len());
            let places: Vec<_> = places.keys().map(|place| format!("`{}`", domain.value(place.as_deref()))).collect();
            let message = format!("`{name}` stands in {count}: {}", listed(&places));
            let place = domain.value(place.as_deref());
            Diagnostic::new(codes::FEW_DOMAINS, message).at(
                service.span,
                format!("without `{place}`, {} of {} are gone", hosts.len(), counted(members, "member")),
            )
        };
        faults.push(diagnostic.help(domain.help(wanted)).about("services", name));
    }
}

/// What fails at once with everything in it.
enum Domain<'f> {
    Site,
    Region,
    Label(&'f LabelName),
}

impl<'f> Domain<'f> {
    /// What `spread` names; hosts are no place, so a site without that.
    fn of(service: &'f Service) -> Self {
        match &service.spread {
            None | Some(SpreadBy::Host | SpreadBy::Site) => Self::Site,
            Some(SpreadBy::Region) => Self::Region,
            Some(SpreadBy::Label(label)) => Self::Label(label),
        }
    }

    /// The hosts of a service by the place that they stand in; those of which nothing is said stand in one.
    fn members(&self, fleet: &'f Fleet, service: &'f Service) -> BTreeMap<Option<String>, Vec<&'f HostName>> {
        let mut places: BTreeMap<Option<String>, Vec<_>> = BTreeMap::new();
        for name in &service.hosts {
            let host = fleet.hosts.get(name);
            let site = host.and_then(|host| host.site.as_ref()).map(|site| &site.value);
            let place = match self {
                Self::Site => site.map(ToString::to_string),
                Self::Region => site.and_then(|site| fleet.sites.get(site)?.region.clone()),
                Self::Label(label) => host.and_then(|host| host.labels.get(*label).cloned()),
            };
            places.entry(place).or_default().push(name);
        }
        places
    }

    fn word(&self) -> String {
        match self {
            Self::Site => "site".to_owned(),
            Self::Region => "region".to_owned(),
            Self::Label(label) => label.to_string(),
        }
    }

    fn value(&self, place: Option<&str>) -> String {
        place.map_or_else(|| format!("no {}", self.word()), str::to_owned)
    }

    fn called(&self, place: Option<&str>) -> String {
        match (self, place) {
            (Self::Label(label), None) => format!("hosts without the label `{label}`"),
            (_, None) => format!("hosts of no {}", self.word()),
            (_, Some(place)) => format!("the {} `{place}`", self.word()),
        }
    }

    fn counted(&self, number: usize) -> String {
        match self {
            Self::Site | Self::Region => counted(number, &self.word()),
            Self::Label(label) => format!("{} of `{label}`", counted(number, "value")),
        }
    }

    fn help(&self, wanted: usize) -> String {
        let over = match self {
            Self::Site => format!("{}, each a `site`", counted(wanted, "site")),
            Self::Region => format!("{}, each the `region` of a site", counted(wanted, "region")),
            Self::Label(label) => format!("hosts with {} of the label `{label}`", counted(wanted, "value")),
        };
        format!("spread its hosts over {over}; or accept this with a reason")
    }
}

/// Members reach each other by addresses that are nobody's on the Internet.
pub(super) fn talk_in_private(fleet: &Fleet, faults: &mut Faults) {
    for (name, service, _) in clusters(fleet) {
        let of = |host: &HostName| fleet.hosts.get(host)?.address.filter(|address| address.value.is_public());
        let public: Vec<_> = service.hosts.iter().filter_map(|host| Some((host, of(host)?))).collect();
        let Some((host, address)) = public.first() else { continue };
        let message = match public.as_slice() {
            [_] => format!("`{name}` reaches its member on `{host}` by a public address"),
            all => format!("`{name}` reaches {} by public addresses", counted(all.len(), "member")),
        };
        faults.push(
            Diagnostic::new(codes::PUBLIC_MEMBERS, message)
                .at(address.span, "what members say to each other goes over the Internet")
                .at(service.span, "they are each other's peers")
                .help("give these hosts the `address` that they have in a private network or a VPN")
                .about("services", name),
        );
    }
}

/// A setting that names a service names one of a kind that it can use.
pub(super) fn use_what_they_can(fleet: &Fleet, faults: &mut Faults) {
    for (name, service) in &fleet.services {
        let Some(kind) = fleet.kinds.get(&service.kind) else { continue };
        for (setting, other) in kind.services_in(&service.settings) {
            let def = kind.front.settings.as_ref().and_then(|settings| settings.entries.get(setting.as_str()));
            let Some(kinds) = def.and_then(|def| def.value.kinds.as_ref()) else { continue };
            let Some(found) = fleet.services.get(&other) else { continue };
            if kinds.iter().any(|kind| kind.value == found.kind) {
                continue;
            }
            let Some(given) = service.given.get(&setting) else { continue };
            let wanted: Vec<_> = kinds.iter().map(|kind| format!("`{}`", kind.value)).collect();
            faults.push(
                Diagnostic::new(codes::WRONG_SERVICE, format!("`{other}` is of kind `{}`", found.kind))
                    .at(given.span, format!("`{setting}` of `{name}` takes one of kind {}", listed(&wanted)))
                    .at(found.span, "defined here")
                    .help("name another service"),
            );
        }
    }
}
