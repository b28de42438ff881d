//! Sizes, crops and margins.

use super::{Draft, Found, Subject, length_fits};
use crate::pair::both;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{
    CenterCrop, CoverRule, Crop, CropWindow, Filter, Letterbox, LetterboxRule, MAX_SIDE, MarginFill, Margins, Number,
    Pad, Precision, Resize, Rounding, Sample, Sampling, Size,
};

/// Rows and columns, as far as they are known before there is an image.
type Known = [Option<u32>; 2];

const AXES: [&str; 2] = ["rows", "columns"];

pub(super) fn frame_is_sound(draft: &Draft<'_>, found: &mut Found) {
    if let Some(resize) = draft.resize {
        found.extend(max_is_more(resize));
        found.extend(rounding_is_known(resize));
        found.extend(rule_has_its_filter(resize));
        found.extend(stages_are_whole(resize, draft));
    }
    if let Some(letterbox) = draft.letterbox {
        found.extend(stride_has_its_rule(letterbox));
    }
    let letterbox = draft.letterbox.map(|letterbox| ("letterbox", &letterbox.fill));
    let pad = draft.pad.and_then(|pad| match &pad.fill {
        MarginFill::Pixel(fill) => Some(("pad", fill)),
        MarginFill::Tensor(_) | MarginFill::Symmetric => None,
    });
    if let Some(pad) = draft.pad {
        found.extend(mirror_is_of_the_image(pad, draft));
    }
    let crop = draft.crop.and_then(|crop| match crop {
        Crop::Center(CenterCrop { fill, .. }) => Some(("center_crop", fill)),
        Crop::Window(_) => None,
    });
    for filled in &[letterbox, crop, pad] {
        let Some((clause, fill)) = *filled else { continue };
        let message = length_fits(clause, "fill", fill.0.len(), draft.output.channels);
        found.extend(message.map(|message| (Subject::of(clause, "fill"), message)));
    }
    let (clause, mut known) = resized(draft);
    if let Some(crop) = draft.crop {
        known = cropped(crop, clause, known, found);
    }
    if let Some(pad) = draft.pad {
        padded(pad, known, found);
    }
}

/// torchvision refuses a `max` that is not more than the shorter side; transformers, which rounds, has a rule for it.
fn max_is_more(resize: &Resize) -> Option<(Subject, String)> {
    let Size::Shortest { side: Number::Known(side), max: Some(max), rounding } = resize.size else { return None };
    let message = format!(
        "resize: max = {max} is not more than shortest = {side}, which torchvision refuses; write rounding = {} for \
         the rule of transformers, or longest = {max} alone",
        Rounding::HalfEven
    );
    (max <= side && rounding == Rounding::Truncate).then_some((Subject::of("resize", "max"), message))
}

/// A side is truncated or rounded half to even, as the libraries do; for a length `floor` would be another `truncate`.
fn rounding_is_known(resize: &Resize) -> Option<(Subject, String)> {
    let (Size::Shortest { rounding, .. } | Size::Longest { rounding, .. }) = resize.size else { return None };
    let message = format!(
        "resize: rounding = {rounding} is there for center_crop; write rounding = {}, or leave it out to truncate",
        Rounding::HalfEven
    );
    (rounding == Rounding::Floor).then_some((Subject::of("resize", "rounding"), message))
}

/// OpenCV's rule samples at a ratio of its own, which is defined for the filter that it always takes.
fn rule_has_its_filter(resize: &Resize) -> Option<(Subject, String)> {
    let Size::Cover { rule: CoverRule::Opencv, .. } = resize.size else { return None };
    let message = format!("resize: rule = opencv goes with {} alone, without antialias", Filter::Bilinear);
    (resize.sampling != Sampling::new(Filter::Bilinear)).then_some((Subject::of("resize", "rule"), message))
}

/// A rule of two resizes has u8 between them, and needs all of the image: a crop's part of it would be more than what one
/// filter weighs.
fn stages_are_whole(resize: &Resize, draft: &Draft<'_>) -> Option<(Subject, String)> {
    let Size::Ruled(ruled) = resize.size else { return None };
    let rule = Some(ruled.rule).filter(|rule| rule.has_stages())?;
    let format = draft.input.format.filter(|format| format.sample() != Sample::U8);
    let message = if resize.sampling.precision == Precision::F32 {
        "has u8 between its resizes; leave precision = f32 out".to_owned()
    } else if let Some(format) = format {
        format!("has u8 between its resizes; {format} has others")
    } else if draft.crop.is_some() {
        "is two resizes of the whole image; leave the crop out".to_owned()
    } else {
        return None;
    };
    Some((Subject::of("resize", "rule"), format!("resize: rule = {rule} {message}")))
}

