//! Tiles and thumbnails: every level against the reference, and against the tensors of transformers.

mod common;

use std::collections::HashMap;

use common::table::{digest, goldens};
use common::{agrees, levels, noise, photo};
use pixfuse::{Clip, Error, Geometry, ImageRef, Pipeline, reference};

const RULES: [&str; 8] = [
    "rule = idefics3, thumbnail = last",
    "rule = internvl, max = 6, thumbnail = last",
    "rule = internvl, min = 2, max = 4",
    "rule = ovis2, max = 4, thumbnail = first, pad_to = 6",
    "rule = llava_next, canvases = [[SIDE, SIDE], [SIDE, DOUBLE], [DOUBLE, DOUBLE]], thumbnail = first",
    "rule = mllama, max = 4, pad_to = 5",
    "rule = perception_lm, max = 3, thumbnail = last",
    "rule = llama4, max = 4, thumbnail = last",
];

fn rule(rule: &str, side: usize) -> String {
    rule.replace("SIDE", &side.to_string()).replace("DOUBLE", &(2 * side).to_string())
}

#[test]
fn every_way_of_making_rows() {
    for filter in [
        "nearest",
        "bilinear",
        "area",
        "bilinear, antialias",
        "bicubic, antialias, like = torch",
        "bicubic, antialias, precision = f32",
    ] {
        // Small tiles in runs, larger ones as windows.
        for (side, rule) in [24, 40].into_iter().flat_map(|side| RULES.map(|text| (side, rule(text, side)))) {
            if rule.contains("idefics3") && filter.contains("f32") {
                continue;
            }
            for (input, output) in
                [("rgb8", "output(rgb, f32, chw)"), ("rgb8", "output(bgr, f32, hwc)"), ("gray8", "output(gray, f32)")]
            {
                let text = format!(
                    "input({input}), tiles({side}, {side}, {filter}, {rule}), normalize(mean = 0.45, std = 0.22), {output}"
                );
                agrees::<f32>(&text, [61, 83], -7.5);
            }
        }
    }
}

#[test]
fn sides_around_a_vector_and_images_of_every_aspect() {
    for side in [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33] {
        for size in [[1, 1], [1, 40], [40, 1], [13, 60], [70, 9]] {
            for rule in [RULES[1], RULES[4], RULES[5]].map(|text| rule(text, side)) {
                let tiles = format!("tiles({side}, {side}, bilinear, antialias, {rule})");
                agrees::<f32>(&format!("input(rgb8), {tiles}, normalize(), output(rgb, f32, chw)"), size, -1.0);
                agrees::<u8>(&format!("input(rgb8, orient = 6), {tiles}, output(rgb, u8, hwc)"), size, 201);
            }
        }
    }
}

/// Every conversion happens in the first stage, once.
#[test]
fn stages_take_every_source() {
    let tiles = "tiles(16, 16, lanczos, antialias, rule = idefics3, thumbnail = first, pad_to = 12)";
    for resize in ["", "resize(rule = idefics3, longest = 40, lanczos, antialias), "] {
        for (input, output) in [
            ("rgb8, orient = 6", "rgb, f32, chw"),
            ("bgr8", "rgb, f32, hwc"),
            ("gray8", "rgb, f32, chw"),
            ("gray8", "gray, f32, chw"),
            ("rgb8, gray = pillow", "gray, f32, hwc"),
        ] {
            let text = format!("input({input}), {resize}{tiles}, normalize(mean = 0.45), output({output})");
            agrees::<f32>(&text, [29, 47], -7.5);
        }
    }
    let pipe = Pipeline::parse(&format!(
        "input(rgb8), resize(rule = idefics3, longest = 40, lanczos, antialias), {tiles}, output(rgb, f32)"
    ))
    .unwrap();
    let geometry = pipe.geometry(29, 47).unwrap();
    assert_eq!((geometry.tiles(), geometry.resized(), geometry.thumbnail()), (Some([2, 3]), [32, 48], Some(0)));
    assert_eq!(geometry.tile(0).unwrap().source_box(), [0.0, 0.0, 47.0, 29.0]);
    assert_eq!(
        pipe.run_into(ImageRef::rgb8(&noise(29 * 47 * 3), 29, 47).unwrap(), &mut [0.0_f32; 3]).unwrap_err().to_string(),
        "out: 3 elements given, the tensor [12, 3, 16, 16] needs 9216"
    );
}

