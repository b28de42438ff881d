//! Batches whose tensors differ in size: each image lies in them as a run of its own gives it.

use pixfuse::{ImageRef, Join, Level, Pipeline, TensorElement, reference};

fn noise(bytes: usize, seed: usize) -> Vec<u8> {
    (0..bytes as u32).map(|index| ((index + seed as u32).wrapping_mul(0x9E37_79B9) >> 13) as u8).collect()
}

const SIZES: [[usize; 2]; 5] = [[30, 41], [64, 9], [7, 70], [33, 33], [30, 41]];

/// Runs a batch on every level and number of threads, in memory with canaries around it, against single runs.
#[track_caller]
fn agrees<T: TensorElement + PartialEq + std::fmt::Debug>(text: &str, join: Join, canary: T, zero: T) {
    let pipe = Pipeline::parse(text).expect(text);
    let pixels: Vec<_> =
        SIZES.iter().enumerate().map(|(seed, [rows, columns])| noise(rows * columns * 3, seed)).collect();
    let images: Vec<_> = SIZES
        .iter()
        .zip(&pixels)
        .map(|(&[rows, columns], pixels)| ImageRef::rgb8(pixels, rows, columns).unwrap())
        .collect();
    let each: Vec<_> = images.iter().map(|&image| pipe.run::<T>(image).unwrap()).collect();
    let shape = pipe.joined_shape(&SIZES, join).unwrap();
    let dims = shape.dims();
    let mut expected = Vec::new();
    let (mask, mask_dims) = shape.mask();
    assert_eq!(mask.len(), mask_dims.iter().product::<usize>());
    for tensor in &each {
        match (join, tensor.dims[..] == dims[1..], tensor.dims.len()) {
            (Join::Concat, ..) | (_, true, _) => expected.extend_from_slice(&tensor.data),
            // Whole images, planes: a row of each and zeros, and rows of zeros.
            (Join::Pad, _, 3) if text.contains("chw") && !text.contains("patches") => {
                for plane in 0..dims[1] {
                    for row in 0..dims[2] {
                        let own = &tensor.dims;
                        expected.extend((0..dims[3]).map(|column| match row < own[1] && column < own[2] {
                            true => tensor.data[(plane * own[1] + row) * own[2] + column],
                            false => zero,
                        }));
                    }
                }
            }
            (Join::Pad, _, 3) => {
                let own = &tensor.dims;
                for row in 0..dims[1] {
                    expected.extend((0..dims[2] * dims[3]).map(|at| match row < own[0] && at < own[1] * own[2] {
                        true => tensor.data[row * own[1] * own[2] + at],
                        false => zero,
                    }));
                }
            }
            (Join::Pad, ..) => {
                let padded = dims[1..].iter().product::<usize>();
                expected.extend_from_slice(&tensor.data);
                expected.extend(std::iter::repeat_n(zero, padded - tensor.data.len()));
            }
        }
    }
    assert_eq!(expected.len(), dims.iter().product::<usize>(), "{text}");
    for level in Level::available() {
        for threads in [1, 3] {
            let pipe = pipe.with_level(level).unwrap().with_threads(threads).unwrap();
            const BESIDE: usize = 64;
            let mut memory = vec![canary; expected.len() + 2 * BESIDE];
            let end = memory.len() - BESIDE;
            for _ in 0..2 {
                let joined = pipe.join_into(&images, join, &mut memory[BESIDE..end]).unwrap();
                assert_eq!(joined, shape);
                assert_eq!(memory[BESIDE..end], expected, "{text}, {join:?}, {level}, {threads} threads");
            }
            assert!(memory[..BESIDE].iter().chain(&memory[end..]).all(|value| *value == canary), "{text}: {level}");
            // The frame of a batch is no matter of a run that follows it.
            assert_eq!(pipe.run::<T>(images[1]).unwrap(), each[1]);
        }
    }
    assert_eq!(pipe.join::<T>(&images, join).unwrap(), (expected, shape));
}

const PATCHES: &str = "input(rgb8), resize(rule = glpn, multiple = 4, bilinear, antialias), normalize(mean = 0.45), \
                       output(rgb, f32, chw), patches(4, temporal = 2)";
const TILES: &str = "input(rgb8), tiles(16, 16, bicubic, antialias, rule = internvl, max = 6, thumbnail = last), \
                     output(rgb, u8, hwc)";

#[test]
fn patches_and_tiles() {
    for join in [Join::Concat, Join::Pad] {
        agrees::<f32>(PATCHES, join, -7.5, 0.0);
        agrees::<u8>(TILES, join, 77, 0);
    }
}

#[test]
fn whole_images_in_the_largest_frame() {
    for clauses in [
        "resize(shortest = 24, max = 40, rounding = half_even, bilinear, antialias), normalize(mean = 0.45)",
        "normalize(mean = 0.45, std = 0.2)",
        "resize(longest = 20, bilinear), pad(1, 2, 0, 3, fill = 9), normalize(mean = 0.5)",
    ] {
        agrees::<f32>(&format!("input(rgb8), {clauses}, output(rgb, f32, chw)"), Join::Pad, -7.5, 0.0);
        agrees::<f32>(&format!("input(rgb8), {clauses}, output(bgr, f32, hwc)"), Join::Pad, -7.5, 0.0);
    }
    agrees::<u8>("input(rgb8, orient = 6), output(rgb, u8, hwc)", Join::Pad, 77, 0);
}

