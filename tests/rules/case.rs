//! `tests/rules/alerts/<Alert>.yml`: what leads to an alert, and what nearly does.
//!
//! Every series has three values: that of a good time, that of a bad one, and one that is nearly as bad. A good time of
//! `before` minutes is followed by a bad one and another good one. The expression holds `lag` minutes after the bad time
//! has begun, and ends `clears` minutes after it has ended.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::promtool::{Expectation, Run, Series};

/// How an alert is led to.
pub(crate) struct Case {
    pub(crate) alert: String,
    /// Whether it always fires.
    pub(crate) always: bool,
    before: usize,
    lag: usize,
    clears: usize,
    series: Vec<Given>,
}

struct Given {
    name: String,
    json: Json,
}

/// Which of the two bad times comes.
#[derive(Clone, Copy)]
enum Time {
    Bad,
    NearMiss,
}

impl Case {
    /// Reads a file.
    pub(crate) fn read(alert: &str, json: &Json) -> Self {
        let number = |key: &str, usual: usize| json.get(key).map_or(usual, |value| value.as_u64().expect(key) as usize);
        let series = json["series"].as_object().expect("a map of series");
        Self {
            alert: alert.to_owned(),
            always: json["always"] == true,
            before: number("before", 30),
            lag: number("lag", 0),
            clears: number("clears", 0),
            series: series.iter().map(|(name, json)| Given { name: name.clone(), json: json.clone() }).collect(),
        }
    }

    /// Fires when it must and not a step before, goes on firing, resolves; and stays quiet when nearly as much is wrong.
    pub(crate) fn runs(&self, holds: usize, labels: &BTreeSet<String>) -> Vec<Run> {
        let length = self.lag + holds + 10;
        let (fires, ends) = (self.before + self.lag + holds, self.before + length);
        let resolved = ends + self.clears;
        let firing = |labels: &str| format!("ALERTS{{alertname=\"{}\",alertstate=\"firing\"{labels}}}", self.alert);
        let ever = || format!("count(max_over_time({}[30d]))", firing(""));
        let labelled: String = labels.iter().map(|label| format!(",{label}!=\"\"")).collect();
        let now = || format!("count({})", firing(&labelled));
        let at = |expr, minute, value| Expectation { expr, minute, value };
        let fired = vec![
            at(ever(), fires - 1, None),
            at(now(), fires, Some(1.0)),
            at(now(), ends - 1, Some(1.0)),
            at(now(), resolved, None),
        ];
        vec![
            Run { series: self.values(Time::Bad, length), expected: fired },
            Run { series: self.values(Time::NearMiss, length), expected: vec![at(ever(), resolved, None)] },
        ]
    }

    fn values(&self, time: Time, length: usize) -> Vec<Series> {
        let total = self.before + length + self.clears + 5;
        let bad = |minute: usize| (self.before..self.before + length).contains(&minute);
        let series = self.series.iter().map(|given| {
            let word = match time {
                Time::Bad => "bad",
                Time::NearMiss => "miss",
            };
            given.values(total, |minute| if bad(minute) { word } else { "good" })
        });
        series.collect()
    }
}

impl Given {
    /// The values of every minute, by the key that holds at that minute.
    fn values(&self, total: usize, key: impl Fn(usize) -> &'static str) -> Series {
        let is = |kind: &str| self.json[kind] == true;
        let mut sum = self.json["start"].as_f64().unwrap_or_default();
        let mut last = 1;
        let mut there = false;
        let values = (0..total).map(|minute| {
            let given = &self.json[key(minute)];
            if given == "absent" {
                return if std::mem::take(&mut there) { "stale" } else { "_" }.to_owned();
            }
            there = true;
            let given = given.as_f64().unwrap_or_else(|| panic!("{}: {given} is no number", self.name));
            let now = minute as f64 * 60.0;
            if is("counter") {
                sum += given;
                return sum.to_string();
            }
            if is("clock") {
                return (now + given).to_string();
            }
            if is("stamp") {
                // The time of the last of something that happens every so many minutes, or not at all.
                let every = given as usize;
                if every != 0 && minute >= last + every {
                    last = minute;
                }
                return (last * 60 + 1).to_string();
            }
            given.to_string()
        });
        Series { name: self.name.clone(), values: values.collect() }
    }
}
