//! Where the samples of a view lie: one plane of pixels, or luma and chroma apart.

use pixfuse_spec::{Orientation, Sample};

/// One plane: row 0, column 0, and the bytes to the next row and the next column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plane {
    pub(crate) origin: *const u8,
    pub(crate) strides: [isize; 2],
}

/// The planes of a view.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
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

impl View {
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

    /// Whether luma and chroma lie apart.
    pub(crate) fn has_chroma(&self) -> bool {
        self.sampling[1].shift > 0 || self.sampling[0].shift > 0
    }
}