#[test]
fn tiles_equal_transformers() {
    let declarations: HashMap<_, _> =
        include_str!("goldens/tiled_declarations.txt").lines().map(|line| line.split_once(' ').unwrap()).collect();
    let cells = goldens(include_str!("goldens/tiled.txt"), 2);
    assert!(declarations.len() >= 16 && cells.len() >= 18 * declarations.len(), "the files of goldens are whole");
    let mut differ = Vec::new();
    for (index, golden) in cells.iter().enumerate() {
        let [rows, columns] = golden.numbers[..] else { unreachable!() };
        let photo = photo(index / declarations.len() % common::PHOTOS, rows, columns);
        let image = ImageRef::rgb8(&photo, rows, columns).unwrap();
        let pipe = Pipeline::parse(declarations[golden.name]).unwrap();
        // Every level in its turn: the tables of goldens beside this one run all of them.
        let levels = levels();
        for level in [pipe.level(), levels[index % levels.len()]] {
            let tensor = pipe.with_level(level).unwrap().run::<f32>(image).unwrap();
            let found = digest([tensor.data.iter().flat_map(|number| number.to_le_bytes()).collect()]);
            if found != golden.digest {
                differ.push(format!("{} at {level}: {rows} x {columns}", golden.name));
            }
        }
    }
    assert!(differ.is_empty(), "{} of {} differ:\n{}", differ.len(), cells.len(), differ.join("\n"));
}

const LLAVA: &str = "input(rgb8), tiles(30, 30, bilinear, antialias, rule = llava_next, \
                     canvases = [[30, 60], [60, 60], [90, 30]], thumbnail = first), output(rgb, f32)";

#[test]
fn every_tile_has_its_geometry() {
    let geometry = Pipeline::parse(LLAVA).unwrap().geometry(100, 80).unwrap();
    assert_eq!((geometry.tiles(), geometry.thumbnail(), geometry.images()), (Some([2, 2]), Some(0), 5));
    assert_eq!((geometry.output(), geometry.resized(), geometry.content()), ([60, 60], [60, 48], [0, 6, 60, 48]));
    let tiles: Vec<_> = (0..5).map(|index| geometry.tile(index).unwrap()).collect();
    assert_eq!(geometry.tile(5), None);
    assert!(tiles.iter().all(|tile| tile.output() == [30, 30] && tile.tiles().is_none() && tile.source() == [100, 80]));
    assert_eq!(tiles[0].source_box(), [0.0, 0.0, 80.0, 100.0]);
    assert_eq!(tiles[1].content(), [0, 6, 30, 24]);
    assert_eq!(tiles[4].content(), [0, 0, 30, 24]);
    assert_eq!(tiles[4].source_box(), [40.0, 50.0, 80.0, 100.0]);
    // Where a point lies in a tile it lies in the canvas, and every tile takes it back to the same place.
    for tile in &tiles {
        let there = tile.map_points(&[[33.0, 71.0]], Clip::No);
        let back = tile.unmap_points(&there, Clip::No)[0];
        assert!((back[0] - 33.0).abs() < 1e-9 && (back[1] - 71.0).abs() < 1e-9, "{back:?}");
    }
    assert_eq!(
        tiles[4].map_points(&[[60.0, 75.0]], Clip::No),
        geometry.map_points(&[[60.0, 75.0]], Clip::No).iter().map(|[x, y]| [x - 30.0, y - 30.0]).collect::<Vec<_>>()
    );
    assert_eq!(Geometry::from_numbers(geometry.to_numbers()), Ok(geometry));
    for (index, wrong) in [(16, 7.0), (18, 3.0), (17, -1.0)] {
        let mut numbers = geometry.to_numbers();
        numbers[index] = wrong;
        assert!(Geometry::from_numbers(numbers).unwrap_err().to_string().starts_with("geometry: "));
    }
    let whole = Pipeline::parse("input(rgb8), output(rgb, f32)").unwrap().geometry(3, 4).unwrap();
    assert_eq!((whole.tiles(), whole.images(), whole.tile(0), whole.tile(1)), (None, 1, Some(whole), None));
}

