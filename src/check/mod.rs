//! Fleet → Checked: every rule of the fleet stage, one file per family.
//!
//! A rule is a function that looks at the whole fleet and pushes what it finds. What is poisoned is passed over:
//! its fault was told already.

mod access;
pub mod addresses;
pub mod boot;
mod capacity;
mod cards;
mod disks;
mod firewall;
mod firmware;
mod loaders;
mod mounts;
pub mod names;
pub mod secrets;
mod served;
mod sites;

use crate::diag::Faults;
use crate::model::Fleet;

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

/// One rule about a subject: a fleet, a draft.
pub struct Rule<T> {
    /// Its family and name, as in `addresses::stand_once`.
    pub name: &'static str,
    /// Looks at the subject and pushes what it finds.
    pub run: fn(&T, &mut Faults),
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

/// Every rule, in the order of its family.
pub const RULES: &[Rule<Fleet>] = rules![
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
    names::mean_one_host,
    names::can_be_asked_for,
    names::are_answered_for,
    served::stand_once,
    served::are_no_host,
    served::can_have_certificates,
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
];

/// Runs every rule; `None` when there is an error among the faults, those of lowering included.
pub fn check(fleet: Fleet, faults: &mut Faults) -> Option<Checked> {
    for rule in RULES {
        (rule.run)(&fleet, faults);
    }
    fleet.levels.settle(faults);
    (!faults.has_errors()).then_some(Checked(fleet))
}
