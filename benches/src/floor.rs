//! The least that any way must do: to fetch what a tensor is made of, and to write the tensor.

use std::hint::black_box;
use std::ops::Range;

use pixfuse::{Filter, Pipeline};

use crate::{Error, Workload};

/// Fetches every cache line of the source that the tensor depends on, once, then writes the tensor, once.
///
/// A line is fetched by one of its words: to read them all would already be work of the processor.
pub struct Floor {
    rows: Vec<usize>,
    bytes: Range<usize>,
    row: usize,
}

impl Floor {
    /// That of a workload.
    ///
    /// # Errors
    /// When there is no such tensor.
    pub fn of(workload: &Workload) -> Result<Self, Error> {
        let geometry = Pipeline::new(workload.spec.clone())?.geometry(workload.rows, workload.columns)?;
        let ([x0, y0, x1, y1], [_, _, count, _]) = (geometry.source_box(), geometry.content());
        let (step, channels) = ((y1 - y0) / count as f64, workload.spec.input.format.channels());
        let last = workload.rows - 1;
        let mut rows = Vec::new();
        match workload.sampling().map(|sampling| (sampling.filter, sampling.antialias)) {
            Some((Filter::Nearest | Filter::NearestFloor, _)) => {
                rows.extend((0..count).map(|y| ((y0 + y as f64 * step) as usize).min(last)));
            }
            Some((Filter::Bilinear, false)) => {
                for y in 0..count {
                    let position = (y0 + (y as f64 + 0.5) * step - 0.5).max(0.0);
                    rows.push((position as usize).min(last));
                    // A row of weight 0 need not be fetched: an odd ratio samples single pixels.
                    if position.fract() > 1e-9 {
                        rows.push((position as usize + 1).min(last));
                    }
                }
                rows.dedup();
            }
            // No resize, or a filter as wide as the ratio: every row counts.
            _ => rows.extend(y0 as usize..y1.ceil() as usize),
        }
        let bytes = x0 as usize * channels..x1.ceil() as usize * channels;
        Ok(Self { rows, bytes, row: workload.columns * channels })
    }

    /// For one image.
    ///
    /// # Panics
    /// When `pixels` are no image of the workload's size.
    #[inline(never)]
    pub fn run(&self, pixels: &[u8], out: &mut [f32]) {
        let mut sum = 0u64;
        for row in &self.rows {
            let row = &pixels[row * self.row..(row + 1) * self.row];
            for line in row[self.bytes.clone()].chunks_exact(64) {
                sum ^= u64::from_ne_bytes([line[0], line[1], line[2], line[3], line[4], line[5], line[6], line[7]]);
            }
        }
        black_box(sum);
        out.fill(0.0);
    }
}
