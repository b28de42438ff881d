//! The nearest aspect of a few candidates, where which of equals is taken follows from Python's sets.

use super::{Sides, round};
use crate::RuledSize;
use crate::SizeNumber::{MaxPatches, Multiple};
use crate::pair::both;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// Grids of patches about the image's own, rounded down and up on either side, within a number of patches.
///
/// The library takes the first of equals, in the order in which a set of Python has them.
pub(super) fn muse_glimmer(rule: &RuledSize, [rows, columns]: Sides) -> Sides {
    let (patch, most) = (rule.number(Multiple), rule.number(MaxPatches));
    let [mut high, mut wide] = [rows / patch, columns / patch];
    let ratio = wide / high;
    if high * wide > most {
        high = (most / ratio).sqrt();
        wide = high * ratio;
    }
    let [below, above] = [[high.floor(), wide.floor()], [high.ceil(), wide.ceil()]];
    let candidates = [below, [below[0], above[1]], [above[0], below[1]], above];
    let distance = |[high, wide]: Sides| (high / wide - rows / columns).abs();
    let mut nearest = None;
    for grid in python_set(candidates) {
        let fits = grid[0] >= 1.0 && grid[1] >= 1.0 && grid[0] * grid[1] <= most;
        if fits && nearest.is_none_or(|best| distance(grid) < distance(best)) {
            nearest = Some(grid);
        }
    }
    let grid = nearest.unwrap_or(both([high, wide], |side| round(side).max(1.0)));
    both(grid, |side| side * patch)
}

/// Four pairs of whole numbers, each once, in the order in which a set of CPython has them that they are added to.
fn python_set(pairs: [Sides; 4]) -> Vec<Sides> {
    const PLACES: u64 = 8;
    let mut places: [Option<Sides>; PLACES as usize] = [None; PLACES as usize];
    for pair in pairs {
        let hash = python_hash(both(pair, |number| number as u64));
        let (mut place, mut rest) = (hash % PLACES, hash);
        while places[place as usize].is_some_and(|known| known != pair) {
            rest >>= 5;
            place = (place * 5 + 1 + rest) % PLACES;
        }
        places[place as usize] = Some(pair);
    }
    let mut pairs = Vec::new();
    places.into_iter().for_each(|pair| pairs.extend(pair));
    pairs
}

/// `hash((first, second))` of CPython 3.8 and later on 64 bits: xxHash's rounds over the numbers themselves.
fn python_hash(pair: [u64; 2]) -> u64 {
    const PRIMES: [u64; 3] = [11400714785074694791, 14029467366897019727, 2870177450012600261];
    let lanes = pair.into_iter().fold(PRIMES[2], |sum, lane| {
        sum.wrapping_add(lane.wrapping_mul(PRIMES[1])).rotate_left(31).wrapping_mul(PRIMES[0])
    });
    lanes.wrapping_add(2 ^ PRIMES[2] ^ 3527539)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_the_order_of_python() {
        // `list(set(pairs))` of the four pairs from these two numbers, by CPython 3.11.
        let sets = [
            ([1, 1], [[1, 1], [1, 2], [2, 1], [2, 2]]),
            ([3, 5], [[4, 5], [4, 6], [3, 5], [3, 6]]),
            ([63, 64], [[64, 64], [63, 64], [63, 65], [64, 65]]),
            ([0, 7], [[0, 7], [0, 8], [1, 8], [1, 7]]),
            ([12, 12], [[12, 12], [12, 13], [13, 12], [13, 13]]),
        ];
        for ([high, wide], order) in sets {
            let pairs = [[high, wide], [high, wide + 1], [high + 1, wide], [high + 1, wide + 1]];
            let floats = |pairs: [[u32; 2]; 4]| pairs.map(|pair| pair.map(f64::from));
            assert_eq!(python_set(floats(pairs)), floats(order), "{high}, {wide}");
        }
    }
}
