//! The float that is nearest to a decimal, halves to even: what the standard library reads, without its 10 KB of powers of five,
//! which are a twentieth of what a browser loads and do not compress.

use std::cmp::Ordering;

#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// Digits beyond these are not told apart: the middle between two neighbouring floats has at most 767.
const DIGITS: usize = 800;

/// The value of digits with at most one point among or behind them, and an exponent or none; nothing where it is another text.
#[doc(hidden)]
pub fn nearest_float(text: &str) -> Option<f64> {
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = || whole.bytes().chain(fraction.bytes());
    let (sign, size) = match exponent.strip_prefix('-') {
        Some(size) => (-1, size),
        None => (1, exponent.strip_prefix('+').unwrap_or(exponent)),
    };
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(size) || whole.is_empty() || !all().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // One of so many digits is as good as infinite, or zero.
    let exponent = sign * size.parse::<i64>().unwrap_or(i64::from(u32::MAX)).min(i64::from(u32::MAX));
    let leading_zeros = all().take_while(|&byte| byte == b'0').count();
    let count = whole.len() + fraction.len() - leading_zeros;
    let kept = all().skip(leading_zeros).map(|byte| byte - b'0').take(DIGITS);
    // What lies behind them is more than nothing, and no more is known of it.
    let rest = count > DIGITS && all().skip(leading_zeros + DIGITS).any(|byte| byte != b'0');
    let exponent = exponent - fraction.len() as i64 + count.saturating_sub(DIGITS) as i64;
    let places = count.min(DIGITS) as i64 + exponent;
    Some(match count {
        0 => 0.0,
        _ if places < -330 => 0.0,
        _ if places > 330 => f64::INFINITY,
        1..=15 if exponent.abs() <= 22 => {
            // Both are whole numbers that an f64 holds, so that there is one rounding.
            let number = kept.fold(0u64, |number, digit| number * 10 + u64::from(digit)) as f64;
            let power = (0..exponent.abs()).fold(1.0, |power, _| power * 10.0);
            if exponent < 0 { number / power } else { number * power }
        }
        _ => {
            let mut number = Whole::default();
            kept.for_each(|digit| number.push(10, digit.into()));
            let mut power = Whole(vec![1]);
            let scaled = if exponent < 0 { &mut power } else { &mut number };
            (0..exponent.abs()).for_each(|_| scaled.push(10, 0));
            quotient(number, power, rest)
        }
    })
}

/// The float that is nearest to a quotient of numbers above zero; `rest` says that the first is a little more.
fn quotient(mut number: Whole, mut divisor: Whole, rest: bool) -> f64 {
    /// Bits of the quotient, or one less.
    const BITS: i64 = 62;
    let scale = BITS - (number.bits() - divisor.bits());
    if scale > 0 {
        number.shift(scale as u64)
    } else {
        divisor.shift(scale.unsigned_abs())
    }
    divisor.shift(BITS as u64);
    // Bit by bit, as on paper: the divisor is shifted back as the remainder is shifted on.
    let mut bits = 0u64;
    for _ in 0..=BITS {
        let fits = number.order(&divisor) != Ordering::Less;
        if fits {
            number.subtract(&divisor);
        }
        bits = bits << 1 | u64::from(fits);
        number.shift(1);
    }
    let sticky = rest || !number.0.iter().all(|&part| part == 0);
    // The value is `bits` and the sticky bit behind them, in units of `2^-scale`. The last bit of the float has the weight `2^last`.
    let last = (64 - i64::from(bits.leading_zeros()) - scale - 53).max(-1074);
    let dropped = last + scale;
    if dropped >= 64 {
        return 0.0;
    }
    let (kept, half) = (bits >> dropped, 1u64 << (dropped - 1));
    let below = bits & (2 * half - 1);
    let is_up = match below.cmp(&half) {
        Ordering::Equal => sticky || kept & 1 == 1,
        order => order == Ordering::Greater,
    };
    // What is rounded to the next power of two carries into the exponent.
    let float = (((last + 1074) as u64) << 52).saturating_add(kept + u64::from(is_up));
    f64::from_bits(float.min(f64::INFINITY.to_bits()))
}

/// A whole number in parts of 32 bits, the lowest first.
#[derive(Default)]
struct Whole(Vec<u32>);

