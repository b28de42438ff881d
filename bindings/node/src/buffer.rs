//! The bridge to JavaScript memory: typed arrays, and a tensor to write.
//!
//! Node-API gives the address of a typed array as of now. JavaScript can detach, transfer or shrink a buffer whenever it
//! runs, so whatever is read here is used before JavaScript runs again.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;

use napi::bindgen_prelude::{JsValue, TypedArrayType, Unknown};
use napi::{ValueType, sys};
use pixfuse::TensorElement;
use pixfuse_bindings::typed_array::{self, TypedArray};

/// A copy of the bytes of a file: of a typed array of them, or of an ArrayBuffer.
pub(crate) fn bytes(data: Unknown) -> Result<Vec<u8>, String> {
    let wrong = |found| format!("data: expected a file: its bytes or its path, found {found}");
    if matches!(data.is_promise(), Ok(true)) {
        return Err(wrong("a Promise; `await` it first".into()));
    }
    let (address, length) = if matches!(data.is_arraybuffer(), Ok(true)) {
        let (mut address, mut length) = (ptr::null_mut(), 0);
        // SAFETY: `data` is an ArrayBuffer, alive in its environment, on whose thread this runs, and the results have
        // places to go to. One that is detached has no bytes.
        let status = unsafe { sys::napi_get_arraybuffer_info(data.value().env, data.raw(), &mut address, &mut length) };
        if status != sys::Status::napi_ok {
            return Err(wrong("an ArrayBuffer that cannot be read".into()));
        }
        (address, length)
    } else {
        let Memory { kind, address, length } = Memory::read(data).map_err(wrong)?;
        if !kind.is_bytes() {
            return Err(wrong(format!("{}, whose elements are no bytes", kind.name())));
        }
        (address, length)
    };
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| "data: there is no memory for a copy of the file".to_owned())?;
    if length > 0 {
        // SAFETY: these are the bytes of the array or buffer, and no JavaScript has run since they were found. In the
        // vector's new memory there is room for them.
        unsafe {
            ptr::copy_nonoverlapping(address.cast(), bytes.as_mut_ptr(), length);
            bytes.set_len(length);
        }
    }
    Ok(bytes)
}

/// The elements of a typed array that has the type of a pipeline's tensor.
///
/// # Safety
/// No JavaScript may run in the environment during 'a, and nothing may read or write the elements in another way until
/// the core has found that the image lies elsewhere.
pub(crate) unsafe fn elements<'a, T: TensorElement>(out: Unknown) -> Result<&'a mut [MaybeUninit<T>], String> {
    let Memory { address, length, .. } = typed_array::elements(Memory::read(out), |memory| memory.kind, T::ELEMENT)?;
    if length == 0 {
        return Ok(&mut []);
    }
    let address = address.cast::<MaybeUninit<T>>();
    // JavaScript's own buffers are aligned; one that an addon made from foreign memory need not be.
    if !address.is_aligned() {
        return Err(format!("out: starts at an address that is no multiple of {}", size_of::<T>()));
    }
    // SAFETY: these are the `length` elements of the typed array, whose kind is that of `T`, aligned, and not null as
    // there is at least one. By this function's contract nothing else touches them during 'a.
    Ok(unsafe { std::slice::from_raw_parts_mut(address, length) })
}

/// The memory of any typed array.
pub(crate) struct Memory {
    pub(crate) kind: TypedArray,
    pub(crate) address: *mut c_void,
    /// In elements.
    pub(crate) length: usize,
}

impl Memory {
    /// The error is what the value is instead.
    pub(crate) fn read(value: Unknown) -> Result<Self, String> {
        let env = value.value().env;
        let (mut code, mut length, mut address) = (0, 0, ptr::null_mut());
        let (mut buffer, mut offset) = (ptr::null_mut(), 0);
        // SAFETY: `value` is alive in `env`, on whose thread this runs, and the results have places to go to. The call
        // itself refuses whatever is not a typed array.
        let status = unsafe {
            let value = value.raw();
            sys::napi_get_typedarray_info(env, value, &mut code, &mut length, &mut address, &mut buffer, &mut offset)
        };
        if status != sys::Status::napi_ok {
            return Err(found(value));
        }
        let mut owned = false;
        // SAFETY: `buffer` is the one of the typed array, alive as long as that, and the result has a place. A
        // SharedArrayBuffer is not an ArrayBuffer.
        if unsafe { sys::napi_is_arraybuffer(env, buffer, &mut owned) } != sys::Status::napi_ok || !owned {
            return Err("one on a SharedArrayBuffer, which other threads can write to; copy it first".into());
        }
        let mut detached = false;
        // SAFETY: `buffer` was found to be an ArrayBuffer, alive as long as the typed array, and the result has a place.
        if length == 0 && unsafe { sys::napi_is_detached_arraybuffer(env, buffer, &mut detached) } == 0 && detached {
            return Err("one whose buffer is detached".into());
        }
        Ok(Self { kind: kind(code.into()), address, length })
    }
}

