//! Arrow arrays of files, by the C interface that every Arrow library speaks: no Python object is made for a row.
//!
//! The structures are those of <https://arrow.apache.org/docs/format/CDataInterface.html>, which asks for them to be written
//! out rather than linked. What they promise there is relied on: memory that stays as it is until it is released, and
//! buffers as long as their offsets and the length say.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::{ptr, slice};

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::failure::{Failure, found};

#[repr(C)]
struct ArrowSchema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut ArrowSchema,
    dictionary: *mut ArrowSchema,
    release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    private_data: *mut c_void,
}

#[repr(C)]
struct ArrowArray {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *mut *const c_void,
    children: *mut *mut ArrowArray,
    dictionary: *mut ArrowArray,
    release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    private_data: *mut c_void,
}

#[repr(C)]
struct ArrowArrayStream {
    get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    private_data: *mut c_void,
}

/// A structure that is given back by its own function.
trait Release {
    /// One that is released, which a producer fills.
    const EMPTY: Self;

    fn release(&mut self);

    fn is_released(&self) -> bool;
}

macro_rules! release {
    ($($type:ident { $($field:ident: $empty:expr),* $(,)? })+) => {
        $(impl Release for $type {
            const EMPTY: Self = Self { $($field: $empty,)* release: None, private_data: ptr::null_mut() };

            fn release(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: the interface asks for one call of this function with the structure that has it, which it
                    // sets to null, so that there is no second one.
                    unsafe { release(self) }
                }
            }

            fn is_released(&self) -> bool {
                self.release.is_none()
            }
        })+
    };
}

release! {
    ArrowSchema {
        format: ptr::null(),
        name: ptr::null(),
        metadata: ptr::null(),
        flags: 0,
        n_children: 0,
        children: ptr::null_mut(),
        dictionary: ptr::null_mut(),
    }
    ArrowArray {
        length: 0,
        null_count: 0,
        offset: 0,
        n_buffers: 0,
        n_children: 0,
        buffers: ptr::null_mut(),
        children: ptr::null_mut(),
        dictionary: ptr::null_mut(),
    }
    ArrowArrayStream { get_schema: None, get_next: None, get_last_error: None }
}

/// A structure that this has alone.
struct Owned<T: Release>(T);

impl<T: Release> Drop for Owned<T> {
    fn drop(&mut self) {
        self.0.release();
    }
}

/// How files lie in an array.
#[derive(Clone, Copy)]
enum Kind {
    /// Offsets of 32 bits into one buffer.
    Binary,
    /// Of 64 bits.
    LargeBinary,
    /// Views of 16 bytes: short files in the view itself, others in one of many buffers.
    BinaryView,
}

/// The chunks of an array of files.
pub(crate) struct Files {
    kind: Kind,
    chunks: Vec<Owned<ArrowArray>>,
}

impl Files {
    /// Those of an object with the interface; nothing for another object.
    ///
    /// # Errors
    /// When it is an array of something else, or its own code raises.
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> Result<Option<Self>, Failure> {
        let py = object.py();
        if object.hasattr(intern!(py, "__arrow_c_array__"))? {
            let capsules = object.call_method0(intern!(py, "__arrow_c_array__"))?;
            let (schema, array): (Bound<'_, PyAny>, Bound<'_, PyAny>) = capsules.extract()?;
            let kind = kind(&taken(&schema, c"arrow_schema")?, object)?;
            let chunks = vec![taken(&array, c"arrow_array")?];
            return Ok(Some(Self { kind, chunks }));
        }
        if object.hasattr(intern!(py, "__arrow_c_stream__"))? {
            let capsule = object.call_method0(intern!(py, "__arrow_c_stream__"))?;
            return stream(taken(&capsule, c"arrow_array_stream")?, object).map(Some);
        }
        Ok(None)
    }

    /// The bytes of each file, nothing for a null.
    ///
    /// # Errors
    /// When an array contradicts itself.
    pub(crate) fn files(&self) -> Result<Vec<Option<&[u8]>>, Failure> {
        let mut files = Vec::new();
        for Owned(array) in &self.chunks {
            let wrong = || Failure::Argument("files: an Arrow array whose numbers contradict each other".into());
            let [length, offset, buffers] =
                [array.length, array.offset, array.n_buffers].map(|number| usize::try_from(number).ok());
            let (length, offset, buffers) =
                (length.ok_or_else(wrong)?, offset.ok_or_else(wrong)?, buffers.ok_or_else(wrong)?);
            if length == 0 {
                continue;
            }
            let least = if matches!(self.kind, Kind::BinaryView) { 2 } else { 3 };
            if buffers < least || array.buffers.is_null() || length.checked_add(offset).is_none() {
                return Err(wrong());
            }
            // SAFETY: an array that is not released has so many pointers there.
            let buffers = unsafe { slice::from_raw_parts(array.buffers, buffers) };
            for row in offset..offset + length {
                files.push(if is_there(buffers, row) {
                    let file = match self.kind {
                        Kind::Binary => between::<i32>(buffers, row),
                        Kind::LargeBinary => between::<i64>(buffers, row),
                        Kind::BinaryView => viewed(buffers, row),
                    };
                    Some(file.ok_or_else(wrong)?)
                } else {
                    None
                });
            }
        }
        Ok(files)
    }
}

/// Whether a row of the array with these buffers is no null.
fn is_there(buffers: &[*const c_void], row: usize) -> bool {
    let bits = buffers[0].cast::<u8>();
    // SAFETY: the first buffer is null, or has a bit for each row, of which `row` is one.
    bits.is_null() || unsafe { *bits.add(row / 8) } & (1 << (row % 8)) != 0
}

