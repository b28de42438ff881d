//! One declaration, one size and one view, run on every level.

use pixfuse::{ImageRef, Level, Pipeline, reference};
use pixfuse_spec::{Shape, Spec, lower};

use crate::common::{Bits, assert_bits, levels, pixels};
use crate::declarations::Declaration;
use crate::view::{Named, View};

/// Source rows, source columns, rows, columns.
pub(crate) type Size = [usize; 4];

pub(crate) struct Case {
    pub(crate) declaration: Declaration,
    pub(crate) pipe: Pipeline,
    pub(crate) view: View,
    view_name: &'static str,
    shape: [usize; 3],
}

impl Case {
    pub(crate) fn new(declaration: Declaration, [rows, columns, to_rows, to_columns]: Size, view: Named) -> Self {
        let shape = [rows, columns, declaration.channels];
        let pipe = Pipeline::parse(&declaration.text(to_rows, to_columns)).expect("a declaration of the list is right");
        let (view_name, make) = view;
        Self { declaration, pipe, view: make(shape), view_name, shape }
    }

    /// Memory of the view's length.
    pub(crate) fn memory(&self, seed: usize) -> Vec<u8> {
        pixels(self.view.length, seed)
    }

    /// The image in memory of the view's length.
    pub(crate) fn image<'a>(&self, memory: &'a [u8]) -> ImageRef<'a> {
        ImageRef::strided(memory, self.view.origin, self.shape, self.view.strides).expect("the view fits its memory")
    }

    /// Elements of the tensor.
    #[cfg(unix)]
    pub(crate) fn elements(&self) -> usize {
        self.pipe.output_shape(self.shape[0], self.shape[1]).expect("the sizes are small").iter().product()
    }

    /// The pipeline on each level that is compared.
    pub(crate) fn levels(&self) -> impl Iterator<Item = (Level, Pipeline)> {
        levels()
            .into_iter()
            .map(|level| (level, self.pipe.with_level(level).expect("a level that is available can be asked for")))
    }

    /// What this is, for a message.
    pub(crate) fn name(&self, level: Level) -> String {
        let Self { pipe, shape, view, view_name, .. } = self;
        format!("{level}, {pipe}, from {shape:?}, {view_name}: {view:?}")
    }
}

/// The shape of a declaration's kernel.
pub(crate) fn shape(declaration: &Declaration) -> Shape {
    let spec: Spec = declaration.text(1, 1).parse().expect("a declaration of the list is right");
    lower(&spec).shape()
}

/// Runs on every level into a new tensor, and compares it to the reference.
pub(crate) fn every_level(case: &Case, memory: &[u8]) {
    fn of<T: Bits>(case: &Case, memory: &[u8]) {
        let image = case.image(memory);
        let expected = reference::run::<T>(&case.pipe, image).expect("the image fits");
        for (level, pipe) in case.levels() {
            let tensor = pipe.run::<T>(image).expect("the image fits");
            assert_eq!(tensor.dims, expected.dims);
            assert_bits(&tensor.data, &expected.data, || case.name(level));
        }
    }
    pixfuse::with_element!(case.declaration.element(), T => of::<T>(case, memory));
}
