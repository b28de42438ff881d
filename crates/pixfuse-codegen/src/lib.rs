//! The compiler of pixfuse: a declaration to the Rust source of one fused kernel.
//!
//! ```text
//! syntax   tokens of the attribute -> tokens of the language, with spans
//! config   a file that the attribute names -> Spec (pixfuse-config, a feature)
//! check    grammar and rulebook (pixfuse-spec) -> Spec, or every error at its span
//! lower    Spec -> Plan (pixfuse-spec)
//! emit     Plan -> the body of a kernel, and the items around it
//! grid     every Shape -> a kernel whose numbers are read at run time
//! ```
//!
//! It is an ordinary library over `proc_macro2`, so that tests and `cargo xtask expand` can call it.
#![forbid(unsafe_code)]

mod check;
mod clause;
#[cfg(feature = "config")]
mod config;
#[cfg(not(feature = "config"))]
#[path = "without_config.rs"]
mod config;
mod emit;
mod grid;
mod syntax;

use pixfuse_spec::lower;
#[cfg(feature = "format")]
use pixfuse_spec::{ParseError, Plan, Spec};
use proc_macro2::TokenStream;
use quote::quote;

pub use grid::grid;

/// What a declaration becomes.
#[cfg(feature = "format")]
#[derive(Clone, Debug)]
pub struct Expansion {
    /// The parsed declaration.
    pub spec: Spec,
    /// What its kernel does.
    pub plan: Plan,
    /// The source of its kernel, formatted.
    pub code: String,
}

/// Expands `#[pipeline(arguments)] item`.
///
/// Whatever is wrong, something expands: every error at its place, and a stub, so that code that uses the declared
/// struct gives no errors of its own.
pub fn pipeline(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let attribute = syntax::attribute(arguments);
    let declared = match syntax::declared(item.clone()) {
        Ok(declared) => declared,
        Err(error) => {
            let error = error.into_compile_error();
            return quote!(#item #error);
        }
    };
    let (spec, watched) = match (check::check(&attribute), &declared.error) {
        (Ok(checked), None) => checked,
        (spec, error) => {
            let errors: Vec<_> = error.iter().cloned().chain(spec.err().into_iter().flatten()).collect();
            return emit::fallback(&declared, &attribute.krate, &errors);
        }
    };
    let code = emit::declared(&declared, &attribute.krate, &spec, &lower(&spec));
    let item = &declared.item;
    quote!(#item #code #watched)
}

/// Expands a declaration written as text, on a struct of this name.
///
/// # Errors
/// When the text is not a pipeline.
///
/// ```
/// let expansion = pixfuse_codegen::expand_text("input(rgb8), output(bgr, u8, chw)", "Swapped")?;
/// assert!(expansion.code.contains("[b, g, r]"));
/// # Ok::<(), pixfuse_spec::ParseError>(())
/// ```
#[cfg(feature = "format")]
pub fn expand_text(text: &str, name: &str) -> Result<Expansion, ParseError> {
    let spec: Spec = text.parse()?;
    let plan = lower(&spec);
    let name = quote::format_ident!("{name}");
    let declared = syntax::declared(quote!(pub struct #name;)).expect("a unit struct is what a declaration stands on");
    let code = emit::declared(&declared, &syntax::default_krate(), &spec, &plan);
    Ok(Expansion { spec, plan, code: formatted(code) })
}

/// Tokens as a person would write them.
#[cfg(feature = "format")]
pub fn formatted(code: TokenStream) -> String {
    let file = syn::parse2(code).expect("what the compiler emits is Rust");
    prettyplease::unparse(&file)
}
