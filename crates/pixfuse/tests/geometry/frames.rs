//! What each clause does to sizes and places, and that the way back is the way there.

use pixfuse::{Clip, Error};

use crate::{geometry, pipeline, sizes};

#[test]
fn sizes_and_boxes_of_each_frame() {
    // Clauses; source; resized; output; content; source box; offset.
    type Case = (&'static str, [usize; 2], [usize; 2], [usize; 2], [usize; 4], [f64; 4], [i64; 2]);
    let cases: [Case; 13] = [
        ("pad(0, 0, 0, 0)", [40, 60], [40, 60], [40, 60], [0, 0, 40, 60], [0.0, 0.0, 60.0, 40.0], [0, 0]),
        ("resize(20, 90, bilinear)", [40, 60], [20, 90], [20, 90], [0, 0, 20, 90], [0.0, 0.0, 60.0, 40.0], [0, 0]),
        (
            "resize(shortest = 20, bilinear), center_crop(10, 10)",
            [40, 60],
            [20, 30],
            [10, 10],
            [0, 0, 10, 10],
            [20.0, 10.0, 40.0, 30.0],
            [-5, -10],
        ),
        ("crop(5, 7, 11, 13)", [40, 60], [40, 60], [11, 13], [0, 0, 11, 13], [7.0, 5.0, 20.0, 16.0], [-5, -7]),
        ("pad(1, 2, 3, 4)", [40, 60], [40, 60], [44, 66], [1, 2, 40, 60], [0.0, 0.0, 60.0, 40.0], [1, 2]),
        ("center_crop(50, 30)", [40, 60], [40, 60], [50, 30], [5, 0, 40, 30], [15.0, 0.0, 45.0, 40.0], [5, -15]),
        ("center_crop(45, 65)", [40, 60], [40, 60], [45, 65], [2, 2, 40, 60], [0.0, 0.0, 60.0, 40.0], [2, 2]),
        ("letterbox(30, 30, bilinear)", [40, 60], [20, 30], [30, 30], [5, 0, 20, 30], [0.0, 0.0, 60.0, 40.0], [5, 0]),
        (
            "letterbox(30, 30, bilinear, rule = yolox)",
            [40, 60],
            [20, 30],
            [30, 30],
            [0, 0, 20, 30],
            [0.0, 0.0, 60.0, 40.0],
            [0, 0],
        ),
        (
            "letterbox(30, 30, bilinear, stride = 8)",
            [40, 60],
            [20, 30],
            [22, 30],
            [1, 0, 20, 30],
            [0.0, 0.0, 60.0, 40.0],
            [1, 0],
        ),
        (
            "letterbox(90, 90, bilinear, scale_up = false)",
            [40, 60],
            [40, 60],
            [90, 90],
            [25, 15, 40, 60],
            [0.0, 0.0, 60.0, 40.0],
            [25, 15],
        ),
        // The window cuts margin and content, and is padded again.
        (
            "letterbox(30, 30, bilinear), crop(2, 10, 13, 10), pad(1, 2, 3, 4)",
            [40, 60],
            [20, 30],
            [17, 16],
            [4, 2, 10, 10],
            [20.0, 0.0, 40.0, 20.0],
            [4, -8],
        ),
        // Margin only: nothing of the source is left, but places still have coordinates.
        (
            "letterbox(30, 30, bilinear), crop(0, 10, 3, 10)",
            [40, 60],
            [20, 30],
            [3, 10],
            [3, 0, 0, 10],
            [20.0, 0.0, 40.0, 0.0],
            [5, -10],
        ),
    ];
    for (clauses, source, resized, output, content, source_box, offset) in cases {
        let geometry = geometry(clauses, source);
        assert_eq!(geometry.source(), source, "{clauses}");
        assert_eq!(geometry.resized(), resized, "{clauses}");
        assert_eq!(geometry.output(), output, "{clauses}");
        assert_eq!(geometry.content(), content, "{clauses}");
        assert_eq!(geometry.source_box(), source_box, "{clauses}");
        assert_eq!(geometry.offset(), offset, "{clauses}");
        // These sizes divide without a rest: both ways of saying the scale are one.
        assert_eq!(geometry.scale(), geometry.exact_scale(), "{clauses}");
        let [height, width] = [0, 1].map(|axis| resized[axis] as f64 / source[axis] as f64);
        let [top, left] = offset.map(|offset| offset as f64);
        assert_eq!(geometry.matrix(), [[width, 0.0, left], [0.0, height, top]], "{clauses}");
    }
}

/// Sizes of which no side that follows is longer than an image may be.
fn moderate() -> impl Iterator<Item = ([usize; 2], [usize; 2])> {
    let longest = |[source, frame]: [[usize; 2]; 2]| {
        let [source, frame] = [source, frame].map(|sides| (sides[0].min(sides[1]), sides[0].max(sides[1])));
        source.1 * frame.1 / source.0
    };
    sizes().filter(move |(source, frame)| longest([*source, *frame]) < 65535)
}

/// The edges of what is shown are the edges of the content, whatever is cut and filled.
#[test]
fn the_source_box_is_the_content() {
    for (source, [rows, columns]) in moderate().take(200) {
        for clauses in [
            format!("resize({rows}, {columns}, bilinear)"),
            format!("resize(shortest = {rows}, bilinear), center_crop({columns}, {columns})"),
            format!("resize(longest = {rows}, bilinear), center_crop({rows}, {columns}), pad(3, 1, 4, 1)"),
            format!("center_crop({rows}, {columns})"),
        ] {
            let geometry = geometry(&clauses, source);
            let [top, left, high, wide] = geometry.content().map(|position| position as f64);
            let found = geometry.map_boxes(&[geometry.source_box()], Clip::Yes)[0];
            assert_close(&found, &[left, top, left + wide, top + high], &clauses);
        }
    }
}

#[test]
fn there_and_back() {
    let points: Vec<_> = (0..50).map(|i| [f64::from(i) * 37.7 - 100.0, f64::from(i * i) * 1.3]).collect();
    for (source, [rows, columns]) in moderate().take(200) {
        for clauses in [
            format!("resize({rows}, {columns}, bilinear)"),
            format!("resize(shortest = {rows}, bilinear), center_crop({rows}, {columns}), pad(1, 2, 3, 4)"),
            format!("letterbox({rows}, {columns}, bilinear)"),
            format!("letterbox({rows}, {columns}, bilinear, rule = yolox, scale_up = false)"),
            format!("letterbox({rows}, {columns}, bilinear, rule = opencv)"),
            format!("resize(longest = {rows}, bilinear, rounding = half_even), center_crop({columns}, fill = 1)"),
        ] {
            let geometry = geometry(&clauses, source);
            let mapped = geometry.map_points(&points, Clip::No);
            let back = geometry.unmap_points(&mapped, Clip::No);
            assert_close(back.as_flattened(), points.as_flattened(), &clauses);
            // Points, corners of boxes, memory and both matrices say the same.
            let boxes = points.as_flattened().as_chunks::<4>().0;
            assert_eq!(geometry.map_boxes(boxes, Clip::No).as_flattened(), mapped.as_flattened());
            assert_eq!(
                geometry.unmap_boxes(mapped.as_flattened().as_chunks().0, Clip::No).as_flattened(),
                back.as_flattened()
            );
            let mut memory = points.clone();
            geometry.map_in_place(&mut memory, Clip::No);
            assert_eq!(memory, mapped);
            geometry.unmap_in_place(&mut memory, Clip::No);
            assert_eq!(memory, back);
            let by_matrix: Vec<_> = points.iter().map(|&point| apply(geometry.matrix(), point)).collect();
            assert_close(by_matrix.as_flattened(), mapped.as_flattened(), &clauses);
            let by_inverse: Vec<_> = mapped.iter().map(|&point| apply(geometry.inverse(), point)).collect();
            assert_close(by_inverse.as_flattened(), points.as_flattened(), &clauses);
        }
    }
}

fn apply(matrix: [[f64; 3]; 2], [x, y]: [f64; 2]) -> [f64; 2] {
    matrix.map(|[a, b, c]| a * x + b * y + c)
}

fn assert_close(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-9, "{what}: {found} is not {expected}");
    }
}

