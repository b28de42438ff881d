//! Orientation: a turned view is the turned image, pixel by pixel, in every way to say it.

mod common;

use common::{assert_bits, pixels};
use pixfuse::{Clip, ImageRef, Level, Orientation, Pipeline, Sample, reference};

/// A stored image, turned the plain way: for each value of EXIF, which stored pixel is shown at (row, column).
fn turned(exif: u32, stored: &[u8], [rows, columns, channels]: [usize; 3]) -> (Vec<u8>, [usize; 3]) {
    let shown = if exif < 5 { [rows, columns] } else { [columns, rows] };
    let mut bytes = Vec::new();
    for y in 0..shown[0] {
        for x in 0..shown[1] {
            let (row, column) = match exif {
                1 => (y, x),
                2 => (y, columns - 1 - x),
                3 => (rows - 1 - y, columns - 1 - x),
                4 => (rows - 1 - y, x),
                5 => (x, y),
                6 => (rows - 1 - x, y),
                7 => (rows - 1 - x, columns - 1 - y),
                _ => (x, columns - 1 - y),
            };
            bytes.extend_from_slice(&stored[(row * columns + column) * channels..][..channels]);
        }
    }
    (bytes, [shown[0], shown[1], channels])
}

fn dense(bytes: &[u8], [rows, columns, channels]: [usize; 3]) -> ImageRef<'_> {
    let strides = [columns * channels, channels, 1].map(|stride| stride as isize);
    ImageRef::strided(bytes, 0, [rows, columns, channels], strides).unwrap()
}

#[test]
fn a_turned_view_is_the_turned_image() {
    for orientation in Orientation::ALL {
        for shape in [[1, 1, 3], [1, 7, 1], [7, 1, 4], [2, 3, 3], [5, 3, 4], [13, 17, 3], [31, 9, 1]] {
            let stored = pixels(shape.iter().product(), 3);
            let (expected, shown) = turned(orientation.exif(), &stored, shape);
            let view = dense(&stored, shape).oriented(orientation);
            assert_eq!([view.rows(), view.columns(), view.channels()], shown);
            assert_eq!(orientation.size([shape[0], shape[1]]), [shown[0], shown[1]]);
            let all =
                (0..shown[0]).flat_map(|y| (0..shown[1]).flat_map(move |x| (0..shown[2]).map(move |c| [y, x, c])));
            let read: Vec<u8> = all.map(|[y, x, c]| view.get(y, x, c)).collect();
            assert_eq!(read, expected, "{orientation:?} of {shape:?}");
            let back = view.oriented(orientation.inverse());
            assert_eq!(back.strides(), dense(&stored, shape).strides());
        }
    }
}

/// Every driver: one tap, two taps, and the ways in which passes read rows.
const PIPELINES: [(&str, usize, &str); 9] = [
    ("rgb8", 3, "normalize(), output(rgb, f32, chw)"),
    ("rgb8", 3, "resize(19, 33, nearest), output(bgr, u8, hwc)"),
    ("rgb8", 3, "resize(18, 23, bilinear), normalize(), output(rgb, f32, chw)"),
    ("gray8", 1, "resize(40, 41, bilinear), output(gray, u8)"),
    ("rgb8", 3, "resize(shortest = 20, bilinear, antialias), center_crop(17, 18), normalize(), output(rgb, f32, chw)"),
    ("rgba8", 4, "resize(20, 7, bicubic, antialias), output(bgra, u8, hwc)"),
    ("rgb8", 3, "resize(20, 70, area), output(rgb, u8, chw)"),
    ("rgb8", 3, "letterbox(32, 32, bilinear), output(rgb, f32, chw)"),
    ("rgb8", 3, "crop(3, 5, 30, 31), output(rgb, u8, hwc)"),
];

