//! The class `Geometry`.

use numpy::{PyArray2, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::exceptions::PyIndexError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyTuple, PyType};

use crate::array::{as_array, tuple};
use crate::failure::Failure;

/// Where things of a source image lie in the output, and back; `Pipeline.geometry` makes it.
///
/// Sizes, scales and offsets are (rows, columns). Points are (x, y) and boxes (x1, y1, x2, y2), as detectors give them: x
/// grows with the columns, y with the rows, the unit is one pixel. Coordinates are those of edges: the first pixel reaches
/// from 0 to 1, its centre is 0.5, and the whole image is the box (0, 0, columns, rows).
///
/// Both ways are `output = source * scale + offset`. A letterbox has one scale for both axes, its ratio from before the
/// rounding of the sides, as Ultralytics, YOLOX and OpenCV take boxes back.
///
/// >>> import pixfuse
/// >>> pipe = pixfuse.Pipeline("input(rgb8), letterbox(640, 640, bilinear), output(rgb, f32, chw)")
/// >>> geometry = pipe.geometry(720, 1280)
/// >>> geometry.content, geometry.scale
/// ((140, 0, 360, 640), (0.5, 0.5))
/// >>> geometry.matrix
/// array([[  0.5,   0. ,   0. ],
///        [  0. ,   0.5, 140. ]])
/// >>> geometry.map_boxes([[200, 0, 400, 200], [0, 0, 1280, 720]])
/// array([[100., 140., 200., 240.],
///        [  0., 140., 640., 500.]])
///
/// It is immutable, hashable, and pickled as its numbers, from which `Geometry(...)` makes it again.
#[pyclass(frozen, eq, hash, weakref, module = "pixfuse")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Geometry {
    geometry: pixfuse::Geometry,
}

#[pymethods]
impl Geometry {
    /// From what the attributes of these names say. Raises PipelineError when they are no pipeline's.
    #[new]
    #[pyo3(signature = (source, resized, output, content, scale, offset, patches=None, tiles=None, thumbnail=None))]
    #[expect(clippy::too_many_arguments, reason = "one for each attribute")]
    fn new(
        source: [usize; 2],
        resized: [usize; 2],
        output: [usize; 2],
        content: [usize; 4],
        scale: [f64; 2],
        offset: [i64; 2],
        patches: Option<[usize; 2]>,
        tiles: Option<[usize; 2]>,
        thumbnail: Option<usize>,
    ) -> Result<Self, Failure> {
        let sides = [source, resized, output].concat().into_iter().chain(content).map(|side| side as f64);
        let offset = offset.map(|offset| offset as f64);
        let grids = [patches, tiles].map(Option::unwrap_or_default).concat().into_iter().map(|side| side as f64);
        let thumbnail = thumbnail.map_or(0.0, |index| index as f64 + 1.0);
        let given = sides.chain(scale).chain(offset).chain(grids).chain([thumbnail]);
        let mut numbers = [0.0; pixfuse::Geometry::NUMBERS];
        for (number, given) in numbers.iter_mut().zip(given) {
            *number = given;
        }
        let geometry = pixfuse::Geometry::from_numbers(numbers)?;
        Ok(Self { geometry })
    }

    /// (rows, columns) of the source.
    #[getter]
    fn source(&self) -> (usize, usize) {
        self.geometry.source().into()
    }

    /// (rows, columns) that the whole source is resampled to, before anything is cut off or put around it.
    #[getter]
    fn resized(&self) -> (usize, usize) {
        self.geometry.resized().into()
    }

    /// (rows, columns) of the output; with tiles(..) those of the canvas that is cut.
    #[getter]
    fn output(&self) -> (usize, usize) {
        self.geometry.output().into()
    }

    /// (rows, columns) of patches with patches(..), else None; their product is the number that show the image.
    #[getter]
    fn patches(&self) -> Option<(usize, usize)> {
        self.geometry.patches().map(Into::into)
    }

    /// (rows, columns) of tiles with tiles(..), else None; the thumbnail is none of them.
    #[getter]
    fn tiles(&self) -> Option<(usize, usize)> {
        self.geometry.tiles().map(Into::into)
    }

    /// Which image of the tensor shows the whole source as one tile, or None: the first, or the one behind the tiles.
    #[getter]
    fn thumbnail(&self) -> Option<usize> {
        self.geometry.thumbnail()
    }

    /// How many images of the tensor show the source: the tiles and the thumbnail, and 1 without tiles(..).
    #[getter]
    fn images(&self) -> usize {
        self.geometry.images()
    }

