//! The rulebook: what the values of a declaration must be to each other.
//!
//! It knows no positions. Each broken rule names the [`Subject`] it is about: [`check`](crate::check) points at it, and
//! [`Spec::bind`](crate::Spec::bind), where numbers come from a program, has the sentence alone.

use crate::text::number;
use crate::{Alpha, ChannelOrder, Element, MAX_SIDE, Normalize, Number, PixelFormat};

/// What a broken rule is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Subject {
    Format,
    Alpha,
    Channels,
    Normalize,
    Scale,
    /// The whole list, or one of it.
    Mean(Option<usize>),
    /// The whole list, or one of it.
    Std(Option<usize>),
    Eps,
}

/// As much of a declaration as could be read. What is unknown breaks no rule.
pub(crate) struct Draft<'a> {
    pub(crate) format: Option<PixelFormat>,
    /// Known to be written or not.
    pub(crate) alpha: Option<Option<Alpha>>,
    pub(crate) channels: Option<ChannelOrder>,
    pub(crate) element: Option<Element>,
    pub(crate) normalize: Option<&'a Normalize>,
}

/// No output has more channels: a longer list is an error by its length, and its further values are no news.
const MOST_CHANNELS: usize = 4;

/// A side of the resized image, or what is wrong with it.
pub(crate) fn side(name: &str, value: f64) -> Result<u32, String> {
    if value >= 1.0 && value <= f64::from(MAX_SIDE) && value.fract() == 0.0 {
        return Ok(value as u32);
    }
    Err(format!("{}, found {}", side_expected(name), number(value)))
}

/// What a side must be.
pub(crate) fn side_expected(name: &str) -> String {
    format!("{name} must be an integer from 1 to {MAX_SIDE} or `_`")
}

pub(crate) fn not_finite(place: &str, value: f64) -> String {
    format!("{place}: {} is not a finite number", number(value))
}

/// Every broken rule of a draft.
pub(crate) fn broken(draft: &Draft<'_>) -> Vec<(Subject, String)> {
    let mut found = Vec::new();
    if let (Some(format), Some(channels)) = (draft.format, draft.channels) {
        found.extend(channels_exist(format, channels));
    }
    if let (Some(format), Some(alpha)) = (draft.format, draft.alpha) {
        found.extend(alpha_is_settled(format, alpha, draft.channels));
    }
    if let Some(normalize) = draft.normalize {
        if draft.element == Some(Element::U8) {
            let message = "normalize: output(u8) stores pixel values 0 to 255; \
                           write output(.., f32, ..) or leave normalize out";
            found.push((Subject::Normalize, message.to_owned()));
        }
        normalize_is_sound(normalize, draft.channels, &mut found);
    }
    found
}

/// Every output channel is one of the source's.
fn channels_exist(format: PixelFormat, channels: ChannelOrder) -> Option<(Subject, String)> {
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
    Some((Subject::Channels, message))
}

/// `alpha` is said exactly when the source has an alpha channel and the output has none.
fn alpha_is_settled(
    format: PixelFormat,
    alpha: Option<Alpha>,
    channels: Option<ChannelOrder>,
) -> Option<(Subject, String)> {
    if !format.order().has_alpha() {
        let alpha = alpha?;
        return Some((
            Subject::Alpha,
            format!("input({format}): there is no alpha channel; leave alpha = {alpha} out"),
        ));
    }
    let channels = channels?;
    match alpha {
        Some(alpha) if channels.has_alpha() => {
            let message =
                format!("input({format}): output({channels}) keeps the alpha channel; leave alpha = {alpha} out");
            Some((Subject::Alpha, message))
        }
        None if channels.channels() == 3 => {
            let message = format!(
                "input({format}): output({channels}) has no alpha channel; \
                 say what becomes of it: input({format}, alpha = drop)"
            );
            Some((Subject::Format, message))
        }
        _ => None,
    }
}

