//! A pipeline: a declaration with the kernel that carries it out.

mod allocated;
mod declared;
#[cfg(feature = "std")]
mod jobs;
mod ragged;
mod run;
mod stages;
#[cfg(not(feature = "threads"))]
#[path = "one_thread.rs"]
mod threads;
#[cfg(feature = "threads")]
mod threads;

#[cfg(feature = "std")]
pub use jobs::Job;
pub use ragged::{Join, Joined};
pub(crate) use stages::{Stages, view};
pub use threads::each;

use alloc::sync::Arc;
use std::fmt;

use pixfuse_spec::{FloatsOf, Plan, Values, lower};

use self::declared::{DeclaredSize, check_size};
use crate::cut::Cut;
use crate::entry::Entry;
use crate::floats::Floats;
use crate::kernel::Kernel;
use crate::mapping::Mapping;
use crate::placement::Placement;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::prepared_cache::PreparedCache;
use crate::simd::Token;
use crate::{Dims, Element, Error, Geometry, ImageRef, Level, Orientation, Spec};

/// The most threads that there is any use for, of a pool or of the caller's.
#[cfg(feature = "std")]
const MAX_THREADS: usize = 1024;

/// Whether a call can ask for this many threads.
///
/// # Errors
/// When there are none, or more than `most`.
fn check_threads(given: usize, most: usize) -> Result<usize, Error> {
    // Not "as many as there are cores" for 0: OpenCV means one thread by it, others all, and a guess would surprise half.
    if (1..=most).contains(&given) { Ok(given) } else { Err(Error::Threads { given, most }) }
}

/// A preprocessing pipeline, ready to run.
///
/// It is immutable and cheap to clone; one may be used from many threads at once. Each call runs on the calling thread;
/// [`with_threads`](Self::with_threads) gives it more.
///
/// ```
/// use pixfuse::{ImageRef, Pipeline};
///
/// let pipe = Pipeline::parse("input(rgb8), resize(2, 2, bilinear), normalize(), output(rgb, f32, chw)")?;
/// let pixels = [0, 128, 255].repeat(6 * 4);
/// let tensor = pipe.run::<f32>(ImageRef::rgb8(&pixels, 6, 4)?)?;
/// assert_eq!(tensor.dims, [3, 2, 2]);
/// assert_eq!(tensor.data[0], 0.0);
/// # Ok::<(), pixfuse::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "a pipeline that is made of another leaves that as it is"]
pub struct Pipeline {
    inner: Arc<Inner>,
    /// Threads of a batch.
    threads: usize,
}

struct Inner {
    spec: Spec,
    text: String,
    plan: Plan,
    mapping: Mapping,
    kernel: Kernel,
    /// Where the kernel came from: the name of a declaration, or the grid.
    origin: &'static str,
    token: Token,
    prepared: PreparedCache,
    /// The tables of the declared source size.
    declared: Option<DeclaredSize>,
    /// The pipelines that it is carried out by, where it is more than one resize.
    stages: Option<Stages>,
    floats: Option<Floats>,
}

