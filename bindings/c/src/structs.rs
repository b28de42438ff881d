//! Structs of a caller's, which begin with their size.
//!
//! A program that was compiled against another header has structs of another size: nothing behind the size is touched, and
//! no reference to the whole exists, before the size was looked at.

use crate::error::Failure;

/// A struct of `pixfuse.h` that begins with its size.
///
/// # Safety
/// The type is `repr(C)`, its first member is a `usize`, and any bits are a value of each of the others.
pub(crate) unsafe trait CStruct: Copy {
    /// What the argument is called.
    const ARGUMENT: &str;
    /// What C calls the type.
    const NAME: &str;
}

/// The struct of an argument, if it is there and as large as it has to be.
///
/// # Safety
/// `given` is null, or aligned and readable for the bytes that its size says, which nobody writes during `'a`.
pub(crate) unsafe fn read<'a, T: CStruct>(given: *const T) -> Result<&'a T, Failure> {
    // SAFETY: the caller promises null, or a struct that is readable.
    unsafe { size(given) }?;
    // SAFETY: it is not null, its size is that of `T` or more, so many bytes are readable as the caller promises, and any
    // bits are a value by the promise of `CStruct`.
    Ok(unsafe { &*given })
}

/// The structs of an array of `count`, which lie as far apart as the caller's own are large.
///
/// # Safety
/// As [`read`], for each; of no structs `given` may be anything.
pub(crate) unsafe fn read_all<'a, T: CStruct>(given: *const T, count: usize) -> Result<Vec<&'a T>, Failure> {
    if count == 0 {
        return Ok(Vec::new());
    }
    // SAFETY: the caller promises null, or a struct that is readable.
    let step = unsafe { size(given) }?;
    let mut all = Vec::new();
    for index in 0..count {
        // SAFETY: so far there were structs of `step` bytes, and the caller promises that another follows.
        let one = unsafe { given.byte_add(index * step) };
        // SAFETY: as the caller promises of each.
        let found = unsafe { size(one) }?;
        if found != step {
            let name = T::ARGUMENT;
            return Err(Failure::argument(format_args!(
                "{name} {index}: size is {found}, expected {step}, as of {name} 0"
            )));
        }
        // SAFETY: as the caller promises of each, and its size is that of `T` or more.
        all.push(unsafe { &*one });
    }
    Ok(all)
}

/// Writes a struct of the caller's, all but its size.
///
/// # Safety
/// `to` is null, or aligned, and readable and writable for the bytes that its size says.
pub(crate) unsafe fn give<T: CStruct>(value: T, to: *mut T) -> Result<(), Failure> {
    // SAFETY: the caller promises null, or a struct that is readable.
    let size = unsafe { size(to) }?;
    // SAFETY: it is not null, and has room for a `T`, which begins with its size by the promise of `CStruct`.
    unsafe {
        to.write(value);
        to.cast::<usize>().write(size);
    }
    Ok(())
}

/// # Safety
/// As [`read`].
unsafe fn size<T: CStruct>(given: *const T) -> Result<usize, Failure> {
    let (name, least) = (T::ARGUMENT, size_of::<T>());
    if given.is_null() {
        return Err(Failure::argument(format_args!("{name} is null")));
    }
    if !given.is_aligned() {
        return Err(Failure::argument(format_args!("{name}: its address is no multiple of {}", align_of::<T>())));
    }
    // SAFETY: the caller promises a struct that begins with its size, which is looked at alone.
    let size = unsafe { given.cast::<usize>().read() };
    if size < least {
        return Err(Failure::argument(format_args!("{name}: size is {size}, expected sizeof({}), {least}", T::NAME)));
    }
    Ok(size)
}
