//! Channels that become pixels, and pixels that become channels.

use super::{V128, vector};

/// For vector `v` of interleaved lanes of `bytes` and channel `c`: the bytes that are that channel's.
const fn places(channels: usize, bytes: usize) -> [[[u8; 16]; 4]; 4] {
    let mut places = [[[255; 16]; 4]; 4];
    let mut at = 0;
    while at < 16 * channels {
        let (lane, byte) = (at / bytes, at % bytes);
        places[at / 16][lane % channels][at % 16] = (lane / channels * bytes + byte) as u8;
        at += 1;
    }
    places
}

/// Three channels of lanes of `BYTES`, interleaved.
#[inline(always)]
pub(super) fn three<V: V128, const BYTES: usize>(simd: V, channels: [V::Vector; 3]) -> [V::Vector; 3] {
    let places = const { &places(3, BYTES) };
    let mut interleaved = channels;
    for (value, [a, b, c, _]) in interleaved.iter_mut().zip(places) {
        let a = simd.shuffle(channels[0], vector(simd, a));
        let b = simd.shuffle(channels[1], vector(simd, b));
        let c = simd.shuffle(channels[2], vector(simd, c));
        *value = simd.or(simd.or(a, b), c);
    }
    interleaved
}

/// Four channels of lanes of `BYTES`, of which two have `PAIR`, interleaved.
#[inline(always)]
pub(super) fn four<V: V128, const BYTES: usize, const PAIR: usize>(
    simd: V,
    [a, b, c, d]: [V::Vector; 4],
) -> [V::Vector; 4] {
    let (front_low, back_low) = (simd.zip_low::<BYTES>(a, b), simd.zip_low::<BYTES>(c, d));
    let (front_high, back_high) = (simd.zip_high::<BYTES>(a, b), simd.zip_high::<BYTES>(c, d));
    [
        simd.zip_low::<PAIR>(front_low, back_low),
        simd.zip_high::<PAIR>(front_low, back_low),
        simd.zip_low::<PAIR>(front_high, back_high),
        simd.zip_high::<PAIR>(front_high, back_high),
    ]
}

/// Stores a vector of each channel, interleaved: lanes of `BYTES`, of which two have `PAIR`.
///
/// # Safety
/// `C` vectors are writable.
#[inline(always)]
pub(super) unsafe fn store<V: V128, const C: usize, const BYTES: usize, const PAIR: usize>(
    simd: V,
    at: *mut u8,
    channels: [V::Vector; C],
) {
    let mut pixels = channels;
    match C {
        1 => {}
        3 => pixels.copy_from_slice(&three::<V, BYTES>(simd, [channels[0], channels[1], channels[2]])),
        _ => {
            pixels.copy_from_slice(&four::<V, BYTES, PAIR>(simd, [0, 1, 2, 3].map(|channel: usize| channels[channel])))
        }
    }
    for (number, pixels) in pixels.into_iter().enumerate() {
        // SAFETY: the caller promises room for each.
        unsafe { simd.store(at.add(number * 16), pixels) }
    }
}

/// For channel `c` of dense pixels: its byte in each of four lanes, of those from pixel `first` on.
const fn spread(pixel: usize, first: usize) -> [[u8; 16]; 4] {
    let mut places = [[255; 16]; 4];
    let mut channel = 0;
    while channel < pixel {
        let mut lane = 0;
        while lane < 4 {
            places[channel][lane * 4] = (first + lane * pixel + channel) as u8;
            lane += 1;
        }
        channel += 1;
    }
    places
}

/// Eight pixels of `PIXEL` bytes: the first `C` channels of each.
///
/// # Safety
/// They are readable.
#[inline(always)]
pub(super) unsafe fn load_pixels<V: V128, const PIXEL: usize, const C: usize>(
    simd: V,
    pixels: *const u8,
) -> [[V::Vector; 2]; C] {
    // SAFETY: the caller promises 8 * PIXEL bytes, and no others are read: 8, those from 0 to 16 and from 8 to 24, or 32.
    let halves = unsafe {
        match PIXEL {
            1 => [simd.load_8(pixels); 2],
            3 => [simd.load(pixels), simd.load(pixels.add(8))],
            _ => [simd.load(pixels), simd.load(pixels.add(16))],
        }
    };
    // The second half of one byte a pixel starts at byte 4 of the same vector, and that of three at byte 4 of its own.
    let places = const { [&spread(PIXEL, 0), &spread(PIXEL, if PIXEL == 4 { 0 } else { 4 })] };
    let mut channels = [halves; C];
    for (channel, value) in channels.iter_mut().enumerate() {
        for half in 0..2 {
            value[half] = simd.shuffle(halves[half], vector(simd, &places[half][channel]));
        }
    }
    channels
}

/// The low byte of each of eight lanes, in eight bytes.
#[inline(always)]
pub(super) fn low_bytes<V: V128>(simd: V, halves: [V::Vector; 2]) -> V::Vector {
    const LOW: [u8; 16] = [0, 4, 8, 12, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255];
    let low = vector(simd, &LOW);
    simd.zip_low::<4>(simd.shuffle(halves[0], low), simd.shuffle(halves[1], low))
}

/// Stores eight pixels of `C` bytes, interleaved; each lane is from 0 to 255.
///
/// # Safety
/// `8 * C` bytes are writable.
#[inline(always)]
pub(super) unsafe fn store_pixels_u8<V: V128, const C: usize>(simd: V, at: *mut u8, channels: [[V::Vector; 2]; C]) {
    /// Three bytes of each lane: from the front on, four of them behind twelve others, and the other eight.
    const DENSE: [[u8; 16]; 3] = [
        [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255],
        [255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 2, 4],
        [5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255, 255, 255, 255, 255],
    ];
    if C == 1 {
        // SAFETY: the caller promises room for eight bytes.
        return unsafe { simd.store_8(at, low_bytes(simd, channels[0])) };
    }
    let mut pixels = channels[0];
    for half in 0..2 {
        pixels[half] = simd.or(pixels[half], simd.shift_left::<8>(channels[1][half]));
        pixels[half] = simd.or(pixels[half], simd.shift_left::<16>(channels[2][half]));
        if C == 4 {
            pixels[half] = simd.or(pixels[half], simd.shift_left::<24>(channels[3][half]));
        }
    }
    // SAFETY: the caller promises room for 8 * C bytes: 24 as 16 and 8, or 32.
    unsafe {
        if C == 4 {
            simd.store(at, pixels[0]);
            simd.store(at.add(16), pixels[1]);
        } else {
            let front = simd.shuffle(pixels[0], vector(simd, &DENSE[0]));
            simd.store(at, simd.or(front, simd.shuffle(pixels[1], vector(simd, &DENSE[1]))));
            simd.store_8(at.add(16), simd.shuffle(pixels[1], vector(simd, &DENSE[2])));
        }
    }
}
