//! The decoders: any bytes are a tensor or an error, the same one each time, whatever part of the image is read.

use std::cell::LazyCell;

use pixfuse::{Pipeline, Tensor};
use pixfuse_decode::{EncodedImage, Error, Options, decode};

use crate::Outcome;

/// A file may say that it holds more, and is refused then: a fuzzer has other things to do than to fill memory.
const MOST_PIXELS: u64 = 1 << 18;

/// The window that is read of the images that have one.
const WINDOW: [usize; 4] = [1, 2, 5, 3];

thread_local! {
    /// Reads files of any colours.
    static WHOLE: LazyCell<Pipeline> = LazyCell::new(|| pipeline(""));
    /// Reads the window of it.
    static PART: LazyCell<Pipeline> = LazyCell::new(|| {
        let [top, left, rows, columns] = WINDOW;
        pipeline(&format!("crop({top}, {left}, {rows}, {columns}), "))
    });
}

fn pipeline(frame: &str) -> Pipeline {
    Pipeline::parse(&format!("input(rgba8, alpha = drop), {frame}output(rgb, u8, hwc)")).expect("it is right")
}

/// Bytes for the decoder of the format that is called `format`.
pub(crate) fn any_file(format: &str, bytes: &[u8]) -> Outcome {
    let header = match EncodedImage::open(bytes) {
        Ok(file) if file.format().to_string() != format => return Outcome::Foreign,
        Ok(file) => Some([file.rows(), file.columns()]),
        Err(Error::UnknownFormat(_) | Error::NoDecoder { .. }) => return Outcome::Foreign,
        Err(_) => None,
    };
    let options = Options { max_pixels: MOST_PIXELS, ..Options::default() };
    let run = |pipe: &Pipeline| decode::<u8>(pipe, bytes, &options);
    let whole = WHOLE.with(|pipe| run(pipe));
    assert_eq!(WHOLE.with(|pipe| run(pipe)), whole, "another result the second time");
    let Some(stored) = header else {
        let error = whole.expect_err("there is no header");
        assert!(!error.to_string().is_empty());
        return Outcome::Tested;
    };
    let part = PART.with(|pipe| run(pipe));
    match (whole, part) {
        (Ok(whole), Ok(part)) => {
            let turned = [stored[1], stored[0], 3];
            assert!(whole.dims == [stored[0], stored[1], 3] || whole.dims == turned, "{:?}", whole.dims);
            assert_eq!(part.data, window(&whole), "the window is no part of the whole");
        }
        // Only a window that the image does not have.
        (Ok(whole), Err(error)) => {
            let [top, left, rows, columns] = WINDOW;
            let inside = whole.dims[0] >= top + rows && whole.dims[1] >= left + columns;
            assert!(!inside, "the whole is read, the window is not: {error}");
        }
        (Err(error), Ok(_)) => panic!("the window is read, the whole is not: {error}"),
        (Err(_), Err(_)) => {}
    }
    Outcome::Tested
}

/// The window of a whole image.
fn window(whole: &Tensor<u8>) -> Vec<u8> {
    let [top, left, rows, columns] = WINDOW;
    let row = |row: usize| {
        let first = ((top + row) * whole.dims[1] + left) * 3;
        &whole.data[first..first + columns * 3]
    };
    (0..rows).flat_map(row).copied().collect()
}
