//! pixfuse for browsers: one module of WebAssembly without imports, and JavaScript (`js/`) that makes of it what
//! `bindings/node` is.
//!
//! The classes are those of Node.js, the same files: `pipeline.js`, `geometry.js` and `processor.js` there ask a native half
//! for what they cannot do. Here that half is `js/native.js`, which puts a question as JSON into the memory of the module,
//! pixels and files beside it, and calls `pixfuse_call`. So there are three exports, no address is taken from a caller,
//! and nothing but the allocator is `unsafe`.
//!
//! Features say what is in the module: `photos` decodes JPEG, PNG and WebP, `formats` the rest, `configs` reads those of
//! models, `previews` draws pictures. What is left out is an error that says where it is. All are on unless a crate turns
//! them off.
//!
//! A crate of type `cdylib` with the line `pixfuse_web::export!(my_pipelines::PIPELINES);` is a module that exports your
//! declarations, and all that `pixfuse-web` has: `examples/own-pipelines/web` is one. In JavaScript `init(url)` loads it, and
//! `own()` gives them.
//!
//! | block | holds |
//! |---|---|
//! | 0 | a question, as JSON |
//! | 1 | pixels and files of the question, written by the caller |
//! | 2 | the tensor, picture or mask that came of it |
//! | 3 | the answer, as JSON: `{"ok": ..}`, or `{"code": .., "message": ..}` of an error |
//!
//! A panic ends the module (WebAssembly has no unwinding that every engine knows): the caller makes a new instance.
#![deny(unsafe_code)]

mod absent;
mod allocator;
mod answer;
mod argument;
mod calls;
#[cfg(feature = "configs")]
mod config;
#[cfg(feature = "photos")]
mod files;
mod image;
mod known;
mod memory;
#[cfg(feature = "previews")]
mod picture;
mod question;
mod refusal;
mod run;

use std::cell::RefCell;

#[doc(hidden)]
pub use allocator::Allocator;
use memory::Blocks;
use pixfuse::Entry;

/// All that one instance of the module has.
struct Instance {
    blocks: Blocks,
    known: known::Known,
}

thread_local! {
    static INSTANCE: RefCell<Instance> = RefCell::new(Instance { blocks: Blocks::default(), known: Default::default() });
}

/// Defines what the module of a `cdylib` exports, for a list of declarations: `pixfuse::entries![..]`, or a static of them.
#[macro_export]
macro_rules! export {
    ($entries:expr) => {
        #[cfg(target_family = "wasm")]
        #[global_allocator]
        static ALLOCATOR: $crate::Allocator = $crate::Allocator;

        /// The address of a block with room for so many bytes, or null where there is no memory.
        #[allow(unsafe_code, reason = "the name of an export, which no other library in the module has")]
        #[unsafe(no_mangle)]
        pub extern "C" fn pixfuse_block(block: u32, bytes: usize) -> *mut u8 {
            $crate::block(block, bytes)
        }

        /// Answers the question of so many bytes in block 0. Gives the bytes of the answer in block 3.
        #[allow(unsafe_code, reason = "the name of an export, which no other library in the module has")]
        #[unsafe(no_mangle)]
        pub extern "C" fn pixfuse_call(length: usize) -> usize {
            $crate::call($entries, length)
        }

        /// Lets go of blocks that are larger than what is worth keeping.
        #[allow(unsafe_code, reason = "the name of an export, which no other library in the module has")]
        #[unsafe(no_mangle)]
        pub extern "C" fn pixfuse_trim() {
            $crate::trim();
        }
    };
}

/// The address of a block that has room for so many bytes, or null where there is no memory. What it held is kept as far as it
/// fits, and its address may be another one than before. For [`export`].
#[doc(hidden)]
pub fn block(block: u32, bytes: usize) -> *mut u8 {
    INSTANCE.with_borrow_mut(|instance| instance.blocks.reserve(block, bytes)).unwrap_or(std::ptr::null_mut())
}

/// Answers the question of so many bytes in block 0. Gives the bytes of the answer in block 3. For [`export`].
#[doc(hidden)]
pub fn call(entries: &'static [Entry], length: usize) -> usize {
    INSTANCE.with_borrow_mut(|Instance { blocks, known }| {
        let answer = answer::written(
            blocks.question(length).and_then(|question| calls::call(entries, known, blocks, &question)),
        );
        blocks.answer(answer)
    })
}

