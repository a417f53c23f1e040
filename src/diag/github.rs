//! Diagnostics as workflow commands of GitHub Actions: each becomes an annotation at its line.

use std::fmt::Write as _;

use super::region::{DEFINITION, Region, seen};
use super::{Diagnostic, Faults};
use crate::source::Sources;

/// Writes one workflow command a line; `base` leads from the root of the repository to the fleet directory.
pub fn github(faults: &Faults, sources: &Sources, base: &str) -> String {
    faults.sorted().into_iter().map(|diagnostic| command(diagnostic, sources, base)).collect()
}

fn command(diagnostic: &Diagnostic, sources: &Sources, base: &str) -> String {
    let title = format!("{}: {}", diagnostic.code.id, diagnostic.code.sentence.trim_end_matches('.'));
    let properties: Vec<String> = place(diagnostic, sources, base)
        .into_iter()
        .chain([("title", title)])
        .map(|(name, value)| format!("{name}={}", property(&value)))
        .collect();
    let severity = diagnostic.severity.word();
    format!("::{severity} {}::{}\n", properties.join(","), text(&message(diagnostic, sources, base)))
}

/// Where the annotation stands. Columns are given for a single line only: GitHub takes no others.
fn place(diagnostic: &Diagnostic, sources: &Sources, base: &str) -> Vec<(&'static str, String)> {
    let Some(label) = diagnostic.labels.first() else {
        return vec![("file", seen(base, diagnostic.path.as_deref().unwrap_or(DEFINITION)))];
    };
    let file = seen(base, &sources.file(label.span.file).path);
    let region = Region::of(label.span, sources, |text| text.chars().count());
    let mut place = vec![("file", file), ("line", region.line.to_string())];
    if region.line == region.end_line {
        place.push(("col", region.column.to_string()));
        place.push(("endLine", region.end_line.to_string()));
        place.push(("endColumn", region.end_column.to_string()));
    } else {
        // What ends at the beginning of a line ends with the line before.
        let last = if region.end_column == 1 { region.end_line - 1 } else { region.end_line };
        place.push(("endLine", last.to_string()));
    }
    place
}

/// What is wrong, its causes and the remedies, a line each.
fn message(diagnostic: &Diagnostic, sources: &Sources, base: &str) -> String {
    let mut message = diagnostic.message.clone();
    for (at, label) in diagnostic.labels.iter().enumerate() {
        let _ = match at {
            0 => write!(message, ": {}", label.text),
            _ => {
                let (line, column) = sources.position(label.span.file, label.span.start);
                let path = seen(base, &sources.file(label.span.file).path);
                write!(message, "\n{path}:{line}:{column}: {}", label.text)
            }
        };
    }
    for help in &diagnostic.help {
        let _ = write!(message, "\nhelp: {help}");
    }
    if let Some(word) = &diagnostic.suggestion {
        let _ = write!(message, "\nhelp: did you mean `{word}`?");
    }
    message
}

/// Escapes a text as the runner expects it.
fn text(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property, which a colon or a comma would end.
fn property(value: &str) -> String {
    text(value).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::codes;
    use crate::source::Span;

    #[test]
    fn a_command_has_the_place_and_the_text() {
        let mut sources = Sources::default();
        let file = sources.add("hosts/a,b:c.yaml", "site: 100%\nother: x\n");
        let faults = Faults::from(
            Diagnostic::new(codes::BAD_ADDRESSING, "it is 100% wrong")
                .at(Span::new(file, 6, 10), "here:\r\nor there, perhaps")
                .at(Span::new(file, 11, 16), "because of this")
                .help("write another"),
        );
        let expected = "::error file=fleet/hosts/a%2Cb%3Ac.yaml,line=1,col=7,endLine=1,endColumn=11,\
                        title=C050%3A An address does not fit its site::\
                        it is 100%25 wrong: here:%0D%0Aor there, perhaps%0A\
                        fleet/hosts/a,b:c.yaml:2:1: because of this%0Ahelp: write another\n";
        assert_eq!(github(&faults, &sources, "fleet/"), expected);
    }

    #[test]
    fn lines_without_columns_and_files_without_lines() {
        let mut sources = Sources::default();
        let file = sources.add("fleet.yaml", "a:\n  b: 1\nc: 2\n");
        let whole = |end| Faults::from(Diagnostic::new(codes::WRONG_TYPE, "x").at(Span::new(file, 0, end), "y"));
        let shown = |faults| github(&faults, &sources, "").split(",title").next().map(str::to_owned);
        assert_eq!(shown(whole(10)).as_deref(), Some("::error file=fleet.yaml,line=1,endLine=2"));
        assert_eq!(shown(whole(12)).as_deref(), Some("::error file=fleet.yaml,line=1,endLine=3"));
        let rejected = Faults::from(Diagnostic::new(codes::NO_SECRET_FILE, "x").file("secrets/a.age"));
        assert_eq!(shown(rejected).as_deref(), Some("::warning file=secrets/a.age"));
        assert_eq!(
            shown(Faults::from(Diagnostic::new(codes::NO_ADMIN, "x"))).as_deref(),
            Some("::error file=fleet.yaml")
        );
    }
}
