//! Where the samples of a view lie: one plane of pixels, or luma and chroma apart.

use std::marker::PhantomData;
use std::ops::{Deref, Range};
use std::slice;

use bytemuck::Pod;
use pixfuse_spec::{Orientation, Sample};

use super::line::Line;

/// One plane: row 0, column 0, and the bytes to the next row and the next column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plane {
    pub(crate) origin: *const u8,
    pub(crate) strides: [isize; 2],
}

/// Where samples lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planes {
    /// Pixels, or luma.
    pub(crate) pixels: Plane,
    /// Bytes from a channel of a pixel to the next.
    pub(crate) channel_stride: isize,
    /// U and V; not read where there is no chroma.
    pub(crate) chroma: [Plane; 2],
    /// How chroma is sampled in rows and in columns.
    pub(crate) sampling: [Sampling; 2],
    /// Whether the samples come from memory, and not from a cache: then rows are prefetched.
    pub(crate) is_streamed: bool,
}

/// How chroma is sampled along an axis: pixel `i` has sample `(i + phase) >> shift`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sampling {
    pub(crate) shift: u32,
    /// 1 where a mirrored odd side begins with half a pair.
    pub(crate) phase: usize,
}

impl Plane {
    /// The address of a sample.
    #[inline(always)]
    pub(crate) fn at(&self, row: usize, column: usize) -> *const u8 {
        let [rows, columns] = self.strides;
        self.origin.wrapping_offset(row as isize * rows).wrapping_offset(column as isize * columns)
    }

    /// The address of a row.
    #[inline(always)]
    pub(crate) fn row(&self, row: usize) -> *const u8 {
        self.origin.wrapping_offset(row as isize * self.strides[0])
    }

    /// Starts at the last of `side` rows (axis 0) or columns and goes backwards.
    fn mirror(&mut self, axis: usize, side: usize) {
        // The byte is in the view, so the way to it does not overflow; a stride of one line need not either.
        self.origin = self.origin.wrapping_offset(self.strides[axis].wrapping_mul(side as isize - 1));
        self.strides[axis] = self.strides[axis].wrapping_neg();
    }
}

impl Sampling {
    /// Pairs along an axis.
    pub(crate) const PAIRS: Self = Self { shift: 1, phase: 0 };

    /// The sample of a pixel.
    #[inline(always)]
    pub(crate) fn of(self, index: usize) -> usize {
        (index + self.phase) >> self.shift
    }

    /// How many samples a side has.
    pub(crate) fn count(self, side: usize) -> usize {
        self.of(side - 1) + 1
    }

    /// The same seen from the other end of a side.
    fn mirrored(self, side: usize) -> Self {
        // The last pixel is the second of its pair where its place is odd: then pairs begin with the first pixel.
        let whole = (side - 1 + self.phase) & 1;
        Self { phase: if self.shift == 0 { 0 } else { 1 - whole }, ..self }
    }
}

impl Planes {
    /// Interleaved pixels, or planes of one channel each.
    pub(crate) fn packed(origin: *const u8, [rows, columns, channel_stride]: [isize; 3]) -> Self {
        let pixels = Plane { origin, strides: [rows, columns] };
        Self { pixels, channel_stride, chroma: [pixels; 2], sampling: [Sampling::default(); 2], is_streamed: false }
    }

    /// The same `rows` x `columns` pixels in another order of reading.
    pub(crate) fn oriented(mut self, orientation: Orientation, sides: [usize; 2]) -> Self {
        for (axis, mirrors) in orientation.mirrors().into_iter().enumerate() {
            if mirrors {
                self.pixels.mirror(axis, sides[axis]);
                let samples = self.sampling[axis].count(sides[axis]);
                self.chroma.iter_mut().for_each(|plane| plane.mirror(axis, samples));
                self.sampling[axis] = self.sampling[axis].mirrored(sides[axis]);
            }
        }
        if orientation.transposes() {
            self.pixels.strides.swap(0, 1);
            self.chroma.iter_mut().for_each(|plane| plane.strides.swap(0, 1));
            self.sampling.swap(0, 1);
        }
        self
    }

