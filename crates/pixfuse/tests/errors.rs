//! Everything that can be wrong with a call: its words, and an output that is left as it was.

use std::mem::MaybeUninit;

use pixfuse::{BindError, Entry, Error, ImageRef, Level, ParseError, Pipeline, Spec, Tensor, TensorElement, Values};

const CANARY: f32 = -7.25;

fn planes() -> Pipeline {
    Pipeline::parse("input(rgb8), normalize(), output(rgb, f32, chw)").unwrap()
}

fn resized() -> Pipeline {
    Pipeline::parse("input(rgb8), resize(2, 3, bilinear), output(rgb, f32, chw)").unwrap()
}

#[track_caller]
fn says<T: std::fmt::Debug>(result: Result<T, Error>, expected: &str) {
    assert_eq!(result.expect_err(expected).to_string(), expected);
}

/// A failing call says this, and writes nothing.
#[track_caller]
fn refused(pipe: &Pipeline, image: ImageRef<'_>, elements: usize, expected: &str) {
    let mut out = vec![CANARY; elements];
    says(pipe.run_into(image, &mut out), expected);
    assert!(out.iter().all(|&element| element == CANARY), "the output was written: {expected}");
}

#[test]
fn declarations() {
    let error = Pipeline::parse("input(rgb8), output(rgb, f23)").unwrap_err();
    assert!(matches!(&error, Error::Spec(ParseError { errors, .. }) if errors.len() == 1));
    assert_eq!(
        error.to_string(),
        "output: unknown element type `f23`, expected one of f32, f16, bf16, u8, i8\n  \
         input(rgb8), output(rgb, f23)\n                           ^^^ column 26"
    );

    let open = "input(rgb8), resize(_, 256, bilinear), output(rgb, f32)";
    let error = Pipeline::parse(open).unwrap_err();
    assert!(matches!(&error, Error::Values(BindError { errors, .. }) if errors.len() == 1));
    assert_eq!(error.to_string(), "rows: not given, and resize(_, 256, bilinear) leaves it open");
    says(Pipeline::new(open.parse::<Spec>().unwrap()), "rows: not given, and resize(_, 256, bilinear) leaves it open");
}

#[test]
fn images() {
    let pixels = [0; 24];
    says(ImageRef::rgb8(&pixels, 0, 4), "image: 0 rows x 4 columns: an image has at least one pixel");
    says(ImageRef::rgb8(&pixels, 2, 0), "image: 2 rows x 0 columns: an image has at least one pixel");
    says(ImageRef::rgb8(&pixels[..23], 2, 4), "image: 23 bytes given, but rgb8 of 2 rows x 4 columns is 24");
    says(
        ImageRef::gray8(&pixels, 2, 4),
        "image: 24 bytes given, but gray8 of 2 rows x 4 columns is 8; \
         padded rows are a strided view (ImageRef::strided)",
    );
    says(ImageRef::strided(&pixels, 0, [2, 4, 2], [8, 2, 1]), "image: 2 channels: expected 1, 3 or 4");
    says(
        ImageRef::strided(&pixels, 0, [2, 4, 3], [-12, 3, 1]),
        "image: 24 bytes given, but a view of 2 rows x 4 columns x 3 channels with strides [-12, 3, 1] \
         from byte 0 covers bytes -12 to 11",
    );
    says(
        ImageRef::strided(&pixels, usize::MAX, [1, 1, 1], [0, 0, 0]),
        "image: 24 bytes given, but a view of 1 rows x 1 columns x 1 channels with strides [0, 0, 0] \
         from byte 18446744073709551615 covers bytes 18446744073709551615 to 18446744073709551615",
    );
    says(
        ImageRef::gray8(&pixels, usize::MAX, 2),
        "image: 18446744073709551615 rows x 2 columns: a side is at most 2147483647",
    );
    says(
        ImageRef::check_view([1 << 30, 1 << 30, 3], [isize::MAX, 1, 1]),
        "image: a view of [1073741824, 1073741824, 3] with strides [9223372036854775807, 1, 1] is larger than memory",
    );
    // One byte more than memory may have, of which no half is too large to be counted.
    for stride in [isize::MIN, isize::MAX] {
        says(
            ImageRef::check_view([2, 1, 1], [stride, 0, 0]),
            &format!("image: a view of [2, 1, 1] with strides [{stride}, 0, 0] is larger than memory"),
        );
    }
    assert_eq!(ImageRef::check_view([2, 1, 1], [1 - isize::MAX, 0, 0]).unwrap(), 1 - isize::MAX..=0);
    let gray = ImageRef::gray8(&pixels, 4, 6).unwrap();
    says(gray.with_format(pixfuse::PixelFormat::Rgb8), "image: rgb8 has 3 channels, the view has 1");
}

