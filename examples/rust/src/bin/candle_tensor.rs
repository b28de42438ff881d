//! candle: its tensor is made of the vector that pixfuse filled, in bfloat16 as models of language take it.

use std::error::Error;

use candle_core::{DType, Device, Tensor};
use pixfuse::{Pipeline, bf16};
use pixfuse_decode::{Options, decode};

fn pixels(file: &[u8]) -> Result<Tensor, Box<dyn Error>> {
    let pipe = Pipeline::parse(
        "input(rgb8), resize(224, 224, bicubic, antialias, like = torch), \
         normalize(mean = 0.5, std = 0.5, order = hf_torch), output(rgb, bf16, chw)",
    )?;
    let made = decode::<bf16>(&pipe, file, &Options::default())?;
    Ok(Tensor::from_vec(made.data, (1, 3, 224, 224), &Device::Cpu)?) // moved, not copied
}

fn main() -> Result<(), Box<dyn Error>> {
    let pixels = pixels(&std::fs::read("../demo/photo.jpg")?)?;
    println!("{:?}", pixels.to_dtype(DType::F32)?.mean_all()?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tensor_is_that_of_f32_rounded_once() {
        let photo = include_bytes!("../../../demo/photo.jpg");
        let pixels = pixels(photo).unwrap();
        assert_eq!((pixels.dims(), pixels.dtype()), (&[1, 3, 224, 224][..], DType::BF16));
        let f32 = Pipeline::parse(
            "input(rgb8), resize(224, 224, bicubic, antialias, like = torch), \
             normalize(mean = 0.5, std = 0.5, order = hf_torch), output(rgb, f32, chw)",
        );
        let expected = decode::<f32>(&f32.unwrap(), photo, &Options::default()).unwrap().data;
        let expected: Vec<bf16> = expected.into_iter().map(bf16::from_f32).collect();
        assert_eq!(pixels.flatten_all().unwrap().to_vec1::<bf16>().unwrap(), expected);
    }
}
