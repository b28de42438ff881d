//! Declared pipelines as values: what a crate's exports are listed from.

use pixfuse_spec::Spec;

use crate::kernel::Kernel;

/// One declaration of `#[pipeline]`: its name, its text, its kernel.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The name of the declared struct.
    pub name: &'static str,
    /// The canonical text of the declaration.
    pub text: &'static str,
    pub(crate) kernel: Kernel,
}

impl Entry {
    /// For generated code.
    #[doc(hidden)]
    pub const fn new(name: &'static str, text: &'static str, kernel: Kernel) -> Self {
        Self { name, text, kernel }
    }

    /// For generated code that does not compile: an entry that no constant has trouble with, so that a list of entries
    /// gives no error of its own.
    #[doc(hidden)]
    pub const fn poisoned() -> Self {
        Self { name: "", text: "", kernel: Kernel::poisoned() }
    }

    /// The parsed declaration.
    ///
    /// # Panics
    /// When the entry was not made by the macro, and its text is no declaration.
    pub fn spec(&self) -> Spec {
        self.text.parse().expect("the macro wrote a canonical text, which parses")
    }
}

/// A struct with a `#[pipeline]` declaration.
pub trait Declared {
    /// The declaration as a value.
    const ENTRY: Entry;
}

/// A list of declared pipelines, to export to Python and Node.js or to choose from at run time.
///
/// ```
/// #[pixfuse::pipeline(input(rgb8), output(rgb, f32, chw))]
/// struct Planes;
///
/// static PIPELINES: &[pixfuse::Entry] = pixfuse::entries![Planes];
/// assert_eq!(PIPELINES[0].name, "Planes");
/// ```
#[macro_export]
macro_rules! entries {
    ($($declared:ty),* $(,)?) => {
        &[$(<$declared as $crate::Declared>::ENTRY),*]
    };
}
