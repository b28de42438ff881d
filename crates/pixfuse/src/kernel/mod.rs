//! What stands around a generated body: loops, tails, tables, loads and stores.
//!
//! A body says what happens to one block of pixels ([`Body`]), wherever they come from; the driver beside it runs it
//! over an image. [`Kernel::prepare`] builds the tables for one source size, [`Prepared::run`] uses them.

mod blocks;
mod body;
mod code;
mod convert;
mod load;
mod output_rows;
mod pack;
mod rows;
mod runs;
mod sampled;
mod scratch;
mod separable;
mod sink;
mod store;
mod tables;
mod taps;
mod turn;
mod wide;

use alloc::sync::Arc;

use pixfuse_spec::{Layout, MapForm, Plan, Resample, Sample, Shape, Stored};

use crate::Error;
use crate::image::view::View;
use crate::memory::{Holds, NoMemory};
use crate::placement::Placement;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::{Half, Steps, Token};

pub use body::Body;
use code::Code;
pub(crate) use convert::{Conversion, YuvToRgb, gray, over};
use load::Access;
pub(crate) use load::Load;
pub use load::{Direct, Interleaved, Planar};
pub(crate) use runs::Runs;
pub(crate) use scratch::Room;
pub use scratch::Scratch;
pub(crate) use store::Store;
pub use store::{Pixels, Planes};

/// The numbers that a body reads when they are not literals in it.
#[derive(Clone, Copy, Debug)]
pub struct Numbers<'a> {
    /// Factor of each output channel.
    pub scale: [f32; 4],
    /// Offset of each output channel.
    pub offset: [f32; 4],
    /// Whether the first and the third channel change places between source and output.
    pub swap: bool,
    /// How mapped values become integers, where the output is quantised.
    pub steps: Steps,
    /// Which shorter float mapped values are rounded to, where the output is one.
    pub half: Half,
    /// For each output channel the bits of each pixel value's element, where the kernel looks them up.
    pub tables: &'a [[u32; 256]; 4],
}

impl Numbers<'_> {
    /// The loaded channels in the output's order.
    #[inline(always)]
    pub fn reorder<T: Copy, const C: usize>(&self, mut channels: [T; C]) -> [T; C] {
        // One branch a block, always taken the same way: not worth a second copy of every kernel.
        if C >= 3 && self.swap {
            channels.swap(0, 2);
        }
        channels
    }
}

/// The compiled code of one shape, on every level of this architecture.
#[derive(Clone, Copy)]
pub struct Kernel {
    /// What the code reads and writes: the types of its body say it.
    shape: Shape,
    /// Whether it maps values that are f32 when they are resampled.
    floats: bool,
    /// What it fetches from the source.
    direct: Direct,
    /// `None` in the place of the kernel of a declaration that has errors.
    code: Option<Code>,
}

impl Kernel {
    /// The kernel of a body. A body that no source or output has channels for is not compiled:
    ///
    /// ```compile_fail,E0080
    /// use pixfuse::rt;
    ///
    /// struct FourOfThree;
    /// impl rt::Body<4> for FourOfThree {
    ///     type Load = rt::Interleaved<3>;
    ///     type Store = rt::Planes<u8>;
    ///     const MAP: rt::MapForm = rt::MapForm::Keep;
    ///     fn pixels<S: rt::Simd>(_: S, pixel: [S::I32; 4], _: &rt::Numbers<'_>) -> [S::I32; 4] {
    ///         pixel
    ///     }
    /// }
    /// const KERNEL: rt::Kernel = rt::Kernel::of::<FourOfThree, 4>();
    /// ```
    pub const fn of<K: Body<C>, const C: usize>() -> Self {
        const {
            assert!(matches!(K::Load::PIXEL, 1 | 3 | 4), "a source pixel has 1, 3 or 4 channels");
            assert!(
                matches!(C, 1 | 3 | 4) && C <= K::Load::PIXEL,
                "1, 3 or 4 channels are read, and no more than there are"
            );
            assert!(
                matches!(K::Load::LAYOUT, Layout::Hwc) || matches!(K::DIRECT, Direct::Nothing),
                "nothing is fetched from planes"
            );
        }
        let shape = Shape {
            pixel: K::Load::PIXEL,
            channels: C,
            load: K::Load::LAYOUT,
            element: K::Store::ELEMENT,
            store: K::Store::LAYOUT,
            map: K::MAP,
        };
        Self { shape, floats: K::FLOATS, direct: K::DIRECT, code: Some(Code::of::<K, C>()) }
    }

