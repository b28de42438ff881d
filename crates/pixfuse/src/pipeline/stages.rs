//! A declaration of more than one resize: pipelines run one after another, with an image of u8 between them.

use pixfuse_spec::{Plan, lower};

use super::Pipeline;
use super::run::with_capacity;
use crate::kernel::Kernel;
use crate::output::Output;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::Token;
use crate::{Error, ImageRef, Level, Spec};

/// Pipelines for [`Spec::stages`].
pub(crate) struct Stages {
    /// Those that give the u8 that the next one takes.
    pub(crate) before: Vec<Pipeline>,
    pub(crate) last: Pipeline,
}

/// The kernel of a stage.
#[cfg(feature = "grid")]
fn kernel(plan: &Plan) -> Result<Kernel, Error> {
    Ok(crate::grid::kernel(plan))
}

/// There is none for any.
#[cfg(not(feature = "grid"))]
fn kernel(_: &Plan) -> Result<Kernel, Error> {
    Err(Error::Kernel("two resizes run on kernels of the grid: build pixfuse with its feature `grid`".to_owned()))
}

impl Stages {
    /// # Errors
    /// As [`Pipeline::new`]; without the feature `grid` there are no kernels for stages.
    pub(super) fn new(specs: Vec<Spec>, token: Token) -> Result<Self, Error> {
        // The last of them cuts the canvas that it is given, which is as large as its own would be.
        let make = |spec: Spec| {
            let kernel = kernel(&lower(&spec))?;
            Pipeline::of_stages(spec, kernel, "grid", token, None)
        };
        let mut before = specs.into_iter().map(make).collect::<Result<Vec<_>, _>>()?;
        let last = before.pop().expect("a declaration has a last stage");
        Ok(Self { before, last })
    }

    /// # Errors
    /// As [`Pipeline::with_level`].
    pub(super) fn with_level(&self, level: Level) -> Result<Self, Error> {
        let before = self.before.iter().map(|stage| stage.with_level(level)).collect::<Result<_, _>>()?;
        Ok(Self { before, last: self.last.with_level(level)? })
    }

    /// Runs all of them on so many threads, the last at the top left of a frame if it is given. `out` was found to be as
    /// long as the tensor, or is what that frame takes.
    ///
    /// # Errors
    /// As [`Pipeline::run`], and when there is no memory for an image between them.
    pub(super) fn run(
        &self,
        threads: usize,
        frame: Option<[usize; 2]>,
        image: ImageRef<'_>,
        out: Output<'_>,
    ) -> Result<(), Error> {
        let mut made: Option<(Vec<u8>, [usize; 3])> = None;
        for stage in &self.before {
            let source = made.as_ref().map_or(Ok(image), |(pixels, size)| view(pixels, *size))?;
            let dims = stage.check::<u8>(&source)?;
            let length = dims.iter().product();
            let mut pixels = with_capacity(length)?;
            let out = Output::new(&mut pixels.spare_capacity_mut()[..length]);
            stage.run_on(threads, None, source, out, None)?;
            // SAFETY: `run_on` initialises every element.
            unsafe { pixels.set_len(length) };
            made = Some((pixels, [dims[0], dims[1], dims[2]]));
        }
        let source = made.as_ref().map_or(Ok(image), |(pixels, size)| view(pixels, *size))?;
        self.last.run_on(threads, frame, source, out, None)
    }
}

/// Pixels one after another, as stages give and take them.
pub(crate) fn view(pixels: &[u8], size: [usize; 3]) -> Result<ImageRef<'_>, Error> {
    let [_, columns, channels] = size;
    ImageRef::strided(pixels, 0, size, [(columns * channels) as isize, channels as isize, 1])
}
