//! Which class reads a config.

use serde_json::{Map, Value};

use super::classes;
use crate::{Error, Reason};

/// The name of the class, without `Fast` and `Pil`, as `AutoImageProcessor` resolves it.
pub(super) fn resolve(
    keys: &Map<String, Value>,
    model: Option<&Map<String, Value>>,
    notes: &mut Vec<String>,
) -> Result<String, Error> {
    let word = |keys: &Map<String, Value>, key: &str| keys.get(key).and_then(Value::as_str).map(str::to_owned);
    let remote = |keys: &Map<String, Value>, key: &str| keys.get("auto_map").and_then(|map| map.get(key)).is_some();

    let mut named = word(keys, "image_processor_type");
    let mut has_remote = remote(keys, "AutoImageProcessor");
    if named.is_none() && !has_remote {
        named = word(keys, "feature_extractor_type").map(|name| name.replace("FeatureExtractor", "ImageProcessor"));
        has_remote = remote(keys, "AutoFeatureExtractor");
    }
    if named.is_none()
        && let Some(model) = model
    {
        named = word(model, "image_processor_type");
        has_remote |= remote(model, "AutoImageProcessor");
    }
    if let Some(name) = &named {
        let base = name.strip_suffix("Fast").unwrap_or(name);
        let base = base.strip_suffix("Pil").unwrap_or(base);
        if classes::exists(base) {
            return Ok(base.to_owned());
        }
        return Err(if has_remote { remote_code(base, keys) } else { unknown(base) });
    }
    let Some(model_type) = model.and_then(|model| word(model, "model_type")) else {
        return Err(if has_remote { remote_code("the class of auto_map", keys) } else { nameless(keys) });
    };
    let Some(name) = classes::of_model(&model_type) else {
        let reason = if has_remote { Reason::RemoteCode } else { Reason::UnknownClass };
        let message =
            format!("{model_type:?}: transformers {} has no image processor for this type of model", classes::VERSION);
        return Err(Error::new(reason, "config.json", Some("model_type"), message));
    };
    notes.push(format!("the class is that of model_type {model_type:?}"));
    Ok(name.to_owned())
}

/// The name of the class of videos, as `AutoVideoProcessor` resolves it.
pub(super) fn resolve_video(
    keys: &Map<String, Value>,
    model: Option<&Map<String, Value>>,
    notes: &mut Vec<String>,
) -> Result<String, Error> {
    let word = |keys: &Map<String, Value>, key: &str| keys.get(key).and_then(Value::as_str).map(str::to_owned);
    let code = |keys: &Map<String, Value>, key: &str| keys.get("auto_map").and_then(|map| map.get(key)).is_some();
    let (named, mut has_remote) = (word(keys, "video_processor_type"), code(keys, "AutoVideoProcessor"));
    // The file of images names a class of images, which may have one of videos beside it.
    let beside = word(keys, "image_processor_type").filter(|_| named.is_none() && !has_remote);
    has_remote |= named.is_none() && code(keys, "AutoImageProcessor");
    let beside = beside.map(|name| name.replace("ImageProcessor", "VideoProcessor"));
    let beside = beside.filter(|name| classes::of_video(name).is_some());
    let named = named.or(beside).or_else(|| model.and_then(|model| word(model, "video_processor_type")));
    if let Some(name) = named {
        if classes::of_video(&name).is_some() {
            return Ok(name);
        }
        if has_remote {
            return Err(remote_code(&name, keys));
        }
        let message = format!("transformers {} has no video processor of this name", classes::VERSION);
        return Err(Error::new(Reason::UnknownClass, &name, None, message));
    }
    if has_remote {
        return Err(remote_code("the class of auto_map", keys));
    }
    let Some(model_type) = model.and_then(|model| word(model, "model_type")) else {
        let message = "missing, and no config.json beside it that says the model_type: name the class, \
                       video_processor_type = \"Qwen3VLVideoProcessor\" say";
        return Err(Error::new(Reason::UnknownClass, "the config", Some("video_processor_type"), message));
    };
    let Some(name) = classes::of_video_model(&model_type) else {
        let message =
            format!("{model_type:?}: transformers {} has no video processor for this type of model", classes::VERSION);
        return Err(Error::new(Reason::UnknownClass, "config.json", Some("model_type"), message));
    };
    notes.push(format!("the class is that of model_type {model_type:?}"));
    Ok(name.to_owned())
}

/// A class that is code in the model's repository.
fn remote_code(name: &str, keys: &Map<String, Value>) -> Error {
    let code = keys.get("auto_map").map(ToString::to_string).unwrap_or_default();
    let message = format!(
        "{code}: this class is code of the model's own repository, which pixfuse neither has nor runs; if a class of \
         transformers means the same, name it: image_processor_type = \"..\""
    );
    Error::new(Reason::RemoteCode, name, Some("auto_map"), message)
}

/// A name that no class has.
pub(super) fn unknown(name: &str) -> Error {
    let mut message = format!("transformers {} has no class of this name", classes::VERSION);
    if let Some(near) = nearest(name) {
        message += &format!("; if {near} is meant, name it: image_processor_type = \"{near}\"");
    }
    Error::new(Reason::UnknownClass, name, None, message)
}

/// A config that says no class.
fn nameless(keys: &Map<String, Value>) -> Error {
    if ["sampling_rate", "sample_rate", "feature_size", "n_mfcc"].iter().any(|key| keys.contains_key(*key)) {
        return Error::new(Reason::NotAConfig, "the config", None, "of sound, expected that of an image processor");
    }
    let of_images = ["do_resize", "do_normalize", "do_rescale", "image_mean", "size", "crop_size", "patch_size"];
    if !of_images.iter().any(|key| keys.contains_key(*key)) {
        let some: Vec<&str> = keys.keys().take(6).map(String::as_str).collect();
        let found = if some.is_empty() { "no key at all".into() } else { some.join(", ") };
        let message = format!("no key of an image processor, found {found}");
        return Error::new(Reason::NotAConfig, "the config", None, message);
    }
    let message = "missing, and no config.json beside it that says the model_type: name the class, \
                   image_processor_type = \"ViTImageProcessor\" say";
    Error::new(Reason::UnknownClass, "the config", Some("image_processor_type"), message)
}

/// The class that was probably meant: the same letters, or one that a few letters turn it into.
fn nearest(name: &str) -> Option<&'static str> {
    let plain = |name: &str| -> String {
        let name = name.replace("FeatureExtractor", "ImageProcessor");
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
    };
    let wanted = plain(name);
    // Names of a model whose class is another model's.
    let model = wanted.trim_end_matches("imageprocessor");
    let of_model = classes::model_types().find(|known| plain(known) == model).and_then(classes::of_model);
    let same = classes::names().find(|class| plain(class) == wanted);
    let near = || {
        let distances = classes::names().map(|class| (distance(&plain(class), &wanted), class));
        distances.min().filter(|(distance, _)| *distance <= 2).map(|(_, class)| class)
    };
    same.or(of_model).or_else(near)
}

/// Letters to add, take away or change.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = before + usize::from(x != *y);
            before = row[j + 1];
            row[j + 1] = changed.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_model_leads_to_its_class() {
        assert_eq!(nearest("Qwen2_5_VLImageProcessor"), Some("Qwen2VLImageProcessor"));
        assert_eq!(nearest("InternVLImageProcessor"), Some("GotOcr2ImageProcessor"));
        assert_eq!(nearest("ClipImageProcesor"), Some("CLIPImageProcessor"));
    }
}
