//! Rows of a single channel or of planes: enlarged, whose words a level keeps for the next output row, halved, whose neighbours it
//! adds, and of the same size, which are one long row.

use crate::common::{agrees, turns};

/// Source rows and columns, and what is done to them: crops that begin at an odd column, one block exactly, one more, and ratios
/// that only narrow vectors have windows for.
const SIZES: [([usize; 2], &str); 18] = [
    ([29, 131], "resize(61, 257, bilinear)"),
    ([29, 131], "resize(61, 257, area)"),
    ([5, 67], "resize(64, 33, bilinear)"),
    ([37, 64], "letterbox(128, 128, bilinear)"),
    ([24, 90], "resize(72, 300, bilinear), center_crop(31, 77)"),
    ([2, 300], "resize(9, 40, bilinear)"),
    ([300, 3], "resize(301, 70, bilinear)"),
    ([16, 2000], "resize(33, 50, bilinear)"),
    ([16, 5000], "resize(19, 40, bilinear)"),
    ([1, 100], "resize(3, 99, bilinear)"),
    ([40, 130], "resize(20, 65, bilinear)"),
    ([64, 64], "resize(32, 32, bilinear)"),
    ([64, 66], "resize(32, 33, area)"),
    ([80, 300], "resize(40, 150, bilinear), center_crop(31, 77)"),
    ([80, 300], "resize(40, 150, bilinear), center_crop(30, 31)"),
    ([23, 91], "resize(23, 91, bilinear)"),
    ([23, 91], "resize(23, 91, lanczos, antialias)"),
    ([23, 91], "resize(23, 91, nearest_exact), crop(3, 5, 17, 71)"),
];

#[test]
fn of_every_size() {
    let mut turn = turns("channels");
    for (size, clauses) in SIZES {
        for (input, order) in [("gray8", "gray"), ("gray8", "rgb"), ("rgb8, chw", "bgr")] {
            if turn() {
                let text = |output| format!("input({input}), {clauses}, {output}");
                agrees::<u8>(&text(format!("output({order}, u8, hwc)")), size, 0xa5);
                agrees::<f32>(&text(format!("normalize(), output({order}, f32, chw)")), size, -7.5);
            }
        }
    }
}
