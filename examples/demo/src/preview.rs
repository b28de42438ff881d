//! The picture of what the model sees: the tensor, made pixels again, beside the photo.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use pixfuse::spec::Normalize;
use pixfuse::{ChannelOrder, Spec};

use crate::Error;
use crate::picture::Picture;

/// A photo is reduced to at most this many rows and columns.
const MOST: usize = 768;

/// Between the two pictures.
const GAP: usize = 8;

/// Undoes `normalize` and the channel order of a `chw` tensor.
pub(crate) fn seen(spec: &Spec, tensor: &[f32], [channels, rows, columns]: [usize; 3]) -> Picture {
    let normalize = spec.normalize.clone().unwrap_or_else(|| Normalize::of(spec.input.format.sample()));
    let scale = normalize.scale.known().copied().unwrap_or(1.0);
    let eps = normalize.eps.known().copied().unwrap_or(0.0);
    // One value stands for every channel.
    let at = |values: Option<&Vec<f64>>, channel: usize| {
        values.and_then(|values| values.get(channel).or(values.first())).copied().unwrap_or_default()
    };

    let mut picture = Picture::filled(rows, columns, 0);
    for (index, value) in picture.rgb.iter_mut().enumerate() {
        let (pixel, colour) = (index / 3, index % 3);
        let channel = if spec.output.channels == ChannelOrder::Bgr { 2 - colour } else { colour } % channels;
        let (mean, std) = (at(normalize.mean.known(), channel), at(normalize.std.known(), channel));
        let x = f64::from(tensor[channel * rows * columns + pixel]) * (std + eps) + mean;
        // The cast saturates, so a value outside 0 to 255 stays black or white.
        *value = (x / scale).round() as u8;
    }
    picture
}

/// Writes the photo, a thin gap, and what the model sees.
pub(crate) fn write(path: &Path, photo: &Picture, seen: &Picture) -> Result<(), Error> {
    let factor = photo.rows.max(photo.columns).div_ceil(MOST);
    let small = photo.reduced(factor.min(photo.rows), factor.min(photo.columns));

    let mut both = Picture::filled(small.rows.max(seen.rows), small.columns + GAP + seen.columns, 255);
    both.paste(&small, 0);
    both.paste(seen, small.columns + GAP);

    let file = BufWriter::new(File::create(path).map_err(|error| format!("cannot write {}: {error}", path.display()))?);
    let mut encoder = png::Encoder::new(file, u32::try_from(both.columns)?, u32::try_from(both.rows)?);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(&both.rgb)?;
    Ok(())
}