    /// In the place of the kernel of a declaration that has errors: no plan has its shape.
    pub(crate) const fn poisoned() -> Self {
        let shape = Shape {
            pixel: 0,
            channels: 0,
            load: Layout::Hwc,
            element: Stored::U8,
            store: Layout::Hwc,
            map: MapForm::Keep,
        };
        Self { shape, floats: false, direct: Direct::Nothing, code: None }
    }

    /// What the code reads and writes.
    #[cfg(feature = "grid")]
    pub(crate) const fn shape(&self) -> Shape {
        self.shape
    }

    /// Whether this is code for a plan: what it reads and writes is what the views and outputs of the plan have.
    ///
    /// # Errors
    /// When it is not, naming the declaration that it came with.
    pub(crate) fn check(&self, plan: &Plan, name: &str) -> Result<(), Error> {
        let needed = plan.shape();
        if self.shape != needed {
            return Err(Error::Kernel(format!(
                "`{name}` has code for {:?}, its declaration needs {needed:?}; #[pixfuse::pipeline(..)] makes both",
                self.shape
            )));
        }
        if plan.has_floats() && !self.floats {
            return Err(Error::Kernel(format!(
                "`{name}` has no code for f32 pixels, which its declaration resamples to; #[pixfuse::pipeline(..)] makes \
                 both"
            )));
        }
        Ok(())
    }

    /// Builds the tables for one source size.
    ///
    /// # Errors
    /// When there is no memory for them.
    pub(crate) fn prepare(&self, token: Token, request: &Request) -> Result<Box<dyn Prepared>, NoMemory> {
        let Shape { load, channels, .. } = self.shape;
        let access = Access { layout: load, channels, direct: self.direct };
        let code = self.code.as_ref().expect("`check` refuses every plan without it");
        code.prepare(token, request, access, self.shape)
    }
}

/// What tables are made for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The view to read.
    pub(crate) source: Source,
    /// How pixels are resampled.
    pub(crate) resample: Resample,
    /// Which of them, and where they go.
    pub(crate) placement: Placement,
    /// How pixels are converted before that.
    pub(crate) conversion: Option<Conversion>,
    /// What samples are.
    pub(crate) sample: Sample,
    /// Where the rows of the output lie, unless they lie one after another.
    pub(crate) runs: Option<Arc<Runs>>,
}

/// The part of a source view that tables depend on; two views with the same one share tables. Of pixels that are
/// converted it is the row that the conversion makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// Channels of a pixel, whether they are read or not.
    pub(crate) pixel: usize,
    pub(crate) column_stride: isize,
    pub(crate) channel_stride: isize,
    /// Whether a row follows the one before without a gap, so that an image that keeps its size is one long row.
    pub(crate) rows_adjoin: bool,
    /// Whether the pixels of a column lie closer together than those of a row: an image that was turned by 90 degrees.
    pub(crate) column_major: bool,
}

/// Tables for one source size, with the code that reads them.
pub(crate) trait Prepared: Holds + Send + Sync {
    /// Writes the window of the output.
    ///
    /// # Safety
    /// `view` is readable, and its pixels are those of the [`Source`] and the conversion this was prepared for (where
    /// `rows_adjoin` was promised, without a gap between rows). `out` is
    /// aligned for its element, writable for rows x columns x channels elements or, with [`Runs`], for theirs, and
    /// overlaps no byte of the view. The margins of the placement are not written.
    ///
    /// # Errors
    /// When there is no memory for scratch. Nothing is written then.
    unsafe fn run(
        &self,
        view: &View,
        out: *mut u8,
        numbers: &Numbers<'_>,
        scratch: Option<&mut Scratch>,
    ) -> Result<(), NoMemory>;

    /// The scratch of a run.
    fn room(&self) -> Room;
}
