//! The module of WebAssembly in the npm package `pixfuse-web`, which exports no declarations of its own: all of its kernels are
//! those of the grid.

pixfuse_web::export!(&[]);
