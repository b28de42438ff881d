//! Source pixels that are converted before anything resamples them: YUV to RGB, alpha, gray.
//!
//! A row is converted a chunk at a time, in planes that stay in registers and the first cache, and laid down as dense
//! interleaved pixels. Kernels then read the row like any other, and no converted image ever exists. These loops are
//! left to the compiler, which knows the level's vectors.

use std::mem::MaybeUninit;
use std::ops::Range;

use pixfuse_spec::{ChannelOrder, Composite, Gray, Load, Matrix};

use crate::image::line::Line;
use crate::image::view::{Sampling, View};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::{Simd, Task};

/// Pixels converted at a time.
const CHUNK: usize = 64;

/// A chunk of pixels, a plane a channel: red, green, blue, alpha, or gray.
type Chunk = [[u8; CHUNK]; 4];

/// How a row of source pixels becomes a row of the pixels that kernels read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conversion {
    yuv: Option<YuvToRgb>,
    alpha: Option<Composite>,
    gray: Option<Gray>,
    /// Channels of a source pixel, and of one that is made.
    channels: [usize; 2],
    /// Whether blue comes first where three or four channels are read, and written.
    blue_first: bool,
}

/// The integers of YUV to RGB, with 20 fractional bits.
///
/// BT.601 of limited range has OpenCV's, which are made of 1.164, 1.596, 0.813, 0.391 and 2.018. The others are made of
/// the luma weights of red and blue and rounded once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct YuvToRgb {
    black: i32,
    luma: i32,
    red_of_v: i32,
    green_of_u: i32,
    green_of_v: i32,
    blue_of_u: i32,
}

impl YuvToRgb {
    /// Fractional bits.
    const BITS: u32 = 20;

    pub(crate) fn new(matrix: Matrix, range: pixfuse_spec::Range) -> Self {
        let limited = range == pixfuse_spec::Range::Limited;
        if matrix == Matrix::Bt601 && limited {
            return Self {
                black: 16,
                luma: 1_220_542,
                red_of_v: 1_673_527,
                green_of_u: -409_993,
                green_of_v: -852_492,
                blue_of_u: 2_116_026,
            };
        }
        let [red, blue] = matrix.red_and_blue();
        let green = 1.0 - red - blue;
        let (luma, chroma) = if limited { (255.0 / 219.0, 255.0 / 224.0) } else { (1.0, 1.0) };
        let (of_v, of_u) = (2.0 * (1.0 - red) * chroma, 2.0 * (1.0 - blue) * chroma);
        let fixed = |value: f64| (value * f64::from(1 << Self::BITS)).round() as i32;
        Self {
            black: if limited { 16 } else { 0 },
            luma: fixed(luma),
            red_of_v: fixed(of_v),
            green_of_u: fixed(-of_u * blue / green),
            green_of_v: fixed(-of_v * red / green),
            blue_of_u: fixed(of_u),
        }
    }

    /// Red, green and blue of one pixel.
    #[inline(always)]
    pub(crate) fn pixel(self, [y, u, v]: [u8; 3]) -> [u8; 3] {
        let luma = (i32::from(y) - self.black).max(0) * self.luma + (1 << (Self::BITS - 1));
        let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
        let sums =
            [luma + self.red_of_v * v, luma + self.green_of_v * v + self.green_of_u * u, luma + self.blue_of_u * u];
        sums.map(|sum| (sum >> Self::BITS).clamp(0, 255) as u8)
    }
}

/// A colour over another, as Pillow's `alpha_composite` and `paste` round it. Over black it is Pillow's product with alpha.
#[inline(always)]
pub(crate) fn over(colour: u8, behind: u8, alpha: u8) -> u8 {
    let sum = u16::from(colour) * u16::from(alpha) + u16::from(behind) * u16::from(255 - alpha) + 128;
    (((sum >> 8) + sum) >> 8) as u8
}

/// Gray of red, green and blue.
#[inline(always)]
pub(crate) fn gray(rule: Gray, [red, green, blue]: [u8; 3]) -> u8 {
    let ([r, g, b], bits) = rule.weights();
    let sum = u32::from(red) * r + u32::from(green) * g + u32::from(blue) * b;
    ((sum + (1 << (bits - 1))) >> bits) as u8
}

impl Conversion {
    /// The conversion of a load, if it has one.
    pub(crate) fn of(load: &Load) -> Option<Self> {
        let converts = load.needs_conversion() && !load.is_wide();
        converts.then(|| Self {
            yuv: load.convert.yuv.map(|(matrix, range)| YuvToRgb::new(matrix, range)),
            alpha: load.convert.alpha,
            gray: load.convert.gray,
            channels: [load.format.channels(), load.order.channels()],
            blue_first: matches!(load.format.order(), ChannelOrder::Bgr | ChannelOrder::Bgra),
        })
    }

    /// Makes a row: the pixels of these columns, dense, and as many as there is room for.
    ///
    /// It enters the level's gateway for itself, so that it is compiled once a level and not into every kernel.
    #[inline(never)]
    pub(super) fn row<S: Simd>(
        &self,
        simd: S,
        view: &View<'_>,
        row: usize,
        columns: Range<usize>,
        to: &mut [MaybeUninit<u8>],
    ) {
        if let Some(lines) = self.lines(view, row, columns) {
            simd.vectorize(ConvertedRow { conversion: *self, lines, to });
        }
    }

