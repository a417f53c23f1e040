//! The command that deploys a change: exactly the hosts that it concerns.

use super::report::Report;

/// The most hosts that are named in a command for people.
const NAMED: usize = 40;

/// The flake references of the nodes to deploy, as `deploy --targets` takes them.
pub(super) fn targets(report: &Report<'_>) -> Vec<String> {
    report.deploys().into_iter().map(|host| format!(".#{host}")).collect()
}

/// The whole command; nothing when no host has to be deployed. `-s` leaves out the checks of deploy-rs: `cistern check`
/// and `nix flake check` were ours.
pub(super) fn command(report: &Report<'_>) -> Option<String> {
    let targets = targets(report);
    match targets.as_slice() {
        [] => None,
        [one] => Some(format!("deploy -s {one}")),
        all if all.len() == report.nodes().count() => Some("deploy -s .".to_owned()),
        some if some.len() <= NAMED => Some(format!("deploy -s --targets {}", some.join(" "))),
        some => Some(format!(
            "deploy -s --targets $(cistern diff --format json | jq -r '.deploy.targets[]') # {} hosts",
            some.len()
        )),
    }
}
