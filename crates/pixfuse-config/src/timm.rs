//! timm's `pretrained_cfg`, as `resolve_data_config` and `create_transform` read it.

use serde_json::{Map, Value, json};

use crate::record::{Record, side};
use crate::sentence::{Sentence, normalized, numbers, three};
use crate::{Backend, Error, Feature, Imported, Library, Overrides, Variant};

const SUBJECT: &str = "timm";

/// Whether this is a config of timm: a file with `pretrained_cfg`, or that object itself.
pub(crate) fn reads(keys: &Map<String, Value>) -> bool {
    let flat = ["input_size", "mean", "std"].iter().all(|key| keys.contains_key(*key));
    keys.get("pretrained_cfg").is_some_and(Value::is_object) || (flat && !keys.contains_key("image_processor_type"))
}

/// The keys that make a transform, with timm's defaults.
fn defaults() -> Map<String, Value> {
    let defaults = json!({
        "input_size": [3, 224, 224],
        "interpolation": "bicubic",
        "mean": [0.485, 0.456, 0.406],
        "std": [0.229, 0.224, 0.225],
        "crop_pct": 0.875,
        "crop_mode": "center",
    });
    defaults.as_object().cloned().unwrap_or_default()
}

/// Reads one; the keyword `use_test_size = true` takes the size and the share that the model was tested with.
pub(crate) fn read(keys: &Map<String, Value>, overrides: &Overrides) -> Result<Imported, Error> {
    let config = keys.get("pretrained_cfg").and_then(Value::as_object).unwrap_or(keys);
    let mut record = defaults();
    let uses_test_size = overrides.get("use_test_size").and_then(Value::as_bool).unwrap_or(false);
    for key in record.clone().keys() {
        let tested = config
            .get(&format!("test_{key}"))
            .filter(|_| uses_test_size && ["input_size", "crop_pct"].contains(&key.as_str()));
        // What Python calls false is absent.
        let value = tested.filter(|value| counts(value)).or_else(|| config.get(key).filter(|value| counts(value)));
        record.extend(value.map(|value| (key.clone(), value.clone())));
    }
    // A model made with other arguments takes another size than its weights say.
    let arguments = keys.get("model_args").and_then(Value::as_object);
    for (key, value) in arguments.into_iter().flatten() {
        if ["in_chans", "img_size"].contains(&key.as_str()) && !value.is_null() {
            let message =
                format!("{value}, which the size of the model follows; give input_size = [3, rows, columns] instead");
            return Err(Error::value(SUBJECT, &format!("model_args.{key}"), message));
        }
    }
    for (key, value) in overrides {
        if !record.contains_key(key) && key != "use_test_size" {
            let message =
                "no keyword here, expected use_test_size, input_size, interpolation, mean, std, crop_pct or crop_mode";
            return Err(Error::value(SUBJECT, key, message));
        }
        if key != "use_test_size" {
            record.insert(key.clone(), value.clone());
        }
    }
    let spec = declaration(&Record::new(SUBJECT, &record))?;
    let raises = |channels: &str| {
        Variant::Raises(format!(
            "an image of {channels} for 3 numbers of mean; image.convert(\"RGB\") makes it one of three"
        ))
    };
    let [gray, alpha] = [raises("1 channel"), raises("4 channels")];
    Ok(Imported::stacked(Library::Timm, SUBJECT, Backend::Pil, spec, gray, alpha, record))
}

/// Whether Python takes a value in an `if`.
fn counts(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    }
}

fn declaration(record: &Record<'_>) -> Result<pixfuse_spec::Spec, Error> {
    let sizes = record.get("input_size").and_then(Value::as_array).map(Vec::as_slice);
    let Some([channels, rows, columns]) = sizes else { return Err(record.wrong("input_size", "[3, rows, columns]")) };
    if channels.as_u64() != Some(3) {
        return Err(Error::lacking(Feature::Gray, SUBJECT, Some("input_size"), format!("{channels} channels")));
    }
    let sides = |value: &Value| side(value).ok_or_else(|| record.wrong("input_size", "[3, rows, columns]"));
    let [rows, columns] = [sides(rows)?, sides(columns)?];
    let share = record.number("crop_pct")?.filter(|share| *share > 0.0);
    let share = share.ok_or_else(|| record.wrong("crop_pct", "a number above 0"))?;
    let scaled = [rows, columns].map(|side| (f64::from(side) / share).floor() as u32);

    let filter = filter(record)?;
    let is_square = scaled[0] == scaled[1];
    let (resize, fill) = match record.word("crop_mode")? {
        Some("squash") => (format!("resize({}, {}, {filter})", scaled[0], scaled[1]), None),
        Some("border") if !is_square => {
            return Err(Error::lacking(
                Feature::SizeRule,
                SUBJECT,
                Some("crop_mode"),
                "border on a frame that is no square",
            ));
        }
        Some("border") => {
            let fill: Vec<f64> = three(record, "mean")?.iter().map(|value| (255.0 * value).round_ties_even()).collect();
            (format!("resize(longest = {}, {filter}, rounding = half_even)", scaled[0]), Some(numbers(&fill)))
        }
        // Any other word is its `else`.
        _ if is_square => (format!("resize(shortest = {}, {filter})", scaled[0]), None),
        _ => (format!("resize(cover = [{}, {}], {filter})", scaled[0], scaled[1]), None),
    };
    let fill = fill.map(|fill| format!(", fill = {fill}")).unwrap_or_default();
    let sentence = Sentence {
        input: "rgb8".to_owned(),
        resize: Some(resize),
        crop: Some(format!("center_crop({rows}, {columns}{fill})")),
        normalize: Some(normalized(record, "torchvision")?),
        output: "rgb, f32, chw".to_owned(),
        ..Sentence::default()
    };
    sentence.spec(SUBJECT)
}

fn filter(record: &Record<'_>) -> Result<&'static str, Error> {
    Ok(match record.word("interpolation")? {
        Some("nearest") => "nearest_exact",
        Some("bilinear") => "bilinear, antialias",
        Some("bicubic") => "bicubic, antialias",
        Some("box") => "box, antialias",
        Some("hamming") => "hamming, antialias",
        Some("lanczos") => "lanczos, antialias",
        _ => return Err(record.wrong("interpolation", "nearest, bilinear, bicubic, box, hamming or lanczos")),
    })
}
