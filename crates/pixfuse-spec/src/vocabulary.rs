//! The words of the language: one enum for each place where a name stands, and the name of each value.

use std::fmt;

/// Declares an enum of names: `ALL`, `name`, `from_name` and `Display` come from one list.
///
/// More may come with any version. `closed` are those that the core has an arm for each of: a new one is meant to break it.
macro_rules! names {
    ($(#[$doc:meta])* closed $name:ident, $($rest:tt)+) => {
        names!(@ $(#[$doc])* $name, $($rest)+);
    };
    ($(#[$doc:meta])* $name:ident, $($rest:tt)+) => {
        names!(@ $(#[$doc])* #[non_exhaustive] $name, $($rest)+);
    };
    (@ $(#[$doc:meta])* $name:ident, $what:literal: $($(#[doc = $value_doc:literal])+ $value:ident = $text:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[doc = $value_doc])+ $value,)+
        }

        impl $name {
            /// Every value, in the order in which documentation and error messages list them.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// What a value of this kind is called in an error message.
            pub const WHAT: &'static str = $what;

            /// The name of each value of `ALL`.
            pub(crate) const NAMES: &'static [&'static str] = &[$($text),+];

            /// The name as it is written in a declaration.
            pub const fn name(self) -> &'static str {
                Self::NAMES[self as usize]
            }

            /// Its sentence of documentation.
            #[doc(hidden)]
            pub const fn documentation(self) -> &'static str {
                match self {
                    $(Self::$value => concat!($($value_doc),+),)+
                }
            }

            /// The value with this name, if there is one.
            pub fn from_name(name: &str) -> Option<Self> {
                position(Self::NAMES, name).map(|index| Self::ALL[index])
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

/// Which of these names it is.
pub(crate) fn position(names: &[&str], name: &str) -> Option<usize> {
    names.iter().position(|known| *known == name)
}

names! {
    /// What one source pixel is: its channels in memory order, and the type of each.
    PixelFormat, "pixel format":
    /// One channel of luma.
    Gray8 = "gray8",
    /// Red, green, blue.
    Rgb8 = "rgb8",
    /// Blue, green, red: what OpenCV reads.
    Bgr8 = "bgr8",
    /// Red, green, blue, alpha: what a canvas holds.
    Rgba8 = "rgba8",
    /// Blue, green, red, alpha.
    Bgra8 = "bgra8",
    /// 4:2:0 in two planes, luma and pairs (U, V): what cameras and hardware decoders give.
    Nv12 = "nv12",
    /// As `nv12`, with pairs (V, U): what Android gives.
    Nv21 = "nv21",
    /// 4:2:0 in three planes, luma, U and V: what video decoders give.
    I420 = "i420",
    /// 4:2:2 interleaved, luma, U, luma, V (YUY2): what webcams give.
    Yuyv = "yuyv",
    /// One channel of 16 bits.
    Gray16 = "gray16",
    /// Red, green, blue, 16 bits each.
    Rgb16 = "rgb16",
    /// Blue, green, red, 16 bits each.
    Bgr16 = "bgr16",
    /// One channel of f32.
    Gray32f = "gray32f",
    /// Red, green, blue, an f32 each.
    Rgb32f = "rgb32f",
    /// Blue, green, red, an f32 each.
    Bgr32f = "bgr32f",
}

names! {
    /// The type of one channel of a source pixel.
    closed Sample, "sample type":
    /// 0 to 255.
    U8 = "u8",
    /// 0 to 65535.
    U16 = "u16",
    /// Any finite number; 0 to 1 as a rule.
    F32 = "f32",
}

names! {
    /// The weights of red and blue in luma, by which YUV becomes RGB.
    Matrix, "colour matrix":
    /// ITU-R BT.601: standard definition, JPEG, and what OpenCV converts by.
    Bt601 = "bt601",
    /// ITU-R BT.709: high definition.
    Bt709 = "bt709",
    /// ITU-R BT.2020, non-constant luminance: ultra high definition.
    Bt2020 = "bt2020",
}

names! {
    /// Which values YUV has.
    Range, "range":
    /// Luma from 16 to 235, chroma from 16 to 240: video.
    Limited = "limited",
    /// 0 to 255: JPEG.
    Full = "full",
}

names! {
    /// Whose integer weights make gray of colours. Both are those of BT.601.
    Gray, "gray rule":
    /// Pillow `convert("L")`: `(19595 R + 38470 G + 7471 B + 2^15) >> 16`.
    Pillow = "pillow",
    /// OpenCV 5 `COLOR_RGB2GRAY`: `(9798 R + 19235 G + 3735 B + 2^14) >> 15`.
    Opencv = "opencv",
}

names! {
    /// Where channels lie: innermost (`hwc`, interleaved) or outermost (`chw`, planes).
    closed Layout, "layout":
    /// Rows, columns, channels: interleaved pixels.
    Hwc = "hwc",
    /// Channels, rows, columns: one plane after another.
    Chw = "chw",
}

names! {
    /// Where an image lies in a larger frame.
    Anchor, "place in the frame":
    /// Its first pixel is the frame's first.
    TopLeft = "top_left",
    /// In the middle, with the odd row or column of the margin behind.
    Center = "center",
}

names! {
    /// How the elements of a patch follow each other, from the outermost: channels, time (`temporal = ..`), rows and
    /// columns.
    closed PatchOrder, "order of elements":
    /// Channels, each with its frames: transformers' Qwen2-VL and its kin.
    Cthw = "cthw",
    /// Frames, each with its channels: planes in time order.
    Tchw = "tchw",
    /// Frames of interleaved pixels: SigLIP 2.
    Thwc = "thwc",
}

names! {
    /// What becomes of an alpha channel, before anything is resampled.
    Alpha, "alpha rule":
    /// The alpha channel is not read; colours are taken as they are stored.
    Drop = "drop",
    /// The image lies over a background of one colour: Pillow `alpha_composite` and `paste` with a mask.
    Over = "over",
    /// Colours are multiplied by alpha: Pillow's mode `RGBa`. Alpha itself is kept where the output has it.
    Premultiply = "premultiply",
}

names! {
    /// How a resized pixel is made from source pixels. Each name is one library's result, to the bit.
    Filter, "filter":
    /// OpenCV `INTER_NEAREST`: source index `floor(d * (1 / (D / S)))`.
    Nearest = "nearest",
    /// Pillow `NEAREST`: half-pixel centres, the coordinate accumulated in `f64`.
    NearestExact = "nearest_exact",
    /// The loop people write by hand: source index `floor(d * (S / D))` in `f64`.
    NearestFloor = "nearest_floor",
    /// OpenCV `INTER_LINEAR`: two taps an axis, 11-bit weights. With `antialias` Pillow `BILINEAR`.
    Bilinear = "bilinear",
    /// PyTorch's uint8 bicubic, a = -0.75: four taps an axis. With `antialias` Pillow `BICUBIC`, a = -0.5.
    Bicubic = "bicubic",
    /// Pillow `BOX`; always antialiased.
    Box = "box",
    /// Pillow `HAMMING`; always antialiased.
    Hamming = "hamming",
    /// Pillow `LANCZOS`, three lobes; always antialiased.
    Lanczos = "lanczos",
    /// OpenCV `INTER_AREA`: the mean of the source pixels that an output pixel covers.
    Area = "area",
    /// OpenCV `INTER_LANCZOS4`: eight taps an axis, no antialiasing.
    Lanczos4 = "lanczos4",
}

names! {
    /// Whose filter is meant, where two libraries have one of the same name.
    Like, "library":
    /// Pillow: 22-bit weights. What an antialiased filter is unless written.
    Pillow = "pillow",
    /// PyTorch's uint8 kernels: 15-bit weights, and indices of its nearest filters in f32.
    Torch = "torch",
}

names! {
    /// What a resampled value is before it is normalised.
    Precision, "precision":
    /// Rounded to an integer from 0 to 255, as the libraries do.
    U8 = "u8",
    /// Not rounded: nearer to the ideal, equal to no library.
    ///
    /// It is the filter in f32, tap by tap: with `m` by `n` taps no more than `(m + n + 2) / 2^14` of a level from the
    /// same filter in exact arithmetic, which is a thousandth of a level for 8 by 8 taps.
    F32 = "f32",
}

names! {
    /// Which values torch's filter of floats resizes, with `like = torch, precision = f32`.
    closed FloatsOf, "kind of values":
    /// Pixel values of 0 to 255: `normalize` comes behind the resize.
    Pixels = "pixels",
    /// Pixel values times `scale`: `mean` and `std` come behind the resize.
    Rescaled = "rescaled",
    /// What `normalize` makes of pixel values: nothing comes behind the resize.
    Normalized = "normalized",
}

names! {
    /// Which way a length or an offset is rounded: the offset of `center_crop` when the margin is odd, and the side of
    /// `resize` that follows from the other, which is [truncated or rounded half to even](crate::Size).
    Rounding, "rounding":
    /// The offset is `(side - cropped) / 2` rounded half to even: torchvision and timm.
    HalfEven = "half_even",
    /// The offset is `(side - cropped) / 2` rounded down, also below zero: Hugging Face's Pillow processors.
    Floor = "floor",
    /// The offset is `(side - cropped) / 2` rounded toward zero: Hugging Face's torch processors. Differs from `floor`
    /// where the image is smaller and the margin is odd.
    Truncate = "truncate",
}

names! {
    /// How `letterbox` rounds the content's sides and where it puts the content.
    LetterboxRule, "rule":
    /// Sides rounded half to even, in the middle, the odd row or column of the margin behind the content.
    Ultralytics = "ultralytics",
    /// Sides truncated, in the top left corner.
    Yolox = "yolox",
    /// Sides truncated from an f32 ratio, in the middle: OpenCV's `blobFromImageWithParams`.
    Opencv = "opencv",
}

names! {
    /// How `resize(cover = ..)` makes and rounds the sides.
    CoverRule, "rule":
    /// Each side divided by the smaller ratio of source to frame, in f64, rounded half to even: timm's `ResizeKeepRatio`,
    /// which is its centre mode where the frame is no square.
    Timm = "timm",
    /// Each side times the larger ratio of frame to source, in f32, rounded half to even: OpenCV's
    /// `blobFromImageWithParams` with `DNN_PMODE_CROP_CENTER`. It samples at that ratio, not at the quotient of the sides.
    Opencv = "opencv",
}

names! {
    /// Whose size `resize(rule = ..)` makes of an image's, as transformers 5.24 computes it. Each takes its own
    /// [numbers](SizeNumber).
    SizeRule, "rule":
    /// Qwen2-VL to 3.5-VL `smart_resize`: the nearest multiples, within a budget of pixels. Also Emu3, Apertus, Ernie 4.5,
    /// HunYuan, MiniMax M3, Cohere Compass and VideoLLaMA 3.
    Qwen2Vl = "qwen2_vl",
    /// GLM-4V: as Qwen's, with frames in the budget. Also GLM-4.6V and Cosmos 3 Edge, and videos of Qwen3-VL.
    Glm4v = "glm4v",
    /// GLM-Image: half of the image within the roots of the budget.
    GlmImage = "glm_image",
    /// PaddleOCR-VL: as Qwen's, after a side below the multiple was enlarged to it.
    PaddleocrVl = "paddleocr_vl",
    /// LFM2-VL: as Qwen's, for an image that is not cut into tiles.
    Lfm2Vl = "lfm2_vl",
    /// SigLIP 2 NaFlex: as many patches as fit.
    Naflex = "naflex",
    /// MaskFormer and Mask2Former: as DETR, then to the multiples above.
    Mask2former = "mask2former",
    /// TextNet: the shorter side truncated as torchvision does, then to the multiples above.
    Textnet = "textnet",
    /// PP-LCNet: the shorter side rounded, then to the multiples above.
    PpLcnet = "pp_lcnet",
    /// GLPN: the multiples below the image's own sides.
    Glpn = "glpn",
    /// YOLOS: as DETR, then to the multiples below.
    Yolos = "yolos",
    /// ViLT and BridgeTower: the longer side at most 1333/800 of the shorter, then to the multiples below.
    Vilt = "vilt",
    /// DPT and Depth Anything with `keep_aspect_ratio`: the nearest multiples.
    Dpt = "dpt",
    /// PP-OCR's detectors: a limit of one side, then the nearest multiples of 32.
    PpOcr = "pp_ocr",
    /// PP-OCR's recognisers: so many rows, columns by the aspect, rounded up, at most `max`.
    PpOcrRec = "pp_ocr_rec",
    /// Pixtral: at most the longest side, then to the multiples above.
    Pixtral = "pixtral",
    /// Idefics2: the longer side at most `max`, no side below `shortest`.
    Idefics2 = "idefics2",
    /// Idefics3 and SmolVLM, the first of two resizes: the longest side, the other one even.
    Idefics3 = "idefics3",
    /// Idefics3 and SmolVLM, the second of them: the multiples above, the longer side's first.
    Idefics3Canvas = "idefics3_canvas",
    /// A frame of a video to SmolVLM: two resizes, Idefics3's first and then to rows and columns.
    SmolvlmFrame = "smolvlm_frame",
    /// SAM: the longest side, both rounded half up.
    Sam = "sam",
    /// DeepSeek-VL and Janus: the longest side, no side below `min_side`.
    DeepseekVl = "deepseek_vl",
    /// Aria: the longest side, no side below `min_side`, which is truncated.
    Aria = "aria",
    /// transformers' `{max_height, max_width}`: as large as fits within rows and columns, both sides truncated.
    HfWithin = "hf_within",
    /// Kimi K2.5: no larger than the image, the patches and the longest side allow; truncated.
    KimiK25 = "kimi_k25",
    /// Gemma 4: the multiples below what the budget of pixels allows, of an image of any size.
    Gemma4 = "gemma4",
    /// NeoMME: enlarged or reduced into a budget of pixels, at most `max` a side; then `pad(multiple = ..)`.
    Neomme = "neomme",
    /// UltraVBert: as Idefics3's first, with no more than `max_patches` tiles of `multiple` in the canvas that follows.
    Ultravbert = "ultravbert",
    /// MiniCPM-V: the whole image, about `longest` x `longest` pixels of its aspect where it is larger or is not sliced.
    Minicpm = "minicpm",
    /// MiniCPM-V: the canvas of an image that is cut into at most `max_patches` slices of about as many pixels.
    MinicpmSlices = "minicpm_slices",
    /// LFM2-VL: the canvas of an image that is cut into tiles of `multiple`, of the nearest aspect.
    Lfm2VlTiles = "lfm2_vl_tiles",
    /// GLM-5: no larger than the image unless it is below the budget, within a canvas of multiples; then
    /// `pad(multiple = ..)`.
    Glm5Next = "glm5_next",
    /// Muse Glimmer: of the four grids of patches about the image's own, within a number of patches, the one of the nearest
    /// aspect.
    MuseGlimmer = "muse_glimmer",
    /// Nemotron 3 Omni: the image's own grid of patches, within numbers of them, in squares of `merge` x `merge`.
    NemotronHOmni = "nemotron_h_omni",
    /// A frame of a video to HY-V4-VL: the most multiples that the budgets of the video and of a frame allow, none enlarged.
    HyV4Vl = "hy_v4_vl",
    /// Fuyu: an image that is larger than rows and columns fits into them, both sides truncated; others stay as they are.
    Fuyu = "fuyu",
    /// Donut: two resizes, the shorter side to that of the frame, then `donut_thumbnail`.
    Donut = "donut",
    /// Donut's second resize: no side beyond the frame's, the shorter one truncated.
    DonutThumbnail = "donut_thumbnail",
}

names! {
    /// What stands in the margins of `pad(border = ..)`, where it is no one value.
    Border, "border":
    /// The image, mirrored at its edges, whose rows and columns stand there twice: torchvision's and numpy's `symmetric`,
    /// OpenCV's `BORDER_REFLECT`.
    Symmetric = "symmetric",
}

names! {
    /// The numbers that a [`SizeRule`] takes, each by its name.
    SizeNumber, "number":
    /// Of what both sides become multiples: a patch, or a patch times a merge.
    Multiple = "multiple",
    /// The least number of pixels.
    MinPixels = "min_pixels",
    /// The largest number of pixels.
    MaxPixels = "max_pixels",
    /// The largest number of pixels of one frame.
    FramePixels = "frame_pixels",
    /// As how many frames an image counts: those of its video, or the size of a temporal patch.
    Frames = "frames",
    /// The size of a temporal patch, to whose multiples the number of frames is rounded in the budget.
    Temporal = "temporal",
    /// How many patches a side of a square has, of which sides become multiples.
    Merge = "merge",
    /// The least number of patches.
    MinPatches = "min_patches",
    /// The largest number of patches.
    MaxPatches = "max_patches",
    /// The shorter side.
    Shortest = "shortest",
    /// The longer side.
    Longest = "longest",
    /// The most of the longer side.
    Max = "max",
    /// The least of the shorter side.
    MinSide = "min_side",
    /// Rows to come near to.
    Rows = "rows",
    /// Columns to come near to.
    Columns = "columns",
}

names! {
    /// How `tiles(rule = ..)` cuts an image, as transformers 5.24 does: which grid of tiles, and how the image lies in it.
    TileRule, "rule":
    /// InternVL, GOT-OCR 2 and their kin: the grid of the nearest aspect, which the image fills.
    Internvl = "internvl",
    /// GraniteDocling: as InternVL's, with at most 16 tiles a side.
    GraniteDocling = "granite_docling",
    /// Cohere's Command A and Aya Vision: the grid that enlarges the image least, which the image fills.
    Cohere2Vision = "cohere2_vision",
    /// Ovis 2: the fewest tiles that keep 90 % of the image's area, which the image fills.
    Ovis2 = "ovis2",
    /// PerceptionLM: the largest canvas that the image fits into, which it then fills.
    PerceptionLm = "perception_lm",
    /// LLaVA-NeXT and OneVision (anyres): the best of a list of canvases, in whose middle the image lies.
    LlavaNext = "llava_next",
    /// Llama 3.2 Vision: the canvas that enlarges the image least, at whose top left it lies.
    Mllama = "mllama",
    /// Llama 4: the canvas that enlarges the image least, by a quotient in f32, at whose top left it lies.
    Llama4 = "llama4",
    /// Idefics3 and SmolVLM: the multiples above, which the image fills as u8; the thumbnail is made of that canvas. A
    /// `resize` beside it is a stage before.
    Idefics3 = "idefics3",
}

names! {
    /// Where the whole image, as one tile, stands among its tiles.
    Thumbnail, "thumbnail":
    /// Before them.
    First = "first",
    /// Behind them.
    Last = "last",
}

names! {
    /// The order of operations of `normalize`. All are the same formula; they differ in the last bits.
    Order, "order":
    /// One multiply-add of folded constants: `fma(x, scale / (std + eps), -mean / (std + eps))`.
    Fused = "fused",
    /// torchvision's `ToTensor` and its presets: `x * scale` (`x / 255` for 1/255), less `mean`, divided by `std`, each
    /// rounded to f32.
    Torchvision = "torchvision",
    /// torchvision's `v2.ToDtype(scale=True)`: as `torchvision`, but always a product with `scale` rounded to f32.
    TorchvisionV2 = "torchvision_v2",
    /// Hugging Face's Pillow processors: `x * scale` in f64 rounded to f32, then as torchvision.
    HfPil = "hf_pil",
    /// Hugging Face's torch processors: `(x - mean / scale) / (std / scale)`, in f32.
    HfTorch = "hf_torch",
    /// OpenCV's `blobFromImage`: `(x - mean / scale) * (scale / std)`, in f32.
    Opencv = "opencv",
    /// The loop that people write in numpy, and rembg's: `(x / 255 - mean) / std` in f64 (a product with any `scale` that
    /// is not one over an integer), rounded to f32 last.
    Numpy = "numpy",
    /// rapidocr's detector: pixels times `scale` in f32, then less `mean` and divided by `std` in f64, rounded to f32 last.
    Rapidocr = "rapidocr",
    /// PaddleOCR's (PaddleX `NormalizeImage`): `x * (scale / std) + (-mean / std)`, folded in f64, each step rounded to f32.
    Paddleocr = "paddleocr",
    /// Llama 4's: `(x * scale - mean) / std`, the numbers and each step rounded to bfloat16.
    Llama4 = "llama4",
}

names! {
    /// Which channels the tensor has, in this order.
    ChannelOrder, "channel order":
    /// One channel of luma.
    Gray = "gray",
    /// Red, green, blue.
    Rgb = "rgb",
    /// Blue, green, red.
    Bgr = "bgr",
    /// Red, green, blue, alpha.
    Rgba = "rgba",
    /// Blue, green, red, alpha.
    Bgra = "bgra",
}

names! {
    /// The type of one tensor element.
    closed Element, "element type":
    /// IEEE 754 binary32.
    F32 = "f32",
    /// IEEE 754 binary16: the f32 result, rounded half to even.
    F16 = "f16",
    /// bfloat16: the f32 result, rounded half to even.
    Bf16 = "bf16",
    /// Unsigned 8-bit integer: the pixel value itself, or the f32 result quantised with `scale` and `zero_point`.
    U8 = "u8",
    /// Signed 8-bit integer: the f32 result quantised with `scale` and `zero_point`.
    I8 = "i8",
}
