//! A crate that knows pixfuse by another name, or through a re-export, says so with `crate = path`.

extern crate pixfuse as other_name;

/// A crate of a user's own that passes pixfuse on.
mod vision {
    pub(crate) use ::pixfuse::*;
}

/// In the way of every path that is not taken from the root.
#[allow(dead_code, reason = "it is there to be in the way")]
mod pixfuse {
    mod rt {}
    struct Pipeline;
}

#[other_name::pipeline(crate = self::other_name, input(rgb8), resize(2, 3, bilinear), normalize(), output(rgb, f32))]
struct Renamed;

#[vision::pipeline(input(rgb8), resize(2, _, nearest), output(rgb, u8, hwc), crate = crate::renamed::vision)]
struct PassedOn;

#[vision::pipeline(input(rgb8), crate = vision, output(rgb, u8, hwc))]
struct Relative;

#[test]
fn pipelines_work() {
    assert_eq!(Renamed::pipeline().output_shape(1, 1).unwrap(), [3, 2, 3]);
    let values = vision::Values { columns: Some(4), ..Default::default() };
    assert_eq!(PassedOn::bind(&values).unwrap().output_shape(1, 1).unwrap(), [2, 4, 3]);
    assert_eq!(Relative::pipeline().output_shape(5, 6).unwrap(), [5, 6, 3]);
    let entries = vision::entries![Renamed, PassedOn, Relative];
    assert_eq!(entries[0].text, "input(rgb8), resize(2, 3, bilinear), normalize(), output(rgb, f32, chw)");
    assert_eq!(entries.len(), 3);
}
