//! Spec to Plan: fold the constants, sink the channel swap into the store, drop what does nothing.

use crate::clauses::PILLOW;
use crate::order::{ChannelNumbers, fused};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{
    Alpha, Antialiased, ChannelOrder, Composite, Convert, Element, Filter, FloatFilter, Frame, FrameSize, Letterbox,
    Like, Load, Map, Margins, Matrix, Normalize, Number, OneTap, Order, Plain, Plan, Precision, Range, Resample,
    Sampling, Separable, Spec, Store, TorchFilter,
};

/// The plan of a checked declaration. Numbers written `_` stay open in it.
pub fn lower(spec: &Spec) -> Plan {
    let channels = spec.output.channels;
    let (convert, order) = convert(spec);
    Plan {
        load: Load {
            format: spec.input.format,
            size: spec.input.size,
            convert,
            order,
            channels: channels.channels(),
            layout: spec.input.layout,
            orient: spec.input.orient,
        },
        frame: frame(spec),
        resample: resample(spec),
        map: map(spec),
        store: Store {
            channels,
            from: channel_swap(order, channels),
            element: spec.output.element,
            quantize: spec.output.quantize,
            layout: spec.output.layout,
            patches: spec.patches,
        },
    }
}

/// How pixels are converted, and the channels that they have then.
pub(crate) fn convert(spec: &Spec) -> (Convert, ChannelOrder) {
    let (input, output) = (&spec.input, spec.output.channels);
    let mut order = input.format.order();
    let mut convert = Convert::default();
    if input.format.is_yuv() {
        convert.yuv = Some((input.matrix.unwrap_or(Matrix::Bt601), input.range.unwrap_or(Range::Limited)));
    }
    let behind = |channel| input.background.as_ref().map_or(0, |fill| fill.channel(channel));
    convert.alpha = match input.alpha {
        Some(Alpha::Over) => Some(Composite::Over([behind(0), behind(1), behind(2)])),
        Some(Alpha::Premultiply) => Some(Composite::Premultiply),
        Some(Alpha::Drop) | None => None,
    };
    if convert.alpha.is_some() && !output.has_alpha() {
        order = if order == ChannelOrder::Rgba { ChannelOrder::Rgb } else { ChannelOrder::Bgr };
    }
    if output == ChannelOrder::Gray && order != ChannelOrder::Gray {
        (convert.gray, order) = (input.gray, ChannelOrder::Gray);
    }
    if order == ChannelOrder::Gray && output != ChannelOrder::Gray {
        (convert.repeat, order) = (true, output);
    }
    (convert, order)
}

fn frame(spec: &Spec) -> Frame {
    let size = match (&spec.resize, &spec.letterbox, &spec.tiles) {
        (first, _, Some(tiles)) => {
            FrameSize::Tiles { tiles: tiles.clone(), first: first.as_ref().map(|resize| resize.size) }
        }
        (Some(resize), ..) => FrameSize::Resize(resize.size),
        (None, Some(letterbox), None) => {
            let Letterbox { rows, columns, sampling: _, fill, rule, stride, scale_up } = letterbox.clone();
            FrameSize::Letterbox { rows, columns, rule, stride, scale_up, fill }
        }
        (None, None, None) => FrameSize::Keep,
    };
    let nothing = Margins::Fixed { top: 0, left: 0, bottom: 0, right: 0 };
    let pad = spec.pad.clone().filter(|pad| pad.margins != nothing);
    Frame { size, crop: spec.crop.clone(), pad }
}

