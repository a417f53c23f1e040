//! The templates of `.nix` files, whose every hole is one Nix expression or one attribute name.
//!
//! # What a template may do
//!
//! The language is Jinja's, as minijinja reads it, with strict names, `trim_blocks` and `lstrip_blocks`. A hole
//! `{{ x }}` prints a Nix value that delimits itself: a string as a string literal, a number, `true`, `null`, a sequence
//! as a list, a map as an attribute set, a [`RelativePath`](super::RelativePath) as a path literal. So `f {{ x }}`,
//! `[ {{ x }} ]` and `a = {{ x }};` are right for every `x`, and nothing in `x` can be read as Nix. Two filters print
//! something else: `{{ x | attr }}` an attribute name, `{{ x | comment }}` a comment of its own lines.
//!
//! The only way to insert Nix text is a [`Fragment`], which Rust code makes of text that was rendered before. There is
//! no `safe`. Macros, blocks, captures and `autoescape` are refused, since they turn Nix into text or back. `include`
//! is there, for templates that are known.
//!
//! A hole cannot stand where its value would not be read as an expression: in a string, in a comment, in or beside a
//! word or a path. `check` proves that of every template before it is used, for every way through it.
//!
//! # How paths, fragments and shared values reach a template
//!
//! A context is any `serde` value. [`RelativePath`](super::RelativePath), [`Fragment`] and [`Shared`] implement
//! `Serialize` so that minijinja hands them over as they are: inside of `Value::from(Serde(…))` they leave the value in
//! a registry of the thread and serialize its number. They may stand in any field, list, map or `Option`, and below
//! `#[serde(flatten)]`; not in a key, and not where the value is first turned into JSON, which makes a string of them.

mod check;
mod hole;
mod mask;
mod scan;
mod trace;
mod uses;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error as _;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value as Dynamic};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use serde::{Serialize, Serializer};

use super::fault::Fault;

pub use hole::Fragment;
pub use mask::{Hole, Outline, outline};
pub use trace::{Trace, Traced};
pub use uses::{Condition, ContextPath, Use, Uses, uses};

/// Every template, proved, and compiled at the latest when it is used. May be used by many threads at once.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
    sources: BTreeMap<String, String>,
    /// The names of those that may have faults.
    checked: BTreeSet<String>,
}

/// A value that is made ready once and used in the contexts of many renderings.
#[derive(Debug, Clone)]
pub struct Shared(Dynamic);

impl Templates {
    /// Compiles templates, given by name and text; of two with one name the later wins.
    ///
    /// A template may begin with front matter between two `---` lines, which is skipped. One with faults is left out,
    /// and every fault of every template is returned.
    pub fn new(sources: impl IntoIterator<Item = (String, String)>) -> (Self, Vec<Fault>) {
        Self::beside([], sources)
    }

    /// Does the same beside templates that are known to have no faults. Those are compiled when they are first used;
    /// one of the same name as a checked one is not there.
    pub fn beside(
        known: impl IntoIterator<Item = (String, String)>,
        sources: impl IntoIterator<Item = (String, String)>,
    ) -> (Self, Vec<Fault>) {
        let sources: BTreeMap<String, String> = sources.into_iter().collect();
        let known: BTreeMap<_, _> = known.into_iter().filter(|(name, _)| !sources.contains_key(name)).collect();
        let mut others: BTreeSet<&str> = sources.keys().chain(known.keys()).map(String::as_str).collect();
        let mut environment = environment();
        let mut faults = Vec::new();
        for (name, source) in &sources {
            let body = body_of(source);
            others.remove(name.as_str());
            let found = check::check(source, body, &others);
            others.insert(name);
            if found.is_empty()
                && let Err(error) = environment.add_template_owned(name.clone(), source[body..].to_owned())
            {
                faults.push(fault(&error, &sources).of(name));
            }
            faults.extend(found.into_iter().map(|fault| fault.of(name)));
        }
        let checked = sources.keys().cloned().collect();
        let sources: BTreeMap<_, _> = sources.into_iter().chain(known.clone()).collect();
        environment.set_loader(move |name| Ok(known.get(name).map(|source| source[body_of(source)..].to_owned())));
        (Self { environment, sources, checked }, faults)
    }

