//! AVIF and HEIC, where their libraries are in: pixels, headers, errors (`make_heif.py` made `heif`).
#![cfg(any(feature = "avif", feature = "heic"))]

use std::path::{Path, PathBuf};

use pixfuse::{Orientation, Pipeline};
use pixfuse_decode::{EncodedImage, Error, Options, decode, decoders};
use sha2::{Digest, Sha256};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/heif").join(name)
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

/// As the file stores them.
fn pixels(format: &str, file: &[u8]) -> Result<pixfuse::Tensor<u8>, Error> {
    let options = Options { orient: Some(Orientation::Upright), ..Options::default() };
    let pipe = Pipeline::parse(&format!("input({format}8), output({format}, u8, hwc)")).unwrap();
    decode(&pipe, file, &options)
}

/// Whether the system's libavif would make other colours of a file than Pillow's, and it is refused.
fn is_other(name: &str) -> bool {
    match pixels("rgba", &read(name)) {
        Err(Error::Unsupported { message, .. }) => {
            assert!(name.ends_with("-bits.avif") && message.contains("libavif before 1.4"), "{name}: {message}");
            true
        }
        _ => false,
    }
}

/// The files of the formats that are in, with the numbers and the digest of their line.
fn files() -> Vec<(String, [u32; 5], String)> {
    let list = std::fs::read_to_string(path("pillow.txt")).unwrap();
    let lines = list.lines().map(|line| {
        let [name, numbers @ .., digest] = &line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let numbers: Vec<u32> = numbers.iter().map(|number| number.parse().unwrap()).collect();
        ((*name).to_owned(), numbers.try_into().unwrap(), (*digest).to_owned())
    });
    let formats = [(".avif", cfg!(feature = "avif")), (".heic", cfg!(feature = "heic"))];
    let is_in = |name: &str| formats.iter().any(|&(end, is_in)| is_in && name.ends_with(end));
    let files: Vec<_> = lines.filter(|(name, ..)| is_in(name)).filter(|(name, ..)| !is_other(name)).collect();
    assert!(files.len() >= 5);
    files
}

#[test]
fn pixels_are_those_of_pillow() {
    for (name, [rows, columns, ..], digest) in files() {
        let tensor = pixels("rgba", &read(&name)).unwrap();
        assert_eq!(tensor.dims, [rows as usize, columns as usize, 4], "{name}");
        if name.ends_with(".heic") {
            // Which libheif the system has is not known: they differ by a level where chroma is halved both ways.
            let expected = std::fs::read(path(&name).with_extension("rgba")).unwrap();
            let most = if name.starts_with("420") { 1 } else { 0 };
            let off = tensor.data.iter().zip(&expected).map(|(&a, &b)| a.abs_diff(b)).max();
            assert!(off <= Some(most), "{name}: off by {off:?}");
            continue;
        }
        let found: String = Sha256::digest(&tensor.data).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, digest, "{name}");
    }
}

#[test]
fn headers_say_what_is_stored() {
    for (name, [rows, columns, bits, frames, turn], _) in files() {
        let file = read(&name);
        let image = EncodedImage::open(&file).unwrap();
        assert_eq!([image.rows(), image.columns()], [rows as usize, columns as usize], "{name}");
        assert_eq!((u32::from(image.bits()), image.frames()), (bits, frames as usize), "{name}");
        assert_eq!(image.orientation().map_or(0, |orientation| orientation.exif()), turn, "{name}");
        let alpha = name.starts_with("alpha");
        let channels = if alpha {
            4
        } else if name.starts_with("400") {
            1
        } else {
            3
        };
        assert_eq!((image.channels(), image.has_alpha()), (channels, alpha), "{name}");
        assert_eq!(image.format().to_string(), if name.ends_with(".avif") { "AVIF" } else { "HEIC" });
    }
}

/// What the others do with their channels: gray becomes any, alpha is never dropped silently, 8 bits are not 16.
#[test]
fn channels_become_those_of_the_input() {
    for (name, ..) in files() {
        let file = read(&name);
        let refused = |format: &str| match pixels(format, &file) {
            Ok(tensor) => Ok(tensor.data),
            Err(Error::Colours { .. }) => Err(()),
            Err(error) => panic!("{name}: {error}"),
        };
        let rgba = refused("rgba").unwrap();
        let opaque = !name.starts_with("alpha");
        let without = |places: &'static [usize]| {
            Ok(rgba.chunks_exact(4).flat_map(|pixel| places.iter().map(|&place| pixel[place])).collect::<Vec<_>>())
        };
        assert_eq!(refused("rgb"), if opaque { without(&[0, 1, 2]) } else { Err(()) }, "{name}");
        assert_eq!(refused("bgr"), if opaque { without(&[2, 1, 0]) } else { Err(()) }, "{name}");
        assert_eq!(refused("gray"), if name.starts_with("400") { without(&[0]) } else { Err(()) }, "{name}");
        let wide = Pipeline::parse("input(rgb16), normalize(scale = 1), output(rgb, f32, hwc)").unwrap();
        let error = decode::<f32>(&wide, &file, &Options::default()).unwrap_err();
        assert_eq!(error.code(), "colours", "{name}: {error}");
    }
}

#[test]
fn limits_count_before_anything_is_decoded() {
    for (name, [rows, columns, ..], _) in files() {
        let pipe = Pipeline::parse("input(rgba8, alpha = drop), output(rgb, u8, hwc)").unwrap();
        let file = read(&name);
        let (pixels, side) = (u64::from(rows * columns), u64::from(rows.max(columns)));
        let of = |max_pixels, max_side| {
            decode::<u8>(&pipe, &file, &Options { max_pixels, max_side, ..Options::default() }).map(drop)
        };
        assert_eq!(of(pixels, side), Ok(()), "{name}");
        assert_eq!(of(pixels - 1, side).unwrap_err().code(), "too_large", "{name}");
        assert_eq!(of(pixels, side - 1).unwrap_err().code(), "too_long", "{name}");
    }
}

/// A file that is cut anywhere, or damaged, is an error of that file or an image, and nothing else.
#[test]
fn broken_files_are_errors() {
    let mut state = 0x9E37_79B9_u32;
    for (name, ..) in files() {
        let file = read(&name);
        for length in (12..file.len()).step_by(7) {
            let Err(error) = pixels("rgba", &file[..length]) else { panic!("{name}, {length} bytes are enough") };
            assert!(["truncated", "damaged", "unsupported"].contains(&error.code()), "{name}, {length}: {error}");
        }
        for _ in 0..20 {
            let mut file = file.clone();
            for _ in 0..2 {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                let at = 12 + state as usize % (file.len() - 12);
                file[at] = (state >> 24) as u8;
            }
            if let Err(error) = pixels("rgba", &file) {
                assert!(error.is_of_file() || error.code() == "memory", "{name}: {error}");
            }
        }
    }
}

#[test]
fn the_libraries_are_named() {
    for (is_in, line) in [(cfg!(feature = "avif"), "AVIF  libavif "), (cfg!(feature = "heic"), "HEIC  libheif ")] {
        assert_eq!(decoders().lines().any(|named| named.starts_with(line)), is_in, "{}", decoders());
    }
}
