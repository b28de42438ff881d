//! Sources that are converted before they are resampled: YUV, wide samples, alpha, gray; every level against the
//! reference, at even and odd sizes, upright and turned, with planes that end where memory ends.
#![cfg(unix)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../levels/guarded.rs"]
mod guarded;

mod formulas;
mod views;

use common::{Bits, assert_bits, levels, pixels, turns};
use guarded::{Edge, Guarded};
use pixfuse::spec::Sample;
use pixfuse::{Element, ImageRef, Pipeline, PixelFormat, YuvPlane, reference, with_element};

/// Rows and columns of the source.
const SIZES: [[usize; 2]; 7] = [[1, 1], [1, 67], [2, 2], [5, 131], [9, 64], [31, 17], [33, 129]];

/// What is done to the pixels: nothing, one tap, two taps, and N taps with each kind of sums.
const RESIZES: [&str; 7] = [
    "",
    "resize(6, 37, nearest), ",
    "resize(7, 33, bilinear), ",
    "resize(5, 20, bilinear, antialias), ",
    "resize(40, 19, lanczos, antialias), ",
    "resize(6, 21, area), ",
    "letterbox(24, 40, bilinear, antialias, precision = f32), ",
];

/// What wide samples can be resized by.
const WIDE_RESIZES: [&str; 4] = [
    "",
    "resize(6, 37, nearest), ",
    "resize(7, 33, bilinear, precision = f32), ",
    "letterbox(24, 40, lanczos, antialias, precision = f32), ",
];

const YUV: [&str; 6] = [
    "nv12",
    "nv21, matrix = bt709",
    "i420, range = full",
    "yuyv",
    "nv12, orient = 6, matrix = bt2020, range = full",
    "yuyv, orient = 7",
];

const PACKED: [&str; 9] = [
    "rgb8, gray = pillow",
    "bgr8, gray = opencv, orient = 3",
    "rgb8, chw, gray = opencv",
    "rgba8, alpha = over, background = [250, 3, 77]",
    "bgra8, alpha = over, background = 255",
    "rgba8, chw, alpha = premultiply",
    "bgra8, alpha = over, background = 9, gray = pillow",
    "rgba8, alpha = drop, gray = pillow",
    "gray8",
];

const WIDE: [&str; 6] = ["gray16", "rgb16", "bgr16, chw", "gray32f", "rgb32f, orient = 5", "bgr32f"];

/// What is stored.
const OUTPUTS: [&str; 4] = ["f32, chw", "u8, hwc", "f16, chw", "i8, hwc, scale = 0.01"];

fn declarations() -> Vec<String> {
    let mut all = Vec::new();
    let inputs = YUV.iter().chain(&PACKED).map(|input| (*input, &RESIZES[..]));
    for (input, resizes) in inputs.chain(WIDE.iter().map(|input| (*input, &WIDE_RESIZES[..]))) {
        for (index, resize) in resizes.iter().enumerate() {
            for (turn, output) in OUTPUTS.iter().enumerate() {
                let order = match input {
                    _ if input.contains("gray = ") => "gray",
                    "rgba8, chw, alpha = premultiply" => ["rgb", "bgra"][(index + turn) % 2],
                    "gray8" | "gray16" | "gray32f" => ["bgr", "rgb"][(index + turn) % 2],
                    _ => ["rgb", "bgr"][(index + turn) % 2],
                };
                let keeps = *output == "u8, hwc";
                if keeps && (WIDE.contains(&input) || resize.contains("f32")) {
                    continue;
                }
                let normalize = if keeps { "" } else { "normalize(mean = 0.4, std = 0.3), " };
                all.push(format!("input({input}), {resize}{normalize}output({order}, {output})"));
            }
        }
    }
    all
}

/// Memory of a source, a block for each plane.
struct Planes {
    format: PixelFormat,
    size: [usize; 2],
    planes: Vec<(Guarded, usize)>,
    strides: Vec<usize>,
    chw: bool,
}

