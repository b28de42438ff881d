//! Images as a program in C describes them.

use std::ffi::c_void;
use std::ptr::null;

use pixfuse::{ImageRef, Layout, Pipeline};
use pixfuse_c::CImage;

use crate::memory::{Draw, Memory};

/// `pixfuse_image`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Image {
    pub(crate) size: usize,
    pixels: *const c_void,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    strides: [isize; 3],
    planes: [*const c_void; 2],
    plane_strides: [isize; 2],
    orientation: i32,
}

impl Image {
    /// Its bytes, with zeros for padding.
    pub(crate) fn bytes(&self) -> [u8; size_of::<Self>()] {
        const { assert!(size_of::<Self>() == size_of::<CImage>()) };
        let mut bytes = [0; size_of::<Self>()];
        let last = std::mem::offset_of!(Self, orientation) + size_of::<i32>();
        // SAFETY: up to the end of the last member all is numbers and pointers without gaps.
        let values = unsafe { std::slice::from_raw_parts((&raw const *self).cast::<u8>(), last) };
        bytes[..last].copy_from_slice(values);
        bytes
    }
}

/// An image, and the memory that it is of.
pub(crate) struct Pixels {
    pub(crate) image: Image,
    memory: Vec<Memory>,
}

impl Pixels {
    /// An image as the pipeline wants it, or one that is wrong in a way that it says itself.
    pub(crate) fn draw(draw: &mut Draw, pipe: Option<&Pipeline>) -> Self {
        let most = if draw.one_in(3) { 5 } else { 40 };
        let image = Image {
            size: size_of::<CImage>(),
            pixels: null(),
            rows: 1 + draw.below(most),
            columns: 1 + draw.below(most),
            strides: [0; 3],
            planes: [null(); 2],
            plane_strides: [0; 2],
            orientation: if draw.one_in(3) { draw.below(11) as i32 - 1 } else { 0 },
        };
        let mut made = Self { image, memory: Vec::new() };
        match pipe {
            Some(pipe) if pipe.spec().input.format.is_yuv() => made.lay_planes(draw, pipe),
            Some(pipe) => made.lay_pixels(draw, pipe),
            None => {}
        }
        let image = &mut made.image;
        // Sides and strides that no memory has: nobody could give so many bytes.
        let sides = [0, usize::MAX, usize::MAX / 2 + 1];
        match draw.below(12) {
            0 => image.rows = *draw.of(&sides),
            1 => image.columns = *draw.of(&sides),
            2 => image.pixels = null(),
            3 => image.planes = [null(); 2],
            4 => image.strides = [*draw.of(&[isize::MIN, isize::MAX]), isize::MAX, 1],
            _ => {}
        }
        made
    }

    fn lay_planes(&mut self, draw: &mut Draw, pipe: &Pipeline) {
        let (image, format) = (&mut self.image, pipe.spec().input.format);
        let mut strides = ImageRef::yuv_dense_strides(format, image.columns).expect("a YUV format");
        let gap = draw.below(3);
        strides.iter_mut().for_each(|stride| *stride += gap);
        let unread: Vec<_> = strides.iter().map(|&stride| (null(), stride)).collect();
        let lengths = ImageRef::yuv_lengths(format, &unread, image.rows, image.columns).expect("small planes");
        self.memory = lengths.into_iter().map(Memory::new).collect();
        let mut given = self.memory.iter().zip(strides).map(|(plane, stride)| {
            (plane.pointer::<c_void>().cast_const(), if gap == 0 { 0 } else { stride as isize })
        });
        (image.pixels, image.strides[0]) = given.next().expect("luma");
        for (index, (plane, stride)) in given.enumerate() {
            (image.planes[index], image.plane_strides[index]) = (plane, stride);
        }
    }

    fn lay_pixels(&mut self, draw: &mut Draw, pipe: &Pipeline) {
        let (image, input) = (&mut self.image, &pipe.spec().input);
        let sample = input.format.sample().size();
        let pixel = input.format.channels() * sample;
        // Planes are as dense as no strides mean.
        let is_flat = input.layout == Layout::Hwc;
        let gap = if is_flat { draw.below(3) } else { 0 };
        let row = image.columns * pixel + gap;
        let above = (image.rows - 1) * row;
        let pixels = Memory::at(draw.below(2), above + image.columns * pixel);
        image.pixels = pixels.pointer::<c_void>();
        if is_flat && (gap > 0 || draw.one_in(2)) {
            image.strides = [row as isize, pixel as isize, sample as isize];
            if draw.one_in(3) {
                image.pixels = pixels.pointer::<u8>().wrapping_add(above).cast();
                image.strides[0] = -(row as isize);
            }
        }
        self.memory = vec![pixels];
    }

    /// The same image once more, of this one's memory.
    pub(crate) fn again(&self) -> Self {
        Self { image: self.image, memory: Vec::new() }
    }

    /// The bytes of its tensor, where it has one.
    pub(crate) fn tensor(&self, pipe: &Pipeline) -> Option<usize> {
        let Image { mut rows, mut columns, .. } = self.image;
        if self.image.orientation > 4 {
            (rows, columns) = (columns, rows);
        }
        let dims = pipe.output_shape(rows, columns).ok()?;
        Some(dims.elements(pipe.element().size())? * pipe.element().size())
    }
}
