//! Scratch as cache lines, and rows of it that are read side by side.

use std::marker::PhantomData;

use bytemuck::{Pod, Zeroable};

use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// Bytes that a pass may read or write behind the end of a row in scratch.
pub(crate) const SLACK: usize = 256;

/// A cache line: what scratch is made of, so that its rows start where vectors of every level are aligned.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct CacheLine([u8; 64]);

// SAFETY: zero is a value of a byte.
unsafe impl Zeroable for CacheLine {}

// SAFETY: it is 64 bytes and nothing else, and any bits are a value of a byte.
unsafe impl Pod for CacheLine {}

impl CacheLine {
    /// Of so many equal bytes.
    pub(crate) const fn of(byte: u8) -> Self {
        Self([byte; 64])
    }
}

/// Lays four rows side by side, element by element; left to the compiler, which knows the level's vectors.
#[inline(always)]
pub(crate) fn interleave([a, b, c, d]: [&[u8]; 4], quad: &mut [CacheLine]) {
    let quad = bytemuck::cast_slice_mut::<_, [u8; 4]>(quad);
    for ((((quad, &a), &b), &c), &d) in quad.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        *quad = [a, b, c, d];
    }
}

/// Memory for a list of rows, which is kept from one run to the next.
#[derive(Default)]
pub(crate) struct RowList(Vec<*const CacheLine>);

// SAFETY: what it points to is read through the rows that `of` gives, which borrow it; the pointers of an earlier list are not
// followed.
unsafe impl Send for RowList {}

impl RowList {
    /// Of at most so many rows.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub(crate) fn with_capacity(rows: usize) -> Result<Self, NoMemory> {
        memory::with_capacity(rows).map(Self)
    }

    /// The most rows that it has room for.
    pub(crate) fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// The rows at these places of a ring, which are `pitch` cache lines each. A place that is not there is left out.
    #[inline(always)]
    pub(crate) fn of<'a>(
        &'a mut self,
        ring: &'a [CacheLine],
        pitch: usize,
        places: impl Iterator<Item = usize>,
    ) -> ScratchRows<'a> {
        self.0.clear();
        for place in places {
            if let Some(row) = ring.get(place * pitch..).filter(|rest| rest.len() >= pitch) {
                self.0.push(row.as_ptr());
            }
        }
        ScratchRows { rows: &self.0, lines: pitch, borrowed: PhantomData }
    }
}

impl Holds for RowList {
    fn bytes(&self) -> usize {
        memory::bytes(&self.0)
    }
}

/// Some rows of scratch, of which the same places are read together.
#[derive(Clone, Copy)]
pub struct ScratchRows<'a> {
    /// Each the first of `lines` cache lines.
    rows: &'a [*const CacheLine],
    lines: usize,
    borrowed: PhantomData<&'a CacheLine>,
}

impl<'a> ScratchRows<'a> {
    /// The first places of `out`, each with a block of every row: the first blocks, then the second ones. So many, or as many as
    /// there are of both. No check is made of each block, and all rows share one offset.
    #[inline(always)]
    pub(crate) fn blocks<'o, T: Pod, O>(
        self,
        out: &'o mut [O],
        count: usize,
    ) -> impl Iterator<Item = (&'o mut O, impl Iterator<Item = &'a T>)>
    where
        'a: 'o,
    {
        const { assert!(size_of::<T>() > 0 && align_of::<T>() <= 64, "a row starts where blocks are aligned") };
        let Self { rows, lines, .. } = self;
        let count = count.min(lines * 64 / size_of::<T>()).min(out.len());
        let mut next = 0;
        out[..count].iter_mut().map(move |out| {
            // An offset that is counted up: one that is multiplied was multiplied for each row.
            let offset = next;
            next += size_of::<T>();
            // SAFETY: `RowList::of` found so many cache lines in each row, whose borrow this holds, and so many blocks of
            // these fit one behind the other. A block starts at a multiple of its size from a cache line, so it is aligned;
            // its bits are a value.
            (out, rows.iter().map(move |row| unsafe { &*row.cast::<u8>().add(offset).cast::<T>() }))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_those_of_all_rows_and_end_with_them() {
        let ring: Vec<_> = (0..7).map(CacheLine::of).collect();
        let mut list = RowList::with_capacity(4).expect("some bytes");
        // The last place is not all there.
        let rows = list.of(&ring, 2, [2, 0, 3].into_iter());
        let first = |room: usize, count| {
            let mut out = vec![(); room];
            let blocks = rows.blocks::<[u8; 32], _>(&mut out, count);
            blocks.map(|(_, rows)| rows.map(|block| block[0]).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        assert_eq!(first(9, 3), [[4, 0], [4, 0], [5, 1]]);
        assert_eq!([first(9, 9).len(), first(3, 9).len()], [4, 3]);
        assert_eq!(rows.blocks::<[u8; 48], _>(&mut [(); 9], 9).count(), 2);
        let rows = list.of(&ring, 8, [0].into_iter());
        assert!(rows.blocks::<u8, _>(&mut [()], 1).all(|(_, mut rows)| rows.next().is_none()));
    }
}
