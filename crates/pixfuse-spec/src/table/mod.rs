//! One table for each clause: what is said once of its arguments, and all that follows from it.
//!
//! [`clause!`] declares the struct of a clause as a table: a line for each argument, with its place, its type, the integers
//! that it takes, its default and its sentence. From that one line follow what the clause admits ([`Table::rows`]), reading
//! it ([`Table::read`]), its canonical text ([`Table::texts`]), the numbers that may be left open ([`Table::slots`]), and
//! whoever asks [`tables`](crate::clauses::tables): the documentation's test, the types of TypeScript and Python, and the
//! declarations that tests make at random.

pub(crate) mod argument;
mod arguments;
mod integer;

pub(crate) use argument::Argument;
pub use argument::Kind;
pub(crate) use arguments::{Arguments, Findings, Signature, read};
pub use integer::Integer;

use crate::Number;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// Where an argument stands in its clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A value without a name, in the order of the table.
    Value,
    /// A word behind the values that says something by standing there.
    Flag,
    /// `name = value`, in any order behind those.
    Named,
}

/// The sentence of an argument, where documentation is written of it: what only checks declarations has none of them.
#[inline(always)]
pub(crate) const fn documented(sentence: &'static str) -> &'static str {
    if cfg!(feature = "documentation") { sentence } else { "" }
}

/// One argument of a clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its name, which is not written where it is a value.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// What may stand for it.
    pub kind: Kind,
    /// Whether the clause needs it.
    pub needed: bool,
    /// What it is where it is not written, as it would be written; nothing where that is nothing, or depends on others.
    pub default: Option<String>,
    /// Its sentence.
    pub documentation: &'static str,
    /// What a message calls it where it is missing.
    pub(crate) what: &'static str,
    /// Whether other clauses have it too: then it comes last where names are listed.
    pub shared: bool,
}

impl Row {
    /// One without a default, which messages call by its name.
    pub(crate) fn new(name: &'static str, place: Place, kind: Kind, needed: bool, documentation: &'static str) -> Self {
        Self { name, place, kind, needed, default: None, documentation, what: name, shared: false }
    }
}

/// Arguments that other clauses have too, but for some of them.
pub(crate) fn shared(mut rows: Vec<Row>, left_out: &[&str]) -> Vec<Row> {
    rows.retain(|row| !left_out.contains(&row.name));
    rows.iter_mut().for_each(|row| row.shared = true);
    rows
}

