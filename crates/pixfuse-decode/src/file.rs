//! A file whose header has been read.

use std::ops::Range;

use pixfuse::{Dims, Geometry, ImageRef, Orientation, Pipeline, PixelFormat, Sample};

#[cfg(feature = "bmp")]
use crate::bmp;
#[cfg(feature = "gif")]
use crate::gif;
use crate::guard::guarded;
use crate::header::{Decode, Header};
#[cfg(any(feature = "avif", feature = "heic"))]
use crate::heif;
#[cfg(feature = "tiff")]
use crate::tiff;
use crate::{Error, FileFormat, Options, Truncated, jpeg, png, scratch, signature, webp};

/// A file whose header has been read: its size, channels and orientation are known, its pixels are not decoded yet.
///
/// ```
/// use pixfuse::Pipeline;
/// use pixfuse_decode::{EncodedImage, FileFormat, Options};
///
/// # let mut file = Vec::new();
/// # png::Encoder::new(&mut file, 6, 4).write_header()?.write_image_data(&[9; 24])?;
/// let header = EncodedImage::open(&file)?;
/// assert_eq!((header.format(), header.shown_size()), (FileFormat::Png, [4, 6]));
/// assert_eq!((header.channels(), header.bits(), header.has_alpha(), header.frames()), (1, 8, false, 1));
/// let pipe = Pipeline::parse("input(rgb8), letterbox(8, 8, bilinear), output(rgb, f32, chw)")?;
/// assert_eq!(header.geometry(&pipe, &Options::default())?.scale(), [8.0 / 6.0; 2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// ```
/// use pixfuse_decode::EncodedImage;
///
/// let error = EncodedImage::open(b"<html>").err().unwrap();
/// assert_eq!(
///     error.to_string(),
///     "file: expected a JPEG, PNG, WebP, GIF, BMP or TIFF file, found 6 bytes that begin with 3c 68 74 6d 6c 3e (\"<html>\")"
/// );
/// ```
#[must_use]
pub struct EncodedImage<'a> {
    format: FileFormat,
    length: usize,
    header: Header,
    file: File<'a>,
}

