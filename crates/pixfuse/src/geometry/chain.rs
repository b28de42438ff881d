//! Places that go through two pipelines, of which the second one runs over what the first one made.

use super::Geometry;
use crate::Error;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

impl Geometry {
    /// The geometry of two runs one after another: from the source of this one to the output of `next`, whose source is the
    /// output of this one. Points and boxes go through both in one step, and back.
    ///
    /// A declaration of two resizes needs none of it: its geometry is that of both.
    ///
    /// Points and boxes are mapped by the product of both scales. Where the first run crops or frames the image,
    /// [`resized`](Self::resized), and with it [`source_box`](Self::source_box) and [`exact_scale`](Self::exact_scale), is off by
    /// less than a pixel, and [`content`](Self::content) reaches to the pixels that show a part of it.
    ///
    /// # Errors
    /// When `next` is of a source of another size, when this output is cut into patches or tiles, and when the two together
    /// begin inside a pixel: then map through one and then through the other.
    ///
    /// ```
    /// use pixfuse::{Clip, Pipeline};
    ///
    /// let thumbnail = Pipeline::parse("input(rgb8), resize(longest = 512, bilinear, antialias), output(rgb, u8, hwc)")?;
    /// let model = Pipeline::parse("input(rgb8), letterbox(640, 640, bilinear), output(rgb, f32, chw)")?;
    /// let first = thumbnail.geometry(1080, 1920)?;
    /// let [rows, columns] = first.output();
    /// let both = first.followed_by(&model.geometry(rows, columns)?)?;
    /// assert_eq!((both.source(), both.output()), ([1080, 1920], [640, 640]));
    /// assert_eq!(both.unmap_boxes(&[[0.0, 140.0, 320.0, 320.0]], Clip::Yes), [[0.0, 0.0, 960.0, 540.0]]);
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn followed_by(&self, next: &Self) -> Result<Self, Error> {
        /// What is lost by products of f64 is far less than this part of a pixel.
        const NEAR: f64 = 1e-6;
        let refused = |message: String| Err(Error::Geometry(format!("next: {message}")));
        if self.patches.is_some() || self.tiles.is_some() {
            let parts = if self.tiles.is_some() { "tiles" } else { "patches" };
            return refused(format!(
                "runs over an image, and this output is cut into {parts}; give the geometry of one"
            ));
        }
        if self.output != next.source {
            let ([rows, columns], [high, wide]) = (self.output, next.source);
            return refused(format!(
                "is of {high} rows x {wide} columns, this output has {rows} rows x {columns} columns"
            ));
        }
        let mut both = Self { source: self.source, ..*next };
        for axis in 0..2 {
            both.scale[axis] = self.scale[axis] * next.scale[axis];
            let offset = self.offset[axis] as f64 * next.scale[axis] + next.offset[axis] as f64;
            both.offset[axis] = offset.round() as i64;
            if (offset - offset.round()).abs() > NEAR {
                return refused(format!(
                    "both together begin at {offset}, inside a pixel; map through one geometry and then through the other"
                ));
            }
            let resized = self.resized[axis] as f64 * next.exact_scale()[axis];
            both.resized[axis] = (resized.round() as usize).max(1);
            // What of the second output shows what of the first one shows the source.
            let (first, length) = (self.content[axis] as f64, self.content[axis + 2] as f64);
            let place = |position: f64| position * next.scale[axis] + next.offset[axis] as f64;
            let (least, most) = (next.content[axis], next.content[axis] + next.content[axis + 2]);
            // `as usize` turns negative into 0.
            let start = ((place(first) + NEAR).floor() as usize).clamp(least, most);
            let end = ((place(first + length) - NEAR).ceil() as usize).clamp(start, most);
            (both.content[axis], both.content[axis + 2]) = (start, end - start);
        }
        Ok(both)
    }
}
