//! Clauses to a [`Spec`]: which there must be, what stands in each, and the rulebook over all of them.

use crate::arguments::{Arguments, Signature, Word};
use crate::grammar::{self, Clause, Item};
use crate::rules::{self, Draft, Subject};
use crate::spelling::{nearest, unknown};
use crate::{
    Alpha, ChannelOrder, Element, Error, Filter, Input, Layout, Normalize, Number, Output, PixelFormat, Resize,
    Sampling, Size, Spec, Token,
};

/// The most rows or columns that an image may be resized to.
///
/// It keeps every size in range: four f32 channels of 65535 by 65535 pixels are fewer bytes than 2^37, and an index of a
/// row or column fits in 16 bits.
pub const MAX_SIDE: u32 = 65535;

const CLAUSES: [&str; 4] = ["input", "resize", "normalize", "output"];

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
    let mut errors = Vec::new();
    let clauses = grammar::clauses(tokens, &end, &mut errors);
    let clauses = Clauses::sort(&clauses, &mut errors);
    let mut places = Vec::new();
    let input = clauses.input.map(|clause| read_input(clause, &mut places, &mut errors));
    let resize = clauses.resize.map(|clause| read_resize(clause, &mut errors));
    let normalize = clauses.normalize.map(|clause| read_normalize(clause, &mut places, &mut errors));
    let output = clauses.output.map(|clause| read_output(clause, &mut places, &mut errors));

    let (input, output) = (input.unwrap_or_default(), output.unwrap_or_default());
    let draft = Draft {
        format: input.format,
        alpha: input.alpha,
        channels: output.channels,
        element: output.element,
        normalize: normalize.as_ref(),
    };
    for (subject, message) in rules::broken(&draft) {
        errors.push(Error { at: place(&places, subject).unwrap_or(&end).clone(), message });
    }
    clauses.report_missing(&end, &mut errors);
    let whole = || {
        let input = Input { format: input.format?, layout: input.layout?, alpha: input.alpha? };
        let output = Output { channels: output.channels?, element: output.element?, layout: output.layout? };
        // A clause that is there but could not be read was reported.
        let resize = match resize {
            Some(read) => Some(read?),
            None => None,
        };
        Some(Spec { input, resize, letterbox: None, crop: None, pad: None, normalize, output })
    };
    match whole() {
        Some(spec) if errors.is_empty() => Ok(spec),
        _ => Err(errors),
    }
}

/// The clauses by name, each at most once.
struct Clauses<'a, P> {
    input: Option<&'a Clause<P>>,
    resize: Option<&'a Clause<P>>,
    normalize: Option<&'a Clause<P>>,
    output: Option<&'a Clause<P>>,
    /// Names that an unknown clause was probably meant to be.
    misspelled: Vec<&'static str>,
}

impl<'a, P: Clone> Clauses<'a, P> {
    fn sort(clauses: &'a [Clause<P>], errors: &mut Vec<Error<P>>) -> Self {
        let mut sorted = Self { input: None, resize: None, normalize: None, output: None, misspelled: Vec::new() };
        for clause in clauses {
            let slot = match clause.name.as_str() {
                "input" => &mut sorted.input,
                "resize" => &mut sorted.resize,
                "normalize" => &mut sorted.normalize,
                "output" => &mut sorted.output,
                name => {
                    sorted.misspelled.extend(nearest(name, &CLAUSES));
                    errors.push(Error { at: clause.at.clone(), message: unknown("clause", name, &CLAUSES) });
                    continue;
                }
            };
            if slot.is_some() {
                let message = format!("{}: the clause is given twice; keep one", clause.name);
                errors.push(Error { at: clause.at.clone(), message });
            } else {
                *slot = Some(clause);
            }
        }
        for clause in [sorted.input, sorted.resize, sorted.normalize, sorted.output].into_iter().flatten() {
            if clause.bare {
                let brackets = if clause.name == "normalize" { "()" } else { "(..)" };
                let message = format!("{0}: its brackets are missing; write {0}{brackets}", clause.name);
                errors.push(Error { at: clause.at.clone(), message });
            }
        }
        sorted
    }

    /// Reports the clauses that must be there; a misspelled one is, and has its message.
    fn report_missing(&self, end: &P, errors: &mut Vec<Error<P>>) {
        let mut report = |name: &str, names: Vec<&str>, example: &str| {
            if !self.misspelled.contains(&name) {
                let message = format!("{name} is missing; write {example} with one of {}", names.join(", "));
                errors.push(Error { at: end.clone(), message });
            }
        };
        if self.input.is_none() {
            report("input", PixelFormat::names(), "input(..)");
        }
        if self.output.is_none() {
            report("output", ChannelOrder::names(), "output(.., f32, chw)");
        }
    }
}

/// Where each subject of the rulebook was written.
type Places<P> = Vec<(Subject, P)>;

