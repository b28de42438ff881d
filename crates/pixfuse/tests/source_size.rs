//! A declared source size: the bytes are those of the open pipeline, other sizes are refused, and nothing is made by a run.

use pixfuse::{Element, ImageRef, Level, Orientation, Pipeline, PixelFormat, Sample, YuvPlane, reference};

/// Pixels that are the same in every run.
fn pixels(count: usize) -> Vec<u8> {
    (0..count as u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

const CLAUSES: [&str; 12] = [
    "output(rgb, f32)",
    "resize(9, 11, nearest), output(bgr, f32)",
    "resize(9, 11, nearest_exact), output(rgb, u8, hwc)",
    "resize(30, 41, bilinear), normalize(mean = 0.5, std = 0.25), output(rgb, f32)",
    "resize(9, 11, bilinear, antialias), output(rgb, u8)",
    "resize(shortest = 8, lanczos, antialias), center_crop(8, 8), output(rgb, f32)",
    "resize(9, 11, bicubic), output(rgb, u8, hwc)",
    "resize(9, 11, bicubic, antialias, like = torch), output(rgb, f32)",
    "resize(7, 8, area), output(rgb, f32)",
    "resize(9, 11, bilinear, antialias, precision = f32), output(rgb, f32)",
    "letterbox(24, 24, bilinear), output(rgb, f32)",
    "resize(rule = qwen2_vl, multiple = 8, min_pixels = 64, max_pixels = 512, bicubic, antialias), output(rgb, f32), \
     patches(4, merge = 2)",
];

/// The same run by a pipeline that declares the size and by one that does not, on each level and two threads.
#[track_caller]
fn same(input: &str, size: [usize; 2], clauses: &str, image: ImageRef<'_>) {
    let [rows, columns] = size;
    let (format, rest) =
        input.split_once(',').map_or((input, String::new()), |(format, rest)| (format, format!(",{rest}")));
    let open = Pipeline::parse(&format!("input({input}), {clauses}")).unwrap();
    let declared = Pipeline::parse(&format!("input({format}, {rows}, {columns}{rest}), {clauses}")).unwrap();
    assert_eq!(declared.fixed_shape(), Some(open.output_shape(rows, columns).unwrap()), "{declared}");
    for level in Level::available() {
        for threads in [1, 2] {
            let pipes = [&open, &declared].map(|pipe| pipe.with_level(level).unwrap().with_threads(threads).unwrap());
            match open.element() {
                Element::U8 => {
                    assert_eq!(pipes[0].run::<u8>(image), pipes[1].run::<u8>(image), "{declared} at {level}")
                }
                _ => assert_eq!(pipes[0].run::<f32>(image), pipes[1].run::<f32>(image), "{declared} at {level}"),
            }
        }
    }
    match declared.element() {
        Element::U8 => assert_eq!(declared.run::<u8>(image), reference::run::<u8>(&declared, image)),
        _ => assert_eq!(declared.run::<f32>(image), reference::run::<f32>(&declared, image)),
    }
}

#[test]
fn the_bytes_are_those_of_the_open_pipeline() {
    let pixels = pixels(64 * 64 * 3);
    for clauses in CLAUSES {
        for [rows, columns] in [[17, 19], [12, 31], [40, 64]] {
            let image = ImageRef::rgb8(&pixels[..rows * columns * 3], rows, columns).unwrap();
            same("rgb8", [rows, columns], clauses, image);
        }
    }
}

#[test]
fn sources_of_every_kind() {
    let pixels = pixels(64 * 64 * 8);
    let clauses = "resize(9, 11, bilinear), output(rgb, f32)";
    let size @ [rows, columns] = [18, 22];
    let view = |channels: usize, strides: [usize; 3]| {
        ImageRef::strided(&pixels, 0, [rows, columns, channels], strides.map(|stride| stride as isize)).unwrap()
    };
    same("rgb8, chw", size, clauses, view(3, [columns, 1, rows * columns]));
    for orientation in Orientation::ALL {
        let input = format!("rgb8, orient = {}", orientation.exif());
        same(&input, size, clauses, view(3, [columns * 3, 3, 1]));
    }
    // A row behind each row, every second column, and an image that is mirrored: what is not dense has tables of its own.
    same("rgb8", size, clauses, view(3, [columns * 6, 3, 1]));
    same("rgb8", size, clauses, view(3, [columns * 6, 6, 1]));
    same("rgb8", size, clauses, ImageRef::strided(&pixels, columns * 3 - 3, [rows, columns, 3], [66, -3, 1]).unwrap());
    same("gray8", size, clauses, view(1, [columns, 1, 1]));
    same("rgba8, alpha = over, background = 9", size, clauses, view(4, [columns * 4, 4, 1]));
    let planes =
        [(0, columns), (rows * columns, columns)].map(|(start, stride)| YuvPlane { bytes: &pixels[start..], stride });
    same("nv12", size, clauses, ImageRef::yuv(PixelFormat::Nv12, &planes, rows, columns).unwrap());
    let wide = "resize(9, 11, bilinear, antialias, precision = f32), output(rgb, f32)";
    let image = ImageRef::strided_samples(Sample::U16, &pixels, 0, [rows, columns, 3], [132, 6, 2]).unwrap();
    same("rgb16", size, wide, image);
    // Two resizes, and floats that torch resizes.
    let donut = "resize(rule = donut, rows = 9, columns = 11, bilinear, antialias), output(rgb, u8)";
    same("rgb8", size, donut, view(3, [columns * 3, 3, 1]));
    let floats = "resize(9, 11, bilinear, antialias, like = torch, precision = f32), \
                  normalize(order = torchvision_v2), output(rgb, f32)";
    same("rgb8", size, floats, view(3, [columns * 3, 3, 1]));
}

#[test]
fn other_sizes_are_refused() {
    let pixels = pixels(64 * 64 * 3);
    let expected = "image: has 12 rows x 8 columns, input(rgb8, 8, 12) reads 8 x 12 alone; give an image of that size, or \
                    leave the size out of input(..)";
    let image = ImageRef::rgb8(&pixels[..12 * 8 * 3], 12, 8).unwrap();
    for clauses in
        ["output(rgb, f32)", "resize(rule = donut, rows = 4, columns = 4, bilinear, antialias), output(rgb, f32)"]
    {
        for orient in ["", ", orient = 6"] {
            let pipe = Pipeline::parse(&format!("input(rgb8, 8, 12{orient}), {clauses}")).unwrap();
            let mut out = [0.0; 8 * 12 * 3];
            let errors = [
                pipe.run::<f32>(image).unwrap_err(),
                pipe.run_into(image, &mut out).unwrap_err(),
                pipe.output_shape(12, 8).unwrap_err(),
                pipe.geometry(12, 8).unwrap_err(),
                reference::run::<f32>(&pipe, image).unwrap_err(),
            ];
            for error in errors {
                assert_eq!(error.to_string(), expected, "{pipe}");
            }
            let error = pipe.batch::<f32>(&[image]).unwrap_err();
            assert!(error.to_string().starts_with("image: number 0: has 12 rows"), "{error}");
        }
    }
}

#[test]
fn a_size_that_does_not_fit_makes_no_pipeline() {
    for (text, message) in [
        ("input(rgb8, 8, 9), resize(shortest = 4, bilinear), crop(0, 0, 5, 4), output(rgb, u8)", "image: crop"),
        ("input(rgb8, 8, 9), output(rgb, u8), patches(4)", "image: "),
    ] {
        let error = Pipeline::parse(text).unwrap_err().to_string();
        assert!(error.starts_with(message), "{text}: {error}");
    }
}

#[test]
fn the_size_is_a_part_of_the_pipeline() {
    let pipe = Pipeline::parse("input(rgb8, 8, 12), resize(shortest = 4, bilinear), output(rgb, u8)").unwrap();
    assert_eq!(pipe.source_size(), Some([8, 12]));
    assert_eq!(pipe.fixed_shape().unwrap(), [3, 4, 6]);
    let open = pipe.replace("input(rgb8)").unwrap();
    assert_eq!((open.source_size(), open.fixed_shape()), (None, None));
    assert_ne!(open, pipe);
    assert_eq!(open.replace("input(rgb8, 8, 12)").unwrap(), pipe);
}

#[pixfuse::pipeline(input(rgb8, 8, 12), resize(5, 7, bilinear, antialias), output(rgb, f32))]
struct Camera;

#[test]
fn the_attribute_takes_it() {
    let pixels = pixels(8 * 12 * 3);
    let image = ImageRef::rgb8(&pixels, 8, 12).unwrap();
    let pipe = Camera::pipeline();
    assert_eq!(pipe.run::<f32>(image), Pipeline::parse(pipe.text()).unwrap().run(image));
    assert!(pipe.explain().contains("load      rgb8 hwc of 8 x 12\n"), "{}", pipe.explain());
}
