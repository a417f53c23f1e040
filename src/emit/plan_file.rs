//! `plan.jsonl`: the plan, a header line and then one entry a line, sorted; git merges it.

use serde::Serialize;

use super::Context;
use super::manifest::FORMAT;
use super::render::Output;

#[derive(Serialize)]
struct Line<'a, T: Serialize> {
    kind: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    value: &'a T,
}

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let entries = context.entries();
    let mut text = Text(Vec::with_capacity(entries.hosts.len() * 1024));
    text.line(
        &serde_json::json!({ "cistern": "plan", "format": FORMAT, "fleet": entries.name, "domain": entries.domain }),
    );
    if let Some(value) = &entries.dns {
        text.line(&Line { kind: "dns", name: "dns", host: None, value });
    }
    for (name, value) in &entries.escrow {
        text.line(&Line { kind: "escrow", name: name.as_str(), host: None, value });
    }
    for (name, value) in &entries.failover {
        text.line(&Line { kind: "failover", name: name.as_str(), host: None, value });
    }
    for (name, value) in &entries.groups {
        text.line(&Line { kind: "group", name: name.as_str(), host: None, value });
    }
    for (name, value) in &entries.hosts {
        text.line(&Line { kind: "host", name: name.as_str(), host: None, value });
    }
    if let Some(value) = &entries.ingress {
        text.line(&Line { kind: "ingress", name: "ingress", host: None, value });
    }
    for (host, instances) in &entries.instances {
        for (service, value) in instances {
            text.line(&Line { kind: "instance", name: service.as_str(), host: Some(host.as_str()), value });
        }
    }
    if let Some(value) = &entries.monitoring {
        text.line(&Line { kind: "monitoring", name: "prometheus", host: None, value });
    }
    for (name, value) in &entries.people {
        text.line(&Line { kind: "person", name: name.as_str(), host: None, value });
    }
    for (name, value) in &entries.secrets {
        text.line(&Line { kind: "secret", name: name.as_str(), host: None, value });
    }
    for (name, value) in &entries.services {
        text.line(&Line { kind: "service", name: name.as_str(), host: None, value: &**value });
    }
    vec![context.plain("plan.jsonl", text.0)]
}

struct Text(Vec<u8>);

impl Text {
    fn line(&mut self, value: &impl Serialize) {
        serde_json::to_writer(&mut self.0, value).expect("plans hold nothing but text, numbers, lists and maps");
        self.0.push(b'\n');
    }
}
