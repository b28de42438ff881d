//! Views of luma and chroma: what cameras, video decoders and webcams give.

use pixfuse_spec::Sample;

use super::view::{Plane, Planes, Sampling, View};
use super::{ImageRef, extent};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{Error, PixelFormat};

/// A plane of bytes in rows: what `yuv` is given.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct YuvPlane<'a> {
    /// From the first byte of the first row on.
    pub bytes: &'a [u8],
    /// Bytes from a row to the next.
    pub stride: usize,
}

/// The most planes that a format has.
const PLANES: usize = 3;

/// Rows and bytes of a row of each plane, and how many planes there are: none where there is no chroma.
fn sizes(format: PixelFormat, rows: usize, columns: usize) -> ([[usize; 2]; PLANES], usize) {
    let [half_rows, pairs] = [rows.div_ceil(2), columns.div_ceil(2)];
    let (luma, chroma) = ([rows, columns], [half_rows, pairs]);
    match format {
        PixelFormat::Nv12 | PixelFormat::Nv21 => ([luma, [half_rows, pairs.saturating_mul(2)], [0; 2]], 2),
        PixelFormat::I420 => ([luma, chroma, chroma], 3),
        PixelFormat::Yuyv => ([[rows, pairs.saturating_mul(4)], [0; 2], [0; 2]], 1),
        _ => ([[0; 2]; PLANES], 0),
    }
}

/// The bytes that each plane must have, from its first on, where rows are so many bytes apart. Nothing is allocated: a
/// camera's frame is a new view each time.
fn lengths(
    format: PixelFormat,
    strides: impl ExactSizeIterator<Item = usize>,
    rows: usize,
    columns: usize,
) -> Result<[usize; PLANES], Error> {
    if !format.is_yuv() {
        return Err(Error::Image(format!("{format} has no chroma planes; expected nv12, nv21, i420 or yuyv")));
    }
    extent([rows, columns, 1], [0; 3], Sample::U8)?;
    let (sizes, count) = sizes(format, rows, columns);
    if strides.len() != count {
        return Err(Error::Image(format!("{} planes given, {format} has {count}", strides.len())));
    }
    let mut lengths = [0; PLANES];
    for (index, ([rows, row], stride)) in sizes.into_iter().zip(strides).enumerate() {
        if stride < row {
            return Err(Error::Image(format!(
                "plane {index}: {stride} bytes from row to row, but a row of {format} with {columns} columns has {row}"
            )));
        }
        let length = (rows - 1).checked_mul(stride).and_then(|bytes| bytes.checked_add(row));
        lengths[index] = length.filter(|&length| length <= isize::MAX as usize).ok_or_else(|| {
            Error::Image(format!("plane {index}: {rows} rows of {stride} bytes are larger than memory"))
        })?;
    }
    Ok(lengths)
}

