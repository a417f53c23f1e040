//! The table of every diagnostic: help, documentation and tests are made from it.
//!
//! A code is never given to another fault. `tests/fleets/bad/<code>/` provokes each of them.
//!
//! Long because it is one table.

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The fleet cannot be compiled.
    Error,
    /// It can, but somebody should look.
    Warning,
    /// Somebody looked, and gave a reason: it is counted and not shown.
    Allowed,
}

impl Severity {
    /// The word that messages and machines use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Allowed => "allowed",
        }
    }
}

/// The stage of the way at which a fault is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Reading the files and what they say of the fleet.
    Fleet,
    /// After placement: ports, recipients, members.
    Plan,
    /// Writing the files.
    Tree,
    /// Comparing with what is deployed today.
    Change,
}

impl Stage {
    /// What Cistern is doing when it finds the fault.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Fleet => "checking the definition",
            Self::Plan => "placing services on hosts",
            Self::Tree => "writing generated/",
            Self::Change => "comparing with today's flake (`cistern diff`)",
        }
    }
}

/// One row of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The stable name, such as `C020`.
    pub id: &'static str,
    /// The severity, unless a lint says otherwise.
    pub severity: Severity,
    /// Whether `lints` and `accept` can allow it: what would be generated all the same is whole.
    pub may_allow: bool,
    /// Where on the way it is found.
    pub stage: Stage,
    /// What is wrong, in one sentence without names.
    pub sentence: &'static str,
    /// Why it matters, an example and the remedy.
    pub explanation: &'static str,
}

/// What the codes of each ten are about, by their first two digits.
const FAMILIES: &[(&str, &str)] = &[
    ("C00", "Files"),
    ("C01", "Files"),
    ("C02", "Keys and values"),
    ("C03", "References"),
    ("C04", "Names and lints"),
    ("C05", "Addresses"),
    ("C06", "Hardware"),
    ("C07", "Access"),
    ("C08", "Services"),
    ("C09", "Secrets"),
    ("C10", "Monitoring"),
    ("C11", "Templates"),
    ("C12", "Generated files"),
    ("C13", "Hardware"),
    ("C14", "Access and credentials"),
    ("C15", "Services"),
    ("C16", "Option names"),
    ("C17", "Editing and importing"),
    ("C18", "Commands"),
    ("C19", "Addresses and ports"),
    ("C20", "What a deployment does"),
    ("C21", "Encrypted files"),
    ("C22", "Alerts and receivers"),
    ("C23", "Placement"),
    ("C24", "Health and failover"),
    ("C25", "Clusters"),
    ("C255", "Proxies and names"),
    ("C256", "Proxies and names"),
    ("C257", "Proxies and names"),
    ("C258", "Proxies and names"),
    ("C259", "Proxies and names"),
    ("C26", "Proxies and kinds"),
    ("C260", "Proxies and names"),
    ("C261", "Proxies and names"),
    ("C262", "Proxies and names"),
    ("C263", "Proxies and names"),
    ("C264", "Proxies and names"),
    ("C270", "Kinds"),
    ("C271", "Kinds"),
    ("C272", "Kinds"),
    ("C278", "Proxies and names"),
    ("C279", "Proxies and names"),
    ("C27", "Health and failover"),
];

impl Code {
    /// What it is about, in a word or two.
    pub fn family(&self) -> &'static str {
        FAMILIES.iter().find(|(ten, _)| self.id.starts_with(ten)).map_or("Other", |(_, family)| family)
    }
}

/// Finds a row by its code; the case of the letter does not matter.
pub fn find(id: &str) -> Option<&'static Code> {
    CODES.iter().copied().find(|code| code.id.eq_ignore_ascii_case(id))
}

/// What a row of the table says of severity: an `Error` is final, a `Refusal` can be accepted with a
/// reason, an `Impact` is told with every change that has it, and denied on request.
macro_rules! severity {
    (Error) => {
        (Severity::Error, false)
    };
    (Refusal) => {
        (Severity::Error, true)
    };
    (Warning) => {
        (Severity::Warning, true)
    };
    (Impact) => {
        (Severity::Warning, false)
    };
}

macro_rules! codes {
    ($($name:ident = $id:literal $severity:ident $stage:ident $sentence:literal $explanation:literal;)*) => {
        $(
            #[doc = $sentence]
            pub const $name: &Code = &Code {
                id: $id,
                severity: severity!($severity).0,
                may_allow: severity!($severity).1,
                stage: Stage::$stage,
                sentence: $sentence,
                explanation: $explanation,
            };
        )*
        /// Every row, in the order of the codes.
        pub const CODES: &[&Code] = &[$($name),*];
    };
}

