//! What several tests share.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part")]

/// Test pixels: byte `i` depends on `i` and the seed alone, and every language can make it (MurmurHash3's finaliser).
pub fn pixels(length: usize, seed: usize) -> Vec<u8> {
    let start = (seed as u32).wrapping_mul(0x9E37_79B9);
    (0..length as u32)
        .map(|i| {
            let mut x = start.wrapping_add(i);
            x ^= x >> 16;
            x = x.wrapping_mul(0x85EB_CA6B);
            x ^= x >> 13;
            x = x.wrapping_mul(0xC2B2_AE35);
            x ^= x >> 16;
            x as u8
        })
        .collect()
}

/// The pixel format and channel order with this many channels.
pub fn format_of(channels: usize) -> (&'static str, &'static str) {
    match channels {
        1 => ("gray8", "gray"),
        3 => ("rgb8", "rgb"),
        _ => ("rgba8", "rgba"),
    }
}
