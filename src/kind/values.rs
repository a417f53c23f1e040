//! What the types do not say of the secrets that a kind brings.

use std::collections::{BTreeMap, BTreeSet};

use super::front::{BroughtDef, Front};
use super::setting::SettingDef;
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::{At, Keyed};
use crate::recipe::{Recipe, Written, circles};
use crate::value::{SecretName, SettingName};

impl Front {
    /// How the value of one of its secrets is made.
    pub fn recipe(&self, name: &SecretName) -> Option<Written> {
        let brought = self.secrets.as_ref()?.entries.get(name)?;
        brought.value.generate.as_ref()?.written(brought.key, &mut Faults::default())
    }

    /// Checks its secrets: every value can be made, and goes to a setting or into another one.
    pub(super) fn check_secrets(&self, faults: &mut Faults) {
        let mut written: BTreeMap<&SecretName, Written> = BTreeMap::new();
        for (name, brought) in self.secrets.iter().flat_map(|secrets| &secrets.entries) {
            match &brought.value.generate {
                Some(generate) => {
                    written.extend(generate.written(brought.key, faults).map(|recipe| (name, recipe)));
                }
                None if !brought.value.poisoned => faults.push(
                    Diagnostic::new(codes::MISSING_KEY, format!("the secret `{name}` has no `generate`"))
                        .at(brought.key, "how is its value made?")
                        .help("add `generate: { type: alphanumeric }`, for instance"),
                ),
                None => {}
            }
            self.setting_takes_it(name, brought, faults);
        }
        self.sources_are_here(&written, faults);
        self.settings_are_taken_once(faults);
        for circle in circles(&written.iter().map(|(name, recipe)| (*name, &recipe.recipe)).collect()) {
            faults.push(Written::circular(&circle, written[&circle[0]].span));
        }
        for (_, setting) in self.settings.iter().flat_map(|settings| &settings.entries) {
            let kinds = setting.value.kinds.as_ref().and_then(|kinds| kinds.first());
            if let Some(first) = kinds.filter(|_| !setting.value.names_a_service()) {
                faults.push(
                    Diagnostic::new(codes::NO_EFFECT, "`kinds` does nothing here")
                        .at(first.span, "only the name of a service is of a kind")
                        .help("add `format: service`, or remove it"),
                );
            }
            if let Some(shared) = setting.value.shared.as_ref().filter(|_| !setting.value.is_secret()) {
                faults.push(
                    Diagnostic::new(codes::NO_EFFECT, "`shared` does nothing here").at(shared.span, "only a secret is"),
                );
            }
        }
    }

    fn setting_takes_it(&self, name: &SecretName, brought: &Keyed<BroughtDef>, faults: &mut Faults) {
        let Some(setting) = &brought.value.setting else { return };
        let settings = self.settings.as_ref();
        if settings.is_some_and(|settings| settings.poisoned.contains(setting.value.as_str())) {
            return;
        }
        let Some(found) = settings.and_then(|settings| settings.entries.get(&setting.value)) else {
            let names = settings.iter().flat_map(|settings| settings.entries.keys().map(SettingName::as_str));
            faults.push(
                Diagnostic::new(codes::UNKNOWN_NAME, format!("there is no setting `{}`", setting.value))
                    .at(setting.span, "not one of `settings`")
                    .nearest(setting.value.as_str(), names),
            );
            return;
        };
        if !found.value.is_secret() && !found.value.holds_secrets() && !found.value.poisoned {
            faults.push(
                Diagnostic::new(codes::NO_EFFECT, format!("`{}` takes no secret", setting.value))
                    .at(setting.span, format!("`{name}` cannot go here"))
                    .at(found.key, "of another type")
                    .help("give it `type: secret`, or `values: { type: secret }`"),
            );
        }
    }

    /// What values are made from is brought as well, and is one value.
    fn sources_are_here(&self, written: &BTreeMap<&SecretName, Written>, faults: &mut Faults) {
        let secrets = self.secrets.as_ref();
        let known = |name: &SecretName| {
            secrets.is_some_and(|known| known.entries.contains_key(name) || known.poisoned.contains(name.as_str()))
        };
        let many = |name: &SecretName| {
            let brought = secrets.and_then(|secrets| secrets.entries.get(name));
            let setting = brought.and_then(|brought| brought.value.setting.as_ref());
            setting.and_then(|at| self.setting(&at.value)).is_some_and(SettingDef::holds_secrets)
        };
        for source in written.values().flat_map(|recipe| &recipe.sources) {
            if !known(&source.value) {
                let names = secrets.iter().flat_map(|secrets| secrets.entries.keys().map(SecretName::as_str));
                faults.push(
                    Diagnostic::new(codes::UNKNOWN_NAME, format!("the kind brings no secret `{}`", source.value))
                        .at(source.span, "not one of `secrets`")
                        .nearest(source.value.as_str(), names),
                );
            } else if many(&source.value) {
                faults.push(
                    Diagnostic::new(codes::BAD_GENERATOR, format!("`{}` is many values", source.value))
                        .at(source.span, "one for each key of its setting")
                        .help("make this value from one that goes to no map"),
                );
            }
        }
    }

    /// No two secrets go to one setting.
    fn settings_are_taken_once(&self, faults: &mut Faults) {
        let mut taken: BTreeMap<&SettingName, &At<SettingName>> = BTreeMap::new();
        for brought in self.secrets.iter().flat_map(|secrets| secrets.entries.values()) {
            let Some(setting) = &brought.value.setting else { continue };
            if let Some(first) = taken.insert(&setting.value, setting) {
                faults.push(
                    Diagnostic::new(codes::NO_EFFECT, format!("two secrets go to the setting `{}`", setting.value))
                        .at(setting.span, "this one")
                        .at(first.span, "and this one")
                        .help("a `text` can hold both: list one in `depends_on`"),
                );
            }
        }
    }

    /// Finds a setting.
    pub fn setting(&self, name: &SettingName) -> Option<&SettingDef> {
        Some(&self.settings.as_ref()?.entries.get(name)?.value)
    }

    /// Says whether every host has a value of its own of a secret.
    pub fn is_per_host(&self, name: &SecretName) -> bool {
        let brought = self.secrets.as_ref().and_then(|secrets| secrets.entries.get(name));
        brought.and_then(|brought| brought.value.per_host).is_some_and(|at| at.value)
    }

    /// Finds the secret that goes to a setting.
    pub fn secret_of(&self, setting: &SettingName) -> Option<&SecretName> {
        let mut secrets = self.secrets.iter().flat_map(|secrets| &secrets.entries);
        let goes = |brought: &Keyed<BroughtDef>| brought.value.setting.as_ref().is_some_and(|at| at.value == *setting);
        secrets.find(|(_, brought)| goes(brought)).map(|(name, _)| name)
    }

    /// A secret and all those that its value is made from.
    pub fn with_sources(&self, name: &SecretName) -> BTreeSet<SecretName> {
        let mut all = BTreeSet::new();
        let mut open = vec![name.clone()];
        while let Some(name) = open.pop() {
            let recipe = self.recipe(&name).map(|written| written.recipe);
            if all.insert(name) {
                open.extend(recipe.iter().flat_map(Recipe::sources).cloned());
            }
        }
        all
    }
}
