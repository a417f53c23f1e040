//! From the front matter of a kind to its page.

use serde_json::Value;

use super::document::{
    HealthRow, IngressRow, KindPage, MemberRow, MetricsRow, NeedsRow, PortRow, QuorumRow, SecretRow, SettingRow,
    StateRow,
};
use super::example::Example;
use crate::kind::front::MemberDef;
use crate::kind::setting::{Boxed, SettingDef, SettingType};
use crate::kind::{BroughtDef, Front, Kind, Kinds, PortDef};
use crate::load::decode::{At, Keyed};
use crate::value::{PortName, Protocol, Scheme, SecretName, ServiceName, SettingName};

/// Where figures are unless a kind says otherwise.
const USUAL_METRICS: &str = "/metrics";

/// Writes the page of a kind.
pub(super) fn page(kind: &Kind, kinds: &Kinds) -> KindPage {
    let front = &kind.front;
    KindPage {
        name: kind.name.clone(),
        summary: front.summary.as_ref().map_or_else(String::new, |at| at.value.clone()),
        category: front.category.map(|at| at.value),
        own: kind.own,
        brought_by: super::brought_by(&kind.name).map(str::to_owned),
        image: value(front.image.as_ref()),
        release: value(front.release.as_ref()),
        unfree: values(front.unfree.as_ref()),
        systems: values(front.systems.as_ref()),
        ports: ports(front),
        any_ports: is_on(front.any_ports.as_ref()),
        health_check: health_check(front),
        metrics: front.metrics.as_ref().and_then(|metrics| {
            let path = value(metrics.path.as_ref()).unwrap_or_else(|| USUAL_METRICS.to_owned());
            Some(MetricsRow { port: value(metrics.port.as_ref())?, path })
        }),
        ingress: front.ingress.as_ref().and_then(|ingress| {
            Some(IngressRow {
                port: value(ingress.port.as_ref())?,
                scheme: ingress.scheme.map_or(Scheme::Http, |at| at.value),
                auth: ingress.auth.map(|at| at.value)?,
                streaming: is_on(ingress.streaming.as_ref()),
                max_body: ingress.max_body.map(|at| at.value),
            })
        }),
        state: front.state.as_ref().map(|state| StateRow {
            path: value(state.path.as_ref()),
            option: value(state.option.as_ref()),
            fixed: is_on(state.fixed.as_ref()),
        }),
        user: value(front.user.as_ref()),
        group: value(front.group.as_ref()),
        units: values(front.units.as_ref()),
        needs: front.needs.as_ref().map(|needs| NeedsRow {
            memory: needs.memory.map(|at| at.value),
            cpus: needs.cpus.map(|at| at.value),
            disk: needs.disk.map(|at| at.value),
            gpu: is_on(needs.gpu.as_ref()),
        }),
        depends_on: values(front.depends_on.as_ref()),
        roles: front.roles.iter().flat_map(|roles| roles.0.iter().map(|(name, _)| name.clone())).collect(),
        members: members(front),
        quorum: front
            .quorum
            .as_ref()
            .map(|quorum| QuorumRow { at_least: quorum.at_least.map(|at| at.value), odd: is_on(quorum.odd.as_ref()) }),
        replicated: is_on(front.replicated.as_ref()),
        singleton: is_on(front.singleton.as_ref()),
        multiple: is_on(front.multiple.as_ref()),
        secrets: secrets(front),
        settings: settings(front),
        example: Example::new(kind, kinds).text(),
    }
}

fn ports(front: &Front) -> Vec<PortRow> {
    let row = |(name, port): (&PortName, &Keyed<PortDef>)| {
        let def = &port.value;
        Some(PortRow {
            name: name.clone(),
            number: def.number.map(|at| at.value)?,
            protocol: def.protocol.map_or(Protocol::Tcp, |at| at.value),
            open: is_on(def.open.as_ref()),
            open_with: value(def.open_with.as_ref()),
            reach: def.reach.map(|at| at.value),
            public: is_on(def.public.as_ref()),
            option: value(def.option.as_ref()),
            fixed: is_on(def.fixed.as_ref()),
        })
    };
    front.ports.iter().flat_map(|ports| &ports.entries).filter_map(row).collect()
}

