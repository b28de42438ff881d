//! Where things of an image lie in its tensor.

use pixfuse::{Clip, Geometry};

use crate::error::{Failure, is_done};
use crate::handle::{Handle, pipeline};
use crate::structs::{self, CStruct};

/// `pixfuse_geometry` in C.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct CGeometry {
    size: usize,
    source: [usize; 2],
    resized: [usize; 2],
    output: [usize; 2],
    content: [usize; 4],
    patches: [usize; 2],
    tiles: [usize; 2],
    images: usize,
    matrix: [[f64; 3]; 2],
    inverse: [[f64; 3]; 2],
    numbers: [f64; Geometry::NUMBERS],
}

// SAFETY: it is `repr(C)`, begins with its size, and all of it is numbers.
unsafe impl CStruct for CGeometry {
    const ARGUMENT: &str = "geometry";
    const NAME: &str = "pixfuse_geometry";
}

impl CGeometry {
    fn new(geometry: &Geometry) -> Self {
        Self {
            size: size_of::<Self>(),
            source: geometry.source(),
            resized: geometry.resized(),
            output: geometry.output(),
            content: geometry.content(),
            patches: geometry.patches().unwrap_or_default(),
            tiles: geometry.tiles().unwrap_or_default(),
            images: geometry.images(),
            matrix: geometry.matrix(),
            inverse: geometry.inverse(),
            numbers: geometry.to_numbers(),
        }
    }

    /// # Safety
    /// `to` is null or a `pixfuse_geometry` whose `size` is set.
    pub(crate) unsafe fn give(geometry: &Geometry, to: *mut Self) -> Result<(), Failure> {
        // SAFETY: the caller promises a geometry, or null.
        unsafe { structs::give(Self::new(geometry), to) }
    }
}

/// # Safety
/// `pipe` is a handle; `geometry` has its `size`; `error` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_geometry_of(
    pipe: *const Handle,
    rows: usize,
    columns: usize,
    geometry: *mut CGeometry,
    error: *mut *mut Failure,
) -> bool {
    let ask = || {
        // SAFETY: the caller promises the handle and the geometry.
        unsafe { CGeometry::give(&pipeline(pipe)?.geometry(rows, columns)?, geometry) }
    };
    // SAFETY: the caller promises `error`.
    unsafe { is_done(error, ask) }
}

/// # Safety
/// `geometry` is one that [`pixfuse_geometry_of`] filled; `part` has its `size`.
unsafe fn part(
    geometry: *const CGeometry,
    part: *mut CGeometry,
    of: impl Fn(&Geometry) -> Option<Geometry>,
    none: impl Fn(&Geometry) -> String,
) -> Result<(), Failure> {
    // SAFETY: the caller promises a geometry, or null.
    let geometry = Geometry::from_numbers(unsafe { structs::read(geometry) }?.numbers)?;
    let made = of(&geometry).ok_or_else(|| Failure::argument(none(&geometry)))?;
    // SAFETY: the caller promises a geometry to write to, or null.
    unsafe { CGeometry::give(&made, part) }
}

/// # Safety
/// As `part`; `error` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_geometry_tile(
    geometry: *const CGeometry,
    index: usize,
    tile: *mut CGeometry,
    error: *mut *mut Failure,
) -> bool {
    let none = |geometry: &Geometry| format!("index is {index}, of {} images in the tensor", geometry.images());
    // SAFETY: the caller promises what `part` needs, and `error`.
    unsafe { is_done(error, || part(geometry, tile, |geometry| geometry.tile(index), none)) }
}

/// # Safety
/// As `part`; `error` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_geometry_patch(
    geometry: *const CGeometry,
    row: usize,
    column: usize,
    patch: *mut CGeometry,
    error: *mut *mut Failure,
) -> bool {
    let none = |geometry: &Geometry| {
        let [rows, columns] = geometry.patches().unwrap_or_default();
        format!("row {row}, column {column}: there are {rows} x {columns} patches")
    };
    // SAFETY: the caller promises what `part` needs, and `error`.
    unsafe { is_done(error, || part(geometry, patch, |geometry| geometry.patch([row, column]), none)) }
}

/// # Safety
/// As `part`, for both geometries; `error` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_geometry_followed_by(
    geometry: *const CGeometry,
    next: *const CGeometry,
    both: *mut CGeometry,
    error: *mut *mut Failure,
) -> bool {
    let ask = || {
        // SAFETY: the caller promises geometries, or null.
        let [first, next] = unsafe { [structs::read(geometry)?.numbers, structs::read(next)?.numbers] };
        let made = Geometry::from_numbers(first)?.followed_by(&Geometry::from_numbers(next)?)?;
        // SAFETY: the caller promises a geometry to write to, or null.
        unsafe { CGeometry::give(&made, both) }
    };
    // SAFETY: the caller promises `error`.
    unsafe { is_done(error, ask) }
}

/// # Safety
/// `geometry` is one that [`pixfuse_geometry_of`] filled; `boxes` is readable and writable for `4 * count` numbers.
unsafe fn map(
    geometry: *const CGeometry,
    boxes: *mut f64,
    count: usize,
    clip: bool,
    mapped: impl Fn(&Geometry, &[[f64; 4]], Clip) -> Vec<[f64; 4]>,
) -> Result<(), Failure> {
    // SAFETY: the caller promises a geometry, or null.
    let geometry = unsafe { structs::read(geometry) }?;
    let geometry = Geometry::from_numbers(geometry.numbers)?;
    if count == 0 {
        return Ok(());
    }
    if boxes.is_null() {
        return Err(Failure::argument("boxes is null"));
    }
    // SAFETY: the caller promises so many numbers.
    let boxes = unsafe { std::slice::from_raw_parts_mut(boxes.cast::<[f64; 4]>(), count) };
    boxes.copy_from_slice(&mapped(&geometry, boxes, if clip { Clip::Yes } else { Clip::No }));
    Ok(())
}

/// # Safety
/// As `map`; `error` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_map_boxes(
    geometry: *const CGeometry,
    boxes: *mut f64,
    count: usize,
    clip: bool,
    error: *mut *mut Failure,
) -> bool {
    // SAFETY: the caller promises what `map` needs, and `error`.
    unsafe { is_done(error, || map(geometry, boxes, count, clip, Geometry::map_boxes)) }
}

/// # Safety
/// As `map`; `error` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_unmap_boxes(
    geometry: *const CGeometry,
    boxes: *mut f64,
    count: usize,
    clip: bool,
    error: *mut *mut Failure,
) -> bool {
    // SAFETY: the caller promises what `map` needs, and `error`.
    unsafe { is_done(error, || map(geometry, boxes, count, clip, Geometry::unmap_boxes)) }
}
