//! The kernels: any declaration over any view gives on every level what the reference gives, or the same error.

use std::fmt::Debug;

use arbitrary::{Result, Unstructured};
use pixfuse::{Error, ImageRef, Level, Pipeline, TensorElement, bf16, f16, reference, with_element};

use crate::Outcome;
use crate::drawn::{Image, cut, declaration};

pub(crate) fn any_call(bytes: &[u8]) -> Outcome {
    call(&mut Unstructured::new(bytes), declaration).unwrap_or(Outcome::Foreign)
}

/// The same of tiles, patches, sizes by rule and stages.
pub(crate) fn any_cut(bytes: &[u8]) -> Outcome {
    call(&mut Unstructured::new(bytes), cut).unwrap_or(Outcome::Foreign)
}

fn call(bytes: &mut Unstructured<'_>, draw: fn(&mut Unstructured<'_>) -> Result<String>) -> Result<Outcome> {
    let text = draw(bytes)?;
    // What the rulebook refuses is the other target's.
    let Ok(pipe) = Pipeline::parse(&text) else { return Ok(Outcome::Foreign) };
    if bytes.ratio(1, 16)? {
        wild_views(bytes)?;
    }
    let threads = bytes.int_in_range(1..=3)?;
    let image = Image::new(bytes, pipe.spec().input.format)?;
    let image = image.view().expect("memory is made for the view");
    with_element!(pipe.element(), T => agree::<T>(&pipe, image, threads));
    Ok(Outcome::Tested)
}

/// Runs on every level, into new memory and into memory that is there, twice: the second finds what the first kept.
fn agree<T: Bits>(pipe: &Pipeline, image: ImageRef<'_>, threads: usize) {
    let shape = pipe.output_shape(image.rows(), image.columns());
    let expected = match reference::run::<T>(pipe, image) {
        Ok(expected) => expected,
        Err(refused) => {
            assert!(!refused.to_string().is_empty());
            for level in Level::available() {
                let pipe = pipe.with_level(level).expect("it is available");
                assert_eq!(pipe.run::<T>(image).err().as_ref(), Some(&refused), "{level}, {pipe}");
            }
            return;
        }
    };
    assert_eq!(*shape.expect("the reference ran"), *expected.dims);
    for level in Level::available() {
        let pipe = pipe.with_level(level).expect("it is available").with_threads(threads).expect("at least one");
        let tensor = pipe.run::<T>(image).unwrap_or_else(|error| panic!("{level}, {pipe}: {error}"));
        assert_eq!(tensor.dims, expected.dims, "{level}, {pipe}");
        same(&tensor.data, &expected.data, level, &pipe, image);
        // Exactly as long as the tensor: one element further is not this program's.
        let mut out = vec![T::CANARY; expected.data.len()];
        pipe.run_into(image, &mut out).unwrap_or_else(|error| panic!("{level}, {pipe}: {error}"));
        same(&out, &expected.data, level, &pipe, image);
    }
    let mut short = vec![T::CANARY; expected.data.len() - 1];
    let refused = pipe.run_into(image, &mut short);
    assert!(matches!(refused, Err(Error::Output(_))), "{refused:?}");
    assert!(short.iter().all(|element| element.bits() == T::CANARY.bits()), "written before the error: {pipe}");
}

fn same<T: Bits>(actual: &[T], expected: &[T], level: Level, pipe: &Pipeline, image: ImageRef<'_>) {
    let different = actual.iter().zip(expected).position(|(a, b)| a.bits() != b.bits());
    if let Some(at) = different {
        let (actual, expected) = (actual[at], expected[at]);
        panic!("{level}, {pipe}: element {at} is {actual:?}, the reference says {expected:?}, of {image:?}");
    }
}

/// Numbers that nobody gives on purpose: refused, or a view that is all inside the memory.
fn wild_views(bytes: &mut Unstructured<'_>) -> Result<()> {
    let memory = [7; 64];
    let near = |bytes: &mut Unstructured<'_>| -> Result<isize> {
        Ok(if bytes.ratio(1, 4)? { bytes.arbitrary()? } else { bytes.int_in_range(-20..=20)? })
    };
    let origin = near(bytes)? as usize;
    let shape = [near(bytes)? as usize, near(bytes)? as usize, near(bytes)? as usize];
    let strides = [near(bytes)?, near(bytes)?, near(bytes)?];
    if let Ok(view) = ImageRef::strided(&memory, origin, shape, strides) {
        let corners = [0, 1].map(|last| [0, 1, 2].map(|axis| last * (shape[axis] - 1)));
        assert!(corners.iter().all(|[row, column, channel]| view.get(*row, *column, *channel) == 7));
    }
    Ok(())
}

/// Elements that are equal when their bits are.
trait Bits: TensorElement + Copy + Debug {
    /// What memory holds before a call.
    const CANARY: Self;

    fn bits(self) -> u32;
}

macro_rules! bits {
    ($($element:ty: $canary:expr, $value:ident => $bits:expr;)+) => {
        $(impl Bits for $element {
            const CANARY: Self = $canary;

            fn bits(self) -> u32 {
                let $value = self;
                $bits
            }
        })+
    };
}

bits! {
    u8: 0xA5, value => value.into();
    i8: -0x5B, value => value.cast_unsigned().into();
    f16: Self::from_bits(0x7E12), value => value.to_bits().into();
    bf16: Self::from_bits(0x7FD2), value => value.to_bits().into();
    f32: Self::from_bits(0x7FC0_1234), value => value.to_bits();
}
