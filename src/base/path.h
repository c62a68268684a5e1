/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths as text. Nothing here looks at a file system: a path's links are the
 * business of root/.
 */
#ifndef MKROOTFS_BASE_PATH_H
#define MKROOTFS_BASE_PATH_H

#include "base/arena.h"
#include "base/buffer.h"

#include <stdbool.h>

/* The part after the last '/'; the whole path where it has none. Points into PATH. */
const char *path_basename(const char *path);

/*
 * The part before the last '/', without trailing slashes: "/" for "/x", "." for "x".
 * Owned by ARENA; NULL when out of memory.
 */
char *path_dirname(struct arena *arena, const char *path);

/* DIRECTORY and NAME with one '/' between them; owned by ARENA; NULL when out of memory. */
char *path_join(struct arena *arena, const char *directory, const char *name);

/*
 * PATH made absolute with BASE (absolute) where it is relative, empty and "."
 * components dropped, ".." resolved as text and stopped at "/". Never ends in '/'
 * but for "/" itself. Owned by ARENA; NULL when out of memory.
 */
char *path_normalize(struct arena *arena, const char *base, const char *path);

/* Whether PATH is DIRECTORY or lies below it; both normalized. */
bool path_is_below(const char *path, const char *directory);

/*
 * Appends TEXT for a terminal or a line-based report: control characters,
 * backslashes and bytes that are not UTF-8 as C escapes (\n, \\, \377).
 */
void escape_append(struct buffer *buffer, const char *text);

/* As escape_append, into ARENA; returns TEXT itself where nothing needs it; NULL when out of
 * memory. */
const char *escape_text(struct arena *arena, const char *text);

/* The length in bytes of the valid UTF-8 sequence at TEXT; 0 where there is none. */
unsigned utf8_length(const char *text);

/* Whether all of TEXT is UTF-8: JSON has no other bytes. */
bool utf8_is_valid(const char *text);

/* Whether PATH, absolute, is in what the kernel shows as files: /proc, /sys or /dev. */
bool path_is_kernel(const char *path);

#endif
