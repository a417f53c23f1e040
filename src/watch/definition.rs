//! What the definition and kinds say of monitoring: every key that exists.

use serde_json::json;

use crate::diag::Faults;
use crate::load::declare::definition;
use crate::load::decode::{At, Decode, Named, wrong_type};
use crate::load::{Body, Node};
use crate::value::{
    AlertName, Discovery, DnsName, Duration, Endpoint, GroupName, HostAddress, HostName, Mailbox, OnFailure, Port,
    PortName, ProbeName, ReceiverName, Scheme, SecretName, ServiceName, Threshold, Urgency, UrlPath, WebUrl,
};

definition! {
    /// Who watches the fleet, and who is told.
    pub struct MonitoringDef {
        /// The hosts that run Prometheus, Alertmanager and a blackbox exporter.
        #[schemars(required)]
        hosts: Vec<At<HostName>>,
        /// How long samples are kept; Prometheus' own default otherwise.
        retention: At<Duration>,
        /// How often targets are scraped; Prometheus' own default otherwise.
        #[schemars(example = &"30s")]
        scrape_interval: At<Duration>,
        /// How Prometheus learns of targets; `static` by default.
        discovery: At<Discovery>,
        /// Ports of the services that monitoring brings, where they are not the usual ones.
        #[schemars(example = json!({ "prometheus": 9091 }))]
        ports: Named<ServiceName, At<Port>>,
        /// Alerts by name: one of Cistern's is adjusted, any other needs an `expr`.
        #[schemars(example = json!({ "HostFilesystemFull": { "threshold": 85 } }))]
        alerts: Named<AlertName, AlertDef>,
        /// Who is told, by a name.
        receivers: Named<ReceiverName, ReceiverDef>,
        /// The receiver of what no route takes.
        #[schemars(example = &"ops")]
        receiver: At<ReceiverName>,
        /// Who is told of what; the first that fits decides.
        #[schemars(example = json!([{ "severity": "critical", "group": "production", "receiver": "ops" }]))]
        routes: Vec<At<RouteDef>>,
        /// How long alerts are gathered before the first message of them; `30s` by default.
        #[schemars(example = &"30s")]
        group_wait: At<Duration>,
        /// How long until a message tells of further alerts, or that some are over; `5m` by default.
        #[schemars(example = &"5m")]
        group_interval: At<Duration>,
        /// What does not run in the fleet and is asked all the same.
        probes: Named<ProbeName, ProbeDef>,
        /// Collects the journals of all hosts with Loki.
        logs: LogsDef,
    }
}

definition! {
    /// An alert.
    pub struct AlertDef {
        /// Whether there is such an alert; `true` by default.
        #[schemars(example = false)]
        enabled: At<bool>,
        /// When it fires, in PromQL; for alerts of your own.
        #[schemars(example = &"shop_queue > 10")]
        expr: At<String>,
        /// The number that one of Cistern's alerts compares with.
        threshold: At<Threshold>,
        /// How long it must hold.
        #[schemars(example = &"15m")]
        r#for: At<Duration>,
        /// How soon somebody must look; `warning` by default.
        severity: At<Urgency>,
        /// What is wrong, in one line; for alerts of your own.
        #[schemars(example = &"The queue of the shop is long.")]
        summary: At<String>,
        /// What it means; for alerts of your own.
        #[schemars(example = &"Orders wait longer than customers do.")]
        description: At<String>,
        /// The page that says what to do.
        #[schemars(example = &"https://wiki.example.org/queue")]
        runbook: At<WebUrl>,
    }
}

definition! {
    /// Somebody who is told of alerts, in one way or several.
    pub struct ReceiverDef {
        /// By mail.
        email: EmailDef,
        /// By a request to a program of yours.
        webhook: WebhookDef,
        /// By ntfy.
        ntfy: NtfyDef,
        /// By Matrix, through a bridge.
        matrix: MatrixDef,
        /// By Slack, or what takes its messages.
        slack: SlackDef,
        /// By PagerDuty.
        pagerduty: PagerdutyDef,
    }
}

