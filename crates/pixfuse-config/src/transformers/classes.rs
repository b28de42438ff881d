//! What each class declares: data, written from the installed library by `benches/conformance/classes.py`.

use serde_json::{Map, Value};

use crate::Backend;

static CLASSES: &str = include_str!("classes.tsv");
static MODEL_TYPES: &str = include_str!("model_types.tsv");
static VIDEO_CLASSES: &str = include_str!("video_classes.tsv");
static VIDEO_MODEL_TYPES: &str = include_str!("video_model_types.tsv");
static PROCESSORS: &str = include_str!("processors.tsv");

/// The version of transformers that the data was written from.
pub const VERSION: &str = "5.24.0";

/// One class: a name and a backend.
pub(super) struct Class {
    pub(super) name: &'static str,
    pub(super) backend: Backend,
    /// Every key that it takes, null where it has no default.
    pub(super) defaults: Map<String, Value>,
}

/// One line of the data, not parsed further than its first two columns.
struct Line {
    name: &'static str,
    backend: Backend,
    /// Keys that most classes take, as JSON: those of a line that begins with `+` are null where it does not say them.
    shared: &'static str,
    defaults: &'static str,
}

fn lines() -> impl Iterator<Item = Line> {
    lines_of(CLASSES)
}

fn lines_of(text: &'static str) -> impl Iterator<Item = Line> {
    let mut lines = text.lines().skip(1);
    let shared = lines.next().unwrap_or("[]");
    lines.filter_map(move |line| {
        let mut columns = line.splitn(3, '\t');
        let (name, backend, defaults) = (columns.next()?, columns.next()?, columns.next()?);
        // A class of neither kind works on Pillow and numpy.
        let backend = if backend == "torch" { Backend::Torch } else { Backend::Pil };
        Some(Line { name, backend, shared, defaults })
    })
}

impl Line {
    fn class(self) -> Class {
        let mut defaults = Map::new();
        let mut own = self.defaults;
        if let Some(rest) = own.strip_prefix('+') {
            let shared: Vec<String> = serde_json::from_str(self.shared).unwrap_or_default();
            defaults.extend(shared.into_iter().map(|key| (key, Value::Null)));
            own = rest;
        }
        defaults.extend(serde_json::from_str::<Map<_, _>>(own).unwrap_or_default());
        Class { name: self.name, backend: self.backend, defaults }
    }
}

pub(super) fn all() -> impl Iterator<Item = Class> {
    lines().map(Line::class)
}

/// The class of this name on this backend or, as transformers falls back, on the other one.
pub(super) fn of(base: &str, backend: Backend) -> Option<Class> {
    let find = |name: &str| lines().find(|line| line.name == name);
    let (plain, pil) = (find(base), find(&format!("{base}Pil")));
    let line = match backend {
        Backend::Torch => plain.or(pil),
        Backend::Pil => pil.or(plain),
    };
    line.map(Line::class)
}

/// Whether transformers has a class of this name, on whatever backend.
pub(super) fn exists(base: &str) -> bool {
    lines().any(|line| line.name == base || line.name.strip_suffix("Pil") == Some(base))
}

/// The names of all classes, without `Pil`.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    lines().map(|line| line.name).filter(|name| !name.ends_with("Pil"))
}

/// The video processors.
pub(super) fn videos() -> impl Iterator<Item = Class> {
    lines_of(VIDEO_CLASSES).map(Line::class)
}

/// The video processor of this name.
pub(super) fn of_video(base: &str) -> Option<Class> {
    lines_of(VIDEO_CLASSES).find(|line| line.name == base).map(Line::class)
}

/// The video processor that a model of this type takes.
pub(super) fn of_video_model(model_type: &str) -> Option<&'static str> {
    let mut types = VIDEO_MODEL_TYPES.lines().skip(1).filter_map(|line| line.split_once('\t'));
    types.find(|(model, _)| *model == model_type).map(|(_, class)| class)
}

/// The types of models that have a class.
pub(super) fn model_types() -> impl Iterator<Item = &'static str> {
    MODEL_TYPES.lines().skip(1).filter_map(|line| line.split('\t').next())
}

/// The class that a model of this type takes.
pub(super) fn of_model(model_type: &str) -> Option<&'static str> {
    MODEL_TYPES.lines().skip(1).find_map(|line| {
        let mut columns = line.split('\t');
        if columns.next() != Some(model_type) {
            return None;
        }
        let (torch, pil) = (columns.next()?, columns.next()?);
        Some(if torch == "-" { pil.trim_end_matches("Pil") } else { torch })
    })
}

/// A processor that counts tokens.
pub(super) struct Processor {
    /// Its constructor's numbers, null where it has no default.
    pub(super) own: Map<String, Value>,
    /// What it calls its image class with.
    pub(super) keywords: Map<String, Value>,
}

/// The processor of this name.
pub(super) fn processor(name: &str) -> Option<Processor> {
    let mut columns = processors().find(|line| line.split('\t').next() == Some(name))?.split('\t').skip(2);
    let mut map = || columns.next().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    Some(Processor { own: map(), keywords: map() })
}

/// The processor that a model of this type takes, if it counts tokens.
pub(super) fn processor_of_model(model_type: &str) -> Option<&'static str> {
    processors().find_map(|line| {
        let mut columns = line.split('\t');
        let (name, models) = (columns.next()?, columns.next()?);
        models.split(',').any(|model| model == model_type).then_some(name)
    })
}

/// The lines of the processors that count tokens.
pub(super) fn processors() -> impl Iterator<Item = &'static str> {
    PROCESSORS.lines().skip(1)
}
