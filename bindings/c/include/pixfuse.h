/* pixfuse: preprocessing for vision models. One declaration, one fused kernel, the same bytes in every language.
 *
 * A pipeline is made of a declaration's text, or of the config that a model was published with, and runs over pixels or
 * over the bytes of a file. Its language is one page: crates/pixfuse-spec/LANGUAGE.md.
 *
 * Handles (`pixfuse_pipeline`, `pixfuse_error`) are made here and freed by their `_free`. A pipeline never changes: any
 * number of threads may use one at once. Structs begin with their size, which the caller sets to `sizeof` before a call, so
 * that a later version can have more members. No function keeps a pointer, prints, throws, or ends the process.
 *
 * A function that can fail returns false or null and, where `error` is not null, stores an error there that the caller
 * frees; on success `*error` is left alone. Nothing has been written to an output then, but where the code is "memory" or
 * "file" a part of it may have been.
 */
#ifndef PIXFUSE_H
#define PIXFUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pixfuse_pipeline pixfuse_pipeline;
typedef struct pixfuse_error pixfuse_error;

/* The version of the library: "0.1.0". */
const char *pixfuse_version(void);

/* ---- Errors -------------------------------------------------------------------------------------------------------- */

/* One word that stays the same in later versions: "declaration", "config", "argument", "image", "file", "out", "level",
 * "threads", "geometry", "memory", "pipeline", "internal". "" for null. Valid until the error is freed. */
const char *pixfuse_error_code(const pixfuse_error *error);
/* Of an error with the code "file" one word more, the same in every language and in later versions: "unknown_format",
 * "no_decoder", "truncated", "damaged", "unsupported", "too_large", "too_long", "colours" or "size". "" of another error, and
 * for null. Valid until the error is freed. */
const char *pixfuse_error_reason(const pixfuse_error *error);
/* What was wrong, with the value and what was expected, in the words of every language. UTF-8, "" for null. */
const char *pixfuse_error_message(const pixfuse_error *error);

/* One mistake of a declaration. Texts are UTF-8, null where there is none, and valid until the error is freed. */
typedef struct pixfuse_mistake {
  size_t size; /* sizeof(pixfuse_mistake) */
  const char *message;
  const char *kind;         /* "syntax", "clause", "argument", "value" or "rule" */
  const char *clause;       /* the clause that it is about */
  const char *argument;     /* the argument; where it is not written with its name, what it is called */
  ptrdiff_t index;          /* the value in a list, or -1 */
  const char *value;        /* what stands there, as it is written */
  const char *const *names; /* what may stand there: one of `count` names, or null */
  size_t count;
  uint32_t least, most; /* or an integer from `least` to `most`; both 0 where it is none */
} pixfuse_mistake;

/* How many mistakes of a declaration an error names: 0 of another error, and for null. */
size_t pixfuse_error_mistakes(const pixfuse_error *error);
/* One of them, `number` from 0 on; false where there is none. */
bool pixfuse_error_mistake(const pixfuse_error *error, size_t number, pixfuse_mistake *mistake);

/* Null is nothing to do. */
void pixfuse_error_free(pixfuse_error *error);

/* ---- Pipelines ----------------------------------------------------------------------------------------------------- */

/* The pipeline of a declaration's text, which is UTF-8 of `length` bytes. Null where it is none. */
pixfuse_pipeline *pixfuse_pipeline_parse(const char *text, size_t length, pixfuse_error **error);
/* The pipeline of a model's config: the JSON text of a preprocessor_config.json, or of timm's, open_clip's or
 * transformers.js' own. `backend` is "torch" or "pil", the one of transformers whose bytes are meant; of no bytes it is
 * torch. */
pixfuse_pipeline *pixfuse_pipeline_from_config(const char *json, size_t length, const char *backend,
                                               size_t backend_length, pixfuse_error **error);
/* The same pipeline, whose runs use so many threads; one unless this was called. */
pixfuse_pipeline *pixfuse_pipeline_with_threads(const pixfuse_pipeline *pipeline, size_t threads,
                                                pixfuse_error **error);
