//! What stands in each clause.

use crate::arguments::{Arguments, Findings, Signature};
use crate::grammar::{Argument, Clause, Item};
use crate::rules::Integer;
use crate::word::Word;
use crate::{
    Alpha, Anchor, Border, ChannelOrder, CoverRule, Crop, Element, Fill, Gray, Layout, Letterbox, LetterboxRule,
    MAX_SIDE, MarginFill, Margins, Matrix, Normalize, Number, Order, Orientation, Pad, PatchOrder, Patches,
    PixelFormat, Precision, Quantize, Range, Resize, Rounding, RuledSize, Sample, Sampling, Size, SizeNumber, SizeRule,
    TileRule, Tiles,
};

/// A length without `_`: what cuts an image that is there.
const LENGTH: Integer = Integer { least: 1, most: MAX_SIDE, open: false };
/// A number of pixels.
const AREA: Integer = Integer { least: 1, most: u32::MAX, open: false };
const OFFSET: Integer = Integer { least: 0, most: MAX_SIDE, open: false };
const STRIDE: Integer = Integer { least: 1, most: 1024, open: false };
const PATCH: Integer = Integer { least: 1, most: 1024, open: false };
/// Frames that one image stands for.
const TEMPORAL: Integer = Integer { least: 1, most: 16, open: false };
/// Tiles of a canvas.
const TILES: Integer = Integer { least: 1, most: 1024, open: false };
/// Patches of a tensor.
const COUNT: Integer = Integer { least: 1, most: 1 << 24, open: false };
/// The values of the EXIF tag.
const EXIF: Integer = Integer { least: 1, most: 8, open: false };
/// The versions of Pillow that differ, older and newer.
const VERSION: Integer = Integer { least: 12, most: 13, open: false };

/// `None` is what could not be read.
#[derive(Default)]
pub(crate) struct InputDraft {
    pub(crate) format: Option<PixelFormat>,
    pub(crate) size: Option<Option<[u32; 2]>>,
    pub(crate) layout: Option<Layout>,
    pub(crate) alpha: Option<Option<Alpha>>,
    pub(crate) background: Option<Option<Fill>>,
    pub(crate) gray: Option<Option<Gray>>,
    pub(crate) matrix: Option<Option<Matrix>>,
    pub(crate) range: Option<Option<Range>>,
    pub(crate) orient: Option<Orientation>,
}

pub(crate) fn read_input<P: Clone>(clause: &Clause<P>, findings: &mut Findings<P>) -> InputDraft {
    let is_number = |argument: &Argument<P>| matches!(argument.value.item, Item::Number(_) | Item::Later);
    let has_size = clause.arguments.iter().any(|argument| argument.name.is_none() && is_number(argument));
    let signature = Signature {
        clause: "input",
        usage: if has_size { "input(rgb8, 1080, 1920, hwc)" } else { "input(rgb8, hwc, alpha = drop)" },
        positional: if has_size { &["format", "rows", "columns", "layout"] } else { &["format", "layout"] },
        least: if has_size { 3 } else { 1 },
        flags: &[],
        names: &["alpha", "background", "gray", "matrix", "range", "orient"],
    };
    let mut arguments = Arguments::new(clause, &signature, findings);
    let format = arguments.word();
    let size = has_size.then(|| {
        [("rows", "number of rows"), ("columns", "number of columns")]
            .map(|(name, what)| arguments.next_integer(name, what, &LENGTH).and_then(|side| side.known().copied()))
    });
    // A side that could not be read was reported, and the size is then unknown.
    let size = match size {
        Some([rows, columns]) => rows.zip(columns).map(|(rows, columns)| Some([rows, columns])),
        None => Some(None),
    };
    let layout = arguments.word_or(Layout::Hwc);
    let alpha = arguments.optional_word("alpha");
    let gray = arguments.optional_word("gray");
    let (matrix, range) = (arguments.optional_word("matrix"), arguments.optional_word("range"));
    let background = match arguments.named("background") {
        Some(value) => arguments.fill("background", value).map(Some),
        None if arguments.reported() => None,
        None => Some(None),
    };
    let orient = match arguments.named_integer("orient", &EXIF) {
        Some(value) => value.known().and_then(|value| Orientation::from_exif(*value)),
        None => Some(Orientation::Upright),
    };
    InputDraft { format, size, layout, alpha, background, gray, matrix, range, orient }
}

