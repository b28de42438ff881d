//! A declaration that leaves numbers open has no `pipeline()`: the error says what has it.

#[pixfuse::pipeline(input(rgb8), resize(_, _, bilinear), output(rgb, u8, hwc))]
struct AnySize;

fn main() {
    AnySize::pipeline();
}
