//! Pipelines of [`pixfuse`] for Node.js: what the npm package `pixfuse` is made with, and your own addon.
//!
//! A crate of type `cdylib` with these lines is an addon that exports your declarations:
//!
//! ```ignore
//! use pixfuse_node::napi::{self, Env, Result, bindgen_prelude::Object};
//!
//! #[napi_derive::napi(module_exports)]
//! pub fn exports(mut exports: Object, env: Env) -> Result<()> {
//!     pixfuse_node::register(&mut exports, &env, my_pipelines::PIPELINES)
//! }
//! ```
//!
//! ```js
//! const { classifier, detector } = require('./my_pipelines.node')
//! const { data, dims } = classifier.runSync(image)                            // a closed declaration is a pipeline
//! detector({ rows: 480, columns: 640 }).runSync(image)                        // an open one is a function of its `_`
//! ```
//!
//! Nothing here decides anything: `argument` reads arguments, of which `pixfuse_bindings` makes a `Spec`, `buffer` typed arrays into views, `calls`
//! errors into errors, `decode` hands files on, `geometry` numbers into numbers, `task` is a call on another thread. The classes themselves are
//! JavaScript, `pipeline.js`, `geometry.js` and `files.js`: there a property is read in a nanosecond, from here in a hundred, and
//! there a tensor that is too large for memory is an exception, from here the end of the process.
//!
//! Features are those of `pixfuse-decode`: `libjpeg-turbo` for JPEG by the C library, which takes a C compiler, cmake and on x86 nasm;
//! `avif` and `heic` by the system's libavif and libheif.

mod argument;
mod buffer;
mod calls;
mod config;
mod decode;
mod failure;
mod geometry;
mod given;
mod image;
mod picture;
mod task;

pub use config::register_processor;
pub use napi;

use napi::bindgen_prelude::{Env, FnArgs, Function, Object, Result, Unknown};
use pixfuse::{Entry, Pipeline};
use pixfuse_bindings::{Language, declared};

/// Adds the classes `Pipeline` and `Geometry`, `names()`, `get(name)` and one property for each declaration to `exports`.
///
/// The struct `HandWrittenLoop` becomes the property `handWrittenLoop`: a `Pipeline` that runs on the declaration's own
/// kernel and is made when it is first read. A declaration with numbers written `_` becomes a function from an object
/// of these numbers (`rows`, `columns`, `cropRows`, `mean` ..) to such a `Pipeline`.
///
/// # Errors
/// When two declarations have one name, or a name that `exports` already has; when a JavaScript exception is pending.
pub fn register(exports: &mut Object, env: &Env, entries: &'static [Entry]) -> Result<()> {
    declared::declare(entries);
    let mut native = Object::new(env)?;
    let parse = env.create_function_from_closure::<(), _, _>("parse", |call| {
        let (spec, values) = (argument::spec(call.env, call.get(0)?)?, argument::values(call.get(1)?)?);
        calls::object(call.env, declared::pipeline(&spec, &values))
    })?;
    native.set("parse", parse)?;
    let unknown = env.create_function_from_closure::<(), _, _>("unknown", |call| {
        let (word, names): (String, Vec<String>) = (call.get(0)?, call.get(1)?);
        Ok(pixfuse::bridge::unknown("option", &word, &names.iter().map(String::as_str).collect::<Vec<_>>()))
    })?;
    native.set("unknown", unknown)?;
    native.set("placed", env.create_function_from_closure::<(), _, _>("placed", geometry::of_numbers)?)?;
    let entries = entries.iter().map(|entry| {
        let bind = env.create_function_from_closure::<(), _, _>("bind", move |call| {
            calls::object(call.env, Pipeline::bind(entry, &argument::values(call.get(0)?)?))
        })?;
        let mut declared = Object::new(env)?;
        declared.set("name", Language::JavaScript.declared(entry.name))?;
        declared.set("open", entry.spec().is_open())?;
        declared.set("bind", bind)?;
        Ok(declared)
    });
    native.set("entries", entries.collect::<Result<Vec<_>>>()?)?;
    native.set("read", env.create_function_from_closure::<(), _, _>("read", decode::read_path)?)?;
    native.set("files", env.run_script::<_, Unknown>(include_str!("files.js"))?)?;
    let geometry: Unknown = env.run_script(include_str!("geometry.js"))?;
    native.set("geometry", geometry)?;
    let extend: Function<FnArgs<(Object, Object)>, ()> = env.run_script(include_str!("pipeline.js"))?;
    extend.call(FnArgs::from((native, *exports)))
}

/// Adds `probe(file)` to `exports`: what a file's header says.
///
/// # Errors
/// When a JavaScript exception is pending.
pub fn register_probe(exports: &mut Object, env: &Env) -> Result<()> {
    let mut native = Object::new(env)?;
    native.set("header", env.create_function_from_closure::<(), _, _>("header", decode::header)?)?;
    let files: Function<(), Unknown> = env.run_script(include_str!("files.js"))?;
    let with: Function<FnArgs<(Object, Unknown)>, Unknown> =
        env.run_script("(({ header }, { plain }) => function probe(data) { return header(plain(data)) })")?;
    let probe = with.call(FnArgs::from((native, files.call(())?)))?;
    exports.set("probe", probe)
}

/// Which decoder reads which files, for people: what to name in a bug report.
pub fn decoders() -> &'static str {
    pixfuse_decode::decoders()
}
