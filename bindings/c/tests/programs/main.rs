//! Programs in C and C++ have the bytes of Rust, and what C can get wrong is an error.
#![cfg(unix)]

mod cpp;
mod linked;
mod onnxruntime;

use std::ffi::{CStr, CString, c_void};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::ptr::{null, null_mut};
use std::sync::OnceLock;

use pixfuse::{Clip, ImageRef, Join, Pipeline, with_element};
use pixfuse_c::{CGeometry, CImage, CMistake, DecodeOptions, Failure, Probe, Shape};

const DECLARATIONS: [&str; 5] = [
    "input(rgb8), resize(24, 32, bilinear), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)",
    "input(rgb8), resize(shortest = 32, bicubic, antialias, like = torch), center_crop(28, 28), normalize(), output(bgr, f16, hwc)",
    "input(rgb8), letterbox(64, 64, bilinear), output(rgb, u8, chw)",
    "input(rgb8), resize(56, 56, bilinear), normalize(), output(rgb, bf16, chw), patches(14, merge = 2)",
    "input(rgb8), tiles(32, 32, bilinear, antialias, rule = internvl, max = 4, thumbnail = last), normalize(), output(rgb, f32, chw)",
];
const SIDES: [usize; 2] = [61, 83];

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn pixels() -> Vec<u8> {
    (0..SIDES[0] * SIDES[1] * 3).map(|index| (index * 31 % 251) as u8).collect()
}

/// The static library that cargo made for this test, which lies beside the test.
fn library() -> PathBuf {
    let deps = std::env::current_exe().unwrap().parent().unwrap().to_owned();
    let names = std::fs::read_dir(&deps).unwrap().map(|entry| entry.unwrap());
    let mut found: Vec<_> = names
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.starts_with("libpixfuse_c") && name.ends_with(".a")
        })
        .map(|entry| (entry.metadata().unwrap().modified().unwrap(), entry.path()))
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| panic!("no libpixfuse_c.a in {}", deps.display())).1
}

fn has(compiler: &str) -> bool {
    let there = Command::new(compiler).arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("not run: programs of `{compiler}`, which is not here");
    }
    there
}

/// Compiles a program of one file, without a warning.
fn compiled(compiler: &str, standard: &str, source: &Path, name: &str) -> PathBuf {
    compiled_with(&[], compiler, standard, source, name)
}

