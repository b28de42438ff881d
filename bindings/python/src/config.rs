//! Configs of models.

use std::path::PathBuf;

use numpy::{IntoPyArray, PyArray1, PyArray4, PyArrayMethods, PyUntypedArrayMethods};
use pixfuse_config::{
    Backend, Batch, Imported, Overrides, Place, Source, UnknownBackend, Value, Variant, read, read_video,
};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::failure::Failure;
use crate::file::File;

/// Top, left, rows and columns.
type Window = (usize, usize, usize, usize);

/// An output of sizes alone: its sides, the name of its type, and its numbers.
type OfSizes<'py> = (Vec<usize>, &'static str, Bound<'py, PyArray1<i64>>);

/// A config that was read: what `pixfuse.Processor` runs by.
#[pyclass(frozen, module = "pixfuse")]
pub(crate) struct Config {
    source: Source,
    imported: Imported,
}

#[pymethods]
impl Config {
    /// Reads the files of a model by their names, one file without a name, or what is at a path.
    ///
    /// `keywords` is a JSON object.
    #[new]
    #[pyo3(signature = (files, path, backend, keywords))]
    fn new(
        files: Option<Vec<(String, String)>>,
        path: Option<PathBuf>,
        backend: &str,
        keywords: &str,
    ) -> Result<Self, Failure> {
        let backend: Backend = backend.parse().map_err(|error: UnknownBackend| Failure::Argument(error.to_string()))?;
        let source = source(files, path)?;
        let imported = read(&source, backend, &overrides(keywords)?)?;
        Ok(Self { source, imported })
    }

    /// Reads the config of a video processor in the same way, for videos of as many frames as share a patch.
    #[staticmethod]
    #[pyo3(signature = (files, path, keywords))]
    fn of_video(files: Option<Vec<(String, String)>>, path: Option<PathBuf>, keywords: &str) -> Result<Self, Failure> {
        let source = source(files, path)?;
        let imported = read_video(&source, &overrides(keywords)?)?;
        Ok(Self { source, imported })
    }

    /// The same config for videos of so many frames.
    fn with_frames(&self, count: u32) -> Result<Self, Failure> {
        Ok(Self { source: self.source.clone(), imported: self.imported.with_frames(count)? })
    }

    /// To which multiple of frames the last one is repeated, how many share a patch, whether they lie one behind the other in
    /// it, and the most that one grid counts.
    #[getter]
    fn frames(&self) -> Option<(u32, u32, bool, Option<u32>)> {
        self.imported.frames.map(|frames| (frames.multiple, frames.temporal, frames.is_frame_first, frames.chunk))
    }

    /// The same config with the keywords of a call, a JSON object.
    fn with_keywords(&self, keywords: &str) -> Result<Self, Failure> {
        Ok(Self { source: self.source.clone(), imported: self.imported.with(&overrides(keywords)?)? })
    }

    /// The files that it was read from.
    #[getter]
    fn files(&self) -> Vec<(String, String)> {
        self.source.texts().map(|(name, text)| (name.to_owned(), text)).collect()
    }

