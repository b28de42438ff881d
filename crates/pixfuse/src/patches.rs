//! An image cut into patches: the shape of their tensor, and where each pixel lies in it.

use pixfuse_spec::{PatchOrder, Patches};

use crate::kernel::Runs;
use crate::memory::{self, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::tensor::Dims;
use crate::{Error, Layout};

/// Patches of an image of one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PatchGrid {
    patches: Patches,
    channels: usize,
    /// Rows and columns of patches.
    pub(crate) sides: [usize; 2],
}

impl PatchGrid {
    /// The patches of an image of this size.
    ///
    /// # Errors
    /// When a side is no multiple of what a patch and its square take, or there are more patches than `pad_to`.
    pub(crate) fn new(patches: Patches, channels: usize, output: [usize; 2]) -> Result<Self, Error> {
        let (side, merge) = (patches.side as usize, patches.merge as usize);
        let [rows, columns] = output;
        if rows % (side * merge) != 0 || columns % (side * merge) != 0 {
            let squares = if merge > 1 { format!(" x merge {merge}") } else { String::new() };
            return Err(Error::Image(format!(
                "{rows} rows x {columns} columns are no whole patches of {side}{squares}: resize to multiples of {}, by a \
                 rule with that multiple, or put pad(multiple = {}) before patches",
                side * merge,
                side * merge
            )));
        }
        let grid = Self { patches, channels, sides: [rows / side, columns / side] };
        match patches.pad_to {
            Some(most) if grid.count() > most as usize => Err(Error::Image(format!(
                "{} x {} patches are more than pad_to = {most}: resize to fewer, by a rule with that number of patches",
                grid.sides[0], grid.sides[1]
            ))),
            _ => Ok(grid),
        }
    }

    /// Patches that show the image.
    fn count(&self) -> usize {
        self.sides[0] * self.sides[1]
    }

    /// Elements of a patch.
    fn elements(&self) -> usize {
        let side = self.patches.side as usize;
        self.patches.temporal as usize * self.channels * side * side
    }

    /// The shape of the tensor.
    pub(crate) fn dims(&self) -> Dims {
        Dims::of(&[self.patches.pad_to.map_or(self.count(), |count| count as usize), self.elements()])
    }

    /// Where the rows of the image lie; the image is stored in this layout.
    ///
    /// # Errors
    /// When there is no memory for them.
    pub(crate) fn runs(&self, layout: Layout) -> Result<Runs, NoMemory> {
        let Patches { side, merge, temporal, order, .. } = self.patches;
        let (side, merge, copies) = (side as usize, merge as usize, temporal as usize);
        let (area, all) = (side * side, self.elements());
        let [high, wide] = self.sides;
        // The place of a patch is the sum of what its row and its column in the grid add to it.
        let row = |y: usize| (y / merge * wide + y % merge) * merge;
        let column = |x: usize| x / merge * merge * merge + x % merge;
        let planes = if layout == Layout::Chw { self.channels } else { 1 };
        let pixel = if planes == 1 { self.channels } else { 1 };
        let (plane, copy) = match order {
            PatchOrder::Cthw => (copies * area, area),
            PatchOrder::Tchw => (area, self.channels * area),
            PatchOrder::Thwc => (0, self.channels * area),
        };
        // One channel has one order.
        let copy = if self.channels == 1 { area } else { copy };
        Ok(Runs {
            length: side,
            rows: memory::list((0..high * side).map(|y| row(y / side) * all + y % side * side * pixel))?,
            columns: memory::list((0..wide).map(|x| column(x) * all))?,
            planes,
            plane,
            pixel,
            copies,
            copy,
            elements: self.count() * all,
        })
    }
}
