//! The memory of a tensor, whatever its elements are: what runs a pipeline is compiled once, and not for each type.

use std::mem::MaybeUninit;
use std::ops::Range;

use crate::simd::Plain;
use crate::{Element, TensorElement};

/// Elements that are to be written.
pub(crate) struct Output<'a> {
    pub(crate) element: Element,
    pub(crate) memory: Memory<'a>,
}

/// Elements as integers of as many bits.
pub(crate) enum Memory<'a> {
    U8(&'a mut [MaybeUninit<u8>]),
    U16(&'a mut [MaybeUninit<u16>]),
    U32(&'a mut [MaybeUninit<u32>]),
}

/// Runs an expression with the integers of a [`Memory`].
macro_rules! with_bits {
    ($memory:expr, $out:ident => $body:expr) => {
        match $memory {
            $crate::output::Memory::U8($out) => $body,
            $crate::output::Memory::U16($out) => $body,
            $crate::output::Memory::U32($out) => $body,
        }
    };
}

pub(crate) use with_bits;

/// An integer that has the bits of an element.
pub(crate) trait Bits: Plain {
    /// The lowest of these.
    fn of(bits: u32) -> Self;
}

macro_rules! bits {
    ($($number:ty),+) => {
        $(impl Bits for $number {
            fn of(bits: u32) -> Self {
                bits as Self
            }
        })+
    };
}

bits!(u8, u16, u32);

impl<'a> Output<'a> {
    pub(crate) fn new<T: TensorElement>(out: &'a mut [MaybeUninit<T>]) -> Self {
        let memory = match T::ELEMENT {
            Element::F32 => Memory::U32(as_bits(out)),
            Element::F16 | Element::Bf16 => Memory::U16(as_bits(out)),
            Element::U8 | Element::I8 => Memory::U8(as_bits(out)),
        };
        Self { element: T::ELEMENT, memory }
    }

    /// How many elements there are.
    pub(crate) fn len(&self) -> usize {
        with_bits!(&self.memory, out => out.len())
    }

    /// The first byte.
    pub(crate) fn start(&mut self) -> *mut u8 {
        with_bits!(&mut self.memory, out => out.as_mut_ptr().cast())
    }

    /// The addresses of the bytes.
    pub(crate) fn reach(&self) -> Range<usize> {
        with_bits!(&self.memory, out => {
            let Range { start, end } = out.as_ptr_range();
            start as usize..end as usize
        })
    }

    /// Some of the elements.
    pub(crate) fn part(&mut self, range: Range<usize>) -> Output<'_> {
        let memory = match &mut self.memory {
            Memory::U8(out) => Memory::U8(&mut out[range]),
            Memory::U16(out) => Memory::U16(&mut out[range]),
            Memory::U32(out) => Memory::U32(&mut out[range]),
        };
        Output { element: self.element, memory }
    }

    /// Takes the first so many elements away.
    ///
    /// # Panics
    /// When there are fewer.
    pub(crate) fn take(&mut self, count: usize) -> Self {
        const FEWER: &str = "an output has the elements of its parts";
        let memory = match &mut self.memory {
            Memory::U8(out) => Memory::U8(out.split_off_mut(..count).expect(FEWER)),
            Memory::U16(out) => Memory::U16(out.split_off_mut(..count).expect(FEWER)),
            Memory::U32(out) => Memory::U32(out.split_off_mut(..count).expect(FEWER)),
        };
        Self { element: self.element, memory }
    }

    /// Writes zeros.
    pub(crate) fn clear(&mut self) {
        with_bits!(&mut self.memory, out => out.fill(MaybeUninit::new(Bits::of(0))))
    }
}

/// The same memory, for integers as large as the elements.
fn as_bits<T: TensorElement, B: Bits>(out: &mut [MaybeUninit<T>]) -> &mut [MaybeUninit<B>] {
    assert!(size_of::<T>() == size_of::<B>() && align_of::<T>() == align_of::<B>());
    // SAFETY: both are plain numbers (`Plain`) of one size and one alignment, of which any bits are a value.
    unsafe { std::slice::from_raw_parts_mut(out.as_mut_ptr().cast(), out.len()) }
}
