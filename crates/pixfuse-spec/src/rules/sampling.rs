//! Filters, and what may stand behind them.

use super::{Draft, Found, Subject};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{Element, Filter, FloatsOf, Like, MarginFill, Order, Precision, Sample, Sampling};

/// Whether a filter comes with antialiasing, without it, or either way.
#[derive(Clone, Copy, PartialEq)]
enum Antialias {
    Always,
    Never,
    Either,
}

fn antialias(filter: Filter) -> Antialias {
    match filter {
        Filter::Nearest | Filter::NearestExact | Filter::NearestFloor | Filter::Area | Filter::Lanczos4 => {
            Antialias::Never
        }
        Filter::Box | Filter::Hamming | Filter::Lanczos => Antialias::Always,
        Filter::Bilinear | Filter::Bicubic => Antialias::Either,
    }
}

/// The filters that can antialias, for messages.
fn antialiasing() -> String {
    let mut names = Vec::new();
    for &filter in Filter::ALL {
        if antialias(filter) != Antialias::Never {
            names.push(filter.name());
        }
    }
    names.join(", ")
}

/// There is a filter of this name that does all of this.
pub(super) fn sampling_exists(clause: &'static str, sampling: &Sampling, draft: &Draft<'_>, found: &mut Found) {
    let Sampling { filter, precision, .. } = *sampling;
    match (antialias(filter), sampling.antialias) {
        (Antialias::Always, false) => {
            let message =
                format!("{clause}: {filter} is an antialiasing filter; write {clause}(.., {filter}, antialias)");
            found.push((Subject::of(clause, "filter"), message));
            return;
        }
        (Antialias::Never, true) => {
            let message = format!(
                "{clause}: {filter} has no antialiasing; leave antialias out, or write one of {}",
                antialiasing()
            );
            found.push((Subject::of(clause, "antialias"), message));
            return;
        }
        _ => {}
    }
    let wide = draft.input.format.filter(|format| format.sample() != Sample::U8);
    if let Some(format) = wide.filter(|_| precision == Precision::U8 && !filter.is_nearest()) {
        let message = match antialias(filter) {
            Antialias::Never => format!(
                "{clause}: {filter} is made of u8 values, and {format} has others; write one of {}",
                antialiasing()
            ),
            _ => format!("{clause}: {format} is not rounded to u8 by any filter; write precision = f32"),
        };
        found.push((Subject::of(clause, "filter"), message));
        return;
    }
    if precision == Precision::F32 {
        let subject = Subject::of(clause, "precision");
        if antialias(filter) == Antialias::Never {
            let message =
                format!("{clause}: precision = f32 is there for {}; leave it out with {filter}", antialiasing());
            found.push((subject, message));
            return;
        }
        // torch's floats of pixel values are rounded behind the resize.
        if draft.keeps_pixels() && sampling.of != Some(FloatsOf::Pixels) {
            let message = format!(
                "{clause}: output(u8) rounds to u8 itself; write output(.., f32, ..) or leave precision = f32 out"
            );
            found.push((subject, message));
        }
    }
    like_exists(clause, sampling, draft, found);
    floats_exist(clause, sampling, found);
    pillow_exists(clause, sampling, found);
}

/// `like` chooses between libraries where both have the filter.
fn like_exists(clause: &'static str, sampling: &Sampling, draft: &Draft<'_>, found: &mut Found) {
    let Some(like) = sampling.like else { return };
    let filter = sampling.filter;
    let problem = if sampling.precision == Precision::F32 {
        match floats_of_torch(clause, sampling, draft) {
            Some(problem) => problem,
            None => return,
        }
    } else if sampling.antialias {
        match (like, antialias(filter)) {
            (Like::Torch, Antialias::Always) if filter != Filter::Lanczos => {
                format!("torch has no {filter}; leave like = torch out, or write bilinear, bicubic or lanczos")
            }
            _ => return,
        }
    } else {
        match (like, filter) {
            (Like::Torch, Filter::Nearest | Filter::NearestExact | Filter::Bilinear) => return,
            (Like::Torch, Filter::Bicubic) => {
                "bicubic without antialias is torch's already; leave like = torch out".to_owned()
            }
            (Like::Pillow, Filter::NearestExact) => {
                "nearest_exact is Pillow's already; leave like = pillow out".to_owned()
            }
            (_, Filter::Bilinear | Filter::Bicubic) => {
                format!(
                    "like = {like} is there for antialiasing; write {clause}(.., {filter}, antialias) or leave it out"
                )
            }
            (Like::Torch, _) => format!(
                "torch has no {filter}; leave like = torch out, or write one of nearest, nearest_exact, bilinear"
            ),
            _ => format!("like = {like} is there for antialiasing, which {filter} has not; leave it out"),
        }
    };
    found.push((Subject::of(clause, "like"), format!("{clause}: {problem}")));
}

