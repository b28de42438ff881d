//! `cargo xtask expand`: what the compiler makes of a declaration.

use std::io::{ErrorKind, Write};

use anyhow::Result;

use crate::flags::Expand;

/// Prints the plan as comments above the code, so that the whole output is one Rust file.
pub(crate) fn run(flags: &Expand) -> Result<()> {
    let expansion = pixfuse_codegen::expand_text(&flags.text, flags.name.as_deref().unwrap_or("Pipeline"))?;
    let plan = expansion.plan.to_string();
    let head: String = [format!("{}\n", expansion.spec), plan].iter().flat_map(|text| comment(text)).collect();

    match write!(std::io::stdout().lock(), "{head}\n{}", expansion.code) {
        // `| head` closes the pipe early; that is no failure.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

fn comment(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(|line| format!("{}\n", format!("// {line}").trim_end()))
}
