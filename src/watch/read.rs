//! From the keys to what they mean. `None` of a part means that it is not whole; what is missing is told here.

use super::definition::{
    AlertDef, EmailDef, GivenDef, HealthCheckDef, MonitoringDef, ProbeDef, ReceiverDef, RouteDef, ScrapeDef, SecretRef,
};
use super::{Alert, Authorized, Email, Given, HealthCheck, Manner, Probe, Receiver, Route, Scrape, Slack, root};
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::At;
use crate::load::decode::Scalar as _;
use crate::source::Span;
use crate::value::{Command, Duration, OnFailure, PortName, Scheme, SecretName};

impl SecretRef {
    /// The secret and its place.
    fn name(this: Option<&Self>) -> Option<SecretName> {
        this?.secret.as_ref().map(|at| at.value.clone())
    }
}

impl Alert {
    /// Reads what the definition says of an alert.
    pub fn read(def: &AlertDef) -> Self {
        Self {
            disabled: def.enabled.is_some_and(|enabled| !enabled.value),
            expr: def.expr.as_ref().map(|at| at.value.clone()),
            threshold: def.threshold.as_ref().map(|at| at.value.clone()),
            r#for: def.r#for.as_ref().map(|at| at.value.clone()),
            severity: def.severity.as_ref().map(|at| at.value),
            summary: def.summary.as_ref().map(|at| at.value.clone()),
            description: def.description.as_ref().map(|at| at.value.clone()),
            runbook: def.runbook.as_ref().map(|at| at.value.clone()),
        }
    }
}

impl Receiver {
    /// Reads a receiver; the place is that of its name.
    pub fn read(def: &ReceiverDef, span: Span, faults: &mut Faults) -> Self {
        let url = |key: &str, url: Option<&GivenDef>, poisoned: bool, faults: &mut Faults| {
            needed(key, "url", url, span, poisoned, faults).map(Given::read)
        };
        let authorized = |url: Option<Given>, token: Option<&SecretRef>| {
            Some(Authorized { url: url?, token: SecretRef::name(token) })
        };
        Self {
            email: def.email.as_ref().and_then(|email| Email::read(email, span, faults)),
            webhook: def.webhook.as_ref().and_then(|hook| url("webhook", hook.url.as_ref(), hook.poisoned, faults)),
            ntfy: def.ntfy.as_ref().and_then(|ntfy| {
                authorized(url("ntfy", ntfy.url.as_ref(), ntfy.poisoned, faults), ntfy.token.as_ref())
            }),
            matrix: def.matrix.as_ref().and_then(|matrix| {
                authorized(url("matrix", matrix.url.as_ref(), matrix.poisoned, faults), matrix.token.as_ref())
            }),
            slack: def.slack.as_ref().and_then(|slack| {
                Some(Slack {
                    url: url("slack", slack.url.as_ref(), slack.poisoned, faults)?,
                    channel: slack.channel.as_ref().map(|at| at.value.clone()),
                })
            }),
            pagerduty: def.pagerduty.as_ref().and_then(|pagerduty| {
                let key = pagerduty.routing_key.as_ref();
                let key = needed("pagerduty", "routing_key", key, span, pagerduty.poisoned, faults);
                SecretRef::name(key)
            }),
        }
    }
}

impl Email {
    fn read(def: &EmailDef, span: Span, faults: &mut Faults) -> Option<Self> {
        let to = needed("email", "to", def.to.as_ref(), span, def.poisoned, faults);
        let from = needed("email", "from", def.from.as_ref(), span, def.poisoned, faults);
        let smarthost = needed("email", "smarthost", def.smarthost.as_ref(), span, def.poisoned, faults);
        Some(Self {
            to: to?.iter().map(|at| at.value.clone()).collect(),
            from: from?.value.clone(),
            smarthost: smarthost?.value.clone(),
            username: def.username.as_ref().map(|at| at.value.clone()),
            password: SecretRef::name(def.password.as_ref()),
            require_tls: def.require_tls.is_none_or(|at| at.value),
        })
    }
}

impl Route {
    /// Reads a route; the place is its own.
    pub fn read(def: &RouteDef, span: Span, faults: &mut Faults) -> Option<Self> {
        let receiver = needed("route", "receiver", def.receiver.as_ref(), span, def.poisoned, faults)?;
        Some(Self {
            severity: def.severity.as_ref().map(|at| at.value),
            group: def.group.as_ref().map(|at| at.value.clone()),
            owner: def.owner.as_ref().map(|at| at.value.clone()),
            alerts: def.alerts.iter().flatten().map(|at| at.value.clone()).collect(),
            receiver: receiver.value.clone(),
            repeat_every: def.repeat_every.as_ref().map(|at| at.value.clone()),
            r#continue: def.r#continue.is_some_and(|at| at.value),
        })
    }
}

