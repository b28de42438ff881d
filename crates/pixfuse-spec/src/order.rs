//! `normalize` as other libraries compute it: the same formula, other roundings.

use crate::Order;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// The numbers of one output channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChannelNumbers {
    /// Factor on the pixel value.
    pub scale: f64,
    /// Subtracted.
    pub mean: f64,
    /// Divided by.
    pub std: f64,
    /// Added to `std`.
    pub eps: f64,
}

impl Order {
    /// The result for one pixel value: `(x * scale - mean) / (std + eps)` with this order's operations, in f32 unless
    /// said otherwise.
    ///
    /// ```
    /// use pixfuse_spec::{ChannelNumbers, Order};
    ///
    /// let numbers = ChannelNumbers { scale: 1.0 / 255.0, mean: 0.485, std: 0.229, eps: 0.0 };
    /// assert_eq!(Order::Torchvision.normalize(200, numbers), (200.0f32 / 255.0 - 0.485) / 0.229);
    /// ```
    pub fn normalize(self, value: u8, numbers: ChannelNumbers) -> f32 {
        let ChannelNumbers { scale, mean, std, eps } = numbers;
        let (x, std) = (f32::from(value), std + eps);
        match self {
            // One multiply-add with constants folded in f64.
            Self::Fused => {
                let (factor, offset) = fused(numbers);
                x.mul_add(factor, offset)
            }
            // `ToTensor` (a division by 255), then `Normalize` (a subtraction, a division).
            Self::Torchvision => (scaled(x, scale) - mean as f32) / std as f32,
            // `ToDtype(scale=True)` multiplies by 1/255.
            Self::TorchvisionV2 => (x * scale as f32 - mean as f32) / std as f32,
            // `rescale` in f64, cast to f32, then `normalize`.
            Self::HfPil => ((f64::from(value) * scale) as f32 - mean as f32) / std as f32,
            // Mean and std are multiplied by 1 / scale first, and the pixel value stays as it is.
            Self::HfTorch => {
                let inverse = (1.0 / scale) as f32;
                (x - mean as f32 * inverse) / (std as f32 * inverse)
            }
            // `blobFromImage`: subtract, then multiply.
            Self::Opencv => (x - (mean / scale) as f32) * (scale / std) as f32,
            // f64 throughout.
            Self::Numpy => ((scaled_f64(value, scale) - mean) / std) as f32,
            // An f32 array times a number stays f32; less an f64 array it becomes f64.
            Self::Rapidocr => ((f64::from(x * scale as f32) - mean) / std) as f32,
            // In place, so that each of the two steps is rounded.
            Self::Paddleocr => x * (scale / std) as f32 + (-mean / std) as f32,
            // A scale that is a number of Python stays f32; tensors are bfloat16.
            Self::Llama4 => {
                let scaled = bfloat16(x * scale as f32);
                bfloat16(bfloat16(scaled - bfloat16(mean as f32)) / bfloat16(std as f32))
            }
        }
    }
}

/// Scale and offset of the fused form.
pub(crate) fn fused(ChannelNumbers { scale, mean, std, eps }: ChannelNumbers) -> (f32, f32) {
    // Adding zero turns -0 into 0, so that a mean of zero prints and stores as plain zero.
    ((scale / (std + eps)) as f32, (-mean / (std + eps) + 0.0) as f32)
}

/// `x * scale`, as a division where the scale is one over an integer: that is how `x / 255` is rounded.
fn scaled(x: f32, scale: f64) -> f32 {
    divisor(scale).map_or_else(|| x * scale as f32, |divisor| x / divisor as f32)
}

/// The same in f64.
fn scaled_f64(value: u8, scale: f64) -> f64 {
    let x = f64::from(value);
    divisor(scale).map_or_else(|| x * scale, |divisor| x / divisor)
}

/// The nearest bfloat16, ties to even; an infinity stays one.
fn bfloat16(value: f32) -> f32 {
    let bits = value.to_bits();
    if value.is_nan() {
        return value;
    }
    f32::from_bits((bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000)
}

/// The integer that a scale is one over, if it is.
fn divisor(scale: f64) -> Option<f64> {
    let divisor = (1.0 / scale).round();
    (divisor.abs() >= 1.0 && 1.0 / divisor == scale).then_some(divisor)
}
