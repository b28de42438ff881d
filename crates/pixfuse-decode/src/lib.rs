//! Photo files to tensors: a JPEG, PNG, WebP, GIF, BMP or TIFF file is decoded by a well-kept decoder, turned as its notes
//! say, and run through a [`Pipeline`], in one call and with no image in between that anybody has to hold.
//!
//! ```
//! use pixfuse::Pipeline;
//! use pixfuse_decode::{Options, decode};
//!
//! # let mut file = Vec::new();
//! # png::Encoder::new(&mut file, 6, 4).write_header()?.write_image_data(&[9; 24])?;
//! let pipe = Pipeline::parse("input(rgb8), resize(2, 2, bilinear), normalize(), output(rgb, f32, chw)")?;
//! let tensor = decode::<f32>(&pipe, &file, &Options::default())?;
//! assert_eq!(tensor.dims, [3, 2, 2]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is decoded into what
//!
//! | the file has | `gray8` | `rgb8`, `bgr8` | `rgba8`, `bgra8` |
//! |---|---|---|---|
//! | gray | as it is | three times the gray | and alpha 255 |
//! | colours | an error | as they are | and alpha 255 |
//! | gray and alpha | an error | an error | three times the gray |
//! | colours and alpha | an error | an error | as they are |
//! | CMYK or YCCK (JPEG) | an error | by Pillow's formula | and alpha 255 |
//!
//! Alpha is never dropped silently: `input(rgba8, alpha = drop)` reads every file. A palette is looked up, samples of 16
//! bits keep their high byte, the first frame of an animation is taken, and a colour profile is not applied. Samples of
//! other depths (a JPEG of 12 bits, which Pillow refuses too) are an error. PNG and TIFF files of 16 bits are read whole
//! into `gray16`, `rgb16` and `bgr16`: gray into each, colours into the latter two; files of 8 bits are not.
//!
//! # Differences from Pillow
//!
//! Pixels are those of Pillow 13, to the bit, or the file is refused, but for:
//!
//! | file | Pillow 13 | here |
//! |---|---|---|
//! | PNG, TIFF: gray of 16 bits, into 8 | mode `I;16`, which `convert("RGB")` clips at 255: a white picture | the high byte, as OpenCV |
//! | PNG: `tRNS` with gray of 2 or 4 bits, or samples of 16 | the number is compared with the widened or shortened sample | as the standard says, with the sample as stored |
//! | PNG: a checksum that is wrong, of pixels or a palette | that of pixels is not looked at | an error |
//! | PNG: a note whose checksum or content is wrong | an error | the note is read, or does not count |
//! | PNG: an animation whose first frame is not all of the image | a smaller frame on black | an error |
//! | GIF, BMP, TIFF: damaged or ending early | in part filled with gray, black or nothing | an error |
//! | JPEG: codes that are none, data that ends before its segment does | garbage or gray, without a word | an error; with [`Truncated::Fill`] as Pillow |
//! | JPEG: a restart marker too few or too many | garbage around it, without a word | an error; with [`Truncated::Fill`] as Pillow |
//! | JPEG: arithmetic codes that are cut, with `LOAD_TRUNCATED_IMAGES` | black | filled, as other codes are |
//! | JPEG: lossless, with `draft` | an error | decoded whole |
//! | JPEG: more scans than the [limits](#limits) allow | decoded | an error |
//! | BMP: runs that end before the last pixel; palettes of gray with fewer entries than indices | an error, or another mode | an error; looked up |
//! | TIFF: JPEG, fax and other compressions; samples in planes; CMYK, YCbCr, Lab; signed, of 12 or 32 bits, of floats; associated or unnamed alpha; white as zero of 16 bits | mostly read | an error that names the tag |
//! | EXIF that is damaged | an error of `exif_transpose` | says nothing |
//!
//! Of a JPEG that a pipeline crops, only the columns that it [reads](pixfuse::Geometry::reach) become pixels. The bytes
//! of the tensor, and the errors of a damaged file, are those of the whole image.
//!
//! # Orientation
//!
//! The file's notes are followed as Pillow's `ImageOps.exif_transpose` follows them, by reading the pixels in another
//! order: EXIF, and where it has no orientation XMP (`tiff:Orientation`); of PNG also `Raw profile type exif`, which
//! ImageMagick wrote; of TIFF the tag itself. A file without one is turned as `input(.., orient = ..)` says.
//! [`Options::orient`] overrides both.
//!
//! # Decoders
//!
//! JPEG is decoded by libjpeg-turbo, the library inside Pillow, OpenCV and torchvision, so a model meets the same numbers
//! in serving as in training. There are two ways to have it; [`decoders`] and [`explain`] say which one is in.
//!
//! * With the feature `libjpeg-turbo`: the C library itself, version 3.1, from the source that `turbojpeg-sys` brings,
//!   compiled in by a C compiler and cmake, and nasm on x86. No library of the system is looked for. The wheels and the npm
//!   package have it.
//! * Without: `libjpeg-turbo-rs`, its port to Rust, which a `pip install` or `cargo build` from source needs no tools for.
//!   It gives the same pixels, to the bit, of what cameras and editors write, and is refused what it is known to get wrong:
//!   CMYK and YCCK of which channels are subsampled, colours that are sampled more finely than brightness, scans of two
//!   channels out of three, channels of one number, arithmetic codes with restart markers
//!   or in progressive scans. It knows no [`draft`](Options::draft) and does not
//!   [fill](Truncated::Fill): a call that asks for either fails, whatever its files are.
//!
//! Everything else is common to both: header, limits, orientation, and the text and fingerprint of a pipeline. Tests give
//! 800 files, of every sampling, order of scans, progression, and kind of coding, to both, and compare with Pillow 13.
//! The two other decoders in Rust, `zune-jpeg` 0.5 (also what `image` uses) and `jpeg-decoder` 0.3, differ from
//! libjpeg-turbo in 8 to 16 % of a photo's values.
//!
//! PNG is decoded by `png`, WebP by `image-webp`, GIF by `gif`, TIFF by `tiff`; EXIF is read by `kamadak-exif`. BMP is
//! tables behind a header, and read here. The features `gif`, `bmp` and `tiff` are on unless a crate turns them off. Files of JPEG XL and JPEG 2000 are an error that names the format, and so are
//! those of AVIF and HEIC without a feature of that name, which no package that is published has:
//!
//! * `avif`: the system's libavif, 0.11 or newer. The pixels are those of Pillow 13, to the bit, which has libavif 1.4 with
//!   libyuv, or the file is refused: by a libavif without libyuv, and colours of more than 8 bits by one before 1.4, which
//!   makes other ones of them. Samples become 8 bits. An image is turned as its boxes say; its EXIF does not count.
//! * `heic`: the system's libheif, 1.15 or newer, and whichever decoder it has. Pillow reads no HEIC: the pixels are those
//!   that this libheif makes. Its versions differ where chroma is halved both ways: 1.15 from the 1.23 of pillow-heif 1.8 by
//!   one level in up to 4 % of the values, and by up to 29 levels where a turned image has an odd side; all else that was
//!   compared is equal. Sides and pixels are turned and cropped as its boxes say, gray counts as colours, and alpha that
//!   is multiplied in is refused.
//!
//! A panic inside a decoder is an [`Error`], as a damaged file is, and prints nothing: the process's panic hook is wrapped
//! for that, once, by one that hands on every other panic.
//!
//! # Limits
//!
//! An image of more than [`Options::max_pixels`], or with a side longer than [`Options::max_side`], is refused when its
//! header has been read, before memory for its pixels is asked for; of that, the system gives only what is written to, so
//! that a short file which promises a large image costs nothing. A JPEG file with fewer bits than codes is refused before
//! that.
//!
//! A JPEG file of many scans takes up to six bytes a pixel more while it is decoded. It is refused, before it is decoded,
//! when it has more than 500 scans, or when its scans together go over more than 2^27 (134,217,728) blocks of 8 x 8 samples
//! and over more than 24 times those of the image: one to two seconds' work, where a photo of 12 million pixels in ten scans
//! has 1.5 million of them. Pixels are decoded into a buffer that the thread keeps for its next image, up to 48 MiB, and up
//! to 256 MiB for all threads together.
#![forbid(unsafe_code)]

