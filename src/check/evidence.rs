//! What rules look at beside the fleet: the files, the templates, and what the bodies of kinds set.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::kind::Kind;
use crate::model::Fleet;
use crate::nix::{Outline, Templates, outline};
use crate::source::Sources;
use crate::value::KindName;

/// Everything beside the fleet.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The files of the fleet directory, git's index, the date.
    pub sources: &'a Sources,
    /// The templates that files are made from.
    pub templates: &'a Templates,
    /// What the bodies of kinds set: of those in use, and of the fleet's own.
    outlines: BTreeMap<&'a KindName, Outline>,
}

impl<'a> Evidence<'a> {
    /// Reads the bodies of kinds.
    pub fn new(fleet: &'a Fleet, sources: &'a Sources, templates: &'a Templates) -> Self {
        let used: BTreeSet<_> = fleet.services.values().map(|service| &service.kind).collect();
        let built_in = used.into_iter().filter_map(|name| fleet.kinds.get(name)).filter(|kind| !kind.own);
        let kinds: Vec<_> = fleet.kinds.own().chain(built_in).collect();
        let body = |kind: &'a Kind| (&kind.name, outline(&sources.file(kind.file).text));
        Self { sources, templates, outlines: kinds.into_par_iter().map(body).collect() }
    }

    /// What the body of a kind sets; none of a kind of Cistern's that is not in use.
    pub fn outline(&self, kind: &KindName) -> Option<&Outline> {
        self.outlines.get(kind)
    }
}
