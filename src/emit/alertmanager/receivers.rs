//! Receivers: every way to tell somebody. What is secret is read from a file while Alertmanager runs.

use serde::Serialize;
use serde_json::{Value, json};

use super::{NOBODY, Settings};
use crate::place::Entries;
use crate::place::plan::MonitoringEntry;
use crate::value::SecretName;
use crate::watch::{self, Authorized, Email, Given, Slack};

/// Somebody who is told.
#[derive(Serialize)]
pub(super) struct Receiver {
    name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    email_configs: Vec<Settings>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    webhook_configs: Vec<Settings>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    slack_configs: Vec<Settings>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pagerduty_configs: Vec<Settings>,
}

/// Every receiver of the definition, and the one that tells nobody.
pub(super) fn all(monitoring: &MonitoringEntry) -> Vec<Receiver> {
    let named = monitoring.receivers.iter().map(|(name, receiver)| of(name.as_str(), receiver));
    [of(NOBODY, &watch::Receiver::default())].into_iter().chain(named).collect()
}

fn of(name: &str, receiver: &watch::Receiver) -> Receiver {
    let webhooks = [
        receiver.webhook.as_ref().map(|url| webhook(url, None)),
        receiver.ntfy.as_ref().map(ntfy),
        receiver.matrix.as_ref().map(|matrix| webhook(&matrix.url, matrix.token.as_ref())),
    ];
    Receiver {
        name: name.to_owned(),
        email_configs: receiver.email.iter().map(email).collect(),
        webhook_configs: webhooks.into_iter().flatten().collect(),
        slack_configs: receiver.slack.iter().map(slack).collect(),
        pagerduty_configs: receiver.pagerduty.iter().map(pagerduty).collect(),
    }
}

fn email(email: &Email) -> Settings {
    let to: Vec<_> = email.to.iter().map(ToString::to_string).collect();
    let mut settings = settled([
        ("to", json!(to.join(", "))),
        ("from", json!(email.from)),
        ("smarthost", json!(email.smarthost)),
        ("require_tls", json!(email.require_tls)),
    ]);
    settings.extend(email.username.as_ref().map(|name| ("auth_username", json!(name))));
    settings.extend(email.password.as_ref().map(|secret| ("auth_password_file", file(secret))));
    settings
}

fn webhook(url: &Given, token: Option<&SecretName>) -> Settings {
    let mut settings = settled([given("url", "url_file", url)]);
    settings.extend(token.map(|secret| {
        let authorization = json!({ "type": "Bearer", "credentials_file": file(secret) });
        ("http_config", json!({ "authorization": authorization }))
    }));
    settings
}

/// ntfy has a template of its own for what Alertmanager sends; a URL that is a secret names it itself.
fn ntfy(ntfy: &Authorized) -> Settings {
    let url = match &ntfy.url {
        Given::Text(url) if !url.contains("template=") => {
            let mark = if url.contains('?') { '&' } else { '?' };
            &Given::Text(format!("{url}{mark}template=alertmanager"))
        }
        url => url,
    };
    webhook(url, ntfy.token.as_ref())
}

fn slack(slack: &Slack) -> Settings {
    let mut settings = settled([given("api_url", "api_url_file", &slack.url)]);
    settings.extend(slack.channel.as_ref().map(|channel| ("channel", json!(channel))));
    settings
}

fn pagerduty(key: &SecretName) -> Settings {
    settled([("routing_key_file", file(key))])
}

/// What every way has: whoever is told of an alert is told of its end.
fn settled<const N: usize>(settings: [(&'static str, Value); N]) -> Settings {
    settings.into_iter().chain([("send_resolved", json!(true))]).collect()
}

fn given(plain: &'static str, secret: &'static str, value: &Given) -> (&'static str, Value) {
    match value {
        Given::Text(text) => (plain, json!(text)),
        Given::Secret(name) => (secret, file(name)),
    }
}

fn file(secret: &SecretName) -> Value {
    json!(Entries::credential("alertmanager", secret))
}
