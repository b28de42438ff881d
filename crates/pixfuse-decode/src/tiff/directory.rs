//! The first directory of a TIFF file, as far as it has to be looked at before the decoder reads it.

use tiff::tags::Tag;

/// The bytes that a value of each type takes; types count from 1.
const SIZES: [usize; 13] = [1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

struct Entry {
    tag: usize,
    kind: usize,
    count: usize,
    /// Where in the file its value is, or where that says that it is.
    value: usize,
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let bytes_of = bytes.get(at..at.checked_add(length)?)?.iter();
    let sum = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
    Some(if bytes.starts_with(b"I") { bytes_of.rev().fold(0, sum) } else { bytes_of.fold(0, sum) })
}

fn entries(bytes: &[u8]) -> Option<impl Iterator<Item = Option<Entry>>> {
    let start = number(bytes, 4, 4)?;
    Some((0..number(bytes, start, 2)?).map(move |index| {
        let at = start + 2 + 12 * index;
        let [tag, kind] = [number(bytes, at, 2)?, number(bytes, at + 2, 2)?];
        Some(Entry { tag, kind, count: number(bytes, at + 4, 4)?, value: at + 8 })
    }))
}

/// Whether the file has room for each value that it says it has: the decoder asks for memory by what is said. Nothing where
/// the file ends before that is known.
pub(super) fn fits(bytes: &[u8]) -> Option<bool> {
    for entry in entries(bytes)? {
        let Entry { kind, count, .. } = entry?;
        let size = kind.checked_sub(1).and_then(|kind| SIZES.get(kind)).copied().unwrap_or(1);
        if count.checked_mul(size).is_none_or(|size| size > bytes.len()) {
            return Some(false);
        }
    }
    Some(true)
}

/// The same file with indices of a palette said to be grays: the decoder does not give indices.
pub(super) fn as_gray(bytes: &[u8]) -> Option<Vec<u8>> {
    let photometric = usize::from(Tag::PhotometricInterpretation.to_u16());
    let entry = entries(bytes)?.flatten().find(|entry| entry.tag == photometric)?;
    let mut gray = Vec::new();
    gray.try_reserve_exact(bytes.len()).ok()?;
    gray.extend_from_slice(bytes);
    let one = if bytes.starts_with(b"I") { [1, 0] } else { [0, 1] };
    gray.get_mut(entry.value..entry.value + 2)?.copy_from_slice(&one);
    Some(gray)
}
