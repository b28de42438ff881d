//! No input ends the process: with 1 GiB of memory each of these calls gives the right tensor or an error, and what is
//! kept afterwards is little.
#![cfg(target_os = "linux")]

use std::process::Command;
use std::{env, fs};

use pixfuse::{ImageRef, Pipeline};
use pixfuse_decode::{Error, Options, decode};

const LIMIT: u64 = 1 << 30;
const WIDE: u32 = 40_000_000;

#[test]
fn inputs_that_ask_for_more_than_there_is() {
    if env::var_os("PIXFUSE_LIMITED").is_some() {
        return limited();
    }
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", "inputs_that_ask_for_more_than_there_is", "--nocapture", "--test-threads=1"]);
    let output = child.env("PIXFUSE_LIMITED", "1").output().unwrap();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).join("\n");
    assert!(output.status.success(), "{}\n{said}", output.status);
    assert!(said.contains("1 passed"), "{said}");
}

/// In the child.
fn limited() {
    let limit = libc::rlimit { rlim_cur: LIMIT, rlim_max: LIMIT };
    // SAFETY: the pointer is to a limit, which the call reads.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &limit) }, 0);
    let before = resident();
    let check = |case: &str| {
        let grown = resident().saturating_sub(before);
        assert!(grown < 64 << 20, "{case}: {} MiB more than before", grown >> 20);
    };
    for (filter, files) in [("lanczos, antialias", 4), ("area", 1)] {
        let pipe = pipe("rgb8", &format!("resize(7, 9, {filter})"));
        // One after the other through one pipeline, each another size.
        for more in 0..files {
            let file = white(WIDE + 8 * more);
            let usual = decode::<u8>(&pipe, &file, &Options::default());
            assert!(matches!(usual, Err(Error::TooLong { .. })), "{usual:?}");
            let options = Options { max_side: u64::MAX, ..Options::default() };
            is_white(decode(&pipe, &file, &options), &format!("file {more} with {filter}"));
            check(filter);
        }
    }
    arrays(&check);
    frames(&check);
    headers(&check);
}

/// Of sides and of samples; a pixel is read again and again, so that the image itself takes no memory.
fn arrays(check: &dyn Fn(&str)) {
    let pixel = [255; 16];
    for text in [
        "resize(5, 5, area)",
        "resize(5, 5, bicubic, precision = f32)",
        "resize(shortest = 3, bilinear)",
        "resize(65535, 3, nearest_exact)",
        "pad(3, 3, 3, 3, fill = 255)",
        "",
    ] {
        for format in if text.is_empty() { &["rgb8, chw", "rgba8, alpha = drop"][..] } else { &["gray8"] } {
            let element = if text.contains("f32") { "f32" } else { "u8" };
            let order = if format.starts_with("gray") { "gray" } else { "rgb" };
            let text = format!("input({format}), {text}, output({order}, {element}, chw)").replace(", ,", ",");
            let pipe = Pipeline::parse(&text).unwrap();
            let channels = pipe.channels();
            for [rows, columns] in [[1, WIDE as usize], [WIDE as usize, 1]] {
                let image = ImageRef::strided(&pixel, 0, [rows, columns, channels], [0, 0, 1]).unwrap();
                let case = format!("{text} of {rows} x {columns}");
                if element == "f32" {
                    match pipe.run::<f32>(image) {
                        Ok(tensor) => assert!(tensor.data.iter().all(|&value| (value - 255.0).abs() < 0.1), "{case}"),
                        Err(error) => is_memory(&error.into(), &case),
                    }
                } else {
                    is_white(pipe.run(image).map_err(Error::from), &case);
                }
                check(&case);
            }
        }
    }
}

/// Results that are larger than memory.
fn frames(check: &dyn Fn(&str)) {
    let image = ImageRef::rgb8(&[255; 3], 1, 1).unwrap();
    for clause in [
        "resize(65535, 65535, bilinear)",
        "resize(65535, 65535, lanczos, antialias)",
        "letterbox(65535, 65535, bilinear)",
        "center_crop(65535, 65535)",
        "pad(32000, 32000, 32000, 32000)",
        "resize(longest = 65535, bicubic, antialias)",
    ] {
        let result = pipe("rgb8", clause).with_threads(2).unwrap().run::<u8>(image);
        is_memory(&result.expect_err(clause).into(), clause);
        check(clause);
    }
}

/// Small files whose headers promise as many pixels as are allowed.
fn headers(check: &dyn Fn(&str)) {
    const SIDE: [u8; 2] = 13_377u16.to_be_bytes();
    let mut png = Vec::new();
    let mut writer = png::Encoder::new(&mut png, 13_377, 13_377).write_header().unwrap();
    writer.write_chunk(png::chunk::IDAT, &[0x78, 0x9c]).unwrap();
    drop(writer);
    let read = |name: &str| fs::read(format!("{}/tests/files/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut files = vec![png];
    for name in ["odd-420.jpg", "odd-420-progressive.jpg"] {
        let mut jpeg = read(name);
        let frame = jpeg.windows(2).position(|marker| matches!(marker, [0xff, 0xc0 | 0xc2])).unwrap();
        jpeg[frame + 5..frame + 9].copy_from_slice(&[SIDE, SIDE].concat());
        files.push(jpeg);
    }
    let mut webp = read("lossy.webp");
    let frame = webp.windows(3).position(|start| start == [0x9d, 0x01, 0x2a]).unwrap();
    webp[frame + 3..frame + 7].copy_from_slice(&[13_377u16.to_le_bytes(), 13_377u16.to_le_bytes()].concat());
    files.push(webp);
    let pipe = pipe("rgba8, alpha = drop", "resize(5, 5, bilinear)");
    for (index, file) in files.iter().enumerate() {
        for cut in [file.len(), 600.min(file.len())] {
            if let Err(error) = decode::<u8>(&pipe, &file[..cut], &Options::default()) {
                assert!(!matches!(error, Error::TooLarge { .. }), "file {index}: {error}");
            }
            check(&format!("the header of file {index}"));
        }
    }
}

fn pipe(input: &str, clause: &str) -> Pipeline {
    Pipeline::parse(&format!("input({input}), {clause}, output(rgb, u8, hwc)")).unwrap()
}

fn is_white(result: Result<pixfuse::Tensor<u8>, Error>, case: &str) {
    match result {
        Ok(tensor) => assert!(tensor.data.iter().all(|&value| value == 255), "{case}"),
        Err(error) => is_memory(&error, case),
    }
}

fn is_memory(error: &Error, case: &str) {
    let said = error.to_string();
    assert!(said.contains("memory") || said.contains("the most is"), "{case}: {said}");
}

/// A line of white pixels, 5 KB for 40 million.
fn white(columns: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, columns, 1);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.write_header().unwrap().write_image_data(&vec![0xff; columns.div_ceil(8) as usize]).unwrap();
    file
}

/// Bytes of memory that this process has.
fn resident() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    // SAFETY: it asks the system for a number.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize;
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * page
}
