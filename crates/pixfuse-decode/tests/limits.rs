//! Small files that ask for much: refused by the work and the memory that they ask for, before either is spent.

#[cfg(target_os = "linux")]
mod common;

#[cfg(target_os = "linux")]
use common::peak;
use pixfuse::Pipeline;
use pixfuse_decode::{EncodedImage, Error, Options, Truncated, decode};

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], &length[..], data].concat()
}

/// One code of a bit, for one symbol.
fn table(class: u8, symbol: u8) -> Vec<u8> {
    let mut data = vec![class];
    data.extend([1].into_iter().chain([0; 15]));
    data.push(symbol);
    segment(0xc4, &data)
}

/// A gray file of `side` x `side` pixels, whose frame has this marker, with the scans that are given.
fn file(marker: u8, side: u16, scans: &[Vec<u8>]) -> Vec<u8> {
    let [high, low] = side.to_be_bytes();
    let quantization = [&[0][..], &[1; 64]].concat();
    let mut file = vec![0xff, 0xd8];
    file.extend(segment(0xdb, &quantization));
    // A difference of nothing, and the end of 2^14 blocks and as many more as 14 bits say.
    file.extend([table(0x00, 0), table(0x10, 0xe0)].concat());
    file.extend(segment(marker, &[8, high, low, high, low, 1, 1, 0x11, 0]));
    file.extend(scans.concat());
    file.extend([0xff, 0xd9]);
    file
}

/// A scan of a spectrum with its coded data.
fn scan(first: u8, last: u8, approximation: u8, data: &[u8]) -> Vec<u8> {
    [segment(0xda, &[1, 1, 0, first, last, approximation]), data.to_vec()].concat()
}

/// A progressive file of many scans, each some bytes long, that go over all blocks.
fn bomb(side: u16, scans: usize) -> Vec<u8> {
    let blocks = usize::from(side.div_ceil(8)).pow(2);
    let dc = scan(0, 0, 1, &vec![0; blocks.div_ceil(8)]);
    // Runs of 32767 blocks: a bit for the code, and 14 that are all ones.
    let bits = "011111111111111".repeat(blocks.div_ceil(0x7fff));
    let bits: Vec<u8> = bits.bytes().chain([b'1'; 7]).collect();
    let byte = |bits: &[u8]| bits.iter().fold(0, |byte, &bit| byte << 1 | (bit - b'0'));
    let bytes =
        bits.chunks_exact(8).map(byte).flat_map(|byte| [byte, 0].into_iter().take(1 + usize::from(byte == 255)));
    let ac = scan(1, 63, 0, &bytes.collect::<Vec<u8>>());
    let all: Vec<_> = std::iter::once(dc).chain(std::iter::repeat_n(ac, scans - 1)).collect();
    file(0xc2, side, &all)
}

fn run(file: &[u8], options: &Options) -> Result<(), Error> {
    let pipe = Pipeline::parse("input(rgb8), resize(8, 8, bilinear), output(rgb, u8, hwc)").unwrap();
    decode::<u8>(&pipe, file, options).map(drop)
}

#[test]
fn scans_are_counted_before_they_are_decoded() {
    let fill = Options { truncated: Truncated::Fill, ..Options::default() };
    let large = bomb(8_000, 200);
    assert!(large.len() < 200_000, "{} bytes", large.len());
    assert_eq!(
        run(&large, &Options::default()).unwrap_err().to_string(),
        "file: this JPEG file is not supported: its 200 scans go over 200000000 blocks of 8 x 8 samples, and 134217728 \
         are allowed"
    );
    let many = bomb(16, 501);
    let error = run(&many, &Options::default()).unwrap_err().to_string();
    assert_eq!(error, "file: this JPEG file is not supported: it has more than 500 scans");
    if pixfuse_decode::decoders().contains("libjpeg-turbo-rs") {
        return;
    }
    // Filling is no way around, and nor are scans that have no data at all.
    assert!(run(&large, &fill).unwrap_err().to_string().contains("are allowed"));
    let empty: Vec<_> = (0..300).map(|_| scan(0, 0, 0, &[])).collect();
    assert!(run(&file(0xc2, 8_000, &empty), &fill).unwrap_err().to_string().contains("are allowed"));
    assert!(run(&file(0xc0, 1_000, &empty), &fill).is_ok(), "all but the first scan is not looked at");
}

/// What is below the bounds is decoded, whatever it is that it shows.
#[test]
fn many_scans_of_an_ordinary_image_are_decoded() {
    for (side, scans) in [(16, 500), (1_000, 100)] {
        run(&bomb(side, scans), &Options::default()).unwrap();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_header_that_lies_costs_no_memory() {
    let before = peak();
    for (marker, data) in
        [(0xc0, scan(0, 63, 0, &[0; 400])), (0xc2, scan(0, 0, 0, &[0; 400])), (0xc3, scan(1, 0, 0, &[0; 400]))]
    {
        let file = file(marker, 13_377, &[data]);
        assert!(file.len() < 640);
        assert_eq!(EncodedImage::open(&file).unwrap().rows(), 13_377);
        let error = run(&file, &Options::default()).unwrap_err();
        assert!(matches!(error, Error::Truncated { .. }), "{marker:x}: {error}");
    }
    let grown = peak() - before;
    // The other tests of this file run at the same time, over images of 4 MB; these would take 537.
    assert!(grown < 200 << 20, "{grown} bytes");
}
