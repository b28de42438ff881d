//! Clauses of the attribute itself, `crate = ..` and `config = ..`, among the tokens of a declaration.

use proc_macro2::TokenTree;

/// Where such a clause begins: `name = `, which is no clause of the language.
pub(crate) fn clause(trees: &[TokenTree], name: &str) -> Option<usize> {
    let is_name = |tree: &TokenTree| matches!(tree, TokenTree::Ident(word) if word == name);
    trees.windows(2).position(|pair| is_name(&pair[0]) && is_sign(&pair[1], '='))
}

pub(crate) fn is_sign(tree: &TokenTree, sign: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign)
}
