//! What a change does once it is deployed: coded findings, each with a remedy.

mod access;
mod availability;
mod recipients;
mod state;

use std::collections::BTreeSet;

use serde::Serialize;

use super::sides::Sides;
use crate::audit::Drift;
use crate::diag::{Code, codes};

/// The findings in the order in which they are told, by the name that `--deny` takes.
pub const IMPACTS: &[(&str, &Code)] = &[
    ("may-cut-off", codes::MAY_CUT_OFF),
    ("loses-data", codes::LOSES_DATA),
    ("quorum", codes::QUORUM_CHANGES),
    ("needs-rekey", codes::NEEDS_REKEY),
    ("downtime", codes::DOWNTIME),
    ("reboots", codes::REBOOTS),
    ("restarts", codes::RESTARTS),
    ("input-moved", codes::INPUT_MOVED),
    ("made-differently", codes::MADE_DIFFERENTLY),
];

/// Something that a deployment of the change does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
pub struct Finding {
    /// Its place among the impacts.
    #[serde(skip)]
    rank: usize,
    /// The code, which `cistern explain` explains.
    pub code: &'static str,
    /// The name that `--deny` takes.
    pub impact: &'static str,
    /// The hosts that it concerns.
    pub hosts: Vec<String>,
    /// What happens, in one sentence with the names in it.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Whether `--deny` or the definition's `lints` refuse it.
    pub denied: bool,
}

/// What rules see: the plans side by side, and what is known of kinds.
pub struct Look<'a, 't> {
    /// The plans.
    pub sides: &'a Sides<'t>,
    /// The units of a service, by its kind and its name.
    pub units: &'a dyn Fn(&str, &str) -> Vec<String>,
    /// How many instances a kind needs at least, when it is a cluster with a quorum.
    pub quorum: &'a dyn Fn(&str) -> bool,
    /// The encrypted files of the new side that are not as its plan has them, when they are at hand.
    pub drifts: Option<&'a [Drift<'a>]>,
}

impl Finding {
    /// Begins a finding about some hosts.
    pub(super) fn new<H: Into<String>>(
        code: &'static Code,
        hosts: impl IntoIterator<Item = H>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let rank = IMPACTS.iter().position(|(_, known)| known.id == code.id).expect("every impact has a row");
        let hosts: BTreeSet<String> = hosts.into_iter().map(Into::into).collect();
        Self {
            rank,
            code: code.id,
            impact: IMPACTS[rank].0,
            hosts: hosts.into_iter().collect(),
            message: message.into(),
            help: help.into(),
            denied: false,
        }
    }
}

/// Every finding of the plans, in the order in which they are told.
pub fn impact(look: &Look<'_, '_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in [
        access::may_be_cut_off,
        state::may_be_lost,
        recipients::change,
        availability::members_change,
        availability::stands_still,
        availability::reboots,
        availability::restarts,
    ] {
        rule(look, &mut found);
    }
    found
}
