//! Ways in which an image can lie in memory.

/// The bytes of an image: how many there are, where row 0, column 0, channel 0 is, and the strides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    pub(crate) length: usize,
    pub(crate) origin: usize,
    pub(crate) strides: [isize; 3],
}

/// A view of rows x columns x channels, whose memory holds its first and its last byte and nothing beyond them.
pub(crate) type Make = fn([usize; 3]) -> View;

/// What the view is called, and how it is made.
pub(crate) type Named = (&'static str, Make);

/// The smallest memory for these strides.
fn of(shape: [usize; 3], strides: [isize; 3]) -> View {
    let reach = shape.into_iter().zip(strides).map(|(side, stride)| (side as isize - 1) * stride);
    let before: isize = reach.clone().filter(|&reach| reach < 0).sum();
    let after: isize = reach.filter(|&reach| reach > 0).sum();
    View { length: (after - before + 1) as usize, origin: -before as usize, strides }
}

/// Strides from axes, the innermost first: each is (axis, bytes in it that do not belong to the image).
fn packed([rows, columns, channels]: [usize; 3], order: [usize; 3], gaps: [usize; 3]) -> [isize; 3] {
    let sides = [rows, columns, channels];
    let mut strides = [0; 3];
    let mut stride = 1;
    for axis in order {
        strides[axis] = stride as isize;
        stride = stride * sides[axis] + gaps[axis];
    }
    strides
}

const ROW: usize = 0;
const COLUMN: usize = 1;
const CHANNEL: usize = 2;
const HWC: [usize; 3] = [CHANNEL, COLUMN, ROW];
const CHW: [usize; 3] = [COLUMN, ROW, CHANNEL];

/// Dense pixels.
pub(crate) const INTERLEAVED: Named = ("interleaved", |shape| of(shape, packed(shape, HWC, [0; 3])));

/// Dense planes.
pub(crate) const PLANES: Named = ("planes", |shape| of(shape, packed(shape, CHW, [0; 3])));

/// The same strides with some of them the other way round.
fn flipped(shape: [usize; 3], order: [usize; 3], signs: [isize; 3]) -> View {
    let strides = packed(shape, order, [0; 3]);
    of(shape, std::array::from_fn(|axis| strides[axis] * signs[axis]))
}

/// Every `factors[axis]`-th row, column or channel of an image that is so much larger.
fn scaled(shape: [usize; 3], order: [usize; 3], factors: [usize; 3]) -> View {
    let larger = std::array::from_fn(|axis| shape[axis] * factors[axis]);
    let strides = packed(larger, order, [0; 3]);
    of(shape, std::array::from_fn(|axis| strides[axis] * factors[axis] as isize))
}

/// Every way.
pub(crate) const ALL: &[Named] = &[
    INTERLEAVED,
    ("interleaved, padded rows", |shape| of(shape, packed(shape, HWC, [0, 7, 0]))),
    ("interleaved, a region of a larger image", |shape| {
        let larger = [shape[0] + 5, shape[1] + 9, shape[2]];
        of(shape, packed(larger, HWC, [0; 3]))
    }),
    ("interleaved, rows upside down", |shape| flipped(shape, HWC, [-1, 1, 1])),
    ("interleaved, columns mirrored", |shape| flipped(shape, HWC, [1, -1, 1])),
    ("interleaved, channels reversed", |shape| flipped(shape, HWC, [1, 1, -1])),
    ("interleaved, turned by 180 degrees", |shape| flipped(shape, HWC, [-1, -1, 1])),
    ("interleaved, everything reversed", |shape| flipped(shape, HWC, [-1, -1, -1])),
    ("interleaved, every second column", |shape| scaled(shape, HWC, [1, 2, 1])),
    ("interleaved, every third row", |shape| scaled(shape, HWC, [3, 1, 1])),
    ("interleaved, a byte after each pixel", |shape| of(shape, packed(shape, HWC, [0, 0, 1]))),
    ("interleaved, every second channel", |shape| scaled(shape, HWC, [1, 1, 2])),
    ("interleaved, transposed", |shape| of(shape, packed(shape, [CHANNEL, ROW, COLUMN], [0; 3]))),
    PLANES,
    ("planes, padded rows", |shape| of(shape, packed(shape, CHW, [0, 5, 0]))),
    ("planes, padded planes", |shape| of(shape, packed(shape, CHW, [3, 0, 0]))),
    ("planes, rows upside down", |shape| flipped(shape, CHW, [-1, 1, 1])),
    ("planes, columns mirrored", |shape| flipped(shape, CHW, [1, -1, 1])),
    ("planes, in reverse", |shape| flipped(shape, CHW, [1, 1, -1])),
    ("planes, everything reversed", |shape| flipped(shape, CHW, [-1, -1, -1])),
    ("planes, every second column", |shape| scaled(shape, CHW, [1, 2, 1])),
    ("planes, transposed", |shape| of(shape, packed(shape, [ROW, COLUMN, CHANNEL], [0; 3]))),
    ("rows of planes", |shape| of(shape, packed(shape, [COLUMN, CHANNEL, ROW], [0; 3]))),
    ("one row for all", |shape| of(shape, [0, shape[2] as isize, 1])),
    ("one column for all", |shape| of(shape, [shape[2] as isize, 0, 1])),
    ("one pixel for all", |shape| of(shape, [0, 0, 1])),
    ("one value for all", |shape| of(shape, [0, 0, 0])),
    ("one plane for all", |shape| of(shape, [shape[1] as isize, 1, 0])),
    ("a window sliding over bytes", |shape| of(shape, [1, 1, 1])),
];