impl Probe {
    /// Reads a probe; the place is that of its name.
    pub fn read(def: &ProbeDef, span: Span, faults: &mut Faults) -> Option<Self> {
        let given = [
            ("http", def.http.is_some()),
            ("tcp", def.tcp.is_some()),
            ("tls", def.tls.is_some()),
            ("icmp", def.icmp.is_some()),
            ("dns", def.dns.is_some()),
        ];
        one_way(&given, span, def.poisoned, faults)?;
        let pointless = |key: &str, at: Span, faults: &mut Faults| {
            faults.push(
                Diagnostic::new(codes::BAD_CHECK, format!("`{key}` means nothing in this probe"))
                    .at(at, "does nothing")
                    .help(format!("remove `{key}`")),
            );
        };
        if let (Some(first), None) = (def.status.iter().flatten().next(), &def.http) {
            pointless("status", first.span, faults);
        }
        if let (Some(name), None) = (&def.name, &def.dns) {
            pointless("name", name.span, faults);
        }
        Some(match (&def.http, &def.tcp, &def.tls, &def.icmp, &def.dns) {
            (Some(url), ..) => Self::Http { url: url.value.clone(), status: statuses(def.status.as_ref()) },
            (_, Some(place), ..) => Self::Tcp(place.value.clone()),
            (_, _, Some(place), ..) => Self::Tls(place.value.clone()),
            (_, _, _, Some(host), _) => Self::Icmp(host.value.clone()),
            (.., Some(server)) => {
                let name = needed("dns", "name", def.name.as_ref(), span, def.poisoned, faults)?;
                Self::Dns { server: server.value.clone(), name: name.value.clone() }
            }
            (None, None, None, None, None) => return None,
        })
    }
}

impl HealthCheck {
    /// Reads how a service shows that it works, over what its kind says of that; the place is that of the check.
    pub fn read(def: &HealthCheckDef, own: Option<&Self>, span: Span, faults: &mut Faults) -> Option<Self> {
        let given = [
            ("http", def.http.is_some()),
            ("tcp", def.tcp.is_some()),
            ("tls", def.tls.is_some()),
            ("dns", def.dns.is_some()),
            ("exec", def.exec.is_some()),
        ];
        let (port, manner) = match own {
            Some(own) if given.iter().all(|(_, is_given)| !is_given) => (own.port.clone(), own.manner.clone()),
            _ => {
                one_way(&given, span, def.poisoned, faults)?;
                way(def, span, faults)?
            }
        };
        let duration = |own: fn(&Self) -> &Option<Duration>, given: &Option<At<Duration>>, other: Option<&Self>| {
            given.as_ref().map(|at| at.value.clone()).or_else(|| own(other?).clone())
        };
        Some(Self {
            port,
            manner,
            interval: duration(|own| &own.interval, &def.interval, own),
            timeout: duration(|own| &own.timeout, &def.timeout, own),
            retries: def.retries.map(|at| at.value).or_else(|| own?.retries),
            start_period: duration(|own| &own.start_period, &def.start_period, own),
            on_failure: def.on_failure.map(|at| at.value).or_else(|| Some(own?.on_failure)).unwrap_or(OnFailure::Alert),
        })
    }
}

/// The port that is asked, and in which way.
fn way(def: &HealthCheckDef, span: Span, faults: &mut Faults) -> Option<(Option<PortName>, Manner)> {
    if let Some(http) = &def.http {
        let port = needed("http", "port", http.port.as_ref(), span, http.poisoned, faults)?.value.clone();
        let manner = Manner::Http {
            scheme: http.scheme.map_or(Scheme::Http, |at| at.value),
            path: http.path.as_ref().map_or_else(root, |at| at.value.clone()),
            status: statuses(http.status.as_ref()),
        };
        return Some((Some(port), manner));
    }
    if let Some(dns) = &def.dns {
        let port = needed("dns", "port", dns.port.as_ref(), span, dns.poisoned, faults);
        let name = needed("dns", "name", dns.name.as_ref(), span, dns.poisoned, faults);
        return Some((Some(port?.value.clone()), Manner::Dns { name: name?.value.clone() }));
    }
    if let Some(words) = &def.exec {
        return command(words, span, faults).map(|words| (None, Manner::Exec(words)));
    }
    let (key, manner, check) = match (&def.tcp, &def.tls) {
        (Some(tcp), _) => ("tcp", Manner::Tcp, tcp),
        (None, tls) => ("tls", Manner::Tls, tls.as_ref()?),
    };
    let port = needed(key, "port", check.port.as_ref(), span, check.poisoned, faults)?;
    Some((Some(port.value.clone()), manner))
}

