//! The blocks of memory that both sides use.

use half::slice::HalfBitsSliceExt;
use pixfuse::{TensorElement, bf16, f16};
use serde_json::Value;

use crate::refusal::Refusal;

/// A block that is larger is not kept: the photo of a camera of 12 megapixels has 48 MB, and is gone in a second.
const KEPT: usize = 16 << 20;

/// Words of eight bytes: every element of a tensor is aligned in them.
#[derive(Default)]
pub(crate) struct Blocks {
    question: Vec<u64>,
    pub(crate) input: Vec<u64>,
    pub(crate) output: Vec<u64>,
    answer: Vec<u8>,
}

impl Blocks {
    /// Room for so many bytes in a block; nothing where there is no memory, or no such block.
    pub(crate) fn reserve(&mut self, block: u32, bytes: usize) -> Option<*mut u8> {
        match block {
            0 => grow(&mut self.question, bytes).map(<[u8]>::as_mut_ptr),
            1 => grow(&mut self.input, bytes).map(<[u8]>::as_mut_ptr),
            2 => grow(&mut self.output, bytes).map(<[u8]>::as_mut_ptr),
            3 => Some(self.answer.as_mut_ptr()),
            _ => None,
        }
    }

    /// What stands in the first bytes of the block of questions.
    pub(crate) fn question(&self, length: usize) -> Result<Value, Refusal> {
        let text = bytemuck::cast_slice::<u64, u8>(&self.question).get(..length).unwrap_or_default();
        // What is wrong with it is not said: our own JavaScript writes it, and the words for that are two kilobytes.
        serde_json::from_slice(text).map_err(|_| Refusal::internal("a question that is no JSON"))
    }

    /// Keeps an answer, and gives its length.
    pub(crate) fn answer(&mut self, answer: Vec<u8>) -> usize {
        self.answer = answer;
        self.answer.len()
    }

    pub(crate) fn trim(&mut self) {
        for block in [&mut self.question, &mut self.input, &mut self.output] {
            if size_of_val(&block[..]) > KEPT {
                *block = Vec::new();
            }
        }
    }
}

/// A block with room for so many bytes, as bytes; what was in it stays.
pub(crate) fn grow(block: &mut Vec<u64>, bytes: usize) -> Option<&mut [u8]> {
    let words = bytes.div_ceil(8);
    if words > block.len() {
        block.try_reserve_exact(words - block.len()).ok()?;
        block.resize(words, 0);
    }
    Some(bytemuck::cast_slice_mut(block))
}

/// The first elements of a block of words.
pub(crate) trait Cells: TensorElement {
    /// As many as fit.
    fn cells(words: &mut [u64]) -> &mut [Self];
}

macro_rules! cells {
    ($($type:ty),+) => {
        $(impl Cells for $type {
            fn cells(words: &mut [u64]) -> &mut [Self] {
                bytemuck::cast_slice_mut(words)
            }
        })+
    };
}

cells!(f32, u8, i8);

macro_rules! halves {
    ($($type:ty),+) => {
        $(impl Cells for $type {
            fn cells(words: &mut [u64]) -> &mut [Self] {
                bytemuck::cast_slice_mut::<u64, u16>(words).reinterpret_cast_mut()
            }
        })+
    };
}

halves!(f16, bf16);

/// The elements of a tensor in the block of outputs, which is made large enough.
pub(crate) fn tensor<T: Cells>(output: &mut Vec<u64>, elements: usize) -> Result<&mut [T], Refusal> {
    let bytes = elements.saturating_mul(size_of::<T>());
    if grow(output, bytes).is_none() {
        return Err(Refusal::argument(format_args!("out: there is no memory for a tensor of {bytes} bytes")));
    }
    T::cells(output).get_mut(..elements).ok_or_else(|| Refusal::internal("a tensor without room"))
}
