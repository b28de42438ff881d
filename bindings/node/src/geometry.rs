//! The native half of a geometry: its numbers, and a function that moves points.

use napi::bindgen_prelude::{Env, Error, Float64ArraySlice, FunctionCallContext, Object, Result, Status};
use pixfuse::{Clip, Geometry};
use pixfuse_bindings::answers;

use crate::failure::{refused, told};

/// An object of the numbers and `change`, which `geometry.js` makes a `Geometry` of.
pub(crate) fn object(env: &Env, geometry: Geometry) -> Result<Object<'static>> {
    let mut object = told(env, answers::geometry(&geometry))?;
    // What is no index is none of the images.
    let index = |call: &FunctionCallContext, at: usize| {
        let index: f64 = call.get(at)?;
        Ok::<usize, Error>(if index.fract() == 0.0 && index >= 0.0 { index as usize } else { usize::MAX })
    };
    let patch = move |call: FunctionCallContext| {
        let place = [index(&call, 0)?, index(&call, 1)?];
        geometry.patch(place).map(|patch| self::object(call.env, patch)).transpose()
    };
    object.set("patch", env.create_function_from_closure::<(), _, _>("patch", patch)?)?;
    let tile = move |call: FunctionCallContext| {
        geometry.tile(index(&call, 0)?).map(|tile| self::object(call.env, tile)).transpose()
    };
    object.set("tile", env.create_function_from_closure::<(), _, _>("tile", tile)?)?;
    let follow = move |call: FunctionCallContext| {
        let both = geometry.followed_by(&given(call.get(0)?)?).map_err(refused)?;
        self::object(call.env, both)
    };
    object.set("follow", env.create_function_from_closure::<(), _, _>("follow", follow)?)?;
    let change = env.create_function_from_closure::<(), _, _>("change", move |call| change(&geometry, &call))?;
    object.set("change", change)?;
    Ok(object)
}

/// `placed(numbers)`: the same object of the numbers in a Float64Array, in the order of [`Geometry::to_numbers`].
pub(crate) fn of_numbers(call: FunctionCallContext) -> Result<Object<'static>> {
    object(call.env, given(call.get(0)?)?)
}

/// The geometry of the numbers in a Float64Array, in the order of [`Geometry::to_numbers`].
fn given(numbers: Float64ArraySlice) -> Result<Geometry> {
    let numbers =
        numbers.as_ref().try_into().map_err(|_| refused(format!("numbers: expected {}", Geometry::NUMBERS)))?;
    Geometry::from_numbers(numbers).map_err(refused)
}

/// `change(points, back, clip)`: moves `x, y, x, y, ..` of a Float64Array to the output, or back to the source.
fn change(geometry: &Geometry, call: &FunctionCallContext) -> Result<()> {
    let mut numbers: Float64ArraySlice = call.get(0)?;
    let (back, clip): (bool, bool) = (call.get(1)?, call.get(2)?);
    // SAFETY: no JavaScript runs from here to the end, so the buffer stays, and nothing else holds its numbers.
    let (points, rest) = unsafe { numbers.as_mut() }.as_chunks_mut::<2>();
    if !rest.is_empty() {
        return Err(Error::new(Status::InvalidArg, "points: a coordinate without its other"));
    }
    if back {
        geometry.unmap_in_place(points, Clip::from(clip));
    } else {
        geometry.map_in_place(points, Clip::from(clip));
    }
    Ok(())
}
