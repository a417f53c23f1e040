//! Other secrets in a text.

use super::{Sources, source};
use crate::recipe::VALUE;
use crate::secrets::memory::Plain;
use crate::value::SecretName;

/// The text with values in its holes. What stands in a value is never taken for a hole.
pub(super) fn filled_in(format: &str, from: Option<&SecretName>, sources: &Sources<'_>) -> Result<Plain, String> {
    let mut text = Plain::new(Vec::new());
    let mut rest = format;
    while let Some(letter) = rest.chars().next() {
        let (length, bytes) = match hole(rest, from, sources) {
            Some((length, name)) => (length, source(sources, name)),
            None => (letter.len_utf8(), &rest.as_bytes()[..letter.len_utf8()]),
        };
        bytes.iter().for_each(|byte| text.push(*byte));
        rest = &rest[length..];
    }
    Ok(text)
}

/// The hole that a text begins with: its length, and the secret that belongs there.
fn hole<'s>(text: &str, from: Option<&'s SecretName>, sources: &Sources<'s>) -> Option<(usize, &'s SecretName)> {
    let inner = text.strip_prefix('{')?;
    if let Some(from) = from.filter(|_| text.starts_with(VALUE)) {
        return Some((VALUE.len(), from));
    }
    let (name, _) = inner.split_once('}')?;
    let name = *sources.keys().find(|source| source.as_str() == name)?;
    Some((name.as_str().len() + 2, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::decode::Scalar as _;

    #[test]
    fn holes_are_filled_and_other_braces_stay() {
        let names: Vec<_> = ["a", "b-c"].iter().map(|name| SecretName::read(name).unwrap()).collect();
        let values = [Plain::new(b"{b-c}\n".to_vec()), Plain::new(b"two".to_vec())];
        let sources: Sources<'_> = names.iter().zip(&values).collect();
        let text = |format: &str| {
            let plain = filled_in(format, Some(&names[0]), &sources).unwrap();
            String::from_utf8(plain.bytes().to_vec()).unwrap()
        };
        assert_eq!(text("KEY={value}\n"), "KEY={b-c}\n");
        assert_eq!(text("{\"x\": \"{value}\", \"y\": \"{b-c}\"}"), "{\"x\": \"{b-c}\", \"y\": \"two\"}");
        assert_eq!(text("ü{c}{{b-c}}"), "ü{c}{two}");
    }
}
