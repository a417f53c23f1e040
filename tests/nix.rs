//! What the real nix makes of generated fleets: the examples, the good fleets, every kind, and what `init` writes.
//!
//! Nothing is fetched and no host is built: `tests/nixpkgs/` stands for nixpkgs, agenix and deploy-rs. To put the same
//! questions to a real nixpkgs, name its directory; whatever passes with the stand-in is meant to pass there:
//!
//! ```text
//! CISTERN_NIXPKGS=~/nixpkgs cargo test --test nix
//! ```

#![expect(clippy::disallowed_methods, reason = "makes fleet directories and runs nix on them")]

mod common;
#[path = "common/fleet.rs"]
mod fleet;
#[path = "common/good.rs"]
mod good_fleets;
#[path = "common/options.rs"]
mod table;

#[path = "nix/bench.rs"]
mod bench;
#[path = "nix/cases.rs"]
mod cases;
#[path = "nix/evaluation.rs"]
mod evaluation;
#[path = "nix/examples.rs"]
mod examples;
#[path = "nix/good.rs"]
mod good;
#[path = "nix/import.rs"]
mod import;
#[path = "nix/kinds.rs"]
mod kinds;
#[path = "nix/options.rs"]
mod options;
#[path = "nix/plan.rs"]
mod plan;
#[path = "nix/scaffold.rs"]
mod scaffold;
#[path = "nix/units.rs"]
mod units;

/// A Nix function from `nixosConfigurations` to what stands for the whole of each host.
const DRV_PATHS: &str = "builtins.mapAttrs (_: host: host.config.system.build.toplevel.drvPath)";
