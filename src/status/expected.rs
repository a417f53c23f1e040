//! The systems that hosts are to run: those that a file names, else those that were deployed last.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::{Agreement, Expectation, SystemStatus};
use crate::value::HostName;

/// The systems that somebody wrote down, by the names of the hosts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    systems: BTreeMap<String, String>,
}

impl Expected {
    /// Reads a plan file of `cistern plan -o FILE --eval`, or what `cistern diff --eval --format json` printed.
    ///
    /// # Errors
    /// Why it is of no use, in a clause.
    pub fn read(text: &str) -> Result<Self, String> {
        let document: Value = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
        let diff = document.get("diff").unwrap_or(&document);
        let Some(hosts) = diff["evaluation"]["hosts"].as_object() else {
            return Err("it names no systems: `cistern plan -o FILE --eval --all` writes a file that does".to_owned());
        };
        let system = |(name, host): (&String, &Value)| Some((name.clone(), host["system"].as_str()?.to_owned()));
        Ok(Self { systems: hosts.iter().filter_map(system).collect() })
    }

    /// How many hosts it names a system for.
    pub fn len(&self) -> usize {
        self.systems.len()
    }

    /// Whether it names none.
    pub fn is_empty(&self) -> bool {
        self.systems.is_empty()
    }

    /// Holds what a host runs against what it should.
    pub(super) fn hold(&self, host: &HostName, running: Option<String>, deployed: Option<String>) -> SystemStatus {
        let planned = self.systems.get(host.as_str()).map(|path| (path.clone(), Expectation::Plan));
        let (expected, expected_by) = planned.or(deployed.map(|path| (path, Expectation::Deployment))).unzip();
        let state = match (&running, &expected) {
            (Some(running), Some(expected)) if running == expected => Agreement::Current,
            (Some(_), Some(_)) => Agreement::Differs,
            _ => Agreement::Unknown,
        };
        SystemStatus { state, running, expected, expected_by }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::decode::Scalar as _;

    fn held(expected: &Expected, running: Option<&str>, deployed: Option<&str>) -> (Agreement, Option<Expectation>) {
        let host = HostName::read("eden").expect("a name");
        let found = expected.hold(&host, running.map(str::to_owned), deployed.map(str::to_owned));
        (found.state, found.expected_by)
    }

    #[test]
    fn a_plan_is_believed_before_the_last_deployment() {
        let text = r#"{"diff": {"evaluation": {"hosts": {"eden": {"system": "/nix/store/b"}, "gihon": {}}}}}"#;
        let plan = Expected::read(text).expect("it names a system");
        assert_eq!(plan.len(), 1);
        let by = (Some(Expectation::Plan), Some(Expectation::Deployment));
        assert_eq!(held(&plan, Some("/nix/store/b"), Some("/nix/store/a")), (Agreement::Current, by.0));
        assert_eq!(held(&plan, Some("/nix/store/a"), Some("/nix/store/a")), (Agreement::Differs, by.0));
        assert_eq!(held(&plan, None, None), (Agreement::Unknown, by.0));
        let none = Expected::default();
        assert_eq!(held(&none, Some("/nix/store/a"), Some("/nix/store/a")), (Agreement::Current, by.1));
        assert_eq!(held(&none, Some("/nix/store/a"), Some("/nix/store/b")), (Agreement::Differs, by.1));
        assert_eq!(held(&none, Some("/nix/store/a"), None), (Agreement::Unknown, None));
    }

    #[test]
    fn what_names_no_systems_says_how_to_get_them() {
        assert!(Expected::read("nonsense").is_err());
        let why = Expected::read(r#"{"diff": {"same": true}}"#).expect_err("nothing was evaluated");
        assert!(why.contains("cistern plan -o FILE --eval --all"), "{why}");
    }
}
