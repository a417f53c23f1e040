//! Real repositories, each in a directory of its own.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;

use super::{Against, Current, Error, GENERATED, stage, unknown_to_git};
use crate::tree::Tree;

fn tree(fleet_dir: &Path, against: &Against, newer: &Tree) -> Result<Current, Error> {
    super::tree(fleet_dir, against, newer, || Tree::read(&fleet_dir.join(GENERATED)))
}

/// A repository whose fleet lives in a directory below its top.
struct Repository {
    root: TempDir,
}

impl Repository {
    fn new(format: &str) -> Self {
        let repository = Self { root: TempDir::new().unwrap() };
        repository.git(&["init", "--quiet", "--object-format", format, "."]);
        fs::create_dir_all(repository.fleet()).unwrap();
        repository
    }

    fn fleet(&self) -> PathBuf {
        self.root.path().join("home fleet")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.fleet().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn commit(&self) {
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", "a commit"]);
    }

    fn git(&self, args: &[&str]) -> String {
        self.git_with(&[], args)
    }

    fn git_with(&self, variables: &[(&str, &str)], args: &[&str]) -> String {
        let output = command("git").envs(variables.iter().copied()).args(args).current_dir(self.root.path()).output();
        let output = output.unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success(), "git {args:?}: {text}");
        text
    }
}

/// Nothing of the tests' own surroundings reaches git: they may be run by a hook.
fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(env::vars_os().filter(|(name, _)| name == "PATH"));
    command.envs([("HOME", "/nonexistent"), ("GIT_CONFIG_NOSYSTEM", "1")]);
    command.envs([("GIT_AUTHOR_NAME", "a"), ("GIT_AUTHOR_EMAIL", "a@b"), ("GIT_COMMITTER_NAME", "a")]);
    command.env("GIT_COMMITTER_EMAIL", "a@b");
    command
}

fn files(of: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::default();
    of.iter().for_each(|(path, text)| tree.insert(*path, text.as_bytes()));
    tree
}

#[test]
fn head_is_read_and_what_is_equal_is_shared() {
    for format in ["sha1", "sha256"] {
        let repository = Repository::new(format);
        let text = "one\n".repeat(70_000);
        let old = [("a b\n\"ä.json", ""), ("hosts/eden.nix", text.as_str()), ("hosts/pishon.nix", "old")];
        old.iter().for_each(|(path, text)| repository.write(&format!("generated/{path}"), text));
        repository.commit();
        repository.write("generated/hosts/eden.nix", "only on the disk");
        repository.write("generated/hosts/new.nix", "only on the disk");

        let newer = files(&[("hosts/eden.nix", &text), ("hosts/pishon.nix", "new"), ("nodes.nix", "")]);
        let current = tree(&repository.fleet(), &Against::Head, &newer).unwrap();
        assert_eq!(current.tree, files(&old));
        let shares = |path| Arc::ptr_eq(current.tree.get(path).unwrap(), newer.get(path).unwrap());
        assert!(shares("hosts/eden.nix") && !shares("hosts/pishon.nix"));
        assert_eq!(current.what, format!("HEAD ({})", &repository.git(&["rev-parse", "HEAD"])[..7]));
    }
}

#[test]
fn a_revision_is_a_commit_by_any_name() {
    let repository = Repository::new("sha1");
    repository.commit();
    repository.git(&["tag", "-a", "-m", "empty", "empty"]);
    repository.write("generated/nodes.nix", "{ }\n");
    repository.commit();
    let read = |name: &str| tree(&repository.fleet(), &Against::Revision(name.to_owned()), &Tree::default());

    assert_eq!(read("HEAD^{/commit}").unwrap().tree, files(&[("nodes.nix", "{ }\n")]));
    for name in ["HEAD~", "empty"] {
        let current = read(name).unwrap();
        assert!(current.tree.is_empty());
        assert!(current.what.starts_with(&format!("{name} (")), "{}", current.what);
        assert!(current.what.ends_with("), which has no generated/"), "{}", current.what);
    }
    for name in ["nope", "", "-h", "--all", "^HEAD", "HEAD~..HEAD", "HEAD:home fleet", "HEAD@{99}", "a\u{1b}[m", "a b"]
    {
        let error = read(name).unwrap_err();
        assert!(matches!(&error, Error::Revision(of) if of == name), "{name}: {error}");
        assert!(!error.is_of_the_machine() && error.to_string().contains(&name.escape_debug().to_string()));
    }
}

