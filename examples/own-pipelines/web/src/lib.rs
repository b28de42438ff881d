//! A module of WebAssembly that exports the declarations of `own-pipelines`.

pixfuse_web::export!(own_pipelines::PIPELINES);