    /// The samples of some pixels of a row, if the view has them, with the planes and channels of this conversion's source.
    fn lines<'a>(&self, view: &View<'a>, row: usize, columns: Range<usize>) -> Option<Lines<'a>> {
        let [first, channels] = [columns.start, self.channels[0]];
        let mut planes = [view.channel(row, columns.clone(), 0)?; 4];
        for (plane, line) in planes.iter_mut().enumerate().take(channels).skip(1) {
            *line = match self.yuv {
                Some(_) => view.chroma_of(row, columns.clone(), plane - 1)?,
                None => view.channel(row, columns.clone(), plane)?,
            };
        }
        Some(Lines { planes, first, done: 0, across: view.sampling[1] })
    }

    /// The planes of the next pixels: `count` of them, which are no more than `CHUNK`.
    #[inline(always)]
    fn load(&self, lines: &mut Lines<'_>, count: usize) -> Chunk {
        let mut chunk = [[0; CHUNK]; 4];
        if let Some(yuv) = self.yuv {
            let [mut y, mut u, mut v] = [[0; CHUNK]; 3];
            let [luma, chroma @ .., _] = &mut lines.planes;
            let luma = luma.take(count);
            match luma.stride() {
                1 => luma.copy::<1, 1, CHUNK>(&mut y),
                2 => luma.copy::<2, 1, CHUNK>(&mut y),
                _ => y.iter_mut().zip(luma.iter()).for_each(|(value, sample)| *value = sample),
            }
            let pairs = lines.across.shift == 1 && (lines.first + lines.across.phase).is_multiple_of(2);
            for (line, out) in chroma.iter_mut().zip([&mut u, &mut v]) {
                // A pair that begins with its first pixel: all do, since a chunk is even.
                match (pairs, line.stride()) {
                    (true, 1) => line.take(count.div_ceil(2)).copy::<1, 2, CHUNK>(out),
                    (true, 2) => line.take(count.div_ceil(2)).copy::<2, 2, CHUNK>(out),
                    (true, 4) => line.take(count.div_ceil(2)).copy::<4, 2, CHUNK>(out),
                    _ => {
                        let before = lines.across.of(lines.first);
                        for (x, value) in out.iter_mut().enumerate().take(count) {
                            let sample = line.get(lines.across.of(lines.first + lines.done + x) - before);
                            *value = sample.unwrap_or_default();
                        }
                    }
                }
            }
            lines.done += count;
            for x in 0..CHUNK {
                let [red, green, blue] = yuv.pixel([y[x], u[x], v[x]]);
                (chunk[0][x], chunk[1][x], chunk[2][x]) = (red, green, blue);
            }
            return chunk;
        }
        for (plane, line) in chunk.iter_mut().zip(&mut lines.planes).take(self.channels[0]) {
            let line = line.take(count);
            match line.stride() {
                3 => line.copy::<3, 1, CHUNK>(plane),
                4 => line.copy::<4, 1, CHUNK>(plane),
                _ => plane.iter_mut().zip(line.iter()).for_each(|(value, sample)| *value = sample),
            }
        }
        if self.blue_first {
            chunk.swap(0, 2);
        }
        chunk
    }

    /// Alpha and gray.
    #[inline(always)]
    fn convert(&self, mut chunk: Chunk) -> Chunk {
        let alpha = chunk[3];
        if let Some(composite) = self.alpha {
            for (channel, plane) in chunk.iter_mut().enumerate().take(3) {
                let behind = match composite {
                    Composite::Over(colour) => colour[channel],
                    Composite::Premultiply => 0,
                };
                for (value, alpha) in plane.iter_mut().zip(alpha) {
                    *value = over(*value, behind, alpha);
                }
            }
        }
        if let Some(rule) = self.gray {
            let [red, green, blue, _] = chunk;
            for x in 0..CHUNK {
                chunk[0][x] = gray(rule, [red[x], green[x], blue[x]]);
            }
        } else if self.blue_first {
            chunk.swap(0, 2);
        }
        chunk
    }
}

/// Lays down pixels of so many channels, as many as there is room for.
#[inline(always)]
fn lay<const CHANNELS: usize>(chunk: &Chunk, to: &mut [MaybeUninit<u8>]) {
    // Byte by byte, which the compiler makes vectors of: a pixel at a time took 42 % more instructions for all of a letterbox
    // of nv12, 540x960 -> 320x320.
    let (pixels, _) = to.as_chunks_mut::<CHANNELS>();
    if let Some(pixels) = pixels.first_chunk_mut::<CHUNK>() {
        for x in 0..CHUNK {
            for channel in 0..CHANNELS {
                pixels[x][channel].write(chunk[channel][x]);
            }
        }
    } else {
        for (x, pixel) in pixels.iter_mut().enumerate().take(CHUNK) {
            for channel in 0..CHANNELS {
                pixel[channel].write(chunk[channel][x]);
            }
        }
    }
}

/// The samples of a row that are not converted yet: of each channel, or of luma, U and V.
struct Lines<'a> {
    planes: [Line<'a, u8>; 4],
    /// The first pixel of all.
    first: usize,
    /// Pixels of which luma has been taken.
    done: usize,
    /// How chroma is sampled.
    across: Sampling,
}

/// One row.
struct ConvertedRow<'a> {
    conversion: Conversion,
    lines: Lines<'a>,
    to: &'a mut [MaybeUninit<u8>],
}

impl<S: Simd> Task<S> for ConvertedRow<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, _: S) {
        let ConvertedRow { conversion, mut lines, to } = self;
        let channels = conversion.channels[1];
        for to in to.chunks_mut(CHUNK * channels.max(1)) {
            let chunk = conversion.convert(conversion.load(&mut lines, CHUNK.min(to.len() / channels.max(1))));
            match channels {
                1 => lay::<1>(&chunk, to),
                3 => lay::<3>(&chunk, to),
                _ => lay::<4>(&chunk, to),
            }
        }
    }
}
