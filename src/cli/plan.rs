//! `cistern plan`: a diff in a file, with hashes of what it was made from, that can be signed and held against today.

use std::fs;
use std::io::{self, Write as _};
use std::mem::ManuallyDrop;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::Value;

use super::evaluation::{self, Evaluation};
use super::{Common, Outcome, Terminal, generate, ssh_keygen};
use crate::Compiled;
use crate::audit::audit;
use crate::current::{self, Against, Current, Place};
use crate::diag::listed;
use crate::diff::{self, Beside, Report};
use crate::git::Git;
use crate::model::Modules;
use crate::planfile::{self, Base, FORMAT, Key, NAMESPACE, PlanFile, Refusal, Revision};
use crate::tree::Tree;
use crate::why::Known;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Options {
    /// The file to write.
    #[arg(short, long, value_name = "FILE", required = true)]
    output: Option<PathBuf>,
    /// Sign it with this SSH key, as an admin of `access.people`; a public key stands for what the agent holds.
    #[arg(long, value_name = "KEY")]
    sign: Option<PathBuf>,
    /// What to compare with: a git revision, `worktree`, or a directory; HEAD's generated/ by default.
    #[arg(long, value_name = "REV|worktree|DIR")]
    against: Option<String>,
    #[command(flatten)]
    evaluation: Evaluation,
    #[command(subcommand)]
    then: Option<Then>,
}

#[derive(Subcommand)]
enum Then {
    /// Refuse a plan when anything moved since it was made.
    Verify {
        /// The plan.
        file: PathBuf,
        /// Refuse it without a signature, too.
        #[arg(long)]
        signed: bool,
    },
    /// Say what a plan was made from, and what it changes.
    Show {
        /// The plan.
        file: PathBuf,
    },
}

pub(super) fn run(options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    match &options.then {
        Some(Then::Verify { file, signed }) => verify(file, *signed, common, terminal),
        Some(Then::Show { file }) => match read(file, terminal)? {
            Some((plan, _)) => terminal.print(&planfile::show(&plan)).map(|()| Outcome::Fine),
            None => Ok(Outcome::Wrong),
        },
        None => {
            let file = options.output.as_ref().expect("clap asks for it");
            write(file, options, common, terminal)
        }
    }
}

fn write(file: &Path, options: &Options, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    if let Some(key) = options.sign.as_ref().filter(|key| !key.exists()) {
        terminal.error(&format!("there is no key {}", key.display()));
        return Ok(Outcome::Wrong);
    }
    let present = fs::read(file).ok();
    if present.is_some_and(|present| PlanFile::read(&present).is_err()) {
        terminal.error(&format!("{} is there already and is no plan file: it stays as it is", file.display()));
        return Ok(Outcome::Differs);
    }
    let Some(made) = make(options.against.as_deref(), Some(&options.evaluation), common, terminal)? else {
        return Ok(Outcome::Wrong);
    };
    let plan = match made.base {
        Ok(base) => made.about.with(base),
        Err(error) => return wrong(&error, terminal),
    };
    let text = plan.text();
    let beside = signature_of(file);
    let signature = options.sign.as_ref().map(|key| ssh_keygen::sign(text.as_bytes(), NAMESPACE, key)).transpose()?;
    // A signature of the plan before would only be refused.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(named(&beside, &error)),
        Ok(()) if signature.is_none() => terminal.say("Removed", &format!("{}, of another plan", beside.display())),
        _ => {}
    }
    put(file, text.as_bytes())?;
    if let Some(signature) = &signature {
        put(&beside, signature)?;
        match signer(text.as_bytes(), &String::from_utf8_lossy(signature), made.compiled) {
            Ok(person) => terminal.say("Signed", &format!("{} by `{person}`", beside.display())),
            Err(refusal) => terminal.warn(&format!("nobody will accept the signature: {refusal}")),
        }
    }
    terminal.say("Planned", &format!("{}, compared with {}", file.display(), plan.against.what));
    Ok(Outcome::Fine)
}

