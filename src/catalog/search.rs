//! Kinds by words that somebody remembers of them.

use super::document::{Catalog, KindPage};
use crate::diag::nearest;

/// What a word counts, by where it stands.
const IN_NAME: u32 = 20;
const BEGINS_NAME: u32 = 40;
const IS_NAME: u32 = 80;
const IN_SUMMARY: u32 = 12;
const IN_CATEGORY: u32 = 10;
const IN_SETTINGS: u32 = 3;

/// Shorter words are nobody's, and too many letters fit them.
const SHORTEST_MISTYPED: usize = 4;

/// Keeps the kinds that all words are found in, the best first; where there are none, those with some of the words; and
/// else those that are called or described almost so.
#[must_use]
pub fn search(catalog: Catalog, words: &[String]) -> Catalog {
    let words: Vec<String> = words.iter().flat_map(|word| tokens(word)).collect();
    let counted: Vec<(Vec<u32>, KindPage)> =
        catalog.kinds.into_iter().map(|page| (counts(&page, &words), page)).collect();
    let all = |counts: &[u32]| !counts.is_empty() && counts.iter().all(|count| *count > 0);
    let some = |counts: &[u32]| counts.iter().any(|count| *count > 0);
    let kinds = if counted.iter().any(|(counts, _)| all(counts)) {
        best(counted, all)
    } else if counted.iter().any(|(counts, _)| some(counts)) {
        best(counted, some)
    } else {
        let mut near: Vec<_> = counted.into_iter().map(|(_, page)| page).filter(|page| is_like(page, &words)).collect();
        // What is called so comes before what only speaks of it.
        near.sort_by_key(|page| !words.iter().any(|word| nearest(word, [page.name.as_str()]).is_some()));
        near
    };
    Catalog { version: catalog.version, kinds }
}

fn best(counted: Vec<(Vec<u32>, KindPage)>, wanted: impl Fn(&[u32]) -> bool) -> Vec<KindPage> {
    let mut found: Vec<_> = counted.into_iter().filter(|(counts, _)| wanted(counts)).collect();
    found.sort_by_key(|(counts, page)| (u32::MAX - counts.iter().sum::<u32>(), page.name.clone()));
    found.into_iter().map(|(_, page)| page).collect()
}

/// What each word counts.
fn counts(page: &KindPage, words: &[String]) -> Vec<u32> {
    let name = page.name.as_str();
    let summary = tokens(&page.summary);
    let category = page.category.map(|category| category.to_string());
    let mut rest = String::new();
    for setting in &page.settings {
        rest.push_str(setting.name.as_str());
        rest.push(' ');
        rest.push_str(&setting.description.as_deref().unwrap_or_default().to_lowercase());
        rest.push(' ');
    }
    page.image.iter().for_each(|image| rest.push_str(image.as_str()));
    let count = |word: &String| {
        let stem = stem(word);
        let of_name = match name.find(stem) {
            _ if name == word => IS_NAME,
            Some(0) => BEGINS_NAME,
            Some(_) => IN_NAME,
            None => 0,
        };
        let has_word = summary.iter().any(|token| token.starts_with(stem));
        let of_summary = if has_word { IN_SUMMARY } else { 0 };
        let of_category = if category.as_deref() == Some(word) { IN_CATEGORY } else { 0 };
        let of_settings = if rest.contains(stem) { IN_SETTINGS } else { 0 };
        of_name + of_summary + of_category + of_settings
    };
    words.iter().map(count).collect()
}

/// Whether a word of the name or the summary is almost one that was asked for.
fn is_like(page: &KindPage, words: &[String]) -> bool {
    let known: Vec<String> = tokens(page.name.as_str()).into_iter().chain(tokens(&page.summary)).collect();
    let known = || known.iter().map(String::as_str).filter(|word| word.len() >= SHORTEST_MISTYPED);
    words.iter().any(|word| nearest(word, known().chain([page.name.as_str()])).is_some())
}

/// The words of a text, in small letters.
fn tokens(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// A word without the ending of more than one.
fn stem(word: &str) -> &str {
    let stem = word.strip_suffix("ies").or_else(|| word.strip_suffix('s'));
    stem.filter(|stem| stem.len() >= SHORTEST_MISTYPED).unwrap_or(word)
}
