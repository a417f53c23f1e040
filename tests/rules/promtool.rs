//! What `promtool test rules` is given: files of rules, series, and what is expected of them.

use std::fs;
use std::path::Path;
use std::process::Output;

use cistern::diag::Faults;
use cistern::load::parse;
use cistern::source::Sources;
use serde_json::{Value as Json, json};

use crate::common::{Lab, temp_dir};

/// Reads YAML with the parser that reads definitions.
pub(crate) fn yaml(name: &str, text: &str) -> Json {
    let mut sources = Sources::default();
    let id = sources.add(name, text);
    let mut faults = Faults::default();
    let node = parse(id, sources.file(id), &mut faults);
    assert!(faults.is_empty(), "{name}: {faults:?}");
    node.expect("it has no faults").to_json()
}

/// The groups of a file of rules.
pub(crate) fn groups(file: &Path) -> Vec<Json> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    yaml("rules.yml", &text)["groups"].as_array().expect("a list of groups").clone()
}

/// A series and its values, minute by minute.
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
}

/// What an expression gives at a minute: nothing, or one sample without labels.
pub(crate) struct Expectation {
    pub(crate) expr: String,
    pub(crate) minute: usize,
    pub(crate) value: Option<f64>,
}

/// A test of promtool: one run of time.
pub(crate) struct Run {
    pub(crate) series: Vec<Series>,
    pub(crate) expected: Vec<Expectation>,
}

impl Run {
    fn json(&self) -> Json {
        let series = |series: &Series| json!({ "series": series.name, "values": series.values.join(" ") });
        let expected = |expected: &Expectation| {
            let samples: Vec<_> =
                expected.value.iter().map(|value| json!({ "labels": "{}", "value": value })).collect();
            json!({ "expr": expected.expr, "eval_time": format!("{}m", expected.minute), "exp_samples": samples })
        };
        json!({
            "interval": "1m",
            "input_series": self.series.iter().map(series).collect::<Vec<_>>(),
            "promql_expr_test": self.expected.iter().map(expected).collect::<Vec<_>>(),
        })
    }
}

/// Lets promtool run tests on groups of rules, which are evaluated in their order once a minute.
pub(crate) fn test(lab: &Lab, groups: &[Json], runs: &[Run]) -> Output {
    let dir = temp_dir();
    let write = |name: &str, json: &Json| fs::write(dir.path().join(name), json.to_string()).expect("it is ours");
    write("rules.json", &json!({ "groups": groups }));
    let order: Vec<_> = groups.iter().map(|group| &group["name"]).collect();
    let tests: Vec<_> = runs.iter().map(Run::json).collect();
    write(
        "test.json",
        &json!({ "rule_files": ["rules.json"], "evaluation_interval": "1m", "group_eval_order": order, "tests": tests }),
    );
    let mut promtool = lab.command("promtool");
    promtool.args(["test", "rules", "test.json"]).current_dir(dir.path()).output().expect("promtool starts")
}
