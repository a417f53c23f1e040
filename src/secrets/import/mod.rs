//! Secrets from elsewhere: files with their plain text, variables of environment files, sops, other agenix repositories.
//!
//! What was imported is left where it is. What is to be deleted then, and what git remembers of it, is for whoever
//! imports to see to: [`traces`](super::traces) says so.

mod agenix;
mod environment;
mod files;
mod sops;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::identity::Identities;
use super::memory::Plain;
use super::seal;
use crate::age_file::is_armored;
use crate::load::decode::Scalar as _;
use crate::value::SecretName;

pub use files::Problem;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One secret, as it stands there.
    Plain,
    /// Environment variables, a line for each.
    Environment,
    /// YAML or JSON of sops.
    Sops,
    /// One secret, encrypted with age.
    Age,
}

/// How files become secrets.
pub struct How<'a> {
    /// What every file is; by its name and text where this is not said.
    pub format: Option<Format>,
    /// Whether each variable of an environment file becomes a secret of its own.
    pub split: bool,
    /// The name of the only secret there is.
    pub name: Option<&'a str>,
    /// What names begin with.
    pub prefix: &'a str,
    /// Keys that open what is encrypted.
    pub identities: &'a Identities,
}

/// A secret that is to be imported.
#[derive(Debug)]
pub struct Incoming {
    /// Its name.
    pub name: SecretName,
    /// The file that it comes from.
    pub file: PathBuf,
    /// Its value.
    pub value: Plain,
}

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The secrets, in the order of the files.
    pub secrets: Vec<Incoming>,
    /// What stands to be seen in files that are encrypted, and was left there: the file and the name.
    pub open: Vec<(PathBuf, String)>,
    /// Whether the files hold plain text, by file.
    pub plain: BTreeMap<PathBuf, bool>,
}

/// A part of a file: its path in it, and its value.
#[derive(Debug)]
struct Part {
    path: Vec<String>,
    value: Plain,
}

/// Reads files, every file below a directory, and the encrypted ones of an agenix repository.
///
/// # Errors
/// Everything that cannot be read or decrypted: the place, the cause, the remedy.
pub fn gather(paths: &[PathBuf], how: &How<'_>) -> Result<Gathered, Vec<Problem>> {
    let mut gathered = Gathered::default();
    let mut problems = Vec::new();
    for path in paths {
        match files::below(path) {
            Ok(found) => {
                for file in found {
                    take(&file, how, &mut gathered).unwrap_or_else(|why| problems.push(Problem::new(&file.path, why)));
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    if let Some(name) = how.name {
        match gathered.secrets.as_mut_slice() {
            [only] => match SecretName::read(name) {
                Ok(name) => only.name = name,
                Err(_) => problems.push(Problem::new(&only.file, format!("`{name}` is not {}", SecretName::WHAT))),
            },
            _ if problems.is_empty() => {
                let file = paths.first().cloned().unwrap_or_default();
                problems.push(Problem::new(&file, "--name names one secret, and there is not exactly one".to_owned()));
            }
            _ => {}
        }
    }
    let mut names: BTreeMap<&SecretName, &Path> = BTreeMap::new();
    for one in &gathered.secrets {
        if let Some(first) = names.insert(&one.name, &one.file) {
            let why = format!(
                "`{}` is also what comes from {}; import one of them with --prefix or --name",
                one.name,
                first.display()
            );
            problems.push(Problem::new(&one.file, why));
        }
    }
    if problems.is_empty() { Ok(gathered) } else { Err(problems) }
}

/// Takes one file for what it is.
fn take(file: &files::Found, how: &How<'_>, gathered: &mut Gathered) -> Result<(), String> {
    let plain = files::read(&file.path)?;
    let format = how.format.unwrap_or_else(|| guess(&file.path, &plain));
    let stem = name_of_file(&file.name);
    let open = |bytes: &[u8]| seal::open(bytes, how.identities);
    let is_plain = matches!(format, Format::Plain | Format::Environment);
    let parts = match format {
        Format::Plain => vec![Part { path: vec![stem], value: plain }],
        Format::Environment if how.split => environment::parts(&plain)?,
        Format::Environment => vec![Part { path: vec![stem], value: plain }],
        Format::Age => vec![Part { path: vec![stem], value: open(plain.bytes())? }],
        Format::Sops => {
            let text = std::str::from_utf8(plain.bytes()).map_err(|_| "it is not UTF-8".to_owned())?;
            let opened = sops::open(&file.name, text, &open)?;
            gathered.open.extend(opened.open.into_iter().map(|name| (file.path.clone(), name)));
            opened.parts
        }
    };
    for part in parts {
        let text = format!("{}{}", how.prefix, part.path.join("-"));
        let name = named(&text).ok_or_else(|| format!("`{text}` gives no name of a secret; give one with --name"))?;
        gathered.secrets.push(Incoming { name, file: file.path.clone(), value: part.value });
    }
    gathered.plain.insert(file.path.clone(), is_plain);
    Ok(())
}

/// What a file is, by its name and how it begins.
fn guess(path: &Path, plain: &Plain) -> Format {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let structured = [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end));
    let text = || std::str::from_utf8(plain.bytes()).unwrap_or_default();
    if name.ends_with(".age") || plain.bytes().starts_with(b"age-encryption.org/") || is_armored(plain.bytes()) {
        Format::Age
    } else if structured && sops::is_sops(&name, text()) {
        Format::Sops
    } else if name.starts_with(".env") || name.ends_with(".env") {
        Format::Environment
    } else {
        Format::Plain
    }
}

/// The name of a file without what tells its sort: `db/web.env` → `db/web`.
fn name_of_file(name: &str) -> String {
    let (above, base) = name.rsplit_once('/').map_or(("", name), |(above, base)| (above, base));
    let base = base.trim_start_matches('.');
    let stem = match base.rsplit_once('.') {
        Some((stem, "age" | "env" | "json" | "key" | "pass" | "txt" | "yaml" | "yml")) => stem,
        _ => base,
    };
    if above.is_empty() { stem.to_owned() } else { format!("{above}/{stem}") }
}

/// The nearest name of a secret: `DB_PASSWORD` → `db-password`.
fn named(text: &str) -> Option<SecretName> {
    let letter = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '-' };
    let name: String = text.chars().map(letter).collect();
    SecretName::read(name.trim_matches(['-', '.'])).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_from_files() {
        for (file, name) in [
            ("vpn.txt", "vpn"),
            ("db/Web Shop.env", "db-web-shop"),
            (".env.production", "env.production"),
            (".env", "env"),
            ("id_ed25519", "id-ed25519"),
            ("tls.example.org.key", "tls.example.org"),
        ] {
            assert_eq!(named(&name_of_file(file)).unwrap().as_str(), name, "{file}");
        }
        assert_eq!(named("DB_PASSWORD").unwrap().as_str(), "db-password");
        assert!(named("---").is_none());
    }
}
