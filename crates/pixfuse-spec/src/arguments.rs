//! The arguments of one clause, read one after another: words of a vocabulary and numbers.

use crate::grammar::{Clause, Item, Value};
use crate::spelling::{hint, shortened, unknown};
use crate::text::number;
use crate::{Alpha, ChannelOrder, Element, Error, Filter, Layout, Number, PixelFormat};

/// A vocabulary: the names that may stand in one place.
pub(crate) trait Word: Copy + 'static {
    const ALL: &'static [Self];
    const WHAT: &'static str;
    fn name(self) -> &'static str;

    fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|value| value.name()).collect()
    }
}

macro_rules! vocabularies {
    ($($name:ident),+) => {
        $(impl Word for $name {
            const ALL: &'static [Self] = $name::ALL;
            const WHAT: &'static str = $name::WHAT;
            fn name(self) -> &'static str {
                $name::name(self)
            }
        })+

        /// Whether a word is a name somewhere in the language: then it stands in the wrong place.
        fn is_known(word: &str) -> bool {
            $($name::from_name(word).is_some())||+
        }
    };
}

vocabularies!(PixelFormat, Layout, Alpha, Filter, ChannelOrder, Element);

/// What may stand in a clause.
pub(crate) struct Signature {
    /// The clause as it is written, for messages.
    pub(crate) usage: &'static str,
    pub(crate) positions: usize,
    pub(crate) names: &'static [&'static str],
}

/// The arguments of one clause. What a method cannot read it reports and returns as `None`.
pub(crate) struct Arguments<'a, P> {
    clause: &'a Clause<P>,
    usage: &'static str,
    positional: std::vec::IntoIter<&'a Value<P>>,
    /// A value stood where another kind belongs: what follows is out of place too, and one message is enough.
    misplaced: bool,
    /// Errors of other clauses.
    before: usize,
    errors: &'a mut Vec<Error<P>>,
}

impl<'a, P: Clone> Arguments<'a, P> {
    /// Reports names and numbers of arguments that the clause does not have.
    pub(crate) fn new(clause: &'a Clause<P>, signature: &Signature, errors: &'a mut Vec<Error<P>>) -> Self {
        let Signature { usage, positions, names } = *signature;
        let before = errors.len();
        let mut positional = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        let mut misplaced = false;
        for argument in &clause.arguments {
            let problem = match argument.name.as_deref() {
                None => {
                    positional.push(&argument.value);
                    match positions {
                        _ if positional.len() != positions + 1 || matches!(argument.value.item, Item::Broken) => {
                            continue;
                        }
                        0 => format!("every argument has a name; write {usage}"),
                        most => format!("at most {most} values are expected; write {usage}"),
                    }
                }
                Some(name) if seen.contains(&name) => format!("`{name}` is given twice; keep one"),
                Some(name) if names.contains(&name) => {
                    seen.push(name);
                    continue;
                }
                Some(name) if names.is_empty() => {
                    misplaced = true;
                    format!("no argument has a name, found `{name}`; write {usage}")
                }
                Some(name) => unknown("argument", name, names),
            };
            errors.push(Error { at: argument.at.clone(), message: format!("{}: {problem}", clause.name) });
        }
        Self { clause, usage, positional: positional.into_iter(), misplaced, before, errors }
    }

    /// Whether anything in the clause was wrong so far.
    pub(crate) fn reported(&self) -> bool {
        self.clause.broken || self.errors.len() > self.before
    }

    /// The next value, which must be a name of the vocabulary.
    pub(crate) fn word<T: Word>(&mut self) -> Option<T> {
        let value = self.required(T::WHAT)?;
        self.name(value)
    }

    /// The next value, if there is one.
    pub(crate) fn word_or<T: Word>(&mut self, default: T) -> Option<T> {
        match self.positional.next() {
            Some(value) if !self.misplaced => self.name(value),
            Some(_) => None,
            None => Some(default),
        }
    }

    /// The next value.
    pub(crate) fn required(&mut self, what: &str) -> Option<&'a Value<P>> {
        if self.misplaced {
            return None;
        }
        let value = self.positional.next();
        if value.is_none() {
            self.misplaced = true;
            // A clause that broke was reported where it broke.
            if !self.clause.broken {
                let message = format!("{}: the {what} is missing; write {}", self.clause.name, self.usage);
                self.errors.push(Error { at: self.clause.end.clone(), message });
            }
        }
        value
    }

    /// The value of `name = value`.
    pub(crate) fn named(&self, name: &str) -> Option<&'a Value<P>> {
        let found = self.clause.arguments.iter().find(|argument| argument.name.as_deref() == Some(name));
        found.map(|argument| &argument.value)
    }

    /// A value as a name of the vocabulary.
    pub(crate) fn name<T: Word>(&mut self, value: &Value<P>) -> Option<T> {
        let names = T::names();
        match &value.item {
            Item::Word(word) => {
                if let Some(found) = T::ALL.iter().find(|known| known.name() == word) {
                    return Some(*found);
                }
                if is_known(word) {
                    self.misplaced(
                        value,
                        &format!("expected {} ({})", article(T::WHAT), names.join(", ")),
                        &hint(word, &names),
                    );
                } else {
                    self.error(value, unknown(T::WHAT, word, &names));
                }
            }
            _ => self.misplaced(value, &format!("expected {} ({})", article(T::WHAT), names.join(", ")), ""),
        }
        None
    }

    /// A value as a number.
    pub(crate) fn number(&mut self, name: &str, value: &Value<P>) -> Option<Number<f64>> {
        match value.item {
            Item::Number(number) => return Some(Number::Known(number)),
            Item::Later => return Some(Number::Later),
            _ => self.misplaced(value, &format!("{name} must be a number or `_`"), ""),
        }
        None
    }

    /// A value as one number or a list of numbers.
    pub(crate) fn numbers(&mut self, name: &str, value: &Value<P>) -> Option<Number<Vec<f64>>> {
        let items = match &value.item {
            Item::Number(number) => return Some(Number::Known(vec![*number])),
            Item::Later => return Some(Number::Later),
            Item::List(items) => items,
            _ => {
                self.misplaced(value, &format!("{name} must be a number, a list of numbers or `_`"), "");
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
                _ => self.misplaced(item, &format!("{name}[{index}] must be a number"), ""),
            }
        }
        (numbers.len() == items.len()).then_some(Number::Known(numbers))
    }

    /// Reports a value of the wrong kind.
    pub(crate) fn misplaced(&mut self, value: &Value<P>, expectation: &str, hint: &str) {
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
    pub(crate) fn error(&mut self, value: &Value<P>, message: String) {
        self.errors.push(Error { at: value.at.clone(), message: format!("{}: {message}", self.clause.name) });
    }
}

fn article(what: &str) -> String {
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {what}")
}
