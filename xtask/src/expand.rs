//! `cargo xtask expand`: what the compiler makes of a declaration.

use std::io::{ErrorKind, Write};

use anyhow::{Result, ensure};

use crate::flags::Expand;

/// Prints the plan as comments above the code, so that the whole output is one Rust file.
pub(crate) fn run(flags: &Expand) -> Result<()> {
    let name = flags.name.as_deref().unwrap_or("Pipeline");
    ensure!(is_struct_name(name), "--name: `{name}` is not the name of a struct, expected one like ImageNet");
    let expansion = pixfuse_codegen::expand_text(&flags.text, name)?;
    let head: String = format!("{}\n{}", expansion.spec, expansion.plan)
        .lines()
        .map(|line| format!("// {line}").trim_end().to_owned() + "\n")
        .collect();

    match write!(std::io::stdout().lock(), "{head}\n{}", expansion.code) {
        // `| head` closes the pipe early; that is no failure.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

/// In CamelCase, which also keeps out every keyword but one.
fn is_struct_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name != "Self"
}