mod batch;
#[cfg(feature = "bmp")]
mod bmp;
mod colours;
mod error;
mod exif;
mod file;
mod format;
#[cfg(feature = "gif")]
mod gif;
mod guard;
mod header;
#[cfg(any(feature = "avif", feature = "heic"))]
mod heif;
mod jpeg;
mod key;
mod options;
mod picture;
mod png;
mod run;
mod scratch;
mod signature;
#[cfg(feature = "tiff")]
mod tiff;
mod webp;

use pixfuse::Pipeline;

pub use batch::{
    Batch, EncodedBatch, FileFailure, OnError, batch_shape, decode_batch, decode_batch_into, decode_batch_with,
};
pub use error::Error;
pub use file::EncodedImage;
pub use format::FileFormat;
pub use key::item_key;
pub use options::{Options, Truncated};
pub use picture::png;
pub use run::{decode, decode_into, read};

/// What a pipeline does, for people: [`Pipeline::explain`], and the [`decoders`] that give it the pixels of files.
///
/// ```
/// let pipe = pixfuse::Pipeline::parse("input(rgb8), output(rgb, u8, hwc)")?;
/// assert!(pixfuse_decode::explain(&pipe).contains("decoders  JPEG  libjpeg-turbo"));
/// # Ok::<(), pixfuse::Error>(())
/// ```
pub fn explain(pipe: &Pipeline) -> String {
    let explained = pipe.explain();
    match colours::Colours::Gray.refused(16, pipe.spec().input.format) {
        Some(_) => explained,
        None => format!("{explained}\ndecoders  {}", decoders().replace('\n', "\n          ")),
    }
}

