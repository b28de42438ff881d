//! A photo file as RGB pixels, by well-kept decoders.
//!
//! As OpenCV and Pillow do when they only open a file: alpha is dropped, 16 bits become 8, and a camera's note on
//! which side was up is not followed.

use std::io::Cursor;
use std::path::Path;

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::Error;
use crate::picture::Picture;

/// Reads a JPEG or PNG file, told apart by its first bytes and not by its name.
pub(crate) fn file(path: &Path) -> Result<Picture, Error> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("cannot read {shown}: {error}"))?;
    let (kind, picture) = match bytes.as_slice() {
        [0xff, 0xd8, ..] => ("JPEG", jpeg(&bytes)),
        [0x89, b'P', b'N', b'G', ..] => ("PNG", png(&bytes)),
        [] => return Err(format!("{shown} is empty").into()),
        _ => return Err(format!("{shown} is neither a JPEG nor a PNG file").into()),
    };
    picture.map_err(|error| format!("{shown} is a damaged or unusual {kind} file: {error}").into())
}

fn jpeg(bytes: &[u8]) -> Result<Picture, Error> {
    // Strict: half a photo with a grey rest would run, and be compared, as if nothing had happened.
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB).set_strict_mode(true);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let rgb = decoder.decode().map_err(|error| error.to_string())?;
    let (columns, rows) = decoder.dimensions().ok_or("it has no size")?;
    checked(rgb, rows, columns)
}

fn png(bytes: &[u8]) -> Result<Picture, Error> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or("it is too large")?];
    let info = reader.next_frame(&mut pixels)?;
    pixels.truncate(info.buffer_size());

    let rgb = match info.color_type {
        png::ColorType::Rgb => pixels,
        png::ColorType::Rgba => pixels.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect(),
        png::ColorType::Grayscale => pixels.iter().flat_map(|&gray| [gray; 3]).collect(),
        png::ColorType::GrayscaleAlpha => pixels.chunks_exact(2).flat_map(|pixel| [pixel[0]; 3]).collect(),
        png::ColorType::Indexed => return Err("its palette was not expanded".into()),
    };
    checked(rgb, info.height as usize, info.width as usize)
}

/// What a decoder said of its size must be what it gave.
fn checked(rgb: Vec<u8>, rows: usize, columns: usize) -> Result<Picture, Error> {
    if rgb.is_empty() || rgb.len() != rows * columns * 3 {
        return Err(format!("{} bytes of pixels for {rows} rows x {columns} columns", rgb.len()).into());
    }
    Ok(Picture { rgb, rows, columns })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, bytes: &[u8]) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("pixfuse-demo-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        path
    }

    #[test]
    fn the_photo_decodes() {
        let photo = file(&Path::new(env!("CARGO_MANIFEST_DIR")).join("photo.jpg")).unwrap();
        assert_eq!((photo.rows, photo.columns), (576, 768));
    }

    #[test]
    fn every_kind_of_png_is_rgb() {
        for (color, bytes) in [
            (png::ColorType::Grayscale, vec![7, 8]),
            (png::ColorType::GrayscaleAlpha, vec![7, 0, 8, 255]),
            (png::ColorType::Rgb, vec![7, 7, 7, 8, 8, 8]),
            (png::ColorType::Rgba, vec![7, 7, 7, 0, 8, 8, 8, 255]),
        ] {
            let mut encoded = Vec::new();
            let mut encoder = png::Encoder::new(&mut encoded, 2, 1);
            encoder.set_color(color);
            encoder.write_header().unwrap().write_image_data(&bytes).unwrap();
            let path = written(&format!("{color:?}"), &encoded);
            assert_eq!(file(&path).unwrap().rgb, [7, 7, 7, 8, 8, 8], "{color:?}");
            std::fs::remove_file(path).unwrap();
        }
    }

    #[test]
    fn what_is_no_photo_is_named() {
        let photo = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("photo.jpg")).unwrap();
        for (name, bytes, expected) in [
            ("empty", &b""[..], "is empty"),
            ("text", b"not an image", "is neither a JPEG nor a PNG file"),
            ("header.jpg", b"\xff\xd8\xff\xe0", "is a damaged or unusual JPEG file"),
            ("header.png", b"\x89PNG\r\n\x1a\n", "is a damaged or unusual PNG file"),
            ("half.jpg", &photo[..photo.len() / 2], "is a damaged or unusual JPEG file"),
        ] {
            let path = written(name, bytes);
            let error = file(&path).err().map_or("no error".to_owned(), |error| error.to_string());
            assert!(error.contains(expected), "{name}: {error}");
            std::fs::remove_file(path).unwrap();
        }
    }
}
