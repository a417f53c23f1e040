//! People: their keys, and the hosts that they may log in to.

use std::collections::BTreeMap;

use super::Lower;
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::{At, Keyed, Scalar};
use crate::model::definition::PersonDef;
use crate::model::fleet::{Host, Person};
use crate::source::{FileId, Span};
use crate::value::{AccountName, EscrowName, FleetPath, HostName, KeySource, PersonName, RecipientKey, Role, SshKey};

impl Lower<'_> {
    pub(super) fn people(&self, hosts: &BTreeMap<HostName, Host>, faults: &mut Faults) -> BTreeMap<PersonName, Person> {
        let people = self.def.access.iter().flat_map(|access| &access.people).flat_map(|people| &people.entries);
        people.filter_map(|(name, def)| Some((name.clone(), self.person(name, def, hosts, faults)?))).collect()
    }

    /// The escrow keys.
    pub(super) fn escrow(&self) -> BTreeMap<EscrowName, At<RecipientKey>> {
        let keys = self.def.access.iter().flat_map(|access| &access.escrow).flat_map(|keys| &keys.entries);
        keys.map(|(name, key)| (name.clone(), key.value.clone())).collect()
    }

    fn person(
        &self,
        name: &PersonName,
        keyed: &Keyed<PersonDef>,
        hosts: &BTreeMap<HostName, Host>,
        faults: &mut Faults,
    ) -> Option<Person> {
        let (span, def) = (keyed.key, &keyed.value);
        let Some(role) = &def.role else {
            if !def.poisoned {
                faults.push(
                    Diagnostic::new(codes::MISSING_KEY, format!("`{name}` has no `role`"))
                        .at(span, "admin or operator?")
                        .help("an admin logs in as root and decrypts secrets; an operator has an account of their own"),
                );
            }
            return None;
        };
        let role = role.value;
        let before = faults.counts();
        let keys: Vec<SshKey> = def.keys.iter().flatten().flat_map(|key| self.keys(key, faults)).collect();
        let poisoned = def.poisoned || faults.counts() != before;
        if keys.is_empty() && !poisoned {
            faults.push(
                Diagnostic::new(codes::MISSING_KEY, format!("`{name}` has no key"))
                    .at(span, "nobody could log in with this")
                    .help("add `keys: [ssh-ed25519 …]` or `keys: [./keys/NAME.pub]`"),
            );
        }
        if role == Role::Admin {
            let idle = [
                ("account", def.account.as_ref().map(|at| at.span)),
                ("sudo", def.sudo.as_ref().and_then(|sudo| sudo.first()).map(|at| at.span)),
            ];
            for (key, span) in idle.into_iter().filter_map(|(key, span)| Some((key, span?))) {
                faults.push(
                    Diagnostic::new(
                        codes::NO_EFFECT,
                        format!("`{key}` does nothing for an admin, who logs in as root"),
                    )
                    .at(span, "this has no effect")
                    .help("make them an operator, or remove the key"),
                );
            }
        } else if let Some(first) = def.age_keys.as_ref().and_then(|keys| keys.first()) {
            faults.push(
                Diagnostic::new(codes::NO_EFFECT, "`age_keys` does nothing for an operator, who decrypts nothing")
                    .at(first.span, "this has no effect")
                    .help("make them an admin, or remove the key"),
            );
        }
        let account = def
            .account
            .as_ref()
            .map_or_else(|| AccountName::read(name.as_str()).ok(), |account| Some(account.value.clone()));
        let Some(account) = account else {
            faults.push(
                Diagnostic::new(codes::BAD_NAME, format!("`{name}` is too long for an account"))
                    .at(span, "at most 32 characters")
                    .help("give them an `account`"),
            );
            return None;
        };
        if account.as_str() == "root" && role == Role::Operator {
            faults.push(
                Diagnostic::new(codes::BAD_VALUE, format!("the operator `{name}` cannot have the account root"))
                    .at(def.account.as_ref().map_or(span, |at| at.span), "this would make them an admin")
                    .help("give them an account of their own, or the role admin"),
            );
        }
        let on = match &def.hosts {
            Some(selector) => {
                let selected = self.names.select(selector, hosts, faults).into_iter();
                selected.map(|host| host.name.clone()).collect()
            }
            None => hosts.keys().cloned().collect(),
        };
        Some(Person {
            span,
            role,
            keys,
            age_keys: def.age_keys.iter().flatten().map(|at| at.value.clone()).collect(),
            account,
            hosts: on,
            sudo: def.sudo.iter().flatten().map(|at| at.value.clone()).collect(),
            poisoned,
        })
    }

    fn keys(&self, source: &At<KeySource>, faults: &mut Faults) -> Vec<SshKey> {
        let path = match &source.value {
            KeySource::Inline(key) => return vec![key.clone()],
            KeySource::File(path) => path,
        };
        if !self.file_exists(path, source.span, faults) {
            return Vec::new();
        }
        let Some(id) = self.sources.find(&path.0) else {
            faults.push(
                Diagnostic::new(codes::BAD_KEY, format!("`./{}` cannot hold keys", path.0))
                    .at(source.span, "not a file that ends in .pub")
                    .help("public keys are read from files that end in .pub"),
            );
            return Vec::new();
        };
        self.key_lines(path, id, source, faults)
    }

    fn key_lines(&self, path: &FleetPath, id: FileId, source: &At<KeySource>, faults: &mut Faults) -> Vec<SshKey> {
        let mut keys = Vec::new();
        let mut next = 0;
        for line in self.sources.file(id).text.split_inclusive('\n') {
            let start = next;
            next += line.len();
            let line = line.trim_end();
            if line.is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            match SshKey::read(line) {
                Ok(key) => keys.push(key),
                Err(why) => faults.push(
                    Diagnostic::new(codes::BAD_KEY, format!("`./{}` holds a line that is no public key", path.0))
                        .at(Span::new(id, start, start + line.len()), why)
                        .at(source.span, "named here")
                        .help("one key a line: type, base64, comment"),
                ),
            }
        }
        keys
    }
}
