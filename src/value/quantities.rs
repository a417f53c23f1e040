//! Amounts of memory and of processors, as systemd takes them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::scalars::scalar_schema;
use crate::load::decode::Scalar;

/// The units of a size and their bytes: powers of 1024, as systemd reads them.
const UNITS: &[(char, u64)] = &[('T', 1 << 40), ('G', 1 << 30), ('M', 1 << 20), ('K', 1 << 10)];

/// A size in bytes, never 0. Shown with the largest unit that leaves a whole number: `2G`, `1536M`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Size(u64);

/// A number of processors in hundredths, never 0. Shown as `1.5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cpus(u32);

impl Size {
    /// The size in bytes.
    pub fn bytes(self) -> u64 {
        self.0
    }

    /// Makes a size of bytes, rounded down to what reads well: for what a machine has.
    pub fn rounded(bytes: u64) -> Self {
        let step = if bytes >= 10 << 30 { 1 << 30 } else { 1 << 20 };
        Self((bytes / step * step).max(1))
    }
}

impl Cpus {
    /// The processors in hundredths.
    pub fn hundredths(self) -> u32 {
        self.0
    }
}

/// What is less is no size in bytes, but one whose letter is missing.
const LEAST: u64 = 1 << 20;

impl Scalar for Size {
    const WHAT: &'static str = "a size";
    const EXAMPLES: &'static [&'static str] = &["512M", "2G"];
    const FORM: &'static str = "a size is a number with K, M, G or T, which are powers of 1024: `512M`, `2G`";
    fn read(text: &str) -> Result<Self, String> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = &text[digits.len()..];
        let factor = match unit {
            "" => 1,
            _ => {
                UNITS
                    .iter()
                    .find(|(letter, _)| unit.len() == 1 && unit.starts_with(*letter))
                    .ok_or_else(|| match unit.chars().next().map(|c| c.to_ascii_uppercase()) {
                        Some(c) if UNITS.iter().any(|(letter, _)| *letter == c) => format!("write `{digits}{c}`"),
                        _ => String::new(),
                    })?
                    .1
            }
        };
        let (hundredths, _) = decimal(digits).ok_or_else(String::new)?;
        let bytes = u128::from(hundredths) * u128::from(factor) / 100;
        match u64::try_from(bytes) {
            Ok(0) => Err("nothing runs without memory".to_owned()),
            Ok(bytes) if unit.is_empty() && bytes < LEAST => Err(format!("write `{digits}M`")),
            Ok(bytes) if bytes <= 1 << 60 => Ok(Self(bytes)),
            _ => Err("it is larger than any machine's".to_owned()),
        }
    }
}

impl Scalar for Cpus {
    const WHAT: &'static str = "a number of processors";
    const EXAMPLES: &'static [&'static str] = &["1.5"];
    const FORM: &'static str = "for instance `2`, or `0.5` for half of one";
    fn read(text: &str) -> Result<Self, String> {
        let (hundredths, places) = decimal(text).ok_or_else(String::new)?;
        match u32::try_from(hundredths) {
            Ok(0) => Err("nothing runs without a processor".to_owned()),
            _ if places > 2 => Err("it has more than two decimals".to_owned()),
            Ok(hundredths) if hundredths <= 1_000_000 => Ok(Self(hundredths)),
            _ => Err("it is more than any machine has".to_owned()),
        }
    }
}

/// Reads a decimal number as hundredths, with the number of its decimals.
fn decimal(text: &str) -> Option<(u64, usize)> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) {
        return None;
    }
    let part = part.trim_end_matches('0');
    let hundredths: u64 = format!("{part:0<2}")[..2].parse().ok()?;
    Some((whole.parse::<u64>().ok()?.checked_mul(100)? + hundredths, part.len()))
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNITS.iter().find(|(_, bytes)| self.0.is_multiple_of(*bytes)) {
            Some((letter, bytes)) => write!(f, "{}{letter}", self.0 / bytes),
            None => write!(f, "{}", self.0),
        }
    }
}

impl fmt::Display for Cpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 100, self.0 % 100) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, part) if part % 10 == 0 => write!(f, "{whole}.{}", part / 10),
            (whole, part) => write!(f, "{whole}.{part:02}"),
        }
    }
}

macro_rules! as_text {
    ($($name:ident),*) => {$(
        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                Self::read(&text)
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    )*};
}
as_text!(Cpus, Size);

scalar_schema!(Size, { "type": ["string", "integer"], "pattern": r"^[0-9]+(\.[0-9]+)?[KMGT]?$", "examples": ["512M", "2G"] });
scalar_schema!(Cpus, { "type": ["number", "string"], "examples": [1.5] });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_powers_of_1024() {
        for (text, bytes, shown) in [
            ("2G", 2 << 30, "2G"),
            ("1.5G", 1536 << 20, "1536M"),
            ("512M", 512 << 20, "512M"),
            ("1024K", 1 << 20, "1M"),
            ("2000000", 2_000_000, "2000000"),
            ("0.25T", 256 << 30, "256G"),
        ] {
            let size = Size::read(text).unwrap();
            assert_eq!((size.bytes(), size.to_string().as_str()), (bytes, shown), "{text}");
        }
        assert_eq!(Size::rounded(17_179_869_184 - 5).to_string(), "15G");
        for text in ["", "0", "0G", "G", "-1G", "2 G", "1.G", ".5G", "2GiB", "9999999T", "1e3", "\u{0661}G"] {
            assert!(Size::read(text).is_err(), "{text}");
        }
        assert_eq!(Size::read("512"), Err("write `512M`".to_owned()));
        assert_eq!(Size::read("2g"), Err("write `2G`".to_owned()));
        assert_eq!(Size::read("2GB"), Err("write `2G`".to_owned()));
    }

    #[test]
    fn processors_have_two_decimals() {
        for (text, hundredths, shown) in
            [("2", 200, "2"), ("1.5", 150, "1.5"), ("0.25", 25, "0.25"), ("1.05", 105, "1.05"), ("3.0", 300, "3")]
        {
            let cpus = Cpus::read(text).unwrap();
            assert_eq!((cpus.hundredths(), cpus.to_string().as_str()), (hundredths, shown), "{text}");
        }
        for text in ["", "0", "0.00", "-1", "1.234", "150%", "all", "1000000"] {
            assert!(Cpus::read(text).is_err(), "{text}");
        }
    }
}
