//! Mistakes in examples/company.

use super::{Mutation, row};

const FLEET: &str = "fleet.yaml";
const KIND: &str = "templates/services/restic-server.nix.j2";

pub(super) const MUTATIONS: &[Mutation] = &[
    row("a host's file is empty", "hosts/app-2.yaml", "", "⟦⟧", "C008"),
    row("a host stands in two places", "hosts/hypervisor.yaml", "", "address: 10.30.0.5⟦⟧\n", "C011"),
    row(
        "a value is tagged for another program",
        "hosts/app-1.yaml",
        "site: frankfurt",
        "site: ⟦!ref⟧ frankfurt",
        "C013",
    ),
    row(
        "two groups set one key",
        FLEET,
        "  production: { selector: \"environment=production\", deploy: { confirm_timeout: 60 } }",
        "  production: { selector: \"environment=production\", deploy: { confirm_timeout: 60, activation_timeout: ⟦300⟧ } }",
        "C033",
    ),
    row(
        "a timeout does not fit",
        FLEET,
        "deploy: { confirm_timeout: 30 }",
        "deploy: { confirm_timeout: ⟦70000⟧ }",
        "C022",
    ),
    row(
        "a BIOS machine has lost its facts",
        "facts/lab-1.json",
        "",
        "⟦⟧{\"version\":1,\"system\":\"x86_64-linux\",\"hardware\":{}}",
        "C062",
    ),
    row(
        "an admin has a key that age cannot use",
        FLEET,
        "      age_keys: [age12lafstkhtrkgfr2d72ww8we9tr8kp22ry5kyqy0enpu6aasnxs6qhzspvs]\n",
        "⟦⟧",
        "C072",
    ),
    row(
        "an age key has lost its end",
        FLEET,
        "age12lafstkhtrkgfr2d72ww8we9tr8kp22ry5kyqy0enpu6aasnxs6qhzspvs",
        "⟦age12lafstkhtrkgfr2d72ww8we9tr8⟧",
        "C071",
    ),
    row(
        "an image is not pinned",
        FLEET,
        "registry.example.org/wiki:2.5@sha256:6f8619cab3c2aeb8a68033b75ca5c6438756a3f13c955692188bff114552032c",
        "⟦registry.example.org/wiki:latest⟧",
        "C083",
    ),
    row(
        "a digest was cut off",
        FLEET,
        "6f8619cab3c2aeb8a68033b75ca5c6438756a3f13c955692188bff114552032c",
        "⟦6f8619cab3c2⟧",
        "C083",
    ),
    row(
        "a NixOS service is given an image",
        FLEET,
        "    kind: nginx\n    placement: { hosts: [edge-staging] }",
        "    kind: nginx\n    image: ⟦docker.io/library/nginx@sha256:6f8619cab3c2aeb8a68033b75ca5c6438756a3f13c955692188bff114552032c⟧\n    placement: { hosts: [edge-staging] }",
        "C083",
    ),
    row(
        "a cluster has too few members",
        KIND,
        "user: restic\n",
        "quorum: { at_least: 3, odd: true }\nuser: restic⟦⟧\n",
        "C084",
    ),
    row(
        "two databases meet on one host",
        FLEET,
        "    placement: { hosts: [db-2] }",
        "    placement: ⟦⟧{ hosts: [db-1] }",
        "C086",
    ),
    row(
        "a secret's path is taken",
        FLEET,
        "  wiki-env: {}",
        "  ⟦wiki-env⟧: { path: /srv/shares/restic/.htpasswd, hosts: files }",
        "C093",
    ),
    row(
        "a secret is given in a list",
        FLEET,
        "secret_key: { secret: grafana-key }",
        "secret_key: ⟦[grafana-key]⟧",
        "C082",
    ),
    row("an operator shares deploy-rs' account", FLEET, "      account: thomas", "      account: ⟦⟧deploy", "C022"),
    row(
        "a jump host is mistyped as a list",
        FLEET,
        "    dns: [10.20.0.1]\n    deploy: { jump: deploy@bastion.example.org }",
        "    dns: [10.20.0.1]\n    deploy: { jump: ⟦[bastion.example.org]⟧ }",
        "C021",
    ),
    row("a kind's front matter is mistyped", KIND, "summary:", "⟦sumary⟧:", "C020"),
    row(
        "a hole stands in a string",
        KIND,
        "lib.mkOverride 900 {{ state }}",
        "lib.mkOverride 900 \"{{ ⟦state⟧ }}\"",
        "C111",
    ),
];
