//! Where a declaration can stand: under other attributes, at any visibility, in functions, behind macros.

use std::fmt::Debug;

use pixfuse::{Declared, Entry, ImageRef, Pipeline, entries};

/// Documented.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[pixfuse::pipeline(input(rgb8), output(bgr, u8, hwc))]
pub struct Documented;

#[pixfuse::pipeline(input(rgb8), output(bgr, u8, hwc))]
/// Documented below its declaration.
#[derive(Debug)]
#[must_use = "other attributes stay"]
#[non_exhaustive]
pub struct DocumentedBelow;

mod inner {
    /// Seen by the crate.
    #[pixfuse::pipeline(input(rgb8), resize(2, 3, nearest), output(rgb, u8, hwc))]
    pub(crate) struct OfTheCrate;

    pub(super) mod deeper {
        #[pixfuse::pipeline(input(rgb8), resize(2, 4, nearest), output(rgb, u8, hwc))]
        pub(in crate::places) struct OfThePlaces;

        #[pixfuse::pipeline(input(rgb8), resize(2, 5, nearest), output(rgb, u8, hwc))]
        pub(super) struct OfTheParent;
    }

    pub(super) fn parent_columns() -> usize {
        deeper::OfTheParent::pipeline().output_shape(1, 1).unwrap()[1]
    }
}

/// Nobody calls its `pipeline()`: it is there for its entry.
#[pixfuse::pipeline(input(rgb8), output(rgb, u8, hwc))]
struct OnlyListed;

/// As [`OnlyListed`], with numbers left open.
#[pixfuse::pipeline(input(rgb8), resize(_, 4, nearest), output(rgb, u8, hwc))]
struct OnlyListedOpen;

static LISTED: &[Entry] = entries![OnlyListed, OnlyListedOpen];

/// A keyword as a name.
#[pixfuse::pipeline(input(rgb8), output(rgb, u8, hwc))]
#[allow(non_camel_case_types, reason = "this is what the test is about")]
struct r#match;

/// Names that generated code uses as well.
mod same_names {
    #![allow(dead_code, non_camel_case_types, reason = "they are there to be in the way")]

    pub(super) struct Option;
    pub(super) struct Result;
    pub(super) struct Ok;
    pub(super) struct Err;
    pub(super) struct Kernel;
    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod rt {}
    pub(super) mod pixfuse {}
    pub(super) fn simd() {}
    pub(super) fn taps() {}

    #[::pixfuse::pipeline(input(rgb8), resize(2, 6, bilinear), normalize(), output(rgb, f32, hwc))]
    pub(super) struct S;

    #[::pixfuse::pipeline(input(rgb8), resize(2, _, bilinear), normalize(mean = _), output(rgb, f32, hwc))]
    pub(super) struct Pipeline;
}

fn columns(pipe: &Pipeline) -> usize {
    pipe.output_shape(10, 20).unwrap()[1]
}

#[test]
fn attributes_stay() {
    fn needs<T: Copy + Default + Debug + PartialEq>(_: T) {}
    needs(Documented);
    assert_eq!(format!("{DocumentedBelow:?}"), "DocumentedBelow");
    let image = ImageRef::rgb8(&[1, 2, 3], 1, 1).unwrap();
    assert_eq!(Documented::pipeline().run::<u8>(image).unwrap().data, [3, 2, 1]);
    assert_eq!(DocumentedBelow::pipeline(), Documented::pipeline());
}

#[test]
fn visibilities() {
    assert_eq!(columns(&inner::OfTheCrate::pipeline()), 3);
    assert_eq!(columns(&inner::deeper::OfThePlaces::pipeline()), 4);
    assert_eq!(inner::parent_columns(), 5);
}

#[test]
fn listed_only() {
    assert_eq!(columns(&Pipeline::from_entry(&LISTED[0]).unwrap()), 20);
    let values = pixfuse::Values { rows: Some(7), ..Default::default() };
    assert_eq!(columns(&Pipeline::bind(&LISTED[1], &values).unwrap()), 4);
}

#[test]
fn names() {
    assert_eq!(r#match::ENTRY.name, "match");
    assert_eq!(columns(&r#match::pipeline()), 20);
    assert_eq!(columns(&same_names::S::pipeline()), 6);
    let values = pixfuse::Values { columns: Some(9), mean: Some(vec![0.0]), ..Default::default() };
    assert_eq!(columns(&same_names::Pipeline::bind(&values).unwrap()), 9);
}

#[test]
fn in_a_function() {
    #[pixfuse::pipeline(input(rgb8), resize(2, 7, nearest), output(rgb, u8, hwc))]
    struct Local;

    fn same_name() -> usize {
        #[pixfuse::pipeline(input(rgb8), resize(2, 8, nearest), output(rgb, u8, hwc))]
        struct Local;
        columns(&Local::pipeline())
    }
    assert_eq!((columns(&Local::pipeline()), same_name()), (7, 8));
}

/// What a crate with a family of models writes.
macro_rules! classifier {
    ($(#[$doc:meta])* $vis:vis $name:ident, $rows:literal x $columns:tt, $filter:ident, $mean:expr, $std:literal) => {
        $(#[$doc])*
        #[pixfuse::pipeline(
            input(rgb8),
            resize($rows, $columns, $filter),
            normalize(mean = $mean, std = $std),
            output(rgb, f32, hwc),
        )]
        $vis struct $name;
    };
}

classifier!(
    /// Through every kind of fragment.
    pub(crate) Classifier, 2 x 9, bilinear, [0.5, -0.25, 1e-3], -0.5
);

macro_rules! clauses {
    ($($clause:ident($($argument:tt)*)),*) => {
        #[pixfuse::pipeline($($clause($($argument)*)),*)]
        struct Clauses;
    };
}

clauses!(input(rgb8), resize(2, 9, bilinear), normalize(mean = [0.5, -0.25, 1e-3], std = -0.5), output(rgb, f32, hwc));

#[test]
fn behind_macros() {
    let text = "input(rgb8), resize(2, 9, bilinear), \
                normalize(mean = [0.5, -0.25, 0.001], std = -0.5), output(rgb, f32, hwc)";
    assert_eq!(Classifier::ENTRY.text, text);
    assert_eq!(Clauses::ENTRY.text, text);
    assert_eq!(Classifier::pipeline(), Clauses::pipeline());
}
