//! Sites, and the files that layers name.

use std::collections::BTreeMap;

use super::Lower;
use crate::diag::{Diagnostic, Faults, codes};
use crate::load::decode::At;
use crate::model::definition::Layer;
use crate::model::fleet::Site;
use crate::source::Span;
use crate::value::{FleetPath, HardwareChoice, ModuleRef, SiteName};

impl Lower<'_> {
    pub(super) fn sites(&self, faults: &mut Faults) -> BTreeMap<SiteName, Site> {
        let mut sites = BTreeMap::new();
        for (name, site) in self.def.sites.iter().flat_map(|sites| &sites.entries) {
            let (span, def) = (site.key, &site.value);
            let mut poisoned = def.poisoned;
            let dhcp_range = match def.dhcp_range.as_deref() {
                None => None,
                Some([first, last]) if first.value <= last.value => Some((*first, *last)),
                Some(range) => {
                    let place = range.first().map_or(span, |at| at.span);
                    faults.push(
                        Diagnostic::new(codes::BAD_VALUE, "`dhcp_range` is not a range")
                            .at(place, "expected the first and the last address")
                            .help("write `dhcp_range: [192.168.1.100, 192.168.1.199]`"),
                    );
                    poisoned = true;
                    None
                }
            };
            let dns = def.dns.iter().flatten().copied().collect();
            let region = def.region.as_ref().map(|at| at.value.clone());
            sites.insert(
                name.clone(),
                Site { span, region, subnet: def.subnet, gateway: def.gateway, dns, dhcp_range, poisoned },
            );
        }
        sites
    }

    /// Reports modules and hardware files that layers name and that do not exist.
    pub(super) fn layer_files(&self, faults: &mut Faults) {
        let def = self.def;
        let layers = def
            .defaults
            .iter()
            .chain(def.sites.iter().flat_map(|s| s.entries.values()).map(|s| &s.value.layer))
            .chain(def.profiles.iter().flat_map(|p| p.entries.values()).map(|p| &p.value.layer))
            .chain(def.groups.iter().flat_map(|g| g.entries.values()).map(|g| &g.value.layer))
            .chain(def.hosts.iter().flat_map(|h| h.entries.values()).map(|h| &h.value.layer));
        for layer in layers {
            self.files_of(layer, faults);
        }
    }

    fn files_of(&self, layer: &Layer, faults: &mut Faults) {
        for At { value, span } in layer.modules.iter().flat_map(|modules| &modules.0) {
            if let ModuleRef::File(path) = value {
                self.file_exists(path, *span, faults);
            }
        }
        if let Some(At { value: HardwareChoice::File(path), span }) = &layer.hardware {
            self.file_exists(path, *span, faults);
        }
    }

    /// Reports a file that does not exist; a directory with a `default.nix` counts as one.
    pub(super) fn file_exists(&self, path: &FleetPath, span: Span, faults: &mut Faults) -> bool {
        let (paths, links) = (&self.sources.paths, &self.sources.links);
        let found = paths.contains(&*path.0) || paths.contains(&format!("{}/default.nix", path.0));
        let link =
            links.iter().find(|link| path.0.strip_prefix(&***link).is_some_and(|r| r.is_empty() || r.starts_with('/')));
        if let Some(link) = link.filter(|_| !found) {
            faults.push(
                Diagnostic::new(
                    codes::LINK_LEAVES,
                    format!("`./{link}` is a link that leaves the fleet directory, or leads nowhere"),
                )
                .at(span, "named here")
                .help("copy what it leads to: a flake sees nothing outside of its directory"),
            );
        } else if !found {
            let stem = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
            let near = paths.iter().find(|other| stem(other) == stem(&path.0));
            let diagnostic = Diagnostic::new(codes::NO_FILE, format!("`./{}` does not exist", path.0))
                .at(span, "no such file in the fleet directory");
            faults.push(match near {
                Some(near) => diagnostic.help(format!("there is `./{near}`")),
                None => diagnostic.help("paths are relative to the fleet directory"),
            });
        }
        found
    }
}
