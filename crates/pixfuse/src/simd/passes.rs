//! The two passes of a separable filter in plain Rust: what every level's tables and steps must equal.

use crate::weights::AxisWeights;

/// Bytes that a pass may write behind the end of a row it makes: scratch rows have room for them.
pub(crate) const SLACK: usize = 64;

/// A row filter whose taps are looked up one by one.
pub(crate) struct PlainRows {
    weights: AxisWeights,
    pixel: usize,
}

impl PlainRows {
    pub(crate) fn new(weights: &AxisWeights, pixel: usize) -> Self {
        Self { weights: weights.clone(), pixel }
    }

    /// Filters one row.
    ///
    /// # Safety
    /// Every tap with a weight is readable from `source`, and `outputs * pixel` bytes are writable at `out`.
    #[inline(always)]
    pub(super) unsafe fn filter(&self, source: *const u8, out: *mut u8) {
        let (weights, pixel) = (&self.weights, self.pixel);
        for (output, &first) in weights.first.iter().enumerate() {
            for channel in 0..pixel {
                let mut sum = 1 << (weights.bits - 1);
                for (tap, &weight) in weights.of(output).iter().enumerate() {
                    // A tap beyond the last one has no weight and may lie outside the row.
                    if weight != 0 {
                        // SAFETY: the tap has a weight.
                        let value = unsafe { *source.add((first as usize + tap) * pixel + channel) };
                        sum += i32::from(value) * weight;
                    }
                }
                // SAFETY: output < outputs and channel < pixel.
                unsafe { *out.add(output * pixel + channel) = (sum >> weights.bits).clamp(0, 255) as u8 }
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
