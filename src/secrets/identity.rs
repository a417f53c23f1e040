//! Private keys that open files: of age, of SSH, and of age's plugins; those with a passphrase are opened when a file
//! needs them, and asked for once.

#![expect(clippy::disallowed_methods, reason = "reads identity files")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use age::plugin::IdentityPluginV1;
use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, IdentityFile};
use age_core::format::{FileKey, Stanza};

use super::memory::{LARGEST, Plain};
use crate::age_file::{is_armored, ssh_tag};

/// Asks whoever runs the program.
pub trait Ask: Send + Sync {
    /// Asks for something that nobody else is to see.
    ///
    /// # Errors
    /// Why nobody could be asked, in a clause.
    fn secret(&self, what: &str) -> Result<Plain, String>;

    /// Asks for something that may be seen.
    ///
    /// # Errors
    /// Why nobody could be asked, in a clause.
    fn line(&self, what: &str) -> Result<String, String>;

    /// Says something, such as that a key wants to be touched.
    fn say(&self, text: &str);
}

/// An identity that many threads may use.
type Identity = Box<dyn age::Identity + Send + Sync>;

/// Private keys, in the order in which they are tried: those that need nobody first.
pub struct Identities {
    ask: Arc<dyn Ask>,
    ready: Vec<Identity>,
    closed: Vec<ClosedKey>,
    plugins: Vec<Identity>,
    files: Vec<ClosedFile>,
    /// Where they are from, for messages.
    names: Vec<String>,
    /// What could not be used, and why.
    notes: Vec<String>,
}

/// How often a passphrase may be wrong.
const TRIES: usize = 3;

impl Identities {
    /// Reads identity files: of age (open or with a passphrase), of age's plugins, and private SSH keys.
    ///
    /// # Errors
    /// Every file that cannot be used: where, why, and what to do.
    pub fn load(files: &[PathBuf], ask: Arc<dyn Ask>) -> Result<Self, Vec<String>> {
        let mut identities = Self::none(ask);
        let faults: Vec<_> = files.iter().filter_map(|file| identities.add(file).err()).collect();
        if faults.is_empty() { Ok(identities) } else { Err(faults) }
    }

    /// Reads those of the files that are there and can be used; what is wrong with the others is told when none opens.
    pub fn found(files: &[PathBuf], ask: Arc<dyn Ask>) -> Self {
        let mut identities = Self::none(ask);
        for file in files.iter().filter(|file| file.exists()) {
            if let Err(fault) = identities.add(file) {
                identities.notes.push(fault);
            }
        }
        identities
    }

    /// Lists them in the order in which they are tried.
    pub(super) fn iter(&self) -> impl Iterator<Item = &dyn age::Identity> {
        let ready = self.ready.iter().map(|one| &**one as &dyn age::Identity);
        let closed = self.closed.iter().map(|one| one as &dyn age::Identity);
        let plugins = self.plugins.iter().map(|one| &**one as &dyn age::Identity);
        ready.chain(closed).chain(plugins).chain(self.files.iter().map(|one| one as &dyn age::Identity))
    }

    /// Asks for the passphrase of a file that has one.
    pub(super) fn passphrase(&self) -> Result<age::scrypt::Identity, String> {
        let passphrase = self
            .ask
            .secret("Passphrase of the encrypted file")
            .map_err(|why| format!("it is encrypted with a passphrase, and {why}"))?;
        Ok(age::scrypt::Identity::new(shared(&passphrase)?))
    }

    /// Says why none of them opens a file.
    pub(super) fn why_none(&self) -> String {
        let closed = self.closed.iter().filter_map(|one| one.key.get()?.as_ref().err());
        let files = self.files.iter().filter_map(|one| one.inner.get()?.as_ref().err());
        let reasons: Vec<_> = closed.chain(files).chain(&self.notes).map(String::as_str).collect();
        let tried = match self.names.as_slice() {
            [] => "there is no identity to open it with".to_owned(),
            names => format!("none of your identities opens it ({})", names.join(", ")),
        };
        let why = if reasons.is_empty() { String::new() } else { format!("; {}", reasons.join("; ")) };
        format!("{tried}{why}; name one that does with `-i FILE`")
    }

