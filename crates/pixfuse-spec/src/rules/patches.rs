//! Patches, and what lies in a tensor besides the image.

use super::{Draft, Found, Subject, length_fits};
use crate::pair::both;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{ChannelOrder, Element, Layout, MarginFill, Margins, Pad, PatchOrder, Patches};

pub(super) fn patches_are_sound(draft: &Draft<'_>, found: &mut Found) {
    if let Some(patches) = draft.patches {
        found.extend(order_has_its_layout(patches, draft));
        found.extend(padding_is_a_float(patches, draft));
        sides_are_multiples(patches, draft, found);
    }
    if let Some(pad) = draft.pad {
        found.extend(value_is_stored(pad, draft));
    }
}

/// Planes are stored from planes, pixels from pixels.
fn order_has_its_layout(patches: &Patches, draft: &Draft<'_>) -> Option<(Subject, String)> {
    let wanted = if patches.order == PatchOrder::Thwc { Layout::Hwc } else { Layout::Chw };
    let given =
        draft.output.layout.filter(|&given| given != wanted && draft.output.channels != Some(ChannelOrder::Gray))?;
    let order = patches.order;
    let message =
        format!("patches: order = {order} is that of output(.., {wanted}), and it says {given}; write {wanted}");
    Some((Subject::of("patches", "order"), message))
}

/// What stands behind the last patch is zero, which an integer with another zero point has no name for.
fn padding_is_a_float(patches: &Patches, draft: &Draft<'_>) -> Option<(Subject, String)> {
    let zero_point =
        draft.output.quantize.flatten().map(|quantize| quantize.zero_point).filter(|&zero_point| zero_point != 0)?;
    patches.pad_to?;
    let message = format!(
        "patches: pad_to stores 0 behind the last patch, and zero_point = {zero_point} means another zero; leave one of them out"
    );
    Some((Subject::of("patches", "pad_to"), message))
}

/// Whole patches, where the size is known before there is an image.
fn sides_are_multiples(patches: &Patches, draft: &Draft<'_>, found: &mut Found) {
    let Some(Pad { margins: Margins::To { rows, columns, .. }, .. }) = draft.pad else { return };
    let step = patches.side * patches.merge;
    for &(name, side) in &[("rows", rows), ("columns", columns)] {
        if side % step != 0 {
            let message = format!(
                "patches: pad(to = [{rows}, {columns}]) gives {side} {name}, which is no multiple of {step} \
                 (side {} x merge {})",
                patches.side, patches.merge
            );
            found.push((Subject::of("patches", "side"), message));
        }
    }
}

/// A tensor value is one that the element can hold exactly enough to mean what was written.
fn value_is_stored(pad: &Pad, draft: &Draft<'_>) -> Option<(Subject, String)> {
    let MarginFill::Tensor(values) = &pad.fill else { return None };
    if let Some(message) = length_fits("pad", "value", values.len(), draft.output.channels) {
        return Some((Subject::of("pad", "value"), message));
    }
    let element = draft.output.element.filter(|element| matches!(element, Element::U8 | Element::I8))?;
    let [least, most] = both(element.range()?, f64::from);
    let fits = |value: &f64| value.fract() == 0.0 && *value >= least && *value <= most;
    let value = values.iter().find(|value| !fits(value))?;
    let message = format!("pad: value = {value} is no {element}; write an integer from {least} to {most}");
    Some((Subject::of("pad", "value"), message))
}