/// The bytes between two offsets.
fn between<Offset: Copy + TryInto<usize>>(buffers: &[*const c_void], row: usize) -> Option<&[u8]> {
    let (offsets, bytes) = (buffers[1].cast::<Offset>(), buffers[2].cast::<u8>());
    if offsets.is_null() {
        return None;
    }
    // SAFETY: the second buffer has an offset for each row and one more, of which these two are there.
    let [start, end] = unsafe { [offsets.add(row).read_unaligned(), offsets.add(row + 1).read_unaligned()] };
    let (start, end): (usize, usize) = (start.try_into().ok()?, end.try_into().ok()?);
    let length = end.checked_sub(start)?;
    if length == 0 {
        return Some(&[]);
    }
    // SAFETY: the third buffer reaches to the last offset, and offsets do not fall, so these bytes are in it; they stay
    // as they are until the array is released, which its owner outlives the slice.
    (!bytes.is_null()).then(|| unsafe { slice::from_raw_parts(bytes.add(start), length) })
}

/// The bytes that a view shows: a length, and the bytes themselves where they are at most 12, else four of them, the number
/// of a buffer, and where they are in it.
fn viewed(buffers: &[*const c_void], row: usize) -> Option<&[u8]> {
    let [_, views, variadic @ .., lengths] = buffers else { return None };
    if views.is_null() {
        return None;
    }
    // SAFETY: the second buffer has 16 bytes for each row, which stay there as long as the array.
    let view = unsafe { &*views.cast::<[u8; 16]>().add(row) };
    let number = |at: usize| i32::from_le_bytes([view[at], view[at + 1], view[at + 2], view[at + 3]]);
    let length = usize::try_from(number(0)).ok()?;
    if length <= 12 {
        return Some(&view[4..4 + length]);
    }
    let (buffer, start) = (usize::try_from(number(8)).ok()?, usize::try_from(number(12)).ok()?);
    let bytes = variadic.get(buffer)?.cast::<u8>();
    // SAFETY: the last buffer has the length of each of those before it that have bytes, of which this is one.
    let most = unsafe { lengths.cast::<i64>().add(buffer).read_unaligned() };
    if bytes.is_null() || i64::try_from(start.checked_add(length)?).ok()? > most {
        return None;
    }
    // SAFETY: the bytes lie within the buffer, whose length was just read; they stay as in `between`.
    Some(unsafe { slice::from_raw_parts(bytes.add(start), length) })
}

/// The structure in a capsule, which is released there from now on.
fn taken<T: Release>(capsule: &Bound<'_, PyAny>, name: &CStr) -> Result<Owned<T>, Failure> {
    let capsule = capsule.cast::<PyCapsule>().map_err(PyErr::from)?;
    let place = capsule.pointer_checked(Some(name))?.cast::<T>();
    // SAFETY: a capsule of this name holds this structure, which only this thread uses now; the interface says to move it
    // like this, and that its place is then released.
    let taken = Owned(unsafe { place.replace(T::EMPTY) });
    if taken.0.is_released() {
        return Err(Failure::Argument("files: an Arrow array that was released before".into()));
    }
    Ok(taken)
}

/// What arrays of this type hold.
fn kind(Owned(schema): &Owned<ArrowSchema>, object: &Bound<'_, PyAny>) -> Result<Kind, Failure> {
    // SAFETY: a schema that is not released has a text there, which ends with a zero.
    let format = unsafe { CStr::from_ptr(schema.format) }.to_string_lossy();
    let (what, step) = match &*format {
        _ if !schema.dictionary.is_null() => ("a dictionary", "; decode it to its values first"),
        "z" => return Ok(Kind::Binary),
        "Z" => return Ok(Kind::LargeBinary),
        "vz" => return Ok(Kind::BinaryView),
        "u" | "U" | "vu" => ("strings", "; give paths as a list of str"),
        "+s" => ("a struct or table", "; give its column of files"),
        other => (other, ""),
    };
    let object = found(object);
    Err(Failure::Argument(format!(
        "files: expected an Arrow array of binary, large_binary or binary_view, found {object} of {what}{step}"
    )))
}

/// All chunks of a stream.
fn stream(mut stream: Owned<ArrowArrayStream>, object: &Bound<'_, PyAny>) -> Result<Files, Failure> {
    let Owned(source) = &mut stream;
    let raised = |source: &mut ArrowArrayStream| {
        // SAFETY: the stream is not released; the text, if there is one, ends with a zero and stays until the next call.
        let text = source.get_last_error.map_or(ptr::null(), |get| unsafe { get(source) });
        // SAFETY: a text of the stream's ends with a zero, and stays until the stream is asked for something else.
        let text = if text.is_null() { "".into() } else { unsafe { CStr::from_ptr(text) }.to_string_lossy() };
        Failure::Argument(format!("files: the stream of {} fails: {text}", found(object)))
    };
    let (Some(get_schema), Some(get_next)) = (source.get_schema, source.get_next) else {
        return Err(raised(source));
    };
    let mut schema = Owned(ArrowSchema::EMPTY);
    // SAFETY: the stream is not released, and there is place for a schema.
    if unsafe { get_schema(source, &mut schema.0) } != 0 || schema.0.is_released() {
        return Err(raised(source));
    }
    let mut files = Files { kind: kind(&schema, object)?, chunks: Vec::new() };
    loop {
        let mut chunk = Owned(ArrowArray::EMPTY);
        // SAFETY: the stream is not released, and there is place for an array.
        if unsafe { get_next(source, &mut chunk.0) } != 0 {
            return Err(raised(source));
        }
        // The end is an array that is released.
        if chunk.0.is_released() {
            return Ok(files);
        }
        files.chunks.push(chunk);
    }
}
