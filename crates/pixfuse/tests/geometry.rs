//! Where places go and come from: against the libraries' formulas, and against the pixels of runs.

mod common;

use common::pixels;
use pixfuse::{Clip, Error, Geometry, ImageRef, Pipeline};

fn pipeline(clauses: &str) -> Pipeline {
    Pipeline::parse(&format!("input(rgb8), {clauses}, output(rgb, u8, hwc)")).unwrap()
}

fn geometry(clauses: &str, [rows, columns]: [usize; 2]) -> Geometry {
    pipeline(clauses).geometry(rows, columns).unwrap()
}

/// Numbers from `least` to `most`, the same in every run.
fn numbers(seed: usize, least: usize, most: usize) -> impl Iterator<Item = usize> {
    let bytes = pixels(8000, seed);
    let wide: Vec<_> =
        bytes.chunks_exact(4).map(|four| u32::from_le_bytes(four.try_into().unwrap()) as usize).collect();
    wide.into_iter().map(move |number| least + number % (most - least + 1))
}

/// Hundreds of source sizes and letterbox frames, some enlarging, some shrinking.
fn sizes() -> impl Iterator<Item = ([usize; 2], [usize; 2])> {
    let sources = numbers(1, 8, 4200).zip(numbers(2, 8, 4200)).map(<[usize; 2]>::from);
    let frames = numbers(3, 64, 1400).zip(numbers(4, 64, 1400)).map(<[usize; 2]>::from);
    sources.zip(frames).take(600)
}

const BOXES: [[f64; 4]; 3] = [[10.25, 20.5, 300.0, 400.125], [0.0, 0.0, 64.0, 64.0], [-30.0, -5.0, 5000.0, 5000.0]];

/// Boxes taken back by `(x - left) / r`, `(y - top) / r`.
fn unmapped(ratio: f64, [top, left]: [f64; 2]) -> [[f64; 4]; 3] {
    BOXES.map(|[x1, y1, x2, y2]| [(x1 - left) / ratio, (y1 - top) / ratio, (x2 - left) / ratio, (y2 - top) / ratio])
}

fn clipped(boxes: [[f64; 4]; 3], [rows, columns]: [usize; 2]) -> [[f64; 4]; 3] {
    let (x, y) = (|x: f64| x.max(0.0).min(columns as f64), |y: f64| y.max(0.0).min(rows as f64));
    boxes.map(|[x1, y1, x2, y2]| [x(x1), y(y1), x(x2), y(y2)])
}

fn ratio(source: [usize; 2], frame: [usize; 2]) -> f64 {
    (frame[0] as f64 / source[0] as f64).min(frame[1] as f64 / source[1] as f64)
}

/// The libraries' results, not almost: the same operations on the same numbers.
fn assert_boxes(geometry: &Geometry, expected: [[f64; 4]; 3], what: &str) {
    assert_eq!(geometry.unmap_boxes(&BOXES, Clip::No), expected, "{what}");
    assert_eq!(geometry.unmap_boxes(&BOXES, Clip::Yes), clipped(expected, geometry.source()), "{what}");
}

#[test]
fn ultralytics_boxes() {
    for (source, frame) in sizes() {
        for (scale_up, stride) in [(true, None), (false, None), (true, Some(32)), (false, Some(64))] {
            let mut text = format!("letterbox({}, {}, bilinear, scale_up = {scale_up}", frame[0], frame[1]);
            if let Some(stride) = stride {
                text += &format!(", stride = {stride}");
            }
            let geometry = geometry(&(text + ")"), source);
            let r = ratio(source, frame);
            let r = if scale_up { r } else { r.min(1.0) };
            // The margins in halves, as floats; the odd pixel goes behind because a tenth is taken off.
            let starts = [0, 1].map(|axis| {
                let mut margin = frame[axis] as f64 - (source[axis] as f64 * r).round_ties_even();
                if let Some(stride) = stride {
                    margin %= f64::from(stride);
                }
                (margin / 2.0 - 0.1).round()
            });
            // `round` makes -0 of -0.1.
            let starts = starts.map(|start| start + 0.0);
            assert_eq!(geometry.offset().map(|offset| offset as f64), starts, "{source:?} {frame:?} {stride:?}");
            assert_boxes(&geometry, unmapped(r, starts), &format!("{source:?} {frame:?} {scale_up} {stride:?}"));
        }
    }
}

