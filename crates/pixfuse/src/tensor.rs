//! What a pipeline gives: element types and an owned tensor.

#[cfg(feature = "half")]
use half::{bf16, f16};

use crate::Element;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// The type of a tensor element: `f32`, `f16`, `bf16`, `u8` or `i8`. Sealed: pipelines rely on its size.
pub trait TensorElement: sealed::Sealed + Copy + Send + Sync + 'static {
    /// The name of this type in `output(...)`.
    const ELEMENT: Element;
}

mod sealed {
    pub trait Sealed: crate::simd::Plain {
        /// The element of these bits.
        fn of(bits: u32) -> Self;

        /// The nearest to a number.
        fn nearest(value: f64) -> Self;
    }
}

macro_rules! elements {
    ($($type:ty = $element:ident: |$bits:ident| $of:expr);+ $(;)?) => {
        $(impl sealed::Sealed for $type {
            fn of($bits: u32) -> Self {
                $of
            }

            fn nearest(value: f64) -> Self {
                Self::of(crate::mapping::nearest(Element::$element, value))
            }
        }

        impl TensorElement for $type {
            const ELEMENT: Element = Element::$element;
        })+
    };
}

elements! {
    f32 = F32: |bits| f32::from_bits(bits);
    u8 = U8: |bits| bits as u8;
    i8 = I8: |bits| bits as i8;
}

#[cfg(feature = "half")]
elements! {
    f16 = F16: |bits| f16::from_bits(bits as u16);
    bf16 = Bf16: |bits| bf16::from_bits(bits as u16);
}

/// Runs an expression with the type that belongs to an [`Element`]: from what a pipeline says to what code is made for. Needs the
/// feature `half`, since there is a type for each.
///
/// ```
/// let pipe = pixfuse::Pipeline::parse("input(gray8), normalize(), output(gray, f16)")?;
/// let bytes = pixfuse::with_element!(pipe.element(), T => size_of::<T>());
/// assert_eq!(bytes, 2);
/// # Ok::<(), pixfuse::Error>(())
/// ```
#[cfg(feature = "half")]
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

/// The shape of a tensor: its dimensions, the outermost first. It is a slice of them, and compares with arrays.
///
/// ```
/// let pipe = pixfuse::Pipeline::parse("input(rgb8), output(rgb, f32, chw)")?;
/// let dims = pipe.output_shape(480, 640)?;
/// assert_eq!(dims, [3, 480, 640]);
/// assert_eq!(dims.iter().product::<usize>(), 921600);
/// # Ok::<(), pixfuse::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dims {
    sides: [usize; Self::MAX_DIMS],
    rank: u8,
}

impl Dims {
    /// No tensor of a declaration or of a batch has more dimensions.
    const MAX_DIMS: usize = 6;

    /// These dimensions.
    pub(crate) fn of(dims: &[usize]) -> Self {
        let mut sides = [0; Self::MAX_DIMS];
        sides[..dims.len()].copy_from_slice(dims);
        Self { sides, rank: dims.len() as u8 }
    }

    /// Those of a batch of so many such tensors: the count is in front.
    #[must_use]
    pub fn batch(&self, count: usize) -> Self {
        let mut sides = [0; Self::MAX_DIMS];
        sides[0] = count;
        sides[1..=self.len()].copy_from_slice(self);
        Self { sides, rank: self.rank + 1 }
    }

    /// How many elements the tensor has, of so many bytes each; nothing where that is more than memory can hold.
    pub fn elements(&self, bytes: usize) -> Option<usize> {
        let all = self.iter().try_fold(1_usize, |all, &side| all.checked_mul(side))?;
        all.checked_mul(bytes).is_some_and(|bytes| bytes <= isize::MAX as usize).then_some(all)
    }
}

impl std::ops::Deref for Dims {
    type Target = [usize];

    fn deref(&self) -> &[usize] {
        &self.sides[..self.rank.into()]
    }
}

impl std::fmt::Debug for Dims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

impl<const N: usize> PartialEq<[usize; N]> for Dims {
    fn eq(&self, other: &[usize; N]) -> bool {
        **self == other[..]
    }
}

/// An owned, dense tensor.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Tensor<T> {
    /// The elements, the last dimension innermost.
    pub data: Vec<T>,
    /// `[channels, rows, columns]` for `chw`, `[rows, columns, channels]` for `hwc`, with `tiles(..)` their number in front of
    /// that, `[patches, elements]` with `patches(..)`; a batch has its count in front.
    pub dims: Vec<usize>,
}
