//! Typed arrays as an image to read: one for all pixels, or one for each plane of luma and chroma.

use std::ptr;

use napi::bindgen_prelude::{JsObjectValue, JsValue, Object, Unknown};
use pixfuse::spec::Input;
use pixfuse::{ImageRef, Pipeline};
use pixfuse_bindings::buffers::{self, Places};
use pixfuse_bindings::{Language, typed_array};

use crate::argument::{optional, plain};
use crate::buffer::Memory;

/// The five values of an image, in the order of the calls: data, width, height, channels, stride. For planes that lie
/// apart data and stride are arrays.
pub(crate) type ImageValues<'a> = [Unknown<'a>; 5];

/// A source image, found to lie inside its typed arrays.
#[derive(Clone, Copy)]
pub(crate) struct Image {
    places: Places,
    origins: [*const u8; 3],
}

impl Image {
    /// Reads the values of an image for a pipeline. The error is a sentence about an image.
    pub(crate) fn read([data, width, height, channels, stride]: ImageValues, pipe: &Pipeline) -> Result<Self, String> {
        let input = &pipe.spec().input;
        let is_array = |value: Unknown| value.is_array().map_err(|error| error.to_string());
        let apart = is_array(data)? && is_array(stride)?;
        let memory = if apart { None } else { Some(samples("data", data, input)?) };
        let described = [width, height, channels].map(plain);
        let sides = buffers::sides(described.each_ref(), input, Language::JavaScript)?;
        let mut origins = [ptr::null(); 3];
        if let Some((address, length)) = memory {
            let places = Places::of_one(input, sides, (length, optional("stride", stride)?))?;
            for (origin, block) in origins.iter_mut().zip(places.blocks()) {
                *origin = address.wrapping_add(block.start);
            }
            return Ok(Self { places, origins });
        }
        buffers::has_planes(input)?;
        let mut given = Vec::with_capacity(3);
        for (index, (plane, stride)) in elements(data)?.into_iter().zip(elements(stride)?).enumerate() {
            let (address, length) = samples("planes: data", plane, input)?;
            given.push((length, optional("planes: stride", stride)?));
            if let Some(origin) = origins.get_mut(index) {
                *origin = address;
            }
        }
        Ok(Self { places: Places::of_planes(input, sides, &given)?, origins })
    }

    /// The view.
    ///
    /// # Safety
    /// No JavaScript may run in the environment from [`read`](Self::read) to the end of 'a.
    pub(crate) unsafe fn view<'a>(&self) -> ImageRef<'a> {
        // SAFETY: `read` found the blocks to lie in their typed arrays. Only JavaScript of this environment can take the
        // memory away, and none runs during 'a. A buffer that another thread could write to at the same time
        // (SharedArrayBuffer) was refused.
        unsafe { over(&self.places, self.origins) }
    }

    /// Where samples lie in a copy.
    pub(crate) fn copied(&self) -> Places {
        self.places.copied()
    }

    /// The bytes as they are now, for a time when JavaScript runs; nothing where memory ends.
    ///
    /// # Safety
    /// No JavaScript may have run in the environment since [`read`](Self::read).
    pub(crate) unsafe fn copy(&self) -> Option<Vec<u8>> {
        let mut pixels = Vec::new();
        pixels.try_reserve_exact(self.places.length()).ok()?;
        for (block, origin) in self.places.copied().blocks().iter().zip(self.origins) {
            // SAFETY: the block's bytes lie in its typed array, which is still as `read` found it, and in the vector's
            // new memory there is room for those of all blocks.
            unsafe {
                let to: *mut u8 = pixels.as_mut_ptr();
                ptr::copy_nonoverlapping(origin, to.add(block.start), block.length);
                pixels.set_len(block.start + block.length);
            }
        }
        Some(pixels)
    }
}

/// The view over blocks that start there.
///
/// # Safety
/// The bytes of each block are readable for 'a and not written meanwhile.
unsafe fn over<'a>(places: &Places, origins: [*const u8; 3]) -> ImageRef<'a> {
    let (format, blocks, [rows, columns]) = (places.format(), places.blocks(), places.sides());
    if format.is_yuv() {
        let planes: Vec<_> = blocks.iter().zip(origins).map(|(block, origin)| (origin, block.stride)).collect();
        // SAFETY: the caller promises the bytes of each block for 'a; `Places` has the lengths that such planes must have.
        return unsafe { ImageRef::from_raw_yuv(format, &planes, rows, columns) }
            .expect("the planes were measured when they were read");
    }
    let (shape, strides) = places.axes();
    // SAFETY: the caller promises the bytes of the block for 'a, in which `Places` found shape and strides to end after
    // `check_samples` accepted them.
    unsafe { ImageRef::from_raw_samples(format.sample(), origins[0], shape, strides) }
}

/// The view over a copy, by the places in it; nothing where it is too short.
pub(crate) fn of_copy<'a>(places: &Places, copy: &'a [u8]) -> Option<ImageRef<'a>> {
    if copy.len() < places.length() {
        return None;
    }
    let mut origins = [ptr::null(); 3];
    for (origin, block) in origins.iter_mut().zip(places.copied().blocks()) {
        *origin = copy.as_ptr().wrapping_add(block.start);
    }
    // SAFETY: the blocks follow each other in the copy, which is borrowed for 'a and long enough.
    Some(unsafe { over(places, origins) })
}

/// The elements of an array.
fn elements(array: Unknown) -> Result<Vec<Unknown>, String> {
    // SAFETY: the conversion asks the value for its type.
    let array: Object = unsafe { array.cast() }.map_err(|error| error.to_string())?;
    let length = array.get_array_length().map_err(|error| error.to_string())?;
    (0..length).map(|index| array.get_element(index).map_err(|error| error.to_string())).collect()
}

/// The address and the bytes of a typed array of such samples.
fn samples(place: &str, data: Unknown, input: &Input) -> Result<(*const u8, usize), String> {
    let Memory { address, length, .. } = typed_array::samples(place, Memory::read(data), |memory| memory.kind, input)?;
    Ok((address.cast(), length * input.format.sample().size()))
}
