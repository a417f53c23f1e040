//! Registries of container images, over the network.

use std::time::Duration;

use serde::Deserialize;
use ureq::http::Response;
use ureq::{Agent, Body, Error};

use super::https;
use crate::registry::{ACCEPTED, Answer, Challenge, Endpoint, LARGEST_MANIFEST, Realm, Reference, digest};

/// How long a whole answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long it may take until a registry takes the connection.
const CONNECTING: Duration = Duration::from_secs(10);

/// The most bytes of a token's document.
const LARGEST_TOKEN: u64 = 1 << 20;

/// Whoever asks registries, with a name and a password or without.
pub(super) struct Registries {
    authorization: Option<String>,
}

/// What gives out tokens, in either of two manners.
#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
    #[serde(default)]
    access_token: String,
}

impl Registries {
    /// Asks with this header `Authorization`, where a registry wants to know who asks.
    pub(super) fn new(authorization: Option<String>) -> Self {
        Self { authorization }
    }

    /// Finds the digest that a tag of an image stands for.
    ///
    /// # Errors
    /// Why nobody can tell, with the name of the registry.
    pub(super) fn digest(&self, image: &Reference, tag: &str) -> Result<String, String> {
        let endpoint = image.endpoint().map_err(|why| format!("`{image}`: {why}"))?;
        self.ask(&endpoint, tag).map_err(|why| format!("{image}: the registry {}: {why}", endpoint.host))
    }

    fn ask(&self, endpoint: &Endpoint, tag: &str) -> Result<String, String> {
        let agent = agent(endpoint);
        let url = endpoint.manifest(tag);
        let mut response = get(&agent, &url, None)?;
        let mut logged_in = false;
        if response.status() == 401
            && let Some(authorization) = self.admission(&agent, endpoint, &response)?
        {
            logged_in = self.authorization.is_some();
            response = get(&agent, &url, Some(&authorization))?;
        }
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (media_type, told) = (header("Content-Type"), header("Docker-Content-Digest"));
        let (status, retry_after) = (response.status().as_u16(), header("Retry-After"));
        let body = match status {
            200 => body(&mut response, LARGEST_MANIFEST)?,
            _ => Vec::new(),
        };
        let answer = Answer {
            status,
            media_type: media_type.as_deref(),
            digest: told.as_deref(),
            retry_after: retry_after.as_deref(),
            body: &body,
        };
        digest(&answer, tag, logged_in)
    }

    /// What to say to a registry that wants to know who asks; nothing where nothing would help.
    fn admission(
        &self,
        agent: &Agent,
        endpoint: &Endpoint,
        refusal: &Response<Body>,
    ) -> Result<Option<String>, String> {
        let challenges = refusal.headers().get_all("WWW-Authenticate").iter().filter_map(|value| value.to_str().ok());
        match challenges.into_iter().find_map(Challenge::read) {
            Some(Challenge::Bearer(realm)) => self.token(agent, endpoint, &realm).map(Some),
            Some(Challenge::Basic) => Ok(self.authorization.clone()),
            None => Ok(None),
        }
    }

    fn token(&self, agent: &Agent, endpoint: &Endpoint, realm: &Realm) -> Result<String, String> {
        let url = realm.url(&endpoint.name)?;
        let mut response = get(agent, &url, self.authorization.as_deref())?;
        match response.status().as_u16() {
            200 => {}
            401 | 403 if self.authorization.is_some() => {
                return Err("what gives out its tokens refuses the name and the password that were given".to_owned());
            }
            status => return Err(format!("what gives out its tokens answers with the status {status}")),
        }
        let body = body(&mut response, LARGEST_TOKEN)?;
        let token: Token = serde_json::from_slice(&body)
            .map_err(|error| format!("what gives out its tokens answers with something else: {error}"))?;
        let token = if token.token.is_empty() { token.access_token } else { token.token };
        if token.is_empty() {
            return Err("what gives out its tokens gave none".to_owned());
        }
        Ok(format!("Bearer {token}"))
    }
}

/// Where this machine itself is asked, nothing leaves it: no proxy, and no redirection to elsewhere.
fn agent(endpoint: &Endpoint) -> Agent {
    let config = Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .timeout_connect(Some(CONNECTING))
        .http_status_as_error(false)
        .https_only(!endpoint.is_loopback)
        .tls_config(https::tls())
        .user_agent(https::USER_AGENT);
    let config = match endpoint.is_loopback {
        true => config.proxy(None).max_redirects(0),
        false => config,
    };
    config.build().into()
}

fn get(agent: &Agent, url: &str, authorization: Option<&str>) -> Result<Response<Body>, String> {
    let mut request = agent.get(url).header("Accept", ACCEPTED.join(", "));
    if let Some(authorization) = authorization {
        request = request.header("Authorization", authorization);
    }
    request.call().map_err(|error| failure(&error))
}

fn body(response: &mut Response<Body>, limit: u64) -> Result<Vec<u8>, String> {
    let body = response.body_mut().with_config().limit(limit).read_to_vec();
    body.map_err(|error| format!("its answer breaks off: {error}"))
}

/// What failed on the way, and what to look at.
fn failure(error: &Error) -> String {
    match error {
        Error::HostNotFound => "there is no such host, or no network".to_owned(),
        Error::ConnectionFailed => "it takes no connection".to_owned(),
        Error::Timeout(_) => format!("it does not answer within {} s", PATIENCE.as_secs()),
        Error::Rustls(error) => format!("TLS with it fails: {error}; is its certificate one that this machine trusts?"),
        Error::Tls(error) => format!("TLS with it fails: {error}"),
        Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            "it takes no connection".to_owned()
        }
        Error::Io(error) => format!("it cannot be reached: {error}"),
        Error::RequireHttpsOnly(_) => "it leads to an address without TLS, which is not followed".to_owned(),
        other => other.to_string(),
    }
}