#[test]
fn yolox_boxes() {
    for (source, frame) in sizes() {
        let geometry = geometry(&format!("letterbox({}, {}, bilinear, rule = yolox)", frame[0], frame[1]), source);
        let r = ratio(source, frame);
        assert_boxes(&geometry, BOXES.map(|b| b.map(|edge| edge / r)), &format!("{source:?} {frame:?}"));
    }
}

#[test]
fn opencv_boxes() {
    for (source, frame) in sizes() {
        let geometry = geometry(&format!("letterbox({}, {}, bilinear, rule = opencv)", frame[0], frame[1]), source);
        let r = (frame[0] as f32 / source[0] as f32).min(frame[1] as f32 / source[1] as f32);
        let starts = [0, 1].map(|axis| ((frame[axis] - (source[axis] as f32 * r) as usize) / 2) as f64);
        assert_boxes(&geometry, unmapped(r.into(), starts), &format!("{source:?} {frame:?}"));
    }
}

/// What `Image2BlobParams::blobRectToImageRect` of OpenCV 5.0.0 gave for these: whole pixels, truncated.
#[test]
fn opencv_rectangles() {
    for (source, frame, [x, y, columns, rows], expected) in OPENCV_RECTANGLES {
        let geometry = geometry(&format!("letterbox({}, {}, bilinear, rule = opencv)", frame[0], frame[1]), source);
        let [x1, y1, x2, y2] = geometry.unmap_boxes(&[[x, y, x + columns, y + rows]], Clip::No)[0];
        let found = [x1, y1, x2 - x1, y2 - y1].map(|number| (number + 1e-6 * number.signum()) as i32);
        assert_eq!(found, expected, "{source:?} {frame:?}");
    }
}

/// Source, frame, rectangle in the frame as x, y, columns, rows; rectangle in the source.
const OPENCV_RECTANGLES: [([usize; 2], [usize; 2], [f64; 4], [i32; 4]); 4] = [
    ([1571, 3775], [1280, 1280], [100.0, 400.0, 400.0, 370.0], [294, 76, 1179, 1091]),
    ([480, 640], [640, 640], [50.0, 100.0, 60.0, 70.0], [50, 20, 60, 70]),
    ([97, 61], [416, 320], [33.0, 44.0, 55.0, 66.0], [0, 10, 12, 15]),
    ([1080, 1920], [384, 640], [5.0, 7.0, 300.0, 200.0], [15, -15, 900, 600]),
];

/// A size at which formulas with fractional margins are off by a row.
#[test]
fn the_odd_margin_goes_behind() {
    let geometry = geometry("letterbox(1280, 1280, bilinear)", [1571, 3775]);
    assert_eq!(geometry.content(), [373, 0, 533, 1280]);
    let r = 1280.0 / 3775.0;
    let expected = [100.0 / r, (400.0 - 373.0) / r, 500.0 / r, (800.0 - 373.0) / r];
    assert_eq!(geometry.unmap_boxes(&[[100.0, 400.0, 500.0, 800.0]], Clip::Yes), [expected]);
    // The rows were not resampled by `r`, and that is to be seen too.
    assert_eq!(geometry.scale(), [r, r]);
    assert_eq!(geometry.exact_scale(), [533.0 / 1571.0, r]);
    assert_eq!(geometry.source_box(), [0.0, 0.0, 3775.0, 1571.0]);
}

