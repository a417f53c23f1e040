//! The good fleets: every host of theirs evaluates.

use crate::DRV_PATHS;
use crate::fleet::{Nix, Program};
use crate::good_fleets::GoodFleets;

#[test]
fn good_fleets_evaluate() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let good = GoodFleets::new();
    for name in &good.whole {
        nix.eval(&good.all.root().join("fleets").join(name), "nixosConfigurations", DRV_PATHS);
    }
    let found = nix.eval(good.all.root(), "fleets", &format!("builtins.mapAttrs (_: {DRV_PATHS})"));
    for (name, plan) in &good.together {
        let hosts: Vec<_> = found[name.as_str()].as_object().expect("a map of hosts").keys().collect();
        assert_eq!(hosts, plan.machines().map(|(host, ..)| host).collect::<Vec<_>>(), "{name}");
    }
}
