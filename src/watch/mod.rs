//! What is watched, how, and who is told: what the definition and kinds write, and what it means.
//!
//! [`definition`] reads it with its places; the types here are what is left of it in the plan.

pub mod definition;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::load::decode::Scalar;
use crate::value::{
    AlertName, DnsName, Duration, Endpoint, GroupName, HostAddress, HostName, Mailbox, OnFailure, PortName,
    ReceiverName, Scheme, SecretName, Threshold, Urgency, UrlPath, WebUrl,
};

/// A text, or the name of the secret that holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    /// The text.
    Text(String),
    /// The secret.
    Secret(SecretName),
}

/// What the definition says of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Alert {
    /// Whether it is switched off.
    #[serde(default, skip_serializing_if = "is_false")]
    pub disabled: bool,
    /// When it fires, for those that are not Cistern's: PromQL, or LogQL for those of logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expr: Option<String>,
    /// The number that it compares with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Threshold>,
    /// How long it must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#for: Option<Duration>,
    /// How soon somebody must look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Urgency>,
    /// What is wrong, in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// What it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The page that says what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<WebUrl>,
}

/// The ways in which somebody is told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Receiver {
    /// By mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// By a request to this URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Given>,
    /// By ntfy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ntfy: Option<Authorized>,
    /// By Matrix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matrix: Option<Authorized>,
    /// By Slack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack: Option<Slack>,
    /// By PagerDuty, with the key in this secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagerduty: Option<SecretName>,
}

/// Mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Email {
    /// To whom.
    pub to: Vec<Mailbox>,
    /// From whom.
    pub from: Mailbox,
    /// The server that takes mail.
    pub smarthost: Endpoint,
    /// The account at the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Its password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<SecretName>,
    /// Whether the server must speak TLS.
    pub require_tls: bool,
}

/// A URL, and what it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorized {
    /// The URL.
    pub url: Given,
    /// The token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<SecretName>,
}

/// Slack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slack {
    /// The address that takes messages.
    pub url: Given,
    /// The channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
}

/// Who is told of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// How soon somebody must look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Urgency>,
    /// The group of the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupName>,
    /// The owner of the service or the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The alerts by name; any when there are none.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub alerts: BTreeSet<AlertName>,
    /// Who is told.
    pub receiver: ReceiverName,
    /// How often, as long as it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat_every: Option<Duration>,
    /// Whether later routes are asked as well.
    #[serde(default, skip_serializing_if = "is_false")]
    pub r#continue: bool,
}

/// Something outside of the fleet that is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// A page.
    Http {
        /// Its URL.
        url: WebUrl,
        /// The answers that are right; any of 200 to 299 when there are none.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        status: BTreeSet<u16>,
    },
    /// A port that takes connections.
    Tcp(Endpoint),
    /// A port that speaks TLS.
    Tls(Endpoint),
    /// A host that answers pings.
    Icmp(HostAddress),
    /// A name server.
    Dns {
        /// The server.
        server: HostAddress,
        /// The name that it is asked for.
        name: DnsName,
    },
}

/// How a service shows that it works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheck {
    /// The port that is asked; none where a command is run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<PortName>,
    /// In which way.
    pub manner: Manner,
    /// How often, where that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Duration>,
    /// How long an answer may take, where that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
    /// How many failures in a row count, where that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
    /// How long after its start nothing is expected of it, where that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_period: Option<Duration>,
    /// What is done when it fails.
    #[serde(default = "usual_consequence", skip_serializing_if = "is_usual_consequence")]
    pub on_failure: OnFailure,
}

/// In which way a port is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// A page.
    Http {
        /// With TLS or without.
        scheme: Scheme,
        /// Its path.
        path: UrlPath,
        /// The answers that are right; any of 200 to 299 when there are none.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        status: BTreeSet<u16>,
    },
    /// A connection.
    Tcp,
    /// A connection with TLS.
    Tls,
    /// A name server.
    Dns {
        /// The name that it is asked for.
        name: DnsName,
    },
    /// A command that succeeds: the program and its arguments.
    Exec(Vec<String>),
}

/// How Prometheus asks for figures, where that is not without TLS and by nobody in particular.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Scrape {
    /// With TLS or without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scheme>,
    /// The account that it asks as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The password of that account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<SecretName>,
    /// The certificate of whoever signed the target's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<SecretName>,
    /// The name in the target's certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<DnsName>,
    /// Whether any certificate will do.
    #[serde(default, skip_serializing_if = "is_false")]
    pub insecure: bool,
}

/// Logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logs {
    /// The hosts that run Loki.
    pub hosts: BTreeSet<HostName>,
    /// How long logs are kept.
    pub retention: Duration,
    /// What the definition says of alerts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub alerts: BTreeMap<AlertName, Alert>,
}

fn usual_consequence() -> OnFailure {
    OnFailure::Alert
}

fn is_usual_consequence(consequence: &OnFailure) -> bool {
    *consequence == OnFailure::Alert
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

impl HealthCheck {
    /// How long an answer may take, in seconds.
    pub fn timeout_seconds(&self) -> i64 {
        self.timeout.as_ref().map_or(5, Duration::seconds)
    }

    /// How often it is asked on its own host, in seconds.
    pub fn interval_seconds(&self) -> i64 {
        self.interval.as_ref().map_or(30, Duration::seconds)
    }

    /// How many failures in a row count.
    pub fn failures(&self) -> u32 {
        self.retries.unwrap_or(3)
    }

    /// How long after a start nothing is expected, in seconds.
    pub fn start_seconds(&self) -> i64 {
        self.start_period.as_ref().map_or(60, Duration::seconds)
    }
}

impl Given {
    /// The secret, when it is one.
    pub fn secret(&self) -> Option<&SecretName> {
        match self {
            Self::Secret(name) => Some(name),
            Self::Text(_) => None,
        }
    }
}

impl Receiver {
    /// Says whether nobody is told in any way.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Lists the secrets that are needed to tell them.
    pub fn secrets(&self) -> BTreeSet<&SecretName> {
        let urls = [
            self.webhook.as_ref(),
            self.ntfy.as_ref().map(|ntfy| &ntfy.url),
            self.matrix.as_ref().map(|matrix| &matrix.url),
            self.slack.as_ref().map(|slack| &slack.url),
        ];
        let named = [
            self.email.as_ref().and_then(|email| email.password.as_ref()),
            self.ntfy.as_ref().and_then(|ntfy| ntfy.token.as_ref()),
            self.matrix.as_ref().and_then(|matrix| matrix.token.as_ref()),
            self.pagerduty.as_ref(),
        ];
        urls.into_iter().flatten().filter_map(Given::secret).chain(named.into_iter().flatten()).collect()
    }
}

impl Scrape {
    /// Lists the secrets that are needed to ask.
    pub fn secrets(&self) -> impl Iterator<Item = &SecretName> {
        self.password.iter().chain(&self.ca)
    }
}

/// A path that is `/`.
fn root() -> UrlPath {
    UrlPath::read("/").expect("a plain path")
}
