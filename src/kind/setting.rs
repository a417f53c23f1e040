//! The types of a kind's settings: a subset of JSON Schema, and the check of a value against it.

use serde_json::Value;

use crate::diag::{Diagnostic, Faults, codes, listed};
use crate::load::declare::{choice, definition};
use crate::load::decode::{At, Decode};
use crate::load::{Body, Node};
use crate::nix::{self, Unprintable};
use crate::source::Span;
use crate::value::{KindName, SecretName, SettingName, Verbatim};

use super::format::Format;

choice! {
    /// The type of a setting.
    pub enum SettingType {
        /// Text.
        String = "string",
        /// A whole number.
        Integer = "integer",
        /// A number.
        Number = "number",
        /// `true` or `false`.
        Boolean = "boolean",
        /// A list of `items`.
        Array = "array",
        /// A map to `values`.
        Object = "object",
        /// `{secret: NAME}`: the template sees the run-time path of the secret.
        Secret = "secret",
    }
}

definition! {
    /// A setting that the definition may give.
    pub struct SettingDef {
        /// Its type.
        r#type: At<SettingType>,
        /// What it does.
        #[schemars(example = &"The group that may read the media.")]
        description: At<String>,
        /// What it is when the definition does not say.
        #[schemars(example = &"media")]
        default: Verbatim,
        /// An example.
        #[schemars(example = &"media")]
        example: Verbatim,
        /// Whether the definition must give it.
        required: At<bool>,
        /// The values that are allowed.
        #[schemars(example = ["one", "many"])]
        r#enum: Vec<At<Verbatim>>,
        /// The smallest number.
        #[schemars(example = 1)]
        minimum: At<i64>,
        /// The largest number.
        #[schemars(example = 100)]
        maximum: At<i64>,
        /// The type of a list's items.
        items: Boxed,
        /// The type of a map's values.
        values: Boxed,
        /// The type of a map's keys, where they are free: a string with a format.
        keys: Boxed,
        /// What a string is: its values are checked, and rules know what they are.
        format: At<Format>,
        /// The kinds that the service may be of, whose name it is.
        #[schemars(example = ["etcd"])]
        kinds: Vec<At<KindName>>,
        /// The setting that makes a name one that the public DNS must know, when it is given.
        public_with: At<SettingName>,
        /// The secret of another service's kind that `{service: NAME}` stands for.
        #[schemars(example = &"api-key")]
        shared: At<SecretName>,
        /// The keys that a map has, where they are fixed.
        properties: crate::load::decode::Named<SettingName, SettingDef>,
    }
}

/// A type inside of a type.
#[derive(Debug, Clone)]
pub struct Boxed(pub Box<SettingDef>);

impl Decode for Boxed {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        SettingDef::decode(node, faults).map(|def| Self(Box::new(def)))
    }
}

impl schemars::JsonSchema for Boxed {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        <SettingDef as schemars::JsonSchema>::schema_name()
    }
    fn schema_id() -> std::borrow::Cow<'static, str> {
        <SettingDef as schemars::JsonSchema>::schema_id()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        SettingDef::json_schema(generator)
    }
}

/// What stands for a secret in a setting; returns its run-time path.
pub type SecretPath<'a> = dyn FnMut(&str, &Node, &mut Faults) -> Option<String> + 'a;

impl SettingDef {
    /// Judges a value that the definition gives, and returns it with the paths of secrets filled in.
    pub fn judge(&self, node: &Node, secret: &mut SecretPath<'_>, faults: &mut Faults) -> Option<Value> {
        let value = self.read(node, secret, faults)?;
        let Err(why) = printed(&value) else { return Some(value) };
        let diagnostic = Diagnostic::new(codes::BAD_SETTING, format!("the value cannot be written in Nix: {why}"));
        faults.push(diagnostic.at(node.span, "no Nix value"));
        None
    }

