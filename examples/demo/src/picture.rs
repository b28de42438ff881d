//! Pixels with a size.

/// An RGB picture, rows without padding.
pub(crate) struct Picture {
    pub(crate) rgb: Vec<u8>,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

impl Picture {
    /// A picture of one colour.
    pub(crate) fn filled(rows: usize, columns: usize, value: u8) -> Self {
        Self { rgb: vec![value; rows * columns * 3], rows, columns }
    }

    /// One row's bytes.
    pub(crate) fn row(&self, row: usize) -> &[u8] {
        &self.rgb[row * self.columns * 3..][..self.columns * 3]
    }

    /// Copies `other` in with its upper left corner at row 0 and `column`; it must fit.
    pub(crate) fn paste(&mut self, other: &Self, column: usize) {
        for row in 0..other.rows {
            let start = (row * self.columns + column) * 3;
            self.rgb[start..start + other.columns * 3].copy_from_slice(other.row(row));
        }
    }

    /// The mean of every block of `down` rows and `across` columns; what does not fill a block is left out.
    pub(crate) fn reduced(&self, down: usize, across: usize) -> Self {
        let mut small = Self::filled(self.rows / down, self.columns / across, 0);
        let columns = small.columns;
        for (index, value) in small.rgb.iter_mut().enumerate() {
            let (row, column, channel) = (index / 3 / columns, index / 3 % columns, index % 3);
            let block = (row * down..(row + 1) * down).flat_map(|row| {
                let from = &self.row(row)[column * across * 3..(column + 1) * across * 3];
                from.iter().skip(channel).step_by(3).map(|&value| u64::from(value))
            });
            *value = (block.sum::<u64>() / (down * across) as u64) as u8;
        }
        small
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_means_of_their_channel() {
        let rgb = (0..2 * 5).flat_map(|pixel| [pixel, 2 * pixel, 100]).collect();
        let small = Picture { rgb, rows: 2, columns: 5 }.reduced(2, 2);
        // Pixels 0 1 5 6 and 2 3 7 8; pixels 4 and 9 fill no block.
        assert_eq!((small.rows, small.columns), (1, 2));
        assert_eq!(small.rgb, [3, 6, 100, 5, 10, 100]);
    }
}
