//! The language of pixfuse, without any dependency.
//!
//! A pipeline is written as text, as the arguments of `#[pixfuse::pipeline(...)]`, or as keyword arguments in
//! Python and Node.js. All of them become the same [`Token`]s, go through the same grammar and the same rulebook,
//! and end as one [`Spec`]:
//!
//! ```text
//! text, attribute tokens or keyword values -> tokens -> grammar -> rulebook -> Spec -> Plan
//! ```
//!
//! The grammar is generic over what a position is ([`Token::at`]): a column in run-time text, a span in the macro.
//! So there is one wording of every error, and each shows the place the user wrote.
//!
//! ```
//! let spec: pixfuse_spec::Spec = "output(rgb, f32, chw), input(rgb8), normalize()".parse()?;
//! assert_eq!(spec.to_string(), "input(rgb8), normalize(), output(rgb, f32, chw)");
//! # Ok::<(), pixfuse_spec::ParseError>(())
//! ```
//!
//! Of the features `std`, which is on by default, and `libm` one is needed: whose arithmetic this is. `documentation` puts the
//! sentences of arguments into the tables of clauses.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

#[cfg(feature = "libm")]
extern crate alloc;
// Paths of `std` are those of `core` then, which has them too.
#[cfg(not(feature = "std"))]
extern crate core as std;

#[cfg(not(any(feature = "std", feature = "libm")))]
compile_error!(
    "pixfuse needs one of its features `std` and `libm`: write features = [\"std\"], or features = [\"libm\"] where there is no \
     standard library"
);

mod bind;
mod check;
mod clauses;
mod cursor;
mod decimal;
mod error;
mod explain;
mod families;
mod formats;
mod framing;
mod grammar;
mod keywords;
pub mod language;
mod lower;
mod order;
mod orientation;
mod pair;
mod parts;
mod plan;
#[cfg(feature = "libm")]
#[doc(hidden)]
pub mod prelude;
mod rules;
mod sizes;
mod spec;
mod spelling;
mod stages;
mod subject;
mod table;
mod text;
mod tiles;
mod tokens;
mod values;
mod vocabulary;
mod word;

pub use bind::{BindError, Values};
#[doc(hidden)]
pub use check::check;
pub use clauses::{
    CenterCrop, Crop, CropWindow, Input, Letterbox, MarginFill, Margins, Normalize, Output, Pad, Patches, Quantize,
    Resize, RuledSize, Sampling, Size, Tiles,
};
/// For what else reads floats where the standard library's reader is too large.
#[doc(hidden)]
pub use decimal::nearest_float;
pub use error::{Error, ErrorKind, Expected, ParseError};
#[doc(hidden)]
pub use families::{Antialiased, FloatFilter, OneTap, Plain, TorchFilter};
pub use keywords::Keyword;
/// The plan, for the compiler and the core. Not part of the public interface, as all that is hidden here.
#[doc(hidden)]
pub use lower::lower;
#[doc(hidden)]
pub use order::ChannelNumbers;
pub use orientation::Orientation;
#[doc(hidden)]
pub use plan::{
    Composite, Convert, Frame, FrameSize, Load, Map, MapForm, Plan, Resample, Separable, Shape, Store, Stored,
};
pub use spec::Spec;
/// For the bindings, so that they say of an option what is said of a clause.
#[doc(hidden)]
pub use spelling::unknown;
/// The clauses as tables, for what describes them. Not part of the public interface.
#[doc(hidden)]
pub mod described {
    pub use crate::clauses::{Described, described};
    pub use crate::table::{Integer, Kind, Place, Row};
}
pub use tiles::TileCanvas;
#[doc(hidden)]
pub use tokens::{Kind, Token, lex};
pub use values::{Fill, MAX_SIDE, Number};
pub use vocabulary::{
    Alpha, Anchor, Border, ChannelOrder, CoverRule, Element, Filter, FloatsOf, Gray, Layout, LetterboxRule, Like,
    Matrix, Order, PatchOrder, PixelFormat, Precision, Range, Rounding, Sample, SizeNumber, SizeRule, Thumbnail,
    TileRule,
};

/// The README's code runs as documentation tests do.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
