//! What a registry of container images is asked for a digest, and what its answers mean.
//!
//! The words are those of the OCI distribution specification and of Docker's registry. Nothing is asked here: the command
//! line does, and hands over what was answered.

mod challenge;
mod manifest;
mod reference;

pub use challenge::{Challenge, Realm};
pub use manifest::{ACCEPTED, Answer, LARGEST_MANIFEST, digest};
pub use reference::{Endpoint, Reference};
