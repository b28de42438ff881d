//! One thread that calls everything.

use std::collections::BTreeMap;
use std::ffi::{CStr, c_void};
use std::path::Path;
use std::ptr::{null, null_mut};

use pixfuse::Pipeline;
use pixfuse_c::*;

use crate::image::Pixels;
use crate::memory::{Draw, Memory};

/// Every function that can fail, as they are counted.
pub(crate) const FAILING: [&str; 23] = [
    "batch",
    "batch_joined",
    "batch_joined_alloc",
    "decode",
    "decode_alloc",
    "decode_shape",
    "from_config",
    "geometry_followed_by",
    "geometry_of",
    "geometry_patch",
    "geometry_tile",
    "joined_mask",
    "joined_shape",
    "map_boxes",
    "parse",
    "preview",
    "preview_file",
    "probe",
    "run",
    "run_alloc",
    "shape_of",
    "unmap_boxes",
    "with_threads",
];

/// The codes of the header, but for "internal", which is a bug, and "level", which C cannot ask for.
const CODES: [&str; 10] =
    ["declaration", "config", "argument", "image", "file", "out", "threads", "geometry", "memory", "pipeline"];

const DECLARATIONS: [&str; 14] = [
    "input(rgb8), resize(24, 32, bilinear), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)",
    "input(rgb8), resize(shortest = 32, bicubic, antialias, like = torch), center_crop(28, 28), normalize(), output(bgr, f16, hwc)",
    "input(rgb8), letterbox(64, 64, bilinear), output(rgb, u8, chw)",
    "input(rgb8), resize(56, 56, bilinear), normalize(), output(rgb, bf16, chw), patches(14, merge = 2)",
    "input(rgb8), resize(56, 56, bilinear), output(rgb, u8, chw), patches(14)",
    "input(rgb8), resize(28, 28, nearest), output(rgb, f32, hwc), patches(7)",
    "input(rgb8), tiles(32, 32, bilinear, antialias, rule = internvl, max = 4, thumbnail = last), normalize(), output(rgb, f32, chw)",
    "input(rgba8, alpha = drop), resize(9, 9, nearest), output(rgb, u8, hwc)",
    "input(gray8), resize(20, 30, lanczos, antialias), output(gray, f32, chw)",
    "input(nv12, matrix = bt601, range = limited), resize(32, 32, bilinear), output(rgb, f32, chw)",
    "input(i420, matrix = bt709, range = full), output(bgr, u8, hwc)",
    "input(rgb16), resize(16, 16, bilinear, precision = f32), normalize(), output(rgb, f32, chw)",
    "input(rgb8, chw), crop(1, 2, 3, 4), output(rgb, i8, chw, scale = 0.02, zero_point = 3)",
    "input(rgb8), output(rgb, f32, hwc)",
];

const CONFIGS: [&str; 3] = [
    r#"{"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 24}, "crop_size": {"height": 24, "width": 24}, "do_resize": true, "do_center_crop": true, "do_normalize": true, "do_rescale": true, "resample": 3, "rescale_factor": 0.00392156862745098, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.25, 0.25, 0.25], "do_convert_rgb": true}"#,
    r#"{"image_processor_type": "ViTImageProcessor", "size": {"height": 24, "width": 24}, "do_resize": true, "do_normalize": true, "do_rescale": true, "resample": 2, "rescale_factor": 0.00392156862745098, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}"#,
    r#"{"architecture": "resnet18", "pretrained_cfg": {"input_size": [3, 24, 24], "interpolation": "bilinear", "crop_pct": 0.875, "crop_mode": "center", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}}"#,
];

const BACKENDS: [&[u8]; 6] = [b"", b"", b"torch", b"pil", b"pi", b"\xff"];

/// Tensors up to this are made; what is larger is asked for with too little memory.
const MOST_BYTES: usize = 1 << 20;

/// `pixfuse_pipeline`, which the tests cannot name.
type Handle = *mut c_void;

/// A handle, and what its declaration says of images.
struct Made {
    handle: Handle,
    pipe: Pipeline,
}

impl Made {
    /// # Safety
    /// `handle` is one.
    unsafe fn new(handle: Handle) -> Self {
        // SAFETY: the caller promises a handle, whose text lives as long.
        let text = unsafe { CStr::from_ptr(pixfuse_pipeline_text(handle.cast())) };
        let text = text.to_str().expect("canonical text is UTF-8");
        Self { handle, pipe: Pipeline::parse(text).expect("canonical text parses") }
    }
}

