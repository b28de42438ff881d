//! Nothing is read outside the image and nothing is written outside the tensor: both lie at the edge of what may be
//! touched, and one byte too far ends the process.

use crate::case::Case;
use crate::common::{Bits, assert_bits, pixels, turns};
use crate::guarded::{Edge, Guarded};
use crate::{declarations, view, views};
use pixfuse::reference;

/// More than any image and any tensor of [`views::SIZES`].
const MOST_BYTES: usize = 1 << 16;

fn at_edge(edge: Edge) {
    let mut turn = turns(&format!("edges at the {edge:?}"));
    let (mut source, mut target) = (Guarded::new(MOST_BYTES), Guarded::new(MOST_BYTES));
    for &view in view::ALL {
        for (index, size) in views::SIZES.into_iter().enumerate() {
            let mut content = pixels(0, 0);
            for declaration in declarations::each_code_path() {
                if !turn() {
                    continue;
                }
                let case = Case::new(declaration, size, view);
                if content.len() != case.view.length {
                    content = case.memory(index);
                }
                let memory = source.elements::<u8>(case.view.length, edge);
                memory.copy_from_slice(&content);
                pixfuse::with_element!(declaration.element(), T => {
                    every_level(&case, memory, target.elements::<T>(case.elements(), edge));
                });
            }
        }
    }
}

fn every_level<T: Bits>(case: &Case, memory: &[u8], out: &mut [T]) {
    let image = case.image(memory);
    let expected = reference::run::<T>(&case.pipe, image).expect("the image fits");
    for (level, pipe) in case.levels() {
        out.fill(T::default());
        pipe.run_into(image, out).expect("the image and the tensor fit");
        assert_bits(out, &expected.data, || case.name(level));
    }
}

#[test]
fn before_the_first_byte() {
    at_edge(Edge::First);
}

#[test]
fn after_the_last_byte() {
    at_edge(Edge::Last);
}