/// Asks for large pages under a typed array that nothing was written to yet: Linux gives pages of 4 KiB to who does not
/// ask, and takes ten times as long for them. JavaScript clears new memory by not touching it.
pub(crate) fn ask_for_large_pages(array: Unknown) {
    #[cfg(target_os = "linux")]
    if let Ok(Memory { kind, address, length }) = Memory::read(array) {
        /// A large page of x86-64, and of Arm with pages of 4 KiB.
        const LARGE_PAGE: usize = 2 << 20;
        // What is aligned to them inside.
        let skipped = address.addr().next_multiple_of(LARGE_PAGE) - address.addr();
        let inside = (length * size(kind)).saturating_sub(skipped) / LARGE_PAGE * LARGE_PAGE;
        if inside > 0 {
            // SAFETY: the range is inside the array, which is alive in its environment. The advice changes no byte of it,
            // and to have it refused does no harm.
            unsafe { libc::madvise(address.byte_add(skipped), inside, libc::MADV_HUGEPAGE) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = array;
}

/// Bytes of an element of a typed array, or fewer.
#[cfg(target_os = "linux")]
fn size(kind: TypedArray) -> usize {
    match kind {
        TypedArray::Int16 | TypedArray::Uint16 => 2,
        TypedArray::Int32 | TypedArray::Uint32 | TypedArray::Float32 => 4,
        TypedArray::Float64 | TypedArray::BigInt64 | TypedArray::BigUint64 => 8,
        _ => 1,
    }
}

/// Whether a value is undefined or null.
pub(crate) fn is_absent(value: Unknown) -> bool {
    matches!(value.get_type(), Ok(ValueType::Undefined | ValueType::Null))
}

/// What a value is, for an error message.
pub(crate) fn found(value: Unknown) -> String {
    // SAFETY: each cast is to the type that the value was found to have.
    let cast = unsafe {
        match value.get_type() {
            Ok(ValueType::Number) => value.cast::<f64>().map(|number| number.to_string()),
            Ok(ValueType::Boolean) => value.cast::<bool>().map(|flag| flag.to_string()),
            Ok(ValueType::String) => Ok("a string".into()),
            Ok(ValueType::Undefined) => Ok("undefined".into()),
            Ok(ValueType::Null) => Ok("null".into()),
            Ok(ValueType::Object) => kind_of_object(value).map(Into::into),
            Ok(ValueType::Function) => Ok("a function".into()),
            Ok(ValueType::Symbol) => Ok("a symbol".into()),
            Ok(ValueType::BigInt) => Ok("a bigint".into()),
            other => other.map(|kind| format!("a value of type {kind}")),
        }
    };
    cast.unwrap_or_else(|_| "a value without a type".into())
}

fn kind_of_object(value: Unknown) -> napi::Result<&'static str> {
    Ok(if value.is_array()? {
        "an array"
    } else if value.is_typedarray()? {
        Memory::read(value).map_or("a typed array", |memory| memory.kind.name())
    } else if value.is_dataview()? {
        "a DataView"
    } else if value.is_arraybuffer()? {
        "an ArrayBuffer"
    } else {
        "an object"
    })
}

fn kind(kind: TypedArrayType) -> TypedArray {
    match kind {
        TypedArrayType::Int8 => TypedArray::Int8,
        TypedArrayType::Uint8 => TypedArray::Uint8,
        TypedArrayType::Uint8Clamped => TypedArray::Uint8Clamped,
        TypedArrayType::Int16 => TypedArray::Int16,
        TypedArrayType::Uint16 => TypedArray::Uint16,
        TypedArrayType::Int32 => TypedArray::Int32,
        TypedArrayType::Uint32 => TypedArray::Uint32,
        TypedArrayType::Float32 => TypedArray::Float32,
        TypedArrayType::Float64 => TypedArray::Float64,
        TypedArrayType::BigInt64 => TypedArray::BigInt64,
        TypedArrayType::BigUint64 => TypedArray::BigUint64,
        _ => TypedArray::Other,
    }
}
