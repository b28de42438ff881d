//! The tables of goldens: sizes by line, what is compared by column, and a digest in each cell.

use sha2::{Digest, Sha256};

/// One cell of a table.
pub(crate) struct Golden {
    /// The heading of its column.
    pub(crate) name: &'static str,
    /// The numbers that its line begins with.
    pub(crate) numbers: Vec<usize>,
    pub(crate) digest: &'static str,
}

/// The cells of a table whose lines begin with this many numbers.
pub(crate) fn goldens(text: &'static str, numbers: usize) -> Vec<Golden> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(' '));
    let names: Vec<_> = lines.next().expect("a heading").skip(numbers).collect();
    let mut cells = Vec::new();
    for line in lines {
        let fields: Vec<_> = line.collect();
        assert_eq!(fields.len(), numbers + names.len(), "{fields:?}");
        let numbers: Vec<usize> = fields[..numbers].iter().map(|number| number.parse().unwrap()).collect();
        let digests = names.iter().zip(&fields[numbers.len()..]);
        cells.extend(digests.map(|(&name, &digest)| Golden { name, numbers: numbers.clone(), digest }));
    }
    cells
}

/// The first 64 bits of the SHA-256 of some tensors' bytes, one after another.
pub(crate) fn digest(tensors: impl IntoIterator<Item = Vec<u8>>) -> String {
    let mut digest = Sha256::new();
    tensors.into_iter().for_each(|tensor| digest.update(tensor));
    digest.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
