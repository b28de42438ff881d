//! Configs of models, for `processor.js` and `video.js`: an object of plain values and functions.

use std::path::PathBuf;

use napi::bindgen_prelude::{Env, FnArgs, Function, FunctionCallContext, Object, Result, Unknown};
use pixfuse_config::{Backend, Imported, Overrides, Source, read, read_video};

use crate::buffer::ask_for_large_pages;
use crate::failure::refused;

/// What the function of `processor.js` takes: the reader of configs, the exports that it extends, `joined.js`, and what
/// `room.js` gives.
type Extension<'a> = FnArgs<(Function<'a, (), Object<'a>>, Object<'a>, Unknown<'a>, Object<'a>)>;

/// What the function of `video.js` takes: the reader of configs, the exports that it extends, and what `room.js` gives.
type VideoExtension<'a> = FnArgs<(Function<'a, (), Object<'a>>, Object<'a>, Object<'a>)>;

/// Adds the classes `Processor` and `VideoProcessor`, which read the config of a model, beside the `Pipeline` that
/// `register` added.
///
/// # Errors
/// When a JavaScript exception is pending.
pub fn register_processor(exports: &mut Object, env: &Env) -> Result<()> {
    let read = env.create_function_from_closure::<(), _, _>("readConfig", |call| config(&call))?;
    let extend: Function<Extension, ()> = env.run_script(include_str!("processor.js"))?;
    let joined: Unknown = env.run_script(include_str!("joined.js"))?;
    let fresh = |call: FunctionCallContext| call.get(0).map(ask_for_large_pages);
    let fresh = env.create_function_from_closure::<(), _, _>("fresh", fresh)?;
    // It sees each new array of a tensor.
    let memory: Function<Function<(), ()>, Object> = env.run_script(include_str!("room.js"))?;
    let memory = memory.call(fresh)?;
    extend.call(FnArgs::from((read, *exports, joined, memory)))?;
    let read = env.create_function_from_closure::<(), _, _>("readVideoConfig", |call| video_config(&call))?;
    let extend: Function<VideoExtension, ()> = env.run_script(include_str!("video.js"))?;
    extend.call(FnArgs::from((read, *exports, memory)))
}

/// `readConfig(text, path, backend, keywords, called)`: a config's text or its path, and keywords as JSON.
fn config(call: &FunctionCallContext) -> Result<Object<'static>> {
    let (text, path): (Option<String>, Option<String>) = (call.get(0)?, call.get(1)?);
    let (backend, keywords, called): (String, String, String) = (call.get(2)?, call.get(3)?, call.get(4)?);
    let backend: Backend = backend.parse().map_err(refused)?;
    let imported = read(&source(text, path)?, backend, &overrides(&keywords)?).map_err(refused)?;
    object(call.env, imported.with(&overrides(&called)?).map_err(refused)?)
}

/// `readVideoConfig(text, path, keywords, called, frames)`: the same of a video processor, for videos of so many frames, or
/// of as many as share a patch.
fn video_config(call: &FunctionCallContext) -> Result<Object<'static>> {
    let (text, path): (Option<String>, Option<String>) = (call.get(0)?, call.get(1)?);
    let (keywords, called): (String, String) = (call.get(2)?, call.get(3)?);
    let frames: Option<u32> = call.get(4)?;
    let imported = read_video(&source(text, path)?, &overrides(&keywords)?).map_err(refused)?;
    let imported = imported.with(&overrides(&called)?).map_err(refused)?;
    let imported = frames.map_or(Ok(imported.clone()), |frames| imported.with_frames(frames)).map_err(refused)?;
    object(call.env, imported)
}

fn source(text: Option<String>, path: Option<String>) -> Result<Source> {
    let source = match (text, path) {
        (Some(text), _) => Source::text(&text),
        (None, path) => Source::path(&PathBuf::from(path.unwrap_or_default())),
    };
    source.map_err(refused)
}

/// Keywords as JSON.
fn overrides(text: &str) -> Result<Overrides> {
    serde_json::from_str(text).map_err(refused)
}

/// `described`, which is what JavaScript knows of a config as JSON, and what is asked later.
fn object(env: &Env, imported: Imported) -> Result<Object<'static>> {
    let mut object = Object::new(env)?;
    object.set("described", imported.described().to_string())?;
    let text = imported.fingerprint();
    let item_key = move |call: FunctionCallContext| -> Result<String> {
        let file: &[u8] = call.get(0)?;
        Ok(pixfuse_decode::item_key(&text, file))
    };
    object.set("itemKey", env.create_function_from_closure::<(), _, _>("itemKey", item_key)?)?;
    let of_size = imported.clone();
    let seen = move |call: FunctionCallContext| -> Result<String> {
        let (rows, columns): (u32, u32) = (call.get(0)?, call.get(1)?);
        let view: Option<u32> = if call.length() > 2 { Some(call.get(2)?) } else { None };
        Ok(of_size.seen(rows as usize, columns as usize, view.map(|view| view as usize)).to_string())
    };
    object.set("seen", env.create_function_from_closure::<(), _, _>("seen", seen)?)?;
    let of_sizes = imported.clone();
    let made = move |call: FunctionCallContext| -> Result<String> {
        let (name, sources, frames): (String, String, String) = (call.get(0)?, call.get(1)?, call.get(2)?);
        of_sizes.described_of_sizes(&name, &sources, &frames).map(|made| made.to_string()).map_err(refused)
    };
    object.set("ofSizes", env.create_function_from_closure::<(), _, _>("ofSizes", made)?)?;
    let of_prompt = imported.clone();
    let tokens = move |call: FunctionCallContext| -> Result<f64> {
        let side = |index: usize| call.get::<u32>(index).map(|side| side as usize);
        let (source, grid) = ([side(0)?, side(1)?], [side(2)?, side(3)?]);
        // Exact: no count comes near to 2^53.
        of_prompt.tokens(source, grid, side(4)?).map_err(refused).map(|tokens| tokens as f64)
    };
    object.set("tokens", env.create_function_from_closure::<(), _, _>("tokens", tokens)?)?;
    let admits = move |call: FunctionCallContext| -> Result<Option<Unknown>> {
        let (rows, columns): (u32, u32) = (call.get(0)?, call.get(1)?);
        imported.admits(rows as usize, columns as usize).map_err(refused).map(|()| None)
    };
    object.set("admits", env.create_function_from_closure::<(), _, _>("admits", admits)?)?;
    Ok(object)
}
