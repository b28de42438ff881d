//! Binding: the numbers that a declaration left open are given when the pipeline is made.

use std::fmt;

use crate::rules::{self, Draft, Integer};
use crate::text::{list, single};
use crate::{Crop, Letterbox, Number, Size, Spec};

/// Numbers for the places written `_`.
#[derive(Clone, Debug, Default, PartialEq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindError {
    /// At least one message, in the wording of a declaration's own errors.
    pub messages: Vec<String>,
}

impl std::error::Error for BindError {}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.messages.join("\n"))
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
        let mut messages = Vec::new();

        self.bind_sides(values, &mut bound, &mut messages);

        let clause =
            self.normalize.as_ref().map_or("there is no normalize".to_owned(), |normalize| normalize.to_string());
        let mut normalize = bound.normalize.as_mut();
        let number = |value: &f64| single(&Number::Known(*value));
        let numbers = |values: &Vec<f64>| list(&Number::Known(values.clone()));
        // A declaration has one zero; -0 + 0 is it.
        let (scale, eps) = (values.scale.map(|value| value + 0.0), values.eps.map(|value| value + 0.0));
        let plain = |values: &Vec<f64>| values.iter().map(|value| value + 0.0).collect::<Vec<_>>();
        let (mean, std) = (values.mean.as_ref().map(plain), values.std.as_ref().map(plain));
        fill("scale", normalize.as_mut().map(|n| &mut n.scale), &scale, &clause, number, &mut messages);
        fill("mean", normalize.as_mut().map(|n| &mut n.mean), &mean, &clause, numbers, &mut messages);
        fill("std", normalize.as_mut().map(|n| &mut n.std), &std, &clause, numbers, &mut messages);
        fill("eps", normalize.as_mut().map(|n| &mut n.eps), &eps, &clause, number, &mut messages);

        messages.extend(rules::broken(&Draft::whole(&bound)).into_iter().map(|(_, message)| message));
        if messages.is_empty() { Ok(bound) } else { Err(BindError { messages }) }
    }
}

impl Spec {
    /// The sides of `resize`, `letterbox` and `center_crop`.
    fn bind_sides(&self, values: &Values, bound: &mut Self, messages: &mut Vec<String>) {
        // What a clause has no place for is asked of the clause that is there, and none has two of one name.
        let resize = bound.resize.as_mut().map(|resize| &mut resize.size);
        let letterbox = bound.letterbox.as_mut();
        let crop = bound.crop.as_mut();
        let mut places: [Option<&mut Number<u32>>; 6] = [const { None }; 6];
        match (resize, letterbox) {
            (Some(Size::Exact { rows, columns }), _) | (None, Some(Letterbox { rows, columns, .. })) => {
                (places[0], places[1]) = (Some(rows), Some(columns));
            }
            (Some(Size::Shortest { side, .. }), _) => places[2] = Some(side),
            (Some(Size::Longest { side }), _) => places[3] = Some(side),
            (None, None) => {}
        }
        if let Some(Crop::Center { rows, columns, .. }) = crop {
            (places[4], places[5]) = (Some(rows), Some(columns));
        }

        let resize = self.resize.map(|resize| resize.to_string());
        let letterbox = self.letterbox.as_ref().map(|letterbox| letterbox.to_string());
        let crop = self.crop.as_ref().map(|crop| crop.to_string());
        let sized = ("there is no resize", resize.or(letterbox));
        let cropped = ("there is no center_crop", crop);
        let names = [
            ("rows", "rows", values.rows, &sized),
            ("columns", "columns", values.columns, &sized),
            ("shortest", "shortest", values.shortest, &sized),
            ("longest", "longest", values.longest, &sized),
            ("crop_rows", "rows", values.crop_rows, &cropped),
            ("crop_columns", "columns", values.crop_columns, &cropped),
        ];
        for ((name, argument, value, (absent, clause)), place) in names.into_iter().zip(places) {
            let text = match (clause, &place) {
                (None, _) => (*absent).to_owned(),
                (Some(clause), None) => format!("{clause} has no {name}"),
                (Some(clause), Some(_)) => clause.clone(),
            };
            let broken =
                value.filter(|_| place.is_some()).and_then(|side| Integer::SIDE.accept(argument, side.into()).err());
            fill(name, place, &value, &text, u32::to_string, messages);
            let clause = clause.as_deref().and_then(|clause| clause.split('(').next()).unwrap_or_default();
            messages.extend(broken.map(|message| format!("{clause}: {message}")));
        }
    }
}

/// Puts a number into its place, if both are there.
fn fill<T: Clone>(
    name: &str,
    place: Option<&mut Number<T>>,
    value: &Option<T>,
    clause: &str,
    text: impl Fn(&T) -> String,
    messages: &mut Vec<String>,
) {
    match (place, value) {
        (None | Some(Number::Known(_)), None) => {}
        (Some(place @ Number::Later), Some(value)) => *place = Number::Known(value.clone()),
        (Some(Number::Later), None) => messages.push(format!("{name}: not given, and {clause} leaves it open")),
        (None, Some(_)) => messages.push(format!("{name}: given, but {clause}")),
        (Some(Number::Known(known)), Some(_)) => {
            let message =
                format!("{name}: given, but {clause} already says {}; write `_` there to give it", text(known));
            messages.push(message);
        }
    }
}
