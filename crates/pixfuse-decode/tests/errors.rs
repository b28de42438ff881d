//! What is wrong with a file or a call is said, before memory is asked for or anything is written.

use std::path::Path;

use pixfuse::Pipeline;
use pixfuse_decode::{EncodedImage, Error, FileFormat, Options, batch_shape, decode, decode_batch, decode_into};

fn read(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name)).unwrap()
}

fn pipe() -> Pipeline {
    Pipeline::parse("input(rgba8, alpha = drop), resize(8, 9, bilinear), output(rgb, u8, hwc)").unwrap()
}

fn error(file: &[u8]) -> Error {
    decode::<u8>(&pipe(), file, &Options::default()).expect_err("the file is wrong")
}

#[test]
fn other_files_are_named_by_their_bytes() {
    let said = |bytes: &[u8]| error(bytes).to_string();
    assert_eq!(said(b""), "file: expected a JPEG, PNG, WebP, GIF, BMP or TIFF file, found no bytes");
    assert_eq!(
        said(b"GIF88a\x01\0\x01\0\0\0\0\0\0"),
        "file: expected a JPEG, PNG, WebP, GIF, BMP or TIFF file, found 15 bytes that begin with \
         47 49 46 38 38 61 01 00 01 00 00 00 (\"GIF88a\\x01\\x00\\x01\\x00\\x00\\x00\")"
    );
    #[cfg(not(feature = "heic"))]
    assert_eq!(
        said(b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf"),
        "file: this is a file of HEIC, which is not decoded here; convert it to JPEG first, which pillow-heif and \
         ImageMagick do, or decode it with a library of its own and run the pipeline over the pixels"
    );
    #[cfg(not(feature = "avif"))]
    assert!(said(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif").contains("a file of AVIF"));
    // A brand counts inside the first box only.
    assert!(said(b"\0\0\0\x14ftypisom\0\0\0\0isomavif").contains("MP4 or QuickTime, a video"));
    assert!(said(b"\0\0\0\x10ftypqt  \0\0\0\0avif").contains("take its frames out as PNG or JPEG"));
    assert!(said(b"\xff\x0a12345678").contains("a file of JPEG XL"));
    assert!(said(b"RIFF\0\0\0\0WAVE").starts_with("file: expected a JPEG"));
    assert!(said(b"\xff\xd8").contains("2 bytes that begin with ff d8"));
}

#[test]
fn truncated_files_are_errors_at_every_length() {
    for (name, format) in [
        ("odd-420.jpg", FileFormat::Jpeg),
        ("odd-444-progressive.jpg", FileFormat::Jpeg),
        ("gray.jpg", FileFormat::Jpeg),
        ("rgb.png", FileFormat::Png),
        ("lossless.webp", FileFormat::Webp),
        ("lossy-alpha.webp", FileFormat::Webp),
    ] {
        let file = read(name);
        let mut named = 0;
        // The last bytes of a JPEG are its end marker, which no pixel depends on, and those of a PNG its end chunk.
        let end = if format == FileFormat::Png { 12 } else { 4 };
        for length in 12..file.len() - end {
            match error(&file[..length]) {
                Error::Truncated { format: found, bytes } => {
                    assert_eq!((found, bytes), (format, length));
                    named += 1;
                }
                Error::Damaged { format: found, .. } => assert_eq!(found, format),
                other => panic!("{name}, {length} of {} bytes: {other}", file.len()),
            }
        }
        assert!(named * 10 > (file.len() - 16) * 9, "{name}: {named} of {} are named as truncated", file.len() - 16);
    }
    let error = error(&read("odd-420.jpg")[..700]).to_string();
    assert_eq!(error, "file: this JPEG file of 700 bytes ends too early: it is truncated");
}

#[test]
fn a_damaged_png_is_found_by_its_checksum() {
    let mut file = read("rgb.png");
    let middle = file.len() / 2;
    file[middle] ^= 1;
    let error = error(&file).to_string();
    assert!(error.starts_with("file: this PNG file is damaged or not supported: "), "{error}");
}

/// A header that promises more than 2^31 pixels, and no pixel behind it.
#[test]
fn large_images_are_refused_by_their_header() {
    let mut png = Vec::new();
    let mut writer = png::Encoder::new(&mut png, 60_000, 60_000).write_header().unwrap();
    writer.write_chunk(png::chunk::IDAT, &[0x78, 0x9c]).unwrap();
    drop(writer);
    let mut jpeg = read("odd-420.jpg");
    let frame = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xea, 0x60, 0xea, 0x60]);
    for file in [jpeg, png] {
        assert_eq!(
            error(&file).to_string(),
            "file: 60000 rows x 60000 columns are 3600000000 pixels, more than max_pixels = 178956970; \
             to read it, raise max_pixels"
        );
    }

    let file = read("odd-420.jpg");
    let at = |max_pixels| decode::<u8>(&pipe(), &file, &Options { max_pixels, ..Options::default() });
    assert!(at(37 * 53).is_ok());
    assert_eq!(at(37 * 53 - 1).unwrap_err(), Error::TooLarge { rows: 37, columns: 53, limit: 1960 });
}

/// A line of pixels that few bytes are enough for, as long as the limit and longer.
#[test]
fn long_images_are_refused_by_their_header() {
    let line = |columns| {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, columns, 1);
        encoder.set_color(png::ColorType::Rgb);
        let pixels = vec![9; columns as usize * 3];
        encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
        file
    };
    let at = |columns, max_side| decode::<u8>(&pipe(), &line(columns), &Options { max_side, ..Options::default() });
    assert!(at(65_535, Options::MAX_SIDE).is_ok());
    assert_eq!(
        at(65_536, Options::MAX_SIDE).unwrap_err().to_string(),
        "file: of 1 rows x 65536 columns a side is longer than max_side = 65535; to read it, raise max_side"
    );
    assert!(at(65_536, 65_536).is_ok());
}

