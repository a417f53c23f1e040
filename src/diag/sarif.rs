//! Diagnostics as SARIF 2.1.0, for code scanning and for editors.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::codes::{CODES, Code};
use super::region::{DEFINITION, Region, seen};
use super::{Diagnostic, Faults, Label, Severity};
use crate::source::{BUILT_IN, Sources, Span};

/// The standard's schema.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What paths are relative to: the root of the repository.
const ROOT: &str = "%SRCROOT%";

/// Writes every diagnostic as one log; `base` leads from the root of the repository to the fleet directory.
pub fn sarif(faults: &Faults, sources: &Sources, base: &str) -> String {
    let log = Log { sources, base };
    let all = faults.sorted().into_iter().chain(faults.allowed());
    let results: Vec<Value> = all.map(|diagnostic| log.result(diagnostic)).collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "cistern",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": CODES.iter().map(|code| rule(code)).collect::<Vec<_>>(),
                },
            },
            "columnKind": "utf16CodeUnits",
            "originalUriBaseIds": { ROOT: { "description": { "text": "The root of the repository." } } },
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&document).expect("a log holds nothing but text and numbers")
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.id,
        "shortDescription": { "text": code.sentence },
        "fullDescription": { "text": code.explanation },
        "help": { "text": format!("{}\n\n{}", code.sentence, code.explanation) },
        "defaultConfiguration": { "level": code.severity.word() },
        "properties": { "tags": [code.family()] },
    })
}

struct Log<'a> {
    sources: &'a Sources,
    base: &'a str,
}

impl Log<'_> {
    fn result(&self, diagnostic: &Diagnostic) -> Value {
        let mut location = match diagnostic.labels.first() {
            Some(label) => self.location(label),
            None => {
                let path = diagnostic.path.as_deref().unwrap_or(DEFINITION);
                json!({ "physicalLocation": { "artifactLocation": self.artifact(path) } })
            }
        };
        location["id"] = json!(0);
        let causes = diagnostic.labels.iter().skip(1).enumerate().map(|(at, label)| {
            let mut location = self.location(label);
            location["id"] = json!(at + 1);
            location
        });
        let mut result = json!({
            "ruleId": diagnostic.code.id,
            "ruleIndex": CODES.iter().position(|code| code.id == diagnostic.code.id),
            "level": match diagnostic.severity {
                Severity::Allowed => Severity::Warning.word(),
                shown => shown.word(),
            },
            "message": { "text": message(diagnostic) },
            "locations": [location],
            "relatedLocations": causes.collect::<Vec<_>>(),
        });
        if let Some(reason) = &diagnostic.reason {
            result["suppressions"] = json!([{ "kind": "inSource", "status": "accepted", "justification": reason }]);
        }
        if let (Some(word), Some(label)) = (&diagnostic.suggestion, diagnostic.labels.first()) {
            result["fixes"] = json!([self.fix(label, word)]);
        }
        result
    }

    fn location(&self, label: &Label) -> Value {
        json!({
            "physicalLocation": {
                "artifactLocation": self.artifact(&self.sources.file(label.span.file).path),
                "region": self.region(label.span),
            },
            "message": { "text": label.text },
        })
    }

    /// The replacement of the fault by what would be right.
    fn fix(&self, label: &Label, word: &str) -> Value {
        json!({
            "description": { "text": format!("write `{word}`") },
            "artifactChanges": [{
                "artifactLocation": self.artifact(&self.sources.file(label.span.file).path),
                "replacements": [{ "deletedRegion": self.region(label.span), "insertedContent": { "text": word } }],
            }],
        })
    }

    fn region(&self, span: Span) -> Value {
        let region = Region::of(span, self.sources, |text| text.encode_utf16().count());
        json!({
            "startLine": region.line,
            "startColumn": region.column,
            "endLine": region.end_line,
            "endColumn": region.end_column,
        })
    }

    /// A file of the fleet, or one that is compiled into the program and belongs to no directory.
    fn artifact(&self, path: &str) -> Value {
        let uri = uri(&seen(self.base, path));
        if path.starts_with(BUILT_IN) { json!({ "uri": uri }) } else { json!({ "uri": uri, "uriBaseId": ROOT }) }
    }
}

/// What is wrong and what to do, a line each; what is to be seen in the places stands there.
fn message(diagnostic: &Diagnostic) -> String {
    let suggestion = diagnostic.suggestion.as_ref().map(|word| format!("did you mean `{word}`?"));
    let lines: Vec<&str> = std::iter::once(diagnostic.message.as_str())
        .chain(diagnostic.help.iter().map(String::as_str))
        .chain(suggestion.as_deref())
        .collect();
    lines.join("\n")
}

/// A relative path as a reference of RFC 3986: what has no place in one is percent-encoded.
fn uri(path: &str) -> String {
    let (mut uri, rest) = match path.strip_prefix(BUILT_IN) {
        Some(rest) => (BUILT_IN.to_owned(), rest),
        None => (String::new(), path),
    };
    for byte in rest.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::codes;

    #[test]
    fn columns_count_what_sarif_counts() {
        let mut sources = Sources::default();
        let file = sources.add("hosts/ä b.yaml", "\n\u{1f600}: wrnog\n");
        let faults = Faults::from(
            Diagnostic::new(codes::UNKNOWN_KEY, "unknown")
                .at(Span::new(file, 7, 12), "here")
                .nearest("wrnog", ["wrong"]),
        );
        let log: Value = serde_json::from_str(&sarif(&faults, &sources, "fleet/")).unwrap();
        let result = &log["runs"][0]["results"][0];
        let region = json!({ "startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 10 });
        let physical = &result["locations"][0]["physicalLocation"];
        assert_eq!(physical["region"], region);
        assert_eq!(physical["artifactLocation"]["uri"], "fleet/hosts/%C3%A4%20b.yaml");
        let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
        assert_eq!(*replacement, json!({ "deletedRegion": region, "insertedContent": { "text": "wrong" } }));
        assert_eq!(
            log["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize]["id"],
            "C020"
        );
    }
}
