//! What `cistern init` writes: the files of `templates/fleet/` and a pipeline of `templates/ci/`, never over one that is
//! there. And the JSON Schemas that a fleet's files name for editors, which `cistern generate` keeps fresh.

#![expect(clippy::disallowed_methods, reason = "writes a new fleet directory")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::kind::embedded_files;
use crate::schema;
use crate::source::{SPLIT, SourceFile, Sources};

/// Where the flake of a new fleet finds Cistern, unless told otherwise: where this program was built from.
pub const CISTERN: &str = match option_env!("CISTERN_FLAKE") {
    Some(flake) => flake,
    None => concat!("path:", env!("CARGO_MANIFEST_DIR")),
};

/// What stands for [`CISTERN`] in the files.
const PLACEHOLDER: &str = "flake:cistern";

/// Prefix of the files in `templates/`.
const SKELETON: &str = "fleet/";

/// The directory of the schemas, below the fleet directory.
const SCHEMAS: &str = ".cistern/";

/// What checks a fleet where its repository is hosted.
#[derive(Debug)]
pub struct Pipeline {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Its file, from the root of the repository.
    pub path: &'static str,
}

/// Every pipeline; its text is `templates/ci/<name>.yml`.
pub const PIPELINES: &[Pipeline] = &[
    Pipeline { name: "forgejo", path: ".forgejo/workflows/cistern.yml" },
    Pipeline { name: "github", path: ".github/workflows/cistern.yml" },
    Pipeline { name: "gitlab", path: ".gitlab-ci.yml" },
];

/// What became of each file.
#[derive(Debug, Default)]
pub struct Written {
    /// Files that were written.
    pub written: Vec<String>,
    /// Files that were there already.
    pub kept: Vec<Kept>,
}

/// A file that was there already.
#[derive(Debug)]
pub struct Kept {
    /// Its path in the fleet directory.
    pub path: String,
    /// The text that it would have got.
    pub text: String,
    /// Whether it has that text already.
    pub same: bool,
}

/// The files of a new fleet, by their path in it.
pub fn files(cistern: &str) -> impl Iterator<Item = (String, String)> {
    embedded_files().filter_map(move |(path, bytes)| {
        let path = path.strip_prefix(SKELETON)?;
        Some((path.to_owned(), String::from_utf8_lossy(bytes).replace(PLACEHOLDER, cistern)))
    })
}

/// Writes a definition into a directory that has none, all of it or nothing. Returns whether it did.
///
/// # Errors
/// The machine's: a directory that cannot be made, a file that cannot be written.
pub fn write_definition(directory: &Path, text: &str) -> io::Result<bool> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", directory.display()));
    let present = ["fleet.yaml", "fleet.yml"].iter().any(|name| fs::symlink_metadata(directory.join(name)).is_ok());
    if present {
        return Ok(false);
    }
    fs::create_dir_all(directory).map_err(named)?;
    let mut file = tempfile::Builder::new()
        .prefix(".fleet.yaml.")
        .permissions(fs::Permissions::from_mode(0o644))
        .tempfile_in(directory)
        .map_err(named)?;
    file.write_all(text.as_bytes()).map_err(named)?;
    match file.persist_noclobber(directory.join("fleet.yaml")) {
        Ok(_) => Ok(true),
        Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(failed) => Err(named(failed.error)),
    }
}

/// Writes the files that are not there yet.
///
/// # Errors
/// The machine's: a directory that cannot be made, a file that cannot be written.
pub fn write(directory: &Path, cistern: &str) -> io::Result<Written> {
    write_files(directory, files(cistern))
}

/// Writes a pipeline below the root of a repository; `fleet` is the way from there to the fleet directory, as in `fleet/`.
///
/// # Errors
/// The machine's: a directory that cannot be made, a file that cannot be written.
pub fn write_pipeline(root: &Path, pipeline: &Pipeline, fleet: &str) -> io::Result<Written> {
    write_files(root, [(pipeline.path.to_owned(), pipeline_text(pipeline, fleet))].into_iter())
}

/// The text of a pipeline for a fleet directory.
fn pipeline_text(pipeline: &Pipeline, fleet: &str) -> String {
    let template = format!("ci/{}.yml", pipeline.name);
    let bytes = embedded_files().find(|(path, _)| *path == template).expect("each pipeline has its template").1;
    let text = String::from_utf8_lossy(bytes);
    match fleet.trim_end_matches('/') {
        "" => text.into_owned(),
        // Without the dot in front, nix takes it for the name of a flake.
        fleet => text
            .replace("FLEET: \".\"", &format!("FLEET: \"./{fleet}\""))
            .replace("cistern diff of .", &format!("cistern diff of ./{fleet}")),
    }
}

fn write_files(directory: &Path, files: impl Iterator<Item = (String, String)>) -> io::Result<Written> {
    let named = |path: &Path, error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let mut outcome = Written::default();
    for (path, text) in files {
        let full = directory.join(&path);
        if fs::symlink_metadata(&full).is_ok() {
            let same = fs::read(&full).is_ok_and(|present| present == text.as_bytes());
            outcome.kept.push(Kept { path, text, same });
            continue;
        }
        if let Some(parent) = full.parent() {
            fs::create_dir_all(parent).map_err(|error| named(parent, error))?;
        }
        fs::write(&full, text).map_err(|error| named(&full, error))?;
        outcome.written.push(path);
    }
    Ok(outcome)
}

