//! torch's filters of floats on every level against their plain twin, in every place that a tensor has. What torch itself
//! makes is in `goldens/floats.txt`.

mod common;

use common::{agrees, noise};
use pixfuse::{ImageRef, Pipeline};

const FILTERS: [&str; 4] = ["bilinear, antialias", "bicubic, antialias", "bilinear", "bicubic"];
const WAYS: [(&str, &str); 5] = [
    ("", "torchvision_v2"),
    (", clamp = true", "torchvision_v2"),
    (", of = pixels", "hf_torch"),
    (", of = pixels, clamp = true", "torchvision_v2"),
    (", of = normalized", "hf_torch"),
];
/// No element of a tensor.
const CANARY: f32 = -7.5e8;
const NUMBERS: &str = "mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]";

#[test]
fn levels_equal_the_twin() {
    for (source, [rows, columns]) in [
        ([1, 1], [3, 2]),
        ([1, 60], [5, 7]),
        ([60, 1], [7, 5]),
        ([9, 33], [9, 33]),
        ([33, 9], [8, 40]),
        ([17, 130], [5, 3]),
        ([40, 23], [71, 90]),
    ] {
        for filter in FILTERS {
            for (of, order) in WAYS {
                let resize = format!("resize({rows}, {columns}, {filter}, like = torch, precision = f32{of})");
                for output in ["rgb, f32, chw", "bgr, f32, hwc"] {
                    let text =
                        format!("input(rgb8), {resize}, normalize({NUMBERS}, order = {order}), output({output})");
                    agrees(&text, source, CANARY);
                }
                if filter != "bilinear" {
                    agrees(
                        &format!("input(gray8), {resize}, normalize(order = {order}), output(gray, f32)"),
                        source,
                        CANARY,
                    );
                }
            }
        }
    }
}

#[test]
fn margins_crops_turns_and_patches_have_their_places() {
    let normalize = format!("normalize({NUMBERS}, order = torchvision_v2)");
    for filter in FILTERS {
        let resize = format!("resize(24, 32, {filter}, like = torch, precision = f32)");
        for behind in [
            "center_crop(10, 40, rounding = truncate)",
            "crop(3, 5, 7, 9)",
            "pad(to = [30, 33], value = 0)",
            "pad(1, 2, 3, 4, fill = [1, 2, 3])",
            "pad(multiple = 32, at = center)",
        ] {
            agrees(&format!("input(bgr8), {resize}, {behind}, {normalize}, output(rgb, f32, chw)"), [19, 41], CANARY);
        }
        for (output, patches) in [
            ("chw", "patches(8)"),
            ("chw", "patches(4, merge = 2, temporal = 2)"),
            ("chw", "patches(4, temporal = 2, order = tchw)"),
            ("hwc", "patches(8, pad_to = 20)"),
        ] {
            agrees(
                &format!("input(rgb8), {resize}, {normalize}, output(rgb, f32, {output}), {patches}"),
                [19, 41],
                CANARY,
            );
        }
        agrees(
            &format!(
                "input(rgba8, alpha = over, background = 255, orient = 6), {resize}, {normalize}, output(rgb, f32)"
            ),
            [19, 41],
            CANARY,
        );
    }
}

/// Where pixels, weights and sums are whole numbers no order of them matters.
#[test]
fn values_are_where_they_belong() {
    let first = |words: &str| {
        let text = format!("input(gray8), resize(1, 2, {words}), output(gray, f32)");
        let image = ImageRef::gray8(&[0, 0, 255, 255], 1, 4).unwrap();
        Pipeline::parse(&text).unwrap().run::<f32>(image).unwrap().data
    };
    let floats = "bilinear, like = torch, precision = f32";
    assert_eq!(first(&format!("{floats}), normalize(scale = 1, order = torchvision_v2")), [0.0, 255.0]);
    assert_eq!(first(&format!("{floats}), normalize(mean = 0.5, std = 0.5, order = torchvision_v2")), [-1.0, 1.0]);
    // Cubics overshoot, and are kept within white where they are asked to.
    let cubic =
        first("bicubic, like = torch, precision = f32, of = pixels), normalize(scale = 1, order = torchvision_v2");
    assert!(cubic[0] < 0.0 && cubic[1] > 255.0, "{cubic:?}");
    let clamped = first(
        "bicubic, like = torch, precision = f32, of = pixels, clamp = true), normalize(scale = 1, order = torchvision_v2",
    );
    assert_eq!(clamped, [0.0, 255.0]);
}

/// Rounded, they are the nearest u8: of halves the even one, and black or white of what overshoots.
#[test]
fn pixels_become_the_nearest_u8() {
    for (source, [rows, columns]) in [([1, 1], [3, 2]), ([9, 33], [9, 33]), ([33, 9], [8, 40]), ([40, 23], [71, 90])] {
        for filter in FILTERS {
            let resize =
                format!("input(rgb8), resize({rows}, {columns}, {filter}, like = torch, precision = f32, of = pixels)");
            agrees(&format!("{resize}, output(rgb, u8, hwc)"), source, 0x5a_u8);
            agrees(&format!("{resize}, pad(multiple = 16, fill = 255), output(bgr, u8, chw)"), source, 0x5a_u8);
            let pixels = noise(source[0] * source[1] * 3);
            let image = ImageRef::rgb8(&pixels, source[0], source[1]).unwrap();
            let rounded =
                Pipeline::parse(&format!("{resize}, output(rgb, u8, hwc)")).unwrap().run::<u8>(image).unwrap();
            let floats = format!("{resize}, normalize(scale = 1, order = torchvision_v2), output(rgb, f32, hwc)");
            let floats = Pipeline::parse(&floats).unwrap().run::<f32>(image).unwrap();
            let by_hand = floats.data.iter().map(|value| value.round_ties_even().clamp(0.0, 255.0) as u8);
            assert!(by_hand.eq(rounded.data), "{filter}");
        }
    }
    let half = |pixels: &[u8]| {
        let text = "input(gray8), resize(1, 1, bilinear, like = torch, precision = f32, of = pixels), output(gray, u8)";
        Pipeline::parse(text).unwrap().run::<u8>(ImageRef::gray8(pixels, 1, 2).unwrap()).unwrap().data[0]
    };
    assert_eq!([half(&[0, 1]), half(&[1, 2]), half(&[2, 3])], [0, 2, 2]);
}

/// Of one channel torch has sums of another kind for large results, which are refused and not approximated.
#[test]
fn large_results_of_one_channel_are_refused() {
    let run = |size: &str| {
        let text = format!(
            "input(gray8), resize({size}, bilinear, like = torch, precision = f32), normalize(order = torchvision_v2), output(gray, f32)"
        );
        Pipeline::parse(&text).unwrap().run::<f32>(ImageRef::gray8(&noise(40 * 30), 40, 30).unwrap())
    };
    let _ = run("64, 64").unwrap();
    let refused = run("64, 65").unwrap_err().to_string();
    assert!(
        refused.contains("1 channel of 64 rows x 65 columns, of which torch makes other sums than of three"),
        "{refused}"
    );
}
