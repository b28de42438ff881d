//! Sizes by rule against what transformers makes of them: a table written by `goldens/make_sizes.py` of the core, which
//! Python and Node.js check too.

use pixfuse_spec::{Size, Spec};

#[test]
fn sizes_equal_transformers() {
    let table = include_str!("../../pixfuse/tests/goldens/sizes.txt");
    let mut lines = table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(' ').collect::<Vec<_>>());
    let heading = lines.next().expect("a heading");
    let rules: Vec<_> = heading[2..]
        .iter()
        .map(|rule| {
            let text = format!("input(rgb8), resize({rule}, bicubic, antialias), output(rgb, f32)");
            match text.parse::<Spec>().unwrap().resize.unwrap().size {
                Size::Ruled(ruled) => ruled,
                size => panic!("{size:?}"),
            }
        })
        .collect();
    let (mut differ, mut cells, mut refused) = (Vec::new(), 0, 0);
    for line in lines {
        let source = [line[0], line[1]].map(|side| side.parse().unwrap());
        for (rule, expected) in rules.iter().zip(&line[2..]) {
            let found = rule.resize(source).map_or("-".to_owned(), |[rows, columns]| format!("{rows}x{columns}"));
            cells += 1;
            refused += usize::from(found == "-");
            if found != *expected {
                differ.push(format!("{rule}: {source:?}: {found}, transformers {expected}"));
            }
        }
    }
    assert!(rules.len() >= 25 && cells >= 240 * rules.len() && refused > 100, "the table is whole");
    assert!(differ.is_empty(), "{} of {cells} cells differ:\n{}", differ.len(), differ.join("\n"));
}