#[test]
fn sizes_and_boxes_of_each_frame() {
    // Clauses; source; resized; output; content; source box; offset.
    type Case = (&'static str, [usize; 2], [usize; 2], [usize; 2], [usize; 4], [f64; 4], [i64; 2]);
    let cases: [Case; 13] = [
        ("normalize_nothing", [40, 60], [40, 60], [40, 60], [0, 0, 40, 60], [0.0, 0.0, 60.0, 40.0], [0, 0]),
        ("resize(20, 90, bilinear)", [40, 60], [20, 90], [20, 90], [0, 0, 20, 90], [0.0, 0.0, 60.0, 40.0], [0, 0]),
        (
            "resize(shortest = 20, bilinear), center_crop(10, 10)",
            [40, 60],
            [20, 30],
            [10, 10],
            [0, 0, 10, 10],
            [20.0, 10.0, 40.0, 30.0],
            [-5, -10],
        ),
        ("crop(5, 7, 11, 13)", [40, 60], [40, 60], [11, 13], [0, 0, 11, 13], [7.0, 5.0, 20.0, 16.0], [-5, -7]),
        ("pad(1, 2, 3, 4)", [40, 60], [40, 60], [44, 66], [1, 2, 40, 60], [0.0, 0.0, 60.0, 40.0], [1, 2]),
        ("center_crop(50, 30)", [40, 60], [40, 60], [50, 30], [5, 0, 40, 30], [15.0, 0.0, 45.0, 40.0], [5, -15]),
        ("center_crop(45, 65)", [40, 60], [40, 60], [45, 65], [2, 2, 40, 60], [0.0, 0.0, 60.0, 40.0], [2, 2]),
        ("letterbox(30, 30, bilinear)", [40, 60], [20, 30], [30, 30], [5, 0, 20, 30], [0.0, 0.0, 60.0, 40.0], [5, 0]),
        (
            "letterbox(30, 30, bilinear, rule = yolox)",
            [40, 60],
            [20, 30],
            [30, 30],
            [0, 0, 20, 30],
            [0.0, 0.0, 60.0, 40.0],
            [0, 0],
        ),
        (
            "letterbox(30, 30, bilinear, stride = 8)",
            [40, 60],
            [20, 30],
            [22, 30],
            [1, 0, 20, 30],
            [0.0, 0.0, 60.0, 40.0],
            [1, 0],
        ),
        (
            "letterbox(90, 90, bilinear, scale_up = false)",
            [40, 60],
            [40, 60],
            [90, 90],
            [25, 15, 40, 60],
            [0.0, 0.0, 60.0, 40.0],
            [25, 15],
        ),
        // The window cuts margin and content, and is padded again.
        (
            "letterbox(30, 30, bilinear), crop(2, 10, 13, 10), pad(1, 2, 3, 4)",
            [40, 60],
            [20, 30],
            [17, 16],
            [4, 2, 10, 10],
            [20.0, 0.0, 40.0, 20.0],
            [4, -8],
        ),
        // Margin only: nothing of the source is left, but places still have coordinates.
        (
            "letterbox(30, 30, bilinear), crop(0, 10, 3, 10)",
            [40, 60],
            [20, 30],
            [3, 10],
            [3, 0, 0, 10],
            [20.0, 0.0, 40.0, 0.0],
            [5, -10],
        ),
    ];
    for (clauses, source, resized, output, content, source_box, offset) in cases {
        let clauses = if clauses == "normalize_nothing" { "pad(0, 0, 0, 0)" } else { clauses };
        let geometry = geometry(clauses, source);
        assert_eq!(geometry.source(), source, "{clauses}");
        assert_eq!(geometry.resized(), resized, "{clauses}");
        assert_eq!(geometry.output(), output, "{clauses}");
        assert_eq!(geometry.content(), content, "{clauses}");
        assert_eq!(geometry.source_box(), source_box, "{clauses}");
        assert_eq!(geometry.offset(), offset, "{clauses}");
        // These sizes divide without a rest: both ways of saying the scale are one.
        assert_eq!(geometry.scale(), geometry.exact_scale(), "{clauses}");
        let [height, width] = [0, 1].map(|axis| resized[axis] as f64 / source[axis] as f64);
        let [top, left] = offset.map(|offset| offset as f64);
        assert_eq!(geometry.matrix(), [[width, 0.0, left], [0.0, height, top]], "{clauses}");
    }
}

/// The edges of what is shown are the edges of the content, whatever is cut and filled.
#[test]
fn the_source_box_is_the_content() {
    for (source, [rows, columns]) in sizes().take(200) {
        for clauses in [
            format!("resize({rows}, {columns}, bilinear)"),
            format!("resize(shortest = {rows}, bilinear), center_crop({columns}, {columns})"),
            format!("resize(longest = {rows}, bilinear), center_crop({rows}, {columns}), pad(3, 1, 4, 1)"),
            format!("center_crop({rows}, {columns})"),
        ] {
            let geometry = geometry(&clauses, source);
            let [top, left, high, wide] = geometry.content().map(|position| position as f64);
            let found = geometry.map_boxes(&[geometry.source_box()], Clip::Yes)[0];
            assert_close(&found, &[left, top, left + wide, top + high], &clauses);
        }
    }
}

#[test]
fn there_and_back() {
    let points: Vec<_> = (0..50).map(|i| [f64::from(i) * 37.7 - 100.0, f64::from(i * i) * 1.3]).collect();
    for (source, [rows, columns]) in sizes().take(200) {
        for clauses in [
            format!("resize({rows}, {columns}, bilinear)"),
            format!("resize(shortest = {rows}, bilinear), center_crop({rows}, {columns}), pad(1, 2, 3, 4)"),
            format!("letterbox({rows}, {columns}, bilinear)"),
            format!("letterbox({rows}, {columns}, bilinear, rule = yolox, scale_up = false)"),
            format!("letterbox({rows}, {columns}, bilinear, rule = opencv)"),
        ] {
            let geometry = geometry(&clauses, source);
            let mapped = geometry.map_points(&points, Clip::No);
            let back = geometry.unmap_points(&mapped, Clip::No);
            assert_close(back.as_flattened(), points.as_flattened(), &clauses);
            // Points, corners of boxes, memory and both matrices say the same.
            let boxes = points.as_flattened().as_chunks::<4>().0;
            assert_eq!(geometry.map_boxes(boxes, Clip::No).as_flattened(), mapped.as_flattened());
            assert_eq!(
                geometry.unmap_boxes(mapped.as_flattened().as_chunks().0, Clip::No).as_flattened(),
                back.as_flattened()
            );
            let mut memory = points.clone();
            geometry.map_in_place(&mut memory, Clip::No);
            assert_eq!(memory, mapped);
            geometry.unmap_in_place(&mut memory, Clip::No);
            assert_eq!(memory, back);
            let by_matrix: Vec<_> = points.iter().map(|&point| apply(geometry.matrix(), point)).collect();
            assert_close(by_matrix.as_flattened(), mapped.as_flattened(), &clauses);
            let by_inverse: Vec<_> = mapped.iter().map(|&point| apply(geometry.inverse(), point)).collect();
            assert_close(by_inverse.as_flattened(), points.as_flattened(), &clauses);
        }
    }
}

fn apply(matrix: [[f64; 3]; 2], [x, y]: [f64; 2]) -> [f64; 2] {
    matrix.map(|[a, b, c]| a * x + b * y + c)
}

fn assert_close(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-9, "{what}: {found} is not {expected}");
    }
}

