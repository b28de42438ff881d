//! Calls with several images, and for parts of a tensor.

use std::ptr::{null, null_mut};

use pixfuse::{Join, Pipeline};
use pixfuse_c::*;

use crate::caller::Caller;
use crate::image::Pixels;
use crate::memory::Memory;

/// More places than these have no mask made of them.
const MOST_PLACES: usize = 1 << 20;

impl Caller<'_> {
    /// Several images, whose structs may be those of a later header, or of different ones.
    fn several(&mut self, pipe: Option<&Pipeline>, is_ragged: bool) -> (Memory, Vec<Pixels>) {
        let count = self.draw.below(4);
        let more = if self.draw.one_in(4) { 8 * self.draw.below(4) } else { 0 };
        let step = size_of::<CImage>() + more;
        let mut images = Memory::new(count * step);
        let mut all = Vec::new();
        let same = Pixels::draw(&mut self.draw, pipe);
        for one in images.as_mut().chunks_exact_mut(step) {
            let is_other = is_ragged || self.draw.one_in(9);
            let mut pixels = if is_other { Pixels::draw(&mut self.draw, pipe) } else { same.again() };
            pixels.image.size = if self.draw.one_in(30) { size_of::<CImage>() } else { step };
            one[..size_of::<CImage>()].copy_from_slice(&pixels.image.bytes());
            all.push(pixels);
        }
        (images, all)
    }

    pub(crate) fn batch(&mut self) {
        let (handle, pipe) = self.pipe();
        let (images, all) = self.several(pipe.as_ref(), false);
        let bytes = pipe.as_ref().zip(all.first()).and_then(|(pipe, first)| first.tensor(pipe));
        let mut out = self.out(bytes.map(|bytes| bytes.saturating_mul(all.len())));
        let (count, out_bytes) = (all.len(), out.len());
        let at = if self.draw.one_in(20) { null() } else { images.pointer::<CImage>().cast_const() };
        // SAFETY: the pipeline is a handle, images and output are of memory as large as they say, or null.
        let result = self.attempt("batch", |error| unsafe {
            pixfuse_batch(handle.cast(), at, count, out.pointer(), out_bytes, error)
        });
        Self::untouched(result, &mut out);
    }

    pub(crate) fn batch_joined(&mut self) {
        let (handle, pipe) = self.pipe();
        let (images, all) = self.several(pipe.as_ref(), true);
        let (join, number) = self.join();
        let sizes: Vec<_> = all.iter().map(|pixels| [pixels.image.rows, pixels.image.columns]).collect();
        let shape = pipe.as_ref().and_then(|pipe| pipe.joined_shape(&sizes, join).ok().map(|joined| (pipe, joined)));
        let bytes = shape.map(|(pipe, joined)| joined.dims().iter().product::<usize>() * pipe.element().size());
        let mut out = self.out(bytes);
        let (count, out_bytes) = (all.len(), out.len());
        let at = if self.draw.one_in(20) { null() } else { images.pointer::<CImage>().cast_const() };
        // SAFETY: the pipeline is a handle, images and output are of memory as large as they say, or null.
        let result = self.attempt("batch_joined", |error| unsafe {
            pixfuse_batch_joined(handle.cast(), at, count, number, out.pointer(), out_bytes, error)
        });
        Self::untouched(result, &mut out);
    }

    pub(crate) fn batch_joined_alloc(&mut self) {
        let (handle, pipe) = self.pipe();
        let (images, all) = self.several(pipe.as_ref(), true);
        let ((_, number), shape) = (self.join(), self.sized::<Shape>());
        let (alloc, mut user) = self.allocator();
        let (count, offsets) = (all.len(), self.offsets(all.len()));
        let at = if self.draw.one_in(20) { null() } else { images.pointer::<CImage>().cast_const() };
        let shape = shape.as_ref().map_or(null_mut(), Memory::pointer);
        let (mut out, is_wanted) = (null_mut(), !self.draw.one_in(20));
        let to = if is_wanted { &raw mut out } else { null_mut() };
        let begin = offsets.as_ref().map_or(null_mut(), Memory::pointer);
        // SAFETY: the pipeline is a handle, images, offsets and shape are as large as they say, or null, and the allocator gives
        // what it is asked for.
        let _ = self.attempt("batch_joined_alloc", |error| unsafe {
            let user = (&raw mut user).cast();
            pixfuse_batch_joined_alloc(handle.cast(), at, count, number, alloc, user, shape, begin, to, error)
        });
        Self::allocated(out, &user);
    }

    pub(crate) fn joined_shape(&mut self) {
        let ((handle, _), (_, number), shape) = (self.pipe(), self.join(), self.sized::<Shape>());
        let (sizes, count) = self.sizes();
        let offsets = self.offsets(count);
        let shape = shape.as_ref().map_or(null_mut(), Memory::pointer);
        let begin = offsets.as_ref().map_or(null_mut(), Memory::pointer);
        let at = if self.draw.one_in(20) { null() } else { sizes.pointer::<usize>().cast_const() };
        // SAFETY: the pipeline is a handle, sizes, offsets and shape are as large as they say, or null.
        let _ = self.attempt("joined_shape", |error| unsafe {
            pixfuse_joined_shape(handle.cast(), at, count, number, shape, begin, error)
        });
    }

    pub(crate) fn joined_mask(&mut self) {
        let (handle, pipe) = self.pipe();
        let (mut sizes, count) = self.sizes();
        let all: Vec<[usize; 2]> = sizes
            .as_mut()
            .as_chunks::<{ 2 * size_of::<usize>() }>()
            .0
            .iter()
            .map(|pair| {
                let (rows, columns) = pair.split_at(size_of::<usize>());
                [rows, columns].map(|side| usize::from_ne_bytes(side.try_into().expect("half of two")))
            })
            .collect();
        let joined = pipe.as_ref().and_then(|pipe| pipe.joined_shape(&all, Join::Pad).ok());
        let places = joined.map(|joined| joined.mask_shape().iter().product::<usize>());
        let mut mask = self.out(places.filter(|&places| places <= MOST_PLACES));
        let length = mask.len();
        let at = if self.draw.one_in(20) { null() } else { sizes.pointer::<usize>().cast_const() };
        // SAFETY: the pipeline is a handle, sizes and mask are as large as they say, or null.
        let result = self.attempt("joined_mask", |error| unsafe {
            pixfuse_joined_mask(handle.cast(), at, count, mask.pointer(), length, error)
        });
        Self::untouched(result, &mut mask);
    }

    /// The geometry of a tile or a patch, of one that was made, changed, or never was one.
    pub(crate) fn part(&mut self) {
        let (geometry, part) = (self.geometry(), self.sized::<CGeometry>());
        let from = geometry.as_ref().map_or(null(), |memory| memory.pointer::<CGeometry>().cast_const());
        let to = part.as_ref().map_or(null_mut(), Memory::pointer);
        let mut index = || if self.draw.one_in(3) { self.draw.length() } else { self.draw.below(4) };
        let (row, column) = (index(), index());
        if self.draw.one_in(3) {
            let next = if self.draw.one_in(2) { None } else { self.geometry() };
            let next = next.as_ref().map_or(from, |memory| memory.pointer::<CGeometry>().cast_const());
            // SAFETY: each geometry is as large as it says, or null.
            let _ = self.attempt("geometry_followed_by", |error| unsafe {
                pixfuse_geometry_followed_by(from, next, to, error)
            });
            return;
        }
        let _ = if self.draw.one_in(2) {
            // SAFETY: each geometry is as large as it says, or null.
            self.attempt("geometry_tile", |error| unsafe { pixfuse_geometry_tile(from, row, to, error) })
        } else {
            // SAFETY: likewise.
            self.attempt("geometry_patch", |error| unsafe { pixfuse_geometry_patch(from, row, column, to, error) })
        };
    }

    /// How images are joined, and a number for it that may be none.
    fn join(&mut self) -> (Join, i32) {
        match self.draw.below(9) {
            0 => (Join::Pad, *self.draw.of(&[-1, 2, i32::MAX])),
            1..4 => (Join::Concat, 0),
            _ => (Join::Pad, 1),
        }
    }

    /// Room for the offsets of so many images, or null.
    fn offsets(&mut self, count: usize) -> Option<Memory> {
        (!self.draw.one_in(3)).then(|| Memory::new((count + 1) * size_of::<usize>()))
    }

    /// Rows and columns of some images.
    fn sizes(&mut self) -> (Memory, usize) {
        let count = self.draw.below(4);
        let mut sizes = Memory::new(2 * count * size_of::<usize>());
        for side in sizes.as_mut().chunks_exact_mut(size_of::<usize>()) {
            side.copy_from_slice(&self.draw.length().to_ne_bytes());
        }
        (sizes, count)
    }
}
