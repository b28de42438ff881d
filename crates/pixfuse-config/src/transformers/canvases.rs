//! Phi-4's tiles of a canvas beside a view of it, and Molmo 2's crops that overlap.

use super::size::Sizes;
use super::steps::{Class, Clauses, Framing};
use crate::cutting::Cutting;
use crate::imported::Limit;
use crate::record::Record;
use crate::{Error, Feature, Imported, Output, OverlappingCrops, PaddedCanvas, Place, SizeValue, Value};

impl Sizes {
    /// The side of a square.
    pub(super) fn square(self, keys: &Record<'_>) -> Result<u32, Error> {
        let side = self.exact().filter(|[rows, columns]| rows == columns).map(|[side, _]| side);
        side.ok_or_else(|| keys.wrong("size", "{height, width}, both the same"))
    }
}

impl Class<'_> {
    /// Phi-4's canvas is an image of u8, of which the first tensor is a view and the tiles are parts.
    pub(super) fn add_padded_canvas(&self, imported: &mut Imported) -> Result<(), Error> {
        let (canvas, values) = (self.padded_canvas()?, self.values()?);
        // The filter of a call that says none, whatever `resample` is.
        let (resized, part) = (Framing::exact([1, 1], "bilinear, antialias, like = torch"), Framing::default());
        let image = Clauses { frame: &resized, pad: None, values: None, layout: "hwc", patches: None };
        let before = Box::new(self.view(imported, "image", &image)?);
        let tile = Clauses { frame: &part, values: values.as_ref(), layout: "chw", ..image };
        let mut tiles = self.view(imported, imported.outputs[0].name, &tile)?;
        (tiles.place, tiles.before) = (Place::Behind, Some(before.clone()));
        tiles.cutting = Some(Cutting::Padded { canvas, is_whole: false });
        imported.before = Some(before);
        imported.cutting = Some(Cutting::Padded { canvas, is_whole: true });
        imported.limit = Some(Limit::Canvas(canvas));
        imported.views.push(tiles);
        Ok(())
    }

    /// Molmo 2 resizes floats, and rounds them to an image of u8 that is cut into patches.
    pub(super) fn add_overlapping_crops(&self, imported: &mut Imported) -> Result<(), Error> {
        let (crops, filter) = (self.overlapping_crops()?, self.rounded_filter()?);
        let image = |side: u32| {
            let frame = Framing::exact([side, side], &filter);
            let clauses = Clauses { frame: &frame, pad: None, values: None, layout: "hwc", patches: None };
            self.view(imported, "image", &clauses).map(Box::new)
        };
        let (whole, canvas) = (image(crops.side)?, image(1)?);
        if self.steps.video.is_none() {
            let mut tiles = Imported { outputs: vec![imported.outputs[0]], ..imported.clone() };
            (tiles.place, tiles.before) = (Place::Behind, Some(canvas));
            tiles.cutting = Some(Cutting::Overlapping(crops));
            imported.views.push(tiles);
        }
        imported.before = Some(whole);
        Ok(())
    }

    /// What the two return.
    pub(super) fn of_canvas(&self) -> Result<Vec<Output>, Error> {
        let named = |name, value| Output { name, value };
        let of_sizes = |name, value| Output { name, value: Value::OfSizes(value) };
        if self.steps.views == super::table::Views::PaddedCanvas {
            let canvas = self.padded_canvas()?;
            return Ok(vec![
                named(self.steps.name, Value::TileStack),
                of_sizes("image_sizes", SizeValue::CanvasSizes(canvas)),
                of_sizes("image_attention_mask", SizeValue::CanvasMask(canvas)),
                of_sizes("num_img_tokens", SizeValue::CanvasTokens(canvas)),
            ]);
        }
        let crops = self.overlapping_crops()?;
        let pixels = named(self.steps.name, Value::PatchRows(crops.patches() * crops.patches()));
        Ok(if self.steps.video.is_some() {
            vec![
                pixels,
                of_sizes("video_token_pooling", SizeValue::PooledPatches(crops)),
                of_sizes("video_grids", SizeValue::PooledFrames(crops)),
            ]
        } else {
            vec![
                pixels,
                of_sizes("image_token_pooling", SizeValue::PooledPatches(crops)),
                of_sizes("image_grids", SizeValue::PooledGrids(crops)),
                of_sizes("image_num_crops", SizeValue::CropCounts(crops)),
            ]
        })
    }

    fn padded_canvas(&self) -> Result<PaddedCanvas, Error> {
        let side = self.size("size")?.unwrap_or_default().square(&self.keys)?;
        let (most, patch) = (self.count("dynamic_hd")?, self.count("patch_size")?);
        if most > 64 {
            // Up to there no two grids of one number of tiles are as near, of which Python's set says the order.
            return Err(Error::lacking(Feature::Tiles, self.keys.subject, Some("dynamic_hd"), "above 64"));
        }
        if patch > side {
            return Err(self.keys.wrong("patch_size", "a side of size at most"));
        }
        Ok(PaddedCanvas { side, most, patch })
    }

    pub(super) fn overlapping_crops(&self) -> Result<OverlappingCrops, Error> {
        let side = self.size("size")?.unwrap_or_default().square(&self.keys)?;
        let pair = |key: &str, least: f64| {
            let fits = |number: &f64| number.fract() == 0.0 && (least..=1024.0).contains(number);
            match self.keys.numbers(key)?.as_deref() {
                Some([one, other]) if fits(one) && fits(other) => Ok([*one as u32, *other as u32]),
                _ => Err(self.keys.wrong(key, "a list of two numbers of patches")),
            }
        };
        let is_video = self.steps.video.is_some();
        let margins = if is_video { [0; 2] } else { pair("overlap_margins", 0.0)? };
        let most = if is_video { 1 } else { self.count("max_crops")? };
        let (patch, pooling) = (self.count("patch_size")?, pair("pooling_size", 1.0)?);
        if !side.is_multiple_of(patch) {
            return Err(self.keys.wrong("patch_size", "a divisor of size"));
        }
        if margins[0] + margins[1] >= side / patch {
            return Err(self.keys.wrong("overlap_margins", "fewer patches than size has"));
        }
        Ok(OverlappingCrops { side, patch, most, margins, pooling })
    }

    /// The filter of floats that are rounded to u8.
    fn rounded_filter(&self) -> Result<String, Error> {
        match self.keys.number("resample")?.map(|resample| resample as i64) {
            // No float is made of pixels that are only moved.
            Some(0) => Ok("nearest_exact, like = torch".to_owned()),
            Some(2) => Ok("bilinear, like = torch, precision = f32, of = pixels".to_owned()),
            Some(3) => Ok("bicubic, like = torch, precision = f32, of = pixels".to_owned()),
            Some(other) => {
                let subject = self.keys.subject;
                Err(Error::lacking(Feature::FloatFilter, subject, Some("resample"), other.to_string()))
            }
            None => Err(self.keys.wrong("resample", "2 (bilinear), 3 (bicubic) or 0 (nearest)")),
        }
    }
}
