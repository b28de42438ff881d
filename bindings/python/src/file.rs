//! Files as people have them: their bytes, where they lie, where they are read from.

use std::ffi::OsString;
use std::path::PathBuf;
use std::slice;

use numpy::{PyArray1, PyArrayMethods, PyUntypedArray};
use pixfuse::Error as Refused;
use pixfuse_decode::{Error, read};
use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::{PyOSError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyMemoryView, PyString, PyType};

use crate::failure::{Failure, found};
use crate::tensor::{class, tensor};

/// The bytes of a file, which stay alive with this.
pub(crate) enum File<'py> {
    Bytes(Bound<'py, PyBytes>),
    /// Memory that may only be read, of an object that keeps it where it is.
    Lent(PyUntypedBuffer),
    /// Read, or copied from memory that other code could write to meanwhile, or that could be the output: a file is small
    /// beside its pixels.
    Copied(Vec<u8>),
}

impl<'py> File<'py> {
    /// That of an object: bytes, anything whose buffer is one row of them, a tensor of torch, a path, or what has `read`.
    ///
    /// # Errors
    /// When the object is none of these, its own code raises, or the file cannot be read: the latter is a failure of the
    /// file.
    pub(crate) fn of(object: &Bound<'py, PyAny>) -> Result<Self, Failure> {
        let py = object.py();
        if let Ok(bytes) = object.cast::<PyBytes>() {
            return Ok(Self::Bytes(bytes.clone()));
        }
        // A class has the attributes of its instances.
        if object.is_instance_of::<PyType>() {
            return Err(wrong(object, ""));
        }
        if let Some(file) = Self::of_buffer(object)? {
            return Ok(file);
        }
        if let Some(path) = path(object)? {
            return Ok(Self::Copied(py.detach(|| read(path))?));
        }
        if let Some(torch) = class(py, "torch", "Tensor")?
            && object.is_instance(&torch)?
        {
            let array = tensor(object, Refused::Image)?;
            let bytes = array.and_then(|array| array.cast::<PyArray1<u8>>().ok()?.to_vec().ok());
            return bytes.map(Self::Copied).ok_or_else(|| wrong(object, NOT_ONE_ROW));
        }
        if object.hasattr(intern!(py, "read"))? {
            return Self::of_reader(object);
        }
        Err(wrong(object, ""))
    }

    /// That of an object with the buffer protocol; nothing for another object.
    fn of_buffer(object: &Bound<'py, PyAny>) -> Result<Option<Self>, Failure> {
        let py = object.py();
        let buffer = match PyUntypedBuffer::get(object) {
            Ok(buffer) => buffer,
            Err(error) if error.is_instance_of::<PyTypeError>(py) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if buffer.item_size() != 1 || buffer.dimensions() != 1 || !buffer.is_c_contiguous() {
            return Err(wrong(object, NOT_ONE_ROW));
        }
        // numpy moves the memory of an array, when it is asked to, whoever has a buffer of it.
        let memory = object.cast::<PyMemoryView>().ok().map(|memory| memory.getattr(intern!(py, "obj"))).transpose()?;
        let is_array =
            |object: Option<&Bound<'py, PyAny>>| object.is_some_and(|object| object.is_instance_of::<PyUntypedArray>());
        if buffer.readonly() && !is_array(memory.as_ref()) && !is_array(buffer.obj(py)) {
            return Ok(Some(Self::Lent(buffer)));
        }
        let mut copy = Vec::new();
        if copy.try_reserve_exact(buffer.len_bytes()).is_err() {
            return Err(Failure::Argument("data: there is no memory for a copy of the file".into()));
        }
        copy.extend_from_slice(bytes(&buffer));
        Ok(Some(Self::Copied(copy)))
    }

    /// What an object's `read` gives, from its beginning where it has one, as Pillow reads.
    fn of_reader(object: &Bound<'py, PyAny>) -> Result<Self, Failure> {
        let py = object.py();
        if object.is_instance(&py.import(intern!(py, "io"))?.getattr(intern!(py, "TextIOBase"))?)? {
            return Err(wrong(object, ", which reads text; open the file with \"rb\""));
        }
        let content = || {
            let seekable = object.hasattr(intern!(py, "seekable"))?;
            if seekable && object.call_method0(intern!(py, "seekable"))?.is_truthy()? {
                object.call_method1(intern!(py, "seek"), (0,))?;
            }
            object.call_method0(intern!(py, "read"))
        };
        let content = content().map_err(|error| {
            if error.is_instance_of::<PyOSError>(py) {
                let place = name(object).unwrap_or_else(|| found(object));
                Failure::File(Error::Unreadable { place, reason: error.value(py).to_string() })
            } else {
                error.into()
            }
        })?;
        if let Ok(bytes) = content.cast::<PyBytes>() {
            return Ok(Self::Bytes(bytes.clone()));
        }
        match Self::of_buffer(&content)? {
            Some(file) => Ok(file),
            None => Err(wrong(object, &format!(", whose read() gives {}", found(&content)))),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes.as_bytes(),
            Self::Lent(buffer) => bytes(buffer),
            Self::Copied(bytes) => bytes,
        }
    }
}

const NOT_ONE_ROW: &str = " whose memory is not one row of bytes";

/// The bytes of a contiguous buffer.
fn bytes(buffer: &PyUntypedBuffer) -> &[u8] {
    match buffer.len_bytes() {
        0 => &[],
        // SAFETY: both callers found that the buffer is contiguous, so that so many bytes follow each other, and it is held
        // as long as it is borrowed. Nobody writes to them meanwhile: they are copied at once while this thread is attached,
        // or may only be read and belong to an object that keeps its memory while a buffer of it is held; that no other
        // thread writes to what is read is what every call asks for, and that the output lies elsewhere is looked at.
        length => unsafe { slice::from_raw_parts(buffer.buf_ptr().cast(), length) },
    }
}

/// The path that an object is; nothing for another object.
fn path(object: &Bound<'_, PyAny>) -> Result<Option<PathBuf>, Failure> {
    let py = object.py();
    if !object.is_instance_of::<PyString>() && !object.hasattr(intern!(py, "__fspath__"))? {
        return Ok(None);
    }
    let text = py.import(intern!(py, "os"))?.call_method1(intern!(py, "fsdecode"), (object,))?;
    // What cannot be spelled in the system's encoding names no file.
    text.extract::<OsString>()
        .map(|path| Some(path.into()))
        .map_err(|error| Failure::File(Error::Unreadable { place: found(object), reason: error.value(py).to_string() }))
}

/// What a file is called, if it is: a path, or the `name` of what is read.
pub(crate) fn name(object: &Bound<'_, PyAny>) -> Option<String> {
    if object.is_instance_of::<PyBytes>() {
        return None;
    }
    let py = object.py();
    let name = if object.is_instance_of::<PyString>() {
        object.clone()
    } else if object.hasattr(intern!(py, "__fspath__")).ok()? {
        object.call_method0(intern!(py, "__fspath__")).ok()?
    } else {
        object.getattr(intern!(py, "name")).ok()?
    };
    Some(name.cast::<PyString>().ok()?.to_string_lossy().into_owned())
}

fn wrong(object: &Bound<'_, PyAny>, what: &str) -> Failure {
    let object = match object.cast::<PyType>() {
        Ok(class) => {
            format!("the class {}", class.name().map_or_else(|_| "of an object".into(), |name| name.to_string()))
        }
        Err(_) => found(object),
    };
    Failure::Argument(format!(
        "data: expected a file: its bytes, its path, or an object with read(), found {object}{what}"
    ))
}
