//! Several tensors of one image.

use pixfuse_spec::{Size, Spec};

use crate::{Error, Imported, Reason};

impl Imported {
    /// Rows and columns of tiles that the result for an image of this size is cut into, where its size follows from them.
    pub fn grid(&self, rows: usize, columns: usize) -> Option<[u32; 2]> {
        match self.spec.resize?.size {
            Size::Ruled(rule) => rule.grid([rows as u32, columns as u32]),
            _ => None,
        }
    }

    /// The declaration, where it says all that the class makes of an image.
    ///
    /// # Errors
    /// When the class makes several tensors of an image, or resizes it before the declaration reads it.
    ///
    /// ```
    /// use pixfuse_config::{Backend, Overrides, Source, read};
    ///
    /// let source = Source::text(r#"{"image_processor_type": "DeepseekOcr2ImageProcessor"}"#)?;
    /// let imported = read(&source, Backend::Torch, &Overrides::new())?;
    /// assert!(imported.one().unwrap_err().to_string().contains("several tensors"));
    ///
    /// // The whole image, and the tiles of a large one.
    /// let tiles = &imported.views[0];
    /// assert_eq!([imported.outputs[0].name, tiles.outputs[0].name], ["pixel_values", "pixel_values_local"]);
    /// assert!(tiles.when.holds(1080, 1920) && !tiles.when.holds(480, 640));
    /// # Ok::<(), pixfuse_config::Error>(())
    /// ```
    pub fn one(&self) -> Result<&Spec, Error> {
        if self.before.is_none() && self.views.is_empty() {
            return Ok(&self.spec);
        }
        let message = "several tensors of an image, which one declaration does not say: a Processor of Python or Node.js \
                       makes them, and in Rust each of Imported::views has its own declaration";
        Err(Error::new(Reason::Value, &self.class, None, message))
    }
}