fn resample(spec: &Spec) -> Resample {
    let Some(&Sampling { filter, antialias, like, pillow, precision, .. }) = spec.sampling() else {
        return Resample::None;
    };
    let torch = like == Some(Like::Torch);
    // torch's filter of floats is none of a kernel's: the plan is that of its u8 filter, which has the same geometry.
    let float = precision == Precision::F32 && like.is_none();
    let version = pillow.unwrap_or(PILLOW);
    let windowed = |filter| match float {
        true => Separable::Float(FloatFilter::Antialiased(filter)),
        false => Separable::Pillow { filter, version },
    };
    Resample::Separable(match filter {
        Filter::Nearest if torch => return Resample::OneTap(OneTap::TorchNearest),
        Filter::Nearest => return Resample::OneTap(OneTap::Nearest),
        Filter::NearestExact if torch => return Resample::OneTap(OneTap::TorchNearestExact),
        Filter::NearestExact => return Resample::OneTap(OneTap::NearestExact),
        Filter::NearestFloor => return Resample::OneTap(OneTap::NearestFloor),
        Filter::Area => Separable::Area,
        Filter::Lanczos4 => Separable::Lanczos4,
        Filter::Box => windowed(Antialiased::Box),
        Filter::Hamming => windowed(Antialiased::Hamming),
        Filter::Lanczos if torch => Separable::Torch(TorchFilter::Lanczos),
        Filter::Lanczos => windowed(Antialiased::Lanczos),
        Filter::Bilinear if antialias && torch => Separable::Torch(TorchFilter::Bilinear),
        Filter::Bilinear if antialias => windowed(Antialiased::Bilinear),
        Filter::Bilinear if float => Separable::Float(FloatFilter::Plain(Plain::Bilinear)),
        Filter::Bilinear if torch => Separable::Torch(TorchFilter::Plain(Plain::Bilinear)),
        Filter::Bilinear => return Resample::TwoTaps,
        Filter::Bicubic if antialias && torch => Separable::Torch(TorchFilter::Bicubic),
        Filter::Bicubic if antialias => windowed(Antialiased::Bicubic),
        Filter::Bicubic if float => Separable::Float(FloatFilter::Plain(Plain::Bicubic)),
        Filter::Bicubic => Separable::Torch(TorchFilter::Plain(Plain::Bicubic)),
    })
}

fn map(spec: &Spec) -> Map {
    let channels = spec.output.channels.channels();
    match &spec.normalize {
        None if spec.output.element == Element::U8 && spec.output.quantize.is_none() => Map::Keep,
        None => Map::Convert,
        Some(normalize) if normalize.order == Order::Fused => mul_add(normalize, channels),
        Some(normalize) => ordered(normalize, channels),
    }
}

/// A list of one value stands for every channel.
fn of(list: &[f64], channel: usize) -> f64 {
    list[if list.len() == 1 { 0 } else { channel }]
}

/// Another order of operations: one multiply-add where that gives the same for every pixel value, else a table.
fn ordered(normalize: &Normalize, channels: usize) -> Map {
    const CLOSED: &str = "the rulebook admits an order of operations only with known numbers";
    let each = |list: &Number<Vec<f64>>| -> Vec<f64> {
        let list = list.known().expect(CLOSED);
        (0..channels).map(|channel| of(list, channel)).collect()
    };
    let (scale, eps) = (*normalize.scale.known().expect(CLOSED), *normalize.eps.known().expect(CLOSED));
    let (order, mean, std) = (normalize.order, each(&normalize.mean), each(&normalize.std));
    let fuses = (0..channels).all(|channel| {
        let numbers = ChannelNumbers { scale, mean: mean[channel], std: std[channel], eps };
        // To the bit: a negative std makes -0 of 0 in one order and not in the other.
        (0..=255)
            .all(|value| order.normalize(value, numbers).to_bits() == Order::Fused.normalize(value, numbers).to_bits())
    });
    if fuses { mul_add(normalize, channels) } else { Map::Ordered { order, scale, mean, std, eps } }
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
        ..
    } = normalize
    else {
        return Map::MulAdd { scale: Number::Later, offset: Number::Later, order: normalize.order };
    };
    let (factors, offsets): (Vec<_>, Vec<_>) = (0..channels)
        .map(|channel| {
            fused(ChannelNumbers { scale: *scale, mean: of(mean, channel), std: of(std, channel), eps: *eps })
        })
        .unzip();
    if factors.iter().all(|&a| a == 1.0) && offsets.iter().all(|&b| b == 0.0) {
        return Map::Convert;
    }
    Map::MulAdd { scale: Number::Known(factors), offset: Number::Known(offsets), order: normalize.order }
}

/// For each output channel, the source channel of the same letter.
fn channel_swap(source: ChannelOrder, output: ChannelOrder) -> Vec<usize> {
    let find = |letter| source.letters().find(letter).expect("the rulebook admits only channels that the source has");
    output.letters().chars().map(find).collect()
}
