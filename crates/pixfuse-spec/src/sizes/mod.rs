//! Sizes that depend on the image by a rule of a library: `resize(rule = qwen2_vl, multiple = 28, ..)`.
//!
//! One file for each family. Sides are f64, as in the libraries' Python: an integer below 2^53 is exact in it, and `/`,
//! `round` (half to even), `floor`, `ceil` and `int` (toward zero) are the same operations.

mod budget;
mod edges;
mod logarithm;
mod longest;
mod minicpm;
mod nearest;

use crate::pair::both;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{Number, Rounding, RuledSize, Size, SizeNumber, SizeRule};

/// Rows and columns.
type Sides = [f64; 2];

impl RuledSize {
    /// A number that the rule needs, or 1.
    fn number(&self, number: SizeNumber) -> f64 {
        self.get(number).unwrap_or(1).into()
    }

    /// The rows and columns that an image of this size is resized to.
    ///
    /// # Errors
    /// What the library refuses, and where its rule leaves nothing of a side.
    ///
    /// ```
    /// use pixfuse_spec::{RuledSize, SizeNumber, SizeRule};
    ///
    /// let qwen = RuledSize::new(SizeRule::Qwen2Vl)
    ///     .with(SizeNumber::Multiple, 28)
    ///     .with(SizeNumber::MinPixels, 3136)
    ///     .with(SizeNumber::MaxPixels, 1003520);
    /// assert_eq!(qwen.resize([1080, 1920]), Ok([728, 1316]));
    /// assert!(qwen.resize([1, 201]).unwrap_err().contains("more than 200 times"));
    /// ```
    pub fn resize(&self, source: [u32; 2]) -> Result<[u64; 2], String> {
        let sides = both(source, f64::from);
        let result = match self.rule {
            SizeRule::Qwen2Vl => budget::qwen2_vl(self, sides)?,
            SizeRule::Glm4v => budget::glm4v(self, sides)?,
            SizeRule::GlmImage => budget::glm_image(self, sides)?,
            SizeRule::PaddleocrVl => budget::paddleocr_vl(self, sides)?,
            SizeRule::Lfm2Vl => budget::lfm2_vl(self, sides),
            SizeRule::Naflex => budget::naflex(self, sides),
            SizeRule::Mask2former => edges::mask2former(self, sides),
            SizeRule::Textnet => edges::textnet(self, sides),
            SizeRule::PpLcnet => edges::pp_lcnet(self, sides),
            SizeRule::Glpn => edges::down(sides, self.number(SizeNumber::Multiple)),
            SizeRule::Yolos => edges::yolos(self, sides),
            SizeRule::Vilt => edges::vilt(self, sides),
            SizeRule::Dpt => edges::dpt(self, sides),
            SizeRule::PpOcr => edges::pp_ocr(self, sides),
            SizeRule::PpOcrRec => edges::pp_ocr_rec(self, sides),
            SizeRule::Pixtral => longest::pixtral(self, sides),
            SizeRule::Idefics2 => longest::idefics2(self, sides),
            SizeRule::Idefics3 => longest::idefics3(self, sides),
            SizeRule::Ultravbert => longest::ultravbert(self, sides),
            SizeRule::Idefics3Canvas => longest::idefics3_canvas(self, sides),
            SizeRule::SmolvlmFrame => both([SizeNumber::Rows, SizeNumber::Columns], |number| self.number(number)),
            SizeRule::Sam => longest::sam(self, sides),
            SizeRule::DeepseekVl => longest::deepseek_vl(self, sides),
            SizeRule::Aria => longest::aria(self, sides),
            SizeRule::HfWithin => longest::hf_within(self, sides),
            SizeRule::KimiK25 => budget::kimi_k25(self, sides),
            SizeRule::Gemma4 => budget::gemma4(self, sides)?,
            SizeRule::Neomme => budget::neomme(self, sides),
            SizeRule::Minicpm => minicpm::whole(self, source),
            SizeRule::MinicpmSlices => minicpm::slices(self, source)?,
            SizeRule::Lfm2VlTiles => {
                both(self.tiles(source), |tiles| f64::from(tiles) * self.number(SizeNumber::Multiple))
            }
            SizeRule::Glm5Next => budget::glm5_next(self, sides)?,
            SizeRule::MuseGlimmer => nearest::muse_glimmer(self, sides),
            SizeRule::NemotronHOmni => budget::nemotron_h_omni(self, sides),
            SizeRule::HyV4Vl => budget::hy_v4_vl(self, source)?,
            SizeRule::Fuyu => longest::fuyu(self, sides),
            SizeRule::Donut => longest::donut_thumbnail(self, longest::donut_shortest(self, source)),
            SizeRule::DonutThumbnail => longest::donut_thumbnail(self, sides),
        };
        let [rows, columns] = source;
        if result.iter().any(|&side| side < 1.0) {
            let multiple = self.get(SizeNumber::Multiple).map(|multiple| format!(" of multiples of {multiple}"));
            return Err(format!(
                "rule = {} leaves nothing{} of {rows} rows x {columns} columns; give a larger image",
                self.rule,
                multiple.unwrap_or_default()
            ));
        }
        Ok(both(result, |side| side as u64))
    }
}

