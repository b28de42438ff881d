//! Windows of rows, walked group by group: what every horizontal pass reads and writes.
//!
//! Where windows lie is checked once, when a filter is prepared. A walk then gives arrays of bytes and of room, without another
//! check, so that what a level does with them is safe code.

use std::marker::PhantomData;
use std::slice;

use crate::memory::{self, Holds};
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// For each group of `LANES` elements, windows of a row, and what they are weighed with.
///
/// A group has windows from `STARTS` places on, one behind the other, as many from each place as it has weights.
pub struct Windows<G, T, const STARTS: usize, const LANES: usize> {
    groups: Vec<Group<G, STARTS>>,
    /// Those of the first group, then those of the next.
    weights: Vec<T>,
    shape: WindowShape,
    /// Bytes of a row, inside which every window ends.
    readable: usize,
}

/// What differs from group to group.
pub(crate) struct Group<G, const STARTS: usize> {
    /// What a level does with its windows.
    pub(crate) item: G,
    /// The byte where the first windows start.
    pub(crate) starts: [usize; STARTS],
}

/// What is the same for all groups.
#[derive(Clone, Copy)]
pub(crate) struct WindowShape {
    /// Windows from each place, and weights of a group.
    pub(crate) steps: usize,
    /// Bytes from a window to the next; 0 where they are the same one.
    pub(crate) step: usize,
    /// Bytes of a window.
    pub(crate) bytes: usize,
    /// Elements from a group to the next, at most its lanes. Those behind are written over by the next one.
    pub(crate) advance: usize,
}

/// Whether windows can be had.
pub(crate) enum Placement<W> {
    Windows(W),
    /// What a group reads does not lie in the widest window.
    TooWide,
    /// Rows end before a window does.
    TooShort,
}

impl<W> Placement<W> {
    /// The windows, where there are any.
    pub(crate) fn windows(self) -> Option<W> {
        if let Self::Windows(windows) = self { Some(windows) } else { None }
    }

    /// What is made of the windows.
    ///
    /// # Errors
    /// When making it fails.
    pub(crate) fn with<U, E>(self, make: impl FnOnce(W) -> Result<U, E>) -> Result<Placement<U>, E> {
        Ok(match self {
            Self::Windows(windows) => Placement::Windows(make(windows)?),
            Self::TooWide => Placement::TooWide,
            Self::TooShort => Placement::TooShort,
        })
    }
}

impl<G, T, const STARTS: usize, const LANES: usize> Windows<G, T, STARTS, LANES> {
    /// Checks them: `None` where one ends behind the readable bytes, or weights are not those of all groups.
    pub(crate) fn new(
        groups: Vec<Group<G, STARTS>>,
        weights: Vec<T>,
        shape: WindowShape,
        readable: usize,
    ) -> Option<Self> {
        let WindowShape { steps, step, bytes, advance } = shape;
        let span = steps.checked_sub(1)?.checked_mul(step)?.checked_add(bytes)?;
        let last = readable.checked_sub(span)?;
        let are_inside = groups.iter().all(|group| group.starts.iter().all(|&start| start <= last));
        let are_weighed = groups.len().checked_mul(steps) == Some(weights.len());
        (are_inside && are_weighed && advance <= LANES).then_some(Self { groups, weights, shape, readable })
    }

    /// Bytes of a window.
    #[inline(always)]
    pub(crate) fn bytes(&self) -> usize {
        self.shape.bytes
    }

    /// Elements that a walk writes: whole groups.
    #[inline(always)]
    pub(crate) fn elements(&self) -> usize {
        self.groups.len() * self.shape.advance + (LANES - self.shape.advance)
    }