/// Pipelines that every thread uses at once, and files.
pub(crate) struct Shared {
    pipes: Vec<Made>,
    pub(crate) files: Vec<Vec<u8>>,
}

// SAFETY: pipelines are immutable, and the header allows any number of threads.
unsafe impl Sync for Shared {}

impl Shared {
    pub(crate) fn new() -> Self {
        let pipes = DECLARATIONS.map(|text| {
            // SAFETY: the text is as long as it is said to be.
            let handle = unsafe { pixfuse_pipeline_parse(text.as_ptr().cast(), text.len(), null_mut()) };
            assert!(!handle.is_null(), "{text}");
            // SAFETY: it is a handle.
            unsafe { Made::new(handle.cast()) }
        });
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/pixfuse-decode/tests/files");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        Self { pipes: pipes.into(), files: files.filter(|file| file.len() < 4_000).collect() }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        for made in &self.pipes {
            // SAFETY: the handle was not freed, and no thread is left.
            unsafe { pixfuse_pipeline_free(made.handle.cast()) };
        }
    }
}

/// What `pixfuse_alloc` gets as its `user`.
pub(crate) struct Allocator {
    offset: usize,
    given: Option<Memory>,
}

unsafe extern "C" fn allocate(user: *mut c_void, shape: *const Shape, align: usize) -> *mut c_void {
    assert!(align.is_power_of_two() && align <= 64);
    // SAFETY: `user` is what was given with this function, and used by this call alone.
    let user = unsafe { &mut *user.cast::<Allocator>() };
    let bytes = bytes_of(shape);
    if bytes > MOST_BYTES {
        return null_mut();
    }
    assert!(user.given.is_none(), "it is called once");
    user.given.insert(Memory::at(user.offset, bytes)).pointer()
}

/// `bytes`, the last member.
pub(crate) fn bytes_of(shape: *const Shape) -> usize {
    let last = size_of::<Shape>() - size_of::<usize>();
    // SAFETY: the shape is one of this library's, and `bytes` is its last member, which is aligned as the whole is.
    unsafe { shape.byte_add(last).cast::<usize>().read() }
}

pub(crate) struct Caller<'a> {
    pub(crate) draw: Draw,
    pub(crate) shared: &'a Shared,
    pipes: Vec<Made>,
    errors: Vec<*mut Failure>,
    geometries: Vec<Memory>,
    counts: BTreeMap<&'static str, [usize; 2]>,
}

impl<'a> Caller<'a> {
    pub(crate) fn new(seed: u64, shared: &'a Shared) -> Self {
        let (pipes, errors, geometries) = (Vec::new(), Vec::new(), Vec::new());
        Self { draw: Draw(seed), shared, pipes, errors, geometries, counts: BTreeMap::new() }
    }

