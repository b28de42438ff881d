/* One JPEG file in memory to pixels in memory, by libjpeg-turbo.
 *
 * libjpeg reports what is wrong by calling back and expects not to be returned to. All of that stays in here: the one
 * function that Rust calls returns a status, keeps no pointer that it was given, and holds nothing when it returns.
 *
 * The settings are those of Pillow, and libjpeg's defaults: the accurate integer DCT, fancy upsampling, smoothing between
 * blocks whose coefficients were not all sent. So is what happens at the end of a file that is filled: one EOI marker
 * is put behind it, and where that does not help, the rows that there are no pixels for stay as they are. */
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#if !defined(LIBJPEG_TURBO_VERSION_NUMBER) || LIBJPEG_TURBO_VERSION_NUMBER < 3001000
#error "pixfuse-jpeg needs libjpeg-turbo 3.1 or newer, which turbojpeg-sys brings: unset TURBOJPEG_SOURCE"
#endif

/* As in lib.rs. */
enum status { DECODED = 1, ENDED, DAMAGED, NO_MEMORY, OTHER_IMAGE };

static const struct {
  J_COLOR_SPACE space;
  int channels;
} FORMATS[] = { { JCS_GRAYSCALE, 1 }, { JCS_RGB, 3 },      { JCS_EXT_BGR, 3 },
                { JCS_EXT_RGBA, 4 },  { JCS_EXT_BGRA, 4 }, { JCS_CMYK, 4 } };

/* All uint32_t, so that there is no room between the fields. */
struct request {
  /* What the header is known to say: the file is refused if it says something else. */
  uint32_t rows, columns, components;
  /* An index of FORMATS. */
  uint32_t format;
  /* Sides are divided by this, and rounded up: 1, 2, 4 or 8. */
  uint32_t reduced_by;
  /* Whether what is missing or damaged is filled as libjpeg does, instead of an error. */
  uint32_t fill;
  /* The columns to decode, of the reduced image. */
  uint32_t first, columns_wanted;
};

struct report {
  /* The columns that were decoded, which those that were wanted are among; libjpeg starts at a multiple of its own. */
  uint32_t first, columns;
  /* Rows that have pixels: all, unless the file was filled. */
  uint32_t rows;
  /* What is wrong, in libjpeg's words. */
  unsigned char message[JMSG_LENGTH_MAX];
};

struct decoding {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct report *report;
  bool fill;
  /* Whether the marker behind the end of the file was given. */
  bool ended;
  jmp_buf stopped;
};

static struct decoding *decoding_of(void *cinfo) {
  return ((j_common_ptr)cinfo)->client_data;
}

static _Noreturn void stop(struct decoding *decoding, enum status status) {
  longjmp(decoding->stopped, (int)status);
}

/* Where libjpeg cannot go on. */
static void error_exit(j_common_ptr cinfo) {
  struct decoding *decoding = decoding_of(cinfo);
  /* The marker that was put behind the end is no mistake of the file. */
  if (decoding->ended) {
    decoding->report->rows = decoding->jpeg.output_scanline;
    stop(decoding, DECODED);
  }
  cinfo->err->format_message(cinfo, (char *)decoding->report->message);
  stop(decoding, cinfo->err->msg_code == JERR_OUT_OF_MEMORY ? NO_MEMORY : DAMAGED);
}

/* Whether a warning says that pixels are lost. The others are about bytes that no pixel depends on. */
static bool loses_pixels(const struct jpeg_error_mgr *errors) {
  switch (errors->msg_code) {
  case JWRN_HIT_MARKER:
  case JWRN_HUFF_BAD_CODE:
  case JWRN_ARITH_BAD_CODE:
  case JWRN_JPEG_EOF:
    return true;
  case JWRN_MUST_RESYNC: {
    /* A restart marker that is far from the expected one has a wrong number, and libjpeg goes on behind it. One of the
     * next or last two, or another marker, says that some are missing or doubled. */
    int ahead = errors->msg_parm.i[0] - 0xD0 - errors->msg_parm.i[1];
    bool restart = errors->msg_parm.i[0] >= 0xD0 && errors->msg_parm.i[0] <= 0xD7;
    return !restart || (ahead & 7) <= 2 || (ahead & 7) >= 6;
  }
  default:
    return false;
  }
}

static void emit_message(j_common_ptr cinfo, int level) {
  struct decoding *decoding = decoding_of(cinfo);
  /* The others are no warnings. */
  if (level >= 0 || decoding->fill || !loses_pixels(cinfo->err))
    return;
  cinfo->err->format_message(cinfo, (char *)decoding->report->message);
  stop(decoding, DAMAGED);
}

static void output_message(j_common_ptr cinfo) {
  (void)cinfo;
}

static void nothing(j_decompress_ptr jpeg) {
  (void)jpeg;
}

