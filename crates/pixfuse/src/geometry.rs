//! Where things of a source image lie in the output, and back.

use std::hash::{Hash, Hasher};
use std::ops::Range;

use pixfuse_spec::Thumbnail;

use crate::Error;
use crate::cut::Cut;
use crate::placement::Placement;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

mod chain;

/// Whether coordinates outside the image move onto its edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Clip {
    /// They stay where they are.
    No,
    /// They move onto the nearest edge. A box that lies outside keeps no area.
    Yes,
}

impl From<bool> for Clip {
    fn from(clip: bool) -> Self {
        if clip { Self::Yes } else { Self::No }
    }
}

/// What a pipeline does to places in an image of one size; [`Pipeline::geometry`](crate::Pipeline::geometry) makes it.
///
/// Sizes, scales and offsets are `[rows, columns]`, as everywhere in this crate. Points are `[x, y]` and boxes
/// `[x1, y1, x2, y2]`, as detectors give them: x grows with the columns, y with the rows, the unit is one pixel.
/// Coordinates are those of *edges*: the first pixel reaches from 0 to 1, its centre is 0.5, and the whole image is the
/// box `[0, 0, columns, rows]`. Add 0.5 to a coordinate that counts pixel centres as whole numbers.
///
/// Both ways are `output = source * scale + offset`. After `resize` the scale of an axis is the resized over the source
/// length, [`exact_scale`](Self::exact_scale). A `letterbox` rounds the content's sides, so the two axes differ in their
/// last digits; its three libraries take boxes back by the one ratio from before the rounding, and so does this:
///
/// * `ultralytics`: `(x - left) / r`, `(y - top) / r` with `r = min(rows' / rows, columns' / columns)`, at most 1 with
///   `scale_up = false`, and the whole pixels `top` and `left` where the content really starts;
/// * `yolox`: `x / r`, `y / r`;
/// * `opencv`: as `ultralytics`, with `r` in f32 (`blobRectToImageRect`, but without its rounding to whole pixels).
///
/// `resize(cover = .., rule = opencv)` samples by its one ratio in f32, `r = max(rows' / rows, columns' / columns)`, and
/// boxes go by it too.
///
/// With `tiles(..)` the output is the canvas that is cut; [`tile`](Self::tile) gives the geometry of each image of the tensor,
/// and [`patch`](Self::patch) that of each patch with `patches(..)`.
///
/// A content side is less than a pixel off what that ratio makes it, unless the image is so long and thin that the
/// shorter side would round to nothing and is kept at one pixel.
///
/// ```
/// use pixfuse::{Clip, Pipeline};
///
/// let pipe = Pipeline::parse("input(rgb8), letterbox(640, 640, bilinear), output(rgb, f32, chw)")?;
/// let geometry = pipe.geometry(720, 1280)?;
/// assert_eq!(geometry.content(), [140, 0, 360, 640]);
///
/// // A box that a model found in the tensor, in the photo.
/// let found = [[100.0, 130.0, 200.0, 240.0]];
/// assert_eq!(geometry.unmap_boxes(&found, Clip::Yes), [[200.0, 0.0, 400.0, 200.0]]);
/// # Ok::<(), pixfuse::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct Geometry {
    source: [usize; 2],
    resized: [usize; 2],
    output: [usize; 2],
    /// Top, left, rows, columns.
    content: [usize; 4],
    scale: [f64; 2],
    offset: [i64; 2],
    patches: Option<[usize; 2]>,
    tiles: Option<TilePlaces>,
}

/// Which tiles an output is cut into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct TilePlaces {
    /// Rows and columns of them.
    grid: [usize; 2],
    thumbnail: Option<Thumbnail>,
}

impl TilePlaces {
    /// Which of the tensor's tiles is the thumbnail.
    fn thumbnail(&self) -> Option<usize> {
        let behind = self.grid[0] * self.grid[1];
        self.thumbnail.map(|place| if place == Thumbnail::First { 0 } else { behind })
    }
}

impl Geometry {
    pub(crate) fn new(placement: &Placement, source: [usize; 2], cut: &Cut) -> Self {
        let resized = placement.resized.map(|side| side as usize);
        let ([top, left], window) = (placement.at, placement.window);
        Self {
            source,
            resized,
            output: placement.output,
            content: [top, left, window.rows as usize, window.columns as usize],
            scale: placement.ratio.map_or_else(|| quotient(resized, source), |ratio| [ratio; 2]),
            offset: placement.origin,
            patches: cut.patches(),
            tiles: cut.tiles().map(|tiles| TilePlaces { grid: tiles.grid, thumbnail: tiles.thumbnail }),
        }
    }

