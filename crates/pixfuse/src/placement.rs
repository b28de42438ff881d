//! Where pixels go: a frame (`resize`, `letterbox`, `crop`, `pad`) worked out for one source size.

use std::ops::Range;

use pixfuse_spec::{
    CenterCrop, CoverRule, Crop, CropWindow, Fill, Frame, FrameSize, MAX_SIDE, MarginFill, Margins, Number, Pad,
    Rounding, Size, TileCanvas,
};

use crate::Error;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// A frame, worked out for one source size.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placement {
    /// Rows and columns of the whole resized image, of which only the window is computed.
    pub(crate) resized: [u32; 2],
    /// The ratio of a letterbox or a cover, of which the resized sides are the rounded result.
    pub(crate) ratio: Option<f64>,
    /// Source pixels an output pixel, where bilinear does not step by the quotient of the sides.
    pub(crate) step: Option<f64>,
    /// Row and column of the output where its first pixel lies, or would if it were not cut off.
    pub(crate) origin: [i64; 2],
    /// The part of it that is computed.
    pub(crate) window: Window,
    /// Row and column of the output where the window's first pixel goes.
    pub(crate) at: [usize; 2],
    /// Rows and columns of the output.
    pub(crate) output: [usize; 2],
    /// What stands around the window: rectangles that do not overlap.
    pub(crate) margins: Vec<Margin>,
    /// How the output is cut into tiles, if it is.
    pub(crate) tiles: Option<TileCanvas>,
}

/// A part of the resized image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) top: u32,
    pub(crate) left: u32,
    pub(crate) rows: u32,
    pub(crate) columns: u32,
}

impl Window {
    /// Rows and columns of the resized image, from and to.
    pub(crate) fn ranges(self) -> [Range<u32>; 2] {
        [self.top..self.top + self.rows, self.left..self.left + self.columns]
    }
}

/// A rectangle of the output and what stands in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Margin {
    pub(crate) rows: Range<usize>,
    pub(crate) columns: Range<usize>,
    pub(crate) fill: MarginFill,
}

impl Placement {
    /// An image that keeps its size.
    pub(crate) fn whole([rows, columns]: [u32; 2]) -> Self {
        Canvas::image([rows, columns]).placement()
    }

    /// Works the frame out.
    ///
    /// # Errors
    /// When a crop reaches outside the image it is taken from, or a side that follows from the source is too long.
    pub(crate) fn new(frame: &Frame, source: [u32; 2]) -> Result<Self, Error> {
        let (mut ratio, mut step, mut tiles) = (None, None, None);
        let mut canvas = match &frame.size {
            FrameSize::Keep => Canvas::image(source),
            FrameSize::Resize(size) => {
                if let Size::Cover { rows, columns, rule: CoverRule::Opencv } = size {
                    ratio = Some(CoverRule::opencv_ratio([*rows, *columns], source));
                    step = ratio.map(|ratio| 1.0 / ratio);
                }
                Canvas::image(resized(size, source)?)
            }
            FrameSize::Tiles { tiles: cut, first } => {
                let source = first.as_ref().map_or(Ok(source), |size| resized(size, source))?;
                let canvas = cut.canvas(source).map_err(|message| Error::Image(format!("tiles: {message}")))?;
                let mut image = Canvas::image(canvas.content);
                let sides = [canvas.grid[0] * cut.rows, canvas.grid[1] * cut.columns];
                image.put(canvas.at.map(i64::from), sides, Some(MarginFill::Pixel(Fill::gray(0))));
                tiles = Some(canvas);
                image
            }
            FrameSize::Letterbox { rows, columns, rule, stride, scale_up, fill } => {
                let frame = [known(rows), known(columns)];
                let letterbox = rule.place(frame, source, *stride, *scale_up);
                ratio = Some(letterbox.ratio);
                let mut canvas = Canvas::image(letterbox.content);
                canvas.put(letterbox.at.map(i64::from), letterbox.output, Some(MarginFill::Pixel(fill.clone())));
                canvas
            }
        };
        match &frame.crop {
            None => {}
            Some(Crop::Window(CropWindow { top, left, rows, columns })) => {
                let [high, wide] = canvas.size;
                if u64::from(*top) + u64::from(*rows) > high.into()
                    || u64::from(*left) + u64::from(*columns) > wide.into()
                {
                    return Err(Error::Image(format!(
                        "crop({top}, {left}, {rows}, {columns}) reaches outside the {high} rows x {wide} columns \
                         that it is taken from"
                    )));
                }
                canvas.put([-i64::from(*top), -i64::from(*left)], [*rows, *columns], None);
            }
            Some(Crop::Center(CenterCrop { rows, columns, rounding, fill })) => {
                let size = [known(rows), known(columns)];
                let at = [0, 1].map(|axis| -rounding.first(canvas.size[axis], size[axis]));
                canvas.put(at, size, Some(MarginFill::Pixel(fill.clone())));
            }
        }
        if let Some(pad) = &frame.pad {
            let (at, size) = padded(pad, canvas.size)?;
            canvas.put(at, size, Some(pad.fill.clone()));
        }
        Ok(Placement { ratio, step, tiles, ..canvas.placement() })
    }
}

