//! Every declaration that the rulebook admits, and tokens that are none.

use pixfuse_spec::{
    Alpha, Anchor, CenterCrop, ChannelOrder, CoverRule, Crop, CropWindow, Element, Fill, Filter, Gray, Input, Kind,
    Layout, Letterbox, LetterboxRule, Like, MAX_SIDE, MarginFill, Margins, Matrix, Normalize, Number, Order,
    Orientation, Output, Pad, PatchOrder, Patches, PixelFormat, Precision, Quantize, Range, Resize, Rounding,
    RuledSize, Sample, Sampling, Size, SizeNumber, SizeRule, Spec, Thumbnail, TileRule, Tiles, Token,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn open<T: Clone + std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Number<T>> {
    prop_oneof![4 => value.prop_map(Number::Known), 1 => Just(Number::Later)]
}

/// Numbers as people write them, their neighbours, and any others whose quotients stay numbers of f32.
fn number() -> impl Strategy<Value = f64> {
    let inverse = (1..70000_u32).prop_map(|n| 1.0 / f64::from(n));
    let size = prop_oneof![
        (1.0..10.0_f64, -9..9_i32).prop_map(|(digits, exponent)| digits * 10_f64.powi(exponent)),
        inverse.clone(),
        inverse.prop_map(f64::next_up),
        (1..100_000_u32).prop_map(|n| f64::from(n) / 1000.0),
        (1..300_u32).prop_map(f64::from),
    ];
    (size, any::<bool>()).prop_map(|(size, negative)| if negative { -size } else { size })
}

fn side() -> impl Strategy<Value = Number<u32>> {
    open(prop_oneof![1..=65535_u32, 200..=300_u32])
}

fn sampling(keeps: bool) -> impl Strategy<Value = Sampling> {
    use Filter::{Area, Bicubic, Bilinear, Box, Hamming, Lanczos, Lanczos4, Nearest, NearestExact, NearestFloor};
    let plain = select(vec![Nearest, NearestExact, NearestFloor, Bilinear, Bicubic, Area, Lanczos4]);
    let smooth = |filter| Sampling { antialias: true, ..Sampling::new(filter) };
    let antialiased = select(vec![Bilinear, Bicubic, Box, Hamming, Lanczos]).prop_map(smooth);
    let pillow = select(vec![None, Some(12)]);
    let smooth_torch = select(vec![Bilinear, Bicubic, Lanczos]).prop_map(smooth);
    let plain_torch = select(vec![Nearest, NearestExact, Bilinear]).prop_map(Sampling::new);
    let torch =
        prop_oneof![smooth_torch, plain_torch].prop_map(|sampling| Sampling { like: Some(Like::Torch), ..sampling });
    let float = prop_oneof![antialiased.clone(), select(vec![Bilinear, Bicubic]).prop_map(Sampling::new)];
    let float = match keeps {
        false => float.prop_map(|sampling| Sampling { precision: Precision::F32, ..sampling }).boxed(),
        true => float.boxed(),
    };
    prop_oneof![
        plain.prop_map(Sampling::new),
        (antialiased, pillow).prop_map(|(sampling, pillow)| Sampling { pillow, ..sampling }),
        torch,
        float,
    ]
}

/// What covers a frame, by each rule with the filters that go with it.
fn cover(keeps: bool) -> impl Strategy<Value = Resize> {
    let rule = prop_oneof![
        sampling(keeps).prop_map(|sampling| (CoverRule::Timm, sampling)),
        Just((CoverRule::Opencv, Sampling::new(Filter::Bilinear))),
    ];
    (1..=MAX_SIDE, 1..=MAX_SIDE, rule)
        .prop_map(|(rows, columns, (rule, sampling))| Resize { size: Size::Cover { rows, columns, rule }, sampling })
}

fn resize(keeps: bool) -> impl Strategy<Value = Resize> {
    let rounding = || select(vec![Rounding::Truncate, Rounding::HalfEven]);
    let size = prop_oneof![
        (side(), side()).prop_map(|(rows, columns)| Size::Exact { rows, columns }),
        (side(), proptest::option::of(1..=70000_u32), rounding()).prop_map(|(side, more, rounding)| {
            let least = |more| match (side.known(), rounding) {
                // Any goes with the rule of transformers.
                (_, Rounding::HalfEven) => more,
                (side, _) => side.map_or(1000, |side| side + more),
            };
            let max = more.map(least).filter(|max| *max <= MAX_SIDE);
            Size::Shortest { side, max, rounding: if max.is_some() { rounding } else { Rounding::Truncate } }
        }),
        (side(), rounding()).prop_map(|(side, rounding)| Size::Longest { side, rounding }),
        (1..=65535_u32, 1..=65535_u32, 1..=u32::MAX, 1..=u32::MAX).prop_map(|(multiple, max_patches, least, most)| {
            Size::Ruled(match least % 3 {
                0 => RuledSize::new(SizeRule::Glpn).with(SizeNumber::Multiple, multiple),
                1 => RuledSize::new(SizeRule::Naflex)
                    .with(SizeNumber::Multiple, multiple)
                    .with(SizeNumber::MaxPatches, max_patches),
                _ => RuledSize::new(SizeRule::Qwen2Vl)
                    .with(SizeNumber::Multiple, multiple)
                    .with(SizeNumber::MinPixels, least)
                    .with(SizeNumber::MaxPixels, most),
            })
        }),
    ];
    prop_oneof![
        4 => (size, sampling(keeps)).prop_map(|(size, sampling)| Resize { size, sampling }),
        1 => cover(keeps),
    ]
}

fn fill(default: u8, channels: usize) -> impl Strategy<Value = Fill> {
    prop_oneof![Just(vec![default]), vec(any::<u8>(), 1), vec(any::<u8>(), channels)].prop_map(Fill)
}

fn letterbox(keeps: bool, channels: usize) -> impl Strategy<Value = Letterbox> {
    let rule = (select(LetterboxRule::ALL), proptest::option::of(1..=1024_u32));
    (side(), side(), sampling(keeps), fill(114, channels), rule, any::<bool>()).prop_map(
        |(rows, columns, sampling, fill, (rule, stride), scale_up)| {
            let stride = stride.filter(|_| rule == LetterboxRule::Ultralytics);
            Letterbox { rows, columns, sampling, fill, rule, stride, scale_up }
        },
    )
}

/// Crops and margins; a window lies inside `size` where that is known.
fn framing(size: [Option<u32>; 2], channels: usize) -> impl Strategy<Value = (Option<Crop>, Option<Pad>)> {
    let center = (side(), side(), select(Rounding::ALL), fill(0, channels))
        .prop_map(|(rows, columns, rounding, fill)| Crop::Center(CenterCrop { rows, columns, rounding, fill }));
    let [rows, columns] = size.map(|side| {
        let whole = side.unwrap_or(MAX_SIDE);
        (0..whole).prop_flat_map(move |start| (Just(start), 1..=whole - start))
    });
    let window = (rows, columns)
        .prop_map(|((top, rows), (left, columns))| Crop::Window(CropWindow { top, left, rows, columns }));
    let fixed = (vec(0..=MAX_SIDE, 4), 0..=16_u32).prop_map(|(margins, shift)| {
        let [top, left, bottom, right] = [0, 1, 2, 3].map(|side| margins[side] >> shift);
        Margins::Fixed { top, left, bottom, right }
    });
    let sides = || (1..=MAX_SIDE, 1..=MAX_SIDE, select(Anchor::ALL));
    let margins = prop_oneof![
        2 => fixed,
        1 => sides().prop_map(|(rows, columns, at)| Margins::To { rows, columns, at }),
        1 => sides().prop_map(|(rows, columns, at)| Margins::Multiple { rows, columns, at }),
        1 => sides().prop_map(|(rows, columns, at)| Margins::Beyond { rows, columns, at }),
        1 => sides().prop_map(|(rows, columns, at)| Margins::Least { rows, columns, at }),
    ];
    // Every element type has these.
    let value = || (0..=127_i8).prop_map(f64::from);
    let value = prop_oneof![vec(value(), 1), vec(value(), channels)].prop_map(MarginFill::Tensor);
    let pad = (margins, prop_oneof![fill(0, channels).prop_map(MarginFill::Pixel), value])
        .prop_map(|(margins, fill)| Pad { margins, fill });
    let crop = prop_oneof![center, window];
    (proptest::option::of(crop), proptest::option::of(pad)).prop_map(move |(crop, pad)| {
        let known = |side: &Number<u32>| side.known().copied();
        let size = match &crop {
            None => size,
            Some(Crop::Center(CenterCrop { rows, columns, .. })) => [known(rows), known(columns)],
            Some(Crop::Window(CropWindow { rows, columns, .. })) => [Some(*rows), Some(*columns)],
        };
        let [rows, columns] = size.map(|side| side.unwrap_or(7));
        let fits = |pad: &Pad| match pad.margins {
            Margins::Fixed { top, left, bottom, right } => {
                rows + top + bottom <= MAX_SIDE && columns + left + right <= MAX_SIDE
            }
            Margins::To { rows: high, columns: wide, .. } => rows <= high && columns <= wide,
            Margins::Multiple { .. } | Margins::Beyond { .. } | Margins::Least { .. } => true,
        };
        (crop, pad.filter(fits))
    })
}

type Framed = (Option<Resize>, Option<Letterbox>, Option<Crop>, Option<Pad>);

fn framed(keeps: bool, channels: usize) -> impl Strategy<Value = Framed> {
    let sized = prop_oneof![
        Just((None, None)),
        resize(keeps).prop_map(|resize| (Some(resize), None)),
        letterbox(keeps, channels).prop_map(|letterbox| (None, Some(letterbox))),
    ];
    sized.prop_flat_map(move |(resize, letterbox)| {
        let sides = match (&resize, &letterbox) {
            (Some(Resize { size: Size::Exact { rows, columns }, .. }), _) => Some((rows, columns)),
            (_, Some(Letterbox { rows, columns, stride: None, .. })) => Some((rows, columns)),
            _ => None,
        };
        // What is left open is bound to 7.
        let size = sides.map(|(rows, columns)| [rows, columns].map(|side| Some(side.known().copied().unwrap_or(7))));
        let framing = framing(size.unwrap_or_default(), channels);
        (Just(resize), Just(letterbox), framing)
            .prop_map(|(resize, letterbox, (crop, pad))| (resize, letterbox, crop, pad))
    })
}

fn normalize(channels: usize) -> impl Strategy<Value = Normalize> {
    let list = move |zero: bool| {
        let item = prop_oneof![4 => number().boxed(), 1 => Just(if zero { 0.0 } else { 1.0 }).boxed()];
        prop_oneof![vec(item.clone(), 1), vec(item, channels)]
    };
    let eps = prop_oneof![Just(0.0), Just(1e-5), Just(1e-12)];
    let fused = (open(number()), open(list(true)), open(list(false)), open(eps)).prop_map(|(scale, mean, std, eps)| {
        Normalize { scale, scale_written: false, mean, std, eps, order: Order::Fused }
    });
    let closed = |value: std::ops::Range<f64>| value.prop_map(Number::Known);
    let lists = move || prop_oneof![vec(0.1..9.0_f64, 1), vec(0.1..9.0_f64, channels)].prop_map(Number::Known);
    let ordered = (closed(1e-3..1.0), lists(), lists(), closed(0.0..1e-3), select(Order::ALL))
        .prop_map(|(scale, mean, std, eps, order)| Normalize { scale, scale_written: false, mean, std, eps, order });
    prop_oneof![2 => fused, 1 => ordered]
}

/// Patches of an image that is cut into them whatever its size.
fn patches(output: &Output, pad: Option<&Pad>) -> impl Strategy<Value = Option<Patches>> + use<> {
    let orders = match output.layout {
        Layout::Hwc => vec![PatchOrder::Thwc],
        Layout::Chw => vec![PatchOrder::Cthw, PatchOrder::Tchw],
    };
    let framed = matches!(pad, Some(Pad { margins: Margins::To { .. }, .. }));
    let zero = output.quantize.is_none_or(|quantize| quantize.zero_point == 0);
    let sides = (if framed { 1..=1_u32 } else { 1..=1024 }, if framed { 1..=1_u32 } else { 1..=9 });
    let patches = (sides, 1..=16_u32, select(orders), proptest::option::of(1..=1_u32 << 24)).prop_map(
        move |((side, merge), temporal, order, pad_to)| Patches {
            side,
            merge,
            temporal,
            order,
            pad_to: pad_to.filter(|_| zero),
        },
    );
    proptest::option::of(patches)
}

/// Tiles by any rule, resampled like this.
fn tiles() -> impl Strategy<Value = Tiles> {
    let numbers = (1..=600_u32, 1..=600_u32, 1..=40_u32, 1..=40_u32);
    let canvases = vec((1..=9_u32, 1..=9_u32), 1..=5);
    let thumbnail = proptest::option::of(select(Thumbnail::ALL));
    let pad_to = proptest::option::of(101..=1_u32 << 20);
    (numbers, select(TileRule::ALL), canvases, thumbnail, pad_to).prop_map(
        |((rows, columns, min, max), rule, canvases, thumbnail, pad_to)| {
            let is_list = rule == TileRule::LlavaNext;
            let has_min = matches!(rule, TileRule::Internvl | TileRule::GraniteDocling);
            let columns = if has_min { columns } else { rows };
            let canvases = canvases.into_iter().map(|(high, wide)| [high * rows, wide * columns]).collect();
            Tiles {
                rows,
                columns,
                sampling: Sampling::new(Filter::Nearest),
                rule,
                min: if has_min { min.min(max) } else { 1 },
                max: (!is_list && rule != TileRule::Idefics3).then_some(max),
                canvases: if is_list { canvases } else { Vec::new() },
                thumbnail: thumbnail.filter(|_| rule != TileRule::Mllama),
                pad_to,
            }
        },
    )
}

/// What `input` says of a format, for these channels.
fn input(
    format: PixelFormat,
    layout: Layout,
    orient: Orientation,
    channels: ChannelOrder,
) -> impl Strategy<Value = Input> {
    let alphas: Vec<_> = match (format.order().has_alpha(), channels.has_alpha()) {
        (false, _) => vec![None],
        (true, true) => vec![None, Some(Alpha::Premultiply)],
        (true, false) => Alpha::ALL.iter().copied().map(Some).collect(),
    };
    let grays = match channels == ChannelOrder::Gray && format.order() != ChannelOrder::Gray {
        true => Gray::ALL.iter().copied().map(Some).collect(),
        false => vec![None],
    };
    let (matrices, ranges) = match format.is_yuv() {
        true => (vec![None, Some(Matrix::Bt709), Some(Matrix::Bt2020)], vec![None, Some(Range::Full)]),
        false => (vec![None], vec![None]),
    };
    let layout = if format.is_yuv() { Layout::Hwc } else { layout };
    let words = (select(alphas), select(grays), select(matrices), select(ranges));
    let size = proptest::option::of((1..=MAX_SIDE, 1..=MAX_SIDE).prop_map(|(rows, columns)| [rows, columns]));
    (words, fill(255, 3), size).prop_map(move |((alpha, gray, matrix, range), background, size)| {
        let background = (alpha == Some(Alpha::Over)).then_some(background);
        Input { format, size, layout, alpha, background, gray, matrix, range, orient }
    })
}

/// Every declaration that the rulebook admits.
pub(crate) fn spec() -> impl Strategy<Value = Spec> {
    use ChannelOrder::{Bgr, Bgra, Gray, Rgb, Rgba};
    let colours = select(PixelFormat::ALL).prop_flat_map(|format| {
        let orders: &[ChannelOrder] = match format.channels() {
            3 if format.sample() != Sample::U8 => &[Rgb, Bgr],
            1 | 3 => &[Gray, Rgb, Bgr],
            _ => &[Gray, Rgb, Bgr, Rgba, Bgra],
        };
        (Just(format), select(orders))
    });
    let orient = prop_oneof![Just(Orientation::Upright), select(&Orientation::ALL[..])];
    let stored = select(Element::ALL).prop_flat_map(|element| {
        let steps = element.range().map(|[least, most]| {
            let steps = (1e-3..9.0_f64, least..=most);
            steps.prop_map(|(scale, zero_point)| Quantize { scale, zero_point })
        });
        let quantize = match (element, steps) {
            (Element::I8, Some(steps)) => steps.prop_map(Some).boxed(),
            (_, Some(steps)) => proptest::option::of(steps).boxed(),
            (_, None) => Just(None).boxed(),
        };
        (Just(element), quantize)
    });
    (colours, select(Layout::ALL), select(Layout::ALL), stored, orient)
        .prop_flat_map(|((format, channels), source, layout, (element, quantize), orient)| {
            // Wide samples are no pixel values of a u8.
            let element = if format.sample() == Sample::U8 || quantize.is_some() { element } else { Element::Bf16 };
            let keeps = element == Element::U8 && quantize.is_none();
            let normalize = match keeps {
                false => proptest::option::of(normalize(channels.channels())).boxed(),
                true => Just(None).boxed(),
            };
            let output = Output { channels, element, layout, quantize };
            (input(format, source, orient, channels), Just(output), framed(keeps, channels.channels()), normalize)
        })
        .prop_flat_map(|(input, output, framed, normalize)| {
            let patches = patches(&output, framed.3.as_ref());
            let cut = (patches, prop_oneof![3 => Just(None).boxed(), 1 => tiles().prop_map(Some).boxed()]);
            (Just(input), Just(output), Just(framed), Just(normalize), cut)
        })
        .prop_map(|(mut input, output, (mut resize, mut letterbox, crop, pad), mut normalize, (patches, tiles))| {
            if let Some(Resize { size: Size::Cover { rule, .. }, .. }) = &mut resize
                && input.format.sample() != Sample::U8
            {
                // OpenCV's is for its own bilinear, which is made of u8 values.
                *rule = CoverRule::Timm;
            }
            let sampling = resize.as_mut().map(|resize| &mut resize.sampling);
            let sampling = sampling.or(letterbox.as_mut().map(|letterbox| &mut letterbox.sampling));
            let wide = input.format.sample() != Sample::U8;
            let float = sampling.is_some_and(|sampling| {
                if wide && !sampling.filter.is_nearest() {
                    let filter = if sampling.antialias { sampling.filter } else { Filter::Bilinear };
                    let antialias = sampling.antialias;
                    *sampling = Sampling { antialias, precision: Precision::F32, ..Sampling::new(filter) };
                }
                sampling.precision == Precision::F32
            });
            // OpenCV's rule is for the filter that rounds to u8.
            if let Some(Resize { size: Size::Cover { rule, .. }, sampling }) = &mut resize
                && sampling.precision == Precision::F32
            {
                *rule = CoverRule::Timm;
            }
            if let Some(normalize) = &mut normalize {
                if float || wide {
                    normalize.order = Order::Fused;
                }
                // Numbers of stored pixel values go with a scale that is written.
                let sample = input.format.sample();
                let large = |list: &Number<Vec<f64>>| {
                    list.known().is_some_and(|values| values.iter().any(|value| value.abs() > 4.0))
                };
                normalize.scale_written = normalize.scale == Normalize::of(sample).scale
                    && sample != Sample::F32
                    && (large(&normalize.mean) || large(&normalize.std));
            }
            // What cuts or pads an image that keeps its size was made without knowing that.
            let is_framed = crop.is_some() || pad.is_some();
            if is_framed && resize.is_none() && letterbox.is_none() {
                input.size = None;
            }
            // Idefics3's has u8 between its resizes.
            let tiles = tiles.filter(|tiles| tiles.rule != TileRule::Idefics3 || !(float || wide));
            let Some(tiles) = tiles else {
                return Spec { input, resize, letterbox, tiles: None, crop, pad, normalize, output, patches };
            };
            // In the place of everything else that says a size.
            let sampling = resize.map_or(tiles.sampling, |resize| resize.sampling);
            let pad_to = tiles.pad_to.filter(|_| output.quantize.is_none_or(|quantize| quantize.zero_point == 0));
            let tiles = Some(Tiles { sampling, pad_to, ..tiles });
            let (resize, letterbox, crop, pad, patches) = (None, None, None, None, None);
            Spec { input, resize, letterbox, tiles, crop, pad, normalize, output, patches }
        })
}

/// Words and signs of the language in any order.
pub(crate) fn soup() -> impl Strategy<Value = Vec<Token<usize>>> {
    let word = select(
        "input output resize letterbox tiles internvl min canvases thumbnail first last crop center_crop pad normalize rgb8 rgb f32 chw box antialias shortest max \
                like torch fill value to multiple patches merge pad_to at top_left zero_point stride scale_up true orient alpha over background nv12 matrix gray rgb16 mean std order hf_pil _ x"
            .split(' ')
            .collect::<Vec<_>>(),
    );
    let kind = prop_oneof![
        4 => word.prop_map(|word| Kind::Word(word.to_owned())),
        4 => select(vec![',', '=', '/', '-', '.', ';']).prop_map(Kind::Sign),
        2 => any::<f64>().prop_map(|value| Kind::Number(value, format!("{value:?}"))),
        2 => select(vec!['(', '(', '[', '{']).prop_map(Kind::Open),
        2 => select(vec![')', ')', ']', '}']).prop_map(Kind::Close),
        1 => Just(Kind::Unreadable("\"é".to_owned())),
    ];
    vec(kind, 0..60).prop_map(|kinds| kinds.into_iter().enumerate().map(|(at, kind)| Token { kind, at }).collect())
}
