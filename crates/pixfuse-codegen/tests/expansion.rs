//! The code that declarations become, as files that a person can read: `tests/expected/*.rs`.
//!
//! `PIXFUSE_BLESS=1 cargo test -p pixfuse-codegen --test expansion` writes them anew; read the difference.

use std::path::Path;

use pixfuse_codegen::{expand_text, formatted, grid, pipeline};
use pixfuse_spec::{Element, Layout, MapForm, Shape, Stored};
use proc_macro2::TokenStream;
use quote::quote;

/// File, struct, declaration: one of each way to load, to resample, to map and to store.
const DECLARATIONS: [(&str, &str, &str); 6] = [
    (
        "bilinear_normalized",
        "Classifier",
        "input(bgr8), resize(240, 256, bilinear), \
         normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)",
    ),
    ("bilinear_bytes", "Thumbnail", "input(rgba8, alpha = drop), resize(64, 64, bilinear), output(bgr, u8, hwc)"),
    ("channel_swap", "Swapped", "input(rgb8), output(bgr, u8, hwc)"),
    ("gray_unit", "Unit", "input(gray8), resize(28, 28, nearest_exact), normalize(), output(gray, f32)"),
    ("planes_to_pixels", "Interleaved", "input(rgba8, chw), output(rgba, f32, hwc)"),
    (
        "open_numbers",
        "Detector",
        "input(rgb8), resize(_, _, nearest), normalize(mean = _, std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)",
    ),
];

#[test]
fn expected_files() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected");
    let bless = std::env::var_os("PIXFUSE_BLESS").is_some();
    for (file, name, text) in DECLARATIONS {
        let path = directory.join(file).with_extension("rs");
        let expansion = expand_text(text, name).unwrap();
        let actual = format!("// {}\n\n{}", expansion.spec, expansion.code);
        if bless {
            std::fs::write(&path, &actual).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        let line = actual.lines().zip(expected.lines()).position(|(a, b)| a != b);
        assert!(
            actual == expected,
            "{} differs from line {:?} on; PIXFUSE_BLESS=1 writes it anew. Now it is:\n{actual}",
            path.display(),
            line.map(|line| line + 1)
        );
    }
    if !bless {
        let files = std::fs::read_dir(&directory).unwrap().count();
        assert_eq!(files, DECLARATIONS.len(), "each file has its declaration");
    }
}

/// A declaration of each shape.
fn each_shape() -> Vec<String> {
    let declaration = |shape: Shape| {
        let Shape { pixel, channels, load, element, store, map } = shape;
        let (input, alpha, output) = match (pixel, channels) {
            (1, _) => ("gray8", "", "gray"),
            (3, _) => ("rgb8", "", "bgr"),
            (_, 4) => ("bgra8", "", "rgba"),
            _ => ("bgra8", ", alpha = drop", "rgb"),
        };
        let ordered = "normalize(mean = 0.485, std = 0.229, order = torchvision), ";
        let (normalize, element, steps) = match (element, map) {
            (Stored::F32, MapForm::Table) => (ordered, Element::F32, ""),
            (Stored::F32, _) => ("", Element::F32, ""),
            (Stored::U16, MapForm::Table) => (ordered, Element::F16, ""),
            (Stored::U16, _) => ("", Element::Bf16, ""),
            (Stored::U8, MapForm::Table) => ("", Element::I8, ", scale = 0.1"),
            (Stored::U8, _) => ("", Element::U8, ""),
        };
        format!(
            "input({input}, {load}{alpha}), resize(4, 5, bilinear), {normalize}\
             output({output}, {element}, {store}{steps})"
        )
    };
    Shape::all().into_iter().map(declaration).collect()
}

/// Everything that depends on a machine is the core's.
fn is_plain(code: &str) {
    for word in ["unsafe", "cfg", "target_feature", "target_arch", "avx", "neon", "std ::", "std::", "asm"] {
        assert!(!code.contains(word), "`{word}` in:\n{code}");
    }
}

#[test]
fn code_is_plain() {
    let texts = each_shape();
    assert_eq!(texts.len(), 66);
    for text in texts.iter().map(String::as_str).chain(DECLARATIONS.map(|(_, _, text)| text)) {
        is_plain(&expand_text(text, "Name").unwrap().code);
    }
    is_plain(&grid().to_string());
    is_plain(
        &pipeline(
            quote!(input(rgb)),
            quote!(
                struct Wrong;
            ),
        )
        .to_string(),
    );
}