    fn none(ask: Arc<dyn Ask>) -> Self {
        Self {
            ask,
            ready: Vec::new(),
            closed: Vec::new(),
            plugins: Vec::new(),
            files: Vec::new(),
            names: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn add(&mut self, file: &Path) -> Result<(), String> {
        let name = file.display().to_string();
        let named = |why: String| format!("{name}: {why}");
        let plain = read(file).map_err(|error| named(error.to_string()))?;
        self.add_bytes(&plain, &name).map_err(named)?;
        self.names.push(name);
        Ok(())
    }

    fn add_bytes(&mut self, plain: &Plain, name: &str) -> Result<(), String> {
        let text = plain.bytes();
        let holds = |words: &[u8]| text.windows(words.len()).any(|window| window == words);
        if text.starts_with(b"age-encryption.org/") || is_armored(text) {
            let (bytes, name, ask) = (text.to_vec(), name.to_owned(), self.ask.clone());
            self.files.push(ClosedFile { bytes, name, ask, inner: OnceLock::new() });
            return Ok(());
        }
        if holds(b"PRIVATE KEY-----") {
            return self.add_ssh(plain, name);
        }
        let (ready, plugins) = lines(plain, &self.ask)?;
        self.ready.extend(ready);
        self.plugins.extend(plugins);
        Ok(())
    }

    fn add_ssh(&mut self, plain: &Plain, name: &str) -> Result<(), String> {
        let public = match ssh_key::PrivateKey::from_openssh(plain.bytes()) {
            Ok(key) => Some(key.public_key().clone()),
            // Keys in the older format have no public half beside.
            Err(_) => None,
        };
        if let Some(algorithm) = public.as_ref().map(ssh_key::PublicKey::algorithm)
            && !matches!(algorithm.as_str(), "ssh-ed25519" | "ssh-rsa")
        {
            return Err(unsuitable(algorithm.as_str()));
        }
        match age::ssh::Identity::from_buffer(plain.bytes(), None) {
            Ok(age::ssh::Identity::Encrypted(key)) => {
                let public = public.ok_or("its public half cannot be read")?;
                let tag =
                    public.to_openssh().ok().and_then(|key| ssh_tag(&key)).ok_or("its public half cannot be read")?;
                let ask = self.ask.clone();
                self.closed.push(ClosedKey { key: OnceLock::new(), encrypted: key, tag, name: name.to_owned(), ask });
            }
            Ok(age::ssh::Identity::Unsupported(age::ssh::UnsupportedKey::EncryptedPem)) => {
                return Err("the format in which its passphrase protects it is too weak; \
                            `ssh-keygen -p -f FILE` writes it in the present one"
                    .to_owned());
            }
            Ok(age::ssh::Identity::Unsupported(age::ssh::UnsupportedKey::EncryptedSsh(cipher))) => {
                return Err(format!(
                    "age does not know its cipher {cipher}; `ssh-keygen -p -Z aes256-ctr -f FILE` takes another"
                ));
            }
            Ok(age::ssh::Identity::Unsupported(_)) => return Err(unsuitable("a key of this type")),
            Ok(open) => self.ready.push(Box::new(open)),
            Err(_) => return Err("it is no private SSH key that can be read".to_owned()),
        }
        Ok(())
    }

    /// Reads identities of age from text; nobody can be asked for anything.
    #[cfg(test)]
    pub(super) fn from_lines(text: &str) -> Result<Self, String> {
        let mut identities = Self::none(Arc::new(Nobody));
        identities.add_bytes(&Plain::copy(text.as_bytes()), "test")?;
        identities.names.push("test".to_owned());
        Ok(identities)
    }
}

/// Nobody is there.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

impl Ask for Nobody {
    fn secret(&self, _: &str) -> Result<Plain, String> {
        Err("there is nobody to ask".to_owned())
    }

    fn line(&self, _: &str) -> Result<String, String> {
        Err("there is nobody to ask".to_owned())
    }

    fn say(&self, _: &str) {}
}

/// A private SSH key with a passphrase.
struct ClosedKey {
    encrypted: age::ssh::EncryptedKey,
    /// What files say of it.
    tag: String,
    name: String,
    ask: Arc<dyn Ask>,
    /// The key once it was asked for, or why it stays closed.
    key: OnceLock<Result<age::ssh::Identity, String>>,
}

impl ClosedKey {
    fn opened(&self) -> Option<&age::ssh::Identity> {
        let open = || {
            let what = format!("Passphrase of {}", self.name);
            opened(&*self.ask, &what, &self.name, |passphrase| self.encrypted.decrypt(passphrase)).map(Into::into)
        };
        self.key.get_or_init(open).as_ref().ok()
    }
}

impl age::Identity for ClosedKey {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        let is_mine = stanza.tag.starts_with("ssh-") && stanza.args.first() == Some(&self.tag);
        if is_mine { self.opened()?.unwrap_stanza(stanza) } else { None }
    }
}

/// A file of identities that is encrypted with a passphrase.
struct ClosedFile {
    bytes: Vec<u8>,
    name: String,
    ask: Arc<dyn Ask>,
    /// The identities once it was asked for, or why it stays closed.
    inner: OnceLock<Result<Vec<Identity>, String>>,
}

impl ClosedFile {
    fn opened(&self) -> Option<&Vec<Identity>> {
        let open = || {
            let what = format!("Passphrase of {}", self.name);
            let plain = opened(&*self.ask, &what, &self.name, |passphrase| self.decrypted(passphrase))?;
            let (mut ready, plugins) = lines(&plain, &self.ask).map_err(|why| format!("{}: {why}", self.name))?;
            ready.extend(plugins);
            Ok(ready)
        };
        self.inner.get_or_init(open).as_ref().ok()
    }

