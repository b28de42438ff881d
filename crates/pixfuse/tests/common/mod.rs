//! What several tests share.
#![allow(dead_code, reason = "each test uses a part")]

pub(crate) mod table;

use std::fmt::Debug;
use std::io::Write;

use pixfuse::{ImageRef, Level, Pipeline, TensorElement, bf16, f16, reference};

/// Test pixels: byte `i` depends on `i` and the seed alone, and every language can make it (MurmurHash3's finaliser).
pub(crate) fn pixels(length: usize, seed: usize) -> Vec<u8> {
    (0..length).map(|i| mix(i, seed) as u8).collect()
}

/// A number that depends on these two alone.
pub(crate) fn mix(i: usize, seed: usize) -> u32 {
    let mut x = (seed as u32).wrapping_mul(0x9E37_79B9).wrapping_add(i as u32);
    x ^= x >> 16;
    x = x.wrapping_mul(0x85EB_CA6B);
    x ^= x >> 13;
    x = x.wrapping_mul(0xC2B2_AE35);
    x ^ x >> 16
}

/// Pixels without a pattern that a wrong place could hide in.
pub(crate) fn noise(bytes: usize) -> Vec<u8> {
    (0..bytes as u32).map(|index| (index.wrapping_mul(0x9E37_79B9) >> 13) as u8).collect()
}

/// Runs a declaration on every level and on several threads, in memory with canaries around it.
#[track_caller]
pub(crate) fn agrees<T: TensorElement + PartialEq + Debug>(text: &str, [rows, columns]: [usize; 2], canary: T) {
    let pipe = Pipeline::parse(text).expect(text);
    let pixels = noise(rows * columns * pipe.channels());
    let image = ImageRef::strided(&pixels, 0, [rows, columns, pipe.channels()], {
        [columns * pipe.channels(), pipe.channels(), 1].map(|stride| stride as isize)
    })
    .unwrap();
    let expected = reference::run::<T>(&pipe, image).expect(text);
    assert_eq!(expected.data.len(), expected.dims.iter().product::<usize>(), "{text}");
    for level in Level::available() {
        for threads in [1, 3] {
            let pipe = pipe.with_level(level).unwrap().with_threads(threads).unwrap();
            const BESIDE: usize = 64;
            let mut memory = vec![canary; expected.data.len() + 2 * BESIDE];
            let end = memory.len() - BESIDE;
            // The second time with tables that were seen.
            for _ in 0..2 {
                pipe.run_into(image, &mut memory[BESIDE..end]).unwrap();
                assert_eq!(
                    memory[BESIDE..end],
                    expected.data,
                    "{text}, {rows} x {columns}, {level}, {threads} threads"
                );
            }
            assert!(memory[..BESIDE].iter().chain(&memory[end..]).all(|value| *value == canary), "{text}: {level}");
        }
    }
}

/// How many photos there are.
pub(crate) const PHOTOS: usize = 5;

/// This many rows and columns of a photo, mirrored at its edges: as in `goldens/make_pipelines.py`.
pub(crate) fn photo(index: usize, rows: usize, columns: usize) -> Vec<u8> {
    const SIDES: [usize; 2] = [96, 128];
    let [high, wide] = SIDES;
    let photos = include_bytes!("../goldens/photos/photos.rgb");
    let photo = photos.chunks_exact(high * wide * 3).nth(index).expect("a photo");
    let at = |position: usize, side: usize| {
        let turn = position % (2 * side);
        turn.min(2 * side - 1 - turn)
    };
    let mut bytes = Vec::with_capacity(rows * columns * 3);
    for row in rows..2 * rows {
        for column in columns..2 * columns {
            let pixel = (at(row, high) * wide + at(column, wide)) * 3;
            bytes.extend_from_slice(&photo[pixel..pixel + 3]);
        }
    }
    bytes
}

/// The pixel format and channel order with this many channels.
pub(crate) fn format_of(channels: usize) -> (&'static str, &'static str) {
    match channels {
        1 => ("gray8", "gray"),
        3 => ("rgb8", "rgb"),
        _ => ("rgba8", "rgba"),
    }
}

/// Elements whose equality is that of their bits: `0.0` is not `-0.0`, and a NaN is equal to itself.
pub(crate) trait Bits: TensorElement + Default + Debug {
    /// The bits of one element.
    fn bits(self) -> u32;

    /// A value that no result has (a NaN), or few have.
    fn canary() -> Self;
}

impl Bits for u8 {
    fn bits(self) -> u32 {
        u32::from(self)
    }

    fn canary() -> Self {
        0xA5
    }
}

impl Bits for i8 {
    fn bits(self) -> u32 {
        u32::from(self as u8)
    }

    fn canary() -> Self {
        -0x5B
    }
}

impl Bits for f16 {
    fn bits(self) -> u32 {
        u32::from(self.to_bits())
    }

    fn canary() -> Self {
        f16::from_bits(0x7E12)
    }
}

impl Bits for bf16 {
    fn bits(self) -> u32 {
        u32::from(self.to_bits())
    }

    fn canary() -> Self {
        bf16::from_bits(0x7FD2)
    }
}

impl Bits for f32 {
    fn bits(self) -> u32 {
        self.to_bits()
    }

    fn canary() -> Self {
        f32::from_bits(0x7FC0_1234)
    }
}

/// Fails with the first element whose bits differ.
#[track_caller]
pub(crate) fn assert_bits<T: Bits>(actual: &[T], expected: &[T], case: impl FnOnce() -> String) {
    assert_eq!(actual.len(), expected.len(), "number of elements");
    let different = actual.iter().zip(expected).position(|(a, b)| a.bits() != b.bits());
    if let Some(at) = different {
        panic!("element {at} is {:?}, the reference says {:?}: {}", actual[at], expected[at], case());
    }
}

/// The levels that are compared: each that this CPU has, or the one that `PIXFUSE_LEVEL` asks for. Where every
/// instruction is emulated, levels that have been tested elsewhere are not worth their time.
pub(crate) fn levels() -> Vec<Level> {
    match std::env::var_os("PIXFUSE_LEVEL") {
        Some(name) if !name.is_empty() => vec![Level::from_environment().expect("the name of a level")],
        _ => Level::available(),
    }
}

/// Says of each case of a test, in turn, whether it is run: `PIXFUSE_CASES_EVERY=97` runs every 97th, for an emulated CPU.
/// A prime has no factor in common with the lists that cases are made of, so each entry of a list has its turn.
pub(crate) fn turns(cases: &str) -> impl FnMut() -> bool + use<> {
    let every = std::env::var("PIXFUSE_CASES_EVERY").map_or(1, |every| every.parse().expect("a number"));
    if every > 1 {
        not_run(&format!("{} of {every} cases of {cases}", every - 1), "PIXFUSE_CASES_EVERY asks for a part");
    }
    let mut case = 0_usize;
    move || {
        case += 1;
        (case - 1).is_multiple_of(every)
    }
}

/// Says that something is not run, past the harness, which shows only what failing tests print.
pub(crate) fn not_run(what: &str, reason: &str) {
    writeln!(std::io::stderr(), "NOT run: {what}: {reason}").expect("standard error is open");
}
