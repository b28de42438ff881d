//! The arguments of one clause, read one after another: words of a vocabulary and numbers.

use super::{Argument, Integer, Kind, Place, Row, Table};
use crate::grammar::{Clause, Item, Value};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::spelling::{NAMES, hint, is_constant, number, shortened, unknown};
use crate::subject::Subject;
use crate::vocabulary::position;
use crate::word::is_known;
use crate::{Error, ErrorKind, Expected, Fill, Number};

/// What may stand in a clause.
pub(crate) struct Signature {
    pub(crate) clause: &'static str,
    /// The clause as it is written, for messages.
    pub(crate) usage: &'static str,
    /// Values without a name.
    pub(crate) values: Vec<&'static str>,
    /// How many of them there must be.
    pub(crate) least: usize,
    /// Words behind them that say something by standing there.
    pub(crate) flags: Vec<&'static str>,
    /// Values with a name.
    pub(crate) names: Vec<&'static str>,
}

impl Signature {
    /// What may stand in a clause with these arguments.
    pub(crate) fn of(clause: &'static str, usage: &'static str, rows: &[Row]) -> Self {
        let [mut values, mut flags, mut names, mut shared] = [const { Vec::new() }; 4];
        let mut least = 0;
        for row in rows {
            let list = match row.place {
                Place::Value => &mut values,
                Place::Flag => &mut flags,
                Place::Named if row.shared => &mut shared,
                Place::Named => &mut names,
            };
            list.push(row.name);
            least += usize::from(row.place == Place::Value && row.needed);
        }
        // What is the clause's own is more likely meant.
        names.append(&mut shared);
        Self { clause, usage, values, least, flags, names }
    }
}

/// Reads a clause by its table, where it is no more than that.
pub(crate) fn read<T: Table>(clause: &Clause, [name, usage]: [&'static str; 2], findings: &mut Findings) -> T::Draft {
    let signature = Signature::of(name, usage, &T::rows());
    T::read(&mut Arguments::new(clause, &signature, findings), T::usual())
}

/// What reading finds: mistakes, and where each subject of the rulebook was written.
pub(crate) struct Findings {
    pub(crate) errors: Vec<Error<usize>>,
    pub(crate) places: Vec<(Subject, usize)>,
}

/// The arguments of one clause. What a method cannot read it reports and returns as `None`.
pub(crate) struct Arguments<'a> {
    clause: &'a Clause,
    name: &'static str,
    usage: &'static str,
    positional: std::iter::Peekable<<Vec<&'a Value> as IntoIterator>::IntoIter>,
    /// A value stood where another kind belongs: what follows is out of place too, and one message is enough.
    misplaced: bool,
    /// The argument that was looked at last.
    current: Subject,
    /// Errors of other clauses.
    before: usize,
    /// Errors of this one that leave no other argument in doubt: of a value with its name.
    certain: usize,
    findings: &'a mut Findings,
}

impl<'a> Arguments<'a> {
    /// Reports names and numbers of arguments that the clause does not have.
    pub(crate) fn new(clause: &'a Clause, signature: &Signature, findings: &'a mut Findings) -> Self {
        let Signature { clause: clause_name, usage, values, least, names, flags } = signature;
        let most = values.len() + flags.len();
        let (before, mut certain) = (findings.errors.len(), 0);
        let mut positional = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        let (mut misplaced, mut unknown_name) = (false, false);
        findings.places.push((Subject::clause(clause_name), clause.at));
        for argument in &clause.arguments {
            let problem = match argument.name.as_deref() {
                None => {
                    positional.push(&argument.value);
                    if positional.len() != most + 1 || matches!(argument.value.item, Item::Broken) {
                        continue;
                    }
                    match most {
                        0 => format!("every argument has a name; write {usage}"),
                        most => format!("at most {most} values are expected; write {usage}"),
                    }
                }
                Some(name) if seen.contains(&name) => {
                    certain += 1;
                    format!("`{name}` is given twice; keep one")
                }
                Some(name) if names.contains(&name) => {
                    seen.push(name);
                    continue;
                }
                Some(name) if values.contains(&name) => {
                    unknown_name = true;
                    format!("`{name}` is written without its name; write {usage}")
                }
                Some(name) if flags.contains(&name) => format!("`{name}` has no value; write the word alone"),
                Some(name) if names.is_empty() => {
                    misplaced = true;
                    format!("no argument has a name, found `{name}`; write {usage}")
                }
                Some(name) => {
                    unknown_name = true;
                    unknown("argument", name, names)
                }
            };
            let known = [&names[..], &values[..], &flags[..]].concat();
            let name = argument.name.as_deref().and_then(|name| known.into_iter().find(|known| *known == name));
            let subject = Subject::of(clause_name, name.unwrap_or_default());
            let message = format!("{}: {problem}", clause.name);
            let error = Error::of_value(ErrorKind::Argument, argument.at, message).about(subject);
            // A name that there is stands in a wrong place, and others would not help.
            let is_unknown = argument.name.is_some() && subject.argument.is_empty() && !names.is_empty();
            let expected = is_unknown.then(|| Expected::Names(names.clone()));
            findings.errors.push(Error { expected, ..error });
        }
        // The value with that name is most likely what is missing without one.
        misplaced |= unknown_name && positional.len() < *least;
        let positional = positional.into_iter().peekable();
        Self {
            clause,
            name: clause_name,
            usage,
            positional,
            misplaced,
            current: Subject::clause(clause_name),
            before,
            certain,
            findings,
        }
    }

