//! Batches that go on where a file fails: what is in the block, what is not, and why.

use pixfuse::{Pipeline, f16};
use pixfuse_decode::{Batch, EncodedBatch, Error, OnError, Options, decode, decode_batch, decode_batch_with, read};
#[cfg(not(feature = "libjpeg-turbo"))]
use pixfuse_decode::{EncodedImage, Truncated};

const TEXT: &str = "input(rgb8), resize(8, 9, bilinear), output(rgb, u8, hwc)";
const TENSOR: usize = 8 * 9 * 3;

fn path(name: &str) -> String {
    format!("{}/tests/files/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn file(name: &str) -> Vec<u8> {
    read(path(name)).unwrap()
}

fn pipe(text: &str) -> Pipeline {
    Pipeline::parse(text).unwrap()
}

/// Whole files, and between them one of each kind of failure, which only some of the headers tell.
fn mixed() -> Vec<Result<Vec<u8>, Error>> {
    let whole = file("odd-420.jpg");
    vec![
        Err(Error::Missing),
        Ok(whole.clone()),
        Ok(whole[..900].to_vec()),
        Ok(file("rgb.png")),
        Ok(b"<html>".to_vec()),
        read(path("is not there.jpg")),
        Ok(file("rgba.png")),
        Ok(file("lossy.webp")),
        Ok(file("rgb.png")[..90].to_vec()),
    ]
}

const FAILED: [(usize, &str); 6] =
    [(0, "missing"), (2, "truncated"), (4, "unknown_format"), (5, "unreadable"), (6, "colours"), (8, "truncated")];

fn decoded(files: &[Result<Vec<u8>, Error>], on_error: OnError, threads: usize) -> Result<Batch<u8>, Error> {
    let files = files.iter().map(|file| file.as_deref().map_err(Clone::clone)).collect();
    let pipe = pipe(TEXT).with_threads(threads).unwrap();
    decode_batch_with::<u8>(&pipe, files, &Options::default(), on_error)
}

#[test]
fn files_that_fail_are_filled_or_skipped_and_said() {
    let files = mixed();
    let fails = |index: usize| FAILED.iter().any(|&(failed, _)| failed == index);
    let tensor =
        |index: usize| decode::<u8>(&pipe(TEXT), files[index].as_ref().unwrap(), &Options::default()).unwrap().data;
    for threads in [1, 2, 5] {
        let filled = decoded(&files, OnError::Fill(114.0), threads).unwrap();
        assert_eq!(filled.tensor.dims, [9, 8, 9, 3]);
        for (index, row) in filled.tensor.data.chunks_exact(TENSOR).enumerate() {
            let expected = if fails(index) { vec![114; TENSOR] } else { tensor(index) };
            assert_eq!(row, expected, "file {index}");
        }
        let skipped = decoded(&files, OnError::Skip, threads).unwrap();
        assert_eq!(skipped.tensor.dims, [3, 8, 9, 3]);
        let kept: Vec<u8> = (0..9).filter(|&index| !fails(index)).flat_map(tensor).collect();
        assert_eq!(skipped.tensor.data, kept);
        for batch in [&filled, &skipped] {
            let said: Vec<_> = batch.failures.iter().map(|failure| (failure.index, failure.error.code())).collect();
            assert_eq!(said, FAILED);
            assert!(batch.failures.iter().all(|failure| failure.error.is_of_file()));
        }
        assert_eq!(filled.failures, skipped.failures);
        let error = decoded(&files, OnError::Raise, threads).unwrap_err();
        assert_eq!(error.to_string(), "number 0: file: there is none, the list has a null here");
        assert_eq!((error.code(), error.is_of_file()), ("missing", true));
    }
    let unreadable = &decoded(&files, OnError::Skip, 1).unwrap().failures[3].error;
    let said = unreadable.to_string();
    assert!(said.starts_with("file: \"") && said.contains("is not there.jpg\" cannot be read: "), "{said}");
}

#[test]
fn a_batch_without_failures_is_the_same() {
    let names = ["odd-420.jpg", "rgb.png", "lossy.webp"].map(file);
    let bytes: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
    let expected = decode_batch::<u8>(&pipe(TEXT), &bytes, &Options::default()).unwrap();
    for on_error in [OnError::Raise, OnError::Fill(0.0), OnError::Skip] {
        let batch = decoded(&names.clone().map(Ok), on_error, 2).unwrap();
        assert_eq!(batch, Batch { tensor: expected.clone(), failures: vec![] });
    }
}

#[test]
fn nothing_is_left_of_files_that_all_fail() {
    let files = [Ok(vec![]), Err(Error::Missing)];
    let filled = decoded(&files, OnError::Fill(255.0), 2).unwrap();
    assert_eq!((filled.tensor.dims, filled.tensor.data), (vec![2, 8, 9, 3], vec![255; 2 * TENSOR]));
    let skipped = decoded(&files, OnError::Skip, 2).unwrap();
    assert_eq!((skipped.tensor.dims, skipped.tensor.data), (vec![0, 8, 9, 3], vec![]));
    assert_eq!(decoded(&[], OnError::Skip, 1).unwrap().tensor.dims, [0, 8, 9, 3]);

    let open = pipe("input(rgb8), output(rgb, u8, hwc)");
    let of = |files: Vec<Result<&'static [u8], Error>>| {
        EncodedBatch::open(&open, files, &Options::default(), OnError::Skip).err().unwrap()
    };
    let error = of(vec![Ok(b"text"), Err(Error::Missing)]);
    assert!(error.to_string().starts_with("files: none of 2 gives a tensor, so there is no shape; "), "{error}");
    assert_eq!((error.code(), error.is_of_file()), ("shapes", false));
    assert_eq!((of(vec![]).code(), of(vec![]).is_of_file()), ("shapes", false));
}