definition! {
    /// Mail.
    pub struct EmailDef {
        /// To whom.
        #[schemars(required)]
        to: Vec<At<Mailbox>>,
        /// From whom.
        #[schemars(required)]
        from: At<Mailbox>,
        /// The server that takes mail.
        #[schemars(required)]
        smarthost: At<Endpoint>,
        /// The account at the server.
        #[schemars(example = &"alerts")]
        username: At<String>,
        /// Its password.
        password: SecretRef,
        /// Whether the server must speak TLS; `true` by default.
        #[schemars(example = true)]
        require_tls: At<bool>,
    }
}

definition! {
    /// A request.
    pub struct WebhookDef {
        /// Where it goes.
        #[schemars(required, example = &"https://hooks.example.org/alerts")]
        url: GivenDef,
    }
}

definition! {
    /// ntfy.
    pub struct NtfyDef {
        /// The topic.
        #[schemars(required, example = &"https://ntfy.example.org/alerts")]
        url: GivenDef,
        /// The token of an account that may write there.
        token: SecretRef,
    }
}

definition! {
    /// A bridge to Matrix that takes Alertmanager's requests.
    pub struct MatrixDef {
        /// Where it listens, the room included.
        #[schemars(required, example = &"http://127.0.0.1:3001/alerts")]
        url: GivenDef,
        /// What it asks for.
        token: SecretRef,
    }
}

definition! {
    /// Slack.
    pub struct SlackDef {
        /// The address that takes messages, which is a secret.
        #[schemars(required, example = json!({ "secret": "slack" }))]
        url: GivenDef,
        /// The channel.
        #[schemars(example = &"#ops")]
        channel: At<String>,
    }
}

definition! {
    /// PagerDuty.
    pub struct PagerdutyDef {
        /// The key of the service there.
        #[schemars(required)]
        routing_key: SecretRef,
    }
}

definition! {
    /// The name of a secret that holds the value.
    pub layer SecretRef {
        /// The secret.
        #[schemars(required)]
        secret: At<SecretName>,
    }
}

definition! {
    /// Who is told of what: an alert for which everything holds that is given here.
    pub struct RouteDef {
        /// How soon somebody must look.
        severity: At<Urgency>,
        /// The group of the host.
        group: At<GroupName>,
        /// The `owner` of the service or the host.
        #[schemars(example = &"web")]
        owner: At<String>,
        /// The alerts by name.
        alerts: Vec<At<AlertName>>,
        /// Who is told.
        #[schemars(required)]
        receiver: At<ReceiverName>,
        /// How often, as long as it lasts; `4h` by default.
        #[schemars(example = &"4h")]
        repeat_every: At<Duration>,
        /// Whether later routes are asked as well; `false` by default.
        #[schemars(example = false)]
        r#continue: At<bool>,
    }
}

definition! {
    /// Something outside of the fleet: exactly one of the ways to ask.
    pub struct ProbeDef {
        /// A page on the web that answers.
        http: At<WebUrl>,
        /// The answers of a page that are right; any of 200 to 299 by default.
        #[schemars(example = [200, 401])]
        status: Vec<At<u16>>,
        /// A port that takes connections.
        tcp: At<Endpoint>,
        /// A port that speaks TLS with a certificate that holds.
        tls: At<Endpoint>,
        /// A host that answers pings.
        icmp: At<HostAddress>,
        /// A name server; it is asked for `name`.
        dns: At<HostAddress>,
        /// The name that a name server is asked for.
        name: At<DnsName>,
    }
}

