//! Loki's own configuration: one process on one machine, files below its directory, no accounts.
//!
//! Where it listens stands on its command line, since ports may differ from host to host.

use serde::Serialize;

use crate::emit::monitoring::urls;
use crate::place::Entries;
use crate::value::Duration;
use crate::watch::Logs;

/// Where Loki keeps everything.
const STATE: &str = "/var/lib/loki";

/// Where Loki finds the rules.
const RULES: &str = "/etc/loki/rules";

/// The day from which on the schema holds: before the first line that any fleet sends.
const FIRST_DAY: &str = "2024-01-01";

#[derive(Serialize)]
pub(super) struct Configuration<'a> {
    auth_enabled: bool,
    analytics: Analytics,
    server: Server,
    common: Common,
    schema_config: Schemas,
    limits_config: Limits<'a>,
    compactor: Compactor,
    ruler: Ruler,
}

#[derive(Serialize)]
struct Analytics {
    reporting_enabled: bool,
}

#[derive(Serialize)]
struct Server {
    /// Its parts talk to each other over the loopback.
    grpc_listen_address: &'static str,
    log_level: &'static str,
}

#[derive(Serialize)]
struct Common {
    instance_addr: &'static str,
    path_prefix: &'static str,
    replication_factor: u8,
    ring: Ring,
    storage: Storage,
}

#[derive(Serialize)]
struct Ring {
    kvstore: Store,
}

#[derive(Serialize)]
struct Store {
    store: &'static str,
}

#[derive(Serialize)]
struct Storage {
    filesystem: Filesystem,
}

#[derive(Serialize)]
struct Filesystem {
    chunks_directory: String,
    rules_directory: &'static str,
}

#[derive(Serialize)]
struct Schemas {
    configs: [Schema; 1],
}

#[derive(Serialize)]
struct Schema {
    from: &'static str,
    store: &'static str,
    object_store: &'static str,
    schema: &'static str,
    index: Index,
}

#[derive(Serialize)]
struct Index {
    prefix: &'static str,
    period: &'static str,
}

#[derive(Serialize)]
struct Limits<'a> {
    retention_period: &'a Duration,
    reject_old_samples: bool,
    reject_old_samples_max_age: &'static str,
    /// What a host keeps back while Loki is away comes all at once afterwards.
    ingestion_rate_mb: u32,
    ingestion_burst_size_mb: u32,
    per_stream_rate_limit: &'static str,
    per_stream_rate_limit_burst: &'static str,
    /// Bars over the lines in Grafana.
    volume_enabled: bool,
}

#[derive(Serialize)]
struct Compactor {
    working_directory: String,
    retention_enabled: bool,
    delete_request_store: &'static str,
}

#[derive(Serialize)]
struct Ruler {
    storage: RulerStorage,
    rule_path: String,
    /// Every one of them, with commas between.
    #[serde(skip_serializing_if = "String::is_empty")]
    alertmanager_url: String,
    enable_alertmanager_v2: bool,
    enable_api: bool,
    evaluation_interval: &'static str,
    ring: Ring,
}

#[derive(Serialize)]
struct RulerStorage {
    r#type: &'static str,
    local: Directory,
}

#[derive(Serialize)]
struct Directory {
    directory: &'static str,
}

pub(super) fn configuration<'a>(entries: &Entries, logs: &'a Logs) -> Configuration<'a> {
    let below = |name: &str| format!("{STATE}/{name}");
    let ring = || Ring { kvstore: Store { store: "inmemory" } };
    Configuration {
        auth_enabled: false,
        analytics: Analytics { reporting_enabled: false },
        server: Server { grpc_listen_address: "127.0.0.1", log_level: "warn" },
        common: Common {
            instance_addr: "127.0.0.1",
            path_prefix: STATE,
            replication_factor: 1,
            ring: ring(),
            storage: Storage { filesystem: Filesystem { chunks_directory: below("chunks"), rules_directory: RULES } },
        },
        schema_config: Schemas {
            configs: [Schema {
                from: FIRST_DAY,
                store: "tsdb",
                object_store: "filesystem",
                schema: "v13",
                index: Index { prefix: "index_", period: "24h" },
            }],
        },
        limits_config: Limits {
            retention_period: &logs.retention,
            reject_old_samples: true,
            reject_old_samples_max_age: "1w",
            ingestion_rate_mb: 16,
            ingestion_burst_size_mb: 32,
            per_stream_rate_limit: "8MB",
            per_stream_rate_limit_burst: "32MB",
            volume_enabled: true,
        },
        compactor: Compactor {
            working_directory: below("compactor"),
            retention_enabled: true,
            delete_request_store: "filesystem",
        },
        ruler: Ruler {
            storage: RulerStorage { r#type: "local", local: Directory { directory: RULES } },
            rule_path: below("ruler"),
            alertmanager_url: urls(entries, "alertmanager").join(","),
            enable_alertmanager_v2: true,
            enable_api: true,
            evaluation_interval: "1m",
            ring: ring(),
        },
    }
}
