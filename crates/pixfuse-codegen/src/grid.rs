//! The run-time grid: the same compiler over every shape, with all numbers left open.

use pixfuse_spec::{Layout, MapForm, Shape, Stored};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::emit::{Body, Narrow, Operation, numbered};

/// `GRID`, a list of kernels with every shape once, for the core crate.
pub fn grid() -> TokenStream {
    let (kernels, constructors): (Vec<_>, Vec<_>) = Shape::all().into_iter().map(kernel).unzip();
    let count = Literal::usize_unsuffixed(constructors.len());
    quote! {
        static GRID: [::pixfuse::rt::Kernel; #count] = {
            use ::pixfuse::rt;
            #(#kernels)*
            [#(#constructors),*]
        };
    }
}

fn kernel(shape: Shape) -> (TokenStream, TokenStream) {
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
    // A product of what is fetched and what is done to it costs code and minutes: planes, which few have, and tables, which
    // take longer than a row of scratch, take rows.
    let direct = (load == Layout::Hwc && form != MapForm::Table).then_some("TwoTaps");
    let body = Body { shape, names: numbered(channels), from: None, map, narrow, direct, floats };
    let kernel = body.kernel(&name, "Numbers are read at run time.");
    let constructor = body.constructor(&name);
    (quote!(struct #name; #kernel), constructor)
}
