//! Codes of diagnostics as the definition names them.

use std::cmp::Ordering;
use std::fmt;

use crate::diag::{Code, Level, codes};
use crate::load::declare::choice;
use crate::load::decode::Scalar;

/// A row of the table of diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeId(pub &'static Code);

choice! {
    /// What becomes of a finding.
    pub enum LintLevel {
        /// It is counted and not shown.
        Allow = "allow",
        /// It is shown, and nothing is refused.
        Warn = "warn",
        /// It is an error.
        Deny = "deny",
    }
}

impl From<LintLevel> for Level {
    fn from(level: LintLevel) -> Self {
        match level {
            LintLevel::Allow => Self::Allow,
            LintLevel::Warn => Self::Warn,
            LintLevel::Deny => Self::Deny,
        }
    }
}

impl Scalar for CodeId {
    const WHAT: &'static str = "the code of a diagnostic";
    const FORM: &'static str = "`cistern explain` lists the codes";
    const EXAMPLES: &'static [&'static str] = &["C052"];
    const FAULT: &'static Code = codes::BAD_LINT;
    fn read(text: &str) -> Result<Self, String> {
        codes::find(text).map(Self).ok_or_else(String::new)
    }
}

impl PartialOrd for CodeId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CodeId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.id.cmp(other.0.id)
    }
}

impl fmt::Display for CodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.id)
    }
}

impl schemars::JsonSchema for CodeId {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CodeId".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        crate::load::schema::scalar::<Self>(schemars::json_schema!({ "type": "string", "pattern": "^[Cc][0-9]{3}$" }))
    }
}
