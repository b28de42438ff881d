//! What a pipeline gives: element types and an owned tensor.

/// The type of a tensor element: `f32` or `u8`. Sealed.
pub trait TensorElement: sealed::Sealed + Copy + Send + Sync + 'static {
    /// The name of this type in `output(...)`.
    const ELEMENT: crate::Element;
}

mod sealed {
    use crate::seen::Tables;

    pub trait Sealed: Sized {
        /// The values of each margin, as elements of this type.
        fn margins(tables: &Tables) -> &[[Self; 4]];
    }

    impl Sealed for f32 {
        fn margins(tables: &Tables) -> &[[Self; 4]] {
            &tables.margins_f32
        }
    }

    impl Sealed for u8 {
        fn margins(tables: &Tables) -> &[[Self; 4]] {
            &tables.margins_u8
        }
    }
}

impl TensorElement for f32 {
    const ELEMENT: crate::Element = crate::Element::F32;
}

impl TensorElement for u8 {
    const ELEMENT: crate::Element = crate::Element::U8;
}

/// An owned, dense tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor<T> {
    /// The elements, the last dimension innermost.
    pub data: Vec<T>,
    /// `[channels, rows, columns]` for `chw`, `[rows, columns, channels]` for `hwc`; a batch has its count in front.
    pub dims: Vec<usize>,
}
