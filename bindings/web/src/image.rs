//! Typed arrays as an image to read: one for all pixels, or one for each plane of luma and chroma.
//!
//! Their bytes lie in the block of inputs. A question says of each its kind, its bytes and where they begin there.

use pixfuse::spec::Input;
use pixfuse::{Error, ImageRef, Pipeline, YuvPlane};
use pixfuse_bindings::buffers::{self, Block, Places};
use pixfuse_bindings::typed_array::{self, TypedArray};
use pixfuse_bindings::{ArgumentError, Language};
use serde_json::Value;

use crate::argument::{optional, plain};
use crate::question::list;

/// A source image, whose parts were found to lie inside their typed arrays.
pub(crate) struct Image {
    places: Places,
    /// Where each array begins in the block.
    starts: Vec<usize>,
}

/// A typed array in the block.
struct Array {
    kind: TypedArray,
    start: usize,
    length: usize,
}

impl Image {
    /// Reads what a question says of an image for a pipeline. The error is a sentence about an image.
    pub(crate) fn read(given: &Value, pipe: &Pipeline) -> Result<Self, String> {
        let input = &pipe.spec().input;
        let (data, stride) = (&given["data"], &given["stride"]);
        let is_apart = data.is_array() && stride.is_array();
        let whole = if is_apart { None } else { Some(array("data", data, input)?) };
        let described = ["width", "height", "channels"].map(|name| plain(&given[name]));
        let sides = buffers::sides(described.each_ref(), input, Language::JavaScript)?;
        if let Some(Array { start, length, .. }) = whole {
            let places = Places::of_one(input, sides, (length, optional("stride", stride)?))?;
            return Ok(Self { places, starts: vec![start] });
        }
        buffers::has_planes(input)?;
        let (mut planes, mut starts) = (Vec::new(), Vec::new());
        for (plane, stride) in list(data).iter().zip(list(stride)) {
            let Array { start, length, .. } = array("planes: data", plane, input)?;
            planes.push((length, optional("planes: stride", stride)?));
            starts.push(start);
        }
        Ok(Self { places: Places::of_planes(input, sides, &planes)?, starts })
    }

    /// The view over the block that the image was read of.
    pub(crate) fn view<'a>(&self, memory: &'a [u8]) -> Result<ImageRef<'a>, Error> {
        let (format, [rows, columns]) = (self.places.format(), self.places.sides());
        let bytes = |block: &Block| {
            let start = self.starts[block.buffer].saturating_add(block.start);
            memory.get(start..).and_then(|rest| rest.get(..block.length)).unwrap_or_default()
        };
        let blocks = self.places.blocks();
        if format.is_yuv() {
            let planes: Vec<_> =
                blocks.iter().map(|block| YuvPlane { bytes: bytes(block), stride: block.stride }).collect();
            return ImageRef::yuv(format, &planes, rows, columns);
        }
        let (shape, strides) = self.places.axes();
        ImageRef::strided_samples(format.sample(), bytes(&blocks[0]), 0, shape, strides)
    }
}

/// A typed array of such samples as the pipeline reads.
fn array(place: &str, given: &Value, input: &Input) -> Result<Array, ArgumentError> {
    let number = |key: &str| given[key].as_u64().and_then(|number| usize::try_from(number).ok());
    let found = match (kind(given), number("at"), number("bytes")) {
        (Some(kind), Some(start), Some(length)) => Ok(Array { kind, start, length }),
        _ => Err(plain(given).found(Language::JavaScript).into_owned()),
    };
    typed_array::samples(place, found, |array| array.kind, input)
}

/// The kind of a typed array.
pub(crate) fn kind(given: &Value) -> Option<TypedArray> {
    given["kind"].as_str().and_then(TypedArray::from_name)
}
