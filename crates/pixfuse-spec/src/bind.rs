//! Binding: the numbers that a declaration left open are given when the pipeline is made.

use std::fmt;

use crate::pair::both;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::rules::{self, Draft};
use crate::spelling::{list, single};
use crate::subject::Subject;
use crate::table::{Integer, Slot};
use crate::{Crop, Error, ErrorKind, Expected, Letterbox, Number, Resize, Spec};

/// Numbers for the places written `_`.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct Values {
    /// Rows of `resize` or `letterbox`.
    pub rows: Option<u32>,
    /// Columns of `resize` or `letterbox`.
    pub columns: Option<u32>,
    /// `shortest` of `resize`.
    pub shortest: Option<u32>,
    /// `longest` of `resize`.
    pub longest: Option<u32>,
    /// Rows of `center_crop`.
    pub crop_rows: Option<u32>,
    /// Columns of `center_crop`.
    pub crop_columns: Option<u32>,
    /// `scale` of `normalize`.
    pub scale: Option<f64>,
    /// `mean` of `normalize`: one number, or one for each output channel.
    pub mean: Option<Vec<f64>>,
    /// `std` of `normalize`: one number, or one for each output channel.
    pub std: Option<Vec<f64>>,
    /// `eps` of `normalize`.
    pub eps: Option<f64>,
}

/// Why numbers and a declaration do not go together: every reason, a line each.
///
/// ```
/// use pixfuse_spec::{ErrorKind, Expected, Spec, Values};
///
/// let open: Spec = "input(rgb8), resize(_, 256, bilinear), output(rgb, f32)".parse()?;
/// let error = open.bind(&Values { rows: Some(0), ..Values::default() }).unwrap_err();
/// let mistake = &error.errors[0];
/// assert_eq!((mistake.kind, mistake.clause, mistake.argument), (ErrorKind::Value, Some("resize"), Some("rows")));
/// assert_eq!(mistake.expected, Some(Expected::Integers { least: 1, most: 65535 }));
/// # Ok::<(), pixfuse_spec::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BindError {
    /// At least one, in the wording of a declaration's own errors; they stand at no place of a text.
    pub errors: Vec<Error<()>>,
}

impl std::error::Error for BindError {}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            write!(f, "{}{}", if index == 0 { "" } else { "\n" }, error.message)?;
        }
        Ok(())
    }
}

impl Spec {
    /// The same declaration with a number in every place that was written `_`.
    ///
    /// # Errors
    ///
    /// A place without its number, a number without its place, and whatever the rulebook says of the result.
    ///
    /// ```
    /// use pixfuse_spec::{Spec, Values};
    ///
    /// let open: Spec = "input(rgb8), resize(_, 256, bilinear), output(rgb, f32)".parse()?;
    /// let bound = open.bind(&Values { rows: Some(240), ..Values::default() }).unwrap();
    /// assert_eq!(bound, "input(rgb8), resize(240, 256, bilinear), output(rgb, f32)".parse()?);
    ///
    /// let error = open.bind(&Values::default()).unwrap_err();
    /// assert_eq!(error.to_string(), "rows: not given, and resize(_, 256, bilinear) leaves it open");
    /// # Ok::<(), pixfuse_spec::ParseError>(())
    /// ```
    pub fn bind(&self, values: &Values) -> Result<Self, BindError> {
        let mut bound = self.clone();
        let mut errors = Vec::new();

        fill_sides(self, values, &mut bound, &mut errors);
        let clause = self
            .normalize
            .as_ref()
            .map_or("there is no normalize".to_owned(), |normalize| normalize.text(self.input.format.sample()));
        let mut normalize = bound.normalize.as_mut();
        let number = |value: &f64| single(&Number::Known(*value));
        let numbers = |values: &Vec<f64>| list(&Number::Known(values.clone()));
        // A declaration has one zero; -0 + 0 is it.
        let (scale, eps) = (values.scale.map(|value| value + 0.0), values.eps.map(|value| value + 0.0));
        let plain = |values: &Vec<f64>| values.iter().map(|value| value + 0.0).collect::<Vec<_>>();
        let (mean, std) = (values.mean.as_ref().map(plain), values.std.as_ref().map(plain));
        if let Some(normalize) = &mut normalize {
            normalize.scale_written |= normalize.scale.is_later();
        }
        fill("scale", normalize.as_mut().map(|n| &mut n.scale), &scale, &clause, number, &mut errors);
        fill("mean", normalize.as_mut().map(|n| &mut n.mean), &mean, &clause, numbers, &mut errors);
        fill("std", normalize.as_mut().map(|n| &mut n.std), &std, &clause, numbers, &mut errors);
        fill("eps", normalize.as_mut().map(|n| &mut n.eps), &eps, &clause, number, &mut errors);

        let rule = |(subject, message)| Error::new(ErrorKind::Rule, (), message).about(subject);
        errors.extend(rules::broken(&Draft::whole(&bound)).into_iter().map(rule));
        let sample = bound.input.format.sample();
        bound.normalize.as_mut().into_iter().for_each(|normalize| normalize.drop_defaults(sample));
        if errors.is_empty() { Ok(bound) } else { Err(BindError { errors }) }
    }

