//! Declarations and views that are drawn from bytes: most are right, and few are usual.

use arbitrary::{Result, Unstructured};
use pixfuse::{Error, ImageRef, PixelFormat, Sample, YuvPlane};

/// The most rows and columns of a source: more than the widest block of a level, and little enough for the reference.
const MOST_SIDE: usize = 70;

/// The most rows and columns of a tensor.
const MOST_OUTPUT: u32 = 40;

const FILTERS: [&str; 19] = [
    "nearest",
    "nearest_exact",
    "nearest_floor",
    "bilinear",
    "bicubic",
    "area",
    "lanczos4",
    "bilinear, antialias",
    "bicubic, antialias",
    "box, antialias",
    "hamming, antialias",
    "lanczos, antialias",
    "lanczos, antialias, pillow = 12",
    "bilinear, antialias, like = torch",
    "bicubic, antialias, like = torch",
    "bilinear, precision = f32",
    "bicubic, precision = f32",
    "bilinear, antialias, precision = f32",
    "lanczos, antialias, precision = f32",
];

const NORMALIZED: [&str; 9] = [
    "normalize()",
    "normalize(scale = 1/127.5, mean = 1)",
    "normalize(mean = 0.5, std = 0.25)",
    "normalize(mean = 0.4, std = 0.2, eps = 1e-5)",
    "normalize(mean = 0.5, std = 0.5, order = torchvision)",
    "normalize(mean = 0.5, std = 0.5, order = torchvision_v2)",
    "normalize(mean = 0.5, std = 0.5, order = hf_pil)",
    "normalize(mean = 0.5, std = 0.5, order = hf_torch)",
    "normalize(mean = 0.5, std = 0.5, order = opencv)",
];

const ELEMENTS: [&str; 7] = [
    "f32",
    "f16",
    "bf16",
    "u8",
    "u8, scale = 0.02, zero_point = 3",
    "i8, scale = 0.02, zero_point = -3",
    "i8, scale = 1, zero_point = 0",
];

/// The text of a declaration, which the rulebook may refuse.
pub(crate) fn declaration(bytes: &mut Unstructured<'_>) -> Result<String> {
    let format = *bytes.choose(PixelFormat::ALL)?;
    let mut input = format!("input({format}");
    if format.order().has_alpha() {
        input += bytes.choose(&[
            "",
            ", alpha = drop",
            ", alpha = over, background = [9, 99, 199]",
            ", alpha = premultiply",
        ])?;
    }
    if format.is_yuv() {
        input += bytes.choose(&["", ", matrix = bt709", ", matrix = bt2020, range = full", ", range = full"])?;
    } else {
        input += bytes.choose(&["", ", chw"])?;
    }
    if bytes.ratio(1, 3)? {
        input += &format!(", orient = {}", bytes.int_in_range(1..=8)?);
    }
    let channels = *bytes.choose(&["rgb", "bgr", "gray", "rgba", "bgra"])?;
    if channels == "gray" && format.channels() != 1 {
        input += bytes.choose(&[", gray = pillow", ", gray = opencv"])?;
    }
    let mut clauses = vec![input + ")"];

    let mut side = |most| bytes.int_in_range(1..=most);
    let (rows, columns, shortest) = (side(MOST_OUTPUT)?, side(MOST_OUTPUT)?, side(MOST_OUTPUT)?);
    let (inner, cut) = ([side(MOST_OUTPUT)?, side(MOST_OUTPUT)?], [side(6)?, side(6)?]);
    let filter = bytes.choose(&FILTERS)?;
    clauses.extend(match bytes.int_in_range(0..=7)? {
        0 => None,
        1 => Some(format!("resize(shortest = {shortest}, {filter})")),
        2 => Some(format!("resize(longest = {shortest}, {filter}, rounding = half_even)")),
        3 => Some(format!("resize(cover = [{rows}, {columns}], {filter})")),
        4 => Some(format!("letterbox({rows}, {columns}, {filter}, fill = 7)")),
        5 => Some(format!("letterbox({rows}, {columns}, {filter}, stride = {}, scale_up = false)", cut[0])),
        _ => Some(format!("resize({rows}, {columns}, {filter})")),
    });
    clauses.extend(match bytes.int_in_range(0..=5)? {
        0 => Some(format!("center_crop({}, {})", inner[0], inner[1])),
        1 => Some(format!("center_crop({}, {}, rounding = floor, fill = 200)", inner[0], inner[1])),
        2 => Some(format!("crop({}, {}, {}, {})", cut[0], cut[1], inner[0], inner[1])),
        _ => None,
    });
    if bytes.ratio(1, 4)? {
        clauses.push(format!("pad({}, {}, 1, 0, fill = 9)", cut[0], cut[1]));
    }
    if bytes.ratio(2, 3)? {
        clauses.push((*bytes.choose(&NORMALIZED)?).to_owned());
    }
    let (element, layout) = (bytes.choose(&ELEMENTS)?, bytes.choose(&["chw", "hwc"])?);
    // The steps of a quantised element stand behind the layout.
    let (element, steps) = element.split_once(',').map_or((*element, ""), |(element, steps)| (element, steps));
    let comma = if steps.is_empty() { "" } else { "," };
    clauses.push(format!("output({channels}, {element}, {layout}{comma}{steps})"));
    Ok(clauses.join(", "))
}