    /// How often each function was done, and how often it failed.
    pub(crate) fn counts(&self) -> BTreeMap<&'static str, [usize; 2]> {
        self.counts.clone()
    }

    /// One call, or two where the first asks for a size.
    pub(crate) fn call(&mut self) {
        match self.draw.below(27) {
            0 => self.parse(),
            1 => self.config(),
            2 => self.with_threads(),
            3 | 4 => self.free(),
            5 => self.shape_of(),
            6 => self.geometry_of(),
            7 => self.boxes(),
            8 => self.probe(),
            9 => self.words(),
            10 | 11 => self.decode_shape(),
            12 | 13 => self.decode(),
            14 => self.decode_alloc(),
            15 => self.run_alloc(),
            16 | 17 => self.batch(),
            18 => self.preview(),
            19 => self.preview_file(),
            20 => self.joined_shape(),
            21 => self.joined_mask(),
            22 => self.batch_joined(),
            23 => self.batch_joined_alloc(),
            24 => self.part(),
            _ => self.run(),
        }
    }

    /// Calls a function that can fail, with somewhere for its error or with null. Says its error's code.
    pub(crate) fn attempt(
        &mut self,
        name: &'static str,
        call: impl FnOnce(*mut *mut Failure) -> bool,
    ) -> Result<(), String> {
        let mut error = null_mut();
        let is_told = !self.draw.one_in(8);
        let done = call(if is_told { &mut error } else { null_mut() });
        self.counts.entry(name).or_default()[usize::from(!done)] += 1;
        assert_eq!(
            error.is_null(),
            done || !is_told,
            "{name}: an error where there is none, or none where there is one"
        );
        if done {
            return Ok(());
        }
        if !is_told {
            return Err(String::new());
        }
        // SAFETY: the handle is one, and its texts live as long.
        let texts = unsafe {
            [pixfuse_error_code(error), pixfuse_error_reason(error), pixfuse_error_message(error)]
                .map(|text| CStr::from_ptr(text))
        };
        let [code, reason, message] = texts.map(|text| text.to_str().expect("texts are UTF-8").to_owned());
        assert!(CODES.contains(&&*code) && !message.is_empty(), "{name}: [{code}] {message}");
        assert_eq!(reason.is_empty(), code != "file", "{name}: [{code}] [{reason}] {message}");
        // SAFETY: the handle is one.
        let mistakes = unsafe { pixfuse_error_mistakes(error) };
        assert_eq!(mistakes > 0, code == "declaration", "{name}: {mistakes} mistakes: [{code}] {message}");
        // Freed at another time, in another order.
        self.errors.push(error);
        Err(code)
    }

    /// A pipeline: a shared one, one of this thread's, or null.
    pub(crate) fn pipe(&mut self) -> (*const c_void, Option<Pipeline>) {
        let made = match self.draw.below(12) {
            0 => None,
            1..5 if !self.pipes.is_empty() => Some(self.draw.of(&self.pipes)),
            _ => Some(self.draw.of(&self.shared.pipes)),
        };
        made.map_or((null(), None), |made| (made.handle.cast_const(), Some(made.pipe.clone())))
    }

    fn keep(&mut self, handle: Handle) {
        if !handle.is_null() {
            // SAFETY: it is a handle.
            self.pipes.push(unsafe { Made::new(handle) });
        }
    }

    fn parse(&mut self) {
        let [text, other] = [0; 2].map(|_| self.draw.of(&DECLARATIONS).as_bytes());
        let text = if self.draw.one_in(4) { text.to_vec() } else { self.draw.damaged(text, other) };
        let (text, mut handle) = (Memory::of(&text), null_mut());
        let pointer = if self.draw.one_in(30) { null() } else { text.pointer::<std::ffi::c_char>().cast_const() };
        let _ = self.attempt("parse", |error| {
            // SAFETY: the text is as long as it is said to be, or null.
            handle = unsafe { pixfuse_pipeline_parse(pointer, text.len(), error) };
            !handle.is_null()
        });
        drop(text);
        self.keep(handle.cast());
    }

    fn config(&mut self) {
        let [text, other] = [0; 2].map(|_| self.draw.of(&CONFIGS).as_bytes());
        let text = Memory::of(&if self.draw.one_in(4) { text.to_vec() } else { self.draw.damaged(text, other) });
        let backend = Memory::of(BACKENDS[self.draw.below(BACKENDS.len())]);
        let mut handle = null_mut();
        let _ = self.attempt("from_config", |error| {
            // SAFETY: each text is as long as it is said to be.
            handle = unsafe {
                let [text_length, backend_length] = [text.len(), backend.len()];
                pixfuse_pipeline_from_config(text.pointer(), text_length, backend.pointer(), backend_length, error)
            };
            !handle.is_null()
        });
        self.keep(handle.cast());
    }

    fn with_threads(&mut self) {
        let (pipe, _) = self.pipe();
        let threads = *self.draw.of(&[0, 1, 2, 3, 3, 1025, usize::MAX]);
        let mut handle = null_mut();
        let _ = self.attempt("with_threads", |error| {
            // SAFETY: the pipeline is a handle or null.
            handle = unsafe { pixfuse_pipeline_with_threads(pipe.cast(), threads, error) };
            !handle.is_null()
        });
        self.keep(handle.cast());
    }

    /// Pipelines and errors in any order, whatever was made of what.
    fn free(&mut self) {
        while self.pipes.len() > self.draw.below(20) {
            let index = self.draw.below(self.pipes.len());
            let made = self.pipes.swap_remove(index);
            // SAFETY: it is a handle that this thread made, and nobody has it any more.
            unsafe { pixfuse_pipeline_free(made.handle.cast()) };
        }
        while self.errors.len() > self.draw.below(20) {
            let index = self.draw.below(self.errors.len());
            // SAFETY: likewise.
            unsafe { pixfuse_error_free(self.errors.swap_remove(index)) };
        }
        // SAFETY: null is nothing to do.
        unsafe {
            pixfuse_pipeline_free(null_mut());
            pixfuse_error_free(null_mut());
        }
    }

    /// What can be asked of any handle, and of null.
    fn words(&mut self) {
        let (pipe, made) = self.pipe();
        // SAFETY: the pipeline is a handle or null, the error null, and each text lives as long.
        let texts = unsafe {
            [
                pixfuse_pipeline_text(pipe.cast()),
                pixfuse_pipeline_level(pipe.cast()),
                pixfuse_error_code(null()),
                pixfuse_error_reason(null()),
                pixfuse_error_message(null()),
                pixfuse_version(),
                pixfuse_decoders(),
            ]
            .map(|text| CStr::from_ptr(text).to_str().expect("texts are UTF-8"))
        };
        assert_eq!(texts[0], made.as_ref().map_or("", Pipeline::text));
        assert_eq!(texts.map(str::is_empty), [made.is_none(), made.is_none(), true, true, true, false, false]);
    }

    /// A struct of `T`'s size, or about that, or null.
    pub(crate) fn sized<T>(&mut self) -> Option<Memory> {
        let size = size_of::<T>();
        let said = match self.draw.below(12) {
            0 => return None,
            1 => *self.draw.of(&[0, 1, size_of::<usize>(), size - 8, size - 1]),
            2 => size + 8 * self.draw.below(9),
            _ => size,
        };
        Some(Memory::sized(&mut self.draw, said, said))
    }

    fn shape_of(&mut self) {
        let ((pipe, _), shape) = (self.pipe(), self.sized::<Shape>());
        let (rows, columns) = (self.draw.length(), self.draw.length());
        let shape = shape.as_ref().map_or(null_mut(), Memory::pointer);
        // SAFETY: the pipeline is a handle, the shape as large as it says, or null.
        let _ = self.attempt("shape_of", |error| unsafe { pixfuse_shape_of(pipe.cast(), rows, columns, shape, error) });
    }

    fn geometry_of(&mut self) {
        let ((pipe, _), geometry) = (self.pipe(), self.sized::<CGeometry>());
        let (rows, columns) = (self.draw.length(), self.draw.length());
        let to = geometry.as_ref().map_or(null_mut(), Memory::pointer);
        // SAFETY: the pipeline is a handle, the geometry as large as it says, or null.
        let done = self
            .attempt("geometry_of", |error| unsafe { pixfuse_geometry_of(pipe.cast(), rows, columns, to, error) })
            .is_ok();
        if let (true, Some(geometry)) = (done, geometry) {
            // Some of which are used when their pipeline is long gone.
            if self.geometries.len() > 20 {
                self.geometries.clear();
            }
            self.geometries.push(geometry);
        }
    }

    /// A geometry that was made, changed, or never was one, or null.
    pub(crate) fn geometry(&mut self) -> Option<Memory> {
        let mut drawn = self.sized::<CGeometry>();
        if !self.geometries.is_empty() && !self.draw.one_in(3) {
            let index = self.draw.below(self.geometries.len());
            drawn = Some(self.geometries.swap_remove(index));
            if self.draw.one_in(3) {
                let memory = drawn.as_mut().expect("it was set above").as_mut();
                let at = size_of::<usize>() + self.draw.below(memory.len() - size_of::<usize>());
                memory[at] = self.draw.bits() as u8;
            }
        }
        drawn
    }

    /// Boxes of any numbers, by a geometry that was made, changed, or never was one.
    fn boxes(&mut self) {
        let drawn = self.geometry();
        let (boxes, count) = self.some_boxes();
        let geometry = drawn.as_ref().map_or(null(), |memory| memory.pointer::<CGeometry>().cast_const());
        let numbers = if self.draw.one_in(20) { null_mut() } else { boxes.pointer() };
        let clip = self.draw.one_in(2);
        let _ = if self.draw.one_in(2) {
            // SAFETY: the geometry is as large as it says, the boxes are as many, or null.
            self.attempt("map_boxes", |error| unsafe { pixfuse_map_boxes(geometry, numbers, count, clip, error) })
        } else {
            // SAFETY: likewise.
            self.attempt("unmap_boxes", |error| unsafe { pixfuse_unmap_boxes(geometry, numbers, count, clip, error) })
        };
    }

    /// An output of so many bytes, or not quite.
    pub(crate) fn out(&mut self, bytes: Option<usize>) -> Memory {
        let right = bytes.filter(|&bytes| bytes <= MOST_BYTES);
        match (right, self.draw.below(8)) {
            (Some(bytes), 0) => Memory::at(1 + self.draw.below(3), bytes),
            (Some(bytes), 1) => Memory::new((bytes + self.draw.below(9)).saturating_sub(4)),
            (Some(bytes), _) => Memory::new(bytes),
            (None, _) => Memory::new(self.draw.below(1000)),
        }
    }

    /// What failed before it began has written nothing.
    pub(crate) fn untouched(result: Result<(), String>, out: &mut Memory) {
        if let Err(code) = result {
            let may_write = ["", "memory", "file"].contains(&&*code);
            assert!(may_write || out.is_untouched(), "[{code}] and something was written");
        }
    }

    /// What gives memory, sometimes askew, or nothing.
    pub(crate) fn allocator(&mut self) -> (Option<Alloc>, Allocator) {
        let offset = if self.draw.one_in(5) { 1 } else { 0 };
        ((!self.draw.one_in(9)).then_some(allocate as Alloc), Allocator { offset, given: None })
    }

    /// `*out` is what was allocated, or was left alone.
    pub(crate) fn allocated(out: *mut c_void, user: &Allocator) {
        assert_eq!(out, user.given.as_ref().map_or(null_mut(), Memory::pointer));
    }

    fn run(&mut self) {
        let (handle, pipe) = self.pipe();
        let pixels = Pixels::draw(&mut self.draw, pipe.as_ref());
        let bytes = pipe.as_ref().and_then(|pipe| pixels.tensor(pipe));
        let mut out = self.out(bytes);
        let to = if self.draw.one_in(20) { null_mut() } else { out.pointer() };
        let image = self.of_image(&pixels);
        let at = image.as_ref().map_or(null(), |image| image.pointer::<CImage>().cast_const());
        let out_bytes = out.len();
        // SAFETY: the pipeline is a handle, image and output are of memory as large as they say, or null.
        let result = self.attempt("run", |error| unsafe { pixfuse_run(handle.cast(), at, to, out_bytes, error) });
        Self::untouched(result, &mut out);
    }

    /// The struct of an image: as it is, longer, too short, or null.
    pub(crate) fn of_image(&mut self, pixels: &Pixels) -> Option<Memory> {
        let mut memory = self.sized::<CImage>()?;
        let right = pixels.image.bytes();
        for (to, byte) in memory.as_mut().iter_mut().zip(right).skip(size_of::<usize>()) {
            *to = byte;
        }
        Some(memory)
    }

    fn run_alloc(&mut self) {
        let (handle, pipe) = self.pipe();
        let (pixels, shape) = (Pixels::draw(&mut self.draw, pipe.as_ref()), self.sized::<Shape>());
        let (alloc, mut user) = self.allocator();
        let image = self.of_image(&pixels);
        let at = image.as_ref().map_or(null(), |image| image.pointer::<CImage>().cast_const());
        let shape = shape.as_ref().map_or(null_mut(), Memory::pointer);
        let (mut out, is_wanted) = (null_mut(), !self.draw.one_in(20));
        let to = if is_wanted { &raw mut out } else { null_mut() };
        // SAFETY: the pipeline is a handle, the image of memory as large as it says, each struct as large as it says, or
        // null, and the allocator gives what it is asked for.
        let _ = self.attempt("run_alloc", |error| unsafe {
            pixfuse_run_alloc(handle.cast(), at, alloc, (&raw mut user).cast(), shape, to, error)
        });
        Self::allocated(out, &user);
    }
}

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        for error in self.errors.drain(..) {
            // SAFETY: it is a handle that was not freed.
            unsafe { pixfuse_error_free(error) };
        }
        for made in self.pipes.drain(..) {
            // SAFETY: likewise.
            unsafe { pixfuse_pipeline_free(made.handle.cast()) };
        }
    }
}
