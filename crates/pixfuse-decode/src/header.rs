//! What a decoder reads of a file first, and what it does then.

use pixfuse::Orientation;

use crate::colours::Colours;
use crate::error::Broken;

/// What the header of a file says.
pub(crate) struct Header {
    /// As stored.
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) colours: Colours,
    /// Of a sample, as stored.
    pub(crate) bits: u8,
    /// What the file's notes say, if they do.
    pub(crate) orientation: Option<Orientation>,
}

/// A file whose header a decoder has read, all of whose rows it decodes.
pub(crate) trait Decode: Send {
    /// Frames of an animation, or images of a file of many; the first one is decoded.
    fn frames(&self) -> usize {
        1
    }

    /// About as many bytes as the decoder asks for besides, where it takes them to be there.
    fn besides(&mut self) -> usize {
        0
    }

    /// Decodes into the channels that it gives, in samples of 16 bits of this machine's order if they are `wide` and the
    /// file has such, else of 8. Of `bytes` there are as many as the image has in the channels of its header.
    ///
    /// # Errors
    /// When the file is damaged.
    fn pixels(self: Box<Self>, wide: bool, bytes: &mut [u8]) -> Result<Colours, Broken>;
}
