//! A source pixel by pixel, in the channels that a declaration works with: what conversions by rows must equal.

use pixfuse_spec::{Composite, Convert, Load};

use crate::ImageRef;
use crate::kernel::{YuvToRgb, gray, over};

/// The source as kernels see it: each pixel converted when it is read.
pub(crate) struct Source<'a> {
    pub(crate) image: ImageRef<'a>,
    pub(crate) load: Load,
}

impl Source<'_> {
    /// A channel of the converted pixel; the image has u8 samples.
    pub(crate) fn get(&self, row: usize, column: usize, channel: usize) -> u8 {
        let Self { image, load } = self;
        let Convert { yuv, alpha, gray: rule, repeat } = load.convert;
        if !load.needs_conversion() {
            return image.get(row, column, if repeat { 0 } else { channel });
        }
        let letters = load.format.order().letters();
        let colour = |letter: char| {
            if let Some((matrix, range)) = yuv {
                let rgb = YuvToRgb::new(matrix, range).pixel(image.luma_and_chroma(row, column));
                return rgb["rgb".find(letter).expect("YUV has no alpha")];
            }
            image.get(row, column, letters.find(letter).expect("the rulebook admits only channels that there are"))
        };
        let composite = |letter: char| match alpha {
            None => colour(letter),
            Some(_) if letter == 'a' => colour(letter),
            Some(Composite::Premultiply) => over(colour(letter), 0, colour('a')),
            Some(Composite::Over(behind)) => {
                over(colour(letter), behind["rgb".find(letter).expect("a colour")], colour('a'))
            }
        };
        match rule {
            Some(rule) => gray(rule, ['r', 'g', 'b'].map(composite)),
            None => composite(load.order.letters().as_bytes()[channel].into()),
        }
    }

    /// The same as f32, of samples of any type.
    pub(crate) fn value(&self, row: usize, column: usize, channel: usize) -> f32 {
        if self.load.is_wide() {
            return self.image.value(row, column, if self.load.convert.repeat { 0 } else { channel });
        }
        self.get(row, column, channel).into()
    }
}