#[test]
fn outputs_are_checked_before_decoding() {
    let file = read("odd-420.jpg");
    let mut out = [7; 8 * 9 * 3 + 1];
    // Nobody has looked at the truncated pixels.
    let error = decode_into(&pipe(), &file[..900], &Options::default(), &mut out).unwrap_err();
    assert_eq!(error.to_string(), "out: 217 elements given, the tensor [8, 9, 3] needs 216");
    assert!(decode_into(&pipe(), &file[..900], &Options::default(), &mut out[..216]).is_err());
    assert!(out.iter().all(|&value| value == 7));
    decode_into(&pipe(), &file, &Options::default(), &mut out[..216]).unwrap();
    assert_eq!(out[..216], decode::<u8>(&pipe(), &file, &Options::default()).unwrap().data);
    let error = decode::<f32>(&pipe(), &file, &Options::default()).unwrap_err();
    assert_eq!(error.to_string(), "out: elements are f32, output(...) says u8");
}

#[test]
fn batches() {
    let names = ["odd-420.jpg", "rgb.png", "lossy.webp", "orientation-6.jpg", "rgba.png"];
    let files = names.map(read);
    let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    let options = Options::default();
    let batch = decode_batch::<u8>(&pipe(), &files, &options).unwrap();
    assert_eq!(batch.dims, [5, 8, 9, 3]);
    for (file, tensor) in files.iter().zip(batch.data.chunks_exact(216)) {
        assert_eq!(decode::<u8>(&pipe(), file, &options).unwrap().data, tensor);
    }
    assert_eq!(decode_batch::<u8>(&pipe().with_threads(3).unwrap(), &files, &options).unwrap(), batch);
    let said = |files: &[&[u8]], pipe: &Pipeline| batch_shape(pipe, files, &options).unwrap_err().to_string();
    assert_eq!(decode_batch::<u8>(&pipe(), &[], &options).unwrap().dims, [0, 8, 9, 3]);
    assert_eq!(decode_batch::<u8>(&pipe().with_threads(3).unwrap(), &[], &options).unwrap().data, []);
    let open = Pipeline::parse("input(rgb8), output(rgb, u8, hwc)").unwrap();
    assert!(said(&[], &open).starts_with("image: a batch of nothing has no shape here"));
    assert!(said(&[files[0], b"text"], &pipe()).starts_with("number 1: file: expected a JPEG"));
    let whole = Pipeline::parse("input(rgba8), output(rgba, u8, hwc)").unwrap();
    assert_eq!(
        said(&files[..2], &whole),
        "image: number 1: gives a tensor [11, 23, 4], number 0 gives [37, 53, 4]; \
         a batch needs one shape, which resize(...) makes"
    );
    let half = [files[0], &files[0][..900]];
    let error = decode_batch::<u8>(&pipe(), &half, &options).unwrap_err().to_string();
    assert_eq!(error, "number 1: file: this JPEG file of 900 bytes ends too early: it is truncated");
}