fn place<P>(places: &Places<P>, subject: Subject) -> Option<&P> {
    let whole = match subject {
        Subject::Mean(_) => Subject::Mean(None),
        Subject::Std(_) => Subject::Std(None),
        other => other,
    };
    // An argument that is not written has its default, and its clause stands for it.
    let find = |wanted| places.iter().find(|(known, _)| *known == wanted).map(|(_, at)| at);
    find(subject).or_else(|| find(whole)).or_else(|| find(Subject::Normalize))
}

/// `None` is what could not be read.
#[derive(Default)]
struct InputDraft {
    format: Option<PixelFormat>,
    layout: Option<Layout>,
    alpha: Option<Option<Alpha>>,
}

fn read_input<P: Clone>(clause: &Clause<P>, places: &mut Places<P>, errors: &mut Vec<Error<P>>) -> InputDraft {
    let signature = Signature { usage: "input(rgb8, hwc, alpha = drop)", positions: 2, names: &["alpha"] };
    let mut arguments = Arguments::new(clause, &signature, errors);
    let (format, layout) = (arguments.word(), arguments.word_or(Layout::Hwc));
    places.push((Subject::Format, clause.arguments.first().map_or(&clause.at, |first| &first.at).clone()));
    let alpha = match arguments.named("alpha") {
        Some(value) => {
            places.push((Subject::Alpha, value.at.clone()));
            arguments.name(value).map(Some)
        }
        // Whatever was wrong may have been meant as the rule for alpha.
        None if arguments.reported() => None,
        None => Some(None),
    };
    InputDraft { format, layout, alpha }
}

/// `None` if something in the clause could not be read.
fn read_resize<P: Clone>(clause: &Clause<P>, errors: &mut Vec<Error<P>>) -> Option<Resize> {
    let signature = Signature { usage: "resize(240, 256, bilinear)", positions: 3, names: &[] };
    let mut arguments = Arguments::new(clause, &signature, errors);
    let rows = read_side("rows", &mut arguments);
    let columns = read_side("columns", &mut arguments);
    let filter = arguments.word::<Filter>();
    Some(Resize { size: Size::Exact { rows: rows?, columns: columns? }, sampling: Sampling::new(filter?) })
}

fn read_side<P: Clone>(name: &str, arguments: &mut Arguments<'_, P>) -> Option<Number<u32>> {
    let value = arguments.required(&format!("number of {name}"))?;
    match value.item {
        Item::Later => return Some(Number::Later),
        Item::Number(number) => match rules::side(name, number) {
            Ok(side) => return Some(Number::Known(side)),
            Err(message) => arguments.error(value, message),
        },
        _ => arguments.misplaced(value, &rules::side_expected(name), ""),
    }
    None
}

/// An argument that could not be read is left open, so that no rule speaks about it.
fn read_normalize<P: Clone>(clause: &Clause<P>, places: &mut Places<P>, errors: &mut Vec<Error<P>>) -> Normalize {
    let usage = "normalize(scale = .., mean = .., std = .., eps = ..)";
    let signature = Signature { usage, positions: 0, names: &["scale", "mean", "std", "eps"] };
    let mut arguments = Arguments::new(clause, &signature, errors);
    let mut normalize = Normalize::default();
    places.push((Subject::Normalize, clause.at.clone()));
    for (name, subject, slot) in
        [("scale", Subject::Scale, &mut normalize.scale), ("eps", Subject::Eps, &mut normalize.eps)]
    {
        if let Some(value) = arguments.named(name) {
            places.push((subject, value.at.clone()));
            *slot = arguments.number(name, value).unwrap_or(Number::Later);
        }
    }
    let mut list = |name, subject: fn(Option<usize>) -> Subject, slot: &mut Number<Vec<f64>>| {
        let Some(value) = arguments.named(name) else { return };
        places.push((subject(None), value.at.clone()));
        if let Item::List(items) = &value.item {
            places.extend(items.iter().enumerate().map(|(index, item)| (subject(Some(index)), item.at.clone())));
        }
        *slot = arguments.numbers(name, value).unwrap_or(Number::Later);
    };
    list("mean", Subject::Mean, &mut normalize.mean);
    list("std", Subject::Std, &mut normalize.std);
    normalize
}

/// `None` is what could not be read.
#[derive(Default)]
struct OutputDraft {
    channels: Option<ChannelOrder>,
    element: Option<Element>,
    layout: Option<Layout>,
}

fn read_output<P: Clone>(clause: &Clause<P>, places: &mut Places<P>, errors: &mut Vec<Error<P>>) -> OutputDraft {
    let signature = Signature { usage: "output(rgb, f32, chw)", positions: 3, names: &[] };
    let mut arguments = Arguments::new(clause, &signature, errors);
    let (channels, element) = (arguments.word(), arguments.word());
    let layout = arguments.word_or(Layout::Chw);
    places.push((Subject::Channels, clause.arguments.first().map_or(&clause.at, |first| &first.at).clone()));
    OutputDraft { channels, element, layout }
}
