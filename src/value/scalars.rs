//! Typed values that are not names.

use std::fmt::{self, Display};
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::diag::Faults;
use crate::load::Node;
use crate::load::declare::choice;
use crate::load::decode::{Decode, Scalar};

choice! {
    /// How much of a host Cistern configures.
    pub enum Managed {
        /// Everything: a NixOS module, a deploy-rs node, targets, secrets.
        Full = "full",
        /// All but the module: `nixosConfigurations.<host>` is written by hand.
        Node = "node",
        /// Monitoring targets only, such as a router.
        Scrape = "scrape",
    }
}

choice! {
    /// What a person may do.
    pub enum Role {
        /// Logs in as root and is a recipient of secrets.
        Admin = "admin",
        /// Has an account of their own and decrypts nothing.
        Operator = "operator",
    }
}

choice! {
    /// Where a host's address comes from.
    pub enum NetworkMode {
        /// From the site's DHCP server.
        Dhcp = "dhcp",
        /// From the definition.
        Static = "static",
        /// From a hand-written module.
        Manual = "manual",
    }
}

choice! {
    /// Whose host keys a host knows.
    pub enum KnownHosts {
        /// Those of the hosts that it works with.
        Peers = "peers",
        /// Those of the whole fleet; every new host then changes every host.
        All = "all",
    }
}

choice! {
    /// What Nix calls a platform.
    pub enum System {
        /// 64-bit ARM.
        Aarch64 = "aarch64-linux",
        /// 32-bit ARM.
        Armv7l = "armv7l-linux",
        /// 32-bit Intel and AMD.
        I686 = "i686-linux",
        /// 64-bit RISC-V.
        Riscv64 = "riscv64-linux",
        /// 64-bit Intel and AMD.
        X86_64 = "x86_64-linux",
    }
}

choice! {
    /// The transport of a listener.
    pub enum Protocol {
        /// TCP.
        Tcp = "tcp",
        /// UDP.
        Udp = "udp",
        /// Both, at the same number.
        Both = "both",
    }
}

impl Protocol {
    /// Says whether a listener of this transport is one of that transport too.
    pub fn includes(self, other: Self) -> bool {
        self == other || self == Self::Both
    }
}

/// Declares a text with a rule: what it is, how its form is described, and what it can look like.
macro_rules! text {
    ($($(#[$meta:meta])* $name:ident: $what:literal $(as $form:literal)? $(like [$($example:literal),*])?, $rule:expr;)*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Box<str>);

        super::textual!($name);

        impl Scalar for $name {
            const WHAT: &'static str = $what;
            const FORM: &'static str = concat!($("for instance ", $form)?);
            const EXAMPLES: &'static [&'static str] = &[$($($example),*)?];
            fn read(text: &str) -> Result<Self, String> {
                let rule: fn(&str) -> bool = $rule;
                if rule(text) { Ok(Self(text.into())) } else { Err(String::new()) }
            }
        }

        scalar_schema!($name, { "type": "string" });
    )*};
}

/// Gives a scalar a JSON Schema of its own.
macro_rules! scalar_schema {
    ($name:ident, $schema:tt) => {
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                crate::load::schema::scalar::<Self>(schemars::json_schema!($schema))
            }
        }
    };
}

pub(super) use scalar_schema;

