//! Whether a kernel was compiled twice, by the symbols of what was compiled.
//!
//! Every kernel is one function `gateway` at each level, whose mangled name stands for all its types and for the crate
//! that compiled it. So a kernel is there twice if one library has a name twice (in two of its object files), or if a
//! crate that only uses the core has gateways of its own.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

use crate::tools;

/// The gateways of one library.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Gateways {
    /// How many different ones.
    pub(super) different: usize,
    /// Those that are there more than once.
    pub(super) twice: Vec<String>,
}

/// Reads an rlib, an object or a shared library with `nm`.
pub(super) fn of(library: &Path) -> Result<Gateways> {
    let symbols = tools::output(tools::command("nm").arg("--defined-only").arg(library)).with_context(|| {
        format!("nm {}: it comes with the linker, on Debian and Ubuntu in `binutils`", library.display())
    })?;
    Ok(gateways(&symbols))
}

/// `0000000000000000 t name` a line.
fn gateways(symbols: &str) -> Gateways {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for line in symbols.lines() {
        let mut words = line.split_whitespace();
        let (Some(_), Some("t" | "T"), Some(name)) = (words.next(), words.next(), words.next()) else { continue };
        if name.contains("gateway") {
            *times.entry(name).or_default() += 1;
        }
    }
    let twice = times.iter().filter(|(_, times)| **times > 1).map(|(name, _)| (*name).to_owned()).collect();
    Gateways { different: times.len(), twice }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_two_objects_is_compiled_twice() {
        let symbols = "\
a.o:
0000000000000000 t _ZN7pixfuse4avx27gateway17h01E
0000000000000010 T _ZN7pixfuse6avx5127gateway17h02E
0000000000000020 r _ZN7pixfuse4avx27gateway17h03E
0000000000000030 t _ZN7pixfuse3run17h04E

b.o:
0000000000000000 t _ZN7pixfuse4avx27gateway17h01E
";
        let twice = vec!["_ZN7pixfuse4avx27gateway17h01E".to_owned()];
        assert_eq!(gateways(symbols), Gateways { different: 2, twice });
    }
}