    /// Whose config it is.
    #[getter]
    fn library(&self) -> &'static str {
        self.imported.library.name()
    }

    /// The class that reads it.
    #[getter]
    fn class_name(&self) -> &str {
        &self.imported.class
    }

    /// Whose bytes it gives: `torch` or `pil`.
    #[getter]
    fn backend(&self) -> &'static str {
        self.imported.backend.name()
    }

    /// The declaration for images of these channels: `rgb`, `gray`, `alpha`, or `file` for what is decoded.
    ///
    /// Raises what the library raises, or what is lacking.
    fn declaration(&self, channels: &str) -> Result<String, Failure> {
        let Imported { class, spec, gray, alpha, .. } = &self.imported;
        let variant = match channels {
            "rgb" => return Ok(spec.to_string()),
            "file" => return Ok(self.imported.of_files().to_string()),
            "gray" => gray,
            _ => alpha,
        };
        match variant {
            Variant::Declared(spec) => Ok(spec.to_string()),
            Variant::Raises(why) => Err(Failure::Argument(format!("image: {class}: {why}"))),
            Variant::Refused(error) => Err(error.clone().into()),
        }
    }

    /// What the library returns, in its order: its name, what it is, and for `each` and `whole` the value.
    #[getter]
    fn outputs<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, &'static str, Bound<'py, PyAny>)>> {
        let described = |value: Value| -> PyResult<(&'static str, Bound<'py, PyAny>)> {
            Ok(match value {
                Value::Pixels => ("pixels", py.None().into_bound(py)),
                Value::Mask => ("mask", py.None().into_bound(py)),
                Value::BoolMask => ("bool_mask", py.None().into_bound(py)),
                Value::PatchMask => ("patch_mask", py.None().into_bound(py)),
                Value::SourceSizes => ("source_sizes", py.None().into_bound(py)),
                Value::SourceSides => ("source_sides", py.None().into_bound(py)),
                Value::ResizedSizes => ("resized_sizes", py.None().into_bound(py)),
                Value::PixelsAlone => ("pixels_alone", py.None().into_bound(py)),
                Value::ResizedRows => ("resized_rows", py.None().into_bound(py)),
                Value::ResizedColumns => ("resized_columns", py.None().into_bound(py)),
                Value::RowScale => ("row_scale", py.None().into_bound(py)),
                Value::GridThw => ("grid_thw", py.None().into_bound(py)),
                Value::GridCount => ("grid_count", py.None().into_bound(py)),
                Value::FrameCount => ("frame_count", py.None().into_bound(py)),
                Value::FramePixelMask => ("frame_pixel_mask", py.None().into_bound(py)),
                Value::FrameMask => ("frame_mask", py.None().into_bound(py)),
                Value::Grid => ("grid", py.None().into_bound(py)),
                Value::TileCount => ("tile_count", py.None().into_bound(py)),
                Value::TileCounts => ("tile_counts", py.None().into_bound(py)),
                Value::TileRows => ("tile_rows", py.None().into_bound(py)),
                Value::TileColumns => ("tile_columns", py.None().into_bound(py)),
                Value::SplitRows => ("split_rows", py.None().into_bound(py)),
                Value::SplitColumns => ("split_columns", py.None().into_bound(py)),
                Value::TilePixelMask => ("tile_pixel_mask", py.None().into_bound(py)),
                Value::TileMask => ("tile_mask", py.None().into_bound(py)),
                Value::AspectRatioIds(most) => ("aspect_ratio_ids", most.into_pyobject(py)?.into_any()),
                Value::AspectRatioMask(most) => ("aspect_ratio_mask", most.into_pyobject(py)?.into_any()),
                Value::TileGrid => ("tile_grid", py.None().into_bound(py)),
                Value::PatchPositions => ("patch_positions", py.None().into_bound(py)),
                Value::PatchGroups(patches) => ("patch_groups", patches.into_pyobject(py)?.into_any()),
                Value::Each(one) => ("each", one.into_pyobject(py)?.into_any()),
                Value::EachPair(pair) => ("each", PyList::new(py, pair)?.into_any()),
                Value::One(one) => ("whole", one.into_pyobject(py)?.into_any()),
                Value::PatchStrip(side) => ("patch_strip", side.into_pyobject(py)?.into_any()),
                Value::PatchRows(rows) => ("patch_rows", rows.into_pyobject(py)?.into_any()),
                Value::PatchSizes(side) => ("patch_sizes", side.into_pyobject(py)?.into_any()),
                Value::PatchShapes(side) => ("patch_shapes", side.into_pyobject(py)?.into_any()),
                Value::PatchRowMask(side) => ("patch_row_mask", side.into_pyobject(py)?.into_any()),
                Value::TileStack => ("tile_stack", py.None().into_bound(py)),
                Value::RowEnds => ("row_ends", py.None().into_bound(py)),
                Value::CutGrids => ("cut_grids", py.None().into_bound(py)),
                Value::CutCounts => ("cut_counts", py.None().into_bound(py)),
                Value::ViewTiles => ("view_tiles", py.None().into_bound(py)),
                Value::ViewTileCounts => ("view_tile_counts", py.None().into_bound(py)),
                Value::ViewTileGrids => ("view_tile_grids", py.None().into_bound(py)),
                Value::OfSizes(_) => ("of_sizes", py.None().into_bound(py)),
                Value::Nothing => ("whole", PyList::empty(py).into_any()),
                Value::Text(text) => ("whole", PyList::new(py, [text])?.into_any()),
            })
        };
        let outputs = self.imported.outputs.iter();
        outputs.map(|output| described(output.value).map(|(kind, value)| (output.name, kind, value))).collect()
    }

    /// The output of this name for images of these rows and columns, or for the frames of videos of so many, where it is
    /// `of_sizes`: its sides, the name of its type, and its numbers.
    fn of_sizes<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        sources: Vec<[usize; 2]>,
        frames: Vec<usize>,
    ) -> Result<OfSizes<'py>, Failure> {
        let value = self.imported.outputs.iter().find_map(|output| match output.value {
            Value::OfSizes(value) if output.name == name => Some(value),
            _ => None,
        });
        let value = value.ok_or_else(|| Failure::Argument(format!("{name}: no output of sizes alone")))?;
        let made = self.imported.of_sizes(value, &sources, &frames)?;
        Ok((made.dims, made.numbers.name(), made.values.into_pyarray(py)))
    }

    /// Whether a sample of several images is prepared another way.
    #[getter]
    fn is_single(&self) -> bool {
        self.imported.is_single
    }

    /// Whether smaller images of a batch are padded to the largest.
    #[getter]
    fn pads(&self) -> bool {
        self.imported.batch == Batch::Pad
    }

    /// Whether the patches of all images lie in one array, one image behind the other.
    #[getter]
    fn concatenates(&self) -> bool {
        self.imported.batch == Batch::Concatenate
    }

    /// Whether a frame lies around each image.
    #[getter]
    fn is_framed(&self) -> bool {
        self.imported.spec.pad.is_some()
    }

    /// Whether the tiles of a sample's images lie one behind the other, on an axis of their own for each sample.
    #[getter]
    fn is_sequence(&self) -> bool {
        self.imported.batch == Batch::Sequence
    }

    /// Whether images come in pairs.
    #[getter]
    fn is_paired(&self) -> bool {
        self.imported.is_paired
    }

    /// Whether the images of one call must have one size.
    #[getter]
    fn is_uniform(&self) -> bool {
        self.imported.is_uniform
    }

    /// Whether the channels of a call's tensor become their gray, which `grayscale` does.
    #[getter]
    fn is_gray(&self) -> bool {
        self.imported.grayscale.is_some()
    }

    /// Puts the gray of images, an array of (images, 3, rows, columns) of f32 that is written to, into their three planes.
    fn grayscale(&self, images: &Bound<'_, PyAny>) -> Result<(), Failure> {
        let shaped =
            images.cast::<PyArray4<f32>>().map_err(|_| Failure::Argument("images: no array of f32".to_owned()))?;
        let mut images = shaped.try_readwrite().map_err(|error| Failure::Argument(format!("images: {error}")))?;
        let (plane, channels) = (images.shape()[2] * images.shape()[3], images.shape()[1]);
        let elements = images.as_slice_mut().map_err(|error| Failure::Argument(format!("images: {error}")))?;
        if let Some(grayscale) = self.imported.grayscale.filter(|_| channels == 3 && plane > 0) {
            grayscale.apply(elements, plane);
        }
        Ok(())
    }

    /// The axes that the library keeps apart in a patch, behind the one of channels and frames.
    #[getter]
    fn patch_axes(&self) -> Vec<u32> {
        self.imported.patch_axes.clone()
    }

    /// The keywords that the library's processor calls the class with, as JSON.
    #[getter]
    fn processor_keywords(&self) -> String {
        serde_json::Value::Object(self.imported.processor_keywords()).to_string()
    }

    /// Whether `tokens` go by the grid and the number of patches or tiles.
    #[getter]
    fn has_tokens_of_grid(&self) -> bool {
        self.imported.has_tokens_of_grid()
    }

    /// How many tokens an image takes: of its rows and columns, those of its patches or tiles, and how many there are.
    fn tokens(&self, source: [usize; 2], grid: [usize; 2], count: usize) -> Result<u64, Failure> {
        Ok(self.imported.tokens(source, grid, count)?)
    }

    /// Whether the class makes RGB of an image of any mode.
    #[getter]
    fn converts(&self) -> bool {
        self.imported.converts
    }

    /// Whether a list of images is one sample: the frames of a video, the images of a prompt.
    #[getter]
    fn is_nested(&self) -> bool {
        self.imported.is_nested
    }

    /// Whether images of some sizes are refused, so that `admits` must be asked.
    #[getter]
    fn is_limited(&self) -> bool {
        self.imported.limit.is_some()
    }

    /// The other tensors that the class makes of an image.
    #[getter]
    fn views(&self) -> Vec<Self> {
        self.imported.views.iter().map(|view| self.part(view)).collect()
    }

    /// What an image becomes before the declaration reads it.
    #[getter]
    fn before(&self) -> Option<Self> {
        self.imported.before.as_ref().map(|before| self.part(before))
    }

    /// In which tensor it is: `apart` in one of its own, `before` or `behind` what each image is in the first one.
    #[getter]
    fn place(&self) -> &'static str {
        match self.imported.place {
            Place::Apart => "apart",
            Place::Before => "before",
            Place::Behind => "behind",
        }
    }

    /// Rows and columns of tiles that the result for an image of this size is cut into, 1 and 1 where it is not.
    fn grid(&self, rows: usize, columns: usize) -> (u32, u32) {
        self.imported.grid(rows, columns).map_or((1, 1), Into::into)
    }

    /// Whether there is this tensor of an image of this size.
    fn holds(&self, rows: usize, columns: usize) -> bool {
        self.imported.is_made(rows, columns)
    }

    /// Whether its images are among those that the class counts.
    #[getter]
    fn is_counted(&self) -> bool {
        self.imported.is_counted
    }

    /// The canvas of an image of this size, rows and columns of windows, and of each of them top, left, rows and columns;
    /// `None` where it is of the image itself.
    fn windows(&self, rows: usize, columns: usize) -> Option<(Self, (usize, usize), Vec<Window>)> {
        let windows = self.imported.windows(rows, columns)?;
        let parts = windows.parts.into_iter().map(Into::into).collect();
        Some((self.part(&windows.canvas), windows.grid.into(), parts))
    }

    /// Raises when the declaration is not the class's result for an image of this size.
    fn admits(&self, rows: usize, columns: usize) -> Result<(), Failure> {
        Ok(self.imported.admits(rows, columns)?)
    }

    /// Every key that the class takes, with its value here, as JSON.
    #[getter]
    fn record(&self) -> String {
        serde_json::Value::Object(self.imported.record.clone()).to_string()
    }

    /// What a reader should know.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.imported.notes.clone()
    }

    /// The key of a file for caches: BLAKE3 of its bytes and of what is done with them.
    fn item_key(&self, data: &Bound<'_, PyAny>) -> Result<String, Failure> {
        let file = File::of(data)?;
        let (text, bytes) = (self.imported.fingerprint(), file.bytes());
        Ok(data.py().detach(|| pixfuse_decode::item_key(&text, bytes)))
    }

    /// What was read and what became of it, for people.
    fn explain(&self) -> String {
        self.imported.explain()
    }
}

impl Config {
    /// A part of this config as one.
    fn part(&self, imported: &Imported) -> Self {
        Self { source: self.source.clone(), imported: imported.clone() }
    }
}

/// The files of a model by their names, one file without a name, or what is at a path.
fn source(files: Option<Vec<(String, String)>>, path: Option<PathBuf>) -> Result<Source, Failure> {
    match (files, path) {
        (Some(files), _) => Ok(Source::files(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))?),
        (None, Some(path)) => Ok(Source::path(&path)?),
        (None, None) => Err(Failure::Argument("source: missing".to_owned())),
    }
}

/// Keywords of a call, written as JSON.
fn overrides(keywords: &str) -> Result<Overrides, Failure> {
    serde_json::from_str(keywords).map_err(|error| Failure::Argument(format!("keywords: {error}")))
}