/* Null is nothing to do. No call may be using it. */
void pixfuse_pipeline_free(pixfuse_pipeline *pipeline);
/* The canonical text, which parses to an equal pipeline. Valid until the pipeline is freed. */
const char *pixfuse_pipeline_text(const pixfuse_pipeline *pipeline);
/* The level of instructions that runs it: "scalar", "neon", "sse41", "avx2" or "avx512". The bytes are the same on each. */
const char *pixfuse_pipeline_level(const pixfuse_pipeline *pipeline);

/* ---- Tensors ------------------------------------------------------------------------------------------------------- */

typedef enum pixfuse_element {
  PIXFUSE_F32 = 0,
  PIXFUSE_F16 = 1,
  PIXFUSE_BF16 = 2,
  PIXFUSE_U8 = 3,
  PIXFUSE_I8 = 4
} pixfuse_element;

typedef struct pixfuse_shape {
  size_t size;     /* sizeof(pixfuse_shape) */
  size_t rank;     /* dimensions of the tensor */
  size_t dims[8];  /* the outermost first; zeros behind `rank` */
  int32_t element; /* a pixfuse_element */
  size_t bytes;    /* of the whole tensor, which has no gaps */
} pixfuse_shape;

/* The shape of the tensor of an image of these rows and columns, as it is stored. */
bool pixfuse_shape_of(const pixfuse_pipeline *pipeline, size_t rows, size_t columns, pixfuse_shape *shape,
                      pixfuse_error **error);

/* Memory for `shape->bytes` bytes at an address that is a multiple of `align`, or null where there is none. It is called
 * once in a call, by its thread. */
typedef void *(*pixfuse_alloc)(void *user, const pixfuse_shape *shape, size_t align);

/* ---- Pixels -------------------------------------------------------------------------------------------------------- */

typedef struct pixfuse_image {
  size_t size;                /* sizeof(pixfuse_image) */
  const void *pixels;         /* row 0, column 0, channel 0; the luma of nv12, nv21, i420 and yuyv */
  size_t rows, columns;
  ptrdiff_t strides[3];       /* bytes to the next row, column, channel; may be negative. All zero: no gaps */
  const void *planes[2];      /* chroma: one plane of nv12 and nv21, two of i420; else null */
  ptrdiff_t plane_strides[2]; /* bytes to their next row; zero: no gaps */
  int32_t orientation;        /* 1 to 8 as in EXIF turns the image first; 0 leaves that to the declaration */
} pixfuse_image;

/* Runs over an image, whose channels and samples are those of the declaration's `input`, into `out`, which has exactly the
 * tensor's bytes, is aligned for its element and overlaps no pixel. */
bool pixfuse_run(const pixfuse_pipeline *pipeline, const pixfuse_image *image, void *out, size_t out_bytes,
                 pixfuse_error **error);
/* The same into memory that `alloc` gives when the shape is known. `*out` is that memory, also where the run fails behind
 * that; set it to null before. */
bool pixfuse_run_alloc(const pixfuse_pipeline *pipeline, const pixfuse_image *image, pixfuse_alloc alloc, void *user,
                       pixfuse_shape *shape, void **out, pixfuse_error **error);
/* Runs over `count` images that give tensors of one shape, into one block, one tensor behind the other. All
 * have the same `size`, which is how far they lie apart. */
bool pixfuse_batch(const pixfuse_pipeline *pipeline, const pixfuse_image *images, size_t count, void *out,
                   size_t out_bytes, pixfuse_error **error);

/* ---- Batches of several sizes -------------------------------------------------------------------------------------- */

typedef enum pixfuse_join {
  PIXFUSE_CONCAT = 0, /* the patches or tiles of all, one image behind another */
  PIXFUSE_PAD = 1     /* each image as large as the largest: zeros behind its patches or tiles, below and beside its pixels */
} pixfuse_join;

