//! Buffers and arrays of other crates give what the same bytes give.
#![cfg(all(feature = "image", feature = "ndarray"))]

mod common;

use common::pixels;
use image::{DynamicImage, GrayImage, ImageBuffer, Rgb, RgbImage, RgbaImage};
use ndarray::{Array2, Array3, Array4, ArrayD, ArrayView3, s};
use pixfuse::{Error, ImageRef, Pipeline, PixelFormat, Tensor};

const ROWS: usize = 13;
const COLUMNS: usize = 17;

fn pipe(format: &str, order: &str) -> Pipeline {
    let text = format!("input({format}), resize(24, 37, bilinear), normalize(), output({order}, f32, chw)");
    Pipeline::parse(&text).unwrap()
}

#[track_caller]
fn says<T: std::fmt::Debug>(result: Result<T, Error>, expected: &str) {
    assert_eq!(result.expect_err(expected).to_string(), expected);
}

#[test]
fn buffers_of_the_image_crate() {
    let bytes = pixels(ROWS * COLUMNS * 4, 1);
    let (width, height) = (COLUMNS as u32, ROWS as u32);
    let gray = GrayImage::from_raw(width, height, bytes[..ROWS * COLUMNS].to_vec()).unwrap();
    let rgb = RgbImage::from_raw(width, height, bytes[..ROWS * COLUMNS * 3].to_vec()).unwrap();
    let rgba = RgbaImage::from_raw(width, height, bytes.clone()).unwrap();
    let cases = [
        (ImageRef::try_from(&gray), PixelFormat::Gray8, pipe("gray8", "gray"), DynamicImage::from(gray.clone())),
        (ImageRef::try_from(&rgb), PixelFormat::Rgb8, pipe("rgb8", "rgb"), DynamicImage::from(rgb.clone())),
        (ImageRef::try_from(&rgba), PixelFormat::Rgba8, pipe("rgba8", "rgba"), DynamicImage::from(rgba.clone())),
    ];
    for (image, format, pipe, dynamic) in cases {
        let channels = format.channels();
        let strides = [(COLUMNS * channels) as isize, channels as isize, 1];
        let expected = ImageRef::strided(&bytes, 0, [ROWS, COLUMNS, channels], strides).unwrap();
        let expected = pipe.run::<f32>(expected).unwrap();
        for image in [image.unwrap(), ImageRef::try_from(&dynamic).unwrap()] {
            assert_eq!(image.format(), Some(format));
            assert_eq!(pipe.run::<f32>(image).unwrap(), expected);
        }
    }
    // A borrowed container with room behind the last pixel.
    let borrowed = ImageBuffer::<Rgb<u8>, &[u8]>::from_raw(width, height, &bytes[..]).unwrap();
    let image = ImageRef::try_from(&borrowed).unwrap();
    assert_eq!(
        pipe("rgb8", "rgb").run::<f32>(image).unwrap(),
        pipe("rgb8", "rgb").run(ImageRef::try_from(&rgb).unwrap()).unwrap()
    );
    says(ImageRef::try_from(&RgbImage::new(0, 3)), "image: 3 rows x 0 columns: an image has at least one pixel");
    says(
        ImageRef::try_from(&DynamicImage::new_rgb16(3, 3)),
        "image: is a DynamicImage of Rgb16, expected L8, Rgb8 or Rgba8, which to_rgb8() makes",
    );
    says(pipe("bgr8", "rgb").run::<f32>(image), "image: is rgb8, the pipeline reads input(bgr8); write input(rgb8)");
}

#[test]
fn arrays_of_any_strides() {
    let array = Array3::from_shape_vec((ROWS, COLUMNS, 3), pixels(ROWS * COLUMNS * 3, 2)).unwrap();
    let planes = Array3::from_shape_vec((3, ROWS, COLUMNS), pixels(ROWS * COLUMNS * 3, 3)).unwrap();
    let pixel = array.slice(s![4..5, 7..8, ..]);
    let views: [ArrayView3<'_, u8>; 7] = [
        array.view(),
        array.slice(s![..;-1, ..;2, ..;-1]),
        array.slice(s![2..9, 3.., ..]),
        array.slice(s![5..6, ..;-3, ..]),
        array.view().permuted_axes([1, 0, 2]),
        planes.view().permuted_axes([1, 2, 0]),
        pixel.broadcast((9, 8, 3)).unwrap(),
    ];
    let pipe = pipe("rgb8", "rgb");
    for view in views {
        let dense: Vec<u8> = view.iter().copied().collect();
        let expected = pipe.run::<f32>(ImageRef::rgb8(&dense, view.dim().0, view.dim().1).unwrap()).unwrap();
        assert_eq!(pipe.run::<f32>(ImageRef::try_from(view).unwrap()).unwrap(), expected, "{:?}", view.strides());
    }
    says(ImageRef::try_from(Array3::zeros((3, 4, 2)).view()), "image: 2 channels: expected 1, 3 or 4");
    says(
        ImageRef::try_from(array.slice(s![3..3, .., ..])),
        "image: 0 rows x 17 columns: an image has at least one pixel",
    );
}

#[test]
fn tensors_as_arrays() {
    let bytes = pixels(ROWS * COLUMNS * 3, 4);
    let image = ImageRef::rgb8(&bytes, ROWS, COLUMNS).unwrap();
    let pipe = pipe("rgb8", "rgb");
    let tensor = pipe.run::<f32>(image).unwrap();
    let address = tensor.data.as_ptr();
    let array: Array3<f32> = tensor.clone().try_into().unwrap();
    assert_eq!((array.dim(), array.as_slice().unwrap()), ((3, 24, 37), &tensor.data[..]));
    assert_eq!(ArrayD::try_from(tensor).unwrap().as_ptr(), address, "no copy");
    let batch: Array4<f32> = pipe.batch(&[image; 2]).unwrap().try_into().unwrap();
    assert_eq!(batch.index_axis(ndarray::Axis(0), 1), array);
    let tensor = Tensor { data: vec![0u8; 6], dims: vec![1, 2, 3] };
    says(Array2::try_from(tensor.clone()), "out: a tensor [1, 2, 3] of 6 elements, expected 2 dimensions of as many");
    says(
        Array3::try_from(Tensor { dims: vec![1, 2, 4], ..tensor }),
        "out: a tensor [1, 2, 4] of 6 elements, expected 3 dimensions of as many",
    );
}