#[test]
fn every_patch_has_its_geometry() {
    // A margin below and to the right: 40 x 44 of content in 48 x 48.
    let text =
        "input(rgb8), resize(40, 44, bilinear, antialias), pad(to = [48, 48]), output(rgb, f32), patches(8, merge = 2)";
    let geometry = Pipeline::parse(text).unwrap().geometry(80, 88).unwrap();
    let patch = |row, column| geometry.patch([row, column]).unwrap();
    assert_eq!(
        (patch(0, 0).source_box(), patch(4, 5).source_box()),
        ([0.0, 0.0, 16.0, 16.0], [80.0, 64.0, 88.0, 80.0])
    );
    assert_eq!((patch(4, 5).content(), patch(5, 0).content()), ([0, 0, 8, 4], [0, 0, 0, 8]));
    assert_eq!((patch(1, 2).output(), patch(1, 2).patches(), patch(1, 2).source()), ([8, 8], None, [80, 88]));
    assert_eq!(patch(1, 2).unmap_points(&[[4.0, 4.0]], Clip::No), [[40.0, 24.0]]);
    assert_eq!((geometry.patch([6, 0]), geometry.patch([0, 6])), (None, None));
    assert_eq!(Pipeline::parse("input(rgb8), output(rgb, f32)").unwrap().geometry(3, 4).unwrap().patch([0, 0]), None);

    // The index in the tensor: a run marks each patch by the pixel in its middle.
    let pipe = Pipeline::parse("input(gray8), output(gray, u8), patches(1, merge = 2)").unwrap();
    let pixels: Vec<u8> = (0..24).collect();
    let tensor = pipe.run::<u8>(ImageRef::gray8(&pixels, 4, 6).unwrap()).unwrap().data;
    for (row, column) in (0..4).flat_map(|row| (0..6).map(move |column| (row, column))) {
        let index = (row / 2 * 6 + row % 2) * 2 + column / 2 * 4 + column % 2;
        assert_eq!(usize::from(tensor[index]), row * 6 + column);
    }
}

#[test]
fn shapes_and_batches() {
    let pipe = Pipeline::parse(LLAVA).unwrap();
    assert_eq!(pipe.output_shape(100, 80).unwrap(), [5, 3, 30, 30]);
    assert_eq!(pipe.fixed_shape(), None);
    let padded =
        pipe.replace("tiles(20, 20, bilinear, rule = mllama, max = 4, pad_to = 4), output(rgb, u8, hwc)").unwrap();
    assert_eq!(padded.fixed_shape().unwrap(), [4, 20, 20, 3]);
    let pixels = [noise(30 * 9 * 3), noise(20 * 55 * 3)];
    let images = [ImageRef::rgb8(&pixels[0], 30, 9).unwrap(), ImageRef::rgb8(&pixels[1], 20, 55).unwrap()];
    let batch = padded.batch::<u8>(&images).unwrap();
    assert_eq!(batch.dims, [2, 4, 20, 20, 3]);
    assert_eq!(batch.data[4800..], padded.run::<u8>(images[1]).unwrap().data);
}

/// A rule without a largest number of tiles lets a declaration ask for room for fewer than an image has.
#[test]
fn more_tiles_than_there_is_room_for_are_refused() {
    let text = "input(rgb8), tiles(16, 16, bilinear, antialias, rule = idefics3, thumbnail = last, pad_to = 4), output(rgb, f32)";
    let twice = text.replace("tiles(", "resize(rule = idefics3, longest = 64, bilinear, antialias), tiles(");
    let pixels = noise(64 * 48 * 3);
    for text in [text, &twice] {
        let pipe = Pipeline::parse(text).unwrap();
        let [wide, small] = [[48, 64], [16, 16]]
            .map(|[rows, columns]| ImageRef::rgb8(&pixels[..rows * columns * 3], rows, columns).unwrap());
        let refused = Err(Error::Image(
            "3 x 4 tiles and a thumbnail are more than pad_to = 4: give a larger one, or resize to fewer tiles before"
                .into(),
        ));
        assert_eq!(pipe.run::<f32>(wide), refused, "{text}");
        assert_eq!(reference::run::<f32>(&pipe, wide), refused, "{text}");
        let mut out = [-7.0; 4 * 3 * 16 * 16];
        assert_eq!(pipe.run_into(wide, &mut out).map(|()| unreachable!()), refused, "{text}");
        assert!(out.iter().all(|value| *value == -7.0), "{text}");
        if text != twice {
            assert_eq!(pipe.run::<f32>(small).unwrap().dims, [4, 3, 16, 16]);
        }
    }
}

/// A line keeps a pixel, and of canvases that show as little of it the smallest is taken.
#[test]
fn a_line_is_an_image_too() {
    let geometry = Pipeline::parse(LLAVA).unwrap().geometry(1, 1000).unwrap();
    assert_eq!((geometry.tiles(), geometry.resized(), geometry.content()), (Some([1, 2]), [1, 60], [14, 0, 1, 60]));
    agrees::<f32>(LLAVA, [1, 1000], -1.0);
}

#[test]
fn a_canvas_beyond_every_side_is_refused() {
    let long = Pipeline::parse("input(gray8), tiles(4, 4, nearest, rule = idefics3), output(gray, u8)").unwrap();
    let said = long.geometry(1, 65535).unwrap_err().to_string();
    assert!(
        said.starts_with("image: tiles: rule = idefics3 makes a canvas of 4 rows x 65536 columns, the most is"),
        "{said}"
    );
}