fn health_check(front: &Front) -> Option<HealthRow> {
    let def = &front.health_check.as_ref()?.value;
    let row = |manner: &str, port: Option<&At<PortName>>, path: Option<String>| HealthRow {
        manner: manner.to_owned(),
        port: value(port),
        path,
    };
    if let Some(http) = &def.http {
        let path = http.path.as_ref().map_or_else(|| "/".to_owned(), |at| at.value.to_string());
        let scheme = http.scheme.map_or(Scheme::Http, |at| at.value);
        return Some(row(&scheme.to_string(), http.port.as_ref(), Some(path)));
    }
    let tcp = def.tcp.as_ref().map(|tcp| row("tcp", tcp.port.as_ref(), None));
    let tls = || def.tls.as_ref().map(|tls| row("tls", tls.port.as_ref(), None));
    let dns = || def.dns.as_ref().map(|dns| row("dns", dns.port.as_ref(), None));
    tcp.or_else(tls).or_else(dns)
}

fn members(front: &Front) -> Vec<MemberRow> {
    let members = front.members.iter().flat_map(|members| &members.entries);
    let row = |(name, member): (&ServiceName, &Keyed<MemberDef>)| {
        Some(MemberRow { name: name.clone(), kind: value(member.value.kind.as_ref())? })
    };
    members.filter_map(row).collect()
}

fn secrets(front: &Front) -> Vec<SecretRow> {
    let secrets = front.secrets.iter().flat_map(|secrets| &secrets.entries);
    let row = |(name, brought): (&SecretName, &Keyed<BroughtDef>)| {
        let generator = brought.value.generate.as_ref().and_then(|generate| generate.r#type);
        SecretRow {
            name: name.clone(),
            description: value(brought.value.description.as_ref()),
            made_as: generator.map(|at| at.value.to_string()),
            setting: value(brought.value.setting.as_ref()),
        }
    };
    secrets.map(row).collect()
}

fn settings(front: &Front) -> Vec<SettingRow> {
    let settings = front.settings.iter().flat_map(|settings| &settings.entries);
    let row = |(name, keyed): (&SettingName, &Keyed<SettingDef>)| {
        let def = &keyed.value;
        SettingRow {
            name: name.clone(),
            r#type: type_in_words(def),
            description: value(def.description.as_ref()),
            required: is_on(def.required.as_ref()),
            default: def.default.as_ref().map(|default| default.0.to_json()),
            example: def.example.as_ref().map(|example| example.0.to_json()),
            values: def.r#enum.iter().flatten().map(|at| at.value.0.to_json()).collect::<Vec<Value>>(),
        }
    };
    settings.map(row).collect()
}

/// `list of text`, `map to secret`.
fn type_in_words(def: &SettingDef) -> String {
    let inner = |def: Option<&Boxed>| def.map_or("anything".to_owned(), |def| type_in_words(&def.0));
    match def.r#type.map_or(SettingType::String, |at| at.value) {
        SettingType::String => match def.format {
            Some(format) => format.value.to_string().replace('_', " "),
            None => "text".to_owned(),
        },
        SettingType::Integer => "whole number".to_owned(),
        SettingType::Number => "number".to_owned(),
        SettingType::Boolean => "true or false".to_owned(),
        SettingType::Secret => "secret".to_owned(),
        SettingType::Array => format!("list of {}", inner(def.items.as_ref())),
        SettingType::Object => match &def.properties {
            Some(properties) => {
                let names: Vec<_> = properties.entries.keys().map(SettingName::as_str).collect();
                format!("map with {}", names.join(", "))
            }
            None => format!("map to {}", inner(def.values.as_ref())),
        },
    }
}

fn value<T: Clone>(at: Option<&At<T>>) -> Option<T> {
    at.map(|at| at.value.clone())
}

fn values<T: Clone>(list: Option<&Vec<At<T>>>) -> Vec<T> {
    list.into_iter().flatten().map(|at| at.value.clone()).collect()
}

fn is_on(at: Option<&At<bool>>) -> bool {
    at.is_some_and(|at| at.value)
}
