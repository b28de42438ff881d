//! Molmo 2's crops of an image: squares of a canvas that overlap by margins, whose patches count once.

/// The numbers of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OverlappingCrops {
    /// The side of a crop, whole patches.
    pub(crate) side: u32,
    /// The side of a patch.
    pub(crate) patch: u32,
    /// The most crops.
    pub(crate) most: u32,
    /// The patches of a crop that belong to the one before it, and to the one behind it.
    pub(crate) margins: [u32; 2],
    /// Rows and columns of patches that are pooled into one.
    pub(crate) pooling: [u32; 2],
}

impl OverlappingCrops {
    /// Rows and columns of patches of a crop.
    pub(crate) fn patches(&self) -> u32 {
        self.side / self.patch
    }

    /// The pixels from one crop to the next.
    pub(crate) fn step(&self) -> u32 {
        (self.patches() - self.margins[0] - self.margins[1]) * self.patch
    }

    /// Rows and columns of the canvas of a grid.
    pub(crate) fn canvas(&self, grid: [u32; 2]) -> [u32; 2] {
        grid.map(|count| count * self.step() + (self.margins[0] + self.margins[1]) * self.patch)
    }

    /// `select_tiling`, in the f32 of torch: the grid that the image must be enlarged to the least, or else be reduced to the
    /// least, the first of equals. It is of the image without its margins, of which nothing or less may be left.
    pub(crate) fn grid(&self, source: [u32; 2]) -> [u32; 2] {
        let margin = i64::from((self.margins[0] + self.margins[1]) * self.patch);
        let sides = source.map(|length| (i64::from(length) - margin) as f32);
        let scale = |grid: [u32; 2]| {
            let [rows, columns] = [0, 1].map(|axis| (grid[axis] * self.step()) as f32 / sides[axis]);
            rows.min(columns)
        };
        let (mut enlarged, mut reduced) = (([1, 1], f32::INFINITY), ([1, 1], f32::NEG_INFINITY));
        // By the number of crops, and those of one number by their rows.
        for count in 1..=self.most {
            for grid in (1..=count).filter(|rows| count % rows == 0).map(|rows| [rows, count / rows]) {
                let scale = scale(grid);
                if scale >= 1.0 && scale < enlarged.1 {
                    enlarged = (grid, scale);
                } else if scale < 1.0 && scale > reduced.1 {
                    reduced = (grid, scale);
                }
            }
        }
        if enlarged.1.is_finite() { enlarged.0 } else { reduced.0 }
    }

    /// The patches that each pooled one is of: of a view of the whole image, whose patches begin at `first`.
    pub(crate) fn pooled_view(&self, first: i64) -> Pooled {
        let side = self.patches();
        self.pooled([side, side], |row, column| first + i64::from(row * side + column))
    }

    /// The same of the crops of a grid, whose patches follow each other crop by crop.
    pub(crate) fn pooled_crops(&self, grid: [u32; 2], first: i64) -> Pooled {
        let (side, [before, behind]) = (self.patches(), self.margins);
        // Of each row of the canvas's patches the crop that it counts in, and the row there.
        let owners = grid.map(|count| {
            let kept = move |crop: u32| {
                let from = if crop > 0 { before } else { 0 };
                let to = if crop + 1 < count { side - behind } else { side };
                (from..to).map(move |row| (crop, row))
            };
            (0..count).flat_map(kept).collect::<Vec<_>>()
        });
        let sides = [owners[0].len() as u32, owners[1].len() as u32];
        self.pooled(sides, |row, column| {
            let ((high, row), (wide, column)) = (owners[0][row as usize], owners[1][column as usize]);
            first + i64::from(((high * grid[1] + wide) * side + row) * side + column)
        })
    }

    /// `arange_for_pooling`: in the middle of whole pools, with -1 around it.
    fn pooled(&self, sides: [u32; 2], index: impl Fn(u32, u32) -> i64) -> Pooled {
        let grid = [0, 1].map(|axis| sides[axis].div_ceil(self.pooling[axis]));
        let before = [0, 1].map(|axis| (grid[axis] * self.pooling[axis] - sides[axis]) / 2);
        let place = |axis: usize, pool: u32, at: u32| {
            let place = (pool * self.pooling[axis] + at).checked_sub(before[axis]);
            place.filter(|place| *place < sides[axis])
        };
        let mut indices = Vec::new();
        for pool in 0..grid[0] * grid[1] {
            for at in 0..self.pooling[0] * self.pooling[1] {
                let row = place(0, pool / grid[1], at / self.pooling[1]);
                let column = place(1, pool % grid[1], at % self.pooling[1]);
                indices.push(row.zip(column).map_or(-1, |(row, column)| index(row, column)));
            }
        }
        Pooled { grid, indices }
    }
}

/// Which patches are pooled.
pub(crate) struct Pooled {
    /// Rows and columns of pools.
    pub(crate) grid: [u32; 2],
    /// Of each of them the patches, -1 where there is none.
    pub(crate) indices: Vec<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOLMO2: OverlappingCrops =
        OverlappingCrops { side: 378, patch: 14, most: 8, margins: [4, 4], pooling: [2, 2] };

    #[test]
    fn grids_and_canvases_are_the_library_s() {
        assert_eq!((MOLMO2.grid([1080, 1920]), MOLMO2.canvas([2, 4])), ([2, 4], [644, 1176]));
        // Less than its margins.
        assert_eq!(MOLMO2.grid([67, 101]), [1, 1]);
        assert_eq!(MOLMO2.grid([378, 378]), [1, 1]);
    }

    #[test]
    fn patches_count_once() {
        let pooled = MOLMO2.pooled_crops([2, 1], 0);
        let mut seen: Vec<_> = pooled.indices.iter().copied().filter(|index| *index >= 0).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!((pooled.grid, seen.len()), ([23, 14], 46 * 27));
        // 27 patches are pooled by 14, with the margin behind.
        assert_eq!(MOLMO2.pooled_view(0).indices[..4], [0, 1, 27, 28]);
        assert_eq!(MOLMO2.pooled_view(0).indices[4 * 13..][..4], [26, -1, 53, -1]);
    }
}