/// A declared source size is said of a kernel, and changes nothing in it.
#[test]
fn a_source_size_changes_no_code() {
    let code = |size: &str| {
        let text = format!("input(rgb8{size}), resize(240, 256, bilinear), output(rgb, f32)");
        let code = expand_text(&text, "Camera").unwrap().code;
        let said = |line: &&str| !line.trim_start().starts_with("///") && !line.contains("input(");
        code.lines().filter(said).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(code(", 1080, 1920"), code(""));
}

/// The attribute and the text are two ways to the same code.
#[test]
fn attribute_and_text_agree() {
    for text in each_shape().iter().map(String::as_str).chain(DECLARATIONS.map(|(_, _, text)| text)) {
        let arguments: TokenStream = text.parse().unwrap();
        let attribute = formatted(pipeline(
            arguments,
            quote!(
                pub struct Name;
            ),
        ));
        assert_eq!(attribute, format!("pub struct Name;\n{}", expand_text(text, "Name").unwrap().code));
    }
}

/// A crate that knows the core by another name sees only that name, also when there are errors.
#[test]
fn crate_path_is_the_only_path() {
    for arguments in [
        quote!(crate = ours::vision, input(rgb8), output(rgb, f32, chw)),
        quote!(input(rgb8), crate = ours::vision, resize(2, _, bilinear), output(rgb, f32, chw)),
        quote!(input(rgb), output(rgb, f32, chw), crate = ours::vision),
    ] {
        let code = pipeline(
            arguments,
            quote!(
                pub(crate) struct Name;
            ),
        )
        .to_string();
        assert!(code.contains("ours :: vision :: Pipeline") && !code.contains("pixfuse"), "{code}");
    }
}

/// Whatever is wrong, the item stays and something stands for what it was to get.
#[test]
fn errors_expand() {
    for (arguments, errors) in [("", 2), ("input(rgb), ouput(rgb, f99)", 2), ("crate = 1, output(rgb, f32)", 2)] {
        let code = pipeline(
            arguments.parse().unwrap(),
            quote!(
                struct Name;
            ),
        )
        .to_string();
        assert_eq!(code.matches("compile_error").count(), errors, "{arguments}: {code}");
        for part in ["struct Name ;", "fn pipeline", "fn bind", "Declared for Name"] {
            assert!(code.contains(part), "{part}: {code}");
        }
        formatted(code.parse().unwrap());
    }
    // On something else than a type there is nothing to stand in for.
    let code = pipeline(
        quote!(input(rgb8), output(rgb, f32)),
        quote!(
            fn name() {}
        ),
    )
    .to_string();
    assert!(code.starts_with("fn name () { }") && code.matches("compile_error").count() == 1, "{code}");
}

#[test]
fn the_grid_has_every_shape_once() {
    let code = formatted(grid());
    let file: syn::File = syn::parse_str(&code).unwrap();
    assert_eq!(file.items.len(), 1);
    let mut kernels: Vec<&str> = code.lines().map(str::trim).filter(|line| line.starts_with("struct Pixel")).collect();
    let shapes = Shape::all();
    assert_eq!(kernels.len(), shapes.len());
    kernels.sort_unstable();
    kernels.dedup();
    assert_eq!(kernels.len(), shapes.len());
    // Each kernel's types and constant say its own shape, which is what it is found by.
    let code: String = code.split_whitespace().collect();
    for Shape { pixel, channels, load, element, store, map } in shapes {
        let name = format!("Pixel{pixel}Channels{channels}{load:?}{element:?}{store:?}{map:?}");
        let load = if load == Layout::Hwc { "Interleaved" } else { "Planar" };
        let store = if store == Layout::Hwc { "Pixels" } else { "Planes" };
        let element = format!("{element:?}").to_lowercase();
        let body = format!(
            "implrt::Body<{channels}>for{name}{{typeLoad=rt::{load}<{pixel}>;typeStore=rt::{store}<{element}>;\
             constMAP:rt::MapForm=rt::MapForm::{map:?};",
        );
        assert_eq!(code.matches(&body).count(), 1, "{body}");
        assert_eq!(code.matches(&format!("rt::Kernel::of::<{name},{channels}>()")).count(), 1, "{name}");
    }
}