    /// Whether anything in the clause was wrong so far.
    pub(crate) fn reported(&self) -> bool {
        self.clause.broken || self.findings.errors.len() > self.before
    }

    /// The clause that is read.
    pub(crate) fn clause(&self) -> &'a Clause {
        self.clause
    }

    /// Whether something was wrong that may have been meant as an argument which is not written.
    fn is_in_doubt(&self) -> bool {
        self.clause.broken || self.findings.errors.len() > self.before + self.certain
    }

    /// How many values without a name are left.
    pub(crate) fn count(&self) -> usize {
        self.positional.len()
    }

    /// Whether there is another value without a name.
    fn more(&mut self) -> bool {
        self.positional.peek().is_some()
    }

    /// The next value; `usual` where there is none, if that says something.
    pub(crate) fn value_or<T: Argument>(
        &mut self,
        name: &'static str,
        what: &str,
        integers: Integer,
        usual: Option<T>,
    ) -> Option<T> {
        if usual.is_some() && !self.more() {
            return usual;
        }
        let before = self.findings.errors.len();
        let read = match self.required(name, what) {
            Some(value) => T::read(self, name, value, &integers),
            None => None,
        };
        self.expecting(before, T::kind, integers);
        read
    }

    /// Says of the errors since then what may stand in the place of the argument, and how many there are.
    fn expecting(&mut self, before: usize, kind: fn(Integer) -> Kind, integers: Integer) -> usize {
        let errors = &mut self.findings.errors[before..];
        for error in &mut *errors {
            error.expected = kind(integers).expected();
        }
        errors.len()
    }

    /// The value of `name = value`, or `usual`.
    pub(crate) fn named_or<T: Argument>(
        &mut self,
        name: &'static str,
        integers: Integer,
        usual: Option<T>,
    ) -> Option<T> {
        let Some(value) = self.named(name) else { return usual };
        let before = self.findings.errors.len();
        let read = T::read(self, name, value, &integers);
        self.certain += self.expecting(before, T::kind, integers);
        read
    }

    /// The value of `name = value`, or none where nothing is written.
    pub(crate) fn optional<T: Argument>(&mut self, name: &'static str, integers: Integer) -> Option<T> {
        // Whatever was wrong may have been meant as this.
        let usual = if self.clause.named(name).is_none() && self.is_in_doubt() { None } else { T::absent() };
        self.named_or(name, integers, usual)
    }

    /// Whether the next value is this word; no other may stand there.
    pub(crate) fn flag(&mut self, word: &'static str) -> Option<bool> {
        if !self.more() {
            return Some(false);
        }
        let value = self.required(word, word)?;
        let mut near = String::new();
        if let Item::Word(found) = &value.item {
            if found == word {
                return Some(true);
            }
            near = hint(found, &[word]);
        }
        let before = self.findings.errors.len();
        self.misplaced(value, &format!("expected {word} or nothing"), &near);
        for error in &mut self.findings.errors[before..] {
            error.expected = Some(Expected::Names(vec![word]));
        }
        None
    }

    /// The next value. `argument` is what the rulebook calls it, `what` what a message does.
    fn required(&mut self, argument: &'static str, what: &str) -> Option<&'a Value> {
        if self.misplaced {
            return None;
        }
        let Some(value) = self.positional.next() else {
            self.misplaced = true;
            // A clause that broke was reported where it broke.
            if !self.clause.broken {
                let message = format!("{}: the {what} is missing; write {}", self.clause.name, self.usage);
                let error = Error::new(ErrorKind::Argument, self.clause.end, message);
                self.findings.errors.push(error.about(Subject::of(self.name, argument)));
            }
            return None;
        };
        self.current = Subject::of(self.name, argument);
        self.findings.places.push((self.current, value.at));
        Some(value)
    }

    /// The value of `name = value`.
    pub(crate) fn named(&mut self, name: &'static str) -> Option<&'a Value> {
        let clause = self.clause;
        let value = clause.named(name)?;
        let subject = Subject::of(self.name, name);
        self.current = subject;
        self.findings.places.push((subject, value.at));
        if let Item::List(items) = &value.item {
            let items = items.iter().enumerate().map(|(index, item)| (subject.item(index), item.at));
            self.findings.places.extend(items);
        }
        Some(value)
    }

    /// A value as one of the names of a vocabulary: which of them.
    pub(crate) fn name(&mut self, value: &Value, what: &str, names: &[&str]) -> Option<usize> {
        let mut near = String::new();
        if let Item::Word(word) = &value.item {
            let found = position(names, word);
            if found.is_some() {
                return found;
            }
            if !is_known(word) {
                self.error(value, unknown(what, word, names));
                return None;
            }
            near = hint(word, names);
        }
        self.misplaced(value, &format!("expected {} ({})", article(what), names.join(", ")), &near);
        None
    }

    /// A value as an integer.
    pub(crate) fn integer(&mut self, name: &str, value: &Value, range: &Integer) -> Option<Number<u32>> {
        match value.item {
            Item::Later if range.open => return Some(Number::Later),
            Item::Number(number) => match range.accept(name, number) {
                Ok(integer) => return Some(Number::Known(integer)),
                Err(message) => self.error(value, message),
            },
            _ => self.no_number(value, &range.expected(name)),
        }
        None
    }

    /// A value as rows and columns: two integers, or one for a square.
    pub(crate) fn frame(&mut self, name: &str, value: &Value, range: &Integer) -> Option<[u32; 2]> {
        let mut side = |name: &str, value| self.integer(name, value, range).and_then(|side| side.known().copied());
        match &value.item {
            Item::List(items) => {
                if let [rows, columns] = items.as_slice() {
                    let sides = [side(&format!("{name}[0]"), rows), side(&format!("{name}[1]"), columns)];
                    return sides[0].zip(sides[1]).map(<[u32; 2]>::from);
                }
                self.error(value, format!("{name} has {} values; write [rows, columns]", items.len()));
                None
            }
            _ => side(name, value).map(|side| [side; 2]),
        }
    }

    /// A value as a list of rows and columns.
    pub(crate) fn frames(&mut self, name: &str, value: &Value, range: &Integer) -> Option<Vec<[u32; 2]>> {
        let Item::List(items) = &value.item else {
            self.misplaced(value, &format!("{name} must be a list such as [[336, 672], [672, 336]]"), "");
            return None;
        };
        let mut frames = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            if let Some(frame) = self.frame(&format!("{name}[{index}]"), item, range) {
                frames.push(frame);
            }
        }
        (frames.len() == items.len()).then_some(frames)
    }

    /// Reports something that is not there, where it would stand.
    pub(crate) fn missing(&mut self, name: &'static str, message: String) {
        let error = Error::new(ErrorKind::Argument, self.clause.end, message);
        self.findings.errors.push(error.about(Subject::of(self.name, name)));
    }

    /// A value as `true` or `false`.
    pub(crate) fn truth(&mut self, name: &str, value: &Value) -> Option<bool> {
        match &value.item {
            Item::Word(word) if word == "true" => return Some(true),
            Item::Word(word) if word == "false" => return Some(false),
            _ => self.misplaced(value, &format!("{name} must be true or false"), ""),
        }
        None
    }

    /// A value as pixel values: one, or a list.
    pub(crate) fn fill(&mut self, name: &str, value: &Value) -> Option<Fill> {
        let Item::List(items) = &value.item else {
            let value = self.integer(name, value, &Integer::PIXEL)?;
            return value.known().map(|value| Fill(vec![*value as u8]));
        };
        let mut values = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            if let Some(Number::Known(value)) = self.integer(&format!("{name}[{index}]"), item, &Integer::PIXEL) {
                values.push(value as u8);
            }
        }
        (values.len() == items.len()).then_some(Fill(values))
    }

    /// A value as a number.
    pub(crate) fn number(&mut self, name: &str, value: &Value) -> Option<Number<f64>> {
        match value.item {
            Item::Number(number) => return Some(Number::Known(number)),
            Item::Later => return Some(Number::Later),
            _ => self.no_number(value, &format!("{name} must be a number or `_`")),
        }
        None
    }

    /// A value as a number that `_` cannot stand for.
    pub(crate) fn closed(&mut self, name: &str, value: &Value) -> Option<f64> {
        match value.item {
            Item::Number(number) => return Some(number),
            _ => self.no_number(value, &format!("{name} must be a number")),
        }
        None
    }

    /// A value as an integer of either sign.
    pub(crate) fn signed(&mut self, name: &str, value: &Value) -> Option<i32> {
        match value.item {
            Item::Number(found) if found.fract() == 0.0 && found.abs() < 1e9 => return Some(found as i32),
            _ => self.no_number(value, &format!("{name} must be an integer")),
        }
        None
    }

    /// A value as one number or a list of numbers.
    pub(crate) fn numbers(&mut self, name: &str, value: &Value) -> Option<Number<Vec<f64>>> {
        let items = match &value.item {
            Item::Number(number) => return Some(Number::Known(vec![*number])),
            Item::Later => return Some(Number::Later),
            Item::List(items) => items,
            _ => {
                self.no_number(value, &format!("{name} must be a number, a list of numbers or `_`"));
                return None;
            }
        };
        let mut numbers = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match item.item {
                Item::Number(number) => numbers.push(number),
                Item::Later => {
                    self.error(item, format!("{name}: `_` stands for the whole list; write {name} = _"));
                    return None;
                }
                _ => self.no_number(item, &format!("{name}[{index}] must be a number")),
            }
        }
        (numbers.len() == items.len()).then_some(Number::Known(numbers))
    }

    /// A value as one number or a list of numbers, none of them `_`.
    pub(crate) fn closed_numbers(&mut self, name: &str, value: &Value) -> Option<Vec<f64>> {
        match value.item {
            Item::List(_) => self.numbers(name, value)?.known().cloned(),
            _ => self.closed(name, value).map(|number| vec![number]),
        }
    }

    /// Whether anything is written for this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.clause.named(name).is_some()
    }

    /// Reports an argument that does not go with the others, if it is written.
    pub(crate) fn refuse(&mut self, name: &'static str, message: &str) {
        if let Some(value) = self.named(name) {
            self.report(ErrorKind::Rule, value, message);
        }
    }

    /// Reports a value that is no number, and what to do where it is a constant of the program.
    fn no_number(&mut self, value: &Value, expectation: &str) {
        let hint = match &value.item {
            Item::Word(word) if !is_constant(word) => "",
            Item::Word(_) if expectation.ends_with("`_`") => NAMES,
            Item::Word(_) => "; write the number",
            _ => "",
        };
        self.misplaced(value, expectation, hint);
    }

    /// Reports a value of the wrong kind.
    pub(crate) fn misplaced(&mut self, value: &Value, expectation: &str, hint: &str) {
        let found = match &value.item {
            // Reported already, and most likely what belongs there.
            Item::Broken => return,
            Item::Word(word) => format!("`{}`", shortened(word)),
            Item::Number(value) => number(*value),
            Item::Later => "`_`".to_owned(),
            Item::List(_) => "a list".to_owned(),
        };
        self.misplaced = true;
        self.error(value, format!("{expectation}, found {found}{hint}"));
    }

    /// Reports a value, without the clause's name in `message`.
    pub(crate) fn error(&mut self, value: &Value, message: String) {
        self.report(ErrorKind::Value, value, &message);
    }

    fn report(&mut self, kind: ErrorKind, value: &Value, message: &str) {
        let message = format!("{}: {message}", self.clause.name);
        self.findings.errors.push(Error::of_value(kind, value.at, message).about(self.current));
    }
}

fn article(what: &str) -> String {
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {what}")
}