    /// The Geometry of one image of the tensor, which is its output: of a tile or of the thumbnail, in their order.
    ///
    /// Raises IndexError where there are not so many.
    ///
    /// >>> import pixfuse
    /// >>> pipe = pixfuse.Pipeline(
    /// ...     "input(rgb8), tiles(448, 448, bicubic, antialias, rule = internvl, max = 12, thumbnail = last), output(rgb, f32)"
    /// ... )
    /// >>> geometry = pipe.geometry(1080, 1920)
    /// >>> geometry.tiles, geometry.thumbnail, pipe.output_shape(1080, 1920)
    /// ((2, 4), 8, (9, 3, 448, 448))
    /// >>> geometry.tile(5).unmap_boxes([[0, 0, 224, 448]])
    /// array([[ 480.,  540.,  720., 1080.]])
    fn tile(&self, index: usize) -> PyResult<Self> {
        let count = self.geometry.images();
        let tile = self.geometry.tile(index).ok_or_else(|| {
            PyIndexError::new_err(format!("tile: {index} is none of the {count} images that show the source"))
        })?;
        Ok(tile.into())
    }

    /// The Geometry of one patch, which is its output: of a row and a column of the grid `patches`.
    ///
    /// A box of what a token looks at goes back to the photo by it. In the tensor the patch (r, c) of a grid with w columns is
    /// number `(r // m * w + r % m) * m + c // m * m * m + c % m` with merge = m: `r * w + c` without it. Raises IndexError
    /// where there are not so many.
    ///
    /// >>> import pixfuse
    /// >>> pipe = pixfuse.Pipeline("input(rgb8), resize(240, 320, bilinear, antialias), output(rgb, u8), patches(16)")
    /// >>> geometry = pipe.geometry(480, 640)
    /// >>> geometry.patches, geometry.patch(1, 3).source_box
    /// ((15, 20), (96.0, 32.0, 128.0, 64.0))
    fn patch(&self, row: usize, column: usize) -> PyResult<Self> {
        let patch = self.geometry.patch([row, column]).ok_or_else(|| {
            let grid = self
                .geometry
                .patches()
                .map_or("no patches".to_owned(), |[high, wide]| format!("{high} rows x {wide} columns"));
            PyIndexError::new_err(format!("patch: row {row} and column {column} are none of {grid}"))
        })?;
        Ok(patch.into())
    }

    /// The geometry of two runs one after another: from the source of this one to the output of `next`, whose source is the
    /// output of this one. Boxes and points go through both in one step, and back.
    ///
    /// A declaration of two resizes needs none of it: its geometry is that of both. Raises PipelineError when `next` is of a
    /// source of another size, when this output is cut into patches or tiles, and when the two together begin inside a pixel.
    ///
    /// >>> import pixfuse
    /// >>> thumbnail = pixfuse.Pipeline("input(rgb8), resize(longest = 512, bilinear, antialias), output(rgb, u8, hwc)")
    /// >>> model = pixfuse.Pipeline("input(rgb8), letterbox(640, 640, bilinear), output(rgb, f32, chw)")
    /// >>> first = thumbnail.geometry(1080, 1920)
    /// >>> both = first.followed_by(model.geometry(*first.output))
    /// >>> both.unmap_boxes([0, 140, 320, 320], clip=True)
    /// array([  0.,   0., 960., 540.])
    fn followed_by(&self, next: &Bound<'_, Self>) -> Result<Self, Failure> {
        Ok(self.geometry.followed_by(&next.get().geometry)?.into())
    }

    /// The part of the output that shows the source, in pixels: (top, left, rows, columns). The rest is filled.
    #[getter]
    fn content(&self) -> (usize, usize, usize, usize) {
        self.geometry.content().into()
    }

    /// The part of the source that `content` shows: (x1, y1, x2, y2), in source pixels.
    #[getter]
    fn source_box(&self) -> (f64, f64, f64, f64) {
        self.geometry.source_box().into()
    }

    /// Output pixels per source pixel along rows and columns, as points and boxes are mapped: a letterbox's one ratio twice,
    /// else `exact_scale`.
    #[getter]
    fn scale(&self) -> (f64, f64) {
        self.geometry.scale().into()
    }

    /// The resized over the source rows and columns, by which pixels are resampled.
    #[getter]
    fn exact_scale(&self) -> (f64, f64) {
        self.geometry.exact_scale().into()
    }

    /// The (row, column) of the output where the first pixel of the resized image lies; negative when it is cut off.
    #[getter]
    fn offset(&self) -> (i64, i64) {
        self.geometry.offset().into()
    }

