//! Letterboxes: the boxes that Ultralytics, YOLOX and OpenCV take back.

use pixfuse::{Clip, Geometry};

use crate::{geometry, sizes};

const BOXES: [[f64; 4]; 3] = [[10.25, 20.5, 300.0, 400.125], [0.0, 0.0, 64.0, 64.0], [-30.0, -5.0, 5000.0, 5000.0]];

/// Boxes taken back by `(x - left) / r`, `(y - top) / r`.
fn unmapped(ratio: f64, [top, left]: [f64; 2]) -> [[f64; 4]; 3] {
    BOXES.map(|[x1, y1, x2, y2]| [(x1 - left) / ratio, (y1 - top) / ratio, (x2 - left) / ratio, (y2 - top) / ratio])
}

fn clipped(boxes: [[f64; 4]; 3], [rows, columns]: [usize; 2]) -> [[f64; 4]; 3] {
    let (x, y) = (|x: f64| x.max(0.0).min(columns as f64), |y: f64| y.max(0.0).min(rows as f64));
    boxes.map(|[x1, y1, x2, y2]| [x(x1), y(y1), x(x2), y(y2)])
}

fn ratio(source: [usize; 2], frame: [usize; 2]) -> f64 {
    (frame[0] as f64 / source[0] as f64).min(frame[1] as f64 / source[1] as f64)
}

/// The libraries' results, not almost: the same operations on the same numbers.
fn assert_boxes(geometry: &Geometry, expected: [[f64; 4]; 3], what: &str) {
    assert_eq!(geometry.unmap_boxes(&BOXES, Clip::No), expected, "{what}");
    assert_eq!(geometry.unmap_boxes(&BOXES, Clip::Yes), clipped(expected, geometry.source()), "{what}");
}

#[test]
fn ultralytics_boxes() {
    for (source, frame) in sizes() {
        for (scale_up, stride) in [(true, None), (false, None), (true, Some(32)), (false, Some(64))] {
            let mut text = format!("letterbox({}, {}, bilinear, scale_up = {scale_up}", frame[0], frame[1]);
            if let Some(stride) = stride {
                text += &format!(", stride = {stride}");
            }
            let geometry = geometry(&(text + ")"), source);
            let r = ratio(source, frame);
            let r = if scale_up { r } else { r.min(1.0) };
            // The margins in halves, as floats; the odd pixel goes behind because a tenth is taken off.
            let starts = [0, 1].map(|axis| {
                let mut margin = frame[axis] as f64 - (source[axis] as f64 * r).round_ties_even();
                if let Some(stride) = stride {
                    margin %= f64::from(stride);
                }
                (margin / 2.0 - 0.1).round()
            });
            // `round` makes -0 of -0.1.
            let starts = starts.map(|start| start + 0.0);
            assert_eq!(geometry.offset().map(|offset| offset as f64), starts, "{source:?} {frame:?} {stride:?}");
            assert_boxes(&geometry, unmapped(r, starts), &format!("{source:?} {frame:?} {scale_up} {stride:?}"));
        }
    }
}

#[test]
fn yolox_boxes() {
    for (source, frame) in sizes() {
        let geometry = geometry(&format!("letterbox({}, {}, bilinear, rule = yolox)", frame[0], frame[1]), source);
        let r = ratio(source, frame);
        assert_boxes(&geometry, BOXES.map(|b| b.map(|edge| edge / r)), &format!("{source:?} {frame:?}"));
    }
}

#[test]
fn opencv_boxes() {
    for (source, frame) in sizes() {
        let geometry = geometry(&format!("letterbox({}, {}, bilinear, rule = opencv)", frame[0], frame[1]), source);
        let r = (frame[0] as f32 / source[0] as f32).min(frame[1] as f32 / source[1] as f32);
        let starts = [0, 1].map(|axis| ((frame[axis] - (source[axis] as f32 * r) as usize) / 2) as f64);
        assert_boxes(&geometry, unmapped(r.into(), starts), &format!("{source:?} {frame:?}"));
    }
}

/// The ratio that the pixels are made by is the one that boxes go back by.
#[test]
fn opencv_covers() {
    for (source, frame) in sizes() {
        let [rows, columns] = frame;
        let clauses = format!(
            "resize(cover = [{rows}, {columns}], bilinear, rule = opencv), center_crop({rows}, {columns}, rounding = floor)"
        );
        let r = f64::from((rows as f32 / source[0] as f32).max(columns as f32 / source[1] as f32));
        let resized = source.map(|side| (side as f64 * r).round_ties_even() as usize);
        if resized.into_iter().any(|side| side > 65535) {
            continue;
        }
        let geometry = geometry(&clauses, source);
        assert_eq!(geometry.resized(), resized, "{source:?} {frame:?}");
        assert_eq!(geometry.scale(), [r; 2], "{source:?} {frame:?}");
        let starts = [0, 1].map(|axis| -(((resized[axis] - frame[axis]) / 2) as f64) + 0.0);
        assert_boxes(&geometry, unmapped(r, starts), &format!("{source:?} {frame:?}"));
    }
}

/// What `Image2BlobParams::blobRectToImageRect` of OpenCV 5.0.0 gave for these: whole pixels, truncated.
#[test]
fn opencv_rectangles() {
    for (source, frame, [x, y, columns, rows], expected) in OPENCV_RECTANGLES {
        let geometry = geometry(&format!("letterbox({}, {}, bilinear, rule = opencv)", frame[0], frame[1]), source);
        let [x1, y1, x2, y2] = geometry.unmap_boxes(&[[x, y, x + columns, y + rows]], Clip::No)[0];
        // OpenCV's quotients are f32.
        let found = [x1, y1, x2 - x1, y2 - y1].map(|number| number as f32 as i32);
        assert_eq!(found, expected, "{source:?} {frame:?}");
    }
}

/// Source, frame, rectangle in the frame as x, y, columns, rows; rectangle in the source.
type Rectangles = ([usize; 2], [usize; 2], [f64; 4], [i32; 4]);

const OPENCV_RECTANGLES: [Rectangles; 4] = [
    ([1571, 3775], [1280, 1280], [100.0, 400.0, 400.0, 370.0], [294, 76, 1179, 1091]),
    ([480, 640], [640, 640], [50.0, 100.0, 60.0, 70.0], [50, 20, 60, 70]),
    ([97, 61], [416, 320], [33.0, 44.0, 55.0, 66.0], [0, 10, 12, 15]),
    ([1080, 1920], [384, 640], [5.0, 7.0, 300.0, 200.0], [15, -15, 900, 600]),
];

/// A size at which formulas with fractional margins are off by a row.
#[test]
fn the_odd_margin_goes_behind() {
    let geometry = geometry("letterbox(1280, 1280, bilinear)", [1571, 3775]);
    assert_eq!(geometry.content(), [373, 0, 533, 1280]);
    let r = 1280.0 / 3775.0;
    let expected = [100.0 / r, (400.0 - 373.0) / r, 500.0 / r, (800.0 - 373.0) / r];
    assert_eq!(geometry.unmap_boxes(&[[100.0, 400.0, 500.0, 800.0]], Clip::Yes), [expected]);
    // The rows were not resampled by `r`, and that is to be seen too.
    assert_eq!(geometry.scale(), [r, r]);
    assert_eq!(geometry.exact_scale(), [533.0 / 1571.0, r]);
    assert_eq!(geometry.source_box(), [0.0, 0.0, 3775.0, 1571.0]);
}
