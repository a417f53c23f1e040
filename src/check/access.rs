//! Rules about who can log in and decrypt.

use crate::diag::{Diagnostic, Faults, codes};
use crate::model::Fleet;
use crate::value::{Managed, Role};

/// Every host that Cistern configures keeps an administrator with a key.
pub(super) fn somebody_can_log_in(fleet: &Fleet, faults: &mut Faults) {
    if fleet.people_are_uncertain || fleet.people.values().any(|person| person.poisoned) {
        return;
    }
    let locked: Vec<_> = fleet
        .hosts
        .values()
        .filter(|host| host.managed == Managed::Full && !host.poisoned)
        .filter(|host| {
            !fleet.people.values().any(|p| p.role == Role::Admin && !p.keys.is_empty() && p.hosts.contains(&host.name))
        })
        .collect();
    let Some(first) = locked.first() else { return };
    let message = match locked.len() {
        1 => format!("nobody could log in to administer host `{}`", first.name),
        many => format!("nobody could log in to administer {many} hosts, `{}` among them", first.name),
    };
    faults.push(
        Diagnostic::new(codes::NO_ADMIN, message)
            .at(first.span, "no admin with a key")
            .help("add `access: { people: { ana: { role: admin, keys: [ssh-ed25519 …] } } }`"),
    );
}

/// Admins are recipients of secrets, so age must be able to use one of their keys.
pub(super) fn admins_can_decrypt(fleet: &Fleet, faults: &mut Faults) {
    if fleet.secrets.is_empty() {
        return;
    }
    for (name, person) in &fleet.people {
        let usable = !person.age_keys.is_empty() || person.keys.iter().any(|key| key.suits_age());
        if person.role == Role::Admin && !person.poisoned && !usable {
            let found: Vec<_> = person.keys.iter().map(|key| key.algorithm()).collect();
            faults.push(
                Diagnostic::new(codes::NO_AGE_KEY, format!("age cannot encrypt to the admin `{name}`"))
                    .at(person.span, format!("has only {}", crate::diag::listed(&found)))
                    .help("add an ssh-ed25519 or ssh-rsa key, or `age_keys: [age1…]`"),
            );
        }
    }
}
