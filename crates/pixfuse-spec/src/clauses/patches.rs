//! `patches(..)`.

use crate::grammar::Clause;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::table::{Arguments, Findings, Integer, Signature, Table, clause};
use crate::{Layout, PatchOrder};

clause! {
    /// `patches(16, merge = 2, temporal = 2)`: the tensor is `[patches, elements]`, and each of its rows holds a square of
    /// the image.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Patches as PatchesDraft {
        /// Rows and columns of a patch, at least 1.
        value side: u32 [Integer::STRIDE, "side of a patch"],
        /// Patches follow each other in squares of `merge` x `merge`, row by row in a square and of squares; 1 is row by row.
        named merge: u32 [Integer::STRIDE] = 1,
        /// How often a patch holds the image: the frames of a video that a single image stands for.
        named temporal: u32 [Integer::TEMPORAL] = 1,
        /// How the elements of a patch follow each other, from the outermost; `cthw` for `chw` and `thwc` for `hwc` unless
        /// written.
        named order: PatchOrder = PatchOrder::Cthw,
        /// The tensor has so many rows, the last of them zeros; as many as there are patches unless written.
        named pad_to: Option<u32> [Integer::COUNT],
    }
}

pub(crate) const PATCHES: [&str; 2] = ["patches", "patches(16, merge = 2, temporal = 2)"];

impl Patches {
    /// What stands where nothing is written, behind an output of this layout.
    fn usual_of(layout: Option<Layout>) -> PatchesDraft {
        let order = if layout == Some(Layout::Hwc) { PatchOrder::Thwc } else { PatchOrder::Cthw };
        PatchesDraft { order: Some(order), ..Self::usual() }
    }

    /// `None` if something in the clause could not be read. `layout` is that of the output, as far as it is known.
    pub(crate) fn read_clause(clause: &Clause, layout: Option<Layout>, findings: &mut Findings) -> Option<Self> {
        let signature = Signature::of(PATCHES[0], PATCHES[1], &Self::rows());
        let mut arguments = Arguments::new(clause, &signature, findings);
        Self::whole(Self::read(&mut arguments, Self::usual_of(layout)))
    }

    /// The clause, behind an output of this layout.
    pub fn text(&self, layout: Layout) -> String {
        format!("patches({})", self.texts(&Self::usual_of(Some(layout))).join(", "))
    }
}