codes! {
    NO_DEFINITION = "C001" Error Fleet "The directory holds no fleet.yaml."
        "A fleet directory is a directory with a fleet.yaml. Run `cistern init` to begin one, or name the directory with `-C DIR`.";
    NOT_UTF8 = "C002" Error Fleet "A file is not UTF-8 text."
        "Definitions are read as UTF-8. Convert the file, for instance with `iconv -f latin1 -t utf-8`.";
    TOO_LARGE = "C003" Error Fleet "A file is larger than 16 MiB."
        "A definition of ten thousand machines takes about 5 MiB, so a larger file is most likely not one. Split hosts and services into files of their own.";
    YAML_SYNTAX = "C004" Error Fleet "A file is not well-formed YAML."
        "One syntax error is reported per file, because what follows it cannot be trusted. Every other file is still checked.";
    TAB = "C005" Error Fleet "A line is indented with a tab."
        "YAML forbids tabs in indentation. Use two spaces a level.";
    TOO_DEEP = "C006" Error Fleet "A file is nested too deeply or unfolds to too many values."
        "At most 64 levels are read, and aliases may unfold to a million values. A definition needs about eight levels; more is a mistake or an attack.";
    LINK_LEAVES = "C007" Error Fleet "A file is a link that leaves the fleet directory."
        "A flake sees only its own directory, so a definition that lives elsewhere is lost in the Nix store. Copy the file into the fleet directory.";
    EMPTY_FILE = "C008" Error Fleet "A file is empty."
        "An empty fleet.yaml or an empty entry file defines nothing. Fill it in or delete it.";
    WRONG_SUFFIX = "C009" Error Fleet "A definition file ends in .yml and would not be read."
        "Cistern reads *.yaml only, so that a file has one name. Rename it.";
    DUPLICATE_KEY = "C010" Error Fleet "A key stands twice in the same map."
        "YAML readers disagree on which of the two counts, so neither does here. Merge them or remove one.";
    SPLIT_TWICE = "C011" Error Fleet "An entry is defined in two places."
        "An entry stands either in fleet.yaml or in a file of its own, such as hosts/eden.yaml. Keep one of them.";
    UNQUOTED_AT = "C012" Error Fleet "A value begins with an unquoted @."
        "`@` is reserved in YAML. Quote the selector: `selector: \"@media\"`, or write `tag:media`.";
    UNSUPPORTED_YAML = "C013" Error Fleet "A file uses a feature of YAML that Cistern does not read."
        "Not read are tags (`!vault`), several documents in one file, merge keys (`<<`) and keys that are not plain text. Profiles and groups do what merge keys do.";
    NOT_A_FILE = "C014" Error Fleet "Where a definition file should be, something else is."
        "A directory, a pipe or a device stands where a file is read, such as hosts/eden.yaml. Rename it, or put a file in its place.";
    UNKNOWN_KEY = "C020" Error Fleet "A key is not known here."
        "Every key does something, so one that is not known is a mistake: a typo, a wrong place or a newer version. `cistern schema` lists them all.";
    WRONG_TYPE = "C021" Error Fleet "A value is of another type than the key takes."
        "For instance a list where one value is wanted, or text where a map is. The message names what was expected and what was found.";
    BAD_VALUE = "C022" Error Fleet "A value is not one that the key takes."
        "The type is right, the value is not: a port above 65535, an address with five parts, a word that is none of the choices.";
    MISSING_KEY = "C023" Error Fleet "A key is missing that has no default."
        "Cistern guesses nothing that would be wrong on half of the machines, such as `state_version`.";
    BAD_NAME = "C024" Error Fleet "A name has a form that cannot be used everywhere it must go."
        "Host names go into DNS, deploy-rs and file names: lower-case letters, digits and hyphens, a letter first, at most 63. Other names have rules of their own, which the message tells.";
    NO_EFFECT = "C025" Error Fleet "A key would do nothing here."
        "For instance `storage` of a host with `managed: scrape`, of which only monitoring targets are made, or tags set by a group. Remove it, or move it to where it does something.";
    UNKNOWN_VERSION = "C026" Error Fleet "The definition is of a version that this Cistern does not read."
        "`version: 1` is the only one so far. A higher number needs a newer Cistern.";
    BAD_SELECTOR = "C027" Error Fleet "A selector cannot be read."
        "Terms are `@tag`, `tag:x`, host globs such as `web-*`, and `label=value`, joined by `and`, `or`, `not`, commas (or) and parentheses.";
    UNKNOWN_NAME = "C030" Error Fleet "A name refers to nothing."
        "A host, site, profile, service or secret is named that the definition does not hold. The message names the nearest one.";
    EMPTY_SELECTOR = "C031" Error Fleet "A selector matches no host."
        "A service without a machine or a group without members is a typo far more often than an intention. The message names the nearest tag.";
    PROFILE_CYCLE = "C032" Error Fleet "Profiles extend each other in a circle."
        "`extends` must end somewhere: take the shared part into a profile of its own.";
    GROUP_CONFLICT = "C033" Error Fleet "Two groups set one key differently on the same host."
        "The order of groups has no meaning, so neither wins. Set `priority` on one of the groups (the higher one wins), or the key on the host.";
    NO_FILE = "C034" Error Fleet "A file that the definition names does not exist."
        "Paths are relative to the fleet directory and begin with `./`.";
    UNKNOWN_KIND = "C035" Error Fleet "A service is of a kind that is not known."
        "Kinds are files: Cistern's own and those in templates/services/ of the fleet. A service's kind defaults to its own name; give `kind` when the two differ, or `image` for a container.";
    PLACEMENT = "C036" Error Fleet "A placement does not say where."
        "`placement` takes either `hosts` (a list of names) or `selector`, and exactly one of them.";
    BAD_LINT = "C040" Error Fleet "A lint or an `accept` cannot be applied."
        "`lints: { CODE: { level, reason } }` sets the level of a code for the whole fleet (allow, warn or deny); `accept: [{ code: CODE, reason: … }]` on a host, a service, a secret or a site allows one code there. Both need a reason, and errors without which nothing whole could be generated cannot be allowed.";
    IDLE_LINT = "C041" Warning Fleet "A lint or an `accept` concerns nothing."
        "What it allowed was mended. Remove it, so that it does not hide the next fault of its kind.";
    NAME_TWICE = "C042" Error Fleet "A host's name is another host's as well."
        "Names of hosts, their aliases and `<host>.<domain>` are one set: each means one machine, in known_hosts and wherever people write them. An alias without a dot is also known in the domain.";
    SERVED_TWICE = "C043" Refusal Fleet "Two services of a host answer to one name."
        "Requests for a name go to one of them, whichever the web server finds first. Give them different names, or place one of them on another host.";
    NAME_OF_A_HOST = "C044" Warning Fleet "A service answers to the name of another host."
        "Whoever asks for that name reaches the host that is called so, which does not serve it. Give the service a name of its own, or the name as an alias to the host that serves it.";
    LOCAL_WITHOUT_MDNS = "C045" Warning Fleet "A name ends in .local, and nothing answers for it."
        "`.local` is resolved by multicast DNS, not by a name server. Set `services.avahi.enable` with `services.avahi.publish` in a module of the host, or multicast DNS of `services.resolved`; a fleet whose `domain` lies in `.local` is taken to have seen to it. Better names lie in `home.arpa` or in a domain of yours.";
    NOT_CERTIFIABLE = "C046" Refusal Fleet "A public certificate is wanted for a name that cannot have one."
        "A certificate authority asks the public DNS for the name. It knows no single words, no addresses, and nothing below .local, .lan, .home.arpa, .internal and the like; and a name with `*` needs a proof by DNS, which kinds of Cistern's do not give. Use a public name, or leave `acme_email` out.";
    RESERVED_NAME = "C048" Error Fleet "A host is given a name that belongs to no machine."
        "`localhost` and names below it mean the machine itself everywhere; a host that is called so cannot be reached by that name. A full name is at most 253 characters long.";
    BAD_ADDRESSING = "C050" Error Fleet "An address does not fit its site."
        "A static address lies inside the site's subnet, is neither the network, the broadcast nor the gateway's address; gateway and DHCP range lie inside the subnet.";
    ADDRESS_TWICE = "C051" Error Fleet "Two hosts have the same address."
        "Peers, Prometheus and deploy-rs would reach whichever answers first.";
    ADDRESS_IN_DHCP = "C052" Refusal Fleet "A static address lies in the range that DHCP hands out."
        "The DHCP server will give the address to another machine one day. Take one outside of `dhcp_range`, or use `network.mode: dhcp` with a reservation.";
    STATIC_INCOMPLETE = "C053" Error Fleet "Static addressing lacks something that it needs."
        "`network.mode: static` needs the host's site with a `subnet` and `gateway`, and the interface: by name in `network.interface`, or found by `mac`.";
    MAC_TWICE = "C054" Refusal Fleet "Two hosts have the same MAC address."
        "A MAC address belongs to one network card. One of the two was copied.";
    BAD_ADDRESS = "C055" Error Fleet "An address cannot be a machine's."
        "Loopback, multicast, unspecified, broadcast and reserved addresses belong to no host. A link-local address means nothing without an interface, and an IPv4 address is not written as IPv6 (`::ffff:192.168.1.5`).";
    SITES_OVERLAP = "C056" Warning Fleet "The networks of two sites overlap."
        "A host of one site cannot reach what has the same address in the other, and an address alone does not tell where a machine stands. Where the two never meet, accept it on the site that lies in the other (of two equal ones, the one whose name comes later).";
    BAD_MAC = "C057" Error Fleet "A MAC address cannot be a network card's."
        "All zeros, all ones and multicast addresses (the last bit of the first byte is set) are never a card's own. `ip link` on the machine shows it.";
    CARD_CONTRADICTS = "C058" Refusal Fleet "The definition and the facts name different network cards."
        "The facts were read off the machine. An interface that is not there leaves the host without its address after the next deployment. Correct `network.interface` or `mac`, or replace a report that is old or another machine's. Interfaces that a module makes (bridges, bonds, VLANs) are found in its text.";
    FACTS_COPIED = "C059" Refusal Fleet "The facts of two hosts show the same network card."
        "A MAC address belongs to one card, so one of the two reports was copied: its host would be configured for the other's disks and drivers. Run `nixos-facter` on that machine.";
    NO_SYSTEM = "C060" Error Fleet "Nothing tells what system a host is."
        "Give `system: x86_64-linux`, or a report: run `nixos-facter` on the machine as root and store what it prints as facts/<host>.json.";
    NO_HARDWARE = "C061" Error Fleet "Nothing tells how a host boots."
        "`hardware: auto` reads facts/<host>.json. Without a report name a profile (generic-efi, generic-bios, raspberry-pi-4, vm) or a file (./hardware/<host>.nix).";
    NO_BOOT_DISK = "C062" Error Fleet "The disk that a BIOS machine boots from is not known."
        "GRUB is written to one disk. It is taken from the facts when there is exactly one disk; otherwise set it in a hardware file.";
    NO_ROOT = "C063" Error Fleet "Nobody owns the root file system of a host."
        "A host that has no `/` does not boot. Give `filesystems: { \"/\": … }`, a hardware file, or `filesystems: manual` with a module (disko, for instance) that mounts it.";
    BAD_FACTS = "C064" Error Fleet "A facts file is not a nixos-facter report."
        "facts/<host>.json is what `nixos-facter` prints: JSON with `version` 1 or 2, `system` and `hardware`. A log line at its beginning is the usual fault.";
    SYSTEM_CONTRADICTS = "C065" Refusal Fleet "The definition and the facts name different systems."
        "The facts were read off the machine. Correct `system`, or replace a report of another machine.";
    MOUNT_TWICE = "C066" Error Fleet "Two disks of a host are mounted at the same place."
        "The one that is mounted later hides the other. `filesystems` and `storage` share their places.";
    TWO_LOADERS = "C067" Refusal Fleet "Not exactly one boot loader is left on a host."
        "Two boot loaders overwrite each other, or Nix refuses to build; with none, the machine does not boot. The hardware profile sets one, and plain values of your modules beat it: switch one off where you switch another on, or take a hardware file in place of the profile.";
    NO_ESP = "C068" Refusal Fleet "A host boots by UEFI and mounts no EFI partition where its boot loader looks."
        "systemd-boot writes kernels to the EFI partition at /boot. Add `filesystems: { /boot: { device: …, fs_type: vfat } }`; one that is mounted at /efi or /boot/efi needs `boot.loader.efi.efiSysMountPoint` in a module of yours.";
    ESP_WITHOUT_UEFI = "C069" Warning Fleet "A host boots by BIOS and mounts an EFI partition."
        "GRUB for BIOS does not use it: either the hardware profile is wrong (`generic-efi`), or the mount was copied from another host.";
    NO_ADMIN = "C070" Error Fleet "Nobody could log in to administer a host."
        "A full host needs at least one person with `role: admin` and a key, or the next deployment locks everybody out.";
    BAD_KEY = "C071" Error Fleet "A key cannot be read."
        "SSH public keys stand on one line: type, base64, comment. A key that was broken by a line wrap or an `authorized_keys` option in front of it is refused.";
    NO_AGE_KEY = "C072" Error Fleet "An admin has no key that age can encrypt to."
        "age takes ssh-ed25519, ssh-rsa and age1… keys. Hardware-backed (sk-) and ECDSA keys cannot decrypt: add `age_keys`.";
    PASSWORDS_FOR_GOOD = "C073" Error Fleet "Passwords are accepted without an end."
        "`ssh.password_auth: true` is meant for a while: an installation, a move. Say until when, `ssh.password_auth_until: YYYY-MM-DD`, at most a year ahead. A module of yours that lets passwords in does so without an end, too: say it in the definition instead.";
    PASSWORDS_ENDED = "C074" Error Fleet "The last day on which passwords are accepted has passed."
        "Remove `ssh.password_auth` and its date, so that the next deployment closes that door. If passwords are needed for longer, set a later day.";
    PASSWORDS_FOR_LONG = "C075" Warning Fleet "Passwords are accepted for more than a year."
        "A day that far off is no end. Set one within a year, and set a later one when it comes.";
    LOCKED_ACCOUNT = "C076" Refusal Fleet "An account that is logged in to would be locked."
        "NixOS gives an account without a password a locked one (`!`). sshd lets such an account in with a key only as long as PAM is in use: with `UsePAM = false` nobody gets in, deploy-rs neither. Leave PAM on, or give the account `hashedPassword = \"*\"`, which no password fits and which is not locked.";
    CUT_OFF = "C077" Refusal Fleet "A module of yours would cut deploy-rs off."
        "It turns the SSH server off, moves it to another port, closes the firewall before it, or refuses the account that deploy-rs comes with. deploy-rs would roll back, and the next start of the machine would be final. Tell Cistern instead: `deploy.port`, `deploy.ssh_user`.";
    ROOT_BY_PASSWORD = "C078" Refusal Fleet "Root could log in with a password."
        "`PermitRootLogin = \"yes\"` together with passwords leaves root to whoever guesses longest. Cistern sets `prohibit-password`, with which keys work and passwords do not: remove the line.";
    SERVICE_IS_ROOT = "C079" Refusal Fleet "The account of a service is in a group that amounts to root."
        "Whoever takes over the service takes over the host: members of `wheel` take on root by sudo, those of `docker` or `podman` by a container. Give the service the files that it needs by a group of their own.";
    FIXED = "C080" Error Fleet "A port or state directory is fixed by the service."
        "The NixOS module has no option for it, so another value would be written down and not be true.";
    UNKNOWN_PORT = "C081" Error Fleet "A service has no port of that name."
        "The kind's file lists the ports. `cistern schema --kind` tells what such a file holds.";
    BAD_SETTING = "C082" Error Fleet "A setting is not one that the kind takes."
        "The kind's file gives every setting a type. Unknown settings, wrong types and required ones that are missing are refused.";
    IMAGE = "C083" Error Fleet "A container image is missing, unpinned or out of place."
        "`image` is for kind `container` and names a digest: `docker.io/library/nginx@sha256:…`. A tag alone means other software tomorrow.";
    ROLES = "C084" Error Fleet "A cluster has too few or the wrong number of members."
        "The kind says how many members each role takes, and whether their number must be odd so that a majority exists.";
    PORT_TWICE = "C085" Error Plan "Two listeners of a host want the same port."
        "The second one would fail to start. Give one of the services another port, or place it elsewhere.";
    KIND_TWICE = "C086" Error Plan "Two services of one kind meet on a host that can run only one."
        "The NixOS module has one set of options for the whole host, so the two would set them against each other. Place one of them elsewhere. Kinds that can run several times say `multiple: true`.";
    PRIVILEGED_PORT = "C087" Refusal Plan "A service wants a port below 1024 and may not have it."
        "Only root, or a service with the capability, may listen there; the service would not start. Take a higher port and put a reverse proxy in front. A module can lower `net.ipv4.ip_unprivileged_port_start` or give the unit `AmbientCapabilities`. A kind of yours that can says `privileged_ports: true`.";
    OPEN_TO_THE_WORLD = "C088" Refusal Plan "A port is open to the whole Internet without being meant for it."
        "The host's address is public, and its firewall lets everybody in: metrics, databases and administration pages without anything that asks who comes. Bind it to the loopback or to a private address, put a reverse proxy in front on another host, or accept it with a reason. Ports that kinds call `public` are meant for everybody.";
    NO_FIREWALL = "C089" Refusal Fleet "A host with a public address has no firewall."
        "A module of yours sets `networking.firewall.enable = false`, so that every listener of the host can be reached from the Internet, those that Cistern opens to nobody included. Remove it, or accept it where something else stands in front.";
    NO_HOST_KEY = "C090" Error Fleet "A host uses a secret and has no host key."
        "agenix decrypts with the host's SSH key, so its public half must be known: `ssh-keyscan -t ed25519 ADDRESS`, then `host_key: ssh-ed25519 …`.";
    NO_SECRET_FILE = "C091" Warning Fleet "A secret has no file yet."
        "The host cannot be built until it exists. `cistern secrets set NAME` takes the value and encrypts it to those who read it; `cistern secrets create --missing` makes those that say how they are made.";
    UNUSED_SECRET = "C092" Error Fleet "A secret is bound to nothing."
        "Name the services (`services`) or the hosts (`hosts`) that use it, or refer to it from a setting with `{secret: NAME}`; otherwise remove it.";
    SECRET_PATH_TWICE = "C093" Error Plan "Two secrets of a host want the same path."
        "agenix would write both to the same place. Give one of them another `path`.";
    UNKNOWN_ACCOUNT = "C094" Refusal Fleet "The owner or group of a secret does not exist on a host that reads it."
        "agenix would fail to hand the file over when the host is activated. Accounts come from kinds of service, operators, and `users.users` of your modules. Nothing is said of hosts whose modules enable something that may bring accounts of its own.";
    SECRET_MODE = "C095" Refusal Fleet "A secret can be read by everybody on its hosts."
        "The last digit of `mode` is for all accounts that are neither the owner nor in the group. Use `mode: \"0440\"` and a `group` for several readers.";
    SECRET_PLACE = "C096" Error Fleet "A secret cannot be decrypted to its path."
        "The Nix store is read-only and open to everybody; /proc, /sys and /dev are the kernel's; a directory that must stay one, such as /etc, cannot become a file. Leave `path` out to have it below /run/agenix.";
    ORPHAN_SECRET = "C097" Warning Fleet "An encrypted file belongs to no secret."
        "No secret of the definition has its name, and no module mentions it. It is rekeyed by nobody, so those who left can read it for ever. Remove it, or define the secret.";
    READ_NOWHERE = "C098" Error Fleet "A secret is read by no host."
        "Its selector matches only hosts that read nothing (`managed: scrape`), or its services run nowhere. Correct the one or the other, or remove the secret.";
    BAD_MONITOR = "C100" Error Fleet "A monitoring host cannot run Prometheus."
        "Only a host with `managed: full` gets a configuration, so only such a host can monitor.";
    UNWATCHED = "C101" Warning Fleet "An exporter is asked by nobody."
        "Exporters answer Prometheus, and no host runs it: add `monitoring: { hosts: [NAME] }`, or remove `exporters`. A program that nobody asks is one too many.";
    SCRAPES_NOTHING = "C102" Warning Fleet "Prometheus has nothing to ask."
        "`monitoring` names a host, and no host has exporters or services with metrics. Add `exporters: { node: {} }` to `defaults`.";
    UNUSED = "C103" Warning Fleet "A profile, a site or a group is used by no host."
        "A profile or a site that no host names, or a group that sets nothing, changes nothing. It is a name that was mistyped elsewhere, or can be removed.";
    RUNS_NOWHERE = "C104" Error Fleet "A service runs nowhere."
        "Its selector matches hosts, but none that Cistern configures: only those with `managed: full` run services of the definition.";
    MANY_LABELS = "C105" Refusal Fleet "A host has too many labels."
        "Prometheus keeps every label of a host with each of its series, so they cost memory and make queries slow. Sixteen are enough for what selectors, routes and queries ask for.";
    BAD_SCRAPE = "C106" Error Fleet "Prometheus is told to ask in a way that makes no sense."
        "`scrape` says how Prometheus asks for figures. Keys about certificates need `scheme: https`, an account needs a password, and a service whose kind has no `metrics` is never asked.";
    BAD_TEMPLATE = "C110" Error Fleet "A template cannot be read."
        "A kind's file is YAML front matter between two `---` lines and a body in the language of minijinja. The message is that of its parser.";
    HOLE_IN_TEXT = "C111" Error Fleet "A hole of a template stands inside a Nix string, comment or path."
        "Every `{{ … }}` is printed as one whole Nix expression, quotes included; inside a string it could end the string. Build the text in the hole: `{{ \"http://\" ~ address }}`.";
    TEMPLATE_FAILED = "C112" Error Tree "A template failed while it was filled in."
        "Mostly a name that does not exist. The line is that of the template.";
    NOT_NIX = "C113" Error Tree "A template gave something that is not Nix."
        "What came out does not parse. The place is shown in the text that was made.";
    PRIVILEGED = "C114" Refusal Fleet "A container could take over its host."
        "`privileged`, a capability such as SYS_ADMIN, or a whole disk among `devices` leaves nothing of the walls around it. Name the one device or capability that it needs; where there is no other way, accept this on the service and say why.";
    HOST_MOUNT = "C115" Refusal Fleet "A container sees what belongs to its host."
        "The socket of docker, podman or containerd lets it start any other container, as root. /, /etc, /proc, /sys, /dev, /run and the directory of all secrets hold the host itself. Mount the single file or directory that it needs.";
    HOST_NETWORK = "C116" Refusal Fleet "A container shares the network of its host."
        "It can listen on every port of the host, past the firewall's list, and reach what listens on the loopback. Publish its `ports` instead.";
    IDLE_FACT = "C117" Refusal Fleet "A kind declares something that its body never uses."
        "Whoever sets it in the definition would expect a change, and none would come. Use it in the body, or remove it from the front matter. A port or a directory that cannot be set says `fixed: true`.";
    OPTION_NOT_SET = "C118" Refusal Fleet "A kind names an option that its body does not set."
        "`option` says which NixOS option a port or the state directory goes to. `cistern why` and readers of the kind rely on it. Correct the path, or set the option in the body.";
    HAND_EDITED = "C120" Error Tree "A generated file was edited by hand."
        "Its body is not what Cistern wrote. Move the change to a module of your own (hand-written modules have the last word), then run `cistern generate --force`.";
    REFORMATTED = "C121" Warning Tree "A generated file was reformatted."
        "Nothing but its format changed, so it is written again. Leave generated/ out of the formatter.";
    NEWER_FORMAT = "C122" Error Tree "The generated tree was written by a newer Cistern."
        "An older program would write files that the newer one's flake cannot use. Update Cistern.";
    FIRMWARE_CONTRADICTS = "C130" Refusal Fleet "The hardware profile does not suit the machine of the facts."
        "The facts were read off the machine: it boots by UEFI or by BIOS, is a Raspberry Pi, virtual or not. A boot loader for other firmware leaves it unbootable. Use `hardware: auto`, or replace a report of another machine.";
    UNKNOWN_DISK = "C131" Refusal Fleet "A disk is not among those of the facts."
        "The name under /dev is that of no disk that the report shows, so the mount would fail. A name from by-id belongs to one disk; it was copied from another host, or the disk was replaced. Correct it, or make a new report. Labels and UUIDs are not in a report and are not checked.";
    UNSTABLE_DISK = "C132" Warning Fleet "A disk is named by a name that changes."
        "/dev/sda is the disk that was found first. After a new cable, a new disk or only a slow start, it is another one. Use /dev/disk/by-id, or a label.";
    TMPFS_TOO_LARGE = "C133" Warning Fleet "A tmpfs may grow larger than the machine's memory."
        "What is written there is kept in memory. When it runs out, the kernel ends processes. Give it a smaller `size=`.";
    DEVICE_TWICE = "C134" Refusal Fleet "One device is mounted at two places."
        "Mostly one of the two was copied and not changed. File systems with subvolumes (btrfs, zfs, bcachefs), bind mounts and network mounts may stand several times.";
    MOUNT_IN_MODULE = "C135" Refusal Fleet "A place is mounted by the definition and by a module."
        "Your module's device has the last word, so that the definition says what is not true. Keep one of the two: remove the mount from the definition (or write `filesystems: manual`), or from the module.";
    WRONG_SYSTEM = "C136" Refusal Fleet "A service does not run on the platform of a host."
        "The kind's file lists the `systems` that the program is made for. Place the service elsewhere.";
    TOO_LARGE_A_SHARE = "C137" Refusal Fleet "A service is promised more than a machine has."
        "`resources` ask for more memory or processors than the facts of the host show, so the limit never holds. Correct it, or place the service on a larger host.";
    OVERCOMMITTED = "C138" Warning Fleet "The services of a host are promised more than it has, all together."
        "Each limit holds by itself, and when all services use what they may, the machine runs out. Lower some of the `resources`, or place a service elsewhere. Where they are known not to be busy at once, allow it.";
    NO_UNIT = "C139" Error Fleet "The resources of a service would limit nothing."
        "`resources` are limits of systemd services. The kind's file names them under `units`; without one there is nothing to limit, and one that two services of a host share cannot have both limits.";
    FIREWALL_OFF = "C140" Warning Fleet "A module of yours turns the firewall off."
        "Every listener of the host is then open, also those that the definition keeps closed. If another firewall takes over (networking.nftables), nothing is said.";
    LITERAL_PASSWORD = "C141" Refusal Fleet "A password or token stands in the definition or in a module."
        "It is in git for ever, and in the Nix store, which everybody on the host can read. Encrypt it (`cistern secrets set NAME`), then give `{secret: NAME}` in the definition, or an option such as `passwordFile` in a module. Consider the old value as known.";
    KNOWN_SECRET = "C142" Refusal Fleet "A text has the form of a secret."
        "Password hashes, tokens of well-known services and addresses with a password are known by their form. A hash can be guessed at leisure by whoever reads it. Encrypt it as a secret, and replace what has been in git.";
    PRIVATE_KEY = "C143" Refusal Fleet "A private key lies in the fleet directory."
        "Whoever has a copy of the repository has the key. Remove it, make a new one, and keep that outside or encrypted as a secret.";
    LEFTOVER = "C144" Warning Fleet "A file was left behind by a tool."
        "Disk images, editors' backups and files of running machines do not belong into the history of a fleet. Remove it from git, and name it in .gitignore.";
    PLAIN_SECRET = "C145" Refusal Fleet "The plain text of a secret seems to lie beside its encrypted file."
        "secrets/NAME stands beside secrets/NAME.age. Remove it; if git has known it, replace the value.";
    NOT_IN_GIT = "C146" Refusal Fleet "git does not know a file that the hosts need."
        "A flake in a git repository sees only what git knows, so `nix build` would say that the file does not exist. `git add` it. One that .gitignore names is missing in every other copy of the repository too: take the pattern out of it, or `git add --force` the file. Encrypted files belong into git.";
    GENERATED_NOT_IN_GIT = "C147" Warning Fleet "git does not know generated files."
        "A flake in a git repository sees only what git knows. `git add generated`, or `cistern generate --stage`.";
    RANDOM_TEXT = "C148" Warning Fleet "A long random text looks like a secret."
        "Nothing but its look speaks against it: capitals, small letters and digits without any order. Hashes, revisions, public keys and identifiers have forms of their own and are passed over. If it is a secret, encrypt it and replace the value; if not, `cistern secrets accept FILE:LINE --reason TEXT` remembers that by a hash, in secrets/accepted.json.";
    PUBLISHED = "C149" Refusal Fleet "A key or password stands here that everybody knows."
        "It comes from an image, an appliance or the documentation of a program, with the private key or the password beside it. Whoever tries it gets in. Replace it by one of your own.";
    BAD_TIMEOUT = "C150" Error Fleet "A timeout lets no deployment succeed."
        "With 0 seconds deploy-rs rolls back before anything can have happened. It waits 240 seconds for an activation and 30 for its confirmation, unless told otherwise.";
    BAD_SUDO = "C151" Refusal Fleet "The command in `deploy.sudo` does not take an account."
        "deploy-rs puts the account and what is to be run behind it, so it ends as `sudo -u` does: `doas -u`, `run0 --user`.";
    SSH_OPTS = "C152" Refusal Fleet "An argument of ssh repeats what has a key of its own."
        "The first one that ssh reads wins, and Cistern does not know the other: it would open the wrong port, or trust the wrong account. Use `deploy.port`, `deploy.jump` and `deploy.ssh_user`.";
    JUMPS_TO_ITSELF = "C153" Refusal Fleet "A host is reached through itself."
        "A layer that sets `deploy.jump` reaches the jump host as well. Give that host another site or profile. An empty `jump` does not exist, so set `deploy` on the other hosts, by a group for instance.";
    NOT_ROOT = "C154" Refusal Fleet "A system would be activated by an account that is not root."
        "deploy-rs would set a profile of that account, and the machine would boot what it did before. `deploy.user` is root; who logs in is `deploy.ssh_user`.";
    BAD_CHECK = "C155" Error Fleet "Nothing says how a service is asked whether it works, or two things do."
        "A health check and a probe ask in exactly one way: `http`, `tcp`, `tls` or `dns`, and a probe also by `icmp`. `status` belongs to `http`, `name` to `dns`.";
    DEPENDS_IN_A_CIRCLE = "C156" Error Fleet "Services depend on each other in a circle."
        "When one of them is down, the alerts of all are held back as consequences of each other, and nobody is told of anything. Remove one of the `depends_on`.";
    UNKNOWN_OPTION = "C160" Refusal Tree "An option that a template or a setting gives does not exist."
        "It is not in the options list that `cistern check --options` was given, so NixOS would refuse the host. The list is that of one nixpkgs: an option that is newer or older than it is missing too. A module of another flake declares options that only `--options flake` knows; accept the code with that reason where a list of plain nixpkgs is used.";
    RENAMED_OPTION = "C161" Warning Tree "An option that a template or a setting gives has another name now."
        "NixOS takes the old name for some releases with a warning, and refuses it afterwards. Use the new one.";
    OPTION_TYPE = "C162" Refusal Tree "An option is given a value that it does not take."
        "The options list says in words what an option takes; where those are understood and the value is written out, the two are compared. What Nix computes is not looked at.";
    READ_ONLY_OPTION = "C163" Refusal Tree "A read-only option is set."
        "NixOS computes it from other options and refuses every other definition of it.";
    OWN_MODULE_OPTION = "C164" Warning Tree "A hand-written module sets an option that does not exist, or sets it to what it does not take."
        "It is not in the options list that `cistern check --options` was given. Options that modules of the fleet declare are known; those of a flake's inputs only with `--options flake`.";
    BAD_OPTIONS_LIST = "C165" Error Tree "An options list cannot be read."
        "`cistern check --options FILE` reads the options.json that nixpkgs builds, or a directory with share/doc/nixos/options.json in it: `nix build .#cistern-options` makes one from the fleet's own nixpkgs, and `cistern check --options flake` does both.";
    EDIT_SHARED = "C170" Error Fleet "An edit would change what stands in two places."
        "An anchor (`&base`) and its aliases (`*base`) are one value, so a change at one place is a change at all of them. Nothing was written. Write the value out where it is to be another, or edit the anchor by hand.";
    EDIT_FORM = "C171" Error Fleet "A file is written in a form that is not edited by a program."
        "Edits keep every byte that they are not about, and are proved before they are written: the edited file must say what it said before with exactly the change that was asked for. Where YAML is written in an unusual form (`? key`, anchors on keys, lists that begin in the line of another), nothing is written. Edit the file by hand.";
    ENTRY_EXISTS = "C172" Error Fleet "An entry of that name is there already."
        "`add` makes new entries only, so that a typo changes nothing. `cistern host set NAME` and `cistern service set NAME` change one that is there.";
    NO_PATH = "C173" Error Fleet "A path of an edit leads nowhere."
        "Paths go from key to key, with dots between them: `deploy.port`, `filesystems.\"/\".device`. A key that is taken away must be there, and nothing stands below text or a list; lists are set as a whole.";
    NO_INVENTORY = "C175" Error Fleet "A file that is to be imported is not of the format that was named."
        "`cistern import` reads four formats: cistern-inventory, ansible, compose and flake. The message says which part of the file is not of the one that was named. Name another, or correct the file.";
    BAD_CARRIER = "C190" Refusal Fleet "A static address is set on an interface that cannot carry it."
        "The loopback is no network, and a card that a module puts into a bridge or a bond has no address of its own: the bridge has it. Name the bridge in `network.interface`.";
    STATIC_ON_RADIO = "C191" Warning Fleet "A static address is set on a wireless interface, and nothing connects it."
        "The address is of no use until the interface is connected to a network. Set `networking.wireless`, `networking.supplicant`, `networking.wireless.iwd` or NetworkManager in a module of the host.";
    GATEWAY_IN_DHCP = "C192" Warning Fleet "The range that DHCP hands out contains the gateway."
        "A DHCP server that does not know better gives the router's address to another machine. Begin the range behind it.";
    MAY_CUT_OFF = "C200" Impact Change "The change may cut off a host, or somebody from it."
        "Its address, its network, or a way in changes: after a mistake here nobody reaches the host to take it back. deploy-rs rolls back by itself when it cannot confirm; have another way in all the same.";
    LOSES_DATA = "C201" Impact Change "State stays behind, or is read by something else."
        "A service with state leaves a host or moves, its directory or kind changes, a mount goes, or `state_version` changes. Nothing is deleted by the deployment, and nothing is carried over either: copy, migrate or back up first.";
    QUORUM_CHANGES = "C202" Impact Change "The members of a cluster change."
        "A cluster decides by majority. Changing several members at once can leave it without one, and an even number survives no more failures than the odd number below it.";
    NEEDS_REKEY = "C203" Impact Change "A secret has other recipients than before."
        "The file is still encrypted to the old ones: agenix fails on a host that is new among them. Encrypt again (`cistern secrets rekey`) before deploying; whoever no longer reads it still knows the old value.";
    DOWNTIME = "C204" Impact Change "A service with one instance stands still for a while."
        "It restarts or moves, and nothing answers in its place meanwhile. Choose the hour, or give it a second instance first.";
    REBOOTS = "C205" Impact Change "A change takes effect at the next boot."
        "Kernel, boot loader, initial RAM disk and file systems are read when the machine boots. A fault in them shows only then: reboot while somebody can reach the console.";
    RESTARTS = "C206" Impact Change "Units restart."
        "What a unit is told differs, so that activation restarts it. Connections to it break once.";
    INPUT_MOVED = "C207" Impact Change "Something that the plan does not describe has changed."
        "The lock file, flake.nix, a hand-written module, a hardware report or an encrypted file is another. Cistern does not know what follows: `cistern diff --eval` asks Nix for the hosts that it may concern.";
    MADE_DIFFERENTLY = "C208" Impact Change "Files differ though the plan of their host does not."
        "A template or Cistern itself makes them in another way. Read the files of one host (`cistern diff --files`), and let Nix compare the systems (`--eval`).";
    BAD_RECORD = "C210" Error Fleet "secrets/recipients.json cannot be read."
        "It holds what the encrypted files do not say: who their native age recipients are, and how often values were changed. Cistern writes it, a line for each file; take it from git, and after a conflict keep the newer line of each file.";
    HOST_CANNOT_DECRYPT = "C211" Warning Plan "A secret's file is not encrypted to a host that reads it."
        "agenix would fail on the host when it is activated, and the services that need the secret would not start. `cistern secrets rekey` encrypts what has drifted to those who read it now.";
    LACKS_RECIPIENT = "C212" Warning Plan "A secret's file is not encrypted to somebody who should be able to decrypt it."
        "An admin or an escrow key cannot open it, so that nobody may be left who can when it is needed. `cistern secrets rekey` encrypts what has drifted.";
    EXTRA_RECIPIENT = "C213" Warning Plan "A secret's file can be decrypted with a key that should not."
        "A host that no longer runs the service, somebody who left, or a key that was replaced can still read it. `cistern secrets rekey` takes the key out; whoever had it knows the value, so renew that as well (`cistern secrets rotate NAME`).";
    UNKNOWN_RECIPIENTS = "C214" Warning Plan "Nobody can tell whom a secret's file is encrypted to."
        "Native age recipients leave no trace of who they are, and secrets/recipients.json knows another file: it was encrypted by another program since. The number is right. `cistern secrets rekey` encrypts it again and takes note.";
    NO_AGE_FILE = "C215" Warning Plan "A secret's file is none that hosts can decrypt."
        "It is no file of age's, was cut off, or is encrypted with a passphrase. agenix would fail on every host that reads it. Take it from git, or set the value again with `cistern secrets set NAME`.";
    OVERDUE_SECRET = "C216" Warning Plan "A secret is older than it may become."
        "Its `rotate_every` has passed since the value was set. `cistern secrets rotate --due` makes new values where there is a generator, and names the services that restart; otherwise `cistern secrets edit NAME`.";
    BAD_GENERATOR = "C217" Error Fleet "A secret cannot be made as `generate` says."
        "What its type needs is missing, its length is one that can be guessed, or it is made from a secret that is not there for the same hosts. docs/secrets-values.md lists the types and their keys.";
    GENERATOR_CIRCLE = "C218" Error Fleet "Secrets are made from each other in a circle."
        "A value is made after those in its `from` and `depends_on`. In a circle none can be the first: take one of the references out.";
    BAD_PREVIOUS = "C219" Error Fleet "A secret cannot keep its previous value."
        "With `previous: true` the value before the last rotation stays, as a secret of its own that is called NAME.previous. It needs that name for itself, and one value for all hosts.";
    UNKNOWN_ALERT = "C220" Error Fleet "An alert does not exist."
        "Under `monitoring.alerts`, one that comes with Cistern is adjusted by its name (docs/alerts.md and `cistern explain` list them). Any other is your own, and needs an `expr` in PromQL that says when it fires; under `monitoring.logs.alerts` the same holds for alerts of logs (docs/logs.md), in LogQL.";
    UNKNOWN_RECEIVER = "C221" Error Fleet "A receiver does not exist."
        "`monitoring.receiver` and the `receiver` of each route name an entry of `monitoring.receivers`. Alertmanager would not start with this.";
    EMPTY_RECEIVER = "C222" Error Fleet "A receiver tells nobody."
        "It has a name and no way to tell: email, webhook, ntfy, matrix, slack or pagerduty. Whatever is sent to it would be lost without a word.";
    NOBODY_IS_TOLD = "C223" Warning Fleet "Nobody is told of alerts."
        "The alerts fire, show in Prometheus and on dashboards, and reach no person. Set `monitoring.receiver`, which gets whatever no route takes. Where nobody shall be told, accept the code with that reason.";
    UNREACHED_ROUTE = "C224" Warning Fleet "A route takes nothing, because an earlier one takes all of it."
        "The first route that fits decides, unless it says `continue: true`. An earlier route has the same conditions or fewer.";
    NO_THRESHOLD = "C225" Error Fleet "An alert is given a threshold that it does not have."
        "Some alerts compare with a number that `threshold` replaces; docs/alerts.md shows which, and in which unit. In others nothing can be compared, and your own have their number in `expr`.";
    ROUTE_OF_NOTHING = "C226" Warning Fleet "A route waits for an alert that nothing here raises."
        "It is neither one of Cistern's nor of `monitoring.alerts` or `monitoring.logs.alerts`. Where a hand-written module brings rules of its own, accept the code with that reason.";
    ALERT_TWICE = "C227" Error Fleet "One name stands for an alert of logs and for one of Prometheus."
        "Loki and Prometheus tell the same Alertmanagers, and routes, silences and runbooks know alerts by their names. Alerts of logs are adjusted under `monitoring.logs.alerts`, all others under `monitoring.alerts`.";
    NOT_LOGQL = "C228" Error Fleet "The expression of an alert of logs is not LogQL."
        "Loki refuses the whole file of alerts for one that it cannot read, so that none of them fires. LogQL chooses lines in braces, such as `{unit=\"shop.service\"}`, and counts them: `sum by (host) (count_over_time({…} |= \"panic\" [5m])) > 0`. PromQL goes under `monitoring.alerts`.";
    BROUGHT_BY_MONITORING = "C229" Error Fleet "A service is of a kind that only monitoring brings."
        "Prometheus, Alertmanager, the blackbox exporter, Loki and Alloy are configured from `monitoring`, which says on which hosts they run (`monitoring.hosts`, `monitoring.logs.hosts`) and at which ports (`monitoring.ports`).";
    NO_HOST_FITS = "C230" Error Fleet "A service finds no host for some of its instances."
        "Each host that `placement` lets it choose from is excluded by a constraint: its platform or lifecycle, what it has, a service to avoid, a port, or the spread. The help says which constraint excludes which hosts. Change one of them, let it choose from more hosts, or lower `replicas`; `cistern place --explain SERVICE` shows every host by itself.";
    TOO_FEW_HOSTS = "C231" Error Fleet "A placement asks for more instances than there are hosts to choose from, or for none."
        "A host never runs two instances of one service. Name more hosts or widen the selector, or lower `replicas` and `standby`.";
    CONTRADICTORY_PLACEMENT = "C232" Error Fleet "What a placement asks of its neighbours cannot be."
        "A service is near itself, in the end, or avoids itself or the one that it should be near to. `near` is looked at after the hosts of that service are known, so it cannot lead in a circle.";
    BAD_STANDBY = "C233" Error Fleet "A service cannot stand by as `standby` says."
        "A standby has everything but the running service: its kind must name the `units` that are not started, and its host is another one than those that run it. The instances of a cluster are all members of it: raise `replicas` there.";
    BAD_PLACEMENT_LOCK = "C234" Error Fleet "placement.lock cannot be read."
        "It holds where Cistern put the services whose `placement` gives `replicas`, a line for each, so that they stay there. Cistern writes it; take it from git, and after a conflict keep one line of each service. Without the file everything is placed anew.";
    NO_DOMAIN = "C235" Error Fleet "A service is spread by something that none of its hosts has."
        "`spread: site` needs hosts with a site, and any other word is the name of a label. Hosts without it take no instance of the service.";
    RESTING_HOST_NAMED = "C236" Warning Fleet "A service is placed by name on a host that is drained."
        "What `hosts` names stays there: only services with `replicas` leave a host in maintenance by themselves. `cistern move SERVICE --to HOST` says how to move it with its data. With `dns.name_servers`, at least one of the name servers has to be on a host that is not `inactive`.";
    PLACED_AGAINST = "C237" Error Fleet "Hosts that a placement names do not have what it asks for."
        "Without `replicas` every named or matching host runs the service. One of them is too small, or runs a service that is to be avoided. Give `replicas` to let Cistern choose, or change `requires`, `avoid` or `max_per_host`.";
    BAD_FAILOVER = "C240" Error Fleet "A failover has nothing that moves, or nowhere to go."
        "An address (`vip`) or a lease moves between two hosts or more, on each of which the service runs or stands by (`placement.standby`). One service follows one address or one lease, and what shall start and stop has units that its kind names.";
    VIP_MISPLACED = "C241" Error Fleet "An address that moves does not belong to its network, or to somebody else."
        "It lies in the network of its hosts' site with the length of that network's prefix, outside of what DHCP hands out, and is neither a host's, nor the gateway's, nor another failover's. VRRP speaks one family, that of the hosts' addresses.";
    VIP_BETWEEN_SITES = "C242" Error Fleet "An address cannot move between these hosts."
        "Whoever looks for an address asks its own network, so all hosts stand in one site with a `subnet`. Between sites, names or a proxy lead to where a service runs.";
    NO_INTERFACE = "C243" Error Fleet "Nothing says which interface an address is put on."
        "keepalived needs its name: `network.interface`, `mac`, or facts with one interface (`cistern why HOST network.interface`).";
    STATE_STAYS_BEHIND = "C244" Refusal Fleet "A service would move without its state."
        "It would begin with an empty directory, or with an old one, and what is written there is not at the first host when that is back. Take a kind that copies its state to its other instances, keep the state on storage that all of the hosts mount, or say `data_loss: accept` where it is a cache.";
    MOVES_UNCHECKED = "C245" Error Fleet "A service that moves does not show whether it works."
        "An address leaves a host when the health check of the service fails there. Without one it would stay with a service that hangs.";
    STANDBY_LACKS = "C246" Error Fleet "A host that stands by could not take over."
        "It lacks the volume that holds the state of the service, and would begin with nothing on the day on which it is needed. Its platform is looked at as on any host that runs the service (C136), and so are its ports (C085).";
    NOT_FENCED = "C247" Refusal Fleet "Nothing keeps a service from running twice."
        "VRRP elects a host among those that see each other; when the network is cut, each side has one. What harms its data by running twice needs a majority that decides: a `lease` of etcd, or a cluster with one among its members.";
    ROUTER_ID_TWICE = "C248" Error Fleet "Two addresses have one number in VRRP."
        "Hosts of one network tell addresses that move apart by a number from 1 to 255. It is the last byte of the address, so that no other address changes it; `router_id` sets another one, also where a router of the network uses VRRP.";
    SENSELESS_CHECK = "C249" Error Fleet "A health check does not make sense."
        "What restarts needs a unit, an answer must come before the next question, and a command is run only where something follows from it: `on_failure: restart`, or a failover.";
    FEW_DOMAINS = "C250" Warning Fleet "A cluster stands in fewer sites than the loss of one leaves a majority of."
        "What agrees by majority goes on while most of its members are there. With two sites one of them holds most, and the cluster is gone with it; with three, any one may fail. A site is a failure domain: a room, a house, a provider. `placement: { spread: LABEL }` says that the values of a label are, such as `rack`, and `spread: region` the regions of sites. Where a second site is all there is, accept the code with that reason.";
    ONE_DOMAIN = "C251" Warning Fleet "All members of a cluster stand in one place."
        "It outlives the loss of a host, and not that of the line, the power or the router that all of them share. Spread its hosts over sites, or accept the code with the reason that the place is all there is.";
    PUBLIC_MEMBERS = "C252" Warning Fleet "Members of a cluster reach each other by public addresses."
        "Peers are found by the `address` of their hosts. What they say to each other is authenticated, and with most kinds not encrypted, and their ports have to be open to the Internet. A VPN gives hosts of different sites private addresses.";
    WRONG_SERVICE = "C253" Error Fleet "A setting names a service of a kind that it cannot use."
        "The kind says which kinds it works with: Patroni keeps its lease in etcd, for instance, and finds its members by the service that the setting names.";
    ROUTE_TWICE = "C255" Error Fleet "Two services claim the same name and path."
        "A proxy passes a request on to one service. Give one of them another `ingress.host`, or a `path` below the name: the longest path that fits decides.";
    NOT_ASKED_FOR_LOGINS = "C256" Error Fleet "Proxies are to ask a service for logins that does not answer them."
        "`ingress.auth` names a service whose kind says `forward_auth`: `authelia`, `oauth2-proxy` and `tinyauth` do. It takes no `auth: forward` in its own `ingress`: nobody could log in.";
    NOT_ROUTABLE = "C257" Error Fleet "A service is to be reached through proxies and has no port for that."
        "Its kind does not say `ingress`, so nothing is known of what a proxy passes on. Name one of its TCP ports, as in `ingress: { port: web }`, where it speaks HTTP there; a port that listens on the loopback only is reached by no proxy on another host.";
    ACME_OF_PRIVATE_NAME = "C258" Error Fleet "A public certificate is to be had for a name that no public authority can know."
        "An authority gives certificates for names of the public DNS only: one with a dot, and not below `.lan`, `.local`, `home.arpa` and the like. Use a name of a domain of yours, or `ingress.tls: internal`.";
    NO_PROXY = "C259" Error Fleet "Services are to be reached through proxies, and there is none."
        "`ingress` of a service says how clients reach it, and the section `ingress` who passes their requests on: `ingress: { hosts: [NAME] }`, a selector, or `external: true` for proxies outside of the fleet.";
    NOBODY_ASKS = "C260" Error Fleet "A service that lets in everybody is to be reached through proxies without a login."
        "Its kind has no login of its own, so the proxy has to ask for one: name a service in `ingress.auth`, such as one of the kind `authelia`. Where everybody shall get in, say so: `ingress: { auth: none }` on the service.";
    PROXY_CANNOT = "C261" Error Fleet "A proxy is asked for what it cannot do."
        "nginx has no circuit breaker, no cookies that lead to the same instance and no certificates of its own; Caddy has no limit of rate, no circuit breaker, and takes the nearest instance that works; its cookies would keep browsers at the service that took over. docs/ingress.md has the table. Remove the key, or take the kind `traefik`.";
    PAST_THE_PROXY = "C262" Refusal Fleet "Clients can go past a proxy that asks for a login."
        "The firewall of a host lets everybody in at a port whose service counts on the proxy for logins. Cistern closes the port itself to all but the proxies; a hand-written module opens it again, or switches the firewall off. Remove that, or accept the code with the reason why nobody else gets there.";
    NO_NAME_SERVER = "C263" Error Fleet "A setting names a service as `<service>.svc.<domain>`, and nobody answers for that name."
        "The section `dns` says which hosts answer for services: `dns: { hosts: [NAME] }`. The hosts whose services have such names in their settings then know them without asking. A name that no service has would never be answered.";
    FAILOVER_UNSEEN = "C264" Error Fleet "Requests are to go elsewhere when a service fails, and nothing shows a proxy that it does."
        "A proxy asks an instance for a page, and leaves it out while the answer is not right. So the service, whose requests `failover` takes elsewhere, needs a `health_check` by `http` at the port that requests go to, with at most one `status`.";
    NEEDED_KIND_MISSING = "C265" Warning Fleet "A service needs another one that the fleet does not have."
        "Its kind says under `depends_on` which kinds it works with: a database, for instance. The fleet has no service of any of them. Add one, or accept the code where what it needs runs outside of the fleet.";
    RELEASE_TOO_OLD = "C266" Warning Fleet "A kind needs a newer NixOS than the one that the flake names."
        "Its options, or some of them, came with a later release: the host would not evaluate. Update the input nixpkgs, or give the host a nixpkgs of its own in mkFleet (`hosts.NAME.nixpkgs`).";
    NOT_FREE = "C267" Refusal Fleet "A host runs packages that are not free, and nothing allows them."
        "nixpkgs refuses to evaluate a host with such a package unless somebody says that its licence is accepted. `allow_unfree` of a layer names the packages: `defaults: { allow_unfree: [unrar] }` for every host, or in a profile or a host. Where the flake allows them already, accept the code with that reason.";
    KIND_SILENT = "C268" Warning Fleet "A kind does not say enough of itself."
        "The catalogue sorts kinds by their `category`, placement counts on what they say under `needs`, and people learn from the description and the example of a setting what it is for. `cistern catalog check` looks for them.";
    NO_HEALTH_CHECK = "C269" Warning Fleet "A kind listens, and nothing shows whether it answers."
        "Without `health_check` and without `metrics` a service of the kind can hang for weeks unseen. Name a page that it answers with, or at least a port that takes connections.";
    PORT_UNBOUND = "C270" Warning Fleet "A kind has a port of which nobody knows what sets it."
        "Each port names the NixOS `option` that sets it, which the body has to set, or says `fixed: true`: then the definition cannot choose another number, and is told so.";
    SECRET_IN_STORE = "C271" Error Fleet "A kind would put a secret into the Nix store."
        "A template sees the path where a secret is decrypted, at run time. Whatever reads that path while the system is built, and any option that takes the secret itself, puts it where everybody on the host can read it, or does not work. Hand the path to an option that takes a file, or to `LoadCredential`.";
    EXAMPLE_REFUSED = "C272" Error Fleet "The example of a kind does not compile."
        "`cistern catalog check` puts each kind into a fleet made up for it, with the settings that it requires. That fleet is refused. `cistern catalog show KIND` prints the example.";
    NO_LEASE = "C273" Error Fleet "A failover asks a service for a lease that grants none."
        "`lease` names a service of kind `etcd`: its members agree by majority who has the lease, also when the network between sites is cut. The service that moves is another one.";
    LEASE_AND_ADDRESS = "C274" Error Fleet "A failover moves by a lease and says what only an address has."
        "Either an address moves (`vip`), which VRRP elects a host for, or a lease, which etcd grants. `router_id` is a number of VRRP's. A lease stays with its host until that gives it up: to go back means to stop the service there and to start it here, so nothing does it unasked.";
    LEASED_TWICE = "C275" Error Fleet "A service that runs under a lease is placed on several hosts."
        "One host has the lease, and the service runs there alone. Place it once and let the others stand by, as in `placement: { hosts: [eden], standby: [pishon] }`; where it runs at first is up to who asks first.";
    OTHER_IMAGE = "C276" Warning Fleet "A service has the name of a kind and runs another image."
        "Without `kind`, a service is of the kind of its own name where that kind runs its image, and a plain container else: with no port, no state and no health check but those that the definition gives. Name the image of the kind, or say `kind: container`.";
    NOT_SPREAD = "C277" Warning Fleet "Instances stay together although there are places to spread them over."
        "`placement.lock` has them on hosts of one site, region or rack, from when there were no others or `spread` was not asked for. What is placed does not move by itself: `cistern place --rebalance SERVICE` moves them apart, and `cistern diff` says what that means for their state.";
    NOBODY_GETS_IN = "C278" Error Fleet "A list of those who get in is empty."
        "An empty `allow_from` would mean nobody or everybody, depending on who reads it. Without the key everybody gets to the service through the proxies; to show it to nobody, remove its `ingress`.";
    ASKS_ITSELF = "C279" Error Fleet "A name server would ask itself."
        "`dns.forward` names who is asked for all names that are not services of the fleet. The address of one of the name servers themselves, or the loopback, sends such a question round in a circle until it runs out of time. Name the router or a public resolver, or leave the key out: then the name servers of the site are asked, or those of the root.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_stand_once() {
        assert!(CODES.is_sorted_by(|a, b| a.id < b.id));
    }

    #[test]
    fn every_code_has_a_family() {
        let without: Vec<_> = CODES.iter().filter(|code| code.family() == "Other").map(|code| code.id).collect();
        assert!(without.is_empty(), "add a row to FAMILIES for {without:?}");
    }
}