/// Lets go of blocks that are larger than what is worth keeping. For [`export`].
#[doc(hidden)]
pub fn trim() {
    INSTANCE.with_borrow_mut(|instance| instance.blocks.trim());
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::known::Known;
    use crate::{calls, memory::Blocks};

    fn ask(blocks: &mut Blocks, known: &mut Known, question: Value) -> Value {
        let answer = calls::call(pixfuse::presets::PRESETS, known, blocks, &question);
        serde_json::from_slice(&crate::answer::written(answer)).unwrap()
    }

    #[test]
    fn presets_are_those_of_rust() {
        let kept = include_str!("../js/presets.js");
        for entry in pixfuse::presets::PRESETS {
            let (first, rest) = entry.name.split_at(1);
            let line = format!("  {}{rest}: '{}',\n", first.to_lowercase(), entry.spec());
            assert!(kept.contains(&line), "js/presets.js needs {line}");
        }
        assert_eq!(kept.matches(": '").count(), pixfuse::presets::PRESETS.len());
    }

    #[test]
    fn a_question_is_answered() {
        let (mut blocks, mut known) = (Blocks::default(), Known::default());
        let declaration = json!(["text", "input(gray8), output(gray, u8, hwc)"]);
        let parse = json!({ "call": "parse", "declaration": declaration, "values": ["undefined"] });
        let made = ask(&mut blocks, &mut known, parse);
        let pipe = &made["ok"]["pipe"];
        assert_eq!(made["ok"]["element"], "u8");
        blocks.reserve(1, 16).unwrap();
        bytemuck::cast_slice_mut::<u64, u8>(&mut blocks.input)[..6].copy_from_slice(&[1, 2, 3, 4, 5, 6]);
        let data = json!({ "kind": "a Uint8Array", "at": 0, "bytes": 6 });
        let mut run = json!({
            "call": "run", "pipe": pipe, "join": "one", "images": [{ "data": data, "width": 3, "height": 2 }]
        });
        assert_eq!(ask(&mut blocks, &mut known, run.clone()), json!({ "ok": [2, 3, 1] }));
        assert_eq!(bytemuck::cast_slice::<u64, u8>(&blocks.output)[..6], [1, 2, 3, 4, 5, 6]);
        // What does not lie in the block is an error, whatever the question says.
        run["images"][0]["data"]["at"] = json!(1u64 << 40);
        assert_eq!(ask(&mut blocks, &mut known, run.clone())["code"], "InvalidArg");
        run["images"][0]["data"]["at"] = json!(11);
        assert_eq!(ask(&mut blocks, &mut known, run)["code"], "InvalidArg");
        assert_eq!(ask(&mut blocks, &mut known, json!({ "call": "nothing" }))["code"], "internal");
        assert_eq!(ask(&mut blocks, &mut known, json!([]))["code"], "internal");
        let parse =
            json!({ "call": "parse", "declaration": ["text", "input(gray8), output(gray)"], "values": ["undefined"] });
        let mistake = &ask(&mut blocks, &mut known, parse)["mistakes"][0];
        assert_eq!((&mistake["kind"], &mistake["argument"]), (&json!("argument"), &json!("element")));
        assert_eq!(mistake["expected"][0], "f32");
    }

    #[test]
    fn declarations_of_ones_own_are_named_and_bound() {
        let (mut blocks, mut known) = (Blocks::default(), Known::default());
        let entries = ask(&mut blocks, &mut known, json!({ "call": "entries" }));
        assert_eq!(entries["ok"][0], json!({ "name": "handWrittenLoop", "open": false }));
        let bind = |entry: &str, values: Value| json!({ "call": "bind", "entry": entry, "values": values });
        let made = ask(&mut blocks, &mut known, bind("imagenet", json!(["undefined"])));
        let explained = ask(&mut blocks, &mut known, json!({ "call": "explain", "pipe": made["ok"]["pipe"] }));
        assert!(explained["ok"].as_str().unwrap().contains("Imagenet"), "{explained}");
        assert_eq!(ask(&mut blocks, &mut known, bind("nothing", json!(["undefined"])))["code"], "internal");
    }
}