#[test]
fn what_a_header_says() {
    let file = read("orientation-6.jpg");
    let image = EncodedImage::open(&file).unwrap();
    assert_eq!((image.format(), image.rows(), image.columns()), (FileFormat::Jpeg, 13, 19));
    assert_eq!((image.shown_size(), image.orientation().unwrap().exif()), ([19, 13], 6));
    let of = |name: &str| {
        let file = read(name);
        let image = EncodedImage::open(&file).unwrap();
        (image.channels(), image.bits(), image.has_alpha(), image.frames())
    };
    for (name, expected) in [
        ("orientation-6.jpg", (3, 8, false, 1)),
        ("gray.jpg", (1, 8, false, 1)),
        ("cmyk.jpg", (4, 8, false, 1)),
        ("rgb-16-bits.png", (3, 16, false, 1)),
        ("gray-alpha.png", (2, 8, true, 1)),
        ("bits.png", (1, 1, false, 1)),
        ("palette-4-bits.png", (3, 4, false, 1)),
        ("palette-transparent.png", (4, 8, true, 1)),
        ("animated.webp", (3, 8, false, 2)),
        ("lossless-alpha.webp", (4, 8, true, 1)),
        ("../kinds/animated.gif", (3, 8, false, 2)),
        ("../kinds/16-555.bmp", (3, 8, false, 1)),
        ("../kinds/alpha-16-little.tif", (4, 16, true, 1)),
    ] {
        assert_eq!(of(name), expected, "{name}");
    }
    assert_eq!(EncodedImage::open(&read("rgb.png")).unwrap().format().to_string(), "PNG");
    assert_eq!(EncodedImage::open(&read("lossy.webp")).unwrap().format().to_string(), "WebP");
}

/// What Pillow reads and this crate does not, and what it reads in another way: the table of the crate's documentation.
#[test]
fn differences_from_pillow() {
    let said = |file: &[u8]| error(file).to_string();
    // A TIFF file of one pixel whose entries are these.
    let tiff = |entries: &[(u16, u16)]| {
        let mut file = b"II\x2a\0\x08\0\0\0".to_vec();
        file.extend((entries.len() as u16).to_le_bytes());
        for (tag, value) in entries {
            for half in [*tag, 3, 1, 0, *value, 0] {
                file.extend(half.to_le_bytes());
            }
        }
        file.extend([0; 8]);
        file
    };
    let sides = [(256, 1), (257, 1)];
    let rest = [(273, 8), (278, 1), (279, 1)];
    let of = |middle: &[(u16, u16)]| said(&tiff(&[&sides[..], middle, &rest[..]].concat()));
    let before = "file: this TIFF file is damaged or not supported: ";
    assert_eq!(
        of(&[(258, 8), (259, 7), (262, 1)]),
        format!("{before}Compression is [7], expected 1 (none), 5 (LZW), 8 (deflate) or 32773 (PackBits)")
    );
    assert!(of(&[(258, 8), (259, 1), (262, 5)]).starts_with(&format!("{before}PhotometricInterpretation 5 with")));
    assert!(of(&[(258, 16), (259, 1), (262, 0)]).contains("PhotometricInterpretation 0 with 1 samples of 16 bits"));
}
