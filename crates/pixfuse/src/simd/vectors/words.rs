//! Weights that have more bits than a product of words takes.
//!
//! An integer weight has up to 24 bits with its sign. Where its last bits are zero in all weights they are left out: PyTorch's
//! have 16 of Pillow's 22. Else it is cut at bit 15, so that the low part is a positive word, and the two sums are put together
//! by a shift. They wrap, and the result is exact all the same.

use std::ops::RangeInclusive;

use crate::weights::ROUNDED_BITS;

/// What one word of a weight holds.
pub(in crate::simd) const WORD: RangeInclusive<i32> = i16::MIN as i32..=i16::MAX as i32;

/// Two weights of 16 bits as words.
#[inline]
pub(in crate::simd) fn words([first, second]: [i32; 2]) -> u32 {
    first as u32 & 0xffff | (second as u32) << 16
}

/// Two weights as words: the high parts, and the low 15 bits.
#[inline]
pub(in crate::simd) fn halves(weights: [i32; 2]) -> [u32; 2] {
    [words(weights.map(|weight| weight >> 15)), words(weights.map(|weight| weight & 0x7fff))]
}

/// How many low bits all weights lack, where what is left of each is in this range.
pub(in crate::simd) fn narrow(weights: &[i32], range: RangeInclusive<i32>) -> Option<u32> {
    let bits = weights.iter().fold(0, |bits, weight| bits | weight);
    // One fractional bit is left at least: a half of it is what rounds.
    let trailing_zeros = bits.trailing_zeros().min(ROUNDED_BITS - 1);
    weights.iter().all(|weight| range.contains(&(weight >> trailing_zeros))).then_some(trailing_zeros)
}

#[cfg(test)]
mod tests {
    use super::narrow;

    #[test]
    fn weights_that_do_not_fit_are_not_narrow() {
        assert_eq!(narrow(&[127 << 7, -(128 << 7), 0], -128..=127), Some(7));
        assert_eq!(narrow(&[128 << 7, 1 << 7], -128..=127), None);
        assert_eq!(narrow(&[-(129 << 7), 1 << 7], -128..=127), None);
        // Whole ones, and no weight at all.
        assert_eq!(narrow(&[1 << 22, -(1 << 22)], -128..=127), Some(21));
        assert_eq!(narrow(&[0], -128..=127), Some(21));
    }
}