#[test]
fn without_a_commit_the_working_tree_is_read() {
    let repository = Repository::new("sha1");
    repository.write("generated/nodes.nix", "{ }\n");
    let unborn = tree(&repository.fleet(), &Against::Head, &Tree::default()).unwrap();
    assert_eq!(unborn.what, "the working tree (git has no commit yet)");
    fs::remove_dir_all(repository.root.path().join(".git")).unwrap();
    let bare = tree(&repository.fleet(), &Against::Head, &Tree::default()).unwrap();
    assert_eq!(bare.what, "the working tree (there is no git repository)");
    assert_eq!((&unborn.tree, &bare.tree), (&files(&[("nodes.nix", "{ }\n")]), &unborn.tree));

    let revision = Against::Revision("HEAD".to_owned());
    assert!(matches!(tree(&repository.fleet(), &revision, &Tree::default()), Err(Error::Repository(_))));
    assert!(matches!(stage(&repository.fleet(), ["a"].into_iter()), Err(Error::Repository(_))));
    assert_eq!(unknown_to_git(&repository.fleet(), ["a"].into_iter()), None);
}

#[test]
fn a_broken_repository_is_the_machines_fault() {
    let repository = Repository::new("sha1");
    repository.write("generated/nodes.nix", "{ }\n");
    repository.commit();
    let blob = repository.git(&["rev-parse", "HEAD:home fleet/generated/nodes.nix"]);
    fs::remove_file(repository.root.path().join(format!(".git/objects/{}/{}", &blob[..2], blob[2..].trim()))).unwrap();
    let error = tree(&repository.fleet(), &Against::Head, &Tree::default()).unwrap_err();
    assert!(error.is_of_the_machine() && error.to_string().contains("`git cat-file --batch"), "{error}");
    let same = tree(&repository.fleet(), &Against::Head, &files(&[("nodes.nix", "{ }\n")])).unwrap();
    assert_eq!(same.tree.len(), 1, "what is not asked for is not missed");
    fs::write(repository.root.path().join(".git/config"), "[").unwrap();
    let error = tree(&repository.fleet(), &Against::Head, &Tree::default()).unwrap_err();
    assert!(error.is_of_the_machine() && error.to_string().starts_with("`git rev-parse"), "{error}");
}

#[test]
fn a_directory_is_a_fleet_or_a_tree() {
    let repository = Repository::new("sha1");
    repository.write("generated/manifest.json", "{}\n");
    repository.write("empty/generated/../.keep", "");
    let fleet = repository.fleet();
    let read = |path: PathBuf| tree(&fleet, &Against::Directory(path), &Tree::default());
    assert_eq!(read(fleet.clone()).unwrap().tree, read(fleet.join("generated")).unwrap().tree);
    assert_eq!(read(fleet.join("empty")).unwrap().tree.len(), 0);
    assert!(matches!(read(repository.root.path().to_owned()), Err(Error::Directory(_))));
    assert!(matches!(read(fleet.join("nowhere")), Err(Error::Directory(_))));
    let worktree = tree(&fleet, &Against::Worktree, &Tree::default()).unwrap();
    assert_eq!((worktree.tree.len(), worktree.what.as_str()), (1, "the working tree"));
}

#[test]
fn what_git_does_not_know_is_listed_and_staged() {
    let repository = Repository::new("sha1");
    let fleet = repository.fleet();
    repository.write("generated/known.nix", "1\n");
    repository.commit();
    repository.write("generated/known.nix", "2\n");
    repository.git(&["add", "."]);
    for path in ["generated/known.nix", "generated/*.nix", "generated/:(top)ä\n.nix", "generated/ignored.nix"] {
        repository.write(path, "3\n");
    }
    repository.write(".gitignore", "ignored.nix\n");
    let all = ["generated/known.nix", "generated/*.nix", "generated/:(top)ä\n.nix", "generated/ignored.nix"];
    let unknown = || unknown_to_git(&fleet, all.into_iter()).unwrap();
    assert_eq!(unknown(), all[1..]);

    repository.write("generated/other.nix", "a name with a star is no pattern\n");
    assert_eq!(stage(&fleet, all[..3].iter().copied()).unwrap(), 2);
    assert_eq!(unknown(), all[3..]);
    assert_eq!(unknown_to_git(&fleet, ["generated/other.nix"].into_iter()).unwrap().len(), 1);
    assert_eq!(repository.git(&["show", ":home fleet/generated/known.nix"]), "2\n", "what was staged stays");
    let refused = stage(&fleet, all.into_iter()).unwrap_err();
    assert!(refused.is_of_the_machine() && refused.to_string().contains("ignored.nix"), "{refused}");
}

