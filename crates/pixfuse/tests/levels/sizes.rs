//! Every declaration at awkward sizes.

use crate::case::{Case, Size, every_level};
use crate::common::{mix, turns};
use crate::{declarations, view};

/// (source rows, source columns, rows, columns): single pixels and lines, primes, one less and one more than a block of
/// 8 or 16, extreme ratios, exact halves and thirds, one side unchanged.
const SIZES: [Size; 35] = [
    [1, 1, 1, 1],
    [1, 1, 7, 9],
    [1, 1, 300, 5],
    [1, 1, 2, 33],
    [1, 40, 1, 16],
    [40, 1, 16, 1],
    [5, 1, 3, 17],
    [1, 9, 8, 1],
    [1, 2, 1, 15],
    [2, 1, 31, 8],
    [2, 2, 1, 1],
    [2, 3, 4, 7],
    [3, 3, 16, 15],
    [7, 8, 9, 7],
    [8, 9, 7, 8],
    [9, 7, 8, 9],
    [15, 16, 17, 15],
    [16, 17, 15, 16],
    [17, 15, 16, 17],
    [17, 31, 8, 7],
    [31, 33, 33, 31],
    [33, 31, 16, 33],
    [16, 32, 8, 16],
    [36, 72, 12, 24],
    [13, 51, 5, 17],
    [5, 201, 3, 23],
    [31, 33, 31, 17],
    [31, 33, 16, 33],
    [23, 29, 23, 29],
    [11, 941, 3, 10],
    [941, 3, 10, 18],
    // Where the windows of wide vectors are widest, and where they are too narrow, with many rows.
    [67, 530, 31, 31],
    [83, 701, 9, 29],
    [2, 3, 3, 2000],
    // The largest of PyTorch's weights are within 128 of the most that 16 bits hold.
    [61, 47, 7, 11],
];

/// More of them, from nothing but a counter.
fn mixed_sizes() -> impl Iterator<Item = Size> {
    (0..12).map(|i| std::array::from_fn(|side| 1 + mix(4 * i + side, 77) as usize % 48))
}

fn dense(planar: bool) {
    let mut turn = turns(if planar { "sizes::planar" } else { "sizes::interleaved" });
    for (index, size) in SIZES.into_iter().chain(mixed_sizes()).enumerate() {
        for declaration in declarations::all().into_iter().filter(|declaration| declaration.planar() == planar) {
            if !turn() {
                continue;
            }
            let view = if planar { view::PLANES } else { view::INTERLEAVED };
            let case = Case::new(declaration, size, view);
            every_level(&case, &case.memory(index));
        }
    }
}

#[test]
fn interleaved() {
    dense(false);
}

#[test]
fn planar() {
    dense(true);
}
