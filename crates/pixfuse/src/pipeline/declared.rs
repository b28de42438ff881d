//! A source size that is declared, `input(rgb8, 1080, 1920)`: no other is read, and its tables are made with the pipeline.

use pixfuse_spec::{Input, Layout, Load};

use super::run::initialised;
use super::{Inner, Pipeline};
use crate::image::view::Planes;
use crate::kernel::{Room, Scratch, Source};
use crate::output::Output;
use crate::placement::Placement;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::prepared_cache::{Key, PreparedSize};
use crate::{Error, ImageRef, TensorElement};

/// The tables of the declared size, for dense pixels on one thread. A view with other strides has tables of its own.
pub(super) struct DeclaredSize {
    pub(super) key: Key,
    pub(super) prepared: PreparedSize,
}

impl Pipeline {
    /// Rows and columns of every image that this pipeline reads, as it is stored, where its declaration says them. Its
    /// tables are made with it then, so that the first run is like the second, and all that follows from a size is known
    /// without an image.
    ///
    /// ```
    /// use pixfuse::{ImageRef, Pipeline};
    ///
    /// let pipe = Pipeline::parse("input(rgb8, 4, 6), resize(shortest = 2, bilinear), output(rgb, u8, hwc)")?;
    /// assert_eq!(pipe.source_size(), Some([4, 6]));
    /// assert_eq!(pipe.fixed_shape().unwrap(), [2, 3, 3]);
    ///
    /// let pixels = [7; 2 * 2 * 3];
    /// let error = pipe.run::<u8>(ImageRef::rgb8(&pixels, 2, 2)?).unwrap_err();
    /// assert!(error.to_string().starts_with("image: has 2 rows x 2 columns, input(rgb8, 4, 6) reads 4 x 6 alone"));
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn source_size(&self) -> Option<[usize; 2]> {
        self.inner.spec.input.size.map(|size| size.map(|side| side as usize))
    }

    /// The memory that a run over an image of the declared size needs besides its output, for
    /// [`run_into_with`](Self::run_into_with): then not even the first run allocates anything. Where no size is declared it is
    /// empty, and runs make it as large as they need.
    ///
    /// # Errors
    /// When there is no memory for it.
    ///
    /// ```
    /// use pixfuse::{ImageRef, Pipeline};
    ///
    /// let pipe = Pipeline::parse("input(rgb8, 4, 6), resize(2, 3, bilinear, antialias), output(rgb, u8, hwc)")?;
    /// let (mut scratch, mut out) = (pipe.scratch()?, [0_u8; 2 * 3 * 3]);
    /// pipe.run_into_with(ImageRef::rgb8(&[7; 4 * 6 * 3], 4, 6)?, &mut out, &mut scratch)?;
    /// assert_eq!(out, [7; 2 * 3 * 3]);
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn scratch(&self) -> Result<Scratch, Error> {
        let room = self.inner.declared.as_ref().map_or(Room::default(), |declared| declared.prepared.room());
        Scratch::of(room).map_err(|none| none.to_error("scratch"))
    }

    /// As [`run_into`](Self::run_into), on the calling thread and with scratch that the caller has. With a declared size
    /// and dense pixels of it nothing is allocated, locked or made for later, from the first call on. (Declarations of two
    /// resizes, and floats that torch resizes, allocate what lies between their steps.)
    ///
    /// # Errors
    /// As [`run_into`](Self::run_into).
    pub fn run_into_with<T: TensorElement>(
        &self,
        image: ImageRef<'_>,
        out: &mut [T],
        scratch: &mut Scratch,
    ) -> Result<(), Error> {
        self.run_on(1, None, image, Output::new(initialised(out)), Some(scratch))
    }

    /// Makes the tables of the declared size for this many threads too.
    pub(super) fn prepare_for_threads(&self) -> Result<(), Error> {
        match &self.inner.declared {
            Some(DeclaredSize { key, .. }) if self.threads > 1 => {
                let key = Key { threads: self.threads, ..*key };
                self.inner.prepared.with(key, || self.inner.prepare(key), |_| Ok(()))
            }
            _ => Ok(()),
        }
    }
}

impl Inner {
    /// The tables of the declared size, if there is one. Stages and floats have none, and are checked for the size.
    ///
    /// # Errors
    /// As [`Pipeline::output_shape`] for that size, and when there is no memory for tables.
    pub(super) fn prepare_declared(&self) -> Result<Option<DeclaredSize>, Error> {
        let Some(size) = self.spec.input.size else { return Ok(None) };
        self.cut(&Placement::new(&self.plan.frame, self.spec.input.orient.size(size))?)?;
        if self.stages.is_some() || self.floats.is_some() {
            return Ok(None);
        }
        let source = Source::dense(size.map(|side| side as usize), &self.plan.load);
        let key = Key { source, threads: 1, frame: None };
        Ok(Some(DeclaredSize { key, prepared: self.prepare(key)? }))
    }
}

/// Refuses an image of another size than the declared one.
pub(super) fn check_size(input: &Input, size: [usize; 2]) -> Result<(), Error> {
    let [rows, columns] = size;
    match input.size {
        Some(declared) if declared.map(|side| side as usize) != size => Err(Error::Image(format!(
            "has {rows} rows x {columns} columns, input({}, {}, {}) reads {} x {} alone; give an image of that size, or leave \
             the size out of input(..)",
            input.format, declared[0], declared[1], declared[0], declared[1]
        ))),
        _ => Ok(()),
    }
}

impl Source {
    /// What tables need to know about a view.
    pub(super) fn of(image: &ImageRef<'_>, load: &Load) -> Self {
        Self::of_strides([image.rows(), image.columns(), image.channels()], image.strides(), load)
    }

    /// The same of dense pixels that are stored in this size.
    fn dense([rows, columns]: [usize; 2], load: &Load) -> Self {
        let (channels, sample) = (load.format.channels(), load.format.sample().size());
        let strides = match load.layout {
            // Of luma and chroma, which are made into rows, it is only asked which way rows lie.
            Layout::Hwc => [columns * channels * sample, channels * sample, sample],
            Layout::Chw => [columns * sample, sample, rows * columns * sample],
        };
        let planes = Planes::packed(std::ptr::null(), strides.map(|stride| stride as isize));
        let planes = planes.oriented(load.orient, [rows, columns]);
        let [rows, columns] = load.orient.size([rows, columns]);
        let [row_stride, column_stride] = planes.pixels.strides;
        let (channels, channel_stride) = if load.convert.repeat { (3, 0) } else { (channels, planes.channel_stride) };
        Self::of_strides([rows, columns, channels], [row_stride, column_stride, channel_stride], load)
    }

    fn of_strides([rows, columns, channels]: [usize; 3], strides: [isize; 3], load: &Load) -> Self {
        let [row_stride, column_stride, channel_stride] = strides;
        let column_major = row_stride.unsigned_abs() < column_stride.unsigned_abs();
        if load.needs_conversion() {
            let pixel = load.order.channels();
            let (column_stride, channel_stride) = (pixel as isize, 1);
            return Self { rows, columns, pixel, column_stride, channel_stride, rows_adjoin: false, column_major };
        }
        Self {
            rows,
            columns,
            pixel: channels,
            column_stride,
            channel_stride,
            rows_adjoin: rows == 1 || Some(row_stride) == (columns as isize).checked_mul(column_stride),
            column_major,
        }
    }
}
