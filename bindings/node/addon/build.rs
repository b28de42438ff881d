//! Link arguments of a Node.js addon.

fn main() {
    napi_build::setup();
    // Else the linker of macOS gives it the path where it was built as its name.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("macos") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@loader_path/pixfuse.node");
    }
}