fn verify(file: &Path, signed: bool, common: &Common, terminal: &Terminal) -> io::Result<Outcome> {
    let Some((mut plan, text)) = read(file, terminal)? else { return Ok(Outcome::Wrong) };
    // What nix made of it follows from what is compared below, and takes too long to be asked again.
    plan.diff.as_object_mut().map(|diff| diff.remove("evaluation"));
    let Some(made) = make(plan.against.asked.as_deref(), None, common, terminal)? else { return Ok(Outcome::Wrong) };
    let now = made.about.with(match made.base {
        Ok(base) => base,
        Err(error) if error.is_of_the_machine() => return Err(io::Error::other(error.to_string())),
        Err(error) => (Base { asked: None, what: error.to_string(), tree: String::new() }, Value::Null),
    });
    let moved = planfile::moved(&plan, &now);
    if !moved.is_empty() {
        terminal.print(&planfile::table(&moved))?;
        let names: Vec<_> = moved.iter().map(|moved| moved.what).collect();
        terminal.error(&format!("the plan does not hold: {} moved since it was made", listed(&names)));
    }
    let beside = signature_of(file);
    let signature = match fs::read(&beside) {
        Ok(signature) => Some(String::from_utf8_lossy(&signature).into_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(named(&beside, &error)),
    };
    let by = match signature.map(|signature| signer(&text, &signature, made.compiled)) {
        Some(Ok(person)) => format!("signed by `{person}`"),
        Some(Err(refusal)) => {
            terminal.error(&format!("the signature {} is refused: {refusal}", beside.display()));
            return Ok(Outcome::Differs);
        }
        None if signed => {
            terminal.error(&format!("there is no signature {}: sign with `--sign KEY`", beside.display()));
            return Ok(Outcome::Differs);
        }
        None => "not signed".to_owned(),
    };
    if !moved.is_empty() {
        terminal.say("Signature", &by);
        return Ok(Outcome::Differs);
    }
    terminal.say("Verified", &format!("{}: nothing moved; {by}", file.display()));
    Ok(Outcome::Fine)
}

/// A plan of today, but for what it is compared with, which may not be there.
struct Made {
    compiled: ManuallyDrop<Compiled>,
    about: About,
    base: Result<(Base, Value), current::Error>,
}

/// What a plan says of the new side alone.
struct About {
    definition: String,
    tree: String,
    flake_lock: Option<String>,
    revision: Option<Revision>,
}

impl About {
    fn with(self, (against, diff): (Base, Value)) -> PlanFile {
        let Self { definition, tree, flake_lock, revision } = self;
        let cistern = env!("CARGO_PKG_VERSION").to_owned();
        PlanFile { format: FORMAT, cistern, definition, tree, flake_lock, revision, against, diff }
    }
}

/// Compiles and compares; says what is wrong and returns nothing when the definition is.
fn make(
    asked: Option<&str>,
    evaluation: Option<&Evaluation>,
    common: &Common,
    terminal: &Terminal,
) -> io::Result<Option<Made>> {
    let (compiled, previous) = generate::read(common, terminal)?;
    let Some(emitted) = generate::emit(&compiled, &previous, terminal) else { return Ok(None) };
    let emitted = ManuallyDrop::new(emitted);
    let lock = common.directory.join("flake.lock");
    let flake_lock = match fs::read(&lock) {
        Ok(bytes) => Some(planfile::hash(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(named(&lock, &error)),
    };
    let about = About {
        definition: planfile::definition_hash(&compiled.sources),
        tree: planfile::tree_hash(&emitted.tree),
        flake_lock,
        revision: revision(&common.directory)?,
    };
    let evaluate = |report: &Report<'_>, old: &Current| match evaluation.filter(|evaluation| evaluation.is_wanted()) {
        Some(evaluation) => evaluated(report, old, &emitted.tree, evaluation, common, terminal),
        None => Ok(None),
    };
    let base = compare(asked, common, &compiled, (&previous, &emitted.tree), &evaluate);
    Ok(Some(Made { compiled, about, base }))
}

/// Reads what to compare with, and compares: the one place that knows how.
fn compare(
    asked: Option<&str>,
    common: &Common,
    compiled: &Compiled,
    (previous, new): (&Tree, &Tree),
    evaluate: &dyn Fn(&Report<'_>, &Current) -> io::Result<Option<Value>>,
) -> Result<(Base, Value), current::Error> {
    let against = asked.map_or(Against::Head, |word| super::diff::side(word, common));
    let current = current::tree(&common.directory, &against, new, || Ok(Tree::clone(previous)))?;
    let inputs = current::inputs(&common.directory, &current.place, &Place::Worktree)?;
    let modules = || Modules::read(&compiled.sources);
    let kinds = compiled.plan.as_ref().map(crate::prove::Plan::kinds);
    let drifts = compiled.plan.as_ref().map(|plan| audit(plan.entries(), plan.kept()));
    let beside = Beside { inputs, modules: Some(&modules), kinds, drifts: drifts.as_deref() };
    let report = Report::new(&current.tree, new, &beside).map_err(|why| current::Error::Io {
        path: common.directory.clone(),
        error: io::Error::other(why.to_string()),
    })?;
    let failed = |error| current::Error::Io { path: common.directory.clone(), error };
    let evaluation = evaluate(&report, &current).map_err(failed)?;
    let document = serde_json::from_str(&diff::json(&report, evaluation)).expect("it was written by us");
    drop(report);
    let base = Base { asked: asked.map(str::to_owned), what: current.what, tree: planfile::tree_hash(&current.tree) };
    Ok((base, document))
}

/// What nix makes of the hosts that the change may concern, or of all of them.
fn evaluated(
    report: &Report<'_>,
    old: &Current,
    new: &Tree,
    evaluation: &Evaluation,
    common: &Common,
    terminal: &Terminal,
) -> io::Result<Option<Value>> {
    let new = Current { tree: new.clone(), what: "the definition".to_owned(), place: Place::Worktree };
    let evaluated = evaluation::between(evaluation, report, (old, &new), common, terminal)?;
    if let Some(evaluated) = &evaluated {
        evaluation::complete(evaluated)?;
    }
    Ok(evaluated.map(|evaluated| serde_json::to_value(evaluated).expect("text, numbers, lists and maps")))
}

/// The commit that is checked out, and whether files of the fleet are not as it holds them.
fn revision(directory: &Path) -> io::Result<Option<Revision>> {
    let failed = |error: crate::git::Error| io::Error::other(error.to_string());
    let Ok(git) = Git::find(directory).map_err(failed)? else { return Ok(None) };
    let Ok(printed) = git.run(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], b"") else { return Ok(None) };
    let commit = String::from_utf8_lossy(&printed).trim_end().to_owned();
    // Files that git does not know, such as a plan, change nothing for a flake; those of the definition are in its hash.
    let status = git.run(&["status", "--porcelain", "--untracked-files=no", "--", "."], b"").map_err(failed)?;
    Ok(Some(Revision { commit, dirty: !status.is_empty() }))
}

/// Says which admin of today's definition made a signature.
fn signer(text: &[u8], signature: &str, compiled: ManuallyDrop<Compiled>) -> Result<String, Refusal> {
    let known = Known::read(ManuallyDrop::into_inner(compiled).sources);
    let people = known.fleet.people.iter();
    let keys: Vec<_> = people
        .flat_map(|(person, entry)| entry.keys.iter().map(move |key| Key { person, role: entry.role, key }))
        .collect();
    planfile::signer(text, signature, &keys).map(ToString::to_string)
}

/// Reads a plan file and its bytes; says what is wrong and returns nothing when it is none.
fn read(file: &Path, terminal: &Terminal) -> io::Result<Option<(PlanFile, Vec<u8>)>> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            terminal.error(&format!("there is no file {}: `cistern plan -o FILE` writes one", file.display()));
            return Ok(None);
        }
        Err(error) => return Err(named(file, &error)),
    };
    match PlanFile::read(&bytes) {
        Ok(plan) => Ok(Some((plan, bytes))),
        Err(unusable) => {
            terminal.error(&format!("{}: {unusable}", file.display()));
            Ok(None)
        }
    }
}

fn wrong(error: &current::Error, terminal: &Terminal) -> io::Result<Outcome> {
    if error.is_of_the_machine() {
        return Err(io::Error::other(error.to_string()));
    }
    terminal.error(&error.to_string());
    Ok(Outcome::Wrong)
}

/// `plan.json` → `plan.json.sig`, as ssh-keygen calls it.
fn signature_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

/// Writes a file all at once.
fn put(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let everybody = fs::Permissions::from_mode(0o644);
    let mut beside =
        tempfile::Builder::new().permissions(everybody).tempfile_in(directory).map_err(|error| named(file, &error))?;
    beside.write_all(bytes).map_err(|error| named(file, &error))?;
    beside.persist(file).map(drop).map_err(|failed| named(file, &failed.error))
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