#[test]
fn whole_directories_are_staged_without_what_is_known() {
    let repository = Repository::new("sha1");
    repository.write("generated/gone.nix", "1\n");
    repository.write("generated/known.nix", "1\n");
    repository.commit();
    fs::remove_file(repository.fleet().join("generated/gone.nix")).unwrap();
    let new = ["generated/known.nix", "generated/hosts/a.nix", "generated/hosts/b.nix"];
    new.iter().for_each(|path| repository.write(path, "2\n"));
    assert_eq!(stage(&repository.fleet(), new.into_iter()).unwrap(), 2);
    let status = repository.git(&["status", "--porcelain"]);
    let expected = [" D home fleet/generated/gone.nix", " A home fleet/generated/hosts/a.nix"];
    assert_eq!(status.replace('"', "").lines().take(2).collect::<Vec<_>>(), expected, "{status}");
    assert!(status.contains(" M \"home fleet/generated/known.nix\""), "{status}");
}

/// What the tests below run as a program of its own: prints what this module says about a fleet directory.
#[test]
fn child() {
    let Some(fleet) = env::var_os("CISTERN_TEST_FLEET").map(PathBuf::from) else { return };
    println!("<{}>", tree(&fleet, &Against::Head, &Tree::default()).map_or_else(|e| e.to_string(), |c| c.what));
    println!("<{:?}>", unknown_to_git(&fleet, ["generated/a.nix", "generated/b.nix"].into_iter()));
    println!("<{:?}>", stage(&fleet, ["generated/b.nix"].into_iter()).map_err(|error| error.to_string()));
}

const CHILD: &[&str] = &["--exact", "current::tests::child", "--nocapture"];

#[test]
fn hooks_see_the_same_repository_and_the_index_of_their_commit() {
    for linked in [false, true] {
        let repository = Repository::new("sha1");
        repository.write("generated/a.nix", "1\n");
        repository.commit();
        let top = repository.root.path().join(if linked { "linked" } else { "." });
        if linked {
            repository.git(&["worktree", "add", "--quiet", "linked"]);
        }
        let hook = repository.root.path().join(".git/hooks/pre-commit");
        let exe = env::current_exe().unwrap();
        fs::write(&hook, format!("#!/bin/sh\ncd 'home fleet' && exec '{}' {}\n", exe.display(), CHILD.join(" ")))
            .unwrap();
        make_executable(&hook);
        fs::write(top.join("home fleet/generated/a.nix"), "2\n").unwrap();
        fs::write(top.join("home fleet/generated/b.nix"), "new\n").unwrap();
        let id = repository.git(&["rev-parse", "HEAD"]);
        let fleet = top.join("home fleet");
        let said = repository.git_with(
            &[("CISTERN_TEST_FLEET", fleet.to_str().unwrap())],
            &["-C", top.to_str().unwrap(), "commit", "-a", "-m", "second"],
        );
        assert!(said.contains(&format!("<HEAD ({})>", &id[..7])), "{said}");
        assert!(said.contains("<Some([\"generated/b.nix\"])>") && said.contains("<Ok(1)>"), "{said}");
        assert!(
            repository.git(&["-C", top.to_str().unwrap(), "status", "--short"]).contains(" A \"home fleet/generated/b")
        );
    }
}

#[test]
fn without_the_program_the_working_tree_is_read() {
    let repository = Repository::new("sha1");
    repository.commit();
    let mut child = command(env::current_exe().unwrap().to_str().unwrap());
    let output = child.args(CHILD).env("PATH", "/nonexistent").env("CISTERN_TEST_FLEET", repository.fleet()).output();
    let said = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(said.contains("<the working tree (git is not installed)>") && said.contains("<None>"), "{said}");
    assert!(said.contains("<Err(\"`git` failed: git is not installed\")>"), "{said}");
}

fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
