//! The argument `modes`: what becomes of Pillow images of other modes than `input(...)` reads.

use pixfuse::spec::Input;
use pixfuse::{PixelFormat, Sample};
use pyo3::intern;
use pyo3::prelude::*;

use crate::failure::{Failure, found};
use crate::pillow;

/// What `modes` says.
#[derive(Clone, Copy)]
pub(crate) enum Modes {
    /// `None`: they are refused, with what reads them and loses nothing.
    Refused,
    /// `"convert"`: the image's own `convert` makes one that is read.
    Converted,
}

impl Modes {
    pub(crate) fn of(given: Option<&Bound<'_, PyAny>>) -> Result<Self, Failure> {
        match given {
            None => Ok(Self::Refused),
            Some(given) if given.extract::<&str>().is_ok_and(|word| word == "convert") => Ok(Self::Converted),
            Some(given) => Err(Failure::Argument(format!("modes: expected \"convert\", found {}", found(given)))),
        }
    }

    /// What is read in the place of an object, whose code this may run: the object itself, where it is no Pillow image of such a
    /// mode. More than 8 bits are never converted: `convert` cuts them off at white.
    pub(crate) fn read<'py>(self, object: &Bound<'py, PyAny>, input: &Input) -> Result<Bound<'py, PyAny>, Failure> {
        let wanted = match self {
            Self::Refused => None,
            Self::Converted => mode_of(input.format),
        };
        let Some(wanted) = wanted else { return Ok(object.clone()) };
        let Some(mode) = pillow::mode(object)? else { return Ok(object.clone()) };
        if mode == wanted || mode == "I" || mode == "F" || mode.starts_with("I;") {
            return Ok(object.clone());
        }
        Ok(object.call_method1(intern!(object.py(), "convert"), (wanted,))?)
    }
}

/// The mode of Pillow with these channels; nothing where it has none.
fn mode_of(format: PixelFormat) -> Option<&'static str> {
    match format.channels() {
        _ if format.is_yuv() || format.sample() != Sample::U8 => None,
        1 => Some("L"),
        3 => Some("RGB"),
        _ => Some("RGBA"),
    }
}
