//! Files of kinds that are seldom, and that decoders read in different ways: the pixels of Pillow.
//!
//! `unusual/pillow.txt` has a line for each file: its name, rows, columns, the SHA-256 of
//! `ImageOps.exif_transpose(Image.open(file)).convert("RGB").tobytes()`, and which decoder gives that: `any`, or
//! `libjpeg-turbo` where the decoder in Rust does not (`pending` where none does yet). The tests of Python and Node.js read
//! the same list.

use std::path::Path;

use pixfuse::Pipeline;
use pixfuse_decode::{Options, decode, decoders};
use sha2::{Digest, Sha256};

#[test]
fn unusual_files_have_the_pixels_of_pillow() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/unusual");
    let pipe = Pipeline::parse("input(rgba8, alpha = drop), output(rgb, u8, hwc)").unwrap();
    let in_rust = decoders().contains("libjpeg-turbo-rs");
    let (mut equal, mut wrong) = (0, Vec::new());
    for line in std::fs::read_to_string(directory.join("pillow.txt")).unwrap().lines() {
        let [name, rows, columns, digest, decoder] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        if decoder == "pending" || (decoder == "libjpeg-turbo" && in_rust) {
            continue;
        }
        assert!(matches!(decoder, "any" | "libjpeg-turbo"), "{line}");
        let file = std::fs::read(directory.join(name)).unwrap();
        match decode::<u8>(&pipe, &file, &Options::default()) {
            Ok(tensor) => {
                let dims = [rows.parse().unwrap(), columns.parse().unwrap(), 3];
                let found: String = Sha256::digest(&tensor.data).iter().map(|byte| format!("{byte:02x}")).collect();
                if tensor.dims == dims && found == digest {
                    equal += 1;
                } else {
                    wrong.push(format!("{name}: {:?}, {found}", tensor.dims));
                }
            }
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "other pixels than Pillow's:\n{}", wrong.join("\n"));
    assert!(equal >= 12, "{equal} files: the list is broken");
}
