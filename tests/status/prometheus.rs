//! What a real Prometheus tells: its series are those of rules, as `cistern generate` writes them, with figures of ours.

use super::*;

/// Series of three hosts: one is well, one is critical, one was up and is not. Of the fourth nothing is known.
const RULES: &str = r#"
groups:
  - name: series
    rules:
      - { record: "cistern:host_health", expr: vector(1), labels: { host: eden, state: healthy } }
      - { record: "cistern:host_health", expr: vector(1), labels: { host: gihon, state: critical } }
      - { record: "cistern:host_health", expr: vector(1), labels: { host: pishon, state: unreachable } }
      - { record: "cistern_system_info", expr: vector(1), labels: { host: eden, running: /nix/store/a, booted: /nix/store/a, profile: /nix/store/a } }
      - { record: "cistern_system_info", expr: vector(1), labels: { host: gihon, running: /nix/store/a, booted: /nix/store/a, profile: /nix/store/b } }
      - { record: "cistern_system_reboot_needed", expr: vector(1), labels: { host: gihon } }
      - { record: "node_systemd_unit_state", expr: vector(1), labels: { host: gihon, name: sonarr.service, state: failed } }
      - { record: "node_systemd_unit_state", expr: vector(0), labels: { host: eden, name: sonarr.service, state: failed } }
      - { record: "node_systemd_timer_last_trigger_seconds", expr: "vector(1700000000)", labels: { host: eden, name: restic-backups-state.timer } }
      - { record: up, expr: vector(1), labels: { host: eden, job: node } }
      - { record: up, expr: vector(1), labels: { host: gihon, job: node } }
      - { record: up, expr: vector(0), labels: { host: pishon, job: node } }
      - { alert: HostFilesystemOutOfSpace, expr: vector(1), labels: { host: gihon, severity: critical, mountpoint: / } }
      - { alert: HostCritical, expr: vector(1), labels: { host: gihon, severity: critical } }
"#;

/// A Prometheus with these series.
struct Prometheus {
    _running: Running,
    url: String,
}

impl Prometheus {
    /// Starts it in a directory; `command` runs it somewhere, where the directory may have another name.
    fn start(mut command: Command, lab: &Lab, (dir, seen_as): (&Path, &Path), port: u16, web: Option<&str>) -> Self {
        fs::create_dir_all(dir).expect("a directory of the test");
        let configuration = "global: { evaluation_interval: 200ms }\nrule_files: [rules.yml]\n";
        fs::write(dir.join("prometheus.yml"), configuration).expect("a file of the test");
        fs::write(dir.join("rules.yml"), RULES).expect("a file of the test");
        command.arg(lab.program("prometheus"));
        command.arg(format!("--config.file={}", seen_as.join("prometheus.yml").display()));
        command.arg(format!("--storage.tsdb.path={}", seen_as.join("data").display()));
        command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
        if let Some(web) = web {
            fs::write(dir.join("web.yml"), web).expect("a file of the test");
            command.arg(format!("--web.config.file={}", seen_as.join("web.yml").display()));
        }
        let running = Running::start_quiet(&mut command, "Server is ready to receive web requests");
        // Two rounds of the rules.
        std::thread::sleep(Duration::from_millis(1_500));
        Self { _running: running, url: format!("http://127.0.0.1:{port}") }
    }
}

impl Running {
    /// Starts a program that talks on stderr and waits for a line that holds this; then reads on, so that it never waits.
    fn start_quiet(command: &mut Command, mark: &str) -> Self {
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stderr.take().expect("it is a pipe")).lines();
        let mut said = Vec::new();
        let is_ready = lines.by_ref().map_while(Result::ok).any(|line| {
            let found = line.contains(mark);
            said.push(line);
            found
        });
        assert!(is_ready, "{command:?} ended: {said:#?}");
        std::thread::spawn(move || lines.for_each(drop));
        Self { child }
    }
}

/// A port on which nobody listens now.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("there is one");
    listener.local_addr().expect("it is bound").port()
}

fn holds(document: &Json) {
    let found = by_name(document);
    let health: Vec<_> = found.iter().map(|(name, host)| (*name, host["health"].as_str().expect("a word"))).collect();
    assert_eq!(health, [("eden", "healthy"), ("gihon", "critical"), ("pishon", "unreachable"), ("router", "unknown")]);
    assert_eq!(found["eden"]["system"]["state"], "current");
    assert_eq!(found["gihon"]["system"]["state"], "differs");
    assert_eq!(found["gihon"]["reasons"], json!(["HostFilesystemOutOfSpace (/)"]));
    assert_eq!(found["gihon"]["reboot_needed"], json!(true));
    assert_eq!(
        (&found["gihon"]["failed_units"], &found["eden"]["failed_units"]),
        (&json!(["sonarr.service"]), &json!([]))
    );
    assert_eq!(found["eden"]["backup"]["at"], json!(1_700_000_000));
    let seen = |name: &str| found[name].get("last_seen").and_then(Json::as_i64);
    let now = document["asked_at"].as_i64().expect("a number");
    assert!(seen("eden").is_some_and(|at| (now - at).abs() < 60) && seen("router").is_none(), "{document}");
    assert_eq!(document["summary"]["critical"], json!(1));
}