#[test]
fn a_run_is_that_over_the_turned_image() {
    for orientation in Orientation::ALL {
        let exif = orientation.exif();
        for (format, channels, rest) in PIPELINES {
            for shape in [[61, 83, channels], [83, 60, channels], [40, 129, channels], [37, 38, channels]] {
                let stored = pixels(shape.iter().product(), exif as usize);
                let (bytes, shown) = turned(exif, &stored, shape);
                let plain = Pipeline::parse(&format!("input({format}), {rest}")).unwrap();
                let declared = Pipeline::parse(&format!("input({format}, orient = {exif}), {rest}")).unwrap();
                let other = Pipeline::parse(&format!("input({format}, orient = 8), {rest}")).unwrap();
                let (view, copy) = (dense(&stored, shape), dense(&bytes, shown));
                assert_eq!(declared.output_shape(shape[0], shape[1]), plain.output_shape(shown[0], shown[1]));
                for level in Level::available() {
                    let [plain, declared, other] =
                        [&plain, &declared, &other].map(|pipe| pipe.with_level(level).unwrap());
                    macro_rules! check {
                        ($element:ty) => {{
                            let expected = plain.run::<$element>(copy).unwrap();
                            let from = |pipe: &Pipeline, image, way| {
                                let tensor = pipe.run::<$element>(image).unwrap();
                                assert_eq!(tensor.dims, expected.dims);
                                assert_bits(&tensor.data, &expected.data, || format!("{way}, {level}, {declared}"));
                            };
                            from(&plain, view.oriented(orientation), "a turned view");
                            from(&declared, view, "declared");
                            from(&other, other.reorient(view, orientation), "another than the declared one");
                            let plainest = reference::run::<$element>(&declared, view).unwrap();
                            assert_bits(&plainest.data, &expected.data, || format!("reference, {declared}"));
                        }};
                    }
                    match plain.element() {
                        pixfuse::Element::U8 => check!(u8),
                        _ => check!(f32),
                    }
                }
            }
        }
    }
}

/// Rows of a turned image are packed four by four and many together: sides on both sides of that, down to one.
#[test]
fn thin_images_are_turned_too() {
    let resizes = [
        "",
        "crop(0, 0, 1, 1), ",
        "resize(9, 8, bilinear), ",
        "resize(7, 9, bicubic, antialias), ",
        "resize(9, 5, area), ",
        "resize(5, 6, lanczos4), ",
    ];
    let formats = [
        ("gray8", 1, "gray"),
        ("rgb8", 3, "bgr"),
        ("rgb8, chw", 3, "bgr"),
        ("rgba8", 4, "rgba"),
        ("rgba8, alpha = premultiply", 4, "rgba"),
    ];
    for (format, channels, order) in formats {
        for resize in resizes {
            for sides in [[1, 1], [1, 40], [40, 1], [2, 3], [3, 66], [5, 131], [67, 4], [130, 7]] {
                for orientation in Orientation::ALL {
                    let shape = [sides[0], sides[1], channels];
                    let stored = pixels(shape.iter().product(), sides[0]);
                    let (bytes, shown) = turned(orientation.exif(), &stored, shape);
                    let text = format!("input({format}), {resize}output({order}, u8, hwc)");
                    // The planes of a pixel lie further apart than its rows and columns, in both copies.
                    let (stored, bytes) = match format.contains("chw") {
                        true => (planes(&stored, channels), planes(&bytes, channels)),
                        false => (stored, bytes),
                    };
                    let view = |bytes, shape| match format.contains("chw") {
                        true => planar(bytes, shape),
                        false => dense(bytes, shape),
                    };
                    for level in Level::available() {
                        let pipe = Pipeline::parse(&text).unwrap().with_level(level).unwrap();
                        let expected = pipe.run::<u8>(view(&bytes, shown)).unwrap();
                        let tensor = pipe.run::<u8>(view(&stored, shape).oriented(orientation)).unwrap();
                        let name = || format!("{text} of {sides:?}, {orientation:?}, {level}");
                        assert_bits(&tensor.data, &expected.data, name);
                    }
                }
            }
        }
    }
}

/// Interleaved pixels, plane by plane.
fn planes(bytes: &[u8], channels: usize) -> Vec<u8> {
    (0..channels).flat_map(|channel| bytes.iter().skip(channel).step_by(channels).copied()).collect()
}

fn planar(bytes: &[u8], [rows, columns, channels]: [usize; 3]) -> ImageRef<'_> {
    let strides = [columns, 1, rows * columns].map(|stride| stride as isize);
    ImageRef::strided(bytes, 0, [rows, columns, channels], strides).unwrap()
}

