//! Running a pipeline: checks, tables, one image or many.

use std::mem::MaybeUninit;

use super::declared::check_size;
use super::{Inner, Pipeline, threads};
use crate::cut::Part;
use crate::floats::Floats;
use crate::image::view::View;
use crate::kernel::{Conversion, Numbers, Request, Scratch, Source};
use crate::memory::NoMemory;
use crate::next_step::{self, Given};
use crate::output::{Output, with_bits};
use crate::placement::Placement;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::prepared_cache::{Band, Key, PreparedSize};
use crate::simd::{Simd, Visit};
use crate::{Dims, Element, Error, ImageRef, Spec, Tensor, TensorElement, fill};

impl Pipeline {
    /// Runs into a new tensor, on the threads that [`with_threads`](Self::with_threads) set.
    ///
    /// # Errors
    /// When the image does not fit the pipeline, or `T` is not the element type of `output(...)`.
    pub fn run<T: TensorElement>(&self, image: ImageRef<'_>) -> Result<Tensor<T>, Error> {
        let dims = self.check::<T>(&image)?;
        let length = dims.iter().product();
        let mut data = with_capacity(length)?;
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
        self.run_into_uninit(image, initialised(out))
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
        self.run_on(self.threads, None, image, Output::new(out), None)
    }

    /// As [`run_into_uninit`](Self::run_into_uninit), on so many threads, and at the top left of a frame of zeros of so many
    /// rows and columns, if it is given: no smaller than the output, which stays whole. Scratch that is given is for one thread.
    pub(super) fn run_on(
        &self,
        threads: usize,
        frame: Option<[usize; 2]>,
        image: ImageRef<'_>,
        mut out: Output<'_>,
        scratch: Option<&mut Scratch>,
    ) -> Result<(), Error> {
        self.check_image(&image, out.element)?;
        let Inner { mapping, prepared, declared, stages, floats, .. } = &*self.inner;
        if let Some(stages) = stages {
            if frame.is_none() {
                check_length(out.len(), self.output_shape(image.rows(), image.columns())?)?;
            }
            self.check_apart(&image, &out)?;
            return stages.run(threads, frame, image, out);
        }
        if let Some(floats) = floats {
            return self.resize_floats(floats, frame, image, out, false);
        }
        let (image, source) = self.source(image);
        let key = Key { source, threads, frame };
        let run = |tables: &PreparedSize| {
            check_length(out.len(), tables.dims)?;
            self.check_apart(&image, &out)?;
            let work = Bands { view: image.view(), out: out.start(), numbers: mapping.numbers() };
            let run = |band: &Band, scratch: Option<&mut Scratch>| {
                // SAFETY: the view is readable as long as `image` is borrowed, and `source` describes it; `out` has
                // the elements of the tensor and was found to overlap no byte of the view. Each band is run once.
                unsafe { work.run(band, scratch) }.map_err(|none| none.to_error(source.scratch()))
            };
            // Before the margins: without memory for scratch nothing is written.
            match (tables.bands.as_slice(), scratch) {
                ([], _) => {}
                ([whole], scratch) => run(whole, scratch)?,
                (bands, Some(scratch)) => bands.iter().try_for_each(|band| run(band, Some(scratch)))?,
                (bands, None) => threads::each(threads, bands.iter(), |_, band| run(band, None))?,
            }
            self.fill(&tables.parts, &mut out);
            Ok(())
        };
        match declared.as_ref().filter(|declared| declared.key == key) {
            Some(declared) => run(&declared.prepared),
            None => prepared.with(key, || self.inner.prepare(key), run),
        }
    }

