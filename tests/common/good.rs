//! The good fleets, all below one directory.

#![allow(dead_code, reason = "each test file uses a part of this")]

use std::collections::BTreeSet;
use std::fs;

use crate::common::run;
use crate::fleet::{FLAKE, Fleet, Plan, copy, directories, repository, texts_of};

/// The good fleets, generated below one directory.
pub(crate) struct GoodFleets {
    /// The directory. Its flake has all fleets that bring none as one output, `fleets`: they take one evaluation.
    pub(crate) all: Fleet,
    /// Those fleets.
    pub(crate) together: Vec<(String, Plan)>,
    /// The fleets that bring a flake.
    pub(crate) whole: Vec<String>,
}

impl GoodFleets {
    /// Copies and generates them.
    pub(crate) fn new() -> Self {
        let all = Fleet::new();
        let (mut together, mut whole) = (Vec::new(), Vec::new());
        for name in directories("tests/fleets/good") {
            let root = all.root().join("fleets").join(&name);
            copy(&repository().join("tests/fleets/good").join(&name).join("fleet"), &root);
            run(all.command(env!("CARGO_BIN_EXE_cistern")).args(["generate", "-C"]).arg(&root));
            if root.join("flake.nix").exists() {
                whole.push(name);
            } else {
                let plan = fs::read_to_string(root.join("generated/plan.jsonl")).expect("it was generated");
                together.push((name, Plan::read(&plan)));
            }
        }
        let entries: String = together.iter().map(|(name, plan)| entry(name, plan)).collect();
        all.write("flake.nix", flake_of(&entries));
        Self { all, together, whole }
    }

    /// The hosts that run services of a kind, each as `FLEET/HOST`.
    pub(crate) fn running(&self, kind: &str) -> Vec<String> {
        let hosts = self.together.iter().flat_map(|(name, plan)| {
            let running = plan.running(kind).into_iter();
            running.map(move |host| format!("{name}/{host}"))
        });
        hosts.collect()
    }
}

/// A fleet in the flake of all fleets, with made-up inputs for the modules that it takes from other flakes, and a
/// package of the name of each kind of its own.
fn entry(name: &str, plan: &Plan) -> String {
    let mut inputs = BTreeSet::new();
    for module in plan.machines().flat_map(|(_, _, machine)| machine["modules"].as_array().expect("a list")) {
        if let Some(flake) = module.get("flake") {
            let path: String = texts_of(&flake["attributes"]).iter().map(|name| format!(".{name:?}")).collect();
            inputs.insert(format!("{0}{path} = madeUp {0};", flake["input"]));
        }
    }
    let kinds: BTreeSet<String> = plan.services.values().map(|service| service["kind"].to_string()).collect();
    let kinds = kinds.into_iter().collect::<Vec<_>>().join(" ");
    format!("{name:?} = fleet ./fleets/{name} {{ {} }} [ {kinds} ];\n", inputs.into_iter().collect::<String>())
}

/// Inputs as in any fleet's flake, and all the fleets as its one output.
fn flake_of(entries: &str) -> String {
    let (inputs, _) = FLAKE.split_once("  outputs =").expect("the template has outputs");
    format!("{inputs}  outputs = inputs: let {MADE_UP} in {{ fleets = {{ {entries} }}; }};\n}}\n")
}

/// A module of another flake has options of its own; disko's stand below `disko`, and mount the root.
const MADE_UP: &str = r#"
  madeUp = name: { lib, ... }: {
    key = "the input ${name}";
    options.${name} = lib.mkOption { type = lib.types.attrs; default = { }; };
    config.fileSystems = lib.mkIf (name == "disko") { "/".device = "/dev/made-up"; };
  };
  package = previous: name: {
    inherit name;
    value = previous.${name} or (previous.runCommand name { } "mkdir $out");
  };
  fleet = root: more: kinds: (inputs.cistern.lib.mkFleet {
    inherit root;
    inputs = inputs // more;
    overlays = [ (_: previous: builtins.listToAttrs (map (package previous) kinds)) ];
  }).nixosConfigurations;
"#;
