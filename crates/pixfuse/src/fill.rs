//! Margins: the parts of an output where there is no source.

use std::mem::MaybeUninit;

use pixfuse_spec::MarginFill;

use crate::Layout;
use crate::kernel::Runs;
use crate::mapping::Mapping;
use crate::output::Bits;
use crate::placement::Placement;
use crate::simd::{Plain, Simd, Task, Token, Visit};

/// Writes the margins of an output of so many channels.
///
/// # Panics
/// When `out` is shorter than the output.
pub(crate) fn margins<B: Bits>(
    token: Token,
    placement: &Placement,
    layout: Layout,
    mapping: &Mapping,
    channels: usize,
    out: &mut [MaybeUninit<B>],
) {
    let [height, columns] = placement.output;
    for margin in placement.margins.iter().filter(|margin| margin.fill != MarginFill::Symmetric) {
        let fill = |channel: usize| B::of(mapping.fill(channel.min(channels - 1), &margin.fill));
        let value: [B; 4] = [0, 1, 2, 3].map(fill);
        let mut rows = margin.rows.clone();
        let mut pixels = rows.start * columns + margin.columns.start..rows.start * columns + margin.columns.end;
        if margin.columns == (0..columns) {
            // Whole rows are one long one.
            pixels.end = rows.end * columns;
            rows.end = rows.start + 1;
        }
        for _ in rows {
            match layout {
                Layout::Chw => {
                    for (plane, value) in out.chunks_exact_mut(height * columns).zip(value) {
                        token.visit(Margin { out: &mut plane[pixels.clone()], value });
                    }
                }
                Layout::Hwc => {
                    for pixel in out[pixels.start * channels..pixels.end * channels].chunks_exact_mut(channels) {
                        for (element, value) in pixel.iter_mut().zip(value) {
                            element.write(value);
                        }
                    }
                }
            }
            pixels = pixels.start + columns..pixels.end + columns;
        }
    }
    mirrored(placement, layout, channels, out);
}

/// Copies the image onto the margins that mirror it: those beside it first, then whole rows.
fn mirrored<T: Copy>(placement: &Placement, layout: Layout, channels: usize, out: &mut [MaybeUninit<T>]) {
    let [height, columns] = placement.output;
    let (planes, pixel) = if layout == Layout::Chw { (channels, 1) } else { (1, channels) };
    let margins = || placement.margins.iter().filter(|margin| margin.fill == MarginFill::Symmetric);
    let [top, left] = placement.at;
    let [high, wide] = [placement.window.rows, placement.window.columns].map(|side| side as usize);
    for plane in out.chunks_exact_mut(height * columns * pixel).take(planes) {
        let at = |row: usize, column: usize| (row * columns + column) * pixel;
        for margin in margins().filter(|margin| margin.rows == (top..top + high)) {
            for (row, column) in
                margin.rows.clone().flat_map(|row| margin.columns.clone().map(move |column| (row, column)))
            {
                let from = at(row, left + mirror(column, left, wide));
                plane.copy_within(from..from + pixel, at(row, column));
            }
        }
        for margin in margins().filter(|margin| margin.rows != (top..top + high)) {
            for row in margin.rows.clone() {
                let from = top + mirror(row, top, high);
                let range = at(from, margin.columns.start)..at(from, margin.columns.end);
                plane.copy_within(range, at(row, margin.columns.start));
            }
        }
    }
}

/// Which of so many rows or columns that begin at `start` stands at a position, before, among or behind them.
pub(crate) fn mirror(position: usize, start: usize, length: usize) -> usize {
    let turn = (position as i64 - start as i64).rem_euclid(2 * length as i64) as usize;
    turn.min(2 * length - 1 - turn)
}

/// As [`margins`], of an output whose rows lie in runs.
///
/// # Panics
/// When `out` is shorter than the runs say.
pub(crate) fn runs<B: Bits>(placement: &Placement, runs: &Runs, mapping: &Mapping, out: &mut [MaybeUninit<B>]) {
    let channels = runs.planes.max(runs.pixel);
    for margin in &placement.margins {
        let fill = |channel: usize| B::of(mapping.fill(channel.min(channels - 1), &margin.fill));
        let values: [B; 4] = [0, 1, 2, 3].map(fill);
        for row in margin.rows.clone() {
            for (_, count, at) in runs.pieces(row, margin.columns.clone()) {
                for (plane, copy) in (0..runs.planes).flat_map(|plane| (0..runs.copies).map(move |copy| (plane, copy)))
                {
                    let piece = &mut out[at + plane * runs.plane + copy * runs.copy..][..count * runs.pixel];
                    match runs.pixel {
                        1 => piece.fill(MaybeUninit::new(values[plane])),
                        pixel => piece.iter_mut().enumerate().for_each(|(element, place)| {
                            place.write(values[element % pixel]);
                        }),
                    }
                }
            }
        }
    }
}

/// Elements of one value, written on a level: 22 against 37 us for the margins of 1080x1920 -> 640x640 letterbox.
struct Margin<'a, T> {
    out: &'a mut [MaybeUninit<T>],
    value: T,
}

impl<T: Plain> Visit for Margin<'_, T> {
    type Output = ();

    fn visit<S: Simd>(self, simd: S) {
        simd.vectorize(self);
    }
}

impl<T: Plain, S: Simd> Task<S> for Margin<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        if simd.fill_long(self.out, self.value) {
            return;
        }
        // From a whole cache line on: half of the gain.
        let lead = self.out.as_ptr().align_offset(64).min(self.out.len());
        let (head, lines) = self.out.split_at_mut(lead);
        head.fill(MaybeUninit::new(self.value));
        lines.fill(MaybeUninit::new(self.value));
    }
}
