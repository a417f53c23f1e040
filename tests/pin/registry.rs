//! Debian's registry of container images on the loopback, and images pushed to it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use ureq::Agent;

use crate::common::{Lab, run, temp_dir};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// A registry that is stopped when dropped.
pub(crate) struct Registry {
    program: Child,
    at: String,
    authorization: Option<String>,
    _home: TempDir,
}

impl Registry {
    /// Starts it at a port of its own choice; with a name and a password, it lets in nobody else.
    pub(crate) fn start(lab: &Lab, login: Option<(&str, &str)>) -> Self {
        let home = temp_dir();
        let path = |name: &str| home.path().join(name).display().to_string();
        let mut configuration = format!(
            "version: 0.1\nlog: {{ accesslog: {{ disabled: true }} }}\nstorage: {{ filesystem: {{ rootdirectory: {:?} }} }}\n\
             http: {{ addr: \"127.0.0.1:0\" }}\n",
            path("images")
        );
        if let Some((user, password)) = login {
            let line = run(lab.command("htpasswd").args(["-nbB", user, password]));
            fs::write(path("htpasswd"), line.trim()).expect("the directory is ours");
            configuration += &format!("auth: {{ htpasswd: {{ realm: here, path: {:?} }} }}\n", path("htpasswd"));
        }
        fs::write(path("config.yml"), configuration).expect("the directory is ours");
        let mut command = lab.command("docker-registry");
        command.args(["serve", &path("config.yml")]).env("OTEL_TRACES_EXPORTER", "none");
        let (program, at) = listening(&mut command);
        let authorization = login.map(|(user, password)| {
            use base64::Engine as _;
            format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}")))
        });
        Self { program, at, authorization, _home: home }
    }

    /// The name of a repository there.
    pub(crate) fn repository(&self, name: &str) -> String {
        format!("{}/{name}", self.at)
    }

    /// Pushes an image with one layer, and returns its digest.
    pub(crate) fn push(&self, name: &str, tag: &str, content: &str) -> String {
        let layer = self.blob(name, content);
        let config = self
            .blob(name, r#"{"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}"#);
        let manifest = serde_json::json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": { "mediaType": "application/vnd.oci.image.config.v1+json", "digest": config.0, "size": config.1 },
            "layers": [{ "mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": layer.0, "size": layer.1 }],
        })
        .to_string();
        let url = format!("http://{}/v2/{name}/manifests/{tag}", self.at);
        let request = self.signed(agent().put(url)).header("Content-Type", MANIFEST);
        let response = request.send(manifest.as_str()).expect("the registry answers");
        assert_eq!(response.status(), 201);
        digest_of(&manifest)
    }

    /// Stops it.
    pub(crate) fn stop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }

    fn blob(&self, name: &str, content: &str) -> (String, usize) {
        let url = format!("http://{}/v2/{name}/blobs/uploads/", self.at);
        let response = self.signed(agent().post(url)).send_empty().expect("the registry answers");
        assert_eq!(response.status(), 202);
        let place = response.headers()["Location"].to_str().expect("a URL").to_owned();
        let digest = digest_of(content);
        let separator = if place.contains('?') { '&' } else { '?' };
        let request = self.signed(agent().put(format!("{place}{separator}digest={digest}")));
        let response = request.header("Content-Type", "application/octet-stream").send(content);
        assert_eq!(response.expect("the registry answers").status(), 201);
        (digest, content.len())
    }

    fn signed<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        match &self.authorization {
            Some(value) => request.header("Authorization", value),
            None => request,
        }
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The digest of a text.
pub(crate) fn digest_of(text: &str) -> String {
    let hash: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hash}")
}

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).proxy(None).build().into()
}

/// Starts it and reads in its log where it listens.
fn listening(command: &mut Command) -> (Child, String) {
    let mut program = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("the registry starts");
    let log = BufReader::new(program.stderr.take().expect("it is piped"));
    let mut lines = log.lines().map_while(Result::ok);
    let at = lines.by_ref().find_map(|line| {
        let rest = line.split_once("listening on ")?.1;
        Some(rest.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ':')).collect())
    });
    // Nobody reads the rest, and a full pipe would hold it up.
    std::thread::spawn(move || lines.for_each(drop));
    (program, at.expect("the registry says where it listens"))
}
