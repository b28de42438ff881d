//! What a library returns beside its tensors that follows from the sizes of the images alone: made here, for every language.

use crate::padded_canvas::PaddedCanvas;
use crate::{Error, Imported, SizeValue};

/// The type of its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberType {
    /// `int32`
    Int32,
    /// `int64`
    Int64,
    /// `float32`
    Float32,
}

impl NumberType {
    /// The name that numpy and ONNX have for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Float32 => "float32",
        }
    }
}

/// Its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct OfSizes {
    /// The sides of the tensor, outermost first.
    pub dims: Vec<usize>,
    /// Their type.
    pub numbers: NumberType,
    /// Row by row.
    pub values: Vec<i64>,
}

impl Imported {
    /// What `value` is of images of these rows and columns, or of the frames of videos of so many (`frames`, empty for images).
    ///
    /// # Errors
    /// When the class refuses an image of such a size.
    ///
    /// ```
    /// use pixfuse_config::{Backend, Overrides, Source, Value, read};
    ///
    /// let source = Source::text(r#"{"image_processor_type": "Phi4MultimodalImageProcessor"}"#)?;
    /// let imported = read(&source, Backend::Torch, &Overrides::new())?;
    /// let Value::OfSizes(tokens) = imported.outputs[3].value else { unreachable!() };
    /// assert_eq!(imported.outputs[3].name, "num_img_tokens");
    /// assert_eq!(imported.of_sizes(tokens, &[[1080, 1920]], &[])?.values, [3918]);
    /// # Ok::<(), pixfuse_config::Error>(())
    /// ```
    pub fn of_sizes(&self, value: SizeValue, sources: &[[usize; 2]], frames: &[usize]) -> Result<OfSizes, Error> {
        let sources: Vec<[u32; 2]> = sources.iter().map(|sides| sides.map(|side| side as u32)).collect();
        let made = |dims: Vec<usize>, numbers, values| Ok(OfSizes { dims, numbers, values });
        let padded = |canvas: PaddedCanvas| {
            let plans = sources.iter().map(|source| canvas.plan(*source));
            plans.collect::<Result<Vec<_>, _>>().map_err(|why| Error::value(&self.class, "size", why))
        };
        let whole = |numbers: [u32; 2]| numbers.map(i64::from);
        let count = sources.len();
        match value {
            SizeValue::CanvasSizes(canvas) => {
                let sides = padded(canvas)?.into_iter().flat_map(|plan| plan.grid.map(|tiles| tiles * canvas.side));
                made(vec![count, 2], NumberType::Int64, sides.map(i64::from).collect())
            }
            SizeValue::CanvasTokens(canvas) => {
                let tokens = padded(canvas)?.iter().map(|plan| canvas.tokens(plan)).collect();
                made(vec![count], NumberType::Int64, tokens)
            }
            SizeValue::CanvasMask(canvas) => {
                let (plans, side) = (padded(canvas)?, canvas.patches());
                let most = plans.iter().map(|plan| 1 + plan.grid[0] * plan.grid[1]).max().unwrap_or(0);
                let mut values = Vec::new();
                for plan in &plans {
                    let ([high, wide], [rows, columns]) = (plan.grid, canvas.shown(plan));
                    for tile in 0..most {
                        // The view is the first one; behind the tiles of the canvas are those of nothing.
                        let at = tile.checked_sub(1).filter(|tile| *tile < high * wide);
                        let inside = |row: u32, column: u32| {
                            at.is_none_or(|tile| {
                                tile / wide * side + row < rows && tile % wide * side + column < columns
                            })
                        };
                        let patches = (0..side).flat_map(|row| (0..side).map(move |column| (row, column)));
                        values.extend(patches.map(|(row, column)| i64::from(inside(row, column))));
                    }
                }
                made(vec![count, most as usize, side as usize, side as usize], NumberType::Float32, values)
            }
            SizeValue::PooledPatches(crops) => {
                let (side, each) = (i64::from(crops.patches()), crops.pooling[0] * crops.pooling[1]);
                let (mut values, mut first) = (Vec::new(), 0);
                for _ in 0..frames.iter().sum::<usize>() {
                    values.extend(crops.pooled_view(first).indices);
                    first += side * side;
                }
                for source in sources.iter().filter(|_| frames.is_empty()) {
                    let grid = crops.grid(*source);
                    values.extend(crops.pooled_view(first).indices);
                    values.extend(crops.pooled_crops(grid, first + side * side).indices);
                    first += side * side * i64::from(1 + grid[0] * grid[1]);
                }
                let numbers = if frames.is_empty() { NumberType::Int32 } else { NumberType::Int64 };
                made(vec![values.len() / each as usize, each as usize], numbers, values)
            }
            SizeValue::PooledGrids(crops) => {
                let grids = sources.iter().flat_map(|source| {
                    let crops_of_image = crops.pooled_crops(crops.grid(*source), 0).grid;
                    [whole(crops.pooled_view(0).grid), whole(crops_of_image)]
                });
                made(vec![count, 4], NumberType::Int64, grids.flatten().collect())
            }
            SizeValue::CropCounts(crops) => {
                let counts = sources.iter().map(|source| crops.grid(*source)).map(|[rows, columns]| rows * columns + 1);
                made(vec![count], NumberType::Int64, counts.map(i64::from).collect())
            }
            SizeValue::PooledFrames(crops) => {
                let [rows, columns] = whole(crops.pooled_view(0).grid);
                let grids = frames.iter().flat_map(|count| [*count as i64, rows, columns]);
                made(vec![frames.len(), 3], NumberType::Int64, grids.collect())
            }
            SizeValue::FrameGrids => {
                let grids = sources.iter().flat_map(|source| whole(self.slices_of(*source)));
                made(vec![count, 2], NumberType::Int32, grids.collect())
            }
            SizeValue::FrameCounts => {
                let counts = sources.iter().map(|source| self.slices_of(*source));
                let counts = counts.map(|[rows, columns]| i64::from(rows * columns) + 1);
                made(vec![count], NumberType::Int32, counts.collect())
            }
        }
    }

    /// Rows and columns of slices of an image of this size, 0 and 0 where it stays whole.
    fn slices_of(&self, source: [u32; 2]) -> [u32; 2] {
        let [rows, columns] = source.map(|side| side as usize);
        let cut = self.views.first().filter(|view| view.is_made(rows, columns));
        cut.and_then(|view| view.grid(rows, columns)).unwrap_or([0, 0])
    }
}
