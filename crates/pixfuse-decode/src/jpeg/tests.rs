//! Both decoders, where both are here, against what Pillow reads.

#[cfg(feature = "libjpeg-turbo")]
use std::collections::BTreeMap;
use std::path::Path;

use libjpeg_turbo_rs::{PixelFormat as Encoded, Subsampling, compress};
use pixfuse::PixelFormat;
use sha2::{Digest, Sha256};

use super::*;

type Decode = fn(&[u8], &Frame<'_>, &Asked, &mut [u8]) -> Result<(Option<Colours>, Range<usize>), Broken>;

/// The decoders by name, the one that serves first.
fn decoders() -> Vec<(&'static str, Decode)> {
    vec![
        #[cfg(feature = "libjpeg-turbo")]
        ("libjpeg-turbo", turbo::pixels),
        ("libjpeg-turbo-rs", port::pixels),
    ]
}

struct Read {
    sides: [usize; 2],
    rgb: Vec<u8>,
}

/// What a decoder makes of a file, as `EncodedImage` calls it.
fn read(decoder: (&str, Decode), bytes: &[u8], draft: Option<[usize; 2]>, fill: bool) -> Result<Read, Broken> {
    let (header, file) = File::open(bytes)?;
    let scans = file.frame.scans(bytes)?;
    file.frame.check_work(&scans)?;
    if decoder.0 == "libjpeg-turbo-rs" {
        port::check(&file.frame, &scans)?;
    }
    let reduced_by = file.reduced_by(draft);
    let sides = [header.rows, header.columns].map(|side| side.div_ceil(reduced_by));
    let asked = Asked { format: PixelFormat::Rgb8, sides, columns: 0..sides[1], reduced_by, fill };
    let mut rgb = vec![77; sides[0] * sides[1] * 4];
    let (given, _) = crate::guard::guarded(|| decoder.1(bytes, &file.frame, &asked, &mut rgb))?;
    if let Some(given) = given {
        given.arrange(&mut rgb, sides[0] * sides[1], PixelFormat::Rgb8);
    }
    rgb.truncate(sides[0] * sides[1] * 3);
    Ok(Read { sides, rgb })
}

fn digest(rgb: &[u8]) -> String {
    Sha256::digest(rgb).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// The files of `make_jpegs.py`, with the rows, columns and digest of what Pillow reads.
fn files() -> Vec<(String, Vec<u8>, [usize; 2], String)> {
    let all = std::fs::read(path("jpegs.bin")).unwrap();
    let mut rest = all.as_slice();
    let list = std::fs::read_to_string(path("jpegs.txt")).unwrap();
    let files = list.lines().map(|line| {
        let [name, length, rows, columns, digest] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let (file, behind) = rest.split_at(length.parse().unwrap());
        rest = behind;
        (name.to_owned(), file.to_vec(), [rows.parse().unwrap(), columns.parse().unwrap()], digest.to_owned())
    });
    files.collect()
}

fn said(broken: &Broken) -> String {
    match broken {
        Broken::Ended => "ended".into(),
        Broken::Damaged(message) | Broken::Unsupported(message) => message.clone(),
        Broken::Memory(bytes) => format!("no memory for {bytes}"),
    }
}

#[test]
fn every_kind_is_what_pillow_reads() {
    for decoder in decoders() {
        let (mut equal, mut unsupported, mut wrong) = (0, 0, Vec::new());
        for (name, file, sides, expected) in &files() {
            match (read(decoder, file, None, false), expected.as_str()) {
                (Ok(found), _) if found.sides == *sides && digest(&found.rgb) == *expected => equal += 1,
                (Err(_), "refused") => {}
                (Err(Broken::Unsupported(message)), _) if decoder.0 == "libjpeg-turbo-rs" => {
                    assert!(message.ends_with(port::INSTEAD), "{name}: {message}");
                    unsupported += 1;
                }
                (Ok(found), _) => wrong.push(format!("{name}: other pixels ({:?})", found.sides)),
                (Err(broken), _) => wrong.push(format!("{name}: {}", said(&broken))),
            }
        }
        assert!(wrong.is_empty(), "{}: {equal} equal, {}\n{}", decoder.0, wrong.len(), wrong.join("\n"));
        let least = if decoder.0 == "libjpeg-turbo" { 570 } else { 180 };
        assert!(equal > least, "{}: {equal} are equal, {unsupported} are not read", decoder.0);
    }
}

#[test]
#[cfg(feature = "libjpeg-turbo")]
fn drafts_and_cut_files_are_what_pillow_reads() {
    let files: BTreeMap<_, _> = files().into_iter().map(|(name, file, ..)| (name, file)).collect();
    let list = std::fs::read_to_string(path("jpegs-asked.txt")).unwrap();
    let mut counts = [0, 0];
    for line in list.lines() {
        let [name, kind, a, b, rows, columns, expected] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let [a, b, rows, columns]: [usize; 4] = [a, b, rows, columns].map(|number| number.parse().unwrap());
        let file = &files[name];
        let found = match kind {
            "draft" => read(decoders()[0], file, Some([a, b]), false),
            _ => {
                assert!(read(decoders()[0], &file[..a], None, false).is_err(), "{line}: the end is not found");
                read(decoders()[0], &file[..a], None, true)
            }
        };
        if expected == "refused" {
            assert!(found.is_err(), "{line}");
            continue;
        }
        let found = found.unwrap_or_else(|broken| panic!("{line}: {}", said(&broken)));
        assert_eq!((found.sides, digest(&found.rgb).as_str()), ([rows, columns], expected), "{line}");
        counts[usize::from(kind == "cut")] += 1;
    }
    assert!(counts.iter().all(|&count| count > 200), "{counts:?}");
}

/// A file of which both read the whole gives the same pixels, whatever its damage is.
#[test]
#[cfg(feature = "libjpeg-turbo")]
fn damaged_files_that_both_read_are_equal() {
    let rounds = std::env::var("PIXFUSE_DAMAGED_FILES").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(3_000);
    let files: Vec<_> = files().into_iter().filter(|(.., expected)| expected != "refused").collect();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut below = move |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % limit as u64) as usize
    };
    let (mut equal, mut differing) = (0, Vec::new());
    for round in 0..rounds {
        let (name, file, ..) = &files[below(files.len())];
        let mut file = file.clone();
        for _ in 0..=below(3) {
            let at = below(file.len());
            match below(4) {
                0 => file[at] ^= 1 << below(8),
                1 => file[at] = below(256) as u8,
                2 => drop(file.splice(at..at, [[0xff, 0xd9, 0, 1][below(4)]])),
                _ => drop(file.remove(at)),
            }
        }
        let large = |bytes| File::open(bytes).is_ok_and(|(header, _)| header.rows * header.columns > 1 << 16);
        if large(&file) {
            continue;
        }
        let [turbo, port] = [0, 1].map(|index| read(decoders()[index], &file, None, false));
        if let (Ok(turbo), Ok(port)) = (turbo, port) {
            if turbo.rgb == port.rgb { equal += 1 } else { differing.push(format!("{round}: {name}")) }
        }
    }
    assert!(equal > rounds / 50, "{equal} of {rounds} are read by both");
    assert!(differing.is_empty(), "{equal} equal, {} not:\n{}", differing.len(), differing.join("\n"));
}

