//! Grammar and rulebook over the attribute's tokens: a Spec, or every error at its span.

use pixfuse_spec::Spec;
use proc_macro2::Span;

use crate::syntax::Attribute;

/// The declaration, checked by the same rules and with the same wording as run-time text.
pub(crate) fn check(attribute: &Attribute) -> Result<Spec, Vec<syn::Error>> {
    let spec = pixfuse_spec::check(&attribute.tokens, Span::call_site());
    let mut errors: Vec<_> = attribute.error.iter().cloned().collect();
    match spec {
        Ok(spec) if errors.is_empty() => return Ok(spec),
        Ok(_) => {}
        Err(wrong) => errors.extend(wrong.into_iter().map(|error| syn::Error::new(error.at, error.message))),
    }
    Err(errors)
}
