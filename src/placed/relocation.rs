//! How a service moves to another host with what it keeps: the steps in their order, with their commands.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::kind::Kinds;
use crate::place::Entries;
use crate::place::plan::DeployEntry;
use crate::value::{AbsolutePath, HostName, ServiceName};

/// The move of one instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Relocation {
    /// Raised when a reader of an older version would misread this one; it is 1.
    pub version: u32,
    /// The service.
    pub service: ServiceName,
    /// Where it runs.
    pub from: HostName,
    /// Where it is to run.
    pub to: HostName,
    /// The files that change for it.
    pub changed: Vec<String>,
    /// Where it keeps what must survive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<AbsolutePath>,
    /// What to do, in this order.
    pub steps: Vec<Step>,
    /// How to go back.
    pub back: Vec<Step>,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Step {
    /// What it is for.
    pub what: String,
    /// The commands, as a shell of whoever deploys takes them.
    pub commands: Vec<String>,
}

/// What has to be so before a service can run on another host.
#[derive(Debug, Clone, Copy)]
pub struct Before {
    /// Values have to be made for that host.
    pub made: bool,
    /// Secrets have to be encrypted to it.
    pub rekeyed: bool,
    /// The service stands by there.
    pub prepared: bool,
}

/// What a move is made of.
struct Move<'p> {
    service: &'p ServiceName,
    from: &'p HostName,
    to: &'p HostName,
    entries: &'p Entries,
    units: Vec<String>,
    state: Option<&'p AbsolutePath>,
    singleton: bool,
}

/// Makes the plan of a move from the entries after it, and the files that change for it.
pub fn relocation(
    entries: &Entries,
    kinds: &Kinds,
    service: &ServiceName,
    (from, to): (&HostName, &HostName),
    changed: Vec<String>,
    before: Before,
) -> Relocation {
    let entry = &entries.services[service];
    let singleton = kinds.get(&entry.kind).and_then(|kind| kind.front.singleton).is_some_and(|at| at.value);
    let units = kinds.get(&entry.kind).into_iter().flat_map(|kind| kind.front.units.iter().flatten());
    let units: Vec<String> = units.map(|unit| format!("{}.service", unit.value.of(service))).collect();
    let own = Move { service, from, to, entries, units, state: entry.state.as_ref(), singleton };
    Relocation {
        version: 1,
        service: service.clone(),
        from: from.clone(),
        to: to.clone(),
        steps: own.steps(&changed, before),
        back: own.back(&changed),
        changed,
        state: own.state.cloned(),
    }
}

