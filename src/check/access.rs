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

/// The account that deploy-rs comes with takes on root, so no operator shares it.
pub(super) fn operators_are_not_root(fleet: &Fleet, faults: &mut Faults) {
    for (name, person) in fleet.people.iter().filter(|(_, person)| person.role == Role::Operator && !person.poisoned) {
        let hosts = person.hosts.iter().filter_map(|host| fleet.hosts.get(host));
        let mut full = hosts.filter(|host| host.managed == Managed::Full);
        let shared = full.find_map(|host| {
            let comes_with = host.layer.deploy.as_ref()?.ssh_user.as_ref()?;
            (comes_with.value == person.account).then_some((host, comes_with.span))
        });
        let Some((host, span)) = shared else { continue };
        faults.push(
            Diagnostic::new(
                codes::BAD_VALUE,
                format!(
                    "the operator `{name}` would share the account `{}` with deploy-rs on host `{}`",
                    person.account, host.name
                ),
            )
            .at(person.span, "could take on root with it")
            .at(span, "deploy-rs comes with this account")
            .help("give them an `account` of their own, or the role admin")
            .about("hosts", &host.name),
        );
    }
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
