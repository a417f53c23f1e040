//! Rules about the names that services have inside of the fleet.

use crate::diag::{Diagnostic, Faults, codes, nearest};
use crate::load::{Body, Node};
use crate::model::{Fleet, Service};
use crate::source::Span;
use crate::value::ServiceName;

/// Lists what stands before `.svc.<domain>` in a text.
pub fn named_services<'t>(text: &'t str, domain: &str) -> impl Iterator<Item = &'t str> {
    let suffix = format!(".svc.{domain}");
    let length = suffix.len();
    let places: Vec<_> = text.match_indices(&suffix).map(|(at, _)| at).collect();
    places.into_iter().filter_map(move |at| {
        let letter = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let rest = &text[at + length..];
        if rest.starts_with(letter) || rest.strip_prefix('.').is_some_and(|rest| rest.starts_with(letter)) {
            return None;
        }
        let start = text[..at].trim_end_matches(letter).len();
        Some(&text[start..at]).filter(|name| !name.is_empty())
    })
}

/// Names of services in settings are answered for.
pub(super) fn are_answered_for(fleet: &Fleet, faults: &mut Faults) {
    let Some(domain) = fleet.domain.as_ref().filter(|_| !fleet.dns_is_uncertain) else { return };
    for (service, entry) in fleet.services.iter().filter(|(_, service)| !service.poisoned) {
        for (name, span) in names(entry, domain.as_str()) {
            let known = fleet.services.contains_key(name.as_str());
            let diagnostic = match (known, &fleet.dns) {
                (true, Some(dns)) if !dns.hosts.is_empty() => continue,
                (true, _) => {
                    Diagnostic::new(codes::NO_NAME_SERVER, format!("nobody answers for `{name}.svc.{domain}`"))
                        .at(span, "a name of the fleet's own")
                        .help("add `dns: { hosts: [NAME] }`, or write an address")
                }
                (false, _) => {
                    let diagnostic =
                        Diagnostic::new(codes::NO_NAME_SERVER, format!("`{name}.svc.{domain}` names no service"))
                            .at(span, format!("there is no service `{name}`"));
                    // The name is a part of the text, which no replacement would keep.
                    match nearest(&name, fleet.services.keys().map(ServiceName::as_str)) {
                        Some(near) => diagnostic.help(format!("did you mean `{near}.svc.{domain}`?")),
                        None => diagnostic.help("name a service, or write the name that another name server has"),
                    }
                }
            };
            faults.push(diagnostic.about("services", service));
        }
    }
}

/// The services that the settings of another lead to by such names, and where.
pub fn names(service: &Service, domain: &str) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    for node in service.given.values() {
        texts(node, &mut |text, span| {
            found.extend(named_services(text, domain).map(|name| (name.to_owned(), span)));
        });
    }
    found
}

/// Calls `look` with every text of a value.
fn texts(node: &Node, look: &mut dyn FnMut(&str, Span)) {
    match &node.body {
        Body::Text(scalar) => look(&scalar.text, node.span),
        Body::List(items) => items.iter().for_each(|item| texts(item, look)),
        Body::Map(entries) => entries.iter().for_each(|entry| texts(&entry.value, look)),
        Body::Null => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_texts() {
        let found = |text| named_services(text, "example.org").collect::<Vec<_>>();
        assert_eq!(found("http://shop.svc.example.org:80/x"), ["shop"]);
        assert_eq!(found("a-b.svc.example.org,c.svc.example.org"), ["a-b", "c"]);
        assert_eq!(found("db.svc.example.org."), ["db"]);
        for text in [".svc.example.org", "db.svc.example.org.at", "db.svc.example.organ", "db.example.org", ""] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
