//! Plan to Rust: the body of a kernel, and the items around it.
//!
//! What is emitted is meant to be read. It has no `unsafe`, no `cfg` and no instruction set: the body is generic over
//! the level, and everything around it is the core's.

use pixfuse_spec::{Element, Layout, Map, MapForm, Number, Plan, Resample, Shape, Spec, Stored};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use crate::syntax::Declared;

/// What a body does with loaded channels, as far as it is known when code is made.
pub(crate) struct Body {
    pub(crate) shape: Shape,
    /// A name for each loaded channel.
    pub(crate) names: Vec<Ident>,
    /// Which loaded channel each output channel is; `None` when the kernel is told at run time.
    pub(crate) from: Option<Vec<usize>>,
    pub(crate) map: Operation,
    /// What makes an element of a mapped value.
    pub(crate) narrow: Narrow,
    /// What is fetched from the source while it is mapped, as the core's `Direct` names it.
    pub(crate) direct: Option<&'static str>,
    /// Whether resampled values may be f32 that are no integers.
    pub(crate) floats: bool,
}

/// What is done to each value.
pub(crate) enum Operation {
    Keep,
    Convert,
    /// With the (scale, offset) of each output channel.
    Literals(Vec<(f32, f32)>),
    /// With the scales and offsets that the kernel is told at run time.
    Numbers,
}

/// What makes an element of a mapped value.
#[derive(Clone, Copy)]
pub(crate) enum Narrow {
    /// It is one.
    Nothing,
    /// The method that rounds to a shorter float.
    Float(&'static str),
    /// Rounded to the shorter float that the kernel is told at run time.
    Half,
    /// Quantised, with the numbers that the kernel is told at run time.
    Quantize,
}

/// The items of a declared struct: its kernel, its entry, and the way to make a pipeline.
pub(crate) fn declared(declared: &Declared, krate: &syn::Path, spec: &Spec, plan: &Plan) -> TokenStream {
    let item = &declared.item;
    let (name, vis) = (&item.ident, &item.vis);
    let text = spec.to_string();
    let body = Body::of(plan);
    let kernel = body.kernel(name, &documentation(spec, plan));
    let constructor = body.constructor(name);
    let label = name.unraw().to_string();
    // Of other declarations nothing but the level can be wrong.
    let size = spec.input.size.map(|_| {
        let text =
            " When an image of the declared size does not fit the other clauses, such as a crop that is outside of it.";
        quote!(#[doc = #text])
    });
    let make = if spec.is_open() {
        quote! {
            /// Makes the pipeline with the numbers that the declaration leaves open.
            ///
            /// # Errors
            /// When a number is missing, not asked for or against the rules.
            #vis fn bind(values: &#krate::Values) -> ::core::result::Result<#krate::Pipeline, #krate::Error> {
                #krate::Pipeline::bind(&<Self as #krate::Declared>::ENTRY, values)
            }

            // For its error alone. Without the lifetime the bound would be checked here, and not where it is called.
            #[doc(hidden)]
            #[allow(dead_code)]
            #vis fn pipeline() -> #krate::Pipeline
            where
                for<'a> Self: rt::Closed,
            {
                ::core::unreachable!()
            }
        }
    } else {
        quote! {
            /// Makes the pipeline.
            ///
            /// # Panics
            /// When the environment variable `PIXFUSE_LEVEL` names a level that this CPU lacks.
            #size
            #vis fn pipeline() -> #krate::Pipeline {
                match #krate::Pipeline::from_entry(&<Self as #krate::Declared>::ENTRY) {
                    ::core::result::Result::Ok(pipeline) => pipeline,
                    ::core::result::Result::Err(error) => ::core::panic!("{error}"),
                }
            }
        }
    };
    let two_resizes = spec.stages().map(|_| {
        quote!(
            const _: () = rt::two_resizes();
        )
    });
    let half = matches!(spec.output.element, Element::F16 | Element::Bf16).then(|| {
        quote!(
            const _: () = rt::half();
        )
    });
    quote! {
        const _: () = {
            use #krate::rt;

            #two_resizes
            #half

            #kernel

            impl #krate::Declared for #name {
                const ENTRY: #krate::Entry = #krate::Entry::new(#label, #text, #constructor);
            }

            impl #name {
                #make
            }
        };
    }
}

/// The plan, and where its numbers come from: the declared ones cannot be seen in them.
fn documentation(spec: &Spec, plan: &Plan) -> String {
    match (&spec.normalize, &plan.map) {
        (Some(normalize), Map::MulAdd { .. }) => {
            let normalize = normalize.text(spec.input.format.sample());
            let origin = "The factors are scale / (std + eps) and the offsets -mean / (std + eps) of";
            format!("{plan}\n\n{origin}\n`{normalize}`.")
        }
        _ => plan.to_string(),
    }
}

