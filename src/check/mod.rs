//! Fleet → Checked: every rule of the fleet stage, one file per family.
//!
//! A rule is a function that looks at the whole fleet and pushes what it finds. What is poisoned is passed over:
//! its fault was told already.

mod access;
mod accounts;
pub mod addresses;
mod bindings;
pub mod boot;
mod consumers;
mod containers;
mod credentials;
mod deploy;
pub mod evidence;
mod hygiene;
mod intent;
mod logins;
mod passwords;
mod privileges;
pub mod secrets;
mod tokens;
mod told;
mod wording;

use crate::diag::Faults;
use crate::model::Fleet;
use crate::nix::Templates;
use crate::source::Sources;
use evidence::Evidence;

/// A fleet that passed every rule of its stage; [`check`] is the only place that makes one.
#[derive(Debug)]
pub struct Checked(Fleet);

impl Checked {
    /// The fleet.
    pub fn fleet(&self) -> &Fleet {
        &self.0
    }

    /// Takes the fleet out.
    pub fn into_fleet(self) -> Fleet {
        self.0
    }
}

/// One rule: looks at the fleet and pushes what it finds.
pub type Rule = fn(&Fleet, &mut Faults);

/// Every rule, in the order of its family.
pub const RULES: &[Rule] = &[
    access::somebody_can_log_in,
    access::admins_can_decrypt,
    access::operators_are_not_root,
    addresses::fit_their_site,
    addresses::sites_are_sound,
    addresses::stand_once,
    addresses::static_is_complete,
    boot::has_a_loader_and_a_root,
    boot::monitors_are_managed,
    secrets::readers_can_decrypt,
    secrets::files_exist,
    bindings::modes_are_closed,
    bindings::places_are_free,
    bindings::somebody_reads,
    consumers::exporters_are_asked,
    consumers::monitors_have_targets,
    consumers::layers_are_used,
    consumers::services_run,
    deploy::can_succeed,
];

/// One rule that looks at more than the definition.
pub type EvidenceRule = fn(&Fleet, &Evidence<'_>, &mut Faults);

/// Every rule that looks at files, git or the date, in the order of its family.
pub const EVIDENCE_RULES: &[EvidenceRule] = &[
    passwords::end_one_day,
    logins::stay_open,
    privileges::keep_services_small,
    credentials::are_out_of_sight,
    hygiene::no_plain_secrets,
    hygiene::no_leftovers,
    hygiene::git_knows_what_hosts_need,
    hygiene::git_knows_what_was_written,
    bindings::accounts_exist,
    bindings::files_belong,
    containers::stay_inside,
    intent::reaches_the_body,
];

/// Runs every rule; `None` when there is an error among the faults, those of lowering included.
pub fn check(fleet: Fleet, sources: &Sources, templates: &Templates, faults: &mut Faults) -> Option<Checked> {
    for rule in RULES {
        rule(&fleet, faults);
    }
    let evidence = Evidence::new(&fleet, sources, templates);
    for rule in EVIDENCE_RULES {
        rule(&fleet, &evidence, faults);
    }
    drop(evidence);
    fleet.levels.settle(faults);
    (!faults.has_errors()).then_some(Checked(fleet))
}
