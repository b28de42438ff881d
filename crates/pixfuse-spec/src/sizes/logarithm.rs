//! The natural logarithm, the same on every platform: that of a system's library ends in another bit on another system, and
//! that bit decides between two grids that are as near.
//!
//! Numbers are sums of two f64, of which the second is what the first lacks.

#[cfg(not(feature = "std"))]
use crate::prelude::*;

type Sum = (f64, f64);

/// ln 2.
const LN_2: Sum = (std::f64::consts::LN_2, 2.319_046_813_846_299_6e-17);

/// Of a positive number that is not subnormal: the nearest f64, but for numbers whose logarithm is half-way to 90 bits.
pub(super) fn logarithm(x: f64) -> f64 {
    let bits = x.to_bits();
    let mut exponent = (bits >> 52) as i64 - 1023;
    let mut mantissa = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa /= 2.0;
        exponent += 1;
    }
    // 2 atanh(s), whose s is at most 0.172: 24 terms of its series have more digits than a sum.
    let s = divide(two_sum(mantissa, -1.0), two_sum(mantissa, 1.0));
    let square = multiply(s, s);
    let series = (0..24)
        .rev()
        .fold((0.0, 0.0), |sum, term| add(multiply(sum, square), divide((1.0, 0.0), (f64::from(2 * term + 1), 0.0))));
    let of_mantissa = multiply(multiply(s, series), (2.0, 0.0));
    add(multiply(LN_2, (exponent as f64, 0.0)), of_mantissa).0
}

fn two_sum(a: f64, b: f64) -> Sum {
    let sum = a + b;
    let of_b = sum - a;
    (sum, (a - (sum - of_b)) + (b - of_b))
}

fn add(a: Sum, b: Sum) -> Sum {
    let ((sum, rest), (small, least)) = (two_sum(a.0, b.0), two_sum(a.1, b.1));
    let (sum, rest) = two_sum(sum, rest + small);
    two_sum(sum, rest + least)
}

fn multiply(a: Sum, b: Sum) -> Sum {
    let product = a.0 * b.0;
    let rest = a.0.mul_add(b.0, -product);
    two_sum(product, rest + (a.0 * b.1 + a.1 * b.0))
}

fn divide(a: Sum, b: Sum) -> Sum {
    let without = |rest: Sum, quotient: f64| {
        let (product, least) = multiply(b, (quotient, 0.0));
        add(rest, (-product, -least))
    };
    let first = a.0 / b.0;
    let rest = without(a, first);
    let second = rest.0 / b.0;
    let third = without(rest, second).0 / b.0;
    let (sum, small) = two_sum(first, second);
    two_sum(sum, small + third)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_the_nearest_numbers() {
        // Of Python's `decimal` with 60 digits.
        let known = [
            (1.0, 0.0),
            (2.0, std::f64::consts::LN_2),
            (10.0, std::f64::consts::LN_10),
            (std::f64::consts::E, 1.0),
            (0.75, -0.287_682_072_451_780_9),
            (4.0 / 3.0, 0.287_682_072_451_780_85),
            (41.0 / 35.0, 0.158_224_005_214_894_2),
            (1e-300, -690.775_527_898_213_7),
        ];
        for (x, expected) in known {
            assert_eq!(logarithm(x), expected, "{x}");
        }
        for high in 1..40 {
            for wide in 1..40 {
                let (high, wide) = (f64::from(high), f64::from(wide));
                assert!((logarithm(wide / high) - (wide / high).ln()).abs() <= 4.5e-16, "{wide} / {high}");
            }
        }
    }
}
