//! How a tensor is cut into patches.

use super::steps::Class;
use super::table::Views;
use crate::{Error, Feature};

/// The clause, and what follows from it.
pub(super) struct Cut {
    /// `patches(..)`; nothing where the image stays whole.
    pub(super) clause: Option<String>,
    /// The layout of `output(..)`.
    pub(super) layout: &'static str,
    /// The axes that a patch keeps, behind the outermost of them.
    pub(super) axes: Vec<u32>,
    /// How many rows the tensor is filled up to.
    pub(super) pad_to: Option<u32>,
}

impl Class<'_> {
    pub(super) fn patches(&self) -> Result<Cut, Error> {
        let Some(patches) = self.steps.patches else {
            return Ok(Cut { clause: None, layout: "chw", axes: Vec::new(), pad_to: None });
        };
        let pad_to = match self.steps.views {
            Views::TilesOfPatches => Some(self.rows_of_tiles()?),
            _ => patches.pad_to.map(|keys| self.product(keys)).transpose()?,
        };
        let side = if patches.side.is_empty() { self.patch_of_size()? } else { self.product(patches.side)? };
        // A frame of a video is in its patches once; what puts frames together knows how many share one.
        let once = patches.frames.or(self.steps.video.map(|_| 1));
        let temporal = once.map_or_else(|| self.count("temporal_patch_size"), Ok)?;
        let is_interleaved = patches.order == "thwc";
        if is_interleaved && temporal > 1 && patches.frames.is_none() {
            // Its frames are innermost, and no order of patches says that.
            let what = format!("{temporal}, the innermost of a patch,");
            return Err(Error::lacking(Feature::Patches, self.keys.subject, Some("temporal_patch_size"), what));
        }
        let mut words = vec![side.to_string()];
        if patches.merged {
            words.push(format!("merge = {}", self.count("merge_size")?));
        }
        if temporal > 1 {
            words.push(format!("temporal = {temporal}"));
        }
        if patches.order == "tchw" {
            words.push("order = tchw".to_owned());
        }
        words.extend(pad_to.map(|rows| format!("pad_to = {rows}")));
        Ok(Cut {
            clause: Some(format!("patches({})", words.join(", "))),
            layout: if is_interleaved { "hwc" } else { "chw" },
            axes: match (patches.apart, is_interleaved) {
                (false, _) => Vec::new(),
                (true, false) => vec![side, side],
                // In front of its rows is an axis of frames, where there are several.
                (true, true) if temporal > 1 => vec![side, side, 3],
                (true, true) => vec![side, 3],
            },
            pad_to,
        })
    }

    /// The side of `size`, which is a square.
    pub(super) fn patch_of_size(&self) -> Result<u32, Error> {
        let sides = self.size("size")?.unwrap_or_default().exact();
        let [rows, columns] = sides.ok_or_else(|| self.keys.wrong("size", "{height, width}"))?;
        if rows == columns {
            return Ok(rows);
        }
        Err(Error::lacking(Feature::Patches, self.keys.subject, Some("size"), format!("{rows} x {columns}")))
    }
}