    /// First and one past the last address of each plane, of a view of this shape.
    pub(crate) fn reach(&self, [rows, columns, channels]: [usize; 3], sample: Sample) -> [[usize; 2]; 3] {
        let span = |plane: &Plane, sides: [usize; 3], channel_stride: isize| {
            let strides = [plane.strides[0], plane.strides[1], channel_stride];
            let (mut first, mut last) = (plane.origin as usize, plane.origin as usize);
            for (side, stride) in sides.into_iter().zip(strides) {
                let reach = stride.wrapping_mul(side as isize - 1);
                if reach < 0 {
                    first = first.wrapping_add_signed(reach);
                } else {
                    last = last.wrapping_add_signed(reach);
                }
            }
            [first, last.wrapping_add(sample.size())]
        };
        let [down, across] = [self.sampling[0].count(rows), self.sampling[1].count(columns)];
        let chroma = self.chroma.each_ref().map(|plane| match self.has_chroma() {
            true => span(plane, [down, across, 1], 0),
            false => [0; 2],
        });
        let channels = if self.has_chroma() { 1 } else { channels };
        [span(&self.pixels, [rows, columns, channels], self.channel_stride), chroma[0], chroma[1]]
    }

    /// Whether luma and chroma are in separate planes or samples.
    pub(crate) fn has_chroma(&self) -> bool {
        self.sampling[1].shift > 0 || self.sampling[0].shift > 0
    }
}

/// The type of a sample.
pub(crate) trait Channel: Pod {
    const SAMPLE: Sample;
}

impl Channel for u8 {
    const SAMPLE: Sample = Sample::U8;
}

impl Channel for u16 {
    const SAMPLE: Sample = Sample::U16;
}

impl Channel for f32 {
    const SAMPLE: Sample = Sample::F32;
}

/// Planes whose samples are readable for `'a`: those of each row, column and channel of a shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    planes: Planes,
    /// Rows, columns, channels; the channels of a view with chroma are one plane of luma, and two of chroma.
    shape: [usize; 3],
    sample: Sample,
    bytes: PhantomData<&'a [u8]>,
}

impl Deref for View<'_> {
    type Target = Planes;

    #[inline(always)]
    fn deref(&self) -> &Planes {
        &self.planes
    }
}

impl<'a> View<'a> {
    /// # Safety
    /// Each byte of the samples of this shape, and those of chroma that `Sampling` gives its rows and columns, are readable for
    /// `'a`, and not written meanwhile.
    pub(super) unsafe fn new(planes: Planes, shape: [usize; 3], sample: Sample) -> Self {
        Self { planes, shape, sample, bytes: PhantomData }
    }

    /// Rows, columns, channels.
    pub(crate) fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// The type of a sample.
    pub(crate) fn sample(&self) -> Sample {
        self.sample
    }

    /// The same pixels in another order of reading.
    pub(super) fn oriented(mut self, orientation: Orientation) -> Self {
        self.planes = self.planes.oriented(orientation, [self.shape[0], self.shape[1]]);
        if orientation.transposes() {
            self.shape.swap(0, 1);
        }
        self
    }

    /// The same samples, which are not in a cache.
    pub(super) fn cold(mut self) -> Self {
        self.planes.is_streamed = true;
        self
    }

    /// The same gray in three channels.
    pub(super) fn repeated(mut self) -> Self {
        self.shape[2] = 3;
        self.planes.channel_stride = 0;
        self
    }

    /// First and one past the last address of each plane.
    pub(super) fn reach(&self) -> [[usize; 2]; 3] {
        self.planes.reach(self.shape, self.sample)
    }

