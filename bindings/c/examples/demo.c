/* One declaration over raw pixels, or over a photo's file: `demo DECLARATION FILE [ROWS COLUMNS]`. With sides the file
 * holds pixels without gaps, without them it is a JPEG, PNG, WebP, GIF, BMP or TIFF. Writes the tensor's bytes to the
 * standard output. */
#include <pixfuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#endif

static int failed(const char *what, pixfuse_error *error) {
  fprintf(stderr, "%s: [%s] %s\n", what, pixfuse_error_code(error), pixfuse_error_message(error));
  pixfuse_error_free(error);
  return 1;
}

static unsigned char *contents(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  unsigned char *bytes = malloc(*length);
  if (bytes && fread(bytes, 1, *length, file) != *length) {
    free(bytes);
    bytes = NULL;
  }
  fclose(file);
  return bytes;
}

int main(int count, char **words) {
  if (count != 3 && count != 5) return fprintf(stderr, "usage: demo DECLARATION FILE [ROWS COLUMNS]\n"), 2;
  pixfuse_error *error = NULL;
  pixfuse_pipeline *pipeline = pixfuse_pipeline_parse(words[1], strlen(words[1]), &error);
  if (!pipeline) return failed("declaration", error);
  size_t length = 0;
  unsigned char *file = contents(words[2], &length);
  if (!file) return fprintf(stderr, "cannot read %s\n", words[2]), 2;

  pixfuse_shape shape = {.size = sizeof shape};
  pixfuse_image image = {.size = sizeof image, .pixels = file};
  bool done;
  if (count == 5) {
    image.rows = strtoul(words[3], NULL, 10);
    image.columns = strtoul(words[4], NULL, 10);
    done = pixfuse_shape_of(pipeline, image.rows, image.columns, &shape, &error);
  } else {
    done = pixfuse_decode_shape(pipeline, file, length, NULL, &shape, &error);
  }
  if (!done) return failed("shape", error);
  void *out = malloc(shape.bytes);
  if (!out) return 2;
  done = count == 5 ? pixfuse_run(pipeline, &image, out, shape.bytes, &error)
                    : pixfuse_decode(pipeline, file, length, NULL, out, shape.bytes, &error);
  if (!done) return failed("run", error);
#ifdef _WIN32
  /* Else each byte 10 becomes two. */
  _setmode(_fileno(stdout), _O_BINARY);
#endif
  fwrite(out, 1, shape.bytes, stdout);
  free(out);
  free(file);
  pixfuse_pipeline_free(pipeline);
  return 0;
}
