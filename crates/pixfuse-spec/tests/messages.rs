//! The wording of every error: a declaration, and the messages it gets, one a line.

use pixfuse_spec::Spec;

#[test]
fn dump() {
    let mut n = 0;
    for line in include_str!("/tmp/cases.txt").lines() {
        if line.is_empty() {
            println!();
            continue;
        }
        n += 1;
        match line.parse::<Spec>() {
            Ok(spec) => println!("{n}: OK {line}\n      {spec}"),
            Err(error) => println!("{error}"),
        }
    }
}
