//! What vocabularies have in common, for reading and for messages.

use crate::{
    Alpha, Anchor, Border, ChannelOrder, CoverRule, Element, Filter, FloatsOf, Gray, Layout, LetterboxRule, Like,
    Matrix, Order, PatchOrder, PixelFormat, Precision, Range, Rounding, SizeRule, Thumbnail, TileRule,
};

/// A vocabulary: the names that may stand in one place.
pub(crate) trait Word: Copy + 'static {
    const ALL: &'static [Self];
    /// Those of `ALL`.
    const NAMES: &'static [&'static str];
    const WHAT: &'static str;
    fn name(self) -> &'static str;
}

macro_rules! vocabularies {
    ($($name:ident),+) => {
        $(impl Word for $name {
            const ALL: &'static [Self] = $name::ALL;
            const NAMES: &'static [&'static str] = $name::NAMES;
            const WHAT: &'static str = $name::WHAT;
            fn name(self) -> &'static str {
                $name::name(self)
            }
        })+

        /// Whether a word is a name somewhere in the language: then it stands in the wrong place.
        pub(crate) fn is_known(word: &str) -> bool {
            [$($name::NAMES),+].iter().any(|names| names.contains(&word))
        }

        /// Every name.
        #[cfg(test)]
        pub(crate) fn vocabulary() -> Vec<&'static str> {
            [$($name::NAMES),+].concat()
        }
    };
}

vocabularies!(
    PixelFormat,
    Layout,
    Alpha,
    Gray,
    Matrix,
    Range,
    Filter,
    Like,
    Precision,
    FloatsOf,
    Rounding,
    LetterboxRule,
    CoverRule,
    Border,
    SizeRule,
    TileRule,
    Thumbnail,
    Order,
    ChannelOrder,
    Element,
    Anchor,
    PatchOrder
);
