//! The parsed form of a declaration.

#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::table::{Slot, Table};
use crate::{Crop, FloatsOf, Input, Letterbox, Normalize, Output, Pad, Patches, Precision, Resize, Sampling, Tiles};

/// A number that may be left open: its clause, the name of its argument, and where it is.
type Place<'a> = (&'static str, &'static str, Slot<'a>);

/// A whole pipeline: checked, complete, and the same for each language it was written in.
///
/// Its `Display` is the canonical text, which parses back to an equal `Spec`.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a declaration that is made of another leaves that as it is"]
pub struct Spec {
    /// `input(...)`: what a source image is.
    pub input: Input,
    /// `resize(...)`: absent when the image keeps its size, or is letterboxed.
    pub resize: Option<Resize>,
    /// `letterbox(...)`: a resize that keeps the aspect and fills the rest.
    pub letterbox: Option<Letterbox>,
    /// `tiles(...)`: a resize to a grid of tiles, each an image of its own in the tensor.
    pub tiles: Option<Tiles>,
    /// `center_crop(...)` or `crop(...)`.
    pub crop: Option<Crop>,
    /// `pad(...)`: margins, or a frame to fill up.
    pub pad: Option<Pad>,
    /// `normalize(...)`: absent when pixel values stay as they are.
    pub normalize: Option<Normalize>,
    /// `output(...)`: what the tensor is.
    pub output: Output,
    /// `patches(...)`: the image cut into squares, a row of the tensor each; absent when it stays whole.
    pub patches: Option<Patches>,
}

impl Spec {
    /// Which floats are resized, where torch's filter of floats is declared: `like = torch, precision = f32`.
    pub fn resizes_floats(&self) -> Option<FloatsOf> {
        let sampling =
            self.sampling().filter(|sampling| sampling.precision == Precision::F32 && sampling.like.is_some());
        sampling.map(|sampling| sampling.of.unwrap_or(FloatsOf::Rescaled))
    }

    /// How pixels are resampled, by whichever clause says it, last; nothing where the image keeps its size.
    pub fn sampling(&self) -> Option<&Sampling> {
        let tiles = self.tiles.as_ref().map(|tiles| &tiles.sampling);
        tiles
            .or(self.resize.as_ref().map(|resize| &resize.sampling))
            .or(self.letterbox.as_ref().map(|letterbox| &letterbox.sampling))
    }

    /// Changes every one of them.
    pub(crate) fn change_samplings(&mut self, change: fn(&mut Sampling)) {
        if let Some(resize) = &mut self.resize {
            change(&mut resize.sampling);
        }
        if let Some(letterbox) = &mut self.letterbox {
            change(&mut letterbox.sampling);
        }
        if let Some(tiles) = &mut self.tiles {
            change(&mut tiles.sampling);
        }
    }

    /// Whether any number was written `_`, so that the pipeline needs [`Values`](crate::Values) to be made.
    pub fn is_open(&self) -> bool {
        self.clone().slots().into_iter().any(|(.., slot)| slot.is_later())
    }

    /// Every number that may be left open.
    pub(crate) fn slots(&mut self) -> Vec<Place<'_>> {
        let mut all = Vec::new();
        let mut add = |clause, slots: Vec<(&'static str, _)>| {
            for (argument, slot) in slots {
                all.push((clause, argument, slot));
            }
        };
        if let Some(letterbox) = &mut self.letterbox {
            add("letterbox", letterbox.slots());
        }
        if let Some(Crop::Center(crop)) = &mut self.crop {
            add("center_crop", crop.slots());
        }
        if let Some(resize) = &mut self.resize {
            add("resize", resize.slots());
        }
        if let Some(normalize) = &mut self.normalize {
            add("normalize", normalize.slots());
        }
        all
    }
}
