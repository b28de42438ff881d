//! What the workloads are, as `benches/workloads.json` says it to the programs that measure them.

use std::fs;
use std::sync::LazyLock;

use serde_json::Value;

use crate::place;

/// Empty where the file cannot be read: then the measuring programs fail, and say so better.
static LIST: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let text = fs::read_to_string(place::root().join("benches/workloads.json")).unwrap_or_default();
    let list: Vec<Value> = serde_json::from_str(&text).unwrap_or_default();
    let entry = |value: &Value| Some((value["id"].as_str()?.to_owned(), value["what"].as_str()?.to_owned()));
    list.iter().filter_map(entry).collect()
});

/// What a workload does; nothing for one that is not in the list.
pub(crate) fn what(id: &str) -> String {
    LIST.iter().find(|(own, _)| own == id).map_or(String::new(), |(_, what)| what.clone())
}

/// Its id, and what it does where that is known.
pub(crate) fn title(id: &str) -> String {
    match what(id) {
        what if what.is_empty() => id.to_owned(),
        what => format!("{id}: {what}"),
    }
}

/// Microseconds with three digits or more, and thousands apart: `7.43`, `25.7`, `108`, `2,097`.
pub(crate) fn rounded(time: f64) -> String {
    match time {
        small if small < 10.0 => format!("{small:.2}"),
        small if small < 100.0 => format!("{small:.1}"),
        large => {
            let digits = format!("{large:.0}");
            let mut text = String::new();
            for (index, digit) in digits.chars().enumerate() {
                if index > 0 && (digits.len() - index).is_multiple_of(3) {
                    text.push(',');
                }
                text.push(digit);
            }
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits() {
        for (time, text) in
            [(7.429, "7.43"), (25.66, "25.7"), (107.6, "108"), (2097.4, "2,097"), (1_234_567.0, "1,234,567")]
        {
            assert_eq!(rounded(time), text);
        }
    }

    #[test]
    fn workloads_say_what_they_are() {
        assert!(title("W1").starts_with("W1: 576x768"), "{}", title("W1"));
        assert_eq!(title("not a workload"), "not a workload");
    }
}
