//! The attribute's tokens and the item it stands on.

use pixfuse_spec::{Kind, Token};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::spanned::Spanned;

use crate::clause::{clause, is_sign};
use crate::config::{self, Config};

/// The arguments of `#[pipeline(...)]`.
pub(crate) struct Attribute {
    /// The declaration, in the language's own tokens.
    pub(crate) tokens: Vec<Token<Span>>,
    /// Where generated code finds the core crate: `crate = path`, else `::pixfuse`.
    pub(crate) krate: syn::Path,
    /// The file that says the declaration, where the attribute names one.
    pub(crate) config: Option<syn::Result<Config>>,
    /// A `crate = ...` that is not a path.
    pub(crate) error: Option<syn::Error>,
}

/// The type that a declaration stands on.
pub(crate) struct Declared {
    pub(crate) item: syn::DeriveInput,
    /// Why it can carry none.
    pub(crate) error: Option<syn::Error>,
}

/// `::pixfuse`
pub(crate) fn default_krate() -> syn::Path {
    syn::parse_quote!(::pixfuse)
}

/// Splits the `crate = path` clause off and flattens the rest.
pub(crate) fn attribute(arguments: TokenStream) -> Attribute {
    let mut trees: Vec<TokenTree> = arguments.into_iter().collect();
    let (mut krate, mut error) = (default_krate(), None);
    if let Some(start) = clause(&trees, "crate") {
        let end = trees[start..].iter().position(|tree| is_sign(tree, ',')).map_or(trees.len(), |at| start + at);
        let path: TokenStream = trees[start + 2..end].iter().cloned().collect();
        match syn::parse2::<syn::Path>(path.clone()) {
            Ok(path) => krate = path,
            Err(_) => {
                let span = if path.is_empty() { trees[start].span() } else { path.span() };
                error = Some(syn::Error::new(span, "crate: expected a path, such as `crate = ::pixfuse`"));
            }
        }
        trees.drain(start..(end + 1).min(trees.len()));
    }
    let config = config::of(&trees);
    let mut tokens = Vec::new();
    flatten(trees, &mut tokens);
    Attribute { tokens, krate, config, error }
}

fn flatten(trees: impl IntoIterator<Item = TokenTree>, tokens: &mut Vec<Token<Span>>) {
    for tree in trees {
        let (kind, at) = match tree {
            TokenTree::Ident(word) => (Kind::Word(word.to_string()), word.span()),
            TokenTree::Punct(sign) => (Kind::Sign(sign.as_char()), sign.span()),
            TokenTree::Literal(literal) => (literal_kind(&literal.to_string()), literal.span()),
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ('(', ')'),
                    Delimiter::Bracket => ('[', ']'),
                    Delimiter::Brace => ('{', '}'),
                    // What a macro_rules fragment leaves around its tokens.
                    Delimiter::None => {
                        flatten(group.stream(), tokens);
                        continue;
                    }
                };
                tokens.push(Token { kind: Kind::Open(open), at: group.span_open() });
                flatten(group.stream(), tokens);
                (Kind::Close(close), group.span_close())
            }
        };
        tokens.push(Token { kind, at });
    }
}

/// A literal as run-time text reads it, so that the attribute takes exactly the same numbers.
fn literal_kind(text: &str) -> Kind {
    match pixfuse_spec::lex(text).as_slice() {
        [token] => token.kind.clone(),
        _ => Kind::Unreadable(text.to_owned()),
    }
}

/// The item, which should be a struct without fields and parameters.
///
/// # Errors
/// When it is no type, so that nothing can be made for those who use it.
pub(crate) fn declared(item: TokenStream) -> syn::Result<Declared> {
    let expected = "expected a struct without fields to declare the pipeline on, such as `pub struct ImageNet;`";
    let parsed: syn::DeriveInput = syn::parse2(item.clone()).map_err(|_| syn::Error::new_spanned(&item, expected))?;
    let error = match &parsed.data {
        syn::Data::Struct(data) if !matches!(data.fields, syn::Fields::Unit) => {
            Some(syn::Error::new_spanned(&data.fields, expected))
        }
        syn::Data::Struct(_) if !parsed.generics.params.is_empty() => {
            Some(syn::Error::new_spanned(&parsed.generics, expected))
        }
        syn::Data::Struct(_) => None,
        syn::Data::Enum(_) | syn::Data::Union(_) => Some(syn::Error::new_spanned(&parsed.ident, expected)),
    };
    Ok(Declared { item: parsed, error })
}
