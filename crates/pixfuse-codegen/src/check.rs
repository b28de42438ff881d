//! Grammar and rulebook over the attribute's tokens: a Spec, or every error at its span.

use pixfuse_spec::Spec;
use proc_macro2::{Span, TokenStream};

use crate::config::Config;
use crate::syntax::Attribute;

/// The declaration, checked by the same rules and with the same wording as run-time text.
///
/// With it come the items that a config adds.
pub(crate) fn check(attribute: &Attribute) -> Result<(Spec, TokenStream), Vec<syn::Error>> {
    if let Some(config) = &attribute.config {
        let read = config.as_ref().map_err(Clone::clone).and_then(Config::read);
        return read.map_err(|wrong| wrong.into_iter().chain(attribute.error.clone()).collect());
    }
    let spec = pixfuse_spec::check(&attribute.tokens, Span::call_site());
    let mut errors: Vec<_> = attribute.error.iter().cloned().collect();
    match spec {
        Ok(spec) if errors.is_empty() => return Ok((spec, TokenStream::new())),
        Ok(_) => {}
        Err(wrong) => errors.extend(wrong.into_iter().map(|error| syn::Error::new(error.at, error.message))),
    }
    Err(errors)
}