    /// The same places in the image that the source was reduced from: every pixel of the source shows `by` x `by` pixels of
    /// an image of the size `whole`, those of the last row and column fewer where it is no multiple. Decoders that decode
    /// at a part of the size make such sources.
    ///
    /// Points and boxes are mapped by the exact scale. [`source_box`](Self::source_box) and
    /// [`exact_scale`](Self::exact_scale) follow from the sides, and are off by up to `by` pixels where they are no
    /// multiples.
    pub fn reduced_from(self, whole: [usize; 2], by: usize) -> Self {
        Self { source: whole, scale: self.scale.map(|scale| scale / by as f64), ..self }
    }

    /// How many numbers [`to_numbers`](Self::to_numbers) gives.
    pub const NUMBERS: usize = 19;

    /// The numbers that all others follow from: `source`, `resized`, `output`, `content`, `scale`, `offset`, `patches` and
    /// `tiles` (zeros where there are none), and one more than `thumbnail` (zero without one), one after the other.
    /// [`from_numbers`](Self::from_numbers) makes an equal geometry of them, in another process or language.
    pub fn to_numbers(&self) -> [f64; Self::NUMBERS] {
        let Self { source, resized, output, content, scale, offset, patches, tiles } = *self;
        let grids = [patches, tiles.map(|tiles| tiles.grid)].map(Option::unwrap_or_default);
        let [[a, b], [c, d], [e, f], [o, p], [q, r]] =
            [source, resized, output, grids[0], grids[1]].map(|sides| sides.map(|side| side as f64));
        let [g, h, i, j] = content.map(|position| position as f64);
        let [m, n] = offset.map(|offset| offset as f64);
        let s = self.thumbnail().map_or(0, |index| index + 1) as f64;
        [a, b, c, d, e, f, g, h, i, j, scale[0], scale[1], m, n, o, p, q, r, s]
    }

    /// The geometry with these numbers.
    ///
    /// # Errors
    /// When a side is no whole number from 1 to 2^53 (a side of the content may be 0), an offset no whole number, or a
    /// scale no positive one; when an output is no whole tiles, or the thumbnail neither the first nor the last of them.
    pub fn from_numbers(numbers: [f64; Self::NUMBERS]) -> Result<Self, Error> {
        const MAX_INTEGER: f64 = (1u64 << 53) as f64;
        let wrong =
            |what: &str, number: f64| Error::Geometry(format!("{what}: {number} is none; give numbers of a geometry"));
        let whole = |what, index: usize, least: f64| {
            let number = numbers[index];
            let fits = number.fract() == 0.0 && (least..=MAX_INTEGER).contains(&number);
            if fits { Ok(number) } else { Err(wrong(what, number)) }
        };
        let sides =
            |what, index| Ok::<_, Error>([whole(what, index, 1.0)? as usize, whole(what, index + 1, 1.0)? as usize]);
        let position = |index| Ok::<_, Error>(whole("content", index, 0.0)? as usize);
        let offset = |index| Ok::<_, Error>(whole("offset", index, -MAX_INTEGER)? as i64);
        let scale = |index: usize| {
            let scale = numbers[index];
            if scale.is_finite() && scale > 0.0 { Ok(scale) } else { Err(wrong("scale", scale)) }
        };
        let grid = |what, index| {
            if numbers[index..index + 2] == [0.0; 2] { Ok(None) } else { sides(what, index).map(Some) }
        };
        let output = sides("output", 4)?;
        let thumbnail = whole("thumbnail", 18, 0.0)?;
        let tiles = match grid("tiles", 16)? {
            None if thumbnail != 0.0 => return Err(wrong("thumbnail", thumbnail - 1.0)),
            None => None,
            Some(grid) => {
                let count = numbers[16] * numbers[17];
                for axis in 0..2 {
                    if output[axis] % grid[axis] != 0 {
                        return Err(wrong("tiles", grid[axis] as f64));
                    }
                }
                let thumbnail = match thumbnail {
                    0.0 => None,
                    1.0 => Some(Thumbnail::First),
                    _ if thumbnail == count + 1.0 => Some(Thumbnail::Last),
                    _ => return Err(wrong("thumbnail", thumbnail - 1.0)),
                };
                Some(TilePlaces { grid, thumbnail })
            }
        };
        Ok(Self {
            source: sides("source", 0)?,
            resized: sides("resized", 2)?,
            output,
            content: [position(6)?, position(7)?, position(8)?, position(9)?],
            scale: [scale(10)?, scale(11)?],
            offset: [offset(12)?, offset(13)?],
            patches: grid("patches", 14)?,
            tiles,
        })
    }

