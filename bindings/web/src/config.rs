//! Configs of models, for `processor.js`.

use pixfuse_config::{Backend, Imported, Overrides, Source};
use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::calls::{Known, text, whole};
use crate::files::bytes;
use crate::memory::Blocks;

/// `config`: a config's text, and keywords as JSON. What JavaScript knows of it, which is kept.
pub(crate) fn read(known: &mut Known, question: &Value) -> Result<Value, Refusal> {
    let backend = text(question, "backend");
    let backend = Backend::from_name(backend)
        .ok_or_else(|| Refusal::argument(format_args!("backend: '{backend}', expected 'torch' or 'pil'")))?;
    let overrides = |name| serde_json::from_str::<Overrides>(text(question, name)).map_err(Refusal::argument);
    let source = Source::text(text(question, "text"))?;
    let imported = pixfuse_config::read(&source, backend, &overrides("keywords")?)?.with(&overrides("called")?)?;
    let (number, described) = (known.number(), imported.described().to_string());
    known.configs.insert(number, imported);
    Ok(json!({ "config": number, "described": described }))
}

/// `admits`: nothing, or why the class refuses an image of this size.
pub(crate) fn admits(imported: &Imported, question: &Value) -> Result<Value, Refusal> {
    let side = |name: &str| whole(name, &question[name]).map_err(Refusal::argument);
    imported.admits(side("rows")?, side("columns")?)?;
    Ok(Value::Null)
}

/// `seen`: what becomes of an image of this size, or in one of the other tensors of it, as JSON.
pub(crate) fn seen(imported: &Imported, question: &Value) -> Result<Value, Refusal> {
    let side = |name: &str| whole(name, &question[name]).map_err(Refusal::argument);
    let view = question["view"].as_u64().map(|view| view as usize);
    Ok(imported.seen(side("rows")?, side("columns")?, view).to_string().into())
}

/// `tokens`: how many an image takes, of its sides, those of its grid, and the number of patches or tiles.
pub(crate) fn tokens(imported: &Imported, question: &Value) -> Result<Value, Refusal> {
    let side = |name: &str| whole(name, &question[name]).map_err(Refusal::argument);
    let (source, grid) = ([side("rows")?, side("columns")?], [side("high")?, side("wide")?]);
    Ok(imported.tokens(source, grid, side("count")?)?.into())
}

/// `itemKey`: of a file.
pub(crate) fn item_key(imported: &Imported, blocks: &Blocks, question: &Value) -> Result<Value, Refusal> {
    Ok(pixfuse_decode::item_key(&imported.fingerprint(), bytes(&blocks.input, &question["file"])?).into())
}
