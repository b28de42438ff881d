//! What JavaScript is told of a pipeline, a geometry and a file: the properties of objects, in their order. What there is
//! none of is absent, and not null.

use pixfuse::spec::Expected;
use pixfuse::{Geometry, Pipeline};
#[cfg(feature = "files")]
use pixfuse_decode::{EncodedImage, FileFailure};
use serde_json::{Value, json};

use crate::Mistake;

/// The properties of an object.
pub type Properties = Vec<(&'static str, Value)>;

/// What a pipeline is.
pub fn pipeline(pipe: &Pipeline) -> Properties {
    let mut properties = vec![
        ("text", pipe.text().into()),
        ("element", pipe.element().name().into()),
        ("level", pipe.level().name().into()),
    ];
    properties.extend(pipe.fixed_shape().map(|dims| ("fixedShape", dims.to_vec().into())));
    properties
}

/// What a declaration says, part by part. Clauses are pairs of a name and what stands in its brackets, in the order of work.
pub fn parts(pipe: &Pipeline) -> Properties {
    let spec = pipe.spec();
    let mut parts = vec![("clauses", json!(spec.clauses()))];
    parts.extend(spec.size().map(|size| ("size", json!(size))));
    parts.extend(spec.sampling().map(|sampling| ("filter", sampling.to_string().into())));
    parts.extend(spec.mean().map(|mean| ("mean", json!(mean))));
    parts.extend(spec.std().map(|std| ("std", json!(std))));
    parts.extend(spec.scale().map(|scale| ("scale", scale.into())));
    parts
}

/// A mistake of a declaration.
pub fn mistake(mistake: &Mistake) -> Properties {
    let Mistake { message, kind, clause, argument, index, value, expected } = mistake;
    let mut properties = vec![("message", message.as_str().into()), ("kind", (*kind).into())];
    properties.extend(clause.map(|clause| ("clause", clause.into())));
    properties.extend(argument.map(|argument| ("argument", argument.into())));
    properties.extend(index.map(|index| ("index", index.into())));
    properties.extend(value.as_deref().map(|value| ("value", value.into())));
    properties.extend(expected.as_ref().and_then(|expected| match expected {
        Expected::Names(names) => Some(("expected", json!(names))),
        Expected::Integers { least, most } => Some(("expected", json!({ "least": least, "most": most }))),
        _ => None,
    }));
    properties
}

/// The numbers of a geometry.
pub fn geometry(geometry: &Geometry) -> Properties {
    let mut properties = vec![
        ("matrix", json!(geometry.matrix())),
        ("inverse", json!(geometry.inverse())),
        ("scale", json!(geometry.scale())),
        ("exactScale", json!(geometry.exact_scale())),
        ("offset", json!(geometry.offset())),
        ("content", json!(geometry.content())),
        ("sourceBox", json!(geometry.source_box())),
        ("source", json!(geometry.source())),
        ("resized", json!(geometry.resized())),
        ("output", json!(geometry.output())),
    ];
    properties.extend(geometry.patches().map(|grid| ("patches", json!(grid))));
    properties.extend(geometry.tiles().map(|grid| ("tiles", json!(grid))));
    properties.extend(geometry.thumbnail().map(|index| ("thumbnail", json!(index))));
    properties
}

/// What a file says of itself.
#[cfg(feature = "files")]
pub fn header(image: &EncodedImage<'_>) -> Properties {
    let mut header = vec![
        ("format", image.format().to_string().into()),
        ("stored", json!([image.rows(), image.columns()])),
        ("shown", json!(image.shown_size())),
        ("channels", image.channels().into()),
        ("bits", image.bits().into()),
        ("alpha", image.has_alpha().into()),
        ("frames", image.frames().into()),
    ];
    header.extend(image.orientation().map(|orientation| ("orientation", orientation.exif().into())));
    header
}

/// A file of a batch that failed, with what is said of it.
#[cfg(feature = "files")]
pub fn failure(FileFailure { index, error }: &FileFailure, message: String) -> Properties {
    vec![("index", (*index).into()), ("code", error.code().into()), ("message", message.into())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(properties: &Properties) -> Vec<&'static str> {
        properties.iter().map(|(name, _)| *name).collect()
    }

    #[test]
    fn what_there_is_none_of_is_absent() {
        let plain = Pipeline::parse("input(rgb8), output(rgb, u8)").unwrap();
        assert_eq!(names(&pipeline(&plain)), ["text", "element", "level"]);
        assert_eq!(parts(&plain), [("clauses", json!([["input", "rgb8"], ["output", "rgb, u8, chw"]]))]);
        let text = "input(rgb8), resize(28, 56, nearest), normalize(mean = [1, 2, 3]), output(rgb, f32), patches(14)";
        let patches = Pipeline::parse(text).unwrap();
        assert_eq!(pipeline(&patches)[3], ("fixedShape", json!([8, 588])));
        assert_eq!(names(&parts(&patches)), ["clauses", "size", "filter", "mean", "std", "scale"]);
        let placed = geometry(&patches.geometry(56, 56).unwrap());
        assert_eq!(placed.last(), Some(&("patches", json!([2, 4]))));
        assert_eq!(placed[0], ("matrix", json!([[1.0, 0.0, 0.0], [0.0, 0.5, 0.0]])));
    }
}
