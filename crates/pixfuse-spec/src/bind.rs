//! Binding: the numbers that a declaration left open are given when the pipeline is made.

use std::fmt;

use crate::rules::{self, Draft};
use crate::text::{list, single};
use crate::{Number, Spec};

/// Numbers for the places written `_`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    /// Rows of `resize`.
    pub rows: Option<u32>,
    /// Columns of `resize`.
    pub columns: Option<u32>,
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

        let clause = self.resize.as_ref().map_or("there is no resize".to_owned(), |resize| resize.to_string());
        let (rows, columns) = bound.resize.as_mut().map(|resize| (&mut resize.rows, &mut resize.columns)).unzip();
        let text = |side: &u32| side.to_string();
        fill("rows", rows, &values.rows, &clause, text, &mut messages);
        fill("columns", columns, &values.columns, &clause, text, &mut messages);
        for (name, side) in
            bound.resize.iter().flat_map(|resize| [("rows", &resize.rows), ("columns", &resize.columns)])
        {
            let broken = side.known().and_then(|side| rules::side(name, f64::from(*side)).err());
            messages.extend(broken.map(|message| format!("resize: {message}")));
        }

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

        let draft = Draft {
            format: Some(bound.input.format),
            alpha: Some(bound.input.alpha),
            channels: Some(bound.output.channels),
            element: Some(bound.output.element),
            normalize: bound.normalize.as_ref(),
        };
        messages.extend(rules::broken(&draft).into_iter().map(|(_, message)| message));
        if messages.is_empty() { Ok(bound) } else { Err(BindError { messages }) }
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
