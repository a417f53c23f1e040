//! Clusters for real: etcd, Patroni and Redis with Sentinel run from what Cistern generates, each host a namespace with
//! an address of its own, and lose the host that matters most.
//!
//! nix evaluates the modules of `tests/fleets/good/clusters`, and the programs get the values of the options. What
//! nixpkgs' modules make of these is said again here, since no NixOS system can be built: the variables of etcd and the
//! settings of Patroni come from the stand-in under `tests/nixpkgs/`, `redis.conf` and the order of what its unit runs
//! from `sentinel.rs`. Two things differ from a machine: there is no watchdog, and one account runs everything.

#![expect(clippy::disallowed_methods, reason = "runs programs on hosts that it makes")]

mod common;

use std::sync::Mutex;

#[path = "common/fleet.rs"]
mod fleet;
#[path = "common/hosts.rs"]
mod hosts;

#[path = "clusters/backups.rs"]
mod backups;
#[path = "clusters/checkers.rs"]
mod checkers;
#[path = "clusters/etcd.rs"]
mod etcd;
#[path = "clusters/patroni.rs"]
mod patroni;
#[path = "clusters/sentinel.rs"]
mod sentinel;
#[path = "clusters/stage.rs"]
mod stage;

/// One cluster at a time: two would take each other's processor, and elections are about time.
static ONE: Mutex<()> = Mutex::new(());
