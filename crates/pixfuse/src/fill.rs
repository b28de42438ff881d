//! Margins: the parts of an output where there is no source.

use std::mem::MaybeUninit;

use crate::mapping::Mapping;
use crate::placement::Placement;
use crate::{Layout, TensorElement};

/// Writes the margins of an output of so many channels.
///
/// # Panics
/// When `out` is shorter than the output.
pub(crate) fn margins<T: TensorElement>(
    placement: &Placement,
    layout: Layout,
    mapping: &Mapping,
    channels: usize,
    out: &mut [MaybeUninit<T>],
) {
    let [rows, columns] = placement.output;
    for margin in &placement.margins {
        let fill = |channel| mapping.element::<T>(channel, margin.fill.channel(channel.min(channels - 1)).into());
        let value: [T; 4] = [0, 1, 2, 3].map(fill);
        for row in margin.rows.clone() {
            let pixels = row * columns + margin.columns.start..row * columns + margin.columns.end;
            match layout {
                Layout::Chw => {
                    for (plane, value) in out.chunks_exact_mut(rows * columns).zip(value) {
                        plane[pixels.clone()].fill(MaybeUninit::new(value));
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
        }
    }
}
