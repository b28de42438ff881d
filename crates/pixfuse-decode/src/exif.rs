//! The one note that changes where pixels are, wherever a file has it.

use exif::{In, Reader, Tag, Value};
use pixfuse::Orientation;

/// The orientation that Pillow's `exif_transpose` finds in a file's block of EXIF and, where that has none, in its XMP,
/// which is not asked for else. A block that is damaged, or says none of the eight, says nothing: the image is left as it
/// is stored.
pub(crate) fn orientation<Xmp: AsRef<[u8]>>(
    exif: Option<&[u8]>,
    xmp: impl FnOnce() -> Option<Xmp>,
) -> Option<Orientation> {
    let said = exif.and_then(tag);
    let number = said.unwrap_or_else(|| xmp().and_then(|xmp| property(xmp.as_ref())));
    Orientation::from_exif(number?)
}

/// The value of the tag in a TIFF structure, if it has the tag; the value is nothing where its type is no number's.
fn tag(block: &[u8]) -> Option<Option<u32>> {
    // The prefix of a JPEG's segment, which some programs leave there, once or twice.
    let prefix = b"Exif\0\0";
    let block = block.strip_prefix(prefix).unwrap_or(block);
    let tiff = block.strip_prefix(prefix).unwrap_or(block);
    let read = Reader::new().continue_on_error(true).read_raw(tiff.to_vec());
    let exif = read.or_else(|error| error.distill_partial_result(|_| ())).ok()?;
    // Of two entries the later one counts.
    let field = exif.fields().filter(|field| field.tag == Tag::Orientation && field.ifd_num == In::PRIMARY).last()?;
    Some(match &field.value {
        Value::Short(values) => values.first().map(|&value| value.into()),
        Value::Long(values) => values.first().copied(),
        Value::SByte(values) => values.first().and_then(|&value| value.try_into().ok()),
        Value::SShort(values) => values.first().and_then(|&value| value.try_into().ok()),
        Value::SLong(values) => values.first().and_then(|&value| value.try_into().ok()),
        // A byte is text to Pillow.
        _ => None,
    })
}

/// The digit of `tiff:Orientation`, as an attribute or an element, in a packet of XMP.
fn property(xmp: &[u8]) -> Option<u32> {
    const NAME: &[u8] = b"tiff:Orientation";
    let places = xmp.windows(NAME.len()).enumerate().filter(|(_, text)| *text == NAME);
    places.into_iter().find_map(|(at, _)| {
        let value = &xmp[at + NAME.len()..];
        match value.strip_prefix(b"=\"").or_else(|| value.strip_prefix(b">"))? {
            [digit @ b'0'..=b'9', ..] => Some((digit - b'0').into()),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A TIFF structure of one directory with these entries of the orientation: type, count and value.
    fn block(entries: &[(u16, u32, [u8; 4])]) -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        bytes.extend((entries.len() as u16).to_le_bytes());
        for (kind, count, value) in entries {
            bytes.extend([0x12, 0x01]);
            bytes.extend(kind.to_le_bytes());
            bytes.extend(count.to_le_bytes());
            bytes.extend(value);
        }
        bytes.extend([0; 4]);
        bytes
    }

    fn none() -> Option<&'static [u8]> {
        None
    }

    fn said(entries: &[(u16, u32, [u8; 4])]) -> Option<Orientation> {
        orientation(Some(&block(entries)), none)
    }

    /// What `ImageOps.exif_transpose` of Pillow 13 does with the same blocks.
    #[test]
    fn types_of_the_tag() {
        let six = Orientation::from_exif(6);
        for kind in [3, 4, 6, 8, 9] {
            assert_eq!(said(&[(kind, 1, [6, 0, 0, 0])]), six, "type {kind}");
        }
        for kind in [1, 2, 7] {
            assert_eq!(said(&[(kind, 1, [6, 0, 0, 0])]), None, "type {kind}");
        }
        assert_eq!(said(&[(3, 1, [3, 0, 0, 0]), (3, 1, [6, 0, 0, 0])]), six, "the later entry");
        assert_eq!(said(&[(3, 2, [6, 0, 3, 0])]), six, "the first of two values");
        assert_eq!(said(&[(3, 1, [9, 0, 0, 0])]), None);
        for prefix in [b"Exif\0\0".to_vec(), b"Exif\0\0Exif\0\0".to_vec()] {
            let prefixed = [prefix, block(&[(3, 1, [6, 0, 0, 0])])].concat();
            assert_eq!(orientation(Some(&prefixed), none), six);
        }
    }

    #[test]
    fn xmp_counts_where_exif_has_no_tag() {
        let six = Orientation::from_exif(6);
        let xmp = |text: &str| orientation(None, || Some(text));
        assert_eq!(xmp("<x tiff:Orientation=\"6\"/>"), six);
        assert_eq!(xmp("<tiff:Orientation>6</tiff:Orientation>"), six);
        assert_eq!(xmp("tiff:Orientation = \"6\" tiff:Orientation=\"6\""), six, "the first that has a digit");
        assert_eq!(xmp("<x tiff:Orientation='6'/>"), None);
        assert_eq!(xmp("<x tiff:Orientation=\"0\"/>"), None);
        let other: &[u8] = b"tiff:Orientation=\"3\"";
        assert_eq!(orientation(Some(&block(&[(3, 1, [6, 0, 0, 0])])), || Some(other)), six, "EXIF wins");
        assert_eq!(
            orientation(Some(&block(&[(1, 1, [6, 0, 0, 0])])), || Some(other)),
            None,
            "so does a tag of no number"
        );
        assert_eq!(orientation(Some(&block(&[])), || Some(other)), Orientation::from_exif(3));
    }
}