/// What is cut: tiles, patches of a size by a rule, or the second of two resizes.
pub(crate) fn cut(bytes: &mut Unstructured<'_>) -> Result<String> {
    let input = *bytes.choose(&[
        "rgb8",
        "rgb8, chw",
        "bgr8, orient = 6",
        "gray8",
        "rgba8, alpha = drop",
        "rgba8, alpha = over, background = 9",
        "nv12",
        "rgb16",
    ])?;
    let filter = bytes.choose(&FILTERS)?;
    let mut number = |most: u32| bytes.int_in_range(1..=most);
    let (rows, columns, side, merge) = (number(20)?, number(20)?, number(20)?, number(3)?);
    let (few, many, behind) = (number(6)?, number(6)?, number(60)?);
    let (least, most) = (number(900)?, number(1800)?);
    let thumbnail = bytes.choose(&["", ", thumbnail = first", ", thumbnail = last"])?;
    let filled = if bytes.ratio(1, 3)? { format!(", pad_to = {behind}") } else { String::new() };
    let (layout, order) = *bytes.choose(&[("chw", ""), ("chw", ", order = tchw"), ("hwc", "")])?;
    let tiles = |rule: &str| format!("tiles({side}, {side}, {filter}, rule = {rule}{thumbnail}{filled})");
    let step = side * merge;
    let patches =
        |size: &str| format!("{size}, patches({side}, merge = {merge}, temporal = {}{order}{filled})", few.min(2));
    let ruled = |rule: &str| format!("resize(rule = {rule}, {filter})");
    let clauses = match bytes.int_in_range(0..=16)? {
        0 => {
            format!("tiles({rows}, {columns}, {filter}, rule = internvl, min = {few}, max = {many}{thumbnail}{filled})")
        }
        1 => format!("tiles({rows}, {columns}, {filter}, rule = granite_docling, max = {many}{thumbnail}{filled})"),
        2 => tiles(&format!("cohere2_vision, max = {many}")),
        3 => tiles(&format!("ovis2, max = {many}")),
        4 => tiles(&format!("perception_lm, max = {many}")),
        5 => tiles(&format!("{}, max = {many}", if merge > 1 { "mllama" } else { "llama4" })),
        6 => tiles(&format!("llava_next, canvases = [[{}, {side}], [{side}, {}]]", side * few, side * many)),
        7 => tiles("idefics3"),
        8 => format!("{}, {}", ruled(&format!("idefics3, longest = {}", side * few)), tiles("idefics3")),
        9 => patches(&ruled(&format!("qwen2_vl, multiple = {step}, min_pixels = {least}, max_pixels = {most}"))),
        10 => patches(&ruled(&format!("naflex, multiple = {step}, max_patches = {many}"))),
        11 => patches(&ruled(&format!("muse_glimmer, multiple = {step}, max_patches = {many}"))),
        12 => {
            let size = format!("glm5_next, multiple = {step}, min_pixels = {least}, max_pixels = {most}");
            patches(&format!("{}, pad(multiple = {step})", ruled(&size)))
        }
        13 => patches(&format!("pad(multiple = {step}, value = 3)")),
        14 => format!("resize(rule = donut, rows = {rows}, columns = {columns}, {filter})"),
        15 => {
            let rule = ruled(&format!("donut, rows = {rows}, columns = {columns}"));
            format!("{rule}, pad(to = [{rows}, {columns}], at = center, fill = 7)")
        }
        _ => patches(&format!("resize({}, {}, {filter})", step * few, step * merge)),
    };
    let channels = if input.starts_with("gray") { "gray" } else { *bytes.choose(&["rgb", "bgr"])? };
    let element = *bytes.choose(&["f32", "bf16", "u8"])?;
    let normalized = if element == "u8" { "" } else { "normalize(mean = 0.45, std = 0.25), " };
    Ok(format!("input({input}), {clauses}, {normalized}output({channels}, {element}, {layout})"))
}

