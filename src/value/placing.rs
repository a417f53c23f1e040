//! What placements are made by.

use std::fmt;

use super::LabelName;
use crate::load::decode::Scalar;

/// What the instances of a service are kept apart by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpreadBy {
    /// Hosts, as in any case.
    Host,
    /// Sites.
    Site,
    /// The regions of sites.
    Region,
    /// The values of a label.
    Label(LabelName),
}

impl Scalar for SpreadBy {
    const WHAT: &'static str = "what to spread by";
    const EXAMPLES: &'static [&'static str] = &["site"];
    const FORM: &'static str = "spread by `host`, `site`, `region`, or the name of a label";
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "host" => Ok(Self::Host),
            "site" => Ok(Self::Site),
            "region" => Ok(Self::Region),
            _ => LabelName::read(text).map(Self::Label),
        }
    }
}

impl fmt::Display for SpreadBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => f.write_str("host"),
            Self::Site => f.write_str("site"),
            Self::Region => f.write_str("region"),
            Self::Label(label) => label.fmt(f),
        }
    }
}

impl schemars::JsonSchema for SpreadBy {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SpreadBy".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        LabelName::json_schema(generator)
    }
}
