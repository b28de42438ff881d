//! What may stand for an argument: reading a value as a type, and writing it.

use super::{Arguments, Integer, Slot};
use crate::grammar::Value;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::spelling;
use crate::word::Word;
use crate::{Expected, Fill, Number, Orientation};

/// What may stand for an argument, as its documentation and its types in other languages say it.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// One of these names.
    Word {
        /// What they are called.
        what: &'static str,
        /// Each of them.
        names: &'static [&'static str],
    },
    /// One of these integers.
    Integer(Integer),
    /// An integer of either sign.
    Signed,
    /// `true` or `false`.
    Truth,
    /// A number.
    Number {
        /// Whether `_` may stand for it.
        open: bool,
    },
    /// A number, or a list of them.
    Numbers {
        /// Whether `_` may stand for them.
        open: bool,
    },
    /// Pixel values: one, or a list.
    Fill,
    /// Rows and columns, or one of these integers for a square.
    Frame(Integer),
    /// A list of those.
    Frames(Integer),
}

impl Kind {
    /// What may stand for one value of it, where that can be listed.
    pub(crate) fn expected(self) -> Option<Expected> {
        match self {
            Self::Word { names, .. } => Some(Expected::Names(names.to_vec())),
            Self::Truth => Some(Expected::Names(vec!["true", "false"])),
            Self::Fill => Self::Integer(Integer::PIXEL).expected(),
            Self::Integer(integers) | Self::Frame(integers) | Self::Frames(integers) => {
                let Integer { least, most, .. } = integers;
                Some(Expected::Integers { least, most })
            }
            Self::Signed | Self::Number { .. } | Self::Numbers { .. } => None,
        }
    }
}

/// The integers of an argument that takes none.
pub(crate) const ANY: Integer = Integer::AREA;

/// A type of arguments.
pub(crate) trait Argument: Clone + PartialEq + Sized {
    /// What a message calls one that is missing; nothing where that is the argument's name.
    const WHAT: Option<&'static str> = None;

    /// Whether something must be written where there is no default.
    const NEEDED: bool = true;

    fn kind(integers: Integer) -> Kind;

    /// The value, or a report of what is wrong with it.
    fn read(arguments: &mut Arguments<'_>, name: &'static str, value: &Value, integers: &Integer) -> Option<Self>;

    /// As it is written.
    fn text(&self) -> String;

    /// What stands where nothing is written; `None` if something must be, which is `NEEDED`.
    fn absent() -> Option<Self> {
        None
    }

    /// What stands for one that could not be read, so that no rule speaks about it.
    fn guess(usual: Option<Self>) -> Option<Self> {
        usual
    }

    /// The place of a number that may be written `_`.
    fn slot(&mut self) -> Option<Slot<'_>> {
        None
    }
}

/// What a message calls an argument of this type.
pub(crate) fn what<T: Argument>(name: &'static str) -> &'static str {
    T::WHAT.unwrap_or(name)
}

/// The text of a default, if there is any.
pub(crate) fn default<T: Argument>(default: &T) -> Option<String> {
    let text = default.text();
    if text.is_empty() { None } else { Some(text) }
}

/// Adds an argument to what is written, with its name if it has one, unless it is as usual.
pub(crate) fn write<T: Argument>(texts: &mut Vec<String>, name: &str, argument: &T, usual: &Option<T>) {
    if usual.as_ref() != Some(argument) {
        write_text(texts, name, argument.text());
    }
}

fn write_text(texts: &mut Vec<String>, name: &str, text: String) {
    texts.push(if name.is_empty() { text } else { format!("{name} = {text}") });
}

impl<T: Word + PartialEq> Argument for T {
    const WHAT: Option<&'static str> = Some(<T as Word>::WHAT);

    fn kind(_: Integer) -> Kind {
        Kind::Word { what: <T as Word>::WHAT, names: T::NAMES }
    }

    fn read(arguments: &mut Arguments<'_>, _: &'static str, value: &Value, _: &Integer) -> Option<Self> {
        arguments.name(value, <T as Word>::WHAT, T::NAMES).map(|index| T::ALL[index])
    }

    fn text(&self) -> String {
        self.name().to_owned()
    }
}

impl<T: Argument> Argument for Option<T> {
    const WHAT: Option<&'static str> = T::WHAT;
    const NEEDED: bool = false;

    fn kind(integers: Integer) -> Kind {
        T::kind(integers)
    }

    fn read(arguments: &mut Arguments<'_>, name: &'static str, value: &Value, integers: &Integer) -> Option<Self> {
        T::read(arguments, name, value, integers).map(Some)
    }

    fn text(&self) -> String {
        self.as_ref().map_or(String::new(), T::text)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn slot(&mut self) -> Option<Slot<'_>> {
        self.as_mut().and_then(T::slot)
    }
}

/// Types that are read by one method and written by one function.
macro_rules! arguments {
    ($($type:ty: $kind:expr, $read:expr, $text:expr $(, $slot:expr)?;)+) => {
        $(impl Argument for $type {
            fn kind(integers: Integer) -> Kind {
                let kind: fn(Integer) -> Kind = $kind;
                kind(integers)
            }

            fn read(
                arguments: &mut Arguments<'_>,
                name: &'static str,
                value: &Value,
                integers: &Integer,
            ) -> Option<Self> {
                let read: fn(&mut Arguments<'_>, &'static str, &Value, &Integer) -> Option<Self> = $read;
                read(arguments, name, value, integers)
            }

            fn text(&self) -> String {
                let text: fn(&Self) -> String = $text;
                text(self)
            }

            $(
                fn guess(_: Option<Self>) -> Option<Self> {
                    Some(Number::Later)
                }

                fn slot(&mut self) -> Option<Slot<'_>> {
                    Some($slot(self))
                }
            )?
        })+
    };
}

arguments! {
    u32: Kind::Integer,
        |arguments, name, value, integers| arguments.integer(name, value, integers)?.known().copied(),
        u32::to_string;
    i32: |_| Kind::Signed, |arguments, name, value, _| arguments.signed(name, value), i32::to_string;
    bool: |_| Kind::Truth, |arguments, name, value, _| arguments.truth(name, value), bool::to_string;
    f64: |_| Kind::Number { open: false },
        |arguments, name, value, _| arguments.closed(name, value),
        |value| spelling::number(*value);
    Vec<f64>: |_| Kind::Numbers { open: false },
        |arguments, name, value, _| arguments.closed_numbers(name, value),
        |values| spelling::numbers(values);
    Fill: |_| Kind::Fill, |arguments, name, value, _| arguments.fill(name, value), Fill::to_string;
    Orientation: Kind::Integer,
        |arguments, name, value, integers| {
            Orientation::from_exif(*arguments.integer(name, value, integers)?.known()?)
        },
        |orientation| orientation.exif().to_string();
    [u32; 2]: Kind::Frame, |arguments, name, value, integers| arguments.frame(name, value, integers), spelling::frame;
    Vec<[u32; 2]>: Kind::Frames,
        |arguments, name, value, integers| arguments.frames(name, value, integers),
        |frames| if frames.is_empty() { String::new() } else { format!("{frames:?}") };
    Number<u32>: Kind::Integer,
        |arguments, name, value, integers| arguments.integer(name, value, integers),
        spelling::side, Slot::Side;
    Number<f64>: |_| Kind::Number { open: true },
        |arguments, name, value, _| arguments.number(name, value),
        spelling::single, Slot::Number;
    Number<Vec<f64>>: |_| Kind::Numbers { open: true },
        |arguments, name, value, _| arguments.numbers(name, value),
        spelling::list, Slot::Numbers;
}
