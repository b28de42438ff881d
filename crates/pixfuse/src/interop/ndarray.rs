//! Arrays of the `ndarray` crate.

use ::ndarray::{Array, ArrayView3, Dimension, IxDyn};

use crate::{Error, ImageRef, Tensor};

/// The pixels of an array, `(rows, columns, channels)` with any strides, where they lie.
///
/// ```
/// use ndarray::{Array3, Array4, s};
/// use pixfuse::{ImageRef, Pipeline};
///
/// let pipe = Pipeline::parse("input(rgb8), resize(2, 3, bilinear), normalize(), output(rgb, f32, chw)")?;
/// let pixels = Array3::<u8>::zeros((6, 8, 3));
/// let mirrored = ImageRef::try_from(pixels.slice(s![.., ..;-1, ..]))?;
/// let tensor: Array3<f32> = pipe.run(mirrored)?.try_into()?;
/// assert_eq!(tensor.dim(), (3, 2, 3));
///
/// // Planes, as other libraries have them.
/// let planes = Array3::<u8>::zeros((3, 6, 8));
/// let image = ImageRef::try_from(planes.view().permuted_axes([1, 2, 0]))?;
/// let batch: Array4<f32> = pipe.batch(&[mirrored, image])?.try_into()?;
/// assert_eq!(batch.dim(), (2, 3, 2, 3));
///
/// // Into an array that is there.
/// let mut out = Array3::<f32>::zeros((3, 2, 3));
/// pipe.run_into(image, out.as_slice_mut().expect("a new array is dense"))?;
/// # Ok::<(), pixfuse::Error>(())
/// ```
impl<'a> TryFrom<ArrayView3<'a, u8>> for ImageRef<'a> {
    type Error = Error;

    /// # Errors
    /// When a side is 0, or the last axis has not 1, 3 or 4 channels.
    fn try_from(view: ArrayView3<'a, u8>) -> Result<Self, Error> {
        let (rows, columns, channels) = view.dim();
        let shape = [rows, columns, channels];
        let strides = std::array::from_fn(|axis| view.strides()[axis]);
        Self::check_view(shape, strides)?;
        // SAFETY: the view borrows each of its elements for 'a, its strides are in elements, which are bytes, and
        // `check_view` accepted them.
        Ok(unsafe { Self::from_raw_parts(view.as_ptr(), shape, strides) })
    }
}

/// The tensor as an array of 3 dimensions, or of 4 for a batch; its elements stay where they are.
impl<T, D: Dimension> TryFrom<Tensor<T>> for Array<T, D> {
    type Error = Error;

    /// # Errors
    /// When the tensor has another number of dimensions, or `dims` were changed to what `data` has not.
    fn try_from(Tensor { data, dims }: Tensor<T>) -> Result<Self, Error> {
        let length = data.len();
        Array::from_shape_vec(IxDyn(&dims), data).and_then(Array::into_dimensionality).map_err(|_| {
            let wanted = D::NDIM.map_or("any number of".to_owned(), |count| count.to_string());
            Error::Output(format!("a tensor {dims:?} of {length} elements, expected {wanted} dimensions of as many"))
        })
    }
}
