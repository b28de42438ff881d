//! Configs against the digests of their own libraries, read at run time and compiled from the file.

use std::path::Path;

use pixfuse::{ImageRef, Pipeline, Tensor};
use pixfuse_config::{Backend, Batch, Imported, Overrides, Place, Source, Value, read, read_video};
use sha2::{Digest, Sha256};

const ROWS: usize = 157;
const COLUMNS: usize = 211;

/// The committed photos, mirrored on to this size.
fn photos() -> Vec<Vec<u8>> {
    let small = include_bytes!("../../pixfuse/tests/goldens/photos/photos.rgb");
    let mirrored = |at: usize, side: usize, length: usize| {
        let turn = (at + length) % (2 * side);
        turn.min(2 * side - 1 - turn)
    };
    small
        .chunks_exact(96 * 128 * 3)
        .map(|photo| {
            let pixel = |row: usize, column: usize| {
                let at = (mirrored(row, 96, ROWS) * 128 + mirrored(column, 128, COLUMNS)) * 3;
                photo[at..at + 3].to_vec()
            };
            (0..ROWS).flat_map(|row| (0..COLUMNS).flat_map(move |column| pixel(row, column))).collect()
        })
        .collect()
}

/// The digest of the tensors of all photos.
fn digest(pipe: &Pipeline, photos: &[Vec<u8>]) -> String {
    let mut digest = Sha256::new();
    for photo in photos {
        add(&mut digest, pipe, ImageRef::rgb8(photo, ROWS, COLUMNS).unwrap());
    }
    text(digest)
}

fn add(digest: &mut Sha256, pipe: &Pipeline, image: ImageRef<'_>) {
    for value in &pipe.run::<f32>(image).unwrap().data {
        digest.update(value.to_ne_bytes());
    }
}

