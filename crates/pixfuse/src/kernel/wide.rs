//! Sources of 16 bits or f32: rows become f32, which holds every sample exactly, and stay it.

use pixfuse_spec::Sample;

use super::output_rows::RowSource;
use super::rows::Rows;
use super::scratch::{Room, Scratch};
use crate::image::view::View;
use crate::memory::{self, Holds};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::{Simd, Task};

/// One sample as f32.
///
/// # Safety
/// Its bytes are readable.
#[inline(always)]
unsafe fn sample(kind: Sample, at: *const u8) -> f32 {
    // SAFETY: the caller promises the bytes of one sample of this kind, at any alignment.
    unsafe {
        match kind {
            Sample::U8 => (*at).into(),
            Sample::U16 => at.cast::<u16>().read_unaligned().into(),
            Sample::F32 => at.cast::<f32>().read_unaligned(),
        }
    }
}

/// Writes one channel of the pixels of these columns.
///
/// # Safety
/// They are inside the view, whose samples are of this kind, and as many elements are writable at `to`.
#[inline(always)]
unsafe fn plane(kind: Sample, view: &View, row: usize, columns: &[u32], channel: usize, to: *mut f32) {
    let first = view.pixels.row(row).wrapping_offset(channel as isize * view.channel_stride);
    for (index, &column) in columns.iter().enumerate() {
        // SAFETY: the caller promises that the row has this column, with samples of this kind, and as many elements at `to`
        // as there are columns.
        unsafe {
            let at = first.wrapping_offset(column as isize * view.pixels.strides[1]);
            *to.add(index) = sample(kind, at);
        }
    }
}

/// Rows of f32 of the samples of these rows and columns.
pub(super) struct Samples<S> {
    pub(super) simd: S,
    pub(super) rows: Vec<u32>,
    pub(super) columns: Vec<u32>,
    pub(super) channels: usize,
    pub(super) sample: Sample,
}

impl<S> Holds for Samples<S> {
    fn bytes(&self) -> usize {
        memory::bytes(&self.rows) + memory::bytes(&self.columns)
    }
}

impl<S: Simd> RowSource for Samples<S> {
    fn scratch(&self) -> Room {
        Room { bytes: self.channels * self.columns.len() * 4, pointers: 0 }
    }

    fn stride(&self) -> isize {
        self.columns.len() as isize * 4
    }

    unsafe fn row(&self, _: &mut Rows<'_>, scratch: &mut Scratch, y: usize, view: &View) -> *const u8 {
        let line = scratch.parts().0;
        // SAFETY: the caller promises the view, whose samples are of this kind and in which the row and the columns are, and
        // scratch for the planes of as many f32.
        self.simd.vectorize(unsafe { Planes::new(self, view, self.rows[y] as usize, line) });
        line
    }
}

struct Planes<'a, S> {
    samples: &'a Samples<S>,
    view: &'a View,
    row: usize,
    line: *mut u8,
}

impl<'a, S> Planes<'a, S> {
    /// # Safety
    /// The row and the columns of `samples` are inside the view, whose samples are of this kind, and so many f32 a channel
    /// are writable at `line`.
    unsafe fn new(samples: &'a Samples<S>, view: &'a View, row: usize, line: *mut u8) -> Self {
        Self { samples, view, row, line }
    }
}

impl<S: Simd> Task<S> for Planes<'_, S> {
    type Output = ();

    #[inline(always)]
    fn run(self, _: S) {
        let Self { samples: Samples { columns, channels, sample, .. }, view, row, line } = self;
        for channel in 0..*channels {
            // SAFETY: `new` promises the view with these rows and columns, and room for the planes.
            unsafe { plane(*sample, view, row, columns, channel, line.cast::<f32>().add(channel * columns.len())) };
        }
    }
}
