/* One AVIF file in memory to pixels in memory, by libavif, with the settings of Pillow's plugin. Nothing that is given is
 * kept, and nothing is held when a function returns. */
#include <stdio.h>
#include <string.h>

#include <avif/avif.h>

#include "bridge.h"

static int failed(avifResult result, const avifDecoder *decoder, struct message *message) {
  const char *more = decoder == NULL ? "" : decoder->diag.error;
  snprintf(message->text, sizeof message->text, "%s%s%s", avifResultToString(result), *more ? ": " : "", more);
  switch (result) {
  case AVIF_RESULT_TRUNCATED_DATA:
    return ENDED;
  case AVIF_RESULT_OUT_OF_MEMORY:
    return NO_MEMORY;
  case AVIF_RESULT_NO_CODEC_AVAILABLE:
  case AVIF_RESULT_NOT_IMPLEMENTED:
  case AVIF_RESULT_UNSUPPORTED_DEPTH:
    return UNSUPPORTED;
  default:
    return DAMAGED;
  }
}

/* Why this libavif would not give the pixels that Pillow 13 does, if so. It has 1.4 with libyuv; without that, and for more
 * than 8 bits in older versions, other arithmetic makes colours. */
static const char *otherwise(const avifImage *image) {
  if (image->yuvFormat == AVIF_PIXEL_FORMAT_YUV400)
    return NULL;
  if (avifLibYUVVersion() == 0)
    return "the system's libavif was built without libyuv, and would make other colours than Pillow";
#if AVIF_VERSION < 1040000
  if (image->depth > 8)
    return "it has more than 8 bits a sample, of which libavif before 1.4 makes other colours than Pillow";
#endif
  return NULL;
}

/* Reads the boxes of a file. `pixels` is the most that a frame of the stream may have. */
static avifResult open(avifDecoder *decoder, const uint8_t *file, size_t length, uint32_t pixels) {
  decoder->maxThreads = 1;
  decoder->imageSizeLimit = pixels;
  decoder->ignoreExif = decoder->ignoreXMP = AVIF_TRUE;
  decoder->strictFlags &= (avifStrictFlags) ~(AVIF_STRICT_CLAP_VALID | AVIF_STRICT_PIXI_REQUIRED);
  avifResult result = avifDecoderSetIOMemory(decoder, file, length);
  return result == AVIF_RESULT_OK ? avifDecoderParse(decoder) : result;
}

int pixfuse_avif_header(const uint8_t *file, size_t length, struct header *header, struct message *message) {
  memset(header, 0, sizeof *header);
  memset(message, 0, sizeof *message);
  avifDecoder *decoder = avifDecoderCreate();
  if (decoder == NULL)
    return NO_MEMORY;
  int status = DONE;
  avifResult result = open(decoder, file, length, AVIF_DEFAULT_IMAGE_SIZE_LIMIT);
  if (result == AVIF_RESULT_OK) {
    const avifImage *image = decoder->image;
    header->rows = image->height;
    header->columns = image->width;
    header->bits = image->depth;
    header->alpha = decoder->alphaPresent ? 1 : 0;
    header->gray = image->yuvFormat == AVIF_PIXEL_FORMAT_YUV400 ? 1 : 0;
    header->frames = decoder->imageCount > 0 ? (uint32_t)decoder->imageCount : 1;
    if (image->transformFlags & AVIF_TRANSFORM_IROT)
      header->turns = image->irot.angle;
    if (image->transformFlags & AVIF_TRANSFORM_IMIR) {
#if AVIF_VERSION >= 1000000
      header->mirror = 1 + image->imir.axis;
#else
      header->mirror = 1 + image->imir.mode;
#endif
    }
  } else {
    status = failed(result, decoder, message);
  }
  avifDecoderDestroy(decoder);
  return status;
}

/* Decodes a file whose header is this one into `header->rows` rows of `header->columns` pixels, of 3 bytes or, with alpha,
 * 4, for which there is room. */
int pixfuse_avif_decode(const uint8_t *file, size_t length, const struct header *header, uint8_t *pixels,
                        struct message *message) {
  memset(message, 0, sizeof *message);
  avifDecoder *decoder = avifDecoderCreate();
  if (decoder == NULL)
    return NO_MEMORY;
  /* A tile of a grid may be larger than what is seen of it. */
  uint64_t most = 4 * (uint64_t)header->rows * header->columns;
  if (most < 1 << 22)
    most = 1 << 22;
  if (most > AVIF_DEFAULT_IMAGE_SIZE_LIMIT)
    most = AVIF_DEFAULT_IMAGE_SIZE_LIMIT;
  int status = DONE;
  avifResult result = open(decoder, file, length, (uint32_t)most);
  if (result == AVIF_RESULT_OK)
    result = avifDecoderNthImage(decoder, 0);
  if (result == AVIF_RESULT_OK) {
    const avifImage *image = decoder->image;
    if (image->height != header->rows || image->width != header->columns ||
        (decoder->alphaPresent ? 1u : 0u) != header->alpha) {
      result = AVIF_RESULT_ISPE_SIZE_MISMATCH;
    } else if (otherwise(image) != NULL) {
      snprintf(message->text, sizeof message->text, "%s", otherwise(image));
      status = UNSUPPORTED;
    } else {
      avifRGBImage rgb;
      avifRGBImageSetDefaults(&rgb, image);
      rgb.depth = 8;
      rgb.format = header->alpha ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
      rgb.pixels = pixels;
      rgb.rowBytes = header->columns * (header->alpha ? 4 : 3);
      result = avifImageYUVToRGB(image, &rgb);
    }
  }
  if (result != AVIF_RESULT_OK)
    status = failed(result, decoder, message);
  avifDecoderDestroy(decoder);
  return status;
}

/* The version of the library, such as 1.3.0. */
const char *pixfuse_avif_version(void) {
  return avifVersion();
}
