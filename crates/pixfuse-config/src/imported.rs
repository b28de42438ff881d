//! What a config is, once it is read.

use std::fmt;

use pixfuse_spec::{Alpha, PixelFormat, Spec};

use crate::cutting::Cutting;
use crate::prompt::Prompt;
use crate::{Error, Grayscale, Overrides, PaddedCanvas, Place, SizeValue, When};

/// Whose filters and roundings transformers uses: the config does not say, and the bytes differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Backend {
    /// torchvision on uint8 tensors: what transformers 5 takes unless told otherwise.
    #[default]
    Torch,
    /// Pillow and numpy.
    Pil,
}

impl Backend {
    /// `torch` or `pil`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Torch => "torch",
            Self::Pil => "pil",
        }
    }

    /// The backend of this name; `torchvision`, as transformers calls it, is `torch`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "torch" | "torchvision" => Some(Self::Torch),
            "pil" => Some(Self::Pil),
            _ => None,
        }
    }
}

impl std::str::FromStr for Backend {
    type Err = UnknownBackend;

    /// As [`from_name`](Self::from_name).
    fn from_str(name: &str) -> Result<Self, UnknownBackend> {
        Self::from_name(name).ok_or_else(|| UnknownBackend(name.to_owned()))
    }
}

/// A name that is no backend's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("backend: '{0}', expected 'torch' or 'pil'")]
pub struct UnknownBackend(String);

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whose config it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Library {
    /// Hugging Face transformers, in Python.
    Transformers,
    /// timm, also by transformers' wrapper of it.
    Timm,
    /// open_clip.
    OpenClip,
    /// A torchvision transform.
    Torchvision,
    /// A config that only transformers.js has a class for.
    TransformersJs,
    /// The metadata of an ONNX file that Ultralytics exported.
    Ultralytics,
}

impl Library {
    /// The library's own name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transformers => "transformers",
            Self::Timm => "timm",
            Self::OpenClip => "open_clip",
            Self::Torchvision => "torchvision",
            Self::TransformersJs => "transformers.js",
            Self::Ultralytics => "ultralytics",
        }
    }
}

/// A config as a declaration, and the names under which its library returns the result.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Imported {
    /// Whose config it is.
    pub library: Library,
    /// The class that reads it, without `Fast` or `Pil`: `CLIPImageProcessor`.
    pub class: String,
    /// Whose bytes the declaration gives. Not always what was asked for: some classes have one backend only.
    pub backend: Backend,
    /// What becomes of an RGB image of 8 bits.
    pub spec: Spec,
    /// What becomes of a gray one.
    pub gray: Variant,
    /// What becomes of an RGBA one.
    pub alpha: Variant,
    /// What the library returns, in its order. The first is the tensor.
    pub outputs: Vec<Output>,
    /// What images of several sizes become together.
    pub batch: Batch,
    /// Whether a list of images is one sample, with an axis of its own before theirs: the frames of a video, the images
    /// of a prompt. A list of lists is several samples then.
    pub is_nested: bool,
    /// Whether a sample of several images is prepared another way, which a declaration cannot say.
    pub is_single: bool,
    /// Whether images come in pairs, each of which is one sample.
    pub is_paired: bool,
    /// How the three channels of a call's tensor become their gray, if they do; of images of one channel nothing is made.
    pub grayscale: Option<Grayscale>,
    /// Whether the images of one call must have one size: those of several depend on each other.
    pub is_uniform: bool,
    /// How the frames of a video become one tensor, each by the declaration; nothing for images.
    pub frames: Option<Frames>,
    /// The axes of a patch, where the library keeps them apart in a tensor of patches; empty where a patch is one row.
    pub patch_axes: Vec<u32>,
    /// How many patches the family's models make one token of, where that is all there is to their count: what
    /// [`tokens`](Self::tokens) goes by where no processor says more.
    pub(crate) patches_per_token: Option<u32>,
    /// What the processor around the class says of its prompt.
    pub(crate) prompt: Prompt,
    /// Whether the class makes RGB of an image of any mode, of transparent ones over white.
    pub converts: bool,
    /// For which source images the declaration is the class's result, where not for all.
    pub limit: Option<Limit>,
    /// What a reader should know: keys that the class does not read, names that were respelled.
    pub notes: Vec<String>,
    /// Every key that the class takes, with the value that it has here.
    pub record: Overrides,
    /// What is resized before this declaration reads it: an image becomes RGB of u8 by that one first. Nothing where the
    /// image is read as it is.
    pub before: Option<Box<Imported>>,
    /// How windows are cut out of what `before` makes; nothing where the declaration reads all of it.
    pub(crate) cutting: Option<Cutting>,
    /// Whether its images are among those that the class counts.
    pub is_counted: bool,
    /// For which images there is a tensor; for all of them but in one of `views`.
    pub when: When,
    /// In which tensor it is; of its own but in one of `views`.
    pub place: Place,
    /// The other tensors that the class makes of the same image, each with a declaration and outputs of its own.
    pub views: Vec<Imported>,
}

