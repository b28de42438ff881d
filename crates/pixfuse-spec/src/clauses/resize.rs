//! `resize(..)`.

use std::fmt;

use crate::grammar::{Clause, Item};
use crate::pair::both;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::table::{Arguments, Findings, Integer, Kind, Place, Row, Signature, Table, clause, documented, shared};
use crate::{CoverRule, Number, Rounding, Sampling, SizeNumber, SizeRule};

/// `resize(240, 256, bilinear)` or `resize(shortest = 256, bilinear, antialias)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resize {
    /// The size of the result.
    pub size: Size,
    /// How its pixels are made.
    pub sampling: Sampling,
}

/// The size that an image is resized to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Size {
    /// These rows and columns, whatever the aspect.
    Exact {
        /// Rows of the result, at least 1.
        rows: Number<u32>,
        /// Columns of the result, at least 1.
        columns: Number<u32>,
    },
    /// The shorter side becomes this long; the other follows, truncated.
    Shortest {
        /// The shorter side, at least 1.
        side: Number<u32>,
        /// If the longer side came out longer than this, it becomes this long and the shorter side follows.
        max: Option<u32>,
        /// How that shorter side is rounded.
        ///
        /// `Truncate`, unless written: torchvision. `HalfEven`: Hugging Face's `get_size_with_aspect_ratio`, which takes
        /// the longer side from the shorter one before it was rounded, and leaves an image alone whose shorter side has
        /// that length already.
        rounding: Rounding,
    },
    /// As small as its aspect allows, so that it covers this frame, which a `center_crop` then cuts out.
    Cover {
        /// Rows of the frame, at least 1.
        rows: u32,
        /// Columns of the frame, at least 1.
        columns: u32,
        /// How the sides are made.
        rule: CoverRule,
    },
    /// The longer side becomes this long; the other follows.
    Longest {
        /// The longer side, at least 1.
        side: Number<u32>,
        /// How the shorter side is rounded.
        ///
        /// `Truncate`, unless written. `HalfEven`: timm's `ResizeKeepRatio(longest = 1)`, a division by the ratio.
        rounding: Rounding,
    },
    /// What a library's rule makes of the image's size: `rule = qwen2_vl, multiple = 28, ..`.
    Ruled(RuledSize),
}

/// A rule with its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RuledSize {
    /// Whose rule.
    pub rule: SizeRule,
    /// One for each of [`SizeNumber::ALL`], at least 1; 0 where nothing is written.
    numbers: [u32; SizeNumber::ALL.len()],
}

clause! {
    /// A size that is given.
    struct ExactWords as ExactDraft {
        /// Rows of the result, at least 1.
        value rows: Number<u32> [Integer::SIDE, "number of rows"],
        /// Columns of the result, at least 1.
        value columns: Number<u32> [Integer::SIDE, "number of columns"],
    }
}

clause! {
    /// A size that keeps the aspect.
    struct AspectWords as AspectDraft {
        /// The shorter side becomes this long; the other follows.
        named shortest: Option<Number<u32>> [Integer::SIDE],
        /// With `shortest`: if the longer side came out longer than this, it becomes this long instead.
        named max: Option<u32> [Integer::LENGTH],
        /// The longer side becomes this long; the other follows.
        named longest: Option<Number<u32>> [Integer::SIDE],
        /// How the side that follows from `longest` or `max` is rounded.
        named rounding: Rounding = Rounding::Truncate,
        /// As small as the aspect allows, so that it covers a frame of these rows and columns.
        named cover: Option<[u32; 2]> [Integer::LENGTH],
        /// How the sides that cover a frame are made.
        named rule: CoverRule = CoverRule::Timm,
    }
}

pub(crate) const RESIZE: [&str; 2] = ["resize", "resize(240, 256, bilinear)"];

impl RuledSize {
    /// A rule without numbers.
    pub const fn new(rule: SizeRule) -> Self {
        Self { rule, numbers: [0; SizeNumber::ALL.len()] }
    }

    /// The same with a number, at least 1.
    #[must_use]
    pub fn with(mut self, number: SizeNumber, value: u32) -> Self {
        self.numbers[number as usize] = value;
        self
    }

    /// A number, if it is written.
    pub fn get(&self, number: SizeNumber) -> Option<u32> {
        Some(self.numbers[number as usize]).filter(|&value| value != 0)
    }

