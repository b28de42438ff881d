//! The elements around a tensor keep their values, and each element inside it is written, on every declaration.

use pixfuse::reference;

use crate::case::{Case, Size};
use crate::common::{Bits, assert_bits, turns};
use crate::{declarations, view};

const SIZES: [Size; 4] = [[1, 1, 1, 1], [5, 7, 3, 9], [4, 16, 6, 31], [6, 37, 2, 16]];

/// Elements on either side: more than the widest block has.
const AROUND: usize = 80;

fn every_level<T: Bits>(case: &Case, canary: T) {
    let memory = case.memory(3);
    let image = case.image(&memory);
    let tensor = reference::run::<T>(&case.pipe, image).expect("the image fits").data;
    let around = [canary; AROUND];
    let expected = [&around[..], &tensor, &around].concat();
    for (level, pipe) in case.levels() {
        let mut memory = vec![canary; expected.len()];
        let inside = AROUND..AROUND + tensor.len();
        pipe.run_into(image, &mut memory[inside]).expect("the image and the tensor fit");
        assert_bits(&memory, &expected, || format!("{AROUND} canaries on each side: {}", case.name(level)));
    }
}

#[test]
fn nothing_else_is_written() {
    let mut turn = turns("canaries");
    for size in SIZES {
        for declaration in declarations::all() {
            if !turn() {
                continue;
            }
            let case = Case::new(declaration, size, view::INTERLEAVED);
            pixfuse::with_element!(declaration.element(), T => every_level(&case, T::canary()));
        }
    }
}
