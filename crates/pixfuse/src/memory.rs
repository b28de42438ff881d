//! Memory whose size follows from an image or a declaration: where there is none it is an error, not the end of the
//! process.

use bytemuck::Zeroable;

use crate::Error;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// There is no memory for so many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory {
    bytes: usize,
}

impl NoMemory {
    /// For so many elements.
    fn of<T>(length: usize) -> Self {
        Self { bytes: length.saturating_mul(size_of::<T>()) }
    }

    /// The error of a call that needs the memory for `what`.
    pub(crate) fn to_error(self, what: impl std::fmt::Display) -> Error {
        Error::Memory(format!(
            "there is none for {} bytes of {what}; give an image with shorter sides, or ask for a smaller result",
            self.bytes
        ))
    }
}

/// An empty list with room for so many elements.
pub(crate) fn with_capacity<T>(length: usize) -> Result<Vec<T>, NoMemory> {
    let mut list = Vec::new();
    list.try_reserve_exact(length).map_err(|_| NoMemory::of::<T>(length))?;
    Ok(list)
}

/// So many zeros, which are not written where the system gives zeros.
pub(crate) fn zeroed<T: Zeroable>(length: usize) -> Result<Box<[T]>, NoMemory> {
    bytemuck::try_zeroed_slice_box(length).map_err(|()| NoMemory::of::<T>(length))
}

/// So many times the same.
pub(crate) fn repeated<T: Clone>(value: T, length: usize) -> Result<Vec<T>, NoMemory> {
    let mut list = with_capacity(length)?;
    list.resize(length, value);
    Ok(list)
}

/// A copy.
pub(crate) fn copied<T: Copy>(values: &[T]) -> Result<Vec<T>, NoMemory> {
    let mut list = with_capacity(values.len())?;
    list.extend_from_slice(values);
    Ok(list)
}

/// All items of an iterator that knows how many it has.
pub(crate) fn list<T>(items: impl ExactSizeIterator<Item = T>) -> Result<Vec<T>, NoMemory> {
    let mut list = with_capacity(items.len())?;
    list.extend(items);
    Ok(list)
}

/// As [`list`]; nothing if there is no item where one should be.
pub(crate) fn whole_list<T>(items: impl ExactSizeIterator<Item = Option<T>>) -> Result<Option<Vec<T>>, NoMemory> {
    let mut list = with_capacity(items.len())?;
    for item in items {
        let Some(item) = item else { return Ok(None) };
        list.push(item);
    }
    Ok(Some(list))
}

/// One more item of a list whose length nobody knows before.
pub(crate) fn push<T>(list: &mut Vec<T>, item: T) -> Result<(), NoMemory> {
    list.try_reserve(1).map_err(|_| NoMemory::of::<T>(list.len() + 1))?;
    list.push(item);
    Ok(())
}

/// What a table holds besides itself.
pub trait Holds {
    /// In bytes.
    fn bytes(&self) -> usize;
}

/// What a list of items holds that hold nothing more.
pub(crate) fn bytes<T>(list: &Vec<T>) -> usize {
    list.capacity() * size_of::<T>()
}

impl Holds for Vec<[i32; 4]> {
    fn bytes(&self) -> usize {
        bytes(self)
    }
}

impl<T: Holds> Holds for Option<T> {
    fn bytes(&self) -> usize {
        self.as_ref().map_or(0, T::bytes)
    }
}

impl Holds for std::convert::Infallible {
    fn bytes(&self) -> usize {
        match *self {}
    }
}
