//! The class `Pipeline`.

mod batches;
mod picture;
mod run;
mod same;

use std::sync::OnceLock;

use numpy::{PyArray1, PyArrayDyn, PyArrayMethods};
use pixfuse::{Join, Joined, with_element};
use pixfuse_bindings::declared;
use pixfuse_decode::EncodedImage;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use self::batches::Batches;
pub(crate) use self::picture::Picture;
use self::run::Reading;
use crate::decode;
use crate::failure::Failure;
use crate::file::File;
use crate::geometry::Geometry;
use crate::keywords;
use crate::out::dtype_name;

#[doc = include_str!("pipeline/pipeline.md")]
#[allow(clippy::doc_lazy_continuation, reason = "`>>>` is Python's prompt, and what follows it is no quote")]
#[pyclass(frozen, eq, hash, weakref, module = "pixfuse")]
pub(crate) struct Pipeline {
    pub(crate) pipe: pixfuse::Pipeline,
    /// The same pipeline for pixels of red, green, blue and a byte that is not read, made when it is first needed: a
    /// view of three channels that leaves out the fourth byte is slower to read.
    pub(crate) padded: OnceLock<Option<pixfuse::Pipeline>>,
}

#[pymethods]
impl Pipeline {
    #[new]
    #[pyo3(
        signature = (text=None, /, **keywords),
        text_signature = "(text=None, /, *, input=..., resize=..., letterbox=..., tiles=..., center_crop=..., crop=..., pad=..., \
                          normalize=..., output=..., patches=..., rows=..., columns=..., shortest=..., longest=..., crop_rows=..., \
                          crop_columns=..., scale=..., mean=..., std=..., eps=...)"
    )]
    fn new(text: Option<&Bound<'_, PyAny>>, keywords: Option<&Bound<'_, PyDict>>) -> Result<Self, Failure> {
        Ok(keywords::pipeline(text, keywords)?.into())
    }

    /// The same pipeline with other clauses, given as keyword arguments of `Pipeline`: for images of other channels,
    /// another size or dtype. Each takes the place of the whole clause of its name, or is added; None leaves one out.
    ///
    /// Or with other parts of clauses, and all else as it is: `size` (the side of the tensor's image, or rows and columns),
    /// `filter` with its options, `mean`, `std`, `scale` and `eps` of normalize(..), and `element`. A size that does not
    /// follow from one number, as of a resize to 256 that is cropped to 224, raises PipelineError.
    ///
    /// >>> from pixfuse import presets
    /// >>> presets.yolo.replace(input="rgb8", size=320)
    /// Pipeline("input(rgb8), letterbox(320, 320, bilinear), normalize(order = torchvision), output(rgb, f32, chw)")
    /// >>> presets.yolo.replace(filter="area", mean=[0.5, 0.4, 0.3], element="bf16").filter
    /// 'area'
    /// >>> presets.siglip_pil.replace(resize=(384, 384, "bicubic", "antialias")).output_shape(480, 640)
    /// (3, 384, 384)
    #[pyo3(
        signature = (**clauses),
        text_signature = "($self, *, input=..., resize=..., letterbox=..., tiles=..., center_crop=..., crop=..., pad=..., \
                          normalize=..., output=..., patches=..., size=..., filter=..., mean=..., std=..., scale=..., eps=..., \
                          element=...)"
    )]
    fn replace(&self, clauses: Option<&Bound<'_, PyDict>>) -> Result<Self, Failure> {
        let spec = self.pipe.spec().replace(&keywords::clauses(clauses)?).map_err(pixfuse::Error::from)?;
        Ok(declared::with_spec(&self.pipe, spec)?.into())
    }

    #[doc = include_str!("pipeline/run.md")]
    #[allow(clippy::doc_lazy_continuation, reason = "`>>>` is Python's prompt, and what follows it is no quote")]
    #[pyo3(
        signature = (image, out=None, *, orient=None, threads=None, modes=None),
        text_signature = "($self, image, out=None, *, orient=None, threads=1, modes=None)"
    )]
    fn run<'py>(
        &self,
        image: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
        orient: Option<&Bound<'py, PyAny>>,
        threads: Option<&Bound<'py, PyAny>>,
        modes: Option<&Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyAny>, Failure> {
        // What is read of them is their own code, so they come before any memory.
        let threads = threads.map_or(Ok(1), |threads| same::side("threads", threads))?;
        let reading = Reading::of(orient, modes)?;
        with_element!(self.pipe.element(), T => self.run_one::<T>(image, out, reading, threads))
    }

    /// Runs over images of any sizes into one array, (images, ...), in their order; `images` is any iterable.
    ///
    /// Images, `out` (a function is called once, with the shape of all), `orient` and `modes` are as in a call of the pipeline,
    /// and the images must give tensors of one shape, which resize(...) makes. `threads` is how many threads work on them, from
    /// 1 to 1024: the calling one and others, which all pipelines share and which start when they are first needed, in a forked
    /// child too. The bytes are the same for any number; more than there are cores gain nothing. Raises PipelineError, which
    /// names the image by its number.
    ///
    /// >>> import numpy, pixfuse
    /// >>> pipe = pixfuse.Pipeline("input(gray8), resize(2, 4, nearest), output(gray, u8, hwc)")
    /// >>> pipe.batch([numpy.zeros((6, 8), numpy.uint8), numpy.ones((3, 3), numpy.uint8)]).shape
    /// (2, 2, 4, 1)
    #[pyo3(
        signature = (images, out=None, *, threads=None, orient=None, modes=None),
        text_signature = "($self, images, out=None, *, threads=1, orient=None, modes=None)"
    )]
    fn batch<'py>(
        &self,
        images: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
        threads: Option<&Bound<'py, PyAny>>,
        orient: Option<&Bound<'py, PyAny>>,
        modes: Option<&Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyAny>, Failure> {
        let threads = threads.map_or(Ok(1), |threads| same::side("threads", threads))?;
        let reading = Reading::of(orient, modes)?;
        let made = with_element!(self.pipe.element(), T => self.run_batch::<T>(images, out, reading, threads, None))?;
        Ok(made.0)
    }

    /// Runs over images of any sizes into one array of all their patches or tiles, (all of them, ...), one image behind
    /// another: (array, offsets). `offsets` are where each image's begin, and their number: one more than there are images.
    ///
    /// The array is made once, as large as geometry says, and every kernel writes to its place in it. Arguments and errors
    /// are those of `batch`; whole images are refused, which `pad` and `batch` make one array of. `geometry(..).patches`
    /// and `.tiles` are the grids.
    ///
    /// >>> import numpy, pixfuse
    /// >>> pipe = pixfuse.Pipeline("input(rgb8), output(rgb, f32), patches(14, merge = 2)")
    /// >>> images = [numpy.zeros((28, 56, 3), numpy.uint8), numpy.ones((56, 56, 3), numpy.uint8)]
    /// >>> patches, offsets = pipe.concat(images)
    /// >>> patches.shape, offsets
    /// ((24, 588), array([ 0,  8, 24]))
    #[pyo3(
        signature = (images, out=None, *, threads=None, orient=None, modes=None),
        text_signature = "($self, images, out=None, *, threads=1, orient=None, modes=None)"
    )]
    fn concat<'py>(
        &self,
        images: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
        threads: Option<&Bound<'py, PyAny>>,
        orient: Option<&Bound<'py, PyAny>>,
        modes: Option<&Bound<'py, PyAny>>,
    ) -> Result<(Bound<'py, PyAny>, Bound<'py, PyArray1<i64>>), Failure> {
        let threads = threads.map_or(Ok(1), |threads| same::side("threads", threads))?;
        let (join, reading) = (Some(Join::Concat), Reading::of(orient, modes)?);
        let (made, joined) =
            with_element!(self.pipe.element(), T => self.run_batch::<T>(images, out, reading, threads, join))?;
        let offsets = joined.iter().flat_map(Joined::offsets).map(|offset| offset as i64).collect();
        Ok((made, PyArray1::from_vec(images.py(), offsets)))
    }

    /// Runs over images of any sizes into one array in which each is as large as the largest, (images, ...): (array, mask).
    /// What is added is zeros, behind the last patch or tile, below and to the right of a whole image. `mask`, of bool, says
    /// where images are: (images, patches), (images, tiles) or (images, rows, columns).
    ///
    /// Arguments and errors are those of `batch`.
    ///
    /// >>> import numpy, pixfuse
    /// >>> pipe = pixfuse.Pipeline("input(gray8), output(gray, u8, chw)")
    /// >>> array, mask = pipe.pad([numpy.full((1, 2), 7, numpy.uint8), numpy.full((2, 1), 9, numpy.uint8)])
    /// >>> array.shape, array[1].tolist(), mask[1].tolist()
    /// ((2, 1, 2, 2), [[[9, 0], [9, 0]]], [[True, False], [True, False]])
    #[pyo3(
        signature = (images, out=None, *, threads=None, orient=None, modes=None),
        text_signature = "($self, images, out=None, *, threads=1, orient=None, modes=None)"
    )]
    fn pad<'py>(
        &self,
        images: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
        threads: Option<&Bound<'py, PyAny>>,
        orient: Option<&Bound<'py, PyAny>>,
        modes: Option<&Bound<'py, PyAny>>,
    ) -> Result<(Bound<'py, PyAny>, Bound<'py, PyArrayDyn<bool>>), Failure> {
        let threads = threads.map_or(Ok(1), |threads| same::side("threads", threads))?;
        let (join, reading) = (Some(Join::Pad), Reading::of(orient, modes)?);
        let (made, joined) =
            with_element!(self.pipe.element(), T => self.run_batch::<T>(images, out, reading, threads, join))?;
        let (mask, dims) = joined.map_or_else(Default::default, |joined| {
            let (mask, dims) = joined.mask();
            (mask, dims.to_vec())
        });
        Ok((made, PyArray1::from_vec(images.py(), mask).reshape(dims)?))
    }

    /// Decodes a JPEG, PNG, WebP, GIF, BMP or TIFF file and runs over it, into a new array or into `out`, which is returned.
    /// A function is asked for it as in a call of the pipeline, when the file's header has been read.
    ///
    /// `data` is the whole file: bytes, anything whose buffer is one row of bytes (a memoryview, an mmap, a pyarrow Buffer),
    /// a tensor of torch of them, or where it is: a path (str or os.PathLike), or an object with read(), which is read from
    /// its beginning if it has one. What may only be read is not copied, but for numpy's arrays. The image is turned as its EXIF note
    /// says (which a call of the pipeline does for no Pillow image, unless it is given orient="exif"); without one as
    /// input(.., orient = ..) says; `orient`, an EXIF value from 1 to 8, or "stored" for 1, overrides both. The pixels
    /// are those that Pillow decodes, in the channels of input(...): a gray file gives colours too, an opaque one alpha
    /// 255. A file with alpha needs input(rgba8), or input(rgba8, alpha = drop), which reads every file. `decoders()`
    /// names the decoders.
    ///
    /// An image of more than `max_pixels` (178,956,970, as Pillow's) or with a side longer than `max_side` (65,535) is
    /// refused before memory is asked for. With `draft=(rows, columns)` a JPEG file whose sides, as stored, are at least 2, 4
    /// or 8 times as large is decoded at half, a quarter or an eighth of its size, as by Pillow's `Image.draft`: faster,
    /// and not what a filter makes of the whole image. `truncated="fill"` fills what is missing or damaged in a JPEG file,
    /// as Pillow's `LOAD_TRUNCATED_IMAGES`. Both need the decoder libjpeg-turbo, as in the wheels.
    ///
    /// The GIL is released meanwhile, as in a call of the pipeline. Raises FileError, a PipelineError, when the file cannot
    /// be read, is truncated, damaged, of another kind or of other channels, with one word for it as its `code`; nothing
    /// has been written to `out` then.
    ///
    /// >>> import io, pixfuse, PIL.Image
    /// >>> file = io.BytesIO()
    /// >>> PIL.Image.new("RGB", (8, 6)).save(file, "JPEG")
    /// >>> pipe = pixfuse.Pipeline("input(rgb8), resize(2, 4, bilinear), normalize(), output(rgb, f32, chw)")
    /// >>> pipe.decode(file.getvalue()).shape
    /// (3, 2, 4)
    /// >>> pipe.decode(file.getvalue()[:300])
    /// Traceback (most recent call last):
    ///     ...
    /// pixfuse.FileError: file: this JPEG file of 300 bytes ends too early: it is truncated
    #[expect(clippy::too_many_arguments, reason = "they are the keywords of Python's call")]
    #[pyo3(signature = (data, out=None, *, orient=None, max_pixels=None, max_side=None, draft=None, truncated=None))]
    fn decode<'py>(
        &self,
        data: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
        orient: Option<&Bound<'py, PyAny>>,
        max_pixels: Option<&Bound<'py, PyAny>>,
        max_side: Option<&Bound<'py, PyAny>>,
        draft: Option<&Bound<'py, PyAny>>,
        truncated: Option<&Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyAny>, Failure> {
        let options = decode::options(orient, max_pixels, max_side, draft, truncated)?;
        with_element!(self.pipe.element(), T => decode::one::<T>(&self.pipe, data, out, &options))
    }

    /// Decodes files and runs over them, into one array, (files, ...), in their order; `files` is any iterable.
    ///
    /// Files and `out` are as in `decode` (a function is called once, with the shape of all), and the files must give tensors
    /// of one shape, which resize(...) makes. Or `files`
    /// is an Arrow array of binary, large_binary or binary_view, in one piece or in chunks, from any library that has the
    /// Arrow C interface (`__arrow_c_array__`, `__arrow_c_stream__`), which is read where it lies. With `threads` that many
    /// share the work.
    ///
    /// A file that fails, or None or a null in its place, raises FileError, which names it by its number; those before it
    /// may have been written to `out` then. With `on_error="fill"` its tensor has the value `fill` in each element, with
    /// `on_error="skip"` it has none, and those behind it move up. Either gives two things: the array, and a list with a
    /// dict for each file that failed: its `index`, its `name` (its path, or the `name` of what was read, else None), a
    /// `code` as of FileError, and the `message`. `out` has room for all files, and those of it that were decoded are
    /// given. What is no file's fault raises PipelineError.
    ///
    /// >>> import pixfuse, PIL.Image, io
    /// >>> file = io.BytesIO()
    /// >>> PIL.Image.new("RGB", (8, 6)).save(file, "PNG")
    /// >>> pipe = pixfuse.Pipeline("input(rgb8), resize(2, 4, bilinear), output(rgb, u8, hwc)")
    /// >>> tensor, failures = pipe.decode_batch([file, b"<html>", None], on_error="fill", fill=114)
    /// >>> tensor.shape, tensor[1, 0, 0, 0], [(failure["index"], failure["code"]) for failure in failures]
    /// ((3, 2, 4, 3), np.uint8(114), [(1, 'unknown_format'), (2, 'missing')])
    #[expect(clippy::too_many_arguments, reason = "they are the keywords of Python's call")]
    #[pyo3(signature = (files, out=None, *, threads=None, orient=None, max_pixels=None, max_side=None, draft=None, truncated=None, on_error=None, fill=None))]
    fn decode_batch<'py>(
        &self,
        files: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
        threads: Option<&Bound<'py, PyAny>>,
        orient: Option<&Bound<'py, PyAny>>,
        max_pixels: Option<&Bound<'py, PyAny>>,
        max_side: Option<&Bound<'py, PyAny>>,
        draft: Option<&Bound<'py, PyAny>>,
        truncated: Option<&Bound<'py, PyAny>>,
        on_error: Option<&Bound<'py, PyAny>>,
        fill: Option<&Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyAny>, Failure> {
        let options = decode::options(orient, max_pixels, max_side, draft, truncated)?;
        let on_error = decode::on_error(on_error, fill)?;
        let pipe = match threads {
            Some(threads) => self.pipe.with_threads(same::side("threads", threads)?)?,
            None => self.pipe.clone(),
        };
        with_element!(pipe.element(), T => decode::batch::<T>(&pipe, files, out, &options, on_error))
    }

    /// Decodes files batch by batch: an iterator of what `decode_batch` gives of `size` files at a time, the last perhaps of
    /// fewer, and of all its arguments; `out` can only be a function, which is called for each batch. A bar of progress shows
    /// how many batches are done, and no more than one is in memory. `files` is any iterable, which is read as batches are asked
    /// for; numbers of files are those in their batch.
    ///
    /// `for tensor in tqdm(pipe.decode_batches(paths, 64, threads=2)): ...`
    ///
    /// >>> import pixfuse, PIL.Image, io
    /// >>> file = io.BytesIO()
    /// >>> PIL.Image.new("RGB", (8, 6)).save(file, "PNG")
    /// >>> pipe = pixfuse.Pipeline("input(rgb8), resize(2, 4, bilinear), output(rgb, u8, hwc)")
    /// >>> batches = pipe.decode_batches([file] * 5, 2)
    /// >>> len(batches), [len(tensor) for tensor in batches]
    /// (3, [2, 2, 1])
    #[pyo3(
        signature = (files, size, **options),
        text_signature = "($self, files, size, *, out=None, threads=None, orient=None, max_pixels=None, max_side=None, \
                          draft=None, truncated=None, on_error=None, fill=None)"
    )]
    fn decode_batches(
        slf: Py<Self>,
        files: &Bound<'_, PyAny>,
        size: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> Result<Batches, Failure> {
        Batches::new(slf, files, same::side("size", size)?, options)
    }

    /// Where `decode` puts things of this file: as `geometry`, for the turned image; nothing but the header is read.
    ///
    /// With `draft`, as in `decode`, the places are still those of the whole image.
    #[pyo3(signature = (data, *, orient=None, draft=None))]
    fn decode_geometry(
        &self,
        data: &Bound<'_, PyAny>,
        orient: Option<&Bound<'_, PyAny>>,
        draft: Option<&Bound<'_, PyAny>>,
    ) -> Result<Geometry, Failure> {
        let options = decode::options(orient, None, None, draft, None)?;
        Ok(EncodedImage::open(File::of(data)?.bytes())?.geometry(&self.pipe, &options)?.into())
    }

    /// The canonical text of the declaration, which makes an equal pipeline.
    #[getter]
    fn spec(&self) -> &str {
        self.pipe.text()
    }

    /// The level it runs on, one of `levels()`.
    #[getter]
    fn level(&self) -> &'static str {
        self.pipe.level().name()
    }

    /// The clauses in the order of work: a dict of their names, with what stands between their brackets.
    ///
    /// >>> import pixfuse
    /// >>> pixfuse.Pipeline("input(rgb8), normalize(), output(rgb, f32, chw)").clauses
    /// {'input': 'rgb8', 'normalize': '', 'output': 'rgb, f32, chw'}
    #[getter]
    fn clauses<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let clauses = PyDict::new(py);
        for (name, arguments) in self.pipe.spec().clauses() {
            clauses.set_item(name, arguments)?;
        }
        Ok(clauses)
    }

    /// (rows, columns) of the image that the tensor holds, of a tile where it holds tiles; None where they follow from the
    /// source.
    #[getter]
    fn size(&self) -> Option<(u32, u32)> {
        self.pipe.spec().size().map(Into::into)
    }

    /// How pixels are resampled, with its options; None where the image keeps its size.
    #[getter]
    fn filter(&self) -> Option<String> {
        self.pipe.spec().sampling().map(ToString::to_string)
    }

    /// `mean` of normalize(..), one for each channel of the output; None without it.
    #[getter]
    fn mean<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        self.pipe.spec().mean().map(|mean| PyTuple::new(py, mean)).transpose()
    }

    /// `std` of normalize(..), as `mean`.
    #[getter]
    fn std<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        self.pipe.spec().std().map(|std| PyTuple::new(py, std)).transpose()
    }

    /// The factor of normalize(..) on pixel values; None without it.
    #[getter]
    fn scale(&self) -> Option<f64> {
        self.pipe.spec().scale()
    }

    /// The element type as the language has it: f32, f16, bf16, u8 or i8.
    #[getter]
    fn element(&self) -> &'static str {
        self.pipe.element().name()
    }

    /// The name of the output's dtype.
    #[getter]
    fn dtype(&self) -> &'static str {
        dtype_name(self.pipe.element())
    }

    /// What it does, for people: the text, the plan step by step, which kernel runs it on which level, and which
    /// decoders `decode` uses.
    fn explain(&self) -> String {
        pixfuse_decode::explain(&self.pipe)
    }

    /// The shape of the output for an image that is stored in this size.
    ///
    /// input(.., orient = ..) turns it first, or `orient`, as in a call.
    ///
    /// >>> import pixfuse
    /// >>> pixfuse.Pipeline("input(rgb8), output(rgb, f32, chw)").output_shape(480, 640)
    /// (3, 480, 640)
    #[pyo3(signature = (rows, columns, *, orient=None))]
    fn output_shape<'py>(
        &self,
        rows: &Bound<'py, PyAny>,
        columns: &Bound<'py, PyAny>,
        orient: Option<&Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyTuple>, Failure> {
        let [height, width] = self.sides(rows, columns, orient)?;
        let dims = self.pipe.output_shape(height, width)?;
        Ok(PyTuple::new(rows.py(), dims.iter())?)
    }

    /// Where a run over an image that is stored in this size puts things: maps points and boxes to the output and back.
    ///
    /// input(.., orient = ..) turns it first, or `orient`, as in a call; points and boxes are those of the turned image,
    /// the one that people draw boxes on.
    ///
    /// >>> import pixfuse
    /// >>> pipe = pixfuse.Pipeline("input(rgb8), letterbox(640, 640, bilinear), output(rgb, f32, chw)")
    /// >>> pipe.geometry(720, 1280).unmap_boxes([100, 130, 200, 240], clip=True)
    /// array([200.,   0., 400., 200.])
    #[pyo3(signature = (rows, columns, *, orient=None))]
    fn geometry(
        &self,
        rows: &Bound<'_, PyAny>,
        columns: &Bound<'_, PyAny>,
        orient: Option<&Bound<'_, PyAny>>,
    ) -> Result<Geometry, Failure> {
        let [rows, columns] = self.sides(rows, columns, orient)?;
        Ok(self.pipe.geometry(rows, columns)?.into())
    }

    /// The picture that the tensor of an image stands for: what the model sees.
    ///
    /// Pixels are as the filter gives them, before normalize(..); tiles stand side by side with the thumbnail beside them,
    /// and patches apart. `image` is as in a call, or a file as in `decode` (its bytes or path). Of each of `boxes`, (x1, y1,
    /// x2, y2) in the image, the edges are drawn where `geometry` puts them.
    ///
    /// >>> import numpy, pixfuse
    /// >>> pipe = pixfuse.Pipeline("input(bgr8), letterbox(32, 32, bilinear), normalize(), output(rgb, f32, chw)")
    /// >>> pipe.preview(numpy.zeros((6, 8, 3), numpy.uint8), boxes=[[0, 0, 4, 3]])
    /// Picture(32, 32)
    #[pyo3(signature = (image, *, boxes=None, orient=None))]
    fn preview(
        &self,
        image: &Bound<'_, PyAny>,
        boxes: Option<&Bound<'_, PyAny>>,
        orient: Option<&Bound<'_, PyAny>>,
    ) -> Result<Picture, Failure> {
        picture::of(&self.pipe, image, boxes, orient)
    }

    /// For notebooks: the clauses as a table.
    fn _repr_html_(&self) -> String {
        picture::table(&self.pipe)
    }

    fn __repr__(&self) -> String {
        format!("Pipeline(\"{}\")", self.pipe.text())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyType>, (String,)) {
        (slf.get_type(), (slf.get().pipe.text().to_owned(),))
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }
}
