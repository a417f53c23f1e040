//! The names in settings: what clients ask a service for, for rules about names.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Kind;
use super::format::Format;
use super::setting::SettingDef;
use crate::load::decode::{At, Scalar as _};
use crate::load::{Body, Node};
use crate::source::Span;
use crate::value::{ServiceName, SettingName};

/// A name that a setting holds.
#[derive(Debug, Clone)]
pub struct NameIn {
    /// The name and its place.
    pub name: At<String>,
    /// Whether clients are told apart by it, so that it is served once.
    pub served: bool,
    /// Whether the public DNS must know it.
    pub public: bool,
}

impl Kind {
    /// The services that settings name, by the settings.
    pub fn services_in(&self, values: &BTreeMap<String, Value>) -> BTreeMap<String, ServiceName> {
        let settings = self.front.settings.iter().flat_map(|settings| &settings.entries);
        let naming = settings.filter(|(_, setting)| setting.value.names_a_service());
        let named = naming.filter_map(|(setting, _)| {
            let service = ServiceName::read(values.get(setting.as_str())?.as_str()?).ok()?;
            Some((setting.to_string(), service))
        });
        named.collect()
    }
}

impl SettingDef {
    /// Says whether it holds the name of another service.
    pub fn names_a_service(&self) -> bool {
        self.format.is_some_and(|format| format.value == Format::Service)
    }

    /// Adds the names in a value to a list: its texts, items and keys whose format is one of a name. `given` says
    /// whether the definition gives another setting.
    pub fn names_in(&self, node: &Node, given: &dyn Fn(&SettingName) -> bool, found: &mut Vec<NameIn>) {
        match &node.body {
            Body::Text(scalar) => found.extend(self.name(&scalar.text, node.span, given)),
            Body::List(items) => {
                for (items, item) in self.items.iter().flat_map(|def| items.iter().map(move |item| (def, item))) {
                    items.0.names_in(item, given, found);
                }
            }
            Body::Map(entries) => {
                for entry in entries {
                    found.extend(self.keys.iter().filter_map(|keys| keys.0.name(&entry.key, entry.key_span, given)));
                    let property = self.properties.as_ref().and_then(|known| known.entries.get(&*entry.key));
                    let inner = property.map(|property| &property.value).or(self.values.as_ref().map(|def| &*def.0));
                    if let Some(inner) = inner {
                        inner.names_in(&entry.value, given, found);
                    }
                }
            }
            Body::Null => {}
        }
    }

    fn name(&self, text: &str, span: Span, given: &dyn Fn(&SettingName) -> bool) -> Option<NameIn> {
        let format = self.format.as_ref()?.value;
        if !matches!(format, Format::HostName | Format::PublicName | Format::ServerName) {
            return None;
        }
        let with = self.public_with.as_ref().is_some_and(|with| given(&with.value));
        Some(NameIn {
            name: At { value: text.to_owned(), span },
            served: format == Format::ServerName,
            public: with || format == Format::PublicName,
        })
    }
}