text! {
    /// An absolute path without `.` and `..`.
    AbsolutePath: "an absolute path" like ["/mnt/films"], |t| {
        t.starts_with('/') && clean(t) && (t == "/" || t[1..].split('/').all(|part| !matches!(part, "" | "." | "..")))
    };
    /// A command that `sudo` may run: a program's name or its absolute path.
    Command: "a program's name or its absolute path" like ["systemctl"], |t| {
        !t.is_empty() && !t.starts_with('-') && t.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '+'))
    };
    /// What is mounted: a device, a label, a remote file system, `tmpfs`.
    Device: "a device" as "`/dev/disk/by-id/…`" like ["/dev/disk/by-label/nixos"], |t| !t.is_empty() && clean(t);
    /// A duration of Prometheus'.
    Duration: "a duration" as "`30s`, `5m` or `30d`" like ["30d"], duration;
    /// A place on the network: a name or an address, and a port.
    Endpoint: "a host and a port" as "`mail.example.org:587`" like ["mail.example.org:587"], |t| {
        t.rsplit_once(':').is_some_and(|(host, port)| ssh_word(host, &['.', '-', '_', ':', '[', ']']) && port.parse::<u16>().is_ok_and(|port| port > 0))
    };
    /// A file system's type.
    FsType: "a file system type" as "`ext4`" like ["ext4"], |t| {
        !t.is_empty() && t.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
    };
    /// Where ssh connects to: a name or an address, never an option.
    HostAddress: "a host name or an address" like ["eden.example.org"], |t| ssh_word(t, &['.', '-', '_', ':', '[', ']', '%']);
    /// A container image, `registry/name:tag@sha256:…`.
    Image: "a container image" as "`docker.io/library/nginx@sha256:…`" like ["registry.example.org/shop@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"], |t| {
        !t.is_empty() && t.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ':' | '@'))
    };
    /// A container image without tag and digest: the host of its registry, and its name there.
    ImageName: "a container image without tag and digest" as "`docker.io/library/nginx`" like ["docker.io/library/nginx"], |t| {
        t.contains('/') && t.split('/').enumerate().all(|(place, part)| {
            !part.is_empty()
                && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') || (place == 0 && c == ':'))
        })
    };
    /// Where ssh jumps: `[user@]host[:port]`.
    Jump: "a jump host" as "`admin@bastion.example.org:22`" like ["bastion.example.org"], |t| ssh_word(t, &['.', '-', '_', ':', '[', ']', '@', ',']);
    /// The address of a mailbox.
    Mailbox: "an e-mail address" like ["ops@example.org"], |t| {
        t.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty() && !domain.contains('@'))
            && t.chars().all(|c| c.is_ascii_graphic() && !matches!(c, ',' | '<' | '>' | '"' | '\\'))
    };
    /// A locale.
    Locale: "a locale" as "`en_GB.UTF-8`" like ["en_GB.UTF-8"], |t| {
        !t.is_empty() && t.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '/'))
    };
    /// The name of a package, as nixpkgs gives it: without its version.
    PackageName: "the name of a package" as "`unrar`" like ["unrar"], |t| {
        t.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && t.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+'))
    };
    /// Permission bits, as `chmod` takes them.
    Mode: "a set of permission bits" as "\"0400\"" like ["0400"], |t| (3..=4).contains(&t.len()) && t.bytes().all(|b| (b'0'..=b'7').contains(&b));
    /// A mount option.
    MountOption: "a mount option" like ["noatime"], |t| !t.is_empty() && clean(t) && !t.contains([',', ' ']);
    /// An argument of ssh.
    SshOption: "an argument of ssh" like ["-oServerAliveInterval=15"], |t| !t.is_empty() && clean(t);
    /// The NixOS release whose defaults for state the host was installed with.
    StateVersion: "a NixOS release" as "\"25.11\"" like ["25.11"], |t| {
        matches!(t.as_bytes(), [a, b, b'.', c, d] if a.is_ascii_digit() && b.is_ascii_digit() && matches!((c, d), (b'0', b'5') | (b'1', b'1') | (b'0', b'3') | (b'0', b'9')))
    };
    /// How another user is taken on: `sudo -u` and the like.
    SudoCommand: "a command" as "`sudo -u`" like ["sudo -u"], |t| !t.is_empty() && clean(t);
    /// What stands behind the host in a URL.
    UrlPath: "a path of a URL" as "`/health`" like ["/health"], |t| t.starts_with('/') && t.bytes().all(|b| b.is_ascii_graphic());
    /// A page or an interface on the web.
    WebUrl: "a URL" as "`https://shop.example.org/`" like ["https://shop.example.org/"], |t| {
        let rest = t.strip_prefix("https://").or_else(|| t.strip_prefix("http://"));
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')) && t.bytes().all(|b| b.is_ascii_graphic())
    };
    /// A time zone of the tz database.
    TimeZone: "a time zone" as "`Europe/Vienna`" like ["Europe/Vienna"], |t| {
        !t.is_empty() && !t.starts_with('/') && t.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '/'))
    };
}