impl Whole {
    /// Becomes `self * factor + digit`.
    fn push(&mut self, factor: u32, digit: u32) {
        let mut carry = u64::from(digit);
        for part in &mut self.0 {
            carry += u64::from(*part) * u64::from(factor);
            *part = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    /// Shifts to the left.
    fn shift(&mut self, bits: u64) {
        self.push(1 << (bits % 32), 0);
        self.0.splice(0..0, std::iter::repeat_n(0, (bits / 32) as usize));
    }

    /// How many bits it has.
    fn bits(&self) -> i64 {
        let top = self.0.iter().rposition(|&part| part != 0);
        top.map_or(0, |top| top as i64 * 32 + 32 - i64::from(self.0[top].leading_zeros()))
    }

    fn order(&self, other: &Self) -> Ordering {
        let part = |number: &Self, at: usize| number.0.get(at).copied().unwrap_or(0);
        let parts = (0..self.0.len().max(other.0.len())).rev();
        parts.map(|at| part(self, at).cmp(&part(other, at))).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// Takes away what is no more than this.
    fn subtract(&mut self, other: &Self) {
        let mut borrow = 0;
        for (at, part) in self.0.iter_mut().enumerate() {
            let taken = i64::from(other.0.get(at).copied().unwrap_or(0)) + borrow;
            let left = i64::from(*part) - taken;
            *part = left as u32;
            borrow = i64::from(left < 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::nearest_float;

    /// The twin is the standard library's.
    fn check(text: &str) {
        let expected: f64 = text.parse().expect("a number");
        let read = nearest_float(text).expect("a number");
        assert_eq!(read.to_bits(), expected.to_bits(), "{text}: {read:e}, not {expected:e}");
    }

    #[test]
    fn numbers_at_the_edges() {
        let ends = ["5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "1.7976931348623157e308"];
        let more =
            ["1.7976931348623158e308", "1.7976931348623159e308", "2.2250738585072011e-308", "1e999999999999", "1e-400"];
        let whole = [
            "0",
            "0.",
            "000.000e5",
            "9007199254740993",
            "9007199254740992.5",
            "123456789012345678901234567890",
            "1e23",
        ];
        ends.into_iter().chain(more).chain(whole).chain(["8.5e15", "0.1", "1E+2", "00012.50"]).for_each(check);
        for text in ["", ".5", "1.2.3", "1e", "1e+", "e5", "-1", "1 ", "inf", "0x1"] {
            assert_eq!(nearest_float(text), None, "{text}");
        }
    }

    /// The middle between two neighbours in all of its digits, and a little beside it.
    #[test]
    fn halves_go_to_even() {
        for bits in
            [1u64, 2, 0x000f_ffff_ffff_ffff, 0x0010_0000_0000_0000, 0x3ff0_0000_0000_0001, 0x3fb9_9999_9999_999a]
        {
            let (low, high) = (f64::from_bits(bits), f64::from_bits(bits + 1));
            // A power of two has as many digits behind the point as it is negative.
            let (low, high) = (format!("{low:.1080}"), format!("{high:.1080}"));
            let digits = |text: &str| {
                text.bytes().filter(u8::is_ascii_digit).map(|digit| u32::from(digit - b'0')).collect::<Vec<_>>()
            };
            let mut sum: Vec<u32> = digits(&low).iter().zip(digits(&high)).map(|(low, high)| low + high).collect();
            for at in (1..sum.len()).rev() {
                sum[at - 1] += sum[at] / 10;
                sum[at] %= 10;
            }
            let mut half = String::new();
            let mut rest = 0;
            for digit in sum {
                half.push(char::from(b'0' + ((rest * 10 + digit) / 2) as u8));
                rest = digit % 2;
            }
            half.insert(1, '.');
            half.push(if rest == 1 { '5' } else { '0' });
            check(&half);
            check(&format!("{half}1"));
            check(&format!("{half}{}1", "0".repeat(900)));
            // A digit less than the middle.
            let at = half.rfind(|digit| digit != '0').expect("a digit");
            let digit = half.as_bytes()[at] - 1;
            half.replace_range(at..=at, &char::from(digit).to_string());
            check(&format!("{half}9"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn any_float_is_read_back(bits in 0..f64::INFINITY.to_bits()) {
            let float = f64::from_bits(bits);
            for text in [format!("{float}"), format!("{float:e}"), format!("{float:.20e}")] {
                check(&text);
            }
        }

        #[test]
        fn any_decimal_is_what_the_standard_library_reads(text in "[0-9]{1,30}(\\.[0-9]{0,30})?(e[+-]?[0-9]{1,3})?") {
            check(&text);
        }
    }
}