    /// Walks over rows, with windows of `BYTES` bytes: as many as they have, or fewer. Rows have the readable bytes, outputs the
    /// elements of all groups.
    ///
    /// # Panics
    /// When they have fewer.
    #[inline(always)]
    pub(crate) fn walk<'a, O, const ROWS: usize, const OUTS: usize, const BYTES: usize>(
        &'a self,
        rows: [&'a [u8]; ROWS],
        outs: [&'a mut [O]; OUTS],
    ) -> Walk<'a, G, T, O, STARTS, LANES, ROWS, OUTS, BYTES> {
        let mut fits = BYTES <= self.shape.bytes;
        for row in rows {
            fits &= row.len() >= self.readable;
        }
        for out in &outs {
            fits &= out.len() >= self.elements();
        }
        assert!(fits, "windows end in the row, and groups in the output");
        Walk {
            groups: self.groups.iter(),
            weights: self.weights.as_ptr(),
            shape: self.shape,
            rows: rows.map(<[u8]>::as_ptr),
            outs: outs.map(<[_]>::as_mut_ptr),
            borrowed: PhantomData,
        }
    }
}

impl<G, T, const STARTS: usize, const LANES: usize> Holds for Windows<G, T, STARTS, LANES> {
    fn bytes(&self) -> usize {
        memory::bytes(&self.groups) + memory::bytes(&self.weights)
    }
}

/// A walk over the groups of some rows. While a group is left, the weights and the room of it are there.
pub(crate) struct Walk<
    'a,
    G,
    T,
    O,
    const STARTS: usize,
    const LANES: usize,
    const ROWS: usize,
    const OUTS: usize,
    const BYTES: usize,
> {
    groups: slice::Iter<'a, Group<G, STARTS>>,
    weights: *const T,
    shape: WindowShape,
    rows: [*const u8; ROWS],
    outs: [*mut O; OUTS],
    borrowed: PhantomData<(&'a [u8], &'a T, &'a mut O)>,
}

impl<'a, G, T, O, const STARTS: usize, const LANES: usize, const ROWS: usize, const OUTS: usize, const BYTES: usize>
    Walk<'a, G, T, O, STARTS, LANES, ROWS, OUTS, BYTES>
{
    /// The next group. Its room overlaps that of the one after it, so one is there at a time.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Option<Reached<'_, G, T, O, STARTS, LANES, ROWS, OUTS, BYTES>> {
        let Group { item, starts } = self.groups.next()?;
        let WindowShape { steps, step, advance, .. } = self.shape;
        // SAFETY: `Windows::new` found so many weights for each group, and those of the groups before are behind this pointer.
        let weights = unsafe { slice::from_raw_parts(self.weights, steps) };
        let windows = Window { rows: self.rows, starts: *starts, borrowed: PhantomData };
        let outs = self.outs;
        self.weights = self.weights.wrapping_add(steps);
        self.outs = outs.map(|out| out.wrapping_add(advance));
        Some(Reached { item, weights, step, windows, outs, borrowed: PhantomData })
    }
}

/// A group of a walk.
pub(crate) struct Reached<
    'a,
    G,
    T,
    O,
    const STARTS: usize,
    const LANES: usize,
    const ROWS: usize,
    const OUTS: usize,
    const BYTES: usize,
> {
    /// What a level does with its windows.
    pub(crate) item: &'a G,
    /// What its windows are weighed with.
    pub(crate) weights: &'a [T],
    /// The first window of each place.
    pub(crate) windows: Window<'a, ROWS, STARTS, BYTES>,
    step: usize,
    outs: [*mut O; OUTS],
    borrowed: PhantomData<&'a mut O>,
}

impl<'a, G, T, O, const STARTS: usize, const LANES: usize, const ROWS: usize, const OUTS: usize, const BYTES: usize>
    Reached<'a, G, T, O, STARTS, LANES, ROWS, OUTS, BYTES>
{
    /// Each weight, with the windows that it weighs.
    #[inline(always)]
    pub(crate) fn steps(&self) -> Steps<'a, T, ROWS, STARTS, BYTES> {
        Steps { weights: self.weights.iter(), windows: self.windows, step: self.step }
    }

    /// The room of the group in one of the outputs.
    #[inline(always)]
    pub(crate) fn out(&mut self, number: usize) -> &mut [O; LANES] {
        // SAFETY: `Windows::walk` found room for the lanes of every group in each output, the last of which ends with it, and
        // nothing else borrows it as long as this group is there.
        unsafe { &mut *self.outs[number].cast() }
    }
}