#[test]
fn images_that_do_not_fit() {
    let pixels = [0; 24];
    let bgr = ImageRef::bgr8(&pixels, 2, 4).unwrap();
    let rgba = ImageRef::rgba8(&pixels, 2, 3).unwrap();
    refused(&planes(), rgba, 18, "image: has 4 channels, input(rgb8) needs 3; write input(rgba8, alpha = drop)");
    refused(&planes(), bgr, 24, "image: is bgr8, the pipeline reads input(rgb8); write input(bgr8)");
    // A view without a name is what the pipeline says it is.
    let view = ImageRef::strided(&pixels, 0, [2, 4, 3], [12, 3, 1]).unwrap();
    planes().run_into(view, &mut [CANARY; 24]).unwrap();
}

#[test]
fn outputs() {
    let pixels = [0; 24];
    let image = ImageRef::rgb8(&pixels, 2, 4).unwrap();
    refused(&planes(), image, 23, "out: 23 elements given, the tensor [3, 2, 4] needs 24");
    refused(&planes(), image, 25, "out: 25 elements given, the tensor [3, 2, 4] needs 24");
    refused(&resized(), image, 0, "out: 0 elements given, the tensor [3, 2, 3] needs 18");
    let mut bytes = [7u8; 24];
    says(planes().run_into(image, &mut bytes), "out: elements are u8, output(...) says f32");
    assert_eq!(bytes, [7; 24]);
    says(planes().run::<u8>(image), "out: elements are u8, output(...) says f32");

    // As many pixels as can be said, all of them the same byte: the tensor is what is too large.
    let gray = Pipeline::parse("input(gray8), normalize(), output(gray, f32)").unwrap();
    let side = i32::MAX as usize;
    says(gray.output_shape(0, 1), "image: 0 rows x 1 columns: an image has at least one pixel");
    says(gray.output_shape(side + 1, 1), "image: 2147483648 rows x 1 columns: a side is at most 2147483647");
    let huge = ImageRef::strided(&[0], 0, [side, side, 1], [0, 0, 0]).unwrap();
    says(gray.run::<f32>(huge), "out: 2147483647 rows x 2147483647 columns x 1 is larger than memory");
}

/// A side that follows from the source keeps to the limit of those that are written.
#[test]
fn derived_sides() {
    let parse = |frame: &str| Pipeline::parse(&format!("input(rgb8), {frame}, output(rgb, f32)")).unwrap();
    let line = vec![0; 30_000 * 3];
    let line = ImageRef::rgb8(&line, 1, 30_000).unwrap();
    let shortest = parse("resize(shortest = 4000, bilinear)");
    let message = "image: resize(shortest = 4000): 1 rows x 30000 columns become 4000 rows x 120000000 columns; \
                   the most is 65535";
    refused(&shortest, line, 16, message);
    says(shortest.output_shape(1, 30_000), message);
    says(shortest.geometry(1, 30_000), message);
    says(pixfuse::reference::run::<f32>(&shortest, line), message);
    assert_eq!(parse("resize(shortest = 2, bilinear)").output_shape(1, 32_767).unwrap(), [3, 2, 65_534]);
    says(
        parse("resize(shortest = 2, bilinear)").output_shape(32_768, 1),
        "image: resize(shortest = 2): 32768 rows x 1 columns become 65536 rows x 2 columns; the most is 65535",
    );
    let border = parse("pad(30000, 0, 30000, 1)");
    assert_eq!(border.output_shape(5_535, 7).unwrap(), [3, 65_535, 8]);
    says(
        border.output_shape(5_536, 7),
        "image: pad(30000, 0, 30000, 1): 5536 rows x 7 columns become 65536 rows x 8 columns; the most is 65535",
    );
}

