//! Classes that make several tensors of an image: a view of the whole, and tiles or a larger view beside it.

use super::size::Sizes;
use super::steps::{BACKGROUND, Class, Clauses, Framing, HIGH_RES_BACKGROUND, LONGEST, WRITTEN_BACKGROUND};
use super::table::Views;
use crate::cutting::Cutting;
use crate::imported::Limit;
use crate::{Batch, Error, Feature, Imported, Output, Place, SizeValue, Value, When};
use pixfuse_spec::{Size, Spec};

impl Class<'_> {
    /// Adds the tensors beside the first one, and what that is resized from.
    pub(super) fn add_views(&self, imported: &mut Imported) -> Result<(), Error> {
        match self.steps.views {
            Views::One => {}
            Views::HighRes => {
                let frame = self.high_res()?;
                let values = self.values_of(["high_res_image_mean", "high_res_image_std"])?;
                let clauses =
                    Clauses { frame: &frame, pad: None, values: values.as_ref(), layout: "chw", patches: None };
                let mut view = self.view(imported, "high_res_pixel_values", &clauses)?;
                view.limit = frame.limit;
                let clauses = Clauses { values: None, layout: "hwc", ..clauses };
                imported.before = Some(Box::new(self.view(imported, "image", &clauses)?));
                imported.limit = frame.limit;
                imported.views.push(view);
            }
            Views::Windows => {
                let (side, longest) = (self.count("patch_size")?, self.count(LONGEST)?);
                let whole = self.size("size")?.unwrap_or_default().exact();
                let whole = whole.ok_or_else(|| self.keys.wrong("size", "{height, width}"))?[0];
                let (filter, values) = (self.filter()?, self.values()?);
                let values = values.as_ref();
                let frame = Framing::exact([side, side], &filter);
                let clauses = Clauses { frame: &frame, pad: None, values, layout: "chw", patches: None };
                let mut view = self.view(imported, "pixel_values_local", &clauses)?;
                // Its sides follow from the image.
                let frame = Framing::exact([1, 1], &filter);
                let clauses = Clauses { frame: &frame, values: None, layout: "hwc", ..clauses };
                view.before = Some(Box::new(self.view(imported, "image", &clauses)?));
                view.cutting = Some(Cutting::Aspect { whole, side, longest });
                view.batch = Batch::Concatenate;
                let frame = Framing::ruled("fuyu", &[("rows", longest), ("columns", longest)], &filter);
                let before = self.view(imported, "image", &Clauses { frame: &frame, ..clauses })?;
                imported.before = Some(Box::new(before));
                imported.limit = Some(Limit::LongAndThin { least: 32, most: 4 });
                imported.is_counted = false;
                imported.views.push(view);
            }
            Views::Middle => {
                if !self.keys.flag("do_center_crop")? {
                    return Ok(());
                }
                let sides = |key: &str| {
                    let sides = self.size(key)?.unwrap_or_default().exact();
                    sides.ok_or_else(|| self.keys.wrong(key, "{height, width}"))
                };
                let (size, crop) = (sides("size")?, sides("crop_size")?);
                if size[0] > crop[0] || size[1] > crop[1] {
                    let what = "smaller than size, with which it pads,";
                    return Err(Error::lacking(Feature::Crop, self.keys.subject, Some("crop_size"), what));
                }
                let frame = Framing::default();
                let clauses = Clauses { frame: &frame, pad: None, values: None, layout: "hwc", patches: None };
                imported.before = Some(Box::new(self.view(imported, "image", &clauses)?));
                imported.cutting = Some(Cutting::Middle { size, crop });
                imported.batch = Batch::Concatenate;
            }
            Views::PaddedCanvas => self.add_padded_canvas(imported)?,
            Views::OverlappingCrops => self.add_overlapping_crops(imported)?,
            Views::SmallerTiles => {
                if !self.has_smaller_tiles()? {
                    return Ok(());
                }
                let (side, size, crop) = self.smaller_tiles()?;
                let (filter, values) = (self.filter()?, self.values()?);
                let resize = match size.exact() {
                    Some([rows, columns]) => format!("resize({rows}, {columns}, {filter})"),
                    None => format!("resize(shortest = {side}, {filter})"),
                };
                let frame = Framing { resize: Some(resize), crop: Some(crop), ..Framing::default() };
                let clauses =
                    Clauses { frame: &frame, pad: None, values: values.as_ref(), layout: "chw", patches: None };
                let mut view = self.view(imported, "pixel_values", &clauses)?;
                view.place = Place::Behind;
                let frame = Framing::exact([1, 1], &filter);
                let clauses = Clauses { frame: &frame, values: None, layout: "hwc", ..clauses };
                view.before = Some(Box::new(self.view(imported, "image", &clauses)?));
                let pixels = format!(
                    "input(rgb8), tiles(1, 1, {filter}, rule = llava_next, canvases = [{}]), output(rgb, u8)",
                    self.canvases()?
                );
                let tiles = pixels.parse::<Spec>().ok().and_then(|spec| spec.tiles);
                let canvases =
                    tiles.ok_or_else(|| self.keys.wrong("image_grid_pinpoints", "a list of [rows, columns]"))?;
                view.cutting = Some(Cutting::Smaller { canvases, side });
                imported.views.push(view);
            }
            Views::Slices => {
                if !self.keys.flag("do_resize")? {
                    return Err(Error::lacking(Feature::Tiles, self.keys.subject, Some("do_resize"), "false"));
                }
                if self.keys.word("small_image_upsize")?.is_some_and(|word| word != "always") {
                    let what = "another than always";
                    return Err(Error::lacking(Feature::Content, self.keys.subject, Some("small_image_upsize"), what));
                }
                let numbers = self.slices()?;
                let frame = Framing::ruled("minicpm_slices", &numbers, &self.filter()?);
                let values = self.values()?;
                let clauses =
                    Clauses { frame: &frame, pad: None, values: values.as_ref(), layout: "chw", patches: None };
                self.join(imported, Place::Behind, &clauses)?;
            }
            Views::TilesOfPatches => {
                for key in ["do_pad", "use_thumbnail"] {
                    if !self.keys.flag(key)? {
                        return Err(Error::lacking(Feature::Tiles, self.keys.subject, Some(key), "false"));
                    }
                }
                if !self.keys.flag("do_image_splitting")? {
                    return Ok(());
                }
                let (tile, side) = (self.count("tile_size")?, self.count("encoder_patch_size")?);
                let numbers = [("multiple", tile), ("max_patches", self.count("max_tiles")?)];
                let frame = Framing::ruled("lfm2_vl_tiles", &numbers, &self.filter()?);
                let (values, patches) = (self.values()?, format!("patches({side}, merge = {})", tile / side));
                let (values, patches) = (values.as_ref(), Some(patches.as_str()));
                let view = self.join(
                    imported,
                    Place::Before,
                    &Clauses { frame: &frame, pad: None, values, layout: "hwc", patches },
                )?;
                let multiple = self.product(&["encoder_patch_size", "downsample_factor"])?;
                let tolerance = self.keys.number("max_pixels_tolerance")?.unwrap_or(1.0).max(0.0);
                let most = f64::from(multiple) * f64::from(multiple) * f64::from(self.count("max_image_tokens")?);
                // Whole numbers are more than a product where they are more than the whole number below.
                view.when = When::Larger { multiple, least: side, most: (most * tolerance).floor() as u64 };
            }
            Views::Local { .. } if !self.keys.flag("crop_to_patches")? => {}
            Views::Local { .. } => {
                let (side, least, most) =
                    (self.count("tile_size")?, self.count("min_patches")?, self.count("max_patches")?);
                let clause = format!("rule = internvl, min = {least}, max = {most}");
                let resize = Some(format!("tiles({side}, {side}, {}, {clause})", self.filter()?));
                let frame = Framing { resize, is_tiled: true, ..Framing::default() };
                let values = self.values()?;
                let clauses =
                    Clauses { frame: &frame, pad: None, values: values.as_ref(), layout: "chw", patches: None };
                let view = self.view(imported, "pixel_values_local", &clauses)?;
                imported.views.push(Imported { when: When::LongerThan(side), batch: Batch::Concatenate, ..view });
            }
        }
        Ok(())
    }

    /// What a class returns whose tiles stand beside the image in its first tensor; nothing for others.
    pub(super) fn joined(&self) -> Result<Vec<Output>, Error> {
        let named = |name, value| Output { name, value };
        Ok(match self.steps.views {
            Views::PaddedCanvas | Views::OverlappingCrops => self.of_canvas()?,
            Views::Slices if self.steps.video.is_some() => {
                if self.count("stack_frames")? > 1 {
                    let what = "above 1, which puts frames of one second together,";
                    return Err(Error::lacking(Feature::Tiles, self.keys.subject, Some("stack_frames"), what));
                }
                let side = self.count("patch_size")?;
                vec![
                    named(self.steps.name, Value::PatchStrip(side)),
                    named("target_sizes_videos", Value::PatchSizes(side)),
                    named("grids_videos", Value::OfSizes(SizeValue::FrameGrids)),
                    named("num_patches_per_frame", Value::OfSizes(SizeValue::FrameCounts)),
                    named("num_frames_per_video", Value::FrameCount),
                ]
            }
            Views::Slices => {
                let side = self.count("patch_size")?;
                vec![
                    named("pixel_values", Value::PatchStrip(side)),
                    named("target_sizes", Value::PatchSizes(side)),
                    named("grids", Value::CutGrids),
                    named("num_patches_per_image", Value::CutCounts),
                ]
            }
            Views::TilesOfPatches => {
                let side = self.count("encoder_patch_size")?;
                vec![
                    named("pixel_values", Value::PatchRows(self.rows_of_tiles()?)),
                    named("pixel_attention_mask", Value::PatchRowMask(side)),
                    named("spatial_shapes", Value::PatchShapes(side)),
                ]
            }
            Views::SmallerTiles if self.has_smaller_tiles()? => {
                if !self.keys.flag("do_pad")? {
                    return Err(Error::lacking(Feature::Tiles, self.keys.subject, Some("do_pad"), "false"));
                }
                vec![named("pixel_values", Value::TileStack)]
            }
            _ => Vec::new(),
        })
    }

    /// The numbers of MiniCPM's rules.
    pub(super) fn slices(&self) -> Result<[(&'static str, u32); 3], Error> {
        let merge = if self.keys.word("downsample_mode")? == Some("4x") { 2 } else { 4 };
        let multiple = self.count("patch_size")?.checked_mul(merge);
        let multiple = multiple.ok_or_else(|| self.keys.wrong("patch_size", "a smaller number"))?;
        let most = if self.keys.flag("slice_mode")? { self.count("max_slice_nums")? } else { 1 };
        Ok([("multiple", multiple), ("max_patches", most), ("longest", self.count("scale_resolution")?)])
    }

    /// How many rows of patches each image and tile has.
    pub(super) fn rows_of_tiles(&self) -> Result<u32, Error> {
        let rows = self.product(&["max_image_tokens", "downsample_factor", "downsample_factor"])?;
        if !self.keys.flag("do_image_splitting")? {
            return Ok(rows);
        }
        let lacking = |key, what: &str| Err(Error::lacking(Feature::Tiles, self.keys.subject, Some(key), what));
        let (tile, side) = (self.count("tile_size")?, self.count("encoder_patch_size")?);
        let [least, most] = [self.count("min_tiles")?, self.count("max_tiles")?];
        match (tile / side).checked_mul(tile / side) {
            _ if !tile.is_multiple_of(side) => lacking("tile_size", "no whole patches"),
            // Of two tiles and three its grids of one number of tiles are as near, and Python's set says which is meant.
            _ if least != 2 || most < 4 => lacking("min_tiles", "another than 2, or max_tiles of less than 4,"),
            Some(patches) if patches >= rows => Ok(patches),
            _ => lacking("max_image_tokens", "more than a tile has"),
        }
    }

    /// One tensor of these clauses.
    pub(super) fn view(&self, first: &Imported, name: &'static str, clauses: &Clauses<'_>) -> Result<Imported, Error> {
        let (spec, gray, alpha) = self.declared(clauses)?;
        let outputs = vec![Output { name, value: Value::Pixels }];
        Ok(Imported {
            spec,
            gray,
            alpha,
            outputs,
            batch: Batch::Stack,
            limit: None,
            notes: Vec::new(),
            ..first.clone()
        })
    }

    /// A view in the first tensor, of an image that its rule cuts.
    fn join<'b>(
        &self,
        first: &'b mut Imported,
        place: Place,
        clauses: &Clauses<'_>,
    ) -> Result<&'b mut Imported, Error> {
        let mut view = self.view(first, first.outputs[0].name, clauses)?;
        view.place = place;
        if let Some(Size::Ruled(rule)) = view.spec.resize.map(|resize| resize.size) {
            view.when = When::Cut(rule);
        }
        first.views.push(view);
        Ok(first.views.last_mut().expect("a view was added"))
    }

    /// The view of the whole image.
    pub(super) fn step3p7(&self, size: Sizes, filter: &str) -> Result<Framing, Error> {
        let sides = size.exact().ok_or_else(|| self.keys.wrong("size", "{height, width}"))?;
        // A square of the height, whatever the width says.
        Ok(Framing::exact([sides[0], sides[0]], filter))
    }

    /// The side of tiles of which the last may be smaller, what they are resized to, and the crop behind it.
    pub(super) fn smaller_tiles(&self) -> Result<(u32, Sizes, String), Error> {
        for key in ["do_resize", "do_center_crop"] {
            if !self.keys.flag(key)? {
                return Err(Error::lacking(Feature::Tiles, self.keys.subject, Some(key), "false"));
            }
        }
        let size = self.size("size")?.unwrap_or_default();
        let side = self.one_side()?;
        Ok((side, size, self.center_crop([side, side])))
    }

    /// The larger view: a square of `high_res_size`.
    fn high_res(&self) -> Result<Framing, Error> {
        if !self.keys.flag("do_resize")? {
            return Err(Error::lacking(Feature::TwoResizes, self.keys.subject, Some("do_resize"), "false"));
        }
        let key = "high_res_resample";
        if !self.is_torch() && self.keys.number(key)? == Some(0.0) {
            // On Pillow a 0 is no filter to it, and stands for that of `resample`.
            return Err(Error::lacking(Feature::TwoResizes, self.keys.subject, Some(key), "0"));
        }
        let size = self.size("high_res_size")?.unwrap_or_default();
        self.square(size, &self.filter_of(key)?, HIGH_RES_BACKGROUND)
    }

    /// What becomes of the larger view, which is a square already.
    pub(super) fn of_high_res(&self, size: Sizes, filter: &str) -> Result<Framing, Error> {
        let side = size.exact().filter(|[height, width]| height == width).map(|[side, _]| side);
        let side = side.ok_or_else(|| self.keys.wrong("size", "{height, width}, both the same"))?;
        if self.keys.get(BACKGROUND).is_some_and(|mean| !mean.is_array()) {
            return Err(self.keys.wrong("image_mean", "a list of three numbers"));
        }
        if self.count("min_size")? > side {
            return Err(self.keys.wrong("min_size", "a side of size at most"));
        }
        Ok(Framing::exact([side, side], filter))
    }

    /// The whole image in a square of `background_color`.
    pub(super) fn global_view(&self, size: Sizes, filter: &str) -> Result<Framing, Error> {
        let exact = || size.exact().ok_or_else(|| self.keys.wrong("size", "{height, width}"));
        let is_cut = self.keys.flag("crop_to_patches")?;
        let side = match self.steps.views {
            Views::Local { stretches: true } => {
                let [height, width] = exact()?;
                let side = height.max(width);
                if !is_cut && side <= self.count("maximum_pad_value")? {
                    return Ok(Framing::exact([side, side], filter));
                }
                side
            }
            _ if is_cut => exact()?[0],
            _ => self.count("tile_size")?,
        };
        // A call says another one on Pillow alone.
        let key = if self.is_torch() { WRITTEN_BACKGROUND } else { "background_color" };
        let fill = match self.keys.numbers(key)?.as_deref() {
            // One number is the first channel's.
            Some([one]) if !self.keys.get(key).is_some_and(serde_json::Value::is_array) => {
                vec![*one, 0.0, 0.0]
            }
            Some(three) if three.len() == 3 => three.to_vec(),
            _ => return Err(self.keys.wrong("background_color", "a list of three pixel values")),
        };
        if fill.iter().any(|value| !(0.0..=255.0).contains(value) || value.fract() != 0.0) {
            return Err(self.keys.wrong("background_color", "pixel values from 0 to 255"));
        }
        Ok(Framing::in_square(side, filter, &fill, 1))
    }
}
