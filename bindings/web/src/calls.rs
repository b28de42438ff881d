//! The questions, by name, and what they answer.

use pixfuse::{Clip, Entry, Error, Geometry, Level, Pipeline};
use pixfuse_bindings::{Language, answers, declared};
use serde_json::{Value, json};

use crate::answer::{described, numbers, told};
use crate::argument::{orient, whole};
#[cfg(feature = "configs")]
use crate::config;
#[cfg(feature = "photos")]
use crate::files;
use crate::known::Known;
use crate::memory::Blocks;
#[cfg(feature = "previews")]
use crate::picture;
use crate::question::{index, list, number, text};
use crate::refusal::Refusal;
use crate::{absent, argument, run};

/// Answers one question, in a module that exports these declarations.
pub(crate) fn call(
    entries: &'static [Entry],
    known: &mut Known,
    blocks: &mut Blocks,
    question: &Value,
) -> Result<Value, Refusal> {
    declared::declare(entries);
    match question["call"].as_str().unwrap_or_default() {
        "about" => Ok(json!({
            "version": env!("CARGO_PKG_VERSION"),
            "decoders": decoders(),
            "levels": Level::available().into_iter().map(Level::name).collect::<Vec<_>>(),
        })),
        "unknown" => {
            let names: Vec<&str> = list(&question["names"]).iter().filter_map(Value::as_str).collect();
            Ok(pixfuse::bridge::unknown("option", text(question, "word"), &names).into())
        }
        "entries" => Ok(entries
            .iter()
            .map(|entry| json!({ "name": Language::JavaScript.declared(entry.name), "open": entry.spec().is_open() }))
            .collect()),
        "bind" => {
            let name = text(question, "entry");
            let entry = entries.iter().find(|entry| Language::JavaScript.declared(entry.name) == name);
            let entry = entry.ok_or_else(|| Refusal::internal(format_args!("no declaration \"{name}\"")))?;
            Ok(known.made(Pipeline::bind(entry, &argument::values(&question["values"])?)?))
        }
        "parse" => {
            let spec = argument::spec(&question["declaration"])?;
            Ok(known.made(declared::pipeline(&spec, &argument::values(&question["values"])?)?))
        }
        "replace" => {
            let pipe = known.pipeline(question)?;
            let replaced = pipe.spec().replace(&argument::clauses(&question["clauses"])?).map_err(Error::from)?;
            let replaced = declared::with_spec(pipe, replaced)?;
            Ok(known.made(replaced))
        }
        "free" => {
            known.pipelines.remove(&question["pipe"].as_u64().unwrap_or(0));
            #[cfg(feature = "configs")]
            known.configs.remove(&question["config"].as_u64().unwrap_or(0));
            Ok(Value::Null)
        }
        "explain" => Ok(explained(known.pipeline(question)?).into()),
        "parts" => Ok(told(answers::parts(known.pipeline(question)?))),
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
        "follow" => Ok(described(&placed(question)?.followed_by(&of_numbers(&question["next"])?)?)),
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

/// The rows and columns of a source as the pipeline takes them, which turns them as it declares.
fn sides(pipe: &Pipeline, question: &Value) -> Result<[usize; 2], Refusal> {
    let side = |name: &str| whole(name, &question[name]).map_err(|error| Error::Image(error.into()));
    Ok(orient(&question["orient"])?.sides(pipe, [side("rows")?, side("columns")?])?)
}

/// The geometry of the numbers in a question.
fn placed(question: &Value) -> Result<Geometry, Refusal> {
    of_numbers(&question["numbers"])
}

/// The geometry of a list of its numbers.
fn of_numbers(numbers: &Value) -> Result<Geometry, Refusal> {
    let numbers: Vec<f64> = list(numbers).iter().map(|given| number(given).unwrap_or(f64::NAN)).collect();
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