impl Pipeline {
    /// A pipeline from its text, run by the kernel of the same shape from the grid that is compiled into this crate.
    ///
    /// # Errors
    /// When the text is not a pipeline or has a number left open as `_`; when `PIXFUSE_LEVEL` names a level that this
    /// CPU lacks.
    #[cfg(feature = "grid")]
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::new(text.parse()?)
    }

    /// As [`parse`](Self::parse), from a parsed declaration.
    ///
    /// # Errors
    /// When a number is left open as `_`, or `PIXFUSE_LEVEL` is wrong.
    #[cfg(feature = "grid")]
    pub fn new(spec: Spec) -> Result<Self, Error> {
        let kernel = crate::grid::kernel(&lower(&spec));
        Self::make(spec, kernel, "grid", token(Level::from_environment()?)?)
    }

    /// A pipeline from a declaration of `#[pipeline]`, run by its own kernel.
    ///
    /// # Errors
    /// When the declaration has numbers left open as `_`, or `PIXFUSE_LEVEL` is wrong; when the entry was not made by the
    /// macro, and its text is no declaration or another one than its kernel's.
    pub fn from_entry(entry: &Entry) -> Result<Self, Error> {
        Self::make(entry.text.parse()?, entry.kernel, entry.name, token(Level::from_environment()?)?)
    }

    /// As [`from_entry`](Self::from_entry), with the numbers that the declaration leaves open.
    ///
    /// # Errors
    /// When a number is missing, has no place or is against the rules, or as for [`from_entry`](Self::from_entry).
    pub fn bind(entry: &Entry, values: &Values) -> Result<Self, Error> {
        Self::make(
            entry.text.parse::<Spec>()?.bind(values)?,
            entry.kernel,
            entry.name,
            token(Level::from_environment()?)?,
        )
    }

    fn make(spec: Spec, kernel: Kernel, origin: &'static str, token: Token) -> Result<Self, Error> {
        let spec = spec.bind(&Values::default())?;
        let stages = spec.stages().map(|stages| Stages::new(stages, token)).transpose()?;
        Self::of_stages(spec, kernel, origin, token, stages)
    }

    /// A pipeline that is carried out by these, or by its own kernel.
    fn of_stages(
        spec: Spec,
        kernel: Kernel,
        origin: &'static str,
        token: Token,
        stages: Option<Stages>,
    ) -> Result<Self, Error> {
        let plan = lower(&spec);
        // What the kernel reads and writes is checked here once, and calls check views and outputs by the same declaration.
        kernel.check(&plan, origin)?;
        let mapping = Mapping::new(&plan);
        let mut inner = Inner {
            text: spec.to_string(),
            floats: Floats::of(&spec, &plan.store.from, &mapping),
            mapping,
            plan,
            spec,
            kernel,
            origin,
            token,
            prepared: PreparedCache::default(),
            declared: None,
            stages,
        };
        inner.declared = inner.prepare_declared()?;
        Ok(Self { inner: Arc::new(inner), threads: 1 })
    }

    /// The same pipeline on another level. Its bytes are the same.
    ///
    /// # Errors
    /// When this CPU lacks the level.
    pub fn with_level(&self, level: Level) -> Result<Self, Error> {
        let Inner { spec, text, plan, mapping, kernel, origin, stages, floats, .. } = &*self.inner;
        let mut inner = Inner {
            spec: spec.clone(),
            text: text.clone(),
            plan: plan.clone(),
            mapping: mapping.clone(),
            kernel: *kernel,
            origin,
            token: token(level)?,
            prepared: PreparedCache::default(),
            declared: None,
            stages: stages.as_ref().map(|stages| stages.with_level(level)).transpose()?,
            floats: floats.clone(),
        };
        inner.declared = inner.prepare_declared()?;
        let pipe = Self { inner: Arc::new(inner), threads: self.threads };
        pipe.prepare_for_threads()?;
        Ok(pipe)
    }

    /// The same pipeline, whose runs share the rows of a tensor, and whose batches the images, between this many threads:
    /// the calling one and others, of a pool that all pipelines share and that is made when it is first needed. The bytes
    /// are the same for any number.
    ///
    /// More threads than images or cores gain nothing, and a small image loses. Where other calls have the threads, or the system gives none, the
    /// calling one does the work.
    ///
    /// Without the feature `threads` there is no pool, and one thread is the most. [`jobs`](Self::jobs) are for
    /// threads of your own.
    ///
    /// # Errors
    /// When `threads` is 0 or above 1024, above 1 without the feature `threads`; `std::thread::available_parallelism` says how many
    /// cores there are.
    ///
    /// ```
    /// use pixfuse::{ImageRef, Pipeline};
    ///
    /// let pipe = Pipeline::parse("input(rgb8), resize(2, 2, bilinear), normalize(), output(rgb, f32, chw)")?;
    /// let pixels = [0, 128, 255].repeat(6 * 4);
    /// let images = [ImageRef::rgb8(&pixels, 6, 4)?, ImageRef::rgb8(&pixels, 3, 8)?];
    /// assert_eq!(pipe.with_threads(2)?.batch::<f32>(&images)?, pipe.batch(&images)?);
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn with_threads(&self, threads: usize) -> Result<Self, Error> {
        let pipe = Self { threads: check_threads(threads, threads::MOST)?, ..self.clone() };
        pipe.prepare_for_threads()?;
        Ok(pipe)
    }

    /// The same pipeline with other clauses, on the same level and as many threads: for an image of other channels,
    /// another size or element type. Each clause stands in the place of the one of its name, or is added;
    /// [`Spec::replace`] can leave some out, too. A part of clauses is written as one is: `size(384)`, `filter(..)`,
    /// `mean(..)`, `std(..)`, `scale(..)`, `eps(..)`, `element(..)`.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), for the declaration as it would be.
    ///
    /// ```
    /// use pixfuse::{Pipeline, presets};
    ///
    /// let yolo = Pipeline::from_entry(presets::find("yolo").unwrap())?;
    /// assert_eq!(
    ///     yolo.replace("input(rgb8), output(rgb, f16, chw)")?.text(),
    ///     "input(rgb8), letterbox(640, 640, bilinear), normalize(order = torchvision), output(rgb, f16, chw)"
    /// );
    /// assert_eq!(yolo.replace("size(320, 480), mean(0.5)")?.spec().size(), Some([320, 480]));
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    #[cfg(feature = "grid")]
    pub fn replace(&self, clauses: &str) -> Result<Self, Error> {
        self.with_spec(self.spec().replace_text(clauses)?)
    }

    /// The pipeline of another declaration, on the same level and as many threads.
    ///
    /// # Errors
    /// When a number is left open as `_`.
    #[cfg(feature = "grid")]
    pub fn with_spec(&self, spec: Spec) -> Result<Self, Error> {
        let kernel = crate::grid::kernel(&lower(&spec));
        Self::make(spec, kernel, "grid", self.inner.token)?.with_threads(self.threads)
    }

    /// The declaration.
    pub fn spec(&self) -> &Spec {
        &self.inner.spec
    }

    /// The declaration's canonical text, which makes an equal pipeline.
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    /// The level it runs on.
    pub fn level(&self) -> Level {
        self.inner.token.level()
    }

    /// On how many threads it runs.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// What it does, for people: the text, the plan slot by slot, and which kernel runs it on which level.
    pub fn explain(&self) -> String {
        let Inner { text, plan, origin, token, floats, .. } = &*self.inner;
        if floats.is_some() {
            let floats = match self.spec().resizes_floats() {
                Some(FloatsOf::Pixels) => {
                    "resized as torch resizes floats, then rescaled and normalised: f32 throughout"
                }
                Some(FloatsOf::Normalized) => {
                    "rescaled and normalised, then resized as torch resizes floats: f32 throughout"
                }
                _ => "rescaled, resized as torch resizes floats, then normalised: f32 throughout",
            };
            return format!("{text}\n\n{plan}\ninstead   {floats}");
        }
        format!("{text}\n\n{plan}\nkernel    {origin}\nlevel     {}", token.level())
    }

    /// The view to run over so that `orientation` is applied in the place of the one that `input(...)` declares.
    ///
    /// ```
    /// use pixfuse::{ImageRef, Orientation, Pipeline};
    ///
    /// let pipe = Pipeline::parse("input(gray8, orient = 3), output(gray, u8, chw)")?;
    /// let stored = ImageRef::gray8(&[1, 2, 3, 4, 5, 6], 2, 3)?;
    /// assert_eq!(pipe.run::<u8>(stored)?.data, [6, 5, 4, 3, 2, 1]);
    /// assert_eq!(pipe.run::<u8>(pipe.reorient(stored, Orientation::Upright))?.data, [1, 2, 3, 4, 5, 6]);
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn reorient<'a>(&self, image: ImageRef<'a>, orientation: Orientation) -> ImageRef<'a> {
        image.oriented(orientation).oriented(self.inner.spec.input.orient.inverse())
    }

    /// The shape of the tensor for a source of this size: `[channels, rows, columns]` or `[rows, columns, channels]`, with
    /// `tiles(..)` their number in front of that, and with `patches(..)` `[patches, elements]`.
    ///
    /// The size is that of the image as it is stored; `input(.., orient = 6)` turns it first.
    ///
    /// # Errors
    /// When a side is 0, a crop reaches outside the image, an image is no whole patches, or the tensor would be larger
    /// than memory.
    pub fn output_shape(&self, rows: usize, columns: usize) -> Result<Dims, Error> {
        Ok(self.inner.cut(&self.placement(rows, columns)?)?.1)
    }

    /// The shape of the tensor where the declaration fixes it for every source, as `resize(240, 256, ..)` does, or the source.
    pub fn fixed_shape(&self) -> Option<Dims> {
        let Spec { patches, tiles, .. } = &self.inner.spec;
        if let Some([rows, columns]) = self.source_size() {
            return self.output_shape(rows, columns).ok();
        }
        // As many patches or tiles as `pad_to` says, whatever the size: that of one square of them will do.
        let filled = patches.filter(|patches| patches.pad_to.is_some());
        let square = filled.map(|patches| [patches.side * patches.merge; 2]);
        let tile = tiles.as_ref().filter(|tiles| tiles.pad_to.is_some()).map(|tiles| [tiles.rows, tiles.columns]);
        if let Some(tile) = tile {
            return Some(self.inner.cut(&self.placement(tile[0] as usize, tile[1] as usize).ok()?).ok()?.1);
        }
        let fixed = Placement::fixed_output(&self.inner.plan.frame);
        let output = fixed.or(square.map(|sides| sides.map(|side| side as usize)))?;
        Some(self.inner.cut(&Placement::whole(output.map(|side| side as u32))).ok()?.1)
    }

    /// The shape of a batch of nothing.
    ///
    /// # Errors
    /// When the declaration does not fix the shape of a tensor.
    pub(crate) fn empty_batch(&self) -> Result<Dims, Error> {
        let dims = self.fixed_shape().ok_or_else(|| {
            Error::Image(
                "a batch of nothing has no shape here, where sizes follow from the images: give one at least, or fix \
                 the size with resize(rows, columns, ..), letterbox(..) or center_crop(..)"
                    .into(),
            )
        })?;
        Ok(dims.batch(0))
    }

    /// Where a run over a source of this size puts things: maps points and boxes to the output and back.
    ///
    /// The size is that of the image as it is stored. Points and boxes are those of the turned image, the one that people
    /// draw boxes on: with `input(.., orient = 6)` its [`source`](Geometry::source) has rows and columns changed over.
    ///
    /// # Errors
    /// As [`output_shape`](Self::output_shape).
    ///
    /// ```
    /// use pixfuse::{Clip, Pipeline};
    ///
    /// let pipe = Pipeline::parse(
    ///     "input(rgb8), resize(shortest = 256, bilinear, antialias), center_crop(224, 224), output(rgb, f32, chw)",
    /// )?;
    /// let geometry = pipe.geometry(512, 1024)?;
    /// assert_eq!(geometry.resized(), [256, 512]);
    /// assert_eq!(geometry.offset(), [-16, -144]);
    /// assert_eq!(geometry.source_box(), [288.0, 32.0, 736.0, 480.0]);
    /// assert_eq!(geometry.map_points(&[[512.0, 256.0]], Clip::No), [[112.0, 112.0]]);
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn geometry(&self, rows: usize, columns: usize) -> Result<Geometry, Error> {
        let placement = self.placement(rows, columns)?;
        let (cut, _) = self.inner.cut(&placement)?;
        Ok(Geometry::new(&placement, self.inner.spec.input.orient.size([rows, columns]), &cut))
    }

    /// The frame, worked out for an image that is stored in this size.
    fn placement(&self, rows: usize, columns: usize) -> Result<Placement, Error> {
        ImageRef::check_view([rows, columns, self.channels()], [0; 3])?;
        check_size(&self.inner.spec.input, [rows, columns])?;
        Placement::new(&self.inner.plan.frame, self.inner.spec.input.orient.size([rows as u32, columns as u32]))
    }

    /// The pipelines that it is carried out by, where it is more than one resize.
    pub(crate) fn stages(&self) -> Option<&Stages> {
        self.inner.stages.as_ref()
    }

    /// Channels of a source pixel.
    pub fn channels(&self) -> usize {
        self.inner.spec.input.format.channels()
    }

    /// The element type of the tensor.
    pub fn element(&self) -> Element {
        self.inner.spec.output.element
    }
}