    /// A channel of some columns of a row, if the view has them, with samples of this type. Where the format is YUV,
    /// channel 0 is luma.
    #[inline(always)]
    pub(crate) fn channel<T: Channel>(&self, row: usize, columns: Range<usize>, channel: usize) -> Option<Line<'a, T>> {
        let Planes { pixels, channel_stride, .. } = self.planes;
        let channels = if self.has_chroma() { 1 } else { self.shape[2] };
        if !self.has(row, &columns) || channel >= channels || self.sample != T::SAMPLE {
            return None;
        }
        let first = pixels.at(row, columns.start).wrapping_offset(channel as isize * channel_stride);
        // SAFETY: `new` promises each sample of the view, and these are some.
        Some(unsafe { Line::new(first, pixels.strides[1], columns.len()) })
    }

    /// So many channels of some columns of a row, if the view has them, with samples of this type, and as neighbours.
    #[inline(always)]
    pub(crate) fn neighbours<T: Channel, const CHANNELS: usize>(
        &self,
        row: usize,
        columns: Range<usize>,
        first: usize,
    ) -> Option<Line<'a, [T; CHANNELS]>> {
        if CHANNELS != 1 && self.channel_stride != size_of::<T>() as isize {
            return None;
        }
        self.channel::<T>(row, columns.clone(), first + CHANNELS.checked_sub(1)?)?;
        let (first, stride, count) = self.channel::<T>(row, columns, first)?.parts();
        // SAFETY: each of these channels is readable, and where they are neighbours a pixel of them is an array.
        Some(unsafe { Line::new(first, stride, count) })
    }

    /// So many bytes of the pixels of some columns of a row, if the view has them, and as one slice.
    #[inline(always)]
    pub(crate) fn dense(&self, row: usize, columns: Range<usize>, first: usize, channels: usize) -> Option<&'a [u8]> {
        if channels != 1 && self.channel_stride != 1 {
            return None;
        }
        self.channel::<u8>(row, columns.clone(), first + channels.checked_sub(1)?)?;
        let (first, stride, count) = self.channel::<u8>(row, columns, first)?.parts();
        let follow = stride == channels as isize || count <= 1;
        // SAFETY: each of these channels is readable for 'a, and they and the pixels are neighbours.
        follow.then(|| unsafe { slice::from_raw_parts(first, count * channels) })
    }

    /// The pixels of a column in some rows in the order of memory, if the view has them, and they lie one after another.
    #[inline(always)]
    pub(crate) fn column<const CHANNELS: usize>(
        &self,
        rows: Range<usize>,
        column: usize,
        first: usize,
    ) -> Option<&'a [[u8; CHANNELS]]> {
        let last = rows.end.checked_sub(1).filter(|_| rows.start < rows.end)?;
        let [row_stride, _] = self.pixels.strides;
        if row_stride.unsigned_abs() != CHANNELS {
            return None;
        }
        let [above, below] =
            [rows.start, last].map(|row| self.neighbours::<u8, CHANNELS>(row, column..column + 1, first));
        let (first, _, _) = if row_stride < 0 { below? } else { above? }.parts();
        // SAFETY: the first and the last pixel are in the view, and so are those between them, one after another.
        Some(unsafe { slice::from_raw_parts(first.cast(), rows.len()) })
    }

    /// The samples of a plane of chroma (0 or 1) for some columns of a row, which are at least one, if there are such.
    #[inline(always)]
    pub(crate) fn chroma_of(&self, row: usize, columns: Range<usize>, plane: usize) -> Option<Line<'a, u8>> {
        let Planes { chroma, sampling: [down, across], .. } = &self.planes;
        let plane = chroma.get(plane).filter(|_| self.has_chroma() && !columns.is_empty())?;
        if !self.has(row, &columns) {
            return None;
        }
        let (first, last) = (across.of(columns.start), across.of(columns.end - 1));
        // SAFETY: `new` promises the sample of chroma of each pixel of the view, and these are those of some neighbours.
        Some(unsafe { Line::new(plane.at(down.of(row), first), plane.strides[1], last - first + 1) })
    }

    /// Whether there is this row, and each of the columns.
    #[inline(always)]
    fn has(&self, row: usize, columns: &Range<usize>) -> bool {
        row < self.shape[0] && columns.start <= columns.end && columns.end <= self.shape[1]
    }
}
