//! Clauses to a [`Spec`]: which there must be, which exclude each other, and the rulebook over all of them.

use std::str::FromStr;

use crate::clauses::LETTERBOX;
use crate::grammar::{self, Clause};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::rules::{self, Draft};
use crate::spelling::{nearest, unknown};
use crate::subject::Subject;
use crate::table::{Findings, Table, read};
use crate::{
    CenterCrop, ChannelOrder, CropWindow, Error, ErrorKind, Expected, Input, Kind, Letterbox, Normalize, Output, Pad,
    ParseError, Patches, PixelFormat, Resize, Sample, Sampling, Spec, Tiles, Token, lex,
};

/// In the order of work.
pub(crate) const CLAUSES: [&str; 10] =
    ["input", "resize", "letterbox", "tiles", "center_crop", "crop", "pad", "normalize", "output", "patches"];

/// Two ways to say the same thing.
const RIVALS: [[&str; 2]; 7] = [
    ["resize", "letterbox"],
    ["letterbox", "tiles"],
    ["crop", "center_crop"],
    ["tiles", "crop"],
    ["tiles", "center_crop"],
    ["tiles", "pad"],
    ["tiles", "patches"],
];

/// Reads a declaration from any token stream.
///
/// `end` is the place behind the last token, where something missing is reported.
///
/// # Errors
///
/// Every mistake, each with its token, in the order of writing as far as there is one. Whatever the tokens are, it does
/// not panic.
///
/// ```
/// use pixfuse_spec::{check, lex};
///
/// let errors = check(&lex("input(rgb8), resize(0, 256, bilinear)"), 37..37).unwrap_err();
/// assert_eq!(errors[0].message, "resize: rows must be an integer from 1 to 65535 or `_`, found 0");
/// assert_eq!(errors[0].at, 20..21);
/// assert!(errors[1].message.starts_with("output is missing"));
/// ```
pub fn check<P: Clone>(tokens: &[Token<P>], end: P) -> Result<Spec, Vec<Error<P>>> {
    let kinds: Vec<&Kind> = tokens.iter().map(|token| &token.kind).collect();
    let place = |index: usize| tokens.get(index).map_or(&end, |token| &token.at).clone();
    check_kinds(&kinds).map_err(|errors| errors.into_iter().map(|error| error.at_places(place)).collect())
}

/// As [`check`], with the number of its token for the place of a mistake.
fn check_kinds(tokens: &[&Kind]) -> Result<Spec, Vec<Error<usize>>> {
    let end = tokens.len();
    let mut findings = Findings { errors: Vec::new(), places: Vec::new() };
    let clauses = grammar::clauses(tokens, &mut findings.errors);
    let clauses = Clauses::sort(&clauses, &mut findings.errors);
    let found = &mut findings;
    let input = clauses.get("input").map(|clause| Input::read_clause(clause, found)).unwrap_or_default();
    let sample = input.format.map_or(Sample::U8, PixelFormat::sample);
    // A clause that is there but could not be read was reported.
    let resize = clauses.get("resize").and_then(|clause| Resize::read_clause(clause, found));
    let letterbox =
        clauses.get("letterbox").and_then(|clause| Letterbox::guessed(read::<Letterbox>(clause, LETTERBOX, found)));
    let tiles = clauses.get("tiles").and_then(|clause| Tiles::read_clause(clause, found));
    let center = clauses.get("center_crop").and_then(|clause| CenterCrop::read_clause(clause, found));
    let window = clauses.get("crop").and_then(|clause| CropWindow::read_clause(clause, found));
    let pad = clauses.get("pad").and_then(|clause| Pad::read_clause(clause, found));
    let normalize = clauses.get("normalize").map(|clause| Normalize::read_clause(clause, sample, found));
    let output = clauses.get("output").map(|clause| Output::read_clause(clause, found)).unwrap_or_default();
    let patches = clauses.get("patches").and_then(|clause| Patches::read_clause(clause, output.layout, found));

    let Findings { mut errors, places } = findings;
    let crop = center.or(window);
    let draft = Draft {
        input: input.clone(),
        resize: resize.as_ref(),
        letterbox: letterbox.as_ref(),
        tiles: tiles.as_ref(),
        crop: crop.as_ref(),
        pad: pad.as_ref(),
        normalize: normalize.as_ref(),
        output: output.clone(),
        patches: patches.as_ref(),
    };
    for (subject, message) in rules::broken(&draft) {
        let (value, clause) = place(&places, subject);
        let at = value.or(clause).unwrap_or(end);
        errors.push(Error { value, ..Error::new(ErrorKind::Rule, at, message).about(subject) });
    }
    // A whole declaration in quotes was reported, and most likely misses nothing.
    if !matches!(tokens, [only] if only.is_quoted()) {
        clauses.report_missing(end, &mut errors);
    }
    let whole = || {
        let (input, output) = (Input::whole(input)?, Output::whole(output)?);
        Some(Spec { input, resize, letterbox, tiles, crop, pad, normalize, output, patches })
    };
    match whole() {
        Some(mut spec) if errors.is_empty() => {
            spec.change_samplings(Sampling::drop_defaults);
            spec.input.drop_defaults();
            let sample = spec.input.format.sample();
            spec.normalize.as_mut().into_iter().for_each(|normalize| normalize.drop_defaults(sample));
            Ok(spec)
        }
        _ => Err(errors),
    }
}

