//! A photo file as RGB pixels, as people see it: turned as its EXIF note says, alpha dropped.

use std::path::Path;

use pixfuse::Pipeline;
use pixfuse_decode::{Options, decode};

use crate::Error;
use crate::picture::Picture;

/// Reads a JPEG, PNG, WebP, GIF, BMP or TIFF file, told apart by its first bytes and not by its name.
pub(crate) fn file(path: &Path) -> Result<Picture, Error> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("cannot read {shown}: {error}"))?;
    let pipe = Pipeline::parse("input(rgba8, alpha = drop), output(rgb, u8, hwc)")?;
    let photo = decode::<u8>(&pipe, &bytes, &Options::default()).map_err(|error| format!("{shown}: {error}"))?;
    Ok(Picture { rows: photo.dims[0], columns: photo.dims[1], rgb: photo.data })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_photo_decodes() {
        let photo = file(&Path::new(env!("CARGO_MANIFEST_DIR")).join("photo.jpg")).unwrap();
        assert_eq!((photo.rows, photo.columns, photo.rgb.len()), (576, 768, 576 * 768 * 3));
    }

    #[test]
    fn what_is_no_photo_is_named() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let error = |path: &str| file(&here.join(path)).err().map_or("no error".to_owned(), |error| error.to_string());
        assert!(error("none.jpg").starts_with("cannot read "));
        assert!(
            error("Cargo.toml").contains("Cargo.toml: file: expected a JPEG, PNG, WebP, GIF, BMP or TIFF file, found")
        );
    }
}
