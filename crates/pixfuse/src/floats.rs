//! torch's filters of floats: pixels become floats, which are resized in f32 and stay floats.
//!
//! Equal in every bit to PyTorch 2.15 on x86-64 with AVX2 or AVX-512, whose compiled loops fuse some products with the sum
//! and round others: [`Sum`]. [`Floats::run_plainly`] is the twin that reads like the rule.

use std::mem::MaybeUninit;
use std::ops::Range;

use pixfuse_spec::{Element, FloatsOf, Layout, Normalize, Number, Order, Sample, Spec};

use crate::Error;
use crate::cut::Part;
use crate::mapping::Mapping;
use crate::memory::{NoMemory, repeated};
use crate::output::{Memory, Output};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::Half;
use crate::source::Source;

mod lanes;
mod taps;

use lanes::LINES;
pub(crate) use lanes::OnLevel;
use taps::{Taps, Way};

/// What becomes of pixel values before the resize, in it and behind it.
#[derive(Clone, Debug)]
pub(crate) struct Floats {
    channels: Vec<Channel>,
    way: Way,
    /// What results are kept between.
    bounds: Option<[f32; 2]>,
    /// Whether they become the nearest u8, halves to even.
    is_rounded: bool,
    layout: Layout,
}

/// An output channel.
#[derive(Clone, Debug)]
struct Channel {
    /// Which loaded channel it is.
    from: usize,
    /// The float of each pixel value.
    before: Box<[f32; 256]>,
    /// `(x * scale - mean) / std` of what was resized.
    scale: f32,
    mean: f32,
    std: f32,
}

impl Floats {
    /// What a declaration says; nothing where it resizes something else. `from` has the loaded channel of each output channel.
    pub(crate) fn of(spec: &Spec, from: &[usize], mapping: &Mapping) -> Option<Self> {
        let (of, sampling) = (spec.resizes_floats()?, spec.sampling()?);
        let as_they_are = Normalize { scale: Number::Known(1.0), ..Normalize::of(Sample::U8) };
        let Normalize { scale, mean, std, eps, order, .. } = spec.normalize.as_ref().unwrap_or(&as_they_are);
        let scale = scale.known().copied().unwrap_or(1.0);
        let known = |list: Option<&Vec<f64>>, channel: usize, otherwise: f64| {
            list.map_or(otherwise, |list| list[if list.len() == 1 { 0 } else { channel }])
        };
        let channel = |(channel, from): (usize, &usize)| {
            let mean = known(mean.known(), channel, 0.0) as f32;
            let std = (known(std.known(), channel, 1.0) + eps.known().copied().unwrap_or(0.0)) as f32;
            let before = |float: &dyn Fn(f32) -> f32| Box::new(std::array::from_fn(|value| float(value as f32)));
            let (from, plain) = (*from, (1.0, 0.0, 1.0));
            let (before, (scale, mean, std)) = match of {
                FloatsOf::Normalized => (before(&|value| mapping.value(channel, value)), plain),
                FloatsOf::Rescaled => (before(&|value| value * scale as f32), (1.0, mean, std)),
                // As the order has it: its numbers are scaled, and the pixel stays as it is.
                FloatsOf::Pixels if *order == Order::HfTorch => {
                    let inverse = (1.0 / scale) as f32;
                    (before(&|value| value), (1.0, mean * inverse, std * inverse))
                }
                FloatsOf::Pixels => (before(&|value| value), (scale as f32, mean, std)),
            };
            Channel { from, before, scale, mean, std }
        };
        let white = if of == FloatsOf::Rescaled { 255.0 * scale } else { 255.0 };
        Some(Self {
            channels: from.iter().enumerate().map(channel).collect(),
            way: Way::of(sampling),
            bounds: sampling.clamp.then_some([0.0, white as f32]),
            is_rounded: spec.output.element == Element::U8,
            layout: spec.output.layout,
        })
    }

    /// Whether torch has this result too. Of several rows of one column its antialiased filters make the first one again and
    /// again; and its plain bilinear filter has sums of another kind for large results of other than three channels.
    ///
    /// # Errors
    /// When it has not.
    pub(crate) fn check(&self, source: [usize; 2], resized: [usize; 2]) -> Result<(), Error> {
        let ([rows, columns], channels) = (resized, self.channels.len());
        if self.way.is_antialiased() && source[0] > 1 && rows > 1 && columns == 1 {
            return Err(Error::Image(format!(
                "resize: {} rows x {} columns become {rows} rows of one column, of which torch makes no image; give a wider one",
                source[0], source[1]
            )));
        }
        if self.way == Way::Bilinear && channels != 3 && source != resized && rows + columns > 128 {
            return Err(Error::Image(format!(
                "resize: {channels} channel{} of {rows} rows x {columns} columns, of which torch makes other sums than of three; \
                 give an image of three channels, or write antialias",
                if channels == 1 { "" } else { "s" }
            )));
        }
        Ok(())
    }

