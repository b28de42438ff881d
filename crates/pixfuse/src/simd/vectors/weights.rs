//! The weights of the vertical pass as words, which products of words take.

use super::words::{WORD, halves, narrow, words};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// Four weights as parts of a word, each of rows 0 and 2 and of rows 1 and 3.
pub(in crate::simd) type Parts<const PARTS: usize> = [[u32; 2]; PARTS];

/// The weights of all quads.
pub enum QuadWeights {
    /// Words, without the zero bits that all weights end with.
    Narrow { weights: Vec<Parts<1>>, trailing_zeros: u32 },
    /// High and low halves.
    Wide(Vec<Parts<2>>),
}

impl Holds for QuadWeights {
    fn bytes(&self) -> usize {
        match self {
            Self::Narrow { weights, .. } => memory::bytes(weights),
            Self::Wide(weights) => memory::bytes(weights),
        }
    }
}

impl QuadWeights {
    pub(in crate::simd) fn new(weights: &[[i32; 4]]) -> Result<Self, NoMemory> {
        if let Some(trailing_zeros) = narrow(weights.as_flattened(), WORD) {
            let part = |[a, b, c, d]: [i32; 4]| [[words([a, c]), words([b, d])]];
            let weights = weights.iter().map(|weights| part(weights.map(|weight| weight >> trailing_zeros)));
            return Ok(Self::Narrow { weights: memory::list(weights)?, trailing_zeros });
        }
        let parts = |&[a, b, c, d]: &[i32; 4]| {
            let ([high_even, low_even], [high_odd, low_odd]) = (halves([a, c]), halves([b, d]));
            [[high_even, high_odd], [low_even, low_odd]]
        };
        memory::list(weights.iter().map(parts)).map(Self::Wide)
    }
}
