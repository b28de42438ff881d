//! Sources of 16 bits or f32: rows become f32, which holds every sample exactly, and stay it.

use std::mem::MaybeUninit;
use std::slice;

use pixfuse_spec::Sample;

use super::output_rows::RowSource;
use super::rows::Rows;
use super::scratch::{Room, Scratch};
use crate::image::view::{Channel, View};
use crate::memory::{self, Holds};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::{Simd, Task};

/// Writes one channel of the pixels of these columns, if the view has it with such samples.
#[inline(always)]
fn plane<T: Channel + Into<f32>>(
    view: &View<'_>,
    row: usize,
    columns: &[u32],
    channel: usize,
    to: &mut [MaybeUninit<f32>],
) {
    let Some(line) = view.channel::<T>(row, 0..view.shape()[1], channel) else { return };
    for (to, &column) in to.iter_mut().zip(columns) {
        to.write(line.get(column as usize).map_or(0.0, T::into));
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
        Room { bytes: self.channels * self.columns.len() * 4, rows: 0 }
    }

    fn stride(&self) -> isize {
        self.columns.len() as isize * 4
    }

    unsafe fn row(&self, _: &mut Rows<'_>, scratch: &mut Scratch, y: usize, view: &View<'_>) -> *const u8 {
        let (line, length) = (scratch.from(0), self.channels * self.columns.len());
        // SAFETY: the caller promises scratch for the planes of so many f32, which begins with a cache line.
        let planes = unsafe { slice::from_raw_parts_mut(line.cast::<MaybeUninit<f32>>(), length) };
        self.simd.vectorize(Planes { samples: self, view, row: self.rows[y] as usize, planes });
        line
    }
}

struct Planes<'a, S> {
    samples: &'a Samples<S>,
    view: &'a View<'a>,
    row: usize,
    planes: &'a mut [MaybeUninit<f32>],
}

impl<S: Simd> Task<S> for Planes<'_, S> {
    type Output = ();

    #[inline(always)]
    fn run(self, _: S) {
        let Self { samples: Samples { columns, sample, .. }, view, row, planes } = self;
        for (channel, plane) in planes.chunks_exact_mut(columns.len()).enumerate() {
            match sample {
                Sample::U8 => self::plane::<u8>(view, row, columns, channel, plane),
                Sample::U16 => self::plane::<u16>(view, row, columns, channel, plane),
                Sample::F32 => self::plane::<f32>(view, row, columns, channel, plane),
            }
        }
    }
}
