//! One file of the definition: the old text or the new one, never a part.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, fchown};
use std::path::{Path, PathBuf};

use super::beside::{at, remove};
use super::lock::{PATIENCE, lock_in};
use super::stage::sync_dir;

/// Gives a file below `root` another text, or takes it away where `after` is none.
///
/// `before` is what was read; where the file says something else by now, nothing is written. The text is written
/// beside the file (`.<name>.new`), synced and renamed, so that a run that is killed at any point leaves the old text
/// or the new one. Permissions and owner stay. A link is followed when its file gets another text.
///
/// # Errors
/// What the machine refuses, with the path in the message; a file that has changed since it was read. The file is then
/// as it was.
pub fn replace(root: &Path, path: &str, before: Option<&str>, after: Option<&str>) -> io::Result<()> {
    let full = root.join(path);
    let full = match (before, after) {
        (Some(_), Some(_)) => full.canonicalize().map_err(at(&full))?,
        _ => full,
    };
    let dir = full.parent().unwrap_or(root);
    fs::create_dir_all(dir).map_err(at(dir))?;
    let _lock = lock_in(dir, &full, PATIENCE)?;
    let present = match fs::read(&full) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(at(&full)(error)),
    };
    if present.as_deref() != before.map(str::as_bytes) {
        return Err(at(&full)(io::Error::other("it was changed by somebody else meanwhile; run the command again")));
    }
    match after {
        Some(text) => {
            let draft = draft(&full);
            remove(&draft)?;
            let written = write(&draft, text, before.map(|_| full.as_path())).map_err(at(&draft));
            if let Err(error) = written.and_then(|()| fs::rename(&draft, &full).map_err(at(&full))) {
                // The first error says more than one about its remains, which the next run removes.
                let _ = remove(&draft);
                return Err(error);
            }
        }
        None => fs::remove_file(&full).map_err(at(&full))?,
    }
    sync_dir(dir)
}

/// Where the next text stands while it is written.
fn draft(full: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(full.file_name().unwrap_or_default());
    name.push(".new");
    full.with_file_name(name)
}

/// Writes and syncs a new file, with the permissions and the owner of the one that it replaces.
fn write(path: &Path, text: &str, like: Option<&Path>) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    if let Some(like) = like {
        let (wanted, own) = (fs::metadata(like)?, file.metadata()?);
        if (wanted.uid(), wanted.gid()) != (own.uid(), own.gid()) {
            // Only root may give files away; for others the file becomes theirs, as with every editor.
            let _ = fchown(&file, Some(wanted.uid()), Some(wanted.gid()));
        }
        file.set_permissions(wanted.permissions())?;
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_file_gets_another_text_and_keeps_its_permissions() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("fleet.yaml");
        fs::write(&file, "a").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        // What a killed run left behind.
        fs::write(temp.path().join(".fleet.yaml.new"), "half").unwrap();
        replace(temp.path(), "fleet.yaml", Some("a"), Some("b")).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "b");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn what_somebody_else_wrote_meanwhile_stays() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("fleet.yaml"), "theirs").unwrap();
        let error = replace(temp.path(), "fleet.yaml", Some("a"), Some("b")).unwrap_err();
        assert!(error.to_string().contains("meanwhile"), "{error}");
        let error = replace(temp.path(), "fleet.yaml", None, Some("b")).unwrap_err();
        assert!(error.to_string().contains("meanwhile"), "{error}");
        let error = replace(temp.path(), "fleet.yaml", Some("a"), None).unwrap_err();
        assert!(error.to_string().contains("meanwhile"), "{error}");
        assert_eq!(fs::read_to_string(temp.path().join("fleet.yaml")).unwrap(), "theirs");
    }

    #[test]
    fn directories_are_made_and_links_followed() {
        let temp = tempfile::tempdir().unwrap();
        replace(temp.path(), "hosts/eden.yaml", None, Some("a")).unwrap();
        symlink("hosts/eden.yaml", temp.path().join("link.yaml")).unwrap();
        replace(temp.path(), "link.yaml", Some("a"), Some("b")).unwrap();
        assert!(temp.path().join("link.yaml").is_symlink());
        assert_eq!(fs::read_to_string(temp.path().join("hosts/eden.yaml")).unwrap(), "b");
        replace(temp.path(), "hosts/eden.yaml", Some("b"), None).unwrap();
        assert!(!temp.path().join("hosts/eden.yaml").exists());
    }
}
