//! The metadata of an ONNX file that Ultralytics exported: its values are texts there, and may be JSON here.

use serde_json::{Map, Value};

use crate::record::{Record, shown, side};
use crate::sentence::Sentence;
use crate::{Backend, Error, Feature, Imported, Library, Output, Overrides, Variant};

const SUBJECT: &str = "ultralytics";

pub(crate) fn reads(keys: &Map<String, Value>) -> bool {
    ["imgsz", "task", "stride"].iter().all(|key| keys.contains_key(*key))
}

pub(crate) fn read(keys: &Map<String, Value>, overrides: &Overrides) -> Result<Imported, Error> {
    if let Some(key) = overrides.keys().next() {
        return Err(Error::value(SUBJECT, key, "no keyword here"));
    }
    let record = Record::new(SUBJECT, keys);
    let plain = |key: &str| -> Option<Value> {
        match keys.get(key)? {
            // What Python wrote: lists are as in JSON, True is not.
            Value::String(text) => serde_json::from_str(text).ok().or_else(|| Some(Value::Bool(text == "True"))),
            value => Some(value.clone()),
        }
    };
    let sizes = plain("imgsz");
    let sides = match sizes.as_ref() {
        Some(Value::Array(sides)) => match sides.as_slice() {
            [rows, columns] => [side(rows), side(columns)],
            _ => [None, None],
        },
        Some(value) => [side(value), side(value)],
        None => [None, None],
    };
    let [Some(rows), Some(columns)] = sides else { return Err(record.wrong("imgsz", "[rows, columns]")) };
    let channels = plain("channels");
    if channels.as_ref().is_some_and(|channels| channels.as_u64() != Some(3)) {
        let what = channels.as_ref().map(shown).unwrap_or_default();
        return Err(Error::lacking(Feature::Gray, SUBJECT, Some("channels"), format!("{what} channels")));
    }
    if record.word("task")? == Some("classify") {
        // Its images are resized and cropped, by numbers that the metadata has not.
        return Err(Error::lacking(
            Feature::Combination,
            SUBJECT,
            Some("task"),
            "classify, whose crop is not in the file,",
        ));
    }
    let is_half = ["half", "args.half"].iter().any(|key| plain(key) == Some(Value::Bool(true)));
    let element = if is_half { "f16" } else { "f32" };
    let sentence = Sentence {
        input: "rgb8".to_owned(),
        resize: Some(format!("letterbox({rows}, {columns}, bilinear)")),
        normalize: Some(String::new()),
        output: format!("rgb, {element}, chw"),
        ..Sentence::default()
    };
    let gray = Sentence { input: "gray8".to_owned(), ..sentence.clone() };
    let gray = gray.spec(SUBJECT).map_or_else(Variant::Refused, |spec| Variant::Declared(Box::new(spec)));
    let alpha = Variant::Refused(Error::lacking(Feature::Alpha, SUBJECT, None, "an RGBA image"));
    let spec = sentence.spec(SUBJECT)?;
    Ok(Imported {
        outputs: vec![Output { name: "images", value: crate::Value::Pixels }],
        ..Imported::stacked(Library::Ultralytics, SUBJECT, Backend::Pil, spec, gray, alpha, keys.clone())
    })
}
