//! The picture that a tensor stands for, for people: what the model sees.

use pixfuse_spec::{Element, Fill, Layout, MarginFill, Normalize, Number, Quantize};

#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{Clip, Error, Geometry, ImageRef, Pipeline, memory};

/// Between and around tiles, and between patches.
const GAP: [u8; 3] = [255; 3];

/// A box that was given.
const OUTLINE: [u8; 3] = [255, 64, 0];

/// A picture: red, green and blue of each pixel, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Picture {
    /// Rows, at least 1.
    pub rows: usize,
    /// Columns, at least 1.
    pub columns: usize,
    /// Three for each pixel.
    pub pixels: Vec<u8>,
}

/// Draws what the tensors of a pipeline stand for: pixels with `normalize` undone, in the tensor's size, with the margins
/// of a letterbox, tiles side by side and the thumbnail beside them, and patches with lines between.
///
/// The pixels are those that the pipeline's filter gives, before they become numbers: nothing is rounded twice.
///
/// ```
/// use pixfuse::{ImageRef, Pipeline, Preview};
///
/// let pipe = Pipeline::parse("input(rgb8), resize(4, 4, nearest), normalize(mean = 0.5), output(bgr, f32, chw)")?;
/// let pixels = [10, 20, 30].repeat(8 * 6);
/// let picture = Preview::new(&pipe)?.picture(ImageRef::rgb8(&pixels, 8, 6)?, &[])?;
/// assert_eq!((picture.rows, picture.columns, &picture.pixels[..3]), (4, 4, &[10, 20, 30][..]));
/// # Ok::<(), pixfuse::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Preview {
    pipe: Pipeline,
    /// The side of a patch, and of the square of patches that become one.
    patch: Option<[usize; 2]>,
}

impl Preview {
    /// Of the tensors of this pipeline.
    ///
    /// # Errors
    /// None, for a pipeline that runs; the declaration of the pixels is checked as any is.
    pub fn new(pipe: &Pipeline) -> Result<Self, Error> {
        let mut spec = pipe.spec().clone();
        let sample = spec.input.format.sample();
        if let Some(pad) = &mut spec.pad
            && let MarginFill::Tensor(values) = &pad.fill
        {
            let numbers = spec.normalize.clone().unwrap_or_else(|| Normalize::of(sample));
            pad.fill = MarginFill::Pixel(pixel_of(values, &numbers, sample.white(), spec.output.channels.channels()));
        }
        let patch = spec.patches.take().map(|patches| [patches.side as usize, (patches.side * patches.merge) as usize]);
        if let Some(tiles) = &mut spec.tiles {
            tiles.pad_to = None;
        }
        let is_u8 = sample.white() == 255.0;
        spec.normalize =
            (!is_u8).then(|| Normalize { scale: Number::Known(255.0 / sample.white()), ..Normalize::of(sample) });
        spec.output.element = Element::U8;
        spec.output.layout = Layout::Hwc;
        spec.output.quantize = (!is_u8).then_some(Quantize { scale: 1.0, zero_point: 0 });
        // A declaration that was put together is checked as one that was written.
        let spec = spec.to_string().parse()?;
        Ok(Self { pipe: pipe.with_spec(spec)?, patch })
    }

    /// What gives the pixels: tensors of u8, `[rows, columns, channels]`, of tiles with their number in front.
    pub fn pipeline(&self) -> &Pipeline {
        &self.pipe
    }

    /// The picture of one image, with an outline of each of `boxes`: `[x1, y1, x2, y2]` in the source, as
    /// [`Geometry::map_boxes`] takes them.
    ///
    /// # Errors
    /// As [`Pipeline::run`]; when there is no memory for the picture.
    pub fn picture(&self, image: ImageRef<'_>, boxes: &[[f64; 4]]) -> Result<Picture, Error> {
        let geometry = self.pipe.geometry(image.rows(), image.columns())?;
        self.draw(&self.pipe.run::<u8>(image)?.data, &geometry, boxes)
    }

    /// The picture of a tensor that [`pipeline`](Self::pipeline) gave, of an image with its geometry `geometry`.
    ///
    /// # Errors
    /// When the tensor has another number of elements; when there is no memory for the picture.
    pub fn draw(&self, tensor: &[u8], geometry: &Geometry, boxes: &[[f64; 4]]) -> Result<Picture, Error> {
        let channels = self.pipe.spec().output.channels;
        let images: Vec<Geometry> = (0..geometry.images()).filter_map(|index| geometry.tile(index)).collect();
        let [rows, columns] = images.first().map_or([0; 2], Geometry::output);
        let length = rows * columns * channels.channels();
        if length == 0 || tensor.len() != images.len() * length {
            let (found, expected) = (tensor.len(), images.len() * length);
            return Err(Error::Output(format!("{found} elements, expected {expected} for the picture")));
        }
        let mut drawn = Vec::new();
        for (pixels, geometry) in tensor.chunks_exact(length).zip(&images) {
            let mut image = Picture::of(GAP, rows, columns)?;
            for (to, from) in image.pixels.as_chunks_mut().0.iter_mut().zip(pixels.chunks_exact(channels.channels())) {
                *to = match channels.letters().as_bytes() {
                    [b'y', ..] => [from[0]; 3],
                    [b'b', ..] => [from[2], from[1], from[0]],
                    _ => [from[0], from[1], from[2]],
                };
            }
            for place in geometry.map_boxes(boxes, Clip::Yes) {
                image.outline(place, OUTLINE);
            }
            drawn.push(match self.patch {
                Some([side, square]) => image.apart(side, square)?,
                None => image,
            });
        }
        match geometry.tiles() {
            None => Ok(drawn.swap_remove(0)),
            Some(grid) => side_by_side(&drawn, grid, geometry.thumbnail()),
        }
    }
}

