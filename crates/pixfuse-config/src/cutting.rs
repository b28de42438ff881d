//! How windows are cut out of a canvas.

use pixfuse_spec::{Fill, MarginFill, Margins, Number, Pad, Resize, Size, Spec, Tiles};

use crate::overlapping_crops::OverlappingCrops;
use crate::padded_canvas::PaddedCanvas;

/// How a canvas follows from an image, and the windows from the canvas.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cutting {
    /// LLaVA-NeXT's: the best of a list of canvases, in tiles of this side, the last of them smaller.
    Smaller {
        /// Its canvases; tiles of one pixel.
        canvases: Tiles,
        /// The side of a tile.
        side: u32,
    },
    /// Step 3.7's: a window that follows from the aspect, and a canvas of whole windows.
    Aspect {
        /// The longest side of an image that is one view, unless it is long and thin.
        whole: u32,
        /// The side of a window of a larger image.
        side: u32,
        /// The longest side of any.
        longest: u32,
    },
    /// Phi-4's: a canvas of whole tiles with white behind the image.
    Padded {
        /// Its numbers.
        canvas: PaddedCanvas,
        /// Whether it is read as one window, and not tile by tile.
        is_whole: bool,
    },
    /// Molmo 2's: windows of a canvas that overlap.
    Overlapping(OverlappingCrops),
    /// Perceiver's: the image itself, and one window in its middle, whose sides are those of `size` over those of `crop`, times the
    /// image's shorter side.
    Middle {
        /// Rows and columns.
        size: [u32; 2],
        /// No smaller.
        crop: [u32; 2],
    },
}

/// Sides of a canvas, what of it the image fills and from where, the pixel value around it, the sides of a window, and the
/// pixels from one to the next.
pub(crate) struct Plan {
    pub(crate) canvas: [u32; 2],
    pub(crate) content: [u32; 2],
    pub(crate) at: [u32; 2],
    pub(crate) fill: u8,
    pub(crate) window: [u32; 2],
    pub(crate) step: [u32; 2],
}

impl Plan {
    /// A canvas that the image fills, and windows side by side.
    fn filled(canvas: [u32; 2], window: [u32; 2]) -> Self {
        Self { canvas, content: canvas, at: [0; 2], fill: 0, window, step: window }
    }
}

impl Cutting {
    pub(crate) fn plan(&self, source: [u32; 2]) -> Option<Plan> {
        match self {
            Self::Smaller { canvases, side } => {
                let canvas = canvases.canvas(source).ok()?;
                Some(Plan { content: canvas.content, at: canvas.at, ..Plan::filled(canvas.grid, [*side; 2]) })
            }
            Self::Middle { .. } => Some(Plan::filled(source, source)),
            Self::Padded { canvas, is_whole } => {
                let padded = canvas.plan(source).ok()?;
                let sides = padded.grid.map(|tiles| tiles * canvas.side);
                let window = if *is_whole { sides } else { [canvas.side; 2] };
                Some(Plan { content: padded.content, fill: 255, ..Plan::filled(sides, window) })
            }
            Self::Overlapping(crops) => {
                let canvas = crops.canvas(crops.grid(source));
                Some(Plan { step: [crops.step(); 2], ..Plan::filled(canvas, [crops.side; 2]) })
            }
            &Self::Aspect { whole, side, longest } => {
                let (sides, window) = aspect(source, whole, side, longest)?;
                Some(Plan::filled(sides, [window; 2]))
            }
        }
    }
}

/// `_plan_patches`: the sides of a canvas, and that of its windows; nothing for an image that is one view.
fn aspect(source: [u32; 2], whole: u32, side: u32, longest: u32) -> Option<([u32; 2], u32)> {
    let limited = |length: u32| match source[0].max(source[1]) {
        most if most > longest => (f64::from(length) * (f64::from(longest) / f64::from(most))) as u32,
        _ => length,
    };
    let sides = source.map(limited);
    let [short, long] = [sides[0].min(sides[1]), sides[0].max(sides[1])];
    let quotient = f64::from(long) / f64::from(short);
    let window = match (long <= whole, quotient) {
        (true, quotient) if quotient > 1.5 => short,
        (true, _) => return None,
        (false, quotient) if quotient > 4.0 => short.min(side),
        (false, _) => side,
    };
    let snapped = |length: u32| {
        let more = f64::from(length % window) > 0.2 * f64::from(window);
        if length >= window { window * (length / window + u32::from(more)) } else { length }
    };
    (short > 0).then(|| (sides.map(snapped), window))
}

impl Plan {
    /// Says the canvas in a declaration that has a resize.
    pub(crate) fn place(&self, spec: &mut Spec) {
        let [rows, columns] = self.content.map(Number::Known);
        let size = Size::Exact { rows, columns };
        spec.resize = spec.resize.map(|resize| Resize { size, ..resize });
        let [top, left] = self.at;
        let [bottom, right] = [0, 1].map(|axis| self.canvas[axis] - self.at[axis] - self.content[axis]);
        let margins = Margins::Fixed { top, left, bottom, right };
        let is_padded = self.canvas != self.content;
        spec.pad = is_padded.then(|| Pad { margins, fill: MarginFill::Pixel(Fill::gray(self.fill)) });
    }
}
