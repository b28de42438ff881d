//! Source pixels that are converted before anything resamples them: YUV to RGB, alpha, gray.
//!
//! A row is converted a chunk at a time, in planes that stay in registers and the first cache, and laid down as dense
//! interleaved pixels. Kernels then read the row like any other, and no converted image ever exists. These loops are
//! left to the compiler, which knows the level's vectors.

use std::ops::Range;

use pixfuse_spec::{ChannelOrder, Composite, Gray, Load, Matrix};

use crate::image::view::View;
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

    /// Makes a row: the pixels of these columns, dense from `to` on.
    ///
    /// It enters the level's gateway for itself, so that it is compiled once a level and not into every kernel.
    ///
    /// # Safety
    /// The row and the columns are inside the view, which has the planes and channels of this conversion's source, and
    /// the pixels are writable at `to`.
    #[inline(never)]
    pub(super) unsafe fn row<S: Simd>(&self, simd: S, view: &View, row: usize, columns: Range<usize>, to: *mut u8) {
        // SAFETY: the caller promises the pixels and the place for them, which is what `ConvertedRow::new` asks for.
        simd.vectorize(unsafe { ConvertedRow::new(*self, view, row, columns, to) });
    }

    /// The planes of some pixels.
    ///
    /// # Safety
    /// They are inside the view, which has the planes and channels of this conversion's source; `count` <= `CHUNK`.
    #[inline(always)]
    unsafe fn load(&self, view: &View, row: usize, column: usize, count: usize) -> Chunk {
        let mut chunk = [[0; CHUNK]; 4];
        // SAFETY: the caller promises that `count` pixels from this one on are inside the view: so is the luma of each, and
        // the chroma sample that `Sampling` gives it, in each plane. Of a pair that begins with its first pixel, `count`
        // pixels take `count.div_ceil(2)` samples, the last of which belongs to the last pixel. Of pixels, each of the
        // source's channels is read. No more than CHUNK values are written, by checked indices.
        unsafe {
            if let Some(yuv) = self.yuv {
                let [mut y, mut u, mut v] = [[0; CHUNK]; 3];
                let luma = view.pixels.at(row, column);
                match view.pixels.strides[1] {
                    1 => copy::<1, 1>(luma, count, &mut y),
                    2 => copy::<2, 1>(luma, count, &mut y),
                    stride => (0..count).for_each(|x| y[x] = *luma.offset(x as isize * stride)),
                }
                let [down, across] = view.sampling;
                let at = [down.of(row), across.of(column)];
                let pairs = across.shift == 1 && (column + across.phase).is_multiple_of(2);
                for (plane, out) in view.chroma.iter().zip([&mut u, &mut v]) {
                    match (pairs, plane.strides[1]) {
                        (true, 1) => copy::<1, 2>(plane.at(at[0], at[1]), count, out),
                        (true, 2) => copy::<2, 2>(plane.at(at[0], at[1]), count, out),
                        (true, 4) => copy::<4, 2>(plane.at(at[0], at[1]), count, out),
                        _ => (0..count).for_each(|x| out[x] = *plane.at(at[0], across.of(column + x))),
                    }
                }
                for x in 0..CHUNK {
                    let [red, green, blue] = yuv.pixel([y[x], u[x], v[x]]);
                    (chunk[0][x], chunk[1][x], chunk[2][x]) = (red, green, blue);
                }
                return chunk;
            }
            let (pixels, channels) = (view.pixels.at(row, column), self.channels[0]);
            for (channel, plane) in chunk.iter_mut().enumerate().take(channels) {
                let from = pixels.offset(channel as isize * view.channel_stride);
                match view.pixels.strides[1] {
                    3 => copy::<3, 1>(from, count, plane),
                    4 => copy::<4, 1>(from, count, plane),
                    stride => (0..count).for_each(|x| plane[x] = *from.offset(x as isize * stride)),
                }
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

    /// Lays pixels down.
    ///
    /// # Safety
    /// They are writable at `to`, `count` of them, and `count` <= `CHUNK`.
    #[inline(always)]
    unsafe fn store(&self, chunk: &Chunk, count: usize, to: *mut u8) {
        // SAFETY: the caller promises room for `count` pixels of so many channels; a plane of the chunk has as many values.
        unsafe {
            match self.channels[1] {
                1 => chunk[0].as_ptr().copy_to_nonoverlapping(to, count),
                3 => (0..count).for_each(|x| {
                    to.cast::<[u8; 3]>().add(x).write([chunk[0][x], chunk[1][x], chunk[2][x]]);
                }),
                _ => (0..count).for_each(|x| {
                    to.cast::<[u8; 4]>().add(x).write([chunk[0][x], chunk[1][x], chunk[2][x], chunk[3][x]]);
                }),
            }
        }
    }
}

/// Every `STEP`th byte, each `TIMES` times.
///
/// # Safety
/// The bytes of `count` values are readable, and `count` <= `CHUNK`.
#[inline(always)]
unsafe fn copy<const STEP: usize, const TIMES: usize>(from: *const u8, count: usize, to: &mut [u8; CHUNK]) {
    if count == CHUNK {
        for x in 0..CHUNK {
            // SAFETY: the caller promises the bytes of `count` values, and x < count.
            to[x] = unsafe { *from.add(x / TIMES * STEP) };
        }
    } else {
        for (x, value) in to.iter_mut().enumerate().take(count) {
            // SAFETY: the caller promises the bytes of `count` values, and x < count.
            *value = unsafe { *from.add(x / TIMES * STEP) };
        }
    }
}

/// One row.
struct ConvertedRow<'a> {
    conversion: Conversion,
    view: &'a View,
    row: usize,
    columns: Range<usize>,
    to: *mut u8,
}

impl<'a> ConvertedRow<'a> {
    /// # Safety
    /// As [`Conversion::row`].
    unsafe fn new(conversion: Conversion, view: &'a View, row: usize, columns: Range<usize>, to: *mut u8) -> Self {
        Self { conversion, view, row, columns, to }
    }
}

impl<S: Simd> Task<S> for ConvertedRow<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, _: S) {
        let ConvertedRow { conversion, view, row, columns, to } = self;
        let mut column = columns.start;
        while column < columns.end {
            let count = CHUNK.min(columns.end - column);
            let at = to.wrapping_add((column - columns.start) * conversion.channels[1]);
            // SAFETY: `new` promises the pixels of these columns and the place for them; `count` of them are left, and no
            // more than CHUNK.
            unsafe {
                let chunk = conversion.convert(conversion.load(view, row, column, count));
                if count == CHUNK {
                    conversion.store(&chunk, CHUNK, at);
                } else {
                    conversion.store(&chunk, count, at);
                }
            }
            column += count;
        }
    }
}