    fn read(&self, node: &Node, secret: &mut SecretPath<'_>, faults: &mut Faults) -> Option<Value> {
        let kind = self.r#type.as_ref().map_or(SettingType::String, |t| t.value);
        if matches!(kind, SettingType::Secret | SettingType::String)
            && let Some(entry) = node.get("secret")
        {
            let Body::Text(name) = &entry.value.body else {
                faults.push(wrong(&entry.value, "the name of a secret"));
                return None;
            };
            return secret(&name.text, &entry.value, faults).map(Value::String);
        }
        let value = match (kind, &node.body) {
            (SettingType::Array, Body::List(items)) => {
                let judged: Vec<_> = items.iter().map(|item| self.inner(&self.items, item, secret, faults)).collect();
                judged.into_iter().collect::<Option<Vec<_>>>().map(Value::Array)?
            }
            (SettingType::Object, Body::Map(_)) => self.object(node, secret, faults)?,
            (SettingType::String, Body::Text(scalar)) => {
                self.fits(&scalar.text, node.span, faults).then(|| Value::String(scalar.text.to_string()))?
            }
            (SettingType::Secret, _) => {
                faults.push(wrong(node, "`{secret: NAME}`"));
                return None;
            }
            (SettingType::Array | SettingType::Object, _) | (_, Body::List(_) | Body::Map(_) | Body::Null) => {
                faults.push(wrong(node, what(kind)));
                return None;
            }
            _ => self.scalar(kind, node, faults)?,
        };
        let allowed = self.r#enum.iter().flatten().map(|at| at.value.0.to_json()).collect::<Vec<_>>();
        if !allowed.is_empty() && !allowed.contains(&value) {
            let words: Vec<_> =
                allowed.iter().map(|word| word.as_str().map_or(word.to_string(), str::to_owned)).collect();
            let found = value.as_str().unwrap_or_default();
            let diagnostic =
                Diagnostic::new(codes::BAD_SETTING, format!("{} is none of {}", node.shape(), listed(&words)));
            faults.push(diagnostic.at(node.span, "not one of these").nearest(found, words.iter().map(String::as_str)));
            return None;
        }
        Some(value)
    }

    /// The value when the definition does not say: the default, else null.
    pub fn fallback(&self) -> Value {
        self.default.as_ref().map_or(Value::Null, |default| default.0.to_json())
    }

    /// Says whether it is a secret.
    pub fn is_secret(&self) -> bool {
        self.r#type.is_some_and(|kind| kind.value == SettingType::Secret)
    }

    /// Says whether it is a map to secrets.
    pub fn holds_secrets(&self) -> bool {
        self.r#type.is_some_and(|kind| kind.value == SettingType::Object)
            && self.values.as_ref().is_some_and(|values| values.0.is_secret())
    }

    /// What it could look like, for the help on one that is missing.
    pub fn form(&self) -> String {
        match (self.r#type.as_ref().map(|at| at.value), &self.example) {
            (Some(SettingType::Secret), _) => "{ secret: NAME }".to_owned(),
            (_, Some(example)) => example.0.to_json().to_string(),
            _ => "…".to_owned(),
        }
    }

    fn scalar(&self, kind: SettingType, node: &Node, faults: &mut Faults) -> Option<Value> {
        let value = node.to_json();
        let fits = match kind {
            SettingType::Integer => value.is_i64(),
            SettingType::Number => value.is_number(),
            SettingType::Boolean => value.is_boolean(),
            _ => false,
        };
        if !fits {
            faults.push(wrong(node, what(kind)));
            return None;
        }
        let number = value.as_f64().unwrap_or_default();
        let low = self.minimum.as_ref().filter(|least| number < least.value as f64);
        let high = self.maximum.as_ref().filter(|most| number > most.value as f64);
        if let Some(least) = low {
            faults.push(out_of_bounds(node, &format!("at least {}", least.value), "too small"));
            return None;
        }
        if let Some(most) = high {
            faults.push(out_of_bounds(node, &format!("at most {}", most.value), "too large"));
            return None;
        }
        Some(value)
    }

