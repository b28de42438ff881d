//! The questions, by name, and what they answer.

use std::collections::BTreeMap;

use pixfuse::{Clip, Dims, Entry, Error, Geometry, Level, Orientation, Pipeline};
#[cfg(feature = "configs")]
use pixfuse_config::Imported;
use serde_json::{Value, json};

use crate::answer::Refusal;
#[cfg(feature = "configs")]
use crate::config;
#[cfg(feature = "photos")]
use crate::files;
use crate::memory::Blocks;
#[cfg(feature = "previews")]
use crate::picture;
use crate::{absent, declaration, run};

/// Pipelines and configs, by numbers that are never used twice.
#[derive(Default)]
pub(crate) struct Known {
    last: u64,
    pipelines: BTreeMap<u64, Pipeline>,
    #[cfg(feature = "configs")]
    pub(crate) configs: BTreeMap<u64, Imported>,
}

impl Known {
    pub(crate) fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn pipeline(&self, question: &Value) -> Result<&Pipeline, Refusal> {
        let number = question["pipe"].as_u64().unwrap_or(0);
        self.pipelines.get(&number).ok_or_else(|| Refusal::internal(format_args!("no pipeline {number}")))
    }

    #[cfg(feature = "configs")]
    pub(crate) fn config(&self, question: &Value) -> Result<&Imported, Refusal> {
        let number = question["config"].as_u64().unwrap_or(0);
        self.configs.get(&number).ok_or_else(|| Refusal::internal(format_args!("no config {number}")))
    }

    /// What JavaScript knows of a pipeline, which is kept.
    fn made(&mut self, pipe: Pipeline) -> Value {
        let number = self.number();
        let described = json!({
            "pipe": number,
            "text": pipe.text(),
            "element": pipe.element().name(),
            "level": pipe.level().name(),
            "fixedShape": pipe.fixed_shape().map(|dims| dims.to_vec()),
        });
        self.pipelines.insert(number, pipe);
        described
    }
}

/// Answers one question, in a module that exports these declarations.
pub(crate) fn call(
    entries: &'static [Entry],
    known: &mut Known,
    blocks: &mut Blocks,
    question: &Value,
) -> Result<Value, Refusal> {
    match question["call"].as_str().unwrap_or_default() {
        "about" => Ok(json!({
            "version": env!("CARGO_PKG_VERSION"),
            "decoders": decoders(),
            "levels": Level::available().into_iter().map(Level::name).collect::<Vec<_>>(),
        })),
        "unknown" => {
            let names: Vec<&str> = list(&question["names"]).iter().filter_map(Value::as_str).collect();
            Ok(pixfuse::rt::unknown("option", text(question, "word"), &names).into())
        }
        "entries" => Ok(entries
            .iter()
            .map(|entry| json!({ "name": camel_case(entry.name), "open": entry.spec().is_open() }))
            .collect()),
        "bind" => {
            let name = text(question, "entry");
            let entry = entries.iter().find(|entry| camel_case(entry.name) == name);
            let entry = entry.ok_or_else(|| Refusal::internal(format_args!("no declaration {name:?}")))?;
            Ok(known.made(Pipeline::bind(entry, &declaration::values(&question["values"])?)?))
        }
        "parse" => {
            let spec = declaration::spec(&question["declaration"])?.bind(&declaration::values(&question["values"])?);
            Ok(known.made(Pipeline::new(spec.map_err(Refusal::argument)?)?))
        }
        "replace" => {
            let pipe = known.pipeline(question)?;
            let replaced = pipe.with_spec(declaration::replaced(pipe.spec(), &question["clauses"])?)?;
            Ok(known.made(replaced))
        }
        "free" => {
            known.pipelines.remove(&question["pipe"].as_u64().unwrap_or(0));
            #[cfg(feature = "configs")]
            known.configs.remove(&question["config"].as_u64().unwrap_or(0));
            Ok(Value::Null)
        }
        "explain" => Ok(explained(known.pipeline(question)?).into()),
        "parts" => Ok(parts(known.pipeline(question)?)),
        "shape" => {
            let pipe = known.pipeline(question)?;
            let [rows, columns] = sides(pipe, question)?;
            Ok(numbers(&pipe.output_shape(rows, columns)?))
        }
        "geometry" => {
            let pipe = known.pipeline(question)?;
            let [rows, columns] = sides(pipe, question)?;
            Ok(described(&pipe.geometry(rows, columns)?))
        }
        "placed" => Ok(described(&placed(question)?)),
        "tile" => Ok(placed(question)?.tile(index(&question["index"])).map_or(Value::Null, |tile| described(&tile))),
        "patch" => {
            let place = [index(&question["row"]), index(&question["column"])];
            Ok(placed(question)?.patch(place).map_or(Value::Null, |patch| described(&patch)))
        }
        "change" => change(&placed(question)?, blocks, question),
        "run" => run::pixels(known.pipeline(question)?, blocks, question),
        "joined" => run::joined(known.pipeline(question)?, blocks, question),
        #[cfg(feature = "previews")]
        "preview" => picture::of_pixels(known.pipeline(question)?, blocks, question),
        #[cfg(feature = "previews")]
        "previewFile" => picture::of_file(known.pipeline(question)?, blocks, question),
        #[cfg(feature = "photos")]
        "decode" => files::decode(known.pipeline(question)?, blocks, question),
        #[cfg(feature = "photos")]
        "decodeBatch" => files::batch(known.pipeline(question)?, blocks, question),
        #[cfg(feature = "photos")]
        "decodeGeometry" => files::place(known.pipeline(question)?, blocks, question),
        #[cfg(feature = "photos")]
        "header" => files::header(blocks, question),
        #[cfg(feature = "configs")]
        "config" => config::read(known, question),
        #[cfg(feature = "configs")]
        "videoConfig" => config::read_video(known, question),
        #[cfg(feature = "configs")]
        "admits" => config::admits(known.config(question)?, question),
        #[cfg(feature = "configs")]
        "seen" => config::seen(known.config(question)?, question),
        #[cfg(feature = "configs")]
        "ofSizes" => config::of_sizes(known.config(question)?, question),
        #[cfg(feature = "configs")]
        "tokens" => config::tokens(known.config(question)?, question),
        #[cfg(feature = "configs")]
        "itemKey" => config::item_key(known.config(question)?, blocks, question),
        other => Err(absent::call(other)),
    }
}

