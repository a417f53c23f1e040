//! Rules about hand-written modules: whether deploy-rs and the administrators could still log in.

use std::collections::BTreeMap;

use super::{passwords, told};
use crate::diag::{Code, Diagnostic, Faults, codes};
use crate::model::{Fleet, Host, Reached};
use crate::nix::{Assigned, Literal};
use crate::source::Span;
use crate::value::{HostName, Managed};

/// Where an account's password is set.
const PASSWORDS: &[&str] =
    &["hashedPassword", "hashedPasswordFile", "initialHashedPassword", "initialPassword", "password", "passwordFile"];

/// A finding: its code, what the module does to a host, and what to do about it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    code: &'static str,
    does: String,
    label: String,
    help: String,
}

/// No module of the user's cuts off deploy-rs, or lets in more than the definition says.
pub(super) fn stay_open(fleet: &Fleet, faults: &mut Faults) {
    let mut found: BTreeMap<(Span, Found), Vec<&HostName>> = BTreeMap::new();
    for host in fleet.hosts.values().filter(|host| host.managed == Managed::Full && !host.poisoned) {
        let modules = fleet.modules_of(host);
        if modules.list.is_empty() {
            continue;
        }
        let look = Look { host, account: account(host), modules: &modules };
        for (place, one) in modules.assigned().filter(|(_, one)| !one.yields && concerns(one)) {
            if let Some(fault) = look.at(one) {
                found.entry((place, fault)).or_default().push(&host.name);
            }
        }
    }
    for ((span, fault), hosts) in found {
        let code = codes::find(fault.code).expect("it is one of the table");
        told::once(fleet, code, hosts, faults, |among| {
            Diagnostic::new(code, format!("{among} {}", fault.does)).at(span, &fault.label).help(&fault.help)
        });
    }
}

/// Whether it may be one of the options in question, without a look at its whole path.
fn concerns(one: &Assigned) -> bool {
    [["services", "openssh"], ["networking", "firewall"], ["users", "users"]].iter().any(|path| one.is_below(path))
}

/// The account that deploy-rs comes with.
fn account(host: &Host) -> &str {
    let deploy = host.layer.deploy.as_ref().and_then(|deploy| deploy.ssh_user.as_ref());
    deploy.map_or("root", |account| account.value.as_str())
}

/// One host and its modules.
struct Look<'a> {
    host: &'a Host,
    account: &'a str,
    modules: &'a Reached<'a>,
}

