//! Every level against the reference: every declaration of the grid, at awkward sizes, over awkward views, and with
//! memory that ends where the image and the tensor end.

#[path = "../common/mod.rs"]
mod common;

mod canaries;
mod case;
mod channels;
mod declarations;
#[cfg(unix)]
mod edges;
#[cfg(unix)]
mod guarded;
mod margins;
mod sizes;
mod view;
mod views;

use pixfuse::Level;

/// A level that this CPU lacks is said to be not run; it is never counted as passed.
#[test]
fn levels_are_reported() {
    let available = Level::available();
    for level in Level::ALL.into_iter().filter(|level| !available.contains(level)) {
        common::not_run(&format!("level {level}"), "this CPU lacks it");
    }
    assert!(available.contains(if cfg!(target_feature = "simd128") { &Level::Simd128 } else { &Level::Scalar }));
    #[cfg(target_arch = "aarch64")]
    assert!(available.contains(&Level::Neon));
}
