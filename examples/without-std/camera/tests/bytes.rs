//! The bytes without the standard library are those with it: this test runs in both builds, by itself and with the workspace.

use pixfuse::{ImageRef, Values};
use without_std_camera::{digest, test_frame};

#[test]
fn a_frame() {
    assert_eq!(digest(&test_frame()).unwrap(), 0xa1ec_0407);
}

#[pixfuse::pipeline(input(gray8), resize(_, _, lanczos, antialias), output(gray, u8, hwc))]
struct Lanczos;

#[pixfuse::pipeline(input(gray8), resize(_, _, hamming, antialias), output(gray, u8, hwc))]
struct Hamming;

#[pixfuse::pipeline(input(gray8), resize(_, _, lanczos4), output(gray, u8, hwc))]
struct Lanczos4;

/// The filters whose weights have a sine in them: by the system's arithmetic with the standard library, by libm without it.
#[test]
fn sines() {
    let pixels: Vec<u8> = (0..97 * 89_u32).map(|index| (index.wrapping_mul(0x9e37_79b1) >> 24) as u8).collect();
    let mut digests = [0x811c_9dc5_u32; 3];
    for (rows, columns) in (1..120).map(|side| (side, side * 7 % 131 + 1)) {
        let values = Values { rows: Some(rows), columns: Some(columns), ..Values::default() };
        let pipes = [Lanczos::bind(&values), Hamming::bind(&values), Lanczos4::bind(&values)];
        for (pipe, digest) in pipes.into_iter().zip(&mut digests) {
            let tensor = pipe.unwrap().run::<u8>(ImageRef::gray8(&pixels, 97, 89).unwrap()).unwrap();
            *digest =
                tensor.data.iter().fold(*digest, |digest, &byte| (digest ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        }
    }
    assert_eq!(digests, [0x517a_9bfa, 0xa599_9a01, 0x970a_f3fa]);
}
