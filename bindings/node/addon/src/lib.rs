//! The addon behind the npm package `pixfuse`: the presets, exported as anyone exports their own pipelines.

use napi::bindgen_prelude::{Env, FunctionCallContext, Object, Result};
use pixfuse::Level;
use pixfuse::presets::PRESETS;

/// Called by Node.js, once for each environment that loads the addon.
#[napi_derive::napi(module_exports)]
pub fn exports(mut exports: Object, env: Env) -> Result<()> {
    pixfuse_node::register(&mut exports, &env, PRESETS)?;
    pixfuse_node::register_processor(&mut exports, &env)?;
    pixfuse_node::register_probe(&mut exports, &env)?;
    exports.set("version", env!("CARGO_PKG_VERSION"))?;
    exports.set("language", pixfuse::language::TEXT)?;
    let decoders = |_: FunctionCallContext| Ok(pixfuse_node::decoders());
    exports.set("decoders", env.create_function_from_closure::<(), _, _>("decoders", decoders)?)?;
    let levels = || Level::available().into_iter().map(Level::name).collect::<Vec<_>>();
    exports.set("levels", env.create_function_from_closure::<(), _, _>("levels", move |_| Ok(levels()))?)
}
