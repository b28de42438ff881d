//! The pixels of a run lie where the geometry says.

use pixfuse::{Clip, ImageRef, Level, Pipeline, reference};

use crate::common::pixels;
use crate::numbers;

/// A white block on black, found again in the tensor: the mapped box holds the brightest pixels and its middle is the
/// middle of the light.
#[test]
fn boxes_lie_on_their_pixels() {
    for (seed, clauses) in [
        "pad(0, 0, 0, 0)",
        "resize(97, 203, bilinear)",
        "resize(301, 411, bilinear)",
        "resize(97, 150, bilinear, antialias)",
        "resize(131, 120, nearest_exact)",
        "resize(shortest = 120, bilinear, antialias), center_crop(111, 112)",
        "resize(longest = 120, bicubic, antialias)",
        "resize(longest = 121, bicubic, antialias, rounding = half_even), center_crop(121, fill = 0)",
        "resize(shortest = 120, max = 150, bilinear, antialias, rounding = half_even)",
        "resize(cover = [120, 121], bilinear, antialias), center_crop(120, 121)",
        "resize(cover = [120, 121], bilinear, rule = opencv), center_crop(120, 121, rounding = floor)",
        "crop(13, 17, 141, 202)",
        "pad(3, 5, 7, 11)",
        "center_crop(200, 233)",
        "resize(90, 133, bilinear), crop(5, 6, 80, 120), pad(9, 0, 0, 4)",
        "letterbox(128, 128, bilinear, fill = 0)",
        "letterbox(128, 160, bilinear, fill = 0, stride = 32)",
        "letterbox(300, 320, bilinear, fill = 0, scale_up = false)",
        "letterbox(300, 320, bilinear, fill = 0)",
        "letterbox(128, 128, bilinear, antialias, fill = 0, rule = yolox)",
        "letterbox(128, 128, bilinear, fill = 0, rule = opencv), center_crop(120, 121)",
    ]
    .into_iter()
    .enumerate()
    {
        for [format, order] in [["rgb8", "bgr"], ["gray8", "gray"]] {
            let pipe = Pipeline::parse(&format!("input({format}), {clauses}, output({order}, u8, hwc)")).unwrap();
            let [rows, columns] = [157, 233];
            let geometry = pipe.geometry(rows, columns).unwrap();
            for (top, left) in numbers(seed, 40, 100).zip(numbers(seed + 100, 60, 150)).take(4) {
                let light = [left, top, left + 16, top + 14];
                let tensor = run(&pipe, [rows, columns], light);
                let [x1, y1, x2, y2] = geometry.map_boxes(&[light.map(|edge| edge as f64)], Clip::No)[0];
                let (brightest, middle) = seen(&tensor, geometry.output()[1], pipe.channels());
                let inside = |[x, y]: [f64; 2]| x1 < x && x < x2 && y1 < y && y < y2;
                assert!(inside(brightest), "{clauses}: {brightest:?} is outside {:?}", [x1, y1, x2, y2]);
                let off = [middle[0] - (x1 + x2) / 2.0, middle[1] - (y1 + y2) / 2.0];
                assert!(off.iter().all(|off| off.abs() < 0.5), "{clauses}: light {light:?} is off by {off:?}");
            }
        }
    }
}

/// OpenCV's cover steps by its own ratio, in kernels as in the plain twin.
#[test]
fn covers_equal_their_twin_at_every_level() {
    for (seed, [high, wide]) in numbers(7, 1, 150).zip(numbers(8, 1, 150)).map(<[usize; 2]>::from).enumerate().take(60)
    {
        let pixels = pixels(high * wide * 3, seed);
        let image = ImageRef::rgb8(&pixels, high, wide).unwrap();
        let [rows, columns] = [9, 10].map(|seed| numbers(seed, 1, 90).nth(high + wide).unwrap());
        let text = format!(
            "input(rgb8), resize(cover = [{rows}, {columns}], bilinear, rule = opencv), \
             center_crop({rows}, {columns}, rounding = floor), output(bgr, u8, chw)"
        );
        let pipe = Pipeline::parse(&text).unwrap();
        // A line that is to cover a frame can become longer than an image may be.
        let Ok(expected) = reference::run::<u8>(&pipe, image) else { continue };
        for level in Level::available() {
            let tensor = pipe.with_level(level).unwrap().run::<u8>(image).unwrap();
            assert!(tensor == expected, "{level}: {text} of {high} x {wide}");
        }
    }
}

