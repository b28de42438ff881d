//! Calls with files, whole and damaged.

use std::ffi::c_void;
use std::ptr::null_mut;

use pixfuse_c::*;

use crate::caller::{Caller, bytes_of};
use crate::memory::Memory;

impl Caller<'_> {
    /// A file, whole or damaged.
    pub(crate) fn file(&mut self) -> Memory {
        let shared = self.shared;
        let file = self.draw.of(&shared.files);
        if self.draw.one_in(2) {
            return Memory::of(file);
        }
        let other = self.draw.of(&shared.files);
        Memory::of(&self.draw.damaged(file, other))
    }

    /// Options, some of them impossible. A damaged file may say that it is large: few pixels are allowed then.
    pub(crate) fn options(&mut self) -> Memory {
        let mut options = self.sized::<DecodeOptions>().unwrap_or_else(|| Memory::sized(&mut self.draw, 8, 0));
        let orientation = if self.draw.one_in(20) { 9 } else { self.draw.below(9) as i32 };
        let draft = if self.draw.one_in(9) { [self.draw.length(), self.draw.length()] } else { [0; 2] };
        // Any bits: a `bool` of C may hold them. The decoder in Rust refuses what is no zero.
        let fill = if self.draw.one_in(4) { self.draw.bits() as u8 } else { 0 };
        let members = [
            &[0; size_of::<usize>()][..],
            &orientation.to_ne_bytes(),
            &[0; 4],
            &(1_u64 << 16).to_ne_bytes(),
            &(self.draw.below(2) as u64 * 1000).to_ne_bytes(),
            &draft[0].to_ne_bytes(),
            &draft[1].to_ne_bytes(),
            &[fill],
        ];
        let members = members.concat();
        for (to, byte) in options.as_mut().iter_mut().zip(members).skip(size_of::<usize>()) {
            *to = byte;
        }
        options
    }

    pub(crate) fn probe(&mut self) {
        let (file, result) = (self.file(), self.sized::<Probe>());
        let result = result.as_ref().map_or(null_mut(), Memory::pointer);
        // SAFETY: the file is as long as it is said to be, the result as large as it says, or null.
        let _ = self.attempt("probe", |error| unsafe { pixfuse_probe(file.pointer(), file.len(), result, error) });
    }

    /// Asks for a shape. Gives its bytes where there is one.
    fn decode_shape_of(&mut self, pipe: *const c_void, file: &Memory, options: &Memory) -> Option<usize> {
        let shape = self.sized::<Shape>();
        let shape = shape.as_ref().map_or(null_mut(), Memory::pointer::<Shape>);
        // SAFETY: the pipeline is a handle, the file as long as it is said to be, each struct as large as it says, or null.
        let asked = self.attempt("decode_shape", |error| unsafe {
            pixfuse_decode_shape(pipe.cast(), file.pointer(), file.len(), options.pointer(), shape, error)
        });
        asked.ok().map(|()| bytes_of(shape))
    }

    pub(crate) fn decode_shape(&mut self) {
        let ((pipe, _), file, options) = (self.pipe(), self.file(), self.options());
        self.decode_shape_of(pipe, &file, &options);
    }

    pub(crate) fn decode(&mut self) {
        let ((pipe, _), file, options) = (self.pipe(), self.file(), self.options());
        let bytes = self.decode_shape_of(pipe, &file, &options);
        let mut out = self.out(bytes);
        let to = if self.draw.one_in(20) { null_mut() } else { out.pointer() };
        let [length, out_bytes] = [file.len(), out.len()];
        // SAFETY: the pipeline is a handle, file and output are as long as they are said to be, each struct as large as it
        // says, or null.
        let result = self.attempt("decode", |error| unsafe {
            pixfuse_decode(pipe.cast(), file.pointer(), length, options.pointer(), to, out_bytes, error)
        });
        Self::untouched(result, &mut out);
    }

    pub(crate) fn decode_alloc(&mut self) {
        let ((pipe, _), file, options, shape) = (self.pipe(), self.file(), self.options(), self.sized::<Shape>());
        let (alloc, mut user) = self.allocator();
        let shape = shape.as_ref().map_or(null_mut(), Memory::pointer);
        let (mut out, is_wanted) = (null_mut(), !self.draw.one_in(20));
        let to = if is_wanted { &raw mut out } else { null_mut() };
        // SAFETY: the pipeline is a handle, the file as long as it is said to be, each struct as large as it says, or null,
        // and the allocator gives what it is asked for.
        let _ = self.attempt("decode_alloc", |error| unsafe {
            let (file, length, user) = (file.pointer(), file.len(), (&raw mut user).cast());
            pixfuse_decode_alloc(pipe.cast(), file, length, options.pointer(), alloc, user, shape, to, error)
        });
        Self::allocated(out, &user);
    }
}
