//! torchvision's transforms, as a record of their steps.
//!
//! A transform is a Python object, so the Python package writes the record: `{"torchvision": name, "steps": [..]}`, each
//! step an object with the class's name and its attributes, in the order of work, for a Pillow image.

use serde_json::{Map, Value};

use crate::record::{Record, side};
use crate::sentence::{Sentence, normalized};
use crate::{Backend, Error, Feature, Imported, Library, Overrides, Reason, Variant};

const SUBJECT: &str = "torchvision";

pub(crate) fn reads(keys: &Map<String, Value>) -> bool {
    keys.get("torchvision").is_some_and(Value::is_string) && keys.get("steps").is_some_and(Value::is_array)
}

/// What the steps have made so far, which no later one may go back behind.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Stage {
    Image,
    Resized,
    Cropped,
    Floats,
    Normalized,
}

pub(crate) fn read(keys: &Map<String, Value>, overrides: &Overrides) -> Result<Imported, Error> {
    if let Some(key) = overrides.keys().next() {
        return Err(Error::value(SUBJECT, key, "no keyword: a transform has none"));
    }
    let mut sentence = Sentence { input: "rgb8".to_owned(), output: "rgb, u8, chw".to_owned(), ..Sentence::default() };
    let (mut stage, mut is_tensor, mut order) = (Stage::Image, false, "torchvision");
    for step in keys.get("steps").and_then(Value::as_array).into_iter().flatten() {
        let empty = Map::new();
        let step = Record::new(SUBJECT, step.as_object().unwrap_or(&empty));
        let name = step.word("step")?.unwrap_or_default();
        let next = match name {
            "Resize" => Stage::Resized,
            "CenterCrop" => Stage::Cropped,
            "ToTensor" | "ConvertImageDtype" | "ToDtype" => Stage::Floats,
            "Normalize" => Stage::Normalized,
            "ToImage" | "PILToTensor" | "ToPureTensor" => {
                is_tensor |= name == "ToImage" || name == "PILToTensor";
                continue;
            }
            // Presets of weights for videos and for optical flow, one step each.
            "VideoClassification" => {
                let what = "frames resized in float32 and rounded, other bits with another layout of memory,";
                return Err(Error::lacking(Feature::TorchFilter, SUBJECT, Some(name), what));
            }
            "OpticalFlow" => {
                let what = "two images at once";
                return Err(Error::lacking(Feature::Combination, SUBJECT, Some(name), what));
            }
            _ => {
                let message = format!("a step of this name; these are read: {}", STEPS.join(", "));
                return Err(Error::lacking(Feature::Combination, SUBJECT, Some(name), message));
            }
        };
        if next <= stage {
            return Err(Error::lacking(Feature::Combination, SUBJECT, Some(name), "a step at this place"));
        }
        stage = next;
        match name {
            "Resize" => sentence.resize = Some(resize(&step, is_tensor)?),
            "CenterCrop" => {
                let [rows, columns] = pair(&step, "size")?;
                sentence.crop = Some(format!("center_crop({rows}, {columns})"));
            }
            "ToTensor" | "ConvertImageDtype" | "ToDtype" => {
                if name != "ToTensor" && step.word("dtype")? != Some("float32") {
                    return Err(step.wrong("dtype", "float32"));
                }
                if name == "ToDtype" {
                    if !step.flag("scale")? {
                        return Err(step.wrong("scale", "true"));
                    }
                    order = "torchvision_v2";
                }
                sentence.normalize = Some(format!("order = {order}"));
                sentence.output = "rgb, f32, chw".to_owned();
            }
            _ => {
                if sentence.normalize.is_none() {
                    return Err(Error::value(
                        SUBJECT,
                        name,
                        "before the image is made floats; torchvision fails with it too",
                    ));
                }
                sentence.normalize = Some(normalized(&step, order)?);
            }
        }
    }
    if !is_tensor && sentence.normalize.is_none() {
        let message = "no step that makes a tensor of the image, v2.ToImage() say";
        return Err(Error::new(Reason::Value, SUBJECT, Some("steps"), message));
    }
    let gray =
        Sentence { input: "gray8".to_owned(), output: sentence.output.replace("rgb", "gray"), ..sentence.clone() };
    let refuse = |feature, what: &str| Variant::Refused(Error::lacking(feature, SUBJECT, None, what));
    let gray = if stage == Stage::Normalized {
        refuse(Feature::Gray, "a gray image")
    } else {
        gray.spec(SUBJECT).map_or_else(Variant::Refused, |spec| Variant::Declared(Box::new(spec)))
    };
    let class = keys.get("torchvision").and_then(Value::as_str).unwrap_or(SUBJECT);
    let backend = if is_tensor && sentence.resize.as_ref().is_some_and(|text| text.contains("torch")) {
        Backend::Torch
    } else {
        Backend::Pil
    };
    let alpha = refuse(Feature::Alpha, "an RGBA image");
    Ok(Imported::stacked(Library::Torchvision, class, backend, sentence.spec(SUBJECT)?, gray, alpha, keys.clone()))
}

const STEPS: [&str; 9] = [
    "Resize",
    "CenterCrop",
    "ToTensor",
    "PILToTensor",
    "ToImage",
    "ToPureTensor",
    "ConvertImageDtype",
    "ToDtype",
    "Normalize",
];

/// Two sides; one stands for both.
fn pair(step: &Record<'_>, key: &str) -> Result<[u32; 2], Error> {
    let sides: Vec<Option<u32>> = match step.get(key) {
        Some(Value::Array(sides)) => sides.iter().map(side).collect(),
        Some(value) => vec![side(value)],
        None => Vec::new(),
    };
    match sides.as_slice() {
        [Some(side)] => Ok([*side, *side]),
        [Some(rows), Some(columns)] => Ok([*rows, *columns]),
        _ => Err(step.wrong(key, "one or two numbers of pixels")),
    }
}

fn resize(step: &Record<'_>, is_tensor: bool) -> Result<String, Error> {
    let name = step.word("interpolation")?.unwrap_or_default();
    let filter = match (name, is_tensor) {
        ("nearest" | "nearest-exact", false) => "nearest_exact".to_owned(),
        ("bilinear" | "bicubic" | "box" | "hamming" | "lanczos", false) => format!("{name}, antialias"),
        ("bilinear" | "bicubic", true) if step.flag("antialias")? && step.flag("is_v2")? => {
            format!("{name}, antialias, like = torch")
        }
        ("nearest" | "nearest-exact" | "bilinear" | "bicubic" | "lanczos", true) => {
            return Err(Error::lacking(Feature::TorchFilter, SUBJECT, Some("Resize"), format!("{name} of a tensor")));
        }
        _ => return Err(step.wrong("interpolation", "a filter of torchvision")),
    };
    let is_short = match step.get("size") {
        Some(Value::Array(sides)) => sides.len() == 1,
        _ => true,
    };
    let [rows, columns] = pair(step, "size")?;
    let max = step.get("max_size").map(|max| step.side("max_size", max)).transpose()?;
    Ok(match (is_short, max) {
        (true, None) => format!("resize(shortest = {rows}, {filter})"),
        (true, Some(max)) => format!("resize(shortest = {rows}, max = {max}, {filter})"),
        (false, _) => format!("resize({rows}, {columns}, {filter})"),
    })
}
