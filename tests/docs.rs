//! Documents that are made from tables: `docs/rules/` from the codes, `docs/definition.md` from the schema,
//! `docs/catalog.md` from the kinds.
//!
//! `CISTERN_BLESS=1` writes them. And what is written by hand: the YAML in `docs/language.md` is of the language.

#![expect(clippy::disallowed_methods, reason = "compares documents with what they are made from")]

#[path = "docs/alerts.rs"]
mod alerts;
#[path = "docs/definition.rs"]
mod definition;
#[path = "docs/page.rs"]
mod page;
#[path = "docs/rules.rs"]
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use cistern::diag::{Faults, Renderer};
use cistern::load;
use cistern::load::decode::Decode;
use cistern::model::definition::FleetDef;
use cistern::source::Sources;

#[test]
fn every_code_has_its_page() {
    hold("docs/rules", rules::pages());
}

#[test]
fn every_key_has_its_row() {
    let name = "definition.md".to_owned();
    let text = definition::page();
    for (at, link) in text.match_indices("](#") {
        let target = text[at + link.len()..].split_once(')').expect("a link ends").0;
        let found = text.lines().any(|line| line.starts_with('#') && page::anchor(line) == target);
        assert!(found, "the link to #{target} leads nowhere");
    }
    hold_file("docs", &name, &text).unwrap_or_else(|fault| panic!("{fault}"));
}

/// What stands before the kinds in their catalogue.
const CATALOG: &str = "What a service can be without anybody writing a NixOS module. `cistern catalog list`, `show KIND` and `search WORDS` say the
same on the command line, with the fleet's own kinds among them; how a kind is written stands in [kinds.md](kinds.md).

Below each kind stands what to add to `fleet.yaml` for it. `nixpkgs` in the last column means that NixOS' own module runs it;
`container`, that podman runs an image, whose digest `cistern service pin` finds ([pinning.md](pinning.md)). A kind that names
no release works with every one that Cistern supports.

What people run beside these and what takes its place here:

| for | here |
|---|---|
| containers that make directories and accounts for others | `StateDirectory` and accounts of the kinds |
| what writes the configuration of a proxy from labels, or asks Docker's socket for it | [`ingress`](ingress.md), from the definition |
| what updates images by itself | digests, which `cistern service pin` renews for review |
| web pages that show and start containers | `cistern status`, the logs in Loki, [dashboards](dashboards.md) |
| probes made from labels | [monitoring](monitoring.md), from the health checks |
| a tunnel that only some containers use | `cloudflare-warp`, WireGuard |
| mounts of providers of storage | `rclone-mount` |
| programs of your own, and those whose image nobody publishes, such as updaters of models and managers of sessions | a service with `image`, of the kind `container`; or a kind of your own |

";

#[test]
fn every_kind_has_its_section() {
    let (mut sources, mut faults) = (Sources::default(), Faults::default());
    cistern::kind::add_built_in(&mut sources);
    let kinds = cistern::kind::Kinds::read(&sources, &mut faults);
    assert!(faults.is_empty(), "{}", Renderer::new(&sources, false).all(&faults));
    let head =
        format!("# The catalogue of kinds\n\n{}\n{CATALOG}", page::made_from("the kinds in `templates/services/`"));
    let text = head + &cistern::catalog::markdown(&cistern::catalog::catalog(&kinds));
    for kind in kinds.names() {
        assert_eq!(text.lines().filter(|line| *line == format!("### {kind}")).count(), 1, "{kind}");
    }
    for (at, link) in text.match_indices("](#") {
        let target = text[at + link.len()..].split_once(')').expect("a link ends").0;
        let found = text.lines().any(|line| line.starts_with('#') && page::anchor(line) == target);
        assert!(found, "the link to #{target} leads nowhere");
    }
    hold_file("docs", "catalog.md", &text).unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn every_alert_has_its_row_and_its_page() {
    let text = fs::read_to_string(repository().join("docs/alerts.md")).expect("it is there");
    let name = "alerts.md".to_owned();
    hold_file("docs", &name, &alerts::with_tables(&text)).unwrap_or_else(|fault| panic!("{fault}"));
    let pages = fs::read_dir(repository().join("docs/runbooks")).expect("it is there");
    let pages: BTreeSet<String> =
        pages.map(|page| page.expect("it can be read").file_name().into_string().expect("a plain name")).collect();
    let wanted: BTreeSet<String> = cistern::alerts::all_and_logs().map(|alert| format!("{}.md", alert.name)).collect();
    assert_eq!(pages, wanted);
    for alert in cistern::alerts::all_and_logs() {
        for part in ["## Causes", "## Look at", "## Remedy", "## Threshold"] {
            assert!(alert.runbook.contains(part), "{} has no part {part}", alert.name);
        }
    }
}

#[test]
fn yaml_in_documents_is_of_the_language() {
    let mut blocks = 0;
    for document in ["README.md", "docs/alerts.md", "docs/language.md", "docs/secrets.md"] {
        let text = fs::read_to_string(repository().join(document)).expect("it is there");
        for block in text.split("```yaml\n").skip(1).map(|rest| rest.split_once("```").expect("a block ends").0) {
            let mut sources = Sources::default();
            let id = sources.add(document, block);
            let mut faults = Faults::default();
            let node = load::parse(id, sources.file(id), &mut faults);
            node.and_then(|node| FleetDef::decode(&node, &mut faults));
            assert!(faults.is_empty(), "{document}:\n{block}\n{}", Renderer::new(&sources, false).all(&faults));
            blocks += 1;
        }
    }
    assert!(blocks > 8, "{blocks} only");
}

/// Compares a directory with the files that it should hold, or writes them.
fn hold(directory: &str, pages: BTreeMap<String, String>) {
    let mut faults: Vec<String> =
        pages.iter().filter_map(|(name, text)| hold_file(directory, name, text).err()).collect();
    for entry in fs::read_dir(repository().join(directory)).expect("it is there") {
        let name = entry.expect("it can be read").file_name().into_string().expect("a plain name");
        if !pages.contains_key(&name) {
            if blessed() {
                fs::remove_file(repository().join(directory).join(&name)).expect("the repository can be written");
            } else {
                faults.push(format!("{directory}/{name} is made from nothing"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn hold_file(directory: &str, name: &str, text: &str) -> Result<(), String> {
    let file = repository().join(directory).join(name);
    if blessed() {
        fs::create_dir_all(repository().join(directory)).expect("the repository can be written");
        fs::write(&file, text).expect("the repository can be written");
    }
    let present = fs::read_to_string(&file).unwrap_or_default();
    if present == text {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(present.as_str(), text);
    let diff = diff.unified_diff().context_radius(1).header("is", "should be").to_string();
    Err(format!("{directory}/{name} is stale; `CISTERN_BLESS=1 cargo test --test docs` writes it\n{diff}"))
}

fn blessed() -> bool {
    env::var_os("CISTERN_BLESS").is_some_and(|value| value == "1")
}

/// The names of the directories in a directory of the repository, sorted.
fn directories(of: &str) -> Vec<String> {
    let entries = fs::read_dir(repository().join(of)).expect("it is there").map(|entry| entry.expect("it can be read"));
    let directories = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> =
        directories.map(|entry| entry.file_name().into_string().expect("a plain name")).collect();
    names.sort();
    names
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
