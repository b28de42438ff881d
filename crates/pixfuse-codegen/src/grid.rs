//! The run-time grid: the same compiler over every shape, with all numbers left open.

use pixfuse_spec::{Layout, MapForm, Shape, Stored};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::emit::{Body, Narrow, Operation, numbered};

/// `GRID`, a list of (shape, kernel) with every shape once, for the core crate.
pub fn grid() -> TokenStream {
    let (kernels, entries): (Vec<_>, Vec<_>) = Shape::all().into_iter().map(entry).unzip();
    let count = Literal::usize_unsuffixed(entries.len());
    quote! {
        static GRID: [(::pixfuse_spec::Shape, ::pixfuse::rt::Kernel); #count] = {
            use ::pixfuse::rt;
            use ::pixfuse_spec::{Layout, MapForm, Shape, Stored};
            #(#kernels)*
            [#(#entries),*]
        };
    }
}

fn entry(shape: Shape) -> (TokenStream, TokenStream) {
    let Shape { pixel, channels, load, element, store, map: form } = shape;
    let name = format_ident!("Pixel{pixel}Channels{channels}{load:?}{element:?}{store:?}{form:?}");
    let map = if form == MapForm::Keep { Operation::Keep } else { Operation::Numbers };
    let narrow = match element {
        Stored::F32 => Narrow::Nothing,
        Stored::U16 => Narrow::Half,
        Stored::U8 => Narrow::Quantize,
    };
    // The forms that values without a table have.
    let floats = matches!((element, form), (_, MapForm::MulAdd) | (Stored::U8, MapForm::Table));
    let body = Body { shape, names: numbered(channels), from: None, map, narrow, floats };
    let kernel = body.kernel(&name, "Numbers are read at run time.");
    let constructor = body.constructor(&name);
    let [pixel, channels] = [pixel, channels].map(Literal::usize_unsuffixed);
    let (element, form) = (format_ident!("{element:?}"), format_ident!("{form:?}"));
    let [load, store] = [load, store].map(|layout| match layout {
        Layout::Hwc => quote!(Layout::Hwc),
        Layout::Chw => quote!(Layout::Chw),
    });
    let shape = quote!(Shape {
        pixel: #pixel, channels: #channels, load: #load, element: Stored::#element, store: #store, map: MapForm::#form
    });
    (quote!(struct #name; #kernel), quote!((#shape, #constructor)))
}
