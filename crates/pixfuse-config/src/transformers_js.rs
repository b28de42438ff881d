//! Configs that only transformers.js has a class for.
//!
//! Its keys are those of transformers with other defaults and a few other spellings. Its pixels are not read here: it
//! resizes by a canvas or by sharp, and differs from Python by several levels. What is read is what its config means in
//! transformers' standard pipeline.

use serde_json::{Map, Value, json};

use crate::{Backend, Error, Feature, Imported, Library, Overrides, transformers};

const CLASS: &str = "ImageFeatureExtractor";

pub(crate) fn reads(keys: &Map<String, Value>) -> bool {
    ["image_processor_type", "feature_extractor_type"]
        .iter()
        .any(|key| keys.get(*key).and_then(Value::as_str) == Some(CLASS))
}

pub(crate) fn read(keys: &Map<String, Value>, backend: Backend, overrides: &Overrides) -> Result<Imported, Error> {
    for (key, feature) in [
        ("do_thumbnail", Feature::TwoResizes),
        ("do_crop_margin", Feature::Content),
        ("size_divisor", Feature::SizeRule),
        ("size_divisibility", Feature::SizeRule),
        ("keep_aspect_ratio", Feature::SizeRule),
        ("do_flip_channel_order", Feature::Combination),
    ] {
        let value = keys.get(key);
        if !matches!(value, None | Some(Value::Null | Value::Bool(false))) {
            let value = value.map(ToString::to_string).unwrap_or_default();
            return Err(Error::lacking(feature, CLASS, Some(key), value));
        }
    }
    let mut keys = keys.clone();
    for (key, alias) in [("image_mean", "mean"), ("image_std", "std"), ("size", "image_size")] {
        if let Some(value) = keys.remove(alias) {
            keys.entry(key).or_insert(value);
        }
    }
    let has_size = keys.get("size").is_some_and(|size| !size.is_null());
    for (key, value) in [
        ("resample", json!(2)),
        ("do_rescale", json!(true)),
        ("do_convert_rgb", json!(true)),
        ("do_resize", json!(has_size)),
        ("do_center_crop", json!(false)),
        ("do_normalize", json!(false)),
    ] {
        keys.entry(key).or_insert(value);
    }
    // A pad_size alone asks for its margins.
    if keys.get("pad_size").is_some_and(|size| !size.is_null()) {
        keys.entry("do_pad").or_insert(json!(true));
    }
    keys.remove("feature_extractor_type");
    keys.insert("image_processor_type".to_owned(), json!("ViTImageProcessor"));
    let imported = transformers::read(&keys, None, backend, overrides)
        .map_err(|error| Error { subject: CLASS.to_owned(), ..error })?;
    let mut notes = imported.notes.clone();
    notes.push("a class of transformers.js alone: these are the bytes of transformers' standard pipeline".to_owned());
    Ok(Imported { library: Library::TransformersJs, class: CLASS.to_owned(), notes, ..imported })
}