fn normalize_is_sound(normalize: &Normalize, channels: Option<ChannelOrder>, found: &mut Vec<(Subject, String)>) {
    let before = found.len();
    if let Number::Known(scale) = normalize.scale {
        if !scale.is_finite() {
            found.push((Subject::Scale, not_finite("normalize: scale", scale)));
        } else if scale == 0.0 {
            found.push((Subject::Scale, "normalize: scale is 0: every value would be the same".to_owned()));
        }
    }
    if let Number::Known(mean) = &normalize.mean {
        list_is_sound("mean", mean, channels, Subject::Mean, found);
    }
    if let Number::Known(std) = &normalize.std {
        list_is_sound("std", std, channels, Subject::Std, found);
        for (index, _) in std.iter().enumerate().take(MOST_CHANNELS).filter(|(_, value)| **value == 0.0) {
            let message = format!("normalize: {} is 0: a value cannot be divided by it", item("std", std, index));
            found.push((Subject::Std(Some(index)), message));
        }
    }
    if let Number::Known(eps) = normalize.eps
        && !eps.is_finite()
    {
        found.push((Subject::Eps, not_finite("normalize: eps", eps)));
    }
    // Folding starts from numbers and lengths that are right.
    if found.len() == before {
        constants_fit(normalize, found);
    }
}

fn list_is_sound(
    name: &str,
    values: &[f64],
    channels: Option<ChannelOrder>,
    subject: fn(Option<usize>) -> Subject,
    found: &mut Vec<(Subject, String)>,
) {
    let count = values.len();
    if count == 0 {
        let message = format!("normalize: {name} is an empty list; write one number, or one for each channel");
        found.push((subject(None), message));
    }
    if let Some(order) = channels
        && count > 1
        && count != order.channels()
    {
        let has = match order.channels() {
            1 => "1 channel; write one number".to_owned(),
            channels => format!("{channels} channels; write one number, or {channels}"),
        };
        found.push((subject(None), format!("normalize: {name} has {count} values and output({order}) has {has}")));
    }
    for (index, value) in values.iter().enumerate().take(MOST_CHANNELS).filter(|(_, value)| !value.is_finite()) {
        found.push((subject(Some(index)), not_finite(&format!("normalize: {}", item(name, values, index)), *value)));
    }
}

/// The constants of the kernel, `scale / (std + eps)` and `mean / (std + eps)`, are numbers of f32.
fn constants_fit(normalize: &Normalize, found: &mut Vec<(Subject, String)>) {
    let (Number::Known(std), Number::Known(eps)) = (&normalize.std, &normalize.eps) else { return };
    let before = found.len();
    for (index, divisor) in std.iter().map(|std| std + eps).enumerate().take(MOST_CHANNELS) {
        let sum = format!("{} + eps", item("std", std, index));
        if divisor == 0.0 {
            found.push((Subject::Eps, format!("normalize: {sum} is 0: a value cannot be divided by it")));
        } else if !divisor.is_finite() {
            found.push((Subject::Eps, format!("normalize: {sum} is not a finite number")));
        } else if let Number::Known(scale) = normalize.scale {
            let factor = (scale / divisor) as f32;
            let subject = Subject::Std(Some(index));
            if !factor.is_finite() {
                found.push((subject, format!("normalize: scale / ({sum}) overflows f32; write a larger std")));
            } else if factor == 0.0 {
                let message = "is 0 in f32: every value would be the same; write a smaller std";
                found.push((subject, format!("normalize: scale / ({sum}) {message}")));
            }
        }
    }
    let Number::Known(mean) = &normalize.mean else { return };
    if found.len() > before {
        return;
    }
    for channel in 0..mean.len().max(std.len()).min(MOST_CHANNELS) {
        // A list of one value stands for every channel. Lists of different lengths are an error that the number of
        // channels tells, and that number may not be known.
        let of = |list: &[f64]| if list.len() == 1 { 0 } else { channel };
        let (Some(value), Some(divisor)) = (mean.get(of(mean)), std.get(of(std))) else { return };
        if !((value / (divisor + eps)) as f32).is_finite() {
            let (mean_item, std_item) = (item("mean", mean, of(mean)), item("std", std, of(std)));
            let message = format!("normalize: {mean_item} / ({std_item} + eps) overflows f32; write a larger std");
            found.push((Subject::Mean(Some(of(mean))), message));
        }
    }
}

/// `std` for a single number, `std[1]` for one of a list.
fn item(name: &str, values: &[f64], index: usize) -> String {
    if values.len() == 1 { name.to_owned() } else { format!("{name}[{index}]") }
}
