//! Words and numbers of monitoring.

use serde::{Deserialize, Serialize};

use crate::load::declare::choice;
use crate::load::decode::Scalar;

choice! {
    /// How Prometheus learns of targets.
    pub enum Discovery {
        /// They stand in its configuration.
        Static = "static",
        /// They stand in files of their own, which it reads again while it runs.
        Files = "files",
    }
}

choice! {
    /// What is done with a host at present.
    pub enum Lifecycle {
        /// It does its work.
        Active = "active",
        /// Somebody works on it: nobody is alerted of it.
        Maintenance = "maintenance",
        /// It is switched off: neither deployed nor watched.
        Inactive = "inactive",
    }
}

choice! {
    /// How soon somebody must look.
    pub enum Urgency {
        /// At once.
        Critical = "critical",
        /// Within the day.
        Warning = "warning",
        /// When there is time.
        Info = "info",
    }
}

choice! {
    /// Who gets to a port through the firewall.
    pub enum Reach {
        /// The hosts that monitor, and those that show dashboards.
        Monitors = "monitors",
        /// Every host of the fleet.
        Fleet = "fleet",
    }
}

choice! {
    /// The protocol below a question.
    pub enum Scheme {
        /// Without encryption.
        Http = "http",
        /// With TLS.
        Https = "https",
    }
}

/// A number of a rule, kept as written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Threshold(Box<str>);

super::textual!(Threshold);

impl Threshold {
    /// The number.
    pub fn number(&self) -> f64 {
        self.0.parse().expect("it was a number when it was read")
    }
}

impl Scalar for Threshold {
    const WHAT: &'static str = "a number";
    const EXAMPLES: &'static [&'static str] = &["85", "0.5"];
    fn read(text: &str) -> Result<Self, String> {
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
        match text.parse::<f64>() {
            Ok(number) if plain && number.is_finite() => Ok(Self(text.into())),
            _ => Err(String::new()),
        }
    }
}

impl schemars::JsonSchema for Threshold {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Threshold".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number", "examples": [85, 0.5] })
    }
}
