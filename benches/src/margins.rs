//! What a letterbox adds to a peer's work: constant rows above and below the image.

use pixfuse::Pipeline;

use crate::{Error, Workload};

/// The rows of a tensor that show nothing of the source, for peers that write them on their own.
#[derive(Clone, Copy)]
pub struct Margins {
    /// Elements of each plane before the content, and of the content.
    above: usize,
    content: usize,
    /// What the rest of each plane is filled with.
    value: [f32; 3],
}

impl Margins {
    /// Those of a workload; none where it has no letterbox.
    ///
    /// # Errors
    /// When its content is narrower than its tensor: no workload has margins at its sides.
    pub fn of(workload: &Workload) -> Result<Self, Error> {
        let geometry = Pipeline::new(workload.spec.clone())?.geometry(workload.rows, workload.columns)?;
        let ([top, _, rows, columns], [_, out_columns]) = (geometry.content(), geometry.output());
        if columns != out_columns {
            return Err(format!("{}: {columns} of {out_columns} columns show the source", workload.id).into());
        }
        let fill = |c| workload.spec.letterbox.as_ref().map_or(0, |letterbox| letterbox.fill.channel(c));
        let numbers = workload.numbers().ok_or("a peer needs numbers")?;
        let value = std::array::from_fn(|c| f32::from(fill(c)).mul_add(numbers.gain[c], numbers.offset[c]));
        Ok(Self { above: top * columns, content: rows * columns, value })
    }

    /// Fills the margins of a tensor and gives the rest of its planes.
    ///
    /// # Panics
    /// When `out` is shorter than the workload's tensor.
    pub fn fill<'a>(&self, out: &'a mut [f32]) -> [&'a mut [f32]; 3] {
        let mut value = self.value.into_iter();
        planes_of(out).map(|plane| {
            let value = value.next().expect("three planes have three values");
            let (above, rest) = plane.split_at_mut(self.above);
            let (content, below) = rest.split_at_mut(self.content);
            above.fill(value);
            below.fill(value);
            content
        })
    }
}

/// The three planes of a tensor.
pub fn planes_of(out: &mut [f32]) -> [&mut [f32]; 3] {
    let (first, rest) = out.split_at_mut(out.len() / 3);
    let (second, third) = rest.split_at_mut(first.len());
    [first, second, third]
}
