//! Conversions against their formulas, written once more, and against values that can be told by hand.

use pixfuse::{ImageRef, Pipeline, PixelFormat};

fn rgb(text: &str, [y, u, v]: [u8; 3]) -> [u8; 3] {
    let pipe = Pipeline::parse(&format!("input({text}), output(rgb, u8, hwc)")).unwrap();
    let bytes = [y, y, y, y, u, v];
    let tensor = pipe.run::<u8>(ImageRef::yuv_dense(PixelFormat::Nv12, &bytes, 2, 2).unwrap()).unwrap();
    assert!(tensor.data.chunks_exact(3).all(|pixel| pixel == &tensor.data[..3]), "all four share their chroma");
    [tensor.data[0], tensor.data[1], tensor.data[2]]
}

#[test]
fn gray_stays_gray() {
    for matrix in ["bt601", "bt709", "bt2020"] {
        for (range, black, white) in [("limited", 16, 235), ("full", 0, 255)] {
            let text = format!("nv12, matrix = {matrix}, range = {range}");
            assert_eq!(rgb(&text, [black, 128, 128]), [0; 3]);
            assert_eq!(rgb(&text, [white, 128, 128]), [255; 3], "{text}");
            let [red, green, blue] = rgb(&text, [100, 128, 128]);
            assert!(red == green && green == blue, "{text}");
        }
    }
}

/// The primaries by each standard's own equations, in f64; one level for the 20 bits of the integers, and OpenCV's
/// decimals of BT.601 are off by one more.
#[test]
fn colours_are_those_of_the_standards() {
    let standards = [("bt601", 0.299, 0.114), ("bt709", 0.2126, 0.0722), ("bt2020", 0.2627, 0.0593)];
    for (matrix, kr, kb) in standards {
        for (range, offset, luma, chroma) in [("limited", 16.0, 219.0, 224.0), ("full", 0.0, 255.0, 255.0)] {
            for y in (16..=235).step_by(13) {
                for u in (16..=240).step_by(28) {
                    for v in (16..=240).step_by(28) {
                        let luma = (f64::from(y) - offset) / luma;
                        let (cb, cr) = ((f64::from(u) - 128.0) / chroma, (f64::from(v) - 128.0) / chroma);
                        let red = luma + 2.0 * (1.0 - kr) * cr;
                        let blue = luma + 2.0 * (1.0 - kb) * cb;
                        let green = (luma - kr * red - kb * blue) / (1.0 - kr - kb);
                        let exact = [red, green, blue].map(|value| (value * 255.0).clamp(0.0, 255.0));
                        let text = format!("nv12, matrix = {matrix}, range = {range}");
                        for (is, exact) in rgb(&text, [y, u, v]).into_iter().zip(exact) {
                            assert!((f64::from(is) - exact).abs() < 1.6, "{text} of {:?}: {is}, {exact}", [y, u, v]);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn alpha_is_rounded_as_in_a_division_by_255() {
    let run = |text: &str, pixel: [u8; 4]| {
        let pipe = Pipeline::parse(text).unwrap();
        pipe.run::<u8>(ImageRef::rgba8(&pixel, 1, 1).unwrap()).unwrap().data
    };
    for colour in (0..=255).step_by(5) {
        for alpha in 0..=255 {
            let (c, a) = (u32::from(colour), u32::from(alpha));
            let pixel = [colour, 0, 255, alpha];
            let over = run("input(rgba8, alpha = over, background = [200, 10, 0]), output(rgb, u8, hwc)", pixel);
            let divided = |sum: u32| ((2 * sum + 255) / 510) as u8;
            assert_eq!(over[0], divided(c * a + 200 * (255 - a)), "{colour} {alpha}");
            assert_eq!(over[1], divided(10 * (255 - a)));
            let product = run("input(rgba8, alpha = premultiply), output(rgba, u8, hwc)", pixel);
            assert_eq!(product, [divided(c * a), 0, alpha, alpha]);
        }
    }
}

#[test]
fn sixteen_bits_are_exact() {
    let values = [0, 1, 255, 256, 257, 32767, 65534, 65535];
    let pipe = Pipeline::parse("input(gray16), normalize(), output(gray, f32)").unwrap();
    let tensor = pipe.run::<f32>(ImageRef::gray16(&values, 1, 8).unwrap()).unwrap();
    for (value, result) in values.into_iter().zip(tensor.data) {
        assert_eq!(result, f32::from(value).mul_add((1.0f64 / 65535.0) as f32, 0.0));
    }
    let pipe = Pipeline::parse("input(gray16), pad(0, 0, 1, 0, fill = 255), normalize(), output(gray, f32)").unwrap();
    let tensor = pipe.run::<f32>(ImageRef::gray16(&[7], 1, 1).unwrap()).unwrap();
    assert_eq!(tensor.data[1], 1.0, "white is white whatever the samples");
}