impl Planes {
    fn new(pipe: &Pipeline, size: [usize; 2], padding: usize) -> Self {
        let input = &pipe.spec().input;
        let [rows, columns] = size;
        let pairs = columns.div_ceil(2);
        let (half, whole) = (rows.div_ceil(2), columns * input.format.channels() * input.format.sample().size());
        let sides = match input.format {
            PixelFormat::Nv12 | PixelFormat::Nv21 => vec![[rows, columns], [half, pairs * 2]],
            PixelFormat::I420 => vec![[rows, columns], [half, pairs], [half, pairs]],
            PixelFormat::Yuyv => vec![[rows, pairs * 4]],
            _ => vec![[rows, whole]],
        };
        let chw = input.layout == pixfuse::Layout::Chw;
        // Planes of packed formats are told by strides, and have no padding here.
        let padding = if chw { 0 } else { padding.next_multiple_of(input.format.sample().size()) };
        let strides: Vec<_> = sides.iter().map(|[_, row]| row + padding).collect();
        let lengths = sides.iter().map(|[rows, row]| (rows - 1) * (row + padding) + row);
        let planes = lengths.map(|length| (Guarded::new(length), length)).collect();
        Self { format: input.format, size, planes, strides, chw }
    }

    fn fill(&mut self, edge: Edge, seed: usize) {
        for (index, (memory, length)) in self.planes.iter_mut().enumerate() {
            let bytes = memory.elements::<u8>(*length, edge);
            bytes.copy_from_slice(&pixels(*length, seed + index));
            if self.format.sample() == Sample::F32 {
                // Numbers around 0 to 1.
                for (at, chunk) in bytes.chunks_exact_mut(4).enumerate() {
                    let value = common::mix(at, seed) as f32 / u32::MAX as f32 * 1.5 - 0.25;
                    chunk.copy_from_slice(&value.to_ne_bytes());
                }
            }
        }
    }

    fn image(&mut self, edge: Edge) -> ImageRef<'_> {
        let [rows, columns] = self.size;
        let (format, chw, stride) = (self.format, self.chw, self.strides[0] as isize);
        let blocks: Vec<&[u8]> =
            self.planes.iter_mut().map(|(memory, length)| &*memory.elements::<u8>(*length, edge)).collect();
        if format.is_yuv() {
            let strides = self.strides.iter();
            let planes: Vec<_> =
                blocks.into_iter().zip(strides).map(|(bytes, &stride)| YuvPlane { bytes, stride }).collect();
            return ImageRef::yuv(format, &planes, rows, columns).unwrap();
        }
        let (channels, sample) = (format.channels(), format.sample());
        let bytes = sample.size() as isize;
        let strides = match chw {
            false => [stride, bytes * channels as isize, bytes],
            true => [columns as isize * bytes, bytes, (rows * columns) as isize * bytes],
        };
        ImageRef::strided_samples(sample, blocks[0], 0, [rows, columns, channels], strides).unwrap()
    }
}

fn every_level<T: Bits>(pipe: &Pipeline, image: ImageRef<'_>) {
    let expected = reference::run::<T>(pipe, image).unwrap();
    for level in levels() {
        let tensor = pipe.with_level(level).unwrap().run::<T>(image).unwrap();
        assert_eq!(tensor.dims, expected.dims);
        assert_bits(&tensor.data, &expected.data, || {
            format!("{level}, {}, from {} x {}", pipe.text(), image.rows(), image.columns())
        });
    }
}

#[test]
fn every_level_is_the_reference() {
    let declarations = declarations();
    assert_eq!(declarations.len(), 15 * (6 * 4 + 3) + 6 * 4 * 3);
    let mut turn = turns("inputs");
    for (index, text) in declarations.iter().enumerate() {
        let pipe = Pipeline::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        for (number, size) in SIZES.into_iter().enumerate() {
            if !turn() {
                continue;
            }
            let edge = if (index + number) % 2 == 0 { Edge::First } else { Edge::Last };
            let mut planes = Planes::new(&pipe, size, [0, 5][number % 2]);
            planes.fill(edge, index + number);
            let image = planes.image(edge);
            with_element!(pipe.element(), T => every_level::<T>(&pipe, image));
        }
    }
}

#[test]
fn outputs_are_what_they_say() {
    let pipe = Pipeline::parse("input(nv12), output(rgb, f16, chw)").unwrap();
    assert_eq!(pipe.element(), Element::F16);
    let image = ImageRef::yuv_dense(PixelFormat::Nv12, &[128; 6], 2, 2).unwrap();
    let error = pipe.run::<f32>(image).unwrap_err();
    assert_eq!(error.to_string(), "out: elements are f32, output(...) says f16");
}