/// Which decoder reads which files.
fn decoders() -> &'static str {
    #[cfg(feature = "photos")]
    return pixfuse_decode::decoders();
    #[cfg(not(feature = "photos"))]
    "none"
}

/// What a pipeline does, for people.
fn explained(pipe: &Pipeline) -> String {
    #[cfg(feature = "photos")]
    return pixfuse_decode::explain(pipe);
    #[cfg(not(feature = "photos"))]
    pipe.explain()
}

/// `HandWrittenLoop` as `handWrittenLoop`.
fn camel_case(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|letter| letter.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

pub(crate) fn text<'a>(question: &'a Value, name: &str) -> &'a str {
    question[name].as_str().unwrap_or_default()
}

pub(crate) fn list(given: &Value) -> &[Value] {
    given.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A shape as JavaScript has it.
pub(crate) fn numbers(dims: &Dims) -> Value {
    dims.to_vec().into()
}

/// A positive whole number; what is none comes as what it is, `{ "found": "a string" }`.
pub(crate) fn whole(name: &str, given: &Value) -> Result<usize, String> {
    /// Beyond it numbers of JavaScript are no longer exact.
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    match given.as_f64() {
        Some(number) if number.fract() == 0.0 && (1.0..=LARGEST).contains(&number) => Ok(number as usize),
        Some(number) => Err(format!("{name}: expected a positive whole number, found {number}")),
        None => Err(format!("{name}: expected a positive whole number, found {}", found(given))),
    }
}

pub(crate) fn optional(name: &str, given: &Value) -> Result<Option<usize>, String> {
    if given.is_null() { Ok(None) } else { whole(name, given).map(Some) }
}

/// What a value is, for an error.
pub(crate) fn found(given: &Value) -> String {
    match given {
        Value::Null => "undefined".into(),
        Value::String(_) => "a string".into(),
        Value::Number(number) => number.to_string(),
        other => other["found"].as_str().unwrap_or("a value").to_owned(),
    }
}

/// What is no index is none of the images.
fn index(given: &Value) -> usize {
    given.as_f64().filter(|index| index.fract() == 0.0 && *index >= 0.0).map_or(usize::MAX, |index| index as usize)
}

/// How an image is turned that is no file: by an EXIF value, or not at all; nothing where the declaration says it.
pub(crate) fn orientation(given: &Value) -> Result<Option<Orientation>, Refusal> {
    match given.as_str() {
        None if given.is_null() => return Ok(None),
        Some("stored") => return Ok(Some(Orientation::Upright)),
        Some("exif") => {
            let message = "orient: \"exif\" is a note in an image, of which there is none; give its value, 1 to 8";
            return Err(Refusal::argument(message));
        }
        _ => {}
    }
    let value = whole("orient", given).ok().and_then(|value| Orientation::from_exif(u32::try_from(value).ok()?));
    value.map(Some).ok_or_else(|| {
        let found = given.as_str().map_or_else(|| found(given), |word| format!("'{word}'"));
        let expected = "expected an integer from 1 to 8, \"exif\" or \"stored\"";
        Refusal::argument(format_args!("orient: {expected}, found {found}"))
    })
}

/// The rows and columns of a source as the pipeline takes them, which turns them as it declares.
fn sides(pipe: &Pipeline, question: &Value) -> Result<[usize; 2], Refusal> {
    let side = |name: &str| whole(name, &question[name]).map_err(Error::Image);
    let stored = [side("rows")?, side("columns")?];
    let orient = orientation(&question["orient"])?;
    Ok(orient.map_or(stored, |orient| pipe.spec().input.orient.size(orient.size(stored))))
}

/// `{ clauses, size, filter, mean, std, scale }`; what a declaration does not say is absent.
fn parts(pipe: &Pipeline) -> Value {
    let spec = pipe.spec();
    let clauses: Vec<Value> = spec.clauses().into_iter().map(|(name, inside)| json!([name, inside])).collect();
    let mut parts = json!({ "clauses": clauses });
    if let Some(size) = spec.size() {
        parts["size"] = json!(size);
    }
    if let Some(sampling) = spec.sampling() {
        parts["filter"] = sampling.to_string().into();
    }
    for (name, list) in [("mean", spec.mean()), ("std", spec.std())] {
        if let Some(list) = list {
            parts[name] = json!(list);
        }
    }
    if let Some(scale) = spec.scale() {
        parts["scale"] = json!(scale);
    }
    parts
}

/// A geometry's numbers: those that it is made of again, and those that people read.
pub(crate) fn described(geometry: &Geometry) -> Value {
    let mut object = json!({
        "matrix": geometry.matrix(),
        "inverse": geometry.inverse(),
        "scale": geometry.scale(),
        "exactScale": geometry.exact_scale(),
        "offset": geometry.offset(),
        "content": geometry.content(),
        "sourceBox": geometry.source_box(),
        "source": geometry.source(),
        "resized": geometry.resized(),
        "output": geometry.output(),
    });
    // Absent, and not null, where there are none.
    if let Some(grid) = geometry.patches() {
        object["patches"] = json!(grid);
    }
    if let Some(grid) = geometry.tiles() {
        object["tiles"] = json!(grid);
    }
    if let Some(index) = geometry.thumbnail() {
        object["thumbnail"] = json!(index);
    }
    json!({ "numbers": geometry.to_numbers(), "shown": object })
}

/// The geometry of the numbers in a question.
fn placed(question: &Value) -> Result<Geometry, Refusal> {
    let number = |given: &Value| given.as_str().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN);
    let numbers: Vec<f64> = list(&question["numbers"]).iter().map(number).collect();
    let wrong = || Refusal::argument(format_args!("numbers: expected {}", Geometry::NUMBERS));
    Ok(Geometry::from_numbers(numbers.try_into().map_err(|_| wrong())?)?)
}

/// Moves `x, y, x, y, ..`, which are f64 in the block of inputs, to the output, or back to the source. The moved ones are left
/// in the block of outputs.
fn change(geometry: &Geometry, blocks: &mut Blocks, question: &Value) -> Result<Value, Refusal> {
    let count = index(&question["count"]);
    let Blocks { input, output, .. } = blocks;
    let given = input.get(..count).unwrap_or_default();
    output.clear();
    output.extend_from_slice(given);
    let numbers = bytemuck::cast_slice_mut::<u64, f64>(output);
    let (points, rest) = numbers.as_chunks_mut::<2>();
    if !rest.is_empty() {
        return Err(Refusal::argument("points: a coordinate without its other"));
    }
    let clip = Clip::from(question["clip"] == true);
    if question["back"] == true {
        geometry.unmap_in_place(points, clip);
    } else {
        geometry.map_in_place(points, clip);
    }
    Ok(Value::Null)
}
