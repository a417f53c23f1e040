//! Why two systems are not the same, held against what nix says of their derivations.

use super::*;

/// A system as NixOS layers it: the toplevel needs `etc`, that needs a unit, and both need packages.
const FLAKE: &str = r#"{
  outputs = _: {
    nixosConfigurations.eden.config.system.build.toplevel =
      let
        make =
          name: attributes:
          derivation (
            {
              inherit name;
              system = "x86_64-linux";
              builder = "/bin/sh";
              PATH = "/usr/bin:/bin";
              args = [ "-c" "mkdir $out; echo \"$text\" > $out/text; for one in $needs; do ln -s $one $out/; done" ];
            }
            // attributes
          );
        fetched = derivation {
          name = "source.tar.gz";
          system = "x86_64-linux";
          builder = "/bin/sh";
          outputHash = "HASH";
          args = [ "-c" "echo TEXT > $out" ];
        };
        openssl = make "openssl-3.0" { };
        openssh = make "openssh-OPENSSH" {
          needs = [ openssl ];
          pname = "openssh";
          version = "OPENSSH";
        };
        curl = make "curl-8.0" { needs = [ openssh ]; };
        unit = make "unit-sshd.service" {
          text = "ExecStart=${openssh}/bin/sshd -p PORT";
          needs = [ curl ];
          config = FILE;
        };
      in
      make "nixos-system-eden-25.11" {
        needs = [ (make "etc" { needs = [ unit ]; }) openssh ];
        MORE
      };
  };
}
"#;

/// One side of a comparison: what stands for the words in capitals.
fn side(words: &[(&str, &str)]) -> (Fleet, Source) {
    let usual = [("OPENSSH", "9.9p1"), ("PORT", "22"), ("FILE", "./sshd_config"), ("MORE", "")];
    let mut text = FLAKE.to_owned();
    for (from, to) in words.iter().chain(&usual) {
        text = text.replace(from, to);
    }
    let fleet = Fleet::new();
    fleet.write("flake.nix", text);
    fleet.write("sshd_config", if words.contains(&("FILE", "./sshd_config")) { "UseDNS yes\n" } else { "" });
    let source = Source::Directory(fleet.root().to_owned());
    (fleet, source)
}

/// Explains the difference between two sides.
fn explained(lab: &Lab, old: &[(&str, &str)], new: &[(&str, &str)]) -> (Explanation, Evaluated) {
    let ((_old, old), (_new, new)) = (side(old), side(new));
    let found = lab.compare(&old, &new, &["eden"]);
    let explanation = found.hosts["eden"].explanation.clone().expect("it differs");
    (explanation, found)
}

#[test]
fn the_way_leads_to_what_differs_by_itself() {
    let Some(lab) = Lab::new() else { return };
    let (found, evaluated) = explained(&lab, &[], &[("PORT", "2222")]);
    assert_eq!(found.causes.len(), 1, "{found:#?}");
    let cause = &found.causes[0];
    assert_eq!(cause.path, ["nixos-system-eden-25.11", "etc", "unit-sshd.service"]);
    assert_eq!(cause.differences.len(), 1);
    let difference = &cause.differences[0];
    assert_eq!((difference.what, difference.name.as_str()), (What::Attribute, "text"));
    let values = [&difference.old, &difference.new].map(|value| value.as_deref().expect("both sides have it"));
    assert_eq!(values, ["22", "2222"].map(|port| format!("ExecStart=…/openssh-9.9p1/bin/sshd -p {port}")));
    assert!(found.packages.upgraded.is_empty() && !found.same_output);

    // As nix shows both derivations: the same attribute differs, and besides only what follows from it.
    let (old, new) = (lab.shown(&cause.old), lab.shown(&cause.new));
    let attributes = |shown: &Json| shown["env"].as_object().expect("a map").clone();
    let (before, after) = (attributes(&old), attributes(&new));
    let differing: Vec<_> =
        before.iter().filter(|(name, value)| after[*name] != **value).map(|(name, _)| name).collect();
    assert_eq!(differing, ["out", "text"]);
    assert!(before["text"].as_str().is_some_and(|text| text.ends_with("/bin/sshd -p 22")));
    for same in ["builder", "args", "inputDrvs", "inputSrcs", "system"] {
        assert_eq!(old[same], new[same], "{same}");
    }
    // Those above it have other inputs, and nothing else of their own.
    let host = &evaluated.hosts["eden"];
    let [top, other] = [&host.old, &host.new].map(|path| lab.shown(path.as_ref().expect("it evaluates")));
    assert_ne!(top["inputDrvs"], other["inputDrvs"]);
    assert_eq!((&top["args"], &top["builder"]), (&other["args"], &other["builder"]));
}