/// The size by a rule that stands for itself, and its numbers. `None` if something in the clause could not be read.
fn read_ruled<P: Clone>(clause: &Clause<P>, findings: &mut Findings<P>) -> Option<Resize> {
    let signature = Signature {
        clause: "resize",
        usage: "resize(rule = pixtral, multiple = 16, longest = 1024, bicubic, antialias)",
        positional: &["filter"],
        least: 1,
        flags: &["antialias"],
        names: &[
            "rule",
            "multiple",
            "min_pixels",
            "max_pixels",
            "frame_pixels",
            "frames",
            "temporal",
            "merge",
            "min_patches",
            "max_patches",
            "shortest",
            "longest",
            "max",
            "min_side",
            "rows",
            "columns",
            "like",
            "pillow",
            "precision",
            "of",
            "clamp",
        ],
    };
    let mut arguments = Arguments::new(clause, &signature, findings);
    let sampling = read_sampling(&mut arguments);
    let rule: SizeRule = arguments.named_word("rule")?;
    let mut ruled = RuledSize::new(rule);
    let (needed, optional) = rule.numbers();
    for &number in SizeNumber::ALL {
        let name = number.name();
        let range = if matches!(number, SizeNumber::MinPixels | SizeNumber::MaxPixels | SizeNumber::FramePixels) {
            &AREA
        } else {
            &LENGTH
        };
        let Some(value) = arguments.named(name) else { continue };
        if !needed.contains(&number) && !optional.contains(&number) {
            arguments.error(value, format!("rule = {rule} has no {name}; leave it out"));
        } else if let Some(Number::Known(value)) = arguments.named_integer(name, range) {
            ruled = ruled.with(number, value);
        }
    }
    let missing = needed.iter().find(|number| clause.named(number.name()).is_none());
    let all = needed.iter().map(|number| format!("{number} = ..")).collect::<Vec<_>>().join(", ");
    let missing = missing.map(|number| format!("rule = {rule} needs {number}; write rule = {rule}, {all}"));
    let one_limit = "rule = pp_ocr needs shortest or longest, one of them; write shortest = 736 for limit_type min, \
                     longest = 960 for max";
    let limits = [SizeNumber::Shortest, SizeNumber::Longest].map(|number| ruled.get(number).is_some());
    let missing = missing.or((rule == SizeRule::PpOcr && limits[0] == limits[1]).then(|| one_limit.to_owned()));
    if let Some(message) = missing.filter(|_| !arguments.reported()) {
        arguments.error(clause.named("rule")?, message);
    }
    Some(Resize { size: Size::Ruled(ruled), sampling: sampling? })
}

/// Whether the clause's `rule` is not one of `cover = ..`, but says the size itself.
fn is_ruled<P>(clause: &Clause<P>) -> bool {
    let covers = |item: &Item<P>| matches!(item, Item::Word(word) if CoverRule::from_name(word).is_some());
    clause.named("cover").is_none() && clause.named("rule").is_some_and(|value| !covers(&value.item))
}

