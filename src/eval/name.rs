//! Names in the store: `openssh-9.9p1` is version `9.9p1` of `openssh`.

/// What follows a version in the names of further outputs.
const OUTPUTS: &[&str] =
    &["-bin", "-data", "-debug", "-dev", "-devdoc", "-dist", "-doc", "-info", "-lib", "-man", "-out", "-static"];

/// Digits of the hash at the beginning of a store path's last part.
const DIGITS: usize = 32;

/// The name of a package and its version, empty where it has none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name<'a> {
    pub(super) package: &'a str,
    pub(super) version: &'a str,
}

impl<'a> Name<'a> {
    /// Splits a name as nix does: the version begins after the first dash that no letter follows.
    pub(super) fn parse(name: &'a str) -> Self {
        let dash = name.match_indices('-').find(|(at, _)| {
            let next = name[at + 1..].chars().next();
            *at > 0 && next.is_some_and(|next| !next.is_alphabetic())
        });
        match dash {
            Some((at, _)) => Self { package: &name[..at], version: &name[at + 1..] },
            None => Self { package: name, version: "" },
        }
    }

    /// The same without the name of an output at the end of the version: `9.9p1-man`.
    pub(super) fn without_output(self) -> Self {
        let cut = |text: &'a str| OUTPUTS.iter().find_map(|output| text.strip_suffix(output)).unwrap_or(text);
        match self.version {
            "" => Self { package: cut(self.package), version: "" },
            version => Self { package: self.package, version: cut(version) },
        }
    }
}

/// The name in a store path, `openssh-9.9p1` in `/nix/store/HASH-openssh-9.9p1.drv`: what a derivation's file adds is
/// cut off.
pub(super) fn name_in(path: &str) -> &str {
    let last = path.rsplit('/').next().unwrap_or(path);
    let name = match last.split_at_checked(DIGITS) {
        Some((hash, rest)) if is_hash(hash) => rest.strip_prefix('-').unwrap_or(last),
        _ => last,
    };
    name.strip_suffix(".drv").unwrap_or(name)
}

/// Says whether a text is the hash of a store path.
pub(super) fn is_hash(text: &str) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit() || (byte.is_ascii_lowercase() && !b"eotu".contains(&byte));
    text.len() == DIGITS && text.bytes().all(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split() {
        for (name, package, version) in [
            ("openssh-9.9p1", "openssh", "9.9p1"),
            ("unit-sshd.service", "unit-sshd.service", ""),
            ("python3.12-pyyaml-6.0.2", "python3.12-pyyaml", "6.0.2"),
            ("nixos-system-eden-25.11", "nixos-system-eden", "25.11"),
            ("etc", "etc", ""),
            ("linux-6.12.1-modules", "linux", "6.12.1-modules"),
            ("-1", "-1", ""),
            ("a-", "a-", ""),
        ] {
            assert_eq!(Name::parse(name), Name { package, version }, "{name}");
        }
        assert_eq!(Name::parse("openssh-9.9p1-man").without_output(), Name::parse("openssh-9.9p1"));
        assert_eq!(Name::parse("etc-man").without_output(), Name::parse("etc"));
    }

    #[test]
    fn paths_have_names() {
        let hash = "4ykjprpvb0lplxvp1lprirgd1dry7469";
        assert_eq!(name_in(&format!("/nix/store/{hash}-wiki-25.11.drv")), "wiki-25.11");
        assert_eq!(name_in(&format!("{hash}-etc")), "etc");
        assert_eq!(name_in("/nix/store/etc"), "etc");
        assert!(!is_hash("4ykjprpvb0lplxvp1lprirgd1dry746e"));
    }
}
