//! Margins longer than a first-level cache, with and without a last element of their own, in every size of element and
//! with canaries around the tensor.

use pixfuse::{ImageRef, Pipeline, reference, with_element};

use crate::common::{Bits, assert_bits, levels, pixels, turns};

/// Elements on either side, one of them short of a line of memory.
const AROUND: usize = 15;

fn every_level<T: Bits>(pipe: &Pipeline, canary: T) {
    let memory = pixels(2 * 3 * 3, 5);
    let image = ImageRef::rgb8(&memory, 2, 3).expect("2 x 3 pixels");
    let tensor = reference::run::<T>(pipe, image).expect("the image fits").data;
    let around = [canary; AROUND];
    let expected = [&around[..], &tensor, &around].concat();
    for level in levels() {
        let mut memory = vec![canary; expected.len()];
        let inside = AROUND..AROUND + tensor.len();
        let pipe = pipe.with_level(level).expect("a level that is available can be asked for");
        pipe.run_into(image, &mut memory[inside]).expect("the image and the tensor fit");
        assert_bits(&memory, &expected, || format!("{level}, {pipe}"));
    }
}

#[test]
fn long_margins() {
    let mut turn = turns("margins");
    for output in ["f32, chw", "f16, chw", "bf16, chw", "u8, chw", "i8, chw", "u8, hwc"] {
        let normalize = if output.starts_with("u8") { "" } else { "normalize(mean = 0.3), " };
        for (top, bottom) in [(211, 1), (1, 331)] {
            if turn() {
                let pad = format!("pad({top}, 8, {bottom}, 0, fill = 114)");
                let steps = if output.starts_with("i8") { ", scale = 0.01" } else { "" };
                let text =
                    format!("input(rgb8), resize(2, 333, nearest), {pad}, {normalize}output(rgb, {output}{steps})");
                let pipe = Pipeline::parse(&text).unwrap();
                with_element!(pipe.spec().output.element, T => every_level(&pipe, T::canary()));
            }
        }
    }
}