/// `None` if something in the clause could not be read.
pub(crate) fn read_resize<P: Clone>(clause: &Clause<P>, findings: &mut Findings<P>) -> Option<Resize> {
    if is_ruled(clause) {
        return read_ruled(clause, findings);
    }
    let by_name = ["shortest", "longest", "cover"].into_iter().find(|name| clause.named(name).is_some());
    let signature = Signature {
        clause: "resize",
        usage: match by_name {
            None => "resize(240, 256, bilinear)",
            Some("shortest") => "resize(shortest = 256, bilinear, antialias)",
            Some("longest") => "resize(longest = 256, bilinear, antialias)",
            Some(_) => "resize(cover = [240, 256], bilinear, antialias)",
        },
        positional: if by_name.is_some() { &["filter"] } else { &["rows", "columns", "filter"] },
        least: if by_name.is_some() { 1 } else { 3 },
        flags: &["antialias"],
        names: &[
            "shortest",
            "max",
            "longest",
            "rounding",
            "cover",
            "rule",
            "like",
            "pillow",
            "precision",
            "of",
            "clamp",
        ],
    };
    let mut arguments = Arguments::new(clause, &signature, findings);
    let exact = by_name.is_none().then(|| read_sides(&mut arguments));
    let sampling = read_sampling(&mut arguments);
    let side = |side: Option<Number<u32>>| side.unwrap_or(Number::Later);
    let shortest = arguments.named_integer("shortest", &Integer::SIDE);
    let longest = arguments.named_integer("longest", &Integer::SIDE);
    let max = arguments.named_integer("max", &LENGTH).and_then(|max| max.known().copied());
    let rounding = arguments.named_word("rounding").unwrap_or(Rounding::Truncate);
    let size = match (exact, by_name) {
        (Some([rows, columns]), _) => Size::Exact { rows, columns },
        (None, Some("shortest")) => Size::Shortest { side: side(shortest), max, rounding },
        (None, Some("longest")) => Size::Longest { side: side(longest), rounding },
        _ => {
            let rule = arguments.named_word("rule").unwrap_or(CoverRule::Timm);
            let frame = arguments.named("cover").and_then(|value| arguments.frame("cover", value, &LENGTH));
            let [rows, columns] = frame?;
            Size::Cover { rows, columns, rule }
        }
    };
    let rounds = by_name == Some("longest") || (by_name == Some("shortest") && clause.named("max").is_some());
    if let Some(value) = arguments.named("rounding").filter(|_| !rounds) {
        arguments.error(value, "rounding goes with longest = .. or max = ..; leave it out".to_owned());
    }
    if let Some(value) = arguments.named("rule").filter(|_| by_name != Some("cover")) {
        arguments.error(value, "rule goes with cover = ..; leave it out".to_owned());
    }
    let rival = ["longest", "cover"].into_iter().find(|name| by_name != Some(name) && clause.named(name).is_some());
    if let Some((one, other)) = by_name.zip(rival) {
        let value = arguments.named(other)?;
        arguments.error(value, format!("{one} and {other} exclude each other; keep one"));
    } else if let Some(value) = arguments.named("max").filter(|_| by_name != Some("shortest")) {
        arguments.error(value, "max goes with shortest = ..; leave it out".to_owned());
    }
    Some(Resize { size, sampling: sampling? })
}

/// Rows and columns. A side that could not be read is left open, so that no rule speaks about it.
fn read_sides<P: Clone>(arguments: &mut Arguments<'_, P>) -> [Number<u32>; 2] {
    [("rows", "number of rows"), ("columns", "number of columns")]
        .map(|(name, what)| arguments.next_integer(name, what, &Integer::SIDE).unwrap_or(Number::Later))
}

/// The filter and what stands behind it.
fn read_sampling<P: Clone>(arguments: &mut Arguments<'_, P>) -> Option<Sampling> {
    let filter = arguments.word();
    let antialias = arguments.flag("antialias");
    let like = arguments.named_word("like");
    let pillow = arguments.named_integer("pillow", &VERSION).and_then(|version| version.known().copied());
    let precision = arguments.named_word("precision").unwrap_or(Precision::U8);
    let of = arguments.named_word("of");
    let clamp = arguments.named("clamp").and_then(|value| arguments.truth("clamp", value)).unwrap_or(false);
    Some(Sampling { filter: filter?, antialias: antialias?, like, pillow, precision, of, clamp })
}

/// `fill = ..`, or what stands for it.
fn read_fill<P: Clone>(arguments: &mut Arguments<'_, P>, default: u8) -> Fill {
    let value = arguments.named("fill");
    value.and_then(|value| arguments.fill("fill", value)).unwrap_or(Fill::gray(default))
}

/// `None` if something in the clause could not be read.
pub(crate) fn read_letterbox<P: Clone>(clause: &Clause<P>, findings: &mut Findings<P>) -> Option<Letterbox> {
    let signature = Signature {
        clause: "letterbox",
        usage: "letterbox(640, 640, bilinear)",
        positional: &["rows", "columns", "filter"],
        least: 3,
        flags: &["antialias"],
        names: &["fill", "rule", "stride", "scale_up", "like", "pillow", "precision"],
    };
    let mut arguments = Arguments::new(clause, &signature, findings);
    let [rows, columns] = read_sides(&mut arguments);
    let sampling = read_sampling(&mut arguments);
    let fill = read_fill(&mut arguments, 114);
    let rule = arguments.named_word("rule").unwrap_or(LetterboxRule::Ultralytics);
    let stride = arguments.named_integer("stride", &STRIDE).and_then(|stride| stride.known().copied());
    let scale_up = arguments.named("scale_up");
    let scale_up = scale_up.and_then(|value| arguments.truth("scale_up", value)).unwrap_or(true);
    Some(Letterbox { rows, columns, sampling: sampling?, fill, rule, stride, scale_up })
}