/* The shape of a batch of `count` images, whose rows and columns, as stored, stand in `sizes` one image behind another; `join`
 * is a pixfuse_join. Nothing but sizes is asked for: a server knows it before it decodes. Where `offsets` is not null it gets
 * `count` + 1 numbers: where each image's patches or tiles begin among those of all, and how many these are. The grid of an
 * image's own is `patches` or `tiles` of its pixfuse_geometry_of. */
bool pixfuse_joined_shape(const pixfuse_pipeline *pipeline, const size_t *sizes, size_t count, int32_t join,
                          pixfuse_shape *shape, size_t *offsets, pixfuse_error **error);
/* For each place of such a batch with PIXFUSE_PAD whether it shows its image: `length` is the number of images times that of
 * patches or tiles of the largest, or times rows and columns of the largest whole image. */
bool pixfuse_joined_mask(const pixfuse_pipeline *pipeline, const size_t *sizes, size_t count, bool *mask, size_t length,
                         pixfuse_error **error);
/* Runs over `count` images of any sizes into one tensor of the shape that pixfuse_joined_shape says. */
bool pixfuse_batch_joined(const pixfuse_pipeline *pipeline, const pixfuse_image *images, size_t count, int32_t join,
                          void *out, size_t out_bytes, pixfuse_error **error);
/* The same into memory that `alloc` gives when the shape is known; `offsets` may be null. */
bool pixfuse_batch_joined_alloc(const pixfuse_pipeline *pipeline, const pixfuse_image *images, size_t count,
                                int32_t join, pixfuse_alloc alloc, void *user, pixfuse_shape *shape, size_t *offsets,
                                void **out, pixfuse_error **error);

/* ---- Files --------------------------------------------------------------------------------------------------------- */

typedef struct pixfuse_decode_options {
  size_t size;         /* sizeof(pixfuse_decode_options) */
  int32_t orientation; /* 1 to 8 instead of what the file's notes say; 0 follows them */
  uint64_t max_pixels; /* more are refused by the header; 0 is 178,956,970 */
  uint64_t max_side;   /* a longer side is refused; 0 is 65,535 */
  size_t draft[2];     /* rows and columns that are enough: Pillow's `draft` of JPEG; zeros for none */
  bool fill_truncated; /* what Pillow's LOAD_TRUNCATED_IMAGES gives instead of an error */
} pixfuse_decode_options;

/* The shape of the tensor of a JPEG, PNG, WebP, GIF, BMP or TIFF file, from its header. `options` may be null. */
bool pixfuse_decode_shape(const pixfuse_pipeline *pipeline, const void *file, size_t length,
                          const pixfuse_decode_options *options, pixfuse_shape *shape, pixfuse_error **error);
/* Decodes a file to the pixels that Pillow gives, turns it as its notes say, and runs over it. */
bool pixfuse_decode(const pixfuse_pipeline *pipeline, const void *file, size_t length,
                    const pixfuse_decode_options *options, void *out, size_t out_bytes, pixfuse_error **error);
/* The same into memory that `alloc` gives when the header was read. */
bool pixfuse_decode_alloc(const pixfuse_pipeline *pipeline, const void *file, size_t length,
                          const pixfuse_decode_options *options, pixfuse_alloc alloc, void *user, pixfuse_shape *shape,
                          void **out, pixfuse_error **error);

typedef struct pixfuse_probe_result {
  size_t size;                       /* sizeof(pixfuse_probe_result) */
  char format[8];                    /* "JPEG", "PNG", "WebP", "GIF", "BMP" or "TIFF", and zeros */
  size_t rows, columns;              /* as stored */
  size_t shown_rows, shown_columns;  /* as turned by the file's notes */
  size_t channels;                   /* alpha counted */
  uint32_t bits;                     /* of a sample as stored */
  bool has_alpha;
  int32_t orientation;               /* what the notes say, 1 to 8; 0 where they say nothing */
} pixfuse_probe_result;