/// Every filter, with and without what shifts its positions: pixels outside the reach change nothing.
#[test]
fn nothing_outside_the_reach_is_read() {
    let filters = [
        "nearest",
        "nearest_exact",
        "nearest_floor",
        "bilinear",
        "bilinear, antialias",
        "bilinear, antialias, like = torch",
        "bilinear, antialias, precision = f32",
        "bicubic",
        "bicubic, antialias",
        "box, antialias",
        "hamming, antialias",
        "lanczos, antialias",
        "lanczos, antialias, precision = f32",
        "area",
        "lanczos4",
    ];
    let frames = |filter: &str| {
        [
            format!("resize(61, 73, {filter}), center_crop(12, 9)"),
            format!("resize(61, 203, {filter}), crop(37, 150, 24, 11)"),
            format!("resize(shortest = 40, {filter}), center_crop(21, 22)"),
            format!("resize(cover = [33, 34], {filter}), center_crop(33, 34)"),
            format!("letterbox(70, 80, {filter}), crop(30, 20, 9, 13)"),
        ]
    };
    let plain = ["crop(30, 20, 9, 13)", "resize(cover = [9, 34], bilinear, rule = opencv), center_crop(5, 10)"];
    let clauses: Vec<_> = filters.iter().flat_map(|filter| frames(filter)).chain(plain.map(String::from)).collect();
    let (mut partial, mut runs) = (0, 0);
    for (seed, [high, wide]) in
        numbers(17, 45, 420).zip(numbers(18, 45, 420)).map(<[usize; 2]>::from).enumerate().take(12)
    {
        let pixels = pixels(high * wide * 3, seed);
        for clauses in &clauses {
            let pipe = Pipeline::parse(&format!("input(rgb8), {clauses}, output(rgb, f32, chw)")).unwrap();
            let [rows, columns] = pipe.geometry(high, wide).unwrap().reach();
            assert!(rows.end <= high && columns.end <= wide, "{clauses}: {rows:?} {columns:?} of {high} x {wide}");
            let mut others = pixels.clone();
            for (index, pixel) in others.as_chunks_mut::<3>().0.iter_mut().enumerate() {
                if !rows.contains(&(index / wide)) || !columns.contains(&(index % wide)) {
                    *pixel = pixel.map(|value| !value);
                }
            }
            partial += usize::from(others != pixels);
            for level in Level::available() {
                let pipe = pipe.with_level(level).unwrap();
                let [tensor, same] = [&pixels, &others]
                    .map(|pixels| pipe.run::<f32>(ImageRef::rgb8(pixels, high, wide).unwrap()).unwrap());
                assert!(tensor == same, "{level}: {clauses} of {high} x {wide}");
            }
            runs += 1;
        }
    }
    assert!(partial * 4 > runs * 3, "{partial} of {runs} leave pixels out");
}

/// The tensor of a black image with one white box.
fn run(pipe: &Pipeline, [rows, columns]: [usize; 2], [x1, y1, x2, y2]: [usize; 4]) -> Vec<u8> {
    let channels = pipe.channels();
    let mut pixels = vec![0; rows * columns * channels];
    for row in pixels.chunks_exact_mut(columns * channels).take(y2).skip(y1) {
        row[x1 * channels..x2 * channels].fill(255);
    }
    let strides = [columns * channels, channels, 1].map(|stride| stride as isize);
    pipe.run(ImageRef::strided(&pixels, 0, [rows, columns, channels], strides).unwrap()).unwrap().data
}

/// The centre of the first brightest pixel, and the centre of all light.
fn seen(tensor: &[u8], columns: usize, channels: usize) -> ([f64; 2], [f64; 2]) {
    let (mut brightest, mut most) = ([0.0; 2], 0);
    let (mut sum, mut total) = ([0.0; 2], 0.0);
    for (index, pixel) in tensor.chunks_exact(channels).enumerate() {
        let centre = [(index % columns) as f64 + 0.5, (index / columns) as f64 + 0.5];
        if pixel[0] > most {
            (brightest, most) = (centre, pixel[0]);
        }
        let light = f64::from(pixel[0]);
        total += light;
        sum = [sum[0] + centre[0] * light, sum[1] + centre[1] * light];
    }
    (brightest, sum.map(|sum| sum / total))
}

/// Margins that mirror the image, as numpy's `pad(mode = "symmetric")` makes them, longer than the image too.
#[test]
fn margins_mirror_the_image() {
    let pipe = |clauses: &str| Pipeline::parse(&format!("input(gray8), {clauses}, output(gray, u8, chw)")).unwrap();
    let image = ImageRef::gray8(&[1, 2, 3, 4, 5, 6], 2, 3).unwrap();
    let made = pipe("pad(1, 2, 3, 1, border = symmetric)").run::<u8>(image).unwrap();
    assert_eq!(made.dims, [1, 6, 6]);
    let rows = [[2, 1, 1, 2, 3, 3], [5, 4, 4, 5, 6, 6]];
    assert_eq!(made.data, [rows[0], rows[0], rows[1], rows[1], rows[0], rows[0]].concat());
    // The multiple above, and one more where a side is one; sides that are no shorter stay.
    for (clauses, dims) in [
        ("pad(beyond = 2, border = symmetric)", [1, 4, 4]),
        ("pad(beyond = [1, 3], border = symmetric)", [1, 3, 6]),
        ("pad(least = [1, 5])", [1, 2, 5]),
        ("pad(least = [4, 2], at = center)", [1, 4, 3]),
    ] {
        assert_eq!(pipe(clauses).output_shape(2, 3).unwrap(), dims, "{clauses}");
    }
    for output in ["rgb, f32, chw", "bgr, f32, hwc", "rgb, u8, hwc", "gray, f32"] {
        let gray = if output.starts_with("gray") { ", gray = pillow" } else { "" };
        for clauses in
            ["pad(beyond = 8, border = symmetric)", "resize(5, 9, bilinear), pad(7, 20, 1, 0, border = symmetric)"]
        {
            let text = format!("input(rgb8{gray}), {clauses}, normalize(mean = 0.3), output({output})");
            let text = if output.contains("u8") { text.replace("normalize(mean = 0.3), ", "") } else { text };
            let pipe = Pipeline::parse(&text).unwrap();
            for (rows, columns) in [(31, 45), (8, 16), (1, 3)] {
                let pixels = pixels(rows * columns * 3, rows);
                let image = ImageRef::rgb8(&pixels, rows, columns).unwrap();
                if output.contains("u8") {
                    assert_eq!(pipe.run::<u8>(image).unwrap(), reference::run(&pipe, image).unwrap(), "{text}");
                } else {
                    assert_eq!(pipe.run::<f32>(image).unwrap(), reference::run(&pipe, image).unwrap(), "{text}");
                }
            }
        }
    }
}