    /// Makes each row of the window of a part of the tensor, with the instructions of a level, and gives it to `store` with its
    /// channel and its number.
    pub(crate) fn run(
        &self,
        level: &dyn OnLevel,
        source: &Source<'_>,
        part: &Part,
        store: &mut dyn FnMut(usize, usize, &[f32]),
    ) -> Result<(), NoMemory> {
        let (columns, [down, across]) = (source.size()[1], self.taps(source, part)?);
        let is_separable = down.way().is_separable();
        let width = if is_separable { across.outputs() } else { columns };
        // Lines that the taps of one output row reach, and the others of the last eight, in a ring.
        let ring = down.reach() + LINES;
        let mut lines = repeated(0.0_f32, ring * width)?;
        let mut sums = repeated(0.0_f32, across.outputs())?;
        let (mut eight, mut made_eight) = (repeated([0.0; LINES], columns)?, repeated([0.0; LINES], width)?);
        for (channel, numbers) in self.channels.iter().enumerate() {
            let mut made = 0;
            for row in 0..down.outputs() {
                let (at, weights) = down.of(row);
                let end = at[at.len() - 1] + 1;
                made = made.max(at[0]);
                while made < end {
                    // An antialiased filter needs every line, the others some.
                    let most = if down.way().is_antialiased() { source.size()[0] } else { end };
                    let together = LINES.min(most - made);
                    source.lines(made..made + together, numbers.from, &numbers.before, &mut eight);
                    let shown: &[_] = if is_separable {
                        level.across(lanes::Across { taps: &across, lines: &eight, sums: &mut made_eight });
                        &made_eight
                    } else {
                        &eight
                    };
                    for (lane, y) in (made..made + together).enumerate() {
                        let line = &mut lines[y % ring * width..][..width];
                        line.iter_mut().zip(shown).for_each(|(value, eight)| *value = eight[lane]);
                    }
                    made += together;
                }
                let of = |tap: usize| &lines[at[tap] % ring * width..][..width];
                if is_separable {
                    for (tap, sum) in down.way().steps(at.len()) {
                        level.add(lanes::Add { sum, line: of(tap), weight: weights[tap], sums: &mut sums });
                    }
                } else {
                    let (lines, weights) = ([of(0), of(1)], [weights[0], weights[1]]);
                    level.products(lanes::Products { taps: &across, lines, weights, sums: &mut sums });
                }
                let Channel { scale, mean, std, .. } = *numbers;
                let (bounds, is_rounded) = (self.bounds, self.is_rounded);
                level.finish(lanes::Finish { bounds, numbers: [scale, mean, std], is_rounded, sums: &mut sums });
                store(channel, row, &sums);
            }
        }
        Ok(())
    }

    /// The same, line by line, as a twin.
    pub(crate) fn run_plainly(
        &self,
        source: &Source<'_>,
        part: &Part,
        store: &mut dyn FnMut(usize, usize, &[f32]),
    ) -> Result<(), NoMemory> {
        let ([rows, columns], [down, across]) = (source.size(), self.taps(source, part)?);
        let mut lines = repeated(0.0_f32, rows * columns)?;
        let (mut made, mut sums) = (Vec::new(), repeated(0.0_f32, across.outputs())?);
        for (channel, numbers) in self.channels.iter().enumerate() {
            for (y, line) in lines.chunks_exact_mut(columns).enumerate() {
                source.line(y, numbers.from, &numbers.before, line);
            }
            let line = |y: usize| &lines[y * columns..][..columns];
            if down.way().is_separable() {
                made = repeated(0.0_f32, rows * across.outputs())?;
                for (y, sums) in made.chunks_exact_mut(across.outputs()).enumerate() {
                    across.sums(line(y), sums);
                }
            }
            for row in 0..down.outputs() {
                let (at, weights) = down.of(row);
                if down.way().is_separable() {
                    for (column, sum) in sums.iter_mut().enumerate() {
                        *sum = down.way().sum(weights, |tap| made[at[tap] * across.outputs() + column]);
                    }
                } else {
                    across.products([line(at[0]), line(at[1])], [weights[0], weights[1]], &mut sums);
                }
                let Channel { scale, mean, std, .. } = numbers;
                for sum in &mut sums {
                    *sum = self.bounds.map_or(*sum, |[least, most]| sum.clamp(least, most));
                    *sum = (*sum * scale - mean) / std;
                    *sum = if self.is_rounded { sum.round_ties_even() } else { *sum };
                }
                store(channel, row, &sums);
            }
        }
        Ok(())
    }

