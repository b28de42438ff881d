//! Which file says it, and which library reads that.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use crate::prompt::Prompt;
use crate::record::shown;
use crate::{
    Backend, Error, Imported, Library, Overrides, Reason, open_clip, timm, torchvision, transformers, transformers_js,
    ultralytics,
};

pub(crate) const PROCESSOR: &str = "processor_config.json";
pub(crate) const PREPROCESSOR: &str = "preprocessor_config.json";
pub(crate) const VIDEO: &str = "video_preprocessor_config.json";
pub(crate) const MODEL: &str = "config.json";
pub(crate) const OPEN_CLIP: &str = "open_clip_config.json";

/// The files of a model that may say how its images and videos are prepared, in the order in which they are asked.
pub const FILES: [&str; 5] = [PROCESSOR, VIDEO, PREPROCESSOR, MODEL, OPEN_CLIP];

/// Where a config is: one JSON object, or the files of a model's folder.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Source {
    files: Vec<(String, Map<String, Value>)>,
}

impl Source {
    /// One JSON object that is there already.
    pub fn value(value: Map<String, Value>) -> Self {
        Self { files: vec![(String::new(), value)] }
    }

    /// The text of one JSON object.
    ///
    /// # Errors
    /// When it is not JSON, or JSON of another kind.
    pub fn text(text: &str) -> Result<Self, Error> {
        Ok(Self::value(parsed("the text", text)?))
    }

    /// The texts of files, each with its name: those of a model's folder, in any order. Files of other names are left
    /// out; one file without a name may be any of them.
    ///
    /// # Errors
    /// When one of them is not a JSON object, or none has a name that is known.
    pub fn files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Error> {
        let known = files.into_iter().filter(|(name, _)| name.is_empty() || FILES.contains(name));
        let files: Vec<_> =
            known.map(|(name, text)| Ok((name.to_owned(), parsed(name, text)?))).collect::<Result<_, Error>>()?;
        if files.is_empty() {
            let message = format!("no file of a config, expected one of {}", FILES.join(", "));
            return Err(Error::new(Reason::NotAConfig, "the files", None, message));
        }
        Ok(Self { files })
    }

    /// The files that were found, each with its name, which is empty where one object was given: what
    /// [`files`](Self::files) takes again.
    pub fn texts(&self) -> impl Iterator<Item = (&str, String)> {
        self.files.iter().map(|(name, keys)| (name.as_str(), Value::Object(keys.clone()).to_string()))
    }

    /// A file, or a folder with some of the known files.
    ///
    /// # Errors
    /// When it cannot be read, or as [`text`](Self::text) and [`files`](Self::files).
    pub fn path(path: &Path) -> Result<Self, Error> {
        let shown = path.display().to_string();
        let failed =
            |error: std::io::Error| Error::new(Reason::NotAConfig, &shown, None, format!("cannot be read: {error}"));
        let text = |path: &Path| fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        if !path.is_dir() {
            return Ok(Self::value(parsed(&shown, &text(path).map_err(failed)?)?));
        }
        let mut files = Vec::new();
        for name in FILES {
            match text(&path.join(name)) {
                Ok(text) => files.push((name.to_owned(), parsed(name, &text)?)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(failed(error)),
            }
        }
        if files.is_empty() {
            let message = format!("a folder without a config, expected one of {} in it", FILES.join(", "));
            return Err(Error::new(Reason::NotAConfig, &shown, None, message));
        }
        Ok(Self { files })
    }

    /// The object of the file with this name.
    fn file(&self, name: &str) -> Option<&Map<String, Value>> {
        self.files.iter().find(|(other, _)| other == name).map(|(_, keys)| keys)
    }

    /// The one object that is there, whatever its name.
    fn only(&self) -> Option<&Map<String, Value>> {
        match self.files.as_slice() {
            [(name, keys)] if name.is_empty() => Some(keys),
            _ => None,
        }
    }

    /// As transformers resolves it: the image part of `processor_config.json`, else `preprocessor_config.json`; beside it
    /// the model's `config.json`.
    fn image_processor(&self) -> Result<[Option<&Map<String, Value>>; 2], Error> {
        if let Some(keys) = self.only() {
            // A file alone may be any of them.
            return match nested(keys, "image_processor")? {
                Some(nested) => Ok([Some(nested), None]),
                None if is_model(keys) => Ok([None, Some(keys)]),
                None => Ok([Some(keys), None]),
            };
        }
        let nested = self.file(PROCESSOR).map(|keys| nested(keys, "image_processor")).transpose()?.flatten();
        Ok([nested.or_else(|| self.file(PREPROCESSOR)), self.file(MODEL)])
    }

    /// As transformers resolves it: the video part of `processor_config.json`, else `video_preprocessor_config.json`, else the
    /// file of images; beside it the model's `config.json`.
    fn video_processor(&self) -> Result<[Option<&Map<String, Value>>; 2], Error> {
        if let Some(keys) = self.only() {
            return match nested(keys, "video_processor")? {
                Some(nested) => Ok([Some(nested), None]),
                None if is_model(keys) => Ok([None, Some(keys)]),
                None => Ok([Some(keys), None]),
            };
        }
        let nested = self.file(PROCESSOR).map(|keys| nested(keys, "video_processor")).transpose()?.flatten();
        Ok([nested.or_else(|| self.file(VIDEO)).or_else(|| self.file(PREPROCESSOR)), self.file(MODEL)])
    }
}

/// A part of a processor's config.
fn nested<'a>(keys: &'a Map<String, Value>, part: &str) -> Result<Option<&'a Map<String, Value>>, Error> {
    match keys.get(part) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(nested)) => Ok(Some(nested)),
        Some(value) => {
            let message = format!("{}, expected an object", shown(value));
            Err(Error::new(Reason::NotAConfig, PROCESSOR, Some(part), message))
        }
    }
}