    /// The rule, and every number that there is; which of them a rule takes is [`SizeRule::numbers`].
    pub(crate) fn rows() -> Vec<Row> {
        let rule = Kind::Word { what: SizeRule::WHAT, names: SizeRule::NAMES };
        let mut rows =
            vec![Row::new("rule", Place::Named, rule, true, documented("Whose size is made of the image's."))];
        for number in SizeNumber::ALL {
            let kind = Kind::Integer(number.integers());
            rows.push(Row::new(number.name(), Place::Named, kind, false, documented(number.documentation())));
        }
        rows
    }
}

impl SizeNumber {
    fn integers(self) -> Integer {
        match self {
            Self::MinPixels | Self::MaxPixels | Self::FramePixels => Integer::AREA,
            _ => Integer::LENGTH,
        }
    }
}

/// The filter and what stands behind it, as it stands in a clause.
fn sampling_rows() -> Vec<Row> {
    shared(Sampling::rows(), &[])
}

impl Resize {
    /// The arguments of each form: rows and columns, a size that keeps the aspect, a size by a rule.
    pub(crate) fn forms() -> [Vec<Row>; 3] {
        let form = |rows| [rows, sampling_rows()].concat();
        [form(ExactWords::rows()), form(AspectWords::rows()), form(RuledSize::rows())]
    }

    /// `None` if something in the clause could not be read.
    pub(crate) fn read_clause(clause: &Clause, findings: &mut Findings) -> Option<Self> {
        if is_ruled(clause) {
            return read_ruled(clause, findings);
        }
        let by_name = ["shortest", "longest", "cover"].iter().find(|name| clause.named(name).is_some()).copied();
        let usage = match by_name {
            None => RESIZE[1],
            Some("shortest") => "resize(shortest = 256, bilinear, antialias)",
            Some("longest") => "resize(longest = 256, bilinear, antialias)",
            Some(_) => "resize(cover = [240, 256], bilinear, antialias)",
        };
        let values = if by_name.is_some() { Vec::new() } else { ExactWords::rows() };
        let rows = [values, AspectWords::rows(), sampling_rows()].concat();
        let signature = Signature::of(RESIZE[0], usage, &rows);
        let mut arguments = Arguments::new(clause, &signature, findings);
        let exact = by_name.is_none().then(|| ExactWords::read(&mut arguments, ExactWords::usual()));
        let sampling = Sampling::guessed(Sampling::read(&mut arguments, Sampling::usual()));
        let words = AspectWords::read(&mut arguments, AspectWords::usual());
        // A side that could not be read is left open, so that no rule speaks about it.
        let side = |side: Option<Option<Number<u32>>>| side.flatten().unwrap_or(Number::Later);
        let rounding = words.rounding.unwrap_or(Rounding::Truncate);
        let size = match by_name {
            None => {
                let ExactWords { rows, columns } = ExactWords::guessed(exact?)?;
                Size::Exact { rows, columns }
            }
            Some("shortest") => Size::Shortest { side: side(words.shortest), max: words.max.flatten(), rounding },
            Some("longest") => Size::Longest { side: side(words.longest), rounding },
            Some(_) => {
                let [rows, columns] = words.cover??;
                Size::Cover { rows, columns, rule: words.rule.unwrap_or(CoverRule::Timm) }
            }
        };
        let rounds = by_name == Some("longest") || (by_name == Some("shortest") && clause.named("max").is_some());
        if !rounds {
            arguments.refuse("rounding", "rounding goes with longest = .. or max = ..; leave it out");
        }
        if by_name != Some("cover") {
            arguments.refuse("rule", "rule goes with cover = ..; leave it out");
        }
        let rival = ["longest", "cover"].iter().find(|name| by_name != Some(**name) && clause.named(name).is_some());
        if let Some((one, &other)) = by_name.zip(rival) {
            arguments.refuse(other, &format!("{one} and {other} exclude each other; keep one"));
        } else if by_name != Some("shortest") {
            arguments.refuse("max", "max goes with shortest = ..; leave it out");
        }
        Some(Self { size, sampling: sampling? })
    }

    /// The numbers that may be left open, each with the name of its argument.
    pub(crate) fn slots(&mut self) -> Vec<(&'static str, crate::table::Slot<'_>)> {
        use crate::table::Slot;
        match &mut self.size {
            Size::Exact { rows, columns } => vec![("rows", Slot::Side(rows)), ("columns", Slot::Side(columns))],
            Size::Shortest { side, .. } => vec![("shortest", Slot::Side(side))],
            Size::Longest { side, .. } => vec![("longest", Slot::Side(side))],
            Size::Cover { .. } | Size::Ruled(_) => Vec::new(),
        }
    }
}

