//! What the types of a kind's front matter do not say.

use super::front::{Front, PortDef};
use super::setting::{SettingDef, SettingType};
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::{At, Keyed};
use crate::load::{Body, Node};
use crate::source::Span;
use crate::value::{PortName, SettingName};
use crate::watch::HealthCheck;

impl Front {
    /// Checks what the types do not say.
    pub(super) fn check(&self, top: Span, faults: &mut Faults) {
        match &self.version {
            Some(version) if version.value != 1 => faults.push(
                Diagnostic::new(
                    codes::UNKNOWN_VERSION,
                    format!("front matter of version {} is not read", version.value),
                )
                .at(version.span, "1 is the only version")
                .help("use a Cistern that knows it, or write `version: 1`"),
            ),
            None if !self.poisoned => {
                faults.push(
                    Diagnostic::new(codes::MISSING_KEY, "the front matter has no `version`")
                        .at(top, "add `version: 1`"),
                );
            }
            _ => {}
        }
        if self.summary.is_none() && !self.poisoned {
            faults.push(
                Diagnostic::new(codes::MISSING_KEY, "the front matter has no `summary`")
                    .at(top, "say in one line what it is"),
            );
        }
        for (name, port) in self.ports.iter().flat_map(|ports| &ports.entries) {
            if port.value.number.is_none() && !port.value.poisoned {
                faults.push(
                    Diagnostic::new(codes::MISSING_KEY, format!("port `{name}` has no `number`"))
                        .at(port.key, "where does it usually listen?")
                        .help("add `number: 8080`"),
                );
            }
        }
        if self.metrics.as_ref().is_some_and(|metrics| metrics.port.is_none() && !metrics.poisoned) {
            faults.push(
                Diagnostic::new(codes::MISSING_KEY, "`metrics` has no `port`")
                    .at(top, "name one of `ports`")
                    .help("add `port: NAME` under `metrics`"),
            );
        }
        for (name, member) in self.members.iter().flat_map(|members| &members.entries) {
            if member.value.kind.is_none() && !member.value.poisoned {
                faults.push(
                    Diagnostic::new(codes::MISSING_KEY, format!("the member `{name}` has no `kind`"))
                        .at(member.key, "which kind comes with it?"),
                );
            }
        }
        self.settings_named(faults);
        for (_, setting) in self.settings.iter().flat_map(|settings| &settings.entries) {
            setting_holds(&setting.value, faults);
        }
        self.check_health(faults);
        self.check_ingress(top, faults);
        self.check_forward_auth(top, faults);
        if let Some(port) = self.metrics.as_ref().and_then(|metrics| metrics.port.as_ref())
            && !self.ports.as_ref().is_some_and(|ports| ports.entries.contains_key(&port.value))
        {
            faults.push(unlisted("metrics are on", &port.value, port.span));
        }
    }

    /// The health check is whole and asks a port that is there, and dashboards are shown at one.
    fn check_health(&self, faults: &mut Faults) {
        let listed = |port: &PortName| self.ports.as_ref().is_some_and(|ports| ports.entries.contains_key(port));
        if let Some(written) = &self.health_check
            && let Some(check) = HealthCheck::read(&written.value, None, written.span, faults)
            && let Some(port) = check.port.filter(|port| !listed(port))
        {
            faults.push(unlisted("the health check asks", &port, written.span));
        }
        if let Some(port) = self.dashboards.as_ref().and_then(|dashboards| dashboards.port.as_ref())
            && !listed(&port.value)
        {
            faults.push(unlisted("dashboards are on", &port.value, port.span));
        }
    }

    /// What a proxy passes on goes to a port that is there, and it is said who asks for a login.
    fn check_ingress(&self, top: Span, faults: &mut Faults) {
        let Some(ingress) = self.ingress.as_ref().filter(|ingress| !ingress.poisoned) else { return };
        let listed = |port: &PortName| self.ports.as_ref().is_some_and(|ports| ports.entries.contains_key(port));
        match &ingress.port {
            Some(port) if !listed(&port.value) => faults.push(unlisted("ingress goes to", &port.value, port.span)),
            Some(_) => {}
            None => faults.push(
                Diagnostic::new(codes::MISSING_KEY, "`ingress` has no `port`")
                    .at(top, "name one of `ports`")
                    .help("add `port: NAME` under `ingress`"),
            ),
        }
        if ingress.auth.is_none() {
            faults.push(
                Diagnostic::new(codes::MISSING_KEY, "`ingress` does not say who asks for a login")
                    .at(top, "add `auth` under `ingress`")
                    .help("`auth: own` where the service does, `auth: none` where it lets in everybody"),
            );
        }
    }

    /// A proxy asks at a port that is there, and for something.
    fn check_forward_auth(&self, top: Span, faults: &mut Faults) {
        let Some(auth) = self.forward_auth.as_ref().filter(|auth| !auth.poisoned) else { return };
        let listed = |port: &PortName| self.ports.as_ref().is_some_and(|ports| ports.entries.contains_key(port));
        for (key, missing) in [("port", auth.port.is_none()), ("path", auth.path.is_none())] {
            if missing {
                faults.push(
                    Diagnostic::new(codes::MISSING_KEY, format!("`forward_auth` has no `{key}`"))
                        .at(top, "where do proxies ask?")
                        .help(format!("add `{key}` under `forward_auth`")),
                );
            }
        }
        if let Some(port) = auth.port.as_ref().filter(|port| !listed(&port.value)) {
            faults.push(unlisted("proxies ask at", &port.value, port.span));
        }
    }

