//! Option paths against each other, and how strongly a line sets one.

use crate::nix::Assigned;

/// The priority of a plain value.
pub(super) const PLAIN: u32 = 100;

/// How an option that is set relates to the one that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// It is the same.
    Same,
    /// It lies below it.
    Below,
    /// It holds it.
    Above,
}

/// How strongly a value is set, by the function in front of it.
pub(super) fn priority(text: &str, one: &Assigned) -> u32 {
    let name_end = one.path.last().map_or(one.range.start, |segment| segment.range.end).min(one.range.start);
    let between = &text[name_end..one.range.start];
    let number = |name: &str| -> Option<u32> {
        let rest = between.split_once(name)?.1.trim_start();
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    match between {
        _ if between.contains("mkForce") => 50,
        _ if between.contains("mkVMOverride") => 10,
        _ if between.contains("mkDefault") => 1000,
        _ => number("mkOverride").unwrap_or(PLAIN),
    }
}

/// Says how an option that is set relates to one that was asked for, whose names may be written without quotes.
pub(super) fn relation(one: &Assigned, path: &str) -> Option<Relation> {
    let mut rest = path;
    for segment in &one.path {
        if rest.is_empty() {
            return Some(Relation::Below);
        }
        let after = match &segment.name {
            Some(name) => rest.strip_prefix(name.as_str())?,
            None => &rest[rest.find('.').unwrap_or(rest.len())..],
        };
        rest = match after {
            "" => "",
            after => after.strip_prefix('.')?,
        };
    }
    Some(if rest.is_empty() { Relation::Same } else { Relation::Above })
}

/// Where the line of an option begins: at the first of its names that stands on the line of its last one.
pub(super) fn line_of(text: &str, one: &Assigned) -> usize {
    let last = one.path.last().map_or(one.range.start, |segment| segment.range.start);
    let line = text[..last].rfind('\n').map_or(0, |at| at + 1);
    one.path.iter().map(|segment| segment.range.start).find(|start| (line..=last).contains(start)).unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nix;

    #[test]
    fn options_are_found_by_their_path() {
        let found = nix::assigned("{ a.\"b.c\".d = 1; a.${x}.e = 2; }");
        let relations = |path| [relation(&found[0], path), relation(&found[1], path)];
        assert_eq!(relations("a.b.c.d"), [Some(Relation::Same), None]);
        assert_eq!(relations("a.b.c"), [Some(Relation::Below), None]);
        assert_eq!(relations("a"), [Some(Relation::Below), Some(Relation::Below)]);
        assert_eq!(relations("a.q.e"), [None, Some(Relation::Same)]);
        assert_eq!(relations("a.q.e.f"), [None, Some(Relation::Above)]);
        assert_eq!(relations("ab"), [None, None]);
    }

    #[test]
    fn priorities_are_those_of_the_module_system() {
        let of = |text: &str| priority(text, &nix::assigned(text)[0]);
        assert_eq!(of("{ a = lib.mkOverride 900 1; }"), 900);
        assert_eq!(of("{ a = lib.mkForce 1; }"), 50);
        assert_eq!(of("{ a = mkDefault 1; }"), 1000);
        assert_eq!(of("{ a = [ 1 ]; }"), PLAIN);
    }
}
