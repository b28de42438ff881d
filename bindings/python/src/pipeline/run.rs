//! How a pipeline runs over Python's objects: other code runs first, then memory is looked at, then the kernel runs.

use numpy::{PyUntypedArray, PyUntypedArrayMethods};
use pixfuse::{Alpha, ImageRef, Join, Joined, Layout, Orientation, PixelFormat, TensorElement};
use pixfuse_bindings::Orient;
use pyo3::prelude::*;

use super::Pipeline;
use crate::array::tuple;
use crate::failure::{Failure, found};
use crate::image::{Image, is_one_image};
use crate::modes::Modes;
use crate::orient;
use crate::out::Out;

impl Pipeline {
    /// The pipeline and the view that read an RGB image with four bytes a pixel; nothing for another image.
    fn padded<'a>(&'a self, image: &'a Image<'_>) -> Option<(&'a pixfuse::Pipeline, ImageRef<'a>)> {
        if self.pipe.spec().input.format != PixelFormat::Rgb8 {
            return None;
        }
        let view = image.padded()?;
        let padded = self.padded.get_or_init(|| {
            let mut spec = self.pipe.spec().clone();
            spec.input.format = PixelFormat::Rgba8;
            spec.input.layout = Layout::Hwc;
            spec.input.alpha = Some(Alpha::Drop);
            pixfuse::Pipeline::new(spec).and_then(|pipe| pipe.with_level(self.pipe.level())).ok()
        });
        padded.as_ref().map(|pipe| (pipe, view))
    }

    /// An object as an image, whose code this may run.
    fn source<'py>(
        &self,
        object: &Bound<'py, PyAny>,
        Reading { orient, modes }: Reading,
    ) -> Result<Source<'py>, Failure> {
        let orient = orient::of_image(orient, object)?;
        let read = modes.read(object, &self.pipe.spec().input)?;
        Ok(Source { image: Image::of(&read, &self.pipe)?, orient })
    }

    /// The pipeline that reads an image fastest, and the view for it: see [`Image::view`].
    fn view<'a>(&'a self, Source { image, orient }: &'a Source<'_>) -> Result<View<'a>, Failure> {
        let (pipe, view) = match self.padded(image) {
            Some(padded) => padded,
            None => (&self.pipe, image.view(&self.pipe)?),
        };
        Ok((pipe, orient.map_or(view, |orient| pipe.reorient(view, orient))))
    }

    /// As [`view`](Self::view), of many images: one pipeline for all, the faster one only where it can read each of them.
    fn views<'a>(&'a self, sources: &'a [Source<'_>]) -> Result<(&'a pixfuse::Pipeline, Vec<ImageRef<'a>>), Failure> {
        let all_padded = sources.iter().all(|source| self.padded(&source.image).is_some());
        let view = |(index, source): (usize, &'a Source<'_>)| {
            if all_padded {
                return self.view(source).map(|(_, view)| view);
            }
            let view = source.image.view(&self.pipe).map_err(|failure| failure.of_image(index))?;
            Ok(source.orient.map_or(view, |orient| self.pipe.reorient(view, orient)))
        };
        let views = sources.iter().enumerate().map(view).collect::<Result<Vec<_>, Failure>>()?;
        let padded = sources.first().filter(|_| all_padded).and_then(|source| self.padded(&source.image));
        Ok((padded.map_or(&self.pipe, |(pipe, _)| pipe), views))
    }

    /// One image, into a new array, `out` or what that gives.
    pub(crate) fn run_one<'py, T: TensorElement + numpy::Element>(
        &self,
        image: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
        reading: Reading,
        threads: usize,
    ) -> Result<Bound<'py, PyAny>, Failure> {
        let py = image.py();
        let source = self.source(image, reading)?;
        let (pipe, view) = self.view(&source)?;
        let dims = pipe.check::<T>(&view)?;
        let mut target = Out::<T>::of(py, out, &dims)?;
        // To find `out` ran other code. From here on none runs.
        let (pipe, view) = self.view(&source)?;
        let pipe = pipe.with_threads(threads)?;
        let elements = target.elements()?;
        py.detach(|| pipe.run_into_uninit(view, elements))?;
        Ok(target.result())
    }

    /// The u8 of one image, and where its things are.
    pub(crate) fn run_seen(
        &self,
        image: &Bound<'_, PyAny>,
        orient: Orient,
    ) -> Result<(Vec<u8>, pixfuse::Geometry), Failure> {
        let source = self.source(image, Reading { orient, modes: Modes::Refused })?;
        let (pipe, view) = self.view(&source)?;
        let geometry = pipe.geometry(view.rows(), view.columns())?;
        Ok((image.py().detach(|| pipe.run::<u8>(view))?.data, geometry))
    }

    /// Many images, into one block, or joined though they differ in size.
    pub(crate) fn run_batch<'py, T: TensorElement + numpy::Element>(
        &self,
        images: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
        reading: Reading,
        threads: usize,
        join: Option<Join>,
    ) -> Result<(Bound<'py, PyAny>, Option<Joined>), Failure> {
        let py = images.py();
        let Ok(iterator) = images.try_iter() else {
            return Err(Failure::Argument(format!("images: expected a list of images, found {}", found(images))));
        };
        // Its rows would be taken for images.
        if let Ok(array) = images.cast::<PyUntypedArray>()
            && is_one_image(array.shape(), &self.pipe.spec().input)
        {
            let message = "is one image; give it to the pipeline, or in a list";
            return Err(Failure::Argument(format!("images: shape {} {message}", tuple(array.shape()))));
        }
        let source = |(index, image): (usize, PyResult<_>)| {
            self.source(&image?, reading).map_err(|failure| failure.of_image(index))
        };
        let sources = iterator.enumerate().map(source).collect::<Result<Vec<_>, Failure>>()?;
        let (pipe, views) = self.views(&sources)?;
        let joined = join.map(|join| pipe.check_joined::<T>(&views, join)).transpose()?;
        let dims = joined.as_ref().map_or_else(|| pipe.check_batch::<T>(&views), |joined| Ok(joined.dims()))?;
        let mut target = Out::<T>::of(py, out, &dims)?;
        // To find `out` ran other code. From here on none runs.
        let (pipe, views) = self.views(&sources)?;
        let pipe = pipe.with_threads(threads)?;
        let elements = target.elements()?;
        let joined = py.detach(|| match join {
            None => pipe.batch_into_uninit(&views, elements).map(|()| None),
            Some(join) => pipe.join_into_uninit(&views, join, elements).map(Some),
        })?;
        Ok((target.result(), joined))
    }
}

/// How images are read that are no files.
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) orient: Orient,
    pub(crate) modes: Modes,
}

impl Reading {
    /// From the arguments of these names.
    pub(crate) fn of(orient: Option<&Bound<'_, PyAny>>, modes: Option<&Bound<'_, PyAny>>) -> Result<Self, Failure> {
        Ok(Self { orient: orient::orient(orient)?, modes: Modes::of(modes)? })
    }
}

/// An image, and how it is turned instead of as the declaration says.
struct Source<'py> {
    image: Image<'py>,
    orient: Option<Orientation>,
}

/// What is run, over what.
type View<'a> = (&'a pixfuse::Pipeline, ImageRef<'a>);