/// Which decoder reads which files, a line each: what to name in a bug report.
pub fn decoders() -> &'static str {
    static LINES: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let mut lines = vec![("JPEG", jpeg::DECODER.to_owned()), ("PNG", "png".into()), ("WebP", "image-webp".into())];
        #[cfg(feature = "gif")]
        lines.push(("GIF", "gif".into()));
        #[cfg(feature = "bmp")]
        lines.push(("BMP", "pixfuse-decode".into()));
        #[cfg(feature = "tiff")]
        lines.push(("TIFF", "tiff".into()));
        #[cfg(feature = "avif")]
        lines.push(("AVIF", format!("libavif {}, of the system", pixfuse_heif::avif::version())));
        #[cfg(feature = "heic")]
        lines.push(("HEIC", format!("libheif {}, of the system", pixfuse_heif::heic::version())));
        lines.push(("EXIF", "kamadak-exif".into()));
        lines.iter().map(|(format, decoder)| format!("{format:4}  {decoder}")).collect::<Vec<_>>().join("\n")
    });
    &LINES
}

/// The Rust of the README and of the site runs as documentation tests do.
#[cfg(doctest)]
mod site {
    #[doc = include_str!("../README.md")]
    struct Readme;

    #[doc = include_str!("../../../site/rust/index.md")]
    struct Index;

    #[doc = include_str!("../../../site/rust/file.md")]
    struct File;

    #[doc = include_str!("../../../site/rust/declaration.md")]
    struct Declaration;

    #[doc = include_str!("../../../site/rust/presets.md")]
    struct Presets;

    #[doc = include_str!("../../../site/rust/bind.md")]
    struct Bind;

    #[doc = include_str!("../../../site/rust/batch.md")]
    struct Batches;
}
