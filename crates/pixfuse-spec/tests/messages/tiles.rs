//! Tiles: which rule needs what, and what stands beside them.

use crate::says;

#[track_caller]
fn tiles_say(arguments: &str, expected: &[&str]) {
    says(&format!("input(rgb8), tiles({arguments}), output(rgb, f32)"), expected);
}

#[test]
fn rules_and_their_numbers() {
    tiles_say(
        "448, 448, bicubic, antialias",
        &["tiles: the rule is missing; write rule = one of internvl, granite_docling, cohere2_vision, ovis2, \
           perception_lm, llava_next, mllama, llama4, idefics3"],
    );
    tiles_say(
        "448, 448, bicubic, antialias, rule = internvl",
        &["tiles: rule = internvl needs max; write the most tiles, max = 12"],
    );
    tiles_say(
        "336, 336, bicubic, antialias, rule = llava_next",
        &["tiles: rule = llava_next needs canvases; write canvases = [[336, 672]], .."],
    );
    tiles_say(
        "336, 336, bicubic, antialias, rule = llava_next, max = 4, canvases = [[336, 672]]",
        &["tiles: rule = llava_next has no max; leave it out"],
    );
    tiles_say(
        "448, 448, bicubic, antialias, rule = internvl, max = 4, canvases = [[448, 448]]",
        &["tiles: rule = internvl makes its own canvases; leave canvases out"],
    );
    tiles_say(
        "448, 224, bilinear, rule = mllama, max = 4, min = 2, thumbnail = last",
        &[
            "tiles: rule = mllama has square tiles; write 448, 448",
            "tiles: rule = mllama has no min; leave it out",
            "tiles: rule = mllama has no thumbnail; leave it out",
        ],
    );
    tiles_say("448, 448, bilinear, rule = internvl, min = 5, max = 4", &["tiles: min = 5 is more than max = 4"]);
}

#[test]
fn canvases_are_whole_tiles() {
    tiles_say(
        "336, 336, bilinear, rule = llava_next, canvases = [[336, 672], [672, 335]]",
        &["tiles: canvases[1] = [672, 335] is no whole tiles of 336 x 336"],
    );
    tiles_say(
        "336, 336, bilinear, rule = llava_next, canvases = [[336], [0, 336]]",
        &[
            "tiles: canvases[0] has 1 values; write [rows, columns]",
            "tiles: canvases[1][0] must be an integer from 1 to 65535, found 0",
        ],
    );
    tiles_say(
        "336, 336, bilinear, rule = llava_next, canvases = 336",
        &["tiles: canvases must be a list such as [[336, 672], [672, 336]], found 336"],
    );
    tiles_say(
        "448, 448, bilinear, rule = internvl, max = 1000",
        &["tiles: 1000 tiles of 448 x 448 are more than 65535 in a row; the most is 146"],
    );
}

#[test]
fn tensors_have_room_for_every_tile() {
    tiles_say(
        "448, 448, bilinear, rule = internvl, max = 12, thumbnail = last, pad_to = 12",
        &["tiles: pad_to = 12 is less than the 13 tiles that there may be"],
    );
    tiles_say(
        "336, 336, bilinear, rule = llava_next, canvases = [[336, 672], [672, 672]], pad_to = 3",
        &["tiles: pad_to = 3 is less than the 4 tiles that there may be"],
    );
    says(
        "input(rgb8), tiles(4, 4, bilinear, rule = mllama, max = 2, pad_to = 2), \
         output(rgb, i8, scale = 0.1, zero_point = 3)",
        &["tiles: pad_to stores 0 behind the last tile, and zero_point = 3 means another zero; leave one of them out"],
    );
}

#[test]
fn tiles_stand_alone() {
    says(
        "input(rgb8), letterbox(4, 4, bilinear), tiles(4, 4, bilinear, rule = mllama, max = 2), pad(1, 1, 1, 1), \
         output(rgb, f32), patches(2)",
        &[
            "letterbox and tiles exclude each other; keep one",
            "tiles and pad exclude each other; keep one",
            "tiles and patches exclude each other; keep one",
        ],
    );
}

#[test]
fn stages_have_u8_between_them() {
    says(
        "input(rgb8), resize(4, 4, bilinear), tiles(4, 4, bilinear, rule = mllama, max = 2), output(rgb, f32)",
        &["tiles: rule = mllama is the only resize; leave resize out"],
    );
    says(
        "input(rgb8), resize(4, 4, bilinear, precision = f32), tiles(4, 4, lanczos, antialias, rule = idefics3), \
         output(rgb, f32)",
        &["tiles: rule = idefics3 has u8 between its resizes; leave precision = f32 out"],
    );
    says(
        "input(rgb16), tiles(4, 4, nearest, rule = idefics3), output(rgb, f32)",
        &["tiles: rule = idefics3 has u8 between its resizes, and rgb16 has others"],
    );
}