fn stride_has_its_rule(letterbox: &Letterbox) -> Option<(Subject, String)> {
    let stride = letterbox.stride?;
    let rule = letterbox.rule;
    let message = format!(
        "letterbox: rule = {rule} has no stride; leave stride = {stride} out, or write rule = {}",
        LetterboxRule::Ultralytics
    );
    (rule != LetterboxRule::Ultralytics).then_some((Subject::of("letterbox", "stride"), message))
}

/// The clause that gives the size, and the size.
fn resized(draft: &Draft<'_>) -> (&'static str, Known) {
    match (draft.resize, draft.letterbox) {
        (Some(Resize { size: Size::Exact { rows, columns }, .. }), _) => {
            ("resize", [rows.known().copied(), columns.known().copied()])
        }
        (None, Some(Letterbox { rows, columns, stride: None, .. })) => {
            ("letterbox", [rows.known().copied(), columns.known().copied()])
        }
        // Where nothing resizes it, a declared source has its own size.
        (None, None) if draft.tiles.is_none() => {
            let source = draft.input.turned_size().map_or([None, None], |sides| both(sides, Some));
            ("input", source)
        }
        _ => ("", [None, None]),
    }
}

/// A window lies inside the image, where that is known.
fn cropped(crop: &Crop, clause: &str, known: Known, found: &mut Found) -> Known {
    let (starts, sides) = match crop {
        Crop::Center(CenterCrop { rows, columns, .. }) => return [rows.known().copied(), columns.known().copied()],
        Crop::Window(CropWindow { top, left, rows, columns }) => ([*top, *left], [*rows, *columns]),
    };
    let shown = |side: Option<u32>| side.map_or("_".to_owned(), |side| side.to_string());
    let size = [shown(known[0]), shown(known[1])].join(", ");
    for (axis, &name) in AXES.iter().enumerate() {
        let end = starts[axis].saturating_add(sides[axis]);
        if known[axis].is_some_and(|side| end > side) {
            let outside =
                if clause == "input" { format!("{clause}(.., {size})") } else { format!("{clause}({size}, ..)") };
            let message = format!("crop: {name} {} to {end} are outside {outside}", starts[axis]);
            found.push((Subject::of("crop", name), message));
        }
    }
    both(sides, Some)
}

/// What is padded is still an image, and no larger than the frame that it is put into.
fn padded(pad: &Pad, known: Known, found: &mut Found) {
    let margins = match pad.margins {
        Margins::Fixed { top, left, bottom, right } => [top.saturating_add(bottom), left.saturating_add(right)],
        Margins::To { rows, columns, .. } => return fits(known, [rows, columns], found),
        Margins::Multiple { .. } | Margins::Beyond { .. } | Margins::Least { .. } => return,
    };
    for (axis, &name) in AXES.iter().enumerate() {
        // Without a known size there is at least one row and one column.
        let side = known[axis].unwrap_or(1).saturating_add(margins[axis]);
        if side > MAX_SIDE {
            let at_least = if known[axis].is_some() { "" } else { "at least " };
            let message = format!("pad: the result has {at_least}{side} {name}; the most is {MAX_SIDE}");
            found.push((Subject::clause("pad"), message));
        }
    }
}

/// What is mirrored is a resized image, and lies row by row in the tensor.
fn mirror_is_of_the_image(pad: &Pad, draft: &Draft<'_>) -> Option<(Subject, String)> {
    let other = [
        ("a letterbox", draft.letterbox.is_some()),
        ("a crop", draft.crop.is_some()),
        ("patches(..)", draft.patches.is_some()),
    ];
    let (other, _) = other.into_iter().find(|(_, there)| *there && pad.fill == MarginFill::Symmetric)?;
    Some((
        Subject::of("pad", "border"),
        format!("pad: border = symmetric is not there beside {other}; leave one of them out"),
    ))
}

/// An image whose size is known lies inside its frame.
fn fits(known: Known, frame: [u32; 2], found: &mut Found) {
    for (axis, &name) in AXES.iter().enumerate() {
        if let Some(side) = known[axis].filter(|&side| side > frame[axis]) {
            let message = format!(
                "pad: to = [{}, {}] has fewer {name} than the {side} of the image; crop it first, or resize it to less",
                frame[0], frame[1]
            );
            found.push((Subject::of("pad", "to"), message));
        }
    }
}
