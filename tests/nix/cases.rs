//! The cases of `cases.nix`: what mkFleet gives and refuses, and whether the evaluator does as generated files expect.

use rayon::prelude::*;
use serde_json::Value as Json;

use crate::common::{everything, run};
use crate::fleet::{Nix, Program, repository, texts_of};

#[test]
fn mk_fleet_gives_and_refuses() {
    let Some(nix) = Nix::new(Program::Absent) else { return };
    let flake = format!("path:{}?dir=fleet", repository().join("tests/nix").display());
    let eval = |attribute: &str, more: &[&str]| {
        let mut command = nix.flake(&["eval", "--json", &format!("{flake}#{attribute}")]);
        command.args(more);
        command
    };
    let json = |out: String| serde_json::from_str::<Json>(&out).expect("nix prints JSON");
    let expectations = json(run(&mut eval("expectations", &[])));
    let (refused, given): (Vec<_>, Vec<_>) =
        expectations.as_object().expect("a map of cases").iter().partition(|(_, case)| case.get("error").is_some());
    assert!(given.len() >= 19 && refused.len() >= 15, "{} and {} cases", given.len(), refused.len());

    let mut faults: Vec<String> = refused
        .par_iter()
        .filter_map(|(name, case)| {
            let output = eval(&format!("cases.{name}"), &[]).output().expect("nix starts");
            let said = everything(&output);
            let missing: Vec<_> = texts_of(&case["error"]).into_iter().filter(|words| !said.contains(words)).collect();
            let refused = !output.status.success() && missing.is_empty();
            (!refused).then(|| format!("{name}: exit {:?}, without {missing:?}:\n{said}", output.status.code()))
        })
        .collect();

    let names: Vec<_> = given.iter().map(|(name, _)| format!("{name:?}")).collect();
    let apply = format!(
        "cases: builtins.intersectAttrs (builtins.listToAttrs (map (name: {{ inherit name; value = null; }}) [ {} ])) cases",
        names.join(" ")
    );
    let values = json(run(&mut eval("cases", &["--apply", &apply])));
    for (name, case) in given {
        let value = &values[name.as_str()];
        if *value != case["value"] {
            faults.push(format!("{name}: {value}, expected {}", case["value"]));
        }
    }
    assert!(faults.is_empty(), "{} cases:\n{}", faults.len(), faults.join("\n"));
}
