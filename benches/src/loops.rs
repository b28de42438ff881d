//! Loops as people write them.

use crate::Numbers;

/// Nearest neighbour, normalisation and planes in the way of a thousand articles: every index and every division is
/// computed for every pixel.
///
/// The index is cut off rather than `floor`ed: the same for what is not negative, and without SSE 4.1 `floor` would be
/// a call, which would make this slower than its writers deserve.
///
/// # Panics
/// When `pixels` or `out` are too short.
#[inline(never)]
pub fn article(pixels: &[u8], source: [usize; 2], target: [usize; 2], numbers: &Numbers, out: &mut [f32]) {
    let ([rows, columns], [out_rows, out_columns]) = (source, target);
    for y in 0..out_rows {
        for x in 0..out_columns {
            let from_y = (y as f64 * (rows as f64 / out_rows as f64)) as usize;
            let from_x = (x as f64 * (columns as f64 / out_columns as f64)) as usize;
            for c in 0..3 {
                let value = pixels[(from_y * columns + from_x) * 3 + c] as f32;
                let value = (value / 255.0 - numbers.mean[c]) / (numbers.std[c] + 1e-5);
                out[c * out_rows * out_columns + y * out_columns + x] = value;
            }
        }
    }
}

/// Normalisation and planes, written plainly and compiled for the processor that every x86-64 program runs on.
///
/// # Panics
/// When `out` has not an element for each byte.
#[inline(never)]
pub fn plain_normalize(pixels: &[u8], numbers: &Numbers, out: &mut [f32]) {
    let plane = out.len() / 3;
    for i in 0..plane {
        for c in 0..3 {
            let value = pixels[i * 3 + numbers.channel[c]] as f32 / 255.0;
            out[c * plane + i] = (value - numbers.mean[c]) / numbers.std[c];
        }
    }
}

/// The same work in the best formulation found: one multiply-add, no index that could be out of bounds, and compiled
/// for this processor where that is known to be an x86-64 with AVX2 or AVX-512.
///
/// # Panics
/// When `planes` have not an element for each byte.
pub fn normalize(pixels: &[u8], numbers: &Numbers, planes: [&mut [f32]; 3]) {
    assert!(planes.iter().all(|plane| plane.len() * 3 == pixels.len()), "one element for each byte");
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
            // SAFETY: the CPU has every feature that the function is compiled for, `avx512f` includes `avx2` and `fma`.
            return unsafe { normalize_avx512(pixels, numbers, planes) };
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the CPU has every feature that the function is compiled for.
            return unsafe { normalize_avx2(pixels, numbers, planes) };
        }
    }
    normalize_folded::<false>(pixels, numbers, planes);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw")]
fn normalize_avx512(pixels: &[u8], numbers: &Numbers, planes: [&mut [f32]; 3]) {
    normalize_folded::<true>(pixels, numbers, planes);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn normalize_avx2(pixels: &[u8], numbers: &Numbers, planes: [&mut [f32]; 3]) {
    normalize_folded::<true>(pixels, numbers, planes);
}

#[inline(always)]
fn normalize_folded<const FUSED: bool>(pixels: &[u8], numbers: &Numbers, planes: [&mut [f32]; 3]) {
    let [first, second, third] = planes;
    let &Numbers { gain, offset, channel, .. } = numbers;
    // An order that is known when this is compiled: an index into each pixel would keep the loop from being vectorised.
    match channel {
        [0, 1, 2] => into_planes::<FUSED>(pixels, gain, offset, first, second, third),
        [2, 1, 0] => {
            let ([a, b, c], [d, e, f]) = (gain, offset);
            into_planes::<FUSED>(pixels, [c, b, a], [f, e, d], third, second, first);
        }
        _ => unreachable!("channels stay in their order or are swapped"),
    }
}

#[inline(always)]
fn into_planes<const FUSED: bool>(
    pixels: &[u8],
    gain: [f32; 3],
    offset: [f32; 3],
    first: &mut [f32],
    second: &mut [f32],
    third: &mut [f32],
) {
    // A loop of its own for `mul_add`: where there is no such instruction it is a call.
    let value = |byte: u8, gain: f32, offset: f32| {
        if FUSED { (byte as f32).mul_add(gain, offset) } else { byte as f32 * gain + offset }
    };
    for (((pixel, a), b), c) in pixels.chunks_exact(3).zip(first).zip(second).zip(third) {
        *a = value(pixel[0], gain[0], offset[0]);
        *b = value(pixel[1], gain[1], offset[1]);
        *c = value(pixel[2], gain[2], offset[2]);
    }
}
