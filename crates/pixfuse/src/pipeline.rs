//! A pipeline: a declaration with the kernel that carries it out.

use std::fmt;
use std::mem::MaybeUninit;
use std::sync::Arc;

use pixfuse_spec::{Map, Number, Plan, Resample, Values, lower};

use crate::entry::Entry;
use crate::kernel::{Kernel, Numbers, Request, Source};
use crate::seen::Seen;
use crate::simd::Token;
use crate::{Element, Error, ImageRef, Layout, Level, PixelFormat, Spec, Tensor, TensorElement, grid};

/// A preprocessing pipeline, ready to run.
///
/// It is immutable and cheap to clone; one may be used from many threads at once. Each call runs on the calling thread.
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
pub struct Pipeline {
    inner: Arc<Inner>,
}

struct Inner {
    spec: Spec,
    text: String,
    plan: Plan,
    numbers: Numbers,
    kernel: Kernel,
    /// Where the kernel came from: the name of a declaration, or the grid.
    origin: &'static str,
    token: Token,
    seen: Seen,
}

impl Pipeline {
    /// A pipeline from its text, run by the kernel of the same shape from the grid that is compiled into this crate.
    ///
    /// # Errors
    /// When the text is not a pipeline or has a number left open as `_`; when `PIXFUSE_LEVEL` names a level that this
    /// CPU lacks.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::new(text.parse()?)
    }

    /// As [`parse`](Self::parse), from a parsed declaration.
    ///
    /// # Errors
    /// When a number is left open as `_`, or `PIXFUSE_LEVEL` is wrong.
    pub fn new(spec: Spec) -> Result<Self, Error> {
        let kernel = grid::kernel(lower(&spec).shape());
        Self::make(spec, kernel, "grid")
    }

    /// A pipeline from a declaration of `#[pipeline]`, run by its own kernel.
    ///
    /// # Errors
    /// When the declaration has numbers left open as `_`, or `PIXFUSE_LEVEL` is wrong.
    pub fn from_entry(entry: &Entry) -> Result<Self, Error> {
        Self::make(entry.spec(), entry.kernel, entry.name)
    }

    /// As [`from_entry`](Self::from_entry), with the numbers that the declaration leaves open.
    ///
    /// # Errors
    /// When a number is missing, not asked for or against the rules, or `PIXFUSE_LEVEL` is wrong.
    pub fn bind(entry: &Entry, values: &Values) -> Result<Self, Error> {
        Self::make(entry.spec().bind(values)?, entry.kernel, entry.name)
    }

    fn make(spec: Spec, kernel: Kernel, origin: &'static str) -> Result<Self, Error> {
        let spec = spec.bind(&Values::default())?;
        let plan = lower(&spec);
        let inner = Inner {
            text: spec.to_string(),
            numbers: numbers(&plan),
            plan,
            spec,
            kernel,
            origin,
            token: token(Level::from_environment()?)?,
            seen: Seen::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The same pipeline on another level. Its bytes are the same.
    ///
    /// # Errors
    /// When this CPU lacks the level.
    pub fn with_level(&self, level: Level) -> Result<Self, Error> {
        let Inner { spec, text, plan, numbers, kernel, origin, .. } = &*self.inner;
        let inner = Inner {
            spec: spec.clone(),
            text: text.clone(),
            plan: plan.clone(),
            numbers: *numbers,
            kernel: *kernel,
            origin,
            token: token(level)?,
            seen: Seen::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
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

    /// What it does, for people: the text, the plan slot by slot, and which kernel runs it on which level.
    pub fn explain(&self) -> String {
        let Inner { text, plan, origin, token, .. } = &*self.inner;
        format!("{text}\n\n{plan}\nkernel    {origin}\nlevel     {}", token.level())
    }

    /// The shape of the tensor for a source of this size: `[channels, rows, columns]` or `[rows, columns, channels]`.
    ///
    /// # Errors
    /// When a side is 0 or the tensor would be larger than memory.
    pub fn output_shape(&self, rows: usize, columns: usize) -> Result<[usize; 3], Error> {
        ImageRef::check_view([rows, columns, self.channels()], [0; 3])?;
        let [rows, columns] = self.resized(rows, columns);
        let output = &self.inner.spec.output;
        let channels = output.channels.channels();
        let bytes = [columns, channels, output.element.size()].iter().try_fold(rows, |size, &by| size.checked_mul(by));
        if bytes.is_none_or(|bytes| bytes > isize::MAX as usize) {
            return Err(Error::Output(format!("{rows} rows x {columns} columns x {channels} is larger than memory")));
        }
        Ok(match output.layout {
            Layout::Chw => [channels, rows, columns],
            Layout::Hwc => [rows, columns, channels],
        })
    }

    /// Channels of a source pixel.
    pub fn channels(&self) -> usize {
        self.inner.spec.input.format.channels()
    }

    /// Runs into a new tensor.
    ///
    /// # Errors
    /// When the image does not fit `input(...)`, or `T` is not the element type of `output(...)`.
    pub fn run<T: TensorElement>(&self, image: ImageRef<'_>) -> Result<Tensor<T>, Error> {
        let dims = self.check::<T>(&image)?;
        let length = dims.iter().product();
        let mut data = Vec::with_capacity(length);
        self.run_into_uninit(image, &mut data.spare_capacity_mut()[..length])?;
        // SAFETY: `run_into_uninit` initialises every element.
        unsafe { data.set_len(length) };
        Ok(Tensor { data, dims: dims.to_vec() })
    }

    /// Runs into memory that the caller has. Nothing is allocated when the source size was seen before.
    ///
    /// # Errors
    /// As [`run`](Self::run), and when `out` has another length than the tensor. Nothing is written then.
    pub fn run_into<T: TensorElement>(&self, image: ImageRef<'_>, out: &mut [T]) -> Result<(), Error> {
        // SAFETY: `MaybeUninit<T>` has the layout of `T`, and only initialised elements are ever written into it.
        let out = unsafe { std::slice::from_raw_parts_mut(out.as_mut_ptr().cast::<MaybeUninit<T>>(), out.len()) };
        self.run_into_uninit(image, out)
    }

    /// As [`run_into`](Self::run_into), into memory that need not be initialised; it is when this returns `Ok`.
    ///
    /// # Errors
    /// As [`run_into`](Self::run_into).
    pub fn run_into_uninit<T: TensorElement>(
        &self,
        image: ImageRef<'_>,
        out: &mut [MaybeUninit<T>],
    ) -> Result<(), Error> {
        let dims = self.check::<T>(&image)?;
        if out.len() != dims.iter().product() {
            return Err(Error::Output(format!(
                "{} elements given, the tensor {dims:?} needs {}",
                out.len(),
                dims.iter().product::<usize>()
            )));
        }
        self.check_apart(&image, out)?;
        let Inner { spec, plan, numbers, kernel, token, seen, .. } = &*self.inner;
        let [row_stride, column_stride, channel_stride] = image.strides();
        let columns = image.columns() as isize;
        let source = Source {
            rows: image.rows(),
            columns: image.columns(),
            pixel: image.channels(),
            column_stride,
            channel_stride,
            rows_join: image.rows() == 1 || Some(row_stride) == columns.checked_mul(column_stride),
        };
        let prepare = || {
            let [rows, columns] = self.resized(source.rows, source.columns);
            let filter = spec.resize.as_ref().map(|resize| resize.filter);
            debug_assert_eq!(filter.is_none(), plan.resample == Resample::None);
            kernel.prepare(*token, &Request { source, rows, columns, filter })
        };
        seen.with(source, prepare, |tables| {
            // SAFETY: the view is readable as long as `image` is borrowed, and `source` describes it; `out` has the
            // elements of the tensor and was found to overlap no byte of the view.
            unsafe { tables.run(image.origin(), row_stride, out.as_mut_ptr().cast(), numbers) }
        });
        Ok(())
    }

    /// Runs over images of any sizes into one block, `[images, ...]`, in their order.
    ///
    /// # Errors
    /// As [`run`](Self::run), naming the image, and when the images do not give tensors of one shape.
    pub fn batch<T: TensorElement>(&self, images: &[ImageRef<'_>]) -> Result<Tensor<T>, Error> {
        let dims = self.check_batch::<T>(images)?;
        let length = dims.iter().product();
        let mut data = Vec::with_capacity(length);
        self.batch_into_uninit(images, &mut data.spare_capacity_mut()[..length])?;
        // SAFETY: `batch_into_uninit` initialises every element.
        unsafe { data.set_len(length) };
        Ok(Tensor { data, dims: dims.to_vec() })
    }

    /// As [`batch`](Self::batch), into memory that the caller has, initialised or not.
    ///
    /// # Errors
    /// As [`batch`](Self::batch), and when `out` has another length than the block. Nothing is written then.
    pub fn batch_into_uninit<T: TensorElement>(
        &self,
        images: &[ImageRef<'_>],
        out: &mut [MaybeUninit<T>],
    ) -> Result<(), Error> {
        let dims = self.check_batch::<T>(images)?;
        if out.len() != dims.iter().product() {
            return Err(Error::Output(format!(
                "{} elements given, the batch {dims:?} needs {}",
                out.len(),
                dims.iter().product::<usize>()
            )));
        }
        for image in images {
            self.check_apart(image, out)?;
        }
        for (image, out) in images.iter().zip(out.chunks_exact_mut(dims[1..].iter().product())) {
            self.run_into_uninit(*image, out)?;
        }
        Ok(())
    }

    /// The shape of a batch of these images, each of which fits.
    ///
    /// # Errors
    /// As [`batch`](Self::batch).
    pub fn check_batch<T: TensorElement>(&self, images: &[ImageRef<'_>]) -> Result<[usize; 4], Error> {
        let mut block: Option<[usize; 3]> = None;
        for (index, image) in images.iter().enumerate() {
            let dims = self.check::<T>(image).map_err(|error| match error {
                Error::Image(message) => Error::Image(format!("number {index}: {message}")),
                other => other,
            })?;
            let first = *block.get_or_insert(dims);
            if dims != first {
                return Err(Error::Image(format!(
                    "number {index}: gives a tensor {dims:?}, number 0 gives {first:?}; \
                     a batch needs one shape, which resize(...) makes"
                )));
            }
        }
        let [a, b, c] = block.ok_or_else(|| Error::Image("a batch needs at least one image".into()))?;
        let dims = [images.len(), a, b, c];
        let bytes = dims.iter().try_fold(size_of::<T>(), |size, &by| size.checked_mul(by));
        if bytes.is_none_or(|bytes| bytes > isize::MAX as usize) {
            return Err(Error::Output(format!("a batch {dims:?} is larger than memory")));
        }
        Ok(dims)
    }

    /// Whether an image and an element type fit this pipeline, and the shape of the tensor.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn check<T: TensorElement>(&self, image: &ImageRef<'_>) -> Result<[usize; 3], Error> {
        let Spec { input, output, .. } = &self.inner.spec;
        let format: PixelFormat = input.format;
        if image.channels() != format.channels() {
            return Err(Error::Image(format!(
                "has {} channels, input({format}) needs {}",
                image.channels(),
                format.channels()
            )));
        }
        if let Some(given) = image.format().filter(|&given| given != format) {
            return Err(Error::Image(format!("is {given}, the pipeline reads input({format})")));
        }
        if T::ELEMENT != output.element {
            return Err(Error::Output(format!("elements are {}, output(...) says {}", T::ELEMENT, output.element)));
        }
        self.output_shape(image.rows(), image.columns())
    }

    /// Refuses an output that shares memory with the image.
    fn check_apart<T>(&self, image: &ImageRef<'_>, out: &[MaybeUninit<T>]) -> Result<(), Error> {
        let shape = [image.rows(), image.columns(), image.channels()];
        let reach = ImageRef::check_view(shape, image.strides())?;
        let origin = image.origin() as isize;
        let (first, last) = (origin.wrapping_add(*reach.start()) as usize, origin.wrapping_add(*reach.end()) as usize);
        let out = out.as_ptr_range();
        if first < out.end as usize && last >= out.start as usize {
            return Err(Error::Output("shares memory with the image; give a buffer of its own".into()));
        }
        Ok(())
    }

    /// Rows and columns after `resize(...)`.
    fn resized(&self, rows: usize, columns: usize) -> [usize; 2] {
        match &self.inner.spec.resize {
            None => [rows, columns],
            Some(resize) => [&resize.rows, &resize.columns]
                .map(|side| *side.known().expect("a pipeline has no open number") as usize),
        }
    }

    /// The element type of the tensor.
    pub fn element(&self) -> Element {
        self.inner.spec.output.element
    }
}

/// The token of a level that this CPU has.
fn token(level: Level) -> Result<Token, Error> {
    Token::detect(level).ok_or_else(|| {
        let available: Vec<_> = Level::available().iter().map(|level| level.name()).collect();
        Error::Level(format!("this CPU has no {level}, only {}", available.join(", ")))
    })
}

/// What a kernel of the grid reads where a declared one has literals.
fn numbers(plan: &Plan) -> Numbers {
    let mut numbers = Numbers { scale: [1.0; 4], offset: [0.0; 4], swap: plan.store.from.first() == Some(&2) };
    if let Map::MulAdd { scale: Number::Known(scale), offset: Number::Known(offset) } = &plan.map {
        numbers.scale[..scale.len()].copy_from_slice(scale);
        numbers.offset[..offset.len()].copy_from_slice(offset);
    }
    numbers
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
