//! Older spellings of keys, which a class turns into its own when it is made.

use serde_json::{Map, Value, json};

use super::size::standard;
use super::table::Older;

/// Keys that `older` reads beside those that the class takes now.
pub(super) fn reads(older: Older, key: &str) -> bool {
    match older {
        Older::Detr => ["max_size", "pad_and_return_pixel_mask"].contains(&key),
        Older::Idefics => key == "image_size",
        Older::Swin2Sr => key == "pad_size",
        Older::Mask2former => key == "max_size",
        Older::NemotronHOmni => ["norm_mean", "norm_std", "_downsample_factor"].contains(&key),
        Older::Nothing | Older::Constructor | Older::Pixels | Older::Emu3 | Older::Vjepa2 => false,
    }
}

/// The config as the class's constructor leaves it.
pub(super) fn respell(older: Older, defaults: &Map<String, Value>, keys: &mut Map<String, Value>) {
    match older {
        // Which of two keys counts is a matter of the budget that they are.
        Older::Nothing | Older::Pixels => {}
        Older::Detr => {
            if !keys.contains_key("do_pad")
                && let Some(pads) = keys.get("pad_and_return_pixel_mask").cloned()
            {
                keys.insert("do_pad".to_owned(), pads);
            }
            let longest = keys.get("max_size").cloned().unwrap_or(json!(1333));
            let size = match keys.get("size").filter(|size| !size.is_null()) {
                None => defaults.get("size").cloned(),
                Some(size) => {
                    standard(size, false, Some(&longest).filter(|longest| !longest.is_null())).map(Value::Object)
                }
            };
            if let Some(size) = size {
                keys.insert("size".to_owned(), size);
            }
        }
        Older::Idefics => {
            if let Some(side) = keys.get("image_size").filter(|side| !side.is_null()).cloned() {
                keys.insert("size".to_owned(), json!({"height": side, "width": side}));
            }
        }
        Older::Constructor => {
            let sizes_and_numbers = ["size", "crop_size", "image_mean", "image_std"];
            keys.retain(|key, value| !(value.is_null() && sizes_and_numbers.contains(&key.as_str())));
        }
        Older::Mask2former => {
            let longest = keys.get("max_size").filter(|longest| !longest.is_null()).cloned();
            let size = match (keys.get("size").filter(|size| !size.is_null()), &longest) {
                (Some(size), _) => standard(size, false, longest.as_ref()),
                (None, longest) => {
                    let mut size = defaults.get("size").and_then(Value::as_object).cloned();
                    if let (Some(size), Some(longest)) = (&mut size, longest) {
                        size.insert("longest_edge".to_owned(), longest.clone());
                    }
                    size
                }
            };
            if let Some(size) = size {
                keys.insert("size".to_owned(), Value::Object(size));
            }
        }
        Older::Swin2Sr => {
            if let Some(size) =
                keys.remove("pad_size").filter(|size| !size.is_null() && !keys.contains_key("size_divisor"))
            {
                keys.insert("size_divisor".to_owned(), size);
            }
        }
        Older::Vjepa2 => {
            let crop = keys.get("crop_size").map_or(Some(256), |crop| match crop {
                Value::Object(sides) => sides.get("height").and_then(Value::as_u64),
                side => side.as_u64(),
            });
            // Another crop is an error of its own.
            if let Some(crop) = crop {
                keys.insert("size".to_owned(), json!({"shortest_edge": (crop * 256) / 224}));
                keys.insert("crop_size".to_owned(), keys.get("crop_size").cloned().unwrap_or(json!(256)));
            }
        }
        Older::NemotronHOmni => {
            for (old, new) in [("norm_mean", "image_mean"), ("norm_std", "image_std")] {
                let numbers = keys.remove(old).filter(|numbers| !numbers.is_null());
                if let Some(numbers) = numbers.filter(|_| !keys.contains_key(new)) {
                    keys.insert(new.to_owned(), numbers);
                }
            }
        }
        Older::Emu3 => {
            keys.remove("do_pad");
            keys.retain(|key, value| !(value.is_null() && ["image_mean", "image_std"].contains(&key.as_str())));
        }
    }
}
