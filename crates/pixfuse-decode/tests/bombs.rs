//! Small files of ordinary sides whose compressed data goes on for very long: what no pixel needs is not kept. Those of many scans are in `limits.rs`, those in the notes of PNG beside their reader.

#[cfg(target_os = "linux")]
mod common;

#[cfg(target_os = "linux")]
use common::peak;
use pixfuse::Pipeline;
use pixfuse_decode::{Error, Options, decode};

/// Bytes that the data of each file becomes.
const LONG: usize = 16_000_000;
const SIDE: u16 = 64;

fn zlib() -> Vec<u8> {
    fdeflate::compress_to_vec(&vec![0; LONG])
}

/// Zeros: each code is that of the longest run so far and one more. GIF writes the lowest bit first, TIFF the highest, and
/// a wider code one code earlier.
fn lzw(is_tiff: bool) -> Vec<u8> {
    let (mut bits, mut width, mut next, mut zeros) = (Vec::new(), 9, 258_usize, 0);
    let mut write = |code: usize, width: usize| {
        let places = 0..width;
        let bit = |place: usize| code >> place & 1 == 1;
        if is_tiff { bits.extend(places.rev().map(bit)) } else { bits.extend(places.map(bit)) }
    };
    write(256, width);
    write(0, width);
    while zeros < LONG {
        let code = next.min(4095);
        write(code, width);
        zeros += code - 256;
        next = (next + 1).min(4096);
        if next + usize::from(is_tiff) == 1 << width && width < 12 {
            width += 1;
        }
    }
    write(257, width);
    let byte = |bits: &[bool]| {
        let value = |place: usize| if is_tiff { 7 - place } else { place };
        bits.iter().enumerate().fold(0, |byte, (place, &bit)| byte | u8::from(bit) << value(place))
    };
    bits.chunks(8).map(byte).collect()
}

fn png() -> Vec<u8> {
    let chunk = |name: &[u8], data: &[u8]| {
        let named = [name, data].concat();
        [&(data.len() as u32).to_be_bytes()[..], &named, &crc32fast::hash(&named).to_be_bytes()].concat()
    };
    let side = u32::from(SIDE).to_be_bytes();
    let header = [&side[..], &side, &[8, 0, 0, 0, 0]].concat();
    [&b"\x89PNG\r\n\x1a\n"[..], &chunk(b"IHDR", &header), &chunk(b"IDAT", &zlib()), &chunk(b"IEND", &[])].concat()
}

fn gif() -> Vec<u8> {
    let [low, high] = SIDE.to_le_bytes();
    let mut file = [&b"GIF89a"[..], &[low, high, low, high, 0xf7, 0, 0]].concat();
    file.extend((0..=255).flat_map(|gray| [gray, gray, gray]));
    file.extend([0x2c, 0, 0, 0, 0, low, high, low, high, 0, 8]);
    for block in lzw(false).chunks(255) {
        file.push(block.len() as u8);
        file.extend(block);
    }
    file.extend([0, 0x3b]);
    file
}

/// Each row is a strip of its own, and all are the same bytes.
fn tiff(compression: u16, data: &[u8]) -> Vec<u8> {
    let entries = 9;
    let behind = 8 + 2 + 12 * entries + 4;
    let rows = usize::from(SIDE);
    let (offsets, counts, at) = (behind, behind + 4 * rows, behind + 8 * rows);
    let mut file = b"II\x2a\0\x08\0\0\0".to_vec();
    file.extend((entries as u16).to_le_bytes());
    for (tag, kind, count, value) in [
        (256_u16, 3_u16, 1, usize::from(SIDE)),
        (257, 3, 1, rows),
        (258, 3, 1, 8),
        (259, 3, 1, compression.into()),
        (262, 3, 1, 1),
        (273, 4, rows, offsets),
        (277, 3, 1, 1),
        (278, 3, 1, 1),
        (279, 4, rows, counts),
    ] {
        file.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        file.extend([(count as u32).to_le_bytes(), (value as u32).to_le_bytes()].concat());
    }
    file.extend([0; 4]);
    file.extend((0..rows).flat_map(|_| (at as u32).to_le_bytes()));
    file.extend((0..rows).flat_map(|_| (data.len() as u32).to_le_bytes()));
    file.extend(data);
    file
}

fn bombs() -> [(&'static str, Vec<u8>); 4] {
    [("PNG", png()), ("GIF", gif()), ("TIFF, deflate", tiff(8, &zlib())), ("TIFF, LZW", tiff(5, &lzw(true)))]
}

#[test]
fn data_that_goes_on_is_not_kept() {
    let pipe = Pipeline::parse("input(gray8), output(gray, u8, hwc)").unwrap();
    let bombs = bombs();
    for (name, file) in &bombs {
        assert!(file.len() < 100_000, "{name}: {} bytes", file.len());
        #[cfg(target_os = "linux")]
        let before = peak();
        match decode::<u8>(&pipe, file, &Options::default()) {
            Ok(tensor) => assert!(tensor.data.iter().all(|&value| value == 0), "{name}"),
            Err(error) => assert!(matches!(error, Error::Damaged { .. } | Error::Truncated { .. }), "{name}: {error}"),
        }
        #[cfg(target_os = "linux")]
        assert!(peak() - before < 4 << 20, "{name}: {} bytes more", peak() - before);
    }
}
