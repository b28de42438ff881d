//! What channels a file has, and how they become those that a pipeline reads.

use pixfuse::{PixelFormat, Sample};

/// The channels that a decoder gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colours {
    Gray,
    GrayAlpha,
    Rgb,
    Rgba,
    /// Inverted, as Adobe's programs store it and as Pillow takes every JPEG of four channels to be.
    Cmyk,
}

impl Colours {
    /// Bytes of a pixel.
    pub(crate) const fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }

    pub(crate) const fn has_alpha(self) -> bool {
        matches!(self, Self::GrayAlpha | Self::Rgba)
    }

    /// For messages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Gray => "gray pixels",
            Self::GrayAlpha => "gray pixels with alpha",
            Self::Rgb => "colours",
            Self::Rgba => "colours with alpha",
            Self::Cmyk => "CMYK colours",
        }
    }

    /// Why these channels do not become those of `input(...)`, if they do not: what it reads, and what would do.
    pub(crate) fn refused(self, bits: u8, wanted: PixelFormat) -> Option<String> {
        let alpha = self.has_alpha();
        match wanted {
            PixelFormat::Rgba8 | PixelFormat::Bgra8 => None,
            PixelFormat::Rgb8 | PixelFormat::Bgr8 if !alpha => None,
            PixelFormat::Gray8 if self == Self::Gray => None,
            PixelFormat::Rgb8 | PixelFormat::Bgr8 | PixelFormat::Gray8 => Some(if alpha {
                format!("input({wanted}) has no alpha; input(rgba8, alpha = drop) reads every file, and drops it")
            } else {
                format!("input({wanted}) is gray; input(rgb8) reads such files")
            }),
            PixelFormat::Gray16 | PixelFormat::Rgb16 | PixelFormat::Bgr16 => match (self, bits) {
                (_, ..16) => {
                    Some(format!("{bits} bits a sample, input({wanted}) reads 16; input(rgb8) reads such files"))
                }
                _ if alpha => Some(format!(
                    "input({wanted}) has no alpha; input(rgba8, alpha = drop) reads every file, in 8 bits, and drops it"
                )),
                (Self::Gray, _) => None,
                _ if wanted.channels() == 1 => Some(format!("input({wanted}) is gray; input(rgb16) reads such files")),
                _ => None,
            },
            _ => Some(format!("decoders do not give input({wanted}); write input(rgb8)")),
        }
    }

    /// Makes decoded pixels those of `wanted`, in place: `bytes` has room for either.
    pub(crate) fn arrange(self, bytes: &mut [u8], pixels: usize, wanted: PixelFormat) {
        let bgr = matches!(wanted, PixelFormat::Bgr8 | PixelFormat::Bgra8);
        if wanted.sample() == Sample::U16 {
            return match (self, wanted) {
                (Self::Gray, PixelFormat::Rgb16 | PixelFormat::Bgr16) => {
                    each(bytes, pixels, |[a, b]: [u8; 2]| [a, b, a, b, a, b]);
                }
                (Self::Rgb, PixelFormat::Bgr16) => {
                    each(bytes, pixels, |[r0, r1, g0, g1, b0, b1]: [u8; 6]| [b0, b1, g0, g1, r0, r1]);
                }
                _ => {}
            };
        }
        let place = |[r, g, b]: [u8; 3]| if bgr { [b, g, r] } else { [r, g, b] };
        let opaque = |colours: [u8; 3], alpha| {
            let [a, b, c] = place(colours);
            [a, b, c, alpha]
        };
        match (self, wanted.channels()) {
            (Self::Gray, 3) => each(bytes, pixels, |[gray]: [u8; 1]| [gray; 3]),
            (Self::Gray, 4) => each(bytes, pixels, |[gray]: [u8; 1]| opaque([gray; 3], 255)),
            (Self::GrayAlpha, 4) => each(bytes, pixels, |[gray, alpha]: [u8; 2]| opaque([gray; 3], alpha)),
            (Self::Rgb, 3) if bgr => each(bytes, pixels, place),
            (Self::Rgb, 4) => each(bytes, pixels, |rgb: [u8; 3]| opaque(rgb, 255)),
            (Self::Rgba, 4) if bgr => each(bytes, pixels, |[r, g, b, alpha]: [u8; 4]| opaque([r, g, b], alpha)),
            (Self::Rgba, 3) => each(bytes, pixels, |[r, g, b, _]: [u8; 4]| place([r, g, b])),
            (Self::Cmyk, 3) => each(bytes, pixels, |cmyk: [u8; 4]| place(rgb(cmyk))),
            (Self::Cmyk, 4) => each(bytes, pixels, |cmyk: [u8; 4]| opaque(rgb(cmyk), 255)),
            // As they are, or refused.
            _ => {}
        }
    }
}

/// Changes each pixel in place; larger pixels are written from the last one on, so that none is overwritten unread.
fn each<const FROM: usize, const TO: usize>(bytes: &mut [u8], pixels: usize, to: impl Fn([u8; FROM]) -> [u8; TO]) {
    let mut change = |index: usize| {
        let from: [u8; FROM] = std::array::from_fn(|channel| bytes[index * FROM + channel]);
        bytes[index * TO..][..TO].copy_from_slice(&to(from));
    };
    if TO > FROM { (0..pixels).rev().for_each(&mut change) } else { (0..pixels).for_each(&mut change) }
}

/// As Pillow's `convert("RGB")` of an inverted CMYK image: each colour times what black leaves, rounded.
fn rgb([c, m, y, k]: [u8; 4]) -> [u8; 3] {
    [c, m, y].map(|inverted| {
        let (ink, left) = (255 - u32::from(inverted), u32::from(k));
        let product = ink * left + 128;
        (left - ((product + (product >> 8)) >> 8)) as u8
    })
}
