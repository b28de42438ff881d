//! From a resampled pixel value to an element: what kernels of the grid read, and what margins are filled with.

use pixfuse_spec::{ChannelNumbers, Element, Map, MapForm, MarginFill, Number, Order, Plan, Quantize};

use crate::kernel::Numbers;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::{Half, Steps};

/// The numbers of a plan's map, and its channel swap.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    element: Element,
    normalize: Normalize,
    swap: bool,
    steps: Steps,
    half: Half,
    /// The value of a white sample of the source.
    white: f64,
    /// For each output channel the element of each pixel value, where the kernel looks it up.
    tables: Option<Box<[[u32; 256]; 4]>>,
}

/// From a resampled value to a normalised one, for each output channel.
#[derive(Clone, Debug)]
enum Normalize {
    MulAdd { scale: [f32; 4], offset: [f32; 4] },
    Ordered { order: Order, channels: [ChannelNumbers; 4] },
}

impl Mapping {
    pub(crate) fn new(plan: &Plan) -> Self {
        let element = plan.store.element;
        let [least, most] = element.range().unwrap_or_default();
        let quantize = plan.store.quantize.unwrap_or(Quantize { scale: 1.0, zero_point: 0 });
        let mut mapping = Self {
            element,
            normalize: Normalize::of(&plan.map),
            swap: plan.store.from.first() == Some(&2),
            steps: Steps { scale: quantize.scale as f32, zero_point: quantize.zero_point, least, most },
            half: if element == Element::Bf16 { Half::Bf16 } else { Half::F16 },
            white: plan.load.format.sample().white(),
            tables: None,
        };
        if plan.shape().map == MapForm::Table {
            let table = |channel| std::array::from_fn(|value| mapping.element(channel, value as f32));
            mapping.tables = Some(Box::new([0, 1, 2, 3].map(table)));
        }
        mapping
    }

    /// As kernels read it.
    pub(crate) fn numbers(&self) -> Numbers<'_> {
        static NONE: [[u32; 256]; 4] = [[0; 256]; 4];
        let (scale, offset) = match self.normalize {
            Normalize::MulAdd { scale, offset } => (scale, offset),
            Normalize::Ordered { .. } => ([0.0; 4], [0.0; 4]),
        };
        let tables = self.tables.as_deref().unwrap_or(&NONE);
        Numbers { scale, offset, swap: self.swap, steps: self.steps, half: self.half, tables }
    }

    /// A resampled value in an output channel, normalised; it is an integer where another order than one multiply-add is
    /// declared.
    pub(crate) fn value(&self, channel: usize, value: f32) -> f32 {
        self.normalize.value(channel, value)
    }

    /// The bits of its element.
    ///
    /// A u8 that is kept comes out of this as it is: one step is worth 1 then, and the scale is 1.
    pub(crate) fn element(&self, channel: usize, value: f32) -> u32 {
        let value = self.value(channel, value);
        match self.element {
            Element::F32 => value.to_bits(),
            Element::F16 | Element::Bf16 => self.half.bits(value).into(),
            Element::U8 | Element::I8 => (self.steps.quantize(value) as u8).into(),
        }
    }

    /// The bits of the element of a margin: a pixel value is said as if white were 255.
    pub(crate) fn fill(&self, channel: usize, fill: &MarginFill) -> u32 {
        let fill = match fill {
            MarginFill::Pixel(fill) => fill,
            // Margins that mirror the image are copied, and have no value.
            MarginFill::Symmetric => return 0,
            MarginFill::Tensor(values) => {
                return nearest(self.element, values[if values.len() == 1 { 0 } else { channel }]);
            }
        };
        // One rounding: 255 divides the product for 8 and for 16 bits.
        let value = (f64::from(fill.channel(channel)) * self.white / 255.0) as f32;
        self.element(channel, value)
    }
}

/// The bits of the element that is nearest to a number, of those that have integers a whole one.
pub(crate) fn nearest(element: Element, value: f64) -> u32 {
    match element {
        Element::F32 => (value as f32).to_bits(),
        Element::F16 => Half::F16.bits(odd(value)).into(),
        Element::Bf16 => Half::Bf16.bits(odd(value)).into(),
        Element::U8 => (value as u8).into(),
        Element::I8 => (value as i8 as u8).into(),
    }
}

/// A number as an f32, towards zero, with its last bit set where that is another number: rounded to fewer bits it gives what the
/// number itself does.
fn odd(value: f64) -> f32 {
    let nearest = value as f32;
    if f64::from(nearest) == value {
        return nearest;
    }
    let is_beyond = f64::from(nearest).abs() > value.abs();
    f32::from_bits((nearest.to_bits() - u32::from(is_beyond)) | 1)
}

impl Normalize {
    fn of(map: &Map) -> Self {
        let (mut factors, mut offsets) = ([1.0; 4], [0.0; 4]);
        match map {
            Map::Keep | Map::Convert => {}
            Map::MulAdd { scale: Number::Known(scale), offset: Number::Known(offset), .. } => {
                factors[..scale.len()].copy_from_slice(scale);
                offsets[..offset.len()].copy_from_slice(offset);
            }
            Map::MulAdd { .. } => unreachable!("a pipeline has no open number"),
            Map::Ordered { order, scale, mean, std, eps } => {
                let numbers = |channel: usize| {
                    let channel = channel.min(mean.len() - 1);
                    ChannelNumbers { scale: *scale, mean: mean[channel], std: std[channel], eps: *eps }
                };
                return Self::Ordered { order: *order, channels: [0, 1, 2, 3].map(numbers) };
            }
        }
        Self::MulAdd { scale: factors, offset: offsets }
    }

    fn value(&self, channel: usize, value: f32) -> f32 {
        match self {
            Self::MulAdd { scale, offset } => value.mul_add(scale[channel], offset[channel]),
            Self::Ordered { order, channels } => order.normalize(value as u8, channels[channel]),
        }
    }
}

#[cfg(all(test, feature = "half"))]
mod tests {
    use half::{bf16, f16};

    use super::*;

    #[test]
    fn numbers_are_rounded_once_to_elements_of_16_bits() {
        // What lies between two elements has neighbours that no f32 tells apart from it.
        let power = |exponent| 2f64.powi(exponent);
        let of_f16 = [
            (2049.0, [2048.0, 2050.0]),
            (65520.0, [65504.0, f64::INFINITY]),
            (power(-25), [0.0, power(-24)]),
            (3.0 * power(-25), [power(-24), power(-23)]),
        ];
        for (middle, [below, above]) in of_f16 {
            let rounded = |value| f16::from_bits(nearest(Element::F16, value) as u16).to_f64();
            assert_eq!([middle.next_down(), middle.next_up()].map(rounded), [below, above]);
            assert_eq!([-middle.next_down(), -middle.next_up()].map(rounded), [-below, -above]);
        }
        for (middle, [below, above]) in [(257.0, [256.0, 258.0]), (power(-134), [0.0, power(-133)])] {
            let rounded = |value| bf16::from_bits(nearest(Element::Bf16, value) as u16).to_f64();
            assert_eq!([middle.next_down(), middle.next_up()].map(rounded), [below, above]);
        }
        for value in [0.0, 1e-320, -1e300, f64::from(f32::MAX), f64::INFINITY, f64::NAN] {
            assert_eq!(nearest(Element::F16, value), f16::from_f64(value).to_bits().into(), "{value:?}");
            assert_eq!(nearest(Element::Bf16, value), bf16::from_f64(value).to_bits().into(), "{value:?}");
        }
    }
}