enum File<'a> {
    /// Decoded into the channels that are wanted, and only in the columns that are.
    Jpeg(Box<jpeg::File<'a>>),
    Whole(Box<dyn Decode + 'a>),
}

impl<'a> File<'a> {
    fn whole((header, file): (Header, impl Decode + 'a)) -> (Header, Self) {
        (header, Self::Whole(Box::new(file)))
    }
}

impl<'a> EncodedImage<'a> {
    /// Reads the header of a file.
    ///
    /// # Errors
    /// When the bytes are not the beginning of a file of a known format whose header is sound.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        let format = signature::format(bytes)?;
        let opened = guarded(|| {
            Ok(match format {
                FileFormat::Jpeg => {
                    jpeg::File::open(bytes).map(|(header, file)| (header, File::Jpeg(Box::new(file))))?
                }
                FileFormat::Png => File::whole(png::File::open(bytes)?),
                FileFormat::Webp => File::whole(webp::File::open(bytes)?),
                #[cfg(feature = "gif")]
                FileFormat::Gif => File::whole(gif::File::open(bytes)?),
                #[cfg(feature = "bmp")]
                FileFormat::Bmp => File::whole(bmp::File::open(bytes)?),
                #[cfg(feature = "tiff")]
                FileFormat::Tiff => File::whole(tiff::File::open(bytes)?),
                #[cfg(feature = "avif")]
                FileFormat::Avif => File::whole(heif::avif(bytes)?),
                #[cfg(feature = "heic")]
                FileFormat::Heic => File::whole(heif::heic(bytes)?),
            })
        });
        let (header, file) = opened.map_err(|broken| broken.of(format, bytes.len()))?;
        Ok(Self { format, length: bytes.len(), header, file })
    }

    /// What kind of file it is.
    pub fn format(&self) -> FileFormat {
        self.format
    }

    /// Rows as they are stored, before the image is turned.
    pub fn rows(&self) -> usize {
        self.header.rows
    }

    /// Columns as they are stored, before the image is turned.
    pub fn columns(&self) -> usize {
        self.header.columns
    }

    /// Rows and columns of the turned image, as the file's notes say.
    pub fn shown_size(&self) -> [usize; 2] {
        self.orientation().unwrap_or(Orientation::Upright).size([self.rows(), self.columns()])
    }

    /// Channels of a pixel, alpha counted: 1 of gray, 2, 3 of colours, 4, which CMYK has too. Those of a palette's entries
    /// where there is one.
    pub fn channels(&self) -> usize {
        self.header.colours.channels()
    }

    /// Whether pixels have alpha.
    pub fn has_alpha(&self) -> bool {
        self.header.colours.has_alpha()
    }

    /// Bits of a sample as stored: 1 to 16; of an index into a palette where there is one.
    pub fn bits(&self) -> u8 {
        self.header.bits
    }

    /// Frames of an animation, or images of a TIFF file, of which the first one is decoded; 1 of another file. They are
    /// counted when this is called.
    pub fn frames(&self) -> usize {
        match &self.file {
            File::Jpeg(_) => 1,
            File::Whole(file) => file.frames(),
        }
    }

    /// What the file's notes say: EXIF, or XMP where EXIF says nothing, as Pillow's `exif_transpose` reads them.
    pub fn orientation(&self) -> Option<Orientation> {
        self.header.orientation
    }

    /// How the image is turned on its way through a pipeline.
    pub fn turned_by(&self, pipe: &Pipeline, options: &Options) -> Orientation {
        options.orient.or(self.header.orientation).unwrap_or(pipe.spec().input.orient)
    }

    /// The shape of the tensor that a pipeline gives for this image.
    ///
    /// # Errors
    /// When this build's decoder does not know the `options`, when the image is larger than they allow or has other
    /// channels than `input(...)`; as
    /// [`Pipeline::output_shape`](pixfuse::Pipeline::output_shape).
    pub fn output_shape(&self, pipe: &Pipeline, options: &Options) -> Result<Dims, Error> {
        self.check(pipe.spec().input.format, options)?;
        let [rows, columns] = self.sides(pipe, options);
        Ok(pipe.output_shape(rows, columns)?)
    }

    /// Where a pipeline puts things of this image: maps points and boxes of the turned image to the tensor and back.
    ///
    /// # Errors
    /// As [`Pipeline::geometry`](pixfuse::Pipeline::geometry); when this build's decoder knows no [draft](Options::draft).
    pub fn geometry(&self, pipe: &Pipeline, options: &Options) -> Result<Geometry, Error> {
        jpeg::check(options)?;
        let [rows, columns] = self.sides(pipe, options);
        let geometry = pipe.geometry(rows, columns)?;
        Ok(match self.reduced_by(options) {
            1 => geometry,
            by => {
                let shown = self.turned_by(pipe, options).size([self.rows(), self.columns()]);
                geometry.reduced_from(pipe.spec().input.orient.size(shown), by)
            }
        })
    }

    /// Rows and columns as the pipeline takes them: it turns them as it declares, and this image is turned otherwise.
    fn sides(&self, pipe: &Pipeline, options: &Options) -> [usize; 2] {
        let shown = self.turned_by(pipe, options).size(self.decoded_sides(options));
        pipe.spec().input.orient.size(shown)
    }

    /// What the sides are divided by, and rounded up: 1, unless a [draft](Options::draft) is enough.
    fn reduced_by(&self, options: &Options) -> usize {
        match &self.file {
            File::Jpeg(file) => file.reduced_by(options.draft),
            _ => 1,
        }
    }

    /// Rows and columns that are decoded, before the image is turned.
    fn decoded_sides(&self, options: &Options) -> [usize; 2] {
        let by = self.reduced_by(options);
        [self.rows(), self.columns()].map(|side| side.div_ceil(by))
    }

    /// Whether the pixels may and can be decoded into a format.
    fn check(&self, wanted: PixelFormat, options: &Options) -> Result<(), Error> {
        jpeg::check(options)?;
        let Header { rows, columns, colours, bits, .. } = self.header;
        if (rows as u64).saturating_mul(columns as u64) > options.max_pixels {
            return Err(Error::TooLarge { rows, columns, limit: options.max_pixels });
        }
        if rows.max(columns) as u64 > options.max_side {
            return Err(Error::TooLong { rows, columns, limit: options.max_side });
        }
        match colours.refused(bits, wanted) {
            None => Ok(()),
            Some(hint) => Err(Error::Colours { format: self.format(), has: colours.name(), hint }),
        }
    }

    /// Decodes into the channels of `wanted`, as the file stores them, and calls `run` with the image, which is in this
    /// thread's buffer. It is not turned, so [`Options::orient`] says nothing.
    ///
    /// # Errors
    /// When the image is larger than `options` allow or has other channels, when the file is damaged, and those of `run`.
    pub fn pixels<T>(
        self,
        wanted: PixelFormat,
        options: &Options,
        run: impl FnOnce(ImageRef<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let columns = 0..self.decoded_sides(options)[1];
        self.decoded(wanted, options, columns, run)
    }

    /// As [`pixels`](Self::pixels), as a pipeline reads them: turned, and only those right that it
    /// [reaches](Geometry::reach).
    pub(crate) fn read_by<T>(
        self,
        pipe: &Pipeline,
        options: &Options,
        run: impl FnOnce(ImageRef<'_>) -> Result<T, pixfuse::Error>,
    ) -> Result<T, Error> {
        let orientation = self.turned_by(pipe, options);
        let [rows, columns] = self.sides(pipe, options);
        let [rows, columns] = pipe.geometry(rows, columns)?.reach();
        let columns = if orientation.transposes() { rows } else { columns };
        let whole = self.decoded_sides(options)[1];
        let mirrored = orientation.mirrors()[1];
        let stored = if mirrored { whole - columns.end..whole - columns.start } else { columns };
        self.decoded(pipe.spec().input.format, options, stored, |image| Ok(run(pipe.reorient(image, orientation))?))
    }

    /// As [`pixels`](Self::pixels); outside `columns`, which are stored ones, pixels may have any value.
    fn decoded<T>(
        self,
        wanted: PixelFormat,
        options: &Options,
        columns: Range<usize>,
        run: impl FnOnce(ImageRef<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.check(wanted, options)?;
        let ([rows, whole], channels) = (self.decoded_sides(options), wanted.channels());
        let asked = jpeg::Asked {
            format: wanted,
            sides: [rows, whole],
            columns,
            reduced_by: self.reduced_by(options),
            fill: options.truncated == Truncated::Fill,
        };
        let Self { format, length, header: Header { colours, .. }, mut file } = self;
        if let File::Jpeg(file) = &file {
            file.prepare(asked.fill).map_err(|broken| broken.of(format, length))?;
        }
        let shape = [rows, whole, channels];
        let sample = wanted.sample();
        let room = colours.channels().max(channels) * sample.size();
        let besides = match &mut file {
            // It says so when there is no memory.
            File::Jpeg(_) => 0,
            File::Whole(file) => file.besides(),
        };
        scratch::with((rows * whole).saturating_mul(room), besides, |bytes| {
            let decoded = guarded(|| match file {
                File::Jpeg(file) => file.pixels(&asked, bytes),
                File::Whole(file) => file.pixels(sample == Sample::U16, bytes).map(|given| (Some(given), 0..whole)),
            });
            let (given, columns) = decoded.map_err(|broken| broken.of(format, length))?;
            if let Some(given) = given {
                given.arrange(&mut bytes[columns.start * channels..], rows * columns.len(), wanted);
            }
            // Rows begin as far apart as they were decoded, and are as long as the image is wide: the columns that were
            // not decoded lie where pixels of the rows around them are.
            let strides = [columns.len() * channels, channels, 1].map(|stride| (stride * sample.size()) as isize);
            run(ImageRef::strided_samples(sample, bytes, 0, shape, strides)?.with_format(wanted)?)
        })
    }
}
