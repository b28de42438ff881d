//! No entry that safe code can make breaks memory: a pipeline takes the kernel of its own declaration only.
//!
//! The macro's entries are right by construction; these are made by hand.
#![forbid(unsafe_code)]

use pixfuse::{Declared, Entry, Error, ImageRef, Level, Pipeline, Values, rt};

/// A body of these types, whose vectors come from the loaded channels by `$map`.
macro_rules! body {
    ($name:ident: $channels:literal, $load:ty, $store:ty, $vector:ident, $form:ident, |$simd:ident, $value:ident| $map:expr) => {
        struct $name;

        impl rt::Body<$channels> for $name {
            type Load = $load;
            type Store = $store;
            const MAP: rt::MapForm = rt::MapForm::$form;

            #[inline(always)]
            fn pixels<S: rt::Simd>(
                $simd: S,
                pixel: [S::I32; $channels],
                _: &rt::Numbers<'_>,
            ) -> [S::$vector; $channels] {
                let mut values = [{
                    let $value = pixel[0];
                    $map
                }; $channels];
                for (value, pixel) in values.iter_mut().zip(pixel).skip(1) {
                    let $value = pixel;
                    *value = $map;
                }
                values
            }
        }
    };
}

body!(F32Planes: 3, rt::Interleaved<3>, rt::Planes<f32>, F32, MulAdd, |simd, value| simd.convert(value));
body!(F32Pixels: 3, rt::Interleaved<3>, rt::Pixels<f32>, F32, MulAdd, |simd, value| simd.convert(value));
body!(U8Planes: 3, rt::Interleaved<3>, rt::Planes<u8>, I32, Keep, |_simd, value| value);
body!(U8Table: 3, rt::Interleaved<3>, rt::Planes<u8>, I32, Table, |_simd, value| value);
body!(U16Planes: 3, rt::Interleaved<3>, rt::Planes<u16>, I32, MulAdd, |_simd, value| value);
body!(OfFourBytes: 3, rt::Interleaved<4>, rt::Planes<u8>, I32, Keep, |_simd, value| value);
body!(OfPlanes: 3, rt::Planar<3>, rt::Planes<u8>, I32, Keep, |_simd, value| value);
body!(FourChannels: 4, rt::Interleaved<4>, rt::Planes<u8>, I32, Keep, |_simd, value| value);
body!(OneChannel: 1, rt::Interleaved<1>, rt::Planes<u8>, I32, Keep, |_simd, value| value);

const KERNELS: [(&str, rt::Kernel); 9] = [
    ("F32Planes", rt::Kernel::of::<F32Planes, 3>()),
    ("F32Pixels", rt::Kernel::of::<F32Pixels, 3>()),
    ("U8Planes", rt::Kernel::of::<U8Planes, 3>()),
    ("U8Table", rt::Kernel::of::<U8Table, 3>()),
    ("U16Planes", rt::Kernel::of::<U16Planes, 3>()),
    ("OfFourBytes", rt::Kernel::of::<OfFourBytes, 3>()),
    ("OfPlanes", rt::Kernel::of::<OfPlanes, 3>()),
    ("FourChannels", rt::Kernel::of::<FourChannels, 4>()),
    ("OneChannel", rt::Kernel::of::<OneChannel, 1>()),
];

/// Declarations, and which of the kernels are theirs.
const DECLARATIONS: [(&str, &[&str]); 12] = [
    ("input(rgb8), output(rgb, u8, chw)", &["U8Planes"]),
    ("input(bgr8), resize(9, 8, bilinear, antialias), output(rgb, u8, chw)", &["U8Planes"]),
    ("input(rgb8), output(rgb, u8, hwc)", &[]),
    ("input(rgb8), output(rgb, f32, chw)", &["F32Planes"]),
    ("input(rgb8), resize(9, 8, nearest), normalize(), output(rgb, f32, hwc)", &["F32Pixels"]),
    ("input(rgb8), normalize(), output(rgb, bf16, chw)", &["U16Planes"]),
    ("input(rgb8), normalize(), output(rgb, i8, chw, scale = 0.1)", &["U8Table"]),
    ("input(rgb8, chw), output(rgb, u8, chw)", &["OfPlanes"]),
    ("input(rgba8, alpha = drop), output(rgb, u8, chw)", &["OfFourBytes"]),
    ("input(rgba8), output(rgba, u8, chw)", &["FourChannels"]),
    ("input(gray8), output(gray, u8)", &["OneChannel"]),
    ("input(gray8), output(rgb, u8, chw)", &["OfPlanes"]),
];

#[test]
fn a_pipeline_refuses_the_kernel_of_another_shape() {
    for (text, own) in DECLARATIONS {
        for (name, kernel) in KERNELS {
            let made = Pipeline::from_entry(&Entry::new(name, text, kernel));
            let bound = Pipeline::bind(&Entry::new(name, text, kernel), &Values::default());
            if own.contains(&name) {
                assert_eq!(made.unwrap(), Pipeline::parse(text).unwrap(), "{name}: {text}");
                continue;
            }
            let error = made.expect_err(&format!("{name}: {text}"));
            assert!(matches!(error, Error::Kernel(_)), "{name}: {text}: {error}");
            let message = error.to_string();
            assert!(message.starts_with(&format!("kernel: `{name}` has code for Shape {{")), "{message}");
            assert!(message.ends_with("#[pixfuse::pipeline(..)] makes both"), "{message}");
            assert_eq!(bound.unwrap_err().to_string(), message);
        }
    }
}