definition! {
    /// How a service shows that it works, by one of the ways to ask at most, and what follows when it does not. What is not
    /// said here is as its kind says.
    pub struct HealthCheckDef {
        /// A page of it.
        http: HttpCheckDef,
        /// A port that takes connections.
        tcp: PortCheckDef,
        /// A port that speaks TLS.
        tls: PortCheckDef,
        /// A name server.
        dns: DnsCheckDef,
        /// A command that succeeds, run on the host of the service by an account that may do nothing else: a program and its
        /// arguments.
        #[schemars(example = ["pg_isready", "--quiet"])]
        exec: Vec<At<String>>,
        /// How often it is asked; every 30 seconds by default, and by Prometheus as often as everything else.
        #[schemars(example = &"30s")]
        interval: At<Duration>,
        /// How long an answer may take; `5s` by default.
        #[schemars(example = &"5s")]
        timeout: At<Duration>,
        /// How many times in a row it must fail before it is restarted; 3 by default.
        #[schemars(example = 3)]
        retries: At<u32>,
        /// How long after its start nothing is expected of it; `60s` by default.
        #[schemars(example = &"60s")]
        start_period: At<Duration>,
        /// What is done then; `alert` by default.
        on_failure: At<OnFailure>,
    }
}

definition! {
    /// A page that a service answers with.
    pub struct HttpCheckDef {
        /// The name of the port.
        #[schemars(required, example = &"web")]
        port: At<PortName>,
        /// The path; `/` by default.
        path: At<UrlPath>,
        /// The answers that are right; any of 200 to 299 by default.
        #[schemars(example = [200, 401])]
        status: Vec<At<u16>>,
        /// Whether it is asked with TLS; `http` by default.
        scheme: At<Scheme>,
    }
}

definition! {
    /// A port that takes connections.
    pub struct PortCheckDef {
        /// The name of the port.
        #[schemars(required, example = &"web")]
        port: At<PortName>,
    }
}

definition! {
    /// A name server.
    pub struct DnsCheckDef {
        /// The name of the port.
        #[schemars(required, example = &"dns")]
        port: At<PortName>,
        /// The name that it is asked for.
        #[schemars(required)]
        name: At<DnsName>,
    }
}

definition! {
    /// How Prometheus asks for figures.
    pub layer ScrapeDef {
        /// Whether it asks with TLS; `http` by default.
        scheme: At<Scheme>,
        /// The account that it asks as.
        #[schemars(example = &"prometheus")]
        username: At<String>,
        /// The password of that account.
        password: SecretRef,
        /// The certificate of whoever signed the target's; those of the machine by default.
        ca: SecretRef,
        /// The name in the target's certificate, where that is not its address.
        server_name: At<DnsName>,
        /// Whether any certificate will do; `false` by default.
        #[schemars(example = false)]
        insecure: At<bool>,
    }
}

definition! {
    /// Logs.
    pub struct LogsDef {
        /// The hosts that run Loki; those that run Prometheus by default.
        hosts: Vec<At<HostName>>,
        /// How long logs are kept; `30d` by default.
        retention: At<Duration>,
        /// Alerts by name; their `expr` is LogQL.
        #[schemars(example = json!({ "ShopFails": { "expr": "sum by (host) (rate({unit=\"shop.service\"} |= \"panic\" [5m])) > 0" } }))]
        alerts: Named<AlertName, AlertDef>,
    }
}

/// A URL, or the name of the secret that holds it.
#[derive(Debug, Clone)]
pub enum GivenDef {
    /// The URL.
    Url(WebUrl),
    /// The secret.
    Secret(At<SecretName>),
}

impl Decode for GivenDef {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        match &node.body {
            Body::Text(_) => WebUrl::decode(node, faults).map(Self::Url),
            Body::Map(_) => SecretRef::decode(node, faults)?.secret.map(Self::Secret),
            _ => {
                faults.push(wrong_type(node, "a URL or `{ secret: NAME }`"));
                None
            }
        }
    }
}

impl schemars::JsonSchema for GivenDef {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Given".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let url = generator.subschema_for::<WebUrl>();
        let secret = generator.subschema_for::<SecretRef>();
        schemars::json_schema!({ "oneOf": [url, secret] })
    }
}
