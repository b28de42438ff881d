// pixfuse for C++17: handles that free themselves, and errors as exceptions. The functions are those of pixfuse.h.
#ifndef PIXFUSE_HPP
#define PIXFUSE_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pixfuse.h"

namespace pixfuse {

// One mistake of a declaration, as pixfuse_mistake says; texts are empty where there is none.
struct Mistake {
  std::string message, kind, clause, argument, value;
  std::ptrdiff_t index;
  std::vector<std::string> names;
  std::uint32_t least, most;
};

// What went wrong: `what()` for people; for programs `code()`, `reason()` and `mistakes()`, as pixfuse_error_code,
// pixfuse_error_reason and pixfuse_error_mistake say.
class Error : public std::runtime_error {
 public:
  explicit Error(pixfuse_error *error)
      : std::runtime_error(pixfuse_error_message(error)), code_(pixfuse_error_code(error)), reason_(pixfuse_error_reason(error)) {
    const auto text = [](const char *given) { return std::string(given == nullptr ? "" : given); };
    pixfuse_mistake found{};
    found.size = sizeof(pixfuse_mistake);
    for (std::size_t number = 0; pixfuse_error_mistake(error, number, &found); ++number) {
      mistakes_.push_back({text(found.message), text(found.kind), text(found.clause), text(found.argument), text(found.value),
                           found.index, {found.names, found.names + found.count}, found.least, found.most});
    }
    pixfuse_error_free(error);
  }
  const std::string &code() const noexcept { return code_; }
  const std::string &reason() const noexcept { return reason_; }
  const std::vector<Mistake> &mistakes() const noexcept { return mistakes_; }

 private:
  std::string code_, reason_;
  std::vector<Mistake> mistakes_;
};

// A tensor of bytes: `data` holds `shape.bytes` of them.
struct Tensor {
  pixfuse_shape shape{sizeof(pixfuse_shape), 0, {}, 0, 0};
  std::unique_ptr<unsigned char[]> data;

  template <typename T>
  const T *as() const noexcept {
    return reinterpret_cast<const T *>(data.get());
  }
};

// Pixels without gaps, of the declaration's format.
inline pixfuse_image image(const void *pixels, std::size_t rows, std::size_t columns) noexcept {
  pixfuse_image image{};
  image.size = sizeof(pixfuse_image);
  image.pixels = pixels;
  image.rows = rows;
  image.columns = columns;
  return image;
}

// Throws what a call stored in `error`, unless it is done.
inline void check(bool done, pixfuse_error *const &error) {
  if (!done) throw Error(error);
}

// What the header of a file says.
inline pixfuse_probe_result probe(const void *file, std::size_t length) {
  pixfuse_probe_result result{};
  result.size = sizeof(pixfuse_probe_result);
  pixfuse_error *error = nullptr;
  check(pixfuse_probe(file, length, &result, &error), error);
  return result;
}

// The geometry of one image of a tensor: a tile, or the thumbnail.
inline pixfuse_geometry tile(const pixfuse_geometry &geometry, std::size_t index) {
  pixfuse_geometry tile = geometry;
  pixfuse_error *error = nullptr;
  check(pixfuse_geometry_tile(&geometry, index, &tile, &error), error);
  return tile;
}

// The geometry of the patch of a row and a column.
inline pixfuse_geometry patch(const pixfuse_geometry &geometry, std::size_t row, std::size_t column) {
  pixfuse_geometry patch = geometry;
  pixfuse_error *error = nullptr;
  check(pixfuse_geometry_patch(&geometry, row, column, &patch, &error), error);
  return patch;
}

// Takes boxes of the source to the output: four numbers each, one behind the other.
inline void map_boxes(const pixfuse_geometry &geometry, std::vector<double> &boxes, bool clip = false) {
  pixfuse_error *error = nullptr;
  check(pixfuse_map_boxes(&geometry, boxes.data(), boxes.size() / 4, clip, &error), error);
}

// And a detector's boxes back to the source.
inline void unmap_boxes(const pixfuse_geometry &geometry, std::vector<double> &boxes, bool clip = false) {
  pixfuse_error *error = nullptr;
  check(pixfuse_unmap_boxes(&geometry, boxes.data(), boxes.size() / 4, clip, &error), error);
}

// A pipeline, which never changes: copies share it, and any thread may use it.
class Pipeline {
 public:
  explicit Pipeline(std::string_view text) {
    pixfuse_error *error = nullptr;
    own(pixfuse_pipeline_parse(text.data(), text.size(), &error), error);
  }

  static Pipeline from_config(std::string_view json, std::string_view backend = "torch") {
    pixfuse_error *error = nullptr;
    return Pipeline(
        pixfuse_pipeline_from_config(json.data(), json.size(), backend.data(), backend.size(), &error), error);
  }

  Pipeline with_threads(std::size_t threads) const {
    pixfuse_error *error = nullptr;
    return Pipeline(pixfuse_pipeline_with_threads(handle_.get(), threads, &error), error);
  }

  std::string_view text() const noexcept { return pixfuse_pipeline_text(handle_.get()); }
  std::string_view level() const noexcept { return pixfuse_pipeline_level(handle_.get()); }

