//! The attribute macro of pixfuse: a shim over `pixfuse-codegen`, where the compiler is.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;

/// Compiles a pipeline declaration into one fused kernel.
///
/// The arguments are the language of pixfuse; see the crate documentation. The struct gets `pipeline()`, or, when a
/// number is written `_`, `bind(&Values)`; and it implements `pixfuse::Declared`.
///
/// A `#[cfg(..)]` of the struct stands above this attribute, so that it takes the generated code along.
///
/// The config that a model is published with is a declaration too: `#[pipeline(config = "preprocessor_config.json",
/// backend = torch)]`. The path, of a file or of a model's folder, is relative to the crate, which is built again when the
/// file changes; `backend` is `torch` (default) or `pil`.
///
/// A crate that depends on pixfuse under another name says so with `crate = path`:
/// `#[other_name::pipeline(crate = other_name, input(rgb8), ...)]`.
#[proc_macro_attribute]
pub fn pipeline(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pixfuse_codegen::pipeline(arguments.into(), item.into()).into()
}

/// The run-time grid of the core crate.
#[doc(hidden)]
#[proc_macro]
pub fn grid(_: TokenStream) -> TokenStream {
    pixfuse_codegen::grid().into()
}
