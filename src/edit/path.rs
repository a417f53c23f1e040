//! Paths into an entry: `deploy.port`, `filesystems."/".device`.

use std::fmt;

/// A path of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path(pub Vec<String>);

impl Path {
    /// Reads keys with dots between them; a key with a dot or an equals sign stands between double quotes.
    ///
    /// Returns the rest behind an equals sign as well, if there is one.
    ///
    /// # Errors
    /// What is wrong, as the end of a sentence.
    pub fn read(word: &str) -> Result<(Self, Option<&str>), String> {
        let mut keys = Vec::new();
        let mut rest = word;
        loop {
            let key = match rest.strip_prefix('"') {
                Some(quoted) => {
                    let end = quoted.find('"').ok_or("a quote is not closed")?;
                    rest = &quoted[end + 1..];
                    &quoted[..end]
                }
                None => {
                    let end = rest.find(['.', '=']).unwrap_or(rest.len());
                    let key = &rest[..end];
                    rest = &rest[end..];
                    key
                }
            };
            if key.is_empty() {
                return Err("a key is empty".to_owned());
            }
            keys.push(key.to_owned());
            match rest.chars().next() {
                None => return Ok((Self(keys), None)),
                Some('=') => return Ok((Self(keys), Some(&rest[1..]))),
                Some('.') => rest = &rest[1..],
                Some(_) => return Err("behind a quote comes a dot or an equals sign".to_owned()),
            }
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, key) in self.0.iter().enumerate() {
            let dot = if at == 0 { "" } else { "." };
            let quote = if key.contains(['.', '=']) { "\"" } else { "" };
            write!(f, "{dot}{quote}{key}{quote}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_may_be_quoted() {
        let (path, value) = Path::read(r#"filesystems."/".device=/dev/x=y"#).unwrap();
        assert_eq!(path.0, ["filesystems", "/", "device"]);
        assert_eq!(value, Some("/dev/x=y"));
        assert_eq!(Path::read("mac").unwrap(), (Path(vec!["mac".to_owned()]), None));
        assert_eq!(Path::read(r#"labels."a.b""#).unwrap().0.to_string(), r#"labels."a.b""#);
    }

    #[test]
    fn half_a_path_is_refused() {
        for word in ["", "a..b", ".a", "a.", "\"a", "\"a\"b", "=x"] {
            assert!(Path::read(word).is_err(), "{word}");
        }
    }
}