    fn decrypted(&self, passphrase: SecretString) -> Result<Plain, DecryptError> {
        let decryptor = Decryptor::new_buffered(age::armor::ArmoredReader::new(self.bytes.as_slice()))?;
        let identity = age::scrypt::Identity::new(passphrase);
        let mut reader = decryptor.decrypt([&identity as &dyn age::Identity].into_iter())?;
        Ok(Plain::read(&mut reader, self.bytes.len())?)
    }
}

impl age::Identity for ClosedFile {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        self.opened()?.iter().find_map(|identity| identity.unwrap_stanza(stanza))
    }

    fn unwrap_stanzas(&self, stanzas: &[Stanza]) -> Option<Result<FileKey, DecryptError>> {
        // What names only SSH keys is not worth a question.
        if stanzas.iter().all(|stanza| stanza.tag.starts_with("ssh-") || stanza.tag.ends_with("-grease")) {
            return None;
        }
        self.opened()?.iter().find_map(|identity| identity.unwrap_stanzas(stanzas))
    }
}

/// Identities of a plugin, which is asked for one file at a time: a key can be touched for one only.
struct Plugin(Mutex<IdentityPluginV1<Callbacks>>);

impl age::Identity for Plugin {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        self.0.lock().ok()?.unwrap_stanza(stanza)
    }

    fn unwrap_stanzas(&self, stanzas: &[Stanza]) -> Option<Result<FileKey, DecryptError>> {
        age::Identity::unwrap_stanzas(&*self.0.lock().ok()?, stanzas)
    }
}

/// What plugins may ask for.
#[derive(Clone)]
struct Callbacks(Arc<dyn Ask>);

impl age::Callbacks for Callbacks {
    fn display_message(&self, message: &str) {
        self.0.say(message);
    }

    fn confirm(&self, message: &str, yes: &str, no: Option<&str>) -> Option<bool> {
        let what = format!("{message} (y: {yes}, n: {})", no.unwrap_or("no"));
        let answer = self.0.line(&what).ok()?;
        Some(answer.trim().eq_ignore_ascii_case("y"))
    }

    fn request_public_string(&self, description: &str) -> Option<String> {
        self.0.line(description).ok()
    }

    fn request_passphrase(&self, description: &str) -> Option<SecretString> {
        shared(&self.0.secret(description).ok()?).ok()
    }
}

/// Reads identities of age and of its plugins, one a line; those of plugins come second.
fn lines(plain: &Plain, ask: &Arc<dyn Ask>) -> Result<(Vec<Identity>, Vec<Identity>), String> {
    let (mut ready, mut plugins): (Vec<Identity>, Vec<Identity>) = (Vec::new(), Vec::new());
    for (number, line) in plain.bytes().split(|byte| *byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        if line.starts_with(b"ssh-") || line.starts_with(b"age1") {
            return Err("it is a public key; name the private one".to_owned());
        }
        let plugin = str::from_utf8(line).ok().and_then(|line| line.parse::<age::plugin::Identity>().ok());
        if let Some(identity) = plugin {
            let name = identity.plugin().to_owned();
            let plugin = IdentityPluginV1::new(&name, &[identity], Callbacks(ask.clone()))
                .map_err(|_| format!("`age-plugin-{name}`, which its line {} needs, is not on PATH", number + 1))?;
            plugins.push(Box::new(Plugin(Mutex::new(plugin))));
            continue;
        }
        let native = IdentityFile::from_buffer(line).map_err(io::Error::into_inner);
        match native.map(IdentityFile::into_identities) {
            Ok(Ok(identities)) => ready.extend(identities),
            // Without a word of the line, which may be a key with a slip of the pen.
            _ => return Err(format!("line {} is no identity; one begins with `AGE-SECRET-KEY-1`", number + 1)),
        }
    }
    match ready.is_empty() && plugins.is_empty() {
        true => Err("there is no identity in it".to_owned()),
        false => Ok((ready, plugins)),
    }
}

/// Asks for a passphrase until it fits, a few times.
fn opened<T>(
    ask: &dyn Ask,
    what: &str,
    name: &str,
    open: impl Fn(SecretString) -> Result<T, DecryptError>,
) -> Result<T, String> {
    for _ in 0..TRIES {
        let passphrase = ask.secret(what).map_err(|why| format!("{name} has a passphrase, and {why}"))?;
        match open(shared(&passphrase)?) {
            Ok(opened) => return Ok(opened),
            Err(_) => ask.say("That is not the passphrase."),
        }
    }
    Err(format!("the passphrase of {name} was wrong {TRIES} times"))
}

/// Hands a passphrase to age, which zeroes its copy.
fn shared(passphrase: &Plain) -> Result<SecretString, String> {
    let text = str::from_utf8(passphrase.bytes()).map_err(|_| "the passphrase is not UTF-8")?;
    Ok(SecretString::from(text))
}

fn unsuitable(algorithm: &str) -> String {
    format!(
        "age cannot decrypt with {algorithm}; use an ed25519 or RSA key, or an identity that `age-keygen` or a plugin \
         of age makes, and its recipient in `age_keys`"
    )
}

fn read(file: &Path) -> io::Result<Plain> {
    Plain::read(&mut fs::File::open(file)?, LARGEST)
}
