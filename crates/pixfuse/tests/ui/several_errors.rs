//! Every mistake is shown at once, each at its token; uses of the struct give no errors of their own.

#[pixfuse::pipeline(
    input(rgb),
    resize(0, 256, bilinar),
    normalize(mean = [0.485, 0.456], std = 0),
    ouput(rgb, f32, chw),
)]
struct Broken;

static ENTRIES: &[pixfuse::Entry] = pixfuse::entries![Broken];

fn main() {
    let _ = (Broken::pipeline(), Broken::bind(&pixfuse::Values::default()), ENTRIES);
}
