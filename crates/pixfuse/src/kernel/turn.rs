//! Rows of a column-major image, packed four by four pixels at a time.

use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::Range;

use crate::image::view::View;
use crate::simd::{Simd, Task, write};

/// Groups of four rows whose pixels lie one after another in each column, forwards or backwards.
pub(super) struct Turn<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) plane: usize,
    /// Bytes of a pixel in one plane.
    pub(super) pixel: usize,
    /// Four times as many as there are groups.
    pub(super) rows: Range<usize>,
    /// Four at least.
    pub(super) columns: Range<usize>,
    /// Bytes from a packed row to the next.
    pub(super) pitch: usize,
    /// A pitch for each row.
    pub(super) to: &'a mut [MaybeUninit<u8>],
}

impl<S: Simd> Task<S> for Turn<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        match self.pixel {
            1 => self.turn::<S, 1>(simd),
            3 => self.turn::<S, 3>(simd),
            _ => self.turn::<S, 4>(simd),
        }
    }
}

impl Turn<'_> {
    /// Four columns of memory in all rows, then the next four.
    #[inline(always)]
    fn turn<S: Simd, const PIXEL: usize>(self, simd: S) {
        let Self { view, plane, rows, columns, pitch, to, .. } = self;
        let is_backwards = view.pixels.strides[0] < 0;
        for first in columns.clone().step_by(4) {
            // The last four columns overlap those before: there is no tail.
            let first = first.min(columns.end.saturating_sub(4));
            let places = Places::new(to, pitch, (first - columns.start) * PIXEL, is_backwards);
            let pixels = [0, 1, 2, 3].map(|column| view.column::<PIXEL>(rows.clone(), first + column, plane));
            let (Some(places), [Some(a), Some(b), Some(c), Some(d)]) = (places, pixels) else { return };
            let [(a, _), (b, _), (c, _), (d, _)] = [a, b, c, d].map(<[_]>::as_chunks::<4>);
            for ((((a, b), c), d), places) in a.iter().zip(b).zip(c).zip(d).zip(places) {
                for (at, row) in places.into_iter().zip(simd.transpose::<PIXEL>([a, b, c, d])) {
                    // What is written behind four pixels is written again with the next four, or is behind the row, where a
                    // pitch has room.
                    match PIXEL {
                        1 => write(&mut at.as_chunks_mut::<4>().0[0], [row[0], row[1], row[2], row[3]]),
                        _ => write(at, row),
                    }
                }
            }
        }
    }
}

/// The places of 16 bytes in each row, four rows at a time: from the first on, or from the last one backwards.
struct Places<'a> {
    next: *mut MaybeUninit<u8>,
    /// Where each of the four begins behind the first of them.
    order: [usize; 4],
    /// Bytes to the next four rows.
    step: isize,
    groups: usize,
    memory: PhantomData<&'a mut [MaybeUninit<u8>]>,
}

impl<'a> Places<'a> {
    /// From this byte of each row on, where rows have room behind it.
    #[inline(always)]
    fn new(rows: &'a mut [MaybeUninit<u8>], pitch: usize, byte: usize, is_backwards: bool) -> Option<Self> {
        let step = 4 * pitch;
        let groups = rows.len().checked_div(step)?;
        if byte + 16 > pitch {
            return None;
        }
        let next = rows.as_mut_ptr().wrapping_add(byte);
        let memory = PhantomData;
        Some(if is_backwards {
            let last = groups.saturating_sub(1) * step;
            let (order, step) = ([3 * pitch, 2 * pitch, pitch, 0], -(step as isize));
            Self { next: next.wrapping_add(last), order, step, groups, memory }
        } else {
            Self { next, order: [0, pitch, 2 * pitch, 3 * pitch], step: step as isize, groups, memory }
        })
    }
}

impl<'a> Iterator for Places<'a> {
    type Item = [&'a mut [MaybeUninit<u8>; 16]; 4];

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        self.groups = self.groups.checked_sub(1)?;
        let first = self.next;
        self.next = first.wrapping_offset(self.step);
        // SAFETY: `new` found 16 bytes from here on to be inside a pitch, and so many groups of four of those inside the slice, which is
        // borrowed for 'a. Each group is given once, and its rows are apart.
        Some(self.order.map(|row| unsafe { &mut *first.add(row).cast() }))
    }
}
