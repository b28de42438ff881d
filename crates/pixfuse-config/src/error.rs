//! Why a config is not read.

use std::fmt;

/// A config that is not read: where, which key, and what was expected or is lacking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What kind of refusal it is.
    pub reason: Reason,
    /// The class, the library or the file that it is about.
    pub subject: String,
    /// The key, where one key is to blame.
    pub key: Option<String>,
    /// What was found, what was expected, and what to do.
    pub message: String,
}

/// What kind of refusal an [`Error`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// This is no config of an image processor.
    NotAConfig,
    /// Nothing says which class reads it, or no class has this name.
    UnknownClass,
    /// The class is code beside the config, which nobody but its repository knows.
    RemoteCode,
    /// A key's value has no meaning; the library refuses it too, or would do something that nobody asked for.
    Value,
    /// Its meaning is known and a declaration cannot say it.
    Lacking(Feature),
}

/// What a declaration cannot say yet, or what is no preprocessing of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Feature {
    /// A side that follows from the image by a rule of this class.
    SizeRule,
    /// A tensor of patches of the image.
    Patches,
    /// Several views of one image: tiles and a thumbnail.
    Tiles,
    /// Content in a frame that is filled after normalising.
    Frame,
    /// Two resizes, with rounded pixels between them.
    TwoResizes,
    /// A filter over floats, after rescaling.
    FloatFilter,
    /// A filter of torch that has no name here.
    TorchFilter,
    /// Gray made of floats or of several images.
    Gray,
    /// A crop before the resize, or two crops.
    Crop,
    /// Roundings of the class's own after the filter.
    Rounding,
    /// The image's content decides.
    Content,
    /// Something beside the image: text recognition, boxes, prompts, random masks.
    BesideTheImage,
    /// Four channels of an image that is not converted.
    Alpha,
    /// Another combination that the rulebook of declarations excludes.
    Combination,
}

impl Feature {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SizeRule => "size rule",
            Self::Patches => "patches",
            Self::Tiles => "tiles",
            Self::Frame => "frame",
            Self::TwoResizes => "two resizes",
            Self::FloatFilter => "float filter",
            Self::TorchFilter => "torch filter",
            Self::Gray => "gray",
            Self::Crop => "crop",
            Self::Rounding => "rounding",
            Self::Content => "content",
            Self::BesideTheImage => "beside the image",
            Self::Alpha => "alpha",
            Self::Combination => "combination",
        }
    }

    /// What it is, as a part of a sentence.
    pub const fn what(self) -> &'static str {
        match self {
            Self::SizeRule => "a size by a rule of this class",
            Self::Patches => "a tensor of patches",
            Self::Tiles => "several views of one image",
            Self::Frame => "a frame around the content, filled after normalising",
            Self::TwoResizes => "two resizes, one after the other",
            Self::FloatFilter => "a filter over floats, after rescaling",
            Self::TorchFilter => "this filter of torch",
            Self::Gray => "gray as this class makes it",
            Self::Crop => "a crop before the resize, or two",
            Self::Rounding => "roundings of this class after the filter",
            Self::Content => "a step that depends on the image's content",
            Self::BesideTheImage => "what is made beside the image",
            Self::Alpha => "four channels, resized as four",
            Self::Combination => "this combination",
        }
    }
}

impl Error {
    pub(crate) fn new(reason: Reason, subject: &str, key: Option<&str>, message: impl Into<String>) -> Self {
        Self { reason, subject: subject.to_owned(), key: key.map(str::to_owned), message: message.into() }
    }

    /// A value without a meaning.
    pub(crate) fn value(subject: &str, key: &str, message: impl Into<String>) -> Self {
        Self::new(Reason::Value, subject, Some(key), message)
    }

    /// What a declaration cannot say.
    pub(crate) fn lacking(feature: Feature, subject: &str, key: Option<&str>, message: impl Into<String>) -> Self {
        Self::new(Reason::Lacking(feature), subject, key, message)
    }

    /// What is lacking, if that is the reason.
    pub fn feature(&self) -> Option<Feature> {
        match self.reason {
            Reason::Lacking(feature) => Some(feature),
            _ => None,
        }
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "config: {}", self.subject)?;
        if let Some(key) = &self.key {
            write!(f, ": {key}")?;
        }
        if let Reason::Lacking(feature) = self.reason {
            write!(f, ": {} asks for {}, which a declaration cannot say", self.message, feature.what())?;
            return write!(f, ": use the library's own class for this config");
        }
        write!(f, ": {}", self.message)
    }
}
