//! The rulebook: what the values of a declaration must be to each other.
//!
//! It knows no positions. Each broken rule names the [`Subject`] it is about: [`check`](crate::check) points at it, and
//! [`Spec::bind`](crate::Spec::bind), where numbers come from a program, has the sentence alone.

mod colours;
mod framing;
mod normalize;
mod patches;
mod quantize;
mod sampling;
mod tiles;

use crate::clauses::{InputDraft, OutputDraft};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::spelling::number;
use crate::subject::Subject;
use crate::{
    ChannelOrder, Crop, Element, Letterbox, Normalize, Order, Pad, Patches, Precision, Resize, Sample, Spec, Tiles,
};

/// Broken rules: what each is about, and the sentence.
type Found = Vec<(Subject, String)>;

/// As much of a declaration as could be read. What is unknown or left open breaks no rule.
pub(crate) struct Draft<'a> {
    pub(crate) input: InputDraft,
    pub(crate) resize: Option<&'a Resize>,
    pub(crate) letterbox: Option<&'a Letterbox>,
    pub(crate) tiles: Option<&'a Tiles>,
    pub(crate) crop: Option<&'a Crop>,
    pub(crate) pad: Option<&'a Pad>,
    pub(crate) normalize: Option<&'a Normalize>,
    pub(crate) output: OutputDraft,
    pub(crate) patches: Option<&'a Patches>,
}

impl<'a> Draft<'a> {
    pub(crate) fn whole(spec: &'a Spec) -> Self {
        Self {
            input: (&spec.input).into(),
            resize: spec.resize.as_ref(),
            letterbox: spec.letterbox.as_ref(),
            tiles: spec.tiles.as_ref(),
            crop: spec.crop.as_ref(),
            pad: spec.pad.as_ref(),
            normalize: spec.normalize.as_ref(),
            output: (&spec.output).into(),
            patches: spec.patches.as_ref(),
        }
    }

    /// Whether the output is known to hold pixel values, which nothing was done to.
    fn keeps_pixels(&self) -> bool {
        self.output.element == Some(Element::U8) && self.output.quantize == Some(None)
    }
}

/// No output has more channels: a longer list is an error by its length, and its further values are no news.
const MOST_CHANNELS: usize = 4;

pub(crate) fn not_finite(place: &str, value: f64) -> String {
    format!("{place}: {} is not a finite number", number(value))
}

/// Every broken rule of a draft.
pub(crate) fn broken(draft: &Draft<'_>) -> Vec<(Subject, String)> {
    let mut found = Vec::new();
    if let Some(format) = draft.input.format {
        colours::input_is_sound(format, draft, &mut found);
    }
    if let Some(resize) = draft.resize {
        sampling::sampling_exists("resize", &resize.sampling, draft, &mut found);
    }
    if let Some(letterbox) = draft.letterbox {
        sampling::sampling_exists("letterbox", &letterbox.sampling, draft, &mut found);
    }
    if let Some(tiles) = draft.tiles {
        sampling::sampling_exists("tiles", &tiles.sampling, draft, &mut found);
        tiles::tiles_are_sound(tiles, draft, &mut found);
    }
    framing::frame_is_sound(draft, &mut found);
    patches::patches_are_sound(draft, &mut found);
    if let Some(normalize) = draft.normalize {
        if draft.keeps_pixels() {
            let message = "normalize: output(u8) stores pixel values 0 to 255; \
                           write output(.., f32, ..) or leave normalize out";
            found.push((Subject::clause("normalize"), message.to_owned()));
        }
        normalize::normalize_is_sound(normalize, draft.input.format, draft.output.channels, &mut found);
        found.extend(order_has_its_values(draft, normalize.order));
    }
    if let (Some(element), Some(quantize)) = (draft.output.element, draft.output.quantize) {
        found.extend(quantize::quantize_is_sound(element, quantize));
    }
    found
}

/// The orders of operations are defined on the 256 values of a u8.
fn order_has_its_values(draft: &Draft<'_>, order: Order) -> Option<(Subject, String)> {
    if let Some(format) = draft.input.format.filter(|format| format.sample() != Sample::U8 && order != Order::Fused) {
        let message =
            format!("normalize: order = {order} starts from u8 values, and {format} has others; leave it out");
        return Some((Subject::of("normalize", "order"), message));
    }
    let resize = draft.resize.map(|resize| ("resize", resize.sampling));
    let letterbox = draft.letterbox.map(|letterbox| ("letterbox", letterbox.sampling));
    let tiles = draft.tiles.map(|tiles| ("tiles", tiles.sampling));
    let (clause, sampling) = resize.or(letterbox).or(tiles)?;
    // torch's filter of floats says itself which order it has.
    if order == Order::Fused || sampling.precision == Precision::U8 || sampling.like.is_some() {
        return None;
    }
    let message = format!(
        "normalize: order = {order} starts from u8 values and {clause}(.., precision = {}) makes others; \
         leave one of them out",
        sampling.precision
    );
    Some((Subject::of("normalize", "order"), message))
}

/// A list has one value, or one for each channel.
fn length_fits(clause: &str, name: &str, count: usize, channels: Option<ChannelOrder>) -> Option<String> {
    if count == 0 {
        return Some(format!("{clause}: {name} is an empty list; write one number, or one for each channel"));
    }
    let order = channels.filter(|order| count > 1 && count != order.channels())?;
    let has = match order.channels() {
        1 => "1 channel; write one number".to_owned(),
        channels => format!("{channels} channels; write one number, or {channels}"),
    };
    Some(format!("{clause}: {name} has {count} values and output({order}) has {has}"))
}
