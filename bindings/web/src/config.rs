//! Configs of models, for `processor.js` and `video.js`.

use pixfuse_config::{Backend, Imported, Overrides, Source};
use serde_json::{Value, json};

use crate::argument::{optional, whole};
use crate::files::bytes;
use crate::known::Known;
use crate::memory::Blocks;
use crate::question::text;
use crate::refusal::Refusal;

/// `config`: a config's text, and keywords as JSON. What JavaScript knows of it, which is kept.
pub(crate) fn read(known: &mut Known, question: &Value) -> Result<Value, Refusal> {
    let backend: Backend = text(question, "backend").parse().map_err(Refusal::argument)?;
    let imported = pixfuse_config::read(&source(question)?, backend, &overrides(question, "keywords")?)?;
    Ok(kept(known, imported.with(&overrides(question, "called")?)?))
}

/// `videoConfig`: the same of a video processor, for videos of so many `frames`, or of as many as share a patch.
pub(crate) fn read_video(known: &mut Known, question: &Value) -> Result<Value, Refusal> {
    let imported = pixfuse_config::read_video(&source(question)?, &overrides(question, "keywords")?)?;
    let imported = imported.with(&overrides(question, "called")?)?;
    let imported = match optional("frames", &question["frames"])? {
        Some(frames) => imported.with_frames(frames.try_into().unwrap_or(u32::MAX))?,
        None => imported,
    };
    Ok(kept(known, imported))
}

fn source(question: &Value) -> Result<Source, Refusal> {
    Ok(Source::text(text(question, "text"))?)
}

/// Keywords as JSON.
fn overrides(question: &Value, name: &str) -> Result<Overrides, Refusal> {
    serde_json::from_str(text(question, name)).map_err(Refusal::argument)
}

/// Keeps a config; gives what JavaScript knows of it.
fn kept(known: &mut Known, imported: Imported) -> Value {
    let (number, described) = (known.number(), imported.described().to_string());
    known.configs.insert(number, imported);
    json!({ "config": number, "described": described })
}

/// `admits`: nothing, or why the class refuses an image of this size.
pub(crate) fn admits(imported: &Imported, question: &Value) -> Result<Value, Refusal> {
    let side = |name: &str| whole(name, &question[name]);
    imported.admits(side("rows")?, side("columns")?)?;
    Ok(Value::Null)
}

/// `seen`: what becomes of an image of this size, or in one of the other tensors of it, as JSON.
pub(crate) fn seen(imported: &Imported, question: &Value) -> Result<Value, Refusal> {
    let side = |name: &str| whole(name, &question[name]);
    let view = question["view"].as_u64().map(|view| view as usize);
    Ok(imported.seen(side("rows")?, side("columns")?, view).to_string().into())
}

/// `ofSizes`: an output that follows from the sizes of images alone, as JSON.
pub(crate) fn of_sizes(imported: &Imported, question: &Value) -> Result<Value, Refusal> {
    let word = |name: &str| text(question, name);
    Ok(imported.described_of_sizes(word("name"), word("sources"), word("frames"))?.to_string().into())
}

/// `tokens`: how many an image takes, of its sides, those of its grid, and the number of patches or tiles.
pub(crate) fn tokens(imported: &Imported, question: &Value) -> Result<Value, Refusal> {
    let side = |name: &str| whole(name, &question[name]);
    let (source, grid) = ([side("rows")?, side("columns")?], [side("high")?, side("wide")?]);
    Ok(imported.tokens(source, grid, side("count")?)?.into())
}

/// `itemKey`: of a file.
pub(crate) fn item_key(imported: &Imported, blocks: &Blocks, question: &Value) -> Result<Value, Refusal> {
    Ok(pixfuse_decode::item_key(&imported.fingerprint(), bytes(&blocks.input, &question["file"])?).into())
}
