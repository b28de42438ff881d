//! What a config became, for the faces whose language is JavaScript: one object, with the names that it has there.

use serde_json::{Value as Json, json};

use crate::{Batch, Error, Imported, Place, Value, Variant, When};

impl Imported {
    /// All that `processor.js` asks of a config, as an object.
    #[doc(hidden)]
    pub fn described(&self) -> Json {
        let mut object = json!({
            "library": self.library.name(),
            "className": self.class,
            "backend": self.backend.name(),
            "pads": self.batch == Batch::Pad,
            // In one call there is one sample, so that a sequence is one array too.
            "concatenates": matches!(self.batch, Batch::Concatenate | Batch::Sequence),
            "isSequence": self.batch == Batch::Sequence,
            "hasTokensOfGrid": self.has_tokens_of_grid(),
            "processorKeywords": self.processor_keywords(),
            "isNested": self.is_nested,
            "isSingle": self.is_single,
            "isPaired": self.is_paired,
            "isUniform": self.is_uniform,
            "isFramed": self.spec.pad.is_some(),
            "patchAxes": self.patch_axes,
            "notes": self.notes,
            "record": Json::Object(self.record.clone()).to_string(),
            "explain": self.explain(),
            "file": self.of_files().to_string(),
            "rgb": self.spec.to_string(),
            "outputs": self.outputs.iter().map(|output| {
                let mut described = json!({ "name": output.name });
                if let Some((key, value)) = output.value.described() {
                    described[key] = value;
                }
                described
            }).collect::<Vec<_>>(),
            // Whether `seen` says more of a size than that there is a tensor.
            "isSized": self.when != When::Always || self.cutting.is_some(),
            "isCounted": self.is_counted,
            "place": match self.place {
                Place::Apart => "apart",
                Place::Before => "before",
                Place::Behind => "behind",
            },
            "views": self.views.iter().map(Self::described).collect::<Vec<_>>(),
        });
        if let Some(frames) = &self.frames {
            object["frames"] = json!({
                "multiple": frames.multiple,
                "temporal": frames.temporal,
                "isFrameFirst": frames.is_frame_first,
                "chunk": frames.chunk,
            });
        }
        if let Some(before) = &self.before {
            object["before"] = before.described();
        }
        for (name, variant) in [("gray", &self.gray), ("alpha", &self.alpha)] {
            match variant {
                Variant::Declared(spec) => object[name] = spec.to_string().into(),
                Variant::Raises(why) => {
                    object[format!("{name}Refused")] = format!("image: {}: {why}", self.class).into()
                }
                Variant::Refused(error) => object[format!("{name}Refused")] = error.to_string().into(),
            }
        }
        object
    }

    /// The output of this name for images of these rows and columns, or for the frames of videos of so many: both as JSON.
    ///
    /// # Errors
    /// As [`of_sizes`](Self::of_sizes).
    #[doc(hidden)]
    pub fn described_of_sizes(&self, name: &str, sources: &str, frames: &str) -> Result<Json, Error> {
        let value = self.outputs.iter().find_map(|output| match output.value {
            Value::OfSizes(value) if output.name == name => Some(value),
            _ => None,
        });
        let read = value.zip(serde_json::from_str::<Vec<[usize; 2]>>(sources).ok());
        let read = read.zip(serde_json::from_str::<Vec<usize>>(frames).ok());
        let wrong = || Error::value(&self.class, name, "no output of sizes alone".to_owned());
        let ((value, sources), frames) = read.ok_or_else(wrong)?;
        let made = self.of_sizes(value, &sources, &frames)?;
        Ok(json!({ "dims": made.dims, "numbers": made.numbers.name(), "values": made.values }))
    }

    /// What becomes of an image of this size, or of one of the other tensors of it: whether there is one, rows and columns of
    /// tiles in it, and the windows that it is of.
    #[doc(hidden)]
    pub fn seen(&self, rows: usize, columns: usize, view: Option<usize>) -> Json {
        let Some(view) = view.map_or(Some(self), |index| self.views.get(index)) else { return Json::Null };
        let windows = view.windows(rows, columns).map(
            |windows| json!({ "canvas": windows.canvas.described(), "grid": windows.grid, "parts": windows.parts }),
        );
        let grid = view.grid(rows, columns).unwrap_or([1, 1]);
        json!({ "isMade": view.is_made(rows, columns), "grid": grid, "windows": windows })
    }
}

impl Value {
    /// A property that says what it is; none of an empty list.
    fn described(&self) -> Option<(&'static str, Json)> {
        let kind = match *self {
            Self::Pixels => "pixels",
            Self::Mask => "mask",
            Self::BoolMask => "boolMask",
            Self::PatchMask => "patchMask",
            Self::SourceSizes => "sourceSizes",
            Self::SourceSides => "sourceSides",
            Self::ResizedSizes => "resizedSizes",
            Self::PixelsAlone => "pixelsAlone",
            Self::ResizedRows => "resizedRows",
            Self::ResizedColumns => "resizedColumns",
            Self::RowScale => "rowScale",
            Self::GridThw => "gridThw",
            Self::GridCount => "gridCount",
            Self::FrameCount => "frameCount",
            Self::FramePixelMask => "framePixelMask",
            Self::FrameMask => "frameMask",
            Self::Grid => "grid",
            Self::TileStack => "tileStack",
            Self::RowEnds => "rowEnds",
            Self::CutGrids => "cutGrids",
            Self::CutCounts => "cutCounts",
            Self::ViewTiles => "viewTiles",
            Self::ViewTileCounts => "viewTileCounts",
            Self::ViewTileGrids => "viewTileGrids",
            Self::PatchStrip(side) => return Some(("patchStrip", side.into())),
            Self::PatchRows(rows) => return Some(("patchRows", rows.into())),
            Self::PatchSizes(side) => return Some(("patchSizes", side.into())),
            Self::PatchShapes(side) => return Some(("patchShapes", side.into())),
            Self::PatchRowMask(side) => return Some(("patchRowMask", side.into())),
            Self::TileCount => "tileCount",
            Self::TileCounts => "tileCounts",
            Self::TileRows => "tileRows",
            Self::TileColumns => "tileColumns",
            Self::SplitRows => "splitRows",
            Self::SplitColumns => "splitColumns",
            Self::TilePixelMask => "tilePixelMask",
            Self::TileMask => "tileMask",
            Self::TileGrid => "tileGrid",
            Self::PatchPositions => "patchPositions",
            Self::AspectRatioIds(most) => return Some(("aspectRatioIds", most.into())),
            Self::AspectRatioMask(most) => return Some(("aspectRatioMask", most.into())),
            Self::PatchGroups(patches) => return Some(("groups", patches.into())),
            Self::One(one) => return Some(("one", one.into())),
            Self::Each(one) => return Some(("each", json!([one]))),
            Self::EachPair(pair) => return Some(("pair", json!(pair))),
            Self::Text(text) => return Some(("text", text.into())),
            Self::OfSizes(_) => "ofSizes",
            Self::Nothing => return None,
        };
        Some(("kind", kind.into()))
    }
}
