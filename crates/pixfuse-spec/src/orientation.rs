//! How a stored image is turned before it is shown: the eight ways of EXIF.

use std::fmt;

/// How a stored image is turned and mirrored before people (or models) see it: the values of the EXIF tag `Orientation`.
///
/// A camera that is held upright stores its sensor's rows as they come, and says so. Pillow's `ImageOps.exif_transpose`,
/// OpenCV's `imread` and browsers turn such a photo before they show it.
///
/// ```
/// use pixfuse_spec::Orientation;
///
/// let upright_phone = Orientation::from_exif(6).unwrap();
/// assert_eq!(upright_phone, Orientation::Rotate90);
/// assert_eq!(upright_phone.size([3024, 4032]), [4032, 3024]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[must_use]
pub enum Orientation {
    /// 1: shown as it is stored.
    #[default]
    Upright,
    /// 2: left and right change places.
    MirrorColumns,
    /// 3: by half a turn.
    Rotate180,
    /// 4: top and bottom change places.
    MirrorRows,
    /// 5: rows become columns: mirrored at the diagonal from the top left.
    Transpose,
    /// 6: by a quarter turn clockwise: the stored left column is the top row.
    Rotate90,
    /// 7: mirrored at the diagonal from the top right.
    Transverse,
    /// 8: by a quarter turn counterclockwise: the stored right column is the top row.
    Rotate270,
}

impl Orientation {
    /// Every one, in the order of their EXIF values.
    pub const ALL: [Self; 8] = [
        Self::Upright,
        Self::MirrorColumns,
        Self::Rotate180,
        Self::MirrorRows,
        Self::Transpose,
        Self::Rotate90,
        Self::Transverse,
        Self::Rotate270,
    ];

    /// The orientation of an EXIF value, if it is one from 1 to 8.
    pub fn from_exif(value: u32) -> Option<Self> {
        Self::ALL.iter().find(|orientation| orientation.exif() == value).copied()
    }

    /// The EXIF value, from 1 to 8.
    pub const fn exif(self) -> u32 {
        self as u32 + 1
    }

    /// Whether rows become columns. That comes after [`mirrors`](Self::mirrors).
    pub const fn transposes(self) -> bool {
        self.exif() >= 5
    }

    /// Whether the stored rows, and the stored columns, are taken from the last to the first.
    pub const fn mirrors(self) -> [bool; 2] {
        [
            matches!(self, Self::Rotate180 | Self::MirrorRows | Self::Rotate90 | Self::Transverse),
            matches!(self, Self::MirrorColumns | Self::Rotate180 | Self::Transverse | Self::Rotate270),
        ]
    }

    /// What turns an image back.
    pub const fn inverse(self) -> Self {
        match self {
            Self::Rotate90 => Self::Rotate270,
            Self::Rotate270 => Self::Rotate90,
            same => same,
        }
    }

    /// Rows and columns of the turned image, from those of the stored one; also the other way round.
    pub const fn size<T: Copy>(self, [rows, columns]: [T; 2]) -> [T; 2] {
        if self.transposes() { [columns, rows] } else { [rows, columns] }
    }
}

impl fmt::Display for Orientation {
    /// What is done, in words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Upright => "as stored",
            Self::MirrorColumns => "mirrored left to right",
            Self::Rotate180 => "turned by 180 degrees",
            Self::MirrorRows => "mirrored top to bottom",
            Self::Transpose => "transposed",
            Self::Rotate90 => "turned by 90 degrees clockwise",
            Self::Transverse => "transposed and turned by 180 degrees",
            Self::Rotate270 => "turned by 90 degrees counterclockwise",
        })
    }
}