/// Three channels of such samples.
fn samples(bytes: &[u8], sample: Sample, [rows, columns, pixel]: [usize; 3]) -> ImageRef<'_> {
    let strides = [columns * pixel, pixel, sample.size()].map(|stride| stride as isize);
    ImageRef::strided_samples(sample, bytes, 0, [rows, columns, 3], strides).unwrap()
}

/// Samples of more than a byte, and rows so long that fewer of them are packed together.
#[test]
fn wide_samples_and_long_rows_are_turned_too() {
    let rest = "resize(21, 19, bilinear, antialias, precision = f32), output(rgb, f32, chw)";
    let cases = [
        ("rgb8", Sample::U8, [2300, 131]),
        ("rgb8", Sample::U8, [5, 131]),
        ("rgb16", Sample::U16, [2300, 67]),
        ("rgb16", Sample::U16, [61, 83]),
        ("rgb16", Sample::U16, [1, 9]),
        ("rgb32f", Sample::F32, [83, 60]),
        ("rgb32f", Sample::F32, [7, 1]),
    ];
    for (format, sample, [rows, columns]) in cases {
        // A sample of more bytes is as many channels of one.
        let shape = [rows, columns, 3 * sample.size()];
        let stored: Vec<u8> = match sample {
            Sample::F32 => {
                pixels(rows * columns * 3, 5).iter().flat_map(|&byte| (f32::from(byte) / 7.0).to_ne_bytes()).collect()
            }
            _ => pixels(shape.iter().product(), 5),
        };
        for orientation in Orientation::ALL {
            let (bytes, shown) = turned(orientation.exif(), &stored, shape);
            for level in Level::available() {
                let pipe = Pipeline::parse(&format!("input({format}), {rest}")).unwrap().with_level(level).unwrap();
                let expected = pipe.run::<f32>(samples(&bytes, sample, shown)).unwrap();
                let tensor = pipe.run::<f32>(samples(&stored, sample, shape).oriented(orientation)).unwrap();
                let name = || format!("{format} of {rows} x {columns}, {orientation:?}, {level}");
                assert_bits(&tensor.data, &expected.data, name);
            }
        }
    }
}

#[test]
fn geometry_speaks_of_the_turned_image() {
    let rest = "resize(shortest = 64, bilinear), center_crop(50, 60), output(rgb, u8, chw)";
    let plain = Pipeline::parse(&format!("input(rgb8), {rest}")).unwrap();
    for orientation in Orientation::ALL {
        let declared = Pipeline::parse(&format!("input(rgb8, orient = {}), {rest}", orientation.exif())).unwrap();
        let geometry = declared.geometry(480, 640).unwrap();
        let [rows, columns] = orientation.size([480, 640]);
        assert_eq!(geometry, plain.geometry(rows, columns).unwrap());
        assert_eq!(geometry.source(), [rows, columns]);
        let [x1, y1, x2, y2] = geometry.unmap_boxes(&[[-1e9, -1e9, 1e9, 1e9]], Clip::Yes)[0];
        assert_eq!([x1, y1, x2, y2], [0.0, 0.0, columns as f64, rows as f64]);
    }
}

#[test]
fn a_crop_is_taken_from_the_turned_image() {
    let pipe = Pipeline::parse("input(gray8, orient = 6), crop(0, 0, 6, 4), output(gray, u8, chw)").unwrap();
    assert_eq!(pipe.output_shape(4, 6).unwrap(), [1, 6, 4]);
    let message = pipe.output_shape(6, 4).unwrap_err().to_string();
    assert_eq!(message, "image: crop(0, 0, 6, 4) reaches outside the 4 rows x 6 columns that it is taken from");
}

#[test]
fn a_batch_is_turned_too() {
    let pipe = Pipeline::parse("input(gray8, orient = 5), output(gray, u8, chw)").unwrap();
    let batch = pipe.batch::<u8>(&[ImageRef::gray8(&[1, 2, 3, 4, 5, 6], 2, 3).unwrap()]).unwrap();
    assert_eq!((batch.dims, batch.data), (vec![1, 1, 3, 2], vec![1, 4, 2, 5, 3, 6]));
}
