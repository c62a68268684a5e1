/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options that a user can paste: how a list of paths is named in one line of a message, so that the
 * line is read and does what it says.
 */
#ifndef MKROOTFS_HARVEST_ADVICE_H
#define MKROOTFS_HARVEST_ADVICE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/texts.h"

/*
 * Adds " -a /x -a '/y z'" for PATHS (absolute), which become sorted and each once. Many of one
 * directory that is a program's own are named by the directory; of what is left after eight only
 * the number is told. Returns 0 or -ENOMEM.
 */
MUST_USE int advice_add_paths(struct arena *arena, struct buffer *out, struct texts *paths);

/* The same with OPTION, "-a " or "", before each. */
MUST_USE int advice_name_paths(struct arena *arena, struct buffer *out, const char *option,
			       struct texts *paths);

/* Adds PATH as a shell takes it for one word. */
void advice_add_word(struct buffer *out, const char *path);

/* Adds "1 file", "12 files". */
void advice_add_count(struct buffer *out, size_t count, const char *noun);

#endif
