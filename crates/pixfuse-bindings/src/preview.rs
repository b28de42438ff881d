//! Pictures of what a model sees.

use pixfuse::{Picture, Pipeline, Preview};
use pixfuse_decode::{EncodedImage, Error, Options, decode};

/// The picture of a file, with boxes of the image as it is shown.
///
/// # Errors
/// As [`Preview::new`], [`Preview::draw`] and [`decode`].
pub fn of_file(pipe: &Pipeline, file: &[u8], options: &Options, boxes: &[[f64; 4]]) -> Result<Picture, Error> {
    let preview = Preview::new(pipe)?;
    let geometry = EncodedImage::open(file)?.geometry(preview.pipeline(), options)?;
    let tensor = decode::<u8>(preview.pipeline(), file, options)?;
    Ok(preview.draw(&tensor.data, &geometry, boxes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_drawn_as_its_pixels_are() {
        let pixels = (1..=12).collect();
        let picture = Picture { rows: 2, columns: 2, pixels };
        let file = pixfuse_decode::png(&picture).unwrap();
        let pipe = Pipeline::parse("input(rgb8), normalize(), output(rgb, f32)").unwrap();
        assert_eq!(of_file(&pipe, &file, &Options::default(), &[]), Ok(picture));
        assert!(of_file(&pipe, b"no file", &Options::default(), &[]).unwrap_err().is_of_file());
    }
}
