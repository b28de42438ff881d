//! Python objects to planes of luma and chroma.

use numpy::{PyArrayDyn, PyArrayMethods, PyUntypedArrayMethods};
use pixfuse::{Error, ImageRef, PixelFormat};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::failure::Failure;
use crate::image::{array, tuple};

/// Planes of luma and chroma, which stay alive with this.
pub(crate) struct Planes<'py> {
    _owners: Vec<Bound<'py, PyArrayDyn<u8>>>,
    format: PixelFormat,
    /// Where each plane starts, and the bytes from row to row.
    planes: Vec<(*const u8, usize)>,
    sides: [usize; 2],
}

impl<'py> Planes<'py> {
    /// The planes that a pipeline of this format reads: one array as OpenCV has it, or a tuple or list of one for each
    /// plane.
    ///
    /// # Errors
    /// When they are no arrays of u8 with the shapes of the format.
    pub(crate) fn of(object: &Bound<'py, PyAny>, format: PixelFormat) -> Result<Self, Failure> {
        let apart = object.is_instance_of::<PyTuple>() || object.is_instance_of::<PyList>();
        if apart && format != PixelFormat::Yuyv {
            let planes = object.try_iter()?.map(|plane| bytes(&plane?)).collect::<Result<Vec<_>, Failure>>()?;
            return Self::apart(planes, format);
        }
        let whole = bytes(object)?;
        match (format, whole.shape()) {
            // The last of an odd number of columns would have its V behind the array.
            (PixelFormat::Yuyv, &[rows, columns, 2]) if columns.is_multiple_of(2) => {
                let planes = vec![rows_of(&whole, 0)?];
                Ok(Self { planes, _owners: vec![whole], format, sides: [rows, columns] })
            }
            (PixelFormat::Nv12 | PixelFormat::Nv21 | PixelFormat::I420, &[high, columns])
                if high.is_multiple_of(3) && columns.is_multiple_of(2) && high > 0 =>
            {
                Self::one(whole, format, [high / 3 * 2, columns])
            }
            (_, shape) => {
                let expected = match format {
                    PixelFormat::Yuyv => "(rows, columns, 2) of even columns",
                    PixelFormat::I420 => "(rows * 3/2, columns) of even sides, or a tuple of the planes (y, u, v)",
                    _ => "(rows * 3/2, columns) of even sides, or a tuple of the planes (y, uv)",
                };
                let shape = tuple(shape);
                Err(Error::Image(format!("shape {shape}, expected {expected} for input({format})")).into())
            }
        }
    }

    /// Luma and chroma below each other in one array.
    fn one(
        whole: Bound<'py, PyArrayDyn<u8>>,
        format: PixelFormat,
        [rows, columns]: [usize; 2],
    ) -> Result<Self, Failure> {
        let (origin, stride) = rows_of(&whole, 0)?;
        let chroma = origin.wrapping_add(rows * stride);
        let planes = if format == PixelFormat::I420 {
            if stride != columns {
                let message = "rows are not dense, which i420 in one array needs; give a tuple of the planes (y, u, v)";
                return Err(Error::Image(message.into()).into());
            }
            let half = columns / 2;
            vec![(origin, stride), (chroma, half), (chroma.wrapping_add(rows / 2 * half), half)]
        } else {
            vec![(origin, stride), (chroma, stride)]
        };
        Ok(Self { _owners: vec![whole], format, planes, sides: [rows, columns] })
    }

    /// An array for each plane.
    fn apart(arrays: Vec<Bound<'py, PyArrayDyn<u8>>>, format: PixelFormat) -> Result<Self, Failure> {
        let &[rows, columns] = arrays.first().map_or(&[][..], |luma| luma.shape()) else {
            let shape = arrays.first().map_or_else(|| "nothing".to_owned(), |luma| tuple(luma.shape()));
            return Err(Error::Image(format!("plane 0: shape {shape}, expected (rows, columns)")).into());
        };
        let (half, pairs) = (rows.div_ceil(2), columns.div_ceil(2));
        let mut planes = Vec::with_capacity(3);
        for (index, plane) in arrays.iter().enumerate() {
            let fits = match (index, format, plane.shape()) {
                (0, ..) => true,
                (_, PixelFormat::I420, shape) => shape == [half, pairs],
                (_, _, shape) => shape == [half, pairs, 2] || shape == [half, pairs * 2],
            };
            if !fits {
                let expected = match format {
                    PixelFormat::I420 => format!("({half}, {pairs})"),
                    _ => format!("({half}, {pairs}, 2)"),
                };
                let shape = tuple(plane.shape());
                return Err(Error::Image(format!(
                    "plane {index}: shape {shape}, expected {expected} for {format} of {rows} rows x {columns} columns"
                ))
                .into());
            }
            planes.push(rows_of(plane, index)?);
        }
        // As many as the format has, and no side is 0.
        ImageRef::yuv_lengths(format, &planes, rows, columns)?;
        Ok(Self { _owners: arrays, format, planes, sides: [rows, columns] })
    }

    /// The view of the planes, which no other thread may write while it is read.
    ///
    /// # Errors
    /// When a side is 0.
    pub(crate) fn view(&self) -> Result<ImageRef<'_>, Failure> {
        let [rows, columns] = self.sides;
        // SAFETY: `of` found each plane to be the whole of an array whose rows are dense and `stride` bytes apart, or a
        // part of one, and arrays stay as they are for as long as `self` holds them: see `Image::view`.
        Ok(unsafe { ImageRef::from_raw_yuv(self.format, &self.planes, rows, columns) }?)
    }
}

/// An array of u8.
fn bytes<'py>(object: &Bound<'py, PyAny>) -> Result<Bound<'py, PyArrayDyn<u8>>, Failure> {
    let array = array(object)?;
    match array.cast::<PyArrayDyn<u8>>() {
        Ok(array) => Ok(array.clone()),
        Err(_) => Err(Error::Image(format!("dtype {}, expected uint8", array.dtype())).into()),
    }
}

/// The first byte of an array whose rows are dense, and the bytes from row to row.
fn rows_of(array: &Bound<'_, PyArrayDyn<u8>>, index: usize) -> Result<(*const u8, usize), Failure> {
    let (shape, strides) = (array.shape(), array.strides());
    let row: usize = shape[1..].iter().product();
    let dense = match strides {
        [_, 1] => true,
        [_, column, 1] => *column == shape[2] as isize,
        _ => false,
    };
    // Where there is one row, nothing is said of the next.
    let stride = if shape[0] == 1 { row as isize } else { strides[0] };
    match usize::try_from(stride) {
        Ok(stride) if dense && stride >= row => Ok((array.data().cast_const(), stride)),
        _ => {
            let message =
                format!("plane {index}: rows are not dense; numpy.ascontiguousarray makes an array whose are");
            Err(Error::Image(message).into())
        }
    }
}