/// Memory and where an image lies in it, with nothing before its first byte nor behind its last.
pub(crate) struct Image {
    memory: Vec<u8>,
    rows: usize,
    columns: usize,
    format: PixelFormat,
    /// Of each plane: its first byte, and bytes from row to row.
    planes: Vec<(usize, usize)>,
    /// Of an image that is no YUV: the byte of its first sample, and the strides.
    view: (usize, [isize; 3]),
}

impl Image {
    /// An image of this format, at most as large as the reference is quick for.
    pub(crate) fn new(bytes: &mut Unstructured<'_>, format: PixelFormat) -> Result<Self> {
        let mut side = || -> Result<usize> {
            let most = if bytes.ratio(1, 4)? { 4 } else { MOST_SIDE };
            bytes.int_in_range(1..=most)
        };
        let (rows, columns) = (side()?, side()?);
        let mut image = Self { memory: Vec::new(), rows, columns, format, planes: Vec::new(), view: (0, [0; 3]) };
        let length = if format.is_yuv() { image.lay_planes(bytes)? } else { image.lay_pixels(bytes)? };
        image.memory = pixels(bytes, length, format.sample())?;
        Ok(image)
    }

    /// Planes with rows of any stride, one behind the other.
    fn lay_planes(&mut self, bytes: &mut Unstructured<'_>) -> Result<usize> {
        let dense = ImageRef::yuv_dense_strides(self.format, self.columns).expect("a YUV format");
        let mut strides = Vec::new();
        for row in dense {
            strides.push(row + bytes.int_in_range(0..=5)?);
        }
        let unread = strides.iter().map(|stride| (std::ptr::null(), *stride)).collect::<Vec<_>>();
        let lengths = ImageRef::yuv_lengths(self.format, &unread, self.rows, self.columns).expect("small planes");
        let mut length = 0;
        for (stride, needs) in strides.into_iter().zip(lengths) {
            self.planes.push((length, stride));
            length += needs;
        }
        Ok(length)
    }

    /// Axes in any order, each dense or with gaps, forwards or backwards.
    fn lay_pixels(&mut self, bytes: &mut Unstructured<'_>) -> Result<usize> {
        let sample = self.format.sample().size();
        let shape = [self.rows, self.columns, self.format.channels()];
        // The axis whose neighbours lie side by side first.
        let order = *bytes.choose(&[[2, 1, 0], [2, 1, 0], [1, 0, 2], [2, 0, 1], [0, 1, 2], [1, 2, 0]])?;
        let mut distance = sample;
        let (mut first, mut strides) = (0_isize, [0_isize; 3]);
        for axis in order {
            let gap = if bytes.ratio(1, 4)? { bytes.int_in_range(1..=5)? } else { 0 };
            let stride = (distance + gap) as isize;
            let backwards = bytes.ratio(1, 5)?;
            strides[axis] = if backwards { -stride } else { stride };
            if backwards {
                first += (shape[axis] as isize - 1) * stride;
            }
            distance = (distance + gap) * shape[axis];
        }
        self.view = (first as usize, strides);
        let reach: usize = (0..3).map(|axis| (shape[axis] - 1) * strides[axis].unsigned_abs()).sum();
        Ok(reach + sample)
    }

    /// The view of it.
    pub(crate) fn view(&self) -> std::result::Result<ImageRef<'_>, Error> {
        let Self { memory, rows, columns, format, planes, view: (origin, strides) } = self;
        if !format.is_yuv() {
            let shape = [*rows, *columns, format.channels()];
            return ImageRef::strided_samples(format.sample(), memory, *origin, shape, *strides)?.with_format(*format);
        }
        let ends = planes.iter().skip(1).map(|(first, _)| *first).chain([memory.len()]);
        let planes: Vec<YuvPlane<'_>> = planes
            .iter()
            .zip(ends)
            .map(|(&(first, stride), end)| YuvPlane { bytes: &memory[first..end], stride })
            .collect();
        ImageRef::yuv(*format, &planes, *rows, *columns)
    }
}

/// Samples: the input's own bytes as long as there are some, then what depends on the last of them.
fn pixels(bytes: &mut Unstructured<'_>, length: usize, sample: Sample) -> Result<Vec<u8>> {
    let given = bytes.bytes(bytes.len().min(length))?;
    let mut state =
        given.iter().fold(0x9E37_79B9_u32, |state, byte| (state ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    let mut samples = given.to_vec();
    samples.resize_with(length, || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    if sample == Sample::F32 {
        // Any bits are a sample, but sums of the largest are infinities that nobody has in an image.
        for value in samples.chunks_exact_mut(4) {
            let sample = f32::from_ne_bytes([value[0], value[1], value[2], value[3]]);
            let bounded = if sample.abs() < 1e6 { sample } else { f32::from(value[0]) / 255.0 };
            value.copy_from_slice(&bounded.to_ne_bytes());
        }
    }
    Ok(samples)
}