/// `None` if something in the clause could not be read.
pub(crate) fn read_tiles<P: Clone>(clause: &Clause<P>, findings: &mut Findings<P>) -> Option<Tiles> {
    let signature = Signature {
        clause: "tiles",
        usage: "tiles(448, 448, bicubic, antialias, rule = internvl, max = 12, thumbnail = last)",
        positional: &["rows", "columns", "filter"],
        least: 3,
        flags: &["antialias"],
        names: &["rule", "min", "max", "canvases", "thumbnail", "pad_to", "like", "pillow", "precision"],
    };
    let mut arguments = Arguments::new(clause, &signature, findings);
    let known = |value: Option<Number<u32>>| value.and_then(|value| value.known().copied());
    let rows = known(arguments.next_integer("rows", "number of rows", &LENGTH));
    let columns = known(arguments.next_integer("columns", "number of columns", &LENGTH));
    let sampling = read_sampling(&mut arguments);
    let written = |name| clause.named(name).is_some();
    let rule: Option<TileRule> = arguments.named_word("rule");
    let min = if written("min") { known(arguments.named_integer("min", &TILES)) } else { Some(1) };
    let max = if written("max") { Some(known(arguments.named_integer("max", &TILES))?) } else { None };
    let pad_to = if written("pad_to") { Some(known(arguments.named_integer("pad_to", &COUNT))?) } else { None };
    let canvases = match arguments.named("canvases") {
        Some(value) => arguments.frames("canvases", value, &LENGTH)?,
        None => Vec::new(),
    };
    let thumbnail = arguments.optional_word("thumbnail");
    if rule.is_none() && !arguments.reported() {
        let message = format!("tiles: the rule is missing; write rule = one of {}", TileRule::names().join(", "));
        arguments.missing(message);
    }
    let (sampling, thumbnail) = (sampling?, thumbnail?);
    Some(Tiles { rows: rows?, columns: columns?, sampling, rule: rule?, min: min?, max, canvases, thumbnail, pad_to })
}

/// `None` if something in the clause could not be read.
pub(crate) fn read_center_crop<P: Clone>(clause: &Clause<P>, findings: &mut Findings<P>) -> Option<Crop> {
    let signature = Signature {
        clause: "center_crop",
        usage: "center_crop(224, 224)",
        positional: &["rows", "columns"],
        least: 1,
        flags: &[],
        names: &["rounding", "fill"],
    };
    let mut arguments = Arguments::new(clause, &signature, findings);
    let rows = arguments.next_integer("rows", "number of rows", &Integer::SIDE);
    let columns = match arguments.more() {
        true => arguments.next_integer("columns", "number of columns", &Integer::SIDE),
        // One number is a square.
        false => rows,
    };
    let rounding = arguments.named_word("rounding").unwrap_or(Rounding::HalfEven);
    let fill = read_fill(&mut arguments, 0);
    Some(Crop::Center { rows: rows?, columns: columns?, rounding, fill })
}

/// `None` if something in the clause could not be read.
pub(crate) fn read_window<P: Clone>(clause: &Clause<P>, findings: &mut Findings<P>) -> Option<Crop> {
    let signature = Signature {
        clause: "crop",
        usage: "crop(top, left, rows, columns)",
        positional: &["top", "left", "rows", "columns"],
        least: 4,
        flags: &[],
        names: &[],
    };
    let mut arguments = Arguments::new(clause, &signature, findings);
    let mut next =
        |name, what, range| arguments.next_integer(name, what, range).and_then(|value| value.known().copied());
    let (top, left) = (next("top", "first row", &OFFSET), next("left", "first column", &OFFSET));
    let (rows, columns) = (next("rows", "number of rows", &LENGTH), next("columns", "number of columns", &LENGTH));
    Some(Crop::Window { top: top?, left: left?, rows: rows?, columns: columns? })
}