impl<'a> ImageRef<'a> {
    /// Planes of `nv12`, `nv21` (luma, pairs of chroma), `i420` (luma, U, V) or `yuyv` (one plane), each with rows of its
    /// own stride. Of an odd side the last pixel has a chroma sample of its own.
    ///
    /// # Errors
    /// When the format is none of these, a side is 0, the planes are not as many as the format has, or one is too short.
    ///
    /// ```
    /// use pixfuse::{ImageRef, PixelFormat, YuvPlane};
    ///
    /// // A camera's frame of 4 x 6 pixels in rows of 8 bytes.
    /// let frame = [128; 8 * 4 + 8 * 2];
    /// let (luma, chroma) = frame.split_at(8 * 4);
    /// let planes = [luma, chroma].map(|bytes| YuvPlane { bytes, stride: 8 });
    /// let image = ImageRef::yuv(PixelFormat::Nv12, &planes, 4, 6)?;
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn yuv(format: PixelFormat, planes: &[YuvPlane<'a>], rows: usize, columns: usize) -> Result<Self, Error> {
        let lengths = lengths(format, planes.iter().map(|plane| plane.stride), rows, columns)?;
        for (index, (plane, needs)) in planes.iter().zip(lengths).enumerate() {
            if plane.bytes.len() < needs {
                return Err(Error::Image(format!(
                    "plane {index}: {} bytes given, but {format} of {rows} rows x {columns} columns with {} bytes from \
                     row to row needs {needs}",
                    plane.bytes.len(),
                    plane.stride
                )));
            }
        }
        let mut pointers = [(std::ptr::null(), 0); PLANES];
        for (pointer, plane) in pointers.iter_mut().zip(planes) {
            *pointer = (plane.bytes.as_ptr(), plane.stride);
        }
        // SAFETY: each plane has the bytes that the layout needs, and is borrowed for 'a.
        unsafe { Self::from_raw_yuv(format, &pointers[..planes.len()], rows, columns) }
    }

    /// All planes in one buffer without gaps, one after the other: what OpenCV and ffmpeg give.
    ///
    /// # Errors
    /// As [`yuv`](Self::yuv), and when the buffer has another length.
    pub fn yuv_dense(format: PixelFormat, bytes: &'a [u8], rows: usize, columns: usize) -> Result<Self, Error> {
        let (sizes, count) = sizes(format, rows, columns);
        let needs = sizes.iter().fold(0_usize, |sum, [rows, row]| sum.saturating_add(rows.saturating_mul(*row)));
        if needs > 0 && bytes.len() != needs {
            return Err(Error::Image(format!(
                "{} bytes given, but {format} of {rows} rows x {columns} columns is {needs}",
                bytes.len()
            )));
        }
        let mut planes = [YuvPlane { bytes: &[], stride: 0 }; PLANES];
        let mut rest = bytes;
        for (plane, [rows, stride]) in planes.iter_mut().zip(sizes) {
            // Sides of 0 have no bytes, and are refused below.
            let (bytes, behind) = rest.split_at(rows * stride);
            (*plane, rest) = (YuvPlane { bytes, stride }, behind);
        }
        Self::yuv(format, &planes[..count], rows, columns)
    }

    /// Bytes of a row of each plane, which are those from row to row where there are no gaps.
    ///
    /// # Errors
    /// When the format has no chroma planes.
    pub fn yuv_dense_strides(format: PixelFormat, columns: usize) -> Result<Vec<usize>, Error> {
        let (sizes, count) = sizes(format, 1, columns);
        match count {
            0 => Err(Error::Image(format!("{format} has no chroma planes; expected nv12, nv21, i420 or yuyv"))),
            _ => Ok(sizes[..count].iter().map(|[_, row]| *row).collect()),
        }
    }

    /// The bytes that each plane must have, from its first on.
    ///
    /// # Errors
    /// As [`yuv`](Self::yuv).
    pub fn yuv_lengths(
        format: PixelFormat,
        planes: &[(*const u8, usize)],
        rows: usize,
        columns: usize,
    ) -> Result<Vec<usize>, Error> {
        Ok(lengths(format, planes.iter().map(|&(_, stride)| stride), rows, columns)?[..planes.len()].to_vec())
    }

    /// As [`yuv`](Self::yuv), from pointers to the planes and their strides: for bridges to other languages' buffers.
    ///
    /// # Errors
    /// As [`yuv_lengths`](Self::yuv_lengths).
    ///
    /// # Safety
    /// From each pointer as many bytes as [`yuv_lengths`](Self::yuv_lengths) says must be readable for 'a and not written
    /// meanwhile.
    pub unsafe fn from_raw_yuv(
        format: PixelFormat,
        planes: &[(*const u8, usize)],
        rows: usize,
        columns: usize,
    ) -> Result<Self, Error> {
        lengths(format, planes.iter().map(|&(_, stride)| stride), rows, columns)?;
        let plane = |index: usize, first: usize, column: isize| {
            let (origin, stride) = planes[index];
            Plane { origin: origin.wrapping_add(first), strides: [stride as isize, column] }
        };
        let (pixels, chroma, down) = match format {
            PixelFormat::Nv12 => (plane(0, 0, 1), [plane(1, 0, 2), plane(1, 1, 2)], Sampling::PAIRS),
            PixelFormat::Nv21 => (plane(0, 0, 1), [plane(1, 1, 2), plane(1, 0, 2)], Sampling::PAIRS),
            PixelFormat::I420 => (plane(0, 0, 1), [plane(1, 0, 1), plane(2, 0, 1)], Sampling::PAIRS),
            _ => (plane(0, 0, 2), [plane(0, 1, 4), plane(0, 3, 4)], Sampling::default()),
        };
        let sampling = [down, Sampling::PAIRS];
        let planes = Planes { pixels, channel_stride: 0, chroma, sampling, is_streamed: false };
        // SAFETY: the caller promises the bytes of each plane, which has a sample of luma for each pixel, and of chroma for each
        // two columns, and each two rows where there are planes of it.
        let view = unsafe { View::new(planes, [rows, columns, format.channels()], Sample::U8) };
        Ok(Self { view, format: Some(format) })
    }

    /// Luma, U and V of one pixel.
    ///
    /// # Panics
    /// When the index is outside the view, or it has no chroma.
    pub(crate) fn luma_and_chroma(&self, row: usize, column: usize) -> [u8; 3] {
        let columns = column..column.saturating_add(1);
        let chroma = [0, 1].map(|plane| self.view.chroma_of(row, columns.clone(), plane));
        let lines = [self.view.channel(row, columns, 0), chroma[0], chroma[1]];
        lines.map(|line| line.and_then(|line| line.get(0)).expect("the index is inside a view with chroma"))
    }
}
