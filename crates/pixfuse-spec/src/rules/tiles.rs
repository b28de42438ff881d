//! Tiles: which rule needs what.

use super::{Draft, Found, Subject};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{MAX_SIDE, Precision, Sample, Tiles};

pub(super) fn tiles_are_sound(tiles: &Tiles, draft: &Draft<'_>, found: &mut Found) {
    let Tiles { rows, columns, rule, min, max, ref canvases, thumbnail, pad_to, .. } = *tiles;
    let of = |argument| Subject::of("tiles", argument);
    let mut says = |subject, message: String| found.push((subject, format!("tiles: {message}")));
    if rule.is_square() && rows != columns {
        says(of("columns"), format!("rule = {rule} has square tiles; write {rows}, {rows}"));
    }
    match (rule.has_max(), max) {
        (true, None) => says(of("rule"), format!("rule = {rule} needs max; write the most tiles, max = 12")),
        (false, Some(_)) => says(of("max"), format!("rule = {rule} has no max; leave it out")),
        _ => {}
    }
    match (rule.has_canvases(), canvases.is_empty()) {
        (true, true) => says(
            of("rule"),
            format!("rule = {rule} needs canvases; write canvases = [[{rows}, {}]], ..", columns.saturating_mul(2)),
        ),
        (false, false) => says(of("canvases"), format!("rule = {rule} makes its own canvases; leave canvases out")),
        _ => {}
    }
    if rule.has_stages() {
        if let Some(format) = draft.input.format.filter(|format| format.sample() != Sample::U8) {
            says(of("rule"), format!("rule = {rule} has u8 between its resizes, and {format} has others"));
        }
        let first = draft.resize.map(|resize| resize.sampling.precision);
        if [Some(tiles.sampling.precision), first].contains(&Some(Precision::F32)) {
            says(of("rule"), format!("rule = {rule} has u8 between its resizes; leave precision = f32 out"));
        }
    } else if draft.resize.is_some() {
        says(of("rule"), format!("rule = {rule} is the only resize; leave resize out"));
    }
    if min > 1 && !rule.has_min() {
        says(of("min"), format!("rule = {rule} has no min; leave it out"));
    } else if let Some(max) = max.filter(|&max| max < min) {
        says(of("min"), format!("min = {min} is more than max = {max}"));
    }
    if let Some(max) = max.filter(|max| max.saturating_mul(rows.max(columns)) > MAX_SIDE) {
        let most = MAX_SIDE / rows.max(columns);
        says(
            of("max"),
            format!("{max} tiles of {rows} x {columns} are more than {MAX_SIDE} in a row; the most is {most}"),
        );
    }
    for (index, [high, wide]) in canvases.iter().enumerate() {
        if high % rows != 0 || wide % columns != 0 {
            says(
                of("canvases").item(index),
                format!("canvases[{index}] = [{high}, {wide}] is no whole tiles of {rows} x {columns}"),
            );
        }
    }
    if thumbnail.is_some() && rule == crate::TileRule::Mllama {
        says(of("thumbnail"), format!("rule = {rule} has no thumbnail; leave it out"));
    }
    let most = max.or_else(|| canvases.iter().map(|[high, wide]| high / rows * (wide / columns)).max());
    let most = most.map(|most| most + u32::from(thumbnail.is_some()));
    if let Some((count, most)) = pad_to.zip(most).filter(|(count, most)| count < most) {
        says(of("pad_to"), format!("pad_to = {count} is less than the {most} tiles that there may be"));
    }
    let zero_point = draft.output.quantize.flatten().map_or(0, |quantize| quantize.zero_point);
    if pad_to.is_some() && zero_point != 0 {
        says(
            of("pad_to"),
            format!(
                "pad_to stores 0 behind the last tile, and zero_point = {zero_point} means another zero; leave one of \
                 them out"
            ),
        );
    }
}