impl Placement {
    /// Rows and columns of the output, where every source has the same.
    pub(crate) fn fixed_output(frame: &Frame) -> Option<[usize; 2]> {
        if let Some(Pad { margins: Margins::To { rows, columns, .. }, .. }) = frame.pad {
            return Some([rows, columns].map(|side| side as usize));
        }
        let sides = match (&frame.crop, &frame.size) {
            (Some(Crop::Window(CropWindow { rows, columns, .. })), _) => [*rows, *columns],
            (Some(Crop::Center(CenterCrop { rows, columns, .. })), _)
            | (None, FrameSize::Resize(Size::Exact { rows, columns }))
            | (None, FrameSize::Letterbox { rows, columns, stride: None, .. }) => [known(rows), known(columns)],
            _ => return None,
        };
        let (_, sides) = frame.pad.as_ref().map_or(Ok(([0; 2], sides)), |pad| padded(pad, sides)).ok()?;
        Some(sides.map(|side| side as usize))
    }

    /// A rectangle of the output as an output of its own.
    pub(crate) fn part(&self, part: [Range<usize>; 2]) -> Self {
        let inside = |axis: usize, range: Range<usize>| {
            let Range { start, end } = part[axis].clone();
            range.start.clamp(start, end) - start..range.end.clamp(start, end) - start
        };
        let window = self.window.ranges();
        let [rows, columns] = [0, 1].map(|axis| {
            let (first, at) = (window[axis].start, self.at[axis]);
            let place = inside(axis, at..at + window[axis].len());
            // Nothing of the window is in a part beside it.
            (first + (place.start + part[axis].start).saturating_sub(at) as u32, place)
        });
        let margins = self.margins.iter().filter_map(|Margin { rows, columns, fill }| {
            let (rows, columns) = (inside(0, rows.clone()), inside(1, columns.clone()));
            let fill = fill.clone();
            (!rows.is_empty() && !columns.is_empty()).then_some(Margin { rows, columns, fill })
        });
        Self {
            origin: [0, 1].map(|axis| self.origin[axis] - part[axis].start as i64),
            window: Window { top: rows.0, left: columns.0, rows: rows.1.len() as u32, columns: columns.1.len() as u32 },
            at: [rows.1.start, columns.1.start],
            output: [part[0].len(), part[1].len()],
            margins: margins.collect(),
            tiles: None,
            ..self.clone()
        }
    }

    /// The same at the top left of a frame of zeros, which is no smaller.
    pub(crate) fn framed(mut self, frame: [usize; 2]) -> Self {
        let [rows, columns] = self.output;
        for [rows, columns] in [[0..rows, columns..frame[1]], [rows..frame[0], 0..frame[1]]] {
            if !rows.is_empty() && !columns.is_empty() {
                self.margins.push(Margin { rows, columns, fill: MarginFill::Tensor(vec![0.0]) });
            }
        }
        self.output = frame;
        self
    }

    /// Fewer rows are not worth another thread.
    const FEWEST_ROWS: u32 = 8;

    /// The window in at most so many bands of whole rows, none of them empty.
    pub(crate) fn bands(&self, most: usize) -> Vec<Self> {
        let Window { rows, columns, .. } = self.window;
        if rows == 0 || columns == 0 {
            return Vec::new();
        }
        let count = (rows / Self::FEWEST_ROWS).clamp(1, most as u32);
        let start = |band: u32| (u64::from(rows) * u64::from(band) / u64::from(count)) as u32;
        let band = |band: u32| {
            let mut part = self.clone();
            part.window.top += start(band);
            part.window.rows = start(band + 1) - start(band);
            part.at[0] += start(band) as usize;
            part
        };
        (0..count).map(band).collect()
    }
}

