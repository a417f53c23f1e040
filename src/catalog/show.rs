//! Everything about one kind, for people.

use std::fmt::Write as _;

use super::document::{IngressRow, KindPage, NeedsRow, PortRow, QuorumRow, SettingRow};
use super::table::source;
use crate::value::OwnAuth;
use crate::why::aligned;

/// Writes the page of a kind.
pub fn show(kind: &KindPage) -> String {
    let mut text = format!("{}: {}\n\n", kind.name, kind.summary);
    text.push_str(&aligned(&facts(kind), ""));
    if !kind.settings.is_empty() {
        text.push_str("\nSettings\n");
        for setting in &kind.settings {
            text.push_str(&self::setting(setting));
        }
    }
    if !kind.secrets.is_empty() {
        text.push_str("\nSecrets that it can bring\n");
        let rows: Vec<Vec<String>> = kind
            .secrets
            .iter()
            .map(|secret| {
                let made = secret.made_as.as_deref().unwrap_or("-").to_owned();
                let setting = secret.setting.as_ref().map_or_else(String::new, |setting| format!("for `{setting}`"));
                vec![secret.name.to_string(), made, setting, secret.description.clone().unwrap_or_default()]
            })
            .collect();
        text.push_str(&aligned(&rows, "  "));
    }
    text.push_str("\nIn fleet.yaml\n");
    kind.example.lines().for_each(|line| text.push_str(&format!("  {line}\n")));
    if kind.image.is_some() {
        let _ = write!(text, "\n`cistern service pin {}` writes the digest of the image.\n", kind.name);
    }
    text
}

/// The facts, a line each; those that there are none of are left out.
fn facts(kind: &KindPage) -> Vec<Vec<String>> {
    let shown = |value: Option<String>| value.unwrap_or_default();
    let mut rows = vec![
        ("category", shown(kind.category.map(|category| category.to_string()))),
        ("from", source(kind).to_owned()),
        ("brought by", shown(kind.brought_by.as_ref().map(|by| format!("`{by}` of the definition")))),
        ("image", shown(kind.image.as_ref().map(ToString::to_string))),
        ("release", shown(kind.release.as_ref().map(|release| format!("NixOS {release} or newer")))),
        ("not free", joined(&kind.unfree)),
        ("platforms", joined(&kind.systems)),
    ];
    let heads = std::iter::once("ports").chain(std::iter::repeat(" "));
    rows.extend(heads.zip(kind.ports.iter().map(port)));
    rows.push(("more ports", if kind.any_ports { "any that the definition names".to_owned() } else { String::new() }));
    let health_check = kind.health_check.as_ref().map(|check| {
        let port = check.port.as_ref().map_or_else(String::new, |port| format!(" on `{port}`"));
        format!("{}{port}{}", check.manner, check.path.as_ref().map_or_else(String::new, |path| format!(" {path}")))
    });
    let account = kind.user.as_ref().map(|user| match &kind.group {
        Some(group) => format!("{user}:{group}"),
        None => user.to_string(),
    });
    let state = kind.state.as_ref().map(|state| {
        let path = state.path.as_ref().map_or_else(|| "where the definition says".to_owned(), ToString::to_string);
        if state.fixed { format!("{path}, always") } else { path }
    });
    rows.extend([
        ("health check", shown(health_check)),
        ("metrics", shown(kind.metrics.as_ref().map(|metrics| format!("{} on `{}`", metrics.path, metrics.port)))),
        ("ingress", shown(kind.ingress.as_ref().map(ingress))),
        ("state", shown(state)),
        ("account", shown(account)),
        ("units", joined(&kind.units)),
        ("needs", shown(kind.needs.as_ref().map(needs))),
        ("depends on", kind.depends_on.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")),
        ("brings", kind.members.iter().map(|member| member.kind.to_string()).collect::<Vec<_>>().join(", ")),
        ("roles", joined(&kind.roles)),
        ("instances", shown(kind.quorum.as_ref().map(quorum))),
        ("besides", besides(kind)),
    ]);
    rows.retain(|(_, value)| !value.is_empty());
    rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect()
}

fn ingress(ingress: &IngressRow) -> String {
    let login = match ingress.auth {
        OwnAuth::Own => "has a login of its own",
        OwnAuth::None => "has no login",
    };
    let streaming = if ingress.streaming { ", streams" } else { "" };
    let body = ingress.max_body.map_or_else(String::new, |size| format!(", requests up to {size}"));
    format!("{} on `{}`, {login}{streaming}{body}", ingress.scheme, ingress.port)
}

fn needs(needs: &NeedsRow) -> String {
    let parts = [
        needs.memory.map(|memory| format!("{memory} of memory")),
        needs.cpus.map(|cpus| format!("{cpus} processors")),
        needs.disk.map(|disk| format!("{disk} on disk")),
        needs.gpu.then(|| "a graphics processor".to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn quorum(quorum: &QuorumRow) -> String {
    let least = quorum.at_least.map_or_else(|| "any number".to_owned(), |least| format!("{least} or more"));
    if quorum.odd { format!("{least}, an odd number") } else { least }
}

fn besides(kind: &KindPage) -> String {
    let words = [
        (kind.replicated, "its instances copy its state among themselves"),
        (kind.singleton, "two instances at work at once would do harm"),
        (kind.multiple, "a host can run several of them"),
    ];
    words.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect::<Vec<_>>().join("; ")
}

fn port(port: &PortRow) -> String {
    let mut words = vec![format!("{} {}/{}", port.name, port.number, port.protocol)];
    words.extend(port.open.then(|| "open".to_owned()));
    words.extend(port.open_with.as_ref().map(|setting| format!("open with `{setting}`")));
    words.extend(port.reach.map(|reach| format!("for {reach}")));
    words.extend(port.public.then(|| "public".to_owned()));
    words.extend(port.option.clone());
    words.extend(port.fixed.then(|| "fixed".to_owned()));
    words.join(", ")
}

fn setting(setting: &SettingRow) -> String {
    let default = match (&setting.default, setting.required) {
        (_, true) => ", required".to_owned(),
        (Some(default), false) => format!(", default {default}"),
        (None, false) => String::new(),
    };
    let mut text = format!("  {}  ({}{default})\n", setting.name, setting.r#type);
    if let Some(description) = &setting.description {
        let _ = writeln!(text, "      {description}");
    }
    if !setting.values.is_empty() {
        let values: Vec<_> = setting.values.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "      one of {}", values.join(", "));
    }
    if let Some(example) = &setting.example {
        let _ = writeln!(text, "      such as {example}");
    }
    text
}

fn joined<T: ToString>(list: &[T]) -> String {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