    /// The numbers that [`bind`](Self::bind) makes `closed` with; nothing if no numbers do.
    ///
    /// ```
    /// use pixfuse_spec::{Spec, Values};
    ///
    /// let open: Spec = "input(rgb8), resize(_, 256, bilinear), output(rgb, f32)".parse()?;
    /// let closed: Spec = "input(rgb8), resize(240, 256, bilinear), output(rgb, f32)".parse()?;
    /// assert_eq!(open.values_of(&closed), Some(Values { rows: Some(240), ..Values::default() }));
    ///
    /// let other: Spec = "input(rgb8), resize(240, 320, bilinear), output(rgb, f32)".parse()?;
    /// assert_eq!(open.values_of(&other), None);
    /// # Ok::<(), pixfuse_spec::ParseError>(())
    /// ```
    pub fn values_of(&self, closed: &Self) -> Option<Values> {
        fn number<T: Clone>(open: &Number<T>, closed: &Number<T>) -> Option<T> {
            if open.is_later() { closed.known().cloned() } else { None }
        }
        let (mut open, mut closed_spec) = (self.clone(), closed.clone());
        let (open_sides, closed_sides) = (sides(&mut open), sides(&mut closed_spec));
        let side = |name: &str| {
            let [open, closed] =
                both([&open_sides, &closed_sides], |sides| sides.iter().find(|(known, ..)| *known == name));
            number(open?.2, closed?.2)
        };
        let normalize = self.normalize.as_ref().zip(closed.normalize.as_ref());
        let values = Values {
            rows: side("rows"),
            columns: side("columns"),
            shortest: side("shortest"),
            longest: side("longest"),
            crop_rows: side("crop_rows"),
            crop_columns: side("crop_columns"),
            scale: normalize.and_then(|(open, closed)| number(&open.scale, &closed.scale)),
            mean: normalize.and_then(|(open, closed)| number(&open.mean, &closed.mean)),
            std: normalize.and_then(|(open, closed)| number(&open.std, &closed.std)),
            eps: normalize.and_then(|(open, closed)| number(&open.eps, &closed.eps)),
        };
        // What was not left open may differ, and the binding knows.
        self.bind(&values).is_ok_and(|bound| bound == *closed).then_some(values)
    }
}

/// The sides that may be open: their names among [`Values`], their clause and argument, and where they are.
fn sides(spec: &mut Spec) -> Vec<(&'static str, [&'static str; 2], &mut Number<u32>)> {
    let sides = spec.slots().into_iter().filter_map(|(clause, argument, slot)| match (clause, argument, slot) {
        ("center_crop", "rows", Slot::Side(side)) => Some(("crop_rows", [clause, argument], side)),
        ("center_crop", _, Slot::Side(side)) => Some(("crop_columns", [clause, argument], side)),
        (.., Slot::Side(side)) => Some((argument, [clause, argument], side)),
        (.., Slot::Number(_) | Slot::Numbers(_)) => None,
    });
    sides.collect()
}

/// Puts the sides of `resize`, `letterbox` and `center_crop` into their places.
fn fill_sides(spec: &Spec, values: &Values, bound: &mut Spec, errors: &mut Vec<Error<()>>) {
    let letterbox = spec.letterbox.as_ref().map(Letterbox::to_string);
    let sized = spec.resize.as_ref().map(Resize::to_string).or(letterbox);
    let cropped = spec.crop.as_ref().filter(|crop| matches!(crop, Crop::Center(_))).map(Crop::to_string);
    let mut places = sides(bound);
    for &(name, value, there, absent) in &[
        ("rows", values.rows, &sized, "resize or letterbox"),
        ("columns", values.columns, &sized, "resize or letterbox"),
        ("shortest", values.shortest, &sized, "resize"),
        ("longest", values.longest, &sized, "resize"),
        ("crop_rows", values.crop_rows, &cropped, "center_crop"),
        ("crop_columns", values.crop_columns, &cropped, "center_crop"),
    ] {
        let place = places.iter_mut().find(|(known, ..)| *known == name).map(|(_, _, place)| &mut **place);
        let clause = match there {
            Some(clause) if place.is_some() => clause.clone(),
            Some(clause) => format!("{clause} has no {name}"),
            None => format!("there is no {absent}"),
        };
        fill(name, place, &value, &clause, u32::to_string, errors);
    }
    for (_, [clause, argument], side) in &places {
        let broken = side.known().and_then(|side| Integer::SIDE.accept(argument, f64::from(*side)).err());
        errors.extend(broken.map(|message| {
            let Integer { least, most, .. } = Integer::SIDE;
            let error = Error::new(ErrorKind::Value, (), format!("{clause}: {message}"));
            error.about(Subject::of(clause, argument)).expecting(Expected::Integers { least, most })
        }));
    }
}

/// Puts a number into its place, if both are there.
fn fill<T: Clone>(
    name: &'static str,
    place: Option<&mut Number<T>>,
    value: &Option<T>,
    clause: &str,
    text: impl Fn(&T) -> String,
    errors: &mut Vec<Error<()>>,
) {
    let known = place.as_ref().map(|number| number.known().map(text));
    errors.extend(unfit(name, known, value.is_some(), clause));
    if let (Some(place @ Number::Later), Some(value)) = (place, value) {
        *place = Number::Known(value.clone());
    }
}

/// What is wrong with a number that is given or not, and its place: there is none, or it is open, or a number stands there.
fn unfit(name: &'static str, place: Option<Option<String>>, is_given: bool, clause: &str) -> Option<Error<()>> {
    let message = match (place, is_given) {
        (None | Some(Some(_)), false) | (Some(None), true) => return None,
        (Some(None), false) => format!("{name}: not given, and {clause} leaves it open"),
        (None, true) => format!("{name}: given, but {clause}"),
        (Some(Some(known)), true) => {
            format!("{name}: given, but {clause} already says {known}; write `_` there to give it")
        }
    };
    Some(Error::new(ErrorKind::Argument, (), message).about(Subject::of("", name)))
}
