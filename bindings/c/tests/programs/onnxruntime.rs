//! The program that feeds onnxruntime, where its library is.

use std::path::Path;
use std::process::Command;

use crate::{compiled_with, demo, directory, has, run};

/// What compiles and links with onnxruntime: from `PIXFUSE_ONNXRUNTIME`, the folder of its headers and the file of its library
/// with a colon between, or from pkg-config.
fn onnxruntime() -> Option<Vec<String>> {
    if let Ok(places) = std::env::var("PIXFUSE_ONNXRUNTIME") {
        let (headers, library) = places.split_once(':').expect("PIXFUSE_ONNXRUNTIME: expected HEADERS:LIBRARY");
        let above = Path::new(library).parent().unwrap().display();
        return Some(vec!["-isystem".into(), headers.into(), library.into(), format!("-Wl,-rpath,{above}")]);
    }
    let asked = Command::new("pkg-config").args(["--cflags", "--libs", "libonnxruntime"]).output().ok()?;
    // Its headers have warnings of their own.
    let words = String::from_utf8(asked.stdout).ok()?.replace("-I", "-isystem ");
    asked.status.success().then(|| words.split_whitespace().map(String::from).collect())
}

#[test]
fn a_program_in_cpp_feeds_onnxruntime() {
    let Some(words) = onnxruntime() else {
        eprintln!(
            "not run: examples/onnxruntime.cpp, for pkg-config knows no libonnxruntime (`cargo xtask test --engines`)"
        );
        return;
    };
    if !(has("cc") && has("c++")) {
        return;
    }
    let fed =
        compiled_with(&words, "c++", "-std=c++17", &directory().join("examples/onnxruntime.cpp"), "onnxruntime-cpp");
    let examples = directory().join("../../examples");
    let [model, photo] = ["engines/identity.onnx", "demo/photo.jpg"].map(|name| examples.join(name));
    let [model, photo] = [&model, &photo].map(|path| path.to_str().unwrap());
    let text = "input(rgb8), resize(shortest = 256, bilinear, antialias, like = torch), center_crop(224, 224), \
                normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)";
    let tensor = run(&fed, &[text, model, photo]);
    assert_eq!(tensor.len(), 3 * 224 * 224 * size_of::<f32>());
    assert!(tensor == run(demo().unwrap(), &[text, photo]));

    let failed = Command::new(&fed).args([&text.replace("224, 224", "208, 208"), model, photo]).output().unwrap();
    assert_eq!(failed.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&failed.stderr).contains("invalid dimensions"), "{failed:?}");
}