    /// From the source to the output: [[sx, 0, tx], [0, sy, ty]], an array of float64 that is new at each access.
    #[getter]
    fn matrix<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        array(py, self.geometry.matrix())
    }

    /// From the output to the source: the inverse of `matrix`, of the same form.
    #[getter]
    fn inverse<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        array(py, self.geometry.inverse())
    }

    /// Points (x, y) of the source, in the output; `clip` moves those outside onto its edge.
    ///
    /// `points` is an array of numbers, or anything that numpy makes one of, whose last axis has length 2. The result is a
    /// new array of float64 of the same shape. Raises PipelineError when the last axis has another length.
    #[pyo3(signature = (points, *, clip=false))]
    fn map_points<'py>(&self, points: &Bound<'py, PyAny>, clip: bool) -> Result<Bound<'py, PyAny>, Failure> {
        changed("points", points, 2, |points| self.geometry.map_in_place(points, clip.into()))
    }

    /// Points (x, y) of the output, in the source; as `map_points`.
    #[pyo3(signature = (points, *, clip=false))]
    fn unmap_points<'py>(&self, points: &Bound<'py, PyAny>, clip: bool) -> Result<Bound<'py, PyAny>, Failure> {
        changed("points", points, 2, |points| self.geometry.unmap_in_place(points, clip.into()))
    }

    /// Boxes (x1, y1, x2, y2) of the source, in the output; as `map_points`, with a last axis of length 4.
    #[pyo3(signature = (boxes, *, clip=false))]
    fn map_boxes<'py>(&self, boxes: &Bound<'py, PyAny>, clip: bool) -> Result<Bound<'py, PyAny>, Failure> {
        changed("boxes", boxes, 4, |points| self.geometry.map_in_place(points, clip.into()))
    }

    /// Boxes (x1, y1, x2, y2) of the output, in the source; as `map_boxes`.
    #[pyo3(signature = (boxes, *, clip=false))]
    fn unmap_boxes<'py>(&self, boxes: &Bound<'py, PyAny>, clip: bool) -> Result<Bound<'py, PyAny>, Failure> {
        changed("boxes", boxes, 4, |points| self.geometry.unmap_in_place(points, clip.into()))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        let this = slf.get();
        let numbers = (
            this.source(),
            this.resized(),
            this.output(),
            this.content(),
            this.scale(),
            this.offset(),
            this.patches(),
            this.tiles(),
            this.thumbnail(),
        );
        Ok((slf.get_type(), numbers.into_pyobject(slf.py())?))
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __repr__(&self) -> String {
        let ([rows, columns], output) = (self.geometry.source(), self.geometry.output());
        let ([sy, sx], [ty, tx]) = (self.geometry.scale(), self.geometry.offset());
        format!("<Geometry ({rows}, {columns}) to {}: x * {sx} + {tx}, y * {sy} + {ty}>", tuple(&output))
    }
}

impl From<pixfuse::Geometry> for Geometry {
    fn from(geometry: pixfuse::Geometry) -> Self {
        Self { geometry }
    }
}

fn array(py: Python<'_>, matrix: [[f64; 3]; 2]) -> PyResult<Bound<'_, PyArray2<f64>>> {
    Ok(PyArray2::from_vec2(py, &matrix.map(Vec::from))?)
}

/// Boxes (x1, y1, x2, y2) of the source.
pub(crate) fn boxes_of(given: &Bound<'_, PyAny>) -> Result<Vec<[f64; 4]>, Failure> {
    let mut boxes = Vec::new();
    changed("boxes", given, 4, |points| {
        boxes = points.as_flattened().as_chunks::<4>().0.to_vec();
    })?;
    Ok(boxes)
}

/// A copy of an array, as float64, whose points were changed.
fn changed<'py>(
    name: &str,
    given: &Bound<'py, PyAny>,
    last: usize,
    change: impl FnOnce(&mut [[f64; 2]]),
) -> Result<Bound<'py, PyAny>, Failure> {
    let py = given.py();
    let array = as_array(given).inspect_err(|error| drop(error.add_note(py, format!("while {name} was read"))))?;
    let dtype = array.dtype();
    // Text and None would become numbers too, if numpy was asked.
    if !matches!(dtype.kind(), b'i' | b'u' | b'f') {
        return Err(Failure::Argument(format!("{name}: dtype {dtype}, expected numbers")));
    }
    if array.shape().last() != Some(&last) {
        let shape = tuple(array.shape());
        return Err(Failure::Argument(format!("{name}: shape {shape}, expected a last axis of length {last}")));
    }
    let dense = [("dtype", "float64"), ("order", "C")].into_py_dict(py)?;
    let copy = py.import(intern!(py, "numpy"))?.call_method("array", (array,), Some(&dense))?;
    let copy = copy.cast_into::<PyArrayDyn<f64>>().map_err(PyErr::from)?;
    let mut numbers = copy.try_readwrite().map_err(PyErr::from)?;
    let (points, _) = numbers.as_slice_mut().map_err(PyErr::from)?.as_chunks_mut();
    change(points);
    drop(numbers);
    Ok(copy.into_any())
}
