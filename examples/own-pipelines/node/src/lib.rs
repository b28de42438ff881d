//! An addon that exports the declarations of `own-pipelines`.

use pixfuse_node::napi;
use pixfuse_node::napi::bindgen_prelude::{Env, Object, Result};

/// Called by Node.js, once for each environment that loads the addon.
#[napi_derive::napi(module_exports)]
pub fn exports(mut exports: Object, env: Env) -> Result<()> {
    pixfuse_node::register(&mut exports, &env, own_pipelines::PIPELINES)
}
