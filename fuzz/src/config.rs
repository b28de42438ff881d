//! Configs of models: any text is a declaration that reads back, or an error that says what is wrong.

use pixfuse::Spec;
use pixfuse_config::{Backend, Overrides, Source, read};

use crate::Outcome;

pub(crate) fn any_config(bytes: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(bytes);
    let source = match Source::text(&text) {
        Ok(source) => source,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return Outcome::Tested;
        }
    };
    for backend in [Backend::Torch, Backend::Pil] {
        match read(&source, backend, &Overrides::new()) {
            Ok(imported) => {
                let canonical = imported.spec.to_string();
                let again: Spec = canonical.parse().unwrap_or_else(|error| panic!("{canonical}: {error}"));
                assert_eq!(again, imported.spec, "{canonical} reads back as another declaration");
                for source in [[480, 640], [1, 60_000], [usize::MAX; 2]] {
                    if let Err(error) = imported.tokens(source, [3, usize::MAX], 13) {
                        assert!(!error.to_string().is_empty());
                    }
                }
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    Outcome::Tested
}
