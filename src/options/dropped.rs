//! Options that NixOS had once: which release dropped or renamed them, and what to use instead.

use std::sync::LazyLock;

use super::assignment::{Name, Step};

/// One row of `dropped.tsv`.
#[derive(Debug)]
pub(super) struct Row {
    /// The names of its path; `*` is any.
    path: Vec<&'static str>,
    /// What became of it.
    pub(super) fate: Fate,
    /// The release of NixOS that did so.
    pub(super) release: &'static str,
}

/// What became of an option.
#[derive(Debug)]
pub(super) enum Fate {
    /// It has another name, `*` where the old one has it.
    Renamed(&'static str),
    /// It is gone; what to do instead, in a clause.
    Removed(&'static str),
}

/// Every row.
static ROWS: LazyLock<Vec<Row>> =
    LazyLock::new(|| include_str!("dropped.tsv").lines().filter(|line| !line.starts_with('#')).map(row).collect());

fn row(line: &'static str) -> Row {
    let fields: Vec<&str> = line.split('\t').collect();
    let [path, fate, release, instead] = fields[..] else { panic!("dropped.tsv: four fields are expected in {line}") };
    let fate = match fate {
        "renamed" => Fate::Renamed(instead),
        "removed" => Fate::Removed(instead),
        _ => panic!("dropped.tsv: {fate} is neither renamed nor removed"),
    };
    Row { path: path.split('.').collect(), fate, release }
}

/// Finds the row of a path, or of what it lies below; the longest one counts.
pub(super) fn dropped(steps: &[Step]) -> Option<&'static Row> {
    ROWS.iter().filter(|row| row.leads_to(steps)).max_by_key(|row| row.path.len())
}

impl Row {
    /// How many names its path has.
    pub(super) fn len(&self) -> usize {
        self.path.len()
    }

    fn leads_to(&self, steps: &[Step]) -> bool {
        let same = |(name, step): (&&str, &Step)| match &step.name {
            Name::Is(own) => *name == "*" || own == name,
            Name::Any | Name::Item(_) => *name == "*",
        };
        self.path.len() <= steps.len() && self.path.iter().zip(steps).all(same)
    }

    /// The path as it is called now.
    pub(super) fn renamed(&self, steps: &[Step]) -> Option<Vec<Step>> {
        let Fate::Renamed(new) = self.fate else { return None };
        let mut wild = self.path.iter().zip(steps).filter(|(name, _)| **name == "*").map(|(_, step)| step.name.clone());
        let name = |name: &str| match name {
            "*" => wild.next().unwrap_or(Name::Any),
            _ => Name::Is(name.to_owned()),
        };
        let step = |name| Step { name, range: 0..0 };
        let rest = steps[self.path.len()..].iter().map(|step| step.name.clone());
        Some(new.split('.').map(name).collect::<Vec<_>>().into_iter().chain(rest).map(step).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::assignment::dotted;
    use super::*;

    fn steps(path: &str) -> Vec<Step> {
        path.split('.').map(|name| Step { name: Name::Is(name.to_owned()), range: 0..0 }).collect()
    }

    #[test]
    fn rows_are_sorted_and_sound() {
        assert!(ROWS.len() >= 60, "{} rows", ROWS.len());
        let lines: Vec<_> = include_str!("dropped.tsv").lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.is_sorted_by(|a, b| a.split('\t').next() < b.split('\t').next()), "sorted, each once");
        for row in ROWS.iter() {
            let release: Vec<_> = row.release.split('.').collect();
            assert!(matches!(release[..], [_, "05" | "09" | "11"]), "{row:?}");
            let (Fate::Renamed(text) | Fate::Removed(text)) = row.fate;
            assert!(!text.is_empty() && !text.ends_with('.'), "{row:?}");
            if let Fate::Renamed(new) = row.fate {
                assert!(!new.contains(' '), "{row:?}");
                let stars = |name: &str| name.split('.').filter(|name| *name == "*").count();
                assert_eq!(stars(new), row.path.iter().filter(|name| **name == "*").count(), "{row:?}");
            }
        }
    }

    #[test]
    fn the_new_name_keeps_what_is_below() {
        let path = steps("hardware.opengl.extraPackages");
        let row = dropped(&path).unwrap();
        assert_eq!(row.release, "24.11");
        assert_eq!(dotted(&row.renamed(&path).unwrap()), "hardware.graphics.extraPackages");
        assert!(dropped(&steps("hardware.graphics.enable")).is_none());
    }
}
