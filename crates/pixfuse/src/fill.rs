//! Margins: the parts of an output where there is no source.

use std::mem::MaybeUninit;

use crate::Layout;
use crate::placement::Placement;

/// Writes the margins of an output of `values(margin)` channels.
///
/// # Panics
/// When `out` is shorter than the output.
pub(crate) fn margins<T: Copy>(
    placement: &Placement,
    layout: Layout,
    values: &[[T; 4]],
    channels: usize,
    out: &mut [MaybeUninit<T>],
) {
    let [rows, columns] = placement.output;
    for (margin, value) in placement.margins.iter().zip(values) {
        for row in margin.rows.clone() {
            let pixels = row * columns + margin.columns.start..row * columns + margin.columns.end;
            match layout {
                Layout::Chw => {
                    for (plane, value) in out.chunks_exact_mut(rows * columns).zip(&value[..channels]) {
                        plane[pixels.clone()].fill(MaybeUninit::new(*value));
                    }
                }
                Layout::Hwc => {
                    for pixel in out[pixels.start * channels..pixels.end * channels].chunks_exact_mut(channels) {
                        for (element, value) in pixel.iter_mut().zip(value) {
                            element.write(*value);
                        }
                    }
                }
            }
        }
    }
}
