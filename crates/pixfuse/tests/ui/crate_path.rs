//! `crate = path` that is no path; the rest of the declaration is read all the same.

#[pixfuse::pipeline(crate = "pixfuse", input(rgb8), output(rgb, u8, hwc))]
struct Text;

#[pixfuse::pipeline(crate = , input(rgb8), output(rgb, u9, hwc))]
struct Nothing;

#[pixfuse::pipeline(input(rgb8), output(rgb, u8, hwc), crate = pixfuse + 1)]
struct Sum;

fn main() {
    let _ = (Text::pipeline(), Nothing::pipeline(), Sum::pipeline());
}
