//! Places through two runs, and through the stages of one declaration.

use pixfuse::{Clip, Geometry, Pipeline, Spec};

use crate::{geometry, numbers};

/// Corners, the middle and points outside, in an image of this size.
fn points([rows, columns]: [usize; 2]) -> Vec<[f64; 2]> {
    let [rows, columns] = [rows, columns].map(|side| side as f64);
    vec![[0.0, 0.0], [columns, rows], [columns / 2.0, rows / 3.0], [-7.5, rows + 3.25], [1.0, 0.5]]
}

#[track_caller]
fn near(one: &[[f64; 2]], other: &[[f64; 2]]) {
    let off = one.iter().flatten().zip(other.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(off < 1e-6, "{one:?} is off {other:?} by {off}");
}

/// Both ways through both is the way through one and then through the other.
#[track_caller]
fn is_both(both: &Geometry, first: &Geometry, next: &Geometry) {
    assert_eq!((both.source(), both.output()), (first.source(), next.output()));
    let sources = points(first.source());
    near(&both.map_points(&sources, Clip::No), &next.map_points(&first.map_points(&sources, Clip::No), Clip::No));
    let outputs = points(next.output());
    near(&both.unmap_points(&outputs, Clip::No), &first.unmap_points(&next.unmap_points(&outputs, Clip::No), Clip::No));
    // What is kept says the same in another language.
    assert_eq!(Geometry::from_numbers(both.to_numbers()).unwrap(), *both);
}

const STAGED: [&str; 4] = [
    "resize(rule = idefics3, longest = 1456, lanczos, antialias), \
     tiles(364, 364, lanczos, antialias, rule = idefics3, thumbnail = last)",
    "tiles(64, 64, lanczos, antialias, rule = idefics3, thumbnail = last)",
    "resize(rule = donut, rows = 200, columns = 100, bilinear, antialias), pad(to = [200, 100], at = center)",
    "resize(rule = smolvlm_frame, longest = 300, rows = 64, columns = 64, lanczos, antialias)",
];

/// The geometry of a declaration of two resizes is that of its stages, one after another.
#[test]
fn stages_are_followed() {
    for clauses in STAGED {
        let text = format!("input(rgb8), {clauses}, output(rgb, u8, hwc)");
        let stages = text.parse::<Spec>().unwrap().stages().expect(clauses);
        let stages: Vec<Pipeline> = stages.into_iter().map(|spec| Pipeline::new(spec).unwrap()).collect();
        for size in numbers(3, 20, 2000).zip(numbers(4, 20, 2000)).map(<[usize; 2]>::from).take(25) {
            let whole = geometry(clauses, size);
            let mut chained = stages[0].geometry(size[0], size[1]).unwrap();
            for stage in &stages[1..] {
                let [rows, columns] = chained.output();
                let next = stage.geometry(rows, columns).unwrap();
                let both = chained.followed_by(&next).unwrap();
                is_both(&both, &chained, &next);
                chained = both;
            }
            assert_eq!(
                (chained.output(), chained.content()),
                (whole.output(), whole.content()),
                "{clauses} of {size:?}"
            );
            assert_eq!((chained.tiles(), chained.thumbnail()), (whole.tiles(), whole.thumbnail()));
            let places = points(size);
            near(&chained.map_points(&places, Clip::No), &whole.map_points(&places, Clip::No));
            for index in 0..whole.images() {
                let places = points(whole.tile(index).unwrap().output());
                let [one, other] =
                    [chained, whole].map(|all| all.tile(index).unwrap().unmap_points(&places, Clip::Yes));
                near(&one, &other);
            }
        }
    }
}

#[test]
fn two_runs_are_followed() {
    let firsts = [
        "resize(97, 203, bilinear)",
        "resize(longest = 120, bicubic, antialias)",
        "crop(4, 8, 40, 60)",
        "pad(8, 4, 0, 12)",
    ];
    let nexts = [
        "resize(301, 411, bilinear)",
        "letterbox(128, 160, bilinear)",
        "center_crop(20, 24)",
        "resize(56, 84, bilinear), crop(1, 2, 28, 56)",
        "tiles(32, 32, bicubic, antialias, rule = internvl, max = 6, thumbnail = last)",
    ];
    for first in firsts {
        for clauses in nexts {
            let first = geometry(first, [80, 120]);
            let next = geometry(clauses, first.output());
            match first.followed_by(&next) {
                Ok(both) => is_both(&both, &first, &next),
                // A crop or a frame that is enlarged begins inside a pixel.
                Err(error) => {
                    assert!(first.offset() != [0, 0], "{error}");
                    assert!(error.to_string().contains("inside a pixel; map through one geometry and then"), "{error}");
                }
            }
        }
    }
    // What shows the image of what shows it.
    let framed = geometry("letterbox(100, 200, bilinear)", [100, 100]);
    let halved = geometry("resize(50, 100, bilinear)", [100, 200]);
    let both = framed.followed_by(&halved).unwrap();
    assert_eq!((both.content(), both.offset(), both.resized()), ([0, 25, 50, 50], [0, 25], [50, 50]));
    assert_eq!(both.source_box(), [0.0, 0.0, 100.0, 100.0]);
}

#[test]
fn what_cannot_follow_is_said() {
    let whole = geometry("resize(64, 64, bilinear)", [10, 20]);
    let tiled = geometry("tiles(32, 32, bilinear, rule = internvl, max = 6)", [10, 20]);
    let said = |first: &Geometry, next: &Geometry| first.followed_by(next).unwrap_err().to_string();
    assert_eq!(
        said(&whole, &geometry("resize(8, 8, bilinear)", [64, 32])),
        "geometry: next: is of 64 rows x 32 columns, this output has 64 rows x 64 columns"
    );
    assert_eq!(
        said(&tiled, &whole),
        "geometry: next: runs over an image, and this output is cut into tiles; give the geometry of one"
    );
    let cropped = geometry("crop(1, 1, 8, 8)", [10, 20]);
    assert_eq!(
        said(&cropped, &geometry("resize(4, 4, bilinear)", [8, 8])),
        "geometry: next: both together begin at -0.5, inside a pixel; map through one geometry and then through the other"
    );
}