    /// Rows and columns of the source, as it is shown: turned as `input(.., orient = ..)` says.
    pub fn source(&self) -> [usize; 2] {
        self.source
    }

    /// Rows and columns that the whole source is resampled to, before anything is cut off or put around it.
    pub fn resized(&self) -> [usize; 2] {
        self.resized
    }

    /// Rows and columns of the output; with `tiles(..)` those of the canvas that is cut.
    pub fn output(&self) -> [usize; 2] {
        self.output
    }

    /// Rows and columns of patches, with `patches(..)`; their product is the number of patches that show the image.
    ///
    /// ```
    /// use pixfuse::Pipeline;
    ///
    /// let pipe = Pipeline::parse("input(rgb8), resize(224, 448, bicubic, antialias), output(rgb, u8), patches(16)")?;
    /// assert_eq!(pipe.geometry(480, 640)?.patches(), Some([14, 28]));
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn patches(&self) -> Option<[usize; 2]> {
        self.patches
    }

    /// Rows and columns of tiles, with `tiles(..)`; the thumbnail is none of them.
    ///
    /// ```
    /// use pixfuse::{Clip, Pipeline};
    ///
    /// let pipe = Pipeline::parse(
    ///     "input(rgb8), tiles(448, 448, bicubic, antialias, rule = internvl, max = 12, thumbnail = last), output(rgb, u8)",
    /// )?;
    /// let geometry = pipe.geometry(1080, 1920)?;
    /// assert_eq!(geometry.tiles(), Some([2, 4]));
    /// assert_eq!(geometry.thumbnail(), Some(8));
    /// assert_eq!(pipe.output_shape(1080, 1920)?, [9, 3, 448, 448]);
    ///
    /// // A box that a model found in the second tile of the second row, in the photo.
    /// let tile = geometry.tile(5).unwrap();
    /// let found = tile.unmap_boxes(&[[0.0, 0.0, 224.0, 448.0]], Clip::Yes);
    /// assert_eq!(found, [[480.0, 540.0, 720.0, 1080.0]]);
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn tiles(&self) -> Option<[usize; 2]> {
        self.tiles.map(|tiles| tiles.grid)
    }

    /// Which image of the tensor shows the whole source as one tile, if there is one: the first, or the one behind the tiles.
    pub fn thumbnail(&self) -> Option<usize> {
        self.tiles.and_then(|tiles| tiles.thumbnail())
    }

    /// How many images of the tensor show the source: the tiles and the thumbnail, and 1 without `tiles(..)`.
    pub fn images(&self) -> usize {
        self.tiles.map_or(1, |tiles| tiles.grid[0] * tiles.grid[1] + usize::from(tiles.thumbnail.is_some()))
    }

    /// The geometry of one image of the tensor, which is its output: of a tile or of the thumbnail, in their order; nothing
    /// where there are not so many. Without `tiles(..)` it is the whole one.
    pub fn tile(&self, index: usize) -> Option<Self> {
        if index >= self.images() {
            return None;
        }
        let Some(tiles) = self.tiles else { return Some(*self) };
        let [high, wide] = tiles.grid;
        let tile = [self.output[0] / high, self.output[1] / wide];
        let alone = Self { tiles: None, output: tile, ..*self };
        if tiles.thumbnail() == Some(index) {
            let (content, scale) = ([0, 0, tile[0], tile[1]], quotient(tile, self.source));
            return Some(Self { resized: tile, content, scale, offset: [0; 2], ..alone });
        }
        let index = index - usize::from(tiles.thumbnail == Some(Thumbnail::First));
        Some(alone.window([index / wide * tile[0], index % wide * tile[1]]))
    }

    /// The geometry of one patch, which is its output: of a row and a column of the grid of [`patches`](Self::patches); nothing
    /// where there are not so many. A box of a region of the tensor, of what a token looks at say, goes back to the photo by it.
    ///
    /// In the tensor the patch of row `r` and column `c` of a grid with `w` columns is the one at
    /// `(r / m * w + r % m) * m + c / m * m * m + c % m`, where `m` is `merge`: at `r * w + c` without it.
    ///
    /// ```
    /// use pixfuse::Pipeline;
    ///
    /// let pipe = Pipeline::parse("input(rgb8), resize(224, 448, bicubic, antialias), output(rgb, u8), patches(16)")?;
    /// let geometry = pipe.geometry(480, 640)?;
    /// // The first patch of the second row shows these columns and rows of the photo.
    /// let patch = geometry.patch([1, 0]).unwrap();
    /// assert_eq!(patch.source_box().map(f64::round), [0.0, 34.0, 23.0, 69.0]);
    /// assert_eq!(geometry.patch([14, 0]), None);
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn patch(&self, [row, column]: [usize; 2]) -> Option<Self> {
        let [high, wide] = self.patches.filter(|[high, wide]| row < *high && column < *wide)?;
        let side = [self.output[0] / high, self.output[1] / wide];
        let alone = Self { patches: None, output: side, ..*self };
        Some(alone.window([row * side[0], column * side[1]]))
    }