/// Text without control characters.
fn clean(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// A word on ssh's command line that cannot be taken for an option.
fn ssh_word(text: &str, also: &[char]) -> bool {
    !text.is_empty() && !text.starts_with('-') && text.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(&c))
}

/// A duration of Prometheus': numbers with `ms`, `s`, `m`, `h`, `d`, `w`, `y`, the largest unit first.
impl Duration {
    /// Its length in seconds; what is left below one is dropped.
    pub fn seconds(&self) -> i64 {
        let mut milliseconds = 0;
        let mut rest = &*self.0;
        while let Some(digits) = rest.find(|c: char| !c.is_ascii_digit()) {
            let end = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| digits + at);
            let length = UNITS.iter().find(|(unit, _)| *unit == &rest[digits..end]).map_or(0, |(_, length)| *length);
            milliseconds += rest[..digits].parse::<i64>().unwrap_or_default() * length;
            rest = &rest[end..];
        }
        milliseconds / 1_000
    }
}

/// The units of a duration, the longest first, and their lengths in milliseconds.
const UNITS: &[(&str, i64)] = &[
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

fn duration(text: &str) -> bool {
    let (mut rest, mut from, mut any) = (text, 0, false);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let unit: String = rest[digits..].chars().take_while(char::is_ascii_alphabetic).collect();
        let Some(at) = UNITS[from..].iter().position(|(known, _)| *known == unit) else { return false };
        if digits == 0 || digits > 9 {
            return false;
        }
        from += at + 1;
        any = true;
        rest = &rest[digits + unit.len()..];
    }
    any
}

/// A port number, never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Port(pub std::num::NonZeroU16);

impl Scalar for Port {
    const WHAT: &'static str = "a port";
    const FORM: &'static str = "a port is a number from 1 to 65535";
    const EXAMPLES: &'static [&'static str] = &["8080"];
    fn read(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| String::new())
    }
}

impl Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

scalar_schema!(Port, { "type": "integer", "minimum": 1, "maximum": 65535 });

impl Image {
    /// Its name without tag and digest.
    pub fn repository(&self) -> &str {
        let tagged = self.as_str().split('@').next().unwrap_or_default();
        match tagged.rsplit_once(':') {
            // Before a slash stands the port of a registry.
            Some((name, tag)) if !tag.contains('/') => name,
            _ => tagged,
        }
    }
}

/// An address, IPv4 or IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Address(pub IpAddr);

impl Scalar for Address {
    const WHAT: &'static str = "an IP address";
    const FORM: &'static str = "for instance `192.168.1.50` or `fd00::50`";
    const EXAMPLES: &'static [&'static str] = &["192.168.1.50", "fd00::50"];
    fn read(text: &str) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|_| if text.contains('/') { "give it without a prefix length".to_owned() } else { String::new() })
    }
}

impl Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

scalar_schema!(Address, { "type": "string" });

/// A network, `address/length`, written without host bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subnet(pub IpNet);

impl Scalar for Subnet {
    const WHAT: &'static str = "a network";
    const FORM: &'static str = "for instance `192.168.1.0/24`";
    const EXAMPLES: &'static [&'static str] = &["192.168.1.0/24"];
    fn read(text: &str) -> Result<Self, String> {
        let net: IpNet = text.parse().map_err(|_| String::new())?;
        if net.addr() == net.network() { Ok(Self(net)) } else { Err(format!("the network is {}", net.trunc())) }
    }
}

scalar_schema!(Subnet, { "type": "string" });

/// A MAC address, kept in lower case with colons.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Mac(pub Box<str>);

impl Mac {
    /// Its six bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.split(':').filter_map(|byte| u8::from_str_radix(byte, 16).ok()).collect()
    }
}

impl Scalar for Mac {
    const WHAT: &'static str = "a MAC address";
    const FORM: &'static str = "for instance \"aa:bb:cc:dd:ee:ff\"";
    const EXAMPLES: &'static [&'static str] = &["aa:bb:cc:dd:ee:ff"];
    fn read(text: &str) -> Result<Self, String> {
        let lower = text.to_ascii_lowercase().replace('-', ":");
        let parts: Vec<_> = lower.split(':').collect();
        let legal = parts.len() == 6 && parts.iter().all(|p| p.len() == 2 && p.bytes().all(|b| b.is_ascii_hexdigit()));
        if legal { Ok(Self(lower.into())) } else { Err(String::new()) }
    }
}