/// The outermost columns that are asked for are right too, though a decoder upsamples to an edge there.
#[test]
fn columns_are_those_of_the_whole_image() {
    let (rows, whole) = (19, 150);
    let pixels: Vec<u8> =
        (0..rows * whole * 3).map(|index: usize| (index.wrapping_mul(0x9E37_79B9) >> 11) as u8).collect();
    let samplings = [Subsampling::S444, Subsampling::S422, Subsampling::S420, Subsampling::S411, Subsampling::S24];
    for (decoder, sampling) in decoders().into_iter().flat_map(|decoder| samplings.map(|sampling| (decoder, sampling)))
    {
        let file = compress(&pixels, whole, rows, Encoded::Rgb, 90, sampling).unwrap();
        let decoded = |columns: Range<usize>| {
            let mut bytes = vec![0; rows * whole * 3];
            let (_, read) = File::open(&file).ok().unwrap();
            let asked = Asked { format: PixelFormat::Rgb8, sides: [rows, whole], columns, reduced_by: 1, fill: false };
            let (_, columns) = decoder.1(&file, &read.frame, &asked, &mut bytes).ok().unwrap();
            (bytes, columns)
        };
        let (expected, _) = decoded(0..whole);
        for (start, end) in
            (0..whole).flat_map(|start| [start + 1, start + 40, whole].map(|end| (start, end.min(whole))))
        {
            let (found, columns) = decoded(start..end);
            for (row, column) in (0..rows).flat_map(|row| (start..end).map(move |column| (row, column))) {
                let [here, there] = [row * columns.len() + column, row * whole + column].map(|pixel| pixel * 3);
                let (found, expected) = (&found[here..][..3], &expected[there..][..3]);
                assert_eq!(found, expected, "{}, {sampling:?}, {start}..{end}: {row}, {column}", decoder.0);
            }
        }
    }
}