/// Kernels that are written by hand and fit run as any other, also at sizes of tails and narrower levels.
#[test]
fn a_kernel_of_its_shape_runs() {
    let pixels: Vec<u8> = (0..64 * 64 * 4).map(|at| (at * 7 % 251) as u8).collect();
    for (text, name) in [
        ("input(rgb8), output(rgb, u8, chw)", "U8Planes"),
        ("input(rgb8), resize(9, 33, bilinear), output(rgb, u8, chw)", "U8Planes"),
        ("input(rgb8), resize(9, 33, lanczos, antialias), output(rgb, u8, chw)", "U8Planes"),
        ("input(rgba8, alpha = drop), resize(50, 7, nearest), output(rgb, u8, chw)", "OfFourBytes"),
        ("input(rgb8, chw), resize(70, 3, area), output(rgb, u8, chw)", "OfPlanes"),
    ] {
        let (_, kernel) = KERNELS.into_iter().find(|(of, _)| *of == name).unwrap();
        let [made, grid] =
            [Pipeline::from_entry(&Entry::new(name, text, kernel)).unwrap(), Pipeline::parse(text).unwrap()];
        let image = ImageRef::strided(
            &pixels,
            0,
            [61, 63, made.channels()],
            if text.contains("rgb8, chw") { [64, 1, 64 * 61] } else { [256, made.channels() as isize, 1] },
        )
        .unwrap();
        for level in Level::available() {
            let tensors = [&made, &grid].map(|pipe| pipe.with_level(level).unwrap().run::<u8>(image).unwrap());
            assert_eq!(tensors[0], tensors[1], "{level}: {text}");
        }
    }
}

/// A kernel that maps whole pixel values only is none for a plan whose pixels are f32.
#[test]
fn f32_pixels_need_a_kernel_for_them() {
    for text in [
        "input(rgb8), resize(9, 8, bilinear, antialias, precision = f32), output(rgb, f32, chw)",
        "input(rgb16), resize(9, 8, bilinear, antialias, precision = f32), normalize(), output(rgb, f32, chw)",
        "input(rgb32f), normalize(scale = 1), output(rgb, f32, chw)",
    ] {
        let entry = Entry::new("F32Planes", text, rt::Kernel::of::<F32Planes, 3>());
        let message = Pipeline::from_entry(&entry).unwrap_err().to_string();
        assert_eq!(
            message,
            "kernel: `F32Planes` has no code for f32 pixels, which its declaration resamples to; \
             #[pixfuse::pipeline(..)] makes both"
        );
        // One that says it has, and has none of its own, maps rounded values.
        struct Rounds;
        impl rt::Body<3> for Rounds {
            type Load = rt::Interleaved<3>;
            type Store = rt::Planes<f32>;
            const MAP: rt::MapForm = rt::MapForm::MulAdd;
            const FLOATS: bool = true;

            #[inline(always)]
            fn pixels<S: rt::Simd>(simd: S, [a, b, c]: [S::I32; 3], _: &rt::Numbers<'_>) -> [S::F32; 3] {
                [simd.convert(a), simd.convert(b), simd.convert(c)]
            }
        }
        let pipe = Pipeline::from_entry(&Entry::new("Rounds", text, rt::Kernel::of::<Rounds, 3>())).unwrap();
        let image = vec![1.75f32; 30 * 40 * 3];
        let words: Vec<u16> = image.iter().map(|&value| value.round() as u16).collect();
        let bytes = vec![2u8; 30 * 40 * 3];
        let image = match text {
            _ if text.contains("rgb32f") => ImageRef::rgb32f(&image, 30, 40),
            _ if text.contains("rgb16") => ImageRef::rgb16(&words, 30, 40),
            _ => ImageRef::rgb8(&bytes, 30, 40),
        };
        for level in Level::available() {
            let tensor = pipe.with_level(level).unwrap().run::<f32>(image.clone().unwrap()).unwrap();
            assert!(tensor.data.iter().all(|&value| value == 2.0), "{level}: {text}");
        }
    }
}

/// The fields of an entry are plain values, which anyone may change.
#[test]
fn a_declared_entry_with_another_text_is_refused() {
    #[pixfuse::pipeline(input(rgb8), normalize(), output(rgb, f32, chw))]
    struct Planes;

    let mut entry = Planes::ENTRY;
    assert!(Pipeline::from_entry(&entry).is_ok());
    entry.text = "input(rgb8), output(rgb, u8, chw)";
    assert!(matches!(Pipeline::from_entry(&entry), Err(Error::Kernel(_))));
    entry.text = "input(rgb8, chw), normalize(), output(rgb, f32, chw)";
    assert!(matches!(Pipeline::from_entry(&entry), Err(Error::Kernel(_))));
    entry.text = "input(rgb8), output(rgb";
    assert!(matches!(Pipeline::from_entry(&entry), Err(Error::Spec(_))));
    assert!(matches!(Pipeline::bind(&entry, &Values::default()), Err(Error::Spec(_))));
    // A number that is open in the new text asks for a value, as in a declared one.
    entry.text = "input(rgb8), resize(_, 4, nearest), normalize(), output(rgb, f32, chw)";
    assert!(matches!(Pipeline::from_entry(&entry), Err(Error::Values(_))));
}

#[test]
fn the_entry_of_a_declaration_that_has_errors_is_refused() {
    let mut entry = Entry::poisoned();
    assert!(matches!(Pipeline::from_entry(&entry), Err(Error::Spec(_))));
    for (text, _) in DECLARATIONS {
        entry.text = text;
        assert!(matches!(Pipeline::from_entry(&entry), Err(Error::Kernel(_))), "{text}");
        assert!(matches!(Pipeline::bind(&entry, &Values::default()), Err(Error::Kernel(_))), "{text}");
    }
}
