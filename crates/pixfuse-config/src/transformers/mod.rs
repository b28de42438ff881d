//! Configs of transformers' image processors.
//!
//! ```text
//! names    which class reads a config: its type, older spellings, the model's type
//! classes  what each class declares: its keys and their defaults (data, written from the installed library)
//! table    what each class does with them: which keys count, by which rule, and what is lacking
//! ways     what the rows of the table are made of
//! older    spellings that a class's constructor turns into its own
//! size     `size`, `crop_size`, `pad_size`
//! videos   the same for video processors, whose frames are images
//! views    the tensors that some classes make beside the first one, and tiles of another size in it (canvases has two more)
//! tokens   how many of a prompt an image takes, as the processors around the classes count them; features by its sides
//! video_tokens the same of videos
//! steps    the keys of one class to a declaration, clause by clause: resize (and ruled, tiles), margins, values, patches
//! ```

mod canvases;
mod classes;
mod features;
mod margins;
mod names;
mod older;
mod patches;
mod resize;
mod ruled;
mod size;
mod steps;
mod table;
mod tiles;
mod tokens;
mod values;
mod video_tokens;
mod videos;
mod views;
mod ways;

use serde_json::{Map, Value};

use crate::{Backend, Error, Imported, Overrides, Reason};

pub use classes::VERSION;

/// Every class that transformers has, as it is called there, with its backend.
pub fn classes() -> impl Iterator<Item = (&'static str, Backend)> {
    classes::all().map(|class| (class.name, class.backend))
}

/// Every video processor that transformers has.
pub fn video_classes() -> impl Iterator<Item = &'static str> {
    classes::videos().map(|class| class.name)
}

/// Reads the config of a video processor, with the model's `config.json` if it is there.
pub(crate) fn read_video(
    config: &Map<String, Value>,
    model: Option<&Map<String, Value>>,
    overrides: &Overrides,
) -> Result<Imported, Error> {
    let mut notes = Vec::new();
    let mut keys = config.clone();
    if let Some(name) = overrides.get("video_processor_type") {
        keys.insert("video_processor_type".to_owned(), name.clone());
    }
    let base = names::resolve_video(&keys, model, &mut notes)?;
    let (class, steps) = known(&base, Backend::Torch)?;
    videos::constructs(&base, overrides.get("temporal_patch_size").or_else(|| keys.get("temporal_patch_size")))?;
    overlay(&base, &class.defaults, overrides, &mut keys)?;
    let record = record(&base, &class, &steps, keys, &mut notes);
    steps::read(&base, class.backend, &steps, record, notes)
}

/// The same config for videos of so many frames.
pub(crate) fn with_frames(imported: &Imported, count: u32) -> Result<Imported, Error> {
    let base = &imported.class;
    let (_, mut steps) = known(base, imported.backend)?;
    let Some(video) = steps.video.as_mut().filter(|_| count > 0) else {
        let message = format!("{count} of them, expected a video processor and at least one");
        return Err(Error::new(Reason::Value, base, Some("frames"), message));
    };
    video.count = Some(count);
    steps::read(base, imported.backend, &steps, imported.record.clone(), imported.notes.clone())
}

/// A class of images or of videos, and what it does.
fn known(base: &str, backend: Backend) -> Result<(classes::Class, table::Steps), Error> {
    let (class, steps) = match classes::of_video(base) {
        Some(class) => (Some(class), videos::of(base)),
        None => {
            let class = classes::of(base, backend);
            let steps = class.as_ref().and_then(|class| table::of(base, class.backend));
            (class, steps)
        }
    };
    let (class, steps) = class.zip(steps).ok_or_else(|| names::unknown(base))?;
    Ok((class, steps.map_err(|feature| Error::lacking(feature, base, None, "this class"))?))
}

/// Every key that a class takes, with the config's value where it has one.
fn record(
    base: &str,
    class: &classes::Class,
    steps: &table::Steps,
    mut keys: Map<String, Value>,
    notes: &mut Vec<String>,
) -> Map<String, Value> {
    older::respell(steps.older, &class.defaults, &mut keys);
    let mut record = class.defaults.clone();
    for (key, value) in keys {
        if record.contains_key(&key) {
            // A null is a value, off, and not the default.
            record.insert(key, value);
        } else if !HARMLESS.contains(&key.as_str()) && !older::reads(steps.older, &key) {
            notes.push(format!("{key} is no key of {base}, which leaves it unread"));
        }
    }
    record
}

/// Reads the config of an image processor, with the model's `config.json` if it is there.
pub(crate) fn read(
    config: &Map<String, Value>,
    model: Option<&Map<String, Value>>,
    backend: Backend,
    overrides: &Overrides,
) -> Result<Imported, Error> {
    let mut notes = Vec::new();
    let mut keys = config.clone();
    // A class may be named by the caller too, where the config has none.
    if let Some(name) = overrides.get("image_processor_type") {
        keys.insert("image_processor_type".to_owned(), name.clone());
    }
    let base = names::resolve(&keys, model, &mut notes)?;
    if base == "TimmWrapperImageProcessor" {
        let message = "a config of timm without its pretrained_cfg";
        return Err(Error::new(Reason::NotAConfig, &base, Some("pretrained_cfg"), message));
    }
    let (class, steps) = known(&base, backend)?;
    if class.backend != backend {
        notes.push(format!("{base} exists for the backend {} only, and these are its bytes", class.backend));
    }
    overlay(&base, &class.defaults, overrides, &mut keys)?;
    let record = record(&base, &class, &steps, keys, &mut notes);
    steps::read(&base, class.backend, &steps, record, notes)
}

/// The same config with keywords of a call, which stand over what the processor was made with.
pub(crate) fn call(imported: &Imported, overrides: &Overrides) -> Result<Imported, Error> {
    let base = &imported.class;
    let (class, mut steps) = known(base, imported.backend)?;
    if let (Some(video), Some(frames)) = (&mut steps.video, imported.frames) {
        video.count = frames.count;
    }
    let mut record = imported.record.clone();
    overlay(base, &class.defaults, overrides, &mut record)?;
    for key in steps.fixed {
        if let Some(value) = imported.record.get(*key) {
            record.insert((*key).to_owned(), value.clone());
        }
    }
    let called = steps::read(base, imported.backend, &steps, record, imported.notes.clone())?;
    Ok(Imported { prompt: imported.prompt.clone(), ..called })
}

/// Puts keywords over keys.
///
/// # Errors
/// When the class has no such keyword.
fn overlay(
    base: &str,
    known: &Map<String, Value>,
    over: &Overrides,
    keys: &mut Map<String, Value>,
) -> Result<(), Error> {
    for (key, value) in over {
        if key == "image_processor_type" || key == "video_processor_type" {
            continue;
        }
        if !known.contains_key(key) {
            let takes: Vec<&str> = known.keys().map(String::as_str).collect();
            let message = format!("no keyword of this class, expected one of {}", takes.join(", "));
            return Err(Error::new(Reason::Value, base, Some(key), message));
        }
        keys.insert(key.clone(), value.clone());
    }
    Ok(())
}

/// Keys that are no preprocessing, in whatever class they stand.
const HARMLESS: [&str; 18] = [
    "_auto_class",
    "_commit_hash",
    "_name_or_path",
    "_processor_class",
    "_valid_processor_keys",
    "auto_map",
    "feature_extractor_type",
    "image_processor_type",
    "image_seq_length",
    "model_type",
    "num_image_token",
    "processor_class",
    "reduce_labels",
    "tokenizer_class",
    "torch_dtype",
    "transformers_version",
    "use_fast",
    "video_processor_type",
];