#[test]
fn a_prometheus_at_a_url_is_asked() {
    let Some(lab) = require(&["prometheus", "htpasswd"]) else { return };
    let fleet = Fleet::copy("examples/homelab");
    let dir = temp_dir();
    let prometheus = Prometheus::start(
        Command::new("env"),
        lab,
        (&dir.path().join("open"), &dir.path().join("open")),
        free_port(),
        None,
    );
    let output = fleet.cistern(&["status", "--url", &prometheus.url, "--format", "json"]);
    let document = document(&output, 1);
    assert_eq!(document["source"], json!({ "prometheus": prometheus.url }));
    holds(&document);
    expect_exit(&fleet.cistern(&["status", "--url", &prometheus.url, "--exit-zero"]), 0);
    let output = fleet.cistern(&["status", "eden", "--url", &prometheus.url]);
    expect_exit(&output, 0);
    assert!(everything(&output).contains("1 host of Prometheus"), "{}", everything(&output));

    let hash = run(lab.command("htpasswd").args(["-nbB", "ana", "word"]));
    let (_, hash) = hash.trim().split_once(':').expect("a name and a hash");
    let web = format!("basic_auth_users: {{ ana: '{hash}' }}\n");
    let closed = Prometheus::start(
        Command::new("env"),
        lab,
        (&dir.path().join("closed"), &dir.path().join("closed")),
        free_port(),
        Some(&web),
    );
    fleet.write("password", "word\n");
    let args = ["status", "--url", &closed.url, "--username", "ana", "--password-file"];
    let file = fleet.root().join("password").to_string_lossy().into_owned();
    holds(&self::document(&fleet.cistern(&[&args[..], &[&file, "--format", "json"]].concat()), 1));
    let output = fleet.cistern(&["status", "--timeout", "1", "--url", &closed.url]);
    assert!(
        everything(&output)
            .contains("give `--username` and `--password-file` with `--url`; each host is asked over ssh"),
        "{}",
        everything(&output)
    );

    // One that is not there.
    let gone = format!("http://127.0.0.1:{}", free_port());
    let output = fleet.cistern(&["status", "--timeout", "1", "--url", &gone]);
    expect_exit(&output, 1);
    assert!(everything(&output).contains("each host is asked over ssh"), "{}", everything(&output));
}

#[test]
fn a_prometheus_of_the_fleet_is_asked_through_ssh() {
    let Some(lab) = require(&["prometheus"]) else { return };
    let Some(place) = Place::new() else { return };
    let monitor = place.host("gihon", "10.77.0.11");
    let full = "managed: full, hardware: vm, state_version: \"25.11\", filesystems: { /: { device: /dev/vda1, fs_type: ext4 } }";
    let hosts = format!(
        "  eden: {{ managed: node, address: 10.77.0.12 }}\n  gihon: {{ {full}, address: 10.77.0.11, host_key: {} }}\n  \
         pishon: {{ {full}, address: 10.77.0.13 }}\n  router: {{ managed: scrape, address: 10.77.0.1 }}\n\
         monitoring: {{ hosts: [gihon, pishon] }}\n",
        monitor.key
    );
    place.define(&hosts);
    let prometheus = Prometheus::start(
        monitor.command("env"),
        lab,
        (&monitor.nix.join("prometheus"), Path::new("/nix/prometheus")),
        9090,
        None,
    );
    let output = place.cistern(&["status", "--format", "json"]);
    let document = document(&output, 1);
    assert_eq!(document["source"], json!({ "prometheus": "gihon" }));
    holds(&document);
    assert!(everything(&output).contains("4 hosts of Prometheus (gihon)"), "{}", everything(&output));

    drop(prometheus);
    let begun = Instant::now();
    let output = place.cistern(&["status", "--format", "json"]);
    assert!(begun.elapsed() < Duration::from_secs(6));
    let document = self::document(&output, 1);
    let notes = document["notes"].to_string();
    assert!(notes.contains("Prometheus on gihon: ") && notes.contains("nothing listens on that port there"), "{notes}");
    assert!(notes.contains("Prometheus on pishon: "), "{notes}");
    assert_eq!(document["source"], json!("hosts"));
    assert_ne!(by_name(&document)["gihon"]["health"], "unreachable");
}
