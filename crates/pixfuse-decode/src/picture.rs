//! Pictures to files, for people to look at.

use pixfuse::Picture;
use png::{BitDepth, ColorType, Compression, Encoder};

use crate::Error;

/// A picture as the bytes of a PNG file.
///
/// # Errors
/// When it has no pixels, or more rows or columns than PNG can say.
///
/// ```
/// let picture = pixfuse::Picture { rows: 1, columns: 2, pixels: vec![255, 0, 0, 0, 0, 255] };
/// let file = pixfuse_decode::png(&picture)?;
/// let pipe = pixfuse::Pipeline::parse("input(rgb8), output(rgb, u8, hwc)")?;
/// assert_eq!(pixfuse_decode::decode::<u8>(&pipe, &file, &Default::default())?.data, picture.pixels);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn png(picture: &Picture) -> Result<Vec<u8>, Error> {
    let refused = |why: &dyn std::fmt::Display| {
        let Picture { rows, columns, .. } = picture;
        Error::from(pixfuse::Error::Output(format!("{rows} x {columns} pixels are no PNG file: {why}")))
    };
    let [Ok(rows), Ok(columns)] = [picture.rows, picture.columns].map(u32::try_from) else {
        return Err(refused(&"its sides have 32 bits"));
    };
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, columns, rows);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&picture.pixels));
    written.map_err(|error| refused(&error))?;
    Ok(file)
}