    /// The taps of the window's rows and of its columns.
    fn taps(&self, source: &Source<'_>, part: &Part) -> Result<[Taps; 2], NoMemory> {
        let ([rows, columns], placement) = (source.size(), &part.placement);
        let [y, x] = placement.window.ranges().map(|range| range.start as usize..range.end as usize);
        let [high, wide] = placement.resized.map(|side| side as usize);
        Ok([Taps::new(self.way, rows, high, y)?, Taps::new(self.way, columns, wide, x)?])
    }

    /// Stores a row of the window in its places.
    pub(crate) fn store(&self, part: &Part, channel: usize, row: usize, values: &[f32], out: &mut Output<'_>) {
        let at = (channel, row);
        match (&mut out.memory, out.element) {
            (Memory::U32(out), _) => self.store_bits(part, at, values, out, f32::to_bits),
            (Memory::U16(out), Element::Bf16) => self.store_bits(part, at, values, out, |value| Half::Bf16.bits(value)),
            (Memory::U16(out), _) => self.store_bits(part, at, values, out, |value| Half::F16.bits(value)),
            (Memory::U8(out), Element::I8) => self.store_bits(part, at, values, out, |value| value as i8 as u8),
            (Memory::U8(out), _) => self.store_bits(part, at, values, out, |value| value as u8),
        }
    }

    fn store_bits<B>(
        &self,
        part: &Part,
        (channel, row): (usize, usize),
        values: &[f32],
        out: &mut [MaybeUninit<B>],
        element: impl Fn(f32) -> B,
    ) {
        let ([top, left], [high, wide]) = (part.placement.at, part.placement.output);
        let row = top + row;
        let Some(runs) = &part.runs else {
            let (first, step) = match self.layout {
                Layout::Chw => ((channel * high + row) * wide + left, 1),
                Layout::Hwc => ((row * wide + left) * self.channels.len() + channel, self.channels.len()),
            };
            let places = out[first..].iter_mut().step_by(step);
            places.zip(values).for_each(|(place, value)| _ = place.write(element(*value)));
            return;
        };
        // Planes are separate, or pixels have all channels.
        let (plane, inside) = if runs.planes > 1 { (channel, 0) } else { (0, channel) };
        for (first, count, at) in runs.pieces(row, left..left + values.len()) {
            for copy in 0..runs.copies {
                let places = out[at + plane * runs.plane + copy * runs.copy + inside..].iter_mut().step_by(runs.pixel);
                let values = &values[first - left..][..count];
                places.zip(values).for_each(|(place, value)| _ = place.write(element(*value)));
            }
        }
    }
}

impl<'a> Source<'a> {
    /// An image as it is loaded.
    pub(crate) fn new(image: crate::ImageRef<'a>, load: pixfuse_spec::Load) -> Self {
        Self { image, load }
    }

    /// A channel of up to eight rows, side by side, as the floats of its values.
    fn lines(&self, rows: Range<usize>, channel: usize, floats: &[f32; 256], lines: &mut [lanes::Eight]) {
        for (lane, row) in rows.enumerate() {
            self.each(row, channel, lines, |pixel, value| pixel[lane] = floats[usize::from(value)]);
        }
    }

    /// A channel of a row, as the floats of its values.
    fn line(&self, row: usize, channel: usize, floats: &[f32; 256], line: &mut [f32]) {
        self.each(row, channel, line, |pixel, value| *pixel = floats[usize::from(value)]);
    }

    /// Gives each pixel of a row its value.
    fn each<P>(&self, row: usize, channel: usize, pixels: &mut [P], mut give: impl FnMut(&mut P, u8)) {
        if self.load.needs_conversion() || self.load.convert.repeat {
            let values = pixels.iter_mut().enumerate();
            values.for_each(|(column, pixel)| give(pixel, self.get(row, column, channel)));
        } else {
            pixels.iter_mut().zip(self.image.line(row, channel)).for_each(|(pixel, value)| give(pixel, value));
        }
    }

    /// Rows and columns.
    fn size(&self) -> [usize; 2] {
        [self.image.rows(), self.image.columns()]
    }
}
