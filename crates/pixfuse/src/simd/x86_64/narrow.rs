//! Rounded weights of fewer bits than Pillow's 22: PyTorch's have 16, and take fewer products.

use std::ops::RangeInclusive;

use crate::simd::ROUNDED_BITS;

/// How many low bits all weights lack, where what is left of each is in this range.
pub(super) fn narrow(weights: &[i32], range: RangeInclusive<i32>) -> Option<u32> {
    let bits = weights.iter().fold(0, |bits, weight| bits | weight);
    // One fractional bit is left at least: a half of it is what rounds.
    let lacking = bits.trailing_zeros().min(ROUNDED_BITS - 1);
    weights.iter().all(|weight| range.contains(&(weight >> lacking))).then_some(lacking)
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
