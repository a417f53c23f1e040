//! `cistern diff --eval`: which hosts become another system, by the real nix, and why.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use cistern::eval::{
    self, Answer, Change, Evaluated, Explanation, Flake, Limits, Source, Upgrade, Wanted, What, drv_paths, evaluate,
};
use cistern::tree::Tree;
use cistern::value::Size;
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::common::{run, temp_dir};
use crate::fleet::{Fleet, Nix, Program, copy};

#[path = "evaluation/command.rs"]
mod command;
#[path = "evaluation/explanations.rs"]
mod explanations;
#[path = "evaluation/limits.rs"]
mod limits;

/// nix, a directory for its answers, and what a test evaluates.
struct Lab {
    nix: Nix,
    cache: TempDir,
}

impl Lab {
    fn new() -> Option<Self> {
        let nix = Nix::new(Program::Absent)?;
        // Two processes that come to a store first get into each other's way.
        run(&mut nix.command(&["path-info", "--all"]));
        Some(Self { nix, cache: temp_dir() })
    }

    /// nix as the library runs it.
    fn asked(&self) -> eval::Nix {
        let command = self.nix.command(&[]);
        self.with_program(Path::new(command.get_program()))
    }

    fn with_program(&self, program: &Path) -> eval::Nix {
        let command = self.nix.command(&[]);
        let variables = command.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
        let variables: Vec<(OsString, OsString)> = variables.collect();
        eval::Nix::new(program, variables, Some(self.cache.path().join("eval")))
    }

    /// Compares hosts of two flakes.
    fn compare(&self, old: &Source, new: &Source, hosts: &[&str]) -> Evaluated {
        self.compare_by(&self.asked(), old, new, hosts)
    }

    fn compare_by(&self, nix: &eval::Nix, old: &Source, new: &Source, hosts: &[&str]) -> Evaluated {
        let (old, new) = (Flake::new(old).expect("it is a flake"), Flake::new(new).expect("it is a flake"));
        let closures = self.nix.builds();
        let wanted = Wanted { hosts: names(hosts), others: 0, closures };
        evaluate(nix, (&old, &new), &wanted, Limits::new(None, None), &|| {}).expect("nix answers")
    }

    /// Evaluates hosts of one flake.
    fn derivations(&self, flake: &Source, hosts: &[&str], limits: Limits) -> Vec<Answer> {
        let flake = Flake::new(flake).expect("it is a flake");
        let hosts = names(hosts);
        let mut sides = drv_paths(&self.asked(), &[(&flake, &hosts)], limits, &|| {}).expect("nix answers");
        sides.remove(0).hosts.into_values().collect()
    }

    /// What `nix derivation show` says of a derivation.
    fn shown(&self, path: &str) -> Json {
        let out = run(self.nix.command(&["derivation", "show"]).arg(path));
        let shown: Json = serde_json::from_str(&out).expect("nix prints JSON");
        shown.as_object().expect("a map").values().next().expect("one derivation").clone()
    }

    /// A copy of `examples/company` in a repository, some way below its root, with the stand-ins for its inputs
    /// locked.
    fn company(&self) -> Company {
        let fleet = Fleet::new();
        let below = fleet.root().join("of the company/fleet #1");
        copy(&crate::fleet::repository().join("examples/company"), &below);
        let flake = below.join("flake.nix");
        let mut text = std::fs::read_to_string(&flake).expect("it was copied");
        for (name, directory) in self.nix.inputs() {
            let from = text.split(&format!("{name}.url = \"")).nth(1).expect("the example has this input");
            let from = from.split('"').next().expect("a text ends").to_owned();
            text = text.replace(&format!("\"{from}\""), &format!("\"path:{}\"", directory.display()));
        }
        std::fs::write(&flake, text).expect("the directory is ours");
        let company = Company { fleet, below };
        company.git(&["init", "--quiet"]);
        company.git(&["add", "--all"]);
        run(self.nix.command(&["flake", "lock"]).current_dir(&company.below));
        company.git(&["add", "--all"]);
        company.git(&["commit", "--quiet", "--message", "first"]);
        company
    }
}

/// The example in a repository.
struct Company {
    fleet: Fleet,
    below: PathBuf,
}

impl Company {
    fn git(&self, args: &[&str]) {
        let settings = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
        run(self.fleet.command("git").args(settings).args(args));
    }

