//! Everything that can be wrong with a file.

use pixfuse::{Dims, Element};

use crate::{FileFormat, format};

/// What was wrong with a file, or with the call that read it. Nothing has been written to an output then.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The pipeline refused the decoded image or the output.
    #[error(transparent)]
    Pipeline(#[from] pixfuse::Error),
    /// The bytes begin as no file of a known format does.
    #[error("file: expected a {} file, found {}", format::names(), .0)]
    UnknownFormat(String),
    /// The file is of a format that is known and that no decoder is here for.
    #[error(
        "file: this is a file of {name}, which is not decoded here; {step}, or decode it with a library of its own and run \
         the pipeline over the pixels"
    )]
    NoDecoder {
        /// Of the format.
        name: &'static str,
        /// How to make a file of it that is decoded.
        step: &'static str,
    },
    /// The file ends too early.
    #[error("file: this {format} file of {bytes} bytes ends too early: it is truncated")]
    Truncated {
        /// Of the file.
        format: FileFormat,
        /// What there is of it.
        bytes: usize,
    },
    /// The decoder found a mistake in the file, or something that it cannot decode.
    #[error("file: this {format} file is damaged or not supported: {message}")]
    Damaged {
        /// Of the file.
        format: FileFormat,
        /// In the decoder's words.
        message: String,
    },
    /// The file is sound as far as it was read, and of a kind that is not decoded, or not by this build.
    #[error("file: this {format} file is not supported: {message}")]
    Unsupported {
        /// Of the file.
        format: FileFormat,
        /// What it has, and what reads it.
        message: String,
    },
    /// The image has more pixels than [`Options::max_pixels`](crate::Options::max_pixels).
    #[error(
        "file: {rows} rows x {columns} columns are {pixels} pixels, more than max_pixels = {limit}; \
         to read it, raise max_pixels",
        pixels = *rows as u64 * *columns as u64
    )]
    TooLarge {
        /// As stored.
        rows: usize,
        /// As stored.
        columns: usize,
        /// The most that were allowed.
        limit: u64,
    },
    /// A side of the image is longer than [`Options::max_side`](crate::Options::max_side).
    #[error(
        "file: of {rows} rows x {columns} columns a side is longer than max_side = {limit}; to read it, raise max_side"
    )]
    TooLong {
        /// As stored.
        rows: usize,
        /// As stored.
        columns: usize,
        /// The longest that was allowed.
        limit: u64,
    },
    /// The file's channels are not those of `input(...)`.
    #[error("file: this {format} file has {has}, and {hint}")]
    Colours {
        /// Of the file.
        format: FileFormat,
        /// Its channels.
        has: &'static str,
        /// What `input(...)` reads, and what it could read.
        hint: String,
    },
    /// There is no memory for the decoded pixels.
    #[error("file: there is no memory for {0} bytes of decoded pixels; decode fewer files at once, or smaller ones")]
    Memory(usize),
    /// A list has nothing where a file should be.
    #[error("file: there is none, the list has a null here")]
    Missing,
    /// A file cannot be read from where it is.
    #[error("file: {place:?} cannot be read: {reason}")]
    Unreadable {
        /// Its path, or what it is called.
        place: String,
        /// In the system's words.
        reason: String,
    },
    /// Files of a batch give tensors of different shapes.
    #[error(
        "image: number {index}: gives a tensor {:?}, number {first} gives {:?}; \
         a batch needs one shape, which resize(...) makes",
        dims[0],
        dims[1]
    )]
    Shapes {
        /// The file whose tensor is of another shape than the first.
        index: usize,
        /// The first file that gives a tensor.
        first: usize,
        /// The shapes of the two.
        dims: Box<[Dims; 2]>,
    },
    /// A batch of no files, and the declaration does not say its shape.
    #[error(transparent)]
    NoShape(pixfuse::Error),
    /// Each of so many files of a batch fails, and the declaration does not say the shape of a tensor.
    #[error(
        "files: none of {0} gives a tensor, so there is no shape; fix the size with resize(rows, columns, ..), \
         letterbox(..) or center_crop(..)"
    )]
    NoTensor(usize),
    /// The value that failed files are filled with is none of the tensor's elements.
    #[error("fill: {value}, expected a whole number from {} to {}, as elements of {} are", range[0], range[1], element.name())]
    Fill {
        /// What was given.
        value: f64,
        /// Of the tensor.
        element: Element,
        /// The least and the largest.
        range: [i32; 2],
    },
    /// The call asks for what only libjpeg-turbo itself does, and this build has [another decoder](crate::decoders).
    #[error(
        "{argument}: {value} is asked for, which the JPEG decoder of this build, libjpeg-turbo-rs, does not do; leave it \
         out, or use a build with the feature `libjpeg-turbo`"
    )]
    Decoder {
        /// The option.
        argument: &'static str,
        /// What it is.
        value: String,
    },
    /// One file of a batch.
    #[error("number {index}: {error}")]
    OfBatch {
        /// Its place in the list.
        index: usize,
        /// What was wrong with it.
        error: Box<Error>,
    },
}