/// Whether it is a model's `config.json`, which names the model and not its image processor.
fn is_model(keys: &Map<String, Value>) -> bool {
    let of_an_image_processor =
        ["image_processor_type", "feature_extractor_type", "image_mean", "do_resize", "do_normalize"];
    keys.contains_key("model_type") && !of_an_image_processor.iter().any(|key| keys.contains_key(*key))
}

fn parsed(name: &str, text: &str) -> Result<Map<String, Value>, Error> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let refuse = |message: String| Err(Error::new(Reason::NotAConfig, name, None, message));
    if text.starts_with("version https://git-lfs.github.com/spec/") {
        return refuse("a pointer of Git LFS, not the file itself: `git lfs pull` gets it".to_owned());
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(keys)) => Ok(keys),
        Ok(value) => refuse(format!("{}, expected a JSON object", shown(&value))),
        Err(error) => refuse(format!("not JSON: {error}")),
    }
}

/// See [`crate::read`].
pub(crate) fn read(source: &Source, backend: Backend, overrides: &Overrides) -> Result<Imported, Error> {
    let imported = read_image(source, backend, overrides)?;
    if imported.library != Library::Transformers {
        return Ok(imported);
    }
    let [keys, model] = source.image_processor()?;
    let outer = source.file(PROCESSOR).or_else(|| source.only().filter(|only| only.contains_key("image_processor")));
    let prompt = Prompt::read(outer, keys, model, outer.is_some() || source.only().is_none(), &imported);
    Ok(imported.prompted(prompt))
}

/// The image class itself.
fn read_image(source: &Source, backend: Backend, overrides: &Overrides) -> Result<Imported, Error> {
    let [processor, model] = source.image_processor()?;
    // A folder of timm or open_clip may have no file but the model's own.
    for keys in [processor, model, source.file(OPEN_CLIP)].into_iter().flatten() {
        if timm::reads(keys) {
            return timm::read(keys, overrides);
        }
    }
    if processor.is_none()
        && let Some(keys) = source.file(OPEN_CLIP)
    {
        return open_clip::read(keys, overrides);
    }
    let Some(keys) = processor else {
        return transformers::read(&Map::new(), model, backend, overrides);
    };
    if open_clip::reads(keys) {
        return open_clip::read(keys, overrides);
    }
    if torchvision::reads(keys) {
        return torchvision::read(keys, overrides);
    }
    if ultralytics::reads(keys) {
        return ultralytics::read(keys, overrides);
    }
    if transformers_js::reads(keys) {
        return transformers_js::read(keys, backend, overrides);
    }
    transformers::read(keys, model, backend, overrides)
}

/// See [`crate::read_video`].
pub(crate) fn read_video(source: &Source, overrides: &Overrides) -> Result<Imported, Error> {
    let [processor, model] = source.video_processor()?;
    transformers::read_video(processor.unwrap_or(&Map::new()), model, overrides)
}
