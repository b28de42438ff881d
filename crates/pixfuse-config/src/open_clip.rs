//! open_clip's `preprocess_cfg`, with the size of the model beside it.

use serde_json::{Map, Value, json};

use crate::record::{Record, side};
use crate::sentence::{Sentence, normalized};
use crate::{Backend, Error, Feature, Imported, Library, Overrides, Variant};

const SUBJECT: &str = "open_clip";

/// Whether this is a config of open_clip: a file with `preprocess_cfg` or the model's parts, or the object itself.
pub(crate) fn reads(keys: &Map<String, Value>) -> bool {
    let of_a_model = keys.get("model_cfg").is_some_and(|model| model.get("vision_cfg").is_some());
    let flat = keys.contains_key("resize_mode") && !keys.contains_key("image_processor_type");
    keys.get("preprocess_cfg").is_some_and(Value::is_object) || of_a_model || flat
}

pub(crate) fn read(keys: &Map<String, Value>, overrides: &Overrides) -> Result<Imported, Error> {
    let defaults = json!({
        "size": 224,
        "mode": "RGB",
        "mean": [0.481_454_66, 0.457_827_5, 0.408_210_73],
        "std": [0.268_629_54, 0.261_302_58, 0.275_777_11],
        "interpolation": "bicubic",
        "resize_mode": "shortest",
        "fill_color": 0,
    });
    let mut record = defaults.as_object().cloned().unwrap_or_default();
    let nested = keys.get("preprocess_cfg").and_then(Value::as_object);
    let of_a_model = nested.is_some() || keys.contains_key("model_cfg");
    let config = if of_a_model { nested } else { Some(keys) };
    for (key, value) in config.into_iter().flatten() {
        if record.contains_key(key) && !value.is_null() {
            record.insert(key.clone(), value.clone());
        }
    }
    // The size is the model's own, whatever the transform says.
    let size = keys.get("model_cfg").and_then(|model| model.get("vision_cfg")).map(|vision| vision.get("image_size"));
    if let Some(size) = size {
        record.insert("size".to_owned(), size.cloned().unwrap_or(json!(224)));
    }
    for (key, value) in overrides {
        if !record.contains_key(key) {
            let takes: Vec<&str> = record.keys().map(String::as_str).collect();
            return Err(Error::value(SUBJECT, key, format!("no keyword here, expected one of {}", takes.join(", "))));
        }
        record.insert(key.clone(), value.clone());
    }
    let sentence = sentence(&Record::new(SUBJECT, &record))?;
    let gray = Sentence { input: "gray8".to_owned(), ..sentence.clone() };
    let gray = match gray.spec(SUBJECT) {
        Ok(spec) => Variant::Declared(Box::new(spec)),
        Err(error) => Variant::Refused(error),
    };
    let alpha = "of RGBA, which is converted behind the resize: convert it before, image.convert(\"RGB\"): that";
    let spec = sentence.spec(SUBJECT)?;
    let alpha = Variant::Refused(Error::lacking(Feature::Alpha, SUBJECT, None, alpha));
    Ok(Imported::stacked(Library::OpenClip, SUBJECT, Backend::Pil, spec, gray, alpha, record))
}

fn sentence(record: &Record<'_>) -> Result<Sentence, Error> {
    if record.word("mode")? != Some("RGB") {
        return Err(record.wrong("mode", "\"RGB\""));
    }
    let expected = "a number of pixels, or [rows, columns]";
    let sides = match record.get("size") {
        Some(Value::Array(sides)) => match sides.as_slice() {
            [rows, columns] => [side(rows), side(columns)],
            _ => [None, None],
        },
        Some(value) => [side(value), side(value)],
        None => [None, None],
    };
    let [Some(rows), Some(columns)] = sides else { return Err(record.wrong("size", expected)) };

    let filter = match record.word("interpolation")? {
        Some("bilinear") => "bilinear, antialias",
        Some("bicubic" | "random") => "bicubic, antialias",
        _ => return Err(record.wrong("interpolation", "bicubic, bilinear or random")),
    };
    let is_square = rows == columns;
    let crop = format!("center_crop({rows}, {columns}");
    let (resize, crop) = match record.word("resize_mode")? {
        Some("squash") => (format!("resize({rows}, {columns}, {filter})"), None),
        Some("shortest") if is_square => (format!("resize(shortest = {rows}, {filter})"), Some(crop + ")")),
        // open_clip does not hand its interpolation on to this one.
        Some("shortest") => (format!("resize(cover = [{rows}, {columns}], bicubic, antialias)"), Some(crop + ")")),
        Some("longest") if is_square => {
            let fill = record.number("fill_color")?.filter(|fill| (0.0..=255.0).contains(fill) && fill.fract() == 0.0);
            let fill = fill.ok_or_else(|| record.wrong("fill_color", "a whole number from 0 to 255"))?;
            (
                format!("resize(longest = {rows}, {filter}, rounding = half_even)"),
                Some(format!("{crop}, fill = {fill})")),
            )
        }
        Some("longest") => {
            return Err(Error::lacking(
                Feature::SizeRule,
                SUBJECT,
                Some("resize_mode"),
                "longest on a frame that is no square",
            ));
        }
        _ => return Err(record.wrong("resize_mode", "shortest, longest or squash")),
    };
    Ok(Sentence {
        input: "rgb8".to_owned(),
        resize: Some(resize),
        crop,
        normalize: Some(normalized(record, "torchvision")?),
        output: "rgb, f32, chw".to_owned(),
        ..Sentence::default()
    })
}
