//! Configs of models, for `processor.js`: an object of plain values and functions.

use std::path::PathBuf;

use napi::bindgen_prelude::{Env, FnArgs, Function, FunctionCallContext, Object, Result, Unknown};
use pixfuse_config::{Backend, Batch, Imported, Overrides, Source, Value, Variant, read};

use crate::calls::refused;

/// What the function of `processor.js` takes: the reader of configs, and the exports that it extends.
type Extension<'a> = FnArgs<(Function<'a, (), Object<'a>>, Object<'a>)>;

/// Adds the class `Processor`, which reads the config of a model, beside the `Pipeline` that `register` added.
///
/// # Errors
/// When a JavaScript exception is pending.
pub fn register_processor(exports: &mut Object, env: &Env) -> Result<()> {
    let read = env.create_function_from_closure::<(), _, _>("readConfig", |call| config(&call))?;
    let extend: Function<Extension, ()> = env.run_script(include_str!("processor.js"))?;
    extend.call(FnArgs::from((read, *exports)))
}

/// `readConfig(text, path, backend, keywords, called)`: a config's text or its path, and keywords as JSON.
fn config(call: &FunctionCallContext) -> Result<Object<'static>> {
    let (text, path): (Option<String>, Option<String>) = (call.get(0)?, call.get(1)?);
    let (backend, keywords, called): (String, String, String) = (call.get(2)?, call.get(3)?, call.get(4)?);
    let backend = Backend::from_name(&backend)
        .ok_or_else(|| refused(format!("backend: '{backend}', expected 'torch' or 'pil'")))?;
    let source = match (text, path) {
        (Some(text), _) => Source::text(&text),
        (None, path) => Source::path(&PathBuf::from(path.unwrap_or_default())),
    };
    let overrides = |text: &str| serde_json::from_str::<Overrides>(text).map_err(refused);
    let imported = read(&source.map_err(refused)?, backend, &overrides(&keywords)?).map_err(refused)?;
    object(call.env, imported.with(&overrides(&called)?).map_err(refused)?)
}

fn object(env: &Env, imported: Imported) -> Result<Object<'static>> {
    let mut object = Object::new(env)?;
    object.set("library", imported.library.name())?;
    object.set("className", imported.class.as_str())?;
    object.set("backend", imported.backend.name())?;
    object.set("pads", imported.batch == Batch::Pad)?;
    // In one call there is one sample, so that a sequence is one array too.
    object.set("concatenates", matches!(imported.batch, Batch::Concatenate | Batch::Sequence))?;
    object.set("isSequence", imported.batch == Batch::Sequence)?;
    object.set("patchesPerToken", imported.patches_per_token)?;
    object.set("isNested", imported.is_nested)?;
    object.set("isSingle", imported.is_single)?;
    object.set("isFramed", imported.spec.pad.is_some())?;
    object.set("patchAxes", imported.patch_axes.clone())?;
    object.set("notes", imported.notes.clone())?;
    object.set("record", serde_json::Value::Object(imported.record.clone()).to_string())?;
    object.set("explain", imported.explain())?;
    object.set("file", imported.of_files().to_string())?;
    object.set("rgb", imported.spec.to_string())?;
    for (name, variant) in [("gray", &imported.gray), ("alpha", &imported.alpha)] {
        match variant {
            Variant::Declared(spec) => object.set(name, spec.to_string())?,
            Variant::Raises(why) => {
                object.set(format!("{name}Refused"), format!("image: {}: {why}", imported.class))?
            }
            Variant::Refused(error) => object.set(format!("{name}Refused"), error.to_string())?,
        }
    }
    let outputs = imported.outputs.iter().map(|output| {
        let mut described = Object::new(env)?;
        described.set("name", output.name)?;
        match output.value {
            Value::Pixels => described.set("kind", "pixels")?,
            Value::Mask => described.set("kind", "mask")?,
            Value::BoolMask => described.set("kind", "boolMask")?,
            Value::PatchMask => described.set("kind", "patchMask")?,
            Value::SourceSizes => described.set("kind", "sourceSizes")?,
            Value::ResizedSizes => described.set("kind", "resizedSizes")?,
            Value::PixelsAlone => described.set("kind", "pixelsAlone")?,
            Value::ResizedRows => described.set("kind", "resizedRows")?,
            Value::ResizedColumns => described.set("kind", "resizedColumns")?,
            Value::RowScale => described.set("kind", "rowScale")?,
            Value::GridThw => described.set("kind", "gridThw")?,
            Value::GridCount => described.set("kind", "gridCount")?,
            Value::FrameCount => described.set("kind", "frameCount")?,
            Value::FramePixelMask => described.set("kind", "framePixelMask")?,
            Value::FrameMask => described.set("kind", "frameMask")?,
            Value::Grid => described.set("kind", "grid")?,
            Value::TileCount => described.set("kind", "tileCount")?,
            Value::TileCounts => described.set("kind", "tileCounts")?,
            Value::TileRows => described.set("kind", "tileRows")?,
            Value::TileColumns => described.set("kind", "tileColumns")?,
            Value::SplitRows => described.set("kind", "splitRows")?,
            Value::SplitColumns => described.set("kind", "splitColumns")?,
            Value::TilePixelMask => described.set("kind", "tilePixelMask")?,
            Value::TileMask => described.set("kind", "tileMask")?,
            Value::AspectRatioIds(most) => described.set("aspectRatioIds", most)?,
            Value::AspectRatioMask(most) => described.set("aspectRatioMask", most)?,
            Value::TileGrid => described.set("kind", "tileGrid")?,
            Value::PatchPositions => described.set("kind", "patchPositions")?,
            Value::PatchGroups(patches) => described.set("groups", patches)?,
            Value::One(one) => described.set("one", one)?,
            Value::Each(one) => described.set("each", vec![one])?,
            Value::EachPair(pair) => described.set("pair", pair.to_vec())?,
            Value::Nothing => {}
            Value::Text(text) => described.set("text", text)?,
        }
        Ok(described)
    });
    object.set("outputs", outputs.collect::<Result<Vec<_>>>()?)?;
    let text = imported.fingerprint();
    let item_key = move |call: FunctionCallContext| -> Result<String> {
        let file: &[u8] = call.get(0)?;
        Ok(pixfuse_decode::item_key(&text, file))
    };
    object.set("itemKey", env.create_function_from_closure::<(), _, _>("itemKey", item_key)?)?;
    let admits = move |call: FunctionCallContext| -> Result<Option<Unknown>> {
        let (rows, columns): (u32, u32) = (call.get(0)?, call.get(1)?);
        imported.admits(rows as usize, columns as usize).map_err(refused).map(|()| None)
    };
    object.set("admits", env.create_function_from_closure::<(), _, _>("admits", admits)?)?;
    Ok(object)
}
