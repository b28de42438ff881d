//! What becomes of pixel values: rescaling, normalising, and what a class does besides.

use serde_json::Value;

use super::steps::Class;
use super::table::{Numbers, Padding, SizeRule, Tiles, Views};
use crate::sentence::numbers;
use crate::{Backend, Error, Feature};

impl Class<'_> {
    /// What becomes of pixel values; nothing where they stay u8.
    pub(super) fn values(&self) -> Result<Option<Values>, Error> {
        self.values_of(["image_mean", "image_std"])
    }

    /// The same with the numbers of these keys.
    pub(super) fn values_of(&self, [mean, std]: [&str; 2]) -> Result<Option<Values>, Error> {
        let (steps, torch) = (self.steps, self.is_torch());
        let rescales = steps.rescale && self.keys.flag("do_rescale")?;
        let normalizes = steps.normalize && self.keys.flag("do_normalize")?;
        let scale = if rescales { self.keys.number("rescale_factor")?.unwrap_or(1.0) } else { 1.0 };
        let (mean_of, std_of, lists) = (Vec::new(), Vec::new(), [false; 2]);
        let mut values = Values { scale, mean: mean_of, std: std_of, lists, order: "hf_pil", element: "f32" };
        if torch {
            values.order = if rescales && normalizes { "hf_torch" } else { "torchvision_v2" };
        }
        let is_list = |key: &str| self.keys.get(key).is_some_and(Value::is_array);
        if normalizes {
            values.mean = self.keys.numbers(mean)?.unwrap_or_default();
            values.std = self.keys.numbers(std)?.unwrap_or_default();
            values.lists = [is_list(mean), is_list(std)];
        }
        match steps.numbers {
            Numbers::Standard => {}
            Numbers::EfficientNet => self.efficientnet(&mut values, rescales, normalizes)?,
            Numbers::Llama4 if rescales && normalizes => (values.order, values.element) = ("llama4", "bf16"),
            Numbers::Llama4 if normalizes => {
                return Err(self.keys.wrong("do_rescale", "true, since do_normalize takes floats"));
            }
            Numbers::Llama4 => {}
            Numbers::Vivit if self.keys.flag("offset")? => self.vivit(&mut values, rescales, normalizes, "offset")?,
            Numbers::Vivit => {}
            Numbers::VivitFrame if rescales => {
                values.order = "torchvision_v2";
                self.vivit(&mut values, rescales, normalizes, "image_mean")?;
            }
            Numbers::VivitFrame => {}
            Numbers::Floats => {
                values.order = "torchvision_v2";
                if normalizes && !rescales {
                    return Err(self.wrong("do_rescale", "false, and this class normalises no pixels of u8"));
                }
            }
            // Where only one of the two is on, each order says it.
            Numbers::ClampedFloats => values.order = "torchvision_v2",
            Numbers::FloatsLast | Numbers::FloatsFirst => {}
        }
        // Made f32, whatever they were: cut into patches by numpy, or put into a tensor of zeros.
        let becomes_floats = match self.steps.patches {
            _ if self.resizes_floats()? => true,
            // Its bounds are floats.
            _ if steps.numbers == Numbers::ClampedFloats => self.keys.flag("do_resize")?,
            Some(_) if self.steps.pad == Padding::BelowBlack => true,
            Some(patches) => patches.floats && !torch,
            None if self.steps.tiles == Some(Tiles::Mllama) => true,
            None if self.steps.tiles == Some(Tiles::GraniteDocling) => !torch,
            // On Pillow they stay u8, but beside a sample of fewer tiles, whose margin is of floats.
            None if matches!(self.steps.tiles, Some(Tiles::Idefics3 { .. })) => {
                if !torch && !rescales && !normalizes {
                    let what = "false, with do_normalize too";
                    return Err(Error::lacking(Feature::Tiles, self.keys.subject, Some("do_rescale"), what));
                }
                true
            }
            None if self.steps.views == Views::Slices => torch,
            None => self.steps.size == SizeRule::Idefics2 && torch && self.keys.flag("do_pad")?,
        };
        Ok((rescales || normalizes || becomes_floats).then_some(values))
    }

    /// What becomes of a pixel value of -1 in each channel, in f32 as torch computes it: one number, or a list of them.
    pub(super) fn below_black(&self) -> Result<String, Error> {
        let Some(values) = self.values()? else { return Ok("-1".to_owned()) };
        let of = |numbers: &[f64], channel: usize, default: f32| match numbers {
            [] => default,
            [one] => *one as f32,
            several => several[channel.min(several.len() - 1)] as f32,
        };
        let channels = values.mean.len().max(values.std.len()).max(1);
        let each = (0..channels).map(|channel| {
            let (mean, std) = (of(&values.mean, channel, 0.0), of(&values.std, channel, 1.0));
            if values.order == "hf_torch" {
                let inverse = (1.0 / values.scale) as f32;
                return (-1.0 - mean * inverse) / (std * inverse);
            }
            (-(values.scale as f32) - mean) / std
        });
        // The shortest text of an f32 reads back as that f32.
        let each: Vec<String> = each.map(|value: f32| value.to_string()).collect();
        let is_one = each.iter().all(|value| *value == each[0]);
        Ok(if is_one { each[0].clone() } else { format!("[{}]", each.join(", ")) })
    }

    /// `include_top` divides by the std once more, which is exact where that is a power of two.
    fn efficientnet(&self, values: &mut Values, rescales: bool, normalizes: bool) -> Result<(), Error> {
        let lacking = |key, what: &str| Err(Error::lacking(Feature::Rounding, self.keys.subject, Some(key), what));
        if rescales && self.keys.flag("rescale_offset")? {
            return lacking("rescale_offset", "true");
        }
        if !self.keys.flag("include_top")? {
            return Ok(());
        }
        let exact = values.std.iter().all(|std| *std > 0.0 && std.log2().fract() == 0.0);
        if !normalizes || !exact {
            return lacking("include_top", "true, with which it divides by image_std twice,");
        }
        for std in &mut values.std {
            *std *= *std;
        }
        Ok(())
    }

    /// 1 is taken away between rescaling and normalising; with the published numbers one rounding says both.
    fn vivit(&self, values: &mut Values, rescales: bool, normalizes: bool, key: &str) -> Result<(), Error> {
        if !rescales {
            return Err(self.wrong("offset", "true, and do_rescale is off; turn it on, or offset off"));
        }
        if !normalizes {
            (values.mean, values.std) = (vec![1.0], vec![1.0]);
            return Ok(());
        }
        if values.scale != 1.0 / 127.5 || values.mean.iter().any(|mean| *mean != 0.5) {
            let what = if key == "offset" { "true with a mean that is not 0.5" } else { "another than 0.5" };
            return Err(Error::lacking(Feature::Rounding, self.keys.subject, Some(key), what));
        }
        values.mean.fill(1.5);
        Ok(())
    }
}