/// What is wrong with torch's filter of floats, which has `normalize` behind it, before it, or on both sides.
fn floats_of_torch(clause: &str, sampling: &Sampling, draft: &Draft<'_>) -> Option<String> {
    let is_filter = matches!(sampling.filter, Filter::Bilinear | Filter::Bicubic);
    if sampling.like != Some(Like::Torch) || !is_filter {
        return Some(format!(
            "precision = f32 is a library's with bilinear or bicubic, like = torch alone; leave like = {} out",
            sampling.like.unwrap_or(Like::Torch)
        ));
    }
    let mirrors = draft.pad.is_some_and(|pad| pad.fill == MarginFill::Symmetric);
    let others =
        [("a letterbox", clause == "letterbox"), ("tiles(..)", draft.tiles.is_some()), ("border = symmetric", mirrors)];
    if let Some((other, _)) = others.into_iter().find(|(_, there)| *there) {
        return Some(format!("like = torch with precision = f32 is not there beside {other}; leave one of them out"));
    }
    if draft.input.format.is_some_and(|format| format.sample() != Sample::U8) {
        return Some("like = torch with precision = f32 starts from u8 values; leave like = torch out".to_owned());
    }
    let of = sampling.of.unwrap_or(FloatsOf::Rescaled);
    if sampling.clamp && of == FloatsOf::Normalized {
        return Some("clamp = true keeps floats between black and white; leave it out with of = normalized".to_owned());
    }
    if of == FloatsOf::Pixels && draft.normalize.is_none() && draft.keeps_pixels() {
        // Rounded, which keeps them between black and white.
        return sampling.clamp.then(|| "a u8 is between black and white; leave clamp = true out".to_owned());
    }
    let is_f32 = draft.output.element.is_none_or(|element| element == Element::F32);
    let order = draft.normalize.map(|normalize| normalize.order);
    let (fits, orders) = match of {
        FloatsOf::Pixels => {
            (matches!(order, Some(Order::HfTorch | Order::TorchvisionV2)), "order = hf_torch or torchvision_v2")
        }
        FloatsOf::Rescaled => (order == Some(Order::TorchvisionV2), "order = torchvision_v2"),
        FloatsOf::Normalized => (order.is_some(), "order = .."),
    };
    (!is_f32 || !fits).then(|| {
        format!(
            "like = torch with precision = f32 resizes floats, here of = {of}; write normalize(.., {orders}) and \
             output(.., f32, ..)"
        )
    })
}

/// `of` and `clamp` are said of torch's floats.
fn floats_exist(clause: &'static str, sampling: &Sampling, found: &mut Found) {
    if sampling.like == Some(Like::Torch) && sampling.precision == Precision::F32 {
        return;
    }
    let of = sampling.of.map(|of| ("of", format!("of = {of}")));
    if let Some((argument, words)) = of.or(sampling.clamp.then(|| ("clamp", "clamp = true".to_owned()))) {
        let message = format!("{clause}: {words} goes with like = torch, precision = f32; write both, or leave it out");
        found.push((Subject::of(clause, argument), message));
    }
}

/// `pillow` chooses the order of Pillow's two passes.
fn pillow_exists(clause: &'static str, sampling: &Sampling, found: &mut Found) {
    let Some(version) = sampling.pillow else { return };
    let problem = if sampling.precision == Precision::F32 {
        "precision = f32 is equal to no library"
    } else if sampling.like == Some(Like::Torch) {
        "like = torch is another library"
    } else if !sampling.antialias {
        "without antialias the filter is not Pillow's"
    } else {
        return;
    };
    found.push((Subject::of(clause, "pillow"), format!("{clause}: {problem}; leave pillow = {version} out")));
}
