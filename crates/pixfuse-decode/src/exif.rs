//! The one note of EXIF that changes where pixels are.

use exif::{In, Reader, Tag};
use pixfuse::Orientation;

/// The orientation in a block of EXIF. A block that is damaged, or says none of the eight, says nothing: Pillow's
/// `exif_transpose` and OpenCV leave such an image as it is stored, too.
pub(crate) fn orientation(block: &[u8]) -> Option<Orientation> {
    // WebP files from some programs keep the prefix of a JPEG's segment.
    let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    let mut reader = Reader::new();
    let found = reader.continue_on_error(true).read_raw(tiff.to_vec());
    let exif = found.or_else(|error| error.distill_partial_result(|_| ())).ok()?;
    Orientation::from_exif(exif.get_field(Tag::Orientation, In::PRIMARY)?.value.get_uint(0)?)
}
