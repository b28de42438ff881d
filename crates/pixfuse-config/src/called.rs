//! A config as a call of its library changes it.

use crate::{Error, Imported, Library, Overrides, Reason, transformers};

impl Imported {
    /// The same config with keywords of a call, which stand over what it was read with.
    ///
    /// # Errors
    /// As [`read`](crate::read), and when the library's call takes no such keyword.
    pub fn with(&self, keywords: &Overrides) -> Result<Self, Error> {
        match self.library {
            _ if keywords.is_empty() => Ok(self.clone()),
            Library::Transformers => transformers::call(self, keywords),
            _ => {
                let key = keywords.keys().next().map(String::as_str);
                let message = "no keyword: calls of this library take none";
                Err(Error::new(Reason::Value, &self.class, key, message))
            }
        }
    }

    /// The same config for videos of so many frames.
    ///
    /// # Errors
    /// When the class refuses so few of them, or this is the config of images.
    pub fn with_frames(&self, count: u32) -> Result<Self, Error> {
        transformers::with_frames(self, count)
    }
}