/// Rows and columns, from and to.
type Rectangle = [Range<i64>; 2];

/// What the clauses so far have made: rectangles inside each other, the image innermost, each in the coordinates of the
/// canvas.
struct Canvas {
    resized: [u32; 2],
    /// Where the first pixel of the resized image lies, whether it was cut off or not.
    origin: [i64; 2],
    image: Rectangle,
    layers: Vec<(Rectangle, MarginFill)>,
    size: [u32; 2],
}

impl Canvas {
    /// A canvas that is the resized image.
    fn image(size: [u32; 2]) -> Self {
        Self { resized: size, origin: [0; 2], image: size.map(|side| 0..side.into()), layers: Vec::new(), size }
    }

    /// Puts everything on a new canvas, whose edges cut it off.
    fn put(&mut self, at: [i64; 2], size: [u32; 2], fill: Option<MarginFill>) {
        let images = std::iter::once(&mut self.image);
        for rectangle in images.chain(self.layers.iter_mut().map(|(rectangle, _)| rectangle)) {
            for axis in 0..2 {
                let cut = |position: i64| (position + at[axis]).clamp(0, size[axis].into());
                rectangle[axis] = cut(rectangle[axis].start)..cut(rectangle[axis].end);
            }
        }
        for axis in 0..2 {
            self.origin[axis] += at[axis];
        }
        self.size = size;
        if let Some(fill) = fill {
            self.layers.push((size.map(|side| 0..side.into()), fill));
        }
    }

    fn placement(self) -> Placement {
        let place = |range: &Range<i64>| range.start as usize..range.end as usize;
        let mut margins = Vec::new();
        let mut inner = &self.image;
        for (outer, fill) in &self.layers {
            // Above, below, before, behind: the last two only as high as what is inside.
            let [rows, columns] = inner;
            let sides = [
                [outer[0].start..rows.start, outer[1].clone()],
                [rows.end..outer[0].end, outer[1].clone()],
                [rows.clone(), outer[1].start..columns.start],
                [rows.clone(), columns.end..outer[1].end],
            ];
            for [rows, columns] in sides {
                if !rows.is_empty() && !columns.is_empty() {
                    let fill = fill.clone();
                    margins.push(Margin { rows: place(&rows), columns: place(&columns), fill });
                }
            }
            inner = outer;
        }
        let [rows, columns] = &self.image;
        let window = Window {
            top: (rows.start - self.origin[0]) as u32,
            left: (columns.start - self.origin[1]) as u32,
            rows: (rows.end - rows.start) as u32,
            columns: (columns.end - columns.start) as u32,
        };
        Placement {
            resized: self.resized,
            ratio: None,
            step: None,
            origin: self.origin,
            window,
            at: [rows.start as usize, columns.start as usize],
            output: self.size.map(|side| side as usize),
            margins,
            tiles: None,
        }
    }
}

/// Where `pad(...)` puts an image of this size, and the size of the result.
fn padded(pad: &Pad, [rows, columns]: [u32; 2]) -> Result<([i64; 2], [u32; 2]), Error> {
    let (frame, at) = match pad.margins {
        Margins::Fixed { top, left, bottom, right } => {
            let sum = |side: u32, before: u32, after: u32| u64::from(side) + u64::from(before) + u64::from(after);
            let size = within([sum(rows, top, bottom), sum(columns, left, right)], || {
                format!("pad({top}, {left}, {bottom}, {right}): {rows} rows x {columns} columns")
            })?;
            return Ok(([top.into(), left.into()], size));
        }
        Margins::To { rows: high, columns: wide, at } => {
            if rows > high || columns > wide {
                return Err(Error::Image(format!(
                    "pad(to = [{high}, {wide}]): the image has become {rows} rows x {columns} columns, which is more; \
                     resize it to less, or crop it first"
                )));
            }
            ([high, wide], at)
        }
        Margins::Multiple { rows: high, columns: wide, at } => {
            let multiple = |side: u32, of: u32| u64::from(side).next_multiple_of(of.into());
            let size = within([multiple(rows, high), multiple(columns, wide)], || {
                format!("pad(multiple = [{high}, {wide}]): {rows} rows x {columns} columns")
            })?;
            (size, at)
        }
        Margins::Beyond { rows: high, columns: wide, at } => {
            let multiple = |side: u32, of: u32| (u64::from(side / of) + 1) * u64::from(of);
            let size = within([multiple(rows, high), multiple(columns, wide)], || {
                format!("pad(beyond = [{high}, {wide}]): {rows} rows x {columns} columns")
            })?;
            (size, at)
        }
        Margins::Least { rows: high, columns: wide, at } => ([rows.max(high), columns.max(wide)], at),
    };
    Ok(([at.first(frame[0], rows), at.first(frame[1], columns)], frame))
}

