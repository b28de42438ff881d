//! A declared kernel gives what the kernel of the grid gives, which is what the reference says.

use pixfuse::{Declared, Entry, ImageRef, Pipeline, Spec, entries, reference};

use crate::common::{Bits, assert_bits, pixels};

/// One struct for each declaration, and the list of them.
macro_rules! declarations {
    ($($name:ident { $($token:tt)+ })+) => {
        $(
            #[pixfuse::pipeline($($token)+)]
            struct $name;
        )+

        static DECLARED: &[Entry] = entries![$($name),+];
    };
}

declarations! {
    GrayKept { input(gray8), output(gray, u8) }
    GrayConverted { input(gray8), output(gray, f32) }
    GrayResized { input(gray8), resize(19, 35, bilinear), normalize(mean = 0.45, std = 0.22), output(gray, f32, hwc) }
    Swapped { input(rgb8), output(bgr, u8, hwc) }
    Planes { input(rgb8), normalize(), output(rgb, f32, chw) }
    SwappedPlanes { input(bgr8), normalize(mean = [0.4, 0.5, 0.6], std = [0.229, 0.224, 0.225]), output(rgb, f32) }
    FromPlanes { input(rgb8, chw), output(bgr, f32, hwc) }
    Picked { input(rgb8), resize(19, 35, nearest), output(rgb, u8, chw) }
    Exact { input(bgr8), resize(19, 35, nearest_exact), normalize(scale = 1), output(rgb, f32, hwc) }
    Floor { input(rgb8, chw), resize(19, 35, nearest_floor), output(bgr, u8, hwc) }
    Blended { input(rgb8), resize(19, 35, bilinear), normalize(mean = [1, 2, 3], eps = 1e-5), output(bgr, f32, hwc) }
    BlendedBytes { input(rgb8, chw), resize(19, 35, bilinear), output(bgr, u8, chw) }
    AlphaKept { input(rgba8), resize(19, 35, bilinear), normalize(scale = -2, mean = [1, 2, 3, 4]), output(bgra, f32) }
    AlphaDropped { input(rgba8, alpha = drop), resize(19, 35, bilinear), output(bgr, u8, hwc) }
    AlphaUnread { input(bgra8, chw, alpha = drop), normalize(std = [0.5, -0.25, 0.125]), output(rgb, f32, hwc) }
    Halves { input(rgb8), resize(19, 35, bilinear), normalize(mean = [1, 2, 3]), output(bgr, f16, hwc) }
    HalvesLookedUp { input(rgb8), normalize(mean = 0.5, std = 0.3, order = torchvision), output(rgb, f16) }
    BrainFloats { input(gray8), resize(19, 35, bilinear, antialias), normalize(), output(gray, bf16) }
    HalvesOfFloats { input(rgb8), resize(9, 35, bicubic, antialias, precision = f32), output(rgb, bf16, hwc) }
    Steps { input(rgb8), normalize(mean = 0.5, std = 0.2), output(rgb, i8, chw, scale = 0.02, zero_point = -3) }
    StepsKept { input(rgb8), resize(19, 35, nearest), output(bgr, u8, hwc, scale = 1.5, zero_point = 7) }
    StepsOfFloats {
        input(rgb8), resize(9, 35, bilinear, antialias, precision = f32), normalize(std = [0.2, -0.3, 0.4]),
        output(bgr, i8, hwc, scale = 0.02)
    }
    // A clause is known by its name, not by its place.
    AnyOrder { output(bgra, u8, hwc,), resize(19, 35, nearest), input(rgba8), }
}

fn equal<T: Bits>(entry: &Entry, image: ImageRef<'_>) {
    let own = Pipeline::from_entry(entry).unwrap();
    let grid = Pipeline::parse(entry.text).unwrap();
    assert!(own.explain().contains(&format!("kernel    {}", entry.name)) && grid.explain().contains("kernel    grid"));
    let expected = reference::run::<T>(&own, image).unwrap();
    for level in pixfuse::Level::available() {
        for pipe in [&own, &grid] {
            let tensor = pipe.with_level(level).unwrap().run::<T>(image).unwrap();
            assert_eq!(tensor.dims, expected.dims);
            assert_bits(&tensor.data, &expected.data, || format!("{level}, {}", pipe.explain()));
        }
    }
}

#[test]
fn declared_grid_and_reference_are_equal() {
    for entry in DECLARED {
        let pipe = Pipeline::from_entry(entry).unwrap();
        let channels = pipe.channels();
        for (rows, columns) in [(1, 1), (13, 17), (38, 70), (5, 300)] {
            let pixels = pixels(rows * columns * channels, rows);
            let strides = [columns * channels, channels, 1].map(|stride| stride as isize);
            let image = ImageRef::strided(&pixels, 0, [rows, columns, channels], strides).unwrap();
            pixfuse::with_element!(pipe.element(), T => equal::<T>(entry, image));
        }
    }
}

#[test]
fn texts_round_trip() {
    for entry in DECLARED.iter().chain(pixfuse::presets::PRESETS) {
        let spec: Spec = entry.text.parse().unwrap();
        assert_eq!(spec.to_string(), entry.text, "the text of an entry is the canonical one");
        assert_eq!(entry.spec(), spec);
        let (own, grid) = (Pipeline::from_entry(entry).unwrap(), Pipeline::parse(entry.text).unwrap());
        assert_eq!((own.text(), own.to_string().as_str()), (entry.text, entry.text));
        assert_eq!(own, grid, "pipelines of one text are equal, whatever kernel runs them");
    }
}

#[test]
fn entries_are_in_their_order() {
    let names: Vec<_> = DECLARED.iter().map(|entry| entry.name).collect();
    assert_eq!(names[..3], ["GrayKept", "GrayConverted", "GrayResized"]);
    assert_eq!(names.len(), 23);
    assert_eq!(<Swapped as Declared>::ENTRY.text, "input(rgb8), output(bgr, u8, hwc)");
    let none: &[Entry] = entries![];
    assert!(none.is_empty());
    assert_eq!(entries![Swapped, crate::kernels::Planes,].len(), 2);
}

#[test]
fn presets_are_found_by_both_names() {
    for entry in pixfuse::presets::PRESETS {
        let snake = pixfuse::presets::snake_case(entry.name);
        for name in [entry.name, &snake] {
            assert_eq!(pixfuse::presets::find(name).unwrap().name, entry.name);
        }
        let _ = Pipeline::from_entry(entry).unwrap();
    }
    assert_eq!(pixfuse::presets::snake_case("OpencvImagenet"), "opencv_imagenet");
    assert!(pixfuse::presets::find("opencvimagenet").is_none() && pixfuse::presets::find("").is_none());
}