impl FromStr for Spec {
    type Err = ParseError;

    /// Reads a declaration.
    ///
    /// # Errors
    ///
    /// Every mistake of the text, each with the place of it.
    ///
    /// ```
    /// use pixfuse_spec::Spec;
    ///
    /// let spec: Spec = "input(rgb8), resize(240, 256, bilinear), output(rgb, f32)".parse()?;
    /// assert_eq!(spec.to_string(), "input(rgb8), resize(240, 256, bilinear), output(rgb, f32, chw)");
    ///
    /// let error = "input(rgb), output(rgb, u8)".parse::<Spec>().unwrap_err();
    /// assert!(error.to_string().contains("did you mean `rgb8`?"));
    /// # Ok::<(), pixfuse_spec::ParseError>(())
    /// ```
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let end = text.trim_end().len();
        check(&lex(text), end..end).map_err(|mut errors| {
            errors.sort_by_key(|error| error.at.start);
            ParseError { text: text.to_owned(), errors }
        })
    }
}

/// Where a subject was written: its value, and its clause. An argument that is not written has its default, and its clause
/// stands for it.
fn place(places: &[(Subject, usize)], subject: Subject) -> (Option<usize>, Option<usize>) {
    let find = |wanted| places.iter().find(|(known, _)| *known == wanted).map(|(_, at)| *at);
    let clause = find(Subject::clause(subject.clause));
    if subject.argument.is_empty() {
        return (None, clause);
    }
    (find(subject).or_else(|| find(Subject::of(subject.clause, subject.argument))), clause)
}

/// The clauses, each at most once, in the order of writing.
struct Clauses<'a> {
    found: Vec<&'a Clause>,
    /// Names that an unknown clause was probably meant to be.
    misspelled: Vec<&'static str>,
}

impl<'a> Clauses<'a> {
    fn sort(clauses: &'a [Clause], errors: &mut Vec<Error<usize>>) -> Self {
        let mut sorted = Self { found: Vec::new(), misspelled: Vec::new() };
        for clause in clauses {
            let name = clause.name.as_str();
            let known = CLAUSES.iter().find(|known| **known == name).copied();
            let error = |message| Error { clause: known, ..Error::new(ErrorKind::Clause, clause.at, message) };
            if known.is_none() {
                if let Some(meant) = nearest(name, &CLAUSES) {
                    sorted.misspelled.push(meant);
                }
                let error = Error::of_value(ErrorKind::Clause, clause.at, unknown("clause", name, &CLAUSES));
                errors.push(error.expecting(Expected::Names(CLAUSES.to_vec())));
                continue;
            }
            if sorted.get(name).is_some() {
                errors.push(error(format!("{name}: the clause is given twice; keep one")));
                continue;
            }
            for &[one, other] in &RIVALS {
                let rival = if name == one { other } else { one };
                if (name == one || name == other) && sorted.get(rival).is_some() {
                    errors.push(error(format!("{one} and {other} exclude each other; keep one")));
                }
            }
            if clause.bare {
                let brackets = if name == "normalize" { "()" } else { "(..)" };
                errors.push(error(format!("{name}: its brackets are missing; write {name}{brackets}")));
            }
            sorted.found.push(clause);
        }
        sorted
    }

    fn get(&self, name: &str) -> Option<&'a Clause> {
        self.found.iter().copied().find(|clause| clause.name == name)
    }

    /// Reports the clauses that must be there; a misspelled one is, and has its message.
    fn report_missing(&self, end: usize, errors: &mut Vec<Error<usize>>) {
        let mut report = |name: &'static str, names: &[&str], example: &str| {
            if self.get(name).is_none() && !self.misspelled.contains(&name) {
                let message = format!("{name} is missing; write {example} with one of {}", names.join(", "));
                errors.push(Error::new(ErrorKind::Clause, end, message).about(Subject::clause(name)));
            }
        };
        report("input", PixelFormat::NAMES, "input(..)");
        report("output", ChannelOrder::NAMES, "output(.., f32, chw)");
    }
}
