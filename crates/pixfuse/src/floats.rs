//! torch's bilinear filter of floats: pixels are rescaled, then resized, then normalised, all in f32.
//!
//! Equal in every bit to PyTorch 2.15 on x86-64 with AVX2 or AVX-512, whose loop over taps multiplies and adds four of them
//! at a time, and fuses the two for the rest. Written plainly, so that it is its own twin.

use std::mem::MaybeUninit;

use pixfuse_spec::{Layout, Load, Normalize, Spec};

use crate::memory::{NoMemory, push, repeated, room};
use crate::source::Source;
use crate::{Error, TensorElement};

/// What becomes of pixel values before and after the resize.
#[derive(Clone, Debug)]
pub(crate) struct Floats {
    scale: f32,
    /// Of each output channel: which loaded one it is, its mean and its std.
    channels: Vec<(usize, f32, f32)>,
    layout: Layout,
}

impl Floats {
    /// What a declaration says; nothing where it resizes something else. `from` has the loaded channel of each output channel.
    pub(crate) fn of(spec: &Spec, from: &[usize]) -> Option<Self> {
        let normalize = spec.normalize.as_ref().filter(|_| spec.resizes_floats());
        let Normalize { scale, mean, std, eps, .. } = normalize?;
        let known = |list: Option<&Vec<f64>>, channel: usize, otherwise: f64| {
            list.map_or(otherwise, |list| list[if list.len() == 1 { 0 } else { channel }])
        };
        let channel = |(channel, from): (usize, &usize)| {
            let mean = known(mean.known(), channel, 0.0) as f32;
            let std = (known(std.known(), channel, 1.0) + eps.known().copied().unwrap_or(0.0)) as f32;
            (*from, mean, std)
        };
        Some(Self {
            scale: scale.known().copied().unwrap_or(1.0) as f32,
            channels: from.iter().enumerate().map(channel).collect(),
            layout: spec.output.layout,
        })
    }

    /// Whether torch has this result too. Of several rows of one column it makes the first one again and again.
    ///
    /// # Errors
    /// When it has not.
    pub(crate) fn check(source: [usize; 2], resized: [usize; 2]) -> Result<(), Error> {
        if source[0] > 1 && resized[0] > 1 && resized[1] == 1 {
            return Err(Error::Image(format!(
                "resize: {} rows x {} columns become {} rows of one column, of which torch makes no image; give a wider one",
                source[0], source[1], resized[0]
            )));
        }
        Ok(())
    }

    /// Runs into an output of `resized` rows and columns, or into the top left of a frame of zeros.
    pub(crate) fn run<T: TensorElement>(
        &self,
        source: &Source<'_>,
        resized: [usize; 2],
        frame: Option<[usize; 2]>,
        out: &mut [MaybeUninit<T>],
    ) -> Result<(), NoMemory> {
        let [rows, columns] = source.size();
        let (down, across) = (Taps::new(rows, resized[0])?, Taps::new(columns, resized[1])?);
        let [_, wide] = frame.unwrap_or(resized);
        if frame.is_some() {
            out.fill(MaybeUninit::new(T::nearest(0.0)));
        }
        let plane = out.len() / self.channels.len();
        // Rows that were resized across, in a ring: those that the taps of one output row reach.
        let ring = down.most();
        let mut lines = repeated(0.0_f32, ring * resized[1])?;
        let (mut line, mut sums) = (repeated(0.0_f32, columns)?, repeated(0.0_f32, resized[1])?);
        for (channel, (from, mean, std)) in self.channels.iter().enumerate() {
            let mut made = 0;
            for row in 0..resized[0] {
                let (first, weights) = down.of(row);
                for y in made.max(first)..first + weights.len() {
                    source.line(y, *from, &mut line);
                    line.iter_mut().for_each(|value| *value *= self.scale);
                    let place = y % ring * resized[1];
                    for (column, value) in lines[place..place + resized[1]].iter_mut().enumerate() {
                        let (first, weights) = across.of(column);
                        *value = sum(weights, &line[first..]);
                    }
                }
                made = first + weights.len();
                let of = |tap: usize| &lines[(first + tap) % ring * resized[1]..][..resized[1]];
                for (value, pixel) in sums.iter_mut().zip(of(0)) {
                    *value = pixel * weights[0];
                }
                for (tap, weight) in weights.iter().enumerate().skip(1) {
                    let values = sums.iter_mut().zip(of(tap));
                    if is_fused(tap, weights.len()) {
                        values.for_each(|(value, pixel)| *value = pixel.mul_add(*weight, *value));
                    } else {
                        values.for_each(|(value, pixel)| *value += pixel * weight);
                    }
                }
                for (column, value) in sums.iter().enumerate() {
                    let place = match self.layout {
                        Layout::Chw => channel * plane + row * wide + column,
                        Layout::Hwc => (row * wide + column) * self.channels.len() + channel,
                    };
                    out[place].write(T::nearest(f64::from((value - mean) / std)));
                }
            }
        }
        Ok(())
    }
}