/// How the frames of a video become one tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frames {
    /// Of how many frames the declaration is, where [`Imported::with_frames`] said it: sizes may depend on it. Else of as many
    /// as share a patch.
    pub count: Option<u32>,
    /// To which multiple of frames the last one is repeated.
    pub multiple: u32,
    /// How many frames one behind the other share a patch.
    pub temporal: u32,
    /// Whether the frames of a patch lie one behind the other in it, and not those of each channel.
    pub is_frame_first: bool,
    /// The most of a video's frames, or of its groups that share patches, that one grid counts; the rest has grids of its own.
    pub chunk: Option<u32>,
}

/// A size rule of a class that a clause says for nearly all images: [`Imported::admits`] knows the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// `shortest = side, max = longest`: a line of pixels would have no rows, which the library fails with.
    NoSideOfZero {
        /// The shorter side.
        side: u32,
        /// The most of the longer one.
        longest: u32,
    },
    /// `longest = side`, made as `int(side * (shorter / longer))`, whose quotient is rounded before the product.
    RatioFirst(u32),
    /// A margin to the next multiples, mirrored, which is longer than the image itself.
    MirrorBeyondImage(u32),
    /// An image of 1 or 3 rows, which the class takes for channels.
    RowsLikeChannels,
    /// An image of a multiple of so many columns, behind which the class puts patches of nothing.
    ColumnsOfWholePatches(u32),
    /// An image with a side of less than `least` that is more than `most` times as long: the class squares it before.
    LongAndThin {
        /// The least of the shorter side.
        least: u32,
        /// The most of the quotient.
        most: u32,
    },
    /// An image that is so thin that hardly anything of it is left in a canvas.
    Canvas(PaddedCanvas),
    /// A square whose content is no thinner than `least`.
    ShorterSide {
        /// The side of the square.
        square: u32,
        /// The least of the content's shorter side.
        least: u32,
    },
}

/// What becomes of an image of other channels.
#[derive(Clone, Debug, PartialEq)]
pub enum Variant {
    /// This declaration says it.
    Declared(Box<Spec>),
    /// The library raises an error, and so does pixfuse.
    Raises(String),
    /// The library does something that a declaration cannot say.
    Refused(Error),
}

/// One of the things that a library returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    /// Under this key.
    pub name: &'static str,
    /// What it is.
    pub value: Value,
}

