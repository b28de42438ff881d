//! Whether a kernel was compiled twice, by the symbols of what was compiled.
//!
//! Every kernel is one function `gateway` at each level, whose mangled name stands for all its types and for the crate
//! that compiled it. So a kernel is there twice if one library has a name twice (from two of its object files), or if a
//! linked library has names that are not the core's: then a crate that only uses the core has compiled its kernels again.
//! The fill of margins is no kernel: it is generic over the element, and so compiled where it is used, in half a kilobyte.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::place;

/// Bytes of code between the largest fill of margins, 497, and the smallest kernel, 4502.
const KERNEL: u64 = 2000;

/// The gateways of one library, and how many times each is there.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Gateways(BTreeMap<String, usize>);

/// Reads an rlib or a shared library with `nm`.
pub(super) fn of(library: &Path) -> Result<Gateways> {
    let symbols = place::output(Command::new("nm").args(["--defined-only", "--print-size"]).arg(library))
        .with_context(|| {
            format!("nm {}: it comes with the linker, on Debian and Ubuntu in `binutils`", library.display())
        })?;
    Ok(Gateways::read(&symbols))
}

impl Gateways {
    /// `0000000000000000 00000000000001d3 t name` a line, where the second number is the size.
    fn read(symbols: &str) -> Self {
        let mut times = BTreeMap::new();
        for line in symbols.lines() {
            let mut words = line.split_whitespace();
            let (Some(_), Some(size), Some("t" | "T"), Some(name)) =
                (words.next(), words.next(), words.next(), words.next())
            else {
                continue;
            };
            if name.contains("gateway") && u64::from_str_radix(size, 16).is_ok_and(|size| size >= KERNEL) {
                *times.entry(name.to_owned()).or_default() += 1;
            }
        }
        Self(times)
    }

    /// How many different ones.
    pub(super) fn different(&self) -> usize {
        self.0.len()
    }

    /// Those that are there more than once.
    pub(super) fn twice(&self) -> Vec<&str> {
        self.0.iter().filter(|(_, times)| **times > 1).map(|(name, _)| name.as_str()).collect()
    }

    /// Those that another library has not.
    pub(super) fn beyond(&self, other: &Self) -> Vec<&str> {
        self.0.keys().filter(|name| !other.0.contains_key(*name)).map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_two_objects_is_compiled_twice() {
        let symbols = "\
a.o:
0000000000000000 0000000000001000 t _ZN7pixfuse4avx27gateway17h01E
0000000000000010 0000000000001000 T _ZN7pixfuse6avx5127gateway17h02E
0000000000000020 0000000000001000 r _ZN7pixfuse4avx27gateway17h03E
0000000000000030 0000000000001000 t _ZN7pixfuse3run17h04E
0000000000000040 00000000000001d3 t _ZN7pixfuse4avx27gateway17h05E

b.o:
0000000000000000 0000000000001000 t _ZN7pixfuse4avx27gateway17h01E
";
        let gateways = Gateways::read(symbols);
        assert_eq!(gateways.different(), 2);
        assert_eq!(gateways.twice(), ["_ZN7pixfuse4avx27gateway17h01E"]);
    }

    #[test]
    fn a_name_that_the_core_has_not_is_another_crates() {
        let read = |names: [&str; 2]| {
            Gateways::read(&names.map(|name| format!("0000000000000000 0000000000001000 t {name}\n")).concat())
        };
        let core = read(["gateway17h01E", "gateway17h02E"]);
        let linked = read(["gateway17h01E", "gateway17h03E"]);
        assert_eq!(linked.beyond(&core), ["gateway17h03E"]);
        assert!(core.beyond(&core).is_empty());
    }
}
