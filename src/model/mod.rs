//! Raw → Fleet: what the fleet is meant to be, with valid names and typed values.

pub mod definition;
pub mod facts;
mod fleet;
pub mod ingress;
pub mod layers;
mod lower;
mod modules;
pub mod placing;
pub mod shapes;

pub use fleet::{Failover, Fleet, Hardware, Host, Kept, Monitoring, Person, Secret, Service, Site};
pub use ingress::{Ingress, NameServers, ServiceIngressDef};
pub use lower::{BROUGHT, Definition, INGRESS, NAME_SERVER, lower, unmatched};
pub use modules::{Module, Modules, Reached, Setting};