/// What an [`Output`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// The tensors of all images.
    Pixels,
    /// The same, each as a sample of its own: with an axis of one behind that of the images.
    PixelsAlone,
    /// 1 where there is content, 0 in the margin behind it: int64, rows and columns of the batch.
    Mask,
    /// The same, true and false.
    BoolMask,
    /// 1 for each patch of the image, 0 for those behind that fill the tensor up: int32.
    PatchMask,
    /// Rows and columns of each source image: int64.
    SourceSizes,
    /// The same: f32.
    SourceSides,
    /// Rows and columns that each image was resized to: int64.
    ResizedSizes,
    /// The rows that each image was resized to, on an axis of its own: int64.
    ResizedRows,
    /// The columns that each image was resized to, on an axis of its own: int64.
    ResizedColumns,
    /// The rows that each image was resized to over its own, on an axis of its own: f32 on torch, f64 on Pillow.
    RowScale,
    /// Frames, rows and columns of patches of each image, or of each chunk of a video: int64.
    GridThw,
    /// How many grids each video has: int64.
    GridCount,
    /// How many frames each video has: int64.
    FrameCount,
    /// 1 where there is an image in a frame, in those too that fill a shorter video up: int64.
    FramePixelMask,
    /// True for each frame of a video, false for those behind that fill it up; nothing where all have as many.
    FrameMask,
    /// Rows and columns of patches of each image: int64.
    Grid,
    /// Column and row of each patch, -1 and -1 for those behind that fill the tensor up: int64.
    PatchPositions,
    /// The patches of each image, in groups of so many: int64.
    PatchGroups(u32),
    /// How many tiles each image is cut into, with its thumbnail: int64.
    TileCount,
    /// Rows and columns of tiles of each image: int64.
    TileGrid,
    /// How many tiles each image is cut into: a list for each sample.
    TileCounts,
    /// Rows of tiles of each image: a list for each sample.
    TileRows,
    /// Columns of tiles of each image: a list for each sample.
    TileColumns,
    /// Rows of tiles of each image, 0 where it is one tile: a list for each sample.
    SplitRows,
    /// Columns of tiles of each image, 0 where it is one tile: a list for each sample.
    SplitColumns,
    /// 1 in each tile of a sample, 0 in those behind that fill the tensor up: int64, rows and columns of a tile.
    TilePixelMask,
    /// True for each tile of a sample, false for those behind that fill the tensor up.
    TileMask,
    /// Which grid of at most so many tiles each image has, from 1: int64.
    AspectRatioIds(u32),
    /// 1 for each tile of an image, 0 for the others of so many: int64.
    AspectRatioMask(u32),
    /// One integer for the whole batch.
    One(i64),
    /// The same integer for each image.
    Each(i64),
    /// The same two integers for each image.
    EachPair([i64; 2]),
    /// How many tiles the first of the other tensors has of each image, 0 for one that it is not made of: int64.
    ViewTiles,
    /// The same, as a list.
    ViewTileCounts,
    /// Columns and rows of those tiles, 1 and 1 for an image that it is not made of: a list.
    ViewTileGrids,
    /// The patches of so many pixels of all images and their tiles, side by side: an axis of one, channels, rows of a patch, and
    /// columns of all.
    PatchStrip(u32),
    /// The patches of all images and their tiles, so many rows for each of them.
    PatchRows(u32),
    /// Rows and columns of patches of so many pixels, of each image and tile: int32.
    PatchSizes(u32),
    /// The same as int64.
    PatchShapes(u32),
    /// The images and tiles of each image, on an axis of their own, zeros behind those of an image that has fewer.
    TileStack,
    /// For each window of an image whether it is the last of a row before the last, false behind those of an image that has
    /// fewer: a list, where any image has windows.
    RowEnds,
    /// 1 for each patch of an image or tile, 0 for those behind that fill its rows up: int32.
    PatchRowMask(u32),
    /// Rows and columns of the tiles of each image, 0 and 0 where it stays whole: a list.
    CutGrids,
    /// How many images each one becomes, itself and its tiles: a list.
    CutCounts,
    /// What follows from the sizes of the images alone: [`Imported::of_sizes`] makes it.
    OfSizes(SizeValue),
    /// An empty list.
    Nothing,
    /// One text for the whole batch.
    Text(&'static str),
}

/// What images of several sizes become together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batch {
    /// One array; their tensors must have one shape.
    Stack,
    /// One array of the largest rows and columns, or of the most tiles, zeros behind smaller ones.
    Pad,
    /// One array of the patches or tiles of all images, one image behind the other.
    Concatenate,
    /// One array with an axis of samples: the tiles of a sample's images one behind the other, zeros behind fewer ones.
    Sequence,
}

impl Imported {
    /// One tensor of each image, and those of a call stacked, which is all that most libraries have.
    pub(crate) fn stacked(
        library: Library,
        class: &str,
        backend: Backend,
        spec: Spec,
        gray: Variant,
        alpha: Variant,
        record: Overrides,
    ) -> Self {
        Self {
            library,
            class: class.to_owned(),
            backend,
            spec,
            gray,
            alpha,
            outputs: vec![Output { name: "pixel_values", value: Value::Pixels }],
            batch: Batch::Stack,
            is_nested: false,
            is_single: false,
            is_paired: false,
            grayscale: None,
            is_uniform: false,
            frames: None,
            patch_axes: Vec::new(),
            patches_per_token: None,
            prompt: Prompt::default(),
            converts: false,
            limit: None,
            notes: Vec::new(),
            record,
            before: None,
            cutting: None,
            is_counted: true,
            when: When::Always,
            place: Place::Apart,
            views: Vec::new(),
        }
    }

