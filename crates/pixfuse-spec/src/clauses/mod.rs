//! The clauses, one file each: what it says, its table, and what of reading and writing a table cannot say.

#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::table::{Row, Table};

mod crop;
mod input;
mod letterbox;
mod normalize;
mod output;
mod pad;
mod patches;
mod resize;
mod sampling;
mod tiles;

pub use crop::{CenterCrop, Crop, CropWindow};
pub use input::Input;
pub(crate) use input::InputDraft;
pub(crate) use letterbox::LETTERBOX;
pub use letterbox::Letterbox;
pub use normalize::Normalize;
pub(crate) use output::OutputDraft;
pub use output::{Output, Quantize};
pub use pad::{MarginFill, Margins, Pad};
pub use patches::Patches;
pub use resize::{Resize, RuledSize, Size};
pub(crate) use sampling::PILLOW;
pub use sampling::Sampling;
pub use tiles::Tiles;

/// A clause, as whatever describes it needs it: the types of other languages, and tests of documentation.
#[derive(Clone, Debug)]
pub struct Described {
    /// Its name.
    pub name: &'static str,
    /// How it is written: the arguments of each form, of which most clauses have one.
    pub forms: Vec<Vec<Row>>,
}

/// The clauses in the order of work, each with its arguments.
pub fn described() -> Vec<Described> {
    let one = |name, rows| Described { name, forms: vec![rows] };
    vec![
        Described { name: "input", forms: Input::forms().into() },
        Described { name: "resize", forms: Resize::forms().into() },
        one("letterbox", Letterbox::rows()),
        one("tiles", Tiles::rows()),
        one("center_crop", CenterCrop::rows()),
        one("crop", CropWindow::rows()),
        Described { name: "pad", forms: Pad::forms().into() },
        one("normalize", Normalize::rows()),
        one("output", Output::rows()),
        one("patches", Patches::rows()),
    ]
}