    fn edit(&self, path: &str, edit: impl FnOnce(String) -> String) {
        let file = self.below.join(path);
        let text = std::fs::read_to_string(&file).expect("the example has this file");
        std::fs::write(file, edit(text)).expect("the directory is ours");
        run(self.fleet.command(env!("CARGO_BIN_EXE_cistern")).arg("generate").current_dir(&self.below));
    }

    fn head(&self) -> Source {
        Source::Revision { directory: self.below.clone(), revision: "HEAD".to_owned() }
    }

    fn generated(&self) -> Tree {
        Tree::read(&self.below.join("generated")).expect("it was generated")
    }

    fn working(&self, generated: Tree) -> Source {
        Source::Working { directory: self.below.clone(), generated }
    }

    /// Every host with a system.
    fn hosts(&self) -> Vec<String> {
        let plan = std::fs::read_to_string(self.below.join("generated/plan.jsonl")).expect("it was generated");
        let plan = crate::fleet::Plan::read(&plan);
        plan.hosts.iter().filter(|(_, host)| host["managed"] != "scrape").map(|(name, _)| name.clone()).collect()
    }
}

fn names(hosts: &[&str]) -> BTreeSet<String> {
    hosts.iter().map(|host| (*host).to_owned()).collect()
}

#[test]
fn an_edit_to_one_host_changes_one_system() {
    let Some(lab) = Lab::new() else { return };
    let company = lab.company();
    company.edit("hosts/wiki.yaml", |text| text + "time_zone: Asia/Tokyo\n");

    let edited = company.working(company.generated());
    let one = lab.compare(&company.head(), &edited, &["wiki"]);
    assert_eq!(one.hosts["wiki"].change, Change::Changed, "{one:#?}");
    assert_eq!((one.summary.systems_evaluated, one.summary.systems_cached), (2, 0));

    // All of them: the two from before are known.
    let hosts = company.hosts();
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let all = lab.compare(&company.head(), &edited, &hosts);
    let changed: Vec<_> = all.hosts.iter().filter(|(_, host)| host.change != Change::Identical).collect();
    assert_eq!(changed.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["wiki"]);
    assert_eq!(all.summary.identical, hosts.len() - 1);
    assert_eq!((all.summary.systems_evaluated, all.summary.systems_cached), (2 * hosts.len() - 2, 2));
    assert_eq!(all.hosts["wiki"], one.hosts["wiki"]);
    let human = eval::human(&all, false, false);
    let last = human.lines().last().expect("a summary");
    assert!(last.starts_with(&format!(
        "{} of {} hosts byte-identical; 1 changed: wiki;",
        hosts.len() - 1,
        hosts.len()
    )));

    // Why: what the toplevel of the stand-in holds itself.
    let explanation = one.hosts["wiki"].explanation.as_ref().expect("it differs");
    let difference = &explanation.causes[0].differences[0];
    assert_eq!((difference.what, difference.name.as_str()), (What::Attribute, "configuration"));
    assert!(difference.new.as_ref().is_some_and(|new| new.contains("Asia/Tokyo")), "{difference:?}");
    assert!(human.contains("~ wiki: another system\n"), "{human}");

    // The same when the tree lies nowhere yet, and the disk is as it was committed.
    let generated = company.generated();
    company.git(&["checkout", "--quiet", "."]);
    let before = files(&company.below);
    let virtual_side = company.working(generated);
    let one_more = lab.compare(&company.head(), &virtual_side, &["wiki"]);
    assert_eq!(one_more.hosts["wiki"].new, one.hosts["wiki"].new);
    assert_eq!((one_more.summary.systems_evaluated, one_more.summary.systems_cached), (1, 1));
    assert_eq!(files(&company.below), before, "nothing is written into the fleet");
    let flake = Flake::new(&virtual_side).expect("it is a flake");
    let written = flake.written().expect("it lies nowhere else").to_owned();
    drop(flake);
    assert!(!written.exists());
}

#[test]
fn a_comment_changes_no_system() {
    let Some(lab) = Lab::new() else { return };
    let company = lab.company();
    company.edit("fleet.yaml", |text| format!("# A remark.\n{text}"));
    company.edit("hosts/wiki.yaml", |text| text + "# Another one.\n");
    let hosts = company.hosts();
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let all = lab.compare(&company.head(), &company.working(company.generated()), &hosts);
    assert!(all.is_same(), "{}", eval::human(&all, false, true));
    assert_eq!(all.summary.identical, hosts.len());
    let human = eval::human(&all, false, false);
    assert_eq!(human.lines().count(), 1, "{human}");
}

