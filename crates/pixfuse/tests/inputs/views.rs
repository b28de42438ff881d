//! What a view must be, and what is said when it is something else.

use pixfuse::spec::Sample;
use pixfuse::{ImageRef, Pipeline, PixelFormat, YuvPlane};

fn refused<T: std::fmt::Debug>(result: Result<T, pixfuse::Error>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn planes_are_counted_and_measured() {
    let bytes = [0; 64];
    let plane = |length: usize, stride: usize| YuvPlane { bytes: &bytes[..length], stride };
    let nv12 = |planes: &[YuvPlane<'_>], rows, columns| {
        ImageRef::yuv(PixelFormat::Nv12, planes, rows, columns).map(|image| (image.rows(), image.columns()))
    };
    assert_eq!(nv12(&[plane(11, 8), plane(4, 8)], 2, 3).unwrap(), (2, 3));
    assert_eq!(refused(nv12(&[plane(11, 8)], 2, 3)), "image: 1 planes given, nv12 has 2");
    assert_eq!(
        refused(nv12(&[plane(10, 8), plane(4, 8)], 2, 3)),
        "image: plane 0: 10 bytes given, but nv12 of 2 rows x 3 columns with 8 bytes from row to row needs 11"
    );
    assert_eq!(
        refused(nv12(&[plane(11, 8), plane(4, 3)], 2, 3)),
        "image: plane 1: 3 bytes from row to row, but a row of nv12 with 3 columns has 4"
    );
    assert_eq!(
        refused(nv12(&[plane(11, 8), plane(4, 8)], 0, 3)),
        "image: 0 rows x 3 columns: an image has at least one pixel"
    );
    assert_eq!(
        refused(ImageRef::yuv(PixelFormat::Rgb8, &[plane(11, 8)], 1, 1)),
        "image: rgb8 has no chroma planes; expected nv12, nv21, i420 or yuyv"
    );
    assert_eq!(
        refused(ImageRef::yuv_dense(PixelFormat::I420, &bytes, 4, 4)),
        "image: 64 bytes given, but i420 of 4 rows x 4 columns is 24"
    );
}

/// Whoever makes the view of one pixel may write anything there: it leads nowhere.
#[test]
fn the_stride_of_an_axis_of_one_is_any_number() {
    let pixel = [10, 20, 30];
    let pipe = Pipeline::parse("input(rgb8), resize(2, 2, bilinear), output(rgb, u8, hwc)").unwrap();
    for stride in [isize::MIN, -1, 0, isize::MAX] {
        let image = ImageRef::strided(&pixel, 0, [1, 1, 3], [stride, stride, 1]).unwrap();
        for level in pixfuse::Level::available() {
            let tensor = pipe.with_level(level).unwrap().run::<u8>(image).unwrap();
            assert_eq!(tensor.data, pixel.repeat(4), "{level}: {stride}");
        }
    }
}

#[test]
fn a_pipeline_reads_its_own_format() {
    let pipe = |input: &str| Pipeline::parse(&format!("input({input}), output(rgb, f32)")).unwrap();
    let (bytes, words) = ([0; 24], [0; 12]);
    let nv12 = ImageRef::yuv_dense(PixelFormat::Nv12, &bytes[..6], 2, 2).unwrap();
    let packed = ImageRef::strided(&bytes, 0, [2, 2, 3], [6, 3, 1]).unwrap();
    let wide = ImageRef::rgb16(&words, 2, 2).unwrap();
    assert_eq!(refused(pipe("nv12").run::<f32>(packed)), "image: has no chroma planes, the pipeline reads input(nv12)");
    assert_eq!(refused(pipe("rgb8").run::<f32>(nv12)), "image: has chroma planes, the pipeline reads input(rgb8)");
    assert_eq!(
        refused(pipe("nv21").run::<f32>(nv12)),
        "image: is nv12, the pipeline reads input(nv21); write input(nv12)"
    );
    assert_eq!(
        refused(pipe("rgb8").run::<f32>(wide)),
        "image: has u16 samples, input(rgb8) needs u8; write input(rgb16)"
    );
    assert_eq!(
        refused(pipe("rgb32f").run::<f32>(packed)),
        "image: has u8 samples, input(rgb32f) needs f32; write input(rgb8)"
    );
    let samples = ImageRef::strided_samples(Sample::U16, &bytes, 1, [1, 2, 3], [0, 6, 2]);
    assert!(samples.is_ok(), "samples need not be aligned");
    let beyond = refused(ImageRef::strided_samples(Sample::U16, &bytes[..12], 1, [1, 2, 3], [0, 6, 2]));
    assert!(beyond.contains("covers bytes 1 to 12"), "{beyond}");
}

#[test]
fn an_output_lies_apart_from_every_plane() {
    let pipe = Pipeline::parse("input(i420), output(rgb, u8, hwc)").unwrap();
    let mut memory = [0u8; 64];
    for at in 0..3 {
        // A plane inside the output, and the others before it.
        let pointer = memory.as_mut_ptr();
        let mut planes =
            [(pointer.cast_const(), 2), (pointer.cast_const().wrapping_add(4), 1), (pointer.cast_const(), 1)];
        planes[at].0 = pointer.wrapping_add(20).cast_const();
        // SAFETY: four bytes and one byte are inside the memory, and nothing is written while the view is in use: the
        // pipeline refuses it.
        unsafe {
            let image = ImageRef::from_raw_yuv(PixelFormat::I420, &planes, 2, 2).unwrap();
            let out = std::slice::from_raw_parts_mut(pointer.add(16), 12);
            let error = refused(pipe.run_into(image, out));
            assert_eq!(error, "out: shares memory with the image; give a buffer of its own");
        }
    }
}