    fn object(&self, node: &Node, secret: &mut SecretPath<'_>, faults: &mut Faults) -> Option<Value> {
        let Body::Map(entries) = &node.body else { return None };
        let mut map = serde_json::Map::new();
        let mut whole = true;
        for entry in entries {
            let value = match &self.properties {
                Some(properties) => match properties.entries.get(&*entry.key) {
                    Some(property) => property.value.read(&entry.value, secret, faults),
                    None => {
                        let known: Vec<_> = properties.entries.keys().map(crate::value::SettingName::as_str).collect();
                        let message = format!("`{}` is not known here", entry.key.escape_debug());
                        let diagnostic = Diagnostic::new(codes::BAD_SETTING, message)
                            .at(entry.key_span, "unknown")
                            .nearest(&entry.key, known.iter().copied());
                        faults.push(match diagnostic.suggestion {
                            Some(_) => diagnostic,
                            None => diagnostic.help(format!("known here: {}", known.join(", "))),
                        });
                        None
                    }
                },
                None => {
                    let fits = self.keys.as_ref().is_none_or(|keys| keys.0.fits(&entry.key, entry.key_span, faults));
                    self.inner(&self.values, &entry.value, secret, faults).filter(|_| fits)
                }
            };
            match value {
                Some(value) => {
                    map.insert(entry.key.to_string(), value);
                }
                None => whole = false,
            }
        }
        for (name, property) in self.properties.iter().flat_map(|p| &p.entries) {
            if map.contains_key(name.as_str()) {
                continue;
            }
            if property.value.required.as_ref().is_some_and(|r| r.value) {
                faults.push(
                    Diagnostic::new(codes::BAD_SETTING, format!("`{name}` is missing"))
                        .at(node.span, "it is required here"),
                );
                whole = false;
            }
            map.insert(name.to_string(), property.value.fallback());
        }
        whole.then_some(Value::Object(map))
    }

    /// Holds a text against the format.
    fn fits(&self, text: &str, span: Span, faults: &mut Faults) -> bool {
        let Some(Err(misfit)) = self.format.map(|format| format.value.check(text)) else { return true };
        let label = if misfit.why.is_empty() { format!("not {}", misfit.what) } else { misfit.why };
        let message = format!("{} is not {}", Body::shown(text), misfit.what);
        let diagnostic = Diagnostic::new(codes::BAD_SETTING, message).at(span, label);
        faults.push(if misfit.form.is_empty() { diagnostic } else { diagnostic.help(misfit.form) });
        false
    }

    fn inner(
        &self,
        def: &Option<Boxed>,
        node: &Node,
        secret: &mut SecretPath<'_>,
        faults: &mut Faults,
    ) -> Option<Value> {
        match def {
            Some(def) => def.0.read(node, secret, faults),
            None => Some(node.to_json()),
        }
    }
}

/// Prints a value as a template would, so that no template has to fail.
fn printed(value: &Value) -> Result<(), Unprintable> {
    fn nix(value: &Value) -> Result<nix::Value, Unprintable> {
        Ok(match value {
            Value::Null => nix::Value::Null,
            Value::Bool(value) => nix::Value::Bool(*value),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(number), _) => nix::Value::Int(number),
                (None, Some(number)) if !value.is_u64() => nix::Value::Float(number),
                _ => return Err(Unprintable::TooLarge(number.to_string())),
            },
            Value::String(text) => nix::Value::Str(text.clone()),
            Value::Array(items) => nix::Value::List(items.iter().map(nix).collect::<Result<_, _>>()?),
            Value::Object(map) => nix::Value::Attrs(
                map.iter().map(|(name, value)| Ok((name.clone(), nix(value)?))).collect::<Result<_, _>>()?,
            ),
        })
    }
    nix(value)?.print_operand(&mut String::new())
}

fn what(kind: SettingType) -> &'static str {
    match kind {
        SettingType::String => "text",
        SettingType::Integer => "a whole number",
        SettingType::Number => "a number",
        SettingType::Boolean => "true or false",
        SettingType::Array => "a list",
        SettingType::Object => "a map",
        SettingType::Secret => "`{secret: NAME}`",
    }
}

fn wrong(node: &Node, expected: &str) -> Diagnostic {
    Diagnostic::new(codes::BAD_SETTING, format!("expected {expected}, found {}", node.shape()))
        .at(node.span, format!("not {expected}"))
}

fn out_of_bounds(node: &Node, expected: &str, why: &str) -> Diagnostic {
    Diagnostic::new(codes::BAD_SETTING, format!("expected {expected}, found {}", node.shape())).at(node.span, why)
}
