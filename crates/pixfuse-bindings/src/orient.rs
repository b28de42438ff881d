//! How an image is turned, instead of as the declaration says.

use pixfuse::{Orientation, Pipeline};

use crate::{Argument, ArgumentError, Language};

/// What `orient` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orient {
    /// Nothing: files are turned as they say, other images as the declaration says.
    Unsaid,
    /// `'exif'`: as the image's own note says, without one as the declaration says.
    Exif,
    /// 1 to 8, or `'stored'`, which is 1.
    By(Orientation),
}

impl Orient {
    /// From an argument that may be left out.
    ///
    /// # Errors
    /// When it is something else.
    pub fn of(given: &Argument, language: Language) -> Result<Self, ArgumentError> {
        match given {
            absent if absent.is_absent() => return Ok(Self::Unsaid),
            Argument::Text(word) if word == "exif" => return Ok(Self::Exif),
            Argument::Text(word) if word == "stored" => return Ok(Self::By(Orientation::Upright)),
            _ => {}
        }
        let value = given.positive().and_then(|value| Orientation::from_exif(value as u32));
        let expected = "an integer from 1 to 8, 'exif' or 'stored'";
        value.map(Self::By).ok_or_else(|| given.unexpected("orient", expected, language))
    }

    /// For a size, or an image that has no notes: nothing where the declaration says it.
    ///
    /// # Errors
    /// When a note is asked for.
    pub fn of_pixels(self) -> Result<Option<Orientation>, ArgumentError> {
        match self {
            Self::Unsaid => Ok(None),
            Self::By(orientation) => Ok(Some(orientation)),
            Self::Exif => Err(ArgumentError::new(
                "orient: 'exif' is a note in an image, of which there is none; give its value, 1 to 8",
            )),
        }
    }

    /// For a file: nothing where its own note says it.
    pub fn of_file(self) -> Option<Orientation> {
        match self {
            Self::Unsaid | Self::Exif => None,
            Self::By(orientation) => Some(orientation),
        }
    }

    /// The rows and columns of an image that is stored in this size as the pipeline takes them, which turns them as it declares.
    ///
    /// # Errors
    /// As [`of_pixels`](Self::of_pixels).
    pub fn sides(self, pipe: &Pipeline, stored: [usize; 2]) -> Result<[usize; 2], ArgumentError> {
        let orient = self.of_pixels()?;
        Ok(orient.map_or(stored, |orient| pipe.spec().input.orient.size(orient.size(stored))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_have_no_notes() {
        let pipe = Pipeline::parse("input(gray8, orient = 6), output(gray, u8, chw)").unwrap();
        let sides = |given: Argument| Orient::of(&given, Language::Python).unwrap().sides(&pipe, [2, 3]);
        assert_eq!(sides(Argument::Null), Ok([2, 3]));
        // Upright: the pipeline takes what it turns to that.
        assert_eq!(sides(Argument::Text("stored".into())), Ok([3, 2]));
        assert!(
            sides(Argument::Text("exif".into()))
                .unwrap_err()
                .to_string()
                .starts_with("orient: 'exif' is a note in an image, of which")
        );
        let wrong = Orient::of(&Argument::Number(9.0), Language::Python).unwrap_err().to_string();
        assert_eq!(wrong, "orient: expected an integer from 1 to 8, 'exif' or 'stored', found 9");
    }
}
