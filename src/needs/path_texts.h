/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which texts of a file's bytes may have paths in them: one pass over the bytes, from one '/' to
 * the next, that sees narrow strings and wide ones (UTF-16, UTF-32, as of wchar_t).
 */
#ifndef MKROOTFS_NEEDS_PATH_TEXTS_H
#define MKROOTFS_NEEDS_PATH_TEXTS_H

#include <stdbool.h>
#include <stddef.h>

/* Receives a text, NUL-terminated and gone on return; to return other than 0 ends it. */
typedef int path_text_fn(void *data, const char *text);

/*
 * Calls VISIT with each text in the SIZE bytes that has a '/': printable but for newlines at its
 * end, ended by a NUL of its own width, of 3 to 4095 characters. Wide ones are in the order of
 * bytes that BIG_ENDIAN says, ASCII, and need no alignment. Returns 0 or what VISIT returned.
 */
int path_texts_visit(const void *bytes, size_t size, bool big_endian, path_text_fn *visit,
		     void *data);

#endif