/// `None` if something in the clause could not be read.
pub(crate) fn read_pad<P: Clone>(clause: &Clause<P>, findings: &mut Findings<P>) -> Option<Pad> {
    let by_name = FRAMES.into_iter().find(|name| clause.named(name).is_some());
    let signature = Signature {
        clause: "pad",
        usage: match by_name {
            None => "pad(top, left, bottom, right)",
            Some("to") => "pad(to = [1024, 1024])",
            Some("beyond") => "pad(beyond = 8)",
            Some("least") => "pad(least = [48, 320])",
            Some(_) => "pad(multiple = 32)",
        },
        positional: if by_name.is_some() { &[] } else { &["top", "left", "bottom", "right"] },
        least: if by_name.is_some() { 0 } else { 4 },
        flags: &[],
        names: &["to", "multiple", "beyond", "least", "at", "fill", "value", "border"],
    };
    let mut arguments = Arguments::new(clause, &signature, findings);
    let [top, left, bottom, right] = ["top", "left", "bottom", "right"].map(|name| {
        let missing = by_name.is_some();
        let margin = (!missing).then(|| arguments.next_integer(name, &format!("{name} margin"), &OFFSET));
        margin.flatten().and_then(|value| value.known().copied())
    });
    let mut frame = |name| arguments.named(name).map(|value| arguments.frame(name, value, &LENGTH));
    let frames = FRAMES.map(&mut frame);
    let at = arguments.named_word("at").unwrap_or(Anchor::TopLeft);
    let fill = read_fill(&mut arguments, 0);
    let value = arguments.named("value").map(|value| match value.item {
        Item::List(_) => arguments.numbers("value", value)?.known().cloned(),
        _ => arguments.closed("value", value).map(|number| vec![number]),
    });
    if let Some((value, _)) = arguments.named("value").zip(clause.named("fill")) {
        arguments.error(value, "value and fill exclude each other; keep one".to_owned());
    }
    for (index, name) in FRAMES.into_iter().enumerate() {
        let before = FRAMES[..index].iter().find(|before| clause.named(before).is_some());
        if let Some((value, before)) = arguments.named(name).zip(before) {
            arguments.error(value, format!("{before} and {name} exclude each other; keep one"));
        }
    }
    if let Some(value) = arguments.named("at").filter(|_| by_name.is_none()) {
        arguments.error(value, "at goes with to = .. or multiple = ..; leave it out".to_owned());
    }
    let border = arguments.named("border").map(|border| (border, arguments.named_word::<Border>("border")));
    let other = ["fill", "value"].into_iter().find(|name| clause.named(name).is_some());
    if let Some(((border, _), other)) = border.zip(other) {
        arguments.error(border, format!("{other} and border exclude each other; keep one"));
    }
    let fill = match (border, value) {
        (Some((_, border)), _) => border.map(|Border::Symmetric| MarginFill::Symmetric)?,
        (None, Some(value)) => MarginFill::Tensor(value?),
        (None, None) => MarginFill::Pixel(fill),
    };
    let margins = match frames {
        [Some(to), ..] => to.map(|[rows, columns]| Margins::To { rows, columns, at })?,
        [_, Some(multiple), ..] => multiple.map(|[rows, columns]| Margins::Multiple { rows, columns, at })?,
        [_, _, Some(beyond), _] => beyond.map(|[rows, columns]| Margins::Beyond { rows, columns, at })?,
        [_, _, _, Some(least)] => least.map(|[rows, columns]| Margins::Least { rows, columns, at })?,
        [None, None, None, None] => Margins::Fixed { top: top?, left: left?, bottom: bottom?, right: right? },
    };
    Some(Pad { margins, fill })
}

/// The ways to say a frame by its sides, of which a clause has one.
const FRAMES: [&str; 4] = ["to", "multiple", "beyond", "least"];