/// Whether the product of a tap is added without a rounding: behind the first one those that fill no block of four.
fn is_fused(tap: usize, taps: usize) -> bool {
    tap > (taps - 1) / 4 * 4
}

/// The weighted sum of pixels.
fn sum(weights: &[f32], pixels: &[f32]) -> f32 {
    let taps = weights.iter().zip(pixels).enumerate();
    taps.fold(0.0, |sum, (tap, (weight, pixel))| match tap {
        0 => pixel * weight,
        tap if is_fused(tap, weights.len()) => pixel.mul_add(*weight, sum),
        _ => sum + pixel * weight,
    })
}

/// The taps of an axis: a tent as wide as the step, at least two pixels.
struct Taps {
    /// The first pixel of each, and where its weights begin.
    starts: Vec<(usize, usize)>,
    weights: Vec<f32>,
}

impl Taps {
    /// In f32, with the halves in f64, as torch's `_compute_indices_min_size_weights_aa` has them.
    fn new(source: usize, resized: usize) -> Result<Self, NoMemory> {
        let scale = source as f32 / resized as f32;
        let (support, inverse) = if scale >= 1.0 { (scale, 1.0 / scale) } else { (1.0, 1.0) };
        let mut taps = Self { starts: room(resized)?, weights: Vec::new() };
        for index in 0..resized {
            let center = (f64::from(scale) * (index as f64 + 0.5)) as f32;
            let whole = |edge: f32| (f64::from(edge) + 0.5) as i64;
            let first = whole(center - support).max(0) as usize;
            let end = whole(center + support).min(source as i64) as usize;
            let start = taps.weights.len();
            taps.starts.push((first, start));
            let mut total = 0.0_f32;
            for pixel in first..end {
                let apart = (f64::from(pixel as f32 - center) + 0.5) * f64::from(inverse);
                let weight = (1.0 - (apart as f32).abs()).max(0.0);
                total += weight;
                push(&mut taps.weights, weight)?;
            }
            taps.weights[start..].iter_mut().for_each(|weight| *weight /= total);
        }
        Ok(taps)
    }

    /// The first pixel of an output row or column, and the weights from it on.
    fn of(&self, index: usize) -> (usize, &[f32]) {
        let (first, start) = self.starts[index];
        let end = self.starts.get(index + 1).map_or(self.weights.len(), |(_, start)| *start);
        (first, &self.weights[start..end])
    }

    /// The most weights of one.
    fn most(&self) -> usize {
        (0..self.starts.len()).map(|index| self.of(index).1.len()).max().unwrap_or(1)
    }
}

impl<'a> Source<'a> {
    /// An image as it is loaded.
    pub(crate) fn new(image: crate::ImageRef<'a>, load: Load) -> Self {
        Self { image, load }
    }

    /// A channel of a row.
    fn line(&self, row: usize, channel: usize, line: &mut [f32]) {
        let pixels = line.iter_mut().enumerate();
        if self.load.makes_rows() || self.load.convert.repeat {
            pixels.for_each(|(column, value)| *value = self.get(row, column, channel).into());
        } else {
            pixels.for_each(|(column, value)| *value = self.image.get(row, column, channel).into());
        }
    }

    /// Rows and columns.
    fn size(&self) -> [usize; 2] {
        [self.image.rows(), self.image.columns()]
    }
}
