/* What `lib.rs` and the two files in C say to each other. Every field of a structure is 32 bits wide, so that there is no
 * room between them. */
#ifndef PIXFUSE_HEIF_BRIDGE_H
#define PIXFUSE_HEIF_BRIDGE_H

#include <stddef.h>
#include <stdint.h>

enum status { DONE = 1, ENDED, DAMAGED, UNSUPPORTED, NO_MEMORY };

struct header {
  uint32_t rows, columns;
  /* Of a sample as stored. */
  uint32_t bits;
  /* Each 0 or 1. */
  uint32_t alpha, gray;
  /* Frames of a sequence, or images. */
  uint32_t frames;
  /* What is still to be done to the decoded pixels: quarter turns to the left, then a mirror: 0 none, 1 exchanges top and
   * bottom, 2 left and right. */
  uint32_t turns, mirror;
};

/* What is wrong, in the library's words, ended by a zero. */
struct message {
  char text[512];
};

#endif
