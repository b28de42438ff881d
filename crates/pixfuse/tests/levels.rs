//! Every level against the reference, at awkward sizes and over awkward views.

use pixfuse::{ImageRef, Level, Pipeline, reference};

#[test]
fn smoke() {
    for text in [
        "input(rgb8), resize(24, 25, bilinear), normalize(), output(bgr, f32, chw)",
        "input(rgb8), resize(24, 25, nearest), output(rgb, u8, hwc)",
        "input(rgba8, alpha = drop), resize(24, 35, bilinear), output(rgb, u8, hwc)",
        "input(rgb8), normalize(), output(bgr, f32, chw)",
        "input(rgb8, chw), resize(24, 25, bilinear), output(bgr, f32, hwc)",
        "input(gray8), resize(24, 25, bilinear), output(gray, f32, hwc)",
    ] {
        let pipe = Pipeline::parse(text).unwrap();
        println!("{}", pipe.explain());
        let n = pipe.channels();
        let pixels: Vec<u8> = (0..40 * 60 * n).map(|i| (i * 7919 % 251) as u8).collect();
        let view = ImageRef::strided(&pixels, 0, [40, 60, n], [60 * n as isize, n as isize, 1]).unwrap();
        for level in Level::available() {
            let pipe = pipe.with_level(level).unwrap();
            if text.contains("u8") {
                assert_eq!(pipe.run::<u8>(view).unwrap(), reference::run::<u8>(&pipe, view).unwrap(), "{text} {level}");
            } else {
                assert_eq!(
                    pipe.run::<f32>(view).unwrap(),
                    reference::run::<f32>(&pipe, view).unwrap(),
                    "{text} {level}"
                );
            }
        }
    }
}

#[test]
fn floats() {
    for filter in ["bilinear", "bicubic", "bilinear, antialias", "lanczos, antialias"] {
        for (input, order, layout) in [("rgb8", "bgr", "chw"), ("rgb8, chw", "rgb", "hwc"), ("gray8", "gray", "chw")] {
            let text = format!(
                "input({input}), resize(shortest = 40, {filter}, precision = f32), center_crop(37, 60), \
                 normalize(std = 0.25), output({order}, f32, {layout})"
            );
            let pipe = Pipeline::parse(&text).unwrap();
            let n = pipe.channels();
            let pixels: Vec<u8> = (0..50 * 61 * n).map(|i| (i * 7919 % 251) as u8).collect();
            let view = ImageRef::strided(&pixels, 0, [50, 61, n], [61 * n as isize, n as isize, 1]).unwrap();
            for level in Level::available() {
                let pipe = pipe.with_level(level).unwrap();
                assert_eq!(
                    pipe.run::<f32>(view).unwrap(),
                    reference::run::<f32>(&pipe, view).unwrap(),
                    "{text} {level}"
                );
            }
        }
    }
}
