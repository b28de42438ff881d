//! Calls that draw what a tensor stands for.

use std::ptr::{null, null_mut};

use pixfuse_c::*;

use crate::caller::Caller;
use crate::image::Pixels;
use crate::memory::Memory;

impl Caller<'_> {
    /// Boxes of any numbers, and how many there are.
    pub(crate) fn some_boxes(&mut self) -> (Memory, usize) {
        let count = self.draw.below(5);
        let bytes: Vec<u8> = (0..count * 4)
            .flat_map(|_| match self.draw.below(3) {
                0 => f64::from_bits(self.draw.bits()).to_ne_bytes(),
                _ => (self.draw.below(400) as f64 - 50.0).to_ne_bytes(),
            })
            .collect();
        (Memory::of(&bytes), count)
    }

    pub(crate) fn preview(&mut self) {
        let (handle, pipe) = self.pipe();
        let (pixels, shape) = (Pixels::draw(&mut self.draw, pipe.as_ref()), self.sized::<Shape>());
        let ((alloc, mut user), (boxes, count)) = (self.allocator(), self.some_boxes());
        let image = self.of_image(&pixels);
        let at = image.as_ref().map_or(null(), |image| image.pointer::<CImage>().cast_const());
        let shape = shape.as_ref().map_or(null_mut(), Memory::pointer);
        let boxes = if self.draw.one_in(20) { null() } else { boxes.pointer::<f64>().cast_const() };
        let mut out = null_mut();
        // SAFETY: the pipeline is a handle, the image of memory as large as it says, the boxes are as many, each struct as
        // large as it says, or null, and the allocator gives what it is asked for.
        let _ = self.attempt("preview", |error| unsafe {
            pixfuse_preview(handle.cast(), at, boxes, count, alloc, (&raw mut user).cast(), shape, &raw mut out, error)
        });
        Self::allocated(out, &user);
    }

    pub(crate) fn preview_file(&mut self) {
        let ((pipe, _), file, options, shape) = (self.pipe(), self.file(), self.options(), self.sized::<Shape>());
        let ((alloc, mut user), (boxes, count)) = (self.allocator(), self.some_boxes());
        let shape = shape.as_ref().map_or(null_mut(), Memory::pointer);
        let mut out = null_mut();
        // SAFETY: the pipeline is a handle, the file as long as it is said to be, the boxes are as many, each struct as large
        // as it says, or null, and the allocator gives what it is asked for.
        let _ = self.attempt("preview_file", |error| unsafe {
            let (file, length, user) = (file.pointer(), file.len(), (&raw mut user).cast());
            let (options, boxes) = (options.pointer(), boxes.pointer());
            pixfuse_preview_file(
                pipe.cast(),
                file,
                length,
                options,
                boxes,
                count,
                alloc,
                user,
                shape,
                &raw mut out,
                error,
            )
        });
        Self::allocated(out, &user);
    }
}