impl Move<'_> {
    fn steps(&self, changed: &[String], before: Before) -> Vec<Step> {
        let mut steps = Vec::new();
        let Self { service, to, .. } = self;
        if before.made {
            let what = format!("Make the values that {to} reads.");
            steps.push(Step::new(what, ["cistern secrets create --missing".to_owned()]));
        }
        if before.rekeyed {
            let what = format!("Encrypt to {to} as well what it reads.");
            steps.push(Step::new(what, ["cistern secrets rekey".to_owned()]));
        }
        let secrets = if before.made || before.rekeyed { " secrets" } else { "" };
        let files = format!("generated{secrets} {}", changed.join(" "));
        let commit = format!("git add {files} && git commit -m '{service} moves to {to}'");
        let what = "Write what follows from the change.".to_owned();
        steps.push(Step::new(what, ["cistern generate --stage".to_owned(), commit]));
        self.transfer(before.prepared, &mut steps);
        let what =
            "Deploy the others that know where it is, if there are any: proxies, name servers, those that need it.";
        steps.push(Step::new(what.to_owned(), ["cistern diff --from HEAD~1".to_owned()]));
        steps
    }

    /// Takes it from one host to the other, with what it keeps.
    fn transfer(&self, prepared: bool, steps: &mut Vec<Step>) {
        let Self { from, to, state, .. } = self;
        let Some(state) = state else {
            let mut commands = vec![deploy(to), deploy(from)];
            let what = match self.singleton {
                true => {
                    commands.splice(0..0, self.systemctl(from, "stop"));
                    format!("It keeps nothing, and must not run twice: stop it on {from}, then start it on {to}.")
                }
                false => format!("It keeps nothing: start it on {to}, then let {from} go."),
            };
            steps.push(Step::new(what, commands));
            return;
        };
        let what = format!("Stop it on {from}: from here on it is down, and nothing changes in {state}.");
        steps.push(Step::new(what, self.systemctl(from, "stop")));
        if !prepared {
            let what = format!(
                "Deploy {to}, so that its account and its unit are there. It starts with nothing, which the copy replaces."
            );
            steps.push(Step::new(what, [deploy(to)]));
        }
        steps.push(Step::new(format!("Stop it on {to}."), self.systemctl(to, "stop")));
        let what = format!(
            "Copy {state}; accounts are matched by name. Where a backup is recent enough, restore that there instead."
        );
        steps.push(Step::new(what, self.copy(state)));
        steps.push(match prepared {
            true => Step::new(format!("Deploy {to}, which starts it there from now on."), [deploy(to)]),
            false => Step::new(format!("Start it on {to}."), self.systemctl(to, "start")),
        });
        steps.push(Step::new("See that it works.".to_owned(), self.systemctl(to, "status --no-pager")));
        let what = format!("Deploy {from}, which no longer starts it. {state} stays there until you delete it.");
        steps.push(Step::new(what, [deploy(from)]));
    }

    fn back(&self, changed: &[String]) -> Vec<Step> {
        let Self { from, to, state, .. } = self;
        let stop = if state.is_some() || self.singleton { self.systemctl(to, "stop") } else { Vec::new() };
        let undo = format!("git checkout HEAD~1 -- generated {}", changed.join(" "));
        let commands: Vec<_> = stop.into_iter().chain([undo, deploy(from), deploy(to)]).collect();
        let what = match state {
            Some(state) => format!(
                "{from} still has {state} as it was when it stopped there; copy it back first if what is new on {to} matters."
            ),
            None => "It keeps nothing.".to_owned(),
        };
        vec![Step { what, commands }]
    }

    /// Does something to the units of the service on a host.
    fn systemctl(&self, host: &HostName, verb: &str) -> Vec<String> {
        if self.units.is_empty() {
            return vec![format!("# its kind names no units: do it by hand on {host} ({verb})")];
        }
        let access = &self.entries.hosts[host].deploy;
        let command = format!("{}systemctl {verb} {}", root(access), self.units.join(" "));
        vec![format!("{} {}", ssh(access), quoted(&command))]
    }

    /// Replaces what is on one host by what is on the other; nothing but tar is needed there.
    fn copy(&self, state: &AbsolutePath) -> Vec<String> {
        let (from, to) = (&self.entries.hosts[self.from].deploy, &self.entries.hosts[self.to].deploy);
        let path = quoted(state.as_str());
        let empty = format!("{0}mkdir -p {path} && {0}find {path} -mindepth 1 -delete", root(to));
        let read = quoted(&format!("{}tar -C {path} -cpf - .", root(from)));
        let write = quoted(&format!("{}tar -C {path} -xpf -", root(to)));
        vec![format!("{} {}", ssh(to), quoted(&empty)), format!("{} {read} | {} {write}", ssh(from), ssh(to))]
    }
}

impl Step {
    fn new(what: String, commands: impl IntoIterator<Item = String>) -> Self {
        Self { what, commands: commands.into_iter().collect() }
    }
}

fn deploy(host: &HostName) -> String {
    format!("deploy .#{host}")
}

/// How deploy-rs reaches a host.
fn ssh(access: &DeployEntry) -> String {
    let mut words = vec!["ssh".to_owned()];
    words.extend(access.port.map(|port| format!("-p {}", port.0)));
    words.extend(access.jump.as_ref().map(|jump| format!("-J {}", quoted(jump.as_str()))));
    words.extend(access.ssh_opts.iter().map(|option| quoted(option.as_str())));
    words.push(quoted(&format!("{}@{}", access.ssh_user, access.hostname)));
    words.join(" ")
}

fn root(access: &DeployEntry) -> &'static str {
    if access.ssh_user.as_str() == "root" { "" } else { "sudo " }
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// The paths of a service that lie on a mount of one host, where the other has none of that place; with the mount.
pub fn volumes_missing(
    entries: &Entries,
    service: &ServiceName,
    from: &HostName,
    to: &HostName,
) -> Vec<(String, AbsolutePath)> {
    let (Some(old), Some(new)) = (&entries.hosts[from].machine, &entries.hosts[to].machine) else { return Vec::new() };
    // What a hand-written file mounts, nobody knows.
    if new.filesystems.is_empty() {
        return Vec::new();
    }
    let entry = &entries.services[service];
    let mut paths: Vec<String> = entry.state.iter().map(|state| state.as_str().to_owned()).collect();
    entry.settings.values().for_each(|value| texts(value, &mut paths));
    paths.sort();
    paths.dedup();
    let mount = |path: &str| {
        let below = |place: &str| path == place || path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'));
        old.filesystems.keys().find(|place| place.as_str() != "/" && below(place.as_str()))
    };
    let missing = paths.iter().filter_map(|path| Some((path.clone(), mount(path)?.clone())));
    missing.filter(|(_, place)| !new.filesystems.contains_key(place)).collect()
}

/// The absolute paths in a setting.
fn texts(value: &Value, paths: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with('/') => paths.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, paths)),
        Value::Object(map) => map.values().for_each(|value| texts(value, paths)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(quoted("/var/lib/x"), "/var/lib/x");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