/* The whole file is there from the beginning, so this is called at its end. */
static boolean fill_input_buffer(j_decompress_ptr jpeg) {
  static const JOCTET end[] = { 0xFF, JPEG_EOI };
  struct decoding *decoding = decoding_of(jpeg);
  if (!decoding->fill)
    stop(decoding, ENDED);
  if (decoding->ended)
    return FALSE;
  decoding->ended = true;
  decoding->source.next_input_byte = end;
  decoding->source.bytes_in_buffer = sizeof end;
  return TRUE;
}

static void skip_input_data(j_decompress_ptr jpeg, long count) {
  struct jpeg_source_mgr *source = jpeg->src;
  if (count <= 0)
    return;
  size_t left = (size_t)count;
  if (left > source->bytes_in_buffer) {
    left -= source->bytes_in_buffer;
    source->bytes_in_buffer = 0;
    if (!fill_input_buffer(jpeg))
      return;
    if (left > source->bytes_in_buffer)
      left = source->bytes_in_buffer;
  }
  source->next_input_byte += left;
  source->bytes_in_buffer -= left;
}

/* Decodes `length` bytes at `file` as `request` says into `capacity` bytes at `pixels`, row after row of the columns that
 * `report` has then. Rows behind `report->rows` are not written. */
int pixfuse_jpeg_decode(const uint8_t *file, size_t length, const struct request *request, uint8_t *pixels,
                        size_t capacity, struct report *report) {
  struct decoding decoding;
  struct jpeg_decompress_struct *jpeg = &decoding.jpeg;
  memset(&decoding, 0, sizeof decoding);
  memset(report, 0, sizeof *report);
  decoding.report = report;
  decoding.fill = request->fill != 0;
  jpeg->client_data = &decoding;
  jpeg->err = jpeg_std_error(&decoding.errors);
  decoding.errors.error_exit = error_exit;
  decoding.errors.emit_message = emit_message;
  decoding.errors.output_message = output_message;
  decoding.source.init_source = nothing;
  decoding.source.term_source = nothing;
  decoding.source.fill_input_buffer = fill_input_buffer;
  decoding.source.skip_input_data = skip_input_data;
  decoding.source.resync_to_restart = jpeg_resync_to_restart;
  decoding.source.next_input_byte = file;
  decoding.source.bytes_in_buffer = length;

  /* Nothing that changes below is looked at after a jump but `decoding` and `report`, which lie in memory. */
  int status = setjmp(decoding.stopped);
  if (status != 0) {
    jpeg_destroy_decompress(jpeg);
    return status;
  }
  jpeg_create_decompress(jpeg);
  jpeg->src = &decoding.source;

  /* Tables may come in a file of their own, before the image. */
  int header;
  do {
    header = jpeg_read_header(jpeg, FALSE);
  } while (header == JPEG_HEADER_TABLES_ONLY);
  if (header == JPEG_SUSPENDED)
    goto filled;
  if (jpeg->image_height != request->rows || jpeg->image_width != request->columns ||
      (uint32_t)jpeg->num_components != request->components || request->format >= sizeof FORMATS / sizeof *FORMATS)
    stop(&decoding, OTHER_IMAGE);
  jpeg->out_color_space = FORMATS[request->format].space;
  jpeg->scale_num = 1;
  jpeg->scale_denom = request->reduced_by;
  if (!jpeg_start_decompress(jpeg))
    goto filled;

  JDIMENSION first = 0, columns = jpeg->output_width;
  if (request->first > columns || request->columns_wanted > columns - request->first || request->columns_wanted == 0)
    stop(&decoding, OTHER_IMAGE);
  if (request->columns_wanted < columns) {
    first = request->first;
    columns = request->columns_wanted;
    jpeg_crop_scanline(jpeg, &first, &columns);
  }
  report->first = first;
  report->columns = columns;
  size_t stride = (size_t)columns * (size_t)FORMATS[request->format].channels;
  if (jpeg->output_components != FORMATS[request->format].channels || jpeg->output_width != columns ||
      capacity / stride < jpeg->output_height)
    stop(&decoding, OTHER_IMAGE);
  while (jpeg->output_scanline < jpeg->output_height) {
    JSAMPROW rows[8];
    JDIMENSION count = 0, left = jpeg->output_height - jpeg->output_scanline;
    for (; count < left && count < sizeof rows / sizeof *rows; count++)
      rows[count] = pixels + (jpeg->output_scanline + (size_t)count) * stride;
    if (jpeg_read_scanlines(jpeg, rows, count) == 0)
      break;
  }
  report->rows = jpeg->output_scanline;

filled:
  /* What follows the last row is not read: no pixel depends on it. */
  jpeg_destroy_decompress(jpeg);
  return DECODED;
}