    /// Facts name settings that exist, and stand where they do something.
    fn settings_named(&self, faults: &mut Faults) {
        let mut named: Vec<&At<SettingName>> = self.bind.iter().collect();
        named.extend(self.forward_auth.iter().filter_map(|auth| auth.url.as_ref()));
        named.extend(self.dashboards.iter().filter_map(|dashboards| dashboards.url.as_ref()));
        for (name, port) in self.ports.iter().flat_map(|ports| &ports.entries) {
            named.extend(&port.value.open_with);
            public_is_open(name, port, faults);
        }
        for setting in self.settings.iter().flat_map(|settings| settings.entries.values()) {
            formats_fit(&setting.value, &mut named, faults);
        }
        let settings = self.settings.as_ref();
        let known = |name: &str| {
            settings.is_some_and(|known| known.entries.contains_key(name) || known.poisoned.contains(name))
        };
        for name in named.into_iter().filter(|name| !known(name.value.as_str())) {
            let names = settings.iter().flat_map(|settings| settings.entries.keys().map(SettingName::as_str));
            faults.push(
                Diagnostic::new(codes::UNKNOWN_NAME, format!("there is no setting `{}`", name.value))
                    .at(name.span, "not one of `settings`")
                    .nearest(name.value.as_str(), names),
            );
        }
    }
}

/// Only what the firewall lets in can be meant for everybody.
fn public_is_open(name: &PortName, port: &Keyed<PortDef>, faults: &mut Faults) {
    let def = &port.value;
    let open = def.open.is_some_and(|open| open.value) || def.open_with.is_some();
    if let Some(public) = def.public.filter(|public| public.value && !open && !def.poisoned) {
        faults.push(
            Diagnostic::new(codes::NO_EFFECT, format!("port `{name}` is public and not open"))
                .at(public.span, "nobody gets here")
                .help("add `open: true`, or remove `public`"),
        );
    }
}

/// Formats belong to strings, and types of keys to maps with free keys; what they name goes into a list.
fn formats_fit<'s>(def: &'s SettingDef, named: &mut Vec<&'s At<SettingName>>, faults: &mut Faults) {
    let kind = def.r#type.map_or(SettingType::String, |kind| kind.value);
    let mut idle = |span: Span, what: &str, belongs: &str| {
        faults.push(
            Diagnostic::new(codes::NO_EFFECT, format!("`{what}` does nothing here"))
                .at(span, format!("only {belongs} has one")),
        );
    };
    if kind != SettingType::String {
        for span in def.format.iter().map(|at| at.span).chain(def.public_with.iter().map(|at| at.span)) {
            idle(span, "format", "a string");
        }
    }
    if let Some(keys) = &def.keys
        && (kind != SettingType::Object || def.properties.is_some())
        && let Some(format) = &keys.0.format
    {
        idle(format.span, "keys", "a map with free keys");
    }
    named.extend(&def.public_with);
    for inner in def.items.iter().chain(&def.values).chain(&def.keys) {
        formats_fit(&inner.0, named, faults);
    }
    for property in def.properties.iter().flat_map(|properties| properties.entries.values()) {
        formats_fit(&property.value, named, faults);
    }
}

/// The default of a setting is one of its values, and some number is.
fn setting_holds(def: &SettingDef, faults: &mut Faults) {
    if let (Some(least), Some(most)) = (&def.minimum, &def.maximum)
        && least.value > most.value
    {
        faults.push(
            Diagnostic::new(codes::BAD_SETTING, "no number is allowed")
                .at(least.span, "the smallest one")
                .at(most.span, "the largest one")
                .help("exchange the two"),
        );
    }
    let given = def.default.as_ref().filter(|default| !matches!(default.0.body, Body::Null));
    if let Some(default) = given {
        let mut secret = |name: &str, _: &Node, _: &mut Faults| Some(format!("/run/agenix/{name}"));
        def.judge(&default.0, &mut secret, faults);
        if let Some(required) = def.required.filter(|required| required.value) {
            faults.push(
                Diagnostic::new(codes::NO_EFFECT, "`default` does nothing here")
                    .at(default.0.span, "never taken")
                    .at(required.span, "the definition gives the value")
                    .help("remove one of the two"),
            );
        }
    }
    let inner = [&def.items, &def.values].into_iter().flatten().map(|inner| &*inner.0);
    let properties = def.properties.iter().flat_map(|properties| properties.entries.values());
    inner.chain(properties.map(|property| &property.value)).for_each(|inner| setting_holds(inner, faults));
}

fn unlisted(what: &str, port: &PortName, span: Span) -> Diagnostic {
    Diagnostic::new(codes::UNKNOWN_PORT, format!("{what} port `{port}`, which is not listed"))
        .at(span, "not one of `ports`")
        .help("list it under `ports`")
}
