//! Channels of the source and of the tensor, and what makes the one of the other.

use super::{Draft, Found, Subject};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{Alpha, ChannelOrder, Gray, Layout, Matrix, PixelFormat, Range, Sample};

/// Everything that `input` says, against its format and the output.
pub(super) fn input_is_sound(format: PixelFormat, draft: &Draft<'_>, found: &mut Found) {
    found.extend(layout_fits(format, draft.input.layout));
    if let Some(alpha) = draft.input.alpha {
        found.extend(alpha_is_settled(format, alpha, draft.output.channels));
        if let Some(background) = &draft.input.background {
            found.extend(background_is_settled(format, alpha, background.as_ref().map(|fill| fill.0.len())));
        }
    }
    found.extend(yuv_has_its_words(format, draft.input.matrix.flatten(), draft.input.range.flatten()));
    if let Some(channels) = draft.output.channels {
        found.extend(channels_exist(format, channels));
        if let Some(gray) = draft.input.gray {
            found.extend(gray_is_settled(format, gray, channels));
        }
    }
    if format.sample() != Sample::U8 && draft.keeps_pixels() {
        let message = format!(
            "output: u8 stores pixel values 0 to 255, and {format} has others; write f32, or say its scale: \
             output(.., u8, .., scale = ..)"
        );
        found.push((Subject::of("output", "element"), message));
    }
}

/// Every output channel is one of the source's, or gray of its colours; gray is repeated where colours are wanted.
fn channels_exist(format: PixelFormat, channels: ChannelOrder) -> Option<(Subject, String)> {
    let source = format.order();
    let makes = |order: ChannelOrder| match (source, order) {
        (_, ChannelOrder::Gray) => true,
        (ChannelOrder::Gray, order) => !order.has_alpha(),
        (source, order) => order.letters().chars().all(|letter| source.letters().contains(letter)),
    };
    if makes(channels) {
        return None;
    }
    let fits = ChannelOrder::ALL.iter().filter(|order| makes(**order)).map(|order| format!("output({order}, ..)"));
    let fits = fits.collect::<Vec<_>>().join(" or ");
    let message = format!("output({channels}): input({format}) has no alpha channel; write {fits}, or another input");
    Some((Subject::of("output", "channels"), message))
}

/// `gray` is said exactly when colours become gray.
fn gray_is_settled(format: PixelFormat, gray: Option<Gray>, channels: ChannelOrder) -> Option<(Subject, String)> {
    let becomes = channels == ChannelOrder::Gray && format.order() != ChannelOrder::Gray;
    match gray {
        None if becomes && format.sample() == Sample::U8 => {
            let message = format!(
                "output(gray): say whose weights make gray of colours: input({format}, gray = pillow) or gray = opencv"
            );
            Some((Subject::of("output", "channels"), message))
        }
        _ if becomes && format.sample() != Sample::U8 => {
            let message = format!("output(gray): gray is made of u8 colours, and {format} has others");
            Some((Subject::of("output", "channels"), message))
        }
        Some(gray) if !becomes => {
            let message =
                format!("input({format}): output({channels}) makes no gray of colours; leave gray = {gray} out");
            Some((Subject::of("input", "gray"), message))
        }
        _ => None,
    }
}

/// `alpha` is said when the source has an alpha channel and the output has none.
fn alpha_is_settled(
    format: PixelFormat,
    alpha: Option<Alpha>,
    channels: Option<ChannelOrder>,
) -> Option<(Subject, String)> {
    if !format.order().has_alpha() {
        let alpha = alpha?;
        return Some((
            Subject::of("input", "alpha"),
            format!("input({format}): there is no alpha channel; leave alpha = {alpha} out"),
        ));
    }
    let channels = channels?;
    match alpha {
        Some(Alpha::Premultiply) => None,
        Some(alpha) if channels.has_alpha() => {
            let message =
                format!("input({format}): output({channels}) keeps the alpha channel; leave alpha = {alpha} out");
            Some((Subject::of("input", "alpha"), message))
        }
        None if !channels.has_alpha() => {
            let message = format!(
                "input({format}): output({channels}) has no alpha channel; \
                 say what becomes of it: input({format}, alpha = drop)"
            );
            Some((Subject::of("input", "format"), message))
        }
        _ => None,
    }
}

/// `background` is said exactly when the image lies over one.
fn background_is_settled(
    format: PixelFormat,
    alpha: Option<Alpha>,
    values: Option<usize>,
) -> Option<(Subject, String)> {
    let subject = Subject::of("input", "background");
    match (alpha, values) {
        (Some(Alpha::Over), None) => {
            let message = format!(
                "input({format}): alpha = over needs what lies behind: background = 255, or background = [r, g, b]"
            );
            Some((Subject::of("input", "alpha"), message))
        }
        (Some(Alpha::Over), Some(1 | 3)) | (_, None) => None,
        (Some(Alpha::Over), Some(count)) => {
            let message = format!("input: background has {count} values; write one number, or red, green and blue");
            Some((subject, message))
        }
        _ => Some((subject, "input: background goes with alpha = over; leave it out".to_owned())),
    }
}

/// `matrix` and `range` are about YUV.
fn yuv_has_its_words(format: PixelFormat, matrix: Option<Matrix>, range: Option<Range>) -> Option<(Subject, String)> {
    if format.is_yuv() {
        return None;
    }
    let (name, text) = match (matrix, range) {
        (Some(matrix), _) => ("matrix", matrix.name()),
        (None, Some(range)) => ("range", range.name()),
        (None, None) => return None,
    };
    let message = format!("input({format}): {name} is about YUV; leave {name} = {text} out");
    Some((Subject::of("input", name), message))
}

/// The planes of YUV are its own.
fn layout_fits(format: PixelFormat, layout: Option<Layout>) -> Option<(Subject, String)> {
    (format.is_yuv() && layout == Some(Layout::Chw)).then(|| {
        let message = format!("input({format}): {format} says how its planes lie; leave chw out");
        (Subject::of("input", "layout"), message)
    })
}