impl RuledSize {
    /// The rows and columns of tiles that the canvas of an image of this size is made for; nothing where the rule makes none
    /// of it.
    ///
    /// ```
    /// use pixfuse_spec::{RuledSize, SizeNumber, SizeRule};
    ///
    /// let slices = RuledSize::new(SizeRule::MinicpmSlices)
    ///     .with(SizeNumber::Multiple, 56)
    ///     .with(SizeNumber::Longest, 448)
    ///     .with(SizeNumber::MaxPatches, 9);
    /// assert_eq!(slices.grid([1080, 1920]), Some([2, 4]));
    /// assert_eq!(slices.resize([1080, 1920]), Ok([896, 1792]));
    /// assert_eq!(slices.grid([400, 448]), None);
    /// ```
    pub fn grid(&self, source: [u32; 2]) -> Option<[u32; 2]> {
        match self.rule {
            SizeRule::MinicpmSlices => minicpm::grid(self, source),
            SizeRule::Lfm2VlTiles => Some(self.tiles(source)),
            _ => None,
        }
    }

    /// The grid of the nearest aspect, from two to `max_patches` tiles.
    fn tiles(&self, source: [u32; 2]) -> [u32; 2] {
        let side = self.get(SizeNumber::Multiple).unwrap_or(1);
        crate::tiles::nearest_aspect([side, side], 2, self.get(SizeNumber::MaxPatches).unwrap_or(1), source)
    }

    /// The sizes of the resizes that it is carried out by, one after another, where it is more than one.
    pub(crate) fn stages(&self) -> Option<[Size; 2]> {
        let [rows, columns] = both([SizeNumber::Rows, SizeNumber::Columns], |number| self.get(number).unwrap_or(1));
        if self.rule == SizeRule::SmolvlmFrame {
            let longest = self.get(SizeNumber::Longest).unwrap_or(1);
            let first = Self::new(SizeRule::Idefics3).with(SizeNumber::Longest, longest);
            return Some([
                Size::Ruled(first),
                Size::Exact { rows: Number::Known(rows), columns: Number::Known(columns) },
            ]);
        }
        if self.rule != SizeRule::Donut {
            return None;
        }
        let side = Number::Known(rows.min(columns));
        let mut thumbnail = *self;
        thumbnail.rule = SizeRule::DonutThumbnail;
        Some([Size::Shortest { side, max: None, rounding: Rounding::Truncate }, Size::Ruled(thumbnail)])
    }
}

impl SizeRule {
    /// Whether it is two resizes, with an image of u8 between them.
    pub(crate) fn has_stages(self) -> bool {
        matches!(self, Self::Donut | Self::SmolvlmFrame)
    }

    /// The numbers that it needs, and those that may be written besides.
    #[doc(hidden)]
    pub fn numbers(self) -> (&'static [SizeNumber], &'static [SizeNumber]) {
        use SizeNumber::{
            Columns, FramePixels, Frames, Longest, Max, MaxPatches, MaxPixels, Merge, MinPatches, MinPixels, MinSide,
            Multiple, Rows, Shortest, Temporal,
        };
        match self {
            Self::Qwen2Vl | Self::GlmImage | Self::PaddleocrVl | Self::Lfm2Vl => {
                (&[Multiple, MinPixels, MaxPixels], &[])
            }
            Self::Glm5Next => (&[Multiple, MinPixels, MaxPixels], &[Frames, Temporal]),
            Self::Glm4v => (&[Multiple, MinPixels, MaxPixels, Frames], &[Temporal]),
            Self::Naflex | Self::MuseGlimmer => (&[Multiple, MaxPatches], &[]),
            Self::NemotronHOmni => (&[Multiple, Merge, MinPatches, MaxPatches], &[]),
            Self::HyV4Vl => (&[Multiple, MaxPixels, FramePixels, Frames], &[]),
            Self::Mask2former | Self::Yolos => (&[Shortest, Max, Multiple], &[]),
            Self::Textnet | Self::PpLcnet | Self::Vilt => (&[Shortest, Multiple], &[]),
            Self::Glpn | Self::Idefics3Canvas => (&[Multiple], &[]),
            Self::Dpt => (&[Rows, Columns, Multiple], &[]),
            // One of the two; the rulebook says so.
            Self::PpOcr => (&[], &[Shortest, Longest, Max]),
            Self::PpOcrRec => (&[Max, Rows, Columns], &[]),
            Self::SmolvlmFrame => (&[Longest, Rows, Columns], &[]),
            Self::Pixtral => (&[Longest, Multiple], &[]),
            Self::Idefics2 => (&[Shortest, Max], &[]),
            Self::Idefics3 | Self::Sam => (&[Longest], &[]),
            Self::DeepseekVl | Self::Aria => (&[Longest, MinSide], &[]),
            Self::HfWithin | Self::Fuyu | Self::Donut | Self::DonutThumbnail => (&[Rows, Columns], &[]),
            Self::Minicpm | Self::MinicpmSlices => (&[Multiple, Longest, MaxPatches], &[]),
            Self::Lfm2VlTiles => (&[Multiple, MaxPatches], &[]),
            Self::KimiK25 => (&[Multiple, MaxPatches, Longest], &[]),
            Self::Gemma4 => (&[Multiple, MaxPixels], &[]),
            Self::Ultravbert => (&[Multiple, MaxPatches, Longest], &[]),
            Self::Neomme => (&[], &[MinPixels, MaxPixels, Max]),
        }
    }
}

/// Python's `round`.
fn round(value: f64) -> f64 {
    value.round_ties_even()
}

/// The longer side, and the shorter one.
fn longer_and_shorter([rows, columns]: Sides) -> [f64; 2] {
    [rows.max(columns), rows.min(columns)]
}
