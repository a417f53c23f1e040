//! Raw → Fleet: what the fleet is meant to be, with valid names and typed values.

pub mod definition;
pub mod facts;
mod fleet;
pub mod layers;
mod lower;
mod modules;
pub mod shapes;

pub use fleet::{Fleet, Hardware, Host, Kept, Monitoring, Person, Secret, Service, Site};
pub use lower::{BROUGHT, Definition, empty, lower};
pub use modules::{Module, Modules, Reached, Setting};