#[test]
fn clipping_ends_at_the_image() {
    let geometry = geometry("resize(10, 20, bilinear), pad(1, 1, 1, 1)", [20, 60]);
    let boxes = [[-30.0, -40.0, 300.0, 400.0]];
    assert_eq!(geometry.map_boxes(&boxes, Clip::Yes), [[0.0, 0.0, 22.0, 12.0]]);
    assert_eq!(geometry.unmap_boxes(&boxes, Clip::Yes), [[0.0, 0.0, 60.0, 20.0]]);
    assert_eq!(geometry.map_boxes(&boxes, Clip::No), [[-9.0, -19.0, 101.0, 201.0]]);
    assert_eq!(geometry.map_points(&[[f64::INFINITY, f64::NEG_INFINITY]], Clip::Yes), [[22.0, 0.0]]);
    assert!(geometry.unmap_points(&[[f64::NAN, 3.0]], Clip::Yes)[0][0].is_nan(), "what is no number stays none");
    assert_eq!((Clip::from(true), Clip::from(false)), (Clip::Yes, Clip::No));
}

#[test]
fn sizes_that_cannot_run_have_no_geometry() {
    let crop = pipeline("crop(5, 7, 11, 13)");
    for (rows, columns) in [(0, 5), (5, 0), (15, 60), (40, 19), (usize::MAX, 5)] {
        assert!(matches!(crop.geometry(rows, columns), Err(Error::Image(_))), "{rows} x {columns}");
    }
    assert!(crop.geometry(16, 20).is_ok());
}
