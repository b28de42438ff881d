//! Shapes that a declaration fixes, batches of nothing, and pipelines with other clauses.

use pixfuse::spec::Spec;
use pixfuse::{Geometry, ImageRef, Level, Pipeline, presets};

fn pipe(clauses: &str) -> Pipeline {
    Pipeline::parse(&format!("input(rgb8), {clauses}output(rgb, u8, chw)")).unwrap()
}

#[test]
fn fixed_shapes_are_those_of_every_source() {
    for (clauses, fixed) in [
        ("", None),
        ("resize(24, 37, bilinear), ", Some([3, 24, 37])),
        ("resize(shortest = 24, bilinear), ", None),
        ("resize(longest = 24, bilinear), ", None),
        ("resize(cover = [24, 37], bilinear, rule = opencv), ", None),
        ("resize(cover = [24, 37], bilinear), center_crop(24, 37), ", Some([3, 24, 37])),
        ("resize(shortest = 24, bilinear), center_crop(9, 10), pad(1, 2, 3, 4), ", Some([3, 13, 16])),
        ("crop(0, 1, 2, 3), ", Some([3, 2, 3])),
        ("letterbox(24, 37, bilinear), ", Some([3, 24, 37])),
        ("letterbox(24, 37, bilinear, scale_up = false, rule = yolox), ", Some([3, 24, 37])),
        ("letterbox(24, 37, bilinear, rule = opencv), pad(1, 1, 1, 1), ", Some([3, 26, 39])),
        ("letterbox(24, 37, bilinear, stride = 8), ", None),
        ("pad(1, 2, 3, 4), ", None),
    ] {
        let pipe = pipe(clauses);
        assert_eq!(pipe.fixed_shape().map(|dims| dims.to_vec()), fixed.map(Vec::from), "{clauses}");
        for (rows, columns) in (4..40).flat_map(|rows| (4..40).map(move |columns| (rows, columns))) {
            if let (Some(fixed), Ok(shape)) = (fixed, pipe.output_shape(rows, columns)) {
                assert_eq!(shape, fixed, "{clauses} of {rows} x {columns}");
            }
        }
        let batch = pipe.with_threads(3).unwrap().batch::<u8>(&[]);
        match fixed {
            Some([a, b, c]) => {
                assert_eq!(batch.unwrap().dims, [0, a, b, c], "{clauses}");
                pipe.batch_into::<u8>(&[], &mut []).unwrap();
            }
            None => assert!(batch.unwrap_err().to_string().starts_with("image: a batch of nothing"), "{clauses}"),
        }
    }
}

#[test]
fn a_pipeline_with_other_clauses_is_the_one_of_their_text() {
    let yolo = Pipeline::from_entry(presets::find("yolo").unwrap()).unwrap();
    let rgb = yolo.replace("input(rgb8)").unwrap();
    let bytes: Vec<u8> = (0..7 * 5 * 3).map(|index| (index * 37 % 251) as u8).collect();
    let swapped: Vec<u8> = bytes.chunks_exact(3).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
    let tensor = rgb.run::<f32>(ImageRef::rgb8(&bytes, 7, 5).unwrap()).unwrap();
    assert_eq!(tensor, yolo.run::<f32>(ImageRef::bgr8(&swapped, 7, 5).unwrap()).unwrap());
    assert_eq!(rgb, Pipeline::parse(&yolo.text().replace("bgr8", "rgb8")).unwrap());

    let least = Level::available()[0];
    let slow = yolo.with_level(least).unwrap().with_threads(3).unwrap();
    let other = slow.replace("output(rgb, f32, chw), normalize(scale = 1), letterbox(9, 9, bilinear)").unwrap();
    assert_eq!((other.level(), other.threads()), (least, 3));
    let said = |clauses: &str| yolo.replace(clauses).unwrap_err().to_string();
    let both = format!("{}, resize(9, 9, bilinear)", yolo.text());
    assert_eq!(said("resize(9, 9, bilinear)"), both.parse::<Spec>().unwrap_err().to_string());
    assert!(said("normalise(scale = 1)").contains("did you mean `normalize`?"), "{}", said("normalise(scale = 1)"));
    assert!(said("input(rgb8), input(bgr8)").contains("input"));
}

#[test]
fn geometries_are_made_of_their_numbers() {
    for clauses in ["", "letterbox(24, 37, bilinear), ", "resize(30, 40, bilinear), center_crop(60, 20), "] {
        let geometry = pipe(clauses).geometry(48, 50).unwrap();
        assert_eq!(Geometry::from_numbers(geometry.to_numbers()), Ok(geometry));
    }
    let numbers = pipe("").geometry(48, 50).unwrap().to_numbers();
    for (index, wrong) in
        [(0, 0.0), (3, 1.5), (5, f64::NAN), (6, -1.0), (10, 0.0), (11, f64::INFINITY), (12, 0.5), (14, -1.0)]
    {
        let mut numbers = numbers;
        numbers[index] = wrong;
        let said = Geometry::from_numbers(numbers).unwrap_err().to_string();
        assert!(said.starts_with("geometry: ") && said.contains(&wrong.to_string()), "{said}");
    }
}
