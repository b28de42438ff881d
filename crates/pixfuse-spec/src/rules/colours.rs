//! Channels of the source and of the tensor.

use super::Subject;
use crate::{Alpha, ChannelOrder, PixelFormat};

/// Every output channel is one of the source's.
pub(super) fn channels_exist(format: PixelFormat, channels: ChannelOrder) -> Option<(Subject, String)> {
    let source = format.order().letters();
    if channels.letters().chars().all(|letter| source.contains(letter)) {
        return None;
    }
    let fits: Vec<String> = ChannelOrder::ALL
        .iter()
        .filter(|order| order.letters().chars().all(|letter| source.contains(letter)))
        .map(|order| format!("output({order}, ..)"))
        .collect();
    let has = match format.order() {
        ChannelOrder::Gray => "gray",
        order if order.has_alpha() => "red, green, blue and alpha",
        _ => "red, green and blue",
    };
    let fits = fits.join(" or ");
    let message = format!("output({channels}): input({format}) has only {has}; write {fits}, or another input");
    Some((Subject::of("output", ChannelOrder::WHAT), message))
}

/// `alpha` is said exactly when the source has an alpha channel and the output has none.
pub(super) fn alpha_is_settled(
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
        Some(alpha) if channels.has_alpha() => {
            let message =
                format!("input({format}): output({channels}) keeps the alpha channel; leave alpha = {alpha} out");
            Some((Subject::of("input", "alpha"), message))
        }
        None if channels.channels() == 3 => {
            let message = format!(
                "input({format}): output({channels}) has no alpha channel; \
                 say what becomes of it: input({format}, alpha = drop)"
            );
            Some((Subject::of("input", PixelFormat::WHAT), message))
        }
        _ => None,
    }
}
