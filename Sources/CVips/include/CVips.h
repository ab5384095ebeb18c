#ifndef DAYBOOK_CVIPS_H
#define DAYBOOK_CVIPS_H

#include <stddef.h>

/// What became of a picture.
enum daybook_vips_result {
    DAYBOOK_VIPS_DONE = 0,
    /// libvips is not installed, or it is too old to be told what to leave alone.
    DAYBOOK_VIPS_MISSING = 1,
    /// The pixels cannot be decoded.
    DAYBOOK_VIPS_DAMAGED = 2,
};

/// Decodes a PNG, JPEG, WebP or GIF, and writes it as WebP so that it fits into a square: the right way up, in sRGB,
/// never enlarged, a moving picture by its first frame. What else the picture says comes along. Nothing but these four formats is ever tried.
///
/// libvips is loaded by the first call, so that a program that never sees a picture does without its hundred libraries.
///
/// @param side of the square.
/// @param out receives bytes that `daybook_vips_free` must free.
enum daybook_vips_result daybook_vips_thumbnail(
    const void *bytes, size_t count, int side, void **out, size_t *out_count);

void daybook_vips_free(void *bytes);

#endif
