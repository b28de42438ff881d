//! Four by four pixels turned: rows of an image whose pixels lie a column of memory apart.

use super::scalar::Scalar;

/// How a level turns pixels.
pub trait Turn: Copy {
    /// Four pixels of each column of memory become one pixel of four rows each: `rows[y]` gets pixel `y` of every column.
    ///
    /// Pixels of 1, 3 or 4 bytes.
    ///
    /// # Safety
    /// `4 * PIXEL` bytes are readable from each column. As many are written to each row, and up to 16, so 16 are writable.
    #[inline(always)]
    unsafe fn turn<const PIXEL: usize>(self, columns: [*const u8; 4], rows: [*mut u8; 4]) {
        for (x, column) in columns.into_iter().enumerate() {
            for (y, row) in rows.into_iter().enumerate() {
                // SAFETY: x and y are below four.
                unsafe { row.add(x * PIXEL).copy_from_nonoverlapping(column.add(y * PIXEL), PIXEL) }
            }
        }
    }
}

impl Turn for Scalar {}

#[cfg(target_arch = "aarch64")]
impl Turn for super::neon::Neon {}