impl Error {
    /// One word for what was wrong, which stays the same in later versions: what a program compares, where a person reads
    /// the message.
    ///
    /// | of a file | |
    /// |---|---|
    /// | `missing`, `unreadable` | there is none, or it cannot be read |
    /// | `unknown_format`, `no_decoder` | it is no image, or of a format that is not decoded here |
    /// | `truncated`, `damaged`, `unsupported` | it ends too early, is broken, or of a kind that is not decoded |
    /// | `too_large`, `too_long` | it has more pixels, or a longer side, than the call allows |
    /// | `colours`, `size` | the pipeline cannot take its channels, or its size |
    ///
    /// | of the call | |
    /// |---|---|
    /// | `pipeline` | an argument does not fit the declaration |
    /// | `shapes` | a batch has no shape, or several |
    /// | `fill` | the value is no element of the tensor |
    /// | `decoder` | an option asks for what this build's decoder does not do |
    /// | `memory` | there is not enough |
    pub fn code(&self) -> &'static str {
        match self {
            Self::Pipeline(pixfuse::Error::Image(_)) => "size",
            Self::Pipeline(pixfuse::Error::Memory(_)) | Self::Memory(_) => "memory",
            Self::Pipeline(_) => "pipeline",
            Self::UnknownFormat(_) => "unknown_format",
            Self::NoDecoder { .. } => "no_decoder",
            Self::Truncated { .. } => "truncated",
            Self::Damaged { .. } => "damaged",
            Self::Unsupported { .. } => "unsupported",
            Self::TooLarge { .. } => "too_large",
            Self::TooLong { .. } => "too_long",
            Self::Colours { .. } => "colours",
            Self::Missing => "missing",
            Self::Unreadable { .. } => "unreadable",
            Self::Shapes { .. } | Self::NoShape(_) | Self::NoTensor(_) => "shapes",
            Self::Fill { .. } => "fill",
            Self::Decoder { .. } => "decoder",
            Self::OfBatch { error, .. } => error.code(),
        }
    }

    /// Whether it is about a file, so that other files may do: what a job of many files goes on after. Else it is about
    /// the call, and every file would fail.
    ///
    /// ```
    /// # use pixfuse::Pipeline;
    /// use pixfuse_decode::{Options, decode};
    ///
    /// let pipe = Pipeline::parse("input(rgb8), resize(2, 2, bilinear), output(rgb, u8, hwc)")?;
    /// let error = decode::<u8>(&pipe, b"<html>", &Options::default()).unwrap_err();
    /// assert!(error.is_of_file());
    /// assert_eq!(error.code(), "unknown_format");
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn is_of_file(&self) -> bool {
        !matches!(self.code(), "pipeline" | "shapes" | "fill" | "decoder" | "memory")
    }
}

/// What a decoder's own error says of a file.
pub(crate) enum Broken {
    /// It ends too early.
    Ended,
    /// In the decoder's words.
    Damaged(String),
    /// What it has that is not decoded.
    Unsupported(String),
    /// There is no memory for so many bytes.
    Memory(usize),
}

impl Broken {
    pub(crate) fn because(error: impl std::fmt::Display) -> Self {
        Self::Damaged(error.to_string())
    }

    /// From a decoder over `io::Read`.
    pub(crate) fn io(error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::UnexpectedEof { Self::Ended } else { Self::because(error) }
    }

    pub(crate) fn of(self, format: FileFormat, bytes: usize) -> Error {
        match self {
            Self::Ended => Error::Truncated { format, bytes },
            Self::Damaged(message) => Error::Damaged { format, message },
            Self::Unsupported(message) => Error::Unsupported { format, message },
            Self::Memory(bytes) => Error::Memory(bytes),
        }
    }
}
