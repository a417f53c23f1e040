//! Days of the calendar.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::load::decode::Scalar;

/// A day, `2026-12-31`, kept as the number of days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    days: i64,
}

/// Days in 400 years, after which the calendar repeats itself.
const CYCLE: i64 = 146_097;

/// From 0000-03-01 to 1970-01-01. Years that begin in March have their leap day last.
const EPOCH: i64 = 719_468;

impl Date {
    /// The day that comes so many days after 1970-01-01.
    pub fn from_days(days: i64) -> Self {
        Self { days }
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> i64 {
        self.days
    }

    /// Seconds from 1970-01-01 to the beginning of the day.
    pub fn seconds(self) -> i64 {
        self.days * 86_400
    }

    /// Year, month and day; `None` where the calendar has no such day.
    fn of(year: i64, month: i64, day: i64) -> Option<Self> {
        let (era_year, shifted) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let (cycle, within) = (era_year.div_euclid(400), era_year.rem_euclid(400));
        let day_of_year = (153 * shifted + 2) / 5 + day - 1;
        let days = cycle * CYCLE + within * 365 + within / 4 - within / 100 + day_of_year - EPOCH;
        let date = Self { days };
        (date.parts() == (year, month, day)).then_some(date)
    }

    /// Year, month and day.
    pub fn parts(self) -> (i64, i64, i64) {
        let days = self.days + EPOCH;
        let (cycle, day) = (days.div_euclid(CYCLE), days.rem_euclid(CYCLE));
        let within = (day - day / 1_460 + day / 36_524 - day / (CYCLE - 1)) / 365;
        let day_of_year = day - (365 * within + within / 4 - within / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let (month, later) = if shifted < 10 { (shifted + 3, 0) } else { (shifted - 9, 1) };
        (cycle * 400 + within + later, month, day)
    }
}

impl Scalar for Date {
    const WHAT: &'static str = "a date";
    const FORM: &'static str = "a date is written as year, month and day: `2026-12-31`";
    const EXAMPLES: &'static [&'static str] = &["2027-01-31"];
    fn read(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('-').collect();
        let shaped = text.len() == 10 && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        let [year, month, day] = parts[..] else { return Err(String::new()) };
        if !shaped || [year.len(), month.len(), day.len()] != [4, 2, 2] {
            return Err(String::new());
        }
        let number = |part: &str| part.parse::<i64>().expect("at most four digits");
        Self::of(number(year), number(month), number(day)).ok_or_else(|| "the calendar has no such day".to_owned())
    }
}

impl TryFrom<String> for Date {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::read(&text)
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl schemars::JsonSchema for Date {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Date".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        for (text, days) in [("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-11-21", 20_778)] {
            assert_eq!(Date::read(text).unwrap().days(), days, "{text}");
        }
        let mut day = Date::read("1599-12-31").unwrap();
        while day < Date::read("2401-01-02").unwrap() {
            assert_eq!(Date::read(&day.to_string()), Ok(day));
            day = Date::from_days(day.days() + 1);
        }
    }

    #[test]
    fn what_the_calendar_lacks_is_refused() {
        for text in ["2025-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-01-00"] {
            assert_eq!(Date::read(text), Err("the calendar has no such day".to_owned()), "{text}");
        }
        for text in
            ["", "2026", "26-01-01", "2026-1-1", "31.12.2026", "+026-01-01", "2026-01-01T00:00:00", "2026--1-01"]
        {
            assert_eq!(Date::read(text), Err(String::new()), "{text}");
        }
    }
}
