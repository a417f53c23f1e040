//! What a body does with secrets: it hands on their paths, and never reads them.

use crate::diag::{Diagnostic, Faults, codes};
use crate::kind::Kind;
use crate::kind::setting::SettingDef;
use crate::nix::{Use, uses};
use crate::source::Span;

/// What reads a file while the system is built, so that its text ends up in the store.
const READERS: &[&str] = &["readFile", "fileContents", "importJSON", "importTOML", "import", "readDir", "path"];

/// What options are called that take a secret itself; those that take a file say so behind it.
const VALUES: &[&str] = &["password", "passwd", "passphrase", "secret", "token", "apikey", "secretkey", "privatekey"];

/// Looks at every hole that a secret goes through.
pub(super) fn look(kind: &Kind, source: &str, faults: &mut Faults) {
    for hole in &uses(source).holes {
        let Some(name) = secret_of(kind, hole) else { continue };
        let before = before(source, hole.range.start);
        let at = Span::new(kind.file, hole.range.start, hole.range.end);
        if let Some(reader) = READERS.iter().find(|reader| ends_with_word(before, reader)) {
            let message = format!("`{reader}` would read the secret `{name}` into the store");
            faults.push(
                Diagnostic::new(codes::SECRET_IN_STORE, message)
                    .at(at, "everybody on the host can read what stands there")
                    .help("hand the path to an option that takes a file, or to `LoadCredential`"),
            );
        } else if hole.expression.trim() == format!("settings.{name}")
            && let Some(option) = assigned_to(before).filter(|option| takes_value(option))
        {
            let message = format!("`{option}` takes a secret and gets the path of one");
            faults.push(
                Diagnostic::new(codes::SECRET_IN_STORE, message)
                    .at(at, "this is where the file will lie")
                    .help("set the option that takes a file; a secret itself would end up in the store"),
            );
        }
    }
}

/// The setting of a hole, when it holds a secret or secrets.
fn secret_of<'k>(kind: &'k Kind, hole: &Use) -> Option<&'k str> {
    let settings = kind.front.settings.as_ref()?;
    let named = hole.paths.iter().filter(|path| path.first().is_some_and(|first| first == "settings"));
    let known = |path: &Vec<String>| settings.entries.get_key_value(path.get(1)?.as_str());
    let is_secret = |def: &SettingDef| def.is_secret() || def.holds_secrets();
    named.filter_map(known).find(|(_, keyed)| is_secret(&keyed.value)).map(|(name, _)| name.as_str())
}

/// The text before the braces of a hole, without blanks and brackets at its end.
fn before(source: &str, expression: usize) -> &str {
    let braces = source[..expression].rfind("{{").unwrap_or_default();
    source[..braces].trim_end_matches([' ', '\n', '\t', '('])
}

fn ends_with_word(text: &str, word: &str) -> bool {
    let rest = text.strip_suffix(word);
    rest.is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-')))
}

/// The option that a value behind this text is for, as far as its path is written there.
fn assigned_to(before: &str) -> Option<&str> {
    let text = match before.rsplit_once("lib.mk") {
        // `lib.mkOverride 900`, `lib.mkDefault` and the like.
        Some((text, rest)) if rest.chars().all(|c| c.is_alphanumeric() || c == ' ') => text.trim_end(),
        _ => before,
    };
    let name = text.strip_suffix('=')?.trim_end();
    let start = name.rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))).map_or(0, |at| at + 1);
    Some(&name[start..])
}

/// Whether an option of that path takes a secret itself.
fn takes_value(option: &str) -> bool {
    let (above, name) = option.rsplit_once('.').unwrap_or(("", option));
    // Names such as `_secret`, and sets such as `secrets`, are conventions: what they hold is a file, read at run time.
    let holds_files = |name: &str| matches!(name, "credentials" | "secrets");
    if name.starts_with('_') || above.split('.').any(holds_files) {
        return false;
    }
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    VALUES.iter().any(|value| plain.ends_with(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_options_are_found() {
        assert_eq!(assigned_to("  services.x.password = lib.mkOverride 900"), Some("services.x.password"));
        assert_eq!(assigned_to("  till = { api_key ="), Some("api_key"));
        assert_eq!(assigned_to("  LoadCredential = ["), None);
        assert!(takes_value("apiKey") && takes_value("admin_password") && takes_value("SECRET_KEY"));
        assert!(takes_value("services.x.password") && !takes_value("secrets.mailer.PASSWD"));
        assert!(!takes_value("passwordFile") && !takes_value("secretFiles") && !takes_value("_secret"));
    }

    #[test]
    fn readers_are_found() {
        assert!(ends_with_word("a = builtins.readFile", "readFile"));
        assert!(ends_with_word("lib.importJSON", "importJSON"));
        assert!(!ends_with_word("myreadFile", "readFile"));
        assert!(!ends_with_word("credentialsPath", "path"));
    }
}