    /// The view that a kernel reads, and what tables need to know about it.
    pub(super) fn source<'a>(&self, image: ImageRef<'a>) -> (ImageRef<'a>, Source) {
        let Inner { spec, plan, .. } = &*self.inner;
        let mut image = image.oriented(spec.input.orient);
        if plan.load.convert.repeat {
            image = image.repeated();
        }
        let source = Source::of(&image, &plan.load);
        (image, source)
    }

    /// Writes what lies around the parts of a tensor, and behind them.
    pub(super) fn fill(&self, parts: &[Part], out: &mut Output<'_>) {
        let Inner { spec, mapping, token, .. } = &*self.inner;
        let (layout, channels) = (spec.output.layout, spec.output.channels.channels());
        for Part { placement, runs, start, elements } in parts {
            with_bits!(out.part(*start..start + elements).memory, out => match runs {
                Some(runs) => fill::runs(placement, runs, mapping, out),
                None => fill::margins(*token, placement, layout, mapping, channels, out),
            });
        }
        // Patches and tiles that no image is in.
        let filled = parts.iter().map(|part| part.elements).sum::<usize>();
        out.part(filled..out.len()).clear();
    }

    /// Runs where floats are resized, line by line: the twin of what a level does.
    pub(crate) fn run_floats_plainly<T: TensorElement>(&self, image: ImageRef<'_>) -> Result<Tensor<T>, Error> {
        let (dims, floats) = (self.check::<T>(&image)?, self.inner.floats.as_ref().expect("floats are resized"));
        let length = dims.iter().product();
        let mut data = with_capacity(length)?;
        data.resize(length, T::of(0));
        self.resize_floats(floats, None, image, Output::new(initialised(&mut data)), true)?;
        Ok(Tensor { data, dims: dims.to_vec() })
    }

    /// Runs where floats are resized, which no kernel does.
    fn resize_floats(
        &self,
        floats: &Floats,
        frame: Option<[usize; 2]>,
        image: ImageRef<'_>,
        mut out: Output<'_>,
        plainly: bool,
    ) -> Result<(), Error> {
        let Inner { spec, plan, token, .. } = &*self.inner;
        let source = image.oriented(spec.input.orient);
        let sides = [source.rows(), source.columns()];
        let mut placement = Placement::new(&plan.frame, sides.map(|side| side as u32))?;
        if let Some(frame) = frame {
            placement = placement.framed(frame);
        }
        floats.check(sides, placement.resized.map(|side| side as usize))?;
        let (cut, dims) = self.inner.cut(&placement)?;
        check_length(out.len(), dims)?;
        self.check_apart(&image, &out)?;
        let none = |none: NoMemory| none.to_error("rows of floats");
        let parts = cut.parts(plan, placement).map_err(none)?;
        let source = crate::source::Source::new(source, plan.load);
        for part in &parts {
            let mut out = out.part(part.start..part.start + part.elements);
            let mut store = |channel, row, values: &[f32]| floats.store(part, channel, row, values, &mut out);
            if plainly {
                floats.run_plainly(&source, part, &mut store)
            } else {
                token.visit(Resized { floats, source: &source, part, store: &mut store })
            }
            .map_err(none)?;
        }
        self.fill(&parts, &mut out);
        Ok(())
    }

    /// Whether floats of an image of this size are resized as torch has it.
    ///
    /// # Errors
    /// As [`Floats::check`].
    #[cfg(feature = "std")]
    pub(super) fn check_floats(&self, floats: &Floats, image: &ImageRef<'_>) -> Result<(), Error> {
        let placement = self.placement(image.rows(), image.columns())?;
        let source = image.oriented(self.inner.spec.input.orient);
        floats.check([source.rows(), source.columns()], placement.resized.map(|side| side as usize))
    }

    /// Runs over images of any sizes into one block, `[images, ...]`, in their order, on the threads that
    /// [`with_threads`](Self::with_threads) set.
    ///
    /// # Errors
    /// As [`run`](Self::run), naming the image, and when the images do not give tensors of one shape.
    pub fn batch<T: TensorElement>(&self, images: &[ImageRef<'_>]) -> Result<Tensor<T>, Error> {
        let dims = self.check_batch::<T>(images)?;
        let length = dims.iter().product();
        let mut data = with_capacity(length)?;
        self.batch_into_uninit(images, &mut data.spare_capacity_mut()[..length])?;
        // SAFETY: `batch_into_uninit` initialises every element.
        unsafe { data.set_len(length) };
        Ok(Tensor { data, dims: dims.to_vec() })
    }

    /// As [`batch`](Self::batch), into memory that the caller has.
    ///
    /// # Errors
    /// As [`batch`](Self::batch), and when `out` has another length than the block. Nothing is written then.
    pub fn batch_into<T: TensorElement>(&self, images: &[ImageRef<'_>], out: &mut [T]) -> Result<(), Error> {
        self.batch_into_uninit(images, initialised(out))
    }

    /// As [`batch_into`](Self::batch_into), into memory that need not be initialised; it is when this returns `Ok`.
    ///
    /// # Errors
    /// As [`batch`](Self::batch), and when `out` has another length than the block. Nothing is written then.
    pub fn batch_into_uninit<T: TensorElement>(
        &self,
        images: &[ImageRef<'_>],
        out: &mut [MaybeUninit<T>],
    ) -> Result<(), Error> {
        self.batch_on(images, Output::new(out))
    }

    /// As [`batch_into`](Self::batch_into).
    fn batch_on(&self, images: &[ImageRef<'_>], mut out: Output<'_>) -> Result<(), Error> {
        let dims = self.checked_batch(images, out.element)?;
        if out.len() != dims.iter().product() {
            return Err(Error::Output(format!(
                "{} elements given, the batch {dims:?} needs {}",
                out.len(),
                dims.iter().product::<usize>()
            )));
        }
        for image in images {
            self.check_apart(image, &out)?;
        }
        let length = dims[1..].iter().product();
        let threads = self.threads.min(images.len()).max(1);
        let tensors = images.iter().map(|image| (image, out.take(length)));
        threads::each(threads, tensors, |_, (image, out)| self.run_on(1, None, image.cold(), out, None))
    }

    /// The shape of a batch of these images, each of which fits; of none it is `[0, ...]` where the declaration fixes
    /// the rest.
    ///
    /// # Errors
    /// As [`batch`](Self::batch).
    pub fn check_batch<T: TensorElement>(&self, images: &[ImageRef<'_>]) -> Result<Dims, Error> {
        self.checked_batch(images, T::ELEMENT)
    }

    /// As [`check_batch`](Self::check_batch), of elements of this type.
    fn checked_batch(&self, images: &[ImageRef<'_>], given: Element) -> Result<Dims, Error> {
        let mut block: Option<Dims> = None;
        for (index, image) in images.iter().enumerate() {
            let dims = self.checked(image, given).map_err(|error| error.of_image(index))?;
            let first = *block.get_or_insert(dims);
            if dims != first {
                return Err(Error::Image(format!(
                    "number {index}: gives a tensor {dims:?}, number 0 gives {first:?}; \
                     a batch needs one shape, which resize(...) makes"
                )));
            }
        }
        let Some(block) = block else {
            let element = self.inner.spec.output.element;
            return if given == element { self.empty_batch() } else { Err(wrong_element(given, element)) };
        };
        let dims = block.batch(images.len());
        match dims.elements(given.size()) {
            Some(_) => Ok(dims),
            None => Err(Error::Output(format!("a batch {dims:?} is larger than memory"))),
        }
    }

    /// Whether an image and an element type fit this pipeline, and the shape of the tensor.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn check<T: TensorElement>(&self, image: &ImageRef<'_>) -> Result<Dims, Error> {
        self.checked(image, T::ELEMENT)
    }

    /// As [`check`](Self::check), of elements of this type.
    pub(super) fn checked(&self, image: &ImageRef<'_>, given: Element) -> Result<Dims, Error> {
        self.check_image(image, given)?;
        self.output_shape(image.rows(), image.columns())
    }

    /// Whether an image and an element type fit `input(...)` and `output(...)`.
    fn check_image(&self, image: &ImageRef<'_>, given: Element) -> Result<(), Error> {
        let Spec { input, output, .. } = &self.inner.spec;
        let format = input.format;
        if image.sample() != format.sample() {
            return Err(Error::Image(format!(
                "has {} samples, input({format}) needs {}{}",
                image.sample(),
                format.sample(),
                next_step::samples(Given::Sample(image.sample()), input)
            )));
        }
        if image.view().has_chroma() != format.is_yuv() {
            let has = if format.is_yuv() { "no chroma planes" } else { "chroma planes" };
            return Err(Error::Image(format!("has {has}, the pipeline reads input({format})")));
        }
        if image.channels() != format.channels() {
            return Err(Error::Image(format!(
                "has {} channels, input({format}) needs {}{}",
                image.channels(),
                format.channels(),
                next_step::channels(image.channels(), input)
            )));
        }
        if let Some(other) = image.format().filter(|&other| other != format) {
            return Err(Error::Image(format!("is {other}, the pipeline reads input({format}); write input({other})")));
        }
        check_size(input, [image.rows(), image.columns()])?;
        if given != output.element {
            return Err(wrong_element(given, output.element));
        }
        Ok(())
    }

    /// Refuses an output that shares memory with the image.
    pub(super) fn check_apart(&self, image: &ImageRef<'_>, out: &Output<'_>) -> Result<(), Error> {
        let out = out.reach();
        let shares = |[first, end]: [usize; 2]| first < out.end && end > out.start;
        if image.reach().into_iter().any(shares) {
            return Err(Error::Output("shares memory with the image; give a buffer of its own".into()));
        }
        Ok(())
    }
}

impl Inner {
    /// The tables of a source size on so many threads.
    pub(super) fn prepare(&self, Key { source, threads, frame }: Key) -> Result<PreparedSize, Error> {
        let Self { plan, kernel, token, .. } = self;
        let mut placement = Placement::new(&plan.frame, [source.rows as u32, source.columns as u32])?;
        if let Some(frame) = frame {
            placement = placement.framed(frame);
        }
        let (conversion, sample) = (Conversion::of(&plan.load), plan.load.format.sample());
        let [rows, columns] = placement.output;
        let none = |none: NoMemory| {
            let sizes = format_args!("{} rows x {} columns to {rows} x {columns}", source.rows, source.columns);
            none.to_error(format_args!("tables for {sizes}"))
        };
        let (cut, dims) = self.cut(&placement)?;
        let parts = cut.parts(plan, placement).map_err(none)?;
        let elements: usize = dims.iter().product();
        assert!(
            parts.iter().all(|part| part.start + part.elements <= elements),
            "a part of the tensor is outside of it"
        );
        let mut bands = Vec::new();
        for Part { placement, runs, start, .. } in &parts {
            for placement in placement.bands(threads) {
                let runs = runs.clone();
                let request = Request { source, resample: plan.resample, placement, conversion, sample, runs };
                let prepared = kernel.prepare(*token, &request).map_err(none)?;
                bands.push(Band { prepared, start: start * plan.store.element.size() });
            }
        }
        Ok(PreparedSize { dims, parts, bands })
    }
}

/// Floats that are resized on a level.
struct Resized<'a> {
    floats: &'a Floats,
    source: &'a crate::source::Source<'a>,
    part: &'a Part,
    /// Takes a channel, a row of the window and its values.
    store: &'a mut dyn FnMut(usize, usize, &[f32]),
}

impl Visit for Resized<'_> {
    type Output = Result<(), NoMemory>;

    fn visit<S: Simd>(self, simd: S) -> Result<(), NoMemory> {
        self.floats.run(&simd, self.source, self.part, self.store)
    }
}

/// Whether so many elements are those of a tensor.
pub(super) fn check_length(given: usize, dims: Dims) -> Result<(), Error> {
    let needed = dims.iter().product::<usize>();
    if given == needed {
        return Ok(());
    }
    Err(Error::Output(format!("{given} elements given, the tensor {dims:?} needs {needed}")))
}

fn wrong_element(given: Element, wanted: Element) -> Error {
    Error::Output(format!("elements are {given}, output(...) says {wanted}"))
}

/// Elements that only elements of their type are written to.
pub(super) fn initialised<T: TensorElement>(out: &mut [T]) -> &mut [MaybeUninit<T>] {
    // SAFETY: `MaybeUninit<T>` has the layout of `T`, and only initialised elements are ever written into it.
    unsafe { std::slice::from_raw_parts_mut(out.as_mut_ptr().cast(), out.len()) }
}

/// What the bands of one image share.
pub(super) struct Bands<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) out: *mut u8,
    pub(super) numbers: Numbers<'a>,
}

// SAFETY: bands read the view, which nothing writes to, and write rows of the output that no other band has.
unsafe impl Sync for Bands<'_> {}

impl Bands<'_> {
    /// Runs one band.
    ///
    /// # Safety
    /// As [`Prepared::run`](crate::kernel::Prepared::run), and no other thread runs the same band meanwhile.
    pub(super) unsafe fn run(&self, band: &Band, scratch: Option<&mut Scratch>) -> Result<(), NoMemory> {
        // SAFETY: the caller promises the view and the output that the band was prepared for, in which its part begins so
        // many bytes behind the start, and that it runs once.
        unsafe { band.prepared.run(self.view, self.out.add(band.start), &self.numbers, scratch) }
    }
}

/// An empty list with room for a tensor; a view that repeats its pixels can ask for more than there is.
pub(super) fn with_capacity<T>(length: usize) -> Result<Vec<T>, Error> {
    let mut data = Vec::new();
    data.try_reserve_exact(length)
        .map_err(|_| Error::Output(format!("there is no memory for a tensor of {length} elements")))?;
    Ok(data)
}

impl Source {
    /// What there was no memory for, in words.
    pub(super) fn scratch(&self) -> String {
        format!("scratch for {} rows x {} columns", self.rows, self.columns)
    }
}
