//! What to do about the mistakes that people make: the next step, as the end of a sentence, for this crate and for the
//! bridges to other languages. One mistake has one wording, wherever it is made.

use pixfuse_spec::{Input, Layout, PixelFormat, Sample};

#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// For many images in the place of one.
pub const BATCH: &str = "; `batch` takes many images";
/// For a path, or the bytes of a file, in the place of pixels.
pub const DECODE: &str = "; `decode` takes files";
/// For a class in the place of one of its instances.
pub const INSTANCE: &str = "; give an instance of it";
/// For memory of a GPU.
pub const ON_THE_CPU: &str = "; copy it to the CPU first";

/// A type of samples, as far as something can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// Truth values.
    Bool,
    /// One that `input(...)` can name.
    Sample(Sample),
    /// The same type, with its bytes in the other order.
    Swapped,
    /// A float of another size.
    Float,
    /// An integer of another size or sign.
    Integer,
    /// No numbers.
    Other,
}

/// For samples of another type than `input(...)` says.
pub fn samples(given: Given, input: &Input) -> String {
    let (format, wanted) = (input.format, input.format.sample());
    let other = |sample| with_samples(format, sample).map(|format| format!("write input({format})"));
    let steps = match (given, wanted) {
        (Given::Swapped, _) => vec!["put its bytes into this machine's order".to_owned()],
        (Given::Bool, Sample::U8) => vec!["give 0 and 255 as u8".to_owned()],
        (Given::Integer, Sample::U8) => vec!["make values of 0 to 255 u8".to_owned()],
        (Given::Integer, Sample::U16) => vec!["make values of 0 to 65535 u16".to_owned()],
        (Given::Float, Sample::F32) => vec!["make it f32".to_owned()],
        (Given::Sample(Sample::F32), Sample::U8) => {
            let bytes = "multiply values of 0 to 1 by 255, round them and make them u8".to_owned();
            other(Sample::F32).into_iter().chain([bytes]).collect()
        }
        (Given::Float, Sample::U8) => {
            let floats = other(Sample::F32).map(|write| format!("make it f32 and {write}"));
            let bytes = "multiply values of 0 to 1 by 255, round them and make them u8".to_owned();
            floats.into_iter().chain([bytes]).collect()
        }
        (Given::Sample(given), _) if given != wanted => other(given).into_iter().collect(),
        _ => Vec::new(),
    };
    if steps.is_empty() { String::new() } else { format!("; {}", steps.join(", or ")) }
}

/// For pixels of another number of channels than `input(...)` says.
pub fn channels(given: usize, input: &Input) -> String {
    use PixelFormat::*;
    match (input.format, given) {
        (Rgb8, 4) => "; write input(rgba8, alpha = drop)".into(),
        (Bgr8, 4) => "; write input(bgra8, alpha = drop)".into(),
        (Rgba8 | Gray8, 3) => "; write input(rgb8)".into(),
        (Bgra8, 3) => "; write input(bgr8)".into(),
        (Gray8, 4) => "; write input(rgba8, alpha = drop)".into(),
        (Gray16, 3) => "; write input(rgb16)".into(),
        (Gray32f, 3) => "; write input(rgb32f)".into(),
        (format, 1) if format.channels() > 1 && !format.is_yuv() => {
            let gray = with_samples(Gray8, format.sample()).unwrap_or(Gray8);
            format!("; write input({gray}) with output(rgb, ..), or give the gray three times")
        }
        _ => String::new(),
    }
}

/// For an array with axes of these lengths that is no image of `input(...)`.
pub fn shape(shape: &[usize], input: &Input) -> String {
    let wanted = input.format.channels();
    // Luma and chroma have axes of their own, which are named where they are read.
    if input.format.is_yuv() {
        return String::new();
    }
    match (input.layout, shape) {
        (Layout::Hwc, &[planes, ..]) if shape.len() == 3 && planes == wanted && wanted > 1 => {
            format!("; write {}", Input { layout: Layout::Chw, ..input.clone() })
        }
        (Layout::Chw, &[.., channels]) if shape.len() == 3 && channels == wanted && wanted > 1 => {
            format!("; write {}", Input { layout: Layout::Hwc, ..input.clone() })
        }
        (Layout::Hwc, &[_, _, given]) if given <= 4 => channels(given, input),
        (_, &[_, _]) => channels(1, input),
        (_, &[_]) => DECODE.into(),
        (_, &[_, _, _, _]) => BATCH.into(),
        _ => String::new(),
    }
}

/// The format of the same channels with other samples.
fn with_samples(format: PixelFormat, sample: Sample) -> Option<PixelFormat> {
    use PixelFormat::*;
    const SAME: [[PixelFormat; 3]; 3] = [[Gray8, Gray16, Gray32f], [Rgb8, Rgb16, Rgb32f], [Bgr8, Bgr16, Bgr32f]];
    SAME.iter().find(|same| same.contains(&format))?.iter().copied().find(|format| format.sample() == sample)
}
