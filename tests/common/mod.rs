//! What the integration tests share: the lab's programs, and directories to work in.
//!
//! The lab is what `tests/lab/install` installs: real nix, promtool, amtool, age, rage and deploy-rs. A test asks for
//! the programs it needs with [`require`]. Where one is missing the test says SKIPPED and returns, unless
//! `CISTERN_REQUIRE_ALL=1`: then it fails.

#![allow(dead_code, reason = "each test file uses a part of this")]

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

/// The lab's programs and the environment that they run in.
pub(crate) struct Lab {
    /// The variables of `tests/lab/env`: `PATH`, `CISTERN_LAB…` and `NIX_…`.
    pub(crate) environment: Vec<(String, String)>,
    /// The directory of links to the programs.
    pub(crate) bin: PathBuf,
}

/// Returns the lab if it has all of `programs`, as in `require(&["nix", "promtool"])`.
pub(crate) fn require(programs: &[&str]) -> Option<&'static Lab> {
    let Some(lab) = lab() else {
        skip("the lab is missing: run tests/lab/install");
        return None;
    };
    for program in programs {
        if !lab.program(program).exists() {
            skip(&format!("the lab has no {program}: run tests/lab/install"));
            return None;
        }
    }
    Some(lab)
}

/// Says that the running test is skipped, and why; fails it where everything must run.
pub(crate) fn skip(reason: &str) {
    assert!(env::var_os("CISTERN_REQUIRE_ALL").is_none_or(|all| all != "1"), "required: {reason}");
    eprintln!("SKIPPED: {reason}");
}

/// Returns the lab if it is installed.
pub(crate) fn lab() -> Option<&'static Lab> {
    static LAB: OnceLock<Option<Lab>> = OnceLock::new();
    LAB.get_or_init(Lab::find).as_ref()
}

impl Lab {
    /// Returns the path of a program of the lab, whether it exists or not.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }

    /// Returns a command that runs a program of the lab in the lab's environment.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.program(name));
        command.envs(self.environment.iter().cloned());
        command
    }

    /// Returns one variable of the lab's environment.
    pub(crate) fn variable(&self, name: &str) -> &str {
        let found = self.environment.iter().find(|(key, _)| key == name);
        &found.unwrap_or_else(|| panic!("tests/lab/env sets no {name}")).1
    }

    /// Sources `tests/lab/env`, so that the shell and the tests agree without saying things twice.
    fn find() -> Option<Lab> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/env");
        let output = Command::new("bash").args(["-euc", ". \"$0\"; env -0"]).arg(file).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let environment: Vec<_> = text
            .split('\0')
            .filter_map(|variable| variable.split_once('='))
            .filter(|(key, _)| *key == "PATH" || key.starts_with("CISTERN_LAB") || key.starts_with("NIX_"))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let bin = environment.iter().find(|(key, _)| key == "CISTERN_LAB_BIN")?.1.clone();
        Some(Lab { environment, bin: bin.into() }).filter(|lab| lab.bin.is_dir())
    }
}

/// Runs a command and returns its stdout; panics with everything it said unless it exits 0.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    assert!(output.status.success(), "{command:?}: {}\n{}", output.status, everything(&output));
    String::from_utf8(output.stdout).expect("stdout is UTF-8")
}

/// Returns stdout and then stderr as one text.
pub(crate) fn everything(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// Makes an empty directory below cargo's own for tests; it is deleted when dropped.
pub(crate) fn temp_dir() -> TempDir {
    TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("cargo made the directory for tests")
}
