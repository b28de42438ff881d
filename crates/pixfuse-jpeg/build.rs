//! Compiles `decode.c` against the headers of the libjpeg-turbo that `turbojpeg-sys` has built.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "libjpeg-turbo")]
    {
        println!("cargo::rerun-if-changed=src/decode.c");
        let mut build = cc::Build::new();
        // Said by `turbojpeg-sys`, of the library that it links: no other header is looked for.
        let headers = std::env::var("DEP_TURBOJPEG_INCLUDE").unwrap_or_default();
        build.includes(headers.split(',').filter(|directory| !directory.is_empty()));
        build.file("src/decode.c").std("c11").warnings(true).extra_warnings(true).compile("pixfuse_jpeg");
    }
}
