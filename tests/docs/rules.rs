//! `docs/rules/`: a page for each code, from its row in the table and from the fleets that provoke it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cistern::diag::Code;
use cistern::diag::codes::{CODES, Stage};

use crate::page::{block, made_from, prose, table};
use crate::{directories, repository};

/// The most lines of a definition that is shown whole.
const SHORT: usize = 40;

/// Every page by its file name.
pub(crate) fn pages() -> BTreeMap<String, String> {
    let pages = CODES.iter().map(|code| (format!("{}.md", code.id), page(code)));
    pages.chain([("README.md".to_owned(), index())]).collect()
}

fn index() -> String {
    let mut text = format!("# Diagnostics\n\n{}\n", made_from("`src/diag/codes.rs`"));
    text += "Every finding of `cistern check` has a code. `cistern explain CODE` tells the same as these pages, without the\n\
             example; `cistern explain` lists all codes, and with `--format json` programs can read them.\n";
    let mut families: Vec<&str> = Vec::new();
    for code in CODES {
        if !families.contains(&code.family()) {
            families.push(code.family());
        }
    }
    for family in families {
        let codes: Vec<&&Code> = CODES.iter().filter(|code| code.family() == family).collect();
        let rows: Vec<_> = codes
            .iter()
            .map(|code| vec![format!("[{0}]({0}.md)", code.id), code.severity.word().to_owned(), prose(code.sentence)])
            .collect();
        text += &format!("\n## {}\n\n{}", family, table(&["code", "severity", "says"], &rows));
    }
    text
}

fn page(code: &Code) -> String {
    let (id, sentence, explanation) = (code.id, prose(code.sentence), prose(code.explanation));
    let about = table(
        &["severity", "about", "found while"],
        &[vec![code.severity.word().to_owned(), code.family().to_owned(), code.stage.sentence().to_owned()]],
    );
    let head = format!(
        "# {id}: {}\n\n{}\n",
        sentence.trim_end_matches('.'),
        made_from("`src/diag/codes.rs` and `tests/fleets/bad/`")
    );
    let example = if code.stage == Stage::Change { change(code.id) } else { example(code.id) };
    format!("{head}{sentence}\n\n{about}\n{explanation}\n\n{example}")
}

/// The fleet that shows a code in the fewest words, and what is said of it.
fn example(code: &str) -> String {
    let cases = cases(&repository().join("tests/fleets/bad").join(code));
    let told = |case: &PathBuf| fs::read_to_string(case.join("expected.txt")).unwrap_or_default();
    let case = cases.iter().min_by_key(|case| (told(case).len(), (*case).clone())).expect("every code has a fleet");
    let mut text = "## Example\n\n".to_owned();
    let definition = fs::read_to_string(case.join("fleet/fleet.yaml")).unwrap_or_default();
    if !case.join("make").exists() && (1..=SHORT).contains(&definition.lines().count()) {
        text += &format!("`fleet.yaml`:\n\n{}\n", block("yaml", &definition));
    }
    text + &block("console", &transcript(&told(case)))
}

/// The change that shows a code in the fewest words, and what `cistern diff` says of it.
fn change(code: &str) -> String {
    let pairs =
        directories("tests/fleets/diff").into_iter().map(|name| repository().join("tests/fleets/diff").join(name));
    let read = |pair: &Path, file: &str| fs::read_to_string(pair.join(file)).unwrap_or_default();
    let showing =
        pairs.filter(|pair| !pair.join("args").exists() && read(pair, "human.txt").contains(&format!("[{code}]")));
    let pair =
        showing.min_by_key(|pair| (read(pair, "human.txt").len(), pair.clone())).expect("every impact has a pair");
    let said = format!("$ cistern diff\n{}", transcript(&read(&pair, "human.txt")));
    format!("## Example\n\n{}\n{}", block("diff", &read(&pair, "change.patch")), block("console", &said))
}

/// What the program says, without the marks between its streams.
fn transcript(told: &str) -> String {
    let mark = |line: &&str| !(line.starts_with("-- ") && line.ends_with(" --"));
    told.lines().filter(mark).map(|line| format!("{line}\n")).collect()
}

fn cases(dir: &Path) -> Vec<PathBuf> {
    if dir.join("expected.txt").exists() {
        return vec![dir.to_owned()];
    }
    let entries = fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    entries
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.join("expected.txt").exists())
        .collect()
}
