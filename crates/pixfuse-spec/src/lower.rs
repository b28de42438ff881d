//! Spec to Plan: fold the constants, sink the channel swap into the store, drop what does nothing.

use crate::{ChannelOrder, Element, Filter, Load, Map, Normalize, Number, Plan, Resample, Spec, Store};

/// The plan of a checked declaration. Numbers written `_` stay open in it.
pub fn lower(spec: &Spec) -> Plan {
    let channels = spec.output.channels;
    Plan {
        load: Load { format: spec.input.format, channels: channels.channels(), layout: spec.input.layout },
        resample: resample(spec),
        map: map(spec),
        store: Store {
            channels,
            from: channel_swap(spec.input.format.order(), channels),
            element: spec.output.element,
            layout: spec.output.layout,
        },
    }
}

fn resample(spec: &Spec) -> Resample {
    let Some(resize) = &spec.resize else { return Resample::None };
    let (rows, columns, filter) = (resize.rows.clone(), resize.columns.clone(), resize.filter);
    match filter {
        Filter::Nearest | Filter::NearestExact | Filter::NearestFloor => Resample::OneTap { rows, columns, filter },
        Filter::Bilinear => Resample::TwoTaps { rows, columns, filter },
    }
}

fn map(spec: &Spec) -> Map {
    match (&spec.normalize, spec.output.element) {
        (None, Element::U8) => Map::Keep,
        (None, Element::F32) => Map::Convert,
        (Some(normalize), _) => mul_add(normalize, spec.output.channels.channels()),
    }
}

/// `(x * scale - mean) / (std + eps)` as `fma(x, a, b)` with `a = scale / (std + eps)` and `b = -mean / (std + eps)`.
///
/// Both are computed in f64 and rounded to f32 once: the definition of every f32 result.
fn mul_add(normalize: &Normalize, channels: usize) -> Map {
    let Normalize {
        scale: Number::Known(scale),
        mean: Number::Known(mean),
        std: Number::Known(std),
        eps: Number::Known(eps),
    } = normalize
    else {
        return Map::MulAdd { scale: Number::Later, offset: Number::Later };
    };
    // A list of one value stands for every channel.
    let of = |list: &[f64], channel: usize| list[if list.len() == 1 { 0 } else { channel }];
    let folded = |numerator: &dyn Fn(usize) -> f64| -> Vec<f32> {
        // Adding zero turns -0 into 0, so that a mean of zero prints and stores as plain zero.
        (0..channels).map(|channel| (numerator(channel) / (of(std, channel) + eps) + 0.0) as f32).collect()
    };
    let (factors, offsets) = (folded(&|_| *scale), folded(&|channel| -of(mean, channel)));
    if factors.iter().all(|&a| a == 1.0) && offsets.iter().all(|&b| b == 0.0) {
        return Map::Convert;
    }
    Map::MulAdd { scale: Number::Known(factors), offset: Number::Known(offsets) }
}

/// For each output channel, the source channel of the same letter.
fn channel_swap(source: ChannelOrder, output: ChannelOrder) -> Vec<usize> {
    let find = |letter| source.letters().find(letter).expect("the rulebook admits only channels that the source has");
    output.letters().chars().map(find).collect()
}
