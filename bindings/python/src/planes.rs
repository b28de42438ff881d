//! Python objects to planes of luma and chroma.

use pixfuse::{Error, ImageRef, PixelFormat};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::array::{Array, Look, array, tuple};
use crate::failure::Failure;

/// Planes of luma and chroma, which stay alive with this.
pub(crate) struct Planes<'py> {
    arrays: Vec<Array<'py>>,
    /// Whether each plane is an array of its own.
    apart: bool,
    format: PixelFormat,
}

/// Where each plane starts, and the bytes from row to row.
type Places = Vec<(*const u8, usize)>;

impl<'py> Planes<'py> {
    /// The planes that a pipeline of this format reads: one array as OpenCV has it, or a tuple or list of one for each
    /// plane. This may run code of the object.
    ///
    /// # Errors
    /// When they are no arrays of u8.
    pub(crate) fn of(object: &Bound<'py, PyAny>, format: PixelFormat) -> Result<Self, Failure> {
        let listed = object.is_instance_of::<PyTuple>() || object.is_instance_of::<PyList>();
        let apart = listed && format != PixelFormat::Yuyv;
        let arrays = if apart {
            object.try_iter()?.map(|plane| bytes(&plane?)).collect::<Result<Vec<_>, Failure>>()?
        } else {
            vec![bytes(object)?]
        };
        Ok(Self { arrays, apart, format })
    }

    /// The view of the planes as they lie now: no other code may run, and no other thread write to them, before its last
    /// use.
    ///
    /// # Errors
    /// When they have not the shapes of the format, or a side is 0.
    pub(crate) fn view(&self) -> Result<ImageRef<'_>, Failure> {
        let seen = self.arrays.iter().map(|array| array.look(Error::Image)).collect::<Result<Vec<_>, _>>()?;
        let (planes, [rows, columns]) =
            if self.apart { apart(&seen, self.format)? } else { whole(&seen[0], self.format)? };
        // SAFETY: `apart` and `whole` found each plane to be the whole of an array whose rows are dense and `stride` bytes
        // apart, or a part of one. numpy keeps these bytes readable, and `self` keeps the arrays, which nothing changes
        // before the view was used: see `Image::view`.
        Ok(unsafe { ImageRef::from_raw_yuv(self.format, &planes, rows, columns) }?)
    }
}

/// All planes in one array, and the rows and columns of the image.
fn whole(seen: &Look<'_>, format: PixelFormat) -> Result<(Places, [usize; 2]), Failure> {
    match (format, seen.shape) {
        // The last of an odd number of columns would have its V behind the array.
        (PixelFormat::Yuyv, &[rows, columns, 2]) if columns.is_multiple_of(2) => {
            Ok((vec![rows_of(seen, 0)?], [rows, columns]))
        }
        (PixelFormat::Nv12 | PixelFormat::Nv21 | PixelFormat::I420, &[high, columns])
            if high.is_multiple_of(3) && columns.is_multiple_of(2) && high > 0 =>
        {
            let rows = high / 3 * 2;
            Ok((below_each_other(seen, format, [rows, columns])?, [rows, columns]))
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
fn below_each_other(seen: &Look<'_>, format: PixelFormat, [rows, columns]: [usize; 2]) -> Result<Places, Failure> {
    let (origin, stride) = rows_of(seen, 0)?;
    let chroma = origin.wrapping_add(rows * stride);
    if format != PixelFormat::I420 {
        return Ok(vec![(origin, stride), (chroma, stride)]);
    }
    if stride != columns {
        let message = "rows are not dense, which i420 in one array needs; give a tuple of the planes (y, u, v)";
        return Err(Error::Image(message.into()).into());
    }
    let half = columns / 2;
    Ok(vec![(origin, stride), (chroma, half), (chroma.wrapping_add(rows / 2 * half), half)])
}

/// An array for each plane.
fn apart(arrays: &[Look<'_>], format: PixelFormat) -> Result<(Places, [usize; 2]), Failure> {
    let &[rows, columns] = arrays.first().map_or(&[][..], |luma| luma.shape) else {
        let shape = arrays.first().map_or_else(|| "nothing".to_owned(), |luma| tuple(luma.shape));
        return Err(Error::Image(format!("plane 0: shape {shape}, expected (rows, columns)")).into());
    };
    let (half, pairs) = (rows.div_ceil(2), columns.div_ceil(2));
    let mut planes = Vec::with_capacity(3);
    for (index, plane) in arrays.iter().enumerate() {
        let fits = match (index, format, plane.shape) {
            (0, ..) => true,
            (_, PixelFormat::I420, shape) => shape == [half, pairs],
            (_, _, shape) => shape == [half, pairs, 2] || shape == [half, pairs * 2],
        };
        if !fits {
            let expected = match format {
                PixelFormat::I420 => format!("({half}, {pairs})"),
                _ => format!("({half}, {pairs}, 2)"),
            };
            let shape = tuple(plane.shape);
            return Err(Error::Image(format!(
                "plane {index}: shape {shape}, expected {expected} for {format} of {rows} rows x {columns} columns"
            ))
            .into());
        }
        planes.push(rows_of(plane, index)?);
    }
    // As many as the format has, and no side is 0.
    ImageRef::yuv_lengths(format, &planes, rows, columns)?;
    Ok((planes, [rows, columns]))
}

/// An array of u8.
fn bytes<'py>(object: &Bound<'py, PyAny>) -> Result<Array<'py>, Failure> {
    let wrong = |array: Bound<'_, numpy::PyUntypedArray>| {
        use numpy::PyUntypedArrayMethods;
        Failure::from(Error::Image(format!("dtype {}, expected uint8", array.dtype())))
    };
    Array::of::<u8>(array(object)?).map_err(wrong)
}

/// The first byte of an array whose rows are dense, and the bytes from row to row.
fn rows_of(seen: &Look<'_>, index: usize) -> Result<(*const u8, usize), Failure> {
    let (shape, strides) = (seen.shape, seen.strides);
    let row: usize = shape[1..].iter().product();
    let dense = match strides {
        [_, 1] => true,
        [_, column, 1] => *column == shape[2] as isize,
        _ => false,
    };
    // Where there is one row, nothing is said of the next.
    let stride = if shape[0] == 1 { row as isize } else { strides[0] };
    match usize::try_from(stride) {
        Ok(stride) if dense && stride >= row => Ok((seen.data.cast_const().cast(), stride)),
        _ => {
            let message =
                format!("plane {index}: rows are not dense; numpy.ascontiguousarray makes an array whose are");
            Err(Error::Image(message).into())
        }
    }
}
