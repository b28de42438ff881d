//! One measured row, as a program in `benches/peers` prints it: a JSON object a line.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// What a row is measured for. Only rows of one kind are alternatives to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// pixfuse, into memory that is there, for a size that was seen.
    Ours,
    /// Another way to the same tensor.
    Peer,
    /// The memory traffic that no way can avoid, or the decoder alone.
    Floor,
    /// pixfuse from a file that is decoded at a part of its size, which is another tensor.
    Reduced,
    /// What is paid once: a new size, a new output, the first call, an import.
    Cold,
    /// An image so small that the call is all there is to measure.
    Overhead,
}

impl Kind {
    const ALL: [(Self, &str); 6] = [
        (Self::Ours, "ours"),
        (Self::Peer, "peer"),
        (Self::Floor, "floor"),
        (Self::Reduced, "reduced"),
        (Self::Cold, "cold"),
        (Self::Overhead, "overhead"),
    ];

    fn named(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|(_, own)| *own == name);
        let Some((kind, _)) = found else {
            bail!("kind: `{name}`, expected one of {}", Self::ALL.map(|(_, own)| own).join(", "));
        };
        Ok(kind)
    }

    /// The kind of a row that does not say it.
    fn of_name(name: &str) -> Self {
        match name {
            name if name.starts_with("floor") => Self::Floor,
            name if name.starts_with("pixfuse, new") => Self::Cold,
            name if name.starts_with("pixfuse") => Self::Ours,
            _ => Self::Peer,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

/// One way to do one workload, and its times in microseconds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) workload: String,
    pub(crate) name: String,
    pub(crate) language: String,
    /// The level of a pixfuse kernel.
    pub(crate) level: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) threads: u64,
    /// The median of the medians of turns.
    pub(crate) median: f64,
    /// The fastest call.
    pub(crate) min: f64,
    /// The call that nine in ten beat.
    pub(crate) p90: f64,
    /// How the result compares with pixfuse's.
    pub(crate) check: String,
}

impl Record {
    pub(crate) fn read(value: &Value) -> Result<Self> {
        let text = |key: &str| match &value[key] {
            Value::String(text) => Ok(text.clone()),
            other => bail!("{key}: `{other}`, expected text in {value}"),
        };
        let time = |key: &str| match value[key].as_f64() {
            Some(time) if time > 0.0 && time.is_finite() => Ok(time),
            _ => bail!("{key}: `{}`, expected microseconds above 0 in {value}", value[key]),
        };
        let name = text("name")?;
        let kind = match &value["kind"] {
            Value::Null => Kind::of_name(&name),
            Value::String(kind) => Kind::named(kind).with_context(|| format!("in {value}"))?,
            other => bail!("kind: `{other}`, expected text in {value}"),
        };
        let threads = match &value["threads"] {
            Value::Null => 1,
            threads => threads.as_u64().with_context(|| format!("threads: `{threads}`, expected a number"))?,
        };
        Ok(Self {
            workload: text("workload")?,
            language: text("language")?,
            level: value["level"].as_str().map(str::to_owned),
            kind,
            threads,
            median: time("median_us")?,
            min: time("min_us")?,
            p90: time("p90_us")?,
            check: value["check"].as_str().unwrap_or("-").to_owned(),
            name,
        })
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "workload": self.workload,
            "name": self.name,
            "language": self.language,
            "level": self.level,
            "kind": self.kind.name(),
            "threads": self.threads,
            "median_us": self.median,
            "min_us": self.min,
            "p90_us": self.p90,
            "check": self.check,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str) -> Value {
        json!({"workload": "W1", "name": name, "language": "Rust", "median_us": 2.0, "min_us": 1.0, "p90_us": 3.0})
    }

    #[test]
    fn a_row_without_a_kind_is_what_its_name_says() {
        for (name, kind) in [
            ("pixfuse", Kind::Ours),
            ("pixfuse, declared", Kind::Ours),
            ("pixfuse, new output", Kind::Cold),
            ("floor: fetch once, write once", Kind::Floor),
            ("fast_image_resize, normalise loop", Kind::Peer),
        ] {
            assert_eq!(Record::read(&line(name)).unwrap().kind, kind, "{name}");
        }
        let mut said = line("pixfuse");
        said["kind"] = "overhead".into();
        assert_eq!(Record::read(&said).unwrap().kind, Kind::Overhead);
    }

    #[test]
    fn a_row_is_stored_whole() {
        let mut value = line("pixfuse");
        value["threads"] = 2.into();
        value["level"] = "avx2".into();
        let record = Record::read(&value).unwrap();
        assert_eq!(record.threads, 2);
        assert_eq!(Record::read(&record.json()).unwrap(), record);
    }

    #[test]
    fn what_is_no_row_is_refused_by_the_name_of_its_field() {
        for (key, wrong) in
            [("median_us", json!(0.0)), ("min_us", json!("fast")), ("kind", json!("friend")), ("threads", json!("two"))]
        {
            let mut value = line("pixfuse");
            value[key] = wrong;
            let error = format!("{:#}", Record::read(&value).unwrap_err());
            assert!(error.contains(key), "{error}");
        }
    }
}
