//! ort: the tensor is written where ONNX Runtime reads it, and nothing is copied in between.

use std::error::Error;

use ort::session::Session;
use ort::value::Tensor;
use pixfuse::{Pipeline, presets};
use pixfuse_decode::{Options, decode_into};

/// What stands for a model here: it gives back what it gets.
const MODEL: &[u8] = include_bytes!("../../../engines/identity.onnx");

fn run(files: &[Vec<u8>]) -> Result<Vec<Vec<f32>>, Box<dyn Error>> {
    let pipe = Pipeline::from_entry(presets::find("imagenet").unwrap())?;
    let mut session = Session::builder()?.commit_from_memory(MODEL)?;
    let mut x = Tensor::from_array(([1usize, 3, 224, 224], vec![0f32; 3 * 224 * 224]))?;
    let mut results = Vec::new();
    for file in files {
        decode_into(&pipe, file, &Options::default(), x.extract_tensor_mut().1)?;
        let outputs = session.run(ort::inputs![&x])?;
        results.push(outputs[0].try_extract_tensor::<f32>()?.1.to_vec());
    }
    Ok(results)
}

fn main() -> Result<(), Box<dyn Error>> {
    let results = run(&[std::fs::read("../demo/photo.jpg")?])?;
    println!("{} values, the first {}", results[0].len(), results[0][0]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use pixfuse_decode::decode;

    use super::*;

    #[test]
    fn what_the_model_gives_back_is_the_tensor() {
        let photo = include_bytes!("../../../demo/photo.jpg").to_vec();
        let pipe = Pipeline::from_entry(presets::find("imagenet").unwrap()).unwrap();
        let expected = decode::<f32>(&pipe, &photo, &Options::default()).unwrap().data;
        assert_eq!(run(&[photo.clone(), photo]).unwrap(), [expected.clone(), expected]);
    }
}