impl Inner {
    /// How an output is cut, and the shape of its tensor.
    fn cut(&self, placement: &Placement) -> Result<(Cut, Dims), Error> {
        let spec = &self.spec;
        let cut = Cut::new(spec, placement)?;
        let dims = cut.dims(spec, placement.output);
        match (dims.elements(spec.output.element.size()), cut) {
            (Some(_), _) => Ok((cut, dims)),
            (None, Cut::Whole) => {
                let ([rows, columns], channels) = (placement.output, spec.output.channels.channels());
                Err(Error::Output(format!("{rows} rows x {columns} columns x {channels} is larger than memory")))
            }
            (None, _) => Err(Error::Output(format!("a tensor {dims:?} is larger than memory"))),
        }
    }
}

/// The token of a level that this CPU has.
fn token(level: Level) -> Result<Token, Error> {
    Token::detect(level).ok_or_else(|| {
        let available: Vec<_> = Level::available().iter().map(|level| level.name()).collect();
        Error::Level(format!("this CPU has no {level}, only {}", available.join(", ")))
    })
}

/// Pipelines are equal when their declarations are, whatever kernel or level runs them: the bytes are the same.
impl PartialEq for Pipeline {
    fn eq(&self, other: &Self) -> bool {
        self.inner.text == other.inner.text
    }
}

impl Eq for Pipeline {}

impl std::hash::Hash for Pipeline {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.inner.text.hash(state);
    }
}

impl fmt::Display for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.text)
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pipeline({:?}, {})", self.inner.text, self.level())
    }
}