scalar_schema!(Mac, { "type": "string", "pattern": "^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$" });

/// A path below the fleet directory; written with `./`, kept without.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FleetPath(pub Box<str>);

impl Scalar for FleetPath {
    const WHAT: &'static str = "a path below the fleet directory";
    const FORM: &'static str = "for instance `./modules/web.nix`";
    const EXAMPLES: &'static [&'static str] = &["./modules/web.nix"];
    fn read(text: &str) -> Result<Self, String> {
        let below = text.strip_prefix("./").ok_or("it does not begin with `./`")?;
        if below.split('/').any(|part| part == "..") {
            return Err("it leaves the fleet directory".to_owned());
        }
        if below.split('/').any(|part| matches!(part, "" | ".")) || !clean(below) {
            return Err("it is not in its plain form".to_owned());
        }
        Ok(Self(below.into()))
    }
}

scalar_schema!(FleetPath, { "type": "string", "pattern": r"^\./" });

/// How a host boots and which drivers it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HardwareChoice {
    /// By what the facts say.
    Auto,
    /// One of Cistern's profiles.
    Profile(HardwareProfile),
    /// A file of the fleet directory.
    File(FleetPath),
}

choice! {
    /// Cistern's hardware profiles: files in `templates/hardware/`.
    pub enum HardwareProfile {
        /// A machine with UEFI firmware.
        GenericEfi = "generic-efi",
        /// A machine with BIOS firmware.
        GenericBios = "generic-bios",
        /// A Raspberry Pi 4.
        RaspberryPi4 = "raspberry-pi-4",
        /// A virtual machine under QEMU.
        Vm = "vm",
    }
}

impl Scalar for HardwareChoice {
    const WHAT: &'static str = "a kind of hardware";
    const FORM: &'static str = "a file of your own is a path such as `./hardware/eden.nix`";
    const WORDS: &'static [&'static str] = &["auto", "generic-bios", "generic-efi", "raspberry-pi-4", "vm"];
    const EXAMPLES: &'static [&'static str] = &["auto", "./hardware/eden.nix"];
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            path if path.starts_with("./") => FleetPath::read(path).map(Self::File),
            word => HardwareProfile::read(word).map(Self::Profile),
        }
    }
}

scalar_schema!(HardwareChoice, { "type": "string", "pattern": r"^\./" });

/// A NixOS module that a layer brings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModuleRef {
    /// A file of the fleet directory.
    File(FleetPath),
    /// An output of one of the flake's inputs.
    Flake {
        /// The input's name.
        input: String,
        /// The path of attributes below it.
        attributes: Vec<String>,
    },
}

impl Scalar for ModuleRef {
    const WHAT: &'static str = "a module";
    const FORM: &'static str =
        "a module is a file, `./modules/web.nix`, or of a flake's input, `flake:INPUT#nixosModules.NAME`";
    const EXAMPLES: &'static [&'static str] = &["./modules/web.nix", "flake:disko#nixosModules.disko"];
    fn read(text: &str) -> Result<Self, String> {
        let Some(reference) = text.strip_prefix("flake:") else {
            return FleetPath::read(text).map(Self::File);
        };
        let (input, path) = reference.split_once('#').ok_or("it has no `#` and attribute path")?;
        let word = |w: &str| {
            !w.is_empty()
                && w.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && w.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '\''))
        };
        let attributes: Vec<String> = path.split('.').map(str::to_owned).collect();
        if !word(input) || !attributes.iter().all(|a| word(a)) {
            return Err("its parts must be plain Nix identifiers".to_owned());
        }
        Ok(Self::Flake { input: input.to_owned(), attributes })
    }
}

scalar_schema!(ModuleRef, { "type": "string", "pattern": r"^(\./|flake:)" });

/// A tree that a kind's own types will judge, as it was written.
#[derive(Debug, Clone)]
pub struct Verbatim(pub Node);

impl Decode for Verbatim {
    fn decode(node: &Node, _: &mut Faults) -> Option<Self> {
        Some(Self(node.clone()))
    }
}

impl schemars::JsonSchema for Verbatim {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Verbatim".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({})
    }
}