/// The errors, and items enough that uses of the struct give no errors of their own.
pub(crate) fn fallback(declared: &Declared, krate: &syn::Path, errors: &[syn::Error]) -> TokenStream {
    let item = &declared.item;
    let (name, vis) = (&item.ident, &item.vis);
    let (generics, parameters, bounds) = item.generics.split_for_impl();
    let errors = errors.iter().map(syn::Error::to_compile_error);
    quote! {
        #item
        #(#errors)*
        impl #generics #krate::Declared for #name #parameters #bounds {
            const ENTRY: #krate::Entry = #krate::Entry::poisoned();
        }
        impl #generics #name #parameters #bounds {
            #[allow(missing_docs, dead_code)]
            #vis fn pipeline() -> #krate::Pipeline {
                ::core::panic!("the declaration has errors")
            }
            #[allow(missing_docs, dead_code)]
            #vis fn bind(_: &#krate::Values) -> ::core::result::Result<#krate::Pipeline, #krate::Error> {
                ::core::panic!("the declaration has errors")
            }
        }
    }
}

impl Body {
    /// The body of a declared pipeline: names from its channels, constants folded in.
    fn of(plan: &Plan) -> Self {
        let letters = plan.load.order.letters();
        let map = match &plan.map {
            Map::Keep => Operation::Keep,
            Map::Convert => Operation::Convert,
            Map::MulAdd { scale: Number::Known(scale), offset: Number::Known(offset), .. } => {
                Operation::Literals(scale.iter().copied().zip(offset.iter().copied()).collect())
            }
            Map::MulAdd { .. } => Operation::Numbers,
            // What its tables hold is no value of the kernel.
            Map::Ordered { .. } => Operation::Numbers,
        };
        Self {
            shape: plan.shape(),
            names: letters.chars().take(plan.load.channels).map(|letter| format_ident!("{letter}")).collect(),
            from: Some(plan.store.from.clone()),
            map,
            narrow: match plan.store.element {
                Element::F32 => Narrow::Nothing,
                Element::F16 => Narrow::Float("round_to_f16"),
                Element::Bf16 => Narrow::Float("round_to_bf16"),
                Element::U8 | Element::I8 => Narrow::Quantize,
            },
            direct: match plan.resample {
                _ if plan.shape().load == Layout::Chw || plan.load.is_wide() => None,
                Resample::OneTap(_) => Some("OneTap"),
                Resample::TwoTaps => Some("TwoTaps"),
                Resample::None | Resample::Separable(_) => None,
            },
            floats: plan.has_floats(),
        }
    }

