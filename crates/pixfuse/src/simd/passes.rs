//! The passes of a separable filter in plain Rust: what every level's tables and steps must equal.

use crate::weights::AxisWeights;

/// Elements that a pass may write behind the end of a row it makes: scratch rows have room for them.
pub(crate) const SLACK: usize = 64;

/// A row filter whose taps are looked up one by one.
pub(crate) struct PlainRows<W = i32> {
    weights: AxisWeights<W>,
    pixel: usize,
}

/// What a sum of products is kept as.
pub(crate) trait Sum: Copy {
    /// What weights are.
    type Weight: Copy + Default + PartialEq;

    /// Half of the last kept bit, or nothing where nothing is rounded.
    fn start(bits: u32) -> Self::Weight;

    /// Multiplies, then adds.
    fn add(sum: Self::Weight, value: u8, weight: Self::Weight) -> Self::Weight;

    /// The sum as it is kept.
    fn keep(sum: Self::Weight, bits: u32) -> Self;
}

impl Sum for u8 {
    type Weight = i32;

    #[inline(always)]
    fn start(bits: u32) -> i32 {
        1 << (bits - 1)
    }

    #[inline(always)]
    fn add(sum: i32, value: u8, weight: i32) -> i32 {
        sum + i32::from(value) * weight
    }

    #[inline(always)]
    fn keep(sum: i32, bits: u32) -> u8 {
        (sum >> bits).clamp(0, 255) as u8
    }
}

impl Sum for i32 {
    type Weight = i32;

    #[inline(always)]
    fn start(_: u32) -> i32 {
        0
    }

    #[inline(always)]
    fn add(sum: i32, value: u8, weight: i32) -> i32 {
        sum + i32::from(value) * weight
    }

    #[inline(always)]
    fn keep(sum: i32, _: u32) -> i32 {
        sum
    }
}

impl Sum for f32 {
    type Weight = f32;

    #[inline(always)]
    fn start(_: u32) -> f32 {
        0.0
    }

    #[inline(always)]
    fn add(sum: f32, value: u8, weight: f32) -> f32 {
        // Two roundings, as OpenCV has them; never a fused multiply-add.
        sum + f32::from(value) * weight
    }

    #[inline(always)]
    fn keep(sum: f32, _: u32) -> f32 {
        sum
    }
}

impl<W: Copy + Default + PartialEq> PlainRows<W> {
    pub(crate) fn new(weights: &AxisWeights<W>, pixel: usize) -> Self {
        Self { weights: weights.clone(), pixel }
    }

    /// Filters one row.
    ///
    /// # Safety
    /// Every tap with a weight is readable from `source`, and `outputs * pixel` elements are writable at `out`.
    #[inline(always)]
    pub(super) unsafe fn filter<T: Sum<Weight = W>>(&self, source: *const u8, out: *mut T) {
        let (weights, pixel) = (&self.weights, self.pixel);
        for (output, &first) in weights.first.iter().enumerate() {
            for channel in 0..pixel {
                let mut sum = T::start(weights.bits);
                for (tap, &weight) in weights.of(output).iter().enumerate() {
                    // A tap beyond the last one has no weight and may lie outside the row.
                    if weight != W::default() {
                        // SAFETY: the tap has a weight.
                        let value = unsafe { *source.add((first as usize + tap) * pixel + channel) };
                        sum = T::add(sum, value, weight);
                    }
                }
                // SAFETY: output < outputs and channel < pixel.
                unsafe { *out.add(output * pixel + channel) = T::keep(sum, weights.bits) }
            }
        }
    }
}

/// Weighs rows, byte by byte.
///
/// # Safety
/// From each row with a weight bytes `from..length` are readable, and as many are writable at `out`.
#[inline(always)]
pub(super) unsafe fn blend_rows_plain(
    rows: &[*const u8],
    weights: &[i32],
    bits: u32,
    out: *mut u8,
    from: usize,
    length: usize,
) {
    /// Bytes summed at a time, so that the sums stay in registers.
    const CHUNK: usize = 16;
    let mut at = from;
    while at < length {
        let count = CHUNK.min(length - at);
        let mut sums = [1i32 << (bits - 1); CHUNK];
        for (&row, &weight) in rows.iter().zip(weights) {
            // SAFETY: the caller promises bytes up to `length`.
            let row = unsafe { std::slice::from_raw_parts(row.add(at), count) };
            for (sum, &value) in sums.iter_mut().zip(row) {
                *sum += i32::from(value) * weight;
            }
        }
        for (index, sum) in sums[..count].iter().enumerate() {
            // SAFETY: at + index < length.
            unsafe { *out.add(at + index) = (sum >> bits).clamp(0, 255) as u8 }
        }
        at += count;
    }
}
