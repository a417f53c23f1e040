//! Relative paths, which stand in Nix as path literals and never as strings.

use minijinja::value::{Object, ObjectRepr, Value as Dynamic, serializing_for_value};
use serde::{Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

use super::fault::Unprintable;
use super::literal::{self, Place};

/// A path relative to the file that it is written in, such as `../../facts/eden.json`.
///
/// Kept without `.`, doubled slashes and inner `..`. In Nix it is a path literal, so that it means the file beside the
/// flake's own and not a string that changes with every commit. In the context of a template it stays a path: see
/// [`Templates`](super::Templates).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelativePath(String);

impl RelativePath {
    /// Reads a `/`-separated path.
    ///
    /// # Errors
    ///
    /// An empty or an absolute path, or one with NUL.
    pub fn new(path: &str) -> Result<Self, Unprintable> {
        if path.contains('\0') {
            return Err(Unprintable::Nul);
        }
        if path.is_empty() || path.starts_with('/') {
            return Err(Unprintable::NotRelative(path.to_owned()));
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." if parts.last().is_some_and(|last| *last != "..") => {
                    parts.pop();
                }
                _ => parts.push(part),
            }
        }
        Ok(Self(parts.join("/")))
    }

    /// The path's text: empty for the directory of the file itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Writes the path as a literal, or as a literal and a string where a literal cannot hold its characters.
    pub(super) fn print(&self, place: Place, out: &mut String) -> Result<(), Unprintable> {
        let mut rest = self.0.as_str();
        let start = out.len();
        while let Some(after) = rest.strip_prefix("..").filter(|after| after.is_empty() || after.starts_with('/')) {
            out.push_str("../");
            rest = after.strip_prefix('/').unwrap_or(after);
        }
        if out.len() == start {
            out.push_str("./");
        }
        if rest.is_empty() {
            out.push('.');
        } else if rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte)) {
            out.push_str(rest);
        } else {
            out.push_str(". + ");
            literal::string(&format!("/{rest}"), out)?;
            if place == Place::Operand {
                out.insert(start, '(');
                out.push(')');
            }
        }
        Ok(())
    }
}

impl fmt::Display for RelativePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "." } else { &self.0 })
    }
}

impl Object for RelativePath {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// To a template a path goes as itself, to any other format as a string.
impl Serialize for RelativePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializing_for_value() {
            Dynamic::from_object(self.clone()).serialize(serializer)
        } else {
            serializer.collect_str(self)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(path: &str, place: Place) -> String {
        let mut out = String::new();
        RelativePath::new(path).unwrap().print(place, &mut out).unwrap();
        out
    }

    #[test]
    fn literals() {
        for (path, literal) in [
            ("../../facts/eden.json", "../../facts/eden.json"),
            ("./keys//bo.pub", "./keys/bo.pub"),
            ("a/../b", "./b"),
            ("a/../../b", "../b"),
            (".", "./."),
            ("..", "../."),
            ("../..", "../../."),
            ("..a/b", "./..a/b"),
            (".git", "./.git"),
        ] {
            assert_eq!(printed(path, Place::Operand), literal, "{path}");
        }
    }

    #[test]
    fn what_a_literal_cannot_hold() {
        assert_eq!(printed("../a b/${c}", Place::Alone), r#"../. + "/a b/\${c}""#);
        assert_eq!(printed("é", Place::Operand), r#"(./. + "/é")"#);
        assert_eq!(RelativePath::new("/etc"), Err(Unprintable::NotRelative("/etc".into())));
        assert_eq!(RelativePath::new(""), Err(Unprintable::NotRelative(String::new())));
        assert_eq!(RelativePath::new("a\0"), Err(Unprintable::Nul));
    }
}
