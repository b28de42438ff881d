//! In the place of `config` where that feature is off: an attribute that names a file is told so.

use std::convert::Infallible;

use pixfuse_spec::Spec;
use proc_macro2::{TokenStream, TokenTree};

use crate::clause::clause;

/// There is none.
pub(crate) struct Config(Infallible);

/// The error for an attribute that names a config; nothing where it is a declaration itself.
pub(crate) fn of(trees: &[TokenTree]) -> Option<syn::Result<Config>> {
    let at = clause(trees, "config")?;
    let message = "config: files are read with the feature `config` of pixfuse, which is on by default; name it among the features";
    Some(Err(syn::Error::new(trees[at].span(), message)))
}

impl Config {
    /// Never called: there is nothing to read.
    pub(crate) fn read(&self) -> syn::Result<(Spec, TokenStream)> {
        match self.0 {}
    }
}
