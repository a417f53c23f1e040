//! The rules of an agenix repository: which encrypted files it has, as nix reads them.

#![expect(clippy::disallowed_methods, reason = "runs nix")]

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// Lists the files that `secrets.nix` names, by their paths beside it.
pub(super) fn named(rules: &Path) -> Result<Vec<String>, String> {
    let rules = rules.canonicalize().map_err(|error| error.to_string())?;
    let mut command = Command::new("nix");
    command.args(["--extra-experimental-features", "nix-command", "eval", "--json", "--file"]).arg(&rules);
    command.args(["--apply", "builtins.attrNames"]).stdin(Stdio::null());
    let output = command.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "nix, which reads it, is not installed; name the `.age` files instead".to_owned(),
        _ => format!("nix: {error}"),
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().rfind(|line| line.contains("error:")).unwrap_or(said.trim());
        return Err(format!("nix cannot read it: {}; name the `.age` files instead", last.trim()));
    }
    serde_json::from_slice(&output.stdout).map_err(|_| "it is not a set of files".to_owned())
}