/// Whether the clause's `rule` is not one of `cover = ..`, but says the size itself.
fn is_ruled(clause: &Clause) -> bool {
    let covers = |item: &Item| matches!(item, Item::Word(word) if CoverRule::from_name(word).is_some());
    clause.named("cover").is_none() && clause.named("rule").is_some_and(|value| !covers(&value.item))
}

/// The size by a rule that stands for itself, and its numbers. `None` if something in the clause could not be read.
fn read_ruled(clause: &Clause, findings: &mut Findings) -> Option<Resize> {
    let usage = "resize(rule = pixtral, multiple = 16, longest = 1024, bicubic, antialias)";
    let rows = [RuledSize::rows(), sampling_rows()].concat();
    let signature = Signature::of(RESIZE[0], usage, &rows);
    let mut arguments = Arguments::new(clause, &signature, findings);
    let sampling = Sampling::guessed(Sampling::read(&mut arguments, Sampling::usual()));
    let rule: SizeRule = arguments.optional("rule", Integer::AREA)?;
    let mut ruled = RuledSize::new(rule);
    let (needed, optional) = rule.numbers();
    for &number in SizeNumber::ALL {
        let name = number.name();
        if !arguments.has(name) {
            continue;
        }
        if !needed.contains(&number) && !optional.contains(&number) {
            arguments.refuse(name, &format!("rule = {rule} has no {name}; leave it out"));
        } else if let Some(value) = arguments.named_or(name, number.integers(), None) {
            ruled = ruled.with(number, value);
        }
    }
    let missing = needed.iter().find(|number| !arguments.has(number.name()));
    let all = needed.iter().map(|number| format!("{number} = ..")).collect::<Vec<_>>().join(", ");
    let missing = missing.map(|number| format!("rule = {rule} needs {number}; write rule = {rule}, {all}"));
    let one_limit = "rule = pp_ocr needs shortest or longest, one of them; write shortest = 736 for limit_type min, \
                     longest = 960 for max";
    let limits = both([SizeNumber::Shortest, SizeNumber::Longest], |number| ruled.get(number).is_some());
    let missing = missing.or((rule == SizeRule::PpOcr && limits[0] == limits[1]).then(|| one_limit.to_owned()));
    if let Some(message) = missing.filter(|_| !arguments.reported()) {
        arguments.refuse("rule", &message);
    }
    Some(Resize { size: Size::Ruled(ruled), sampling: sampling? })
}

impl fmt::Display for Resize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nothing but what is said of the size.
        let mut words = AspectWords {
            shortest: None,
            max: None,
            longest: None,
            rounding: Rounding::Truncate,
            cover: None,
            rule: CoverRule::Timm,
        };
        match self.size {
            Size::Exact { rows, columns } => {
                let texts = ExactWords { rows, columns }.texts(&ExactWords::usual());
                return write!(f, "resize({}, {})", texts.join(", "), self.sampling);
            }
            Size::Ruled(ruled) => return write!(f, "resize({ruled}, {})", self.sampling),
            Size::Shortest { side, max, rounding } => {
                (words.shortest, words.max, words.rounding) = (Some(side), max, rounding);
            }
            Size::Longest { side, rounding } => (words.longest, words.rounding) = (Some(side), rounding),
            Size::Cover { rows, columns, rule } => (words.cover, words.rule) = (Some([rows, columns]), rule),
        }
        // How it is made stands behind the filter.
        let usual = AspectWords::usual();
        let how = |text: &String| text.starts_with("rounding") || text.starts_with("rule");
        let (how, mut texts): (Vec<_>, Vec<_>) = words.texts(&usual).into_iter().partition(how);
        texts.push(self.sampling.to_string());
        texts.extend(how);
        write!(f, "resize({})", texts.join(", "))
    }
}

impl fmt::Display for RuledSize {
    /// `rule = pixtral, multiple = 16, longest = 1024`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule = {}", self.rule)?;
        let written = SizeNumber::ALL.iter().filter_map(|&number| Some((number, self.get(number)?)));
        for (number, value) in written {
            write!(f, ", {number} = {value}")?;
        }
        Ok(())
    }
}
