//! Grafana's packages in the lab: its types, and its grammar of LogQL.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::common::{Lab, run, temp_dir};

/// Makes a directory with the lab's packages and some files of `tests/dashboards`.
pub(crate) fn workshop(lab: &Lab, files: &[&str]) -> TempDir {
    let directory = temp_dir();
    let packages: PathBuf = Path::new(lab.variable("CISTERN_LAB")).join("grafana/node_modules");
    symlink(packages, directory.path().join("node_modules")).expect("the directory is ours");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dashboards");
    for file in files {
        fs::copy(source.join(file), directory.path().join(file)).expect("it is there");
    }
    directory
}

/// What the grammar does not take of some LogQL expressions.
pub(crate) fn logql_faults(lab: &Lab, expressions: &[String]) -> String {
    let directory = workshop(lab, &["logql.mjs"]);
    let list = directory.path().join("expressions.json");
    fs::write(&list, serde_json::to_string(expressions).expect("text")).expect("the directory is ours");
    let mut node = Command::new("node");
    node.envs(lab.environment.iter().cloned());
    run(node.arg(directory.path().join("logql.mjs")).arg(list))
}
