//! Files decoded to the pixels that Pillow reads from them: those that Pillow wrote (`make.py` made `files`), and one of
//! each kind of a format (`kinds.py` made `kinds`; the directory `PIXFUSE_KINDS` may have all that it makes).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pixfuse::{Orientation, Pipeline};
use pixfuse_decode::{EncodedImage, Error, Options, decode};
use sha2::{Digest, Sha256};

/// Where files and their list are.
fn directories() -> Vec<PathBuf> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let all = std::env::var_os("PIXFUSE_KINDS").map(PathBuf::from);
    [tests.join("files"), tests.join("kinds")].into_iter().chain(all).collect()
}

fn read(name: &str) -> Vec<u8> {
    let path = directories()[0].join(name);
    std::fs::read(path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// As the file stores them; Pillow turns TIFF files, and no others, when it reads them.
fn pixels(format: &str, file: &[u8]) -> Result<pixfuse::Tensor<u8>, Error> {
    let is_tiff = file.starts_with(b"II") || file.starts_with(b"MM");
    let orient = if is_tiff { None } else { Some(Orientation::Upright) };
    let options = Options { orient, ..Options::default() };
    if let Some(order) = format.strip_suffix("16") {
        let text = format!("input({format}), normalize(scale = 1), output({order}, f32, hwc)");
        let tensor = decode::<f32>(&Pipeline::parse(&text).unwrap(), file, &options)?;
        let data = tensor.data.iter().flat_map(|&value| (value as u16).to_le_bytes()).collect();
        return Ok(pixfuse::Tensor { data, dims: tensor.dims });
    }
    let order = format.strip_suffix('8').unwrap();
    let pipe = Pipeline::parse(&format!("input({format}), output({order}, u8, hwc)")).unwrap();
    decode(&pipe, file, &options)
}

/// For each file the formats that it can be decoded into, and the digest of the pixels.
fn golden(directory: &Path) -> BTreeMap<PathBuf, BTreeMap<String, ([usize; 2], String)>> {
    let mut golden: BTreeMap<PathBuf, BTreeMap<_, _>> = BTreeMap::new();
    for line in std::fs::read_to_string(directory.join("pillow.txt")).unwrap().lines() {
        let [name, format, rows, columns, digest] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let value = ([rows.parse().unwrap(), columns.parse().unwrap()], digest.to_owned());
        golden.entry(directory.join(name)).or_default().insert(format.to_owned(), value);
    }
    golden
}

#[test]
fn pixels_are_those_of_pillow() {
    let golden: Vec<_> = directories().iter().flat_map(|directory| golden(directory)).collect();
    assert!(golden.len() > 50 + 120, "{} files: the lists are broken", golden.len());
    let mut wrong = Vec::new();
    for (path, formats) in &golden {
        let (file, name) = (std::fs::read(path).unwrap(), path.display());
        for (format, ([rows, columns], digest)) in formats {
            let tensor = match pixels(format, &file) {
                Ok(tensor) if tensor.dims[..2] == [*rows, *columns] => tensor,
                Ok(tensor) => {
                    wrong.push(format!("{name} as {format}: {:?}", tensor.dims));
                    continue;
                }
                Err(error) => {
                    wrong.push(format!("{name} as {format}: {error}"));
                    continue;
                }
            };
            let found: String = Sha256::digest(&tensor.data).iter().map(|byte| format!("{byte:02x}")).collect();
            if found != *digest {
                wrong.push(format!("{name} as {format}"));
            }
            if format.starts_with("rgb") {
                let swapped = pixels(&format.replace("rgb", "bgr"), &file).unwrap();
                let channels = tensor.dims[2];
                for (pixel, other) in tensor.data.chunks_exact(channels).zip(swapped.data.chunks_exact(channels)) {
                    assert_eq!([pixel[0], pixel[1], pixel[2]], [other[2], other[1], other[0]], "{name}");
                    assert_eq!(pixel.get(3), other.get(3), "{name}");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} files are other than to Pillow:\n{}", wrong.len(), wrong.join("\n"));
}

/// What the list has no line for is refused, with a sentence that says what would do.
#[test]
fn channels_that_the_file_has_not_are_refused() {
    for (path, formats) in directories().iter().flat_map(|directory| golden(directory)) {
        let (file, name) = (std::fs::read(&path).unwrap(), path.display());
        // Gray of 16 bits is read in its high bytes as well, where Pillow has none.
        if formats.contains_key("gray16") {
            continue;
        }
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
    for format in ["nv12", "yuyv", "bgr32f"] {
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

/// A PNG file of 16 bits a sample, one row.
/// `PngImagePlugin.py` takes any number but 0 for white.
#[test]
fn transparency_of_one_bit_is_black_or_white() {
    for (number, expected) in [(0, [[255, 255, 255, 255], [0, 0, 0, 0]]), (255, [[255, 255, 255, 0], [0, 0, 0, 255]])] {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 2, 1);
        encoder.set_depth(png::BitDepth::One);
        encoder.set_trns(vec![0, number]);
        encoder.write_header().unwrap().write_image_data(&[0b1000_0000]).unwrap();
        let pipe = Pipeline::parse("input(rgba8), output(rgba, u8, hwc)").unwrap();
        assert_eq!(decode::<u8>(&pipe, &file, &Options::default()).unwrap().data, expected.concat(), "{number}");
    }
}

fn deep_png(color: png::ColorType, columns: u32, samples: &[u16]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, columns, 1);
    encoder.set_color(color);
    encoder.set_depth(png::BitDepth::Sixteen);
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_be_bytes()).collect();
    encoder.write_header().unwrap().write_image_data(&bytes).unwrap();
    file
}

#[test]
fn samples_of_16_bits() {
    let gray = deep_png(png::ColorType::Grayscale, 2, &[0x12ff, 0xfe01]);
    assert_eq!(pixels("gray8", &gray).unwrap().data, [0x12, 0xfe], "the high byte");
    let rgb = deep_png(png::ColorType::Rgb, 2, &[1, 300, 65535, 0x1234, 0, 9]);
    let deep = |format: &str, file: &[u8]| {
        let order = format.strip_suffix("16").unwrap();
        let text = format!("input({format}), normalize(scale = 1), output({order}, f32, hwc)");
        decode::<f32>(&Pipeline::parse(&text).unwrap(), file, &Options::default()).map(|tensor| tensor.data)
    };
    assert_eq!(deep("gray16", &gray).unwrap(), [4863.0, 65025.0]);
    assert_eq!(deep("rgb16", &gray).unwrap(), [4863.0, 4863.0, 4863.0, 65025.0, 65025.0, 65025.0]);
    assert_eq!(deep("rgb16", &rgb).unwrap(), [1.0, 300.0, 65535.0, 4660.0, 0.0, 9.0]);
    assert_eq!(deep("bgr16", &rgb).unwrap(), [65535.0, 300.0, 1.0, 9.0, 0.0, 4660.0]);
    let error = |format: &str, file: &[u8]| deep(format, file).unwrap_err().to_string();
    assert_eq!(
        error("gray16", &rgb),
        "file: this PNG file has colours, and input(gray16) is gray; input(rgb16) reads such files"
    );
    assert_eq!(
        error("rgb16", &read("rgb.png")),
        "file: this PNG file has colours, and 8 bits a sample, input(rgb16) reads 16; input(rgb8) reads such files"
    );
    let alpha = deep_png(png::ColorType::GrayscaleAlpha, 1, &[1, 2]);
    assert_eq!(
        error("gray16", &alpha),
        "file: this PNG file has gray pixels with alpha, and input(gray16) has no alpha; \
         input(rgba8, alpha = drop) reads every file, in 8 bits, and drops it"
    );
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
