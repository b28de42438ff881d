//! `PIXFUSE_LEVEL`. The only test of its process: a variable belongs to the whole of it.

use pixfuse::{Level, Pipeline};

#[pixfuse::pipeline(input(rgb8), output(rgb, f32, chw))]
struct Planes;

fn set(level: &str) {
    // SAFETY: no other thread of this process reads or writes variables: the harness does before it starts a test, and
    // there is one test.
    unsafe { std::env::set_var("PIXFUSE_LEVEL", level) }
}

#[test]
fn the_variable_chooses_the_level() {
    let text = "input(rgb8), output(rgb, f32, chw)";
    set("");
    assert_eq!(Pipeline::parse(text).unwrap().level(), *Level::available().last().unwrap(), "empty is as not set");
    for level in Level::ALL {
        set(level.name());
        match Pipeline::parse(text) {
            Ok(pipe) => assert_eq!((pipe.level(), Planes::pipeline().level()), (level, level)),
            Err(error) => {
                assert!(!Level::available().contains(&level));
                assert!(error.to_string().starts_with(&format!("level: this CPU has no {level}, only scalar")));
            }
        }
    }
    for (name, shown) in [("avx1024", "avx1024"), ("AVX2", "AVX2"), (" avx2", " avx2")] {
        set(name);
        let expected =
            format!("level: PIXFUSE_LEVEL is `{shown}`, expected one of scalar, neon, simd128, sse41, avx2, avx512");
        assert_eq!(Pipeline::parse(text).unwrap_err().to_string(), expected);
        // A declared pipeline has no other error than this, and says it as a panic.
        let panic = std::panic::catch_unwind(Planes::pipeline).unwrap_err();
        assert_eq!(panic.downcast_ref::<String>(), Some(&expected));
    }
}
