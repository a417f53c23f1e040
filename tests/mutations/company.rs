//! Mistakes in examples/company, whose hosts are files of their own.

use crate::{Mutation, edit, put, remove};

const FLEET: &str = "fleet.yaml";
const RESTIC: &str = "templates/services/restic-server.nix.j2";

#[rustfmt::skip]
pub(crate) fn mutations() -> Vec<Mutation> {
    vec![
        // Files.
        remove("a host's file that is gone", "C030", "hosts/cache-2.yaml").at(FLEET, "cache-2"),
        put("a host's file that is empty", "C008", "hosts/wiki.yaml", ""),
        put("a host in two places", "C011", "hosts/gateway.yaml", "managed: scrape\naddress: 10.30.0.1\n").at(FLEET, "«gateway»: {"),
        edit("a host's file with the name on top", "C020", "hosts/print.yaml", "address: 10.30.0.12\n", "«print»:\n  address: 10.30.0.12\n"),
        edit("a syntax error in one file", "C004", "hosts/db-2.yaml", "labels: { environment: production }", "labels: { environment: production").at("hosts/db-2.yaml", "environment: production\n«»"),
        // Layers and groups.
        edit("a profile that extends nothing", "C030", FLEET, "web: { extends: vm,", "web: { extends: «vms»,"),
        edit("a profile that extends itself", "C032", FLEET, "app: { extends: vm,", "app: { extends: «app»,"),
        edit("two groups that disagree", "C033", FLEET, "    priority: 10\n", "").at(FLEET, "activation_timeout: «600»"),
        edit("a group of nobody", "C031", FLEET, "staging: { selector: \"environment=staging\"", "staging: { selector: «\"environment=stage\"»"),
        edit("a group of a host with a typo", "C030", FLEET, "arm: { hosts: [edge-2]", "arm: { hosts: [«edge-3»]"),
        // Hosts.
        edit("an address of another site", "C050", "hosts/db-1.yaml", "10.20.0.21", "«10.30.0.21»"),
        edit("an address of another host", "C051", "hosts/db-2.yaml", "10.20.0.22", "«10.20.0.21»"),
        edit("an address of the office's DHCP range", "C052", "hosts/print.yaml", "10.30.0.12", "«10.30.0.112»"),
        edit("swapped addresses of two sites", "C050", "hosts/edge-1.yaml", "10.10.0.11", "«10.20.0.11»"),
        edit("a state version of no release", "C022", "hosts/files.yaml", "\"25.05\"", "«\"25.5\"»"),
        edit("a state version of a profile", "C020", FLEET, "    system: x86_64-linux\n", "    system: x86_64-linux\n    «state_version»: \"25.11\"\n"),
        edit("an interface that is not named", "C053", FLEET, "    network: { mode: static, interface: ens18 }\n", "    network: { mode: static }\n").at("hosts/app-1.yaml", ""),
        edit("two mounts in one place", "C066", "hosts/files.yaml", "mount: /srv/shares", "mount: «/boot»"),
        edit("filesystems of a hand-written host", "C025", "hosts/archive.yaml", "profiles: [base]\n", "profiles: [base]\nfilesystems: { /: { device: «/dev/sda1», fs_type: zfs } }\n"),
        edit("a host key of a type that age cannot use", "C090", "hosts/wiki.yaml", "host_key: ", "host_key: «ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBC946BCdv9nt8KFQV0o6vZP5Ur/9Y4ZdC96PMgfdb51jsTQkQxmsQ+fN79c3gTof+dhWHC9pVAi93qhLPDkuYIU=» # "),
        edit("an administrator without a key for age", "C072", FLEET, "      age_keys: [age12lafstkhtrkgfr2d72ww8we9tr8kp22ry5kyqy0enpu6aasnxs6qhzspvs]\n", "").at(FLEET, "«jonas»:\n"),
        edit("an age key that lost a letter", "C071", FLEET, "[age12lafstkhtrkgfr2d72ww8we9tr8kp22ry5kyqy0enpu6aasnxs6qhzspvs]", "[«age12lafstkhtrkgfr2d72ww8we9tr8kp22ry5kyqy0enpu6aasnxs6qhzspv»]"),
        edit("a label with a dot", "C024", "hosts/cache-1.yaml", "rack: r1", "«rack.row»: r1"),
        // Services.
        edit("an image without its digest", "C083", FLEET, "registry.example.org/wiki:2.5@sha256:6f8619cab3c2aeb8a68033b75ca5c6438756a3f13c955692188bff114552032c", "«registry.example.org/wiki:2.5»"),
        edit("a digest that lost a letter", "C083", FLEET, "registry.example.org/wiki:2.5@sha256:6f8619cab3c2aeb8a68033b75ca5c6438756a3f13c955692188bff114552032c", "«registry.example.org/wiki:2.5@sha256:6f8619cab3c2aeb8a68033b75ca5c6438756a3f13c955692188bff114552032»"),
        edit("an image for a kind", "C083", FLEET, "    kind: redis\n", "    kind: redis\n    image: «registry.example.org/shop:4.11.2@sha256:98558eb4c11abccd275aeff54ceaae4b1d5f8554a153c857857146258df92947»\n"),
        edit("a fixed directory", "C080", FLEET, "    settings: { version: 17, databases: [reports] }", "    state: { path: «/srv/reports» }\n    settings: { version: 17, databases: [reports] }"),
        edit("a setting that must be there", "C082", FLEET, "      secret_key: { secret: grafana-key }\n", "").at(FLEET, "«grafana»:\n"),
        edit("a version that is too old", "C082", FLEET, "    settings: { version: 17, databases: [reports] }", "    settings: { version: «9», databases: [reports] }"),
        edit("a word that is none of a setting's", "C082", FLEET, "eviction: allkeys-lru", "eviction: «allkeys-lur»"),
        edit("two listeners of a host", "C085", FLEET, "    state: { path: /srv/shares/restic }\n", "    ports: { http: 9100 }\n    state: { path: /srv/shares/restic }\n").at(FLEET, "exporters: { «node»: {} }\n  # The guests"),
        edit("a service on a router", "C025", FLEET, "    placement: { hosts: [files] }", "    placement: { hosts: [«gateway»] }"),
        // Secrets.
        edit("a secret for nobody", "C092", FLEET, "  tape-key: { hosts: archive }\n", "  «tape-key»: {}\n"),
        edit("a secret for a service with a typo", "C030", FLEET, "restic-accounts: { services: [backups]", "restic-accounts: { services: [«backup»]"),
        edit("two secrets in one place", "C093", FLEET, "  wiki-env: {}\n", "  «wiki-env»: { path: /run/agenix/tape }\n  tape-2: { hosts: wiki, path: /run/agenix/tape }\n"),
        // The fleet's own kind.
        edit("a template without a version", "C023", RESTIC, "version: 1\n", "").at(RESTIC, ""),
        edit("a key of the front matter with a typo", "C020", RESTIC, "summary:", "«sumary»:"),
        edit("metrics of a port that is not there", "C081", RESTIC, "metrics: { port: http }", "metrics: { port: «https» }"),
        edit("a hole in a string", "C111", RESTIC, "dataDir = lib.mkOverride 900 {{ state }};", "dataDir = lib.mkOverride 900 \"{{ «state» }}\";"),
        edit("a statement that is not closed", "C110", RESTIC, "  services.restic.server = {", "  {% if state %}\n  services.restic.server = {").at(RESTIC, "];\n}\n«»"),
    ]
}