    /// This geometry, whose output is a window that begins at this corner.
    fn window(self, corner: [usize; 2]) -> Self {
        let edges = [0, 1].map(|axis| {
            let inside =
                |position: usize| position.clamp(corner[axis], corner[axis] + self.output[axis]) - corner[axis];
            let first = self.content[axis];
            inside(first)..inside(first + self.content[axis + 2])
        });
        let content = [edges[0].start, edges[1].start, edges[0].len(), edges[1].len()];
        let offset = [0, 1].map(|axis| self.offset[axis] - corner[axis] as i64);
        Self { content, offset, ..self }
    }

    /// The part of the output that shows the source, in pixels: `[top, left, rows, columns]`, as `crop` is written.
    ///
    /// The rest is filled. With no rows or no columns nothing of the source is left.
    pub fn content(&self) -> [usize; 4] {
        self.content
    }

    /// The part of the source that [`content`](Self::content) shows: `[x1, y1, x2, y2]`, in source pixels.
    ///
    /// It follows from the exact scale: where nothing is cropped it is the whole image, also for a letterbox.
    pub fn source_box(&self) -> [f64; 4] {
        let [top, left, rows, columns] = self.content.map(|position| position as i64);
        let edge = |position: i64, axis: usize| {
            let (source, resized) = (self.source[axis] as f64, self.resized[axis] as f64);
            // Content without rows or columns may lie beside the image; its box is then empty, on the image's edge.
            ((position - self.offset[axis]) as f64 * source / resized).clamp(0.0, source)
        };
        [edge(left, 1), edge(top, 0), edge(left + columns, 1), edge(top + rows, 0)]
    }

    /// Rows and columns of the source of which a run reads pixels: those of [`source_box`](Self::source_box), and as
    /// many around it as the widest filter weighs. What lies outside need not be decoded: whatever u8 it is, it changes
    /// no byte of the output.
    ///
    /// ```
    /// use pixfuse::Pipeline;
    ///
    /// let pipe = Pipeline::parse(
    ///     "input(rgb8), resize(shortest = 256, bilinear, antialias), center_crop(224, 224), output(rgb, f32, chw)",
    /// )?;
    /// assert_eq!(pipe.geometry(1080, 1920)?.reach(), [46..1034, 468..1456]);
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn reach(&self) -> [Range<usize>; 2] {
        // The eight taps of Lanczos are the most: four on either side, each as wide as an output pixel where
        // antialiasing widens them. One more is room for what rules round: positions, and the one ratio of a cover.
        const TAPS: f64 = 5.0;
        let [left, top, right, bottom] = self.source_box();
        [(0, top, bottom), (1, left, right)].map(|(axis, start, end)| {
            let source = self.source[axis];
            let more = TAPS * (source as f64 / self.resized[axis] as f64).max(1.0);
            // `as usize` turns negative into 0.
            (start - more) as usize..((end + more).ceil() as usize).min(source)
        })
    }

    /// Output pixels per source pixel along rows and columns, as points and boxes are mapped: a letterbox's one ratio
    /// twice, else [`exact_scale`](Self::exact_scale).
    pub fn scale(&self) -> [f64; 2] {
        self.scale
    }

    /// The resized over the source rows and columns, by which pixels are resampled.
    pub fn exact_scale(&self) -> [f64; 2] {
        quotient(self.resized, self.source)
    }

    /// The row and column of the output where the first pixel of the resized image lies; negative when it is cut off.
    pub fn offset(&self) -> [i64; 2] {
        self.offset
    }

    /// From the source to the output: `[[sx, 0, tx], [0, sy, ty]]`, so `x' = sx * x + tx` and `y' = sy * y + ty`.
    pub fn matrix(&self) -> [[f64; 3]; 2] {
        let ([sy, sx], [ty, tx]) = (self.scale, self.offset);
        [[sx, 0.0, tx as f64], [0.0, sy, ty as f64]]
    }