#[test]
fn packages_are_told_by_version() {
    let Some(lab) = Lab::new() else { return };
    let (found, evaluated) = explained(&lab, &[], &[("OPENSSH", "10.0p2")]);
    let upgrade = Upgrade { name: "openssh".into(), old: vec!["9.9p1".into()], new: vec!["10.0p2".into()] };
    assert_eq!(found.packages.upgraded, [upgrade]);
    // curl, the unit and etc are built anew around it.
    assert_eq!(found.packages.rebuilt, 3, "{found:#?}");
    assert_eq!((found.compared, found.cut), (5, false));
    // The system needs it directly, so that is the nearest cause: its version is an attribute.
    assert_eq!(found.causes[0].path, ["nixos-system-eden-25.11", "openssh-10.0p2"]);
    assert_eq!(found.causes[0].differences[0].name, "version");
    let human = eval::human(&evaluated, false, false);
    assert!(human.contains("inputs: openssh 9.9p1 → 10.0p2; 3 built anew\n"), "{human}");

    let [old, new] = [&found.causes[0].old, &found.causes[0].new].map(|path| lab.shown(path));
    assert_eq!((&old["env"]["version"], &new["env"]["version"]), (&"9.9p1".into(), &"10.0p2".into()));
}

#[test]
fn sources_and_inputs_are_told() {
    let Some(lab) = Lab::new() else { return };
    let (found, _) = explained(&lab, &[], &[("FILE", "./sshd_config"), ("MORE", "extra = curl;")]);
    let told: Vec<_> = found
        .causes
        .iter()
        .flat_map(|cause| cause.differences.iter().map(|found| (found.what, found.name.as_str())))
        .collect();
    let expected = [(What::Attribute, "extra"), (What::Input, "curl-8.0"), (What::Source, "sshd_config")];
    assert_eq!(told, expected, "{found:#?}");
    assert_eq!(found.packages.added, ["curl-8.0"]);
    let [old, new] = [&found.causes[1].old, &found.causes[1].new].map(|path| lab.shown(path));
    assert_ne!(old["inputSrcs"], new["inputSrcs"]);
}

#[test]
fn what_fetches_is_not_what_is_fetched() {
    let Some(lab) = Lab::new() else { return };
    // The hash of one line, `1`.
    let hash = "sha256-Q1WkaxnTSNwvV8BG+O9j1FOOu5NgAPPJ7pVKJ0YN2GU=";
    let old = [("HASH", hash), ("TEXT", "1"), ("MORE", "extra = fetched;")];
    let new = [("HASH", hash), ("TEXT", "'1'"), ("MORE", "extra = fetched;")];
    let (found, evaluated) = explained(&lab, &old, &new);
    assert!(found.same_output, "{found:#?}");
    assert!(found.causes.is_empty());
    let human = eval::human(&evaluated, false, false);
    assert!(human.starts_with("~ eden: another derivation that builds the same system\n"), "{human}");
}

#[test]
fn closures_are_compared_when_they_are_built() {
    let Some(lab) = Lab::new().filter(|lab| lab.nix.builds()) else { return };
    let ((_old, old), (_new, new)) =
        (side(&[]), side(&[("OPENSSH", "10.0p2"), ("MORE", "extra = make \"jq-1.7\" { };")]));
    let build = |found: &Evaluated, new: bool| {
        let host = &found.hosts["eden"];
        let path = if new { &host.new } else { &host.old };
        let path = path.as_ref().expect("it evaluates");
        run(lab.nix.command(&["build", "--no-link"]).arg(format!("{path}^*")));
    };
    let found = lab.compare(&old, &new, &["eden"]);
    let closure = found.hosts["eden"].closure.as_ref().expect("it was asked for");
    assert_eq!((closure.missing.as_slice(), &closure.compared), (&[eval::Side::Old, eval::Side::New][..], &None));
    build(&found, false);
    let found = lab.compare(&old, &new, &["eden"]);
    assert_eq!(found.hosts["eden"].closure.as_ref().expect("it was asked for").missing, [eval::Side::New]);
    let human = eval::human(&found, false, false);
    assert!(human.contains("closures are compared when both are built: the new one is not in the store\n"), "{human}");
    build(&found, true);

    let found = lab.compare(&old, &new, &["eden"]);
    let closure = found.hosts["eden"].closure.as_ref().expect("it was asked for");
    let compared = closure.compared.as_ref().expect("both are built");
    assert_eq!(compared.upgraded.len(), 1, "{compared:?}");
    assert_eq!(compared.upgraded[0].name, "openssh");
    // `extra` is an attribute that the script does not write into its output.
    assert!(compared.added.is_empty() && compared.removed.is_empty(), "{compared:?}");
    let size = |path: &Option<String>| {
        let shown = lab.shown(path.as_ref().expect("it evaluates"));
        let output = shown["outputs"]["out"]["path"].as_str().expect("a path").to_owned();
        let out = run(lab.nix.command(&["path-info", "--json", "--closure-size"]).arg(&output));
        serde_json::from_str::<Json>(&out).expect("nix prints JSON")[&output]["closureSize"].as_u64().expect("a size")
    };
    let host = &found.hosts["eden"];
    assert_eq!((compared.old_size, compared.new_size), (size(&host.old), size(&host.new)));
    let markdown = eval::markdown(&found, 60_000);
    assert!(markdown.contains("- `~` **eden**: another system\n"), "{markdown}");
}
