//! Arguments of ssh as other programs have them: what a definition has a key for, taken out of them.

use super::draft::{Item, Map};
use super::words;
use crate::load::decode::Scalar;
use crate::value::{AccountName, Jump, Port};

/// Arguments of ssh as a definition has them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ssh {
    /// The host in between.
    pub(super) jump: Option<String>,
    /// The account that logs in.
    pub(super) user: Option<String>,
    pub(super) port: Option<String>,
    /// Everything that has no key of its own.
    pub(super) opts: Vec<String>,
}

impl Ssh {
    /// Takes arguments apart. `None` when one cannot be carried over: it has white space, which does not reach
    /// `nix copy`, or what it says is nothing that its key takes.
    pub(super) fn read(arguments: impl IntoIterator<Item = String>) -> Option<Self> {
        let mut ssh = Self::default();
        let mut rest = arguments.into_iter();
        while let Some(word) = rest.next() {
            let (flag, value) = match word.as_str() {
                "-J" | "-l" | "-o" | "-p" => (word.clone(), rest.next()?),
                _ if ["-J", "-l", "-o", "-p"].iter().any(|flag| word.starts_with(flag)) => {
                    let (flag, value) = word.split_at(2);
                    (flag.to_owned(), value.to_owned())
                }
                _ => (String::new(), word.clone()),
            };
            let option = value
                .split_once(['=', ' '])
                .filter(|_| flag == "-o")
                .map(|(key, value)| (key.to_ascii_lowercase(), value.trim_matches('"').to_owned()));
            let (key, said) = match &option {
                Some((key, said)) => (key.as_str(), said.as_str()),
                None => (flag.as_str(), value.as_str()),
            };
            // ssh takes what it is told first.
            match key {
                "-J" | "proxyjump" => first(&mut ssh.jump, Jump::read(said).ok()?),
                "proxycommand" => first(&mut ssh.jump, Jump::read(&through(said)?).ok()?),
                "-l" | "user" => first(&mut ssh.user, AccountName::read(said).ok()?),
                "-p" | "port" => first(&mut ssh.port, Port::read(said).ok()?),
                _ if value.contains(char::is_whitespace) || value.is_empty() => return None,
                _ if flag.is_empty() => ssh.opts.push(value),
                _ => ssh.opts.extend([flag, value]),
            }
        }
        Some(ssh)
    }

    /// Adds arguments that come behind these.
    pub(super) fn then(&mut self, more: Self) {
        self.jump = self.jump.take().or(more.jump);
        self.user = self.user.take().or(more.user);
        self.port = self.port.take().or(more.port);
        self.opts.extend(more.opts);
    }

    /// Says them in a map `deploy`; keys that are there stay.
    pub(super) fn say(&self, deploy: &mut Map) {
        if let Some(jump) = &self.jump {
            deploy.set_first("jump", jump.as_str());
        }
        if let Some(user) = &self.user {
            deploy.set_first("ssh_user", user.as_str());
        }
        if let Some(port) = &self.port {
            deploy.set_first("port", Item::word(port));
        }
        if !self.opts.is_empty() {
            deploy.set("ssh_opts", Item::texts(self.opts.iter().cloned()));
        }
    }

    /// Says whether they say nothing.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn first(place: &mut Option<String>, value: impl ToString) {
    place.get_or_insert_with(|| value.to_string());
}

/// The host of `ssh -W %h:%p host`, which is what a jump is.
fn through(command: &str) -> Option<String> {
    let words = words::texts(command)?;
    let (program, rest) = words.split_first()?;
    let forwards = rest.windows(2).any(|pair| pair[0] == "-W" && pair[1].replace(['[', ']'], "") == "%h:%p");
    let mut hosts = rest.iter().filter(|word| !matches!(word.as_str(), "-W" | "-q") && !word.contains('%'));
    let host = hosts.next().filter(|host| !host.starts_with('-'))?;
    (program == "ssh" && forwards && hosts.next().is_none()).then(|| host.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_taken_apart() {
        let cases = [
            ("-J admin@bastion.example.org", Some("admin@bastion.example.org"), None, None, ""),
            (
                "-o ProxyJump=bastion -o StrictHostKeyChecking=no",
                Some("bastion"),
                None,
                None,
                "-o StrictHostKeyChecking=no",
            ),
            ("-o ProxyCommand=\"ssh -W %h:%p -q ops@10.0.0.1\" -v", Some("ops@10.0.0.1"), None, None, "-v"),
            ("-o 'ProxyCommand ssh -W [%h]:%p b'", Some("b"), None, None, ""),
            ("-oUserKnownHostsFile=/dev/null", None, None, None, "-o UserKnownHostsFile=/dev/null"),
            ("-p 2222 -A -p 23", None, None, Some("2222"), "-A"),
            ("-oPort=2222 -ldeploy", None, Some("deploy"), Some("2222"), ""),
        ];
        for (text, jump, user, port, opts) in cases {
            let found = Ssh::read(words::texts(text).unwrap()).unwrap_or_else(|| panic!("{text}"));
            let said = (found.jump.as_deref(), found.user.as_deref(), found.port.as_deref());
            assert_eq!((said, found.opts.join(" ").as_str()), ((jump, user, port), opts), "{text}");
        }
        for text in ["-o ProxyCommand='nc %h %p'", "-o 'SendEnv A B'", "-J", "-J '-oX'", "-p http"] {
            assert!(Ssh::read(words::texts(text).unwrap()).is_none(), "{text}");
        }
    }
}
