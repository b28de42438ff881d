//! Batches of images whose tensors differ in size: joined one behind another, or padded to the largest.

use std::mem::MaybeUninit;

use super::run::{initialised, with_capacity};
use super::{Pipeline, threads};
use crate::cut::Cut;
use crate::output::Output;
use crate::placement::Placement;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{Dims, Element, Error, ImageRef, Layout, TensorElement};

/// How the tensors of images of several sizes become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Join {
    /// One behind another along the first dimension: patches or tiles, `[all of them, ...]`.
    Concat,
    /// Each as large as the largest, `[images, ...]`. What is added is zeros of the tensor: behind the last patch or tile,
    /// below and to the right of a whole image.
    Pad,
}

/// The shape of a batch whose tensors differ in size, and where each of them lies. It is known without a pixel:
/// [`Pipeline::joined_shape`] makes it of sizes.
///
/// ```
/// use pixfuse::{Join, Pipeline};
///
/// let pipe = Pipeline::parse("input(rgb8), output(rgb, f32, chw), patches(14, merge = 2)")?;
/// let joined = pipe.joined_shape(&[[28, 56], [56, 56]], Join::Concat)?;
/// assert_eq!(joined.dims(), [24, 588]);
/// assert_eq!(joined.offsets(), [0, 8, 24]);
///
/// let padded = pipe.joined_shape(&[[28, 56], [56, 56]], Join::Pad)?;
/// assert_eq!(padded.dims(), [2, 16, 588]);
/// let (mask, dims) = padded.mask();
/// assert_eq!(dims, [2, 16]);
/// assert_eq!(mask.iter().filter(|shows| **shows).count(), 24);
/// # Ok::<(), pixfuse::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    join: Join,
    dims: Dims,
    /// The shape of each image's own tensor.
    each: Vec<Dims>,
    /// The dimensions in which they may differ, of an image's own tensor.
    ragged: &'static [usize],
}

impl Joined {
    /// The shape of the batch.
    pub fn dims(&self) -> Dims {
        self.dims
    }

    /// The shape of each image's own tensor.
    pub fn each(&self) -> &[Dims] {
        &self.each
    }

    /// Where each image's patches or tiles begin among those of all, and behind the last one their number: one more than
    /// there are images. The sequence lengths of attention are its differences.
    ///
    /// Of whole images it counts what the first dimension of each has.
    pub fn offsets(&self) -> Vec<usize> {
        let mut offsets = vec![0];
        offsets.extend(self.each.iter().scan(0, |sum, dims| {
            *sum += dims[0];
            Some(*sum)
        }));
        offsets
    }

    /// For each place of a padded batch whether it shows its image, in the shape of [`mask_shape`](Self::mask_shape). Of a joined
    /// one every place does.
    pub fn mask(&self) -> (Vec<bool>, Dims) {
        let shape = self.mask_shape();
        if self.join == Join::Concat {
            return (vec![true; self.dims[0]], shape);
        }
        let mut mask = Vec::with_capacity(shape.iter().product());
        for dims in &self.each {
            let own = |axis: usize| dims[self.ragged[axis]];
            match shape[1..] {
                [places] => mask.extend((0..places).map(|place| place < own(0))),
                [rows, columns] => {
                    mask.extend((0..rows).flat_map(|y| (0..columns).map(move |x| y < own(0) && x < own(1))));
                }
                _ => unreachable!("one or two dimensions are ragged"),
            }
        }
        (mask, shape)
    }

    /// The shape of the mask: `[images, patches]` or `[images, tiles]`, and `[images, rows, columns]` of whole images; of a joined
    /// batch the number of its patches or tiles.
    pub fn mask_shape(&self) -> Dims {
        if self.join == Join::Concat {
            return Dims::of(&self.dims[..1]);
        }
        let sides: Vec<usize> = self.ragged.iter().map(|&axis| self.dims[axis + 1]).collect();
        Dims::of(&[&[self.each.len()], &sides[..]].concat())
    }
}

