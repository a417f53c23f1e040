//! Ranges in host names: `web[01:10]`, `db-[a:f]`, `rack[1:2]-node[1:9:2]`.

/// The most hosts that one pattern may stand for.
const MOST: usize = 10_000;

/// Every name that a pattern stands for, or what is wrong with it.
pub(super) fn expand(pattern: &str) -> Result<Vec<String>, String> {
    let mut names = vec![String::new()];
    let mut rest = pattern;
    while let Some(open) = rest.find('[') {
        let close = rest[open..].find(']').ok_or("a `[` is not closed")? + open;
        let steps = steps(&rest[open + 1..close])?;
        if names.len().saturating_mul(steps.len()) > MOST {
            return Err(format!("it stands for more than {MOST} hosts"));
        }
        let before = &rest[..open];
        names = names.iter().flat_map(|name| steps.iter().map(move |step| format!("{name}{before}{step}"))).collect();
        rest = &rest[close + 1..];
    }
    names.iter_mut().for_each(|name| name.push_str(rest));
    Ok(names)
}

fn steps(range: &str) -> Result<Vec<String>, String> {
    let parts: Vec<&str> = range.split(':').collect();
    let ([first, last] | [first, last, _]) = parts[..] else {
        return Err("a range is written as `[01:10]` or `[1:10:2]`".to_owned());
    };
    let step: usize = match parts.get(2) {
        Some(step) => step.parse().ok().filter(|step| *step > 0).ok_or("a step is a number from 1 on")?,
        None => 1,
    };
    let letter = |text: &str| text.chars().next().filter(|c| c.is_ascii_alphabetic() && text.len() == 1);
    if let (Some(first), Some(last)) = (letter(first), letter(last)) {
        let all: Vec<String> = (first..=last).step_by(step).map(String::from).collect();
        return if all.is_empty() { Err("a range begins with the smaller end".to_owned()) } else { Ok(all) };
    }
    let number = |text: &str, what: &str| {
        text.parse::<u32>().map_err(|_| format!("`{what}` of a range is neither a number nor a letter"))
    };
    let (begin, end) = (number(if first.is_empty() { "0" } else { first }, "first")?, number(last, "last")?);
    if begin > end {
        return Err("a range begins with the smaller end".to_owned());
    }
    if (end - begin) as usize / step >= MOST {
        return Err(format!("it stands for more than {MOST} hosts"));
    }
    let width = if first.starts_with('0') && first.len() > 1 { first.len() } else { 0 };
    Ok((begin..=end).step_by(step).map(|number| format!("{number:0width$}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_unfolded() {
        let all = |pattern: &str| expand(pattern).unwrap().join(" ");
        assert_eq!(
            all("web[08:11].example.org"),
            "web08.example.org web09.example.org web10.example.org web11.example.org"
        );
        assert_eq!(all("n[1:5:2]"), "n1 n3 n5");
        assert_eq!(all("db-[a:c]"), "db-a db-b db-c");
        assert_eq!(all("r[1:2]n[a:b]"), "r1na r1nb r2na r2nb");
        assert_eq!(all("plain"), "plain");
        assert_eq!(all("x[:2]"), "x0 x1 x2");
    }

    #[test]
    fn broken_and_endless_ranges_are_refused() {
        for bad in [
            "a[1:",
            "a[1]",
            "a[2:1]",
            "a[c:a]",
            "a[1:2:0]",
            "a[x1:2]",
            "a[]",
            "a[0:4294967295]",
            "a[1:9999][1:9999]",
            "a[1:2:3:4]",
        ] {
            assert!(expand(bad).is_err(), "{bad}");
        }
    }
}
