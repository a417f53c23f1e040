//! Every key that the definition can hold, as a tree: read off the JSON Schema, so that a new key is known at once.

use std::sync::OnceLock;

use serde_json::Value;

use crate::load::decode::Keys as Declared;
use crate::model::definition::{
    AuditDef, DeployDef, FailoverDef, FleetDef, HostDef, IdentityDef, Layer, NetworkDef, PersonDef, PlacementDef,
    ProfileDef, RequiresDef, SecretDef, ServiceDef, SiteDef, SshDef, StorageDef,
};
use crate::model::ingress::{
    AcmeDef, AcmeDnsDef, CircuitBreakerDef, DnsDef, IngressDef, RateLimitDef, ServiceIngressDef, WeightsDef,
};
use crate::model::shapes::FilesystemDef;
use crate::watch::definition::{
    AlertDef, DnsCheckDef, EmailDef, HealthCheckDef, HttpCheckDef, LogsDef, MonitoringDef, ProbeDef, ReceiverDef,
    RouteDef, ScrapeDef,
};

/// What can stand at a place of the definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Keys {
    /// A value, which may be a list.
    Value,
    /// A map of these keys.
    Fixed(Vec<(String, Keys)>),
    /// A map by names of the user's own.
    Named(Box<Keys>),
}

/// The keys of the whole definition.
pub(super) fn definition() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let schema = schemars::schema_for!(FleetDef).to_value();
        read(&schema, &schema, Some("FleetDef"))
    })
}

/// The keys of a layer: those of a host that it may have from elsewhere.
pub(super) fn of_layers() -> Vec<&'static str> {
    names::<Layer>()
}

impl Keys {
    /// Goes down some keys.
    pub(super) fn at<K: AsRef<str>>(&self, path: &[K]) -> Option<&Self> {
        path.iter().try_fold(self, |keys, name| match keys {
            Self::Value => None,
            Self::Named(inner) => Some(&**inner),
            Self::Fixed(list) => list.iter().find(|(key, _)| key == name.as_ref()).map(|(_, keys)| keys),
        })
    }
}

fn read(schema: &Value, whole: &Value, name: Option<&str>) -> Keys {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return read(&whole["$defs"][name], whole, Some(name));
    }
    if let Some(Value::Array(choices)) = schema.get("anyOf") {
        let read = choices.iter().map(|choice| read(choice, whole, name));
        return read.reduce(|first, next| if first == Keys::Value { next } else { first }).unwrap_or(Keys::Value);
    }
    if let Some(Value::Object(properties)) = schema.get("properties") {
        let mut list: Vec<_> = properties.iter().map(|(key, inner)| (key.clone(), read(inner, whole, None))).collect();
        let order = order(name.unwrap_or_default());
        let place = |key: &str| order.iter().position(|known| *known == key).unwrap_or(order.len());
        list.sort_by(|(a, _), (b, _)| (place(a), a).cmp(&(place(b), b)));
        return Keys::Fixed(list);
    }
    match schema.get("additionalProperties") {
        Some(inner @ Value::Object(_)) => Keys::Named(Box::new(read(inner, whole, None))),
        _ => Keys::Value,
    }
}

/// The order in which a struct declares its keys; the others go by their names.
fn order(name: &str) -> Vec<&'static str> {
    match name {
        "AcmeDef" => names::<AcmeDef>(),
        "AcmeDnsDef" => names::<AcmeDnsDef>(),
        "AlertDef" => names::<AlertDef>(),
        "AuditDef" => names::<AuditDef>(),
        "DeployDef" => names::<DeployDef>(),
        "CircuitBreakerDef" => names::<CircuitBreakerDef>(),
        "DnsCheckDef" => names::<DnsCheckDef>(),
        "DnsDef" => names::<DnsDef>(),
        "EmailDef" => names::<EmailDef>(),
        "FailoverDef" => names::<FailoverDef>(),
        "FilesystemDef" => names::<FilesystemDef>(),
        "FleetDef" => names::<FleetDef>(),
        "HealthCheckDef" => names::<HealthCheckDef>(),
        "HostDef" => names::<HostDef>(),
        "HttpCheckDef" => names::<HttpCheckDef>(),
        "IdentityDef" => names::<IdentityDef>(),
        "IngressDef" => names::<IngressDef>(),
        "Layer" => names::<Layer>(),
        "LogsDef" => names::<LogsDef>(),
        "MonitoringDef" => names::<MonitoringDef>(),
        "NetworkDef" => names::<NetworkDef>(),
        "PersonDef" => names::<PersonDef>(),
        "PlacementDef" => names::<PlacementDef>(),
        "RequiresDef" => names::<RequiresDef>(),
        "ProbeDef" => names::<ProbeDef>(),
        "ProfileDef" => names::<ProfileDef>(),
        "RateLimitDef" => names::<RateLimitDef>(),
        "ReceiverDef" => names::<ReceiverDef>(),
        "RouteDef" => names::<RouteDef>(),
        "ScrapeDef" => names::<ScrapeDef>(),
        "SecretDef" => names::<SecretDef>(),
        "ServiceDef" => names::<ServiceDef>(),
        "ServiceIngressDef" => names::<ServiceIngressDef>(),
        "SiteDef" => names::<SiteDef>(),
        "SshDef" => names::<SshDef>(),
        "StorageDef" => names::<StorageDef>(),
        "WeightsDef" => names::<WeightsDef>(),
        _ => Vec::new(),
    }
}

fn names<T: Declared>() -> Vec<&'static str> {
    let mut names = Vec::new();
    T::names(&mut names);
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_becomes_a_tree() {
        let keys = definition();
        assert_eq!(keys.at(&["hosts", "eden", "ssh", "password_auth"]), Some(&Keys::Value));
        assert_eq!(keys.at(&["hosts", "eden", "filesystems", "/", "device"]), Some(&Keys::Value));
        assert_eq!(keys.at(&["hosts", "eden", "tags"]), Some(&Keys::Value));
        assert_eq!(keys.at(&["services", "tv", "settings", "x"]), Some(&Keys::Value));
        assert_eq!(keys.at(&["hosts", "eden", "adress"]), None);
        let Some(Keys::Fixed(host)) = keys.at(&["hosts", "eden"]) else { panic!("a host has keys") };
        assert_eq!(host[0].0, "managed");
    }

    #[test]
    fn every_struct_has_its_order() {
        fn all<'k>(keys: &'k Keys, into: &mut Vec<&'k [(String, Keys)]>) {
            match keys {
                Keys::Value => {}
                Keys::Named(inner) => all(inner, into),
                Keys::Fixed(list) => {
                    into.push(list);
                    list.iter().for_each(|(_, inner)| all(inner, into));
                }
            }
        }
        let mut structs = Vec::new();
        all(definition(), &mut structs);
        assert!(structs.len() > 15, "{}", structs.len());
    }
}
