//! The numbers of `normalize`.

use super::{Found, MOST_CHANNELS, Subject, length_fits, not_finite};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::spelling::number;
use crate::{ChannelOrder, Normalize, Number, Order, PixelFormat, Sample};

const SCALE: Subject = Subject::of("normalize", "scale");
const MEAN: Subject = Subject::of("normalize", "mean");
const STD: Subject = Subject::of("normalize", "std");
const EPS: Subject = Subject::of("normalize", "eps");

pub(super) fn normalize_is_sound(
    normalize: &Normalize,
    format: Option<PixelFormat>,
    channels: Option<ChannelOrder>,
    found: &mut Found,
) {
    let before = found.len();
    if let Number::Known(scale) = normalize.scale {
        if !scale.is_finite() {
            found.push((SCALE, not_finite("normalize: scale", scale)));
        } else if scale == 0.0 {
            found.push((SCALE, "normalize: scale is 0: every value would be the same".to_owned()));
        }
    }
    if let Number::Known(mean) = &normalize.mean {
        list_is_sound("mean", mean, channels, MEAN, found);
    }
    if let Number::Known(std) = &normalize.std {
        list_is_sound("std", std, channels, STD, found);
        for (index, _) in std.iter().enumerate().take(MOST_CHANNELS).filter(|(_, value)| **value == 0.0) {
            let message = format!("normalize: {} is 0: a value cannot be divided by it", item("std", std, index));
            found.push((STD.item(index), message));
        }
    }
    if let Number::Known(eps) = normalize.eps
        && !eps.is_finite()
    {
        found.push((EPS, not_finite("normalize: eps", eps)));
    }
    // Folding starts from numbers and lengths that are right.
    if found.len() == before {
        constants_fit(normalize, found);
    }
    if found.len() == before {
        found.extend(format.and_then(|format| numbers_are_scaled(normalize, format.sample())));
    }
    if found.len() == before && normalize.order != Order::Fused {
        order_can_be_kept(normalize, found);
    }
}

fn list_is_sound(name: &str, values: &[f64], channels: Option<ChannelOrder>, subject: Subject, found: &mut Found) {
    found.extend(length_fits("normalize", name, values.len(), channels).map(|message| (subject, message)));
    for (index, value) in values.iter().enumerate().take(MOST_CHANNELS).filter(|(_, value)| !value.is_finite()) {
        found.push((subject.item(index), not_finite(&format!("normalize: {}", item(name, values, index)), *value)));
    }
}

/// The constants of the kernel, `scale / (std + eps)` and `mean / (std + eps)`, are numbers of f32.
fn constants_fit(normalize: &Normalize, found: &mut Found) {
    let (Number::Known(std), Number::Known(eps)) = (&normalize.std, &normalize.eps) else { return };
    let before = found.len();
    for (index, divisor) in std.iter().map(|std| std + eps).enumerate().take(MOST_CHANNELS) {
        let sum = format!("{} + eps", item("std", std, index));
        if divisor == 0.0 {
            found.push((EPS, format!("normalize: {sum} is 0: a value cannot be divided by it")));
        } else if !divisor.is_finite() {
            found.push((EPS, format!("normalize: {sum} is not a finite number")));
        } else if let Number::Known(scale) = normalize.scale {
            let factor = (scale / divisor) as f32;
            let subject = STD.item(index);
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
            found.push((MEAN.item(of(mean)), message));
        }
    }
}

/// `mean` and `std` of pixel values as they are stored are not taken from pixels that were scaled to 0 to 1 without a
/// word.
fn numbers_are_scaled(normalize: &Normalize, sample: Sample) -> Option<(Subject, String)> {
    let default = Normalize::of(sample).scale;
    if normalize.scale_written || normalize.scale != default || sample == Sample::F32 {
        return None;
    }
    let (name, index, value) = normalize.of_pixels()?;
    let (subject, list) = if name == "mean" { (MEAN, &normalize.mean) } else { (STD, &normalize.std) };
    let (item, white) = (item(name, list.known()?, index), sample.white());
    let message = format!(
        "normalize: {item} = {} is above {}: it is one of pixel values 0 to {white}, and the default scale = 1/{white} \
         makes them 0 to 1; write scale = 1, or divide mean and std by {white}; if it is meant so, write scale = 1/{white}",
        number(value),
        number(Normalize::MOST),
    );
    Some((subject.item(index), message))
}

/// Another order than one multiply-add works from the numbers themselves, and in f32.
fn order_can_be_kept(normalize: &Normalize, found: &mut Found) {
    let order = normalize.order;
    for &(subject, open) in &[
        (SCALE, normalize.scale.is_later()),
        (MEAN, normalize.mean.is_later()),
        (STD, normalize.std.is_later()),
        (EPS, normalize.eps.is_later()),
    ] {
        if open {
            let name = subject.argument;
            let message = format!("normalize: order = {order} needs every number; write {name}, or leave order out");
            found.push((subject, message));
        }
    }
    let Normalize { scale: Number::Known(scale), mean: Number::Known(mean), std: Number::Known(std), .. } = normalize
    else {
        return;
    };
    let Number::Known(eps) = normalize.eps else { return };
    // These work in f64, or with the constants that were found to fit.
    if matches!(order, Order::Numpy | Order::Paddleocr) {
        return;
    }
    let mut require = |subject: Subject, what: String, values: [f64; 2], zero: bool| {
        for (what, value) in &[(what.clone(), values[0]), (format!("{what} / scale"), values[1])] {
            let value = *value as f32;
            let fault = match value.is_finite() {
                true if zero || value != 0.0 => continue,
                true => "is 0",
                false => "overflows",
            };
            found.push((subject, format!("normalize: order = {order} works in f32, where {what} {fault}")));
            return;
        }
    };
    require(SCALE, "scale".to_owned(), [*scale, 1.0], false);
    if order == Order::Rapidocr {
        return;
    }
    require(SCALE, "1".to_owned(), [1.0, 1.0 / scale], false);
    for (index, value) in mean.iter().enumerate() {
        require(MEAN.item(index), item("mean", mean, index), [*value, value / scale], true);
    }
    for (index, value) in std.iter().enumerate() {
        let sum = value + eps;
        let name = item("std", std, index);
        let name = if eps == 0.0 { name } else { format!("({name} + eps)") };
        require(STD.item(index), name, [sum, sum / scale], false);
    }
}

/// `std` for a single number, `std[1]` for one of a list.
fn item(name: &str, values: &[f64], index: usize) -> String {
    if values.len() == 1 { name.to_owned() } else { format!("{name}[{index}]") }
}
