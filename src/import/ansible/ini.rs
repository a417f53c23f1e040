//! Inventories as INI: groups in brackets, a host a line with its variables behind it.

use super::inventory::{Inventory, UNGROUPED, Vars};
use crate::diag::{Diagnostic, codes};
use crate::import::input::{Input, Text, join};
use crate::import::tree::Tree;
use crate::import::words;

/// What the lines of a section are.
enum Section {
    Hosts(String),
    Vars(String),
    Children(String),
}

/// Reads an inventory; every broken line is a fault.
pub(super) fn read(text: &Text, input: &mut Input) -> Inventory {
    let mut inventory = Inventory::default();
    let mut section = Section::Hosts(UNGROUPED.to_owned());
    let lines: Vec<(usize, String)> = text.lines().map(|(start, line)| (start, line.to_owned())).collect();
    for (start, line) in lines {
        let body = line.trim_start();
        let at = start + line.len() - body.len();
        let body = body.trim_end();
        if body.is_empty() || body.starts_with(['#', ';']) {
            continue;
        }
        let outcome = if body.starts_with('[') && header(body).is_some() {
            header(body).expect("it was just seen").map(|found| {
                let (Section::Hosts(name) | Section::Vars(name) | Section::Children(name)) = &found;
                let leaf = input.leaf(text, format!("[{name}]"), at);
                inventory.group(name).mentions.push(Tree::text_of(leaf, String::new()));
                section = found;
            })
        } else {
            match &section {
                Section::Hosts(group) => host(group, body, at, text, input, &mut inventory),
                Section::Vars(group) => variable(group, body, at, text, input, &mut inventory),
                Section::Children(group) => {
                    let child = body.split(" #").next().unwrap_or_default().trim_end();
                    let leaf = input.leaf(text, format!("[{group}:children].{child}"), at);
                    inventory.group(child).mentions.push(Tree::text_of(leaf, String::new()));
                    inventory.group(group).children.insert(child.to_owned());
                    Ok(())
                }
            }
        };
        if let Err(why) = outcome {
            input.fault(
                Diagnostic::new(codes::NO_INVENTORY, "a line of the inventory cannot be read")
                    .at(text.span(at, at + body.len()), why)
                    .help("an inventory has groups, `[web]`, and hosts, `web1 ansible_host=192.168.1.5`, a line each"),
            );
        }
    }
    inventory
}

/// Reads `[name]`, `[name:vars]` and `[name:children]`; nothing when the line is a host with a range.
fn header(line: &str) -> Option<Result<Section, String>> {
    let (inside, behind) = line.strip_prefix('[')?.split_once(']')?;
    let behind = behind.trim();
    if !behind.is_empty() && !behind.starts_with(['#', ';']) {
        return None;
    }
    let (name, what) = inside.split_once(':').unwrap_or((inside, ""));
    let (name, what) = (name.trim().to_owned(), what.trim());
    Some(match what {
        _ if name.is_empty() => Err("a group has no name".to_owned()),
        "" => Ok(Section::Hosts(name)),
        "vars" => Ok(Section::Vars(name)),
        "children" => Ok(Section::Children(name)),
        _ => Err("behind the colon stands `vars` or `children`".to_owned()),
    })
}

fn host(
    group: &str,
    line: &str,
    at: usize,
    text: &Text,
    input: &mut Input,
    inventory: &mut Inventory,
) -> Result<(), String> {
    let words = words::split(line, true).ok_or("a quote is not closed")?;
    let Some(((first, name), rest)) = words.split_first() else { return Ok(()) };
    let mut vars = Vars::default();
    let place = format!("[{group}].{name}");
    let leaf = input.leaf(text, place.clone(), at + first);
    // A port may stand behind a name; a colon in brackets is a range, and more of them an IPv6 address.
    let bare = name.rfind(']').map_or(name.as_str(), |end| &name[end..]);
    let port = bare.split_once(':').filter(|(_, port)| bare.matches(':').count() == 1 && port.parse::<u16>().is_ok());
    let pattern = port.map_or(name.as_str(), |(_, port)| &name[..name.len() - port.len() - 1]);
    if let Some((_, port)) = port {
        vars.set("ansible_port", Tree::text_of(leaf.clone(), port));
    }
    for (start, word) in rest {
        let (key, value) = word.split_once('=').ok_or("a variable is written `name=value`")?;
        let leaf = input.leaf(text, join(&place, key), at + start);
        vars.set(key, Tree::text_of(leaf, value));
    }
    inventory.add(group, pattern, Some(&Tree::text_of(leaf, name.as_str())), &vars)
}

fn variable(
    group: &str,
    line: &str,
    at: usize,
    text: &Text,
    input: &mut Input,
    inventory: &mut Inventory,
) -> Result<(), String> {
    let (name, value) = line.split_once('=').ok_or("a variable is written `name=value`")?;
    let (name, value) = (name.trim(), value.trim());
    let leaf = input.leaf(text, format!("[{group}:vars].{name}"), at);
    let unquoted = ['\'', '"'].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    inventory.group(group).vars.set(name, Tree::text_of(leaf, unquoted.unwrap_or(value)));
    Ok(())
}
