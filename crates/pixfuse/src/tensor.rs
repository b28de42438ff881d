//! What a pipeline gives: element types and an owned tensor.

use half::{bf16, f16};

use crate::Element;
use crate::simd::Steps;

/// The type of a tensor element: `f32`, [`struct@f16`], [`bf16`], `u8` or `i8`. Sealed: pipelines rely on its size.
pub trait TensorElement: sealed::Sealed + Copy + Send + Sync + 'static {
    /// The name of this type in `output(...)`.
    const ELEMENT: Element;
}

mod sealed {
    use crate::simd::{Plain, Steps};

    pub trait Sealed: Plain {
        /// Of a mapped value.
        fn narrow(value: f32, steps: Steps) -> Self;
    }
}

macro_rules! elements {
    ($($type:ty = $element:ident: |$value:ident, $steps:ident| $narrow:expr),+ $(,)?) => {
        $(impl sealed::Sealed for $type {
            fn narrow($value: f32, $steps: Steps) -> Self {
                $narrow
            }
        }

        impl TensorElement for $type {
            const ELEMENT: Element = Element::$element;
        })+
    };
}

elements! {
    f32 = F32: |value, _steps| value,
    f16 = F16: |value, _steps| f16::from_f32(value),
    bf16 = Bf16: |value, _steps| bf16::from_f32(value),
    u8 = U8: |value, steps| steps.quantize(value) as u8,
    i8 = I8: |value, steps| steps.quantize(value) as i8,
}

/// Runs an expression with the type that belongs to an [`Element`]: from what a pipeline says to what code is made for.
///
/// ```
/// let pipe = pixfuse::Pipeline::parse("input(gray8), normalize(), output(gray, f16)")?;
/// let bytes = pixfuse::with_element!(pipe.element(), T => size_of::<T>());
/// assert_eq!(bytes, 2);
/// # Ok::<(), pixfuse::Error>(())
/// ```
#[macro_export]
macro_rules! with_element {
    ($element:expr, $type:ident => $body:expr) => {
        match $element {
            $crate::Element::F32 => {
                type $type = f32;
                $body
            }
            $crate::Element::F16 => {
                type $type = $crate::f16;
                $body
            }
            $crate::Element::Bf16 => {
                type $type = $crate::bf16;
                $body
            }
            $crate::Element::U8 => {
                type $type = u8;
                $body
            }
            $crate::Element::I8 => {
                type $type = i8;
                $body
            }
        }
    };
}

/// An owned, dense tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor<T> {
    /// The elements, the last dimension innermost.
    pub data: Vec<T>,
    /// `[channels, rows, columns]` for `chw`, `[rows, columns, channels]` for `hwc`; a batch has its count in front.
    pub dims: Vec<usize>,
}
