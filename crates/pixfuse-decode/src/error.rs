//! Everything that can be wrong with a file.

use crate::FileFormat;

/// What was wrong with a file, or with the call that read it. Nothing has been written to an output then.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The pipeline refused the decoded image or the output.
    #[error(transparent)]
    Pipeline(#[from] pixfuse::Error),
    /// The bytes begin as no file of a known format does.
    #[error("file: expected a JPEG, PNG, WebP, GIF, BMP or TIFF file, found {0}")]
    UnknownFormat(String),
    /// The file is of a format that is known and that no decoder is here for.
    #[error(
        "file: this is a file of {0}, which is not decoded here; convert it to PNG or JPEG, or decode it with a library \
         of its own and run the pipeline over the pixels"
    )]
    NoDecoder(&'static str),
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
    /// One file of a batch.
    #[error("number {index}: {error}")]
    OfBatch {
        /// Its place in the list.
        index: usize,
        /// What was wrong with it.
        error: Box<Error>,
    },
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