    /// `rt::Kernel::of::<Name, 3>()`
    pub(crate) fn constructor(&self, name: &Ident) -> TokenStream {
        let channels = Literal::usize_unsuffixed(self.shape.channels);
        quote!(rt::Kernel::of::<#name, #channels>())
    }

    /// The `impl` of the kernel trait, with the plan as its documentation.
    pub(crate) fn kernel(&self, name: &Ident, plan: &str) -> TokenStream {
        let Shape { pixel, channels, load, store, map, .. } = self.shape;
        let (pixel, count) = (Literal::usize_unsuffixed(pixel), Literal::usize_unsuffixed(channels));
        let load = match load {
            Layout::Hwc => quote!(rt::Interleaved<#pixel>),
            Layout::Chw => quote!(rt::Planar<#pixel>),
        };
        let (element, vector) = self.element();
        let store = match store {
            Layout::Hwc => quote!(rt::Pixels<#element>),
            Layout::Chw => quote!(rt::Planes<#element>),
        };
        let numbers = match (&self.map, &self.from, &self.narrow) {
            (Operation::Keep, Some(_), _) => quote!(_),
            (Operation::Numbers, ..) | (_, None, _) | (.., Narrow::Half | Narrow::Quantize) => quote!(numbers),
            _ if self.shape.map == MapForm::Table => quote!(numbers),
            _ => quote!(_),
        };
        let (names, reorder) = (&self.names, self.reorder());
        let values = if self.shape.map == MapForm::Table {
            self.look_up()
        } else {
            let (map, narrow) = (self.map(false), self.narrow());
            quote!(#map #narrow)
        };
        let map = format_ident!("{map:?}");
        let direct = self.direct.map(|direct| {
            let direct = format_ident!("{direct}");
            quote!(
                const DIRECT: rt::Direct = rt::Direct::#direct;
            )
        });
        let has_floats = self.floats.then(|| {
            quote!(
                const FLOATS: bool = true;
            )
        });
        let floats = self.floats.then(|| self.floats_method(&count, &numbers));
        let stored = self.stored();
        let lines = plan.lines().map(|line| format!(" {line}"));
        quote! {
            impl rt::Body<#count> for #name {
                type Load = #load;
                type Store = #store;
                const MAP: rt::MapForm = rt::MapForm::#map;
                #direct
                #has_floats

                #(#[doc = #lines])*
                #[inline(always)]
                fn pixels<S: rt::Simd>(simd: S, pixel: [S::I32; #count], #numbers: &rt::Numbers<'_>) -> [S::#vector; #count] {
                    let [#(#names),*] = pixel;
                    #reorder
                    #values
                    [#(#stored),*]
                }

                #floats
            }
        }
    }

    /// The body for values that are f32 already.
    fn floats_method(&self, count: &Literal, numbers: &TokenStream) -> TokenStream {
        let (names, reorder, map, stored) = (&self.names, self.reorder(), self.map(true), self.stored());
        let (narrow, (_, vector)) = (self.narrow(), self.element());
        quote! {
            #[inline(always)]
            fn floats<S: rt::Simd>(simd: S, pixel: [S::F32; #count], #numbers: &rt::Numbers<'_>) -> [S::#vector; #count] {
                let [#(#names),*] = pixel;
                #reorder
                #map
                #narrow
                [#(#stored),*]
            }
        }
    }

    /// The type of a stored element, and of a block of them before they are stored.
    fn element(&self) -> (TokenStream, TokenStream) {
        match self.shape.element {
            Stored::F32 => (quote!(f32), quote!(F32)),
            Stored::U16 => (quote!(u16), quote!(I32)),
            Stored::U8 => (quote!(u8), quote!(I32)),
        }
    }

    /// The channel swap, where it is not yet known.
    fn reorder(&self) -> Option<TokenStream> {
        let names = &self.names;
        let open = self.from.is_none() && names.len() >= 3;
        open.then(|| quote!(let [#(#names),*] = numbers.reorder([#(#names),*]);))
    }

    /// The names in the output's order: where a known channel swap costs nothing.
    fn stored(&self) -> Vec<&Ident> {
        match &self.from {
            Some(from) => from.iter().map(|&channel| &self.names[channel]).collect(),
            None => self.names.iter().collect(),
        }
    }

    /// From mapped values to elements.
    fn narrow(&self) -> TokenStream {
        let stored = self.stored();
        match &self.narrow {
            _ if matches!(self.map, Operation::Keep) => TokenStream::new(),
            Narrow::Nothing => TokenStream::new(),
            Narrow::Float(method) => {
                let method = format_ident!("{method}");
                quote!(#(let #stored = simd.#method(#stored);)*)
            }
            Narrow::Half => quote!(#(let #stored = simd.round_to_half(#stored, numbers.half);)*),
            Narrow::Quantize => quote!(#(let #stored = simd.quantize(#stored, numbers.steps);)*),
        }
    }

    /// From pixel values to elements, by tables that hold them.
    fn look_up(&self) -> TokenStream {
        let stored = self.stored();
        let channels = (0..stored.len()).map(Literal::usize_unsuffixed);
        let found = quote!(#(let #stored = simd.look_up(#stored, &numbers.tables[#channels]);)*);
        match self.shape.element {
            Stored::F32 => quote!(#found #(let #stored = simd.reinterpret(#stored);)*),
            Stored::U16 | Stored::U8 => found,
        }
    }

    /// What is done to each value; `floats` says that they are f32 already.
    fn map(&self, floats: bool) -> TokenStream {
        let stored = self.stored();
        let mul_add = |stored: &Ident, scale: TokenStream, offset: TokenStream| {
            if floats {
                quote!(let #stored = simd.mul_add(#stored, simd.splat(#scale), simd.splat(#offset));)
            } else {
                quote!(let #stored = simd.mul_add_u8(#stored, #scale, #offset);)
            }
        };
        match &self.map {
            Operation::Keep => TokenStream::new(),
            Operation::Convert if floats => TokenStream::new(),
            Operation::Convert => quote!(#(let #stored = simd.convert(#stored);)*),
            Operation::Literals(constants) => {
                stored.iter().zip(constants).map(|(name, &(a, b))| mul_add(name, number(a), number(b))).collect()
            }
            Operation::Numbers => {
                let of_channel = |(channel, name): (usize, &&Ident)| {
                    let channel = Literal::usize_unsuffixed(channel);
                    mul_add(name, quote!(numbers.scale[#channel]), quote!(numbers.offset[#channel]))
                };
                stored.iter().enumerate().map(of_channel).collect()
            }
        }
    }
}

/// The shortest text of an f32; a minus sign is a token of its own.
fn number(value: f32) -> TokenStream {
    let magnitude = Literal::f32_unsuffixed(value.abs());
    if value.is_sign_negative() { quote!(-#magnitude) } else { quote!(#magnitude) }
}

/// A name for each channel of a kernel that does not know which they are.
pub(crate) fn numbered(channels: usize) -> Vec<Ident> {
    (0..channels).map(|channel| format_ident!("c{channel}")).collect()
}
