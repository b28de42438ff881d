//! Files that Pillow wrote, decoded to the pixels that Pillow reads from them; `make.py` made both.

use std::collections::BTreeMap;
use std::path::Path;

use pixfuse::{Orientation, Pipeline};
use pixfuse_decode::{EncodedImage, Error, Options, decode};
use sha2::{Digest, Sha256};

fn files() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files")
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(files().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn pixels(format: &str, file: &[u8]) -> Result<pixfuse::Tensor<u8>, Error> {
    let order = format.strip_suffix('8').unwrap();
    let pipe = Pipeline::parse(&format!("input({format}), output({order}, u8, hwc)")).unwrap();
    decode(&pipe, file, &Options { orient: Some(Orientation::Upright), ..Options::default() })
}

/// For each file the formats that it can be decoded into, and the digest of the pixels.
fn golden() -> BTreeMap<String, BTreeMap<String, ([usize; 2], String)>> {
    let mut golden: BTreeMap<String, BTreeMap<_, _>> = BTreeMap::new();
    for line in String::from_utf8(read("pillow.txt")).unwrap().lines() {
        let [name, format, rows, columns, digest] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let value = ([rows.parse().unwrap(), columns.parse().unwrap()], digest.to_owned());
        golden.entry(name.to_owned()).or_default().insert(format.to_owned(), value);
    }
    golden
}

#[test]
fn pixels_are_those_of_pillow() {
    let golden = golden();
    assert!(golden.len() > 50, "the list is broken");
    let mut wrong = Vec::new();
    for (name, formats) in &golden {
        let file = read(name);
        for (format, ([rows, columns], digest)) in formats {
            let tensor = pixels(format, &file).unwrap_or_else(|error| panic!("{name} as {format}: {error}"));
            assert_eq!(tensor.dims[..2], [*rows, *columns], "{name}");
            let found: String = Sha256::digest(&tensor.data).iter().map(|byte| format!("{byte:02x}")).collect();
            if found != *digest {
                wrong.push(format!("{name} as {format}"));
            }
            if format != "gray8" {
                let swapped = pixels(&format.replace("rgb", "bgr"), &file).unwrap();
                let channels = tensor.dims[2];
                for (pixel, other) in tensor.data.chunks_exact(channels).zip(swapped.data.chunks_exact(channels)) {
                    assert_eq!([pixel[0], pixel[1], pixel[2]], [other[2], other[1], other[0]], "{name}");
                    assert_eq!(pixel.get(3), other.get(3), "{name}");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "other pixels than Pillow's:\n{}", wrong.join("\n"));
}

/// What the list has no line for is refused, with a sentence that says what would do.
#[test]
fn channels_that_the_file_has_not_are_refused() {
    for (name, formats) in &golden() {
        let file = read(name);
        for format in ["gray8", "rgb8", "rgba8"] {
            let error = match pixels(format, &file) {
                Ok(_) => {
                    assert!(formats.contains_key(format), "{name} as {format}");
                    continue;
                }
                Err(error) => error.to_string(),
            };
            assert!(!formats.contains_key(format), "{name} as {format}: {error}");
            assert!(error.starts_with("file: this ") && error.contains(" has "), "{name}: {error}");
            assert!(error.contains("; input(rgb"), "{name}: {error}");
        }
    }
    let error = |format, name| pixels(format, &read(name)).unwrap_err().to_string();
    assert_eq!(
        error("rgb8", "rgba.png"),
        "file: this PNG file has colours with alpha, and input(rgb8) has no alpha; \
         input(rgba8, alpha = drop) reads every file, and drops it"
    );
    assert_eq!(
        error("gray8", "odd-420.jpg"),
        "file: this JPEG file has colours, and input(gray8) is gray; input(rgb8) reads such files"
    );
}

#[test]
fn other_pixel_formats_are_refused() {
    for format in ["nv12", "yuyv", "rgb16", "bgr32f"] {
        let text = format!("input({format}), resize(8, 8, bilinear, precision = f32), output(rgb, f32)");
        let pipe = Pipeline::parse(&text).unwrap();
        for (name, has) in [("odd-420.jpg", "JPEG file has colours"), ("gray.png", "PNG file has gray pixels")] {
            let error = decode::<f32>(&pipe, &read(name), &Options::default()).unwrap_err().to_string();
            let hint = format!("file: this {has}, and decoders do not give input({format}); write input(rgb8)");
            assert_eq!(error, hint);
        }
    }
}

#[test]
fn alpha_can_be_dropped() {
    let drop = Pipeline::parse("input(rgba8, alpha = drop), output(rgb, u8, hwc)").unwrap();
    let keep = Pipeline::parse("input(rgba8), output(rgba, u8, hwc)").unwrap();
    for name in ["rgba.png", "lossy-alpha.webp", "odd-420.jpg", "gray.png"] {
        let [drop, keep] = [&drop, &keep].map(|pipe| decode::<u8>(pipe, &read(name), &Options::default()).unwrap());
        let colours: Vec<u8> = keep.data.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        assert_eq!(drop.data, colours, "{name}");
    }
}

#[test]
fn samples_of_16_bits_keep_their_high_byte() {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 2, 1);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Sixteen);
    encoder.write_header().unwrap().write_image_data(&[0x12, 0xff, 0xfe, 0x01]).unwrap();
    assert_eq!(pixels("gray8", &file).unwrap().data, [0x12, 0xfe]);
}

#[test]
fn the_note_of_exif_is_followed() {
    let shown = |file: &[u8], declared: u32, orient: Option<u32>| {
        let pipe = Pipeline::parse(&format!("input(rgb8, orient = {declared}), output(rgb, u8, hwc)")).unwrap();
        let orient = orient.map(|orient| Orientation::from_exif(orient).unwrap());
        let options = Options { orient, ..Options::default() };
        let tensor = decode::<u8>(&pipe, file, &options).unwrap();
        let image = EncodedImage::open(file).unwrap();
        assert_eq!(image.output_shape(&pipe, &options).unwrap().to_vec(), tensor.dims);
        assert_eq!(image.geometry(&pipe, &options).unwrap().source()[..], tensor.dims[..2]);
        (tensor.dims, tensor.data)
    };
    for (name, exif) in (1..=8)
        .map(|exif| (format!("orientation-{exif}.jpg"), exif))
        .chain([("orientation-6.png".into(), 6), ("orientation-8.webp".into(), 8)])
    {
        let file = read(&name);
        let image = EncodedImage::open(&file).unwrap();
        assert_eq!(image.orientation(), Orientation::from_exif(exif), "{name}");
        let stored = pixels("rgb8", &file).unwrap();
        let plain = Pipeline::parse("input(rgb8), output(rgb, u8, hwc)").unwrap();
        let turned = |exif: u32| {
            let view = pixfuse::ImageRef::rgb8(&stored.data, stored.dims[0], stored.dims[1]).unwrap();
            let tensor = plain.run::<u8>(view.oriented(Orientation::from_exif(exif).unwrap())).unwrap();
            (tensor.dims, tensor.data)
        };
        for declared in [1, 5] {
            assert_eq!(shown(&file, declared, None), turned(exif), "{name}");
            assert_eq!(shown(&file, declared, Some(3)), turned(3), "{name}");
            assert_eq!(shown(&file, declared, Some(1)), turned(1), "{name}");
        }
    }
    // A file that says nothing is turned as the pipeline declares.
    let file = read("odd-420.jpg");
    assert_eq!(EncodedImage::open(&file).unwrap().orientation(), None);
    assert_eq!(shown(&file, 6, None), shown(&file, 1, Some(6)));
    assert_eq!(shown(&file, 6, None).0, [53, 37, 3]);
}