/// One window from each place of a group, in each row.
#[derive(Clone, Copy)]
pub(crate) struct Window<'a, const ROWS: usize, const STARTS: usize, const BYTES: usize> {
    rows: [*const u8; ROWS],
    starts: [usize; STARTS],
    borrowed: PhantomData<&'a [u8]>,
}

impl<'a, const ROWS: usize, const STARTS: usize, const BYTES: usize> Window<'a, ROWS, STARTS, BYTES> {
    /// Its bytes in a row, from one of the places.
    #[inline(always)]
    pub(crate) fn of(&self, row: usize, start: usize) -> &'a [u8; BYTES] {
        // SAFETY: `Windows::new` found each of the group's windows to end inside the readable bytes, which `Windows::walk` found in
        // each row; a window is there for each weight only.
        unsafe { &*self.rows[row].add(self.starts[start]).cast() }
    }
}

/// The weights of a group with their windows.
pub(crate) struct Steps<'a, T, const ROWS: usize, const STARTS: usize, const BYTES: usize> {
    weights: slice::Iter<'a, T>,
    windows: Window<'a, ROWS, STARTS, BYTES>,
    step: usize,
}

impl<'a, T, const ROWS: usize, const STARTS: usize, const BYTES: usize> Iterator for Steps<'a, T, ROWS, STARTS, BYTES> {
    type Item = (&'a T, Window<'a, ROWS, STARTS, BYTES>);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let weights = self.weights.next()?;
        let windows = self.windows;
        for start in &mut self.windows.starts {
            // One offset for all rows.
            *start = start.wrapping_add(self.step);
        }
        Some((weights, windows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: WindowShape = WindowShape { steps: 2, step: 3, bytes: 4, advance: 2 };

    fn windows(starts: [usize; 2], weights: usize, readable: usize) -> Option<Windows<(), usize, 1, 3>> {
        let groups = starts.map(|start| Group { item: (), starts: [start] });
        Windows::new(groups.into(), (0..weights).collect(), SHAPE, readable)
    }

    #[test]
    fn a_window_behind_the_row_is_refused() {
        assert!(windows([0, 4], 4, 11).is_some());
        assert!(windows([0, 5], 4, 11).is_none());
        assert!(windows([0, 0], 4, 6).is_none());
        assert!(windows([0, usize::MAX], 4, 11).is_none());
        assert!(windows([0, 4], 3, 11).is_none());
        assert!(Windows::<(), (), 1, 3>::new(vec![], vec![], WindowShape { steps: 0, ..SHAPE }, 11).is_none());
        assert!(Windows::<(), (), 1, 1>::new(vec![], vec![], SHAPE, 11).is_none());
    }

    #[test]
    fn a_walk_gives_each_weight_its_window_and_each_group_its_room() {
        let windows = windows([1, 4], 4, 11).expect("they end inside the row");
        let row: Vec<u8> = (0..11).collect();
        let mut out = [0u8; 5];
        assert_eq!(windows.elements(), out.len());
        let mut walk = windows.walk::<_, 1, 1, 4>([&row], [&mut out]);
        let (mut seen, mut rooms) = (Vec::new(), Vec::new());
        while let Some(mut group) = walk.next() {
            seen.extend(group.steps().map(|(&weight, window)| (weight, *window.of(0, 0))));
            rooms.push(group.out(0).as_ptr());
        }
        assert_eq!(seen, [(0, [1, 2, 3, 4]), (1, [4, 5, 6, 7]), (2, [4, 5, 6, 7]), (3, [7, 8, 9, 10])]);
        assert_eq!(rooms, [out.as_ptr(), out[2..].as_ptr()]);
    }
}
