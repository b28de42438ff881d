//! The gray of floats, after rescaling, as classes that match points of two images make it.

/// Whose sum of the three channels, in f32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grayscale {
    /// torchvision's: each product is added without a rounding of its own.
    Torch,
    /// numpy's: each product is rounded, and so is each sum.
    Numpy,
}

/// The weights of red, green and blue.
const WEIGHTS: [f32; 3] = [0.2989, 0.587, 0.114];

impl Grayscale {
    /// Puts the gray of each image into its three planes, one image behind the other, each plane of so many elements. An image
    /// whose planes are the same already stays as it is.
    ///
    /// ```
    /// use pixfuse_config::Grayscale;
    ///
    /// let mut colour = [1.0, 0.0, 0.0];
    /// Grayscale::Torch.apply(&mut colour, 1);
    /// assert_eq!(colour, [0.2989; 3]);
    /// let mut gray = [0.5; 3];
    /// Grayscale::Numpy.apply(&mut gray, 1);
    /// assert_eq!(gray, [0.5; 3]);
    /// ```
    ///
    /// # Panics
    /// When `plane` is 0.
    pub fn apply(self, images: &mut [f32], plane: usize) {
        for image in images.chunks_exact_mut(3 * plane) {
            let (red, others) = image.split_at_mut(plane);
            let (green, blue) = others.split_at_mut(plane);
            if red == green && green == blue {
                continue;
            }
            for ((red, green), blue) in red.iter_mut().zip(green).zip(blue) {
                let [r, g, b] = WEIGHTS;
                let gray = match self {
                    Self::Torch => blue.mul_add(b, green.mul_add(g, *red * r)),
                    Self::Numpy => *red * r + *green * g + *blue * b,
                };
                (*red, *green, *blue) = (gray, gray, gray);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn torch_fuses_and_numpy_does_not() {
        // One of the colours whose two sums differ.
        let colour = |red: u8, green: u8, blue: u8| [red, green, blue].map(|value| f32::from(value) * (1.0 / 255.0));
        let differ = (0..=255).any(|green| {
            let [mut torch, mut numpy] = [colour(200, green, 31); 2];
            Grayscale::Torch.apply(&mut torch, 1);
            Grayscale::Numpy.apply(&mut numpy, 1);
            assert!((torch[0] - numpy[0]).abs() <= f32::EPSILON);
            torch != numpy
        });
        assert!(differ);
    }

    #[test]
    fn a_gray_image_beside_a_colour_stays_as_it_is() {
        for rule in [Grayscale::Torch, Grayscale::Numpy] {
            let mut both = [0.5, 0.5, 0.5, 1.0, 0.0, 0.0];
            rule.apply(&mut both, 1);
            assert_eq!(both, [0.5, 0.5, 0.5, 0.2989, 0.2989, 0.2989]);
        }
    }
}
