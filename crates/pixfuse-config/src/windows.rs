//! Windows of a canvas, each of which is resized by itself.

use crate::cutting::Cutting;
use crate::{Imported, Variant};

/// A canvas of one image, and the windows that are read of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Windows {
    /// What the image becomes first: an image of u8.
    pub canvas: Imported,
    /// Rows and columns of windows.
    pub grid: [usize; 2],
    /// Of each window top, left, rows and columns, row by row.
    pub parts: Vec<[usize; 4]>,
}

impl Imported {
    /// The canvas of an image of this size and its windows, of each of which the declaration is one; nothing where it is of
    /// the image itself.
    ///
    /// ```
    /// use pixfuse_config::{Backend, Overrides, Source, read};
    ///
    /// let source = Source::text(r#"{"image_processor_type": "Step3p7ImageProcessor"}"#)?;
    /// let local = &read(&source, Backend::Torch, &Overrides::new())?.views[0];
    /// let windows = local.windows(1080, 1920).unwrap();
    /// assert_eq!((windows.grid, windows.parts[4]), ([2, 4], [504, 0, 504, 504]));
    /// // A small image has none.
    /// assert!(!local.is_made(480, 640));
    /// # Ok::<(), pixfuse_config::Error>(())
    /// ```
    pub fn windows(&self, rows: usize, columns: usize) -> Option<Windows> {
        let (cutting, before) = self.cutting.as_ref().zip(self.before.as_deref())?;
        let plan = cutting.plan([rows as u32, columns as u32])?;
        let [high, wide] = plan.window.map(|side| side as usize);
        let [rows, columns] = plan.canvas.map(|side| side as usize);
        if let Cutting::Middle { size, crop } = cutting {
            let shorter = rows.min(columns) as f64;
            let sides = [0, 1].map(|axis| (f64::from(size[axis]) / f64::from(crop[axis]) * shorter) as usize);
            let part = [(rows - sides[0]) / 2, (columns - sides[1]) / 2, sides[0], sides[1]];
            return Some(Windows { canvas: before.clone(), grid: [1, 1], parts: vec![part] });
        }
        let part = |top: usize, left: usize| [top, left, high.min(rows - top), wide.min(columns - left)];
        let [down, across] = plan.step.map(|step| step as usize);
        // Windows that overlap reach to the end of the canvas, and of others the last may be smaller.
        let starts = |length: usize, window: usize, step: usize| match window - step {
            0 => length.div_ceil(window),
            overlap => (length - overlap) / step,
        };
        let grid = [starts(rows, high, down), starts(columns, wide, across)];
        let parts = (0..grid[0]).flat_map(|row| (0..grid[1]).map(move |column| part(row * down, column * across)));
        let parts = parts.collect();
        let mut canvas = before.clone();
        plan.place(&mut canvas.spec);
        for variant in [&mut canvas.gray, &mut canvas.alpha] {
            if let Variant::Declared(spec) = variant {
                plan.place(spec);
            }
        }
        Some(Windows { canvas, grid, parts })
    }

    /// Whether there is a tensor of an image of this size.
    pub fn is_made(&self, rows: usize, columns: usize) -> bool {
        self.when.holds(rows, columns) && (self.cutting.is_none() || self.windows(rows, columns).is_some())
    }
}
