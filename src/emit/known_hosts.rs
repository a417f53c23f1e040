//! `ssh_known_hosts`: every host's key, for whoever deploys.

use super::Context;
use super::header::hash;
use super::render::Output;

pub(super) fn emit(context: &Context<'_>) -> Vec<Output> {
    let entries = context.entries();
    let mut body = String::new();
    for (name, entry) in &entries.hosts {
        let Some(key) = &entry.host_key else { continue };
        let mut names = entry.names(name, &entries.domain);
        let reached = entry.deploy.hostname.to_string();
        if !names.contains(&reached) {
            names.push(reached);
        }
        // ssh writes a name with another port as `[name]:port`, and looks for that form only.
        if let Some(port) = entry.deploy.port {
            names = names.iter().map(|name| format!("[{name}]:{port}")).collect();
        }
        body.push_str(&format!("{} {}\n", names.join(","), key.0));
    }
    let inputs = hash(body.as_bytes());
    vec![context.headed("ssh_known_hosts".to_owned(), "hosts", &inputs, || Ok(body))]
}
