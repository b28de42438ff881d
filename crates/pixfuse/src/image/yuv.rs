//! Views of luma and chroma: what cameras, video decoders and webcams give.

use std::marker::PhantomData;

use pixfuse_spec::Sample;

use super::view::{Plane, Sampling, View};
use super::{ImageRef, extent};
use crate::{Error, PixelFormat};

/// A plane of bytes in rows: what `yuv` is given.
#[derive(Clone, Copy, Debug)]
pub struct YuvPlane<'a> {
    /// From the first byte of the first row on.
    pub bytes: &'a [u8],
    /// Bytes from a row to the next.
    pub stride: usize,
}

/// Rows and bytes of a row of each plane.
fn sizes(format: PixelFormat, rows: usize, columns: usize) -> Vec<[usize; 2]> {
    let [half_rows, pairs] = [rows.div_ceil(2), columns.div_ceil(2)];
    match format {
        PixelFormat::Nv12 | PixelFormat::Nv21 => vec![[rows, columns], [half_rows, pairs * 2]],
        PixelFormat::I420 => vec![[rows, columns], [half_rows, pairs], [half_rows, pairs]],
        PixelFormat::Yuyv => vec![[rows, pairs * 4]],
        _ => Vec::new(),
    }
}

impl<'a> ImageRef<'a> {
    /// View of `nv12`, `nv21` (luma, pairs of chroma), `i420` (luma, U, V) or `yuyv` (one plane), each with rows of its
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
        let pointers: Vec<_> = planes.iter().map(|plane| (plane.bytes.as_ptr(), plane.stride)).collect();
        let lengths = Self::yuv_lengths(format, &pointers, rows, columns)?;
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
        // SAFETY: each plane has the bytes that were asked for, and is borrowed for 'a.
        unsafe { Self::from_raw_yuv(format, &pointers, rows, columns) }
    }

    /// All planes in one buffer without gaps, one after the other: what OpenCV and ffmpeg give.
    ///
    /// # Errors
    /// As [`yuv`](Self::yuv), and when the buffer has another length.
    pub fn yuv_dense(format: PixelFormat, bytes: &'a [u8], rows: usize, columns: usize) -> Result<Self, Error> {
        let (mut planes, mut rest) = (Vec::new(), bytes);
        let sizes = if rows == 0 || columns == 0 { Vec::new() } else { sizes(format, rows, columns) };
        let needs: usize = sizes.iter().map(|[rows, row]| rows.saturating_mul(*row)).sum();
        if !sizes.is_empty() && bytes.len() != needs {
            return Err(Error::Image(format!(
                "{} bytes given, but {format} of {rows} rows x {columns} columns is {needs}",
                bytes.len()
            )));
        }
        for [rows, stride] in sizes {
            let (bytes, behind) = rest.split_at(rows * stride);
            planes.push(YuvPlane { bytes, stride });
            rest = behind;
        }
        Self::yuv(format, &planes, rows, columns)
    }

    /// Bytes of a row of each plane, which are those from row to row where there are no gaps.
    ///
    /// # Errors
    /// When the format has no chroma planes.
    pub fn yuv_dense_strides(format: PixelFormat, columns: usize) -> Result<Vec<usize>, Error> {
        if !format.is_yuv() {
            return Err(Error::Image(format!("{format} has no chroma planes; expected nv12, nv21, i420 or yuyv")));
        }
        Ok(sizes(format, 1, columns).into_iter().map(|[_, row]| row).collect())
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
        Self::yuv_dense_strides(format, columns)?;
        let pixels = [rows, columns, 1];
        extent(pixels, [0; 3], Sample::U8)?;
        let sizes = sizes(format, rows, columns);
        if planes.len() != sizes.len() {
            return Err(Error::Image(format!("{} planes given, {format} has {}", planes.len(), sizes.len())));
        }
        let lengths = sizes.into_iter().zip(planes).enumerate().map(|(index, ([rows, row], &(_, stride)))| {
            if stride < row {
                return Err(Error::Image(format!(
                    "plane {index}: {stride} bytes from row to row, but a row of {format} with {columns} columns has {row}"
                )));
            }
            let length = (rows - 1).checked_mul(stride).and_then(|bytes| bytes.checked_add(row));
            length
                .filter(|&length| length <= isize::MAX as usize)
                .ok_or_else(|| Error::Image(format!("plane {index}: {rows} rows of {stride} bytes are larger than memory")))
        });
        lengths.collect()
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
        Self::yuv_lengths(format, planes, rows, columns)?;
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
        let view = View { pixels, channel_stride: 0, chroma, sampling: [down, Sampling::PAIRS], is_cold: false };
        Ok(Self {
            view,
            shape: [rows, columns, format.channels()],
            sample: Sample::U8,
            format: Some(format),
            pixels: PhantomData,
        })
    }

    /// Luma, U and V of one pixel.
    ///
    /// # Panics
    /// When the index is outside the view, or it has no chroma.
    pub(crate) fn luma_and_chroma(&self, row: usize, column: usize) -> [u8; 3] {
        assert!(self.view.has_chroma() && row < self.shape[0] && column < self.shape[1]);
        let View { pixels, chroma: [u, v], sampling: [down, across], .. } = self.view;
        let (y, x) = (down.of(row), across.of(column));
        // SAFETY: whoever made the view promised the samples of each pixel.
        unsafe { [*pixels.at(row, column), *u.at(y, x), *v.at(y, x)] }
    }
}
