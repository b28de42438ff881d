//! The run-time grid: the same compiler over every shape, with all numbers left open.

use pixfuse_spec::{Element, Layout, Shape};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::emit::{Body, Operation, numbered};

/// `GRID`, a list of (shape, kernel) with every shape once, for the core crate.
pub fn grid() -> TokenStream {
    let (kernels, entries): (Vec<_>, Vec<_>) = Shape::all().into_iter().map(entry).unzip();
    let count = Literal::usize_unsuffixed(entries.len());
    quote! {
        static GRID: [(::pixfuse_spec::Shape, ::pixfuse::rt::Kernel); #count] = {
            use ::pixfuse::rt;
            use ::pixfuse_spec::{Element, Layout, Shape};
            #(#kernels)*
            [#(#entries),*]
        };
    }
}

fn entry(shape: Shape) -> (TokenStream, TokenStream) {
    let Shape { pixel, channels, load, taps, element, store, table } = shape;
    let kind = if table { "Table" } else { "" };
    let name = format_ident!("Pixel{pixel}Channels{channels}{load:?}Taps{taps}{element:?}{store:?}{kind}");
    let map = match element {
        Element::U8 => Operation::Keep,
        Element::F32 if table => Operation::Table,
        Element::F32 => Operation::Numbers,
    };
    let floats = taps == 1 && element == Element::F32 && !table;
    let body = Body { shape, names: numbered(channels), from: None, map, floats };
    let kernel = body.kernel(&name, "Numbers are read at run time.");
    let constructor = body.constructor(&name);
    let [pixel, channels, taps] = [pixel, channels, taps].map(Literal::usize_unsuffixed);
    let element = match element {
        Element::F32 => quote!(Element::F32),
        Element::U8 => quote!(Element::U8),
    };
    let [load, store] = [load, store].map(|layout| match layout {
        Layout::Hwc => quote!(Layout::Hwc),
        Layout::Chw => quote!(Layout::Chw),
    });
    let shape = quote!(Shape {
        pixel: #pixel, channels: #channels, load: #load, taps: #taps, element: #element, store: #store, table: #table
    });
    (quote!(struct #name; #kernel), quote!((#shape, #constructor)))
}