    /// Whether the declaration is the library's result for a source image of this size.
    ///
    /// # Errors
    /// When the library's size for it is another one, or none.
    pub fn admits(&self, rows: usize, columns: usize) -> Result<(), Error> {
        let [shorter, longer] = [rows.min(columns) as f64, rows.max(columns) as f64];
        let refuse = |message: String| Err(Error::value(&self.class, "size", message));
        let image = format!("an image of {rows} rows x {columns} columns");
        match self.limit {
            None => Ok(()),
            Some(Limit::NoSideOfZero { side, longest }) => {
                let raw = f64::from(longest) * shorter / longer;
                let is_limited = longer / shorter * f64::from(side) > f64::from(longest);
                if is_limited && raw.round_ties_even() < 1.0 {
                    return refuse(format!("{image} would have no shorter side, which the library fails with too"));
                }
                Ok(())
            }
            Some(Limit::RatioFirst(side)) => {
                let side = f64::from(side);
                if (side * (shorter / longer)).trunc() != (side * shorter / longer).trunc() || side * shorter < longer {
                    return refuse(format!("{image} has a side that the class rounds another way; resize it before"));
                }
                Ok(())
            }
            Some(Limit::MirrorBeyondImage(multiple)) => {
                let multiple = multiple as usize;
                if [rows, columns].iter().any(|side| (side / multiple + 1) * multiple - side > *side) {
                    return refuse(format!(
                        "{image} is shorter than the margin that would mirror it, which the library fails with"
                    ));
                }
                Ok(())
            }
            Some(Limit::RowsLikeChannels) if rows == 1 || rows == 3 => refuse(format!(
                "{image} is taken for one of {rows} channels by the class; it fails or gives another image"
            )),
            Some(Limit::RowsLikeChannels) => Ok(()),
            Some(Limit::ColumnsOfWholePatches(side)) if columns.is_multiple_of(side as usize) => {
                refuse(format!("{image} has columns of whole patches, behind which the class puts patches of nothing"))
            }
            Some(Limit::ColumnsOfWholePatches(_)) => Ok(()),
            Some(Limit::LongAndThin { least, most })
                if shorter < f64::from(least) && longer / shorter > most.into() =>
            {
                refuse(format!("{image} is so thin that the class puts it into a square before it resizes it"))
            }
            Some(Limit::LongAndThin { .. }) => Ok(()),
            Some(Limit::Canvas(canvas)) => canvas.plan([rows as u32, columns as u32]).map(drop).or_else(refuse),
            Some(Limit::ShorterSide { square, least }) => {
                if (shorter * (f64::from(square) / longer)).round_ties_even() < f64::from(least) {
                    return refuse(format!(
                        "{image} is so thin that the class makes it {least} pixels wide, out of its aspect"
                    ));
                }
                Ok(())
            }
        }
    }

    /// What becomes of a photo file, which the library loads as RGB: gray is repeated, alpha is dropped.
    ///
    /// This declaration reads every file that can be decoded.
    pub fn of_files(&self) -> Spec {
        let mut spec = self.spec.clone();
        spec.input.format = PixelFormat::Rgba8;
        spec.input.alpha = Some(Alpha::Drop);
        spec
    }

    /// What a file becomes, as one text: two configs with the same one return the same of every file. With the file's bytes it
    /// makes a key for caches.
    pub fn fingerprint(&self) -> String {
        let record = serde_json::Value::Object(self.record.clone());
        format!("{}\n{} of {}\n{record}", self.of_files(), self.class, self.library.name())
    }

    /// Rows for people: what was read, and what became of it.
    pub fn explain(&self) -> String {
        let Self { library, class, backend, spec, outputs, .. } = self;
        let names = outputs.iter().chain(self.views.iter().flat_map(|view| &view.outputs));
        let names: Vec<&str> = names.map(|output| output.name).collect();
        let mut lines = vec![
            format!("config   {class} of {}, backend {backend}", library.name()),
            format!("returns  {}", names.join(", ")),
            format!("rgb      {spec}"),
            format!("gray     {}", self.gray),
            format!("alpha    {}", self.alpha),
        ];
        lines.extend(self.before.iter().map(|before| format!("before   {}", before.spec)));
        lines.extend(
            self.views.iter().map(|view| format!("view     {}: {}, {}", view.outputs[0].name, view.spec, view.when)),
        );
        match self.batch {
            Batch::Stack => {}
            Batch::Pad => lines.push("batch    padded to the largest rows and columns with zeros".to_owned()),
            Batch::Sequence => {
                lines.push("batch    the tiles of a sample's images, one image behind the other".to_owned());
            }
            Batch::Concatenate => {
                lines.push("batch    the patches or tiles of all images, one image behind the other".to_owned())
            }
        }
        lines.extend(self.notes.iter().map(|note| format!("note     {note}")));
        lines.join("\n")
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declared(spec) => spec.fmt(f),
            Self::Raises(why) => write!(f, "raises: {why}"),
            Self::Refused(error) => write!(f, "refused: {error}"),
        }
    }
}