    /// From the output to the source: the inverse of [`matrix`](Self::matrix), of the same form.
    ///
    /// [`unmap_points`](Self::unmap_points) subtracts and divides instead, as the libraries do; it differs from this
    /// matrix by no more than rounding.
    pub fn inverse(&self) -> [[f64; 3]; 2] {
        let ([sy, sx], [ty, tx]) = (self.scale, self.offset.map(|offset| offset as f64));
        // `0 - t`, not `-t`: no offset is no offset, and not -0.
        [[1.0 / sx, 0.0, (0.0 - tx) / sx], [0.0, 1.0 / sy, (0.0 - ty) / sy]]
    }

    /// Points `[x, y]` of the source, in the output.
    #[must_use = "what was given stays as it is"]
    pub fn map_points(&self, points: &[[f64; 2]], clip: Clip) -> Vec<[f64; 2]> {
        let mut points = points.to_vec();
        self.map_in_place(&mut points, clip);
        points
    }

    /// Points `[x, y]` of the output, in the source.
    #[must_use = "what was given stays as it is"]
    pub fn unmap_points(&self, points: &[[f64; 2]], clip: Clip) -> Vec<[f64; 2]> {
        let mut points = points.to_vec();
        self.unmap_in_place(&mut points, clip);
        points
    }

    /// Boxes `[x1, y1, x2, y2]` of the source, in the output.
    #[must_use = "what was given stays as it is"]
    pub fn map_boxes(&self, boxes: &[[f64; 4]], clip: Clip) -> Vec<[f64; 4]> {
        let mut boxes = boxes.to_vec();
        self.map_in_place(corners(&mut boxes), clip);
        boxes
    }

    /// Boxes `[x1, y1, x2, y2]` of the output, in the source.
    #[must_use = "what was given stays as it is"]
    pub fn unmap_boxes(&self, boxes: &[[f64; 4]], clip: Clip) -> Vec<[f64; 4]> {
        let mut boxes = boxes.to_vec();
        self.unmap_in_place(corners(&mut boxes), clip);
        boxes
    }

    /// As [`map_points`](Self::map_points), in the memory of the points.
    ///
    /// A box is two points, so this takes a flat buffer of boxes too:
    ///
    /// ```
    /// use pixfuse::{Clip, Pipeline};
    ///
    /// let pipe = Pipeline::parse("input(rgb8), resize(50, 25, bilinear), output(rgb, u8, hwc)")?;
    /// let mut boxes = [10.0, 20.0, 30.0, 40.0];
    /// let (points, _) = boxes.as_chunks_mut::<2>();
    /// pipe.geometry(100, 100)?.map_in_place(points, Clip::No);
    /// assert_eq!(boxes, [2.5, 10.0, 7.5, 20.0]);
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn map_in_place(&self, points: &mut [[f64; 2]], clip: Clip) {
        let [[sx, _, tx], [_, sy, ty]] = self.matrix();
        change(points, self.output, clip, |[x, y]| [x * sx + tx, y * sy + ty]);
    }

    /// As [`unmap_points`](Self::unmap_points), in the memory of the points; boxes as with
    /// [`map_in_place`](Self::map_in_place).
    pub fn unmap_in_place(&self, points: &mut [[f64; 2]], clip: Clip) {
        let [[sx, _, tx], [_, sy, ty]] = self.matrix();
        change(points, self.source, clip, |[x, y]| [(x - tx) / sx, (y - ty) / sy]);
    }
}

/// A scale is a number above 0, so that equal numbers have equal bits.
impl Eq for Geometry {}

impl Hash for Geometry {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { source, resized, output, content, scale, offset, patches, tiles } = self;
        (source, resized, output, content, scale.map(f64::to_bits), offset, patches, tiles).hash(state);
    }
}

fn quotient(a: [usize; 2], b: [usize; 2]) -> [f64; 2] {
    [0, 1].map(|axis| a[axis] as f64 / b[axis] as f64)
}

/// The two corners of each box, one box after the other.
fn corners(boxes: &mut [[f64; 4]]) -> &mut [[f64; 2]] {
    boxes.as_flattened_mut().as_chunks_mut().0
}

/// Changes each point; with `clip` it ends inside an image of this size.
fn change(points: &mut [[f64; 2]], size: [usize; 2], clip: Clip, to: impl Fn([f64; 2]) -> [f64; 2]) {
    let [rows, columns] = size.map(|side| side as f64);
    for point in points {
        *point = to(*point);
        if clip == Clip::Yes {
            *point = [point[0].clamp(0.0, columns), point[1].clamp(0.0, rows)];
        }
    }
}
