//! What lies around the content: `do_pad`.

use super::steps::{Class, Framing};
use super::table::{Padding, SizeRule};
use crate::{Batch, Error, Feature};

/// What `do_pad` does.
pub(super) struct Margins {
    /// To images of several sizes.
    pub(super) batch: Batch,
    /// To every image: `pad(..)`.
    pub(super) pad: Option<String>,
    /// Whether a mask of the content is returned.
    pub(super) is_masked: bool,
}

impl Class<'_> {
    pub(super) fn margins(&self, frame: &Framing) -> Result<Margins, Error> {
        let (always, takes_size, is_masked) = match self.steps.pad {
            Padding::Unread => return Ok(Margins { batch: Batch::Stack, pad: None, is_masked: false }),
            Padding::Batch | Padding::Cropped => (false, true, false),
            Padding::Masked => (false, true, true),
            Padding::AlwaysMasked => (true, true, true),
            Padding::Largest => (false, false, false),
            Padding::LargestMasked => (false, false, true),
            Padding::AlwaysLargest => (true, false, true),
            Padding::Multiple => return self.multiple(),
            Padding::Patches(keys) => {
                // Kimi pads what it resizes, NeoMME whatever it gets.
                let is_on = self.steps.size == SizeRule::Neomme || self.keys.flag("do_resize")?;
                let multiple = self.product(keys)?;
                let pad = is_on.then(|| format!("pad(multiple = {multiple})"));
                return Ok(Margins { batch: Batch::Stack, pad, is_masked: false });
            }
            Padding::Square => {
                let side = self.count("max_image_size")?;
                let pad = Some(format!("pad(to = [{side}, {side}])"));
                return Ok(Margins { batch: Batch::Stack, pad, is_masked: true });
            }
            Padding::Size | Padding::Middle => return self.to_size(),
            Padding::Mirror => {
                let mut margins = Margins { batch: Batch::Stack, pad: None, is_masked: false };
                if self.keys.flag("do_pad")? {
                    margins.pad = Some(format!("pad(beyond = {}, border = symmetric)", self.count("size_divisor")?));
                }
                return Ok(margins);
            }
            Padding::Wider => return self.wider(),
            Padding::BelowBlack => {
                let pad = format!("pad(multiple = {}, value = {})", self.patch_of_size()?, self.below_black()?);
                return Ok(Margins { batch: Batch::Stack, pad: Some(pad), is_masked: false });
            }
        };
        if !always && !self.keys.flag("do_pad")? {
            return Ok(Margins { batch: Batch::Stack, pad: None, is_masked: false });
        }
        let pad_size = if takes_size { self.size("pad_size")? } else { None };
        let Some(pad_size) = pad_size else { return Ok(Margins { batch: Batch::Pad, pad: None, is_masked }) };
        let sides = pad_size.exact().ok_or_else(|| self.keys.wrong("pad_size", "{height, width}"))?;
        let [rows, columns] = sides;
        if frame.known == Some(sides) {
            return Ok(Margins { batch: Batch::Stack, pad: None, is_masked });
        }
        if self.steps.pad == Padding::Cropped {
            let what = format!("{rows} x {columns}");
            return Err(Error::lacking(Feature::Frame, self.keys.subject, Some("pad_size"), what));
        }
        let pad = Some(format!("pad(to = [{rows}, {columns}], value = 0)"));
        Ok(Margins { batch: Batch::Stack, pad, is_masked })
    }

    /// A frame of `pad_size`, which has the rows of `size`, behind an image of fewer columns.
    fn wider(&self) -> Result<Margins, Error> {
        let mut margins = Margins { batch: Batch::Stack, pad: None, is_masked: false };
        if !self.keys.flag("do_pad")? {
            return Ok(margins);
        }
        let sides = |key: &str| self.size(key).map(|size| size.unwrap_or_default().exact());
        let (size, frame) = (sides("size")?, sides("pad_size")?);
        let [rows, columns] = frame.ok_or_else(|| self.keys.wrong("pad_size", "{height, width}"))?;
        let is_crop = self.keys.flag("do_center_crop")?;
        if size.is_none_or(|[high, _]| high != rows) || is_crop || !self.keys.flag("do_resize")? {
            let what = format!("{rows} x {columns} of an image of other rows");
            return Err(Error::lacking(Feature::Frame, self.keys.subject, Some("pad_size"), what));
        }
        margins.pad = Some(format!("pad(least = [{rows}, {columns}], value = 0)"));
        Ok(margins)
    }

    /// A frame of `size`.
    fn to_size(&self) -> Result<Margins, Error> {
        let mut margins = Margins { batch: Batch::Stack, pad: None, is_masked: false };
        if !self.keys.flag("do_pad")? {
            return Ok(margins);
        }
        let sides = self.size("size")?.unwrap_or_default().exact();
        let [rows, columns] = sides.ok_or_else(|| self.keys.wrong("size", "{height, width}"))?;
        let lacking = |key, what: &str| Err(Error::lacking(Feature::Frame, self.keys.subject, Some(key), what));
        let how = if self.steps.pad == Padding::Middle {
            if self.keys.flag("do_center_crop")? {
                return lacking("do_center_crop", "true beside do_pad");
            }
            "at = center".to_owned()
        } else {
            if self.keys.word("padding_mode")? != Some("constant") {
                return lacking("padding_mode", "another than constant");
            }
            let value = self.keys.number("padding_value")?;
            let Some(value) = value.filter(|value| (0.0..=255.0).contains(value) && value.fract() == 0.0) else {
                return lacking("padding_value", "no pixel value");
            };
            format!("fill = {value}")
        };
        margins.pad = Some(format!("pad(to = [{rows}, {columns}], {how})"));
        Ok(margins)
    }

    /// Zeros around the normalised image, up to the multiples of `size_divisor`.
    fn multiple(&self) -> Result<Margins, Error> {
        let mut margins = Margins { batch: Batch::Stack, pad: None, is_masked: false };
        if self.keys.flag("do_pad")? {
            if self.keys.get("size_divisor").is_none() {
                return Err(self.keys.wrong("size_divisor", "a number of pixels, since do_pad is true"));
            }
            let multiple = self.count("size_divisor")?;
            margins.pad = Some(format!("pad(multiple = {multiple}, at = center, value = 0)"));
        }
        Ok(margins)
    }
}
