//! AVIF by the system's libavif and HEIC by its libheif, through `pixfuse-heif`, which calls them.

use pixfuse::Orientation;
use pixfuse_heif::{Failure, Header as Boxes};

use crate::colours::Colours;
use crate::error::Broken;
use crate::header::{Decode, Header};

/// Fills the pixels of a file.
type Pixels = fn(&[u8], &Boxes, &mut [u8]) -> Result<(), Failure>;

pub(crate) struct File<'a> {
    bytes: &'a [u8],
    boxes: Boxes,
    decode: Pixels,
}

/// Without boxes that turn it, an image is as its EXIF says in no reader of AVIF: that of Pillow does not look at it.
#[cfg(feature = "avif")]
pub(crate) fn avif(bytes: &[u8]) -> Result<(Header, File<'_>), Broken> {
    let boxes = pixfuse_heif::avif::header(bytes).map_err(broken)?;
    let file = File { bytes, boxes, decode: pixfuse_heif::avif::decode };
    Ok((file.header(orientation(boxes.turns, boxes.mirror)), file))
}

/// The library turns the image as its boxes say, and no reader looks at EXIF besides.
#[cfg(feature = "heic")]
pub(crate) fn heic(bytes: &[u8]) -> Result<(Header, File<'_>), Broken> {
    let boxes = pixfuse_heif::heic::header(bytes).map_err(broken)?;
    let file = File { bytes, boxes, decode: pixfuse_heif::heic::decode };
    Ok((file.header(Some(Orientation::Upright)), file))
}

impl File<'_> {
    fn colours(&self) -> Colours {
        match self.boxes {
            Boxes { has_alpha: true, .. } => Colours::Rgba,
            Boxes { is_gray: true, .. } => Colours::Gray,
            _ => Colours::Rgb,
        }
    }

    fn header(&self, orientation: Option<Orientation>) -> Header {
        let Boxes { sides: [rows, columns], bits, .. } = self.boxes;
        Header { rows, columns, colours: self.colours(), bits, orientation }
    }
}

impl Decode for File<'_> {
    fn frames(&self) -> usize {
        self.boxes.frames
    }

    fn pixels(self: Box<Self>, _: bool, bytes: &mut [u8]) -> Result<Colours, Broken> {
        let colours = self.colours();
        if colours != Colours::Gray {
            (self.decode)(self.bytes, &self.boxes, bytes).map_err(broken)?;
            return Ok(colours);
        }
        // The libraries make three equal channels of it.
        let length = self.boxes.bytes().unwrap_or(usize::MAX);
        let mut rgb: Vec<u8> = bytemuck::allocation::try_zeroed_vec(length).map_err(|()| Broken::Memory(length))?;
        (self.decode)(self.bytes, &self.boxes, &mut rgb).map_err(broken)?;
        for (gray, pixel) in bytes.iter_mut().zip(rgb.chunks_exact(3)) {
            *gray = pixel[0];
        }
        Ok(colours)
    }
}

/// What an image is called in EXIF that is turned to the left by quarters, and then mirrored.
#[cfg(feature = "avif")]
fn orientation(turns: u32, mirror: Option<pixfuse_heif::Mirror>) -> Option<Orientation> {
    use pixfuse_heif::Mirror;

    let exif = match (turns, mirror) {
        (0, None) => return None,
        (0, Some(Mirror::Columns)) | (2, Some(Mirror::Rows)) => 2,
        (2, None) => 3,
        (0, Some(Mirror::Rows)) | (2, Some(Mirror::Columns)) => 4,
        (1, Some(Mirror::Rows)) | (3, Some(Mirror::Columns)) => 5,
        (3, None) => 6,
        (1, Some(Mirror::Columns)) | (3, Some(Mirror::Rows)) => 7,
        _ => 8,
    };
    Orientation::from_exif(exif)
}

fn broken(failure: Failure) -> Broken {
    match failure {
        Failure::Ended => Broken::Ended,
        Failure::Unsupported(message) => Broken::Unsupported(message),
        Failure::Memory => Broken::Memory(0),
        Failure::Damaged(message) => Broken::Damaged(message),
        _ => Broken::because("it cannot be read"),
    }
}
