//! What `pixfuse.hpp` has beside what the examples use.

use std::path::Path;

use pixfuse::{Clip, ImageRef, Pipeline};
use pixfuse_decode::Options;

use crate::{DECLARATIONS, SIDES, compiled, directory, file_of_pixels, has, pixels, run};

/// Prints what it is told of a photo, then the tensors of a batch and of the photo, each behind its number of bytes.
const PROGRAM: &str = r#"
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <pixfuse.hpp>

static std::vector<char> contents(const char *path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

static void put(const void *bytes, std::size_t length) {
  std::printf("%zu\n", length);
  std::fwrite(bytes, 1, length, stdout);
}

int main(int, char **words) {
  const pixfuse::Pipeline pipeline(words[1]), tiled(words[2]);
  const auto pixels = contents(words[3]), photo = contents(words[4]);
  const std::size_t rows = std::strtoul(words[5], nullptr, 10), columns = std::strtoul(words[6], nullptr, 10);

  const auto header = pixfuse::probe(photo.data(), photo.size());
  std::printf("%s %zu %zu\n", header.format, header.shown_rows, header.shown_columns);
  const auto geometry = tiled.geometry(header.shown_rows, header.shown_columns);
  std::vector<double> boxes{0, 0, 32, 32};
  pixfuse::unmap_boxes(pixfuse::tile(geometry, 0), boxes, true);
  std::printf("%.3f %.3f %.3f %.3f\n", boxes[0], boxes[1], boxes[2], boxes[3]);
  pixfuse::map_boxes(pixfuse::tile(geometry, 0), boxes);
  std::printf("%.3f %.3f %.3f %.3f\n", boxes[0], boxes[1], boxes[2], boxes[3]);

  const std::vector<pixfuse_image> images(2, pixfuse::image(pixels.data(), rows, columns));
  std::vector<unsigned char> out(2 * pipeline.shape(rows, columns).bytes);
  pipeline.batch(images, out.data(), out.size());
  put(out.data(), out.size());
  out.resize(pipeline.decode_shape(photo.data(), photo.size()).bytes);
  pipeline.decode(photo.data(), photo.size(), out.data(), out.size());
  put(out.data(), out.size());
  const auto seen = pipeline.preview(photo.data(), photo.size());
  put(seen.data.get(), seen.shape.bytes);

  const auto refused = [&](auto call) {
    try {
      call();
    } catch (const pixfuse::Error &error) {
      std::printf("%s %s\n", error.code().c_str(), error.reason().c_str());
    }
  };
  refused([&] { pipeline.decode(photo.data(), photo.size() / 2); });
  refused([&] { pixfuse::probe("<html>", 6); });
  refused([&] { pipeline.batch(images, out.data(), 1); });
  refused([&] { pixfuse::patch(geometry, 0, 0); });
}
"#;

#[test]
fn the_header_for_cpp_has_what_that_for_c_has() {
    if !has("c++") {
        return;
    }
    let source = Path::new(env!("CARGO_TARGET_TMPDIR")).join("header.cpp");
    std::fs::write(&source, PROGRAM).unwrap();
    let photo = directory().join("../../crates/pixfuse-decode/tests/files/odd-420.jpg");
    let [text, tiles] = [DECLARATIONS[2], DECLARATIONS[4]];
    let sides = SIDES.map(|side| side.to_string());
    let words = [text, tiles, &file_of_pixels("pixels-header"), photo.to_str().unwrap(), &sides[0], &sides[1]];
    let said = run(&compiled("c++", "-std=c++17", &source, "header-cpp"), &words);

    let file = std::fs::read(photo).unwrap();
    let pipe = Pipeline::parse(text).unwrap();
    let header = pixfuse_decode::EncodedImage::open(&file).unwrap();
    let [rows, columns] = header.shown_size();
    let tile = Pipeline::parse(tiles).unwrap().geometry(rows, columns).unwrap().tile(0).unwrap();
    let boxes = tile.unmap_boxes(&[[0.0, 0.0, 32.0, 32.0]], Clip::Yes);
    let mut expected = format!("JPEG {rows} {columns}\n").into_bytes();
    for [a, b, c, d] in [boxes[0], tile.map_boxes(&boxes, Clip::No)[0]] {
        expected.extend(format!("{a:.3} {b:.3} {c:.3} {d:.3}\n").into_bytes());
    }
    let pixels = pixels();
    let image = ImageRef::rgb8(&pixels, SIDES[0], SIDES[1]).unwrap();
    let batch = pipe.batch::<u8>(&[image, image]).unwrap().data;
    let tensor = pixfuse_decode::decode::<u8>(&pipe, &file, &Options::default()).unwrap().data;
    // Of a tensor of u8 in another order.
    let seen: Vec<u8> = (0..64 * 64).flat_map(|at| [0, 1, 2].map(|channel| tensor[channel * 64 * 64 + at])).collect();
    for block in [&batch, &tensor, &seen] {
        expected.extend(format!("{}\n", block.len()).into_bytes());
        expected.extend(block);
    }
    expected.extend(b"file truncated\nfile unknown_format\nout \nargument \n");
    assert!(said == expected, "{}", String::from_utf8_lossy(&said[..said.len().min(300)]));
}
