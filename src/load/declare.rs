//! Declares what the definition can hold: [`definition!`] a struct, [`choice!`] a choice between words.
//!
//! The keys of a struct, what they take, their documentation and the way its layers merge follow from one declaration.

/// Declares a struct of the definition: every field is a key that may be absent.
///
/// A last line `..base: Type` takes in the keys of another such struct; `layer` in the place of `struct` lets the
/// layers of a host be laid on each other.
macro_rules! definition {
    (
        $(#[$meta:meta])*
        pub layer $name:ident { $( $(#[$field_meta:meta])* $field:ident: $type:ty, )* }
    ) => {
        $crate::load::declare::definition! {
            $(#[$meta])*
            pub struct $name { $( $(#[$field_meta])* $field: $type, )* }
        }

        impl $crate::load::merge::Merge for $name {
            fn merge(
                &mut self,
                over: &Self,
                trail: &$crate::load::merge::Trail<'_>,
                recorder: &mut dyn $crate::load::merge::Recorder,
            ) {
                $(
                    if let Some(over) = &over.$field {
                        let trail = trail.key($crate::load::decode::key_name(stringify!($field)));
                        $crate::load::merge::lay(&mut self.$field, over, &trail, recorder);
                    }
                )*
                self.poisoned |= over.poisoned;
            }
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$field_meta:meta])* $field:ident: $type:ty, )*
            $( ..$base:ident: $base_type:ty, )?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: Option<$type>, )*
            $(
                #[doc = "The keys that it shares with other layers."]
                #[schemars(flatten)]
                pub $base: $base_type,
            )?
            /// Whether something in it could not be read.
            #[schemars(skip)]
            pub poisoned: bool,
        }

        impl $crate::load::decode::Keys for $name {
            fn key(&mut self, entry: &$crate::load::Entry, faults: &mut $crate::diag::Faults) -> bool {
                $(
                    if &*entry.key == $crate::load::decode::key_name(stringify!($field)) {
                        self.$field = $crate::load::decode::Decode::decode(&entry.value, faults);
                        self.poisoned |= self.$field.is_none();
                        return true;
                    }
                )*
                $( if self.$base.key(entry, faults) { self.poisoned |= self.$base.poisoned; return true; } )?
                false
            }
            fn names(into: &mut Vec<&'static str>) {
                $( into.push($crate::load::decode::key_name(stringify!($field))); )*
                $( <$base_type as $crate::load::decode::Keys>::names(into); )?
            }
            fn poison(&mut self) {
                self.poisoned = true;
            }
        }

        impl $crate::load::decode::Decode for $name {
            fn decode(node: &$crate::load::Node, faults: &mut $crate::diag::Faults) -> Option<Self> {
                $crate::load::decode::decode_keys(node, faults)
            }
        }
    };
}
pub(crate) use definition;

/// Declares a choice between words.
macro_rules! choice {
    ($(#[$meta:meta])* pub enum $name:ident { $( $(#[doc = $meaning:literal])+ $variant:ident = $word:literal, )* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $( $(#[doc = $meaning])+ #[serde(rename = $word)] $variant, )* }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::load::schema::choice::<Self>(&[$(concat!($($meaning),+)),*])
            }
        }

        impl $crate::load::decode::Scalar for $name {
            const WHAT: &'static str = concat!("one of" $(, " `", $word, "`")*);
            const WORDS: &'static [&'static str] = &[$($word),*];
            fn read(text: &str) -> Result<Self, String> {
                match text { $( $word => Ok(Self::$variant), )* _ => Err(String::new()) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $( Self::$variant => $word, )* })
            }
        }
    };
}
pub(crate) use choice;