/// `None` if something in the clause could not be read. `layout` is that of the output, as far as it is known.
pub(crate) fn read_patches<P: Clone>(
    clause: &Clause<P>,
    layout: Option<Layout>,
    findings: &mut Findings<P>,
) -> Option<Patches> {
    let signature = Signature {
        clause: "patches",
        usage: "patches(16, merge = 2, temporal = 2)",
        positional: &["side"],
        least: 1,
        flags: &[],
        names: &["merge", "temporal", "order", "pad_to"],
    };
    let mut arguments = Arguments::new(clause, &signature, findings);
    let known = |value: Option<Number<u32>>| value.and_then(|value| value.known().copied());
    let side = known(arguments.next_integer("side", "side of a patch", &PATCH));
    let merge =
        if clause.named("merge").is_some() { known(arguments.named_integer("merge", &STRIDE)) } else { Some(1) };
    let temporal = if clause.named("temporal").is_some() {
        known(arguments.named_integer("temporal", &TEMPORAL))
    } else {
        Some(1)
    };
    let default = if layout == Some(Layout::Hwc) { PatchOrder::Thwc } else { PatchOrder::Cthw };
    let order = arguments.optional_word("order").map(|order| order.unwrap_or(default));
    let pad_to = arguments.named_integer("pad_to", &COUNT).map(|count| count.known().copied());
    let pad_to = if clause.named("pad_to").is_some() { Some(pad_to.flatten()?) } else { None };
    Some(Patches { side: side?, merge: merge?, temporal: temporal?, order: order?, pad_to })
}

/// An argument that could not be read is left open, so that no rule speaks about it.
pub(crate) fn read_normalize<P: Clone>(clause: &Clause<P>, sample: Sample, findings: &mut Findings<P>) -> Normalize {
    let signature = Signature {
        clause: "normalize",
        usage: "normalize(scale = .., mean = .., std = .., eps = ..)",
        positional: &[],
        least: 0,
        flags: &[],
        names: &["scale", "mean", "std", "eps", "order"],
    };
    let mut arguments = Arguments::new(clause, &signature, findings);
    let mut normalize = Normalize::of(sample);
    normalize.scale_written = clause.named("scale").is_some();
    for (name, slot) in [("scale", &mut normalize.scale), ("eps", &mut normalize.eps)] {
        if let Some(value) = arguments.named(name) {
            *slot = arguments.number(name, value).unwrap_or(Number::Later);
        }
    }
    for (name, slot) in [("mean", &mut normalize.mean), ("std", &mut normalize.std)] {
        if let Some(value) = arguments.named(name) {
            *slot = arguments.numbers(name, value).unwrap_or(Number::Later);
        }
    }
    let order = arguments.named_word("order").unwrap_or(Order::Fused);
    // An order needs every number, and what could not be read is no news.
    if !arguments.reported() {
        normalize.order = order;
    }
    normalize
}

/// `None` is what could not be read.
#[derive(Default)]
pub(crate) struct OutputDraft {
    pub(crate) channels: Option<ChannelOrder>,
    pub(crate) element: Option<Element>,
    pub(crate) layout: Option<Layout>,
    pub(crate) quantize: Option<Option<Quantize>>,
}

pub(crate) fn read_output<P: Clone>(clause: &Clause<P>, findings: &mut Findings<P>) -> OutputDraft {
    let signature = Signature {
        clause: "output",
        usage: if clause.named("scale").is_some() {
            "output(rgb, i8, chw, scale = .., zero_point = 0)"
        } else {
            "output(rgb, f32, chw)"
        },
        positional: &["channels", "element", "layout"],
        least: 2,
        flags: &[],
        names: &["scale", "zero_point"],
    };
    let mut arguments = Arguments::new(clause, &signature, findings);
    let (channels, element) = (arguments.word(), arguments.word());
    let layout = arguments.word_or(Layout::Chw);
    OutputDraft { channels, element, layout, quantize: read_quantize(&mut arguments) }
}

/// `None` if something in it could not be read.
fn read_quantize<P: Clone>(arguments: &mut Arguments<'_, P>) -> Option<Option<Quantize>> {
    let zero_point = match arguments.named("zero_point") {
        Some(value) => arguments.signed("zero_point", value)?,
        None => 0,
    };
    match arguments.named("scale") {
        Some(value) => Some(Some(Quantize { scale: arguments.closed("scale", value)?, zero_point })),
        None => {
            if let Some(value) = arguments.named("zero_point") {
                arguments.error(value, "zero_point goes with scale = ..; write both, or neither".to_owned());
                return None;
            }
            // Whatever was wrong may have been meant as the scale.
            (!arguments.reported()).then_some(None)
        }
    }
}