impl Look<'_> {
    fn at(&self, one: &Assigned) -> Option<Found> {
        let path = one.dotted();
        if let Some(option) = path.strip_prefix("services.openssh.") {
            // The names of older releases stand beside `settings`.
            return self.server(option.strip_prefix("settings.").unwrap_or(option), &one.value);
        }
        match (path.as_str(), &one.value) {
            ("networking.firewall.enable", Literal::Bool(false)) if !self.sets(&["networking", "nftables"]) => {
                Some(fault(
                    codes::FIREWALL_OFF,
                    "would have no firewall",
                    "every port would be open",
                    "remove it; ports that others need are opened by `ports` of services, or `networking.firewall.allowedTCPPorts`",
                ))
            }
            (option, Literal::Bool(false)) if option == format!("users.users.{}.enable", self.account) => {
                Some(self.cut_off(&format!("the account `{}` would not exist", self.account), "remove it"))
            }
            _ => None,
        }
    }

    fn server(&self, option: &str, value: &Literal) -> Option<Found> {
        let root = self.account == "root";
        let passwords = passwords::taken(self.host);
        match (option, value) {
            ("enable", Literal::Bool(false)) => Some(self.cut_off("there would be no SSH server", "remove it")),
            ("openFirewall", Literal::Bool(false)) if !self.opens_itself() => Some(self.cut_off(
                "the firewall would close its port",
                "remove it, or open the port where deploy-rs comes from: `networking.firewall.interfaces.NAME.allowedTCPPorts`",
            )),
            ("ports", Literal::List(ports)) => self.ports(ports),
            ("PubkeyAuthentication", Literal::Bool(false)) => {
                Some(self.cut_off("no key would be taken", "remove it: deploy-rs has nothing but a key"))
            }
            ("PermitRootLogin" | "permitRootLogin", Literal::Text(text)) => match text.as_str() {
                "no" | "forced-commands-only" if root => Some(self.cut_off(
                    "root could not log in",
                    "let deploy-rs come with another account first: `deploy: { ssh_user: deploy }`",
                )),
                "yes" if passwords => Some(fault(
                    codes::ROOT_BY_PASSWORD,
                    "would let root in with a password",
                    "and passwords are accepted",
                    "remove it: Cistern sets `prohibit-password`",
                )),
                _ => None,
            },
            (
                "PasswordAuthentication" | "passwordAuthentication" | "KbdInteractiveAuthentication"
                | "kbdInteractiveAuthentication",
                Literal::Bool(true),
            ) if !passwords => Some(fault(
                codes::PASSWORDS_FOR_GOOD,
                "would take passwords for good",
                "the definition says nothing of them",
                "remove it, and set `ssh: { password_auth: true, password_auth_until: YYYY-MM-DD }` in the definition",
            )),
            ("UsePAM" | "usePAM", Literal::Bool(false)) if !self.has_password() => Some(fault(
                codes::LOCKED_ACCOUNT,
                &format!("would lock the account `{}` that deploy-rs comes with", self.account),
                "without PAM, an account that has no password is locked",
                &format!("leave PAM on, or set `users.users.{}.hashedPassword = \"*\"`", self.account),
            )),
            ("AllowUsers", Literal::List(users)) if self.lacks(users) => Some(self.cut_off(
                &format!("`{}` is not among those who are allowed", self.account),
                &format!("add \"{}\"", self.account),
            )),
            ("DenyUsers", Literal::List(users)) if users.contains(&Literal::Text(self.account.to_owned())) => {
                Some(self.cut_off(&format!("`{}` would be refused", self.account), "remove it from the list"))
            }
            _ => None,
        }
    }

    /// The server's ports without the one that deploy-rs connects to. Cistern adds the port of `deploy.port`; what
    /// stands behind a `hostname` may be a router, whose port says nothing.
    fn ports(&self, ports: &[Literal]) -> Option<Found> {
        let deploy = self.host.layer.deploy.as_ref();
        let chosen = deploy.is_some_and(|deploy| deploy.hostname.is_some() || deploy.port.is_some());
        let elsewhere = self.modules.assigned().any(|(_, one)| {
            one.dotted() == "services.openssh.ports" && !matches!(&one.value, Literal::List(list) if !usual(list))
        });
        let [first, ..] = ports else { return None };
        let Literal::Number(number) = first else { return None };
        (!chosen && !elsewhere).then(|| {
            self.cut_off(
                "deploy-rs connects to port 22",
                &format!("set `deploy: {{ port: {number} }}` in the definition, and remove this"),
            )
        })
    }

    fn cut_off(&self, why: &str, help: &str) -> Found {
        fault(codes::CUT_OFF, "could not be deployed any more", why, help)
    }

    fn sets(&self, path: &[&str]) -> bool {
        self.modules.assigned().any(|(_, one)| one.is_below(path))
    }

    /// Whether a module says by itself what the firewall lets in, or what it is.
    fn opens_itself(&self) -> bool {
        !self.modules.whole
            || self.sets(&["networking", "nftables"])
            || self.modules.assigned().any(|(_, one)| {
                one.is_below(&["networking", "firewall"]) && one.dotted() != "networking.firewall.logRefusedConnections"
            })
    }

    fn has_password(&self) -> bool {
        let usable = |one: &Assigned| !matches!(&one.value, Literal::Text(text) if text.starts_with('!'));
        !self.modules.whole
            || self.modules.assigned().any(|(_, one)| {
                one.is_below(&["users", "users", self.account])
                    && one.path.get(3).and_then(|option| option.name.as_deref()).is_some_and(|o| PASSWORDS.contains(&o))
                    && usable(one)
            })
    }

    /// Whether none of these is the account, and all of them can be told.
    fn lacks(&self, users: &[Literal]) -> bool {
        users.iter().all(|user| match user {
            Literal::Text(user) => {
                let name = user.split('@').next().unwrap_or_default();
                name != self.account && !name.contains(['*', '?'])
            }
            _ => false,
        })
    }
}

/// Whether deploy-rs' usual port is among these, or may be.
fn usual(ports: &[Literal]) -> bool {
    ports.iter().any(|port| !matches!(port, Literal::Number(number) if *number != 22))
}

fn fault(code: &'static Code, does: &str, label: &str, help: &str) -> Found {
    Found { code: code.id, does: does.to_owned(), label: label.to_owned(), help: help.to_owned() }
}
