//! When a fused multiply-add of a byte is what f64 make of it: where no instruction is there, a function for it takes longer than
//! all else of a kernel.

/// Whether an f64 holds `value * scale + offset` for every value from 0 to 255.
///
/// With `e` an exponent as it is stored, and 1 for 0, a number is below `2^(e - 126)` and a multiple of `2^(e - 150)`; a product
/// with a byte is below `2^8` times as much. So a sum takes `max(e_scale + 8, e_offset) - min(e_scale, e_offset) + 25` bits,
/// of which there are 53.
#[inline(always)]
pub(super) fn is_exact(scale: f32, offset: f32) -> bool {
    let exponent = |number: f32| (number.to_bits() >> 23 & 255).max(1) as i32;
    offset == 0.0 || (-28..=20).contains(&(exponent(scale) - exponent(offset)))
}

#[cfg(test)]
mod tests {
    use super::is_exact;

    /// Every byte, with exponents around both bounds and in between, and mantissas of all ones.
    #[test]
    fn sums_of_bytes_are_exact_in_f64() {
        let of = |exponent: i32| f32::from_bits(((exponent + 127) as u32) << 23 | 0x7f_ffff);
        let (mut exact, mut rounded) = (0, 0);
        for distance in -40..=40 {
            let (scale, offset) = (of(distance), of(0));
            for offset in [offset, -offset] {
                let all = (0..=255u8).all(|value| {
                    let (product, other) = (f64::from(value) * f64::from(scale), f64::from(offset));
                    let sum = product + other;
                    let is_whole = sum - product == other && sum - other == product;
                    assert!(!is_whole || sum as f32 == f32::from(value).mul_add(scale, offset));
                    is_whole
                });
                if is_exact(scale, offset) {
                    assert!(all, "{scale:e} {offset:e}");
                    exact += 1;
                } else {
                    rounded += usize::from(!all);
                }
            }
        }
        assert!(exact == 2 * 49 && rounded > 0, "{exact} {rounded}");
        // Numbers of models, and what needs no offset.
        assert!(is_exact(0.017124753, -2.117904) && is_exact(1.0 / 255.0, 0.0) && is_exact(1e-30, 0.0));
        assert!(!is_exact(1e-30, 1.0) && !is_exact(1e30, 1.0));
    }
}