  pixfuse_shape shape(std::size_t rows, std::size_t columns) const {
    pixfuse_shape shape{sizeof(pixfuse_shape), 0, {}, 0, 0};
    pixfuse_error *error = nullptr;
    check(pixfuse_shape_of(handle_.get(), rows, columns, &shape, &error), error);
    return shape;
  }

  pixfuse_geometry geometry(std::size_t rows, std::size_t columns) const {
    pixfuse_geometry geometry{};
    geometry.size = sizeof(pixfuse_geometry);
    pixfuse_error *error = nullptr;
    check(pixfuse_geometry_of(handle_.get(), rows, columns, &geometry, &error), error);
    return geometry;
  }

  Tensor run(const pixfuse_image &image) const {
    Tensor tensor;
    void *out = nullptr;
    pixfuse_error *error = nullptr;
    bool done = pixfuse_run_alloc(handle_.get(), &image, alloc, nullptr, &tensor.shape, &out, &error);
    tensor.data.reset(static_cast<unsigned char *>(out));
    check(done, error);
    return tensor;
  }

  void run(const pixfuse_image &image, void *out, std::size_t bytes) const {
    pixfuse_error *error = nullptr;
    check(pixfuse_run(handle_.get(), &image, out, bytes, &error), error);
  }

  // Images that give tensors of one shape, one tensor behind the other.
  void batch(const std::vector<pixfuse_image> &images, void *out, std::size_t bytes) const {
    pixfuse_error *error = nullptr;
    check(pixfuse_batch(handle_.get(), images.data(), images.size(), out, bytes, &error), error);
  }

  Tensor decode(const void *file, std::size_t length, const pixfuse_decode_options *options = nullptr) const {
    Tensor tensor;
    void *out = nullptr;
    pixfuse_error *error = nullptr;
    bool done =
        pixfuse_decode_alloc(handle_.get(), file, length, options, alloc, nullptr, &tensor.shape, &out, &error);
    tensor.data.reset(static_cast<unsigned char *>(out));
    check(done, error);
    return tensor;
  }

  void decode(const void *file, std::size_t length, void *out, std::size_t bytes,
              const pixfuse_decode_options *options = nullptr) const {
    pixfuse_error *error = nullptr;
    check(pixfuse_decode(handle_.get(), file, length, options, out, bytes, &error), error);
  }

  // The shape of the tensor of a file, from its header.
  pixfuse_shape decode_shape(const void *file, std::size_t length, const pixfuse_decode_options *options = nullptr) const {
    pixfuse_shape shape{sizeof(pixfuse_shape), 0, {}, 0, 0};
    pixfuse_error *error = nullptr;
    check(pixfuse_decode_shape(handle_.get(), file, length, options, &shape, &error), error);
    return shape;
  }

  // Images of any sizes in one tensor; `offsets` gets where each image's patches or tiles begin, and their number.
  Tensor joined(const std::vector<pixfuse_image> &images, pixfuse_join join,
                std::vector<std::size_t> *offsets = nullptr) const {
    Tensor tensor;
    void *out = nullptr;
    pixfuse_error *error = nullptr;
    std::vector<std::size_t> begin(images.size() + 1);
    bool done = pixfuse_batch_joined_alloc(handle_.get(), images.data(), images.size(), join, alloc, nullptr,
                                           &tensor.shape, begin.data(), &out, &error);
    tensor.data.reset(static_cast<unsigned char *>(out));
    check(done, error);
    if (offsets) *offsets = std::move(begin);
    return tensor;
  }

  // What the tensor of an image stands for: bytes of rows, columns and 3. A box is four numbers.
  Tensor preview(const pixfuse_image &image, const double *boxes = nullptr, std::size_t count = 0) const {
    Tensor picture;
    void *out = nullptr;
    pixfuse_error *error = nullptr;
    bool done =
        pixfuse_preview(handle_.get(), &image, boxes, count, alloc, nullptr, &picture.shape, &out, &error);
    picture.data.reset(static_cast<unsigned char *>(out));
    check(done, error);
    return picture;
  }

  // The same of a file.
  Tensor preview(const void *file, std::size_t length, const pixfuse_decode_options *options = nullptr,
                 const double *boxes = nullptr, std::size_t count = 0) const {
    Tensor picture;
    void *out = nullptr;
    pixfuse_error *error = nullptr;
    bool done = pixfuse_preview_file(handle_.get(), file, length, options, boxes, count, alloc, nullptr, &picture.shape, &out,
                                     &error);
    picture.data.reset(static_cast<unsigned char *>(out));
    check(done, error);
    return picture;
  }

  const pixfuse_pipeline *handle() const noexcept { return handle_.get(); }

 private:
  // By reference: arguments are evaluated in any order, and the call beside it writes the error.
  Pipeline(pixfuse_pipeline *handle, pixfuse_error *const &error) { own(handle, error); }

  void own(pixfuse_pipeline *handle, pixfuse_error *const &error) {
    check(handle != nullptr, error);
    handle_.reset(handle, pixfuse_pipeline_free);
  }

  // What `new` gives is aligned for every element of a tensor; vectors do without more.
  static void *alloc(void *, const pixfuse_shape *shape, std::size_t) noexcept {
    return new (std::nothrow) unsigned char[shape->bytes];
  }

  std::shared_ptr<pixfuse_pipeline> handle_;
};

}  // namespace pixfuse

#endif
