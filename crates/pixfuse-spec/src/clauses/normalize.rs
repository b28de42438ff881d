//! `normalize(..)`.

use crate::grammar::Clause;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::table::{Arguments, Findings, Signature, Table, clause};
use crate::{Number, Order, Sample};

clause! {
    /// `normalize(scale, mean, std, eps, order)`: `y = (x * scale - mean) / (std + eps)`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Normalize as NormalizeDraft {
        /// Factor on the pixel value; 1/255 unless written, 1/65535 for 16 bits, and 1 for f32.
        named scale: Number<f64> = Number::Known(1.0 / Sample::U8.white()),
        /// Whether the default of `scale` was written. It is kept where it says something: `mean` and `std` of pixel values
        /// are refused without it, since that default is most likely not meant then.
        apart scale_written: bool = false,
        /// One value for every channel, or one an *output* channel, in the output's order; 0 unless written.
        named mean: Number<Vec<f64>> = Number::Known(vec![0.0]),
        /// As `mean`; 1 unless written. `std + eps` is never zero.
        named std: Number<Vec<f64>> = Number::Known(vec![1.0]),
        /// Added to each `std`; 0 unless written.
        named eps: Number<f64> = Number::Known(0.0),
        /// Which operations follow each other; one multiply-add unless written.
        named order: Order = Order::Fused,
    }
}

pub(crate) const NORMALIZE: [&str; 2] = ["normalize", "normalize(scale = .., mean = .., std = .., eps = ..)"];

impl Normalize {
    /// What stands in it where nothing is written, for a source of these samples.
    pub fn of(sample: Sample) -> Self {
        let scale = Number::Known(1.0 / sample.white());
        let draft = NormalizeDraft { scale: Some(scale), ..Self::usual() };
        Self::whole(draft).expect("every argument has a default")
    }

    /// An argument that could not be read is left open, so that no rule speaks about it.
    pub(crate) fn read_clause(clause: &Clause, sample: Sample, findings: &mut Findings) -> Self {
        let signature = Signature::of(NORMALIZE[0], NORMALIZE[1], &Self::rows());
        let mut arguments = Arguments::new(clause, &signature, findings);
        let usual = Self::of(sample);
        let mut draft = Self::read(&mut arguments, (&usual).into());
        draft.scale_written = Some(arguments.has("scale"));
        // An order needs every number, and what could not be read is no news.
        if arguments.reported() {
            draft.order = Some(Order::Fused);
        }
        Self::guessed(draft).unwrap_or(usual)
    }

    /// The clause, for a source of these samples.
    pub fn text(&self, sample: Sample) -> String {
        let mut usual = NormalizeDraft::from(&Self::of(sample));
        // It is written where it says something.
        usual.scale = usual.scale.filter(|_| !self.scale_written);
        format!("normalize({})", self.texts(&usual).join(", "))
    }

    /// No `mean` or `std` of pixels that were scaled to 0 to 1 is larger.
    pub(crate) const MOST: f64 = 4.0;

    /// A value of `mean` or `std` that is one of pixel values as they are stored: its list's name, and its index.
    pub(crate) fn of_pixels(&self) -> Option<(&'static str, usize, f64)> {
        [("mean", &self.mean), ("std", &self.std)].into_iter().find_map(|(name, list)| {
            let values = list.known()?.iter().copied().enumerate();
            values.map(|(index, value)| (name, index, value)).find(|(.., value)| value.abs() > Self::MOST)
        })
    }

    /// As [`Sampling::drop_defaults`](crate::Sampling::drop_defaults), for a source of these samples.
    pub(crate) fn drop_defaults(&mut self, sample: Sample) {
        let says = self.scale == Self::of(sample).scale && sample != Sample::F32;
        let open = self.mean.is_later() || self.std.is_later();
        self.scale_written &= says && (open || self.of_pixels().is_some());
    }
}
