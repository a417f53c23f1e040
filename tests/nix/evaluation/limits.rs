//! Hosts that do not evaluate, and hosts that need more than they may have.

use cistern::load::decode::Scalar as _;

use super::*;

/// Hosts without nixpkgs: each of another kind.
const FLAKE: &str = r#"{
  outputs = _: {
    nixosConfigurations =
      let
        system = name: {
          config.system.build.toplevel = derivation {
            inherit name;
            system = "x86_64-linux";
            builder = "/bin/sh";
          };
        };
      in
      {
        absent-attribute = { };
        bad-type = system (1 + "a");
        fine-1 = system "fine-1";
        fine-2 = system "fine-2";
        greedy =
          let
            numbers = builtins.genList (number: { text = toString number; }) 3000000;
          in
          system "greedy-${toString (builtins.length (builtins.filter (n: n.text == "1") numbers) + builtins.length numbers)}";
        thrown = throw "the pool 'tank' is missing";
        "with \"quotes\"" = system "quotes";
        zealous = builtins.trace "evaluation warning: fine" (system "zealous");
      };
  };
}
"#;

const HOSTS: &[&str] =
    &["absent-attribute", "bad-type", "fine-1", "fine-2", "greedy", "nowhere", "thrown", "with \"quotes\"", "zealous"];

fn flake(text: &str) -> (Fleet, Source) {
    let fleet = Fleet::new();
    fleet.write("flake.nix", text);
    let source = Source::Directory(fleet.root().to_owned());
    (fleet, source)
}

fn limits(jobs: usize, memory: &str) -> Limits {
    Limits::new(Some(jobs), Some(Size::read(memory).expect("a size")))
}

#[test]
fn one_host_does_not_take_the_others_down() {
    let Some(lab) = Lab::new() else { return };
    let (_fleet, source) = flake(FLAKE);
    for jobs in [1, 3] {
        let answers = lab.derivations(&source, HOSTS, limits(jobs, "2G"));
        let failed = |at: usize| match &answers[at] {
            Answer::Failed(why) => why.as_str(),
            other => panic!("{}: {other:?}", HOSTS[at]),
        };
        assert!(failed(0).starts_with("attribute 'config' missing"), "{}", failed(0));
        assert!(failed(1).contains("cannot add a string to an integer"), "{}", failed(1));
        assert!(failed(6).starts_with("the pool 'tank' is missing"), "{}", failed(6));
        assert_eq!(answers[5], Answer::Absent);
        for at in [2, 3, 4, 7, 8] {
            let Answer::Derivation(path) = &answers[at] else { panic!("{}: {:?}", HOSTS[at], answers[at]) };
            assert!(Path::new(path).is_file(), "{path} is not in the store");
        }
    }
}

#[test]
fn a_host_that_needs_too_much_is_named() {
    let Some(lab) = Lab::new() else { return };
    let (_fleet, source) = flake(FLAKE);
    let answers = lab.derivations(&source, &["fine-1", "fine-2", "greedy", "zealous"], limits(1, "128M"));
    let expected = "greedy needs more than 128M of memory to evaluate: raise --eval-memory";
    assert_eq!(answers[2], Answer::Failed(expected.to_owned()));
    for at in [0, 1, 3] {
        assert!(matches!(answers[at], Answer::Derivation(_)), "{:?}", answers[at]);
    }
}

#[test]
fn both_sides_of_a_failure_are_told() {
    let Some(lab) = Lab::new() else { return };
    let (_old, old) = flake(FLAKE);
    let (_new, new) = flake(&FLAKE.replace("fine-2 =", "fine-3 =").replace("thrown = throw", "thrown = system"));
    let found = lab.compare(&old, &new, &["fine-1", "fine-2", "fine-3", "nowhere", "thrown"]);
    let changes: Vec<_> = found.hosts.iter().map(|(name, host)| (name.as_str(), host.change)).collect();
    let expected = [
        ("fine-1", Change::Identical),
        ("fine-2", Change::Removed),
        ("fine-3", Change::Created),
        ("thrown", Change::Failed),
    ];
    assert_eq!(changes, expected);
    let Source::Directory(directory) = &new else { unreachable!("it was made so") };
    let reference = Source::Reference(format!("path:{}", directory.display()));
    assert_eq!(lab.compare(&old, &reference, &["fine-1", "fine-2", "fine-3", "nowhere", "thrown"]).hosts, found.hosts);
    let human = eval::human(&found, false, false);
    let expected = "\
- fine-2: its system is gone
+ fine-3: a new system
! thrown: does not evaluate
    old side: the pool 'tank' is missing
";
    assert!(human.starts_with(expected), "{human}");
    assert!(
        human.contains("1 of 4 hosts byte-identical; 1 created: fine-3; 1 removed: fine-2; 1 not evaluable: thrown;")
    );
}

#[test]
fn a_flake_that_does_not_evaluate_is_a_fault_of_its_own() {
    let Some(lab) = Lab::new() else { return };
    let (_fleet, source) = flake("{ outputs = _: throw \"nothing works\"; }");
    let flake = Flake::new(&source).expect("it is a flake");
    let hosts = names(&["eden", "pishon"]);
    let error = drv_paths(&lab.asked(), &[(&flake, &hosts)], Limits::new(None, None), &|| {}).expect_err("it throws");
    let said = error.to_string();
    assert!(said.starts_with("nix cannot evaluate path:/") && said.contains(": nothing works"), "{said}");

    let missing = lab.with_program(Path::new("/nowhere/nix"));
    let error = drv_paths(&missing, &[(&flake, &hosts)], Limits::new(None, None), &|| {}).expect_err("no nix");
    assert_eq!(error.to_string(), "nix is not installed: --eval asks it what each host becomes");
}
