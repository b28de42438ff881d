//! Thousands of damaged files: each gives a tensor of the size that its header says or an error, and none takes long.
//!
//! `PIXFUSE_DAMAGED_FILES=50000 cargo test -p pixfuse-decode --test damaged -- --nocapture` makes so many of them, and says
//! what became of them.

use std::path::Path;
use std::time::{Duration, Instant};

use pixfuse::Pipeline;
use pixfuse_decode::{EncodedImage, Options, decode, decode_into};

/// Small numbers that look random, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// One to a few damages of the kinds that disks, networks and attackers make.
fn damage(file: &mut Vec<u8>, numbers: &mut Numbers) {
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(file.len());
        match numbers.below(8) {
            0 => file.truncate(at.max(16)),
            1 => file[at] ^= 1 << numbers.below(8),
            2 => file[at] = [0, 1, 0x7f, 0x80, 0xff][numbers.below(5)],
            3 => file[at] = numbers.below(256) as u8,
            4 => {
                let end = (at + 1 + numbers.below(8)).min(file.len());
                file[at..end].fill(numbers.below(256) as u8);
            }
            5 => {
                let length = (1 + numbers.below(64)).min(file.len() - at);
                let piece = file[at..at + length].to_vec();
                let to = numbers.below(file.len());
                file.splice(to..to, piece);
            }
            6 => {
                let length = (1 + numbers.below(32)).min(file.len() - at);
                file.drain(at..at + length);
                file.resize(file.len().max(16), 0);
            }
            // A damaged header is found early; its sizes and tables are worth more attempts than their share of bytes.
            _ => {
                let at = numbers.below(file.len().min(400));
                file[at] = numbers.below(256) as u8;
            }
        }
    }
}

#[test]
fn every_damaged_file_is_a_tensor_or_an_error() {
    let directories =
        ["files", "kinds", "unusual"].map(|name| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name));
    let entries = directories.iter().flat_map(|directory| std::fs::read_dir(directory).unwrap());
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension != "txt"));
    files.sort();
    // As many of each format, though there are more kinds of JPEG.
    let of = |extension: &str| -> Vec<Vec<u8>> {
        let named = files.iter().filter(|path| path.extension().is_some_and(|found| found == extension));
        named.map(|path| std::fs::read(path).unwrap()).collect()
    };
    let formats = ["jpg", "png", "webp", "gif", "bmp", "tif"].map(of);
    let text = "input(rgba8, alpha = drop), resize(7, 9, bilinear), output(rgb, f32, chw)";
    let pipe = Pipeline::parse(text).unwrap();
    // Small images, so that a size which damage made large is refused and not decoded.
    let options = Options { max_pixels: 1 << 18, ..Options::default() };
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let mut out = vec![0.0f32; 3 * 7 * 9];
    let (mut tensors, mut errors, mut panics, mut slowest) = (0, 0, 0, Duration::ZERO);
    let whole = Pipeline::parse("input(rgba8, alpha = drop), output(rgb, u8, hwc)").unwrap();
    let rounds = std::env::var("PIXFUSE_DAMAGED_FILES").map_or(12_000, |rounds| rounds.parse().unwrap());
    // A file that a decoder panics on is an error like another; the test's output should not look like a failure.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    for round in 0..rounds {
        let kinds = &formats[round % formats.len()];
        let mut file = kinds[numbers.below(kinds.len())].clone();
        damage(&mut file, &mut numbers);
        let start = Instant::now();
        let decoded = decode_into(&pipe, &file, &options, &mut out);
        slowest = slowest.max(start.elapsed());
        match decoded {
            Ok(()) => {
                tensors += 1;
                let header = EncodedImage::open(&file).unwrap();
                let [rows, columns] = header.shown_size();
                assert_eq!(decode::<u8>(&whole, &file, &options).unwrap().dims, [rows, columns, 3]);
            }
            Err(error) => {
                assert!(error.is_of_file(), "{error}");
                let said = error.to_string();
                assert!(said.starts_with("file: "), "{said}");
                panics += usize::from(said.contains("the decoder met a case that it does not know"));
                assert!(decode::<u8>(&whole, &file, &options).is_err(), "{said}");
                errors += 1;
            }
        }
    }
    std::panic::set_hook(hook);
    println!("{tensors} tensors, {errors} errors, of which {panics} are caught panics; the slowest took {slowest:?}");
    assert!(tensors > 500 && errors > 5_000, "{tensors} tensors, {errors} errors: the damage is not what it was");
    assert!(slowest < Duration::from_secs(10), "a file of less than 10 KB took {slowest:?}");
}
