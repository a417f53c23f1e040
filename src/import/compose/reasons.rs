//! Why keys of Compose have no counterpart, and what to do.

/// A key of a service: why it is not carried over, and what to do.
const OF_SERVICE: &[(&[&str], &str, &str)] = &[
    (
        &["build", "dockerfile_inline"],
        "Cistern runs images and builds none",
        "build and push it, and give `image` with the digest",
    ),
    (
        &["healthcheck"],
        "a kind's metrics say how it is, not a command in the container",
        "watch it with Prometheus, or write a systemd unit in a module",
    ),
    (
        &["depends_on", "links", "external_links", "volumes_from"],
        "nothing orders containers among each other, and their names are not resolved",
        "write systemd `after` in a module, and addresses in place of names",
    ),
    (
        &["labels", "label_file", "annotations"],
        "nothing reads labels of containers",
        "say what they meant where it belongs: a proxy's `virtual_hosts`, for one",
    ),
    (
        &[
            "networks",
            "network_mode",
            "links",
            "extra_hosts",
            "dns",
            "dns_search",
            "dns_opt",
            "hostname",
            "domainname",
            "mac_address",
        ],
        "containers share podman's default network",
        "set virtualisation.oci-containers.containers.NAME.extraOptions in a module",
    ),
    (
        &[
            "deploy",
            "scale",
            "cpus",
            "cpu_shares",
            "cpu_quota",
            "cpuset",
            "mem_limit",
            "mem_reservation",
            "memswap_limit",
            "pids_limit",
            "oom_score_adj",
            "oom_kill_disable",
        ],
        "the definition has no limits and copies for a container",
        "set systemd.services.podman-NAME.serviceConfig in a module, and `placement` for copies",
    ),
    (
        &[
            "privileged",
            "cap_add",
            "cap_drop",
            "devices",
            "device_cgroup_rules",
            "security_opt",
            "userns_mode",
            "pid",
            "ipc",
            "cgroup",
            "cgroup_parent",
            "group_add",
            "gpus",
            "sysctls",
            "ulimits",
            "shm_size",
            "runtime",
            "isolation",
            "credential_spec",
            "uts",
        ],
        "a definition gives no container more of the host than a plain one has",
        "set extraOptions in a module that you can answer for",
    ),
    (
        &[
            "entrypoint",
            "working_dir",
            "init",
            "tty",
            "stdin_open",
            "read_only",
            "tmpfs",
            "stop_signal",
            "stop_grace_period",
            "storage_opt",
            "platform",
            "attach",
            "use_api_socket",
            "post_start",
            "pre_stop",
            "develop",
        ],
        "the kind `container` has no setting for it",
        "set virtualisation.oci-containers.containers.NAME in a module",
    ),
    (&["logging", "log_driver"], "systemd's journal takes the logs", "configure the journal in a module"),
    (
        &["configs"],
        "configurations of Compose are files that the definition does not hold",
        "put them on the host with `environment.etc` in a module, and name the paths under `volumes`",
    ),
    (&["expose"], "it publishes nothing", "nothing is lost"),
    (&["profiles"], "what the definition names always runs", "remove the service if it should not"),
    (&["extends"], "the other service is not looked up", "write out what it brings, and import again"),
    (&["pull_policy"], "a digest always names the same image", "nothing is lost"),
    (&["container_name"], "a container is called after its service", "rename the service"),
    (&["provider", "models"], "Compose alone knows what that is", ""),
];

/// A top-level key.
const OF_FILE: &[(&[&str], &str, &str)] = &[
    (&["networks"], "containers share podman's default network", "set networks in a module"),
    (
        &["configs"],
        "configurations of Compose are files that the definition does not hold",
        "put them on the host with `environment.etc` in a module",
    ),
    (&["include"], "other files are not read", "import them one by one"),
    (
        &["volumes"],
        "where volumes are kept is up to the services",
        "mount remote ones with `filesystems` or `storage` of the host",
    ),
    (&["models"], "Compose alone knows what that is", ""),
];

/// Why a key of a service is not carried over.
pub(super) fn of_service(key: &str) -> Option<(&'static str, &'static str)> {
    find(OF_SERVICE, key)
}

/// Why a top-level key is not carried over.
pub(super) fn of_file(key: &str) -> Option<(&'static str, &'static str)> {
    find(OF_FILE, key)
}

fn find(rows: &[(&[&str], &'static str, &'static str)], key: &str) -> Option<(&'static str, &'static str)> {
    rows.iter().find(|(keys, ..)| keys.contains(&key)).map(|(_, why, remedy)| (*why, *remedy))
}