#[test]
fn clipping_ends_at_the_image() {
    let geometry = geometry("resize(10, 20, bilinear), pad(1, 1, 1, 1)", [20, 60]);
    let boxes = [[-30.0, -40.0, 300.0, 400.0]];
    assert_eq!(geometry.map_boxes(&boxes, Clip::Yes), [[0.0, 0.0, 22.0, 12.0]]);
    assert_eq!(geometry.unmap_boxes(&boxes, Clip::Yes), [[0.0, 0.0, 60.0, 20.0]]);
    assert_eq!(geometry.map_boxes(&boxes, Clip::No), [[-9.0, -19.0, 101.0, 201.0]]);
    assert_eq!(geometry.map_points(&[[f64::INFINITY, f64::NEG_INFINITY]], Clip::Yes), [[22.0, 0.0]]);
    assert!(geometry.unmap_points(&[[f64::NAN, 3.0]], Clip::Yes)[0][0].is_nan(), "what is no number stays none");
    assert_eq!((Clip::from(true), Clip::from(false)), (Clip::Yes, Clip::No));
}

#[test]
fn sizes_that_cannot_run_have_no_geometry() {
    let crop = pipeline("crop(5, 7, 11, 13)");
    for (rows, columns) in [(0, 5), (5, 0), (15, 60), (40, 19), (usize::MAX, 5)] {
        assert!(matches!(crop.geometry(rows, columns), Err(Error::Image(_))), "{rows} x {columns}");
    }
    assert!(crop.geometry(16, 20).is_ok());
}

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