#[test]
fn masks_and_offsets_are_those_of_single_shapes() {
    let pipe = Pipeline::parse(PATCHES).unwrap();
    let sizes = [[8, 8], [4, 12], [9, 17]];
    let joined = pipe.joined_shape(&sizes, Join::Concat).unwrap();
    assert_eq!((joined.dims().to_vec(), joined.offsets()), (vec![15, 96], vec![0, 4, 7, 15]));
    assert_eq!(joined.mask(), (vec![true; 15], joined.mask().1));
    let padded = pipe.joined_shape(&sizes, Join::Pad).unwrap();
    assert_eq!((padded.dims().to_vec(), padded.mask().1.to_vec()), (vec![3, 8, 96], vec![3, 8]));
    assert_eq!(padded.mask().0[8..16], [true, true, true, false, false, false, false, false]);
    let whole = Pipeline::parse("input(rgb8), output(rgb, u8, hwc)").unwrap();
    let padded = whole.joined_shape(&[[1, 2], [2, 1]], Join::Pad).unwrap();
    assert_eq!((padded.dims().to_vec(), padded.mask().1.to_vec()), (vec![2, 2, 2, 3], vec![2, 2, 2]));
    assert_eq!(padded.mask().0, [true, true, false, false, true, false, true, false]);
}

#[test]
fn what_cannot_be_joined_is_refused() {
    let whole = Pipeline::parse("input(rgb8), output(rgb, u8)").unwrap();
    let pixels = noise(2 * 3 * 3, 0);
    let image = ImageRef::rgb8(&pixels, 2, 3).unwrap();
    let said = |text: &str, images: &[ImageRef<'_>], join| {
        Pipeline::parse(text).unwrap().join::<u8>(images, join).unwrap_err().to_string()
    };
    assert_eq!(
        whole.join::<u8>(&[image], Join::Concat).unwrap_err().to_string(),
        "out: whole images are not joined along a dimension that they have: pad them to the largest, or stack those of one \
         size"
    );
    let patches = "input(rgb8), output(rgb, u8), patches(2)";
    assert!(
        said(patches, &[image], Join::Concat).starts_with("image: number 0: 2 rows x 3 columns are no whole patches")
    );
    assert!(said("input(rgb8), output(rgb, u8)", &[], Join::Pad).starts_with("image: a batch of nothing"));
    assert_eq!(
        whole.join_into(&[image], Join::Pad, &mut [0_u8; 3]).unwrap_err().to_string(),
        "out: 3 elements given, the batch [1, 3, 2, 3] needs 18"
    );
    // Of nothing there are no patches and no tiles, each of the size that it would have.
    assert_eq!(Pipeline::parse(patches).unwrap().joined_shape(&[], Join::Concat).unwrap().dims(), [0, 12]);
    assert_eq!(Pipeline::parse(TILES).unwrap().joined_shape(&[], Join::Concat).unwrap().dims(), [0, 16, 16, 3]);
}

/// What comes first is u8 that the second resize takes, and only the last of them is padded.
#[test]
fn two_resizes_are_two_pipelines() {
    let rest = "normalize(mean = 0.45), output(rgb, f32, chw)";
    for (filter, pad) in
        [("bilinear, antialias", ""), ("bicubic, antialias, like = torch", "pad(to = [24, 17], at = center), ")]
    {
        let whole = Pipeline::parse(&format!(
            "input(rgb8), resize(rule = donut, rows = 24, columns = 17, {filter}), {pad}{rest}"
        ));
        let first = Pipeline::parse(&format!("input(rgb8), resize(shortest = 17, {filter}), output(rgb, u8, hwc)"));
        let second =
            format!("input(rgb8), resize(rule = donut_thumbnail, rows = 24, columns = 17, {filter}), {pad}{rest}");
        let (whole, first, second) = (whole.unwrap(), first.unwrap(), Pipeline::parse(&second).unwrap());
        for [rows, columns] in SIZES.into_iter().chain([[1, 1], [17, 24], [60, 9]]) {
            let pixels = noise(rows * columns * 3, rows);
            let image = ImageRef::rgb8(&pixels, rows, columns).unwrap();
            let between = first.run::<u8>(image).unwrap();
            let [high, wide] = [between.dims[0], between.dims[1]];
            let expected = second.run::<f32>(ImageRef::rgb8(&between.data, high, wide).unwrap()).unwrap();
            assert_eq!(reference::run::<f32>(&whole, image).unwrap(), expected, "{rows} x {columns}");
            for level in Level::available() {
                let made = whole.with_level(level).unwrap().run::<f32>(image).unwrap();
                assert_eq!(made, expected, "{rows} x {columns}, {filter}, {level}");
            }
        }
    }
    agrees(
        "input(rgb8), resize(rule = donut, rows = 24, columns = 17, bilinear, antialias), normalize(), output(rgb, f32, chw)",
        Join::Pad,
        -7.5_f32,
        0.0,
    );
}