impl Pipeline {
    /// The shape of a batch of sources of these rows and columns, as they are stored.
    ///
    /// # Errors
    /// As [`output_shape`](Self::output_shape), naming the image; when whole images would be joined along their channels or
    /// rows; when the batch would be larger than memory; when there are no images, and the rest of the shape is not fixed.
    pub fn joined_shape(&self, sizes: &[[usize; 2]], join: Join) -> Result<Joined, Error> {
        self.joined(&mut sizes.iter().map(|&[rows, columns]| self.output_shape(rows, columns)), join)
    }

    /// As [`joined_shape`](Self::joined_shape), of images, which fit the pipeline.
    ///
    /// # Errors
    /// As there, and as [`check`](Self::check).
    pub fn check_joined<T: TensorElement>(&self, images: &[ImageRef<'_>], join: Join) -> Result<Joined, Error> {
        self.checked_joined(images, join, T::ELEMENT)
    }

    /// As [`check_joined`](Self::check_joined), of elements of this type.
    fn checked_joined(&self, images: &[ImageRef<'_>], join: Join, given: Element) -> Result<Joined, Error> {
        self.joined(&mut images.iter().map(|image| self.checked(image, given)), join)
    }

    fn joined(&self, each: &mut dyn Iterator<Item = Result<Dims, Error>>, join: Join) -> Result<Joined, Error> {
        let spec = self.spec();
        let whole = spec.patches.is_none() && spec.tiles.is_none();
        if whole && join == Join::Concat {
            return Err(Error::Output(
                "whole images are not joined along a dimension that they have: pad them to the largest, or stack those of one \
                 size"
                    .into(),
            ));
        }
        let numbered = each.enumerate().map(|(index, dims)| dims.map_err(|error| error.of_image(index)));
        let each = numbered.collect::<Result<Vec<_>, _>>()?;
        let ragged: &[usize] = match spec.output.layout {
            _ if !whole => &[0],
            Layout::Chw => &[1, 2],
            Layout::Hwc => &[0, 1],
        };
        let dims = match (join, each.first()) {
            (Join::Pad, None) => self.empty_batch()?,
            (Join::Concat, None) => Dims::of(&[&[0], &self.part_shape()?[1..]].concat()),
            (Join::Concat, Some(first)) => {
                let count = each.iter().try_fold(0_usize, |sum, dims| sum.checked_add(dims[0]));
                Dims::of(&[&[count.unwrap_or(usize::MAX)], &first[1..]].concat())
            }
            (Join::Pad, Some(first)) => {
                let mut largest = first.to_vec();
                for dims in &each {
                    ragged.iter().for_each(|&axis| largest[axis] = largest[axis].max(dims[axis]));
                }
                Dims::of(&largest).batch(each.len())
            }
        };
        match dims.elements(spec.output.element.size()) {
            Some(_) => Ok(Joined { join, dims, each, ragged }),
            None => Err(Error::Output(format!("a batch {dims:?} is larger than memory"))),
        }
    }

    /// The shape of the tensor of one square of patches, or of a canvas of one tile.
    fn part_shape(&self) -> Result<Dims, Error> {
        let spec = self.spec();
        let side = spec.patches.map_or(1, |patches| patches.side * patches.merge);
        let whole = Placement::whole(spec.tiles.as_ref().map_or([side; 2], |tiles| [tiles.rows, tiles.columns]));
        match &spec.tiles {
            None => Ok(self.inner.cut(&whole)?.1),
            Some(_) => Ok(Cut::Whole.dims(spec, whole.output).batch(1)),
        }
    }

    /// Runs over images of any sizes into one tensor, in their order, on the threads that
    /// [`with_threads`](Self::with_threads) set. It is allocated once, as large as [`joined_shape`](Self::joined_shape)
    /// says, and every kernel writes to its place in it.
    ///
    /// # Errors
    /// As [`check_joined`](Self::check_joined) and [`run`](Self::run), naming the image.
    ///
    /// ```
    /// use pixfuse::{ImageRef, Join, Pipeline};
    ///
    /// let pipe = Pipeline::parse("input(gray8), output(gray, u8, chw)")?;
    /// let images = [ImageRef::gray8(&[1, 2], 1, 2)?, ImageRef::gray8(&[3, 4], 2, 1)?];
    /// let (data, joined) = pipe.join::<u8>(&images, Join::Pad)?;
    /// assert_eq!(joined.dims(), [2, 1, 2, 2]);
    /// assert_eq!(data, [1, 2, 0, 0, 3, 0, 4, 0]);
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn join<T: TensorElement>(&self, images: &[ImageRef<'_>], join: Join) -> Result<(Vec<T>, Joined), Error> {
        let joined = self.check_joined::<T>(images, join)?;
        let length = joined.dims.iter().product();
        let mut data = with_capacity(length)?;
        self.write_joined(images, &joined, Output::new(&mut data.spare_capacity_mut()[..length]))?;
        // SAFETY: `write_joined` initialises every element.
        unsafe { data.set_len(length) };
        Ok((data, joined))
    }

    /// As [`join`](Self::join), into memory that the caller has.
    ///
    /// # Errors
    /// As [`join`](Self::join), and when `out` has another length than the batch. Nothing is written then.
    pub fn join_into<T: TensorElement>(
        &self,
        images: &[ImageRef<'_>],
        join: Join,
        out: &mut [T],
    ) -> Result<Joined, Error> {
        self.join_into_uninit(images, join, initialised(out))
    }

    /// As [`join_into`](Self::join_into), into memory that need not be initialised; it is when this returns `Ok`.
    ///
    /// # Errors
    /// As [`join_into`](Self::join_into).
    pub fn join_into_uninit<T: TensorElement>(
        &self,
        images: &[ImageRef<'_>],
        join: Join,
        out: &mut [MaybeUninit<T>],
    ) -> Result<Joined, Error> {
        self.join_on(images, join, Output::new(out))
    }

    /// As [`join_into`](Self::join_into).
    fn join_on(&self, images: &[ImageRef<'_>], join: Join, out: Output<'_>) -> Result<Joined, Error> {
        let joined = self.checked_joined(images, join, out.element)?;
        let (dims, length) = (joined.dims, joined.dims.iter().product::<usize>());
        if out.len() != length {
            return Err(Error::Output(format!("{} elements given, the batch {dims:?} needs {length}", out.len())));
        }
        self.write_joined(images, &joined, out)?;
        Ok(joined)
    }

    fn write_joined(&self, images: &[ImageRef<'_>], joined: &Joined, mut out: Output<'_>) -> Result<(), Error> {
        for image in images {
            self.check_apart(image, &out)?;
        }
        let padded: usize = joined.dims[1..].iter().product();
        let mut work = Vec::with_capacity(images.len());
        for (image, dims) in images.iter().zip(&joined.each) {
            let own = dims.iter().product();
            let length = if joined.join == Join::Pad { padded } else { own };
            let mut tensor = out.take(length);
            // A whole image lies in a frame as large as the largest; patches and tiles have zeros behind them.
            let frame = match joined.ragged {
                [_] => {
                    let first = tensor.take(own);
                    tensor.clear();
                    tensor = first;
                    None
                }
                axes => Some([joined.dims[axes[0] + 1], joined.dims[axes[1] + 1]]),
            };
            work.push((image, frame, tensor));
        }
        let threads = self.threads.min(images.len()).max(1);
        threads::each(threads, work.into_iter(), |_, (image, frame, out)| {
            self.run_on(1, frame, image.cold(), out, None)
        })
    }
}

impl Error {
    /// The same, naming the image of a batch that it is about.
    pub(super) fn of_image(self, index: usize) -> Self {
        match self {
            Self::Image(message) => Self::Image(format!("number {index}: {message}")),
            other => other,
        }
    }
}