/// A number that the pipeline knows by now.
fn known(number: &Number<u32>) -> u32 {
    *number.known().expect("a pipeline has no open number")
}

/// Sides that follow from the source's, if they keep to the limit of those that are written; `what` they follow from.
fn within(sides: [u64; 2], what: impl Fn() -> String) -> Result<[u32; 2], Error> {
    if sides.iter().all(|&side| side <= MAX_SIDE.into()) {
        return Ok(sides.map(|side| side as u32));
    }
    let [rows, columns] = sides;
    Err(Error::Image(format!("{} become {rows} rows x {columns} columns; the most is {MAX_SIDE}", what())))
}

/// Rows and columns after `resize(...)`.
fn resized(size: &Size, source: [u32; 2]) -> Result<[u32; 2], Error> {
    let [short, long] = if source[0] <= source[1] { [0, 1] } else { [1, 0] };
    let (shorter, longer) = (u64::from(source[short]), u64::from(source[long]));
    let (name, side, sides) = match size {
        Size::Exact { rows, columns } => return Ok([known(rows), known(columns)]),
        Size::Cover { rows, columns, rule } => {
            return within(rule.sides([*rows, *columns], source), || {
                format!("resize(cover = [{rows}, {columns}]): {} rows x {} columns", source[0], source[1])
            });
        }
        Size::Ruled(ruled) => {
            let sides = ruled.resize(source).map_err(|message| Error::Image(format!("resize: {message}")))?;
            return within(sides, || format!("resize({ruled}): {} rows x {} columns", source[0], source[1]));
        }
        Size::Shortest { side, max, rounding } => {
            let side = known(side);
            ("shortest", side, shortest([shorter, longer], side.into(), max.map(u64::from), *rounding))
        }
        Size::Longest { side, rounding } => {
            let side = known(side);
            ("longest", side, longest([shorter, longer], side.into(), *rounding))
        }
    };
    // A ratio beyond the side leaves nothing of the shorter one; a line of one pixel is the nearest image.
    let sides = sides.map(|side| side.max(1));
    let mut result = [0; 2];
    (result[short], result[long]) = (sides[0], sides[1]);
    within(result, || format!("resize({name} = {side}): {} rows x {} columns", source[0], source[1]))
}

/// `int(a * b / c)` of Python: the product is exact, the quotient is rounded to f64 and truncated.
fn part(a: u64, b: u64, c: u64) -> u64 {
    ((a * b) as f64 / c as f64) as u64
}

/// The shorter and the longer side of an image whose shorter side becomes `side`.
fn shortest([shorter, longer]: [u64; 2], side: u64, max: Option<u64>, rounding: Rounding) -> [u64; 2] {
    let free = [side, part(side, longer, shorter)];
    let Some(max) = max else { return free };
    if rounding == Rounding::Truncate {
        // torchvision: the longer side is truncated before it is compared, and the shorter one follows from it.
        return if free[1] > max { [part(max, side, free[1]), max] } else { free };
    }
    // Hugging Face: f64 throughout, and an image whose shorter side is right already stays as it is.
    if longer as f64 / shorter as f64 * side as f64 <= max as f64 {
        return free;
    }
    let raw = (max * shorter) as f64 / longer as f64;
    let side = raw.round_ties_even() as u64;
    if side == shorter { [shorter, longer] } else { [side, (raw * longer as f64 / shorter as f64) as u64] }
}

/// The shorter and the longer side of an image whose longer side becomes `side`.
fn longest([shorter, longer]: [u64; 2], side: u64, rounding: Rounding) -> [u64; 2] {
    if rounding == Rounding::Truncate {
        return [part(side, shorter, longer), side];
    }
    // timm divides both sides by the ratio of the longer one.
    let ratio = longer as f64 / side as f64;
    [shorter, longer].map(|length| (length as f64 / ratio).round_ties_even() as u64)
}
