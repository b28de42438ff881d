//! Channels that become pixels, and pixels that become channels.

use std::mem::MaybeUninit;

use super::{V128, array, vector};
use crate::simd::write;

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

/// A vector of each channel, interleaved: lanes of `BYTES`, of which two have `PAIR`.
#[inline(always)]
pub(super) fn pixels<V: V128, const C: usize, const BYTES: usize, const PAIR: usize>(
    simd: V,
    channels: [V::Vector; C],
) -> [V::Vector; C] {
    let mut pixels = channels;
    match C {
        1 => {}
        3 => pixels.copy_from_slice(&three::<V, BYTES>(simd, [channels[0], channels[1], channels[2]])),
        _ => {
            pixels.copy_from_slice(&four::<V, BYTES, PAIR>(simd, [0, 1, 2, 3].map(|channel: usize| channels[channel])))
        }
    }
    pixels
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
#[inline(always)]
pub(super) fn load_pixels<V: V128, const PIXEL: usize, const C: usize>(
    simd: V,
    pixels: &[[u8; 8]; PIXEL],
) -> [[V::Vector; 2]; C] {
    let bytes = pixels.as_flattened();
    // Of 8 bytes all, of 24 those from 0 to 16 and from 8 to 24, of 32 two times 16.
    let halves = match (bytes.first_chunk::<16>(), bytes.last_chunk::<16>()) {
        (Some(low), Some(high)) => [vector(simd, low), vector(simd, high)],
        _ => [simd.extend_8(pixels[0]); 2],
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
pub(super) fn low_bytes<V: V128>(simd: V, halves: [V::Vector; 2]) -> [u8; 8] {
    const LOW: [u8; 16] = [0, 4, 8, 12, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255];
    let low = vector(simd, &LOW);
    simd.low_8(simd.zip_low::<4>(simd.shuffle(halves[0], low), simd.shuffle(halves[1], low)))
}

/// Stores eight pixels of `C` bytes, interleaved; each lane is from 0 to 255.
#[inline(always)]
pub(super) fn store_pixels_u8<V: V128, const C: usize>(
    simd: V,
    at: &mut [[MaybeUninit<u8>; 8]; C],
    channels: [[V::Vector; 2]; C],
) {
    /// Three bytes of each lane: from the front on, four of them behind twelve others, and the other eight.
    const DENSE: [[u8; 16]; 3] = [
        [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255],
        [255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 2, 4],
        [5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255, 255, 255, 255, 255],
    ];
    if C == 1 {
        return write(&mut at[0], low_bytes(simd, channels[0]));
    }
    let mut pixels = channels[0];
    for half in 0..2 {
        pixels[half] = simd.or(pixels[half], simd.shift_left::<8>(channels[1][half]));
        pixels[half] = simd.or(pixels[half], simd.shift_left::<16>(channels[2][half]));
        if C == 4 {
            pixels[half] = simd.or(pixels[half], simd.shift_left::<24>(channels[3][half]));
        }
    }
    let Some((front, back)) = at.as_flattened_mut().split_first_chunk_mut::<16>() else { return };
    if let Some(back) = back.first_chunk_mut::<16>() {
        write(front, array(simd, pixels[0]));
        write(back, array(simd, pixels[1]));
    } else if let Some(back) = back.first_chunk_mut::<8>() {
        let first = simd.shuffle(pixels[0], vector(simd, &DENSE[0]));
        write(front, array(simd, simd.or(first, simd.shuffle(pixels[1], vector(simd, &DENSE[1])))));
        write(back, simd.low_8(simd.shuffle(pixels[1], vector(simd, &DENSE[2]))));
    }
}
