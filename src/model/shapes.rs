//! Values of the definition that take more than one form, and the structs in them.

use crate::diag::{Diagnostic, Faults, codes};
use crate::load::declare::definition;
use crate::load::decode::{At, Decode, Named, wrong_type};
use crate::load::merge::{Merge, Recorder, Trail};
use crate::load::{Body, Node};
use crate::value::{AbsolutePath, CodeId, Device, FsType, HostName, MountOption};

definition! {
    /// A finding about one entry that is allowed.
    pub struct AcceptDef {
        /// Its code.
        #[schemars(required)]
        code: At<CodeId>,
        /// Why; whoever reads it in a year will ask.
        #[schemars(required, example = &"the router leaves these addresses out")]
        reason: At<String>,
    }
}

definition! {
    /// A file system that the machine needs to boot.
    pub layer FilesystemDef {
        /// What is mounted. One of the layers must give it.
        device: At<Device>,
        /// Its type. One of the layers must give it.
        fs_type: At<FsType>,
        /// Mount options.
        options: Vec<At<MountOption>>,
    }
}

/// An item of `accept`: a code and why it is allowed; a code alone is refused with a sentence of its own.
#[derive(Debug, Clone)]
pub struct Accept(pub AcceptDef);

impl Decode for Accept {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        if let Body::Text(scalar) = &node.body {
            let shown = Body::shown(&scalar.text);
            faults.push(
                Diagnostic::new(codes::BAD_LINT, format!("{shown} is accepted without a reason"))
                    .at(node.span, "why?")
                    .help("write `accept: [{ code: CODE, reason: \"why\" }]`"),
            );
            return None;
        }
        AcceptDef::decode(node, faults).map(Self)
    }
}

impl schemars::JsonSchema for Accept {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Accept".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        generator.subschema_for::<AcceptDef>()
    }
}

/// One name or a list of them.
#[derive(Debug, Clone, Default)]
pub struct OneOrMore<T>(pub Vec<At<T>>);

impl<T: Decode> Decode for OneOrMore<T> {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        match &node.body {
            Body::List(_) => Vec::decode(node, faults).map(Self),
            _ => At::decode(node, faults).map(|one| Self(vec![one])),
        }
    }
}

impl<T: schemars::JsonSchema> schemars::JsonSchema for OneOrMore<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("One_or_more_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = generator.subschema_for::<T>();
        schemars::json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}

/// `filesystems`: mounts by their place, or `manual`.
#[derive(Debug, Clone)]
pub enum Filesystems {
    /// A hand-written module mounts everything.
    Manual,
    /// The mounts that Cistern writes.
    Mounts(Named<AbsolutePath, FilesystemDef>),
}

impl Decode for Filesystems {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        match &node.body {
            Body::Text(scalar) if &*scalar.text == "manual" => Some(Self::Manual),
            Body::Map(_) | Body::Null => Named::decode(node, faults).map(Self::Mounts),
            _ => {
                faults.push(wrong_type(node, "a map of mounts, or `manual`"));
                None
            }
        }
    }
}

impl Merge for Filesystems {
    fn merge(&mut self, over: &Self, trail: &Trail<'_>, recorder: &mut dyn Recorder) {
        match (&mut *self, over) {
            (Self::Mounts(present), Self::Mounts(over)) => present.merge(over, trail, recorder),
            (_, Self::Mounts(over)) => {
                let mut mounts = Named::default();
                mounts.merge(over, trail, recorder);
                *self = Self::Mounts(mounts);
            }
            (_, Self::Manual) => {
                recorder.replace(trail);
                *self = Self::Manual;
            }
        }
    }
}

impl schemars::JsonSchema for Filesystems {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Filesystems".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mounts = generator.subschema_for::<Named<AbsolutePath, FilesystemDef>>();
        schemars::json_schema!({ "anyOf": [{ "const": "manual" }, mounts] })
    }
}

/// `standby`: how many hosts are prepared, or which.
#[derive(Debug, Clone)]
pub enum Standby {
    /// So many, which Cistern chooses.
    Count(At<u32>),
    /// These.
    Hosts(Vec<At<HostName>>),
}

impl Decode for Standby {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        match &node.body {
            Body::Text(_) => At::decode(node, faults).map(Self::Count),
            Body::List(_) => Vec::decode(node, faults).map(Self::Hosts),
            _ => {
                faults.push(wrong_type(node, "a number of hosts, or a list of them"));
                None
            }
        }
    }
}

impl schemars::JsonSchema for Standby {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Standby".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let count = generator.subschema_for::<At<u32>>();
        let hosts = generator.subschema_for::<Vec<At<HostName>>>();
        schemars::json_schema!({ "anyOf": [count, hosts] })
    }
}