/// The same with the words for another library.
fn compiled_with(words: &[String], compiler: &str, standard: &str, source: &Path, name: &str) -> PathBuf {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut command = Command::new(compiler);
    command.args([standard, "-Wall", "-Wextra", "-Werror", "-pedantic", "-O1", "-I"]).arg(directory().join("include"));
    command.arg(source).arg(library()).args(words).args(["-lm", "-lpthread"]).arg("-o").arg(&program);
    if cfg!(target_os = "linux") {
        command.args(["-ldl", "-lgcc_s"]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    program
}

fn demo() -> Option<&'static Path> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    let make = || has("cc").then(|| compiled("cc", "-std=c11", &directory().join("examples/demo.c"), "demo-c"));
    PROGRAM.get_or_init(make).as_deref()
}

/// The bytes of a tensor, as Rust makes it.
fn expected(text: &str, pixels: &[u8]) -> Vec<u8> {
    let pipe = Pipeline::parse(text).unwrap();
    let image = ImageRef::rgb8(pixels, SIDES[0], SIDES[1]).unwrap();
    with_element!(pipe.element(), T => {
        let tensor = pipe.run::<T>(image).unwrap();
        // SAFETY: every element type is plain numbers, of which each byte may be read.
        unsafe { std::slice::from_raw_parts(tensor.data.as_ptr().cast::<u8>(), size_of_val(&*tensor.data)) }.to_vec()
    })
}

fn run(program: &Path, words: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(words).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn file_of_pixels(name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, pixels()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_program_in_c_has_the_bytes_of_rust() {
    let Some(program) = demo() else { return };
    let file = file_of_pixels("pixels-c");
    let sides = SIDES.map(|side| side.to_string());
    for text in DECLARATIONS {
        assert_eq!(run(program, &[text, &file, &sides[0], &sides[1]]), expected(text, &pixels()), "{text}");
    }
    let failed = Command::new(program).args(["input(rgb8), output(rgb, f33)", &file]).output().unwrap();
    assert_eq!(failed.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&failed.stderr).starts_with("declaration: [declaration] output: unknown element"));
}

#[test]
fn a_program_in_c_decodes_files() {
    let Some(program) = demo() else { return };
    let photo = directory().join("../../crates/pixfuse-decode/tests/files/odd-420.jpg");
    let pipe = Pipeline::parse(DECLARATIONS[2]).unwrap();
    let tensor =
        pixfuse_decode::decode::<u8>(&pipe, &std::fs::read(&photo).unwrap(), &pixfuse_decode::Options::default());
    assert_eq!(run(program, &[DECLARATIONS[2], photo.to_str().unwrap()]), tensor.unwrap().data);
}

/// The bytes of elements.
fn bytes<T: Copy>(elements: &[T]) -> &[u8] {
    // SAFETY: every element type is plain numbers, of which each byte may be read.
    unsafe { std::slice::from_raw_parts(elements.as_ptr().cast::<u8>(), size_of_val(elements)) }
}

#[test]
fn a_program_in_c_has_batches_of_several_sizes() {
    if !has("cc") {
        return;
    }
    let program = compiled("cc", "-std=c11", &directory().join("examples/patches.c"), "patches-c");
    // Of one memory, with other sides.
    let file = file_of_pixels("pixels-patches");
    let sizes = [[61, 83], [56, 84], [28, 90], [1, 7]];
    let pixels = pixels();
    let images = sizes.map(|[rows, columns]| ImageRef::rgb8(&pixels[..rows * columns * 3], rows, columns).unwrap());
    let patches = "input(rgb8), resize(rule = qwen2_vl, multiple = 28, min_pixels = 784, max_pixels = 3136, bilinear), \
                   normalize(), output(rgb, f32, chw), patches(14, merge = 2, temporal = 2)";
    for text in [patches, DECLARATIONS[4]] {
        let pipe = Pipeline::parse(text).unwrap();
        for (word, join) in [("concat", Join::Concat), ("pad", Join::Pad)] {
            let (data, joined) = pipe.join::<f32>(&images, join).unwrap();
            let mut words = vec![text.to_owned(), word.to_owned()];
            for [rows, columns] in sizes {
                words.extend([file.clone(), rows.to_string(), columns.to_string()]);
            }
            let output = Command::new(&program).args(&words).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success(), "{said}");
            assert!(output.stdout == bytes(&data), "{text}, {word}");
            for (index, line) in said.lines().enumerate() {
                let geometry = pipe.geometry(sizes[index][0], sizes[index][1]).unwrap();
                let (grid, part) = match (geometry.tiles(), geometry.patches()) {
                    (Some(grid), _) => (grid, geometry.tile(geometry.images() - 1)),
                    (None, grid) => (grid.unwrap(), geometry.patch(grid.unwrap().map(|side| side - 1))),
                };
                let part = part.unwrap();
                let [rows, columns] = part.output().map(|side| side as f64);
                let [a, b, c, d] = part.unmap_boxes(&[[0.0, 0.0, columns, rows]], Clip::Yes)[0];
                let begin = joined.offsets()[index];
                assert_eq!(line, format!("{begin} {} {} {a:.3} {b:.3} {c:.3} {d:.3}", grid[0], grid[1]));
            }
            assert_eq!(said.lines().count(), sizes.len());
        }
    }
    let failed = Command::new(&program).args([DECLARATIONS[0], "concat", &file, "61", "83"]).output().unwrap();
    let said = String::from_utf8_lossy(&failed.stderr);
    assert!(
        said.starts_with("shape: [out] out: whole images are not joined along a dimension that they have"),
        "{said}"
    );
}

/// What the documentation shows of C, with what it leaves out around it.
#[test]
fn the_code_of_the_documentation_runs() {
    if !has("cc") {
        return;
    }
    let page = std::fs::read_to_string(directory().join("../../site/docs/coming-from/llama-cpp.md")).unwrap();
    let (_, code) = page.split_once("```c\n").unwrap();
    let (code, _) = code.split_once("```").unwrap();
    let text: String = code.split("pixfuse_error *error").next().unwrap().split('"').skip(1).step_by(2).collect();
    let source = Path::new(env!("CARGO_TARGET_TMPDIR")).join("documentation.c");
    let program = format!(
        "#include <pixfuse.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n\
         static int failed(pixfuse_error *error) {{ fputs(pixfuse_error_message(error), stderr); return 1; }}\n\
         int main(void) {{\nstatic unsigned char file[1 << 20];\nsize_t length = fread(file, 1, sizeof file, stdin);\n\
         {code}\nfwrite(patches, 1, shape.bytes, stdout);\nfree(patches);\npixfuse_pipeline_free(pipe);\nreturn 0;\n}}\n"
    );
    std::fs::write(&source, program).unwrap();
    let photo = directory().join("../../crates/pixfuse-decode/tests/files/odd-420.jpg");
    let mut run = Command::new(compiled("cc", "-std=c11", &source, "documentation-c"));
    let output = run.stdin(std::fs::File::open(&photo).unwrap()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let pipe = Pipeline::parse(&text).unwrap();
    let tensor =
        pixfuse_decode::decode::<f32>(&pipe, &std::fs::read(photo).unwrap(), &pixfuse_decode::Options::default());
    let patches: Vec<u8> = tensor.unwrap().data.into_iter().flat_map(f32::to_ne_bytes).collect();
    assert_eq!(output.stdout, patches);
}

#[test]
fn a_program_in_cpp_has_the_bytes_of_rust() {
    if !has("c++") {
        return;
    }
    let program = compiled("c++", "-std=c++17", &directory().join("examples/demo.cpp"), "demo-cpp");
    let file = file_of_pixels("pixels-cpp");
    let sides = SIDES.map(|side| side.to_string());
    for text in DECLARATIONS {
        assert_eq!(run(&program, &[text, &file, &sides[0], &sides[1]]), expected(text, &pixels()), "{text}");
    }
    let failed = Command::new(&program).args(["input(rgb9)", &file, "1", "1"]).output().unwrap();
    let said = String::from_utf8_lossy(&failed.stderr);
    assert!(said.starts_with("[declaration] ") && said.contains("did you mean `rgb8`?"), "{said}");
}

#[test]
fn mistakes_of_a_declaration_are_told_by_their_fields() {
    if !has("c++") {
        return;
    }
    let source = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mistakes.cpp");
    let program = r#"
        #include <iostream>
        #include <pixfuse.hpp>
        int main() {
          if (pixfuse_error_mistakes(nullptr) != 0 || pixfuse_error_mistake(nullptr, 0, nullptr)) return 1;
          try {
            pixfuse::Pipeline pipe("input(rgb8, orient = 9), resize(4, 4), normalize(std = [1, 0, 1]), output(rgb, i9)");
          } catch (const pixfuse::Error &error) {
            for (const auto &one : error.mistakes()) {
              std::cout << one.kind << "|" << one.clause << "|" << one.argument << "|" << one.index << "|" << one.value << "|"
                        << one.names.size() << "|" << (one.names.empty() ? "" : one.names[0]) << "|" << one.least << "|"
                        << one.most << "|" << (std::string(error.what()).find(one.message) != std::string::npos) << "\n";
            }
          }
        }"#;
    std::fs::write(&source, program).unwrap();
    let said = run(&compiled("c++", "-std=c++17", &source, "mistakes-cpp"), &[]);
    assert_eq!(
        String::from_utf8(said).unwrap(),
        "value|input|orient|-1|9|0||1|8|1\n\
         argument|resize|filter|-1||10|nearest|0|0|1\n\
         rule|normalize|std|1|0|0||0|0|1\n\
         value|output|element|-1|i9|5|f32|0|0|1\n"
    );
}

#[test]
fn structs_have_the_sizes_of_the_header() {
    if !has("cc") {
        return;
    }
    let source = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sizes.c");
    let names = ["shape", "image", "decode_options", "probe_result", "geometry", "mistake"];
    let names = names.map(|name| format!("pixfuse_{name}"));
    let printed: String = names.iter().map(|name| format!("printf(\"%zu\\n\", sizeof({name}));")).collect();
    std::fs::write(
        &source,
        format!("#include <pixfuse.h>\n#include <stdio.h>\nint main(void) {{ {printed} return 0; }}"),
    )
    .unwrap();
    let sizes = run(&compiled("cc", "-std=c99", &source, "sizes-c"), &[]);
    let sizes: Vec<usize> = String::from_utf8(sizes).unwrap().lines().map(|line| line.parse().unwrap()).collect();
    let ours = [
        size_of::<Shape>(),
        size_of::<CImage>(),
        size_of::<DecodeOptions>(),
        size_of::<Probe>(),
        size_of::<CGeometry>(),
        size_of::<CMistake>(),
    ];
    assert_eq!(sizes, ours, "{names:?}");
}

/// What a call says that failed.
fn said(failed: impl FnOnce(*mut *mut Failure)) -> [String; 2] {
    let mut error = null_mut();
    failed(&mut error);
    assert!(!error.is_null());
    // SAFETY: the handle is not freed before its texts were copied, and not used afterwards.
    unsafe {
        let texts = [pixfuse_c::pixfuse_error_code(error), pixfuse_c::pixfuse_error_message(error)];
        let texts = texts.map(|text| CStr::from_ptr(text).to_str().unwrap().to_owned());
        pixfuse_c::pixfuse_error_free(error);
        texts
    }
}

#[test]
fn what_c_can_get_wrong_is_an_error() {
    let text = CString::new(DECLARATIONS[0]).unwrap();
    // SAFETY: each pointer is null or of memory that is as large as it is said to be; handles are freed once.
    unsafe {
        let parse = |length, error| pixfuse_c::pixfuse_pipeline_parse(text.as_ptr(), length, error);
        let pipe = parse(text.count_bytes(), null_mut());
        assert!(!pipe.is_null());
        assert_eq!(CStr::from_ptr(pixfuse_c::pixfuse_pipeline_text(pipe)), &*text);

        let expect = |code: &str, message: &str, failed: &dyn Fn(*mut *mut Failure)| {
            let [found, text] = said(failed);
            assert_eq!(found, code, "{text}");
            assert!(text.contains(message), "{text}");
        };
        let mut out = vec![0_f32; 3 * 24 * 32];
        let bytes = size_of_val(&*out);
        let out: *mut c_void = out.as_mut_ptr().cast();
        let mut image: CImage = std::mem::zeroed();
        expect("argument", "pipeline is null", &|error| {
            pixfuse_c::pixfuse_run(null(), &image, out, bytes, error);
        });
        expect("argument", "image is null", &|error| {
            pixfuse_c::pixfuse_run(pipe, null(), out, bytes, error);
        });
        expect("argument", "size is 0, expected sizeof(pixfuse_image)", &|error| {
            pixfuse_c::pixfuse_run(pipe, &image, out, bytes, error);
        });
        (&raw mut image).cast::<usize>().write(size_of::<CImage>());
        expect("argument", "pixels is null", &|error| {
            pixfuse_c::pixfuse_run(pipe, &image, out, bytes, error);
        });
        let mut shape: Shape = std::mem::zeroed();
        let shape: *mut Shape = &mut shape;
        expect("argument", "sizeof(pixfuse_shape)", &|error| {
            pixfuse_c::pixfuse_shape_of(pipe, 5, 5, shape, error);
        });
        expect("argument", "text is not UTF-8", &|error| {
            pixfuse_c::pixfuse_pipeline_parse(c"\xff".as_ptr(), 1, error);
        });
        expect("config", "JSON", &|error| {
            pixfuse_c::pixfuse_pipeline_from_config(c"{".as_ptr(), 1, null(), 0, error);
        });
        expect("file", "expected a JPEG, PNG", &|error| {
            pixfuse_c::pixfuse_decode(pipe, c"<html>".as_ptr().cast(), 6, null(), out, bytes, error);
        });
        expect("out", "no number of elements of 4 bytes", &|error| {
            pixfuse_c::pixfuse_batch(pipe, null(), 0, out, 3, error);
        });
        expect("argument", "join is 2, expected PIXFUSE_CONCAT", &|error| {
            pixfuse_c::pixfuse_joined_shape(pipe, null(), 0, 2, shape, null_mut(), error);
        });
        expect("argument", "sizes is null", &|error| {
            pixfuse_c::pixfuse_joined_shape(pipe, null(), 2, 1, shape, null_mut(), error);
        });
        expect("out", "mask: 3 bytes given, the mask [1, 24, 32] needs 768", &|error| {
            pixfuse_c::pixfuse_joined_mask(pipe, SIDES.as_ptr(), 1, [true; 3].as_mut_ptr(), 3, error);
        });
        let mut mask = [false; 24 * 32];
        assert!(pixfuse_c::pixfuse_joined_mask(pipe, SIDES.as_ptr(), 1, mask.as_mut_ptr(), mask.len(), null_mut()));
        assert_eq!(mask, [true; 24 * 32]);
        expect("argument", "images is null", &|error| {
            pixfuse_c::pixfuse_batch_joined(pipe, null(), 1, 1, out, bytes, error);
        });
        let mut geometry: CGeometry = std::mem::zeroed();
        (&raw mut geometry).cast::<usize>().write(size_of::<CGeometry>());
        assert!(pixfuse_c::pixfuse_geometry_of(pipe, 61, 83, &mut geometry, null_mut()));
        let geometry: *mut CGeometry = &mut geometry;
        expect("argument", "index is 1, of 1 images in the tensor", &|error| {
            pixfuse_c::pixfuse_geometry_tile(geometry, 1, geometry, error);
        });
        expect("argument", "row 0, column 2: there are 0 x 0 patches", &|error| {
            pixfuse_c::pixfuse_geometry_patch(geometry, 0, 2, geometry, error);
        });
        assert!(pixfuse_c::pixfuse_geometry_tile(geometry, 0, geometry, null_mut()));
        // Nobody wants to know.
        assert!(!pixfuse_c::pixfuse_run(pipe, null(), out, bytes, null_mut()));
        pixfuse_c::pixfuse_pipeline_free(pipe);
        pixfuse_c::pixfuse_pipeline_free(null_mut());
        pixfuse_c::pixfuse_error_free(null_mut());
    }
}
