//! What is to be done to reach a value: as little as possible, so that what stays the same is not written anew.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::cut::cut;
use super::page::{Page, Refusal, Step};
use super::print;
use super::put::{put, put_item};
use super::spots::{Form, Spot};
use super::value::Value;

/// One change of a page.
#[derive(Debug)]
enum Act<'v> {
    Put(Vec<Step>, &'v Value),
    PutItem(Vec<Step>, usize, &'v Value),
    Cut(Vec<Step>),
}

/// Makes the value at a path be `value`; `present` is what the whole page says now, `tall` is that of [`put`].
pub(super) fn make(
    page: &mut Page,
    present: &Value,
    path: &[String],
    value: &Value,
    tall: usize,
) -> Result<(), Refusal> {
    let steps: Vec<_> = path.iter().cloned().map(Step::Key).collect();
    page.refresh()?;
    // The first key on the way that is not there yet is written with all that is below it.
    let mut known = 0;
    while known < path.len() && page.find(&steps[..=known])?.is_some() {
        known += 1;
    }
    if known < path.len() {
        let mut whole = value.clone();
        for key in path[known + 1..].iter().rev() {
            whole = Value::Map(vec![(key.clone(), whole)]);
        }
        return put(page, &steps[..=known], &whole, tall.saturating_sub(known));
    }
    let spot = page.find(&steps)?.ok_or(Refusal::Unproved)?.spot;
    let mut acts = Vec::new();
    plan(spot, present.get(path), value, steps, &mut acts);
    for act in acts {
        match act {
            Act::Put(path, value) => put(page, &path, value, 0)?,
            Act::PutItem(path, at, value) => put_item(page, &path, at, value)?,
            Act::Cut(path) => cut(page, &path)?,
        }
    }
    Ok(())
}

fn plan<'v>(spot: &Spot, present: Option<&Value>, wanted: &'v Value, path: Vec<Step>, acts: &mut Vec<Act<'v>>) {
    match (&spot.form, present, wanted) {
        (_, Some(present), wanted) if present == wanted => {}
        (Form::Map { members: spots, .. }, Some(Value::Map(members)), Value::Map(wanted)) if !wanted.is_empty() => {
            for (key, value) in wanted {
                let below = [path.as_slice(), &[Step::Key(key.clone())]].concat();
                let member = spots.iter().find(|member| member.key == *key);
                match (member, members.iter().find(|(name, _)| name == key)) {
                    (Some(member), Some((_, present))) => plan(&member.value, Some(present), value, below, acts),
                    _ => acts.push(Act::Put(below, value)),
                }
            }
            let gone = members.iter().filter(|(key, _)| wanted.iter().all(|(name, _)| name != key));
            acts.extend(gone.map(|(key, _)| Act::Cut([path.as_slice(), &[Step::Key(key.clone())]].concat())));
        }
        (Form::List { items: spots, .. }, Some(Value::List(items)), Value::List(wanted))
            if !spots.is_empty() && !wanted.is_empty() && spots.len() == items.len() =>
        {
            acts.extend(items_of(items, wanted, &path));
        }
        _ => acts.push(Act::Put(path, wanted)),
    }
}

/// From one list to another, from the last item to the first, so that the numbers before stay right.
fn items_of<'v>(present: &[Value], wanted: &'v [Value], path: &[Step]) -> Vec<Act<'v>> {
    let shown = |items: &[Value]| items.iter().map(|item| format!("{item:?}")).collect::<Vec<_>>();
    let mut acts = Vec::new();
    let item = |at| [path, &[Step::Item(at)]].concat();
    for op in capture_diff_slices(Algorithm::Myers, &shown(present), &shown(wanted)).iter().rev() {
        let (old, new) = (op.old_range(), op.new_range());
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let both = old.len().min(new.len());
        // What is new comes first, so that a list is never empty in between.
        acts.extend(
            wanted[new.start + both..new.end]
                .iter()
                .rev()
                .map(|value| Act::PutItem(path.to_vec(), old.start + both, value)),
        );
        let shift = new.len() - both;
        acts.extend((old.start + both..old.end).rev().map(|at| Act::Cut(item(at + shift))));
        acts.extend((0..both).map(|at| Act::Put(item(old.start + at), &wanted[new.start + at])));
    }
    acts
}

/// Takes away what stands at a path.
pub(super) fn unmake(page: &mut Page, path: &[String]) -> Result<(), Refusal> {
    let steps: Vec<_> = path.iter().cloned().map(Step::Key).collect();
    cut(page, &steps)
}

/// Calls a key otherwise; its value and its comments stay.
pub(super) fn rename(page: &mut Page, path: &[String], name: &str) -> Result<(), Refusal> {
    let steps: Vec<_> = path.iter().cloned().map(Step::Key).collect();
    page.refresh()?;
    page.owned(&steps, false)?;
    let (last, above) = path.split_last().ok_or(Refusal::Unproved)?;
    let map = page.find(&steps[..above.len()])?.ok_or(Refusal::Unproved)?.spot;
    let member = map.member(last).ok_or(Refusal::Unproved)?;
    let key = member.start..member.key_end;
    page.splice(vec![(key, print::key(name))]);
    Ok(())
}
