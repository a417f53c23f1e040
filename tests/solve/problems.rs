//! Problems by chance.

use std::collections::BTreeSet;

use cistern::solve::{Amounts, Demand, GOODS, Host, Problem, Spread};
use proptest::prelude::*;

use crate::SITES;

pub(crate) fn host() -> impl Strategy<Value = Host> {
    let capacity = prop::option::weighted(0.8, (2_u64..9, 1_u64..5, 0_u64..5));
    let site = prop::option::weighted(0.95, 0..3_usize);
    let has = (capacity, prop::bool::weighted(0.7));
    (site, has, prop::bool::weighted(0.2), prop::bool::weighted(0.95), 0..3_usize).prop_map(
        |(site, (capacity, gpu), arm, accepting, rack)| Host {
            site: site.map(|site| SITES[site].to_owned()),
            labels: [("rack".to_owned(), format!("r{rack}"))].into(),
            system: Some(if arm { "aarch64-linux" } else { "x86_64-linux" }.to_owned()),
            capacity: capacity.map(|(memory, cpus, disk)| Amounts { memory, cpus: cpus * 100, disk }),
            gpu,
            accepting,
            ports: BTreeSet::from([(22, false)]),
            ..Host::default()
        },
    )
}

fn demand(hosts: usize, demands: usize) -> impl Strategy<Value = Demand> {
    let ways = prop_oneof![
        4 => Just(Spread::Site),
        4 => Just(Spread::Label("rack".to_owned())),
        1 => Just(Spread::Host),
    ];
    let spread = prop::option::weighted(0.4, ways);
    let standbys = prop::bool::weighted(0.25).prop_map(usize::from);
    let promised = prop::collection::btree_set(prop::sample::select(GOODS.to_vec()), 0..3);
    let promised = prop_oneof![6 => Just(BTreeSet::new()), 4 => promised];
    let takes = (0..4_u64, prop::sample::select(vec![25_u64, 50, 150]), 0..3_u64);
    let gpu = prop_oneof![8 => Just((false, false)), 1 => Just((true, false)), 1 => Just((true, true))];
    let sizes = (1_usize..3, standbys, takes, promised, (prop::bool::weighted(0.1), gpu));
    let avoid = prop::collection::btree_set(0..demands, 0..2);
    let neighbours = (avoid, prop::option::weighted(0.3, 0..demands));
    let kinds = (prop::bool::weighted(0.2), 0..4_u16, 0..2_usize);
    let held = (
        prop::collection::vec(0..hosts, 0..3),
        prop::collection::vec(0..hosts, 0..2),
        prop::collection::btree_set(0..hosts, 0..2),
        0..2_usize,
    );
    let candidates = prop::collection::btree_set(0..hosts, hosts.div_ceil(2)..=hosts);
    (candidates, sizes, spread, neighbours, kinds, held).prop_map(
        |(
            candidates,
            (replicas, standbys, (memory, cpus, disk), promised, (x86, (gpu, gpu_promised))),
            spread,
            (avoid, near),
            (fixed, port, kind),
            (held, held_standbys, kept, gone),
        )| {
            let candidates: Vec<usize> = candidates.into_iter().collect();
            let mut demand = Demand {
                kind: format!("kind-{kind}"),
                takes: Amounts { memory, cpus, disk },
                promised,
                gpu,
                gpu_promised,
                systems: if x86 { vec!["x86_64-linux".to_owned()] } else { Vec::new() },
                ports: BTreeSet::from([(8000 + port, false)]),
                most_of_kind: (kind == 1).then_some(2),
                avoid,
                near,
                ..Demand::default()
            };
            if fixed {
                demand.fixed = candidates.into_iter().take(1).collect();
                demand.replicas = demand.fixed.len();
            } else {
                (demand.candidates, demand.replicas, demand.standbys) = (candidates, replicas, standbys);
                (demand.held, demand.held_standbys, demand.gone) = (held, held_standbys, gone);
                (demand.spread, demand.kept) = (spread, kept);
            }
            demand
        },
    )
}

/// A fleet of so many hosts and demands at most; neighbours lead to those before.
pub(crate) fn problem(hosts: usize, demands: usize) -> impl Strategy<Value = Problem> {
    (1..=hosts, 1..=demands).prop_flat_map(|(hosts, demands)| {
        let hosts_of = prop::collection::vec(host(), hosts);
        (hosts_of, prop::collection::vec(demand(hosts, demands), demands)).prop_map(|(mut hosts, mut demands)| {
            for (at, host) in hosts.iter_mut().enumerate() {
                host.name = format!("host-{at}");
            }
            for (at, demand) in demands.iter_mut().enumerate() {
                demand.name = format!("service-{at}");
                demand.avoid.remove(&at);
                demand.near = demand.near.filter(|near| *near < at && !demand.avoid.contains(near));
            }
            Problem { hosts, demands }
        })
    })
}
