//! Layers: how a later one changes an earlier one, watched by a recorder.
//!
//! Maps and structs merge, lists and single values are replaced, tags and modules add up.

use std::fmt::{Debug, Display};

use super::decode::{At, Keyed, Named, Scalar};
use crate::source::Span;

/// The path of keys to the value that is merged now.
#[derive(Clone, Copy)]
pub struct Trail<'a> {
    up: Option<&'a Trail<'a>>,
    key: &'a str,
}

impl<'a> Trail<'a> {
    /// Begins at the layer itself.
    pub const ROOT: Trail<'static> = Trail { up: None, key: "" };

    /// Goes one key down.
    pub fn key(&'a self, key: &'a str) -> Trail<'a> {
        Trail { up: Some(self), key }
    }

    /// Lists the keys from the layer down.
    pub fn keys(&self) -> Vec<String> {
        let Some(up) = self.up else { return Vec::new() };
        let mut keys = up.keys();
        keys.push(self.key.to_owned());
        keys
    }
}

impl Display for Trail<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.up {
            None => Ok(()),
            Some(up) if up.up.is_none() => f.write_str(self.key),
            Some(up) => write!(f, "{up}.{}", self.key),
        }
    }
}

/// Watches how layers are merged: nothing is recorded for speed, everything for `why` and for conflicts.
pub trait Recorder {
    /// The layer that is merged now set a value.
    fn set(&mut self, trail: &Trail<'_>, span: Span, value: &dyn Debug);

    /// The layer that is merged now added a value to those of earlier ones.
    fn add(&mut self, trail: &Trail<'_>, span: Span, value: &dyn Debug) {
        self.set(trail, span, value);
    }

    /// The layer put something without a place of its own over all that was said there and below: an empty list,
    /// `filesystems: manual`.
    fn replace(&mut self, _trail: &Trail<'_>) {}

    /// The layer names an entry of a map, whatever it says of it; the place is that of its key.
    fn entry(&mut self, _trail: &Trail<'_>, _span: Span) {}

    /// The next layer is merged, the lowest first; they are numbered from 0.
    fn layer(&mut self, _number: usize) {}
}

/// Records nothing.
pub struct Silent;

impl Recorder for Silent {
    fn set(&mut self, _: &Trail<'_>, _: Span, _: &dyn Debug) {}
}

/// What one layer can lay on another.
pub trait Merge: Clone {
    /// Lays `over` on `self`.
    fn merge(&mut self, over: &Self, trail: &Trail<'_>, recorder: &mut dyn Recorder);
}

/// Lays a value on what earlier layers left, which may be nothing.
pub fn lay<T: Merge>(present: &mut Option<T>, over: &T, trail: &Trail<'_>, recorder: &mut dyn Recorder) {
    present.get_or_insert_with(|| over.clone()).merge(over, trail, recorder);
}

/// Marks what is replaced as a whole.
pub trait Leaf: Debug {}
impl<T: Scalar + Debug> Leaf for T {}

impl<T: Clone + Leaf> Merge for At<T> {
    fn merge(&mut self, over: &Self, trail: &Trail<'_>, recorder: &mut dyn Recorder) {
        recorder.set(trail, over.span, &over.value);
        self.clone_from(over);
    }
}

/// A list is replaced as a whole; its first item stands for its place.
impl<T: Clone + Debug> Merge for Vec<At<T>> {
    fn merge(&mut self, over: &Self, trail: &Trail<'_>, recorder: &mut dyn Recorder) {
        match over.first() {
            Some(first) => {
                let values: Vec<_> = over.iter().map(|item| &item.value).collect();
                recorder.set(trail, first.span, &values);
            }
            None => recorder.replace(trail),
        }
        self.clone_from(over);
    }
}

impl<K: Ord + Clone + Display, V: Merge> Merge for Named<K, V> {
    fn merge(&mut self, over: &Self, trail: &Trail<'_>, recorder: &mut dyn Recorder) {
        self.poisoned.extend(over.poisoned.iter().cloned());
        for (key, Keyed { key: span, value }) in &over.entries {
            let name = key.to_string();
            recorder.entry(&trail.key(&name), *span);
            let present = self.entries.entry(key.clone()).or_insert_with(|| Keyed { key: *span, value: value.clone() });
            present.key = *span;
            present.value.merge(value, &trail.key(&name), recorder);
        }
    }
}

/// A list that adds up over the layers: tags, modules.
#[derive(Debug, Clone, Default)]
pub struct Sum<T>(pub Vec<At<T>>);

impl<T: Clone + PartialEq + Debug> Merge for Sum<T> {
    fn merge(&mut self, over: &Self, trail: &Trail<'_>, recorder: &mut dyn Recorder) {
        for item in &over.0 {
            recorder.add(trail, item.span, &item.value);
            if !self.0.iter().any(|present| present.value == item.value) {
                self.0.push(item.clone());
            }
        }
    }
}

impl<T: super::decode::Decode> super::decode::Decode for Sum<T> {
    fn decode(node: &super::Node, faults: &mut crate::diag::Faults) -> Option<Self> {
        Vec::decode(node, faults).map(Sum)
    }
}

impl<T: schemars::JsonSchema> schemars::JsonSchema for Sum<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Vec::<T>::schema_name()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Vec::<T>::json_schema(generator)
    }
}
