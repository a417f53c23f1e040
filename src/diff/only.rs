//! Changes of some hosts: their own files, and of the files that hosts share the hunks that are about them.

use std::collections::BTreeSet;

use similar::ChangeTag;

use super::lines::{self, Compared, Hunk};
use super::{Changes, File, Kind};

/// Files that hold a block for each host, under its name.
const BLOCKS: &[&str] = &["hosts.nix", "nodes.nix"];

/// What was left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Left {
    /// Files of other hosts, or with no hunk about the chosen ones.
    pub files: usize,
    /// Lines that were added in what was left out.
    pub added: usize,
    /// Lines that were removed in what was left out.
    pub removed: usize,
}

impl Changes {
    /// Keeps what is about some hosts, and counts the rest.
    #[must_use]
    pub fn only(self, chosen: &BTreeSet<String>) -> (Self, Left) {
        let (mut kept, mut left) = (Vec::new(), Left::default());
        for file in self.files {
            let (added, removed) = (file.added, file.removed);
            match file.only(chosen) {
                Some(file) => {
                    left.added += added - file.added;
                    left.removed += removed - file.removed;
                    kept.push(file);
                }
                None => {
                    left.files += 1;
                    left.added += added;
                    left.removed += removed;
                }
            }
        }
        (Self { files: kept, headers: Vec::new() }, left)
    }
}

impl File {
    fn only(mut self, chosen: &BTreeSet<String>) -> Option<Self> {
        if let Some(host) = self.host() {
            return chosen.contains(host).then_some(self);
        }
        // A file that is new as a whole, or gone, is nobody's own.
        if self.kind() != Kind::Changed {
            return None;
        }
        let (old, new) = self.compared(false);
        let (old, new) = (lines::text(&old)?.to_owned(), lines::text(&new)?.to_owned());
        let blocks = BLOCKS.contains(&self.path.as_str()).then(|| [blocks(&old), blocks(&new)]);
        let about = About { chosen, blocks, near: self.path.starts_with("prometheus/") };
        let compared = Compared::new(&old, &new);
        let (mut added, mut removed, mut hunks) = (0, 0, Vec::new());
        for (number, hunk) in compared.hunks().enumerate().filter(|(_, hunk)| about.is_it(&compared, hunk)) {
            hunks.push(number);
            for line in compared.lines(&hunk, false) {
                added += usize::from(line.tag == ChangeTag::Insert);
                removed += usize::from(line.tag == ChangeTag::Delete);
            }
        }
        (self.added, self.removed, self.hunks) = (added, removed, Some(hunks));
        (added + removed > 0).then_some(self)
    }
}

/// What a hunk must be about.
struct About<'a> {
    chosen: &'a BTreeSet<String>,
    /// For a file of blocks the name of the block of each line, in the old text and in the new one.
    blocks: Option<[Vec<&'a str>; 2]>,
    /// Whether the line that names the host may be another one than the one that changed, near it.
    near: bool,
}

impl About<'_> {
    fn is_it(&self, compared: &Compared<'_>, hunk: &Hunk) -> bool {
        compared.numbered(hunk).any(|(tag, number, text)| match (&self.blocks, tag) {
            (None, ChangeTag::Equal) => self.near && self.names(text),
            (None, _) => self.names(text),
            (Some(_), ChangeTag::Equal) => false,
            (Some([_, new]), ChangeTag::Insert) => self.chosen.contains(new[number]),
            (Some([old, _]), ChangeTag::Delete) => self.chosen.contains(old[number]),
        })
    }

    /// Says whether a line has the name of a host as a word.
    fn names(&self, line: &str) -> bool {
        let mut words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        words.any(|word| self.chosen.contains(word))
    }
}

/// The name of the block that each line stands in: that of the line `  eden = {` above it.
fn blocks(text: &str) -> Vec<&str> {
    let mut block = "";
    let of_line = |line| {
        let own = str::strip_prefix(line, "  ").filter(|rest: &&str| !rest.starts_with(' '));
        if let Some((name, _)) = own.and_then(|rest| rest.split_once(" = ")) {
            block = name.trim_matches('"');
        }
        block
    };
    text.split_inclusive('\n').map(of_line).collect()
}

#[cfg(test)]
mod tests {
    use super::super::diff;
    use super::*;
    use crate::tree::Tree;

    fn tree(eden: &str, gihon: &str) -> Tree {
        let nodes =
            format!("{{\n  eden = {{\n    port = {eden};\n  }};\n  gihon = {{\n    port = {gihon};\n  }};\n}}\n");
        let plan = format!(
            "{{\"host\":\"eden\",\"port\":{eden}}}\n{}{{\"host\":\"gihon\",\"port\":{gihon}}}\n",
            "x\n".repeat(9)
        );
        let files =
            [("hosts/eden.nix", eden), ("hosts/gihon.nix", gihon), ("nodes.nix", &nodes), ("plan.jsonl", &plan)];
        files.into_iter().map(|(path, text)| (path, text.as_bytes())).collect()
    }

    fn of(old: &Tree, new: &Tree, host: &str) -> (Vec<(String, usize, usize)>, Left) {
        let (changes, left) = diff(old, new).only(&BTreeSet::from([host.to_owned()]));
        let files = changes.files().iter().map(|file| (file.path().to_owned(), file.added(), file.removed()));
        (files.collect(), left)
    }

    #[test]
    fn only_what_is_about_a_host_is_kept() {
        let (old, new) = (tree("1", "1"), tree("2", "1"));
        let (files, left) = of(&old, &new, "eden");
        assert_eq!(
            files,
            [("hosts/eden.nix", 1, 1), ("nodes.nix", 1, 1), ("plan.jsonl", 1, 1)].map(|(p, a, r)| (p.to_owned(), a, r))
        );
        assert_eq!(left, Left::default());
        let (files, left) = of(&old, &new, "gihon");
        assert_eq!((files, left), (vec![], Left { files: 3, added: 3, removed: 3 }));
        let (files, left) = of(&old, &tree("2", "2"), "gihon");
        assert_eq!(files[0].0, "hosts/gihon.nix");
        assert_eq!(files.last().unwrap(), &("plan.jsonl".to_owned(), 1, 1));
        assert_eq!(left.files, 1);
        let chosen = BTreeSet::from(["eden".to_owned()]);
        let about = About { chosen: &chosen, blocks: None, near: false };
        assert!(about.names("a eden, b") && !about.names("eden-2") && !about.names("xeden"));
    }
}