/// A place for a number that may be written `_`.
pub(crate) enum Slot<'a> {
    Side(&'a mut Number<u32>),
    Number(&'a mut Number<f64>),
    Numbers(&'a mut Number<Vec<f64>>),
}

impl Slot<'_> {
    pub(crate) fn is_later(&self) -> bool {
        match self {
            Self::Side(number) => number.is_later(),
            Self::Number(number) => number.is_later(),
            Self::Numbers(numbers) => numbers.is_later(),
        }
    }
}

/// What follows from the table of a clause, or of arguments that several clauses have.
pub(crate) trait Table: Sized {
    /// What was read: each argument, or `None` for one that could not be.
    type Draft;

    /// The arguments in the order of writing.
    fn rows() -> Vec<Row>;

    /// What stands where nothing is written; `None` for an argument that must be.
    fn usual() -> Self::Draft;

    /// Reads the arguments; those that are not written are as in `usual`.
    fn read(arguments: &mut Arguments<'_>, usual: Self::Draft) -> Self::Draft;

    /// What was read, if all of it could be.
    fn whole(draft: Self::Draft) -> Option<Self>;

    /// What was read, with defaults in the places of what could not be, so that no rule speaks about those.
    fn guessed(draft: Self::Draft) -> Option<Self>;

    /// The arguments as they are written, without what is as in `usual`.
    fn texts(&self, usual: &Self::Draft) -> Vec<String>;

    /// The numbers that may be left open, each with the name of its argument.
    fn slots(&mut self) -> Vec<(&'static str, Slot<'_>)>;
}

/// Declares the struct of a clause as a table of its arguments.
///
/// A line is `place name: Type [integers, "what it is"] = default`, the last two where there is something to say. The places:
///
/// - `value`, a value without a name; the canonical text leaves it out where it is the default,
/// - `shown`, such a value that the canonical text always says,
/// - `flag`, a word behind the values,
/// - `named`, an argument with a name. Without a default its type is an `Option`, and it is unknown, not absent, where
///   something else in the clause could not be read, which may have been meant as this,
/// - `group`, the arguments of another table; behind it in brackets those that the clause does not have,
/// - `apart`, what else is known of the clause: no argument.
macro_rules! clause {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident as $draft:ident {
            $(
                $(#[doc = $doc:literal])+
                $place:ident $field:ident: $type:ty $([$($integers:tt)+])? $(= $default:expr)?,
            )*
        }
    ) => {
        $(#[$meta])*
        $vis struct $name {
            $($(#[doc = $doc])+ pub $field: $type,)*
        }

        #[doc = concat!("What was read of [`", stringify!($name), "`]; `None` is what could not be.")]
        #[derive(Clone, Debug, Default)]
        pub(crate) struct $draft {
            $(pub(crate) $field: Option<$type>,)*
        }

        impl $crate::table::Table for $name {
            type Draft = $draft;

            fn rows() -> Vec<$crate::table::Row> {
                let mut rows = Vec::new();
                $($crate::table::clause!(
                    @rows rows, $place $field: $type, [$($($integers)+)?] [$($default)?] concat!($($doc),+)
                );)*
                rows
            }

            fn usual() -> $draft {
                $draft { $($field: $crate::table::clause!(@usual $place $type, [$($default)?]),)* }
            }

            #[allow(unused_variables, reason = "a table of groups alone has no other default")]
            fn read(arguments: &mut $crate::table::Arguments<'_>, usual: $draft) -> $draft {
                // In the order of the table.
                $(let $field = $crate::table::clause!(
                    @read arguments, usual, $place $field: $type, [$($($integers)+)?] [$($default)?]
                );)*
                $draft { $($field,)* }
            }

            fn whole(draft: $draft) -> Option<Self> {
                Some(Self { $($field: draft.$field?,)* })
            }

            fn guessed(draft: $draft) -> Option<Self> {
                let usual = Self::usual();
                Some(Self {
                    $($field: match draft.$field {
                        Some(read) => read,
                        None => $crate::table::clause!(@guess $place $type, usual.$field)?,
                    },)*
                })
            }

            fn texts(&self, usual: &$draft) -> Vec<String> {
                let mut texts = Vec::new();
                $($crate::table::clause!(@texts texts, self, usual, $place $field: $type);)*
                texts
            }

            fn slots(&mut self) -> Vec<(&'static str, $crate::table::Slot<'_>)> {
                let mut slots = Vec::new();
                $($crate::table::clause!(@slots slots, self, $place $field: $type);)*
                slots
            }
        }

        impl From<&$name> for $draft {
            fn from(read: &$name) -> Self {
                Self { $($field: Some(read.$field.clone()),)* }
            }
        }
    };

    (@rows $rows:ident, group $field:ident: $type:ty, [$($left_out:literal),*] [] $doc:expr) => {
        $rows.append(&mut $crate::table::shared(<$type as $crate::table::Table>::rows(), &[$($left_out),*]));
    };
    (@rows $rows:ident, apart $field:ident: $type:ty, [] [$default:expr] $doc:expr) => {};
    (@rows $rows:ident, flag $field:ident: $type:ty, [] [] $doc:expr) => {
        let kind = <$type as $crate::table::Argument>::kind($crate::table::argument::ANY);
        $rows.push($crate::table::Row::new(stringify!($field), $crate::table::Place::Flag, kind, false, $crate::table::documented($doc)));
    };
    (@rows $rows:ident, $place:ident $field:ident: $type:ty, [$($integers:expr $(, $what:literal)?)?] [$($default:expr)?] $doc:expr) => {
        let integers = [$($integers,)? $crate::table::argument::ANY][0];
        $rows.push($crate::table::Row {
            name: stringify!($field),
            place: $crate::table::clause!(@place $place),
            kind: <$type as $crate::table::Argument>::kind(integers),
            needed: $crate::table::clause!(@needed $type, [$($default)?]),
            documentation: $crate::table::documented($doc),
            what: [$($($what,)?)? $crate::table::argument::what::<$type>(stringify!($field))][0],
            shared: false,
            default: $crate::table::clause!(@default $type, [$($default)?]),
        });
    };

    (@needed $type:ty, []) => { <$type as $crate::table::Argument>::NEEDED };
    (@needed $type:ty, [$default:expr]) => { false };

    (@default $type:ty, []) => { None };
    (@default $type:ty, [$default:expr]) => { $crate::table::argument::default::<$type>(&$default) };

    (@place value) => { $crate::table::Place::Value };
    (@place shown) => { $crate::table::Place::Value };
    (@place named) => { $crate::table::Place::Named };

    (@usual group $type:ty, []) => {
        <$type as $crate::table::Table>::whole(<$type as $crate::table::Table>::usual())
    };
    (@usual flag $type:ty, []) => { Some(false) };
    (@usual $place:ident $type:ty, []) => { <$type as $crate::table::Argument>::absent() };
    (@usual $place:ident $type:ty, [$default:expr]) => { Some($default) };

    (@read $arguments:ident, $usual:ident, group $field:ident: $type:ty, [$($left_out:literal),*] []) => {
        {
            let draft = <$type as $crate::table::Table>::read($arguments, <$type as $crate::table::Table>::usual());
            <$type as $crate::table::Table>::guessed(draft)
        }
    };
    (@read $arguments:ident, $usual:ident, apart $field:ident: $type:ty, [] [$default:expr]) => { $usual.$field };
    (@read $arguments:ident, $usual:ident, flag $field:ident: $type:ty, [] []) => { $arguments.flag(stringify!($field)) };
    (@read $arguments:ident, $usual:ident, named $field:ident: $type:ty, [$($integers:expr)?] []) => {
        $arguments.optional(stringify!($field), [$($integers,)? $crate::table::argument::ANY][0])
    };
    (@read $arguments:ident, $usual:ident, named $field:ident: $type:ty, [$($integers:expr)?] [$default:expr]) => {
        $arguments.named_or(stringify!($field), [$($integers,)? $crate::table::argument::ANY][0], $usual.$field)
    };
    (@read $arguments:ident, $usual:ident, $place:ident $field:ident: $type:ty, [$($integers:expr $(, $what:literal)?)?] [$($default:expr)?]) => {
        $arguments.value_or(
            stringify!($field),
            [$($($what,)?)? $crate::table::argument::what::<$type>(stringify!($field))][0],
            [$($integers,)? $crate::table::argument::ANY][0],
            $usual.$field,
        )
    };

    (@guess group $type:ty, $usual:expr) => { $usual };
    (@guess $place:ident $type:ty, $usual:expr) => { <$type as $crate::table::Argument>::guess($usual) };

    (@texts $texts:ident, $self:ident, $usual:ident, group $field:ident: $type:ty) => {
        $texts.extend($self.$field.texts(&<$type as $crate::table::Table>::usual()));
    };
    (@texts $texts:ident, $self:ident, $usual:ident, apart $field:ident: $type:ty) => {};
    (@texts $texts:ident, $self:ident, $usual:ident, flag $field:ident: $type:ty) => {
        if $self.$field {
            $texts.push(stringify!($field).to_owned());
        }
    };
    (@texts $texts:ident, $self:ident, $usual:ident, shown $field:ident: $type:ty) => {
        $texts.push($crate::table::Argument::text(&$self.$field));
    };
    (@texts $texts:ident, $self:ident, $usual:ident, value $field:ident: $type:ty) => {
        $crate::table::argument::write(&mut $texts, "", &$self.$field, &$usual.$field);
    };
    (@texts $texts:ident, $self:ident, $usual:ident, named $field:ident: $type:ty) => {
        $crate::table::argument::write(&mut $texts, stringify!($field), &$self.$field, &$usual.$field);
    };

    (@slots $slots:ident, $self:ident, group $field:ident: $type:ty) => { $slots.extend($self.$field.slots()); };
    (@slots $slots:ident, $self:ident, apart $field:ident: $type:ty) => {};
    (@slots $slots:ident, $self:ident, $place:ident $field:ident: $type:ty) => {
        if let Some(slot) = $crate::table::Argument::slot(&mut $self.$field) {
            $slots.push((stringify!($field), slot));
        }
    };
}

pub(crate) use clause;
