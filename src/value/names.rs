//! Names, each valid from its one constructor on. They are handed around much, so clones share the text.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diag::{Code, codes};
use crate::load::decode::Scalar;

/// Declares a name: its rule, the same rule as a pattern for the JSON Schema, and what it can look like.
macro_rules! name {
    ($($(#[$meta:meta])* $name:ident: $what:literal $(like [$($example:literal),*])? has $form:expr, $pattern:literal, $rule:expr;)*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Arc<str>);

        super::textual!($name);

        impl Scalar for $name {
            const WHAT: &'static str = $what;
            const FORM: &'static str = concat!($what, " has ", $form);
            const EXAMPLES: &'static [&'static str] = &[$($($example),*)?];
            const FAULT: &'static Code = codes::BAD_NAME;
            fn read(text: &str) -> Result<Self, String> {
                let rule: fn(&str) -> Result<(), String> = $rule;
                rule(text).map(|()| Self(text.into()))
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                crate::load::schema::scalar::<Self>(schemars::json_schema!({ "type": "string", "pattern": $pattern }))
            }
        }
    )*};
}

name! {
    /// A unix account.
    AccountName: "an account name" like ["deploy"] has "lower-case letters, digits, `_` and `-`, and at most 32 characters", "^[a-z_][a-z0-9_-]{0,31}$",
        |t| shaped(t, 32, |c| c.is_ascii_lowercase() || c == '_', |c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'));
    /// An alert of Prometheus'.
    AlertName: "the name of an alert" like ["HostUnreachable"] has "letters, digits and `_`, and a letter first", "^[A-Za-z][A-Za-z0-9_]{0,99}$",
        |t| shaped(t, 100, |c| c.is_ascii_alphabetic(), |c| c.is_ascii_alphanumeric() || c == '_');
    /// A DNS domain, without a dot at its end.
    Domain: "a domain name" like ["example.org"] has "parts of lower-case letters, digits and hyphens between dots, as `example.org`", r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$",
        domain;
    /// A name in DNS: one label, or several with dots between them. It is never an address.
    DnsName: "a DNS name" like ["nas"] has "parts of lower-case letters, digits and hyphens between dots, as `nas` or `nas.example.org`", r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$",
        dns_name;
    /// A key that opens every secret when all others are lost.
    EscrowName: "the name of an escrow key" like ["safe"] has "lower-case letters, digits and hyphens, and a letter first", "^[a-z][a-z0-9-]{0,62}$", label;
    /// What moves between hosts.
    FailoverName: "the name of a failover" like ["home"] has "lower-case letters, digits and hyphens, a letter first, and at most 40 characters", "^[a-z][a-z0-9-]{0,39}$",
        |t| shaped(t, 40, |c| c.is_ascii_lowercase(), |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    /// The name of a fleet.
    FleetName: "a fleet name" like ["homelab"] has "lower-case letters, digits and hyphens, and a letter first", "^[a-z][a-z0-9-]{0,62}$", label;
    /// The name of a group.
    GroupName: "a group name" like ["canary"] has "lower-case letters, digits and hyphens, and a letter first", "^[a-z][a-z0-9-]{0,62}$", label;
    /// The name of a host: a DNS label that deploy-rs takes as well.
    HostName: "a host name" like ["eden"] has "lower-case letters, digits and hyphens, a letter first, and at most 63 characters", "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
        |t| label(t).and_then(|()| if t.ends_with('-') { Err("a hyphen ends it".to_owned()) } else { Ok(()) });
    /// A network interface, as Linux names them.
    InterfaceName: "an interface name" like ["enp3s0"] has "letters, digits, `.`, `_` and `-`, and at most 15 characters", "^[A-Za-z][A-Za-z0-9._-]{0,14}$",
        |t| shaped(t, 15, |c| c.is_ascii_alphabetic(), |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    /// A kind of service.
    KindName: "a kind" like ["jellyfin"] has "lower-case letters, digits and hyphens, and a letter first", "^[a-z][a-z0-9-]{0,62}$", label;
    /// A label of Prometheus' and of selectors.
    LabelName: "a label name" like ["environment"] has "letters, digits and `_`", "^[A-Za-z_][A-Za-z0-9_]{0,62}$",
        |t| shaped(t, 63, |c| c.is_ascii_alphabetic() || c == '_', |c| c.is_ascii_alphanumeric() || c == '_');
    /// A person who has access.
    PersonName: "a person's short name" like ["ana"] has "lower-case letters, digits and hyphens, and a letter first", "^[a-z][a-z0-9-]{0,62}$", label;
    /// A listener of a service.
    PortName: "a port name" like ["web"] has "lower-case letters, digits, `_` and `-`, and a letter first", "^[a-z][a-z0-9_-]{0,62}$",
        |t| shaped(t, 63, |c| c.is_ascii_lowercase(), |c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'));
    /// Something outside of the fleet that is probed.
    ProbeName: "the name of a probe" like ["shop"] has "lower-case letters, digits and hyphens, and a letter first", "^[a-z][a-z0-9-]{0,62}$", label;
    /// A layer that hosts take up by name.
    ProfileName: "a profile name" like ["media"] has "lower-case letters, digits and hyphens, and a letter first", "^[a-z][a-z0-9-]{0,62}$", label;
    /// Whoever is told of alerts.
    ReceiverName: "the name of a receiver" like ["ops"] has "lower-case letters, digits and hyphens, and a letter first", "^[a-z][a-z0-9-]{0,62}$", label;
    /// A part that an instance plays in a cluster.
    RoleName: "a role" like ["primary"] has "lower-case letters, digits and hyphens, and a letter first", "^[a-z][a-z0-9-]{0,62}$", label;
    /// An encrypted value.
    SecretName: "a secret name" like ["vpn-egress"] has "letters, digits, `.`, `_` and `-`, and a letter or digit first", "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
        |t| shaped(t, 100, |c| c.is_ascii_alphanumeric(), |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    /// A service of the fleet.
    ServiceName: "a service name" like ["jellyfin"] has "lower-case letters, digits and hyphens, and a letter first", "^[a-z][a-z0-9-]{0,62}$", label;
    /// A setting of a kind.
    SettingName: "a setting name" like ["media_group"] has "lower-case letters, digits and `_`, and a letter first", "^[a-z][a-z0-9_]{0,62}$",
        |t| shaped(t, 63, |c| c.is_ascii_lowercase(), |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    /// A place with a network of its own.
    SiteName: "a site name" like ["home"] has "lower-case letters, digits and hyphens, and a letter first", "^[a-z][a-z0-9-]{0,62}$", label;
    /// The name of a mounted disk.
    StorageName: "a storage name" like ["films"] has "lower-case letters, digits and hyphens, and a letter first", "^[a-z][a-z0-9-]{0,62}$", label;
    /// A service of systemd's, without its suffix; `{service}` stands for the name of the fleet's service.
    UnitName: "a systemd service" like ["jellyfin"] has "letters, digits, `:`, `-`, `_`, `.` and `@`, without `.service` at its end; `{service}` stands for the service's name", "^[A-Za-z0-9:_.@{}-]{1,100}$",
        unit;
    /// A word that hosts are selected by.
    Tag: "a tag" like ["media"] has "lower-case letters, digits, `_` and `-`, and a letter first", "^[a-z][a-z0-9_-]{0,62}$",
        |t| shaped(t, 63, |c| c.is_ascii_lowercase(), |c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'));
}

impl UnitName {
    /// The unit of one service: its name takes the place of `{service}`.
    pub fn of(&self, service: &ServiceName) -> Self {
        Self(self.0.replace("{service}", service.as_str()).into())
    }
}

fn label(text: &str) -> Result<(), String> {
    shaped(text, 63, |c| c.is_ascii_lowercase(), |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn domain(text: &str) -> Result<(), String> {
    if text.len() > 253 {
        return Err("it is longer than 253 characters".to_owned());
    }
    let part = |part: &str| {
        let first = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        shaped(part, 63, first, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')?;
        if part.ends_with('-') { Err("a hyphen ends a part of it".to_owned()) } else { Ok(()) }
    };
    text.split('.').try_for_each(part)
}

fn dns_name(text: &str) -> Result<(), String> {
    domain(text)?;
    // A resolver takes a name that ends in a number for an address.
    match text.rsplit('.').next().filter(|part| part.bytes().all(|b| b.is_ascii_digit())) {
        Some(_) => Err("it ends in a number, as an address does".to_owned()),
        None => Ok(()),
    }
}

fn unit(text: &str) -> Result<(), String> {
    if text.ends_with(".service") {
        return Err("it ends in `.service`".to_owned());
    }
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '.' | '@');
    // The braces that are left stand around nothing known.
    shaped(&text.replace("{service}", "service"), 100, |c| c.is_ascii_alphanumeric(), legal)
}

/// Holds a text against the shape of a name and says the first thing that is wrong.
fn shaped(text: &str, longest: usize, first: fn(char) -> bool, rest: fn(char) -> bool) -> Result<(), String> {
    let Some(begin) = text.chars().next() else { return Err("it is empty".to_owned()) };
    if let Some(bad) = text.chars().find(|c| !rest(*c) && !first(*c)) {
        let shown = bad.escape_debug();
        return Err(match bad {
            ' ' => "it has a space".to_owned(),
            c if c.is_ascii_uppercase() => format!("it has the capital letter `{shown}`"),
            _ => format!("it has `{shown}`"),
        });
    }
    if !first(begin) {
        return Err(format!("it begins with `{}`", begin.escape_debug()));
    }
    if text.len() > longest {
        return Err(format!("it is longer than {longest} characters"));
    }
    Ok(())
}
