/* One HEIC file in memory to pixels in memory, by libheif, turned and cropped as its boxes say. Nothing that is given is
 * kept, and nothing is held when a function returns. */
#include <stdio.h>
#include <string.h>

#include <libheif/heif.h>

#include "bridge.h"

struct opened {
  struct heif_context *context;
  struct heif_image_handle *image;
};

static int failed(struct heif_error error, struct message *message) {
  snprintf(message->text, sizeof message->text, "%s", error.message == NULL ? "" : error.message);
  if (error.subcode == heif_suberror_End_of_data)
    return ENDED;
  switch (error.code) {
  case heif_error_Memory_allocation_error:
    return NO_MEMORY;
  case heif_error_Unsupported_filetype:
  case heif_error_Unsupported_feature:
    return UNSUPPORTED;
  default:
    return DAMAGED;
  }
}

static void closed(struct opened *opened) {
  if (opened->image != NULL)
    heif_image_handle_release(opened->image);
  if (opened->context != NULL)
    heif_context_free(opened->context);
}

/* Reads the boxes of a file, up to its primary image. */
static int open(const uint8_t *file, size_t length, struct opened *opened, struct message *message) {
  memset(opened, 0, sizeof *opened);
  memset(message, 0, sizeof *message);
  opened->context = heif_context_alloc();
  if (opened->context == NULL)
    return NO_MEMORY;
  /* On the thread that calls. */
  heif_context_set_max_decoding_threads(opened->context, 0);
  struct heif_error error = heif_context_read_from_memory_without_copy(opened->context, file, length, NULL);
  if (error.code == heif_error_Ok)
    error = heif_context_get_primary_image_handle(opened->context, &opened->image);
  if (error.code != heif_error_Ok)
    return failed(error, message);
  if (heif_image_handle_is_premultiplied_alpha(opened->image)) {
    snprintf(message->text, sizeof message->text, "its colours are multiplied by its alpha");
    return UNSUPPORTED;
  }
  return DONE;
}

static uint32_t positive(int number) {
  return number > 0 ? (uint32_t)number : 0;
}

int pixfuse_heic_header(const uint8_t *file, size_t length, struct header *header, struct message *message) {
  struct opened opened;
  memset(header, 0, sizeof *header);
  int status = open(file, length, &opened, message);
  if (status == DONE) {
    header->rows = positive(heif_image_handle_get_height(opened.image));
    header->columns = positive(heif_image_handle_get_width(opened.image));
    header->bits = positive(heif_image_handle_get_luma_bits_per_pixel(opened.image));
    header->alpha = heif_image_handle_has_alpha_channel(opened.image) ? 1 : 0;
    header->frames = positive(heif_context_get_number_of_top_level_images(opened.context));
  }
  closed(&opened);
  return status;
}

/* Decodes a file whose header is this one into `header->rows` rows of `header->columns` pixels, of 3 bytes or, with alpha,
 * 4, for which there is room. */
int pixfuse_heic_decode(const uint8_t *file, size_t length, const struct header *header, uint8_t *pixels,
                        struct message *message) {
  struct opened opened;
  struct heif_image *image = NULL;
  struct heif_decoding_options *options = NULL;
  int status = open(file, length, &opened, message);
  if (status != DONE)
    goto end;
  options = heif_decoding_options_alloc();
  if (options == NULL) {
    status = NO_MEMORY;
    goto end;
  }
  if (options->version >= 2)
    options->convert_hdr_to_8bit = 1;
  if (options->version >= 3)
    options->strict_decoding = 1;
  enum heif_chroma chroma = header->alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB;
  struct heif_error error = heif_decode_image(opened.image, &image, heif_colorspace_RGB, chroma, options);
  if (error.code != heif_error_Ok) {
    status = failed(error, message);
    goto end;
  }
  int stride = 0;
  const uint8_t *from = heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
  size_t row = (size_t)header->columns * (header->alpha ? 4 : 3);
  /* Of a file that lies, the decoded image may have another size than its boxes say. */
  if (from == NULL || stride < 0 || (size_t)stride < row || heif_image_get_chroma_format(image) != chroma ||
      positive(heif_image_get_height(image, heif_channel_interleaved)) != header->rows ||
      positive(heif_image_get_width(image, heif_channel_interleaved)) != header->columns) {
    snprintf(message->text, sizeof message->text, "its picture is not the one that its boxes describe");
    status = DAMAGED;
    goto end;
  }
  for (size_t index = 0; index < header->rows; index++)
    memcpy(pixels + index * row, from + index * (size_t)stride, row);

end:
  if (image != NULL)
    heif_image_release(image);
  if (options != NULL)
    heif_decoding_options_free(options);
  closed(&opened);
  return status;
}

/* The version of the library, such as 1.19.8. */
const char *pixfuse_heic_version(void) {
  return heif_get_version();
}
