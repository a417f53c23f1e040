//! What `cistern secrets` writes and reads, with the real age and rage on the other side, real keys, a real terminal,
//! a plugin that speaks age's protocol, and strace to see where a value goes.

#![expect(clippy::disallowed_methods, reason = "makes keys and runs age, rage, editors and strace")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;
#[path = "common/vault.rs"]
mod vault;

#[path = "secrets_files/edit.rs"]
mod edit;
#[path = "secrets_files/identities.rs"]
mod identities;
#[path = "secrets_files/interop.rs"]
mod interop;
#[path = "secrets_files/leaks.rs"]
mod leaks;
#[path = "secrets_files/verbs.rs"]
mod verbs;
