//! `config = "preprocessor_config.json", backend = torch`: a declaration that a file says.

use std::path::{Path, PathBuf};

use pixfuse_config::{Backend, FILES, Limit, Overrides, Source, read};
use pixfuse_spec::Spec;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, Token};

use crate::clause::clause;

/// The arguments, where they name a config.
pub(crate) struct Config {
    path: LitStr,
    backend: Backend,
}

/// The config that the attribute names; nothing where it is a declaration itself.
pub(crate) fn of(trees: &[TokenTree]) -> Option<syn::Result<Config>> {
    clause(trees, "config").map(|_| syn::parse2(trees.iter().cloned().collect()))
}

impl Parse for Config {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (mut path, mut backend) = (None, Backend::default());
        while !input.is_empty() {
            let name: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            if name == "config" {
                path = Some(input.parse::<LitStr>()?);
            } else if name == "backend" {
                let word: Ident = input.parse()?;
                backend = Backend::from_name(&word.to_string()).ok_or_else(|| {
                    syn::Error::new(word.span(), format!("backend: unknown backend `{word}`, expected torch or pil"))
                })?;
            } else {
                let message = format!("{name}: no argument beside a config, expected config, backend or crate");
                return Err(syn::Error::new(name.span(), message));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let path = path.ok_or_else(|| syn::Error::new(Span::call_site(), "config: missing"))?;
        Ok(Self { path, backend })
    }
}

impl Config {
    /// The declaration that the file says, and an item that has the crate built again when the file changes.
    ///
    /// The path is relative to the crate; a folder is that of a model.
    pub(crate) fn read(&self) -> syn::Result<(Spec, TokenStream)> {
        let wrong = |message: String| syn::Error::new(self.path.span(), message);
        let root = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
        let path = root.join(self.path.value());
        let source = Source::path(&path).map_err(|error| wrong(error.to_string()))?;
        let imported = read(&source, self.backend, &Overrides::new()).map_err(|error| wrong(error.to_string()))?;
        imported.one().map_err(|error| wrong(error.to_string()))?;
        if matches!(imported.limit, Some(Limit::RatioFirst(_) | Limit::ShorterSide { .. })) {
            let message = "has a size rule with exceptions, which a declaration alone cannot refuse: read it at run time and ask Imported::admits";
            return Err(wrong(format!("config: {}: {message}", imported.class)));
        }
        Ok((imported.spec, watched(&path)))
    }
}

/// Constants of the files that were read, which leave nothing in what is built.
fn watched(path: &Path) -> TokenStream {
    let files = if path.is_dir() { FILES.map(|name| path.join(name)).to_vec() } else { vec![path.to_owned()] };
    let files = files.iter().filter(|file| file.is_file()).map(|file| file.display().to_string());
    quote!(#(const _: &[u8] = ::core::include_bytes!(#files);)*)
}