#[test]
fn batches() {
    let pixels = [0; 24];
    let wide = ImageRef::rgb8(&pixels, 2, 4).unwrap();
    let high = ImageRef::rgb8(&pixels, 4, 2).unwrap();
    let bgr = ImageRef::bgr8(&pixels, 2, 4).unwrap();
    let mut out = [MaybeUninit::new(CANARY); 48];
    let mut refused = |pipe: Pipeline, images: &[ImageRef<'_>], expected: &str| {
        says(pipe.batch::<f32>(images), expected);
        says(pipe.batch_into_uninit(images, &mut out), expected);
        // SAFETY: every element was initialised above, and f32 has no invalid value.
        assert!(out.iter().all(|element| unsafe { element.assume_init() } == CANARY), "{expected}");
    };
    refused(
        planes(),
        &[],
        "image: a batch of nothing has no shape here, where sizes follow from the images: give one at least, or fix the \
         size with resize(rows, columns, ..), letterbox(..) or center_crop(..)",
    );
    refused(planes(), &[wide, bgr], "image: number 1: is bgr8, the pipeline reads input(rgb8); write input(bgr8)");
    refused(
        planes(),
        &[wide, high],
        "image: number 1: gives a tensor [3, 4, 2], number 0 gives [3, 2, 4]; \
         a batch needs one shape, which resize(...) makes",
    );
    says(
        resized().batch_into_uninit(&[wide, high], &mut out[..35]),
        "out: 35 elements given, the batch [2, 3, 2, 3] needs 36",
    );
    assert_eq!(resized().batch::<f32>(&[wide, high]).unwrap().dims, [2, 3, 2, 3]);
    says(resized().batch::<u8>(&[]), "out: elements are u8, output(...) says f32");
    says(resized().batch_into(&[], &mut [0.0f32; 18]), "out: 18 elements given, the batch [0, 3, 2, 3] needs 0");

    let gray = Pipeline::parse("input(gray8), output(gray, u8)").unwrap();
    let side = i32::MAX as usize;
    let huge = ImageRef::strided(&[0], 0, [side, side, 1], [0, 0, 0]).unwrap();
    says(gray.batch::<u8>(&[huge; 5]), "out: a batch [5, 1, 2147483647, 2147483647] is larger than memory");
}

#[test]
fn levels() {
    says(
        Level::from_name("sse9"),
        "level: PIXFUSE_LEVEL is `sse9`, expected one of scalar, neon, simd128, sse41, avx2, avx512",
    );
    let available = Level::available();
    let names: Vec<_> = available.iter().map(|level| level.name()).collect();
    let mut missing = 0;
    for level in Level::ALL {
        match planes().with_level(level) {
            Ok(pipe) => assert!(available.contains(&level) && pipe.level() == level),
            Err(error) => {
                missing += 1;
                assert_eq!(error.to_string(), format!("level: this CPU has no {level}, only {}", names.join(", ")));
            }
        }
    }
    // No CPU has the levels of two architectures.
    assert!(missing >= 1 && missing + available.len() == Level::ALL.len());
}

/// Safe code cannot make an image and an output of the same bytes; a bridge to another language's buffers can.
#[test]
fn shared_memory() {
    let mut memory = [7u8; 64];
    let at = |offset: usize| memory.as_ptr().wrapping_add(offset);
    let pipe = Pipeline::parse("input(gray8), output(gray, u8)").unwrap();
    // Where the image's four pixels are, and whether they touch bytes 20 to 23, the output.
    let cases = [
        (16, [4, 1, 1], false),
        (17, [4, 1, 1], true),
        (20, [4, 1, 1], true),
        (23, [4, 1, 1], true),
        (24, [4, 1, 1], false),
        // Backwards.
        (19, [4, -1, 1], false),
        (20, [4, -1, 1], true),
        (27, [4, -1, 1], false),
        (26, [4, -1, 1], true),
        // Bytes between those of the image are its bytes too.
        (10, [4, 5, 1], true),
        (0, [4, 5, 1], false),
    ]
    .map(|(offset, strides, touches)| (at(offset), strides, touches));
    let out_start = memory.as_mut_ptr().wrapping_add(20).cast::<MaybeUninit<u8>>();
    for (origin, strides, touches) in cases {
        // SAFETY: the pixels are inside `memory`. Where they share bytes with the output, the call must refuse before
        // it reads or writes any, and this test is that it does.
        let image = unsafe { ImageRef::from_raw_parts(origin, [1, 4, 1], strides) };
        // SAFETY: four bytes of `memory`, which nothing else borrows here.
        let out = unsafe { std::slice::from_raw_parts_mut(out_start, 4) };
        let result = pipe.run_into_uninit(image, out);
        let batch = pipe.batch_into_uninit(&[image], out);
        if touches {
            says(result, "out: shares memory with the image; give a buffer of its own");
            says(batch, "out: shares memory with the image; give a buffer of its own");
        } else {
            result.unwrap();
            batch.unwrap();
        }
    }
    assert_eq!(memory, [7; 64]);
}

#[test]
fn numbers_of_threads() {
    says(planes().with_threads(0), "threads: 0, expected 1 to 1024");
    says(planes().with_threads(1025), "threads: 1025, expected 1 to 1024");
    assert_eq!(planes().threads(), 1);
    let pipe = planes().with_threads(1024).unwrap();
    assert_eq!(pipe.with_level(Level::Scalar).unwrap().threads(), 1024);
}

#[test]
fn types_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    fn of_element<T: TensorElement>() {
        shared::<Tensor<T>>();
    }
    shared::<Pipeline>();
    shared::<ImageRef<'_>>();
    shared::<Entry>();
    shared::<Error>();
    shared::<Values>();
    of_element::<f32>();
    of_element::<u8>();
}