fn text(digest: Sha256) -> String {
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The same files, compiled.
macro_rules! compiled {
    ($($name:ident = $file:literal, $backend:ident;)+) => {
        $(#[pixfuse::pipeline(config = $file, backend = $backend)]
        struct $name;)+

        fn compiled() -> Vec<(&'static str, &'static str, Pipeline)> {
            vec![$(($file.trim_start_matches("tests/goldens/"), stringify!($backend), $name::pipeline()),)+]
        }
    };
}

compiled! {
    ClipTorch = "tests/goldens/clip.json", torch;
    ClipPil = "tests/goldens/clip.json", pil;
    ConvNextTorch = "tests/goldens/convnext.json", torch;
    DetrTorch = "tests/goldens/detr.json", torch;
    Dinov2Torch = "tests/goldens/dinov2.json", torch;
    Dinov2Pil = "tests/goldens/dinov2.json", pil;
    Mask2FormerTorch = "tests/goldens/mask2former.json", torch;
    MobileVitPil = "tests/goldens/mobilevit.json", pil;
    OpenClip = "tests/goldens/open_clip.json", pil;
    PixtralPil = "tests/goldens/pixtral.json", pil;
    Qwen2VlTorch = "tests/goldens/qwen2_vl.json", torch;
    SamPil = "tests/goldens/sam.json", pil;
    SegformerTorch = "tests/goldens/segformer.json", torch;
    SiglipTorch = "tests/goldens/siglip.json", torch;
    Siglip2Torch = "tests/goldens/siglip2.json", torch;
    Timm = "tests/goldens/timm.json", pil;
    VitPil = "tests/goldens/vit.json", pil;
}

#[test]
fn configs_are_their_libraries() {
    let photos = photos();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens");
    let lines: Vec<&str> = include_str!("goldens/digests.txt").lines().skip(1).collect();
    assert!(lines.len() >= 28, "the file of digests is whole");
    let compiled = compiled();
    let mut of_macros = 0;
    for line in lines {
        let [file, backend, expected] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let backend = Backend::from_name(backend).unwrap();
        let imported = read(&Source::path(&folder.join(file)).unwrap(), backend, &Overrides::new()).unwrap();
        let pipe = Pipeline::new(imported.spec.clone()).unwrap();
        assert_eq!(digest(&pipe, &photos), expected, "{file}, {backend}");
        for (_, _, pipe) in compiled.iter().filter(|(name, of, _)| *name == file && *of == backend.name()) {
            assert_eq!(pipe.spec(), &imported.spec, "{file}, {backend}: the declaration of the macro");
            assert_eq!(digest(pipe, &photos), expected, "{file}, {backend}: the macro");
            of_macros += 1;
        }
    }
    assert_eq!(of_macros, compiled.len());
}

/// Each tensor of a class that makes several, by its own declaration.
#[test]
fn views_are_their_libraries() {
    let photos = photos();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens/views");
    let lines: Vec<&str> = include_str!("goldens/views.txt").lines().skip(1).collect();
    assert!(lines.len() >= 10, "the file of digests is whole");
    for line in lines {
        let [file, backend, name, expected] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let backend = Backend::from_name(backend).unwrap();
        let imported = read(&Source::path(&folder.join(file)).unwrap(), backend, &Overrides::new()).unwrap();
        assert!(imported.one().is_err(), "{file} is several");
        let mut all = std::iter::once(&imported).chain(&imported.views);
        let view = all.find(|view| view.outputs[0].name == name).unwrap();
        assert!(view.is_made(ROWS, COLUMNS));
        let pipe = Pipeline::new(view.spec.clone()).unwrap();
        let Some(before) = &view.before else {
            assert_eq!(digest(&pipe, &photos), expected, "{line}");
            continue;
        };
        let windows = view.windows(ROWS, COLUMNS);
        let canvas = windows.as_ref().map_or(&before.spec, |windows| &windows.canvas.spec);
        let (canvas, mut digest) = (Pipeline::new(canvas.clone()).unwrap(), Sha256::new());
        for photo in &photos {
            let image = canvas.run::<u8>(ImageRef::rgb8(photo, ROWS, COLUMNS).unwrap()).unwrap();
            let all = vec![[0, 0, image.dims[0], image.dims[1]]];
            let parts = windows.as_ref().map_or(&all, |windows| &windows.parts);
            parts.iter().for_each(|&part| add_window(&mut digest, &pipe, &image, part));
        }
        assert_eq!(text(digest), expected, "{line}");
    }
}

/// An image and its tiles in one tensor, each by its own declaration, as the crates' users put them together.
#[test]
fn images_and_tiles_are_their_libraries() {
    let photos = photos();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens/joined");
    // MiniCPM's patches lie side by side, which is no matter of declarations.
    let lines = include_str!("goldens/joined.txt").lines().skip(1).filter(|line| !line.starts_with("minicpm"));
    let mut compared = 0;
    for line in lines {
        let [file, backend, _, expected] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let backend = Backend::from_name(backend).unwrap();
        let imported = read(&Source::path(&folder.join(file)).unwrap(), backend, &Overrides::new()).unwrap();
        let at = |place: Place| imported.views.iter().filter(move |view| view.place == place);
        let all = at(Place::Before).chain([&imported]).chain(at(Place::Behind));
        let views: Vec<_> = all.filter(|view| view.is_made(ROWS, COLUMNS)).collect();
        assert_eq!(views.len(), 2, "{file}");
        let mut digest = Sha256::new();
        for photo in &photos {
            for view in &views {
                let pipe = Pipeline::new(view.spec.clone()).unwrap();
                let image = ImageRef::rgb8(photo, ROWS, COLUMNS).unwrap();
                let windows = view.windows(ROWS, COLUMNS);
                let before = view.before.as_ref().map(|before| before.spec.clone());
                let Some(before) = windows.as_ref().map(|windows| windows.canvas.spec.clone()).or(before) else {
                    add(&mut digest, &pipe, image);
                    continue;
                };
                let canvas = Pipeline::new(before).unwrap().run::<u8>(image).unwrap();
                let whole = || vec![[0, 0, canvas.dims[0], canvas.dims[1]]];
                let parts = windows.map_or_else(whole, |windows| windows.parts);
                parts.iter().for_each(|&part| add_window(&mut digest, &pipe, &canvas, part));
            }
        }
        assert_eq!(text(digest), expected, "{line}");
        compared += 1;
    }
    assert_eq!(compared, 5, "LFM2-VL, LLaVA-NeXT on both backends, Molmo 2 and Phi-4");
}

/// Adds the tensor of a window of an image of three channels.
fn add_window(digest: &mut Sha256, pipe: &Pipeline, image: &Tensor<u8>, [top, left, rows, columns]: [usize; 4]) {
    let row = |y: usize| &image.data[((top + y) * image.dims[1] + left) * 3..][..columns * 3];
    let window: Vec<u8> = (0..rows).flat_map(row).copied().collect();
    add(digest, pipe, ImageRef::rgb8(&window, rows, columns).unwrap());
}

/// The sizes that counts are compared on.
fn sizes() -> Vec<[usize; 2]> {
    let table = include_str!("../../pixfuse/tests/goldens/sizes.txt").lines().skip(2);
    let sides = |line: &str| {
        let mut sides = line.split(' ').map(|side| side.parse().unwrap());
        [sides.next().unwrap(), sides.next().unwrap()]
    };
    table.map(sides).collect()
}

/// The digest of the counts of all sizes.
fn digest_of_counts(sizes: &[[usize; 2]], count: impl Fn(&[usize; 2]) -> String) -> String {
    let counts = sizes.iter().map(count).collect::<Vec<_>>().join(" ");
    Sha256::digest(counts).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The tokens of videos of sizes alone.
#[test]
fn tokens_of_videos_are_those_of_transformers() {
    let (sizes, lines) = (sizes(), include_str!("goldens/video_counts.txt").lines().skip(1).collect::<Vec<_>>());
    assert!(lines.len() >= 65, "the file of goldens is whole");
    for line in lines {
        let [name, keywords, frames, expected] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let source = Source::text(&format!(r#"{{"video_processor_type": "{name}"}}"#)).unwrap();
        let frames: usize = frames.parse().unwrap();
        let imported = read_video(&source, &serde_json::from_str(keywords).unwrap()).unwrap();
        let imported = imported.with_frames(frames as u32).unwrap();
        let pipe = Pipeline::new(imported.spec.clone()).unwrap();
        let count = |&[rows, columns]: &[usize; 2]| {
            let geometry = pipe.geometry(rows, columns).ok().filter(|_| imported.admits(rows, columns).is_ok());
            let grid = geometry.and_then(|geometry| geometry.patches());
            grid.map_or(0, |grid| imported.tokens([rows, columns], grid, frames).unwrap()).to_string()
        };
        assert_eq!(digest_of_counts(&sizes, count), expected, "{line}");
    }
}

/// `patches` and `tokens` of sizes alone, as a user of the crates counts them.
#[test]
fn counts_are_those_of_transformers() {
    let sizes = sizes();
    let lines: Vec<&str> = include_str!("goldens/counts.txt").lines().skip(1).collect();
    assert!(lines.len() >= 190 && sizes.len() >= 260, "the files of goldens are whole");
    for line in lines {
        let [kind, name, backend, keywords, expected] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let text =
            if name.starts_with('{') { name.to_owned() } else { format!(r#"{{"image_processor_type": "{name}"}}"#) };
        let source = Source::text(&text).unwrap();
        let imported = read(&source, Backend::from_name(backend).unwrap(), &Overrides::new()).unwrap();
        let mut words = if kind == "tokens" { imported.processor_keywords() } else { Overrides::new() };
        words.extend(serde_json::from_str::<Overrides>(keywords).unwrap());
        let imported = imported.with(&words).unwrap();
        let pipe = |imported: &Imported| Pipeline::new(imported.spec.clone()).unwrap();
        let counted = std::iter::once(&imported).filter(|imported| imported.is_counted).chain(&imported.views);
        let pipes: Vec<_> = counted.map(|view| (pipe(view), view)).collect();
        let count = |&[rows, columns]: &[usize; 2]| {
            let tokens = |grid, count| imported.tokens([rows, columns], grid, count).unwrap_or(0).to_string();
            if kind == "tokens" && !imported.has_tokens_of_grid() {
                return tokens([1, 1], 1);
            }
            if imported.admits(rows, columns).is_err() {
                return "0".to_owned();
            }
            // Of the first tensor rows and columns, and of all of them how many there are.
            let of = |pipe: &Pipeline, view: &Imported| {
                if let Some(windows) = view.windows(rows, columns) {
                    return Some((windows.grid, windows.parts.len()));
                }
                let geometry = pipe.geometry(rows, columns).ok()?;
                let [high, wide] = geometry.patches().or(geometry.tiles()).unwrap_or([1, 1]);
                Some(([high, wide], high * wide + usize::from(geometry.thumbnail().is_some())))
            };
            let there = pipes.iter().filter(|(_, view)| view.is_made(rows, columns));
            let Some(all) = there.map(|(pipe, view)| of(pipe, view)).collect::<Option<Vec<_>>>() else {
                return "0".to_owned();
            };
            let patches = all.iter().map(|(_, count)| count).sum();
            let grid = all.first().map_or([1, 1], |(grid, _)| *grid);
            match kind {
                "tokens" => tokens(grid, patches),
                _ => patches.to_string(),
            }
        };
        assert_eq!(digest_of_counts(&sizes, count), expected, "{line}");
    }
}

/// Videos whose frames stand on an axis of their own or share patches, put together by hand: what Python's `VideoProcessor` does.
#[test]
fn videos_are_those_of_transformers() {
    let photos = photos();
    let lines: Vec<&str> = include_str!("goldens/videos.txt").lines().skip(1).collect();
    assert!(lines.len() >= 32, "the file of digests is whole");
    let mut compared = 0;
    for line in lines {
        let [name, keywords, expected] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let source = Source::text(&format!(r#"{{"video_processor_type": "{name}"}}"#)).unwrap();
        let imported = read_video(&source, &serde_json::from_str(keywords).unwrap()).unwrap();
        let imported = imported.with_frames(photos.len() as u32).unwrap();
        let frames = imported.frames.unwrap();
        let (temporal, multiple) = (frames.temporal as usize, frames.multiple as usize);
        let is_whole = imported.outputs.iter().all(|output| matches!(output.value, Value::Pixels | Value::GridThw));
        if !is_whole || frames.is_frame_first || imported.spec.output.element != pixfuse_spec::Element::F32 {
            continue;
        }
        let pipe = Pipeline::new(imported.spec.clone()).unwrap();
        let mut made: Vec<_> = photos
            .iter()
            .map(|photo| pipe.run::<f32>(ImageRef::rgb8(photo, ROWS, COLUMNS).unwrap()).unwrap())
            .collect();
        let mut digest = Sha256::new();
        let mut write = |name: &str, shape: &[usize], values: &mut dyn Iterator<Item = f32>| {
            let comma = if shape.len() == 1 { "," } else { "" };
            let sides: Vec<_> = shape.iter().map(ToString::to_string).collect();
            digest.update(format!("{name} ({}{comma}) ", sides.join(", ")));
            values.for_each(|value| digest.update(value.to_ne_bytes()));
        };
        let pixels = imported.outputs[0].name;
        if imported.batch == Batch::Concatenate {
            while !made.len().is_multiple_of(multiple) {
                made.push(made.last().unwrap().clone());
            }
            let [patches, elements] = made[0].dims[..] else { panic!("{:?}", made[0].dims) };
            let side = elements / 3;
            let mut values = made.chunks_exact(temporal).flat_map(|group| {
                let each = (0..patches).flat_map(move |patch| (0..3).map(move |channel| (patch, channel)));
                each.flat_map(move |(patch, channel)| {
                    let at = patch * elements + channel * side;
                    group.iter().flat_map(move |frame| frame.data[at..at + side].iter().copied())
                })
            });
            let groups = made.len() / temporal;
            let is_interleaved = imported.spec.output.layout == pixfuse_spec::Layout::Hwc;
            if is_interleaved {
                write(
                    pixels,
                    &[groups * patches, elements],
                    &mut made.iter().flat_map(|frame| frame.data.iter().copied()),
                );
            } else {
                write(pixels, &[groups * patches, elements * temporal], &mut values);
            }
            let [high, wide] = pipe.geometry(ROWS, COLUMNS).unwrap().patches().unwrap();
            digest.update("video_grid_thw (1, 3) ");
            for count in [groups, high, wide] {
                digest.update((count as i64).to_ne_bytes());
            }
        } else {
            let shape = [&[1, made.len()], &made[0].dims[..]].concat();
            write(pixels, &shape, &mut made.iter().flat_map(|frame| frame.data.iter().copied()));
        }
        let digest: String = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, expected, "{line}");
        compared += 1;
    }
    assert!(compared >= 18, "{compared}");
}