/// The numbers of `normalize`.
pub(super) struct Values {
    scale: f64,
    mean: Vec<f64>,
    std: Vec<f64>,
    /// Whether mean and std were written as lists.
    lists: [bool; 2],
    order: &'static str,
    /// The element type of the tensor.
    pub(super) element: &'static str,
}

impl Values {
    /// Whether there is a number for each channel, as the backend counts.
    pub(super) fn fit(&self, backend: Backend, channels: usize) -> Result<(), String> {
        for (name, numbers, is_list) in
            [("image_mean", &self.mean, self.lists[0]), ("image_std", &self.std, self.lists[1])]
        {
            let broadcasts = backend == Backend::Torch && numbers.len() == 1;
            if is_list && numbers.len() != channels && !broadcasts {
                let channels = if channels == 1 { "1 channel".to_owned() } else { format!("{channels} channels") };
                return Err(format!("{} numbers of {name} for an image of {channels}", numbers.len()));
            }
        }
        Ok(())
    }

    /// What stands in `normalize(..)`.
    pub(super) fn words(&self, flips: bool) -> String {
        let in_order = |values: &[f64]| {
            let mut values = values.to_vec();
            if flips {
                values.reverse();
            }
            numbers(&values)
        };
        let mut words = Vec::new();
        if self.scale != 1.0 / 255.0 {
            words.push(format!("scale = {}", self.scale));
        }
        if !self.mean.is_empty() {
            words.push(format!("mean = {}", in_order(&self.mean)));
            words.push(format!("std = {}", in_order(&self.std)));
        }
        words.push(format!("order = {}", self.order));
        words.join(", ")
    }
}
