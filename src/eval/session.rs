//! One process of nix that evaluates hosts, one after the other, and tells each answer as soon as it has it.
//!
//! Nix has no way to go on after an error that is not thrown on purpose. So each answer is told by `builtins.trace`: when
//! the process ends early, what it has told is kept, and the host that it was at is the one that fails.

use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader};
use std::process::Stdio;

use super::flake::Flake;
use super::program::{Nix, unstarted};
use crate::value::Size;

/// What the lines begin with that carry answers.
const MARK: &str = "trace: cistern-eval ";

/// Lines of nix that are kept until it is known whose they are.
const KEPT: usize = 200;

/// How a process ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ended {
    /// Answers in the order of the hosts: a derivation, or none where the flake has no such host.
    pub(super) answers: Vec<Option<String>>,
    /// Whether the flake itself evaluates.
    pub(super) began: bool,
    /// Whether nix made up a lock on the way: what it answered may be another answer tomorrow.
    pub(super) unlocked: bool,
    /// Why it did not answer the rest.
    pub(super) failure: Option<Early>,
}

/// Why a process ended before its last host.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Early {
    /// It needed more memory than it may have.
    Memory,
    /// What nix said.
    Said(String),
}

/// Evaluates hosts in a process of its own; `answered` is called for each answer.
pub(super) fn run(nix: &Nix, flake: &Flake, hosts: &[String], memory: Size, answered: &dyn Fn()) -> io::Result<Ended> {
    let reference = format!("{}#.", flake.reference());
    let expression = expression(hosts);
    let args = ["eval", "--json", "--no-write-lock-file", "--option", "eval-cache", "false"];
    let mut command = nix.command(&args);
    command.args([&reference, "--apply", &expression]);
    // Values of Nix lie on this heap, and nothing else grows with a host.
    command.env("GC_MAXIMUM_HEAP_SIZE", memory.bytes().to_string());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(unstarted)?;
    let mut said = BufReader::new(child.stderr.take().expect("stderr is a pipe"));
    let mut ended = Ended { answers: Vec::new(), began: false, unlocked: false, failure: None };
    let mut kept = VecDeque::new();
    let mut line = Vec::new();
    while said.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        line.clear();
        match text.strip_prefix(MARK) {
            Some("begin") => ended.began = true,
            Some(answer) if answer == "none" || answer.ends_with(".drv") => {
                ended.answers.push((answer != "none").then(|| answer.to_owned()));
                answered();
            }
            _ => {
                ended.unlocked |= text.contains("not writing modified lock file");
                kept.push_back(text);
                if kept.len() > KEPT {
                    kept.pop_front();
                }
                continue;
            }
        }
        kept.clear();
    }
    let status = child.wait()?;
    if ended.answers.len() < hosts.len() || !ended.began {
        let starved = status.code().is_none() || kept.iter().any(|line| is_out_of_memory(line));
        ended.failure = Some(if starved { Early::Memory } else { Early::Said(reason(kept, &status.to_string())) });
    }
    Ok(ended)
}

/// A function from the flake's outputs to the number of hosts, which tells their derivations on the way.
fn expression(hosts: &[String]) -> String {
    let names: String = hosts.iter().map(|host| format!(" {}", quoted(host))).collect();
    format!(
        "flake: let\n  \
           configurations = flake.nixosConfigurations or {{ }};\n  \
           tell = text: builtins.trace (\"cistern-eval \" + text);\n  \
           path = name: if configurations ? ${{name}}\n    \
             then builtins.unsafeDiscardStringContext configurations.${{name}}.config.system.build.toplevel.drvPath\n    \
             else \"none\";\n  \
           evaluate = count: name: let found = path name; in builtins.seq found (tell found (count + 1));\n\
         in builtins.seq (builtins.attrNames configurations)\n  \
           (tell \"begin\" (builtins.foldl' evaluate 0 [{names} ]))"
    )
}

/// A string of Nix. Names of hosts hold nothing to quote; what a caller makes up might.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    crate::nix::string(text, &mut out).expect("an argument of a program holds no NUL");
    out
}

fn is_out_of_memory(line: &str) -> bool {
    ["error: out of memory", "GC Warning: Out of Memory", "std::bad_alloc", "Cannot allocate memory"]
        .iter()
        .any(|sign| line.contains(sign))
}

/// The last lines of nix, from its last error on: the others say which way it went there.
fn reason(kept: VecDeque<String>, status: &str) -> String {
    const SHOWN: usize = 12;
    let lines: Vec<&String> = kept.iter().filter(|line| !line.trim().is_empty()).collect();
    let is_error = |line: &&String| line.trim_start().starts_with("error: ");
    let start = lines.iter().rposition(is_error).unwrap_or(lines.len().saturating_sub(SHOWN));
    let shown: Vec<_> = lines[start..].iter().take(SHOWN).map(|line| super::text::visible(line)).collect();
    let shown = outdented(&shown);
    if shown.is_empty() { format!("nix ended with {status}") } else { shown.trim_start_matches("error: ").to_owned() }
}

/// Lines without the spaces that all of them begin with.
fn outdented(lines: &[String]) -> String {
    let spaces = |line: &String| line.len() - line.trim_start_matches(' ').len();
    let common = lines.iter().map(spaces).min().unwrap_or(0);
    lines.iter().map(|line| line[common..].to_owned()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_error_is_told() {
        let lines = [
            "error:",
            "       … while calling the 'trace' builtin",
            "         at «string»:1:4:",
            "",
            "       error: attribute 'nope' missing",
            "       at /x/flake.nix:1:28:",
            "            1| c: c.nope",
        ];
        let kept = || lines.iter().map(|line| (*line).to_owned()).collect::<VecDeque<_>>();
        let expected = "attribute 'nope' missing\nat /x/flake.nix:1:28:\n     1| c: c.nope";
        assert_eq!(reason(kept(), "exit status: 1"), expected);
        assert_eq!(reason(VecDeque::new(), "exit status: 1"), "nix ended with exit status: 1");
    }

    #[test]
    fn names_are_data() {
        let expression = expression(&["eden".to_owned(), "${x}\"".to_owned()]);
        assert!(expression.contains(r#"[ "eden" "\${x}\"" ]"#), "{expression}");
    }
}
