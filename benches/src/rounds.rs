//! Times that may be compared: all cases take turns, many times, in one process and into one output.

use std::hint::black_box;
use std::time::Instant;

use serde_json::{Value, json};

/// Writes a tensor into the memory it is given.
pub type Run<'a> = Box<dyn FnMut(&mut [f32]) + 'a>;

/// What a row is measured for. Only rows of one kind are alternatives to each other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// pixfuse, into memory that is there, for a size that was seen.
    Ours,
    /// Another way to the same tensor.
    Peer,
    /// What no way can avoid.
    Floor,
    /// What pixfuse costs where something is new.
    Cold,
    /// A call with next to no work in it.
    Overhead,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Peer => "peer",
            Self::Floor => "floor",
            Self::Cold => "cold",
            Self::Overhead => "overhead",
        }
    }
}

/// One way to do a workload.
pub struct Case<'a> {
    /// What the row is called.
    pub name: String,
    /// What it is measured for.
    pub kind: Kind,
    /// The level of a pixfuse kernel.
    pub level: Option<pixfuse::Level>,
    /// How many threads work on it.
    pub threads: usize,
    /// How its result compares with pixfuse's.
    pub check: String,
    /// Called before each run, and not measured.
    pub before: Option<Box<dyn FnMut() + 'a>>,
    /// What is measured.
    pub run: Run<'a>,
    /// How many runs are timed as one: more than one where a single run is too short for the clock.
    pub repeat: usize,
}

impl<'a> Case<'a> {
    /// A way on one thread, with nothing to do before.
    pub fn new(kind: Kind, name: impl Into<String>, check: impl Into<String>, run: Run<'a>) -> Self {
        let (name, check) = (name.into(), check.into());
        Self { name, kind, level: None, threads: 1, check, before: None, run, repeat: 1 }
    }
}

/// How long to measure.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Turns of each case.
    pub rounds: usize,
    /// Microseconds of a turn.
    pub turn: f64,
}

impl Effort {
    /// For figures that are quoted.
    pub const FULL: Self = Self { rounds: 15, turn: 20_000.0 };
    /// To see that it works.
    pub const QUICK: Self = Self { rounds: 3, turn: 4_000.0 };
}

/// The times of one case, in microseconds.
pub struct Times {
    /// Median of the turns' medians: a turn that another process spoiled is outvoted.
    pub median: f64,
    /// The fastest call.
    pub min: f64,
    /// The call that nine in ten beat.
    pub p90: f64,
}

impl Times {
    /// One line of the programs' common output.
    pub fn record(&self, workload: &str, case: &Case<'_>) -> Value {
        json!({
            "workload": workload,
            "name": case.name,
            "kind": case.kind.name(),
            "threads": case.threads,
            "language": "Rust",
            "level": case.level.map(|level| level.name()),
            "median_us": self.median,
            "min_us": self.min,
            "p90_us": self.p90,
            "check": case.check,
        })
    }
}

/// Calls at the start of a turn that are not counted: they bring this case's pixels and code back into the caches.
const WARM_UP: usize = 3;
/// Fewest counted calls of a turn.
const FEWEST: usize = 5;

/// Measures the cases, which take turns; the times are in their order.
pub fn measure(cases: &mut [Case<'_>], out: &mut [f32], effort: Effort) -> Vec<Times> {
    let calls: Vec<usize> = cases
        .iter_mut()
        .map(|case| {
            let fastest = (0..3).map(|_| timed(case, out)).fold(f64::INFINITY, f64::min);
            (effort.turn / fastest) as usize / case.repeat
        })
        .collect();

    let mut turns: Vec<Vec<Vec<f64>>> = cases.iter().map(|_| Vec::new()).collect();
    for _ in 0..effort.rounds {
        for ((case, &calls), turns) in cases.iter_mut().zip(&calls).zip(&mut turns) {
            for _ in 0..WARM_UP {
                timed(case, out);
            }
            let mut turn: Vec<f64> = (0..calls.max(FEWEST)).map(|_| timed(case, out)).collect();
            turn.sort_by(f64::total_cmp);
            turns.push(turn);
        }
    }
    turns.into_iter().map(summary).collect()
}

fn timed(case: &mut Case<'_>, out: &mut [f32]) -> f64 {
    if let Some(before) = &mut case.before {
        before();
    }
    let start = Instant::now();
    for _ in 0..case.repeat {
        (case.run)(black_box(&mut *out));
    }
    let time = start.elapsed().as_secs_f64() * 1e6;
    black_box(out);
    time / case.repeat as f64
}

fn summary(turns: Vec<Vec<f64>>) -> Times {
    let mut medians: Vec<f64> = turns.iter().map(|turn| turn[turn.len() / 2]).collect();
    medians.sort_by(f64::total_cmp);
    let mut all = turns.concat();
    all.sort_by(f64::total_cmp);
    Times { median: medians[medians.len() / 2], min: all[0], p90: all[all.len() * 9 / 10] }
}
