//! A small run with round numbers, which the tests of this folder share.

use crate::machine::Machine;
use crate::record::{Kind, Record};
use crate::store::Run;

/// A row whose fastest call is 10 % below its median and whose slow ones are 20 % above.
pub(super) fn row(workload: &str, name: &str, language: &str, level: Option<&str>, kind: Kind, median: f64) -> Record {
    Record {
        workload: workload.into(),
        name: name.into(),
        language: language.into(),
        level: level.map(str::to_owned),
        kind,
        threads: 1,
        median,
        min: median * 0.9,
        p90: median * 1.2,
        check: "equal".into(),
    }
}

pub(super) fn machine() -> Machine {
    Machine {
        cpu: "a processor".into(),
        cores: 2,
        system: "a system".into(),
        rustc: "rustc 1.89.0".into(),
        commit: "0123abc".into(),
    }
}

pub(super) fn run() -> Run {
    let two = |record: Record| Record { threads: 2, ..record };
    Run {
        machine: machine(),
        ended: "2026-01-31T12:00:00Z".into(),
        quick: false,
        only: None,
        records: vec![
            row("W1", "pixfuse", "Rust", Some("avx512"), Kind::Ours, 20.0),
            row("W1", "pixfuse", "Rust", Some("avx2"), Kind::Ours, 25.0),
            row("W1", "fast_image_resize, normalise loop", "Rust", None, Kind::Peer, 50.0),
            row("W1", "floor: fetch once, write once", "Rust", None, Kind::Floor, 10.0),
            row("W1", "pixfuse", "Python", Some("avx512"), Kind::Ours, 20.0),
            row("W1", "pixfuse", "Python", Some("avx2"), Kind::Ours, 40.0),
            row("W1", "pixfuse, import", "Python", None, Kind::Cold, 5.0),
            row("W1", "cv2: LUT", "Python", None, Kind::Peer, 130.0),
            row("W1", "cv2 at its best: split", "Python", None, Kind::Peer, 100.0),
            row("W1", "Pillow, numpy", "Python", None, Kind::Peer, 160.0),
            row("W9", "pixfuse", "Rust", Some("avx512"), Kind::Ours, 900.0),
            two(row("W9", "pixfuse", "Rust", Some("avx512"), Kind::Ours, 500.0)),
            two(row("W9", "kornia-imgproc", "Rust", None, Kind::Peer, 1000.0)),
            row("W9", "kornia-imgproc", "Rust", None, Kind::Peer, 1980.0),
        ],
    }
}
