//! Tensors of torch, and of any library that speaks DLPack, as arrays on the same memory.

use numpy::PyUntypedArray;
use pixfuse::Error;
use pixfuse::bridge::next_step;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::failure::{Failure, found};

/// What DLPack calls memory that the CPU reads: its own, and its own that a GPU reads too.
pub(crate) const CPU: [i32; 3] = [1, 3, 11];

/// An array on the memory of a tensor: never a copy. Nothing for another object.
///
/// # Errors
/// When the memory is not the CPU's, or no array can be on it: an error of this kind.
pub(crate) fn tensor<'py>(
    object: &Bound<'py, PyAny>,
    kind: fn(String) -> Error,
) -> Result<Option<Bound<'py, PyUntypedArray>>, Failure> {
    static FROM_DLPACK: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = object.py();
    let array = if is_of_torch(object)? {
        // Writable, which `numpy.from_dlpack` is with newer versions of both only.
        let array = object.call_method0(intern!(py, "numpy"));
        array.map_err(|error| match in_the_way(object, kind) {
            Some(step) => Failure::Refused(kind(format!("a {} {step}", found(object)))),
            None => Failure::Caused(kind(format!("a {} gives no array: {error}", found(object))), error),
        })?
    } else if object.hasattr(intern!(py, "__dlpack__"))? && object.hasattr(intern!(py, "__dlpack_device__"))? {
        let (device, _): (i32, i64) = object.call_method0(intern!(py, "__dlpack_device__"))?.extract()?;
        if !CPU.contains(&device) {
            let step = next_step::ON_THE_CPU;
            return Err(
                kind(format!("{} on device {device} of DLPack, expected the CPU (1){step}", found(object))).into()
            );
        }
        FROM_DLPACK
            .import(py, "numpy", "from_dlpack")?
            .call1((object,))
            .inspect_err(|error| note(error, object, kind))?
    } else {
        return Ok(None);
    };
    Ok(Some(array.cast_into::<PyUntypedArray>().map_err(PyErr::from)?))
}

/// Whether an object is a tensor of torch.
pub(crate) fn is_of_torch(object: &Bound<'_, PyAny>) -> Result<bool, Failure> {
    Ok(match class(object.py(), "torch", "Tensor")? {
        Some(torch) => object.is_instance(&torch)?,
        None => false,
    })
}

/// Why no array can be on the memory of a tensor of torch, and what to do; nothing where it says nothing of the kind.
pub(crate) fn in_the_way(tensor: &Bound<'_, PyAny>, kind: fn(String) -> Error) -> Option<String> {
    let py = tensor.py();
    // What makes a copy is no way to an output.
    let give = |copy: &'static str| match kind(String::new()) {
        Error::Output(_) => "one that torch.empty makes",
        _ => copy,
    };
    let text = |name| tensor.getattr(name).ok()?.str().ok().map(|text| text.to_string_lossy().into_owned());
    let is = |name| tensor.call_method0(name).and_then(|answer| answer.is_truthy()).unwrap_or(false);
    if found(tensor) == "FakeTensor" {
        return Some("has no memory: torch traces a program with it; call the pipeline outside of that".into());
    }
    let device = text(intern!(py, "device")).unwrap_or_default();
    if device == "meta" {
        return Some("on the device meta has no memory; make it on the CPU".into());
    }
    if !device.starts_with("cpu") {
        return Some(format!("is on the device {device}{}", next_step::ON_THE_CPU));
    }
    let layout = text(intern!(py, "layout")).unwrap_or_default();
    if layout != "torch.strided" {
        return Some(format!("has the layout {layout}; give {}", give("its to_dense()")));
    }
    if tensor.getattr(intern!(py, "requires_grad")).and_then(|grad| grad.is_truthy()).unwrap_or(false) {
        return Some("requires grad; give its detach()".into());
    }
    for (bit, name, step) in
        [("is_conj", "conjugate", "its resolve_conj()"), ("is_neg", "negative", "its resolve_neg()")]
    {
        if is(bit) {
            return Some(format!("has its {name} bit set; give {}", give(step)));
        }
    }
    match text(intern!(py, "dtype"))?.as_str() {
        "torch.bfloat16" => Some(format!("of torch.bfloat16, which numpy has not; give {}", give("its float()"))),
        _ => None,
    }
}

/// A class of a module; nothing where the module was never imported, so that no object is of it.
pub(crate) fn class<'py>(py: Python<'py>, module: &str, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    let modules = py.import(intern!(py, "sys"))?.getattr(intern!(py, "modules"))?;
    // A module that is just being imported by another thread may not have the class yet.
    Ok(modules.get_item(module).and_then(|module| module.getattr(name)).ok())
}

/// Says with the error of an object's own code what it was about.
pub(crate) fn note(error: &PyErr, object: &Bound<'_, PyAny>, kind: fn(String) -> Error) {
    // A note leaves its words as they are; losing one is no harm.
    let about = kind(format!("while {} was read as an array", found(object)));
    let _ = error.add_note(object.py(), about.to_string());
}
