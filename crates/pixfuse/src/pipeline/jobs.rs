//! One run as jobs that a host gives to threads of its own.

use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::AcqRel};

use super::run::{Bands, check_length, initialised};
use super::{Inner, MAX_THREADS, Pipeline, check_threads};
use crate::output::Output;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::prepared_cache::{Key, PreparedSize};
use crate::{Error, ImageRef, TensorElement};

/// A part of a run, for any thread; [`Pipeline::jobs`] makes them.
#[must_use = "a job that does not run leaves its part of the tensor as it was"]
pub struct Job<'a, T> {
    run: Arc<Run<'a, T>>,
    /// What it does of the run; all of it where nothing is prepared.
    bands: Range<usize>,
}

/// What the jobs of a run share.
struct Run<'a, T> {
    pipe: Pipeline,
    image: ImageRef<'a>,
    out: *mut MaybeUninit<T>,
    length: usize,
    /// The bands of rows; nothing where the run is one job.
    prepared: Option<Arc<PreparedSize>>,
    /// Jobs that have not run to their end.
    left: AtomicUsize,
    memory: PhantomData<&'a mut [T]>,
}

// SAFETY: what could not be sent or shared is `out`, memory that the run has alone, of elements that may be sent. A job writes
// the rows of its bands, which are no other job's; what is written besides is so by the one that finds that all others have
// ended.
unsafe impl<T: TensorElement> Send for Run<'_, T> {}

// SAFETY: through a shared run nothing but its jobs writes, each of which is run once and writes what no other does.
unsafe impl<T: TensorElement> Sync for Run<'_, T> {}

impl Pipeline {
    /// A run as jobs for as many threads, or fewer: each makes rows or tiles of the tensor that no other does. For hosts with
    /// threads of their own, of rayon or tokio say; [`with_threads`](Self::with_threads) has some of this crate's.
    ///
    /// Jobs may run in any order, at once or one after another, on any threads. Together they write what
    /// [`run_into`](Self::run_into) writes, to the bit. The last one to end writes margins, which may mirror the image. **The
    /// tensor is whole when every job has returned `Ok`**: a job that is dropped, or fails, leaves its rows and all margins as
    /// they were.
    ///
    /// There are fewer jobs where rows are few, since eight of them are the least that is worth a thread, and one where a
    /// declaration is two resizes or resizes floats, which are not shared yet. Making jobs takes as long as preparing a run:
    /// nothing for a source size that was seen before.
    ///
    /// # Errors
    /// As [`run_into`](Self::run_into), and when `threads` is 0 or above 1024. Nothing is written then.
    ///
    /// ```
    /// use pixfuse::{ImageRef, Pipeline};
    ///
    /// let pipe = Pipeline::parse("input(rgb8), resize(64, 48, bilinear), normalize(), output(rgb, f32, chw)")?;
    /// let pixels = [0, 128, 255].repeat(60 * 80);
    /// let image = ImageRef::rgb8(&pixels, 60, 80)?;
    ///
    /// let mut tensor = vec![0.0_f32; pipe.output_shape(60, 80)?.iter().product()];
    /// let jobs = pipe.jobs(image, &mut tensor, 2)?;
    /// std::thread::scope(|scope| {
    ///     let threads: Vec<_> = jobs.into_iter().map(|job| scope.spawn(|| job.run())).collect();
    ///     threads.into_iter().try_for_each(|thread| thread.join().expect("no job panics"))
    /// })?;
    /// assert_eq!(tensor, pipe.run::<f32>(image)?.data);
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn jobs<'a, T: TensorElement>(
        &self,
        image: ImageRef<'a>,
        out: &'a mut [T],
        threads: usize,
    ) -> Result<Vec<Job<'a, T>>, Error> {
        let most = check_threads(threads, MAX_THREADS)?;
        let dims = self.check::<T>(&image)?;
        check_length(out.len(), dims)?;
        let out = initialised(out);
        self.check_apart(&image, &Output::new(out))?;
        let Inner { prepared, stages, floats, .. } = &*self.inner;
        if let Some(floats) = floats {
            self.check_floats(floats, &image)?;
        }
        let prepared = if stages.is_some() || floats.is_some() {
            None
        } else {
            let (_, source) = self.source(image);
            let key = Key { source, threads: most, frame: None };
            Some(prepared.get(key, || self.inner.prepare(key))?)
        };
        let bands = prepared.as_ref().map_or(1, |prepared| prepared.bands.len());
        // Nothing but margins is a job, too.
        let count = bands.clamp(1, most);
        let run = Arc::new(Run {
            pipe: self.clone(),
            image,
            out: out.as_mut_ptr(),
            length: out.len(),
            prepared,
            left: AtomicUsize::new(count),
            memory: PhantomData,
        });
        let job = |index| Job { run: Arc::clone(&run), bands: bands * index / count..bands * (index + 1) / count };
        Ok((0..count).map(job).collect())
    }
}

impl<T: TensorElement> Job<'_, T> {
    /// Does the work, on this thread alone.
    ///
    /// # Errors
    /// When there is no memory for scratch, or for the image between two resizes; the tensor is then never whole.
    pub fn run(self) -> Result<(), Error> {
        let Self { run, bands } = self;
        // SAFETY: `out` are the elements of a slice that this run has alone for 'a, and is used as one where no other job touches
        // it: there is one job, or all have ended.
        let whole = || Output::new(unsafe { std::slice::from_raw_parts_mut(run.out, run.length) });
        let Some(prepared) = &run.prepared else { return run.pipe.run_on(1, None, run.image, whole(), None) };
        let (image, source) = run.pipe.source(run.image);
        let work = Bands { view: image.view(), out: run.out.cast(), numbers: run.pipe.inner.mapping.numbers() };
        for band in &prepared.bands[bands] {
            // SAFETY: the view is readable for 'a, and `source` describes it, for which the bands were prepared; `out` has the
            // elements of the tensor and was found to overlap no byte of the view. A job runs once, and no two have a band.
            unsafe { work.run(band, None) }.map_err(|none| none.to_error(source.scratch()))?;
        }
        // The others' writes are seen here by the one that finds itself the last.
        if run.left.fetch_sub(1, AcqRel) == 1 {
            run.pipe.fill(&prepared.parts, &mut whole());
        }
        Ok(())
    }
}

impl<T> fmt::Debug for Job<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Job({:?} of {})", self.bands, self.run.pipe)
    }
}