#[test]
fn what_is_no_files_fault_ends_a_batch() {
    let files = [Ok(vec![]), Ok(file("odd-420.jpg")), Ok(file("rgb.png"))];
    let of = |text: &str| {
        let files = files.iter().map(|file| file.as_deref().map_err(Clone::clone)).collect();
        decode_batch_with::<u8>(&pipe(text), files, &Options::default(), OnError::Skip).unwrap_err()
    };
    let error = of("input(rgb8), output(rgb, u8, hwc)");
    assert_eq!(
        error.to_string(),
        "image: number 2: gives a tensor [11, 23, 3], number 1 gives [37, 53, 3]; \
         a batch needs one shape, which resize(...) makes"
    );
    assert_eq!((error.code(), error.is_of_file()), ("shapes", false));
    let error = of("input(rgb8), resize(4, 4, bilinear), output(rgb, f32, hwc)");
    assert_eq!(error.to_string(), "out: elements are u8, output(...) says f32");
    assert_eq!((error.code(), error.is_of_file()), ("pipeline", false));
    // A window that one image does not have is that image's.
    let crop = "input(rgb8), crop(0, 0, 20, 20), output(rgb, u8, hwc)";
    let files = files.iter().map(|file| file.as_deref().map_err(Clone::clone)).collect();
    let batch = decode_batch_with::<u8>(&pipe(crop), files, &Options::default(), OnError::Skip).unwrap();
    assert_eq!(
        batch.failures.iter().map(|failure| failure.error.code()).collect::<Vec<_>>(),
        ["unknown_format", "size"]
    );
}

#[test]
fn a_value_to_fill_with_is_an_element() {
    let said = |value| decoded(&[Err(Error::Missing)], OnError::Fill(value), 1).unwrap_err();
    for value in [0.5, -1.0, 256.0, f64::NAN, f64::INFINITY] {
        let error = said(value);
        assert_eq!(
            error.to_string(),
            format!("fill: {value}, expected a whole number from 0 to 255, as elements of u8 are")
        );
        assert_eq!((error.code(), error.is_of_file()), ("fill", false));
    }
    let options = Options::default();
    let half = pipe(&TEXT.replace("u8", "f16"));
    let batch = decode_batch_with::<f16>(&half, vec![Ok(b"")], &options, OnError::Fill(0.1)).unwrap();
    assert!(batch.tensor.data.iter().all(|&value| value == f16::from_f64(0.1)));
    let float = pipe(&TEXT.replace("u8", "f32"));
    let batch = decode_batch_with::<f32>(&float, vec![Ok(b"")], &options, OnError::Fill(f64::NAN)).unwrap();
    assert!(batch.tensor.data.iter().all(|value| value.is_nan()));
    let small = pipe("input(rgb8), resize(8, 9, bilinear), normalize(), output(rgb, i8, hwc, scale = 0.01)");
    let batch = decode_batch_with::<i8>(&small, vec![Ok(b"")], &options, OnError::Fill(-128.0)).unwrap();
    assert!(batch.tensor.data.iter().all(|&value| value == -128));
}

/// Options that the decoder in Rust does not know end a call, whatever its files are: no file may be left out for them.
#[test]
#[cfg(not(feature = "libjpeg-turbo"))]
fn what_the_decoder_does_not_know_ends_a_call() {
    let after = "which the JPEG decoder of this build, libjpeg-turbo-rs, does not do; leave it out, or use a build with \
                 the feature `libjpeg-turbo`";
    let draft = Options { draft: Some([8, 9]), ..Options::default() };
    let filled = Options { truncated: Truncated::Fill, ..Options::default() };
    for (options, asked) in [(draft, "draft: [8, 9]"), (filled, "truncated: fill")] {
        let said = |error: Error| {
            assert_eq!((error.code(), error.is_of_file()), ("decoder", false));
            assert_eq!(error.to_string(), format!("{asked} is asked for, {after}"));
        };
        let pipe = pipe(TEXT);
        for name in ["odd-420.jpg", "rgb.png"] {
            let file = file(name);
            said(decode::<u8>(&pipe, &file, &options).unwrap_err());
            said(EncodedImage::open(&file).unwrap().geometry(&pipe, &options).unwrap_err());
        }
        for files in [mixed(), vec![]] {
            for on_error in [OnError::Raise, OnError::Fill(0.0), OnError::Skip] {
                let files = files.iter().map(|file| file.as_deref().map_err(Clone::clone)).collect();
                said(decode_batch_with::<u8>(&pipe, files, &options, on_error).unwrap_err());
            }
        }
    }
}
