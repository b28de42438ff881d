//! What goes wrong as an `Error` of JavaScript, and what is told as an object.

use napi::bindgen_prelude::{Env, JsValue, Object, Result, Status};
use pixfuse_bindings::answers::{self, Properties};
use pixfuse_bindings::{Language, Mistake, options};
use pixfuse_decode::FileFailure;

/// An error of the core as a JavaScript `Error` with `code` `"InvalidArg"`.
pub(crate) fn refused(error: impl std::fmt::Display) -> napi::Error {
    napi::Error::new(Status::InvalidArg, error.to_string())
}

/// The same, with a list of the `mistakes` of a declaration, if it is about one.
pub(crate) fn with_mistakes(env: &Env, error: impl std::fmt::Display, mistakes: &[Mistake]) -> napi::Error {
    let refusal = refused(error);
    if mistakes.is_empty() {
        return refusal;
    }
    let made = || {
        let mut object = env.create_error(refusal.try_clone()?)?;
        let mistakes = mistakes.iter().map(|mistake| told(env, answers::mistake(mistake)));
        object.set("mistakes", mistakes.collect::<Result<Vec<_>>>()?)?;
        Ok::<_, napi::Error>(object.to_unknown().into())
    };
    made().unwrap_or(refusal)
}

/// What an `Error` is thrown for about an image.
pub(crate) fn refused_image(message: impl ToString) -> napi::Error {
    refused(pixfuse::Error::Image(message.to_string()))
}

/// An object with these properties.
pub(crate) fn told(env: &Env, properties: Properties) -> Result<Object<'static>> {
    let mut object = Object::new(env)?;
    for (name, value) in properties {
        object.set(name, value)?;
    }
    Ok(object)
}

/// What is wrong with a file, or with the call that reads it, as an `Error`: with the code of what is wrong with a file, and
/// its place in a batch.
pub(crate) fn thrown(env: &Env, error: &pixfuse_decode::Error) -> napi::Error {
    let refusal = refused(options::message(error, Language::JavaScript));
    if !error.is_of_file() {
        return refusal;
    }
    let made = || {
        let mut object = env.create_error(refusal.try_clone()?)?;
        object.set("code", error.code())?;
        if let pixfuse_decode::Error::OfBatch { index, .. } = error {
            object.set("index", *index as f64)?;
        }
        Ok::<_, napi::Error>(object.to_unknown().into())
    };
    made().unwrap_or(refusal)
}

/// Failures as JavaScript has them.
pub(crate) fn failed(env: &Env, failures: &[FileFailure]) -> Result<Vec<Object<'static>>> {
    failures
        .iter()
        .map(|failure| told(env, answers::failure(failure, options::message(&failure.error, Language::JavaScript))))
        .collect()
}
