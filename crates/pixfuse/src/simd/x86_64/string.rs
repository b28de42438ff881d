//! The string instruction that stores one value again and again.

use std::arch::asm;
use std::mem::{MaybeUninit, transmute_copy};

use crate::simd::Plain;

/// From so many bytes on, more than a first-level cache has: what stays in it is written faster by vectors.
const LONG: usize = 64 << 10;

/// Writes a value to every element, if they are many: without fetching the lines that are written over. In a loop of its
/// own, 16.3 against 21.5 us for the margins of 1080x1920 -> 640x640 letterbox on Zen 5; stores past the caches take 51 us,
/// and vectors that ask for the lines before 18.1 us. Valgrind counts each element as an instruction.
#[inline(always)]
pub(super) fn fill_long<T: Plain>(out: &mut [MaybeUninit<T>], value: T) -> bool {
    if size_of_val(out) < LONG {
        return false;
    }
    let (count, at) = (out.len(), out.as_mut_ptr());
    // SAFETY: the instruction writes so many elements of its size from there on, upwards, as the direction flag is clear, and
    // nothing else: those of the slice. A `Plain` value has the bits of the integer of its size.
    unsafe {
        match size_of::<T>() {
            1 => {
                let value: u8 = transmute_copy(&value);
                asm!("rep stosb", inout("rcx") count => _, inout("rdi") at => _, in("al") value,
                    options(nostack, preserves_flags));
            }
            2 => {
                let value: u16 = transmute_copy(&value);
                asm!("rep stosw", inout("rcx") count => _, inout("rdi") at => _, in("ax") value,
                    options(nostack, preserves_flags));
            }
            4 => {
                let value: u32 = transmute_copy(&value);
                asm!("rep stosd", inout("rcx") count => _, inout("rdi") at => _, in("eax") value,
                    options(nostack, preserves_flags));
            }
            _ => return false,
        }
    }
    true
}
