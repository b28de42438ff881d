//! The typed arrays of JavaScript: which of them hold the samples of an image, and the elements of a tensor.

use pixfuse::bridge::next_step::{self, Given};
use pixfuse::spec::Input;
use pixfuse::{Element, Error, Sample};

use crate::ArgumentError;

/// A class of typed arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TypedArray {
    Int8,
    Uint8,
    Uint8Clamped,
    Int16,
    Uint16,
    Int32,
    Uint32,
    Float32,
    Float64,
    BigInt64,
    BigUint64,
    /// One that is newer than this.
    Other,
}

use TypedArray::*;

impl TypedArray {
    const ALL: [Self; 12] =
        [Int8, Uint8, Uint8Clamped, Int16, Uint16, Int32, Uint32, Float32, Float64, BigInt64, BigUint64, Other];

    /// What one is, in words: `a Uint8Array`.
    pub const fn name(self) -> &'static str {
        match self {
            Int8 => "an Int8Array",
            Uint8 => "a Uint8Array",
            Uint8Clamped => "a Uint8ClampedArray",
            Int16 => "an Int16Array",
            Uint16 => "a Uint16Array",
            Int32 => "an Int32Array",
            Uint32 => "a Uint32Array",
            Float32 => "a Float32Array",
            Float64 => "a Float64Array",
            BigInt64 => "a BigInt64Array",
            BigUint64 => "a BigUint64Array",
            Other => "a typed array",
        }
    }

    /// That of this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether its elements are bytes of a file.
    pub fn is_bytes(self) -> bool {
        matches!(self, Uint8 | Uint8Clamped)
    }

    /// The type of its elements, as far as something can be done about it.
    fn given(self) -> Given {
        match self {
            Uint8 | Uint8Clamped => Given::Sample(Sample::U8),
            Uint16 => Given::Sample(Sample::U16),
            Float32 => Given::Sample(Sample::F32),
            Float64 => Given::Float,
            _ => Given::Integer,
        }
    }
}

/// A typed array, or what an argument is instead.
pub type Found<T> = Result<T, String>;

/// The samples of an image.
///
/// # Errors
/// When they are not those of `input`.
pub fn samples<T>(
    place: &str,
    given: Found<T>,
    kind: impl Fn(&T) -> TypedArray,
    input: &Input,
) -> Result<T, ArgumentError> {
    let (expected, kinds): (_, &[_]) = match input.format.sample() {
        Sample::U8 => ("a Uint8Array, Buffer or Uint8ClampedArray", &[Uint8, Uint8Clamped]),
        Sample::U16 => (Uint16.name(), &[Uint16]),
        Sample::F32 => (Float32.name(), &[Float32]),
    };
    let given = given.map_err(|found| ArgumentError::unexpected(place, expected, found))?;
    let kind = kind(&given);
    if kinds.contains(&kind) {
        return Ok(given);
    }
    let step = next_step::samples(kind.given(), input);
    Err(ArgumentError::unexpected(place, expected, format_args!("{}{step}", kind.name())))
}

/// The elements of a tensor, `out`.
///
/// # Errors
/// When they are of another type.
pub fn elements<T>(given: Found<T>, kind: impl Fn(&T) -> TypedArray, element: Element) -> Result<T, ArgumentError> {
    // Arrays of f16 come as the Uint16Array over their bits: not every engine has a Float16Array.
    let (expected, kinds): (_, &[_]) = match element {
        Element::F32 => (Float32, &[Float32]),
        Element::F16 | Element::Bf16 => (Uint16, &[Uint16]),
        Element::U8 => (Uint8, &[Uint8, Uint8Clamped]),
        Element::I8 => (Int8, &[Int8]),
    };
    let given = given.and_then(|given| {
        let kind = kind(&given);
        if kinds.contains(&kind) { Ok(given) } else { Err(kind.name().to_owned()) }
    });
    given.map_err(|found| ArgumentError::unexpected("out", expected.name(), found))
}

/// Whether an `out` of so many elements has those of a shape; `what` is `tensor` or `batch`.
///
/// # Errors
/// When it has others.
pub fn check_length(given: usize, dims: &[usize], what: &str) -> Result<(), Error> {
    let length = dims.iter().fold(1, |all: usize, &side| all.saturating_mul(side));
    if given == length {
        return Ok(());
    }
    Err(Error::Output(format!("{given} elements given, the {what} {dims:?} needs {length}")))
}

#[cfg(test)]
mod tests {
    use pixfuse::Pipeline;

    use super::*;

    #[test]
    fn a_name_is_that_of_one() {
        for kind in TypedArray::ALL {
            assert_eq!(TypedArray::from_name(kind.name()), Some(kind));
        }
    }

    #[test]
    fn other_arrays_are_refused_by_name() {
        let pipe = Pipeline::parse("input(rgb8), output(rgb, f32)").unwrap();
        let input = &pipe.spec().input;
        let image = |given: Found<TypedArray>| samples("data", given, |&kind| kind, input).map_err(String::from);
        assert_eq!(image(Ok(Uint8Clamped)), Ok(Uint8Clamped));
        let wrong = "data: expected a Uint8Array, Buffer or Uint8ClampedArray, found ";
        assert_eq!(image(Err("an array".into())), Err(format!("{wrong}an array")));
        let message = image(Ok(Float32)).unwrap_err();
        assert!(message.starts_with(&format!("{wrong}a Float32Array; write input(rgb32f)")), "{message}");
        let out = |given, element| elements(Ok(given), |&kind| kind, element).map_err(String::from);
        assert_eq!(out(Uint16, Element::Bf16), Ok(Uint16));
        assert_eq!(out(Uint8, Element::F32), Err("out: expected a Float32Array, found a Uint8Array".into()));
        assert_eq!(
            check_length(5, &[3, 2], "tensor").unwrap_err().to_string(),
            "out: 5 elements given, the tensor [3, 2] needs 6"
        );
    }
}
