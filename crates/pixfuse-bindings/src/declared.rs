//! The declarations that a library exports, and the kernel that a text runs on: that of the declaration which says the same,
//! in every language.

use std::sync::{OnceLock, PoisonError, RwLock};

use pixfuse::{Entry, Error, Pipeline, Spec, Values};

/// A list of declarations.
struct Declared {
    entries: &'static [Entry],
    /// Parsed when the first pipeline is made: an import costs nothing.
    specs: OnceLock<Vec<Spec>>,
}

/// Those of this library: a module for Python, an addon or a module of WebAssembly each have their own.
static DECLARED: RwLock<Vec<Declared>> = RwLock::new(Vec::new());

/// Lets declarations be found by what they say. Once more is nothing: each worker of Node.js loads its addon again.
pub fn declare(entries: &'static [Entry]) {
    let is_known = |declared: &[Declared]| declared.iter().any(|known| std::ptr::eq(known.entries, entries));
    if entries.is_empty() || is_known(&DECLARED.read().unwrap_or_else(PoisonError::into_inner)) {
        return;
    }
    let mut declared = DECLARED.write().unwrap_or_else(PoisonError::into_inner);
    // Another thread may have come between the two.
    if !is_known(&declared) {
        declared.push(Declared { entries, specs: OnceLock::new() });
    }
}

/// The declaration that says the same, and its numbers.
fn find(spec: &Spec) -> Option<(&'static Entry, Values)> {
    let declared = DECLARED.read().unwrap_or_else(PoisonError::into_inner);
    declared.iter().find_map(|Declared { entries, specs }| {
        let specs = specs.get_or_init(|| entries.iter().map(Entry::spec).collect());
        entries.iter().zip(specs).find_map(|(entry, declaration)| Some((entry, declaration.values_of(spec)?)))
    })
}

/// The pipeline of a declaration and its open numbers: on the kernel of the declaration that says the same, else on the grid's.
///
/// # Errors
/// As [`Pipeline::bind`].
pub fn pipeline(spec: &Spec, values: &Values) -> Result<Pipeline, Error> {
    let spec = spec.bind(values)?;
    match find(&spec) {
        Some((entry, values)) => Pipeline::bind(entry, &values),
        None => Pipeline::new(spec),
    }
}

/// As [`Pipeline::with_spec`], on the kernel of the declaration that says the same.
///
/// # Errors
/// As there.
pub fn with_spec(pipe: &Pipeline, spec: Spec) -> Result<Pipeline, Error> {
    match find(&spec) {
        Some((entry, values)) => Pipeline::bind(entry, &values)?.with_level(pipe.level())?.with_threads(pipe.threads()),
        None => pipe.with_spec(spec),
    }
}

#[cfg(test)]
mod tests {
    use pixfuse::presets::PRESETS;

    use super::*;

    fn kernel(pipe: &Pipeline) -> String {
        let explained = pipe.explain();
        explained.lines().find_map(|line| line.strip_prefix("kernel")).unwrap().trim().to_owned()
    }

    #[test]
    fn a_text_runs_on_the_kernel_that_is_declared() {
        declare(PRESETS);
        declare(PRESETS);
        declare(&[]);
        assert_eq!(DECLARED.read().unwrap().len(), 1);
        let none = Values::default();
        let yolo = pipeline(&PRESETS.iter().find(|entry| entry.name == "Yolo").unwrap().spec(), &none).unwrap();
        assert_eq!(kernel(&yolo), "Yolo");
        let other = with_spec(&yolo, yolo.spec().replace_text("size(320)").unwrap()).unwrap();
        assert_eq!(kernel(&other), "grid");
        let threaded = other.with_threads(3).unwrap();
        let again = with_spec(&threaded, yolo.spec().clone()).unwrap();
        assert_eq!((kernel(&again), again.threads(), &again), ("Yolo".to_owned(), 3, &yolo.with_threads(3).unwrap()));
        let unbound = "input(rgb8), resize(_, 4, bilinear), output(rgb, u8)".parse().unwrap();
        assert_eq!(pipeline(&unbound, &none).unwrap_err(), unbound.bind(&none).unwrap_err().into());
    }
}
