//! Answers that stay true, by what they were asked of: one file a commit, below the user's cache.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::program::hex;

/// The most files that are kept; the oldest go first.
const KEPT: usize = 256;

/// The answers about one content.
#[derive(Debug)]
pub(super) struct Cache {
    file: PathBuf,
    /// The derivation of each host; none of those that the flake does not have.
    hosts: BTreeMap<String, Option<String>>,
}

impl Cache {
    /// Reads what is known; `identity` is what the answers depend on beside the content. A file that cannot be read
    /// is as good as none.
    pub(super) fn open(directory: &Path, identity: &str, id: &str) -> Self {
        let key = Sha256::new().chain_update(identity).chain_update([0]).chain_update(id).finalize();
        let file = directory.join(format!("{}.json", hex(&key)));
        let hosts = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Self { file, hosts }
    }

    /// The answer about a host, if there is one and what it names is still in the store.
    pub(super) fn get(&self, host: &str) -> Option<Option<&str>> {
        let known = self.hosts.get(host)?.as_deref();
        known.is_none_or(|path| Path::new(path).exists()).then_some(known)
    }

    /// Keeps further answers. What is not kept is asked for again, so nobody needs to know.
    pub(super) fn keep(mut self, answers: impl IntoIterator<Item = (String, Option<String>)>) {
        let before = self.hosts.clone();
        self.hosts.extend(answers);
        if self.hosts != before {
            let _ = self.write();
        }
    }

    fn write(&self) -> io::Result<()> {
        let directory = self.file.parent().expect("it is in a directory");
        fs::create_dir_all(directory)?;
        let mut new = tempfile::NamedTempFile::new_in(directory)?;
        new.write_all(&serde_json::to_vec(&self.hosts)?)?;
        new.persist(&self.file)?;
        forget(directory)
    }
}

/// Deletes the oldest files of too many.
fn forget(directory: &Path) -> io::Result<()> {
    let mut files: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        files.push((entry.metadata()?.modified()?, entry.path()));
    }
    files.sort();
    let many = files.len().saturating_sub(KEPT);
    files[..many].iter().try_for_each(|(_, path)| fs::remove_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_kept_while_the_store_has_them() {
        let temp = tempfile::tempdir().unwrap();
        let drv = temp.path().join("eden.drv");
        fs::write(&drv, "").unwrap();
        let path = drv.to_str().unwrap().to_owned();
        let directory = temp.path().join("cache");
        let answers = [("eden".to_owned(), Some(path.clone())), ("gone".to_owned(), None)];
        Cache::open(&directory, "nix 2", "commit 1").keep(answers);

        let cache = Cache::open(&directory, "nix 2", "commit 1");
        assert_eq!(cache.get("eden"), Some(Some(path.as_str())));
        assert_eq!(cache.get("gone"), Some(None));
        assert_eq!(cache.get("pishon"), None);
        assert_eq!(Cache::open(&directory, "nix 3", "commit 1").get("eden"), None);
        assert_eq!(Cache::open(&directory, "nix 2", "commit 2").get("eden"), None);
        fs::remove_file(&drv).unwrap();
        assert_eq!(cache.get("eden"), None);
    }

    #[test]
    fn old_files_are_forgotten() {
        let temp = tempfile::tempdir().unwrap();
        for number in 0..KEPT + 10 {
            let id = format!("commit {number}");
            Cache::open(temp.path(), "", &id).keep([("eden".to_owned(), None)]);
        }
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), KEPT);
    }
}