    /// Renders a template. The text is not formatted: a hole has a space on either side.
    ///
    /// # Errors
    ///
    /// An unknown name in a hole, a value that Nix cannot hold, a template that does not exist or has faults.
    pub fn render<S: Serialize + ?Sized>(&self, name: &str, context: &S) -> Result<String, Fault> {
        let Ok(template) = self.environment.get_template(name) else {
            return Err(Fault::nowhere(format!("there is no template `{name}`")).of(name));
        };
        template.render(Dynamic::from(Serde(context))).map_err(|error| fault(&error, &self.sources))
    }

    /// Returns the text of a template, front matter included, even of one that has faults.
    pub fn source(&self, name: &str) -> Option<&str> {
        self.sources.get(name).map(String::as_str)
    }

    /// Lists the templates that can be rendered, by name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let all = self.sources.keys().map(String::as_str);
        all.filter(|name| !self.checked.contains(*name) || self.environment.get_template(name).is_ok())
    }

    /// Lists the names that a template takes from its context, those of what it includes aside.
    pub fn variables(&self, name: &str) -> BTreeSet<String> {
        self.names_in(name, false)
    }

    /// Lists the same with what is taken from them: `settings.domain`, or `settings` where it is taken as a whole.
    pub fn parts(&self, name: &str) -> BTreeSet<String> {
        self.names_in(name, true)
    }

    fn names_in(&self, name: &str, nested: bool) -> BTreeSet<String> {
        let Ok(template) = self.environment.get_template(name) else {
            return BTreeSet::new();
        };
        let mut found: BTreeSet<String> = template.undeclared_variables(nested).into_iter().collect();
        found.retain(|name| !words::FUNCTIONS.contains(&name.as_str()));
        found
    }
}

impl Serialize for Shared {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Makes a value ready for the contexts of many renderings.
pub fn share<S: Serialize + ?Sized>(value: &S) -> Shared {
    Shared(Dynamic::from(Serde(value)))
}

/// Finds where the body begins: behind front matter between two `---` lines, or at the start.
pub fn body_of(source: &str) -> usize {
    const RULE: &str = "---\n";
    const END: &str = "\n---\n";
    let Some(rest) = source.strip_prefix(RULE) else {
        return 0;
    };
    if rest.starts_with(RULE) {
        return RULE.len() * 2;
    }
    rest.find(END).map_or(0, |end| RULE.len() + end + END.len())
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_syntax(syntax());
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(hole::write);
    // Errors name the variable; costs nothing until there is one.
    environment.set_debug(true);
    words::add(&mut environment);
    environment
}

fn syntax() -> SyntaxConfig {
    SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .expect("the delimiters are the usual ones")
}

/// Turns an error into a fault of the innermost template, where an include failed.
fn fault(error: &Error, sources: &BTreeMap<String, String>) -> Fault {
    let mut error = error;
    while let Some(inner) = error.source().and_then(|source| source.downcast_ref::<Error>()) {
        error = inner;
    }
    let name = error.name().unwrap_or_default();
    let source = sources.get(name).map_or("", String::as_str);
    let body = body_of(source);
    let range = error.range().map(|range| range.start + body..range.end + body);
    let message = match (error.kind(), error.detail(), &range) {
        (ErrorKind::UndefinedError, None, Some(range)) => {
            format!("`{}` is undefined", source.get(range.clone()).unwrap_or_default().trim())
        }
        (kind, None, _) => kind.to_string(),
        (_, Some(detail), _) => detail.to_owned(),
    };
    match range {
        Some(range) => Fault::new(source, range, message).of(name),
        None => Fault::nowhere(message).of(name),
    }
}

#[cfg(test)]
mod tests;
