//! What is known of the processor around an image class.

use crate::Overrides;

/// What is known of the processor around an image class.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Prompt {
    /// Its class, where something names it.
    pub(crate) processor: Option<String>,
    /// Its own numbers.
    pub(crate) own: Overrides,
    /// Whether its config was there to have them.
    pub(crate) is_whole: bool,
    /// The keys that the image class was made with, whatever a call says.
    pub(crate) made: Overrides,
}
