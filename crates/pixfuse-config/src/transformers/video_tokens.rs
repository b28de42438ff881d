//! How many tokens of a prompt a video takes, as `_get_num_multimodal_tokens` counts them of `video_sizes`.

use crate::{Error, Frames, Imported, Reason};

impl Imported {
    /// The tokens of a video of so many frames, of which each has a grid of so many rows and columns of patches.
    pub(super) fn tokens_of_video(&self, frames: Frames, grid: [usize; 2], count: usize) -> Result<u64, Error> {
        let Some(each) = self.patches_per_token.map(u64::from).filter(|each| *each > 0) else {
            let message = "the class does not say how many of its patches a model makes a token of; patches(frames, height, \
                           width) counts those";
            return Err(Error::new(Reason::Value, &self.class, Some("tokens"), message));
        };
        let ([rows, columns], count) = (grid.map(|side| side as u64), count as u64);
        let (patches, multiple) = (rows * columns, u64::from(frames.multiple));
        // With the last frame repeated, and once for those that share patches.
        let groups = count.div_ceil(multiple) * multiple / u64::from(frames.temporal);
        Ok(match self.class.as_str() {
            // The frames that its last one is repeated for become one.
            "Ernie4_5_VLMoeVideoProcessor" => groups * patches / each / multiple,
            // A chunk of frames is as many as one.
            "Kimi_K25VideoProcessor" => {
                let chunk = frames.chunk.map_or(count.max(1), u64::from);
                count.div_ceil(chunk) * patches / each
            }
            // A break behind each row.
            "HYV4VLVideoProcessor" => {
                let merge = each.isqrt();
                groups * (rows / merge) * (columns / merge + 1)
            }
            _ => groups * patches / each,
        })
    }
}
