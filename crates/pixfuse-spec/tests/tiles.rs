//! Grids of tiles against what transformers makes of them: a table written by `goldens/make_tiles.py` of the core.

use pixfuse_spec::{Spec, Tiles};

#[test]
fn tiles_equal_transformers() {
    let table = include_str!("../../pixfuse/tests/goldens/tiles.txt");
    let mut lines = table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(' ').collect::<Vec<_>>());
    let heading = lines.next().expect("a heading");
    let rules: Vec<Tiles> = heading[2..]
        .iter()
        .map(|rule| {
            let (side, rest) = rule.split_once(',').unwrap();
            let text = format!("input(rgb8), tiles({side}, {side}, bicubic, antialias, {rest}), output(rgb, f32)");
            text.parse::<Spec>().unwrap().tiles.unwrap()
        })
        .collect();
    let (mut differ, mut cells) = (Vec::new(), 0);
    for line in lines {
        let source = [line[0], line[1]].map(|side| side.parse().unwrap());
        for (rule, expected) in rules.iter().zip(&line[2..]) {
            let canvas = rule.canvas(source).unwrap();
            let ([high, wide], [rows, columns]) = (canvas.grid, canvas.content);
            let found = format!("{high}x{wide}/{rows}x{columns}/{}", canvas.count());
            cells += 1;
            if found != *expected {
                differ.push(format!("{rule}: {source:?}: {found}, transformers {expected}"));
            }
        }
    }
    assert!(rules.len() >= 11 && cells >= 270 * rules.len(), "the table is whole");
    assert!(differ.is_empty(), "{} of {cells} cells differ:\n{}", differ.len(), differ.join("\n"));
}