/// The pixel values that one value of the tensor stands for, or one a channel, in the order of the output.
fn pixel_of(values: &[f64], numbers: &Normalize, white: f64, channels: usize) -> Fill {
    let known = |list: &Number<Vec<f64>>, channel: usize, usual: f64| {
        list.known().and_then(|list| list.get(channel).or(list.first())).copied().unwrap_or(usual)
    };
    let scale = numbers.scale.known().copied().unwrap_or(1.0);
    let eps = numbers.eps.known().copied().unwrap_or(0.0);
    let pixel = |channel| {
        let (mean, std) = (known(&numbers.mean, channel, 0.0), known(&numbers.std, channel, 1.0));
        let value = values[if values.len() == 1 { 0 } else { channel }];
        // Saturates, which is what a pixel does.
        ((value * (std + eps) + mean) / scale * (255.0 / white)).round() as u8
    };
    let pixels: Vec<u8> = (0..channels).map(pixel).collect();
    if pixels.iter().all(|&pixel| pixel == pixels[0]) { Fill::gray(pixels[0]) } else { Fill(pixels) }
}

/// Tiles as their grid has them, and the thumbnail behind it, or below a grid that is wider than high.
fn side_by_side(images: &[Picture], grid: [usize; 2], thumbnail: Option<usize>) -> Result<Picture, Error> {
    let [rows, columns] = [images[0].rows, images[0].columns];
    let gap = (rows.min(columns) / 56).max(2);
    let along = |count: usize, side: usize| count * side + (count - 1) * gap;
    let sides = [along(grid[0], rows), along(grid[1], columns)];
    let is_below = sides[1] > sides[0];
    let apart = 3 * gap;
    let whole = match (thumbnail, is_below) {
        (None, _) => sides,
        (Some(_), true) => [sides[0] + apart + rows, sides[1]],
        (Some(_), false) => [sides[0], sides[1] + apart + columns],
    };
    let mut picture = Picture::of(GAP, whole[0], whole[1])?;
    let mut tile = 0;
    for (index, image) in images.iter().enumerate() {
        let at = if thumbnail == Some(index) {
            if is_below { [sides[0] + apart, 0] } else { [0, sides[1] + apart] }
        } else {
            tile += 1;
            [(tile - 1) / grid[1] * (rows + gap), (tile - 1) % grid[1] * (columns + gap)]
        };
        picture.paste(image, at);
    }
    Ok(picture)
}

impl Picture {
    fn of(colour: [u8; 3], rows: usize, columns: usize) -> Result<Self, Error> {
        let pixels = rows.saturating_mul(columns);
        let pixels = memory::repeated(colour, pixels).map_err(|none| none.to_error("a picture"))?;
        Ok(Self { rows, columns, pixels: pixels.into_flattened() })
    }

    /// Copies a picture that fits to a row and column of this one.
    fn paste(&mut self, image: &Self, [top, left]: [usize; 2]) {
        for (row, pixels) in image.pixels.chunks_exact(3 * image.columns).enumerate() {
            let start = 3 * ((top + row) * self.columns + left);
            self.pixels[start..start + pixels.len()].copy_from_slice(pixels);
        }
    }

    /// The same with a line of one pixel behind each patch, and of three behind each square of patches that become one.
    fn apart(&self, side: usize, square: usize) -> Result<Self, Error> {
        let place = |position: usize| {
            let between = if square > side { 2 * (position / square) } else { 0 };
            position + position / side + between
        };
        let mut picture = Self::of(GAP, place(self.rows - 1) + 1, place(self.columns - 1) + 1)?;
        for row in 0..self.rows {
            for column in 0..self.columns {
                let (from, to) = (row * self.columns + column, place(row) * picture.columns + place(column));
                picture.pixels[3 * to..3 * to + 3].copy_from_slice(&self.pixels[3 * from..3 * from + 3]);
            }
        }
        Ok(picture)
    }

    /// Draws the edges of a box that lies inside; nothing of one without area.
    fn outline(&mut self, [x1, y1, x2, y2]: [f64; 4], colour: [u8; 3]) {
        if !(x2 > x1 && y2 > y1) {
            return;
        }
        let width = 1 + self.rows.min(self.columns) / 224;
        let inside = |position: f64, most: usize| (position.round() as usize).min(most);
        let [left, right] = [x1, x2].map(|x| inside(x, self.columns));
        let [top, bottom] = [y1, y2].map(|y| inside(y, self.rows));
        for row in top..bottom {
            let is_edge = row < top + width || row + width >= bottom;
            for column in left..right {
                if is_edge || column < left + width || column + width >= right {
                    let at = 3 * (row * self.columns + column);
                    self.pixels[at..at + 3].copy_from_slice(&colour);
                }
            }
        }
    }
}
