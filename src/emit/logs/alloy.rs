//! Alloy's configuration, the same on every host: the journal, with few labels, to every Loki.
//!
//! A label costs Loki a stream for each of its values. So there are three that differ: the host, the unit and the level;
//! units that come in any number (those with an instance, the scopes of sessions) are taken together. Each Loki has a
//! reader of the journal to itself, so that one that is away does not hold back the lines for the others.

/// The part that does not depend on the fleet.
const LABELS: &str = r#"logging {
  level = "warn"
}

// What the journal says of a line becomes its labels.
loki.relabel "journal" {
  forward_to = []

  rule {
    source_labels = ["__journal__transport"]
    regex         = "kernel"
    target_label  = "unit"
    replacement   = "kernel"
  }

  rule {
    source_labels = ["__journal__systemd_unit"]
    regex         = "(.+\\.(service|socket|timer|mount|automount|swap|path|target|slice))"
    target_label  = "unit"
  }

  // All instances of a unit have one name.
  rule {
    source_labels = ["unit"]
    regex         = "(.+@).*(\\.[a-z]+)"
    target_label  = "unit"
    replacement   = "$1$2"
  }

  // What systemd-run starts and what runs in sessions has a number for a name.
  rule {
    source_labels = ["unit"]
    regex         = "run-.+\\.service"
    target_label  = "unit"
    replacement   = "run.service"
  }

  rule {
    source_labels = ["__journal__systemd_unit"]
    regex         = ".+\\.scope"
    target_label  = "unit"
    replacement   = "session.scope"
  }

  rule {
    source_labels = ["unit"]
    regex         = "^$"
    target_label  = "unit"
    replacement   = "other"
  }

  rule {
    source_labels = ["__journal_priority_keyword"]
    target_label  = "level"
  }
}
"#;

/// The way from the journal to one Loki; `$number` tells it from the others. While Loki is away, a line is tried again
/// for about an hour.
const WAY: &str = r#"
loki.source.journal "loki_$number" {
  max_age       = "24h"
  relabel_rules = loki.relabel.journal.rules
  labels        = {
    host = coalesce(sys.env("CISTERN_HOST"), constants.hostname),
    job  = "journal",
  }
  forward_to = [loki.write.loki_$number.receiver]
}

loki.write "loki_$number" {
  endpoint {
    url                 = $url
    max_backoff_period  = "5m"
    max_backoff_retries = 20
  }
}
"#;

pub(super) fn configuration(urls: &[String]) -> String {
    let mut text = String::from("// Written by Cistern from monitoring.logs. Changes belong in a file beside it.\n");
    text.push_str(LABELS);
    for (number, url) in (1..).zip(urls) {
        // Go's strings, which Alloy takes, are JSON's as far as URLs go.
        let url = serde_json::to_string(&format!("{url}/loki/api/v1/push")).expect("text");
        text.push_str(&WAY.replace("$number", &number.to_string()).replace("$url", &url));
    }
    text
}
