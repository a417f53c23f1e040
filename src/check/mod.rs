//! Fleet → Checked: every rule of the fleet stage, one file per family.
//!
//! A rule is a function that looks at the whole fleet and pushes what it finds. What is poisoned is passed over:
//! its fault was told already.

mod access;
mod accounts;
mod alerts;
mod assignments;
pub mod addresses;
mod bindings;
pub mod boot;
mod capacity;
mod cards;
mod clusters;
mod consumers;
mod containers;
mod credentials;
mod depends;
mod deploy;
mod disks;
pub mod evidence;
mod firewall;
mod firmware;
mod floating;
mod hygiene;
mod ingress;
mod intent;
mod kinds;
mod leases;
mod loaders;
mod log_alerts;
mod logins;
mod mounts;
mod moving;
mod name_servers;
pub mod names;
mod passwords;
mod privileges;
mod probing;
mod published;
mod random;
mod receivers;
mod roles;
pub mod secrets;
mod served;
pub mod service_names;
mod sites;
mod tokens;
mod told;
mod values;
mod watching;
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

/// One rule: a function that looks at something and pushes what it finds.
pub struct Rule<F> {
    /// Its family and name, as in `addresses::stand_once`.
    pub name: &'static str,
    /// The function.
    pub run: F,
}

/// Lists rules by their paths, which become their names.
macro_rules! rules {
    ($($family:ident::$name:ident,)*) => {
        &[$($crate::check::Rule {
            name: concat!(stringify!($family), "::", stringify!($name)),
            run: $family::$name,
        },)*]
    };
}
pub(crate) use rules;

/// A rule that looks at the fleet.
type FleetRule = Rule<fn(&Fleet, &mut Faults)>;

/// A rule that looks at what lies beside it as well.
type EvidenceRule = Rule<fn(&Fleet, &Evidence<'_>, &mut Faults)>;

/// Every rule, in the order of its family.
pub const RULES: &[FleetRule] = rules![
    access::somebody_can_log_in,
    access::admins_can_decrypt,
    access::operators_are_not_root,
    addresses::are_machines,
    addresses::fit_their_site,
    addresses::stand_once,
    addresses::static_is_complete,
    sites::are_sound,
    sites::gateways_are_kept,
    sites::stand_apart,
    cards::macs_are_cards,
    cards::are_in_the_facts,
    cards::facts_are_of_one_machine,
    cards::carry_their_address,
    name_servers::ask_others,
    name_servers::are_at_work,
    names::mean_one_host,
    names::can_be_asked_for,
    names::are_answered_for,
    served::stand_once,
    served::are_no_host,
    served::can_have_certificates,
    ingress::names_stand_once,
    ingress::logins_are_answered,
    ingress::ports_are_there,
    ingress::authorities_are_known,
    ingress::names_can_have_certificates,
    ingress::proxies_are_there,
    ingress::somebody_gets_in,
    ingress::somebody_asks,
    ingress::proxies_can,
    ingress::nobody_goes_past,
    ingress::failures_are_seen,
    service_names::are_answered_for,
    firewall::is_on_where_it_matters,
    boot::has_a_loader_and_a_root,
    boot::monitors_are_managed,
    loaders::there_is_one,
    firmware::partitions_match,
    firmware::profiles_suit,
    disks::are_there,
    disks::are_mounted_once,
    disks::fit_into_memory,
    mounts::have_one_owner,
    capacity::platforms_fit,
    capacity::limits_reach_a_unit,
    capacity::machines_are_large_enough,
    secrets::readers_can_decrypt,
    secrets::files_exist,
    bindings::modes_are_closed,
    bindings::places_are_free,
    bindings::somebody_reads,
    values::can_be_made,
    consumers::exporters_are_asked,
    consumers::monitors_have_targets,
    consumers::layers_are_used,
    alerts::are_known,
    alerts::have_what_is_set,
    log_alerts::have_own_names,
    log_alerts::look_like_logql,
    receivers::are_there,
    receivers::tell_somebody,
    receivers::get_the_rest,
    receivers::get_their_turn,
    receivers::wait_for_alerts,
    consumers::services_run,
    consumers::monitoring_brings_its_own,
    watching::labels_are_few,
    watching::scrapes_are_whole,
    depends::lead_nowhere_twice,
    kinds::needed_ones_are_there,
    kinds::unfree_is_allowed,
    moving::have_somewhere_to_go,
    moving::show_whether_they_work,
    moving::take_their_state_along,
    moving::stand_by_whole,
    moving::run_once,
    leases::are_granted,
    leases::move_nothing_else,
    leases::run_in_one_place,
    floating::hosts_share_a_network,
    floating::addresses_are_free,
    floating::interfaces_are_known,
    floating::numbers_stand_once,
    probing::checks_make_sense,
    roles::are_filled,
    clusters::stand_apart,
    clusters::talk_in_private,
    clusters::use_what_they_can,
    deploy::can_succeed,
    logins::stay_open,
    containers::stay_inside,
];

/// Every rule that looks at files, git or the date, in the order of its family.
pub const EVIDENCE_RULES: &[EvidenceRule] = rules![
    passwords::end_one_day,
    privileges::keep_services_small,
    credentials::are_out_of_sight,
    hygiene::no_plain_secrets,
    hygiene::no_leftovers,
    hygiene::git_knows_what_hosts_need,
    hygiene::git_knows_what_was_written,
    bindings::accounts_exist,
    bindings::files_belong,
    intent::reaches_the_body,
    kinds::releases_are_new_enough,
];

/// Runs every rule; `None` when there is an error among the faults, those of lowering included.
pub fn check(fleet: Fleet, sources: &Sources, templates: &Templates, faults: &mut Faults) -> Option<Checked> {
    for rule in RULES {
        (rule.run)(&fleet, faults);
    }
    let evidence = Evidence::new(&fleet, sources, templates);
    for rule in EVIDENCE_RULES {
        (rule.run)(&fleet, &evidence, faults);
    }
    drop(evidence);
    fleet.levels.settle(faults);
    (!fleet.levels.stop(faults)).then_some(Checked(fleet))
}
