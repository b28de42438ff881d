//! A declaration stands on a struct that has nothing else. What uses it gives no errors of its own.

#[pixfuse::pipeline(input(rgb8), output(rgb, u8, hwc))]
struct Fields {
    rows: usize,
}

#[pixfuse::pipeline(input(rgb8), output(rgb, u9, hwc))]
struct Tuple(u8);

#[pixfuse::pipeline(input(rgb8), output(rgb, u8, hwc))]
struct Generic<const N: usize>;

#[pixfuse::pipeline(input(rgb8), output(rgb, u8, hwc))]
enum Enum {
    Variant,
}

#[pixfuse::pipeline(input(rgb8), output(rgb, u8, hwc))]
fn function() {}

fn main() {
    let _ = (Fields { rows: 1 }.rows, Tuple(1).0, Enum::Variant);
    let _ = (Fields::pipeline(), Generic::<3>::pipeline(), Enum::pipeline(), pixfuse::entries![Tuple, Generic<3>]);
    function();
}
