//! Runs into memory that a function gives, when its shape is known.

use super::Pipeline;
use crate::{Dims, Error, ImageRef, Join, Joined, TensorElement};

impl Pipeline {
    /// As [`run_into`](Self::run_into), into the memory that `allocate` gives: it is called once, with the shape of the tensor,
    /// when the image was found to fit and before anything is written. For memory that is pinned, shared or taken from a pool.
    ///
    /// # Errors
    /// As [`run_into`](Self::run_into), and what `allocate` returns.
    ///
    /// ```
    /// use pixfuse::{Error, ImageRef, Pipeline};
    ///
    /// let pipe = Pipeline::parse("input(gray8), resize(2, 4, nearest), output(gray, u8, hwc)")?;
    /// let image = ImageRef::gray8(&[7; 48], 6, 8)?;
    /// let tensor = pipe.run_with::<u8, _, Error>(image, |shape| Ok(vec![0; shape.iter().product()]))?;
    /// assert_eq!(tensor, [7; 8]);
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn run_with<T, M, E>(&self, image: ImageRef<'_>, allocate: impl FnOnce(Dims) -> Result<M, E>) -> Result<M, E>
    where
        T: TensorElement,
        M: AsMut<[T]>,
        E: From<Error>,
    {
        let mut memory = allocate(self.check::<T>(&image)?)?;
        self.run_into(image, memory.as_mut())?;
        Ok(memory)
    }

    /// As [`batch_into`](Self::batch_into), into memory that `allocate` gives for the shape of the block, as
    /// [`run_with`](Self::run_with).
    ///
    /// # Errors
    /// As [`batch_into`](Self::batch_into), and what `allocate` returns.
    pub fn batch_with<T, M, E>(
        &self,
        images: &[ImageRef<'_>],
        allocate: impl FnOnce(Dims) -> Result<M, E>,
    ) -> Result<M, E>
    where
        T: TensorElement,
        M: AsMut<[T]>,
        E: From<Error>,
    {
        let mut memory = allocate(self.check_batch::<T>(images)?)?;
        self.batch_into(images, memory.as_mut())?;
        Ok(memory)
    }

    /// As [`join_into`](Self::join_into), into memory that `allocate` gives for the shape of the batch, as
    /// [`run_with`](Self::run_with).
    ///
    /// # Errors
    /// As [`join_into`](Self::join_into), and what `allocate` returns.
    pub fn join_with<T, M, E>(
        &self,
        images: &[ImageRef<'_>],
        join: Join,
        allocate: impl FnOnce(Dims) -> Result<M, E>,
    ) -> Result<(M, Joined), E>
    where
        T: TensorElement,
        M: AsMut<[T]>,
        E: From<Error>,
    {
        let mut memory = allocate(self.check_joined::<T>(images, join)?.dims())?;
        let joined = self.join_into(images, join, memory.as_mut())?;
        Ok((memory, joined))
    }
}
