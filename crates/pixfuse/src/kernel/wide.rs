//! Sources of 16 bits or f32: rows become f32, which holds every sample exactly, and stay it.

use pixfuse_spec::Sample;

use crate::image::view::View;

/// One sample as f32.
///
/// # Safety
/// Its bytes are readable.
#[inline(always)]
unsafe fn sample(kind: Sample, at: *const u8) -> f32 {
    // SAFETY: the caller promises the bytes of one sample of this kind, at any alignment.
    unsafe {
        match kind {
            Sample::U8 => (*at).into(),
            Sample::U16 => at.cast::<u16>().read_unaligned().into(),
            Sample::F32 => at.cast::<f32>().read_unaligned(),
        }
    }
}

/// Writes one channel of the pixels of these columns.
///
/// # Safety
/// They are inside the view, whose samples are of this kind, and as many elements are writable at `to`.
#[inline(always)]
pub(super) unsafe fn plane(kind: Sample, view: &View, row: usize, columns: &[u32], channel: usize, to: *mut f32) {
    let first = view.pixels.row(row).wrapping_offset(channel as isize * view.channel_stride);
    for (index, &column) in columns.iter().enumerate() {
        // SAFETY: the caller promises that the row has this column, with samples of this kind, and as many elements at `to`
        // as there are columns.
        unsafe {
            let at = first.wrapping_offset(column as isize * view.pixels.strides[1]);
            *to.add(index) = sample(kind, at);
        }
    }
}