/// Writes the schemas for editors, if a file of the fleet names one, where they are not there or of another version;
/// returns their paths.
///
/// # Errors
/// The machine's: a directory that cannot be made, a file that cannot be written.
pub fn write_schemas(directory: &Path, sources: &Sources) -> io::Result<Vec<String>> {
    let mut written = Vec::new();
    for (path, text) in schemas(sources) {
        let full = directory.join(&path);
        if fs::read(&full).is_ok_and(|present| present == text.as_bytes()) {
            continue;
        }
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", full.display()));
        let parent = full.parent().expect("it lies in a directory");
        fs::create_dir_all(parent).map_err(named)?;
        // An editor may read at any time: the file changes at once.
        let everybody = fs::Permissions::from_mode(0o666);
        let mut file = tempfile::Builder::new().permissions(everybody).tempfile_in(parent).map_err(named)?;
        file.write_all(text.as_bytes()).map_err(named)?;
        file.persist(&full).map_err(|error| named(error.error))?;
        written.push(path);
    }
    Ok(written)
}

/// Every schema that people need, by its path below the fleet directory, when a file of the fleet names one of them.
///
/// All of them: whoever begins a file in `hosts/` needs its schema before the definition is whole again.
fn schemas(sources: &Sources) -> BTreeMap<String, String> {
    let main = sources.find("fleet.yaml").map(|id| ("", sources.file(id)));
    let entries = SPLIT.iter().flat_map(|section| sources.below(section)).map(|(_, file)| ("../", file));
    let ours = |(up, file): (&str, &SourceFile)| {
        let named = modeline(&file.text).map(|named| named.strip_prefix("./").unwrap_or(named));
        named.and_then(|named| named.strip_prefix(up)).is_some_and(|named| named.starts_with(SCHEMAS))
    };
    if !main.into_iter().chain(entries).any(ours) {
        return BTreeMap::new();
    }
    let entries = SPLIT.iter().filter_map(|section| Some((*section, schema::entry(section)?)));
    let all = [("fleet", schema::definition())].into_iter().chain(entries);
    all.map(|(name, schema)| (format!("{SCHEMAS}{name}.schema.json"), schema::text(&schema) + "\n")).collect()
}

/// The schema that a file names for yaml-language-server, in a comment above everything else.
fn modeline(text: &str) -> Option<&str> {
    let comments = text.lines().map_while(|line| if line.is_empty() { Some(line) } else { line.strip_prefix('#') });
    let ours = comments.filter_map(|line| line.trim_start().strip_prefix("yaml-language-server:"));
    ours.flat_map(str::split_whitespace).find_map(|word| word.strip_prefix("$schema="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_are_written_where_one_is_named() {
        let count = |path: &str, text: &str| {
            let mut sources = Sources::default();
            sources.add(path, text);
            schemas(&sources).len()
        };
        let line = |schema: &str| format!("# yaml-language-server: $schema={schema}\nversion: 1\n");
        let all = SPLIT.len() + 1;
        assert_eq!(count("fleet.yaml", &line(".cistern/fleet.schema.json")), all);
        assert_eq!(count("fleet.yaml", &line("./.cistern/fleet.schema.json")), all);
        assert_eq!(count("hosts/eden.yaml", &line("../.cistern/hosts.schema.json")), all);
        assert_eq!(count("fleet.yaml", &format!("# A fleet.\n\n{}", line(".cistern/fleet.schema.json"))), all);
        for other in ["fleet.schema.json", "../.cistern/fleet.schema.json", "/elsewhere/.cistern/fleet.schema.json"] {
            assert_eq!(count("fleet.yaml", &line(other)), 0, "{other}");
        }
        assert_eq!(count("hosts/eden.yaml", &line(".cistern/hosts.schema.json")), 0);
        assert_eq!(count("fleet.yaml", &format!("version: 1\n{}", line(".cistern/fleet.schema.json"))), 0);
    }

    #[test]
    fn each_pipeline_has_a_template_and_names_the_fleet() {
        for pipeline in PIPELINES {
            let (root, below) = (pipeline_text(pipeline, ""), pipeline_text(pipeline, "a/b/"));
            assert!(root.contains("FLEET: \".\"\n") && root.contains("cistern diff of . -->"));
            assert!(below.contains("FLEET: \"./a/b\"\n") && below.contains("cistern diff of ./a/b -->"));
            assert_eq!(root.lines().count(), below.lines().count());
        }
    }

    #[test]
    fn a_schema_that_is_stale_is_written_anew() {
        let directory = tempfile::tempdir().unwrap();
        let mut sources = Sources::default();
        sources.add("fleet.yaml", "# yaml-language-server: $schema=.cistern/fleet.schema.json\n");
        let file = directory.path().join(".cistern/hosts.schema.json");
        let write = || write_schemas(directory.path(), &sources).unwrap();
        assert_eq!(write().len(), SPLIT.len() + 1);
        let fresh = fs::read_to_string(&file).unwrap();
        assert_eq!(fresh, schema::text(&schema::entry("hosts").unwrap()) + "\n");
        assert!(write().is_empty());
        fs::write(&file, "{}").unwrap();
        assert_eq!(write(), [".cistern/hosts.schema.json"]);
        assert_eq!(fs::read_to_string(&file).unwrap(), fresh);
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), SPLIT.len() + 1, "nothing is left over");
    }
}
