//! The numbers that make an integer of a normalised value.

use super::{Subject, not_finite};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::spelling::number;
use crate::{Element, Quantize};

const SCALE: Subject = Subject::of("output", "scale");
const ZERO_POINT: Subject = Subject::of("output", "zero_point");

pub(super) fn quantize_is_sound(element: Element, quantize: Option<Quantize>) -> Option<(Subject, String)> {
    let Some(Quantize { scale, zero_point }) = quantize else {
        let message = "output: i8 needs its scale; write output(.., i8, .., scale = .., zero_point = 0)";
        return (element == Element::I8).then(|| (Subject::of("output", "element"), message.to_owned()));
    };
    let Some([least, most]) = element.range() else {
        let message = format!("output: scale goes with i8 and u8; leave it out, {element} holds the value itself");
        return Some((SCALE, message));
    };
    if !scale.is_finite() {
        return Some((SCALE, not_finite("output: scale", scale)));
    }
    if !(scale as f32 > 0.0 && (scale as f32).is_finite()) {
        return Some((SCALE, format!("output: scale must be above 0 in f32, found {}", number(scale))));
    }
    let message =
        format!("output: zero_point of {element} must be an integer from {least} to {most}, found {zero_point}");
    (!(least..=most).contains(&zero_point)).then_some((ZERO_POINT, message))
}
