//! `cistern graph`: a picture of the fleet, and of what is affected when something is down.

use std::collections::BTreeSet;
use std::io;

use clap::{Args, ValueEnum};

use super::{Common, Outcome, Terminal, planned, selection};
use crate::diag::nearest;
use crate::graph::{self, Down};
use crate::place::Entries;
use crate::value::HostName;

#[derive(Args)]
pub(super) struct Options {
    /// Which hosts; all of them without it.
    selector: Option<String>,
    /// In which language.
    #[arg(long, value_enum, default_value_t = Format::Svg)]
    format: Format,
    /// Draw who watches whom, too.
    #[arg(long)]
    monitoring: bool,
    /// Mark what is affected when this host or service is down; `host:NAME` or `service:NAME` where both are called so.
    #[arg(long, value_name = "HOST|SERVICE")]
    impact: Option<String>,
}

/// The language of a picture.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For Graphviz.
    Dot,
    /// For Markdown, as a flowchart.
    Mermaid,
    /// For browsers: laid out, and complete in itself.
    Svg,
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let Some(plan) = planned(common, terminal, "nothing was drawn")? else { return Ok(Outcome::Wrong) };
    let entries = plan.entries();
    let chosen: Option<BTreeSet<HostName>> = match &options.selector {
        None => Some(entries.hosts.keys().cloned().collect()),
        Some(selector) => selection::of_plan(selector, entries, terminal),
    };
    let Some(hosts) = chosen else { return Ok(Outcome::Wrong) };
    let mut graph = graph::graph(entries, &hosts, options.monitoring);
    if let Some(word) = &options.impact {
        let down = match down(word, entries) {
            Ok(down) => down,
            Err(why) => return Ok(terminal.wrong(&why)),
        };
        graph.impact = Some(graph::impact(entries, plan.kinds(), down));
    }
    terminal.print(&match options.format {
        Format::Dot => graph::dot(&graph),
        Format::Mermaid => graph::mermaid(&graph),
        Format::Svg => graph::svg(&graph),
    })?;
    match &graph.impact {
        Some(impact) => terminal.say("Drew", &graph::summary(impact)),
        None => terminal.say("Drew", &graph.counts()),
    }
    Ok(Outcome::Fine)
}

/// The host or the service that a word names.
fn down(word: &str, entries: &Entries) -> Result<Down, String> {
    let (sort, name) = match word.split_once(':') {
        Some((sort @ ("host" | "service"), name)) => (Some(sort), name),
        _ => (None, word),
    };
    let host = entries.hosts.keys().find(|host| host.as_str() == name).filter(|_| sort != Some("service"));
    let service = entries.services.keys().find(|service| service.as_str() == name).filter(|_| sort != Some("host"));
    match (host, service) {
        (Some(_), Some(_)) => {
            Err(format!("both a host and a service are called `{name}`: write `host:{name}` or `service:{name}`"))
        }
        (Some(host), None) => Ok(Down::Host(host.clone())),
        (None, Some(service)) => Ok(Down::Service(service.clone())),
        (None, None) => {
            let hosts = entries.hosts.keys().map(|host| host.as_str()).filter(|_| sort != Some("service"));
            let services = entries.services.keys().map(|name| name.as_str()).filter(|_| sort != Some("host"));
            let near = nearest(name, hosts.chain(services)).map(|near| format!("; the nearest is `{near}`"));
            let what = sort.unwrap_or("host or service");
            Err(format!("no {what} is called `{name}`{}", near.unwrap_or_default()))
        }
    }
}
