//! Every way in which an image can lie in memory, under every code path.

use crate::case::{Case, Size, every_level};
use crate::common::turns;
use crate::{declarations, view};

/// Rows shorter than eight bytes, about as long as a block, and longer; rows one byte shorter than a load (7, 15, 127
/// and 191 bytes of one channel). Then taps that lie further and further apart: in two vectors of a level, in one for
/// fewer pixels, in three, and in none that can be loaded whole. Last, more rows than a block of packed ones has.
pub(crate) const SIZES: [Size; 15] = [
    [1, 1, 1, 1],
    [2, 2, 3, 17],
    [9, 17, 5, 16],
    [5, 33, 7, 41],
    [17, 8, 16, 9],
    [3, 5, 2, 17],
    [2, 7, 3, 19],
    [2, 15, 2, 17],
    [2, 127, 2, 33],
    [2, 191, 2, 16],
    [3, 48, 2, 20],
    [3, 70, 4, 20],
    [3, 96, 4, 20],
    [3, 190, 4, 19],
    [75, 10, 23, 19],
];

#[test]
fn every_view() {
    let mut turn = turns("views");
    for &view in view::ALL {
        for (index, size) in SIZES.into_iter().enumerate() {
            for declaration in declarations::each_code_path() {
                if !turn() {
                    continue;
                }
                let case = Case::new(declaration, size, view);
                every_level(&case, &case.memory(index));
            }
        }
    }
}
