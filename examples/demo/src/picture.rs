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

    /// The mean of every `factor` x `factor` block; what does not fill a block at the right and below is left out.
    pub(crate) fn reduced(&self, factor: usize) -> Self {
        let mut small = Self::filled(self.rows / factor, self.columns / factor, 0);
        let columns = small.columns;
        for (index, value) in small.rgb.iter_mut().enumerate() {
            let (row, column, channel) = (index / 3 / columns, index / 3 % columns, index % 3);
            let block = (0..factor).flat_map(|y| {
                let from = self.row(row * factor + y);
                (0..factor).map(move |x| u64::from(from[(column * factor + x) * 3 + channel]))
            });
            *value = (block.sum::<u64>() / (factor * factor) as u64) as u8;
        }
        small
    }
}
