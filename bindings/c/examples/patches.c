/* Images of several sizes in one tensor of patches or tiles, as vision-language models take them:
 * `patches DECLARATION concat|pad FILE ROWS COLUMNS [FILE ROWS COLUMNS ...]`, each file pixels without gaps. Writes the tensor's
 * bytes to the standard output, and to the standard error a line for each image: where its patches begin, its grid, and which
 * part of the image the last patch or tile shows. */
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

/* Memory of a server's own: here of the C library, in a real one pinned, or shared with the engine. */
static void *pool(void *asked, const pixfuse_shape *shape, size_t align) {
  *(size_t *)asked += 1;
  (void)align;
  return malloc(shape->bytes ? shape->bytes : 1);
}

int main(int count, char **words) {
  if (count < 6 || count % 3 != 0) return fprintf(stderr, "usage: patches DECLARATION concat|pad FILE ROWS COLUMNS ..\n"), 2;
  pixfuse_error *error = NULL;
  pixfuse_pipeline *pipeline = pixfuse_pipeline_parse(words[1], strlen(words[1]), &error);
  if (!pipeline) return failed("declaration", error);
  const int32_t join = strcmp(words[2], "pad") == 0 ? PIXFUSE_PAD : PIXFUSE_CONCAT;

  const size_t images = (size_t)(count - 3) / 3;
  pixfuse_image *given = calloc(images, sizeof *given);
  size_t *sizes = calloc(images, 2 * sizeof *sizes);
  size_t *offsets = calloc(images + 1, sizeof *offsets);
  if (!given || !sizes || !offsets) return 2;
  for (size_t index = 0; index < images; index++) {
    char **word = words + 3 + 3 * index;
    const size_t rows = strtoul(word[1], NULL, 10), columns = strtoul(word[2], NULL, 10);
    unsigned char *pixels = malloc(rows * columns * 3);
    FILE *file = fopen(word[0], "rb");
    if (!file || !pixels || fread(pixels, 3, rows * columns, file) != rows * columns) return 2;
    fclose(file);
    given[index] = (pixfuse_image){.size = sizeof *given, .pixels = pixels, .rows = rows, .columns = columns};
    sizes[2 * index] = rows;
    sizes[2 * index + 1] = columns;
  }

  /* Of the sizes alone: what a server schedules by. */
  pixfuse_shape shape = {.size = sizeof shape};
  if (!pixfuse_joined_shape(pipeline, sizes, images, join, &shape, offsets, &error)) return failed("shape", error);
  for (size_t index = 0; index < images; index++) {
    pixfuse_geometry whole = {.size = sizeof whole}, part = {.size = sizeof part};
    if (!pixfuse_geometry_of(pipeline, sizes[2 * index], sizes[2 * index + 1], &whole, &error)) return failed("geometry", error);
    const size_t *grid = whole.tiles[0] ? whole.tiles : whole.patches;
    const bool done = whole.tiles[0] ? pixfuse_geometry_tile(&whole, whole.images - 1, &part, &error)
                                     : pixfuse_geometry_patch(&whole, grid[0] - 1, grid[1] - 1, &part, &error);
    if (!done) return failed("part", error);
    double box[4] = {0, 0, (double)part.output[1], (double)part.output[0]};
    if (!pixfuse_unmap_boxes(&part, box, 1, true, &error)) return failed("box", error);
    fprintf(stderr, "%zu %zu %zu %.3f %.3f %.3f %.3f\n", offsets[index], grid[0], grid[1], box[0], box[1], box[2], box[3]);
  }

  void *out = NULL;
  size_t asked = 0;
  pixfuse_shape made = {.size = sizeof made};
  if (!pixfuse_batch_joined_alloc(pipeline, given, images, join, pool, &asked, &made, offsets, &out, &error)) return failed("run", error);
  if (asked != 1 || made.bytes != shape.bytes || memcmp(made.dims, shape.dims, sizeof made.dims) != 0) return 2;
#ifdef _WIN32
  /* Else each byte 10 becomes two. */
  _setmode(_fileno(stdout), _O_BINARY);
#endif
  fwrite(out, 1, made.bytes, stdout);
  free(out);
  for (size_t index = 0; index < images; index++) free((void *)given[index].pixels);
  free(given);
  free(sizes);
  free(offsets);
  pixfuse_pipeline_free(pipeline);
  return 0;
}