/* What a file's header says. */
bool pixfuse_probe(const void *file, size_t length, pixfuse_probe_result *result, pixfuse_error **error);

/* Which decoder reads which files, for people. */
const char *pixfuse_decoders(void);

/* ---- Geometry ------------------------------------------------------------------------------------------------------ */

typedef struct pixfuse_geometry {
  size_t size;          /* sizeof(pixfuse_geometry) */
  size_t source[2];     /* rows, columns */
  size_t resized[2];    /* of the whole image, before a crop */
  size_t output[2];     /* of the frame */
  size_t content[4];    /* top, left, rows, columns of the image in the frame */
  size_t patches[2];    /* rows and columns of them; zeros without patches(..) */
  size_t tiles[2];      /* rows and columns of them; zeros without tiles(..) */
  size_t images;        /* tiles with the thumbnail, or 1 */
  double matrix[2][3];  /* takes (x, y, 1) of the source to the output */
  double inverse[2][3]; /* and back */
  double numbers[19];   /* what the functions below read */
} pixfuse_geometry;

/* Where an image of these rows and columns lies in its tensor. */
bool pixfuse_geometry_of(const pixfuse_pipeline *pipeline, size_t rows, size_t columns, pixfuse_geometry *geometry,
                         pixfuse_error **error);
/* The geometry of one image of the tensor, of which there are `images`: of a tile or the thumbnail, in their order. A
 * detector's boxes in that tile go back to the source by it. `tile` may be `geometry` itself. */
bool pixfuse_geometry_tile(const pixfuse_geometry *geometry, size_t index, pixfuse_geometry *tile,
                           pixfuse_error **error);
/* The geometry of the patch of a row and a column of the grid `patches`: what of the source a token sees. In the tensor it is
 * number (r / m * w + r % m) * m + c / m * m * m + c % m with m the `merge` and w the columns of the grid: r * w + c without. */
bool pixfuse_geometry_patch(const pixfuse_geometry *geometry, size_t row, size_t column, pixfuse_geometry *patch,
                            pixfuse_error **error);
/* The geometry of two runs one after another, the second of which runs over the output of the first: boxes go through both in
 * one step, and back. `both` may be one of the two. */
bool pixfuse_geometry_followed_by(const pixfuse_geometry *geometry, const pixfuse_geometry *next,
                                  pixfuse_geometry *both, pixfuse_error **error);
/* Takes `count` boxes (left, top, right, bottom) of the source to the output, in place; `clip` keeps them inside. */
bool pixfuse_map_boxes(const pixfuse_geometry *geometry, double *boxes, size_t count, bool clip,
                       pixfuse_error **error);
/* And a detector's boxes back to the source. */
bool pixfuse_unmap_boxes(const pixfuse_geometry *geometry, double *boxes, size_t count, bool clip,
                         pixfuse_error **error);

/* ---- Pictures ------------------------------------------------------------------------------------------------------ */

/* The picture that the tensor of an image stands for, to look at: the pixels that the filter gives, before `normalize`, with
 * the margins of a letterbox; tiles stand side by side with the thumbnail beside them, and patches apart. It is red, green and
 * blue of each pixel, row by row: `shape` is PIXFUSE_U8 of rows, columns and 3, and `*out` memory that `alloc` gives for it.
 * `count` boxes (left, top, right, bottom) of the source are outlined; `boxes` may be null where there are none. */
bool pixfuse_preview(const pixfuse_pipeline *pipeline, const pixfuse_image *image, const double *boxes, size_t count,
                     pixfuse_alloc alloc, void *user, pixfuse_shape *shape, void **out, pixfuse_error **error);
/* The same of a file. `options` may be null. */
bool pixfuse_preview_file(const pixfuse_pipeline *pipeline, const void *file, size_t length,
                          const pixfuse_decode_options *options, const double *boxes, size_t count,
                          pixfuse_alloc alloc, void *user, pixfuse_shape *shape, void **out, pixfuse_error **error);

#ifdef __cplusplus
}
#endif

#endif
