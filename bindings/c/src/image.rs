//! Images as C says them.

use std::ffi::c_void;
use std::marker::PhantomData;

use pixfuse::{ImageRef, Orientation, Pipeline};
use pixfuse_bindings::buffers::dense_strides;

use crate::error::Failure;
use crate::structs::{self, CStruct};

/// `pixfuse_image` in C.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct CImage {
    size: usize,
    pixels: *const c_void,
    rows: usize,
    columns: usize,
    strides: [isize; 3],
    planes: [*const c_void; 2],
    plane_strides: [isize; 2],
    orientation: i32,
}

// SAFETY: it is `repr(C)`, begins with its size, and all of it is numbers and raw pointers.
unsafe impl CStruct for CImage {
    const ARGUMENT: &str = "image";
    const NAME: &str = "pixfuse_image";
}

impl CImage {
    /// The view, for a pipeline that says what the pixels are.
    ///
    /// # Safety
    /// Every byte of the image, which the declaration's format, the sides and the strides say, is readable for `'a` and not
    /// written meanwhile.
    pub(crate) unsafe fn view<'a>(&self, pipe: &Pipeline, _: PhantomData<&'a ()>) -> Result<ImageRef<'a>, Failure> {
        if self.pixels.is_null() {
            return Err(Failure::argument("image: pixels is null"));
        }
        let input = &pipe.spec().input;
        let image = if input.format.is_yuv() {
            // SAFETY: the caller promises every byte of the planes.
            unsafe { self.planes(pipe) }?
        } else {
            let (channels, sample) = (input.format.channels(), input.format.sample());
            let shape = [self.rows, self.columns, channels];
            let strides =
                if self.strides == [0; 3] { dense_strides(input, [self.rows, self.columns]) } else { self.strides };
            ImageRef::check_samples(sample, shape, strides)?;
            // SAFETY: `check_samples` accepts shape and strides, and the caller promises every byte that they say.
            unsafe { ImageRef::from_raw_samples(sample, self.pixels.cast(), shape, strides) }
                .with_format(input.format)?
        };
        match self.orientation {
            0 => Ok(image),
            value => {
                let value = u32::try_from(value).ok().and_then(Orientation::from_exif).ok_or_else(|| {
                    Failure::argument(format_args!("image: orientation is {value}, expected 1 to 8, or 0 for none"))
                })?;
                Ok(pipe.reorient(image, value))
            }
        }
    }

    /// # Safety
    /// As [`view`](Self::view).
    unsafe fn planes<'a>(&self, pipe: &Pipeline) -> Result<ImageRef<'a>, Failure> {
        let format = pipe.spec().input.format;
        let dense = ImageRef::yuv_dense_strides(format, self.columns)?;
        let given = [
            (self.pixels, self.strides[0]),
            (self.planes[0], self.plane_strides[0]),
            (self.planes[1], self.plane_strides[1]),
        ];
        let mut planes = Vec::with_capacity(dense.len());
        for (index, (&dense, (pixels, stride))) in dense.iter().zip(given).enumerate() {
            if pixels.is_null() {
                return Err(Failure::argument(format_args!("image: plane {index} of {format} is null")));
            }
            let stride = if stride == 0 { Ok(dense) } else { usize::try_from(stride) };
            let stride = stride.map_err(|_| {
                let bytes = given[index].1;
                Failure::argument(format_args!("image: plane {index} has a stride of {bytes}, expected a positive one"))
            })?;
            planes.push((pixels.cast(), stride));
        }
        // SAFETY: the caller promises every byte of the planes.
        Ok(unsafe { ImageRef::from_raw_yuv(format, &planes, self.rows, self.columns) }?)
    }
}

/// # Safety
/// `image` is null, or an image as [`CImage::view`] needs it.
pub(crate) unsafe fn view<'a>(pipe: &Pipeline, image: *const CImage) -> Result<ImageRef<'a>, Failure> {
    // SAFETY: the caller promises an image and its pixels, or null.
    unsafe { structs::read(image)?.view(pipe, PhantomData) }
}

/// # Safety
/// `images` is null or an array of `count`, each as [`CImage::view`] needs it.
pub(crate) unsafe fn views<'a>(
    pipe: &Pipeline,
    images: *const CImage,
    count: usize,
) -> Result<Vec<ImageRef<'a>>, Failure> {
    if images.is_null() && count > 0 {
        return Err(Failure::argument("images is null"));
    }
    // SAFETY: the caller promises the images and their pixels.
    unsafe { structs::read_all(images, count)?.into_iter().map(|image| image.view(pipe, PhantomData)).collect() }
}