/// A program and its arguments.
fn command(words: &[At<String>], span: Span, faults: &mut Faults) -> Option<Vec<String>> {
    let program = words.first();
    if program.is_none_or(|program| Command::read(&program.value).is_err()) {
        faults.push(
            Diagnostic::new(codes::BAD_CHECK, "`exec` names no program")
                .at(program.map_or(span, |program| program.span), "what is run?")
                .help(
                    "write the program and its arguments as a list: `exec: [pg_isready, --quiet]`; there is no shell",
                ),
        );
        return None;
    }
    Some(words.iter().map(|word| word.value.clone()).collect())
}

impl Scrape {
    /// Reads how figures are asked for.
    pub fn read(def: &ScrapeDef) -> Self {
        Self {
            scheme: def.scheme.map(|at| at.value),
            username: def.username.as_ref().map(|at| at.value.clone()),
            password: SecretRef::name(def.password.as_ref()),
            ca: SecretRef::name(def.ca.as_ref()),
            server_name: def.server_name.as_ref().map(|at| at.value.clone()),
            insecure: def.insecure.is_some_and(|at| at.value),
        }
    }
}

impl MonitoringDef {
    /// Lists the secrets that are needed to tell people, with their places.
    pub fn secrets(&self) -> Vec<&At<SecretName>> {
        let receivers = self.receivers.iter().flat_map(|receivers| receivers.entries.values());
        receivers.flat_map(|receiver| receiver.value.secrets()).collect()
    }
}

impl ReceiverDef {
    fn secrets(&self) -> Vec<&At<SecretName>> {
        let references = [
            self.email.as_ref().and_then(|email| email.password.as_ref()),
            self.ntfy.as_ref().and_then(|ntfy| ntfy.token.as_ref()),
            self.matrix.as_ref().and_then(|matrix| matrix.token.as_ref()),
            self.pagerduty.as_ref().and_then(|pagerduty| pagerduty.routing_key.as_ref()),
        ];
        let urls = [
            self.webhook.as_ref().and_then(|webhook| webhook.url.as_ref()),
            self.ntfy.as_ref().and_then(|ntfy| ntfy.url.as_ref()),
            self.matrix.as_ref().and_then(|matrix| matrix.url.as_ref()),
            self.slack.as_ref().and_then(|slack| slack.url.as_ref()),
        ];
        let references = references.into_iter().flatten().filter_map(|reference| reference.secret.as_ref());
        let urls = urls.into_iter().flatten().filter_map(|url| match url {
            GivenDef::Secret(name) => Some(name),
            GivenDef::Url(_) => None,
        });
        references.chain(urls).collect()
    }
}

impl Given {
    fn read(def: &GivenDef) -> Self {
        match def {
            GivenDef::Url(url) => Self::Text(url.to_string()),
            GivenDef::Secret(name) => Self::Secret(name.value.clone()),
        }
    }
}

impl ScrapeDef {
    /// Lists the secrets that are needed to ask, with their places.
    pub fn secrets(&self) -> impl Iterator<Item = &At<SecretName>> {
        [&self.password, &self.ca].into_iter().flatten().filter_map(|reference| reference.secret.as_ref())
    }
}

fn statuses(list: Option<&Vec<At<u16>>>) -> std::collections::BTreeSet<u16> {
    list.into_iter().flatten().map(|at| at.value).collect()
}

/// Gives a key that must be there, or says that it is missing.
fn needed<'d, T>(
    part: &str,
    key: &str,
    value: Option<&'d T>,
    span: Span,
    poisoned: bool,
    faults: &mut Faults,
) -> Option<&'d T> {
    if value.is_none() && !poisoned {
        faults.push(
            Diagnostic::new(codes::MISSING_KEY, format!("`{key}` is missing in `{part}`"))
                .at(span, "not whole")
                .help(format!("add `{key}` to `{part}`")),
        );
    }
    value
}

/// Says whether there is exactly one way to ask.
fn one_way(given: &[(&str, bool)], span: Span, poisoned: bool, faults: &mut Faults) -> Option<()> {
    let known: Vec<_> = given.iter().map(|(key, _)| *key).collect();
    let chosen: Vec<_> = given.iter().filter(|(_, is_given)| *is_given).map(|(key, _)| *key).collect();
    let message = match chosen.as_slice() {
        [_] => return Some(()),
        [] if poisoned => return None,
        [] => "nothing says how to ask".to_owned(),
        several => format!("{} are given together", crate::diag::listed(several)),
    };
    faults.push(
        Diagnostic::new(codes::BAD_CHECK, message)
            .at(span, "exactly one way is needed")
            .help(format!("keep one of {}", crate::diag::listed(&known))),
    );
    None
}
