//! What is mutated: the examples and the good fleets, as files in memory.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cistern::source::Sources;

/// The files of a fleet by their paths.
pub(crate) type Files = BTreeMap<String, String>;

/// Every fleet of the repository that has no fault.
pub(crate) fn corpus() -> Vec<Files> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let below = |directory: &str| {
        let entries = fs::read_dir(root.join(directory)).expect("it is there");
        entries.map(|entry| entry.expect("it can be read").path()).collect::<Vec<_>>()
    };
    let good = below("tests/fleets/good").into_iter().map(|directory| directory.join("fleet"));
    let mut all: Vec<_> = below("examples").into_iter().chain(good).collect();
    all.sort();
    assert!(all.len() > 10, "{all:?}");
    let read = |directory: &Path| {
        let sources = Sources::read(directory).expect("it can be read");
        let files: Files = sources.below("").map(|(_, file)| (file.path.clone(), file.text.clone())).collect();
        // What is not read counts by its name: encrypted files, and modules that are directories.
        files.into_iter().chain(sources.paths.iter().map(|path| (path.clone(), String::new()))).rev().collect::<Files>()
    };
    all.iter().map(|directory| read(directory)).collect()
}