#[test]
fn what_is_known_is_not_asked_for_again() {
    let Some(lab) = Lab::new() else { return };
    let company = lab.company();
    company.edit("hosts/wiki.yaml", |text| text + "time_zone: Asia/Tokyo\n");
    let (old, new) = (company.head(), company.working(company.generated()));
    let first = lab.compare(&old, &new, &["print", "wiki"]);
    assert_eq!((first.summary.systems_evaluated, first.summary.systems_cached), (4, 0));

    // A nix that evaluates nothing.
    let deaf = lab.cache.path().join("deaf");
    let real = lab.nix.command(&[]).get_program().to_owned();
    let script = format!(
        "#!/bin/sh\nfor word; do [ \"$word\" = eval ] && exit 9; done\nexec '{}' \"$@\"\n",
        Path::new(&real).display()
    );
    std::fs::write(&deaf, script).expect("the directory is ours");
    std::fs::set_permissions(&deaf, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("it is ours");
    let deaf = lab.with_program(&deaf);
    let second = lab.compare_by(&deaf, &old, &new, &["print", "wiki"]);
    assert_eq!((second.summary.systems_evaluated, second.summary.systems_cached), (0, 4));
    assert_eq!(second.hosts, first.hosts);

    // Another commit with the same systems, and a derivation that the store has lost.
    company.git(&["commit", "--quiet", "--all", "--message", "second"]);
    let third = lab.compare(&company.head(), &new, &["wiki"]);
    assert_eq!((third.summary.systems_evaluated, third.summary.systems_cached), (1, 1));
    let lost = first.hosts["wiki"].old.as_ref().expect("it was evaluated");
    run(lab.nix.command(&["store", "delete"]).arg(lost));
    let fourth = lab.compare(&old_of(&company), &new, &["wiki"]);
    assert_eq!((fourth.summary.systems_evaluated, fourth.summary.systems_cached), (1, 1));
    assert_eq!(fourth.hosts["wiki"], first.hosts["wiki"]);
}

#[test]
fn an_open_input_is_asked_for_again() {
    let Some(lab) = Lab::new() else { return };
    let input = Fleet::new();
    let fleet = Fleet::new();
    fleet.write(
        "flake.nix",
        format!(
            "{{
              inputs.names.url = \"path:{}\";
              outputs = {{ names, ... }}: {{
                nixosConfigurations.eden.config.system.build.toplevel = derivation {{
                  inherit (names) name;
                  builder = \"/bin/sh\";
                  system = \"x86_64-linux\";
                }};
              }};
            }}",
            input.root().display()
        ),
    );
    let company = Company { below: fleet.root().to_owned(), fleet };
    company.git(&["init", "--quiet"]);
    company.git(&["add", "--all"]);
    company.git(&["commit", "--quiet", "--message", "first"]);
    // As in CI, where a checkout often has no history.
    let shallow = lab.cache.path().join("shallow");
    let url = format!("file://{}", company.below.display());
    run(company.fleet.command("git").args(["clone", "--quiet", "--depth", "1", &url]).arg(&shallow));
    let named = |name: &str, directory: &Path| {
        input.write("flake.nix", format!("{{ outputs = _: {{ name = \"{name}\"; }}; }}"));
        let head = Source::Revision { directory: directory.to_owned(), revision: "HEAD".to_owned() };
        let answers = lab.derivations(&head, &["eden"], Limits::new(None, None));
        let Answer::Derivation(path) = &answers[0] else { panic!("{answers:?}") };
        assert!(path.ends_with(&format!("-{name}.drv")), "{path}");
    };
    named("one", &company.below);
    named("two", &company.below);
    named("three", &shallow);
    assert!(!company.below.join("flake.lock").exists(), "a lock was written");
}

fn old_of(company: &Company) -> Source {
    Source::Revision { directory: company.below.clone(), revision: "HEAD~1".to_owned() }
}

/// Every file below a directory, with what it holds.
fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let walk = walkdir::WalkDir::new(directory).sort_by_file_name();
    let all = walk.into_iter().map(|entry| entry.expect("it can be read").into_path()).filter(|path| path.is_file());
    all.map(|path| (path.clone(), std::fs::read(&path).expect("it can be read"))).collect()
}
